"""The guarantee fee: a dated tariff by tier and score band, capped by product and programme."""

from __future__ import annotations

from typing import Final

import numpy as np

from products.case import Fees, Standing
from products.columns import Ints
from products.guarantee.exact import charge
from products.money import ONE, Rounding, portion
from products.terms import LoanTerms, ProgrammeTerms
from scoring import Scores

ON_LOAN: Final = 0


def guarantee_fee(
    amount: Ints, standing: Standing, score: Scores, terms: LoanTerms, programme: ProgrammeTerms, *, secured: bool
) -> Fees:
    """Tariff cell, rate and the fee of one year on amounts (n,) in fen."""
    tariff = terms.fee_tariff[standing.tier, score.band]
    rate = charged_rate(tariff, terms, programme, secured=secured)
    fee = charge(fee_base(amount, terms), rate, Rounding.HALF_UP)
    return Fees(tier=standing.tier, band=score.band, tariff_ppm=tariff, rate_ppm=rate, amount=fee)


def fee_for_days(base: Ints, rate_ppm: Ints, days: Ints, programme: ProgrammeTerms) -> Ints:
    """A yearly fee, guarantee or re-guarantee, for the days a loan runs, (n,) fen, rounded half up.

    ValueError if the programme does not say how many days it counts to a year.
    """
    if programme.fee_days_in_year is None:
        raise ValueError("The programme gives no fee_days_in_year; add it to the book to charge by the day.")
    return charge(base, rate_ppm, Rounding.HALF_UP, time=days, units_in_year=programme.fee_days_in_year)


def charged_rate(tariff: Ints, terms: LoanTerms, programme: ProgrammeTerms, *, secured: bool) -> Ints:
    """The rate after the discount for pledged assets and the ceilings of product and programme."""
    rate = tariff - terms.fee_secured_discount if secured else tariff
    ceiling = min(cap for cap in (terms.fee_cap, programme.fee_cap, ONE) if cap is not None)
    return np.clip(rate, 0, ceiling)


def fee_base(amount: Ints, terms: LoanTerms) -> Ints:
    """What the rate is charged on: the loan, or the part of it that is guaranteed."""
    return amount if terms.fee_base == ON_LOAN else guaranteed_part(amount, terms.bank_share)


def guaranteed_part(amount: Ints, bank_share: Ints | int) -> Ints:
    """What others than the bank bear, (n,) fen, as a fee's base: rounded half up."""
    return portion(amount, ONE - bank_share, Rounding.HALF_UP)
