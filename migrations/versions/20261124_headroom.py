"""Reserved headroom: reservations, their events, and quotas."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect

revision = "20261124_headroom"
down_revision = "20261124_trials"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables, append-only."""
    _create_reservation()
    _create_event()
    _create_quota()
    for table in ("headroom_reservation", "headroom_event", "headroom_quota"):
        protect(table)


def _identity(table: str) -> tuple[sa.Column[object] | sa.PrimaryKeyConstraint, ...]:
    return (
        sa.Column("organisation_id", sa.String(63), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=f"pk_{table}"),
    )


def _request(table: str) -> tuple[sa.Column[object] | sa.UniqueConstraint | sa.CheckConstraint, ...]:
    return (
        sa.Column("request_key", sa.String(255), nullable=True),
        sa.Column("fingerprint", sa.String(64), nullable=True),
        sa.UniqueConstraint("organisation_id", "request_key", name=f"uq_{table}_organisation_id_request_key"),
        sa.CheckConstraint(_KEYED, name=op.f(f"ck_{table}_request")),
    )


def _create_reservation() -> None:
    table = "headroom_reservation"
    op.create_table(
        table,
        *_identity(table),
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.Column("applicant_uscc", sa.String(18), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("cap_fen", sa.BigInteger(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("balance_on", sa.Date(), nullable=False),
        sa.Column("drawn_fen", sa.BigInteger(), nullable=False),
        sa.Column("reserved_fen", sa.BigInteger(), nullable=False),
        sa.Column("quota_fen", sa.BigInteger(), nullable=True),
        sa.Column("quota_taken_fen", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        *_request(table),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decision_id"],
            ["decision.organisation_id", "decision.id"],
            name="fk_headroom_reservation_decision",
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_headroom_reservation_amount")),
        sa.CheckConstraint("expires_on > made_on", name=op.f("ck_headroom_reservation_days")),
        sa.CheckConstraint(_FITS_CAP, name=op.f("ck_headroom_reservation_cap")),
        sa.CheckConstraint(_FITS_QUOTA, name=op.f("ck_headroom_reservation_quota")),
    )
    _index(table, "applicant_uscc", "id")
    _index(table, "decision_id")
    quota = ["organisation_id", "programme", "year", "expires_on"]
    op.create_index("ix_headroom_reservation_quota", table, quota)


def _create_event() -> None:
    table = "headroom_event"
    op.create_table(
        table,
        *_identity(table),
        sa.Column("reservation_id", sa.String(36), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(9), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        *_request(table),
        sa.ForeignKeyConstraint(
            ["organisation_id", "reservation_id"],
            ["headroom_reservation.organisation_id", "headroom_reservation.id"],
            name="fk_headroom_event_headroom_reservation",
        ),
        sa.UniqueConstraint("organisation_id", "reservation_id", "position", name="uq_headroom_event_position"),
        sa.CheckConstraint("position > 0", name=op.f("ck_headroom_event_position")),
        sa.CheckConstraint(_DRAWS, name=op.f("ck_headroom_event_kind")),
    )


def _create_quota() -> None:
    table = "headroom_quota"
    op.create_table(
        table,
        *_identity(table),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_headroom_quota_organisation"),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_headroom_quota_amount")),
    )
    _index(table, "programme", "year", "id")


def _index(table: str, *columns: str) -> None:
    named = ("organisation_id", *columns)
    op.create_index(f"ix_{table}_{'_'.join(named)}", table, list(named))


_FITS_CAP = "balance_fen + drawn_fen + reserved_fen + amount_fen <= cap_fen"
_FITS_QUOTA = (
    "(quota_fen IS NULL AND quota_taken_fen IS NULL) OR"
    " (quota_fen IS NOT NULL AND quota_taken_fen IS NOT NULL AND quota_taken_fen + amount_fen <= quota_fen)"
)
_DRAWS = "(kind = 'drawn' AND amount_fen > 0) OR (kind IN ('released', 'withdrawn') AND amount_fen >= 0)"
_KEYED = "(request_key IS NULL AND fingerprint IS NULL) OR (request_key IS NOT NULL AND fingerprint IS NOT NULL)"


def downgrade() -> None:
    """Drop the tables; reservations and quotas are gone with them."""
    for table in ("headroom_event", "headroom_reservation", "headroom_quota"):
        op.drop_table(table)
