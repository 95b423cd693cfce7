"""The chain of drawn sets: no gap and no fork whoever stores at the same time, and no change that would not show."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.contracts.case_tables import ReturnedDocument
from api.contracts.chain import digest_of, first_broken
from api.storage.connections import Database
from api.storage.engine import engine_for
from api.storage.ids import new_id
from api.storage.repository import Repository
from api.storage.stored import NewSet, SetSources, StoredEntry
from tests.api.rows import ORGANISATION, register, rows
from tests.api.test_repository import _new_set

TEXTS = b'{"clauses":[]}'
SOURCES = SetSources(
    body=json.dumps({"texts": hashlib.sha256(TEXTS).hexdigest()}).encode(),
    texts=TEXTS,
    retention_class="信贷合同",
    kept_until=date(2037, 7, 31),
)


@pytest.fixture
def repository(database: Database) -> Iterator[Repository]:
    """The default organisation's rows, with connections for several at once."""
    register(database)
    made = Repository(database=database, engine=engine_for(database, pool_size=4), organisation=ORGANISATION)
    yield made
    made.close()


def new_sets(repository: Repository, count: int) -> list[NewSet]:
    application, decision = rows()
    repository.append(application, decision)
    return [replace(_new_set(decision.id), sources=SOURCES) for _ in range(count)]


def stored(repository: Repository, count: int) -> tuple[StoredEntry, ...]:
    for new in new_sets(repository, count):
        repository.add_set(new)
    return repository.entries()


def test_sets_stored_at_once_take_places_one_after_the_other(repository: Repository) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(repository.add_set, new_sets(repository, 8)))
    entries = repository.entries()
    assert [entry.position for entry in entries] == list(range(1, 9))
    assert len({entry.contract_set_id for entry in entries}) == 8
    assert first_broken(entries) is None


def test_an_entry_is_read_back_with_its_set_and_names_its_texts(repository: Repository) -> None:
    (entry,) = stored(repository, 1)
    found = repository.contract_set(entry.contract_set_id)
    assert found is not None
    assert found.entry == entry
    assert (entry.retention_class, entry.kept_until, entry.previous) == ("信贷合同", date(2037, 7, 31), None)
    assert repository.sources(entry.contract_set_id) == (SOURCES.body, TEXTS)


@pytest.mark.parametrize(
    "change",
    [
        {"manifest_sha256": "1" * 64},
        {"kept_until": date(2027, 1, 1)},
        {"retention_class": None},
        {"contract_set_id": "another"},
        {"previous": "2" * 64},
    ],
)
def test_a_changed_entry_shows_at_its_place(repository: Repository, change: dict[str, object]) -> None:
    first, second, third = stored(repository, 3)
    forged = replace(second, **change)  # type: ignore[arg-type]  # fields of one of the types each
    assert first_broken((first, forged, third)) == 2
    assert first_broken((first, replace(forged, digest=digest_of(forged)), third)) == (2 if "previous" in change else 3)
    assert first_broken((first, third)) == 2
    assert first_broken((second, third)) == 1


def test_the_database_refuses_to_change_or_to_fork_the_chain(repository: Repository) -> None:
    stored(repository, 2)
    statements = ("UPDATE contract_entry SET digest = 'x'", "DELETE FROM contract_entry", "DELETE FROM contract_text")
    for statement in statements:
        with repository.engine.connect() as connection, pytest.raises(DBAPIError, match="never changed or deleted"):
            connection.execute(text(statement))
    copied = (
        "INSERT INTO contract_entry SELECT organisation_id, 'x', created_at, contract_set_id, position,"
        " manifest_sha256, sources, sources_sha256, retention_class, kept_until, previous_position,"
        " previous_digest, digest"
        " FROM contract_entry WHERE position = 2"
    )
    with repository.engine.connect() as connection, pytest.raises(DBAPIError, match=r"(?i)unique"):
        connection.execute(text(copied))


def test_what_came_back_belongs_to_a_set_of_its_organisation_and_is_never_changed(repository: Repository) -> None:
    (entry,) = stored(repository, 1)
    kept = repository.add_returned(_returned(repository, entry.contract_set_id))
    assert repository.returned(entry.contract_set_id) == (kept,)
    assert replace(repository, organisation="other-bank").returned(entry.contract_set_id) == ()
    assert replace(repository, organisation="other-bank").returned_report(kept.id) is None
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        repository.add_returned(_returned(repository, new_id()))
    for change in ("DELETE FROM returned_document", "UPDATE returned_document SET actor = 'x'"):
        with pytest.raises(DBAPIError, match="evidence"), repository.engine.begin() as connection:
            connection.execute(text(change))


def _returned(repository: Repository, set_id: str) -> ReturnedDocument:
    return ReturnedDocument(
        organisation_id=repository.organisation,
        id=new_id(),
        created_at=datetime(2026, 8, 1, tzinfo=UTC),
        contract_set_id=set_id,
        actor="",
        document="loan-contract",
        language="zh-en",
        unchanged=True,
        size=1,
        content=b"x",
        sha256="0" * 64,
        report=b"{}",
        report_sha256="1" * 64,
    )
