"""The tables of product revisions: what a line's revisions are, and everything that happened to each.

Both are append-only. The state machine stands in the table itself: every event points to the one before it with its
kind, its actor and its digest, and constraints say what may follow what, and that a review is by other eyes than the
submission. A trigger extends that to everyone who ever drafted the revision.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlmodel import Field

from api.tables import Row, UtcTime

FOLLOWS = (
    "(kind = 'drafted' AND (previous_kind IS NULL OR previous_kind IN ('drafted', 'returned')))"
    " OR (kind = 'submitted' AND previous_kind = 'drafted')"
    " OR (kind IN ('approved', 'returned') AND previous_kind = 'submitted')"
    " OR (kind = 'published' AND previous_kind = 'approved')"
    " OR (kind IN ('superseded', 'ended') AND previous_kind = 'published')"
    " OR (kind = 'withdrawn' AND previous_kind IN ('drafted', 'submitted', 'returned', 'approved', 'published'))"
)
FIRST = (
    "(position = 1 AND previous_position IS NULL AND previous_kind IS NULL AND previous_actor IS NULL"
    " AND previous_digest IS NULL) OR (position > 1 AND previous_position = position - 1"
    " AND previous_kind IS NOT NULL AND previous_actor IS NOT NULL AND previous_digest IS NOT NULL)"
)
FOUR_EYES = "kind NOT IN ('approved', 'returned') OR lower(actor) <> lower(previous_actor)"
BODY = "(kind = 'drafted' AND body IS NOT NULL) OR (kind <> 'drafted' AND body IS NULL)"
DAY = (
    "(kind IN ('approved', 'published', 'superseded', 'ended', 'withdrawn') AND day IS NOT NULL)"
    " OR (kind IN ('drafted', 'submitted', 'returned') AND day IS NULL)"
)

_ID = String(36)
_SLUG = String(63)
_DIGEST = String(64)
_ACTOR = String(120)
_KIND = String(10)


class Revision(Row, table=True):
    """A revision: its product, the line it belongs to and its number in the line, from 1."""

    __tablename__ = "revision"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        UniqueConstraint("organisation_id", "product", "slug", "number", name="uq_revision_number"),
        CheckConstraint("number > 0", name="number"),
    )

    organisation_id: str = Field(primary_key=True, sa_type=_SLUG)
    id: str = Field(primary_key=True, sa_type=_ID)
    created_at: datetime = Field(sa_type=UtcTime)
    product: str = Field(sa_type=_SLUG)
    slug: str = Field(sa_type=_SLUG)
    number: int = Field(sa_type=Integer)


class RevisionEvent(Row, table=True):
    """One event in a revision's history; ``body`` is the content's canonical JSON where it was drafted."""

    __tablename__ = "revision_event"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "revision_id"], ["revision.organisation_id", "revision.id"]),
        UniqueConstraint("organisation_id", "revision_id", "position", name="uq_revision_event_position"),
        UniqueConstraint(
            *("organisation_id", "revision_id", "position", "kind", "actor", "digest"), name="uq_revision_event_link"
        ),
        ForeignKeyConstraint(
            [
                "organisation_id",
                "revision_id",
                "previous_position",
                "previous_kind",
                "previous_actor",
                "previous_digest",
            ],
            [
                "revision_event.organisation_id",
                "revision_event.revision_id",
                "revision_event.position",
                "revision_event.kind",
                "revision_event.actor",
                "revision_event.digest",
            ],
        ),
        CheckConstraint(FIRST, name="first"),
        CheckConstraint(FOLLOWS, name="follows"),
        CheckConstraint(FOUR_EYES, name="four_eyes"),
        CheckConstraint(BODY, name="body"),
        CheckConstraint(DAY, name="day"),
    )

    organisation_id: str = Field(primary_key=True, sa_type=_SLUG)
    id: str = Field(primary_key=True, sa_type=_ID)
    created_at: datetime = Field(sa_type=UtcTime)
    revision_id: str = Field(sa_type=_ID)
    position: int = Field(sa_type=Integer)
    kind: str = Field(sa_type=_KIND)
    actor: str = Field(sa_type=_ACTOR)
    note: str = Field(sa_type=String)
    content_sha256: str = Field(sa_type=_DIGEST)
    day: date | None = Field(default=None, sa_type=Date, nullable=True)
    body: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    previous_position: int | None = Field(default=None, sa_type=Integer, nullable=True)
    previous_kind: str | None = Field(default=None, sa_type=_KIND, nullable=True)
    previous_actor: str | None = Field(default=None, sa_type=_ACTOR, nullable=True)
    previous_digest: str | None = Field(default=None, sa_type=_DIGEST, nullable=True)
    digest: str = Field(sa_type=_DIGEST)
