"""The rows of the write path, and how they come from an application and its decision."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from api.storage.ids import new_id
from products.applicant.record import Application
from products.canonical import canonical_json
from products.explaining.answer import Decision
from products.money import FEN
from products.trials.deciding import Tried


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRow:
    """One row of table ``application``."""

    TABLE: ClassVar[str] = "application"

    organisation_id: str
    id: str
    created_at: datetime
    applicant_uscc: str
    applicant_name: str
    body: bytes
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One row of table ``decision``."""

    TABLE: ClassVar[str] = "decision"

    organisation_id: str
    id: str
    created_at: datetime
    application_id: str
    applied_on: date
    decided_on: date
    applicant_uscc: str
    product: str
    revision: str | None
    programme: str
    outcome: str
    requested_fen: int
    approved_fen: int
    body: bytes
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """One row of table ``request``: a key that a client gave its request, and the decision it led to."""

    TABLE: ClassVar[str] = "request"

    organisation_id: str
    key: str
    created_at: datetime
    fingerprint: str
    decision_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDecisionRow:
    """One row of table ``trial_decision``: which side of a trial decided, and the figures that reports compare."""

    TABLE: ClassVar[str] = "trial_decision"

    organisation_id: str
    id: str
    created_at: datetime
    trial_id: str
    decision_id: str
    side: str
    place_ppm: int
    fell_back: str
    outcome: str
    approved_fen: int
    loan_rate_ppm: int | None
    expected_loss_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginEventRow:
    """One row of table ``plugin_event``: who admitted which packages, or configured which product."""

    TABLE: ClassVar[str] = "plugin_event"

    organisation_id: str
    id: str
    created_at: datetime
    kind: str
    subject: str
    actor: str
    note: str
    day: date
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginFaultRow:
    """One row of table ``plugin_fault``: a plugin gave no usable answer."""

    TABLE: ClassVar[str] = "plugin_fault"

    organisation_id: str
    id: str
    created_at: datetime
    package: str
    kind: str
    cause: str
    breaker_open: bool


def application_row(application: Application, *, organisation: str, moment: datetime) -> ApplicationRow:
    """The row of an application under a new id; its body is the application in canonical JSON."""
    body = canonical_json(application.model_dump(mode="json"))
    return ApplicationRow(
        organisation_id=organisation,
        id=new_id(),
        created_at=moment,
        applicant_uscc=application.enterprise.uscc,
        applicant_name=application.enterprise.name,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
    )


def decision_row(decision: Decision, *, application: ApplicationRow) -> DecisionRow:
    """The row of a decision; its body is the canonical JSON of the decision."""
    body = canonical_json(decision.model_dump(mode="json"))
    return DecisionRow(
        organisation_id=application.organisation_id,
        id=decision.id,
        application_id=application.id,
        created_at=application.created_at,
        applied_on=decision.applied_on,
        decided_on=decision.decided_on,
        applicant_uscc=application.applicant_uscc,
        product=decision.product,
        revision=decision.revision,
        programme=decision.programme,
        outcome=decision.outcome.value,
        requested_fen=int(decision.amount.requested * FEN),
        approved_fen=int(decision.amount.approved * FEN),
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
    )


def trial_decision_row(tried: Tried, decision: DecisionRow) -> TrialDecisionRow:
    """The row of a decision made in a trial."""
    figures = tried.figures
    return TrialDecisionRow(
        organisation_id=decision.organisation_id,
        id=new_id(),
        created_at=decision.created_at,
        trial_id=tried.assignment.trial,
        decision_id=decision.id,
        side=tried.assignment.side.value,
        place_ppm=tried.assignment.place_ppm,
        fell_back=tried.assignment.fell_back,
        outcome=figures.outcome,
        approved_fen=figures.approved_fen,
        loan_rate_ppm=figures.loan_rate_ppm,
        expected_loss_fen=figures.expected_loss_fen,
    )


def request_row(decision: DecisionRow, *, key: str, fingerprint: str) -> RequestRow:
    """The row of a request with a key that led to ``decision``."""
    return RequestRow(
        organisation_id=decision.organisation_id,
        key=key,
        created_at=decision.created_at,
        fingerprint=fingerprint,
        decision_id=decision.id,
    )
