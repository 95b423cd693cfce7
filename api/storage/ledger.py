"""The write path: an application and its decision become two rows in one transaction, committed before the answer.

Written against the drivers, not the object mapper: the server and the command line store every decision through this
one function, and it is the only step between a decision and its acknowledgement. `tests/api/test_ledger.py` holds the
column names below to the tables in `api/storage/tables.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import cache
from typing import Final

from api.storage.connections import Connection, Database, Dialect, StorageError
from api.storage.rows import ApplicationRow, DecisionRow, PluginEventRow, PluginFaultRow, RequestRow, TrialDecisionRow

Row = ApplicationRow | DecisionRow | RequestRow | TrialDecisionRow | PluginEventRow | PluginFaultRow
_KINDS: Final = (ApplicationRow, DecisionRow, RequestRow, TrialDecisionRow, PluginEventRow, PluginFaultRow)
ROWS: Final[dict[str, type[Row]]] = {kind.TABLE: kind for kind in _KINDS}
"""The row written to each table."""


class KeyTakenError(Exception):
    """A request with the same key was stored meanwhile; nothing was stored for this one."""


class TrialClosedError(Exception):
    """The trial that a decision was made in has been stopped or has ended meanwhile; nothing was stored for it."""


class KeyReusedError(Exception):
    """A key that was given to one request came again with another one."""


def append(
    database: Database,
    connection: Connection,
    application: ApplicationRow,
    decision: DecisionRow,
    request: RequestRow | None = None,
    trial: TrialDecisionRow | None = None,
    faults: tuple[PluginFaultRow, ...] = (),
) -> None:
    """Store the rows, with the faults of plugins on the way, and commit. On return they are on disk.

    On an error nothing is stored once the caller has closed the connection or given it back to its pool, which every
    caller does. StorageError if the database cannot be reached or written, KeyTakenError if the request's key is taken,
    TrialClosedError if the decision belongs to a trial that splits no more.
    """
    cursor = connection.cursor()
    try:
        if database.dialect is Dialect.SQLITE:
            # Takes the writer's place at once, so that waiting writers queue instead of failing half-way.
            cursor.execute("BEGIN IMMEDIATE")
        if request is not None:
            _claim(database, connection, request)
        every: tuple[Row, ...] = (application, decision, *faults)
        for row in every:
            cursor.execute(_insert(database, row.TABLE), _parameters(database, row))
        if trial is not None:
            _join(database, connection, trial)
        connection.commit()
    except database.failure as error:
        raise StorageError(f"The decision was not stored: {error}. Send the application again.") from error


def _join(database: Database, connection: Connection, trial: TrialDecisionRow) -> None:
    """Insert the row of a trial that is still running.

    The application's row holds a share of the organisation's, which a stop needs whole: none comes between.
    """
    cursor = connection.cursor()
    cursor.execute(
        "SELECT 1 FROM trial_event WHERE kind IN ('stopped', 'ended') AND "  # noqa: S608 - only placeholders
        f"organisation_id = {database.parameter('organisation')} AND trial_id = {database.parameter('trial')}",
        {"organisation": trial.organisation_id, "trial": trial.trial_id},
    )
    if cursor.fetchone() is not None:
        raise TrialClosedError(trial.trial_id)
    cursor.execute(_insert(database, trial.TABLE), _parameters(database, trial))


def append_rows(database: Database, connection: Connection, rows: Iterable[Row]) -> None:
    """Store rows that stand by themselves and commit; errors as in `append`."""
    cursor = connection.cursor()
    try:
        if database.dialect is Dialect.SQLITE:
            cursor.execute("BEGIN IMMEDIATE")
        for row in rows:
            cursor.execute(_insert(database, row.TABLE), _parameters(database, row))
        connection.commit()
    except database.failure as error:
        raise StorageError(f"Nothing was stored: {error}. Try again.") from error


def _claim(database: Database, connection: Connection, request: RequestRow) -> None:
    """Insert the request before what it refers to; its foreign key is checked at the end of the transaction."""
    cursor = connection.cursor()
    cursor.execute(
        f"{_insert(database, request.TABLE)} ON CONFLICT (organisation_id, key) DO NOTHING RETURNING key",
        _parameters(database, request),
    )
    if cursor.fetchone() is None:
        raise KeyTakenError(request.key)


@cache
def _insert(database: Database, table: str) -> str:
    names = [field.name for field in fields(ROWS[table])]
    values = ", ".join(database.parameter(name) for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"  # noqa: S608 - names from the classes above


def _parameters(database: Database, row: Row) -> dict[str, object]:
    return {field.name: _written(database, getattr(row, field.name)) for field in fields(row)}


def _written(database: Database, value: object) -> object:
    """Days and moments as text: PostgreSQL casts it to its own types, SQLite keeps it in the form SQLAlchemy reads."""
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        if database.dialect is Dialect.SQLITE:
            moment = moment.replace(tzinfo=None)
        return moment.isoformat(sep=" ", timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def register_organisation(
    database: Database, connection: Connection, organisation_id: str, created_at: datetime
) -> None:
    """Make sure the organisation's row exists."""
    connection.cursor().execute(
        f"INSERT INTO organisation (id, created_at) VALUES ({database.parameter('id')}, "  # noqa: S608 - only placeholders
        f"{database.parameter('created_at')}) ON CONFLICT (id) DO NOTHING",
        {"id": organisation_id, "created_at": _written(database, created_at)},
    )
    connection.commit()
