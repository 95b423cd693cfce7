"""The tables of trials and shadows: what runs beside or in place of the champion, and everything that happened.

All are append-only. Events point to the one before them as those of revisions do. That only one trial of a product runs
stands in `trial_event` itself: a start opens run n of its product, n + 1 needs the event that closed n, and each number
is taken once.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    BigInteger,
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

from api.storage.event_rows import FIRST
from api.storage.tables import ACTOR, DIGEST, ID, KIND, SLUG, ChainedRow, OrganisationRow, of_own_organisation

TRIAL_FOLLOWS = (
    "(kind = 'drafted' AND previous_kind IS NULL)"
    " OR (kind = 'approved' AND previous_kind = 'drafted')"
    " OR (kind = 'withdrawn' AND previous_kind IN ('drafted', 'approved'))"
    " OR (kind = 'started' AND previous_kind = 'approved')"
    " OR (kind IN ('stopped', 'ended') AND previous_kind = 'started')"
)
TRIAL_FOUR_EYES = "kind <> 'approved' OR lower(actor) <> lower(previous_actor)"
TRIAL_DAY = (
    "(kind IN ('started', 'stopped', 'ended') AND day IS NOT NULL)"
    " OR (kind IN ('drafted', 'approved', 'withdrawn') AND day IS NULL)"
)
RUN = (
    "(kind = 'started' AND opens_run IS NOT NULL AND closes_run IS NULL"
    " AND ((opens_run = 1 AND after_run IS NULL) OR (opens_run > 1 AND after_run = opens_run - 1)))"
    " OR (kind IN ('stopped', 'ended') AND closes_run IS NOT NULL AND opens_run IS NULL AND after_run IS NULL)"
    " OR (kind IN ('drafted', 'approved', 'withdrawn')"
    " AND opens_run IS NULL AND closes_run IS NULL AND after_run IS NULL)"
)
SHADOW_FOLLOWS = (
    "(kind = 'started' AND (previous_kind IS NULL OR previous_kind = 'stopped'))"
    " OR (kind = 'stopped' AND previous_kind = 'started')"
)
OUTCOME = "outcome IN ('approve', 'refer', 'decline')"

_OUTCOME = String(7)
_LINK = ("position", "kind", "actor", "digest")


def _previous(table: str, subject: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organisation_id", subject, *(f"previous_{name}" for name in _LINK)],
        [f"{table}.{name}" for name in ("organisation_id", subject, *_LINK)],
    )


class Trial(OrganisationRow, table=True):
    """A trial: its plan as canonical JSON, which never changes."""

    __tablename__ = "trial"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        UniqueConstraint("organisation_id", "id", "product", name="uq_trial_product"),
    )

    product: str = Field(sa_type=SLUG)
    slug: str = Field(sa_type=SLUG)
    body: bytes = Field(sa_type=LargeBinary)
    sha256: str = Field(sa_type=DIGEST)


class TrialEvent(ChainedRow, table=True):
    """One event of a trial. ``opens_run`` and ``closes_run`` number the runs of its product."""

    __tablename__ = "trial_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "trial_id", "product"], ["trial.organisation_id", "trial.id", "trial.product"]
        ),
        UniqueConstraint("organisation_id", "trial_id", "position", name="uq_trial_event_position"),
        UniqueConstraint("organisation_id", "trial_id", *_LINK, name="uq_trial_event_link"),
        UniqueConstraint("organisation_id", "product", "opens_run", name="uq_trial_event_opens_run"),
        UniqueConstraint("organisation_id", "product", "closes_run", name="uq_trial_event_closes_run"),
        _previous("trial_event", "trial_id"),
        ForeignKeyConstraint(
            ["organisation_id", "product", "after_run"],
            ["trial_event.organisation_id", "trial_event.product", "trial_event.closes_run"],
            name="fk_trial_event_run_before",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "product", "closes_run"],
            ["trial_event.organisation_id", "trial_event.product", "trial_event.opens_run"],
            name="fk_trial_event_run_opened",
        ),
        CheckConstraint(FIRST, name="first"),
        CheckConstraint(TRIAL_FOLLOWS, name="follows"),
        CheckConstraint(TRIAL_FOUR_EYES, name="four_eyes"),
        CheckConstraint(TRIAL_DAY, name="day"),
        CheckConstraint(RUN, name="run"),
    )

    trial_id: str = Field(sa_type=ID)
    product: str = Field(sa_type=SLUG)
    day: date | None = Field(default=None, sa_type=Date, nullable=True)
    opens_run: int | None = Field(default=None, sa_type=Integer, nullable=True)
    after_run: int | None = Field(default=None, sa_type=Integer, nullable=True)
    closes_run: int | None = Field(default=None, sa_type=Integer, nullable=True)


class TrialDecision(OrganisationRow, table=True):
    """Which side decided a live decision, and the figures that reports compare; amounts in fen, rates in ppm."""

    __tablename__ = "trial_decision"
    __table_args__ = (
        of_own_organisation("trial_id", "trial"),
        of_own_organisation("decision_id", "decision"),
        UniqueConstraint("organisation_id", "decision_id", name="uq_trial_decision_decision"),
        Index(None, "organisation_id", "trial_id", "side"),
        CheckConstraint("side IN ('champion', 'challenger')", name="side"),
        CheckConstraint("place_ppm BETWEEN 0 AND 999999", name="place"),
        CheckConstraint(OUTCOME, name="outcome"),
    )

    trial_id: str = Field(sa_type=ID)
    decision_id: str = Field(sa_type=ID)
    side: str = Field(sa_type=KIND)
    place_ppm: int = Field(sa_type=Integer)
    fell_back: str = Field(sa_type=String)
    outcome: str = Field(sa_type=_OUTCOME)
    approved_fen: int = Field(sa_type=BigInteger)
    loan_rate_ppm: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    expected_loss_fen: int = Field(sa_type=BigInteger)


class LoanOutcome(OrganisationRow, table=True):
    """What became of the loan of a decision, as far as was reported then; the latest report counts."""

    __tablename__ = "loan_outcome"
    __table_args__ = (
        of_own_organisation("decision_id", "decision"),
        Index(None, "organisation_id", "decision_id", "id"),
        CheckConstraint("loss_fen >= 0 AND recovered_fen >= 0 AND recovered_fen <= loss_fen", name="amounts"),
        CheckConstraint("defaulted OR (loss_fen = 0 AND defaulted_on IS NULL)", name="loss"),
    )

    decision_id: str = Field(sa_type=ID)
    actor: str = Field(sa_type=ACTOR)
    defaulted: bool = Field(sa_type=Boolean)
    defaulted_on: date | None = Field(default=None, sa_type=Date, nullable=True)
    loss_fen: int = Field(sa_type=BigInteger)
    recovered_fen: int = Field(sa_type=BigInteger)


class ShadowEvent(ChainedRow, table=True):
    """A shadow of a revision switched on or off."""

    __tablename__ = "shadow_event"
    __table_args__ = (
        of_own_organisation("revision_id", "revision"),
        UniqueConstraint("organisation_id", "revision_id", "position", name="uq_shadow_event_position"),
        UniqueConstraint("organisation_id", "revision_id", *_LINK, name="uq_shadow_event_link"),
        _previous("shadow_event", "revision_id"),
        CheckConstraint(FIRST, name="first"),
        CheckConstraint(SHADOW_FOLLOWS, name="follows"),
    )

    revision_id: str = Field(sa_type=ID)


class ShadowDecision(OrganisationRow, table=True):
    """What a candidate would have decided beside a live decision; ``failure`` says why it could not.

    ``content_sha256`` is what the candidate said then. Where it failed, ``body`` and every figure are null.
    """

    __tablename__ = "shadow_decision"
    __table_args__ = (
        of_own_organisation("revision_id", "revision"),
        of_own_organisation("decision_id", "decision"),
        UniqueConstraint("organisation_id", "revision_id", "decision_id", name="uq_shadow_decision_decision"),
        CheckConstraint(f"outcome IS NULL OR {OUTCOME}", name="outcome"),
        CheckConstraint(
            "(failure = '' AND outcome IS NOT NULL AND approved_fen IS NOT NULL AND body IS NOT NULL)"
            " OR (failure <> '' AND outcome IS NULL AND approved_fen IS NULL AND body IS NULL)",
            name="failure",
        ),
    )

    revision_id: str = Field(sa_type=ID)
    decision_id: str = Field(sa_type=ID)
    content_sha256: str = Field(sa_type=DIGEST)
    failure: str = Field(sa_type=String)
    outcome: str | None = Field(default=None, sa_type=_OUTCOME, nullable=True)
    approved_fen: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    all_in_ppm: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    fee_rate_ppm: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    expected_loss_fen: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    live_all_in_ppm: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    live_fee_rate_ppm: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    body: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
