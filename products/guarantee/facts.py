"""The facts a rule book looks at, declared in its head, and columns of them.

A fact is one int64 column (n,): money in the currency's minor units, shares in parts per million, choices as the
position among the declared options, flags 0 or 1, times and counts as they are. Facts are never negative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

import numpy as np

from products.columns import Ints
from products.money import GREATEST_AMOUNT, ONE

_NUMBER: Final = re.compile(r"[0-9]{1,18}(\.[0-9]{1,12})?")
Facts = Mapping[str, Ints]
BOUNDLESS: Final = GREATEST_AMOUNT + 1
"""The first number that no fact reaches."""


GUARANTEED: Final = "guaranteed"
"""The fact that the evaluators compute themselves: the loan times its cover."""


class FactUnit(StrEnum):
    """What a fact counts."""

    MONEY = "money"
    FRACTION = "fraction"
    MONTHS = "months"
    DAYS = "days"
    YEARS = "years"
    COUNT = "count"
    CHOICE = "choice"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Fact:
    """One declared fact.

    ``otherwise``: what stands for it where a caller leaves it out, another fact's name or a number; ``less``: the two
    facts whose difference it is (never below 0). A fact with neither must be given. ``applicant``: where an application
    holds it, see `products.guarantee.applicant_facts`.
    """

    name: str
    unit: FactUnit
    zh: str
    en: str
    options: tuple[str, ...] = ()
    otherwise: str | int | None = None
    less: tuple[str, str] | None = None
    scale: int = 1
    """How many whole units a written 1 is."""
    applicant: str | None = None

    @property
    def follows(self) -> bool:
        """Whether something stands for it where a caller leaves it out; the guaranteed amount is always computed."""
        return self.otherwise is not None or self.less is not None or self.name == GUARANTEED

    @property
    def end(self) -> int:
        """The first whole number that is no value of this fact."""
        if self.unit is FactUnit.FLAG:
            return 2
        return len(self.options) if self.unit is FactUnit.CHOICE else BOUNDLESS

    def written(self, position: int) -> str:
        """A value in words: an option's name, yes or no, or the number as one writes it."""
        if self.unit is FactUnit.CHOICE:
            return self.options[position]
        if self.unit is FactUnit.FLAG:
            return ("no", "yes")[position]
        return f"{position // self.scale}" if position % self.scale == 0 else f"{Decimal(position) / self.scale}"

    def read(self, text: str) -> int | None:
        """The whole number for a written value; None for what is no value of this fact."""
        if self.unit in (FactUnit.CHOICE, FactUnit.FLAG):
            return next((position for position in range(self.end) if self.written(position) == text), None)
        return whole_units(text, self.scale)

    @property
    def wanted(self) -> str:
        """How to write a value, for messages."""
        if self.unit in (FactUnit.CHOICE, FactUnit.FLAG):
            return f"write one of: {', '.join(map(self.written, range(self.end)))}"
        return f"write a plain number in steps of 1/{self.scale}" if self.scale > 1 else "write a whole number"


class BadFacts(ValueError):
    """Facts that a rule book cannot look at; the message names the fact, the value and the remedy."""


def scale_of(unit: FactUnit, minor_units: int) -> int:
    """How many whole units a written 1 of this unit is."""
    if unit is FactUnit.MONEY:
        return int(10**minor_units)
    return ONE if unit is FactUnit.FRACTION else 1


def whole_units(text: str, scale: int) -> int | None:
    """A plain decimal number in whole units of 1/scale, None if it is finer than that or none."""
    if not _NUMBER.fullmatch(text):
        return None
    scaled = Fraction(text) * scale
    return int(scaled) if scaled.denominator == 1 else None


def read_facts(declared: Mapping[str, Fact], columns: Mapping[str, Sequence[str]]) -> Facts:
    """Columns of texts as facts: amounts and shares as decimals, choices by name, flags yes or no. BadFacts."""
    return {name: _column(_declared(declared, name), texts) for name, texts in columns.items()}


def _declared(declared: Mapping[str, Fact], name: str) -> Fact:
    if name not in declared:
        raise BadFacts(f"This rule book has no fact {name!r}; use one of: {', '.join(declared)}.")
    return declared[name]


def _column(fact: Fact, texts: Sequence[str]) -> Ints:
    values = []
    for row, text in enumerate(texts):
        value = fact.read(text)
        if value is None:
            raise BadFacts(f"The fact {fact.name} in row {row} is {text!r}, which is no {fact.unit}; {fact.wanted}.")
        values.append(value)
    return np.array(values, dtype=np.int64)


def completed(declared: Mapping[str, Fact], given: Facts) -> dict[str, Ints]:
    """The given facts with those that follow from them; BadFacts for what is odd, missing or out of its range.

    Names that are not declared are refused; a given fact wins over the rule by which it would follow.
    """
    n = _length(given)
    for name in given:
        _check_range(_declared(declared, name), given[name])
    facts = dict(given)
    before = -1
    while len(facts) > before:
        before = len(facts)
        facts |= {name: column for name, column in _following(declared, facts, n) if name not in facts}
    return facts


def _following(declared: Mapping[str, Fact], facts: Facts, n: int) -> Iterator[tuple[str, Ints]]:
    for name, fact in declared.items():
        if fact.less is not None and all(one in facts for one in fact.less):
            yield name, np.maximum(facts[fact.less[0]] - facts[fact.less[1]], 0)
        elif isinstance(fact.otherwise, int):
            yield name, np.full(n, fact.otherwise, dtype=np.int64)
        elif fact.otherwise is not None and fact.otherwise in facts:
            yield name, facts[fact.otherwise]


def _length(given: Facts) -> int:
    lengths = {name: len(column) for name, column in given.items()}
    if len(set(lengths.values())) != 1:
        counted = ", ".join(f"{name} {length}" for name, length in lengths.items()) or "no facts at all"
        raise BadFacts(f"The columns of facts have different lengths ({counted}); give one entry per loan in each.")
    return next(iter(lengths.values()))


def _check_range(fact: Fact, column: Ints) -> None:
    odd = np.flatnonzero((column < 0) | (column >= fact.end))
    if len(odd):
        raise BadFacts(
            f"The fact {fact.name} in row {odd[0]} is {column[odd[0]]}; it must lie from 0 to {fact.end - 1}: "
            "correct the row or leave it out."
        )


def fact_of(facts: Facts, name: str, asked_by: str) -> Ints:
    """A fact that a rule needs; BadFacts that says which rule asks if it is missing."""
    if name not in facts:
        raise BadFacts(f"The rule {asked_by} needs the fact {name}, which is not given; add a column {name}.")
    return facts[name]
