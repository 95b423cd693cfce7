"""Triggers that make a table append-only, on both databases. Migrations that create such a table call these.

The wording of a trigger is part of the migrations that used it: to change it, write a new function and a migration.
"""

from __future__ import annotations

from alembic import op

_POSTGRESQL_FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Rows of table % are evidence: they are inserted and never changed or deleted.', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def create_refusal() -> None:
    """What the triggers of all tables share; once, before the first `protect`."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRESQL_FUNCTION)


def drop_refusal() -> None:
    """Undo `create_refusal`; after the last table is gone."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def protect(table: str) -> None:
    """From now on the database refuses UPDATE, DELETE, TRUNCATE and REPLACE on ``table``; dropping it ends that."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_is_kept BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    sentence = f"Rows of table {table} are evidence: they are inserted and never changed or deleted."
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{event.lower()} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
    # INSERT OR REPLACE removes the old row without firing the trigger on DELETE.
    same_row = f"SELECT 1 FROM {table} WHERE organisation_id = NEW.organisation_id AND id = NEW.id"  # noqa: S608 - no input
    op.execute(
        f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} WHEN EXISTS ({same_row}) "
        f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )
