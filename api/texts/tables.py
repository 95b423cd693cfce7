"""The tables of contract texts: versions of clauses, documents and Word templates, and what happened to each.

Both are append-only; what may follow what stands in the constraints of `api.storage.event_rows`.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKeyConstraint, Integer, LargeBinary, String, UniqueConstraint
from sqlmodel import Field

from api.storage.event_rows import event_constraints
from api.storage.tables import ID, KIND, ChainedRow, OrganisationRow


class TextVersion(OrganisationRow, table=True):
    """A version: the kind and name of the text whose place it takes, and its number among these, from 1."""

    __tablename__ = "text_version"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        UniqueConstraint("organisation_id", "kind", "name", "number", name="uq_text_version_number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("kind IN ('clause', 'document', 'word')", name="kind"),
    )

    kind: str = Field(sa_type=KIND)
    name: str = Field(sa_type=String(80))
    number: int = Field(sa_type=Integer)


class TextEvent(ChainedRow, table=True):
    """One event in a version's history; ``body`` is the text's canonical JSON where it was drafted."""

    __tablename__ = "text_event"
    __table_args__ = event_constraints("text_event", of="text_version")

    text_version_id: str = Field(sa_type=ID)
    day: date | None = Field(default=None, sa_type=Date, nullable=True)
    body: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
