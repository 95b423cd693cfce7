"""Reading a calendar of holidays and working weekends from its dated book."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from products.columns import Ints
from products.dated_yaml import BadBook, Entry, Problem, read_entries
from products.repayment.calendars import BusinessCalendar

CHINA: Final = Path(__file__).with_name("business_days.yaml")
"""Days without banking in mainland China."""

_EPOCH: Final = date(1970, 1, 1).toordinal()
_LISTS: Final = ("holidays", "working_weekends")


def load_calendar(path: Path = CHINA) -> BusinessCalendar:
    """The calendar of a book with the lists ``holidays`` and ``working_weekends``; BadBook naming every problem."""
    entries = read_entries(path)
    problems = list(entries.problems)
    lacking = [name for name in _LISTS if name not in entries.parameters]
    problems += [
        Problem(entries.file, f"parameters.{name}", "is missing", "list its dates by year") for name in lacking
    ]
    lists = {name: _days(entries.file, name, entry, problems) for name, entry in entries.parameters.items()}
    if problems:
        raise BadBook(tuple(problems))
    values = entries.parameters["holidays"].values
    until = values[-1].until
    return BusinessCalendar(
        lists["holidays"],
        lists["working_weekends"],
        values[0].since.toordinal() - _EPOCH,
        until.toordinal() - _EPOCH if until else 0,
    )


def _days(file: str, name: str, entry: Entry, problems: list[Problem]) -> Ints:
    place = f"parameters.{name}"
    if name not in _LISTS:
        problems.append(Problem(file, place, "is not a list of this book", f"use {' and '.join(_LISTS)}"))
    found: list[int] = []
    for raw in entry.values:
        if raw.until is None:
            problems.append(
                Problem(file, f"{place}.values.{raw.since}", "has no end", "say to which day it is complete")
            )
        for item in raw.value if isinstance(raw.value, list) else ():
            days = _range(str(item))
            if not days or days[0] < raw.since or (raw.until and days[-1] >= raw.until):
                where = f"{place}.values.{raw.since}"
                problems.append(
                    Problem(file, where, f"lists {item!r}", "write a day or first/last, both within the value's period")
                )
            found += [day.toordinal() - _EPOCH for day in days]
    return np.unique(np.array(found, dtype=np.int64))


def _range(text: str) -> list[date]:
    first, _, last = text.partition("/")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        return []
    return [date.fromordinal(day) for day in range(start.toordinal(), end.toordinal() + 1)]
