"""What belongs to a drawn set: the texts it was drawn from and its entry in the chain; and the papers of a case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlmodel import Field

from api.storage.tables import ACTOR, DIGEST, ID, SLUG, OrganisationRow, Row, UtcTime, of_own_organisation

FIRST: Final = (
    "(position = 1 AND previous_position IS NULL AND previous_digest IS NULL)"
    " OR (position > 1 AND previous_position = position - 1 AND previous_digest IS NOT NULL)"
)


class ContractText(Row, table=True):
    """A text that some set was drawn from; its id is the SHA-256 of its body."""

    __tablename__ = "contract_text"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),)

    organisation_id: str = Field(primary_key=True, sa_type=SLUG)
    id: str = Field(primary_key=True, sa_type=DIGEST)
    created_at: datetime = Field(sa_type=UtcTime)
    body: bytes = Field(sa_type=LargeBinary)


class ContractEntry(OrganisationRow, table=True):
    """A set's entry in its organisation's chain; ``digest`` covers the entry and the digest of the one before."""

    __tablename__ = "contract_entry"
    __table_args__ = (
        of_own_organisation("contract_set_id", "contract_set"),
        UniqueConstraint("organisation_id", "contract_set_id", name="uq_contract_entry_contract_set"),
        UniqueConstraint("organisation_id", "position", name="uq_contract_entry_position"),
        UniqueConstraint("organisation_id", "position", "digest", name="uq_contract_entry_link"),
        ForeignKeyConstraint(
            ["organisation_id", "previous_position", "previous_digest"],
            ["contract_entry.organisation_id", "contract_entry.position", "contract_entry.digest"],
        ),
        CheckConstraint(FIRST, name="first"),
    )

    contract_set_id: str = Field(sa_type=ID)
    position: int = Field(sa_type=Integer)
    manifest_sha256: str = Field(sa_type=DIGEST)
    sources: bytes = Field(sa_type=LargeBinary)
    sources_sha256: str = Field(sa_type=DIGEST)
    retention_class: str | None = Field(default=None, sa_type=String, nullable=True)
    kept_until: date | None = Field(default=None, sa_type=Date, nullable=True)
    previous_position: int | None = Field(default=None, sa_type=Integer, nullable=True)
    previous_digest: str | None = Field(default=None, sa_type=DIGEST, nullable=True)
    digest: str = Field(sa_type=DIGEST)


class Attachment(OrganisationRow, table=True):
    """A paper of a case: a file with its kind, whoever sent it, and its SHA-256."""

    __tablename__ = "attachment"
    __table_args__ = (
        of_own_organisation("decision_id", "decision"),
        Index(None, "organisation_id", "decision_id", "id"),
    )

    decision_id: str = Field(sa_type=ID)
    kind: str = Field(sa_type=SLUG)
    filename: str = Field(sa_type=String)
    media_type: str = Field(sa_type=String)
    actor: str = Field(sa_type=String(120))
    size: int = Field(sa_type=Integer)
    content: bytes = Field(sa_type=LargeBinary)
    sha256: str = Field(sa_type=DIGEST)


class ReturnedDocument(OrganisationRow, table=True):
    """A DOCX that came back for a contract set, whoever sent it in, and the report on it with its SHA-256."""

    __tablename__ = "returned_document"
    __table_args__ = (
        of_own_organisation("contract_set_id", "contract_set"),
        Index(None, "organisation_id", "contract_set_id", "id"),
    )

    contract_set_id: str = Field(sa_type=ID)
    actor: str = Field(sa_type=ACTOR)
    document: str = Field(sa_type=SLUG)
    language: str = Field(sa_type=String(5))
    unchanged: bool = Field(sa_type=Boolean)
    size: int = Field(sa_type=Integer)
    content: bytes = Field(sa_type=LargeBinary)
    sha256: str = Field(sa_type=DIGEST)
    report: bytes = Field(sa_type=LargeBinary)
    report_sha256: str = Field(sa_type=DIGEST)
