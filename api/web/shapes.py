"""What the HTTP interface answers beside a decision: lists, contract sets, readiness."""

from __future__ import annotations

import json
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from api.describing import BrokenPlugin
from api.storage.stored import DecisionSummary, DocumentSummary, StoredEntry, StoredSet
from products.explaining.answer import Money, Outcome
from products.money import yuan


class Shape(BaseModel):
    """Base of all answers: immutable."""

    model_config = ConfigDict(frozen=True)


class Applicant(Shape):
    """Who applied."""

    name: str
    uscc: str


class DecisionEntry(Shape):
    """A decision as the list shows it."""

    id: str
    created_at: datetime
    outcome: Outcome
    applicant: Applicant
    product: str
    revision: str | None
    programme: str
    applied_on: date
    decided_on: date
    requested: Money
    approved: Money
    sha256: str = Field(description="of the decision's bytes as GET /v1/decisions/{id} answers them")
    url: str


class DecisionPage(Shape):
    """One page of decisions, newest first."""

    items: tuple[DecisionEntry, ...]
    next_cursor: str | None = Field(description="for the parameter cursor of the next page; null on the last one")


class DocumentEntry(Shape):
    """A document of a contract set."""

    id: str
    kind: str = Field(description="which document of the set, as loan-contract; each comes in languages and formats")
    number: str = Field(description="the contract's number, from the particulars")
    filename: str
    title: str
    language: str = Field(description="zh, en, or zh-en for both side by side")
    media_type: str
    sha256: str
    url: str


class EntryShape(Shape):
    """A set's entry in its organisation's chain, and how long the set is kept."""

    position: int
    digest: str = Field(description="covers the entry and the digest of the one before")
    previous: str | None
    retention_class: str | None
    kept_until: date | None = Field(description="at the earliest, counted from maturity")


class ContractSetAnswer(Shape):
    """A contract set: where its documents are, and the manifest that says what they were made from."""

    id: str
    decision_id: str
    created_at: datetime
    sha256: str = Field(description="of the manifest's bytes as GET /v1/contracts/{id}/manifest answers them")
    manifest_url: str
    documents: tuple[DocumentEntry, ...]
    attachments: tuple[DocumentEntry, ...] = Field(
        description="gate report, negotiation sheet, lists, registration pack"
    )
    entry: EntryShape | None = Field(description="null for a set that was drawn before entries were written")


class ContractSets(Shape):
    """The contract sets drafted from one decision, newest first."""

    items: tuple[ContractSetAnswer, ...]


class Health(Shape):
    """The process answers."""

    status: str


class Readiness(Shape):
    """The process can decide and store."""

    status: str
    migration: str
    model: str
    products: tuple[str, ...]
    programmes: tuple[str, ...]
    broken_plugins: tuple[BrokenPlugin, ...]


def decision_page(found: tuple[DecisionSummary, ...], *, limit: int) -> DecisionPage:
    """A page of at most ``limit`` from up to ``limit + 1`` rows; the extra one says that there is a next page."""
    shown = found[:limit]
    return DecisionPage(
        items=tuple(_entry(each) for each in shown),
        next_cursor=shown[-1].id if len(found) > limit else None,
    )


def _entry(summary: DecisionSummary) -> DecisionEntry:
    return DecisionEntry(
        id=summary.id,
        created_at=summary.created_at,
        outcome=Outcome(summary.outcome),
        applicant=Applicant(name=summary.applicant_name, uscc=summary.applicant_uscc),
        product=summary.product,
        revision=summary.revision,
        programme=summary.programme,
        applied_on=summary.applied_on,
        decided_on=summary.decided_on,
        requested=yuan(summary.requested_fen),
        approved=yuan(summary.approved_fen),
        sha256=summary.sha256,
        url=f"/v1/decisions/{summary.id}",
    )


def contract_set_answer(stored: StoredSet) -> ContractSetAnswer:
    """The answer for one stored contract set."""
    attached = _attached(stored.manifest)
    return ContractSetAnswer(
        id=stored.id,
        decision_id=stored.decision_id,
        created_at=stored.created_at,
        sha256=stored.sha256,
        manifest_url=f"/v1/contracts/{stored.id}/manifest",
        documents=tuple(_document(each) for each in stored.documents if each.filename not in attached),
        attachments=tuple(_document(each) for each in stored.documents if each.filename in attached),
        entry=None if stored.entry is None else _chained(stored.entry),
    )


def _attached(manifest: bytes) -> frozenset[str]:
    """The names of the files that are no documents of the set."""
    return frozenset(file["filename"] for file in json.loads(manifest).get("attachments", ()))


def _document(summary: DocumentSummary) -> DocumentEntry:
    return DocumentEntry(
        id=summary.id,
        kind=summary.kind,
        number=summary.number,
        filename=summary.filename,
        title=summary.title,
        language=summary.language,
        media_type=summary.media_type,
        sha256=summary.sha256,
        url=f"/v1/documents/{summary.id}",
    )


def _chained(entry: StoredEntry) -> EntryShape:
    return EntryShape(
        position=entry.position,
        digest=entry.digest,
        previous=entry.previous,
        retention_class=entry.retention_class,
        kept_until=entry.kept_until,
    )
