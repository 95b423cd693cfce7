"""Headroom reserved in the database: by decision, once, for so long, and never more than there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import pytest

from api.headroom import views
from api.headroom.checks import NoHeadroomLeft, NotPossible, Unknown
from api.headroom.values import ListFilter
from api.storage.connections import Database
from api.storage.ledger import KeyReusedError
from products.headroom import State
from tests.api.headroom import ON, USCC, WAN, Bank, act, bank
from tests.api.rows import register

OTHER = "91510100MA6XX0TE5X"
THIRD = "91510100MA6XX0TE6X"
"""Credit codes of other enterprises; the storage checks none."""

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])
"""Marks what is refused or allowed by the domain alone, whatever database holds the rows."""


@pytest.fixture
def ours(database: Database) -> Iterator[Bank]:
    """A bank over an empty database."""
    register(database)
    with bank(database) as made:
        yield made


def _count(ours: Bank, table: str) -> int:
    with closing(ours.desk.store.database.connect()) as connection:
        cursor: Any = connection.cursor()
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a table of the test
        return int(cursor.fetchone()[0])


def _short(ours: Bank, decision_id: str, on: date = ON) -> dict[str, int]:
    """What each ceiling that is too low still leaves, fen."""
    before = _count(ours, "headroom_reservation")
    with pytest.raises(NoHeadroomLeft) as caught:
        ours.reserve(decision_id, on=on)
    assert _count(ours, "headroom_reservation") == before
    return {name: why.headroom.left for name, why in caught.value.short.items()}


def _state(ours: Bank, reservation_id: str, on: date) -> State:
    return views.one(ours.desk, reservation_id).reservation.state(on)


def test_amount_enterprise_programme_and_balance_come_out_of_what_is_stored(ours: Bank) -> None:
    decision = ours.approved(250, balance="4000000.00")
    found = views.one(ours.desk, ours.reserve(decision))
    assert (found.applicant, found.programme, found.product, found.year) == (USCC, "cn-scitech-2024", "ip-pledge", 2026)
    assert found.reservation.amount == 250 * WAN
    assert (found.enterprise.cap, found.enterprise.balance, found.stated_on) == (
        3000 * WAN,
        400 * WAN,
        date(2026, 7, 22),
    )
    assert found.reservation.expires_on == date(2026, 8, 22)  # 30 days from 23 July


def test_the_last_million_is_reserved_once(ours: Bank) -> None:
    """29 million guaranteed of 30: the first of two decisions takes the last million, the second hears why."""
    first, second = (ours.approved(100, balance="29000000.00") for _ in range(2))
    ours.reserve(first)
    with pytest.raises(
        NoHeadroomLeft, match=r"of the ceiling of 30,000,000.00 yuan 29,000,000.00 are guaranteed and 1,000,000.00"
    ):
        ours.reserve(second)
    assert _count(ours, "headroom_reservation") == 1


def test_a_reservation_that_expires_leaves_its_headroom_from_that_day_on_with_nothing_done(ours: Bank) -> None:
    first, second = (ours.approved(100, balance="29000000.00") for _ in range(2))
    kept = ours.reserve(first, days=10)
    last = ON + timedelta(days=9)
    assert _state(ours, kept, last) is State.RESERVED
    assert _short(ours, second, on=last) == {"enterprise": 0}
    assert _state(ours, kept, last + timedelta(days=1)) is State.EXPIRED
    ours.reserve(second, on=last + timedelta(days=1))


@one_database
def test_a_day_in_the_past_does_not_get_around_what_was_reserved_later(ours: Bank) -> None:
    first, second = (ours.approved(100, balance="29000000.00") for _ in range(2))
    ours.reserve(first, on=ON + timedelta(days=5))
    assert _short(ours, second, on=ON) == {"enterprise": 0}


def test_programmes_of_one_fund_share_the_balance_and_keep_their_own_ceilings(ours: Bank) -> None:
    """15 million under the sci-tech programme leave 5 of the 20 of the private-investment programme."""
    ours.reserve(ours.approved(1500))
    private = "cn-private-investment-2026"
    assert _short(ours, ours.approved(501, programme=private)) == {"enterprise": 500 * WAN}
    ours.reserve(ours.approved(500, programme=private, product="innovation-credit"))
    left = {one.programme: one.left.left for one in views.enterprise(ours.desk, USCC, ON).ceilings}
    assert left == {"cn-scitech-2024": 1000 * WAN, private: 0, "cn-batch-2023": 0}


@one_database
def test_enterprises_do_not_share_a_ceiling(ours: Bank) -> None:
    ours.reserve(ours.approved(3000))
    ours.reserve(ours.approved(3000, uscc=OTHER))


def test_the_newest_statement_of_the_balance_counts(ours: Bank) -> None:
    """The decision's own application says nothing is guaranteed; a later one of the enterprise says 29.5 million."""
    decision = ours.approved(100)
    ours.approved(10, balance="29500000.00", applied_on=date(2026, 7, 23))
    ours.approved(10, balance=None, applied_on=date(2026, 7, 23))
    assert _short(ours, decision) == {"enterprise": 50 * WAN}


