"""Tables of events in the life of reviewed things, with the trigger that keeps authors from reviewing.

The wording is part of the migrations that used it: to change it, write a new function and a migration.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

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
_REVIEW = "NEW.kind IN ('approved', 'returned')"


def identity(table: str) -> tuple[sa.Column[object] | sa.PrimaryKeyConstraint, ...]:
    """The columns that every table of rows by organisation begins with."""
    return (
        sa.Column("organisation_id", sa.String(63), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=f"pk_{table}"),
    )


def create_event_table(table: str, of: str) -> None:
    """The table of events of the things in table ``of``."""
    link = ("organisation_id", f"{of}_id", "position", "kind", "actor", "digest")
    before = ("organisation_id", f"{of}_id", "previous_position", "previous_kind", "previous_actor")
    op.create_table(
        table,
        *identity(table),
        sa.Column(f"{of}_id", sa.String(36), nullable=False),
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
            ["organisation_id", f"{of}_id"], [f"{of}.organisation_id", f"{of}.id"], name=f"fk_{table}_{of}"
        ),
        sa.UniqueConstraint("organisation_id", f"{of}_id", "position", name=f"uq_{table}_position"),
        sa.UniqueConstraint(*link, name=f"uq_{table}_link"),
        sa.ForeignKeyConstraint(
            [*before, "previous_digest"], [f"{table}.{name}" for name in link], name=f"fk_{table}_{table}"
        ),
        sa.CheckConstraint(_FIRST, name=op.f(f"ck_{table}_first")),
        sa.CheckConstraint(_FOLLOWS, name=op.f(f"ck_{table}_follows")),
        sa.CheckConstraint(_FOUR_EYES, name=op.f(f"ck_{table}_four_eyes")),
        sa.CheckConstraint(_BODY, name=op.f(f"ck_{table}_body")),
        sa.CheckConstraint(_DAY, name=op.f(f"ck_{table}_day")),
    )


def keep_authors_from_reviewing(table: str, of: str, *, function: str, sentence: str) -> None:
    """From now on whoever drafted or submitted a thing is refused as its reviewer, with the sentence."""
    wrote_it = (
        f"SELECT 1 FROM {table} WHERE organisation_id = NEW.organisation_id AND {of}_id = NEW.{of}_id "  # noqa: S608 - no input
        "AND kind IN ('drafted', 'submitted') AND lower(actor) = lower(NEW.actor)"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {_REVIEW} AND EXISTS ({wrote_it}) THEN "
            f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_has_other_eyes BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_has_other_eyes BEFORE INSERT ON {table} "
        f"WHEN {_REVIEW} AND EXISTS ({wrote_it}) BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


def forget_function(function: str) -> None:
    """Undo what `keep_authors_from_reviewing` made beside the table; after the table is gone."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {function}()")
