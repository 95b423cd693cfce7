"""Fields of an untrusted document: every answer has the asked type and bounds, or an ArtefactError says where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

_LARGEST = 1e300


class ArtefactError(ValueError):
    """An artefact that is refused; the message says where, why and what to do."""


class Reader:
    """One JSON object of an artefact, with its place for messages."""

    __slots__ = ("_fields", "_place")

    def __init__(self, fields: Any, place: str) -> None:
        if not isinstance(fields, dict):
            raise ArtefactError(f"{place} is no object. Train the model anew.")
        self._fields: Mapping[str, Any] = fields
        self._place = place

    def error(self, key: str, what: str) -> ArtefactError:
        """The error to raise about one field."""
        return ArtefactError(f"{self._place}.{key} {what}. The artefact is refused; train the model anew.")

    def only(self, *allowed: str) -> None:
        """Refuse keys that are not in the schema."""
        unknown = sorted(set(self._fields) - set(allowed))
        if unknown:
            raise self.error(unknown[0][:40], "is not part of the schema")

    def has(self, key: str) -> bool:
        """True where the field is given and not null."""
        return self._fields.get(key) is not None

    def text(self, key: str) -> str:
        """A text of 1 to 500 characters."""
        value = self._get(key)
        if not isinstance(value, str) or not 0 < len(value) <= 500:
            raise self.error(key, "is no text of 1 to 500 characters")
        return value

    def choice(self, key: str, allowed: Iterable[str]) -> str:
        """One of the allowed texts."""
        value = self.text(key)
        if value not in (choices := [str(choice) for choice in allowed]):
            raise self.error(key, f"is {value[:40]}, none of {', '.join(choices[:20])}")
        return value

    def boolean(self, key: str) -> bool:
        """True or false."""
        value = self._get(key)
        if not isinstance(value, bool):
            raise self.error(key, "is neither true nor false")
        return value

    def integer(self, key: str, lowest: int, highest: int) -> int:
        """An integer within bounds."""
        value = self._get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise self.error(key, f"is no integer from {lowest} to {highest}")
        return value

    def number(self, key: str) -> float:
        """A finite number."""
        return self.finite(self._get(key), key)

    def finite(self, value: Any, key: str) -> float:
        """The value as a finite float of sensible size."""
        if not isinstance(value, int | float) or isinstance(value, bool) or not -_LARGEST < value < _LARGEST:
            raise self.error(key, "holds something that is no finite number")
        return float(value)

    def entry(self, key: str) -> Reader:
        """An object."""
        return Reader(self._get(key), f"{self._place}.{key}")

    def entries(self, key: str, *, least: int, most: int) -> Iterator[Reader]:
        """A list of objects, one after the other."""
        for position, fields in enumerate(self._list(key, least, most)):
            yield Reader(fields, f"{self._place}.{key}[{position}]")

    def lists(self, key: str, *, least: int, most: int) -> list[list[Any]]:
        """A list of lists."""
        rows = self._list(key, least, most)
        if not all(isinstance(row, list) for row in rows):
            raise self.error(key, "is no list of lists")
        return rows

    def numbers(self, key: str, *, least: int, most: int) -> list[float]:
        """A list of finite numbers."""
        values = self._list(key, least, most)
        if not (set(map(type, values)) <= {int, float} and all(-_LARGEST < value < _LARGEST for value in values)):
            raise self.error(key, "holds something that is no finite number")
        return list(map(float, values))

    def integers(self, key: str, *, least: int, most: int, largest: int) -> list[int]:
        """A list of integers, none beyond `largest` in size."""
        return self._small_integers(self._list(key, least, most), key, largest)

    def grid(self, key: str, *, rows: int, columns: int, largest: int) -> tuple[tuple[int, ...], ...]:
        """Integers in `rows` lists of `columns`."""
        lines = self.lists(key, least=rows, most=rows)
        if any(len(line) != columns for line in lines):
            raise self.error(key, f"is no grid of {rows} x {columns}")
        self._small_integers([*chain.from_iterable(lines)], key, largest)
        return tuple(map(tuple, lines))

    def positions(self, key: str, *, most: int) -> dict[str, int]:
        """An object of names to positions 0, 1, 2, ... without a gap."""
        found = self._get(key)
        if not isinstance(found, dict) or len(found) > most:
            raise self.error(key, f"is no object of at most {most} levels")
        self._small_integers(list(found.values()), key, most)
        if set(found.values()) != set(range(len(set(found.values())))):
            raise self.error(key, "does not number its bins 0, 1, 2 without a gap")
        return found

    def texts(self, key: str) -> dict[str, str]:
        """An object of texts."""
        fields = self.entry(key)
        return {name: fields.text(name) for name in fields._fields}

    def figures(self, key: str) -> dict[str, float]:
        """An object of finite numbers."""
        fields = self.entry(key)
        return {name: fields.number(name) for name in fields._fields}

    def _small_integers(self, values: list[Any], key: str, largest: int) -> list[int]:
        if not (
            set(map(type, values)) <= {int} and max(values, default=0) <= largest and min(values, default=0) >= -largest
        ):
            raise self.error(key, f"holds something that is no integer from {-largest} to {largest}")
        return values

    def _list(self, key: str, least: int, most: int) -> list[Any]:
        value = self._get(key)
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise self.error(key, f"is no list of {least} to {most} entries")
        return value

    def _get(self, key: str) -> Any:
        if key not in self._fields:
            raise self.error(key, "is missing")
        return self._fields[key]
