"""Admission and configuration of plugins by organisations, and the log of their faults."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect

revision = "20261124_plugins"
down_revision = "20261124_texts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables, append-only."""
    op.create_table(
        "plugin_event",
        *_identity("plugin_event"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(63), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('admitted', 'configured')", name=op.f("ck_plugin_event_kind")),
        sa.CheckConstraint("(kind = 'admitted') = (subject = '')", name=op.f("ck_plugin_event_subject")),
    )
    op.create_table(
        "plugin_fault",
        *_identity("plugin_fault"),
        sa.Column("package", sa.String(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("breaker_open", sa.Boolean(), nullable=False),
    )
    for table in ("plugin_event", "plugin_fault"):
        protect(table)


def _identity(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    return (
        sa.Column("organisation_id", sa.String(63), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation"),
    )


def downgrade() -> None:
    """Drop both tables; admissions, configurations and the log are gone with them."""
    op.drop_table("plugin_fault")
    op.drop_table("plugin_event")
