"""Organisations, applications, decisions, requests, contract sets and documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.append_only import create_refusal, drop_refusal, protect

revision = "20261123_decisions"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and make all but the organisations append-only."""
    op.create_table(
        "organisation",
        sa.Column("id", sa.String(63), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
    )
    op.create_table(
        "application",
        *_identity("application"),
        sa.Column("applicant_uscc", sa.String(18), nullable=False),
        sa.Column("applicant_name", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_application_organisation"),
    )
    _create_decision()
    _create_request()
    _create_contract_set()
    _create_document()
    create_refusal()
    for table in ("application", "decision", "contract_set", "document"):
        protect(table)


def _identity(table: str) -> tuple[sa.Column[object] | sa.PrimaryKeyConstraint, ...]:
    return (
        sa.Column("organisation_id", sa.String(63), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=f"pk_{table}"),
    )


def _create_decision() -> None:
    op.create_table(
        "decision",
        *_identity("decision"),
        sa.Column("application_id", sa.String(36), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("applicant_uscc", sa.String(18), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=True),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(7), nullable=False),
        sa.Column("requested_fen", sa.BigInteger(), nullable=False),
        sa.Column("approved_fen", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "application_id"],
            ["application.organisation_id", "application.id"],
            name="fk_decision_application",
        ),
        sa.CheckConstraint("outcome IN ('approve', 'refer', 'decline')", name=op.f("ck_decision_outcome")),
        sa.CheckConstraint("requested_fen >= 0 AND approved_fen >= 0", name=op.f("ck_decision_amounts")),
        sa.CheckConstraint("decided_on >= applied_on", name=op.f("ck_decision_dates")),
    )
    op.create_index(
        "ix_decision_organisation_id_applicant_uscc_id", "decision", ["organisation_id", "applicant_uscc", "id"]
    )


def _create_request() -> None:
    op.create_table(
        "request",
        sa.Column("organisation_id", sa.String(63), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "key", name="pk_request"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decision_id"],
            ["decision.organisation_id", "decision.id"],
            name="fk_request_decision",
            deferrable=True,
            initially="DEFERRED",
        ),
    )


def _create_contract_set() -> None:
    op.create_table(
        "contract_set",
        *_identity("contract_set"),
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.Column("particulars", sa.LargeBinary(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decision_id"],
            ["decision.organisation_id", "decision.id"],
            name="fk_contract_set_decision",
        ),
    )
    op.create_index(
        "ix_contract_set_organisation_id_decision_id_id", "contract_set", ["organisation_id", "decision_id", "id"]
    )


def _create_document() -> None:
    op.create_table(
        "document",
        sa.Column("organisation_id", sa.String(63), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("contract_set_id", sa.String(36), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(63), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_document"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contract_set_id"],
            ["contract_set.organisation_id", "contract_set.id"],
            name="fk_document_contract_set",
        ),
    )
    op.create_index(
        "ix_document_organisation_id_contract_set_id_position",
        "document",
        ["organisation_id", "contract_set_id", "position"],
        unique=True,
    )


def downgrade() -> None:
    """Drop everything; the rows are gone with it."""
    for table in ("document", "contract_set", "request", "decision", "application", "organisation"):
        op.drop_table(table)
    drop_refusal()
