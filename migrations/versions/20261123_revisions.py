"""Revisions of products, and the events of their review."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect
from migrations.event_history import create_event_table, forget_function, identity, keep_authors_from_reviewing

revision = "20261123_revisions"
down_revision = "20261123_decisions"
branch_labels = None
depends_on = None

_FUNCTION = "refuse_own_review"


def upgrade() -> None:
    """Create both tables, append-only, with the trigger that keeps authors from reviewing."""
    op.create_table(
        "revision",
        *identity("revision"),
        sa.Column("product", sa.String(63), nullable=False),
        sa.Column("slug", sa.String(63), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_revision_organisation"),
        sa.UniqueConstraint("organisation_id", "product", "slug", "number", name="uq_revision_number"),
        sa.CheckConstraint("number > 0", name=op.f("ck_revision_number")),
    )
    create_event_table("revision_event", of="revision")
    protect("revision")
    protect("revision_event")
    keep_authors_from_reviewing(
        "revision_event",
        of="revision",
        function=_FUNCTION,
        sentence="Whoever drafted or submitted a revision does not review it.",
    )


def downgrade() -> None:
    """Drop both tables; the revisions are gone with them."""
    op.drop_table("revision_event")
    op.drop_table("revision")
    forget_function(_FUNCTION)
