"""Revisions in the database: constraints, triggers, and one history whoever else is at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from api.revisions.desk import Desk, UnknownRevision
from api.revisions.live import LiveUnderwriter
from api.revisions.store import RevisionStore, StoredRevision
from api.settings import Settings
from api.storage.connections import Database
from api.storage.engine import engine_for
from api.wiring import underwriter
from products.revising import history as life
from products.revising.content import InvalidRevision
from products.revising.history import FOLLOWS, Kind, NotAllowed
from products.revising.lines import State
from tests.api.racing import at_once, wait_for_the_others
from tests.api.rows import register
from tests.products.revising.contents import APRIL, LI, MOMENT, WANG, content, installed

NOON = datetime(2027, 4, 1, 4, 0, tzinfo=UTC)
MIDNIGHT = datetime(2027, 3, 31, 16, 0, tzinfo=UTC)
"""The first moment of 1 April in China."""


def desk_on(database: Database, *, organisation: str = "default") -> Desk:
    """A desk with connections of its own."""
    store = RevisionStore(database, engine_for(database, pool_size=2), organisation)
    return Desk(store=store, catalogue=installed(), key=None, utc_offset_minutes=480)


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """The desk of the default organisation over a migrated database."""
    register(database)
    made = desk_on(database)
    yield made
    made.store.engine.dispose()


def submitted(desk: Desk, **head: object) -> StoredRevision:
    """A revision that Wang wrote and submitted."""
    drafted = desk.draft(content(None, **head), actor=WANG, moment=MOMENT)
    return desk.submit(drafted.id, actor=WANG, moment=MOMENT)


def approved(desk: Desk, **head: object) -> StoredRevision:
    """A revision that Wang wrote and Li approved."""
    return desk.approve(submitted(desk, **head).id, actor=LI, moment=MOMENT)


def kinds(desk: Desk, revision_id: str) -> list[Kind]:
    """What happened to a revision, in order; its history must be intact."""
    found = desk.revision(revision_id, moment=MOMENT).revision
    assert life.intact(found.history)
    return [each.kind for each in found.history]


def test_a_revision_is_read_back_as_it_was_written(desk: Desk) -> None:
    first = approved(desk)
    read = desk.revision(first.id, moment=MOMENT)
    assert read.revision == first
    assert read.revision.content.plain() == content().plain()
    assert (read.state, read.revision.number) == (State.APPROVED, 1)
    assert desk.revision(first.id, moment=NOON).state is State.EFFECTIVE
    assert submitted(desk, effective_from="2027-05-01").number == 2


def test_a_returned_revision_is_drafted_again_by_the_same_line(desk: Desk) -> None:
    first = submitted(desk)
    desk.send_back(first.id, actor=LI, moment=MOMENT, note="费率须说明")
    again = desk.redraft(first.id, content({"amount_cap": "4000000"}), actor=WANG, moment=MOMENT)
    assert again.content.changes["amount_cap"].value == "4000000"
    assert kinds(desk, first.id) == [Kind.DRAFTED, Kind.SUBMITTED, Kind.RETURNED, Kind.DRAFTED]
    with pytest.raises(InvalidRevision, match="belongs to the line innovation-credit/spring"):
        desk.redraft(first.id, content(None, slug="autumn"), actor=WANG, moment=MOMENT)


def test_an_approved_revision_is_drafted_no_more(desk: Desk) -> None:
    first = approved(desk)
    with pytest.raises(NotAllowed, match="is approved and cannot be drafted"):
        desk.redraft(first.id, content({"amount_cap": "4000000"}), actor=WANG, moment=MOMENT)
    assert desk.revision(first.id, moment=MOMENT).revision == first


def test_another_organisations_revisions_are_not_there(desk: Desk, database: Database) -> None:
    first = approved(desk)
    register(database, "other-bank")
    other = desk_on(database, organisation="other-bank")
    assert other.revisions(moment=MOMENT) == ()
    with pytest.raises(UnknownRevision, match="There is no revision"):
        other.withdraw(first.id, actor=WANG, moment=MOMENT, day=None, note="x")
    other.store.engine.dispose()


def _execute(database: Database, statement: str) -> None:
    with closing(database.connect()) as connection:
        connection.cursor().execute(statement)
        connection.commit()


def _refusal(database: Database, statement: str) -> str:
    driver: Any = database.failure.__mro__[1]
    with pytest.raises(driver) as caught:
        _execute(database, statement)
    return str(caught.value)


@pytest.mark.parametrize("table", ["revision", "revision_event"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET organisation_id = 'x'", "DELETE FROM {}"])
def test_what_was_stored_is_never_changed(desk: Desk, database: Database, table: str, statement: str) -> None:
    first = approved(desk)
    assert "never changed or deleted" in _refusal(database, statement.format(table))
    assert desk.revision(first.id, moment=MOMENT).revision == first


def _insert_by_force(desk: Desk, found: StoredRevision, event: life.Event) -> None:
    """Store an event past the domain."""
    said = found.content if event.kind is Kind.DRAFTED else None
    with desk.store.writing() as rows:
        rows.append(found, event, said)


@pytest.mark.parametrize("actor", [WANG, "Anna", "anna"])
@pytest.mark.parametrize("kind", [Kind.APPROVED, Kind.RETURNED])
def test_the_database_itself_keeps_authors_from_reviewing(desk: Desk, actor: str, kind: Kind) -> None:
    drafted = desk.draft(content(), actor="Anna", moment=MOMENT)
    desk.redraft(drafted.id, content(), actor=WANG, moment=MOMENT)
    found = desk.submit(drafted.id, actor=WANG, moment=MOMENT)
    day = APRIL if kind is Kind.APPROVED else None
    own = replace(_next(found), kind=kind, actor=actor, day=day)
    with pytest.raises(DBAPIError, match=r"does not review it|ck_revision_event_four_eyes"):
        _insert_by_force(desk, found, own)
    _insert_by_force(desk, found, replace(own, actor=LI))
    assert kinds(desk, found.id)[-1] is kind


def _next(found: StoredRevision) -> life.Event:
    last = found.history[-1]
    return replace(last, position=last.position + 1, previous=last.digest)


WAYS = (
    (Kind.DRAFTED,),
    (Kind.DRAFTED, Kind.SUBMITTED),
    (Kind.DRAFTED, Kind.SUBMITTED, Kind.RETURNED),
    (Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED),
    (Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED, Kind.PUBLISHED),
    (Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED, Kind.PUBLISHED, Kind.SUPERSEDED),
    (Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED, Kind.PUBLISHED, Kind.ENDED),
    (Kind.DRAFTED, Kind.WITHDRAWN),
)
REVIEWS = (Kind.APPROVED, Kind.RETURNED)
DATED = (Kind.APPROVED, Kind.PUBLISHED, Kind.SUPERSEDED, Kind.ENDED, Kind.WITHDRAWN)


def test_the_database_admits_exactly_the_events_the_domain_admits(desk: Desk) -> None:
    for way in WAYS:
        for kind in Kind:
            found = desk.draft(content(None, slug="way"), actor=WANG, moment=MOMENT)
            for step in way[1:]:
                event = _as(found, step)
                _insert_by_force(desk, found, event)
                found = replace(found, history=(*found.history, event))
            if way[-1] in FOLLOWS[kind]:
                _insert_by_force(desk, found, _as(found, kind))
            else:
                with pytest.raises(DBAPIError, match="ck_revision_event_follows"):
                    _insert_by_force(desk, found, _as(found, kind))


def _as(found: StoredRevision, kind: Kind) -> life.Event:
    actor = LI if kind in REVIEWS else WANG
    return replace(_next(found), kind=kind, actor=actor, day=APRIL if kind in DATED else None)


def test_an_event_that_skips_one_or_points_elsewhere_is_refused(desk: Desk) -> None:
    found = submitted(desk)
    event = replace(_next(found), kind=Kind.APPROVED, actor=LI, day=APRIL)
    with pytest.raises(DBAPIError, match="ck_revision_event_first"):
        _insert_by_force(desk, found, replace(event, position=4))
    forged = replace(found, history=(*found.history[:-1], replace(found.history[-1], note="forged")))
    with pytest.raises(DBAPIError, match=r"(?i)foreign key|fk_revision_event_revision_event"):
        _insert_by_force(desk, forged, event)


def test_a_withdrawal_counts_from_today_on(desk: Desk) -> None:
    first = approved(desk)
    with pytest.raises(NotAllowed, match="from today, 2027-04-01, or a later day on"):
        desk.withdraw(first.id, actor=WANG, moment=NOON, day=date(2027, 3, 31), note="停售")
    desk.withdraw(first.id, actor=WANG, moment=NOON, day=date(2027, 4, 10), note="停售")
    assert kinds(desk, first.id)[-2:] == [Kind.PUBLISHED, Kind.WITHDRAWN]
    assert desk.revision(first.id, moment=NOON).state is State.EFFECTIVE
    assert desk.revision(first.id, moment=NOON.replace(day=10)).state is State.WITHDRAWN


def test_approvals_keep_days_apart_and_a_withdrawn_day_is_free_again(desk: Desk) -> None:
    first, second = approved(desk), submitted(desk)
    with pytest.raises(InvalidRevision, match="has an approved revision from 2027-04-01 on already"):
        desk.approve(second.id, actor=LI, moment=MOMENT)
    desk.withdraw(first.id, actor=WANG, moment=MOMENT, day=None, note="换版")
    desk.approve(second.id, actor=LI, moment=MOMENT)
    assert desk.revision(second.id, moment=NOON).state is State.EFFECTIVE


def test_publication_records_each_day_once_however_late(desk: Desk) -> None:
    first, second = approved(desk), approved(desk, effective_from="2027-05-01")
    assert desk.publish(moment=MOMENT) == ()
    changed = desk.publish(moment=datetime(2027, 6, 1, tzinfo=UTC))
    assert {each.id for each in changed} == {first.id, second.id}
    assert kinds(desk, first.id)[-2:] == [Kind.PUBLISHED, Kind.SUPERSEDED]
    assert desk.publish(moment=datetime(2027, 6, 1, tzinfo=UTC)) == ()


def test_what_is_in_force_is_what_a_revision_is_compared_with(desk: Desk) -> None:
    first = approved(desk)
    second = desk.draft(content({"amount_cap": "6000000"}, effective_from="2027-05-01"), actor=WANG, moment=MOMENT)
    alone = {each.path: each.zh for each in desk.differences(first.id, None)}
    assert alone == {"changes.amount_cap": "单户最高金额：由30,000,000.00改为5,000,000.00。"}
    found = {each.path: each.en for each in desk.differences(second.id, None)}
    assert found["changes.amount_cap"] == "Highest amount per client changes from 5,000,000.00 to 6,000,000.00."
    assert {each.path: each.en for each in desk.differences(first.id, second.id)}["effective_from"] == (
        "The first day changes from 2027-05-01 to 2027-04-01."
    )


def test_an_underwriter_learns_of_an_approval_after_five_seconds(desk: Desk, database: Database) -> None:
    moments = [MOMENT]
    settings = Settings(database_url="sqlite:///unused.db")
    live = LiveUnderwriter(underwriter(settings), desk.store, clock=lambda: moments[-1])
    assert live.stale
    before = live.refresh()
    assert before.catalogue.offerings.keys() == live.installed.catalogue.offerings.keys()
    assert live.refresh() is before
    approved(desk)
    moments.append(MOMENT.replace(second=4))
    assert not live.stale
    moments.append(MOMENT.replace(second=5))
    assert live.stale
    offering = live.refresh().catalogue.offering("innovation-credit", "spring")
    assert offering.book.at(APRIL).amount_cap == 500_000_000
    live.installed.catalogue.host.close()


def _race(job: tuple[Database, str, str, datetime]) -> str:
    """One contender in a process of its own: what came of it."""
    database, step, revision_id, moment = job
    desk = desk_on(database)
    desk.revisions(moment=moment)
    wait_for_the_others()
    try:
        if step == "publish":
            return f"published {len(desk.publish(moment=moment))}"
        if step == "withdraw":
            desk.withdraw(revision_id, actor=WANG, moment=moment, day=None, note="停售")
        else:
            desk.approve(revision_id, actor=step, moment=moment)
    except (NotAllowed, InvalidRevision) as refused:
        return type(refused).__name__
    finally:
        desk.store.engine.dispose()
    return "done"


def _at_once(*jobs: tuple[Database, str, str, datetime]) -> list[str]:
    return at_once(_race, *jobs)


@pytest.mark.slow
def test_two_approvals_at_once_are_one(desk: Desk, database: Database) -> None:
    found = submitted(desk)
    came = _at_once((database, LI, found.id, MOMENT), (database, "韩梅梅", found.id, MOMENT))
    assert sorted(came) == ["NotAllowed", "done"]
    assert kinds(desk, found.id) == [Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED]


@pytest.mark.slow
def test_two_revisions_approved_at_once_for_one_day_are_one(desk: Desk, database: Database) -> None:
    first, second = submitted(desk), submitted(desk)
    came = _at_once((database, LI, first.id, MOMENT), (database, LI, second.id, MOMENT))
    assert sorted(came) == ["InvalidRevision", "done"]
    last = sorted(kinds(desk, each.id)[-1] for each in (first, second))
    assert last == [Kind.APPROVED, Kind.SUBMITTED]


@pytest.mark.slow
def test_approval_and_withdrawal_at_once_leave_one_history(desk: Desk, database: Database) -> None:
    found = submitted(desk)
    came = _at_once((database, LI, found.id, MOMENT), (database, "withdraw", found.id, MOMENT))
    told = kinds(desk, found.id)
    if came == ["done", "done"]:
        assert told == [Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED, Kind.WITHDRAWN]
    else:
        assert came == ["NotAllowed", "done"]
        assert told == [Kind.DRAFTED, Kind.SUBMITTED, Kind.WITHDRAWN]
    assert desk.revision(found.id, moment=NOON).state is State.WITHDRAWN


@pytest.mark.slow
def test_publication_at_midnight_in_two_processes_is_one(desk: Desk, database: Database) -> None:
    first = approved(desk, effective_from="2027-03-15")
    second = approved(desk)
    came = _at_once((database, "publish", "", MIDNIGHT), (database, "publish", "", MIDNIGHT))
    assert sorted(came) == ["published 0", "published 2"]
    assert kinds(desk, first.id)[-2:] == [Kind.PUBLISHED, Kind.SUPERSEDED]
    assert kinds(desk, second.id)[-1] is Kind.PUBLISHED
    assert desk.publish(moment=MIDNIGHT) == ()
