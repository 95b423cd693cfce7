"""Texts of contracts and the events of their review; what a set was drawn from, its place in the chain; attachments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect
from migrations.event_history import create_event_table, forget_function, identity, keep_authors_from_reviewing

revision = "20261124_texts"
down_revision = "20261124_headroom"
branch_labels = None
depends_on = None

_FUNCTION = "refuse_own_text_review"
_TABLES = ("text_version", "text_event", "contract_text", "contract_entry", "attachment")
_FIRST = (
    "(position = 1 AND previous_position IS NULL AND previous_digest IS NULL)"
    " OR (position > 1 AND previous_position = position - 1 AND previous_digest IS NOT NULL)"
)


def upgrade() -> None:
    """Create the five tables, append-only."""
    op.create_table(
        "text_version",
        *identity("text_version"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_text_version_organisation"),
        sa.UniqueConstraint("organisation_id", "kind", "name", "number", name="uq_text_version_number"),
        sa.CheckConstraint("number > 0", name=op.f("ck_text_version_number")),
        sa.CheckConstraint("kind IN ('clause', 'document', 'word')", name=op.f("ck_text_version_kind")),
    )
    create_event_table("text_event", of="text_version")
    _create_texts()
    _create_entries()
    _create_attachments()
    for table in _TABLES:
        protect(table)
    keep_authors_from_reviewing(
        "text_event",
        of="text_version",
        function=_FUNCTION,
        sentence="Whoever drafted or submitted a text does not review it.",
    )


def _create_texts() -> None:
    op.create_table(
        "contract_text",
        sa.Column("organisation_id", sa.String(63), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_contract_text"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_contract_text_organisation"),
    )


def _create_entries() -> None:
    op.create_table(
        "contract_entry",
        *identity("contract_entry"),
        sa.Column("contract_set_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("manifest_sha256", sa.String(64), nullable=False),
        sa.Column("sources", sa.LargeBinary(), nullable=False),
        sa.Column("sources_sha256", sa.String(64), nullable=False),
        sa.Column("retention_class", sa.String(), nullable=True),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.Column("previous_position", sa.Integer(), nullable=True),
        sa.Column("previous_digest", sa.String(64), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contract_set_id"],
            ["contract_set.organisation_id", "contract_set.id"],
            name="fk_contract_entry_contract_set",
        ),
        sa.UniqueConstraint("organisation_id", "contract_set_id", name="uq_contract_entry_contract_set"),
        sa.UniqueConstraint("organisation_id", "position", name="uq_contract_entry_position"),
        sa.UniqueConstraint("organisation_id", "position", "digest", name="uq_contract_entry_link"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "previous_position", "previous_digest"],
            ["contract_entry.organisation_id", "contract_entry.position", "contract_entry.digest"],
            name="fk_contract_entry_contract_entry",
        ),
        sa.CheckConstraint(_FIRST, name=op.f("ck_contract_entry_first")),
    )


def _create_attachments() -> None:
    op.create_table(
        "attachment",
        *identity("attachment"),
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(63), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decision_id"],
            ["decision.organisation_id", "decision.id"],
            name="fk_attachment_decision",
        ),
    )
    op.create_index(
        "ix_attachment_organisation_id_decision_id_id", "attachment", ["organisation_id", "decision_id", "id"]
    )


def downgrade() -> None:
    """Drop the tables; texts, entries and attachments are gone with them, drawn sets stay."""
    op.drop_index("ix_attachment_organisation_id_decision_id_id", "attachment")
    for table in reversed(_TABLES):
        op.drop_table(table)
    forget_function(_FUNCTION)
