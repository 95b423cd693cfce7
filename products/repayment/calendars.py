"""Dates as days since 1970-01-01, over arrays: months that end early, day counts, days on which banks are closed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from products.columns import Bools, Ints

LEAP_YEAR_DAYS: Final = 366
YEAR_DAYS: Final = 365
ACT_ACT_YEAR: Final = LEAP_YEAR_DAYS * YEAR_DAYS


class DayCount(StrEnum):
    """How the days of an interest period are counted against a year."""

    MONTHS_360 = "months_360"
    """Whole months of 30 days from the anchor and odd days as they are (银发〔2005〕129号, formula 2)."""
    THIRTY_360 = "30/360"
    """Bond basis (ISDA 2006 definitions, 4.16(f))."""
    THIRTY_E_360 = "30E/360"
    """Eurobond basis (ISDA 2006 definitions, 4.16(g))."""
    ACT_360 = "act/360"
    ACT_365 = "act/365"
    """Every year of 365 days (ISDA 2006 definitions, 4.16(d))."""
    ACT_ACT = "act/act"
    """Days in leap years over 366, the others over 365 (ISDA 2006 definitions, 4.16(b))."""


YEAR: Final = {
    DayCount.MONTHS_360: 360,
    DayCount.THIRTY_360: 360,
    DayCount.THIRTY_E_360: 360,
    DayCount.ACT_360: 360,
    DayCount.ACT_365: YEAR_DAYS,
    DayCount.ACT_ACT: ACT_ACT_YEAR,
}
"""What a year counts under each convention: the unit of `day_count`."""


_FIRST_MONTH: Final = int(np.datetime64("0001-01", "M").astype(np.int64))
_MONTH_STARTS: Final = np.arange("0001-01", "3001-01", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
"""First day of every month of the years 1 to 3000, in days since 1970-01-01: ten times faster than numpy's calendar."""
_MONTH_ENDS: Final = _MONTH_STARTS[1:] - 1
_BEFORE_MONTHS: Final = _MONTH_STARTS - 1
_YEAR_STARTS: Final = _MONTH_STARTS[::12]
_DAY_WEIGHTS: Final = np.where(np.diff(_YEAR_STARTS) == LEAP_YEAR_DAYS, YEAR_DAYS, LEAP_YEAR_DAYS)
"""What a day of each year counts where a year counts `ACT_ACT_YEAR`."""
_DAYS_PER_MONTH: Final = 30.436875
"""Mean length of a Gregorian month."""
_MONTHS: Final = np.array(len(_MONTH_ENDS), dtype=np.uint64)
_FIRST: Final = np.array(_FIRST_MONTH)
_FEW: Final = 64
"""Up to so many days a search in the calendar is faster than estimating the month."""


def add_months(day: Ints, months: Ints | int) -> Ints:
    """The same day of the month ``months`` later, the last day of the month where that day does not exist.

    Counted from ``day`` itself, so 31 January gives 28 February and then 31 March. Shapes broadcast.
    """
    month, within = month_and_day(day)
    return on_day_of_month(month + months, within)


def on_day_of_month(month: Ints, day_of_month: Ints | int) -> Ints:
    """The given day (from 1) of months counted from January 1970, or the month's last day where it is shorter."""
    place = _in_calendar(month - _FIRST)
    day = _BEFORE_MONTHS.take(place, mode="clip")
    day += day_of_month
    last: Ints = _MONTH_ENDS.take(place, mode="clip")
    return np.minimum(day, last, out=last)


def month_of(day: Ints) -> Ints:
    """Months from January 1970 to the month of ``day``."""
    return month_and_day(day)[0]


def month_and_day(day: Ints) -> tuple[Ints, Ints]:
    """Months from January 1970 to the month of ``day``, and its day of the month."""
    if day.size <= _FEW:
        place = _in_calendar(_MONTH_STARTS.searchsorted(day, side="right") - 1)
    else:
        near = _in_calendar(((day - _MONTH_STARTS[0]) / _DAYS_PER_MONTH).astype(np.int64))
        place = _in_calendar(near + (_MONTH_STARTS[near + 1] <= day) - (_MONTH_STARTS[near] > day))
    return place + _FIRST, day - _BEFORE_MONTHS[place]


