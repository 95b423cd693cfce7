"""Rule books for tests: the shipped ones, those of this folder, and books written on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from products.columns import Ints
from products.dated_yaml import entries_from
from products.guarantee.evaluation import Evaluated, evaluate, shared
from products.guarantee.facts import Facts, read_facts
from products.guarantee.library import Library, load_library
from products.guarantee.loading import rulebook_from
from products.guarantee.rulebook import RuleBook
from products.guarantee.sharing import Borne

BOOKS: Final = Path(__file__).parent / "books"
HEAD: Final = """\
format: rule-book
book: trial
title: {zh: 试验, en: Trial}
instrument: "Trial act"
currency: {code: EUR, minor_units: "2"}
dated_by: signed_on
facts:
  loan: {unit: money, zh: 贷款金额, en: loan amount}
  months: {unit: months, otherwise: "12", zh: 期限, en: term}
  grade: {unit: choice, options: [A, B, C], otherwise: A, zh: 等级, en: grade}
  female: {unit: flag, otherwise: false, zh: 女性, en: led by a woman}
parameters:
"""
COVERAGE: Final = """\
  coverage:
    unit: share
    values:
      2020-01-01: {value: "0.80", source: "Trial act", clause: "1", verified: true}
"""


@cache
def library() -> Library:
    """The shipped books and those of this folder."""
    return load_library(BOOKS, strict=True)


def book(slug: str) -> RuleBook:
    """A book by its slug."""
    return library().books[slug]


def provision(name: str, unit: str, value: str, *, since: str = "2020-01-01", more: str = "") -> str:
    """One parameter with one value, as YAML."""
    return (
        f"  {name}:\n    unit: {unit}\n    values:\n      {since}: "
        f'{{value: {value}, source: "Trial act", clause: "2", verified: true{more}}}\n'
    )


def written(*provisions: str, coverage: str = COVERAGE) -> str:
    """A book of the trial head, its cover and some provisions."""
    return HEAD + coverage + "".join(provisions)


def trial(*provisions: str, coverage: str = COVERAGE) -> RuleBook:
    """The same, read."""
    return rulebook_from(entries_from(written(*provisions, coverage=coverage).encode(), "trial.yaml"))


def facts(of: RuleBook, columns: Mapping[str, str | Sequence[str]]) -> Facts:
    """Columns of texts as facts; a text alone holds for every row."""
    n = max(len(texts) for texts in columns.values() if not isinstance(texts, str))
    return read_facts(of.facts, {name: [t] * n if isinstance(t, str) else t for name, t in columns.items()})


def days(day: str, n: int) -> Ints:
    """The same day ``n`` times, as ordinals."""
    return np.full(n, date.fromisoformat(day).toordinal(), dtype=np.int64)


def evaluated(of: RuleBook, day: str, columns: Mapping[str, str | Sequence[str]]) -> Evaluated:
    """A book applied to loans of one day."""
    found = facts(of, columns)
    return evaluate(of, found, days(day, len(next(iter(found.values())))))


def borne(of: RuleBook, day: str, loss: Sequence[int], columns: Mapping[str, str | Sequence[str]]) -> Borne:
    """Who bears losses, in minor units, on loans of one day."""
    return shared(of, facts(of, columns), days(day, len(loss)), np.array(loss, dtype=np.int64))
