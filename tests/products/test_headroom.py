"""Reserving headroom: what is left, until when a reservation holds, and what cannot be counted twice."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.cumulation import (
    Bookings,
    booked_twice,
    client_balances,
    counted_together,
    takes_one_central_subsidy_at_most,
)
from products.headroom import (
    ClientReservation,
    Draw,
    Headroom,
    Held,
    Reservation,
    State,
    expiry,
    headroom,
    held_for,
    may_reserve,
)
from tests.products.builders import catalogue, ints

DAY = date(2026, 7, 22)
WAN = 1_000_000


def test_the_last_million_goes_to_one_of_two_requests() -> None:
    """A ceiling of 30 million with 29 guaranteed: the second million finds the first one's reservation."""
    before = headroom((), cap=3000 * WAN, balance=2900 * WAN, on=DAY)
    assert may_reserve(100 * WAN, before) is None
    first = Reservation(100 * WAN, DAY, expiry(DAY, days=30))
    after = headroom((first,), cap=3000 * WAN, balance=2900 * WAN, on=DAY)
    refused = may_reserve(100 * WAN, after)
    assert refused is not None
    assert refused.en == (
        "1,000,000.00 yuan were asked for, but of the ceiling of 30,000,000.00 yuan 29,000,000.00 are guaranteed and "
        "1,000,000.00 reserved, which leaves 0.00; ask for less or wait until a reservation ends."
    )
    assert "仅剩0.00元" in refused.zh


def test_a_fen_more_than_is_left_is_refused() -> None:
    left = Headroom(cap=100, balance=40, reserved=10)
    assert left.left == 50
    assert may_reserve(50, left) is None
    assert may_reserve(51, left) is not None


def test_a_balance_above_the_ceiling_leaves_nothing_rather_than_less() -> None:
    assert Headroom(cap=100, balance=120, reserved=0).left == 0


@pytest.mark.parametrize(
    ("on", "held"),
    [("2026-07-21", 0), ("2026-07-22", 5), ("2026-08-20", 5), ("2026-08-21", 0)],
)
def test_a_reservation_of_30_days_holds_for_30_days(on: str, held: int) -> None:
    """From 22 July to 20 August inclusive."""
    one = Reservation(5, DAY, expiry(DAY, days=30))
    assert one.held(date.fromisoformat(on)) == held


def test_a_reservation_used_or_released_holds_nothing_from_that_day() -> None:
    one = Reservation(5, DAY, expiry(DAY, days=30), ended_on=date(2026, 7, 25))
    assert one.held(date(2026, 7, 24)) == 5
    assert one.held(date(2026, 7, 25)) == 0


def test_the_books_say_how_long_a_reservation_holds_and_that_no_text_does() -> None:
    for programme in catalogue().programmes.values():
        days = programme.book.at(DAY).reservation_days
        assert expiry(DAY, days=days) == date(2026, 8, 21)
        assert not any(value.verified for value in programme.book.values["reservation_days"])


@pytest.mark.parametrize("amount", [0, -1])
def test_only_positive_amounts_are_reserved(amount: int) -> None:
    with pytest.raises(ValueError, match="it must be positive"):
        may_reserve(amount, Headroom(100, 0, 0))


def test_less_than_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="hold it for at least one"):
        expiry(DAY, days=0)


@given(st.integers(0, 100), st.integers(0, 100), st.lists(st.integers(1, 60), max_size=8))
def test_requests_taken_one_by_one_never_exceed_the_ceiling(cap: int, balance: int, asked: list[int]) -> None:
    made: tuple[Reservation, ...] = ()
    for amount in asked:
        if may_reserve(amount, headroom(made, cap=cap, balance=balance, on=DAY)) is None:
            made = (*made, Reservation(amount, DAY, expiry(DAY, days=1)))
    assert sum(one.amount for one in made) <= max(cap - balance, 0)


PARTLY = Reservation(10, DAY, date(2026, 8, 21), draws=(Draw(date(2026, 7, 25), 6),))
"""Ten reserved for 30 days, six of them drawn on the fourth."""


@pytest.mark.parametrize(
    ("on", "held", "from_then_on"),
    [("2026-07-21", 0, 10), ("2026-07-24", 10, 10), ("2026-07-25", 4, 4), ("2026-08-20", 4, 4), ("2026-08-21", 0, 0)],
)
def test_a_draw_takes_from_what_is_held_and_a_later_beginning_counts(on: str, held: int, from_then_on: int) -> None:
    day = date.fromisoformat(on)
    assert (PARTLY.held(day), PARTLY.held_from(day)) == (held, from_then_on)


