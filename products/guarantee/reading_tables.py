"""Reading tables: rows with their conditions, or cells nested by key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from products.columns import Ints
from products.guarantee.facts import Fact, FactUnit
from products.guarantee.provisions import Lookup
from products.guarantee.tables import Box, Stretch, Table, make_table
from products.guarantee.written import Written

_LIMITS: Final = ("from", "over", "up_to", "below")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as written: what it admits, and the mapping in which its result stands."""

    box: Box
    written: Written
    sure: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """A table and its rows in the same order."""

    table: Table
    rows: tuple[Row, ...]

    @property
    def sure(self) -> tuple[bool, ...]:
        """Which rows are as sure as the value they belong to."""
        return tuple(row.sure for row in self.rows)

    def column(self, of: Callable[[Written], int]) -> Ints:
        """One number per row; closes the rows."""
        numbers = [of(row.written) for row in self.rows]
        for row in self.rows:
            row.written.close()
        return np.array(numbers, dtype=np.int64)


def read_rows(written: Written, facts: Mapping[str, Fact]) -> Rows:
    """The rows of a table: ``rows``, ``cells``, or the mapping itself as the one row that always holds."""
    keys = _keys(written, facts)
    if written.has("rows"):
        found = [_row(row, keys) for row in written.listed("rows")]
    elif written.has("cells"):
        found = list(_cells(written.raw("cells"), tuple(keys.values()), {}, f"{written.place}.cells", written))
    else:
        return Rows(make_table((), ({},), otherwise=False), (Row({}, written, True),))
    if written.has("otherwise"):
        found.append(Row({}, _result(written.raw("otherwise"), f"{written.place}.otherwise", written), True))
    if not found:
        written.complain("rows", "is empty", "give at least one row")
    if not keys:
        written.complain("select_by", "is missing", "list the facts by which a row is chosen")
    table = make_table(tuple(keys.values()), tuple(row.box for row in found), otherwise=written.has("otherwise"))
    return Rows(table, tuple(found))


def read_lookup(value: object, written: Written, scale: int, facts: Mapping[str, Fact], key: str = "is") -> Lookup:
    """A table with one number per row, or a single number."""
    if isinstance(value, str):
        alone = Written({key: value}, written.place, written.file, written.problems)
        return Lookup(make_table((), ({},), otherwise=False), np.array([alone.number(key, scale)]), (True,))
    rows = read_rows(written, facts)
    return Lookup(rows.table, rows.column(lambda row: row.number(key, scale)), rows.sure)


def read_when(written: Written, facts: Mapping[str, Fact]) -> Box:
    """Conditions by fact: a choice or several, true or false, a number, or limits (from, over, up_to, below)."""
    return {name: _stretches(written, name, facts[name]) for name in _known(written, tuple(written.keys), facts)}


def _keys(written: Written, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return {name: facts[name] for name in _known(written, written.words("select_by"), facts)}


def _known(written: Written, names: tuple[str, ...], facts: Mapping[str, Fact]) -> Iterator[str]:
    for name in names:
        if name in facts:
            yield name
        else:
            written.complain(name, "is not a fact this table is selected by", f"use one of: {', '.join(facts)}")


def _row(written: Written, keys: Mapping[str, Fact]) -> Row:
    box = read_when(written.below("when"), keys) if written.has("when") else {}
    if not written.has("when"):
        written.complain("when", "is missing", "say for which loans the row holds, or write it as otherwise")
    verified = written.raw("verified")
    if verified is not None and not isinstance(verified, bool):
        written.complain("verified", f"is {verified!r}", "write true or false")
    return Row(box, written, verified is not False)


def _cells(
    value: object, keys: tuple[Fact, ...], box: dict[str, tuple[Stretch, ...]], place: str, top: Written
) -> Iterator[Row]:
    if not keys:
        yield Row(dict(box), _result(value, place, top), True)
        return
    here = Written(value, place, top.file, top.problems)
    for label in here.keys:
        position = keys[0].read(label)
        if position is None:
            here.complain(label, f"is no {keys[0].name}", keys[0].wanted)
            continue
        inner = {**box, keys[0].name: ((position, position + 1),)}
        yield from _cells(here.raw(label), keys[1:], inner, f"{place}.{label}", top)


def _result(value: object, place: str, top: Written) -> Written:
    inner = {"is": value, "rate": value} if isinstance(value, str) else value
    result = Written(inner, place, top.file, top.problems)
    if isinstance(value, str):
        result.raw("is"), result.raw("rate")
    return result


def _stretches(written: Written, name: str, fact: Fact) -> tuple[Stretch, ...]:
    value = written.raw(name)
    if isinstance(value, Mapping):
        return (_limits(written.below(name), fact),)
    listed = value if isinstance(value, list) else [value]
    found = []
    for one in listed:
        text = {True: "yes", False: "no"}.get(one, "") if isinstance(one, bool) else str(one)
        position = fact.read(text)
        if position is None:
            remedy = "write true or false" if fact.unit is FactUnit.FLAG else fact.wanted
            written.complain(name, f"is {one!r}", remedy)
        else:
            found.append((position, position + 1))
    return tuple(found)


def _limits(written: Written, fact: Fact) -> Stretch:
    number = {key: written.number(key, fact.scale) for key in _LIMITS if written.has(key)}
    low = max(number.get("from", 0), number.get("over", -1) + 1)
    high = min(number.get("up_to", fact.end - 1) + 1, number.get("below", fact.end))
    if fact.unit in (FactUnit.CHOICE, FactUnit.FLAG):
        written.complain("", "sets limits to a choice", fact.wanted)
    elif low >= high:
        written.complain("", "leaves nothing between its limits", "give a lower limit below the upper one")
    written.close()
    return low, high
