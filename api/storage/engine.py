"""The pool of database connections, as a SQLAlchemy engine over `api.storage.connections`."""

from __future__ import annotations

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine, QueuePool, create_engine, event

from api.storage.connections import Database, Dialect

_DRIVER = {Dialect.SQLITE: "sqlite://", Dialect.POSTGRESQL: "postgresql+psycopg://"}
WRITES = "kedai_writes"
"""Execution option of connections that are about to write."""
POOL_SECONDS = 10
"""How long a request waits for a free connection before it is turned away."""


def engine_for(database: Database, *, pool_size: int) -> Engine:
    """An engine with at most ``pool_size`` connections; a connection lost to a restart of the server is replaced."""
    engine = create_engine(
        _DRIVER[database.dialect],
        creator=database.connect,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_pre_ping=database.dialect is Dialect.POSTGRESQL,
    )
    if database.dialect is Dialect.SQLITE:
        event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: SqlConnection) -> None:
    # The driver is in autocommit mode; without this it would commit every statement of a transaction by itself.
    # A writer takes its place before it reads: a transaction that reads first cannot wait for another writer.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")