@one_database
def test_without_a_stated_balance_nothing_is_reserved(ours: Bank) -> None:
    decision = ours.approved(balance=None)
    with pytest.raises(NotPossible, match="states its guaranteed balance; decide one that does") as caught:
        ours.reserve(decision)
    assert caught.value.place == "credit.guaranteed_balance"


@one_database
def test_the_ceiling_is_that_of_the_day_of_application(ours: Bank) -> None:
    """Ten million before 24 July 2024."""
    early = date(2024, 7, 23)
    assert _short(ours, ours.approved(1001, applied_on=early)) == {"enterprise": 1000 * WAN}
    ours.reserve(ours.approved(1000, applied_on=early))


@one_database
@pytest.mark.parametrize("outcome", ["refer", "decline"])
def test_only_approvals_are_reserved(ours: Bank, outcome: str) -> None:
    with pytest.raises(NotPossible, match=f"outcome is {outcome}; only an approved amount can be reserved"):
        ours.reserve(ours.approved(outcome=outcome))


@one_database
def test_a_decision_is_reserved_on_its_day_or_later(ours: Bank) -> None:
    with pytest.raises(NotPossible, match="made on 2026-07-23; reserve on that day or later, not on 2026-07-22"):
        ours.reserve(ours.approved(), on=date(2026, 7, 22))


def test_a_decision_holds_one_reservation_at_a_time(ours: Bank) -> None:
    decision = ours.approved()
    kept = ours.reserve(decision)
    with pytest.raises(NotPossible, match=f"reserved as {kept} until 2026-08-22; draw or release"):
        ours.reserve(decision)
    ours.desk.release(kept, on=ON, act=act())
    assert ours.reserve(decision) != kept


def test_a_repeated_request_is_granted_once_and_answered_the_same(ours: Bank) -> None:
    decision = ours.approved()
    first = ours.desk.reserve(decision, on=ON, act=act("k1"))
    again = ours.desk.reserve(decision, on=ON, act=act("k1"))
    assert (first.replayed, again.replayed) == (False, True)
    assert first.reservation.id == again.reservation.id
    drawn = [ours.desk.draw(again.reservation.id, on=ON, act=act("k2"), amount=40 * WAN) for _ in range(2)]
    assert [one.reservation.reservation.drawn for one in drawn] == [40 * WAN, 40 * WAN]
    with pytest.raises(KeyReusedError):
        ours.desk.reserve(ours.approved(), on=ON, act=act("k1", fingerprint="e" * 64))
    assert _count(ours, "headroom_event") == 1


def test_what_is_drawn_stays_taken_after_the_reservation_has_expired(ours: Bank) -> None:
    """20 of 30 million reserved, 12 drawn: 18 are left once the rest has expired."""
    kept = ours.reserve(ours.approved(2000))
    ours.desk.draw(kept, on=ON, act=act(), amount=1200 * WAN)
    other = ours.approved(1801)
    assert _short(ours, other) == {"enterprise": 1000 * WAN}
    later = date(2026, 8, 22)
    assert _state(ours, kept, later) is State.EXPIRED
    assert _short(ours, other, on=later) == {"enterprise": 1800 * WAN}


@one_database
@pytest.mark.parametrize(("stated", "left"), [(date(2026, 7, 23), 0), (date(2026, 7, 24), 1000 * WAN)])
def test_a_balance_stated_after_a_draw_already_holds_it(ours: Bank, stated: date, left: int) -> None:
    """20 million drawn on 23 July: a balance stated that day does not have them yet, one of the next day does."""
    kept = ours.reserve(ours.approved(2000))
    ours.desk.draw(kept, on=ON, act=act())
    assert _state(ours, kept, ON) is State.DRAWN
    decision = ours.approved(1001, balance="20000000.00", applied_on=stated)
    assert _short(ours, decision, on=date(2026, 7, 24)) == {"enterprise": left}


@one_database
def test_a_draw_is_no_more_than_what_is_reserved(ours: Bank) -> None:
    kept = ours.reserve(ours.approved(100))
    ours.desk.draw(kept, on=ON, act=act(), amount=60 * WAN)
    for amount in (0, 40 * WAN + 1):
        with pytest.raises(NotPossible, match=r"cannot be drawn of 400,000.00 still reserved") as caught:
            ours.desk.draw(kept, on=ON, act=act(), amount=amount)
        assert caught.value.place == "amount"
    ours.desk.draw(kept, on=ON, act=act(), amount=40 * WAN)
    assert _state(ours, kept, ON) is State.DRAWN
    with pytest.raises(NotPossible, match="was drawn in full by 2026-07-23"):
        ours.desk.draw(kept, on=ON, act=act())


