"""Dated, cited parameters: every number of law, policy or product stands in YAML, never in Python.

A terms class is a frozen dataclass whose fields are declared with `parameter`; a YAML book gives each field its values:

    balance_cap:
      unit: CNY
      values:
        2024-07-24: {value: "30000000", source: "财金〔2024〕60号", clause: "单户在保余额", verified: true}

A value holds from its date until the next one, or until its own ``to``. `Book.at` gives the terms in force on a day.
Amounts become int64 fen, fractions parts per million, multiples millionths, keyed tables read-only int64 arrays in the
order of their declared keys. Whatever is wrong with a book is reported at once, as file, key and remedy.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from products.canonical import digest
from products.dated_yaml import BadBook, Entry, Problem, YamlEntries, read_entries, refuse_unknown_keys
from products.money import FEN, GREATEST_AMOUNT, ONE

T = TypeVar("T")
Keys = tuple[tuple[str, ...], ...]


class Unit(StrEnum):
    """What a parameter's number counts, and so how it is read."""

    CNY = "CNY"
    FRACTION = "fraction"
    MULTIPLE = "multiple"
    BASIS_POINTS = "bp"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    PERSONS = "persons"
    COUNT = "count"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"


_SCALE: Mapping[Unit, int] = {Unit.CNY: FEN, Unit.FRACTION: ONE, Unit.MULTIPLE: ONE}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Declared:
    """What a terms class says about one of its parameters."""

    unit: Unit
    zh: str
    en: str
    keys: Keys
    options: tuple[str, ...]
    optional: bool
    configurable: bool = False


def parameter(
    unit: Unit,
    zh: str,
    en: str,
    *,
    keys: Keys = (),
    options: tuple[str, ...] = (),
    optional: bool = False,
    configurable: bool = False,
) -> Any:  # stands where dataclasses expect a field of any type
    """Declare a parameter of a terms class.

    ``keys``: the keys of a table, one tuple per level; ``options``: what a choice may be, read as its position;
    ``optional``: the value may be absent and is then None; ``configurable``: an organisation may set it without a
    revision, as where its branches are and how it is reached.
    """
    declared = Declared(unit, zh, en, keys, options, optional, configurable)
    return dataclasses.field(kw_only=True, metadata={"parameter": declared})


