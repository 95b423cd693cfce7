"""Reading what is stored, and storing contract sets; every query is for one organisation."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Engine, Executable, insert, select
from sqlmodel import col

from api.contracts import chain
from api.contracts.case_tables import Attachment, ReturnedDocument
from api.storage import ledger, schema
from api.storage.connections import Database
from api.storage.engine import WRITES
from api.storage.event_rows import writing
from api.storage.ids import is_id
from api.storage.rows import ApplicationRow, DecisionRow, PluginFaultRow, RequestRow, TrialDecisionRow
from api.storage.stored import (
    AnsweredRequest,
    DecisionFilter,
    DecisionSummary,
    DocumentSummary,
    NewSet,
    Paper,
    ReturnedFile,
    Stored,
    StoredDocument,
    StoredEntry,
    StoredSet,
)
from api.storage.tables import Application, ContractSet, Decision, Document, Request


@dataclass(frozen=True, slots=True)
class Repository:
    """The rows of one organisation."""

    database: Database
    engine: Engine
    organisation: str

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    def append(
        self,
        application: ApplicationRow,
        decision: DecisionRow,
        request: RequestRow | None = None,
        trial: TrialDecisionRow | None = None,
        faults: tuple[PluginFaultRow, ...] = (),
    ) -> None:
        """Store a decision with its application; committed on return. Errors as in `ledger.append`."""
        with closing(self.engine.raw_connection()) as connection:
            ledger.append(self.database, connection, application, decision, request, trial, faults)

    def answered(self, key: str) -> AnsweredRequest | None:
        """The request that was stored under ``key``, with the decision it led to."""
        query = (
            select(col(Request.fingerprint), col(Decision.id), col(Decision.body), col(Decision.sha256))
            .join(
                Decision,
                (col(Decision.organisation_id) == col(Request.organisation_id))
                & (col(Decision.id) == col(Request.decision_id)),
            )
            .where(col(Request.organisation_id) == self.organisation, col(Request.key) == key)
        )
        row = self._one(query)
        return AnsweredRequest(row.fingerprint, Stored(row.id, row.body, row.sha256)) if row else None

    def check(self) -> None:
        """StorageError unless the database answers and stands at the newest migration."""
        with closing(self.engine.raw_connection()) as connection:
            schema.require_head(self.database, connection)

    def decision(self, decision_id: str) -> Stored | None:
        """The decision as it was answered."""
        if not is_id(decision_id):
            return None
        query = select(col(Decision.id), col(Decision.body), col(Decision.sha256)).where(
            col(Decision.organisation_id) == self.organisation, col(Decision.id) == decision_id
        )
        row = self._one(query)
        return Stored(*row) if row else None

    def application(self, decision_id: str) -> Stored | None:
        """The application that the decision was made on."""
        if not is_id(decision_id):
            return None
        query = (
            select(col(Application.id), col(Application.body), col(Application.sha256))
            .join(
                Decision,
                (col(Decision.organisation_id) == col(Application.organisation_id))
                & (col(Decision.application_id) == col(Application.id)),
            )
            .where(col(Decision.organisation_id) == self.organisation, col(Decision.id) == decision_id)
        )
        row = self._one(query)
        return Stored(*row) if row else None

    def decisions(self, which: DecisionFilter, *, before: str | None, limit: int) -> tuple[DecisionSummary, ...]:
        """Up to ``limit`` decisions, newest first, older than the decision ``before``."""
        query = (
            select(*_SUMMARY)
            .join(
                Application,
                (col(Decision.organisation_id) == col(Application.organisation_id))
                & (col(Decision.application_id) == col(Application.id)),
            )
            .where(col(Decision.organisation_id) == self.organisation)
            .order_by(col(Decision.id).desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(col(Decision.id) < before)
        if which.outcome is not None:
            query = query.where(col(Decision.outcome) == which.outcome)
        if which.product is not None:
            query = query.where(col(Decision.product) == which.product)
        if which.applicant_uscc is not None:
            query = query.where(col(Decision.applicant_uscc) == which.applicant_uscc)
        return tuple(DecisionSummary(*row) for row in self._all(query))

    def add_set(self, new: NewSet) -> None:
        """Store a contract set with its documents in one transaction; committed on return."""
        with writing(self.database, self.engine, self.organisation) as connection:
            connection.execute(insert(ContractSet), new.contract_set.model_dump())
            connection.execute(insert(Document), [document.model_dump() for document in new.documents])
            if new.sources is not None:
                chain.append_entry(connection, new.contract_set, new.sources)

    def contract_set(self, set_id: str) -> StoredSet | None:
        """One contract set."""
        if not is_id(set_id):
            return None
        found = self._sets(col(ContractSet.id) == set_id)
        return found[0] if found else None

    def contract_sets(self, decision_id: str) -> tuple[StoredSet, ...]:
        """The contract sets drafted from one decision, newest first."""
        return self._sets(col(ContractSet.decision_id) == decision_id) if is_id(decision_id) else ()

    def document(self, document_id: str) -> StoredDocument | None:
        """One file of a contract set."""
        if not is_id(document_id):
            return None
        query = select(
            col(Document.filename), col(Document.media_type), col(Document.content), col(Document.sha256)
        ).where(col(Document.organisation_id) == self.organisation, col(Document.id) == document_id)
        row = self._one(query)
        return StoredDocument(*row) if row else None

    def _sets(self, condition: Any) -> tuple[StoredSet, ...]:
        sets = (
            select(*_SET)
            .where(col(ContractSet.organisation_id) == self.organisation, condition)
            .order_by(col(ContractSet.id).desc())
        )
        return tuple(
            StoredSet(
                id=row.id,
                decision_id=row.decision_id,
                created_at=row.created_at,
                particulars=row.particulars,
                manifest=row.manifest,
                sha256=row.sha256,
                documents=self._documents(row.id),
                entry=self._entry(row.id),
            )
            for row in self._all(sets)
        )

    def _entry(self, set_id: str) -> StoredEntry | None:
        with self.engine.connect() as connection:
            return chain.entry_of(connection, self.organisation, set_id)

    def sources(self, set_id: str) -> tuple[bytes, bytes] | None:
        """What a set was drawn from, and the texts it names; None for a set without an entry."""
        with self.engine.connect() as connection:
            return chain.sources_of(connection, self.organisation, set_id)

    def entries(self) -> tuple[StoredEntry, ...]:
        """The organisation's chain, from its first entry on."""
        with self.engine.connect() as connection:
            return chain.entries(connection, self.organisation)

    def add_attachment(self, new: Attachment) -> Paper:
        """Store a paper of a case; committed on return."""
        with self.engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(insert(Attachment), new.model_dump())
        return Paper(**{field.name: getattr(new, field.name) for field in fields(Paper)})

    def attachments(self, decision_id: str) -> tuple[Paper, ...]:
        """The papers of a case, oldest first."""
        if not is_id(decision_id):
            return ()
        query = (
            select(*_PAPER)
            .where(col(Attachment.organisation_id) == self.organisation, col(Attachment.decision_id) == decision_id)
            .order_by(col(Attachment.id))
        )
        return tuple(Paper(*row) for row in self._all(query))

    def attachment(self, attachment_id: str) -> StoredDocument | None:
        """One paper with its content."""
        if not is_id(attachment_id):
            return None
        query = select(
            col(Attachment.filename), col(Attachment.media_type), col(Attachment.content), col(Attachment.sha256)
        ).where(col(Attachment.organisation_id) == self.organisation, col(Attachment.id) == attachment_id)
        row = self._one(query)
        return StoredDocument(*row) if row else None

    def add_returned(self, new: ReturnedDocument) -> ReturnedFile:
        """Store a document that came back with the report on it; committed on return."""
        with self.engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(insert(ReturnedDocument), new.model_dump())
        return ReturnedFile(**{field.name: getattr(new, field.name) for field in fields(ReturnedFile)})

    def returned(self, set_id: str) -> tuple[ReturnedFile, ...]:
        """The documents that came back for a set, oldest first."""
        if not is_id(set_id):
            return ()
        query = (
            select(*_RETURNED)
            .where(
                col(ReturnedDocument.organisation_id) == self.organisation,
                col(ReturnedDocument.contract_set_id) == set_id,
            )
            .order_by(col(ReturnedDocument.id))
        )
        return tuple(ReturnedFile(*row) for row in self._all(query))

    def returned_entry(self, returned_id: str) -> ReturnedFile | None:
        """A document that came back, without its content and report."""
        found = self._returned(returned_id, *_RETURNED)
        return ReturnedFile(*found) if found else None

    def returned_report(self, returned_id: str) -> Stored | None:
        """The report on a document that came back, as it was answered."""
        found = self._returned(
            returned_id, col(ReturnedDocument.id), col(ReturnedDocument.report), col(ReturnedDocument.report_sha256)
        )
        return Stored(*found) if found else None

    def returned_file(self, returned_id: str) -> tuple[bytes, str] | None:
        """The document that came back, and its SHA-256."""
        found = self._returned(returned_id, col(ReturnedDocument.content), col(ReturnedDocument.sha256))
        return (found.content, found.sha256) if found else None

    def _returned(self, returned_id: str, *columns: Any) -> Any:
        if not is_id(returned_id):
            return None
        return self._one(
            select(*columns).where(
                col(ReturnedDocument.organisation_id) == self.organisation, col(ReturnedDocument.id) == returned_id
            )
        )

    def _documents(self, set_id: str) -> tuple[DocumentSummary, ...]:
        query = (
            select(*_DOCUMENT)
            .where(col(Document.organisation_id) == self.organisation, col(Document.contract_set_id) == set_id)
            .order_by(col(Document.position))
        )
        return tuple(DocumentSummary(*row) for row in self._all(query))

    def _one(self, query: Executable) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(query).one_or_none()

    def _all(self, query: Executable) -> Sequence[Any]:
        with self.engine.connect() as connection:
            return connection.execute(query).all()


