"""Storing and reading shadows of one organisation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, and_, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from api.storage.event_rows import event_values
from api.storage.ids import first_id_at, new_id
from api.storage.tables import Application, Decision
from api.trials.tables import ShadowDecision, ShadowEvent
from products import application_from
from products.canonical import canonical_json
from products.chained_events import Event
from products.money import ONE
from products.reserved import held_by
from products.trials.shadows import Beside, History, Kind, Live

_INSERT: Final[Mapping[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Span:
    """A time during which a shadow ran; ``end`` is None while it runs."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A live decision that a candidate has not been asked about, and what of it is compared; rates in ppm."""

    live: Live
    all_in_ppm: int | None
    fee_rate_ppm: int | None


@dataclass(frozen=True, slots=True)
class ShadowRows:
    """The shadows of an organisation inside one transaction."""

    connection: Connection
    organisation: str

    def mark(self) -> tuple[int, str | None]:
        """A value that differs after every event: their number and the last one's id."""
        query = select(func.count(), func.max(col(ShadowEvent.id))).where(
            col(ShadowEvent.organisation_id) == self.organisation
        )
        count, last = self.connection.execute(query).one()
        return count, last

    def histories(self) -> dict[str, History]:
        """Every shadow's history by the revision's id, in the order of their first start."""
        query = (
            select(col(ShadowEvent.revision_id), *_EVENT)
            .where(col(ShadowEvent.organisation_id) == self.organisation)
            .order_by(col(ShadowEvent.id))
        )
        found: dict[str, list[Event[Kind]]] = {}
        for row in self.connection.execute(query):
            found.setdefault(row.revision_id, []).append(_event(row))
        return {revision: tuple(sorted(each, key=lambda one: one.position)) for revision, each in found.items()}

    def running(self) -> dict[str, History]:
        """The histories of the shadows that run."""
        return {revision: each for revision, each in self.histories().items() if each[-1].kind is Kind.STARTED}

    def append(self, revision_id: str, history: History, event: Event[Kind]) -> History:
        """Store one more event."""
        values = event_values(self.organisation, event, history[-1] if history else None)
        self.connection.execute(insert(ShadowEvent), {**values, "revision_id": revision_id})
        return (*history, event)

    def pending(self, revision_id: str, product: str, span: Span, *, limit: int) -> tuple[Pending, ...]:
        """Up to ``limit`` live decisions of a span that the candidate was not asked about, the oldest first."""
        query: Any = (
            select(
                col(Decision.id),
                col(Decision.decided_on),
                col(Decision.body),
                col(Application.body).label("application"),
            )
            .join(
                Application,
                and_(
                    col(Application.organisation_id) == col(Decision.organisation_id),
                    col(Application.id) == col(Decision.application_id),
                ),
            )
            .where(*self._unasked(revision_id, product, span))
            .order_by(col(Decision.id))
            .limit(limit)
        )
        return tuple(_pending(row) for row in self.connection.execute(query))

    def count_pending(self, revision_id: str, product: str, span: Span) -> int:
        """How many live decisions of a span the candidate was not asked about."""
        query = select(func.count()).select_from(Decision).where(*self._unasked(revision_id, product, span))
        return int(self.connection.execute(query).scalar_one())

    def _unasked(self, revision_id: str, product: str, span: Span) -> tuple[Any, ...]:
        asked = select(col(ShadowDecision.id)).where(
            col(ShadowDecision.organisation_id) == self.organisation,
            col(ShadowDecision.revision_id) == revision_id,
            col(ShadowDecision.decision_id) == col(Decision.id),
        )
        within = [col(Decision.created_at) >= span.start, col(Decision.id) >= first_id_at(span.start)]
        if span.end is not None:
            within.append(col(Decision.created_at) < span.end)
        return (
            col(Decision.organisation_id) == self.organisation,
            col(Decision.product) == product,
            *within,
            ~asked.exists(),
        )

    def add(self, revision_id: str, content: str, asked: Iterable[tuple[Pending, Beside]], *, moment: datetime) -> None:
        """Store what the candidate said; what another process stored for the same decision meanwhile stays."""
        rows = [self._row(revision_id, content, *each, moment=moment) for each in asked]
        if rows:
            into: Any = _INSERT[self.connection.dialect.name](ShadowDecision)
            self.connection.execute(into.on_conflict_do_nothing(), rows)

    def _row(
        self, revision_id: str, content: str, pending: Pending, beside: Beside, *, moment: datetime
    ) -> dict[str, object]:
        figures, decision = beside.figures, beside.decision
        return {
            "organisation_id": self.organisation,
            "id": new_id(),
            "created_at": moment,
            "revision_id": revision_id,
            "decision_id": beside.decision_id,
            "content_sha256": content,
            "failure": beside.failure,
            "outcome": figures and figures.outcome,
            "approved_fen": figures.approved_fen if figures else None,
            "all_in_ppm": figures.all_in_ppm if figures else None,
            "fee_rate_ppm": figures.fee_rate_ppm if figures else None,
            "expected_loss_fen": figures.expected_loss_fen if figures else None,
            "live_all_in_ppm": pending.all_in_ppm,
            "live_fee_rate_ppm": pending.fee_rate_ppm,
            "body": canonical_json(decision.model_dump(mode="json")) if decision is not None else None,
        }

    def compared(self, revision_id: str) -> Iterator[Sequence[Any]]:
        """Every comparison with its live decision, in batches: the columns of `COMPARED`."""
        query = (
            select(*COMPARED)
            .join(
                Decision,
                and_(
                    col(Decision.organisation_id) == col(ShadowDecision.organisation_id),
                    col(Decision.id) == col(ShadowDecision.decision_id),
                ),
            )
            .where(
                col(ShadowDecision.organisation_id) == self.organisation,
                col(ShadowDecision.revision_id) == revision_id,
            )
            .order_by(col(ShadowDecision.decision_id))
        )
        yield from self.connection.execution_options(yield_per=1_000).execute(query).partitions()


