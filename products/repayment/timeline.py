"""When the payments of loans fall due: the grid of due days, odd first periods, rolling over closed days."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from products.columns import Ints
from products.repayment.calendars import (
    WEEKENDS_ONLY,
    BusinessCalendar,
    DayCount,
    Rolling,
    add_months,
    month_and_day,
    month_of,
    on_day_of_month,
)


class AfterPrepayment(StrEnum):
    """What a prepayment leaves as it was."""

    TERM = "term"
    """The term stays, the instalments become smaller."""
    INSTALMENT = "instalment"
    """The instalments stay, the loan ends earlier; a later change recasts it over its original term."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """How a batch of loans counts and pays.

    ``due_day``: day of the month (1 to 31) on which payments fall due, None for the day of drawdown; the last payment
    falls due at maturity in any case. ``interest_to_payment``: interest runs to the rolled day, not to the due day.
    ValueError for days and distances that no calendar has.
    """

    day_count: DayCount = DayCount.MONTHS_360
    due_day: int | None = None
    every_months: int = 1
    rolling: Rolling = Rolling.UNADJUSTED
    calendar: BusinessCalendar = WEEKENDS_ONLY
    interest_to_payment: bool = False
    after_prepayment: AfterPrepayment = AfterPrepayment.TERM

    def __post_init__(self) -> None:
        if self.due_day is not None and not 1 <= self.due_day <= 31:
            raise ValueError(f"The due day is {self.due_day}; it must be a day of the month from 1 to 31.")
        if not 1 <= self.every_months <= 12:
            raise ValueError(f"Payments are {self.every_months} months apart; they must be 1 to 12 months apart.")


@dataclass(frozen=True, slots=True)
class Timeline:
    """The periods left of n loans: loans with fewer than m repeat their maturity.

    ``accrual`` (m + 1, n): the days between which interest is counted; ``payment`` (m, n): the days of payment;
    ``periods`` (n,): how many payments are left, at least one.
    """

    accrual: Ints
    payment: Ints
    periods: Ints


def maturity_of(drawn_on: Ints, term_months: Ints) -> Ints:
    """The day on which the term ends."""
    return add_months(drawn_on, term_months)


def due_days(drawn_on: Ints, number: Ints, conventions: Conventions) -> Ints:
    """The ``number``-th (from 1) due day after drawdown, as if the loans never ended; shapes broadcast."""
    month, day = _origin(drawn_on, conventions)
    return on_day_of_month(month + number * conventions.every_months, day)


def _origin(drawn_on: Ints, conventions: Conventions) -> tuple[Ints, Ints | int]:
    """The month from which due days are counted, and the day of the month on which they fall."""
    month, day = month_and_day(drawn_on)
    if conventions.due_day is None:
        return month, day
    first = month + (on_day_of_month(month, conventions.due_day) <= drawn_on)
    return first - conventions.every_months, conventions.due_day


def _due_before(maturity: Ints, month: Ints, day: Ints | int, every_months: int) -> Ints:
    """How many due days lie before maturity, (n,)."""
    last = month_of(maturity)
    whole, odd = np.divmod(last - month, every_months)
    within = on_day_of_month(last, day) < maturity
    return np.where(odd > 0, whole, whole - 1 + within)


def timeline(drawn_on: Ints, maturity: Ints, since: Ints, paid_periods: Ints, conventions: Conventions) -> Timeline:
    """The periods from ``since`` to maturity after ``paid_periods`` due days have passed; all int64 (n,).

    A payment that would roll back to the day of drawdown or before it rolls forward instead.
    """
    month, day = _origin(drawn_on, conventions)
    every = conventions.every_months
    periods = np.maximum(_due_before(maturity, month, day, every) - paid_periods, 0) + 1
    number = paid_periods + np.arange(1, int(periods.max()) + 1)[:, None]
    due = np.minimum(on_day_of_month(month + number * every, day), maturity)
    payment = conventions.calendar.roll(due, conventions.rolling)
    if (payment[0] <= drawn_on).any():  # later payments are later
        payment = np.where(payment > drawn_on, payment, conventions.calendar.roll(due, Rolling.FOLLOWING))
    accrual = np.concatenate([since[None], payment if conventions.interest_to_payment else due])
    return Timeline(accrual, payment, periods)