@one_database
def test_what_has_ended_is_neither_drawn_nor_released(ours: Bank) -> None:
    expired, released = ours.reserve(ours.approved(), days=1), ours.reserve(ours.approved())
    ours.desk.release(released, on=ON, act=act())
    for kept, why in ((expired, "expired on 2026-07-24"), (released, "was released on 2026-07-23")):
        for step in (ours.desk.draw, ours.desk.release):
            with pytest.raises(NotPossible, match=f"{why}; reserve the decision again"):
                step(kept, on=date(2026, 7, 24), act=act())


@one_database
def test_nothing_happens_to_a_reservation_before_what_happened_to_it(ours: Bank) -> None:
    kept = ours.reserve(ours.approved(), on=date(2026, 7, 25))
    with pytest.raises(NotPossible, match="last changed on 2026-07-25; act on that day or later, not on 2026-07-24"):
        ours.desk.draw(kept, on=date(2026, 7, 24), act=act())


@one_database
def test_a_drawn_decision_is_not_reserved_again(ours: Bank) -> None:
    decision = ours.approved()
    ours.desk.draw(ours.reserve(decision), on=ON, act=act(), amount=WAN)
    with pytest.raises(NotPossible, match=r"10,000.00 yuan of the decision were drawn from reservation"):
        ours.reserve(decision, on=date(2026, 12, 1))


@one_database
@pytest.mark.parametrize("after_days", [0, 40])
def test_a_withdrawn_decision_gives_back_and_is_never_reserved_again(ours: Bank, after_days: int) -> None:
    """By the decision's own id, before or after its reservation has expired."""
    decision = ours.approved(3000)
    ours.reserve(decision)
    on = ON + timedelta(days=after_days)
    ours.desk.release(decision, on=on, act=act(), withdrawn=True)
    with pytest.raises(NotPossible, match=f"The decision was withdrawn on {on} by Li; decide anew"):
        ours.reserve(decision, on=on)
    ours.reserve(ours.approved(3000), on=on)


@one_database
def test_days_are_at_most_the_programmes(ours: Bank) -> None:
    decision = ours.approved()
    for days in (0, 31):
        with pytest.raises(NotPossible, match=f"cannot be held for {days} days; the programme holds it for 1 to 30"):
            ours.reserve(decision, days=days)
    ours.reserve(decision, days=30)


def test_a_quota_is_shared_by_enterprises_within_its_programme_and_year(ours: Bank) -> None:
    """50 million for 2026: 30 reserved and 10 drawn leave 10; neither another programme's nor another year's count."""
    ours.desk.set_quota("cn-scitech-2024", 2026, 5000 * WAN, act=act())
    ours.reserve(ours.approved(3000))
    ours.desk.draw(ours.reserve(ours.approved(1000, uscc=OTHER)), on=ON, act=act())
    ours.reserve(ours.approved(900, uscc=THIRD, programme="cn-batch-2023"))
    third = ours.approved(1001, uscc=THIRD)
    assert _short(ours, third) == {"quota": 1000 * WAN}
    ours.reserve(third, on=date(2027, 1, 4))
    ours.desk.set_quota("cn-scitech-2024", 2026, 6000 * WAN, act=act())
    ours.reserve(ours.approved(1000, uscc=THIRD))


def test_what_a_quota_holds_is_what_its_reservations_hold_one_by_one(ours: Bank) -> None:
    """Drawn in part, drawn whole, released, withdrawn after expiry, expired and untouched ones, on any day."""
    held = [
        ours.reserve(ours.approved(wan, uscc=OTHER), days=days) for wan, days in enumerate([3, 5, 5, 9, 9, 9, 12], 1)
    ]
    ours.desk.draw(held[5], on=ON, act=act(), amount=2 * WAN)
    ours.desk.draw(held[5], on=ON + timedelta(days=2), act=act(), amount=1 * WAN)
    ours.desk.draw(held[1], on=ON + timedelta(days=1), act=act())
    ours.desk.release(held[5], on=ON + timedelta(days=4), act=act())
    ours.desk.release(held[3], on=ON + timedelta(days=3), act=act())
    ours.desk.release(held[0], on=ON + timedelta(days=6), act=act(), withdrawn=True)
    for day in (ON + timedelta(days=number) for number in range(14)):
        with ours.desk.store.reading() as rows:
            counted = rows.quota_of("cn-scitech-2024", 2026)
            one_by_one = sum(one.held_from(day) for one in counted.reservations(unexpired_on=day))
            assert counted.held(on=day) == one_by_one
    with ours.desk.store.reading() as rows:  # 3 + 5 + 7 untouched, 4 of the sixth's 6 left, 1, 2 and 4 whole
        assert rows.quota_of("cn-scitech-2024", 2026).held(on=ON) == 26 * WAN


