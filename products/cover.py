"""Guarantee cover: who bears which share of a loss, exact to the fen, and the re-guarantee fee.

The bank, the province and the local government bear what the product's arrangement says; the national fund bears its
tier's ceiling of what is left, or takes over part of the province's share; the direct guarantor bears the rest and the
odd fen.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from products.case import Shares, Standing
from products.columns import Ints
from products.guarantee.exact import charge, whole_band_rate
from products.guarantee.sharing import ceded
from products.money import ONE, Rounding, split
from products.terms import LoanTerms, ProgrammeTerms
from products.vocabulary import PARTIES

_GUARANTOR: Final = PARTIES.index("guarantor")
_BY_TIER_CAP: Final = 0
_BY_LOAN: Final = 0
_ON_RISK_SHARE: Final = 0


def arrange(amount: Ints, standing: Standing, terms: LoanTerms, programme: ProgrammeTerms) -> Shares:
    """The shares of amounts (n,) under a product's arrangement and the programme's ceilings."""
    n = len(amount)
    left = max(ONE - terms.bank_share - terms.province_share - terms.local_government_share, 0)
    takes_tier_cap = terms.fund_takes == _BY_TIER_CAP
    fund = np.minimum(programme.fund_share[standing.tier], left) if takes_tier_cap else np.zeros(n, dtype=np.int64)
    ppm = np.empty((n, len(PARTIES)), dtype=np.int64)
    for column, share in enumerate(
        (terms.bank_share, left - fund, terms.province_share, fund, terms.local_government_share)
    ):
        ppm[:, column] = share
    fen = split(amount, ppm, residual=_GUARANTOR)
    passed_on = 0 if takes_tier_cap else terms.province_share * terms.fund_share_of_province // ONE
    ceded_ppm = np.minimum(passed_on, programme.fund_share[standing.tier])
    ceded_fen = ceded(amount, ceded_ppm)
    fund_fen = fen[:, PARTIES.index("fund")] + ceded_fen
    rate, fee = reguarantee_fee(amount, amount - fen[:, PARTIES.index("bank")], fund_fen, programme)
    return Shares(ppm, fen, ceded_ppm, ceded_fen, rate, fee)


def reguarantee_fee(loan: Ints, guaranteed: Ints, fund_part: Ints, programme: ProgrammeTerms) -> tuple[Ints, Ints]:
    """Rate and one year's fee of the re-guarantee, at the ceilings of the programme; all (n,), amounts in fen.

    财金〔2024〕60号: above the switch one rate, up to and including it another. What the switch looks at and what
    the fee is charged on are parameters, because the published text leaves them open.
    """
    looked_at = loan if programme.reguarantee_switch_base == _BY_LOAN else guaranteed
    rates = (programme.reguarantee_rate_up_to, programme.reguarantee_rate_above)
    rate = whole_band_rate(looked_at, (programme.reguarantee_switch,), rates)
    base = fund_part if programme.reguarantee_fee_base == _ON_RISK_SHARE else loan
    rate = np.where(fund_part > 0, rate, 0)
    return rate, charge(base, rate, Rounding.HALF_UP)