@pytest.mark.parametrize(("stated", "drawn"), [("2026-07-24", 6), ("2026-07-25", 6), ("2026-07-26", 0)])
def test_a_draw_is_added_to_balances_stated_up_to_its_day(stated: str, drawn: int) -> None:
    left = headroom((PARTLY,), cap=100, balance=50, on=date(2026, 7, 26), stated_on=date.fromisoformat(stated))
    assert left == Headroom(cap=100, balance=50, reserved=4, drawn=drawn)
    assert left.left == 46 - drawn


def test_states_follow_from_days_and_draws() -> None:
    days = {State.RESERVED: date(2026, 8, 20), State.EXPIRED: date(2026, 8, 21)}
    assert {state: PARTLY.state(day) for state, day in days.items()} == {state: state for state in days}
    assert Reservation(6, DAY, date(2026, 8, 21), draws=PARTLY.draws).state(date(2026, 7, 25)) is State.DRAWN
    released = Reservation(6, DAY, date(2026, 8, 21), ended_on=date(2026, 7, 24))
    assert [released.state(date(2026, 7, day)) for day in (23, 24)] == [State.RESERVED, State.RELEASED]


def test_a_decision_counts_what_its_programmes_hold_and_of_it_what_its_product_holds() -> None:
    """Four still held and six drawn of one, three of another product; another fund's five do not count."""
    some = (
        ClientReservation("a", "p1", "pledge", PARTLY),
        ClientReservation("b", "p2", "credit", Reservation(3, DAY, date(2026, 8, 21))),
        ClientReservation("c", "q", "pledge", Reservation(5, DAY, date(2026, 8, 21))),
        ClientReservation("d", "p1", "pledge", Reservation(9, DAY, date(2026, 7, 23))),
    )
    together = frozenset(("p1", "p2"))
    on = date(2026, 7, 30)
    assert held_for(some, programmes=together, product="pledge", on=on, stated_on=DAY) == Held(13, 10, ("a", "b"))
    stated = date(2026, 7, 26)
    assert held_for(some, programmes=together, product="pledge", on=on, stated_on=stated) == Held(7, 4, ("a", "b"))
    before = date(2026, 7, 24)
    assert held_for(some, programmes=together, product="credit", on=before, stated_on=DAY).guaranteed == 13


def test_the_programmes_of_the_national_fund_are_counted_together_once_they_are_in_force() -> None:
    """财金〔2026〕6号 begins on 19 January 2026; that the balances are one is a default that no text says."""
    programmes = catalogue().programmes
    scitech = programmes["cn-scitech-2024"]
    assert counted_together(scitech, programmes.values(), date(2026, 1, 18)) == {"cn-scitech-2024", "cn-batch-2023"}
    assert counted_together(scitech, programmes.values(), date(2026, 1, 19)) == set(programmes)
    assert not any(value.verified for value in scitech.book.values["cumulation_group"])


def bookings(*rows: tuple[int, int, int, int]) -> Bookings:
    loan, client, programme, balance = (ints(*values) for values in zip(*rows, strict=True))
    return Bookings(loan, client, programme, balance)


def test_a_loan_under_two_programmes_is_booked_twice() -> None:
    found = booked_twice(bookings((1, 0, 0, 10), (2, 0, 1, 20), (1, 0, 1, 10), (3, 1, 1, 5), (3, 1, 1, 5)))
    assert found.tolist() == [True, False, True, False, False]


def test_a_loan_counts_once_for_its_client() -> None:
    """Loan 1 under two programmes at 10 and 12: 12; with loan 2: 32. Client 2 has none."""
    of = bookings((1, 0, 0, 10), (2, 0, 1, 20), (1, 0, 1, 12), (3, 1, 1, 5))
    assert client_balances(of, clients=3).tolist() == [32, 5, 0]


def test_a_loan_takes_one_central_subsidy_at_most() -> None:
    """Two central and a local one: a central with the local is kept, both central are not."""
    central = np.array([True, True, False])
    taken = np.array([[True, False, True], [True, True, False], [False, False, True], [False, False, False]])
    assert takes_one_central_subsidy_at_most(taken, central).tolist() == [True, False, True, True]