COMPARED: Final[tuple[Any, ...]] = (
    col(ShadowDecision.decision_id),
    col(ShadowDecision.failure),
    col(ShadowDecision.outcome),
    col(ShadowDecision.approved_fen),
    col(ShadowDecision.all_in_ppm),
    col(ShadowDecision.fee_rate_ppm),
    col(ShadowDecision.expected_loss_fen),
    col(ShadowDecision.live_all_in_ppm),
    col(ShadowDecision.live_fee_rate_ppm),
    col(Decision.revision).label("live_revision"),
    col(Decision.outcome).label("live_outcome"),
    col(Decision.approved_fen).label("live_approved_fen"),
)
_EVENT: Final = (
    col(ShadowEvent.position),
    col(ShadowEvent.kind),
    col(ShadowEvent.actor),
    col(ShadowEvent.created_at),
    col(ShadowEvent.note),
    col(ShadowEvent.content_sha256),
    col(ShadowEvent.previous_digest),
)


def spans(history: History) -> tuple[Span, ...]:
    """The times during which a shadow ran."""
    starts = [each.at for each in history if each.kind is Kind.STARTED]
    ends: list[datetime | None] = [each.at for each in history if each.kind is Kind.STOPPED]
    return tuple(Span(*each) for each in zip(starts, [*ends, None], strict=False))


def _event(row: Any) -> Event[Kind]:
    return Event(
        position=row.position,
        kind=Kind(row.kind),
        actor=row.actor,
        at=row.created_at,
        note=row.note,
        content=row.content_sha256,
        day=None,
        previous=row.previous_digest or "",
    )


def _pending(row: Any) -> Pending:
    said = json.loads(row.body)
    price, fee = said["price"], said["fee"]
    return Pending(
        live=Live(row.id, application_from(json.loads(row.application)), row.decided_on, held_by(said)),
        all_in_ppm=_ppm(price["all_in_rate"]) if price else None,
        fee_rate_ppm=_ppm(fee["rate"]) if fee else None,
    )


def _ppm(rate: str) -> int:
    return int(Decimal(rate) * ONE)
