"""Months, day counts and closed days: published definitions on both sides of their limits."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.columns import Ints
from products.dated_yaml import BadBook
from products.repayment.business_days import load_calendar
from products.repayment.calendars import (
    YEAR,
    BusinessCalendar,
    DayCount,
    Rolling,
    add_months,
    day_count,
    month_and_day,
)
from tests.products.builders import ints

EPOCH = date(1970, 1, 1).toordinal()


def column(*texts: str) -> Ints:
    return np.array([date.fromisoformat(text).toordinal() - EPOCH for text in texts], dtype=np.int64)


def iso(day: Ints) -> list[str]:
    return [date.fromordinal(EPOCH + int(item)).isoformat() for item in day]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 2, "2024-03-31"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-12-15", 1, "2025-01-15"),
        ("1969-11-30", 3, "1970-02-28"),
    ],
)
def test_months_keep_their_day_where_the_month_has_it(start: str, months: int, end: str) -> None:
    assert iso(add_months(column(start), months)) == [end]


@pytest.mark.parametrize(
    ("convention", "start", "end", "days"),
    [
        # ISDA 2006 definitions, 4.16(f): the 31st as start is the 30th; as end only if the start is the 30th
        (DayCount.THIRTY_360, "2026-01-31", "2026-03-31", 60),
        (DayCount.THIRTY_360, "2026-01-15", "2026-03-31", 76),
        (DayCount.THIRTY_360, "2026-02-28", "2026-03-31", 33),
        # 4.16(g): every 31st is the 30th
        (DayCount.THIRTY_E_360, "2026-01-15", "2026-03-31", 75),
        (DayCount.THIRTY_E_360, "2026-02-28", "2026-03-31", 32),
        (DayCount.MONTHS_360, "2026-01-31", "2026-02-28", 30),
        (DayCount.MONTHS_360, "2026-01-15", "2026-03-31", 76),
        (DayCount.ACT_360, "2024-02-28", "2024-03-01", 2),
        (DayCount.ACT_365, "2023-02-28", "2023-03-01", 1),
        (DayCount.ACT_ACT, "2023-12-31", "2024-01-02", 366 + 365),
        (DayCount.ACT_ACT, "2024-01-01", "2025-01-01", 365 * 366),
        (DayCount.ACT_ACT, "2023-01-01", "2024-01-01", 365 * 366),
    ],
)
def test_day_counts_follow_their_definition(convention: DayCount, start: str, end: str, days: int) -> None:
    assert day_count(column(start), column(end), convention, anchor=column(start)).tolist() == [days]


@given(st.integers(-30_000, 60_000), st.integers(0, 600), st.sampled_from(DayCount))
def test_whole_years_count_as_years_but_for_actual_days(start: int, months: int, convention: DayCount) -> None:
    first = np.array([start], dtype=np.int64)
    end = add_months(first, months)
    counted = int(day_count(first, end, convention, anchor=first)[0])
    years = months / 12
    assert abs(counted / YEAR[convention] - years) <= (months * 0.0014 + 0.012)
    if convention is DayCount.MONTHS_360:
        assert counted == 30 * months


@given(st.lists(st.integers(-719_162, 376_199), min_size=1, max_size=3))
def test_few_days_have_the_month_that_they_have_among_many_and_in_pythons_calendar(days: list[int]) -> None:
    many = np.concatenate([ints(*days), np.arange(200)])
    expected = [date.fromordinal(day + EPOCH) for day in days]

    months, within = month_and_day(ints(*days))

    assert [(month // 12 + 1970, month % 12 + 1) for month in months.tolist()] == [(d.year, d.month) for d in expected]
    assert within.tolist() == [day.day for day in expected]
    assert [one[: len(days)].tolist() for one in month_and_day(many)] == [months.tolist(), within.tolist()]


@pytest.mark.parametrize("more", [0, 200])
@pytest.mark.parametrize("day", [-719_163, 376_565])
def test_a_day_outside_the_calendar_is_refused_alone_and_among_many(day: int, more: int) -> None:
    with pytest.raises(ValueError, match=r"A date lies outside the years 1 to 2999; correct it\."):
        month_and_day(np.concatenate([ints(day), np.arange(more)]))


def test_weekends_are_closed_and_made_up_sundays_are_open() -> None:
    calendar = load_calendar()
    # Sunday 4 January 2026 is worked for New Year's week; 4 October 2026 lies in the National Day week
    assert calendar.is_working(column("2026-01-04", "2026-01-10", "2026-10-05", "2026-10-08")).tolist() == [
        True,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("rolling", "due", "paid"),
    [
        (Rolling.UNADJUSTED, "2026-10-01", "2026-10-01"),
        (Rolling.FOLLOWING, "2026-10-01", "2026-10-08"),
        (Rolling.PRECEDING, "2026-10-01", "2026-09-30"),
        (Rolling.MODIFIED_FOLLOWING, "2026-10-01", "2026-10-08"),
        (Rolling.MODIFIED_FOLLOWING, "2026-05-31", "2026-05-29"),
        (Rolling.FOLLOWING, "2026-05-31", "2026-06-01"),
        (Rolling.FOLLOWING, "2026-06-01", "2026-06-01"),
    ],
)
def test_payments_roll_off_closed_days(rolling: Rolling, due: str, paid: str) -> None:
    assert iso(load_calendar().roll(column(due), rolling)) == [paid]


def test_the_calendar_says_for_which_days_it_is_complete() -> None:
    calendar = load_calendar()
    assert isinstance(calendar, BusinessCalendar)
    assert iso(np.array([calendar.known_from, calendar.known_until])) == ["2024-01-01", "2027-01-01"]


BOOK = """
book: test-days
parameters:
  holidays:
    unit: date_ranges
    values:
      2026-01-01: {{to: "2027-01-01", value: ["{day}"], source: "s", clause: "c", verified: true}}
{more}"""


@pytest.mark.parametrize(
    ("day", "more", "text"),
    [
        ("2027-01-01", "", "lists '2027-01-01'; write a day or first/last, both within the value's period"),
        ("2026-13-01", "", "lists '2026-13-01'"),
        ("2026-05-02/2026-05-01", "", "lists '2026-05-02/2026-05-01'"),
        ("2026-05-01", "", "parameters.working_weekends is missing"),
        (
            "2026-05-01",
            "  feasts:\n    unit: date_ranges\n    values:\n"
            '      2026-01-01: {value: [], source: "s", clause: "c", verified: true}\n',
            "parameters.feasts is not a list of this book",
        ),
    ],
)
def test_a_calendar_with_a_wrong_entry_is_refused_by_name(tmp_path: Path, day: str, more: str, text: str) -> None:
    book = tmp_path / "days.yaml"
    book.write_text(BOOK.format(day=day, more=more), encoding="utf-8")
    with pytest.raises(BadBook, match=text.replace("(", r"\(")):
        load_calendar(book)
