"""The tables of product revisions: what a line's revisions are, and everything that happened to each.

Both are append-only; what may follow what stands in the constraints of `api.storage.event_rows`.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    UniqueConstraint,
)
from sqlmodel import Field

from api.storage.event_rows import event_constraints
from api.storage.tables import ID, SLUG, ChainedRow, OrganisationRow


class Revision(OrganisationRow, table=True):
    """A revision: its product, the line it belongs to and its number in the line, from 1."""

    __tablename__ = "revision"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        UniqueConstraint("organisation_id", "product", "slug", "number", name="uq_revision_number"),
        CheckConstraint("number > 0", name="number"),
    )

    product: str = Field(sa_type=SLUG)
    slug: str = Field(sa_type=SLUG)
    number: int = Field(sa_type=Integer)


class RevisionEvent(ChainedRow, table=True):
    """One event in a revision's history; ``body`` is the content's canonical JSON where it was drafted."""

    __tablename__ = "revision_event"
    __table_args__ = event_constraints("revision_event", of="revision")

    revision_id: str = Field(sa_type=ID)
    day: date | None = Field(default=None, sa_type=Date, nullable=True)
    body: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
