"""The decision: one function over columns, for one application and for a million.

The steps read as the credit policy does. A batch is cut into parts that lie under one set of terms (the terms in force
on the day of application) and fit into a core's cache; rows never look at each other, so a batch answers as its rows do
alone, in any order and any split.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import numpy as np

from products.applicant.layout import EPOCH
from products.applicant.scored_facts import facts_for_scoring
from products.applications import Applications
from products.case import Case, Situation
from products.columns import Answers, Ints, all_hold
from products.costs.capital import load_irb, load_standardised
from products.costs.loan_costs import CapitalBooks
from products.cover import arrange
from products.fees import guarantee_fee
from products.limits import ceilings, considered_amount
from products.once import once_per_batch
from products.parameters import Book, load_book
from products.pricing import MarketTerms, price
from products.product import LoanProduct, Programme, Revision
from products.rules import APPROVE, Condition, Rule, ask, outcome
from products.terms import LoanTerms
from scoring import Scorecard, Scores

ROWS_AT_ONCE: Final = 8_192
MARKET: Final = load_book(Path(__file__).with_name("market.yaml"), MarketTerms)
CAPITAL: Final = CapitalBooks(load_irb(), load_standardised())

Array = TypeVar("Array", bound=np.ndarray[Any, Any])


class Elsewhere(Protocol):
    """Decides as `decide` does."""

    def __call__(
        self, applications: Applications, scorecard: Scorecard, *, on: date, market: Book[MarketTerms]
    ) -> Decisions: ...


@dataclass(frozen=True, slots=True, eq=False)
class Offering:
    """A product as it is offered: with or without a revision, under its programme.

    ``elsewhere`` decides in place of the kernel where installed plugins take part (`products.isolation`).
    """

    product: LoanProduct[Any]
    programme: Programme
    revision: Revision | None = None
    elsewhere: Elsewhere | None = None

    @property
    def book(self) -> Book[Any]:
        """The terms that apply: the revision's where there is one."""
        return self.product.book if self.revision is None else self.revision.book

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule asked: the programme's, then the product's."""
        return (*self.programme.rules, *self.product.rules)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition precedent that may apply."""
        return (*self.programme.conditions, *self.product.conditions)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a batch decided together: their positions, what was computed, the rules' answers and the outcome."""

    rows: Ints
    applied_on: date
    case: Case[Any]
    answers: Answers
    outcome: Answers


@dataclass(frozen=True, slots=True)
class Decisions:
    """n decisions as columns, kept in the parts in which they were made."""

    n: int
    offering: Offering
    scorecard: Scorecard
    market: Book[MarketTerms]
    on: date
    parts: tuple[Part, ...]

    def gather(self, of: Callable[[Part], Array]) -> Array:
        """One column, in the order of the applications; ``of`` gives it for a part, rows along the last axis."""
        pieces = [of(part) for part in self.parts]
        if len(pieces) == 1:
            return pieces[0]
        result = np.empty((*pieces[0].shape[:-1], self.n), dtype=pieces[0].dtype)
        for part, piece in zip(self.parts, pieces, strict=True):
            result[..., part.rows] = piece
        return result  # type: ignore[return-value]  # the same kind of array as its pieces

    @property
    def outcome(self) -> Answers:
        """`rules.APPROVE`, `rules.REFER` or `rules.DECLINE`, uint8 (n,)."""
        return self.gather(lambda part: part.outcome)

    @property
    def answers(self) -> Answers:
        """The answers of all rules in the offering's order, uint8 (rules, n)."""
        return self.gather(lambda part: part.answers)

    @property
    def considered(self) -> Ints:
        """The amount for which cover, fee and price stand, (n,) fen."""
        return self.gather(lambda part: part.case.considered)

    @property
    def approved(self) -> Ints:
        """The amount granted, (n,) fen: the amount considered where the outcome is approve, else 0."""
        return self.gather(lambda part: np.where(part.outcome == APPROVE, part.case.considered, 0))

    def locate(self, row: int) -> tuple[Part, int]:
        """The part that decided a row, and the row's position in it."""
        for part in self.parts:
            position = np.flatnonzero(part.rows == row)
            if len(position):
                return part, int(position[0])
        raise IndexError(f"There is no row {row} among {self.n} decisions.")


