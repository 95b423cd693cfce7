"""What a product team does with trials: draft, approve, start, stop, report outcomes, and look at both sides.

Each step reads trials and revisions as they stand, asks the domain, and stores one event, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select
from sqlmodel import col

from api.revisions.desk import Desk
from api.revisions.store import RevisionRows, approvals
from api.storage.ids import is_id, new_id
from api.storage.tables import Decision
from api.trials.store import StoredTrial, Tallies, TrialRows
from api.trials.tables import LoanOutcome
from products import NotInForce, UnknownOffering
from products.applicant.reading import Problem
from products.chained_events import NotAllowed
from products.kernel import Offering
from products.revising.content import InvalidRevision
from products.revising.lines import with_lines
from products.trials import life
from products.trials.outcomes import ReportedOutcome
from products.trials.plan import Plan
from products.trials.stop_rules import Ruling, rulings, why_stopped


class UnknownTrial(LookupError):
    """There is no trial of this id in the organisation."""

    def __init__(self, trial_id: str) -> None:
        super().__init__(f"There is no trial {trial_id!r} here; the list of trials names those there are.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStanding:
    """A trial with what both sides add up to and every stop rule asked."""

    trial: StoredTrial
    tallies: Tallies
    rulings: tuple[Ruling, ...]


@dataclass(frozen=True, slots=True)
class TrialDesk:
    """The trials of one organisation; ``desk`` holds the revisions they split between."""

    desk: Desk

    def draft(self, plan: Plan, *, actor: str, moment: datetime, note: str = "") -> StoredTrial:
        """Store a new trial. InvalidRevision if a side is not on offer or has no terms for all of its days."""
        event = life.drafted(actor=actor, at=moment, content=plan.sha256, note=note)
        with self.desk.store.writing() as rows:
            self._check(rows, plan)
            return _trials(rows).add(plan, event)

    def approve(self, trial_id: str, *, actor: str, moment: datetime, note: str = "") -> StoredTrial:
        """Approve a draft, by another person than its author."""
        with self.desk.store.writing() as rows:
            found = _found(rows, trial_id)
            event = life.approved(found.history, actor=actor, at=moment, note=note)
            self._check(rows, found.plan)
            return _trials(rows).append(found, event)

    def withdraw(self, trial_id: str, *, actor: str, moment: datetime, note: str) -> StoredTrial:
        """Give a trial up before it was started."""
        with self.desk.store.writing() as rows:
            found = _found(rows, trial_id)
            return _trials(rows).append(found, life.withdrawn(found.history, actor=actor, at=moment, note=note))

    def start(self, trial_id: str, *, actor: str, moment: datetime, note: str = "") -> StoredTrial:
        """Let an approved trial run from its first day on, or from today if that has passed.

        NotAllowed if its days are over or another trial of the product is running.
        """
        today = self.desk.today(moment)
        with self.desk.store.writing() as rows:
            self._end_due(rows, moment)
            found = _found(rows, trial_id)
            day = max(today, found.plan.starts_on)
            event = life.started(found.history, actor=actor, at=moment, day=day, note=note)
            if today >= found.plan.ends_on:
                raise NotAllowed(f"The trial was to run until {found.plan.ends_on}; today is {today}. Draft another.")
            self._check(rows, found.plan)
            _refuse_second(rows, found.plan)
            return _trials(rows).append(found, event)

    def stop(self, trial_id: str, *, actor: str, moment: datetime, note: str) -> StoredTrial:
        """End a running trial now; from this moment on the champion decides every application."""
        with self.desk.store.writing() as rows:
            found = _found(rows, trial_id)
            event = life.stopped(found.history, actor=actor, at=moment, day=self.desk.today(moment), note=note)
            return _trials(rows).append(found, event)

    def watch(self, *, moment: datetime) -> tuple[StoredTrial, ...]:
        """Record what the calendar and the stop rules have brought about; safe to repeat.

        Nobody waits for it unless there is something to record: live decisions share a row with what it writes.
        """
        with self.desk.store.reading() as rows:
            if not any(self._is_due(rows, trial, moment) for trial in _running(rows)):
                return ()
        with self.desk.store.writing() as rows:
            changed = list(self._end_due(rows, moment))
            for trial in _running(rows):
                reason = why_stopped(_standing(rows, trial).rulings)
                if reason:
                    today = self.desk.today(moment)
                    event = life.stopped(trial.history, actor=life.WATCHER, at=moment, day=today, note=reason)
                    changed.append(_trials(rows).append(trial, event))
            return tuple(changed)

    def trials(self) -> tuple[StoredTrial, ...]:
        """Every trial in the order of their making."""
        with self.desk.store.reading() as rows:
            return _trials(rows).all()

    def standing(self, trial_id: str) -> TrialStanding:
        """A trial with both sides; UnknownTrial if there is none."""
        with self.desk.store.reading() as rows:
            return _standing(rows, _found(rows, trial_id))

    def report(self, outcomes: Iterable[ReportedOutcome], *, actor: str, moment: datetime) -> int:
        """Store what became of loans; how many. InvalidRevision with every decision that approved no loan here."""
        given = list(outcomes)
        with self.desk.store.writing() as rows:
            self._refuse_unknown_decisions(rows, given)
            if given:
                rows.connection.execute(
                    insert(LoanOutcome), [self._row(one, actor=actor, moment=moment) for one in given]
                )
        return len(given)

    def _row(self, one: ReportedOutcome, *, actor: str, moment: datetime) -> dict[str, object]:
        return {
            "organisation_id": self.desk.store.organisation,
            "id": new_id(),
            "created_at": moment,
            "decision_id": one.decision_id,
            "actor": actor,
            "defaulted": one.defaulted,
            "defaulted_on": one.defaulted_on,
            "loss_fen": one.loss_fen,
            "recovered_fen": one.recovered_fen,
        }

    def _refuse_unknown_decisions(self, rows: RevisionRows, given: list[ReportedOutcome]) -> None:
        problems = []
        for place, one in enumerate(given):
            query = select(col(Decision.outcome)).where(
                col(Decision.organisation_id) == rows.organisation, col(Decision.id) == one.decision_id
            )
            outcome = rows.connection.execute(query).scalar_one_or_none() if is_id(one.decision_id) else None
            if outcome != "approve":
                what = "There is no decision" if outcome is None else "No loan was approved by the decision"
                message = f"{what} {one.decision_id!r}. Give the id of an approved decision."
                problems.append(Problem(f"[{place}].decision_id", message, one.decision_id))
        if problems:
            raise InvalidRevision(problems)

    def _is_due(self, rows: RevisionRows, trial: StoredTrial, moment: datetime) -> bool:
        over = self.desk.today(moment) >= trial.plan.ends_on
        return over or bool(why_stopped(_standing(rows, trial).rulings))

    def _end_due(self, rows: RevisionRows, moment: datetime) -> tuple[StoredTrial, ...]:
        today = self.desk.today(moment)
        return tuple(
            _trials(rows).append(trial, life.ended(trial.history, at=moment, day=trial.plan.ends_on))
            for trial in _running(rows)
            if today >= trial.plan.ends_on
        )

    def _check(self, rows: RevisionRows, plan: Plan) -> None:
        """InvalidRevision unless both sides are on offer with terms for every day of the trial."""
        catalogue = with_lines(self.desk.catalogue, approvals(rows.all()))
        problems = []
        for name, slug in (("champion", plan.champion), ("challenger", plan.challenger)):
            try:
                _require_terms(catalogue.offering(plan.product, slug), plan.starts_on, plan.ends_on)
            except (UnknownOffering, NotInForce) as error:
                field = error.field if isinstance(error, UnknownOffering) and error.field == "product" else name
                problems.append(Problem(field, f"{error} Both sides must hold on every day of the trial.", str(slug)))
        if problems:
            raise InvalidRevision(problems)


def _require_terms(offering: Offering, start: date, end: date) -> None:
    """NotInForce if the offering has no terms for one of the days from ``start`` to before ``end``."""
    within = (day for each in offering.book.days if start < (day := date.fromordinal(each)) < end)
    for day in (start, *within, end - timedelta(days=1)):
        offering.book.at(day)


def _trials(rows: RevisionRows) -> TrialRows:
    return TrialRows(rows.connection, rows.organisation)


def _found(rows: RevisionRows, trial_id: str) -> StoredTrial:
    found = _trials(rows).trial(trial_id)
    if found is None:
        raise UnknownTrial(trial_id)
    return found


def _running(rows: RevisionRows) -> tuple[StoredTrial, ...]:
    return tuple(each for each in _trials(rows).all() if each.running is not None)


def _refuse_second(rows: RevisionRows, plan: Plan) -> None:
    for other in _running(rows):
        if other.plan.product == plan.product:
            raise NotAllowed(
                f"The trial {other.plan.slug} ({other.id}) of {plan.product} is running until {other.plan.ends_on}; "
                "one at a time splits a product's applicants. Stop it first."
            )


def _standing(rows: RevisionRows, trial: StoredTrial) -> TrialStanding:
    tallies = _trials(rows).tallies(trial.id)
    asked = rulings(trial.plan, tallies.champion, tallies.challenger)
    return TrialStanding(trial=trial, tallies=tallies, rulings=asked)
