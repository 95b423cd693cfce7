"""Champion/challenger trials, what became of loans, and shadows of candidate revisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect

revision = "20261124_trials"
down_revision = "20261123_revisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, append-only."""
    _create_trial()
    _create_trial_event()
    _create_trial_decision()
    _create_loan_outcome()
    _create_shadow_event()
    _create_shadow_decision()


def _create_trial() -> None:
    op.create_table(
        "trial",
        sa.Column("organisation_id", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("product", sa.String(length=63), nullable=False),
        sa.Column("slug", sa.String(length=63), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_trial_organisation")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_trial")),
        sa.UniqueConstraint("organisation_id", "id", "product", name="uq_trial_product"),
    )
    protect("trial")


def _create_shadow_event() -> None:
    op.create_table(
        "shadow_event",
        sa.Column("organisation_id", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("previous_position", sa.Integer(), nullable=True),
        sa.Column("previous_kind", sa.String(length=10), nullable=True),
        sa.Column("previous_actor", sa.String(length=120), nullable=True),
        sa.Column("previous_digest", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint(_SHADOW_FOLLOWS, name=op.f("ck_shadow_event_follows")),
        sa.CheckConstraint(_FIRST, name=op.f("ck_shadow_event_first")),
        sa.ForeignKeyConstraint(
            [
                "organisation_id",
                "revision_id",
                "previous_position",
                "previous_kind",
                "previous_actor",
                "previous_digest",
            ],
            [
                "shadow_event.organisation_id",
                "shadow_event.revision_id",
                "shadow_event.position",
                "shadow_event.kind",
                "shadow_event.actor",
                "shadow_event.digest",
            ],
            name=op.f("fk_shadow_event_shadow_event"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "revision_id"],
            ["revision.organisation_id", "revision.id"],
            name=op.f("fk_shadow_event_revision"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_shadow_event")),
        sa.UniqueConstraint(
            "organisation_id", "revision_id", "position", "kind", "actor", "digest", name="uq_shadow_event_link"
        ),
        sa.UniqueConstraint("organisation_id", "revision_id", "position", name="uq_shadow_event_position"),
    )
    protect("shadow_event")


def _create_trial_event() -> None:
    op.create_table(
        "trial_event",
        sa.Column("organisation_id", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trial_id", sa.String(length=36), nullable=False),
        sa.Column("product", sa.String(length=63), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("opens_run", sa.Integer(), nullable=True),
        sa.Column("after_run", sa.Integer(), nullable=True),
        sa.Column("closes_run", sa.Integer(), nullable=True),
        sa.Column("previous_position", sa.Integer(), nullable=True),
        sa.Column("previous_kind", sa.String(length=10), nullable=True),
        sa.Column("previous_actor", sa.String(length=120), nullable=True),
        sa.Column("previous_digest", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint(_TRIAL_FOLLOWS, name=op.f("ck_trial_event_follows")),
        sa.CheckConstraint(_RUN, name=op.f("ck_trial_event_run")),
        sa.CheckConstraint(_TRIAL_DAY, name=op.f("ck_trial_event_day")),
        sa.CheckConstraint(_TRIAL_FOUR_EYES, name=op.f("ck_trial_event_four_eyes")),
        sa.CheckConstraint(_FIRST, name=op.f("ck_trial_event_first")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "product", "after_run"],
            ["trial_event.organisation_id", "trial_event.product", "trial_event.closes_run"],
            name="fk_trial_event_run_before",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "product", "closes_run"],
            ["trial_event.organisation_id", "trial_event.product", "trial_event.opens_run"],
            name="fk_trial_event_run_opened",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "trial_id", "previous_position", "previous_kind", "previous_actor", "previous_digest"],
            [
                "trial_event.organisation_id",
                "trial_event.trial_id",
                "trial_event.position",
                "trial_event.kind",
                "trial_event.actor",
                "trial_event.digest",
            ],
            name=op.f("fk_trial_event_trial_event"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "trial_id", "product"],
            ["trial.organisation_id", "trial.id", "trial.product"],
            name=op.f("fk_trial_event_trial"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_trial_event")),
        sa.UniqueConstraint("organisation_id", "product", "closes_run", name="uq_trial_event_closes_run"),
        sa.UniqueConstraint("organisation_id", "product", "opens_run", name="uq_trial_event_opens_run"),
        sa.UniqueConstraint(
            "organisation_id", "trial_id", "position", "kind", "actor", "digest", name="uq_trial_event_link"
        ),
        sa.UniqueConstraint("organisation_id", "trial_id", "position", name="uq_trial_event_position"),
    )
    protect("trial_event")


def _create_loan_outcome() -> None:
    op.create_table(
        "loan_outcome",
        sa.Column("organisation_id", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_id", sa.String(length=36), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("defaulted", sa.Boolean(), nullable=False),
        sa.Column("defaulted_on", sa.Date(), nullable=True),
        sa.Column("loss_fen", sa.BigInteger(), nullable=False),
        sa.Column("recovered_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("defaulted OR (loss_fen = 0 AND defaulted_on IS NULL)", name=op.f("ck_loan_outcome_loss")),
        sa.CheckConstraint(
            "loss_fen >= 0 AND recovered_fen >= 0 AND recovered_fen <= loss_fen", name=op.f("ck_loan_outcome_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decision_id"],
            ["decision.organisation_id", "decision.id"],
            name=op.f("fk_loan_outcome_decision"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_loan_outcome")),
    )
    op.create_index(
        op.f("ix_loan_outcome_organisation_id_decision_id_id"),
        "loan_outcome",
        ["organisation_id", "decision_id", "id"],
        unique=False,
    )
    protect("loan_outcome")


def _create_shadow_decision() -> None:
    op.create_table(
        "shadow_decision",
        sa.Column("organisation_id", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision_id", sa.String(length=36), nullable=False),
        sa.Column("decision_id", sa.String(length=36), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(length=7), nullable=True),
        sa.Column("approved_fen", sa.BigInteger(), nullable=True),
        sa.Column("all_in_ppm", sa.BigInteger(), nullable=True),
        sa.Column("fee_rate_ppm", sa.BigInteger(), nullable=True),
        sa.Column("expected_loss_fen", sa.BigInteger(), nullable=True),
        sa.Column("live_all_in_ppm", sa.BigInteger(), nullable=True),
        sa.Column("live_fee_rate_ppm", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(_FAILURE, name=op.f("ck_shadow_decision_failure")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('approve', 'refer', 'decline')", name=op.f("ck_shadow_decision_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decision_id"],
            ["decision.organisation_id", "decision.id"],
            name=op.f("fk_shadow_decision_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "revision_id"],
            ["revision.organisation_id", "revision.id"],
            name=op.f("fk_shadow_decision_revision"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_shadow_decision")),
        sa.UniqueConstraint("organisation_id", "revision_id", "decision_id", name="uq_shadow_decision_decision"),
    )
    protect("shadow_decision")


def _create_trial_decision() -> None:
    op.create_table(
        "trial_decision",
        sa.Column("organisation_id", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trial_id", sa.String(length=36), nullable=False),
        sa.Column("decision_id", sa.String(length=36), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("place_ppm", sa.Integer(), nullable=False),
        sa.Column("fell_back", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(length=7), nullable=False),
        sa.Column("approved_fen", sa.BigInteger(), nullable=False),
        sa.Column("loan_rate_ppm", sa.BigInteger(), nullable=True),
        sa.Column("expected_loss_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("outcome IN ('approve', 'refer', 'decline')", name=op.f("ck_trial_decision_outcome")),
        sa.CheckConstraint("side IN ('champion', 'challenger')", name=op.f("ck_trial_decision_side")),
        sa.CheckConstraint("place_ppm BETWEEN 0 AND 999999", name=op.f("ck_trial_decision_place")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decision_id"],
            ["decision.organisation_id", "decision.id"],
            name=op.f("fk_trial_decision_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "trial_id"], ["trial.organisation_id", "trial.id"], name=op.f("fk_trial_decision_trial")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_trial_decision")),
        sa.UniqueConstraint("organisation_id", "decision_id", name="uq_trial_decision_decision"),
    )
    op.create_index(
        op.f("ix_trial_decision_organisation_id_trial_id_side"),
        "trial_decision",
        ["organisation_id", "trial_id", "side"],
        unique=False,
    )
    protect("trial_decision")


_TRIAL_FOLLOWS = (
    "(kind = 'drafted' AND previous_kind IS NULL)"
    " OR (kind = 'approved' AND previous_kind = 'drafted')"
    " OR (kind = 'withdrawn' AND previous_kind IN ('drafted', 'approved'))"
    " OR (kind = 'started' AND previous_kind = 'approved')"
    " OR (kind IN ('stopped', 'ended') AND previous_kind = 'started')"
)
_TRIAL_FOUR_EYES = "kind <> 'approved' OR lower(actor) <> lower(previous_actor)"
_TRIAL_DAY = (
    "(kind IN ('started', 'stopped', 'ended') AND day IS NOT NULL)"
    " OR (kind IN ('drafted', 'approved', 'withdrawn') AND day IS NULL)"
)
_RUN = (
    "(kind = 'started' AND opens_run IS NOT NULL AND closes_run IS NULL"
    " AND ((opens_run = 1 AND after_run IS NULL) OR (opens_run > 1 AND after_run = opens_run - 1)))"
    " OR (kind IN ('stopped', 'ended') AND closes_run IS NOT NULL AND opens_run IS NULL AND after_run IS NULL)"
    " OR (kind IN ('drafted', 'approved', 'withdrawn')"
    " AND opens_run IS NULL AND closes_run IS NULL AND after_run IS NULL)"
)
_SHADOW_FOLLOWS = (
    "(kind = 'started' AND (previous_kind IS NULL OR previous_kind = 'stopped'))"
    " OR (kind = 'stopped' AND previous_kind = 'started')"
)
_FIRST = (
    "(position = 1 AND previous_position IS NULL AND previous_kind IS NULL AND previous_actor IS NULL"
    " AND previous_digest IS NULL) OR (position > 1 AND previous_position = position - 1"
    " AND previous_kind IS NOT NULL AND previous_actor IS NOT NULL AND previous_digest IS NOT NULL)"
)
_FAILURE = (
    "(failure = '' AND outcome IS NOT NULL AND approved_fen IS NOT NULL AND body IS NOT NULL)"
    " OR (failure <> '' AND outcome IS NULL AND approved_fen IS NULL AND body IS NULL)"
)


def downgrade() -> None:
    """Drop the tables; trials, outcomes and shadows are gone with them."""
    for table in ("shadow_decision", "shadow_event", "loan_outcome", "trial_decision", "trial_event", "trial"):
        op.drop_table(table)
