"""Documents that came back from negotiation, with the report on each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect
from migrations.event_history import identity

revision = "20261124_returned"
down_revision = "20261124_plugins"
branch_labels = None
depends_on = None

_INDEX = "ix_returned_document_organisation_id_contract_set_id_id"


def upgrade() -> None:
    """Create the table, append-only."""
    op.create_table(
        "returned_document",
        *identity("returned_document"),
        sa.Column("contract_set_id", sa.String(36), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("document", sa.String(63), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("unchanged", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.Column("report_sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contract_set_id"],
            ["contract_set.organisation_id", "contract_set.id"],
            name="fk_returned_document_contract_set",
        ),
    )
    op.create_index(_INDEX, "returned_document", ["organisation_id", "contract_set_id", "id"])
    protect("returned_document")


def downgrade() -> None:
    """Drop the table; returned documents and reports are gone with it, the sets stay."""
    op.drop_index(_INDEX, "returned_document")
    op.drop_table("returned_document")
