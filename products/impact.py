"""What a revision would do to a population: two decisions on every application, added up batch by batch.

Both sides are decided by the kernel itself, each under the terms that hold on the revision's first day, whatever day
the applications were made; programme, score and market stay as they are. Amounts are fen and everything is counted in
whole numbers, so that a population split into batches in any way adds up to the same report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import numpy as np

from products.applications import Applications
from products.columns import Bools, Ints
from products.kernel import Decisions, Offering, Part, decide
from products.money import Rounding, portion
from products.parameters import Book, make_book
from products.product import Revision
from products.registry import Catalogue
from products.rules import APPROVE
from products.vocabulary import BANDS, PARTIES, SECTORS, SIZES, TIERS
from scoring import Scorecard

ROWS_AT_ONCE: Final = 65_536
EXAMPLES: Final = 3
UNKNOWN: Final = "unknown"
ALWAYS: Final = date(1970, 1, 1)
OUTCOMES: Final = ("approve", "refer", "decline")

_PROVINCE: Final = PARTIES.index("province")
_FUND: Final = PARTIES.index("fund")


def held_offering(catalogue: Catalogue, revision: Revision, day: date) -> Offering:
    """The product as the revision amends it, with its terms of one day for every day; NotInForce if it has none."""
    held = replace(revision, book=_held(revision.book, day))
    return catalogue.amended([held]).offering(revision.product, revision.slug)


def _held(book: Book[Any], day: date) -> Book[Any]:
    values = {one.name: (replace(one.dated, since=ALWAYS, until=None),) for one in book.used(day)}
    return make_book(book.name, book.terms, values)


@dataclass(frozen=True, slots=True)
class Side:
    """One side's decisions on a batch as arrays of shape (n,), shares (5, n); amounts in fen, rates in ppm."""

    outcome: Ints
    considered: Ints
    approved: Ints
    loan_rate: Ints
    all_in: Ints
    fee_rate: Ints
    fee: Ints
    cell: Ints
    shares_ppm: Ints
    exposure: Ints
    expected_loss: Ints
    size: Ints
    band: Ints


def side(decisions: Decisions) -> Side:
    """The decisions as columns; exposure and expected loss only where the outcome is approve."""
    granted = decisions.outcome == APPROVE
    exposure = np.where(granted, decisions.gather(_borne), 0)
    return Side(
        outcome=decisions.outcome.astype(np.int64),
        considered=decisions.considered,
        approved=decisions.approved,
        loan_rate=decisions.gather(lambda part: part.case.prices.loan_rate),
        all_in=decisions.gather(lambda part: part.case.prices.all_in),
        fee_rate=decisions.gather(lambda part: part.case.fees.rate_ppm),
        fee=np.where(granted, decisions.gather(lambda part: part.case.fees.amount), 0),
        cell=decisions.gather(lambda part: part.case.fees.tier * len(BANDS) + part.case.fees.band),
        shares_ppm=decisions.gather(lambda part: part.case.shares.ppm.T),
        exposure=exposure,
        expected_loss=np.where(granted, decisions.gather(_expected_loss), 0),
        size=decisions.gather(lambda part: part.case.standing.size.otherwise(len(SIZES))),
        band=decisions.gather(lambda part: part.case.score.band.astype(np.int64)),
    )


def _borne(part: Part) -> Ints:
    """Who bears what after the province has passed its part on, (5, n) fen."""
    shares = part.case.shares
    borne: Ints = shares.fen.T.copy()
    borne[_PROVINCE] -= shares.ceded_fen
    borne[_FUND] += shares.ceded_fen
    return borne


def _expected_loss(part: Part) -> Ints:
    """Default probability × loss given default × what each party bears, (5, n) fen, each step rounded half up."""
    case = part.case
    chance = case.score.default_probability_ppm.astype(np.int64)
    lost = portion(_borne(part), chance[None, :], Rounding.HALF_UP)
    return portion(lost, case.terms.loss_given_default, Rounding.HALF_UP)


@dataclass(slots=True)
class Sums:
    """What one side adds up to."""

    outcomes: Ints = field(default_factory=lambda: np.zeros(len(OUTCOMES), dtype=np.int64))
    approved: int = 0
    fees: int = 0
    exposure: Ints = field(default_factory=lambda: np.zeros(len(PARTIES), dtype=np.int64))
    expected_loss: Ints = field(default_factory=lambda: np.zeros(len(PARTIES), dtype=np.int64))
    cells: Ints = field(default_factory=lambda: np.zeros((2, len(TIERS) * len(BANDS)), dtype=np.int64))

    def add(self, one: Side) -> None:
        """Add a batch."""
        granted = one.outcome == APPROVE
        self.outcomes += np.bincount(one.outcome, minlength=len(OUTCOMES))
        self.approved += int(one.approved.sum())
        self.fees += int(one.fee.sum())
        self.exposure += one.exposure.sum(axis=1)
        self.expected_loss += one.expected_loss.sum(axis=1)
        cells = self.cells.shape[1]
        self.cells[0] += np.bincount(one.cell, minlength=cells)
        self.cells[1] += np.bincount(one.cell[granted], minlength=cells)


