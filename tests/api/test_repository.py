"""What is read back is what was stored: moments in UTC, amounts in fen, evidence that stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from api.storage.connections import Database
from api.storage.engine import engine_for
from api.storage.ids import new_id
from api.storage.repository import Repository
from api.storage.stored import DecisionFilter, NewSet
from api.storage.tables import ContractSet, Document
from tests.api.rows import MOMENT, ORGANISATION, register, rows


@pytest.fixture
def repository(database: Database) -> Iterator[Repository]:
    """The default organisation's rows."""
    register(database)
    made = Repository(database=database, engine=engine_for(database, pool_size=1), organisation=ORGANISATION)
    yield made
    made.close()


def _new_set(decision_id: str, *, created_at: datetime = MOMENT) -> NewSet:
    set_id = new_id()
    names = {"organisation_id": ORGANISATION, "sha256": "0" * 64}
    contract_set = ContractSet(
        **names, id=set_id, decision_id=decision_id, created_at=created_at, particulars=b"{}", manifest=b"{}"
    )
    documents = tuple(
        Document(
            **names,
            id=new_id(),
            contract_set_id=set_id,
            position=position,
            kind="loan-contract",
            number="示例-1",
            filename=f"{position}.docx",
            title="借款合同",
            language="zh",
            media_type="application/octet-stream",
            content=bytes(range(256)),
        )
        for position in range(2)
    )
    return NewSet(contract_set, documents)


def test_a_moment_comes_back_in_utc_whatever_zone_it_was_given_in(repository: Repository) -> None:
    application, decision = rows()
    china = replace(decision, created_at=MOMENT.astimezone(timezone(timedelta(hours=8))))
    repository.append(application, china)
    (summary,) = repository.decisions(DecisionFilter(), before=None, limit=1)
    assert summary.created_at == datetime(2026, 7, 23, 1, 30, tzinfo=UTC)
    assert summary.created_at.tzinfo is UTC


def test_amounts_come_back_to_the_fen_beyond_what_a_float_holds(repository: Repository) -> None:
    application, decision = rows(requested_fen=999_999_999_999_999, approved_fen=999_999_999_999_998)
    repository.append(application, decision)
    (summary,) = repository.decisions(DecisionFilter(), before=None, limit=1)
    assert (summary.requested_fen, summary.approved_fen) == (999_999_999_999_999, 999_999_999_999_998)


def test_a_contract_set_comes_back_with_its_documents_in_order(repository: Repository) -> None:
    application, decision = rows()
    repository.append(application, decision)
    new = _new_set(decision.id)
    repository.add_set(new)
    (found,) = repository.contract_sets(decision.id)
    assert found.created_at == MOMENT
    assert [document.filename for document in found.documents] == ["0.docx", "1.docx"]
    document = repository.document(found.documents[1].id)
    assert document is not None
    assert document.content == bytes(range(256))


def test_a_moment_without_a_zone_is_refused(repository: Repository) -> None:
    application, decision = rows()
    repository.append(application, decision)
    naive = _new_set(decision.id, created_at=MOMENT.replace(tzinfo=None))
    with pytest.raises(StatementError, match="has no zone; rows hold moments in UTC"):
        repository.add_set(naive)
    assert repository.contract_sets(decision.id) == ()


def test_a_set_whose_document_is_refused_is_not_stored(repository: Repository) -> None:
    application, decision = rows()
    repository.append(application, decision)
    new = _new_set(decision.id)
    new.documents[1].position = new.documents[0].position
    with pytest.raises(DBAPIError):
        repository.add_set(new)
    assert repository.contract_sets(decision.id) == ()


def test_a_set_of_no_decision_is_refused(repository: Repository) -> None:
    new = _new_set(new_id())
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        repository.add_set(new)


@pytest.mark.parametrize("table", ["contract_set", "document"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET sha256 = ''", "DELETE FROM {}"])
def test_the_database_refuses_to_change_drafts(repository: Repository, table: str, statement: str) -> None:
    application, decision = rows()
    repository.append(application, decision)
    repository.add_set(_new_set(decision.id))
    with repository.engine.connect() as connection, pytest.raises(DBAPIError, match="never changed or deleted"):
        connection.execute(text(statement.format(table)))
    assert len(repository.contract_sets(decision.id)) == 1


def test_what_bears_no_id_is_not_looked_up(repository: Repository) -> None:
    found: list[Any] = [
        repository.decision("\0"),
        repository.application("'"),
        repository.contract_set("1"),
        repository.document(""),
    ]
    assert found == [None] * 4
    assert repository.contract_sets("%") == ()
