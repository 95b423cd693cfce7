"""A mapping of a rule book as written, read key by key; what is missing, odd or left over becomes a problem."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from products.dated_yaml import Problem
from products.guarantee.facts import whole_units

E = TypeVar("E", bound=StrEnum)


class Written:
    """One mapping and its place.

    After a complaint a reader returns a neutral value, so that all problems of a book show at once.
    """

    def __init__(self, value: object, place: str, file: str, problems: list[Problem]) -> None:
        self.place, self.file, self.problems = place, file, problems
        self.keys: Mapping[str, object] = value if isinstance(value, Mapping) else {}
        self._read: set[str] = set()
        if not isinstance(value, Mapping):
            self.complain("", f"is {value!r}, not a mapping", "write key: value pairs")

    def complain(self, key: str, what: str, remedy: str) -> None:
        """Add a problem at a key of this mapping."""
        self.problems.append(Problem(self.file, f"{self.place}.{key}".strip("."), what, remedy))

    def has(self, key: str) -> bool:
        """Whether the key is written."""
        return key in self.keys

    def raw(self, key: str) -> object:
        """The value of a key as it stands."""
        self._read.add(key)
        return self.keys.get(key)

    def text(self, key: str, otherwise: str | None = None) -> str:
        """A word; a problem if it is missing and there is nothing to stand for it."""
        value = self.raw(key)
        if isinstance(value, str) and value:
            return value
        if value is None and otherwise is not None:
            return otherwise
        self.complain(key, "is missing" if value is None else f"is {value!r}", "write a word or a quoted number")
        return ""

    def optional(self, key: str) -> str | None:
        """A word, or None if the key is not written."""
        return self.text(key) if self.has(key) else None

    def choice(self, key: str, choices: type[E], otherwise: E | None = None) -> E:
        """One of a closed set."""
        text = self.text(key, otherwise)
        if text in {str(one) for one in choices}:
            return choices(text)
        if text:
            self.complain(key, f"is {text!r}", f"write one of: {', '.join(choices)}")
        return next(iter(choices))

    def number(self, key: str, scale: int, otherwise: int | None = None) -> int:
        """A quoted number that is not negative, in whole units of 1/scale."""
        if otherwise is not None and not self.has(key):
            return otherwise
        text = self.text(key)
        value = whole_units(text, scale)
        if value is None and text:
            remedy = f'write a plain number in quotes, in steps of 1/{scale}, for example "0.8"'
            self.complain(
                key, f"is {text!r}", remedy if scale > 1 else 'write a whole number in quotes, for example "12"'
            )
        return value or 0

    def words(self, key: str) -> tuple[str, ...]:
        """A list of words, or one word alone; empty if the key is not written."""
        value = self.raw(key)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        for one in listed:
            if not isinstance(one, str) or not one:
                self.complain(key, f"holds {one!r}", "list words only")
        return tuple(one for one in listed if isinstance(one, str))

    def below(self, key: str) -> Written:
        """A mapping within this one."""
        return Written(self.raw(key), f"{self.place}.{key}".strip("."), self.file, self.problems)

    def listed(self, key: str) -> tuple[Written, ...]:
        """A list of mappings; empty if the key is not written."""
        value = self.raw(key)
        if value is not None and not isinstance(value, list):
            self.complain(key, f"is {value!r}, not a list", "write a list of rows, each after a dash")
        rows = value if isinstance(value, list) else []
        place = f"{self.place}.{key}".strip(".")
        return tuple(Written(one, f"{place}[{i}]", self.file, self.problems) for i, one in enumerate(rows))

    def close(self) -> None:
        """Complain of the keys that nothing asked for."""
        for key in self.keys:
            if key not in self._read:
                known = ", ".join(sorted(self._read)) or "none"
                self.complain(key, "is not a key here", f"use one of: {known}")
