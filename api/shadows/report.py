"""A shadow's differences from live decisions, added up row by row, and as the interfaces answer them."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pydantic import Field

from api.revisions.shapes import Shape
from api.revisions.store import StoredRevision
from products.explaining.answer import Money, Outcome, Rate
from products.money import ONE, yuan
from products.trials.rates import rate_of
from products.trials.shadows import History, Kind

EXAMPLES: Final = 10
MOST_FAILURES: Final = 20


class ShadowEventShape(Shape):
    """One event of a shadow's history; each carries the digest of the one before."""

    position: int
    kind: Kind
    actor: str
    at: datetime
    note: str
    content_sha256: str
    previous: str
    digest: str


class ShadowAnswer(Shape):
    """A shadow: its candidate, and when it was started and stopped by whom and why."""

    revision_id: str
    product: str
    slug: str
    number: int
    runs: bool
    history: tuple[ShadowEventShape, ...]
    url: str


class ShadowList(Shape):
    """The shadows of an organisation."""

    items: tuple[ShadowAnswer, ...]
    faults: dict[str, int] = Field(
        default={}, description="what went wrong beside live decisions in this server process, by name; tried again"
    )


class CaughtUpAnswer(Shape):
    """How many live decisions were put beside candidates, and for how many a candidate failed."""

    decided: int
    failed: int


class MovedShape(Shape):
    """How many live decisions the candidate would have turned from one outcome into another."""

    live: Outcome
    candidate: Outcome
    n: int


class FailureShape(Shape):
    """A fault of the candidate and how often it happened."""

    failure: str
    n: int


class DifferentShape(Shape):
    """A live decision that differs much."""

    decision_id: str
    live: Outcome
    candidate: Outcome
    amount_change: Money
    all_in_change: Rate | None


class BesideShape(Shape):
    """Live decisions under one revision, with the candidate beside them."""

    live_revision: str | None = Field(description="null for the product's own terms")
    n: int
    approved_live: int
    approved_candidate: int
    amount_live: Money
    amount_candidate: Money


class ShadowReport(Shape):
    """What the candidate would have decided otherwise than was decided live."""

    shadow: ShadowAnswer
    compared: int
    failed: int
    missed: int = Field(description="live decisions of its time that it was not asked about yet")
    same: int = Field(description="same outcome, amount, yearly cost and fee rate")
    moved: tuple[MovedShape, ...]
    by_live_revision: tuple[BesideShape, ...]
    both_priced: int
    mean_all_in_change: Rate | None = Field(description="candidate less live, over those priced by both")
    mean_fee_rate_change: Rate | None
    expected_loss_candidate: Money
    failures: tuple[FailureShape, ...]
    most_different: tuple[DifferentShape, ...]


@dataclass(slots=True)
class _Beside:
    n: int = 0
    approved: list[int] = field(default_factory=lambda: [0, 0])
    amount: list[int] = field(default_factory=lambda: [0, 0])


