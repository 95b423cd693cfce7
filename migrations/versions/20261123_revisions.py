"""Revisions of products, and the events of their review."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect

revision = "20261123_revisions"
down_revision = "20261123_decisions"
branch_labels = None
depends_on = None

_OWN_EYES = "Whoever drafted or submitted a revision does not review it."
_WROTE_IT = (
    "SELECT 1 FROM revision_event WHERE organisation_id = NEW.organisation_id AND revision_id = NEW.revision_id "
    "AND kind IN ('drafted', 'submitted') AND lower(actor) = lower(NEW.actor)"
)
_REVIEW = "NEW.kind IN ('approved', 'returned')"
_POSTGRESQL_FUNCTION = f"""
CREATE FUNCTION refuse_own_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {_REVIEW} AND EXISTS ({_WROTE_IT}) THEN
    RAISE EXCEPTION '{_OWN_EYES}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Create both tables, append-only, with the trigger that keeps authors from reviewing."""
    op.create_table(
        "revision",
        *_identity("revision"),
        sa.Column("product", sa.String(63), nullable=False),
        sa.Column("slug", sa.String(63), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_revision_organisation"),
        sa.UniqueConstraint("organisation_id", "product", "slug", "number", name="uq_revision_number"),
        sa.CheckConstraint("number > 0", name=op.f("ck_revision_number")),
    )
    _create_event()
    protect("revision")
    protect("revision_event")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRESQL_FUNCTION)
        op.execute(
            "CREATE TRIGGER revision_event_has_other_eyes BEFORE INSERT ON revision_event "
            "FOR EACH ROW EXECUTE FUNCTION refuse_own_review()"
        )
        return
    op.execute(
        "CREATE TRIGGER revision_event_has_other_eyes BEFORE INSERT ON revision_event "
        f"WHEN {_REVIEW} AND EXISTS ({_WROTE_IT}) BEGIN SELECT RAISE(ABORT, '{_OWN_EYES}'); END"
    )


def _identity(table: str) -> tuple[sa.Column[object] | sa.PrimaryKeyConstraint, ...]:
    return (
        sa.Column("organisation_id", sa.String(63), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=f"pk_{table}"),
    )


def _create_event() -> None:
    link = ("organisation_id", "revision_id", "position", "kind", "actor", "digest")
    before = ("organisation_id", "revision_id", "previous_position", "previous_kind", "previous_actor")
    op.create_table(
        "revision_event",
        *_identity("revision_event"),
        sa.Column("revision_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("previous_position", sa.Integer(), nullable=True),
        sa.Column("previous_kind", sa.String(10), nullable=True),
        sa.Column("previous_actor", sa.String(120), nullable=True),
        sa.Column("previous_digest", sa.String(64), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "revision_id"],
            ["revision.organisation_id", "revision.id"],
            name="fk_revision_event_revision",
        ),
        sa.UniqueConstraint("organisation_id", "revision_id", "position", name="uq_revision_event_position"),
        sa.UniqueConstraint(*link, name="uq_revision_event_link"),
        sa.ForeignKeyConstraint(
            [*before, "previous_digest"],
            [f"revision_event.{name}" for name in link],
            name="fk_revision_event_revision_event",
        ),
        sa.CheckConstraint(_FIRST, name=op.f("ck_revision_event_first")),
        sa.CheckConstraint(_FOLLOWS, name=op.f("ck_revision_event_follows")),
        sa.CheckConstraint(_FOUR_EYES, name=op.f("ck_revision_event_four_eyes")),
        sa.CheckConstraint(_BODY, name=op.f("ck_revision_event_body")),
        sa.CheckConstraint(_DAY, name=op.f("ck_revision_event_day")),
    )


_FIRST = (
    "(position = 1 AND previous_position IS NULL AND previous_kind IS NULL AND previous_actor IS NULL"
    " AND previous_digest IS NULL) OR (position > 1 AND previous_position = position - 1"
    " AND previous_kind IS NOT NULL AND previous_actor IS NOT NULL AND previous_digest IS NOT NULL)"
)
_FOLLOWS = (
    "(kind = 'drafted' AND (previous_kind IS NULL OR previous_kind IN ('drafted', 'returned')))"
    " OR (kind = 'submitted' AND previous_kind = 'drafted')"
    " OR (kind IN ('approved', 'returned') AND previous_kind = 'submitted')"
    " OR (kind = 'published' AND previous_kind = 'approved')"
    " OR (kind IN ('superseded', 'ended') AND previous_kind = 'published')"
    " OR (kind = 'withdrawn' AND previous_kind IN ('drafted', 'submitted', 'returned', 'approved', 'published'))"
)
_FOUR_EYES = "kind NOT IN ('approved', 'returned') OR lower(actor) <> lower(previous_actor)"
_BODY = "(kind = 'drafted' AND body IS NOT NULL) OR (kind <> 'drafted' AND body IS NULL)"
_DAY = (
    "(kind IN ('approved', 'published', 'superseded', 'ended', 'withdrawn') AND day IS NOT NULL)"
    " OR (kind IN ('drafted', 'submitted', 'returned') AND day IS NULL)"
)


def downgrade() -> None:
    """Drop both tables; the revisions are gone with them."""
    op.drop_table("revision_event")
    op.drop_table("revision")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_own_review()")
