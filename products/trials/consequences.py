"""What realised outcomes would have meant for loans on other terms: who bears what, and what the bank earns.

An approved amount may differ from what was lent. Loss and recovery are then taken in proportion, rounded half up: the
share of the principal that was lost is an outcome of the firm, the amount a choice of the terms.

The loss falls on bank, guarantor, province, fund and local government by the shares of the decision, each rounded down
and the guarantor taking the odd fen; what is recovered flows back pro rata to what each bore.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from products.columns import MISSING, Ints
from products.guarantee.exact import exact_quotient
from products.guarantee.provisions import Recoveries, Sharing
from products.guarantee.sharing import Borne, losses, recoveries
from products.money import Rounding
from products.trials.realised import Realised
from products.vocabulary import PARTIES

BANK: Final = PARTIES.index("bank")
_PROVINCE: Final = PARTIES.index("province")
_FUND: Final = PARTIES.index("fund")
_SHARING: Final = Sharing(
    bears=tuple((party, None if party == "guarantor" else party) for party in PARTIES),
    cedes=(),
    odd_units_to="guarantor",
    first_loss=None,
    recoveries=Recoveries.PRO_RATA,
)


@dataclass(frozen=True, slots=True)
class Loans:
    """n loans as one set of terms would have made them; columns (n,), ``shares`` (n, 5) after cession in ppm.

    ``interest`` and ``fee`` are those of the whole life, in fen; ``released`` and ``matures`` days since 1970-01-01;
    ``running_rate``: what funding and running the loan cost a year, in ppm of the balance.
    """

    amount: Ints
    shares: Ints
    released: Ints
    matures: Ints
    loan_rate: Ints
    running_rate: Ints
    interest: Ints
    fee: Ints


@dataclass(frozen=True, slots=True)
class Consequences:
    """What became of n loans; columns (n,) in fen, ``borne`` and ``returned`` (5, n) in the order of the parties.

    ``days``: for how many the loan stood; ``interest``, ``running_cost`` and ``fees`` are for those days.
    """

    days: Ints
    loss: Ints
    recovered: Ints
    borne: Ints
    returned: Ints
    interest: Ints
    running_cost: Ints
    fees: Ints

    @property
    def compensation(self) -> Ints:
        """What the guarantee system pays: all of the loss but the bank's part."""
        paid: Ints = self.loss - self.borne[BANK]
        return paid

    @property
    def bank_loss(self) -> Ints:
        """The bank's part of the loss less what came back to it."""
        kept: Ints = self.borne[BANK] - self.returned[BANK]
        return kept

    @property
    def bank_return(self) -> Ints:
        """Interest less running cost and the bank's loss; negative where the loan cost more than it brought."""
        return self.interest - self.running_cost - self.bank_loss


def after_cession(ppm: Ints, ceded_ppm: Ints) -> Ints:
    """Shares (n, 5) once the province has passed ``ceded_ppm`` (n,) of the loan on to the fund."""
    shares = ppm.copy()
    shares[:, _PROVINCE] -= ceded_ppm
    shares[:, _FUND] += ceded_ppm
    return shares


def consequences(loans: Loans, realised: Realised, *, until: int) -> Consequences:
    """What the outcomes (n,), all known, mean for the loans; ``until`` is the last day observed.

    A loan stands until it matures, defaults on a known day, or the observation ends. Interest and fee of the days it
    stood are the same part of those of its whole life, rounded down; running cost stands to interest as its rate to the
    loan rate, so both follow the same falling balance.
    """
    shares = dict(zip(PARTIES, loans.shares.T, strict=True))
    loss = exact_quotient((realised.loss, loans.amount), realised.lent, Rounding.HALF_UP)
    back = exact_quotient((realised.recovered, loans.amount), realised.lent, Rounding.HALF_UP)
    recovered = np.minimum(back, loss)
    borne = losses(loss, _SHARING, shares)
    returned = recoveries(recovered, borne, _SHARING, shares)
    days = _days(loans, realised, until)
    life = np.maximum(loans.matures - loans.released, 1)
    interest = exact_quotient((loans.interest, days), life, Rounding.DOWN)
    return Consequences(
        days=days,
        loss=loss,
        recovered=recovered,
        borne=_by_party(borne),
        returned=_by_party(returned),
        interest=interest,
        running_cost=exact_quotient((interest, loans.running_rate), np.maximum(loans.loan_rate, 1), Rounding.HALF_UP),
        fees=exact_quotient((loans.fee, days), life, Rounding.DOWN),
    )


def _days(loans: Loans, realised: Realised, until: int) -> Ints:
    defaulted = np.where(realised.default_day == MISSING, loans.matures, realised.default_day)
    end = np.minimum(np.minimum(loans.matures, defaulted), until)
    return np.maximum(end - loans.released, 0)


def _by_party(borne: Borne) -> Ints:
    """The parts in the order of the parties, (5, n)."""
    return np.stack([borne.of(party) for party in PARTIES])
