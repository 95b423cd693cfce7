"""The tables of contract texts: versions of clauses, documents and Word templates, and what happened to each.

Both are append-only; what may follow what stands in the constraints of `api.storage.event_rows`.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKeyConstraint, Integer, LargeBinary, String, UniqueConstraint
from sqlmodel import Field

from api.storage.event_rows import event_constraints
from api.storage.tables import Row, UtcTime

_ID = String(36)
_SLUG = String(63)
_DIGEST = String(64)
_ACTOR = String(120)
_KIND = String(10)


class TextVersion(Row, table=True):
    """A version: the kind and name of the text whose place it takes, and its number among these, from 1."""

    __tablename__ = "text_version"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        UniqueConstraint("organisation_id", "kind", "name", "number", name="uq_text_version_number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("kind IN ('clause', 'document', 'word')", name="kind"),
    )

    organisation_id: str = Field(primary_key=True, sa_type=_SLUG)
    id: str = Field(primary_key=True, sa_type=_ID)
    created_at: datetime = Field(sa_type=UtcTime)
    kind: str = Field(sa_type=_KIND)
    name: str = Field(sa_type=String(80))
    number: int = Field(sa_type=Integer)


class TextEvent(Row, table=True):
    """One event in a version's history; ``body`` is the text's canonical JSON where it was drafted."""

    __tablename__ = "text_event"
    __table_args__ = event_constraints("text_event", of="text_version")

    organisation_id: str = Field(primary_key=True, sa_type=_SLUG)
    id: str = Field(primary_key=True, sa_type=_ID)
    created_at: datetime = Field(sa_type=UtcTime)
    text_version_id: str = Field(sa_type=_ID)
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
