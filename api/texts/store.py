"""Storing and reading the contract texts of one organisation; a change holds the organisation's place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, insert, select
from sqlmodel import col

from api.storage.connections import Database
from api.storage.event_rows import event_columns, event_of, event_values, writing
from api.storage.ids import is_id, new_id
from api.texts.tables import TextEvent, TextVersion
from products.canonical import canonical_json
from templates.in_force import ApprovedText
from templates.text_history import Event, History, Kind
from templates.versions import GREATEST_FILE, Text, read_text

_MOST_BYTES = 2 * GREATEST_FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A version with what it says and its whole history."""

    id: str
    number: int
    text: Text
    history: History

    @property
    def kind(self) -> Kind:
        """What happened to it last."""
        return self.history[-1].kind

    @property
    def approval(self) -> ApprovedText | None:
        """The version as an approved one, with its withdrawal if there was one; None if it never was approved."""
        if not any(event.kind is Kind.APPROVED for event in self.history):
            return None
        last = self.history[-1]
        withdrawn_from = last.day if last.kind is Kind.WITHDRAWN else None
        return ApprovedText(id=self.id, number=self.number, text=self.text, withdrawn_from=withdrawn_from)


@dataclass(frozen=True, slots=True)
class TextRows:
    """The texts of an organisation inside one transaction."""

    connection: Connection
    organisation: str

    def text(self, version_id: str) -> StoredText | None:
        """One version."""
        found = self._read(col(TextVersion.id) == version_id) if is_id(version_id) else ()
        return found[0] if found else None

    def all(self) -> tuple[StoredText, ...]:
        """Every version, by kind, name and number."""
        return self._read()

    def approved(self) -> tuple[ApprovedText, ...]:
        """Those that were approved."""
        return approvals(self._read(col(TextVersion.id).in_(_approved_ids(self.organisation))))

    def add(self, text: Text, event: Event) -> StoredText:
        """Store a new version of its line with its first event."""
        query = select(col(TextVersion.number)).where(
            col(TextVersion.organisation_id) == self.organisation,
            col(TextVersion.kind) == text.kind,
            col(TextVersion.name) == text.name,
        )
        number = 1 + len(self.connection.execute(query).all())
        version = StoredText(id=new_id(), number=number, text=text, history=())
        self.connection.execute(
            insert(TextVersion),
            {
                "organisation_id": self.organisation,
                "id": version.id,
                "created_at": event.at,
                "kind": text.kind,
                "name": text.name,
                "number": number,
            },
        )
        return self.append(version, event, text)

    def append(self, version: StoredText, event: Event, text: Text | None = None) -> StoredText:
        """Store one more event; ``text`` is the new one where the event is a draft."""
        last = version.history[-1] if version.history else None
        body = canonical_json(text.model_dump(mode="json")) if text is not None else None
        values = event_values(self.organisation, event, last)
        self.connection.execute(
            insert(TextEvent), {**values, "text_version_id": version.id, "day": event.day, "body": body}
        )
        said = text if text is not None else version.text
        return StoredText(id=version.id, number=version.number, text=said, history=(*version.history, event))

    def _read(self, *conditions: Any) -> tuple[StoredText, ...]:
        query = (
            select(col(TextVersion.id), col(TextVersion.number), *event_columns(TextEvent))
            .join(
                TextEvent,
                (col(TextEvent.organisation_id) == col(TextVersion.organisation_id))
                & (col(TextEvent.text_version_id) == col(TextVersion.id)),
            )
            .where(col(TextVersion.organisation_id) == self.organisation, *conditions)
            .order_by(col(TextVersion.kind), col(TextVersion.name), col(TextVersion.number), col(TextEvent.position))
        )
        by_id: dict[str, list[Any]] = {}
        for row in self.connection.execute(query):
            by_id.setdefault(row.id, []).append(row)
        return tuple(map(_stored, by_id.values()))


def _approved_ids(organisation: str) -> Any:
    return select(col(TextEvent.text_version_id)).where(
        col(TextEvent.organisation_id) == organisation, col(TextEvent.kind) == Kind.APPROVED.value
    )


def _stored(rows: Sequence[Any]) -> StoredText:
    body = next(row.body for row in reversed(rows) if row.body is not None)
    return StoredText(
        id=rows[0].id,
        number=rows[0].number,
        text=read_text(body, most_bytes=_MOST_BYTES),
        history=tuple(event_of(row, Kind) for row in rows),
    )


def approvals(versions: Iterable[StoredText]) -> tuple[ApprovedText, ...]:
    """Those of the versions that were approved."""
    return tuple(approval for each in versions if (approval := each.approval) is not None)


@dataclass(frozen=True, slots=True)
class TextStore:
    """The contract texts of one organisation."""

    database: Database
    engine: Engine
    organisation: str

    @contextmanager
    def reading(self) -> Iterator[TextRows]:
        """The rows as they stand."""
        with self.engine.connect() as connection:
            yield TextRows(connection, self.organisation)

    @contextmanager
    def writing(self) -> Iterator[TextRows]:
        """The rows for a change that nobody else comes between; committed at the end, undone on any error."""
        with writing(self.database, self.engine, self.organisation) as connection:
            yield TextRows(connection, self.organisation)
