"""The way to the database: an address becomes a driver connection, the same for server, command line and Alembic.

Only the drivers are known here (sqlite3, psycopg), each imported when its database is used: a single decision on the
command line is stored without loading an object mapper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

WAIT_SECONDS: Final = 30
"""How long a SQLite writer waits for another one."""
CONNECT_SECONDS: Final = 5
"""How long a connection attempt to PostgreSQL may take."""


class StorageError(Exception):
    """The database cannot be used; the message says why and what to do."""


class Cursor(Protocol):
    """What kedai uses of a DB-API cursor."""

    def execute(self, statement: str, parameters: Mapping[str, object] = ..., /) -> object: ...
    def fetchone(self) -> Sequence[object] | None: ...


class Connection(Protocol):
    """What kedai uses of a DB-API connection."""

    def cursor(self) -> Cursor: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...


class Dialect(StrEnum):
    """The databases kedai runs on."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class Database:
    """One database by its address; ``location`` is a file for SQLite and a libpq address for PostgreSQL."""

    dialect: Dialect
    location: str

    def connect(self) -> Connection:
        """A new connection. StorageError if the database cannot be reached."""
        return _open_sqlite(self.location) if self.dialect is Dialect.SQLITE else _open_postgresql(self.location)

    @property
    def failure(self) -> type[Exception]:
        """What the driver raises when the database is out of reach, locked or full."""
        if self.dialect is Dialect.SQLITE:
            import sqlite3  # noqa: PLC0415 - a server on PostgreSQL needs no SQLite

            return sqlite3.OperationalError
        import psycopg  # noqa: PLC0415 - it costs a tenth of a second that SQLite users need not pay

        return psycopg.OperationalError

    def parameter(self, name: str) -> str:
        """The driver's way of writing a named parameter."""
        return f":{name}" if self.dialect is Dialect.SQLITE else f"%({name})s"


def database_at(url: str) -> Database:
    """The database at ``url``. StorageError if the address names none that kedai can use."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite" and rest.startswith("/") and rest not in ("/", "/:memory:"):
        return Database(dialect=Dialect.SQLITE, location=rest[1:])
    if separator and scheme in ("postgresql", "postgresql+psycopg"):
        return Database(dialect=Dialect.POSTGRESQL, location=f"postgresql://{rest}")
    raise StorageError(
        f"The database address begins with {scheme + separator!r}, which kedai cannot use. Give sqlite:///FILE "
        "or postgresql://USER:PASSWORD@HOST/DATABASE in KEDAI_DATABASE_URL; a database in memory is not supported."
    )


def _open_sqlite(location: str) -> Connection:
    import sqlite3  # noqa: PLC0415 - a server on PostgreSQL needs no SQLite

    path = Path(location)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        # NORMAL may lose the last commits at a power failure; an acknowledged decision must survive one.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"The SQLite database {location} cannot be opened: {error}. Check that the folder can be written, "
            "or set KEDAI_DATABASE_URL to another place."
        ) from error
    return connection


def _open_postgresql(location: str) -> Connection:
    import psycopg  # noqa: PLC0415 - it costs a tenth of a second that SQLite users need not pay

    try:
        return psycopg.connect(location, connect_timeout=CONNECT_SECONDS)
    except psycopg.Error as error:
        raise StorageError(
            f"PostgreSQL cannot be reached: {error}. Check KEDAI_DATABASE_URL and that the server runs."
        ) from error
