"""What happens to loans between drawdown and maturity: new rates, prepayments, extensions, agreed principal.

A change is a row of `Changes`. Helpers build the usual ones: resets of a floating rate, grace, stepped principal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum, StrEnum
from typing import Final

import numpy as np

from products.columns import Ints
from products.money import ONE, Rounding, portion
from products.repayment.calendars import add_months, month_of, on_day_of_month

OWN_METHOD: Final = -1
"""As the value of a `Change.PRINCIPAL`: back to the loan's own repayment method."""


class Change(IntEnum):
    """What changes; the comment says what the value is."""

    RATE = 0
    """The annual rate from this day on, ppm."""
    PREPAYMENT = 1
    """Principal paid ahead, fen; the interest accrued on it is paid with it."""
    EXTENSION = 2
    """The new day of maturity in days since 1970-01-01, agreed on this day."""
    PRINCIPAL = 3
    """Principal of each payment due after this day, fen; `OWN_METHOD` ends it and recasts what is left."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of loans, int64 (e,) each, in any order; those of one loan on one day take effect as they stand.

    ``loan`` position of the loan, ``on`` days since 1970-01-01, ``kind`` codes of `Change`, ``value`` as the kind says.
    """

    loan: Ints
    on: Ints
    kind: Ints
    value: Ints

    def __add__(self, other: Changes) -> Changes:
        joined = (np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(Changes))
        return Changes(*joined)

    def __len__(self) -> int:
        return len(self.loan)

    def in_order(self) -> Changes:
        """By loan and day."""
        return self.take(np.lexsort((self.on, self.loan)))

    def take(self, rows: Ints) -> Changes:
        """The given rows, in their order."""
        return Changes(*(getattr(self, field.name)[rows] for field in fields(Changes)))


def no_changes() -> Changes:
    """Nothing happens."""
    return Changes(*(np.empty(0, dtype=np.int64) for _ in range(4)))


def one_change(kind: Change, *, loan: int, on: int, value: int) -> Changes:
    """A single change."""
    return Changes(*(np.array([item], dtype=np.int64) for item in (loan, on, int(kind), value)))


class Reset(StrEnum):
    """When a floating rate takes the index value then published."""

    ANNIVERSARY = "anniversary"
    FIRST_OF_JANUARY = "first_of_january"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Index:
    """A published reference rate such as the LPR: ascending days of publication and the rates in ppm, (i,) each."""

    published_on: Ints
    rate_ppm: Ints

    def on(self, day: Ints) -> Ints:
        """The last rate published on or before each day; ValueError before the first publication."""
        position = np.searchsorted(self.published_on, day, side="right") - 1
        if (position < 0).any():
            first = np.datetime64(int(self.published_on[0]), "D")
            early = np.datetime64(int(day[position < 0][0]), "D")
            raise ValueError(
                f"The index has no value on {early}; its first publication is of {first}. Add the earlier values."
            )
        return self.rate_ppm[position]


def rate_resets(drawn_on: Ints, term_months: Ints, index: Index, *, spread_ppm: Ints, reset: Reset) -> Changes:
    """The rates of floating loans at their reset days after drawdown: index plus spread, not below zero."""
    years = reset is not Reset.MONTHLY
    number = np.arange(1, int(term_months.max()) + 1 if len(term_months) else 1)[:, None] * (12 if years else 1)
    if reset is Reset.FIRST_OF_JANUARY:
        days = on_day_of_month(month_of(drawn_on) // 12 * 12 + number, 1)
    else:
        days = add_months(drawn_on, number)
    reached = days < add_months(drawn_on, term_months)
    loan = np.broadcast_to(np.arange(len(drawn_on)), days.shape)[reached]
    on = days[reached]
    rate = np.maximum(index.on(on) + spread_ppm[loan], 0)
    return Changes(loan, on, np.full_like(on, Change.RATE), rate).in_order()


def grace(drawn_on: Ints, months: Ints) -> Changes:
    """No principal in the first ``months`` months; then the loan is recast over the payments left."""
    loan = np.flatnonzero(months > 0)
    start = Changes(loan, drawn_on[loan], np.full_like(loan, Change.PRINCIPAL), np.zeros_like(loan))
    end = add_months(drawn_on[loan], months[loan])
    return start + Changes(loan, end, np.full_like(loan, Change.PRINCIPAL), np.full_like(loan, OWN_METHOD))


@dataclass(frozen=True, slots=True)
class Step:
    """``share_ppm`` of the loan falls due in equal payments over ``months`` months."""

    months: int
    share_ppm: int


def stepped_principal(principal: Ints, drawn_on: Ints, steps: Sequence[Step], *, every_months: int = 1) -> Changes:
    """Principal in steps: within each step equal payments rounded down, the odd fen in the loan's last instalment.

    ValueError unless the shares make up the loan and each step holds whole payments.
    """
    total = sum(step.share_ppm for step in steps)
    if total != ONE:
        raise ValueError(f"The steps repay {total} ppm of the loan; their shares must add up to {ONE} ppm.")
    changes, start = no_changes(), 0
    loan = np.arange(len(principal))
    for number, step in enumerate(steps, start=1):
        payments, odd = divmod(step.months, every_months)
        if odd or payments < 1:
            raise ValueError(
                f"Step {number} lasts {step.months} months; make it a multiple of the {every_months} months "
                "between payments."
            )
        each = portion(principal, step.share_ppm, Rounding.DOWN) // payments
        days = add_months(drawn_on, start)
        changes = changes + Changes(loan, days, np.full_like(loan, Change.PRINCIPAL), each)
        start += step.months
    return changes
