"""What a product team does with shadows: start, stop, catch up with live decisions, and look at the differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from api.revisions.desk import Desk, UnknownRevision, alone
from api.revisions.store import RevisionRows, StoredRevision
from api.shadows.report import Comparison, ShadowReport, shadow_report
from api.shadows.store import ShadowRows, Span, spans
from api.storage.ids import new_id
from products.chained_events import NotAllowed
from products.impact import held_offering
from products.kernel import Offering
from products.trials import shadows
from products.trials.shadows import History
from scoring import Scorecard

AT_ONCE: Final = 500
OVERLAP: Final = timedelta(minutes=5)
"""How far a later look goes back: a decision may be committed after another one that was made later."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How many live decisions were put beside candidates, and for how many the candidate failed."""

    decided: int
    failed: int


@dataclass(frozen=True, slots=True)
class ShadowStanding:
    """A shadow and its history."""

    revision: StoredRevision
    history: History


@dataclass(frozen=True, slots=True)
class ShadowDesk:
    """The shadows of one organisation; ``desk`` holds the candidates."""

    desk: Desk

    def start(self, revision_id: str, *, actor: str, moment: datetime, note: str) -> ShadowStanding:
        """Put a submitted or approved revision beside every live decision of its product from now on.

        InvalidRevision if the organisation does not offer the product.
        """
        with self.desk.store.writing() as rows:
            found, history = self._found(rows, revision_id)
            content = found.content.sha256
            event = shadows.started(history, found.kind, actor=actor, at=moment, content=content, note=note)
            self.desk.product_of(found.content)
            return ShadowStanding(found, _rows(rows).append(revision_id, history, event))

    def stop(self, revision_id: str, *, actor: str, moment: datetime, note: str) -> ShadowStanding:
        """Take a candidate away from live decisions from now on."""
        with self.desk.store.writing() as rows:
            found, history = self._found(rows, revision_id)
            event = shadows.stopped(history, actor=actor, at=moment, note=note)
            return ShadowStanding(found, _rows(rows).append(revision_id, history, event))

    def shadows(self) -> tuple[ShadowStanding, ...]:
        """Every shadow there ever was, in the order of their first start."""
        with self.desk.store.reading() as rows:
            histories = _rows(rows).histories()
            found = ((rows.revision(each), history) for each, history in histories.items())
            return tuple(ShadowStanding(revision, history) for revision, history in found if revision is not None)

    def report(self, revision_id: str) -> ShadowReport:
        """What the candidate would have decided otherwise; NotAllowed if it never ran as a shadow."""
        with self.desk.store.reading() as rows:
            found, history = self._found(rows, revision_id)
            if not history:
                raise NotAllowed(f"The revision {revision_id} never ran as a shadow. Start one first.")
            shadow = _rows(rows)
            comparison = Comparison()
            for batch in shadow.compared(revision_id):
                comparison.add(batch)
            missed = sum(shadow.count_pending(revision_id, found.content.product, each) for each in spans(history))
        return shadow_report(found, history, comparison, missed=missed)

    def catch_up(
        self, scorecard: Scorecard, *, moment: datetime, since: Mapping[str, datetime] = MappingProxyType({})
    ) -> CaughtUp:
        """Put every candidate beside the live decisions it was not asked about; safe to repeat and to run twice.

        ``since`` is when this was last done here, by candidate: decisions older than that, less an overlap, are not
        looked for.
        """
        with self.desk.store.reading() as rows:
            running = _rows(rows).running()
            found = [(rows.revision(revision), spans(history)[-1]) for revision, history in running.items()]
        sums = [
            self._catch_up(candidate, _later(span, since.get(candidate.id)), scorecard, moment)
            for candidate, span in found
            if candidate is not None
        ]
        return CaughtUp(sum(each.decided for each in sums), sum(each.failed for each in sums))

    def _catch_up(self, candidate: StoredRevision, span: Span, scorecard: Scorecard, moment: datetime) -> CaughtUp:
        decided = failed = 0
        while True:
            with self.desk.store.reading() as rows:
                pending = _rows(rows).pending(candidate.id, candidate.content.product, span, limit=AT_ONCE)
            if not pending:
                return CaughtUp(decided, failed)
            live = [each.live for each in pending]
            said = list(shadows.beside(live, lambda: self._offering(candidate), scorecard, id_of=new_id))
            with self.desk.store.appending() as rows:
                content = candidate.content.sha256
                _rows(rows).add(candidate.id, content, zip(pending, said, strict=True), moment=moment)
            failed += sum(bool(each.failure) for each in said)
            decided += len(said)

    def _offering(self, candidate: StoredRevision) -> Offering:
        """The candidate under the terms of its first day; NotAllowed once it is neither submitted nor approved."""
        refused = shadows.refusal(candidate.kind)
        if refused:
            raise NotAllowed(refused)
        content = candidate.content
        product = self.desk.catalogue.offering(content.product, None).product
        return held_offering(self.desk.catalogue, alone(content, product), content.effective_from)

    def _found(self, rows: RevisionRows, revision_id: str) -> tuple[StoredRevision, History]:
        found = rows.revision(revision_id)
        if found is None:
            raise UnknownRevision(revision_id)
        return found, _rows(rows).histories().get(revision_id, ())


def _rows(rows: RevisionRows) -> ShadowRows:
    return ShadowRows(rows.connection, rows.organisation)


def _later(span: Span, since: datetime | None) -> Span:
    return span if since is None else Span(max(span.start, since - OVERLAP), span.end)
