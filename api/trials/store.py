"""Storing and reading trials of one organisation; the transaction is that of the revisions they split between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, and_, case, cast, func, insert, select
from sqlmodel import col

from api.storage.event_rows import event_values
from api.storage.ids import is_id, new_id
from api.trials.tables import LoanOutcome, Trial, TrialDecision, TrialEvent
from products.canonical import canonical_json
from products.chained_events import Event
from products.trials.deciding import RunningTrial
from products.trials.life import History, Kind, is_running
from products.trials.plan import Plan, read_plan
from products.trials.split import Side
from products.trials.stop_rules import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTrial:
    """A trial with its plan, its whole history, and the number of the run it opened."""

    id: str
    plan: Plan
    history: History
    run: int | None

    @property
    def kind(self) -> Kind:
        """What happened to it last."""
        return self.history[-1].kind

    @property
    def running(self) -> RunningTrial | None:
        """The trial as one that splits applicants, if it does."""
        return RunningTrial(self.id, self.plan) if is_running(self.history) else None


@dataclass(frozen=True, slots=True)
class Tallies:
    """What both sides add up to, and how many applications fell back to the champion and are in neither."""

    champion: Tally
    challenger: Tally
    fell_back: int


@dataclass(frozen=True, slots=True)
class TrialRows:
    """The trials of an organisation inside one transaction."""

    connection: Connection
    organisation: str

    def trial(self, trial_id: str) -> StoredTrial | None:
        """One trial."""
        found = self._read(col(Trial.id) == trial_id) if is_id(trial_id) else ()
        return found[0] if found else None

    def all(self) -> tuple[StoredTrial, ...]:
        """Every trial in the order of their making."""
        return self._read()

    def mark(self) -> tuple[int, str | None]:
        """A value that differs after every event: their number and the last one's id."""
        query = select(func.count(), func.max(col(TrialEvent.id))).where(
            col(TrialEvent.organisation_id) == self.organisation
        )
        count, last = self.connection.execute(query).one()
        return count, last

    def add(self, plan: Plan, event: Event[Kind]) -> StoredTrial:
        """Store a new trial with its first event."""
        trial = StoredTrial(id=new_id(), plan=plan, history=(), run=None)
        self.connection.execute(
            insert(Trial),
            {
                "organisation_id": self.organisation,
                "id": trial.id,
                "created_at": event.at,
                "product": plan.product,
                "slug": plan.slug,
                "body": canonical_json(plan.plain()),
                "sha256": plan.sha256,
            },
        )
        return self.append(trial, event)

    def append(self, trial: StoredTrial, event: Event[Kind]) -> StoredTrial:
        """Store one more event; a start opens the next run of its product, a stop or end closes the trial's own."""
        run = trial.run
        if event.kind is Kind.STARTED:
            run = 1 + self._runs(trial.plan.product)
        closes = event.kind in (Kind.STOPPED, Kind.ENDED)
        opens = run if event.kind is Kind.STARTED else None
        before = trial.history[-1] if trial.history else None
        self.connection.execute(
            insert(TrialEvent),
            {
                **event_values(self.organisation, event, before),
                "trial_id": trial.id,
                "product": trial.plan.product,
                "day": event.day,
                "opens_run": opens,
                "after_run": opens - 1 if opens is not None and opens > 1 else None,
                "closes_run": run if closes else None,
            },
        )
        return StoredTrial(id=trial.id, plan=trial.plan, history=(*trial.history, event), run=run)

    def tallies(self, trial_id: str) -> Tallies:
        """What was decided in a trial, and what became of its loans by the latest reports."""
        sides = {row.side: row for row in self.connection.execute(self._decided(trial_id))}
        reports = {row.side: row for row in self.connection.execute(self._reported(trial_id))}
        fell_back = select(func.count()).where(*self._of(trial_id), col(TrialDecision.fell_back) != "")
        return Tallies(
            champion=_tally(sides.get(Side.CHAMPION.value), reports.get(Side.CHAMPION.value)),
            challenger=_tally(sides.get(Side.CHALLENGER.value), reports.get(Side.CHALLENGER.value)),
            fell_back=self.connection.execute(fell_back).scalar_one(),
        )

    def _runs(self, product: str) -> int:
        query = select(func.max(col(TrialEvent.opens_run))).where(
            col(TrialEvent.organisation_id) == self.organisation, col(TrialEvent.product) == product
        )
        return int(self.connection.execute(query).scalar_one() or 0)

    def _of(self, trial_id: str) -> tuple[Any, ...]:
        return (col(TrialDecision.organisation_id) == self.organisation, col(TrialDecision.trial_id) == trial_id)

    def _decided(self, trial_id: str) -> Any:
        granted = col(TrialDecision.outcome) == "approve"
        return (
            select(
                col(TrialDecision.side),
                func.count().label("decided"),
                *(
                    func.sum(case((col(TrialDecision.outcome) == outcome, 1), else_=0)).label(outcome)
                    for outcome in ("approve", "refer", "decline")
                ),
                func.sum(col(TrialDecision.approved_fen)).label("approved_fen"),
                func.sum(case((granted, col(TrialDecision.loan_rate_ppm)), else_=0)).label("loan_rates_ppm"),
                func.sum(col(TrialDecision.expected_loss_fen)).label("expected_loss_fen"),
            )
            .where(*self._of(trial_id), col(TrialDecision.fell_back) == "")
            .group_by(col(TrialDecision.side))
        )

    def _reported(self, trial_id: str) -> Any:
        latest = (
            select(col(LoanOutcome.decision_id), func.max(col(LoanOutcome.id)).label("id"))
            .where(col(LoanOutcome.organisation_id) == self.organisation)
            .group_by(col(LoanOutcome.decision_id))
            .subquery()
        )
        outcome = and_(col(LoanOutcome.organisation_id) == self.organisation, col(LoanOutcome.id) == latest.c.id)
        return (
            select(
                col(TrialDecision.side),
                func.count().label("reported"),
                func.sum(cast(col(LoanOutcome.defaulted), Integer)).label("defaults"),
            )
            .join(latest, latest.c.decision_id == col(TrialDecision.decision_id))
            .join(LoanOutcome, outcome)
            .where(*self._of(trial_id), col(TrialDecision.fell_back) == "")
            .group_by(col(TrialDecision.side))
        )

    def _read(self, *conditions: Any) -> tuple[StoredTrial, ...]:
        query: Any = (
            select(col(Trial.id).label("trial_id"), col(Trial.body), *_EVENT)
            .join(
                TrialEvent,
                (col(TrialEvent.organisation_id) == col(Trial.organisation_id))
                & (col(TrialEvent.trial_id) == col(Trial.id)),
            )
            .where(col(Trial.organisation_id) == self.organisation, *conditions)
            .order_by(col(Trial.id), col(TrialEvent.position))
        )
        by_id: dict[str, list[Any]] = {}
        for row in self.connection.execute(query):
            by_id.setdefault(row.trial_id, []).append(row)
        return tuple(_trial(rows) for rows in by_id.values())


