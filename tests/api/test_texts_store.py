"""Contract texts in the database: constraints, triggers, and one history whoever else is at work."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from api.storage.connections import Database
from api.storage.engine import engine_for
from api.texts.desk import State, TextDesk, UnknownText
from api.texts.store import StoredText, TextStore
from products.chained_events import NotAllowed
from templates import text_history as life
from templates.text_history import Kind
from templates.versions import InvalidText
from templates.wording import Language
from tests.api.rows import register
from tests.templates.texts import clause_text, document_text, loan_word

MOMENT = datetime(2027, 3, 1, 2, 0, tzinfo=UTC)
APRIL = datetime(2027, 4, 1, 2, 0, tzinfo=UTC)
FIRST_OF_APRIL = date(2027, 4, 1)
WANG, LI = "王芳", "李雷"
KEY = ("loan-prepayment", Language.ZH)


def desk_on(database: Database, *, organisation: str = "default") -> TextDesk:
    """A desk with connections of its own."""
    store = TextStore(database, engine_for(database, pool_size=2), organisation)
    return TextDesk(store=store, utc_offset_minutes=480)


@pytest.fixture
def desk(database: Database) -> Iterator[TextDesk]:
    """The desk of the default organisation over a migrated database."""
    register(database)
    made = desk_on(database)
    yield made
    made.store.engine.dispose()


def submitted(desk: TextDesk, **changes: Any) -> StoredText:
    """A later prepayment clause that Wang wrote and submitted."""
    drafted = desk.draft(clause_text(**changes), actor=WANG, moment=MOMENT)
    return desk.submit(drafted.id, actor=WANG, moment=MOMENT)


def approved(desk: TextDesk, **changes: Any) -> StoredText:
    """One that Li approved."""
    return desk.approve(submitted(desk, **changes).id, actor=LI, moment=MOMENT)


def kinds(desk: TextDesk, version_id: str) -> list[Kind]:
    """What happened to a version, in order; its history must be intact."""
    found = desk.version(version_id, moment=MOMENT).version
    assert life.intact(found.history)
    return [each.kind for each in found.history]


def test_an_approved_text_is_drawn_from_its_day_on_and_the_shipped_one_before(desk: TextDesk) -> None:
    first = approved(desk)
    read = desk.version(first.id, moment=MOMENT)
    assert (read.version, read.state) == (first, State.APPROVED)
    assert desk.version(first.id, moment=APRIL).state is State.IN_FORCE
    before, since = desk.texts(on=date(2027, 3, 31)), desk.texts(on=FIRST_OF_APRIL)
    assert (before.clauses[KEY].front.version, since.clauses[KEY].front.version) == ("1.0.0", "1.1.0")
    second = approved(desk, version="1.2.0", since="2027-05-01")
    assert second.number == 2
    assert desk.version(first.id, moment=datetime(2027, 5, 1, tzinfo=UTC)).state is State.SUPERSEDED


def test_a_draft_or_a_submission_is_not_drawn_from(desk: TextDesk) -> None:
    submitted(desk)
    assert desk.texts(on=FIRST_OF_APRIL).clauses[KEY].front.version == "1.0.0"


def test_another_organisations_texts_are_not_there(desk: TextDesk, database: Database) -> None:
    first = approved(desk)
    register(database, "other-bank")
    other = desk_on(database, organisation="other-bank")
    assert other.versions(moment=MOMENT) == ()
    assert other.texts(on=FIRST_OF_APRIL).clauses[KEY].front.version == "1.0.0"
    with pytest.raises(UnknownText, match="There is no version"):
        other.withdraw(first.id, actor=WANG, moment=MOMENT, day=None, note="x")
    other.store.engine.dispose()


def test_authors_do_not_review_and_a_returned_text_is_drafted_again(desk: TextDesk) -> None:
    found = submitted(desk)
    with pytest.raises(NotAllowed, match="王芳 drafted or submitted this text; it is approved by another person"):
        desk.approve(found.id, actor=WANG, moment=MOMENT)
    with pytest.raises(NotAllowed, match="A text is returned with a reason"):
        desk.send_back(found.id, actor=LI, moment=MOMENT, note=" ")
    desk.send_back(found.id, actor=LI, moment=MOMENT, note="措辞须改")
    desk.redraft(found.id, clause_text(version="1.1.1"), actor=WANG, moment=MOMENT)
    with pytest.raises(InvalidText, match="The version is of the clause loan-prepayment"):
        desk.redraft(found.id, document_text(), actor=WANG, moment=MOMENT)
    assert kinds(desk, found.id) == [Kind.DRAFTED, Kind.SUBMITTED, Kind.RETURNED, Kind.DRAFTED]


def test_a_text_that_does_not_fit_is_not_stored(desk: TextDesk) -> None:
    with pytest.raises(InvalidText, match=r"write loan\.prepayment_notice"):
        desk.draft(clause_text(body="§ {{ loan.prepayment_notise }}"), actor=WANG, moment=MOMENT)
    assert desk.versions(moment=MOMENT) == ()


def test_a_day_that_has_passed_is_not_approved(desk: TextDesk) -> None:
    late = submitted(desk)
    with pytest.raises(InvalidText, match="from 2027-04-01, which has passed"):
        desk.approve(late.id, actor=LI, moment=datetime(2027, 4, 2, tzinfo=UTC))
    assert kinds(desk, late.id)[-1] is Kind.SUBMITTED


def test_a_withdrawal_counts_from_today_on_and_gives_the_place_back(desk: TextDesk) -> None:
    first = approved(desk)
    with pytest.raises(NotAllowed, match="from today, 2027-04-01, or a later day on"):
        desk.withdraw(first.id, actor=WANG, moment=APRIL, day=date(2027, 3, 31), note="有误")
    desk.withdraw(first.id, actor=WANG, moment=APRIL, day=date(2027, 4, 10), note="有误")
    assert desk.version(first.id, moment=APRIL).state is State.IN_FORCE
    assert desk.version(first.id, moment=APRIL.replace(day=10)).state is State.WITHDRAWN
    assert desk.texts(on=date(2027, 4, 9)).clauses[KEY].front.version == "1.1.0"
    assert desk.texts(on=date(2027, 4, 10)).clauses[KEY].front.version == "1.0.0"


def test_an_own_clause_stays_while_a_document_lists_it(desk: TextDesk) -> None:
    own = approved(desk, id="loan-insurance", version="1.0.0")
    listing = desk.draft(document_text(adding="loan-insurance"), actor=WANG, moment=MOMENT)
    desk.submit(listing.id, actor=WANG, moment=MOMENT)
    desk.approve(listing.id, actor=LI, moment=MOMENT)
    with pytest.raises(NotAllowed, match="Mend or withdraw the document first"):
        desk.withdraw(own.id, actor=WANG, moment=MOMENT, day=None, note="不再使用")
    desk.withdraw(listing.id, actor=WANG, moment=MOMENT, day=None, note="不再使用")
    desk.withdraw(own.id, actor=WANG, moment=MOMENT, day=None, note="不再使用")
    assert kinds(desk, own.id)[-1] is Kind.WITHDRAWN


def test_a_word_template_goes_the_same_way(desk: TextDesk) -> None:
    drafted = desk.draft(loan_word(), actor=WANG, moment=MOMENT)
    desk.submit(drafted.id, actor=WANG, moment=MOMENT)
    desk.approve(drafted.id, actor=LI, moment=MOMENT)
    (template,) = desk.texts(on=FIRST_OF_APRIL).word.values()
    assert (template.name, template.number) == ("loan-contract.zh", 1)
    assert desk.texts(on=date(2027, 3, 31)).word == {}


def _execute(database: Database, statement: str) -> None:
    with closing(database.connect()) as connection:
        connection.cursor().execute(statement)
        connection.commit()


def _refusal(database: Database, statement: str) -> str:
    driver: Any = database.failure.__mro__[1]
    with pytest.raises(driver) as caught:
        _execute(database, statement)
    return str(caught.value)


@pytest.mark.parametrize("table", ["text_version", "text_event"])
def test_what_was_stored_is_never_changed(desk: TextDesk, database: Database, table: str) -> None:
    first = approved(desk)
    for statement in (f"UPDATE {table} SET organisation_id = 'x'", f"DELETE FROM {table}"):  # noqa: S608 - no input
        assert "never changed or deleted" in _refusal(database, statement)
    assert desk.version(first.id, moment=MOMENT).version == first


@pytest.mark.parametrize("actor", [WANG, "ANNA"])
def test_the_database_itself_keeps_authors_from_reviewing(desk: TextDesk, actor: str) -> None:
    drafted = desk.draft(clause_text(), actor="Anna", moment=MOMENT)
    desk.redraft(drafted.id, clause_text(version="1.1.1"), actor=WANG, moment=MOMENT)
    found = desk.submit(drafted.id, actor=WANG, moment=MOMENT)
    last = found.history[-1]
    own = replace(last, position=4, previous=last.digest, kind=Kind.APPROVED, actor=actor, day=FIRST_OF_APRIL)
    with pytest.raises(DBAPIError, match=r"does not review it|ck_text_event_four_eyes"), desk.store.writing() as rows:
        rows.append(found, own)
    with pytest.raises(DBAPIError, match="ck_text_event_follows"), desk.store.writing() as rows:
        rows.append(found, replace(own, actor=LI, kind=Kind.SUBMITTED, day=None))
    with desk.store.writing() as rows:
        rows.append(found, replace(own, actor=LI))
    assert kinds(desk, found.id)[-1] is Kind.APPROVED


def _race(database: Database, step: str, version_id: str, together: Barrier) -> str:
    """One contender with connections of its own: what came of it."""
    desk = desk_on(database)
    desk.versions(moment=MOMENT)
    together.wait(timeout=60)
    try:
        if step == "withdraw":
            desk.withdraw(version_id, actor=WANG, moment=MOMENT, day=None, note="有误")
        else:
            desk.approve(version_id, actor=step, moment=MOMENT)
    except (NotAllowed, InvalidText) as refused:
        return type(refused).__name__
    finally:
        desk.store.engine.dispose()
    return "done"


def _at_once(database: Database, version_id: str, *steps: str) -> list[str]:
    together = Barrier(len(steps))
    with ThreadPoolExecutor(len(steps)) as threads:
        return list(threads.map(lambda step: _race(database, step, version_id, together), steps))


def test_two_approvals_and_a_withdrawal_at_once_leave_one_history(desk: TextDesk, database: Database) -> None:
    found = submitted(desk)
    came = _at_once(database, found.id, LI, "韩梅梅", "withdraw")
    history = kinds(desk, found.id)
    assert came[2] == "done"
    assert set(came[:2]) <= {"done", "NotAllowed"}
    assert history[:2] == [Kind.DRAFTED, Kind.SUBMITTED]
    assert history[2:] == [Kind.APPROVED] * came[:2].count("done") + [Kind.WITHDRAWN]
    assert came[:2].count("done") <= 1
    assert desk.texts(on=FIRST_OF_APRIL).clauses[KEY].front.version == "1.0.0"
