"""What became of loans that were made: the columns a backtest needs beside the applications."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

import numpy as np

from products.applicant.layout import EPOCH
from products.applicant.reading import InvalidApplication, Problem
from products.columns import MISSING, Bools, Ints
from products.money import GREATEST_AMOUNT, yuan

FIELDS: Final = ("defaulted", "defaulted_on", "lent", "loss", "recovered")
"""The members of the group ``realised`` in a file, in the order of the columns below."""
MOST_ROWS_REPORTED: Final = 20


@dataclass(frozen=True, slots=True)
class Realised:
    """Outcomes of n applications, columns of shape (n,); amounts in fen, days since 1970-01-01.

    ``known``: the loan was made and its outcome is known; nothing else is said where it is not. ``lent``: the principal
    paid out. ``loss``: principal and normal interest unpaid at the default, 0 without one; ``recovered``: what of it
    came back since. ``default_day`` is `MISSING` where there was no default or its day is not known.
    """

    known: Bools
    defaulted: Bools
    default_day: Ints
    lent: Ints
    loss: Ints
    recovered: Ints

    def between(self, start: int, stop: int) -> Realised:
        """The outcomes from ``start`` to before ``stop``, as views."""
        return Realised(*(getattr(self, each.name)[start:stop] for each in fields(self)))

    def take(self, rows: Ints) -> Realised:
        """The outcomes at the given positions."""
        return Realised(*(getattr(self, each.name)[rows] for each in fields(self)))


def checked(realised: Realised, applied_on: Ints, *, until: date) -> Realised:
    """The outcomes if they make sense; InvalidApplication with the first rows that do not.

    ``applied_on`` (n,) are the days of application, ``until`` is the day up to which outcomes were observed.
    """
    problems = list(_problems(realised, applied_on, until))
    if problems:
        raise InvalidApplication(problems)
    return realised


def _problems(it: Realised, applied_on: Ints, until: date) -> Iterator[Problem]:
    dated = it.known & (it.default_day != MISSING)
    last = until.toordinal() - EPOCH
    yield from _at(it.known & (it.lent <= 0), "lent", it.lent, "must be positive: it is the principal paid out")
    yield from _at(it.known & (it.loss < 0), "loss", it.loss, "must not be negative")
    yield from _at(it.known & ~it.defaulted & (it.loss > 0), "loss", it.loss, "must be 0 where nothing defaulted")
    yield from _at(it.known & (it.loss > GREATEST_AMOUNT), "loss", it.loss, "is more than kedai reckons with")
    yield from _at(it.known & (it.recovered < 0), "recovered", it.recovered, "must not be negative")
    more = it.known & (it.recovered > np.maximum(it.loss, 0))
    yield from _at(more, "recovered", it.recovered, "must not exceed the loss: no more comes back than was lost")
    yield from _days(dated & ~it.defaulted, it, "must be left out where nothing defaulted")
    yield from _days(dated & it.defaulted & (it.default_day < applied_on), it, "lies before the day of application")
    late = f"lies after {until}, the day until which outcomes were observed"
    yield from _days(dated & it.defaulted & (it.default_day > last), it, late)


def _at(wrong: Bools, name: str, amounts: Ints, what: str) -> Iterator[Problem]:
    for row in np.flatnonzero(wrong)[:MOST_ROWS_REPORTED].tolist():
        value = str(yuan(int(amounts[row])))
        yield Problem(f"[{row}].realised.{name}", f"{name} is {value}; it {what}. Correct the file.", value)


def _days(wrong: Bools, it: Realised, what: str) -> Iterator[Problem]:
    for row in np.flatnonzero(wrong)[:MOST_ROWS_REPORTED].tolist():
        value = date.fromordinal(int(it.default_day[row]) + EPOCH).isoformat()
        yield Problem(f"[{row}].realised.defaulted_on", f"defaulted_on is {value}; it {what}. Correct the file.", value)
