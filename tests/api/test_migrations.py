"""The migrations: up, down, and equal to the tables the code reads and writes."""

from __future__ import annotations

import multiprocessing
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import api.contracts.case_tables
import api.headroom.tables
import api.plugins.tables
import api.revisions.tables
import api.texts.tables
import api.trials.tables  # noqa: F401 - importing each enters its tables into the metadata
from api.storage import schema
from api.storage.connections import Database
from api.storage.engine import engine_for
from api.storage.tables import APPEND_ONLY, Row

ROOT = Path(__file__).parent.parent.parent


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


@pytest.mark.slow
def test_two_migrations_at_the_same_time_end_in_one_schema(empty_database: Database) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as processes:
        processes.map(schema.upgrade, [empty_database, empty_database])
    assert _version(empty_database) == schema.HEAD


def test_a_new_migration_is_written_from_the_difference(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "migrations", tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "api", tmp_path / "api", ignore=shutil.ignore_patterns("__pycache__"))
    for package in ("products", "scoring", "templates"):
        (tmp_path / package).symlink_to(ROOT / package)
    tables = (tmp_path / "api" / "storage" / "tables.py").read_text(encoding="utf-8")
    changed = tables.replace(
        "    number: str = Field(sa_type=String)\n", "    number: str = Field(sa_type=String)\n    pages: int\n"
    )
    (tmp_path / "api" / "storage" / "tables.py").write_text(changed, encoding="utf-8")
    command = [sys.executable, "-m", "migrations", "pages of documents"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    (written,) = (tmp_path / "migrations" / "versions").glob("*_pages_of_documents.py")
    assert run.stdout.splitlines()[-1] == f"migrations/versions/{written.name}"
    text = written.read_text(encoding="utf-8")
    assert "op.add_column('document', sa.Column('pages', sa.Integer(), nullable=False))" in text
    assert f'down_revision = "{schema.HEAD}"'.replace('"', "'") in text


@pytest.mark.parametrize(
    ("message", "sentence"), [("anything", "Tables and migrations agree"), ("", "names no change")]
)
def test_without_a_difference_or_a_name_no_migration_is_written(message: str, sentence: str) -> None:
    command = [sys.executable, "-m", "migrations", message]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert sentence in run.stderr