@dataclass(slots=True)
class Segment:
    """Applications of one segment: how many, and by side how many were approved and for how much."""

    n: int = 0
    changed: int = 0
    approved: list[int] = field(default_factory=lambda: [0, 0])
    amount: list[int] = field(default_factory=lambda: [0, 0])


CHANGES: Final = ("outcome", "amount", "loan_rate", "all_in_rate", "fee_rate", "fee_tier", "shares")


@dataclass(frozen=True, slots=True)
class Example:
    """One application whose decision changes much: itself, its place in the population, and by how much.

    ``amount`` is the change of the amount granted in fen, ``all_in`` that of the yearly cost in ppm.
    """

    application: Applications
    row: int
    amount: int
    all_in: int


@dataclass(slots=True)
class Impact:
    """The comparison of two offerings over a population, as far as it was added up."""

    before: Offering
    after: Offering
    scorecard: Scorecard
    on: date
    n: int = 0
    sums: tuple[Sums, Sums] = field(default_factory=lambda: (Sums(), Sums()))
    moved: Ints = field(default_factory=lambda: np.zeros((len(OUTCOMES), len(OUTCOMES)), dtype=np.int64))
    changed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHANGES, 0))
    segments: dict[str, dict[str, Segment]] = field(
        default_factory=lambda: {name: {} for name in ("region", "size", "sector", "band")}
    )
    best: list[Example] = field(default_factory=list)
    worst: list[Example] = field(default_factory=list)

    def add(self, applications: Applications) -> None:
        """Decide a batch on both sides and add it; errors as in `kernel.decide`."""
        for start in range(0, applications.n, ROWS_AT_ONCE):
            self._add(applications.between(start, min(start + ROWS_AT_ONCE, applications.n)))

    def _add(self, batch: Applications) -> None:
        old, new = (side(decide(batch, offering, self.scorecard, on=self.on)) for offering in (self.before, self.after))
        for sums, one in zip(self.sums, (old, new), strict=True):
            sums.add(one)
        self.moved += np.bincount(old.outcome * 3 + new.outcome, minlength=9).reshape(3, 3)
        differs = _differences(old, new)
        for name, column in differs.items():
            self.changed[name] += int(column.sum())
        anything = np.logical_or.reduce(list(differs.values()))
        for name, codes, labels in _segments_of(batch, old):
            self._add_segments(name, codes, labels, old, new, anything)
        self._keep_examples(batch, old, new, anything)
        self.n += batch.n

    def _add_segments(
        self, name: str, codes: Ints, labels: Mapping[int, str], old: Side, new: Side, anything: Bools
    ) -> None:
        for code in np.unique(codes):
            rows = codes == code
            segment = self.segments[name].setdefault(labels.get(int(code), f"{int(code):02d}"), Segment())
            segment.n += int(rows.sum())
            segment.changed += int(anything[rows].sum())
            for place, one in enumerate((old, new)):
                segment.approved[place] += int((one.outcome[rows] == APPROVE).sum())
                segment.amount[place] += int(one.approved[rows].sum())

    def _keep_examples(self, batch: Applications, old: Side, new: Side, anything: Bools) -> None:
        amount, cost = new.approved - old.approved, new.all_in - old.all_in
        rows = np.flatnonzero(anything & ((old.outcome == APPROVE) | (new.outcome == APPROVE)))
        for kept, sign in ((self.worst, 1), (self.best, -1)):
            order = rows[np.lexsort((rows, -sign * cost[rows], sign * amount[rows]))]
            for row in order[:EXAMPLES].tolist():
                if (sign * int(amount[row]), -sign * int(cost[row])) < (0, 0):
                    one = batch.take(np.array([row]))
                    kept.append(Example(one, self.n + row, int(amount[row]), int(cost[row])))
            kept.sort(key=lambda each: (sign * each.amount, -sign * each.all_in, each.row))
            del kept[EXAMPLES:]


def compare(
    batches: Iterable[Applications], before: Offering, after: Offering, scorecard: Scorecard, *, on: date
) -> Impact:
    """Both offerings decided on ``on`` over the batches of a population.

    DatesOutOfOrder if an application was made after ``on``, NotInForce if a side has no terms for one.
    """
    impact = Impact(before, after, scorecard, on)
    for batch in batches:
        impact.add(batch)
    return impact


def _differences(old: Side, new: Side) -> Mapping[str, Bools]:
    """Where something differs, by `CHANGES`."""
    return {
        "outcome": old.outcome != new.outcome,
        "amount": old.approved != new.approved,
        "loan_rate": old.loan_rate != new.loan_rate,
        "all_in_rate": old.all_in != new.all_in,
        "fee_rate": old.fee_rate != new.fee_rate,
        "fee_tier": old.cell != new.cell,
        "shares": (old.shares_ppm != new.shares_ppm).any(axis=0),
    }


def _segments_of(batch: Applications, old: Side) -> Iterator[tuple[str, Ints, Mapping[int, str]]]:
    yield "region", batch.region.otherwise(-1) // 10_000, {-1: UNKNOWN}
    yield "size", old.size, dict(enumerate((*SIZES, UNKNOWN)))
    yield "sector", batch.sector.otherwise(-1), {-1: UNKNOWN, **dict(enumerate(SECTORS))}
    yield "band", old.band, dict(enumerate(BANDS))