def _in_calendar(place: Ints) -> Ints:
    if np.count_nonzero(place.view(np.uint64) >= _MONTHS):  # a negative place is a great one without its sign
        raise ValueError("A date lies outside the years 1 to 2999; correct it.")
    return place


def day_count(start: Ints, end: Ints, convention: DayCount, *, anchor: Ints) -> Ints:
    """The length of ``[start, end)`` in units of which a year has ``YEAR[convention]``; shapes broadcast.

    ``anchor`` is the day from which whole months are counted (the drawdown); only `DayCount.MONTHS_360` uses it.
    """
    if convention in (DayCount.THIRTY_360, DayCount.THIRTY_E_360):
        return _thirty_day_months(start, end, convention)
    return _counted(end, convention, anchor) - _counted(start, convention, anchor)


def period_lengths(days: Ints, convention: DayCount, *, anchor: Ints) -> Ints:
    """`day_count` between each row of ``days`` (m + 1, n) and the next, (m, n)."""
    if convention in (DayCount.THIRTY_360, DayCount.THIRTY_E_360):
        return _thirty_day_months(days[:-1], days[1:], convention)
    counted = _counted(days, convention, anchor)
    return counted[1:] - counted[:-1]


def _thirty_day_months(start: Ints, end: Ints, convention: DayCount) -> Ints:
    first_month, first_day = month_and_day(start)
    last_month, last_day = month_and_day(end)
    first_day = np.minimum(first_day, 30)
    shortened = np.minimum(last_day, 30)
    if convention is DayCount.THIRTY_360:
        shortened = np.where(first_day == 30, shortened, last_day)
    result: Ints = 30 * (last_month - first_month) + shortened - first_day
    return result


def _counted(day: Ints, convention: DayCount, anchor: Ints) -> Ints:
    """The length from a common origin to ``day``, for conventions whose lengths add up."""
    if convention is DayCount.MONTHS_360:
        return _months_and_days(anchor, day)
    return _leap_weighted(day) if convention is DayCount.ACT_ACT else day


def _months_and_days(anchor: Ints, day: Ints) -> Ints:
    months = month_of(day) - month_of(anchor)
    months = months - (add_months(anchor, months) > day)
    result: Ints = 30 * months + day - add_months(anchor, months)
    return result


def _leap_weighted(day: Ints) -> Ints:
    """Days since the epoch, a day of a leap year counted 365 and any other 366 (so that a year is ACT_ACT_YEAR)."""
    year = (month_of(day) - _FIRST_MONTH) // 12
    result: Ints = year * ACT_ACT_YEAR + (day - _YEAR_STARTS[year]) * _DAY_WEIGHTS[year]
    return result


class Rolling(StrEnum):
    """Where a payment due on a day without banking goes."""

    UNADJUSTED = "unadjusted"
    FOLLOWING = "following"
    """To the next working day, as Civil Code 203 does where nothing is agreed."""
    MODIFIED_FOLLOWING = "modified_following"
    """To the next working day unless that lies in another month, then to the one before."""
    PRECEDING = "preceding"


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Days without and with banking: ``holidays`` and ``working_weekends`` are ascending int64 days.

    The lists are complete from ``known_from`` until before ``known_until``; outside only weekends are closed.
    """

    holidays: Ints
    working_weekends: Ints
    known_from: int
    known_until: int

    def is_working(self, day: Ints) -> Bools:
        """Whether banks work on the given days."""
        weekday = (day + 3) % 7 < 5
        working: Bools = (weekday & ~np.isin(day, self.holidays)) | np.isin(day, self.working_weekends)
        return working

    def roll(self, day: Ints, rolling: Rolling) -> Ints:
        """The days on which payments due on ``day`` are made."""
        if rolling is Rolling.UNADJUSTED:
            return day
        if rolling is Rolling.PRECEDING:
            return self._towards(day, -1)
        later = self._towards(day, 1)
        if rolling is Rolling.FOLLOWING:
            return later
        return np.where(month_of(later) == month_of(day), later, self._towards(day, -1))

    def _towards(self, day: Ints, step: int) -> Ints:
        moved = day
        closed = ~self.is_working(moved)
        while closed.any():
            moved = moved + step * closed
            closed = ~self.is_working(moved)
        return moved


WEEKENDS_ONLY: Final = BusinessCalendar(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), 0, 0)
"""A calendar that knows no holidays."""
