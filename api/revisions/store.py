"""Storing and reading product revisions of one organisation.

Every change happens in one transaction that holds the organisation's row (PostgreSQL) or the writer's place (SQLite):
what was read before an event is still true when the event is written, whoever else works at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select
from sqlmodel import col

from api.revisions.tables import Revision, RevisionEvent
from api.storage.connections import Database
from api.storage.engine import WRITES
from api.storage.event_rows import event_columns, event_of, event_values, writing
from api.storage.ids import is_id, new_id
from products.canonical import canonical_json
from products.chained_events import Event
from products.revising.content import Content, read_content
from products.revising.history import History, Kind
from products.revising.lines import Approved


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRevision:
    """A revision with its content of now and its whole history."""

    id: str
    number: int
    content: Content
    history: History

    @property
    def kind(self) -> Kind:
        """What happened to it last."""
        return self.history[-1].kind

    @property
    def approval(self) -> Approved | None:
        """The revision as an approved one, with its withdrawal if there was one; None if it never was approved."""
        if not any(event.kind is Kind.APPROVED for event in self.history):
            return None
        last = self.history[-1]
        withdrawn_from = last.day if last.kind is Kind.WITHDRAWN else None
        return Approved(id=self.id, content=self.content, withdrawn_from=withdrawn_from)


@dataclass(frozen=True, slots=True)
class RevisionRows:
    """The revisions of an organisation inside one transaction."""

    connection: Connection
    organisation: str

    def revision(self, revision_id: str) -> StoredRevision | None:
        """One revision."""
        found = self._read(col(Revision.id) == revision_id) if is_id(revision_id) else ()
        return found[0] if found else None

    def line(self, product: str, slug: str) -> tuple[StoredRevision, ...]:
        """A line's revisions by their numbers."""
        return self._read(col(Revision.product) == product, col(Revision.slug) == slug)

    def all(self) -> tuple[StoredRevision, ...]:
        """Every revision, by product, line and number."""
        return self._read()

    def mark(self) -> tuple[int, str | None]:
        """A value that differs after every event: their number and the last one's id."""
        query = select(func.count(), func.max(col(RevisionEvent.id))).where(
            col(RevisionEvent.organisation_id) == self.organisation
        )
        count, last = self.connection.execute(query).one()
        return count, last

    def add(self, content: Content, event: Event[Kind]) -> StoredRevision:
        """Store a new revision of its line with its first event."""
        number = 1 + len(self.line(content.product, content.slug))
        revision = StoredRevision(id=new_id(), number=number, content=content, history=())
        self.connection.execute(
            insert(Revision),
            {
                "organisation_id": self.organisation,
                "id": revision.id,
                "created_at": event.at,
                "product": content.product,
                "slug": content.slug,
                "number": number,
            },
        )
        return self.append(revision, event, content)

    def append(self, revision: StoredRevision, event: Event[Kind], content: Content | None = None) -> StoredRevision:
        """Store one more event; ``content`` is the new one where the event is a draft."""
        last = revision.history[-1] if revision.history else None
        values = event_values(self.organisation, event, last)
        body = canonical_json(content.plain()) if content is not None else None
        self.connection.execute(
            insert(RevisionEvent), {**values, "revision_id": revision.id, "day": event.day, "body": body}
        )
        said = content if content is not None else revision.content
        return StoredRevision(id=revision.id, number=revision.number, content=said, history=(*revision.history, event))

    def _read(self, *conditions: Any) -> tuple[StoredRevision, ...]:
        query = (
            select(col(Revision.id), col(Revision.number), *event_columns(RevisionEvent))
            .join(
                RevisionEvent,
                (col(RevisionEvent.organisation_id) == col(Revision.organisation_id))
                & (col(RevisionEvent.revision_id) == col(Revision.id)),
            )
            .where(col(Revision.organisation_id) == self.organisation, *conditions)
            .order_by(col(Revision.product), col(Revision.slug), col(Revision.number), col(RevisionEvent.position))
        )
        by_id: dict[str, list[Any]] = {}
        for row in self.connection.execute(query):
            by_id.setdefault(row.id, []).append(row)
        return tuple(_revision(rows) for rows in by_id.values())


def _revision(rows: Sequence[Any]) -> StoredRevision:
    body = next(row.body for row in reversed(rows) if row.body is not None)
    return StoredRevision(
        id=rows[0].id,
        number=rows[0].number,
        content=read_content(body),
        history=tuple(event_of(row, Kind) for row in rows),
    )


@dataclass(frozen=True, slots=True)
class RevisionStore:
    """The revisions of one organisation."""

    database: Database
    engine: Engine
    organisation: str

    @contextmanager
    def reading(self) -> Iterator[RevisionRows]:
        """The rows as they stand."""
        with self.engine.connect() as connection:
            yield RevisionRows(connection, self.organisation)

    @contextmanager
    def writing(self) -> Iterator[RevisionRows]:
        """The rows for a change that nobody else comes between; committed at the end, undone on any error."""
        with writing(self.database, self.engine, self.organisation) as connection:
            yield RevisionRows(connection, self.organisation)

    @contextmanager
    def appending(self) -> Iterator[RevisionRows]:
        """The rows for adding what no other change depends on: nobody at work on revisions waits for it."""
        with self.engine.execution_options(**{WRITES: True}).begin() as connection:
            yield RevisionRows(connection, self.organisation)


def approvals(revisions: Sequence[StoredRevision]) -> tuple[Approved, ...]:
    """Those of the revisions that were approved."""
    return tuple(approval for each in revisions if (approval := each.approval) is not None)