_EVENT = (
    col(TrialEvent.position),
    col(TrialEvent.kind),
    col(TrialEvent.actor),
    col(TrialEvent.created_at),
    col(TrialEvent.note),
    col(TrialEvent.content_sha256),
    col(TrialEvent.day),
    col(TrialEvent.opens_run),
    col(TrialEvent.previous_digest),
)


def _trial(rows: Sequence[Any]) -> StoredTrial:
    return StoredTrial(
        id=rows[0].trial_id,
        plan=read_plan(rows[0].body),
        history=tuple(
            Event(
                position=row.position,
                kind=Kind(row.kind),
                actor=row.actor,
                at=row.created_at,
                note=row.note,
                content=row.content_sha256,
                day=row.day,
                previous=row.previous_digest or "",
            )
            for row in rows
        ),
        run=next((row.opens_run for row in rows if row.opens_run is not None), None),
    )


def _tally(side: Any, reports: Any) -> Tally:
    reported = (int(reports.reported), int(reports.defaults)) if reports is not None else (0, 0)
    if side is None:
        return Tally(reported=reported[0], defaults=reported[1])
    return Tally(
        decided=int(side.decided),
        approved=int(side.approve),
        referred=int(side.refer),
        declined=int(side.decline),
        approved_fen=int(side.approved_fen),
        loan_rates_ppm=int(side.loan_rates_ppm),
        expected_loss_fen=int(side.expected_loss_fen),
        reported=reported[0],
        defaults=reported[1],
    )
