"""What is written is written whole, once, and for good."""

from __future__ import annotations

from contextlib import closing
from dataclasses import fields, replace
from typing import Any

import pytest

from api.storage.connections import Database, Dialect, StorageError
from api.storage.ids import new_id
from api.storage.ledger import ROWS, append
from api.storage.rows import ApplicationRow, DecisionRow
from api.storage.tables import APPEND_ONLY, Row
from tests.api.rows import register, rows


@pytest.fixture
def ledger(database: Database) -> Database:
    """A migrated database that knows the default organisation."""
    register(database)
    return database


def _count(database: Database, table: str) -> int:
    with closing(database.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a table of the test
        (count,) = cursor.fetchone() or (None,)
    assert isinstance(count, int)
    return count


def _append(database: Database, application: ApplicationRow, decision: DecisionRow) -> None:
    with closing(database.connect()) as connection:
        append(database, connection, application, decision)


def _refused(database: Database, statement: str) -> str:
    """The message with which the database refuses ``statement``."""
    driver: Any = database.failure.__mro__[1]
    with closing(database.connect()) as connection, pytest.raises(driver) as caught:
        connection.cursor().execute(statement)
    return str(caught.value)


@pytest.mark.parametrize("table", ROWS)
def test_a_row_has_the_columns_of_its_table_in_their_order(table: str) -> None:
    assert [field.name for field in fields(ROWS[table])] == [
        column.name for column in Row.metadata.tables[table].columns
    ]


def test_an_application_and_its_decision_are_stored_together(ledger: Database) -> None:
    _append(ledger, *rows())
    assert (_count(ledger, "application"), _count(ledger, "decision")) == (1, 1)


def test_a_refused_decision_takes_its_application_with_it(ledger: Database) -> None:
    application, decision = rows(outcome="perhaps")
    with pytest.raises(Exception, match="ck_decision_outcome"):
        _append(ledger, application, decision)
    assert (_count(ledger, "application"), _count(ledger, "decision")) == (0, 0)


def test_a_decision_dated_before_its_application_is_refused_by_the_database(ledger: Database) -> None:
    application, decision = rows()
    _append(ledger, application, replace(decision, decided_on=decision.applied_on))
    application, decision = rows()
    with pytest.raises(Exception, match="ck_decision_dates"):
        _append(ledger, application, replace(decision, decided_on=decision.applied_on.replace(day=21)))


def test_a_decision_cannot_point_to_another_organisations_application(ledger: Database) -> None:
    register(ledger, "other-bank")
    application, decision = rows()
    with pytest.raises(Exception, match=r"(?i)foreign key|fk_decision_application"):
        _append(ledger, application, replace(decision, organisation_id="other-bank"))
    assert _count(ledger, "decision") == 0


def test_an_unknown_organisation_stores_nothing(ledger: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key|fk_application_organisation"):
        _append(ledger, *rows(organisation="nobody"))
    assert _count(ledger, "application") == 0


def test_an_organisation_is_registered_once(ledger: Database) -> None:
    register(ledger)
    assert _count(ledger, "organisation") == 1


@pytest.mark.parametrize("table", ["application", "decision"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET sha256 = ''", "DELETE FROM {}"])
def test_the_database_refuses_to_change_evidence(ledger: Database, table: str, statement: str) -> None:
    _append(ledger, *rows())
    message = _refused(ledger, statement.format(table))
    assert f"Rows of table {table} are evidence: they are inserted and never changed or deleted." in message
    assert _count(ledger, table) == 1


def test_every_way_around_deletion_is_closed(ledger: Database) -> None:
    _append(ledger, *rows())
    if ledger.dialect is Dialect.SQLITE:
        statement = "INSERT OR REPLACE INTO decision SELECT * FROM decision"
    else:
        statement = "TRUNCATE decision CASCADE"
    assert "never changed or deleted" in _refused(ledger, statement)
    assert _count(ledger, "decision") == 1


def test_every_table_of_evidence_is_guarded(ledger: Database) -> None:
    guarded = (
        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if ledger.dialect is Dialect.SQLITE
        else "SELECT DISTINCT event_object_table FROM information_schema.triggers"
    )
    with closing(ledger.connect()) as connection:
        cursor: Any = connection.cursor()
        cursor.execute(guarded)
        assert {row[0] for row in cursor.fetchall()} == set(APPEND_ONLY)


def test_a_locked_or_lost_database_is_a_storage_error(ledger: Database) -> None:
    with closing(ledger.connect()) as connection:
        cursor = connection.cursor()
        if ledger.dialect is Dialect.SQLITE:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("SELECT pg_backend_pid()")
            (process,) = cursor.fetchone() or (None,)
            with closing(ledger.connect()) as other:
                other.cursor().execute(f"SELECT pg_terminate_backend({process})")
        with pytest.raises(StorageError, match="The decision was not stored"):
            append(ledger, connection, *rows())
    assert _count(ledger, "decision") == 0


def test_ten_ids_of_one_organisation_lie_in_the_order_of_their_making(ledger: Database) -> None:
    made = [rows() for _ in range(10)]
    for application, decision in reversed(made):
        _append(ledger, application, decision)
    with closing(ledger.connect()) as connection:
        cursor: Any = connection.cursor()
        cursor.execute("SELECT id FROM decision WHERE organisation_id = 'default' ORDER BY id")
        assert [row[0] for row in cursor.fetchall()] == [decision.id for _, decision in made]
    assert new_id() > made[-1][1].id
