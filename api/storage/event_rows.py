"""Histories of reviewed things as rows of a table: its constraints, an event on its way in, and on its way out.

The state machine stands in the table itself: every event points to the one before it with its kind, its actor and its
digest, and constraints say what may follow what, and that a review is by other eyes than the submission. A trigger
(`migrations.event_history`) extends that to everyone who ever drafted the thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import CheckConstraint, Connection, Engine, ForeignKeyConstraint, UniqueConstraint, select
from sqlmodel import col

from api.storage.connections import Database, Dialect
from api.storage.engine import WRITES
from api.storage.ids import new_id
from api.storage.tables import Organisation
from products.chained_events import Event, K

FOLLOWS: Final = (
    "(kind = 'drafted' AND (previous_kind IS NULL OR previous_kind IN ('drafted', 'returned')))"
    " OR (kind = 'submitted' AND previous_kind = 'drafted')"
    " OR (kind IN ('approved', 'returned') AND previous_kind = 'submitted')"
    " OR (kind = 'published' AND previous_kind = 'approved')"
    " OR (kind IN ('superseded', 'ended') AND previous_kind = 'published')"
    " OR (kind = 'withdrawn' AND previous_kind IN ('drafted', 'submitted', 'returned', 'approved', 'published'))"
)
FIRST: Final = (
    "(position = 1 AND previous_position IS NULL AND previous_kind IS NULL AND previous_actor IS NULL"
    " AND previous_digest IS NULL) OR (position > 1 AND previous_position = position - 1"
    " AND previous_kind IS NOT NULL AND previous_actor IS NOT NULL AND previous_digest IS NOT NULL)"
)
FOUR_EYES: Final = "kind NOT IN ('approved', 'returned') OR lower(actor) <> lower(previous_actor)"
BODY: Final = "(kind = 'drafted' AND body IS NOT NULL) OR (kind <> 'drafted' AND body IS NULL)"
DAY: Final = (
    "(kind IN ('approved', 'published', 'superseded', 'ended', 'withdrawn') AND day IS NOT NULL)"
    " OR (kind IN ('drafted', 'submitted', 'returned') AND day IS NULL)"
)


def event_constraints(table: str, of: str) -> tuple[Any, ...]:
    """The constraints of the table of events of the things in table ``of``."""
    link = ("organisation_id", f"{of}_id", "position", "kind", "actor", "digest")
    before = ("organisation_id", f"{of}_id", *(f"previous_{name}" for name in link[2:]))
    return (
        ForeignKeyConstraint(["organisation_id", f"{of}_id"], [f"{of}.organisation_id", f"{of}.id"]),
        UniqueConstraint("organisation_id", f"{of}_id", "position", name=f"uq_{table}_position"),
        UniqueConstraint(*link, name=f"uq_{table}_link"),
        ForeignKeyConstraint([*before], [f"{table}.{name}" for name in link]),
        CheckConstraint(FIRST, name="first"),
        CheckConstraint(FOLLOWS, name="follows"),
        CheckConstraint(FOUR_EYES, name="four_eyes"),
        CheckConstraint(BODY, name="body"),
        CheckConstraint(DAY, name="day"),
    )


def event_values(organisation: str, event: Event[Any], before: Event[Any] | None) -> dict[str, object]:
    """The columns that all histories share, under a new id; ``before`` is the event that it follows."""
    return {
        "organisation_id": organisation,
        "id": new_id(),
        "created_at": event.at,
        "position": event.position,
        "kind": event.kind.value,
        "actor": event.actor,
        "note": event.note,
        "content_sha256": event.content,
        "previous_position": before and before.position,
        "previous_kind": before and before.kind.value,
        "previous_actor": before and before.actor,
        "previous_digest": before and before.digest,
        "digest": event.digest,
    }


def event_columns(table: Any) -> tuple[Any, ...]:
    """The columns that `event_of` reads, of a table class."""
    names = ("position", "kind", "actor", "created_at", "note", "content_sha256", "day", "body", "previous_digest")
    return tuple(col(getattr(table, name)) for name in names)


def event_of(row: Any, kinds: type[K]) -> Event[K]:
    """The event in a row of these columns, of a life with these kinds."""
    return Event(
        position=row.position,
        kind=kinds(row.kind),
        actor=row.actor,
        at=row.created_at,
        note=row.note,
        content=row.content_sha256,
        day=row.day,
        previous=row.previous_digest or "",
    )


@contextmanager
def writing(database: Database, engine: Engine, organisation: str) -> Iterator[Connection]:
    """A transaction that nobody else of the organisation comes between; committed at the end, undone on any error.

    It holds the organisation's row (PostgreSQL) or the writer's place (SQLite): what was read before an event is still
    true when the event is written.
    """
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        if database.dialect is Dialect.POSTGRESQL:
            own = (
                select(col(Organisation.id)).where(col(Organisation.id) == organisation).with_for_update(key_share=True)
            )
            connection.execute(own)
        yield connection
