"""The migrations: up, down, and equal to the tables the code reads and writes."""

from __future__ import annotations

import multiprocessing

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from api import schema
from api.connections import Database
from api.engine import engine_for
from api.tables import APPEND_ONLY, Row


def _version(database: Database) -> str | None:
    connection = database.connect()
    try:
        return schema.version(database, connection)
    finally:
        connection.close()


def _table_names(database: Database) -> set[str]:
    engine = engine_for(database, pool_size=1)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_a_new_database_stands_at_no_migration(empty_database: Database) -> None:
    assert _version(empty_database) is None


def test_the_way_up_ends_at_the_head_the_code_expects(database: Database) -> None:
    scripts = ScriptDirectory("migrations")
    assert scripts.get_current_head() == schema.HEAD
    assert _version(database) == schema.HEAD


def test_the_migrated_database_is_the_one_the_tables_describe(database: Database) -> None:
    engine = engine_for(database, pool_size=1)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Row.metadata) == []
    engine.dispose()


def test_down_and_up_again_leaves_the_same_tables(database: Database) -> None:
    before = _table_names(database)
    schema.downgrade(database, revision="base")
    assert _table_names(database) == {"alembic_version"}
    assert _version(database) is None
    schema.upgrade(database)
    assert _table_names(database) == before
    assert {"organisation", *APPEND_ONLY} < before


def test_two_migrations_at_the_same_time_end_in_one_schema(empty_database: Database) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as processes:
        processes.map(schema.upgrade, [empty_database, empty_database])
    assert _version(empty_database) == schema.HEAD