@one_database
def test_both_ceilings_are_named_where_both_are_short(ours: Bank) -> None:
    ours.desk.set_quota("cn-scitech-2024", 2026, 0, act=act())
    assert _short(ours, ours.approved(100, balance="29500000.00")) == {"enterprise": 50 * WAN, "quota": 0}


@one_database
def test_a_quota_is_for_a_programme_that_there_is(ours: Bank) -> None:
    with pytest.raises(Unknown, match=r"There is no programme 'cn-scitech' here\. There are cn-batch-2023, "):
        ours.desk.set_quota("cn-scitech", 2026, WAN, act=act())


def test_the_summary_adds_up_by_programme_and_year(ours: Bank) -> None:
    ours.desk.set_quota("cn-scitech-2024", 2026, 5000 * WAN, act=act())
    ours.reserve(ours.approved(300), days=7)
    ours.reserve(ours.approved(200, uscc=OTHER), days=8)
    ours.desk.draw(ours.reserve(ours.approved(100, uscc=THIRD)), on=ON, act=act(), amount=60 * WAN)
    (found,) = views.by_programme(ours.desk, ON)
    assert (found.reservations, found.reserved, found.drawn, found.soon) == (3, 540 * WAN, 60 * WAN, 300 * WAN)
    assert found.left == 4400 * WAN
    (later,) = views.by_programme(ours.desk, ON + timedelta(days=8))
    assert (later.reservations, later.reserved, later.left) == (1, 40 * WAN, 4900 * WAN)


def test_the_list_is_newest_first_and_filtered_as_of_a_day(ours: Bank) -> None:
    made = [ours.reserve(ours.approved(10), days=days) for days in (5, 10, 15)]
    ours.desk.release(made[2], on=ON, act=act())

    def ids(**which: Any) -> list[str]:
        on = which.pop("on", ON)
        found = views.listed(ours.desk, ListFilter(on=on, **which), before=None, limit=10)
        return [one.id for one in found]

    assert ids() == made[::-1]
    assert ids(state=State.RESERVED) == [made[1], made[0]]
    assert ids(state=State.RELEASED) == [made[2]]
    assert ids(state=State.EXPIRED, on=ON + timedelta(days=5)) == [made[0]]
    assert ids(expiring_before=ON + timedelta(days=6)) == [made[0]]
    assert ids(applicant=OTHER) == ids(programme="cn-batch-2023") == []
    page = views.listed(ours.desk, ListFilter(on=ON), before=made[2], limit=1)
    assert [one.id for one in page] == [made[1]]


def test_the_row_itself_must_fit_under_its_ceiling(ours: Bank) -> None:
    """A reservation put in behind the desk's back is refused by the database if its own figures do not add up."""
    ours.reserve(ours.approved())
    with closing(ours.desk.store.database.connect()) as connection:
        cursor = connection.cursor()
        copied = (
            "INSERT INTO headroom_reservation SELECT organisation_id, 'copy', created_at, decision_id, applicant_uscc, "
            "product, programme, year, {amount}, made_on, expires_on, cap_fen, balance_fen, balance_on, drawn_fen, "
            "reserved_fen, quota_fen, quota_taken_fen, actor, note, NULL, NULL FROM headroom_reservation"
        )
        with pytest.raises(Exception, match="ck_headroom_reservation_cap"):
            cursor.execute(copied.format(amount=3000 * WAN + 1))
        connection.rollback()
        cursor.execute(copied.format(amount=3000 * WAN))
        connection.rollback()


def test_another_organisation_sees_and_counts_nothing(ours: Bank) -> None:
    decision = ours.approved(3000)
    kept = ours.reserve(decision)
    register(ours.desk.store.database, "other-bank")
    with bank(ours.desk.store.database, "other-bank") as theirs:
        with pytest.raises(Unknown, match="There is no decision"):
            theirs.reserve(decision)
        for step in (theirs.desk.draw, theirs.desk.release):
            with pytest.raises(Unknown, match="There is no reservation"):
                step(kept, on=ON, act=act())
        assert views.listed(theirs.desk, ListFilter(on=ON), before=None, limit=10) == ()
        assert views.by_programme(theirs.desk, ON) == ()
        with pytest.raises(Unknown, match="There is no enterprise"):
            views.enterprise(theirs.desk, USCC, ON)
        theirs.reserve(theirs.approved(3000))