def declared_parameters(terms: type[Any]) -> Mapping[str, Declared]:
    """The parameters a terms class declares, by name, in order."""
    return {field.name: field.metadata["parameter"] for field in dataclasses.fields(terms)}


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value of a parameter with its validity and source; ``text`` is the value as written."""

    since: date
    until: date | None
    value: object
    text: str
    source: str
    clause: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Used:
    """A value in force together with its parameter's name and unit: what a decision's evidence shows."""

    name: str
    unit: Unit
    dated: DatedValue


@dataclass(frozen=True, slots=True, eq=False)
class Book(Generic[T]):
    """The dated values of one terms class.

    ``name`` is the book's own slug, ``days`` the ascending ordinals on which some value changes; ``opens`` is the first
    day of the book itself, whatever its values say, or None.
    """

    name: str
    terms: type[T]
    values: Mapping[str, tuple[DatedValue, ...]]
    digest: str
    days: tuple[int, ...]
    opens: date | None = None

    def vintage(self, day: date) -> int:
        """The number of the period between changes in which ``day`` lies; 0 is before the first value."""
        return bisect_right(self.days, day.toordinal())

    def used(self, day: date) -> tuple[Used, ...]:
        """Every value in force on ``day``; NotInForce if a required one has none."""
        try:
            return _used(self, self._first_of_vintage(day))
        except NotInForce as lacking:
            raise NotInForce(self.name, lacking.parameter, day, self.first_day) from None

    def at(self, day: date) -> T:
        """The terms in force on ``day``; NotInForce if a required value has none."""
        try:
            terms: T = _terms(self, self._first_of_vintage(day))
        except NotInForce as lacking:
            raise NotInForce(self.name, lacking.parameter, day, self.first_day) from None
        return terms

    def _first_of_vintage(self, day: date) -> date:
        vintage = self.vintage(day)
        return date.fromordinal(self.days[vintage - 1]) if vintage else day

    def _look_up(self, day: date) -> tuple[Used, ...]:
        if self.opens is not None and day < self.opens:
            raise NotInForce(self.name, "its terms", day, self.first_day)
        found = []
        for name, declared in declared_parameters(self.terms).items():
            dated = self._in_force(name, day)
            if dated is not None:
                found.append(Used(name, declared.unit, dated))
            elif not declared.optional:
                raise NotInForce(self.name, name, day, self.first_day)
        return tuple(found)

    @property
    def first_day(self) -> date:
        """The first day on which every required parameter has a value."""
        declared = declared_parameters(self.terms)
        complete = max(values[0].since for name, values in self.values.items() if not declared[name].optional)
        return complete if self.opens is None else max(complete, self.opens)

    def amended(self, name: str, changes: Mapping[str, tuple[DatedValue, ...]], *, opens: date) -> Book[T]:
        """The same book under another name, from a day on, with other values of some parameters: a revision."""
        return make_book(name, self.terms, {**self.values, **changes}, opens=opens)

    def _in_force(self, name: str, day: date) -> DatedValue | None:
        for dated in reversed(self.values.get(name, ())):
            if dated.since <= day:
                return dated if dated.until is None or day < dated.until else None
        return None


@lru_cache(maxsize=4_096)
def _used(book: Book[Any], day: date) -> tuple[Used, ...]:
    return book._look_up(day)  # noqa: SLF001  # the cache of this very class


@lru_cache(maxsize=4_096)
def _terms(book: Book[T], day: date) -> T:
    values: dict[str, object] = dict.fromkeys(declared_parameters(book.terms))
    values.update({used.name: used.dated.value for used in _used(book, day)})
    return book.terms(**values)


class NotInForce(ValueError):
    """A book has no terms on the day asked for."""

    def __init__(self, book: str, name: str, day: date, first_day: date) -> None:
        remedy = (
            f"its terms are complete from {first_day.isoformat()} on"
            if day < first_day
            else "the last one has ended: add a value to the book"
        )
        super().__init__(f"{book} has no value of {name} on {day.isoformat()}; {remedy}.")
        self.parameter = name


def make_book(
    name: str, terms: type[T], values: Mapping[str, tuple[DatedValue, ...]], *, opens: date | None = None
) -> Book[T]:
    """A book of values already read, with its digest and days of change."""
    limits = [edge for dated in values.values() for value in dated for edge in (value.since, value.until)]
    days = sorted({edge.toordinal() for edge in (*limits, opens) if edge is not None})
    return Book(name, terms, values, digest(_plain(name, values, opens)), tuple(days), opens)


def _plain(name: str, values: Mapping[str, tuple[DatedValue, ...]], opens: date | None) -> dict[str, object]:
    return {
        "book": name,
        "opens": opens and opens.isoformat(),
        "parameters": {
            key: [
                [v.since.isoformat(), v.until and v.until.isoformat(), v.text, v.source, v.clause, v.verified]
                for v in dated
            ]
            for key, dated in sorted(values.items())
        },
    }


def load_book(path: Path, terms: type[T]) -> Book[T]:
    """Read a YAML book for a terms class; BadBook with every problem in it."""
    return book_from(read_entries(path), terms)


def book_from(entries: YamlEntries, terms: type[T]) -> Book[T]:
    """A book of entries already read; BadBook with every problem in it."""
    values, problems = read_values(entries, terms)
    problems.extend(refuse_unknown_keys(entries))
    missing = [
        Problem(entries.file, f"parameters.{name}", "is missing", f"give it values in unit {declared.unit}")
        for name, declared in declared_parameters(terms).items()
        if name not in values
        and not declared.optional
        and not any(p.key.startswith(f"parameters.{name}") for p in problems)
    ]
    if problems or missing:
        raise BadBook((*problems, *missing))
    return make_book(entries.name, terms, values)


def read_values(entries: YamlEntries, terms: type) -> tuple[dict[str, tuple[DatedValue, ...]], list[Problem]]:
    """The values of the parameters that ``entries`` give, and what is wrong with the others."""
    declared = declared_parameters(terms)
    values: dict[str, tuple[DatedValue, ...]] = {}
    problems: list[Problem] = list(entries.problems)
    for name, entry in entries.parameters.items():
        key = f"parameters.{name}"
        if name not in declared:
            problems.append(Problem(entries.file, key, "is not a parameter here", f"use one of: {', '.join(declared)}"))
            continue
        if entry.unit != declared[name].unit:
            problems.append(Problem(entries.file, f"{key}.unit", f"is {entry.unit!r}", f"write {declared[name].unit}"))
            continue
        dated = _dated(entries.file, key, entry, declared[name], problems)
        if dated:
            values[name] = dated
    return values, problems


def _dated(file: str, key: str, entry: Entry, declared: Declared, problems: list[Problem]) -> tuple[DatedValue, ...]:
    found = []
    for raw in entry.values:
        place = f"{key}.values.{raw.since.isoformat()}.value"
        try:
            value = _read(raw.value, declared, declared.keys, place)
        except _Unreadable as error:
            problems.append(Problem(file, error.place, error.what, error.remedy))
            continue
        found.append(DatedValue(raw.since, raw.until, value, raw.text, raw.source, raw.clause, raw.verified))
    return tuple(found)


class _Unreadable(ValueError):
    def __init__(self, place: str, what: str, remedy: str) -> None:
        super().__init__(place)
        self.place, self.what, self.remedy = place, what, remedy


def _read(value: object, declared: Declared, keys: Keys, place: str) -> object:
    if declared.unit is Unit.CHOICES:
        if not isinstance(value, list):
            raise _Unreadable(place, "is not a list", f"list some of: {', '.join(declared.options)}")
        return tuple(_choice(item, declared, place) for item in value)
    if not keys:
        return _scalar(value, declared, place)
    return _frozen(np.array(_table(value, declared, keys, place), dtype=np.int64))


def _table(value: object, declared: Declared, keys: Keys, place: str) -> list[object]:
    expected = keys[0]
    if not isinstance(value, Mapping):
        raise _Unreadable(place, "is not a table", f"give it the keys {', '.join(expected)}")
    if set(value) != set(expected):
        odd = sorted(set(value) ^ set(expected))
        raise _Unreadable(
            place, f"has other keys than declared: {', '.join(odd)}", f"give exactly {', '.join(expected)}"
        )
    below = keys[1:]
    step: Callable[[str], object] = (
        (lambda key: _table(value[key], declared, below, f"{place}.{key}"))
        if below
        else (lambda key: _scalar(value[key], declared, f"{place}.{key}"))
    )
    return [step(key) for key in expected]


def _frozen(array: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    array.setflags(write=False)
    return array


def _scalar(value: object, declared: Declared, place: str) -> object:
    if declared.unit is Unit.FLAG:
        if not isinstance(value, bool):
            raise _Unreadable(place, f"is {value!r}", "write true or false, unquoted")
        return value
    if declared.unit is Unit.TEXT:
        if not isinstance(value, str) or not value.strip():
            raise _Unreadable(place, f"is {value!r}", "write the words")
        return value
    if declared.unit is Unit.CHOICE:
        return _choice(value, declared, place)
    if not isinstance(value, str):
        raise _Unreadable(place, f"is {value!r}", 'write a quoted number, for example "0.20"')
    return _whole(value, declared.unit, place)


def _choice(value: object, declared: Declared, place: str) -> int:
    if value not in declared.options:
        raise _Unreadable(place, f"is {value!r}", f"write one of: {', '.join(declared.options)}")
    return declared.options.index(str(value))


def _whole(text: str, unit: Unit, place: str) -> int:
    scale = _SCALE.get(unit, 1)
    if not _NUMBER.fullmatch(text):
        raise _Unreadable(place, f"is {text!r}", 'write a plain decimal number in quotes, for example "0.20"')
    scaled = Fraction(text) * scale
    if scaled.denominator != 1:
        raise _Unreadable(place, f"is {text!r}, finer than 1/{scale} {unit}", f"write it in steps of 1/{scale}")
    if abs(scaled) > GREATEST_AMOUNT:
        raise _Unreadable(place, f"is {text!r}", f"write at most {GREATEST_AMOUNT // scale}")
    return int(scaled)
