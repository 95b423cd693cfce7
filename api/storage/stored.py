"""What the repository gives out and takes in: plain values, free of the object mapper's sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from api.storage.tables import ContractSet, Document


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored JSON text with its digest."""

    id: str
    body: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    """A decision as a list shows it; amounts in fen."""

    id: str
    created_at: datetime
    applicant_uscc: str
    applicant_name: str
    product: str
    revision: str | None
    programme: str
    applied_on: date
    decided_on: date
    outcome: str
    requested_fen: int
    approved_fen: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFilter:
    """Which decisions a list holds; None does not restrict."""

    outcome: str | None = None
    product: str | None = None
    applicant_uscc: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document as its contract set lists it."""

    id: str
    kind: str
    number: str
    filename: str
    title: str
    language: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredSet:
    """A contract set with its manifest and its documents in order."""

    id: str
    decision_id: str
    created_at: datetime
    particulars: bytes
    manifest: bytes
    sha256: str
    documents: tuple[DocumentSummary, ...]
    entry: StoredEntry | None = None


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One file as it was drafted."""

    filename: str
    media_type: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class NewSet:
    """A contract set about to be stored, as the values of its rows, with what it was drawn from."""

    contract_set: ContractSet
    documents: tuple[Document, ...]
    sources: SetSources | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSources:
    """What a set was drawn from beside decision, application and particulars, and how long it is kept.

    ``body`` is canonical JSON and names ``texts`` by their SHA-256.
    """

    body: bytes
    texts: bytes
    retention_class: str | None
    kept_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """A set's entry in its organisation's chain."""

    position: int
    contract_set_id: str
    created_at: datetime
    manifest_sha256: str
    sources_sha256: str
    retention_class: str | None
    kept_until: date | None
    previous: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class Paper:
    """An attachment without its content."""

    id: str
    decision_id: str
    created_at: datetime
    kind: str
    filename: str
    media_type: str
    actor: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ReturnedFile:
    """A file that came back for a contract set, without its content and report."""

    id: str
    contract_set_id: str
    created_at: datetime
    actor: str
    document: str
    language: str
    unchanged: bool
    size: int
    sha256: str
    report_sha256: str


@dataclass(frozen=True, slots=True)
class AnsweredRequest:
    """A request with a key that was answered before."""

    fingerprint: str
    decision: Stored
