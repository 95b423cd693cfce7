"""Which of the subsidies that a product invokes each loan receives, and how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from products.applications import Applications
from products.columns import Bools, Column, Ints, Truth, always, flag
from products.parameters import NotInForce
from products.subsidies.books import FEE, INTEREST, Subsidy, SubsidyTerms

_DIVISION_DIGITS: Final = 6
_UNLIMITED: Final = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class Granted:
    """What n loans receive; int64 (n,) unless said otherwise.

    ``interest_ppm`` of the principal a year for ``months`` on at most ``principal`` fen; ``fee_share_ppm`` of the
    guarantee fee; ``received`` bool (subsidies, n) in the order invoked.
    """

    interest_ppm: Ints
    months: Ints
    principal: Ints
    fee_share_ppm: Ints
    received: Bools

    @property
    def principal_or_none(self) -> Ints | None:
        """The caps on the subsidised principal, None where no loan has one."""
        return None if (self.principal == _UNLIMITED).all() else self.principal


def terms_in_force(subsidy: Subsidy, on: date) -> SubsidyTerms | None:
    """The subsidy's terms on a day; None where it is not paid for loans of that day."""
    try:
        return subsidy.book.at(on)
    except NotInForce:
        return None


def granted(invoked: Sequence[Subsidy], app: Applications, amount: Ints, *, size: Column, on: date) -> Granted:
    """What loans of ``amount`` (n,) fen receive, with ``size`` as a position in `vocabulary.SIZES`.

    Subsidies are looked at in the order in which the product names them. A loan takes one interest subsidy and one fee
    subsidy, and beside one that stands alone at its level no second of that level. What is not known to fit is not
    paid.
    """
    result = Granted(*_nothing(app), np.zeros((len(invoked), app.n), dtype=np.bool_))
    taken: list[SubsidyTerms] = []
    rows: list[Bools] = []
    for place, subsidy in enumerate(invoked):
        terms = terms_in_force(subsidy, on)
        if terms is None:
            continue
        free = fits(terms, app, amount, size=size).met
        for other, received in zip(taken, rows, strict=True):
            if _excludes(other, terms):
                free = free & ~received
        taken.append(terms)
        rows.append(free)
        result.received[place] = free
        _pay(result, free, terms)
    return result


def fits(terms: SubsidyTerms, app: Applications, amount: Ints, *, size: Column) -> Truth:
    """Whether loan and borrower meet the subsidy's conditions."""
    answer = always(True, app.n)
    if terms.loan_cap is not None:
        answer &= Column(amount) <= terms.loan_cap
    if terms.region is not None:
        answer &= app.region // 10 ** (_DIVISION_DIGITS - len(str(terms.region))) == terms.region
    if terms.sizes is not None:
        answer &= size.one_of(terms.sizes)
    if terms.purposes is not None:
        answer &= app.purpose.one_of(terms.purposes)
    if terms.private_only:
        answer &= flag(app.private_enterprise) & ~flag(app.state_controlled).but_unknown_is(False)
    return answer


def _excludes(one: SubsidyTerms, other: SubsidyTerms) -> bool:
    if one.pays == other.pays:
        return True
    return one.level == other.level and (one.alone_at_its_level or other.alone_at_its_level)


def _nothing(app: Applications) -> tuple[Ints, Ints, Ints, Ints]:
    none = np.zeros(app.n, dtype=np.int64)
    return none, app.term_months.values.copy(), np.full(app.n, _UNLIMITED), none.copy()


def _pay(result: Granted, free: Bools, terms: SubsidyTerms) -> None:
    if terms.pays == FEE:
        result.fee_share_ppm[free] = terms.rate
    elif terms.pays == INTEREST:
        result.interest_ppm[free] = terms.rate
        if terms.months_cap is not None:
            result.months[free] = np.minimum(result.months[free], terms.months_cap)
        if terms.principal_cap is not None:
            result.principal[free] = terms.principal_cap