@dataclass(slots=True)
class Comparison:
    """The differences, as far as they were added up; memory does not grow with the decisions."""

    compared: int = 0
    same: int = 0
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    revisions: dict[str | None, _Beside] = field(default_factory=dict)
    both_priced: int = 0
    all_in_change: int = 0
    fee_rates: int = 0
    fee_rate_change: int = 0
    expected_loss: int = 0
    most_different: list[tuple[int, str, Any]] = field(default_factory=list)

    def add(self, rows: Iterable[Any]) -> None:
        """Add some rows of `ShadowRows.compared`."""
        for row in rows:
            if row.failure:
                self.failures[row.failure] += 1
            else:
                self._add(row)

    def _add(self, row: Any) -> None:
        self.compared += 1
        self.moved[row.live_outcome, row.outcome] += 1
        self.expected_loss += row.expected_loss_fen
        pairs = (
            (row.live_outcome, row.outcome),
            (row.live_approved_fen, row.approved_fen),
            (row.live_all_in_ppm, row.all_in_ppm),
            (row.live_fee_rate_ppm, row.fee_rate_ppm),
        )
        self.same += all(live == candidate for live, candidate in pairs)
        self._add_rates(row)
        one = self.revisions.setdefault(row.live_revision, _Beside())
        one.n += 1
        for place, (outcome, amount) in enumerate(
            ((row.live_outcome, row.live_approved_fen), (row.outcome, row.approved_fen))
        ):
            one.approved[place] += outcome == Outcome.APPROVE.value
            one.amount[place] += amount
        self._keep(row)

    def _add_rates(self, row: Any) -> None:
        if row.all_in_ppm is not None and row.live_all_in_ppm is not None:
            self.both_priced += 1
            self.all_in_change += row.all_in_ppm - row.live_all_in_ppm
        if row.fee_rate_ppm is not None and row.live_fee_rate_ppm is not None:
            self.fee_rates += 1
            self.fee_rate_change += row.fee_rate_ppm - row.live_fee_rate_ppm

    def _keep(self, row: Any) -> None:
        change = abs(row.approved_fen - row.live_approved_fen)
        if change or row.outcome != row.live_outcome:
            heapq.heappush(self.most_different, (change, row.decision_id, row))
            if len(self.most_different) > EXAMPLES:
                heapq.heappop(self.most_different)


def shadow_answer(revision: StoredRevision, history: History) -> ShadowAnswer:
    """A shadow."""
    return ShadowAnswer(
        revision_id=revision.id,
        product=revision.content.product,
        slug=revision.content.slug,
        number=revision.number,
        runs=history[-1].kind is Kind.STARTED,
        history=tuple(
            ShadowEventShape(
                position=each.position,
                kind=each.kind,
                actor=each.actor,
                at=each.at,
                note=each.note,
                content_sha256=each.content,
                previous=each.previous,
                digest=each.digest,
            )
            for each in history
        ),
        url=f"/v1/shadows/{revision.id}",
    )


def shadow_report(revision: StoredRevision, history: History, found: Comparison, *, missed: int) -> ShadowReport:
    """The report of a shadow."""
    return ShadowReport(
        shadow=shadow_answer(revision, history),
        compared=found.compared,
        failed=found.failures.total(),
        missed=missed,
        same=found.same,
        moved=tuple(
            MovedShape(live=Outcome(live), candidate=Outcome(candidate), n=n)
            for (live, candidate), n in sorted(found.moved.items())
        ),
        by_live_revision=tuple(
            BesideShape(
                live_revision=name,
                n=one.n,
                approved_live=one.approved[0],
                approved_candidate=one.approved[1],
                amount_live=yuan(one.amount[0]),
                amount_candidate=yuan(one.amount[1]),
            )
            for name, one in sorted(found.revisions.items(), key=lambda each: each[0] or "")
        ),
        both_priced=found.both_priced,
        mean_all_in_change=rate_of(found.all_in_change, found.both_priced * ONE),
        mean_fee_rate_change=rate_of(found.fee_rate_change, found.fee_rates * ONE),
        expected_loss_candidate=yuan(found.expected_loss),
        failures=tuple(FailureShape(failure=each, n=n) for each, n in found.failures.most_common(MOST_FAILURES)),
        most_different=tuple(_different(row) for _, _, row in sorted(found.most_different, reverse=True)),
    )


def _different(row: Any) -> DifferentShape:
    priced = row.all_in_ppm is not None and row.live_all_in_ppm is not None
    return DifferentShape(
        decision_id=row.decision_id,
        live=Outcome(row.live_outcome),
        candidate=Outcome(row.outcome),
        amount_change=yuan(row.approved_fen - row.live_approved_fen),
        all_in_change=rate_of(row.all_in_ppm - row.live_all_in_ppm, ONE) if priced else None,
    )
