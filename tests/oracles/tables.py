"""Reading the tables of this folder: cases that were published, with their source, and cases by hand, with the working.

Every table has the columns ``id``, ``origin``, ``source`` and ``working``; the others are the question and its answer.
A case by hand was worked out from the rule alone, on paper or in exact arithmetic, never taken from the program.
"""

from __future__ import annotations

import csv
from enum import StrEnum
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent

Case = dict[str, str]


class Origin(StrEnum):
    """Where the answer of a case comes from."""

    PUBLISHED = "published"
    BY_HAND = "by hand"


def tables() -> tuple[str, ...]:
    """The names of all tables."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.csv")))


def cases(table: str, **wanted: str) -> list[Case]:
    """The cases of a table, or those that hold the texts wanted."""
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if all(row[name] == text for name, text in wanted.items())]


def name_of(case: Case) -> str:
    """The name of a case in a report."""
    return case["id"]