_SUMMARY = (
    col(Decision.id),
    col(Decision.created_at),
    col(Decision.applicant_uscc),
    col(Application.applicant_name),
    col(Decision.product),
    col(Decision.revision),
    col(Decision.programme),
    col(Decision.applied_on),
    col(Decision.decided_on),
    col(Decision.outcome),
    col(Decision.requested_fen),
    col(Decision.approved_fen),
    col(Decision.sha256),
)
_RETURNED = tuple(col(getattr(ReturnedDocument, field.name)) for field in fields(ReturnedFile))
_SET = (
    col(ContractSet.id),
    col(ContractSet.decision_id),
    col(ContractSet.created_at),
    col(ContractSet.particulars),
    col(ContractSet.manifest),
    col(ContractSet.sha256),
)
_DOCUMENT = (
    col(Document.id),
    col(Document.kind),
    col(Document.number),
    col(Document.filename),
    col(Document.title),
    col(Document.language),
    col(Document.media_type),
    col(Document.sha256),
)
_PAPER = (
    col(Attachment.id),
    col(Attachment.decision_id),
    col(Attachment.created_at),
    col(Attachment.kind),
    col(Attachment.filename),
    col(Attachment.media_type),
    col(Attachment.actor),
    col(Attachment.size),
    col(Attachment.sha256),
)
