"""The write path: an application and its decision become two rows in one transaction, committed before the answer.

Written against the drivers, not the object mapper: the server and the command line store every decision through this
one function, and it is the only step between a decision and its acknowledgement. `tests/api/test_ledger.py` holds the
column names below to the tables in `api/tables.py`.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Final

from api.connections import Connection, Database, Dialect, StorageError
from api.rows import ApplicationRow, DecisionRow

ROWS: Final[dict[str, type[ApplicationRow | DecisionRow]]] = {"application": ApplicationRow, "decision": DecisionRow}
"""The row written to each table."""


def append(database: Database, connection: Connection, application: ApplicationRow, decision: DecisionRow) -> None:
    """Store both rows and commit. On return they are on disk.

    On an error nothing is stored once the caller has closed the connection or given it back to its pool, which every
    caller does. StorageError if the database cannot be reached or written.
    """
    cursor = connection.cursor()
    try:
        if database.dialect is Dialect.SQLITE:
            # Takes the writer's place at once, so that waiting writers queue instead of failing half-way.
            cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(_insert(database, "application"), _parameters(application))
        cursor.execute(_insert(database, "decision"), _parameters(decision))
        connection.commit()
    except database.failure as error:
        raise StorageError(f"The decision was not stored: {error}. Send the application again.") from error


@cache
def _insert(database: Database, table: str) -> str:
    names = [field.name for field in fields(ROWS[table])]
    values = ", ".join(database.parameter(name) for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"  # noqa: S608 - names from the classes above


def _parameters(row: ApplicationRow | DecisionRow) -> dict[str, object]:
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    # ISO text is what SQLite stores and what PostgreSQL casts to its own date and time.
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def register_organisation(
    database: Database, connection: Connection, organisation_id: str, created_at: datetime
) -> None:
    """Make sure the organisation's row exists."""
    connection.cursor().execute(
        f"INSERT INTO organisation (id, created_at) VALUES ({database.parameter('id')}, "  # noqa: S608 - only placeholders
        f"{database.parameter('created_at')}) ON CONFLICT (id) DO NOTHING",
        {"id": organisation_id, "created_at": created_at.isoformat()},
    )
    connection.commit()
