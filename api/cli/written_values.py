"""A value of a book as a person reads it: its rows one below another instead of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

_OPENING: Final = ("{", "[")


def in_words(text: str) -> str:
    """A value as written; a mapping or table with one line for each key or row."""
    return "\n".join(_lines(json.loads(text))) if text.startswith(_OPENING) else text


def _lines(value: object, indent: str = "") -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{indent}{_flat(value)}"
        return
    for key, item in value.items():
        if isinstance(item, list) and any(isinstance(one, Mapping) for one in item):
            yield f"{indent}{key}:"
            yield from (f"{indent}  {_row(one)}" for one in item)
        elif isinstance(item, Mapping):
            yield f"{indent}{key}:"
            yield from _lines(item, f"{indent}  ")
        else:
            yield f"{indent}{key}: {_flat(item)}"


def _row(row: object) -> str:
    if isinstance(row, Mapping) and isinstance(row.get("when"), Mapping):
        rest = {key: item for key, item in row.items() if key != "when"}
        where = ", ".join(f"{key} {_flat(item)}" for key, item in row["when"].items())
        return f"{where}: {_flat(rest)}"
    return _flat(row)


def _flat(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key.replace('_', ' ')} {_flat(item)}" for key, item in value.items())
    if isinstance(value, list):
        joint = " | " if any(isinstance(one, Mapping) for one in value) else ", "
        return joint.join(map(_flat, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