class DatesOutOfOrder(ValueError):
    """An application is dated after the day on which it is to be decided."""

    def __init__(self, row: int, applied_on: date, on: date) -> None:
        super().__init__(
            f"Application {row} was made on {applied_on.isoformat()}, after the day of decision {on.isoformat()}; "
            "decide it on or after the day it was made."
        )
        self.row, self.applied_on, self.on = row, applied_on, on


def decide(
    applications: Applications,
    offering: Offering,
    scorecard: Scorecard,
    *,
    on: date,
    market: Book[MarketTerms] = MARKET,
) -> Decisions:
    """Decide applications on a day under a product, its programme and a scorecard.

    DatesOutOfOrder if one was made after ``on``; NotInForce if product, programme or market have no terms for its day,
    or the revision is not yet effective on it.
    """
    if offering.elsewhere is not None:
        return offering.elsewhere(applications, scorecard, on=on, market=market)
    parts = tuple(
        _decide_part(rows, part, offering, scorecard, on, market.at(on))
        for rows, part in _parts(applications, offering, on)
    )
    return Decisions(applications.n, offering, scorecard, market, on, parts)


def _decide_part(
    rows: Ints, app: Applications, offering: Offering, scorecard: Scorecard, on: date, market: MarketTerms
) -> Part:
    applied_on = date.fromordinal(int(app.applied_on.values[0]) + EPOCH) if app.n else on
    terms: LoanTerms = offering.book.at(applied_on)
    programme = offering.programme.book.at(applied_on)
    day = on.toordinal() - EPOCH

    standing = offering.programme.standing(app, programme, day)
    score = _scored(app, scorecard)
    at = Situation(app, terms, programme, day, standing, score)
    limits = ceilings(offering.product.limits, at)
    amount, bound_by = considered_amount(limits, terms.amount_step)
    shares = arrange(amount, standing, terms, programme)
    fees = guarantee_fee(amount, standing, score, terms, programme, secured=offering.product.secured)
    prices = price(at, amount, shares, fees, market, CAPITAL.at(on))
    case = Case(app, terms, programme, day, standing, score, limits, amount, bound_by, shares, fees, prices)
    answers = ask(offering.rules, case)
    return Part(rows, applied_on, case, answers, outcome(offering.rules, answers))


@once_per_batch
def _scored(app: Applications, scorecard: Scorecard) -> Scores:
    """The scores of a batch; the same under every product and every set of terms."""
    return scorecard.score(facts_for_scoring(app, names=scorecard.facts))


@lru_cache(maxsize=256)
def _days_of_change(*books: Book[Any]) -> Ints:
    return np.array(sorted({day for book in books for day in book.days}), dtype=np.int64) - EPOCH


def _parts(applications: Applications, offering: Offering, on: date) -> Iterator[tuple[Ints, Applications]]:
    """The rows of each part with their applications: one set of terms, at most `ROWS_AT_ONCE` rows.

    A batch without rows is one part without rows, so that its columns have their shapes.
    """
    applied = applications.applied_on.values
    if applications.n == 0:
        yield np.arange(0), applications
        return
    if int(applied.max()) + EPOCH > on.toordinal():
        row = int(np.argmax(applied))
        raise DatesOutOfOrder(row, date.fromordinal(int(applied[row]) + EPOCH), on)
    days = _days_of_change(offering.book, offering.programme.book)
    vintage = days.searchsorted(applied, side="right")
    if all_hold(vintage == vintage[0]):
        for start in range(0, applications.n, ROWS_AT_ONCE):
            stop = min(start + ROWS_AT_ONCE, applications.n)
            yield (
                np.arange(start, stop),
                applications if stop - start == applications.n else applications.between(start, stop),
            )
        return
    for one in np.unique(vintage):
        rows = np.flatnonzero(vintage == one)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            yield some, applications.take(some)
