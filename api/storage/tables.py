"""The tables, as SQLModel classes; money in integer fen, times in UTC, every row with its organisation.

Rows are evidence: they are inserted and never changed, and triggers in the database see to it (`migrations/`). The
primary key begins with the organisation, so one organisation's rows lie together in the order of their making, and
every foreign key carries the organisation with it: a row of one organisation cannot point to another's.

A table class does not validate: rows are built from domain values, never from input.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    TypeDecorator,
)
from sqlmodel import Field, SQLModel

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
APPEND_ONLY: Final = (
    *("application", "decision", "contract_set", "document", "revision", "revision_event"),
    *("trial", "trial_event", "trial_decision", "loan_outcome", "shadow_event", "shadow_decision"),
    *("headroom_reservation", "headroom_event", "headroom_quota"),
    *("text_version", "text_event", "contract_text", "contract_entry", "attachment", "returned_document"),
    *("plugin_event", "plugin_fault"),
)
"""Tables whose rows the database refuses to change or delete."""

ID: Final = String(36)
SLUG: Final = String(63)
DIGEST: Final = String(64)
ACTOR: Final = String(120)
KIND: Final = String(10)


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC; refuses times without a zone, and gives SQLite's answers (which have none) their zone back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is not None and value.tzinfo is None:
            raise ValueError(f"The time {value.isoformat()} has no zone; rows hold moments in UTC.")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo is not None else value.replace(tzinfo=UTC)


class Row(SQLModel):
    """Base of the tables: their own metadata, with constraint names by convention."""

    metadata = MetaData(naming_convention=NAMING)


class OrganisationRow(Row):
    """Base of the tables whose rows are an organisation's; ids sort in the order of their making."""

    organisation_id: str = Field(primary_key=True, sa_type=SLUG)
    id: str = Field(primary_key=True, sa_type=ID)
    created_at: datetime = Field(sa_type=UtcTime)


class ChainedRow(OrganisationRow):
    """Base of the tables of events: who did what, and the event before with its digest (`products.chained_events`)."""

    position: int = Field(sa_type=Integer)
    kind: str = Field(sa_type=KIND)
    actor: str = Field(sa_type=ACTOR)
    note: str = Field(sa_type=String)
    content_sha256: str = Field(sa_type=DIGEST)
    previous_position: int | None = Field(default=None, sa_type=Integer, nullable=True)
    previous_kind: str | None = Field(default=None, sa_type=KIND, nullable=True)
    previous_actor: str | None = Field(default=None, sa_type=ACTOR, nullable=True)
    previous_digest: str | None = Field(default=None, sa_type=DIGEST, nullable=True)
    digest: str = Field(sa_type=DIGEST)


def of_own_organisation(column: str, table: str, *, deferred: bool = False) -> ForeignKeyConstraint:
    """``column`` names a row of ``table``, never another organisation's; checked on commit if ``deferred``."""
    return ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{table}.organisation_id", f"{table}.id"],
        deferrable=deferred or None,
        initially="DEFERRED" if deferred else None,
    )


class Organisation(Row, table=True):
    """A bank or guarantee institution whose data are kept apart from all others'."""

    __tablename__ = "organisation"

    id: str = Field(primary_key=True, sa_type=SLUG)
    created_at: datetime = Field(sa_type=UtcTime)


class Application(OrganisationRow, table=True):
    """An applicant record as it was decided on, in its normal form."""

    __tablename__ = "application"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),)

    applicant_uscc: str = Field(sa_type=String(18))
    applicant_name: str = Field(sa_type=String)
    body: bytes = Field(sa_type=LargeBinary)
    sha256: str = Field(sa_type=DIGEST)


class Decision(OrganisationRow, table=True):
    """A decision: ``body`` holds the exact bytes that were answered, ``sha256`` their digest; the rest finds them."""

    __tablename__ = "decision"
    __table_args__ = (
        of_own_organisation("application_id", "application"),
        CheckConstraint("outcome IN ('approve', 'refer', 'decline')", name="outcome"),
        CheckConstraint("requested_fen >= 0 AND approved_fen >= 0", name="amounts"),
        CheckConstraint("decided_on >= applied_on", name="dates"),
        Index(None, "organisation_id", "applicant_uscc", "id"),
    )

    application_id: str = Field(sa_type=ID)
    applied_on: date = Field(sa_type=Date)
    decided_on: date = Field(sa_type=Date)
    applicant_uscc: str = Field(sa_type=String(18))
    product: str = Field(sa_type=String)
    revision: str | None = Field(default=None, sa_type=String, nullable=True)
    programme: str = Field(sa_type=String)
    outcome: str = Field(sa_type=String(7))
    requested_fen: int = Field(sa_type=BigInteger)
    approved_fen: int = Field(sa_type=BigInteger)
    body: bytes = Field(sa_type=LargeBinary)
    sha256: str = Field(sa_type=DIGEST)


class Request(Row, table=True):
    """A key by which a client can repeat a request safely; ``fingerprint`` is the SHA-256 of what it asked."""

    __tablename__ = "request"
    __table_args__ = (of_own_organisation("decision_id", "decision", deferred=True),)

    organisation_id: str = Field(primary_key=True, sa_type=SLUG)
    key: str = Field(primary_key=True, sa_type=String(255))
    created_at: datetime = Field(sa_type=UtcTime)
    fingerprint: str = Field(sa_type=DIGEST)
    decision_id: str = Field(sa_type=ID)


class ContractSet(OrganisationRow, table=True):
    """The drafts made from one decision and the parties' particulars, with the manifest that names their sources."""

    __tablename__ = "contract_set"
    __table_args__ = (
        of_own_organisation("decision_id", "decision"),
        Index(None, "organisation_id", "decision_id", "id"),
    )

    decision_id: str = Field(sa_type=ID)
    particulars: bytes = Field(sa_type=LargeBinary)
    manifest: bytes = Field(sa_type=LargeBinary)
    sha256: str = Field(sa_type=DIGEST)


class Document(Row, table=True):
    """One file of a contract set; ``position`` is its place in the set, from 0."""

    __tablename__ = "document"
    __table_args__ = (
        of_own_organisation("contract_set_id", "contract_set"),
        Index(None, "organisation_id", "contract_set_id", "position", unique=True),
    )

    organisation_id: str = Field(primary_key=True, sa_type=SLUG)
    id: str = Field(primary_key=True, sa_type=ID)
    contract_set_id: str = Field(sa_type=ID)
    position: int = Field(sa_type=SmallInteger)
    kind: str = Field(sa_type=SLUG)
    number: str = Field(sa_type=String)
    filename: str = Field(sa_type=String)
    title: str = Field(sa_type=String)
    language: str = Field(sa_type=String(8))
    media_type: str = Field(sa_type=String)
    content: bytes = Field(sa_type=LargeBinary)
    sha256: str = Field(sa_type=DIGEST)
