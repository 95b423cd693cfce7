"""A portfolio against what its programme asks of it: average fee, small-business shares, loss rate; who bears what.

Every figure is compared as an exact fraction. A limit counts as kept at the limit itself: 以上、以下 include the number
(民法典第一千二百五十九条).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from products.columns import Bools, Ints
from products.fees import fee_base
from products.guarantee.provisions import Condition, Measure
from products.kernel import Decisions, Part
from products.money import ONE
from products.rules import APPROVE
from products.terms import ProgrammeTerms
from products.vocabulary import PARTIES, SIZES, Size

_SMALL: Final = (SIZES.index(Size.SMALL), SIZES.index(Size.MICRO))


@dataclass(frozen=True, slots=True)
class GuaranteedLoans:
    """n guaranteed loans as columns; amounts in fen.

    ``client``: one number per client, under which its loans add up; ``small_business``: whether it counts as small or
    micro enterprise or as agricultural (支小支农); ``fee``: one year's guarantee fee; ``charged_on``: what the fee was
    charged on; ``parts`` (n, parties): who bears what of the loan, in the order of ``parties``.
    """

    client: Ints
    amount: Ints
    small_business: Bools
    fee: Ints
    charged_on: Ints
    parties: tuple[str, ...]
    parts: Ints


@dataclass(frozen=True, slots=True)
class LossRecord:
    """What a period brought: ``compensation`` paid, principal and normal interest, and the loans released in it.

    ``principal`` (m,) fen and ``days`` (m,): each released loan and for how many days of the period it stood.
    """

    compensation: int
    principal: Ints
    days: Ints


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure against its limit.

    ``value`` is exact, None where there is nothing to measure; ``room``: the fen by which the numerator may still rise
    (under a ceiling) or fall (over a floor), negative where the limit is broken; ``above`` and ``below``: of the
    quotient's line, fen.
    """

    measure: Measure
    value: Fraction | None
    at_least: int | None
    at_most: int | None
    room: int
    above: int
    below: Fraction

    @property
    def kept(self) -> bool | None:
        """Whether the limit is kept; None where there is nothing to measure."""
        if self.value is None:
            return None
        low, high = self.at_least, self.at_most
        return (low is None or self.value * ONE >= low) and (high is None or self.value * ONE <= high)


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """Everything a programme asks of a portfolio, and each party's exposure in fen."""

    loans: int
    amount: int
    measured: tuple[Measured, ...]
    exposure: tuple[tuple[str, int], ...]

    @property
    def kept(self) -> bool:
        """Whether no limit is broken."""
        return all(one.kept is not False for one in self.measured)


def conditions_of(programme: ProgrammeTerms) -> tuple[Condition, ...]:
    """What a programme of the national fund asks of a portfolio."""
    found = [Condition(Measure.AVERAGE_FEE, None, programme.average_fee_target)]
    if programme.small_business_share_floor is not None:
        found.append(Condition(Measure.SMALL_BUSINESS_SHARE, programme.small_business_share_floor, None))
    if programme.small_ticket_share_floor is not None and programme.small_ticket is not None:
        floor, ticket = programme.small_ticket_share_floor, programme.small_ticket
        found.append(Condition(Measure.SMALL_TICKET_SHARE, floor, None, threshold=ticket))
    if programme.loss_rate_liability is not None and programme.fee_days_in_year is not None:
        liability, days = programme.loss_rate_liability, programme.fee_days_in_year
        cap = programme.loss_rate_cap
        found.append(Condition(Measure.LOSS_RATE, None, cap, liability=liability, days_in_year=days))
    return tuple(found)


def portfolio_view(
    loans: GuaranteedLoans, conditions: Sequence[Condition], *, losses: LossRecord | None = None
) -> PortfolioView:
    """Measure a portfolio; without ``losses`` a loss rate has no value."""
    measured = tuple(_measured(one, *_quotient(one, loans, losses)) for one in conditions)
    exposure = tuple(zip(loans.parties, (int(total) for total in loans.parts.sum(axis=0)), strict=True))
    return PortfolioView(len(loans.amount), int(loans.amount.sum()), measured, exposure)


def guaranteed_loans(decisions: Decisions, *, client: Ints | None = None) -> GuaranteedLoans:
    """The approved loans of a batch of decisions. ``client`` (n,) numbers the applicants; each his own without it.

    An enterprise whose size is unknown does not count as a small business.
    """
    approved = np.flatnonzero(decisions.outcome == APPROVE)
    numbers = np.arange(decisions.n) if client is None else client
    return GuaranteedLoans(
        client=numbers[approved],
        amount=decisions.considered[approved],
        small_business=decisions.gather(_is_small)[approved],
        fee=decisions.gather(lambda part: part.case.fees.amount)[approved],
        charged_on=decisions.gather(lambda part: fee_base(part.case.considered, part.case.terms))[approved],
        parties=PARTIES,
        parts=decisions.gather(_parts)[:, approved].T,
    )


def annualised(record: LossRecord, days_in_year: int) -> Fraction:
    """Σ principal × days / days in the year, exact fen."""
    principal, days = record.principal.astype(object), record.days.astype(object)
    return Fraction(int((principal * days).sum()), days_in_year)


def _is_small(part: Part) -> Bools:
    return part.case.standing.size.one_of(_SMALL).met


def _parts(part: Part) -> Ints:
    shares = part.case.shares
    parts = shares.fen.T.copy()
    parts[PARTIES.index("province")] -= shares.ceded_fen
    parts[PARTIES.index("fund")] += shares.ceded_fen
    return parts


def _quotient(condition: Condition, loans: GuaranteedLoans, losses: LossRecord | None) -> tuple[int, Fraction]:
    """What stands above and below the line of a measure, in fen."""
    small = int(loans.amount[loans.small_business].sum())
    match condition.measure:
        case Measure.AVERAGE_FEE:
            return int(loans.fee.sum()), Fraction(int(loans.charged_on.sum()))
        case Measure.SMALL_BUSINESS_SHARE:
            return small, Fraction(int(loans.amount.sum()))
        case Measure.SMALL_TICKET_SHARE:
            tickets = _of_client(loans)
            chosen = loans.small_business & (tickets <= condition.threshold)
            return int(loans.amount[chosen].sum()), Fraction(small)
        case Measure.LOSS_RATE:
            if losses is None:
                return 0, Fraction(0)
            released = annualised(losses, condition.days_in_year)
            return losses.compensation, released * condition.liability / ONE


def _of_client(loans: GuaranteedLoans) -> Ints:
    """All that a client has, (n,), repeated for each of his loans."""
    _, position = np.unique(loans.client, return_inverse=True)
    totals = np.zeros(int(position.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(totals, position, loans.amount)
    return totals[position]


def _measured(condition: Condition, above: int, below: Fraction) -> Measured:
    value = Fraction(above) / below if below else None
    rooms = [*_rooms(condition, above, below)]
    return Measured(condition.measure, value, condition.at_least, condition.at_most, min(rooms), above, below)


def _rooms(condition: Condition, above: int, below: Fraction) -> Iterator[int]:
    """Whole fen left to each limit, rounded down."""
    if condition.at_most is not None:
        yield (below * condition.at_most / ONE - above).__floor__()
    if condition.at_least is not None:
        yield (above - below * condition.at_least / ONE).__floor__()
