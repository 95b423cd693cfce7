"""Applications that differ from one another in a single fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from products.applicant.declared import Kind, Spread
from products.applicant.fields import Field
from products.applicant.layout import APPLICATION_COLUMNS, APPLICATION_NODES, CHILD_COLUMNS, CHILDREN, node_of
from products.applications import Applications, Children
from products.columns import MISSING, Column, Ints
from products.money import FEN, ONE

ORDERED: Final = frozenset({Kind.AMOUNT, Kind.SHARE, Kind.NUMBER, Kind.COUNT, Kind.DAY})
_FACTORS: Final = (0, 1, 2, 10, 1_000, 100_000)
_DAYS: Final = (1, 31, 366, 1_500, 8_000, 20_000)
_MOST: Final = 10**14
_SCALES: Final = {Kind.AMOUNT: FEN, Kind.SHARE: ONE, Kind.NUMBER: ONE}


@dataclass(frozen=True, slots=True)
class Fact:
    """A column that may be changed: of the applications, or (``family``) of their titles or assets."""

    family: str
    column: str
    field: Field | None

    @property
    def name(self) -> str:
        """The name by which rules read it."""
        return f"{self.family}.{self.column}" if self.family else self.column

    @property
    def counts_entries(self) -> bool:
        """Whether the column holds the length of a list."""
        field = self.field
        if field is None or field.spread in {Spread.ONE, Spread.YEARS}:
            return False
        return field.spread is not Spread.FORECAST or not self.column[-1].isdigit()

    @property
    def unknown(self) -> tuple[int, ...]:
        """The raw value of an unknown fact, where it may be unknown."""
        return () if self.field is not None and self.field.required else (MISSING,)

    @property
    def ordered(self) -> bool:
        """Whether values between two others make sense."""
        if self.field is None or self.counts_entries:
            return True
        return self.field.kind in ORDERED and self.field.choices is None


def _facts() -> Iterator[Fact]:
    declared = {
        column: placed.field for node in APPLICATION_NODES for placed in node.everything() for column in placed.columns
    }
    for column in APPLICATION_COLUMNS:
        if column != "applied_on":
            yield Fact("", column, declared.get(column))
    for family in CHILDREN:
        fields = {column: placed.field for placed in node_of(family).everything() for column in placed.columns}
        for column in CHILD_COLUMNS[family]:
            yield Fact(family, column, fields.get(column))


FACTS: Final[Mapping[str, Fact]] = {one.name: one for one in _facts()}
"""Every fact by the name that rules read; the day of application is left alone, because it chooses the terms."""


@dataclass(frozen=True, slots=True)
class Changes:
    """For each variant: the row it starts from (``base``), the fact changed, the value it gets; all (v,)."""

    base: Ints
    facts: tuple[str, ...]
    values: Ints

    def with_values(self, values: Ints) -> Changes:
        """The same changes to other values."""
        return Changes(self.base, self.facts, values)

    def some(self, positions: Ints) -> Changes:
        """The changes at some positions."""
        return Changes(self.base[positions], tuple(self.facts[at] for at in positions), self.values[positions])


def changes_around(rows: Applications, bases: Ints) -> Changes:
    """Every fact of every base row, set to each of its candidates in turn, and to unknown."""
    base: list[int] = []
    names: list[str] = []
    values: list[int] = []
    for row in bases.tolist():
        for name, fact in FACTS.items():
            for value in (*_candidates(fact, value_at(rows, fact, row)), *fact.unknown):
                base.append(row)
                names.append(name)
                values.append(value)
    return Changes(np.array(base, dtype=np.int64), tuple(names), np.array(values, dtype=np.int64))


def value_at(rows: Applications, fact: Fact, row: int) -> int:
    """The raw value of a fact; of the first title or asset where there are several, `MISSING` where there is none."""
    if not fact.family:
        return int(rows.columns[fact.column].raw[row])
    children = rows.children[fact.family]
    mine = np.flatnonzero(children.parent == row)
    return int(children.columns[fact.column].raw[mine[0]]) if len(mine) else MISSING


def _candidates(fact: Fact, now: int) -> Iterator[int]:
    field = fact.field
    if fact.counts_entries and field is not None:
        least, most = field.entries
        yield from sorted({least, min(least + 1, most), min(least + 2, most), most})
    elif field is not None and field.choices is not None:
        yield from range(len(field.choices))
    elif field is not None and field.kind is Kind.FLAG:
        yield from (0, 1)
    elif field is not None and field.kind is Kind.DAY:
        if now != MISSING:
            yield from (now + sign * days for days in _DAYS for sign in (-1, 1))
    elif field is not None and field.kind is Kind.REGION:
        yield from (110_000, 510_000, 440_300)
    else:
        start = 1 if now in {MISSING, 0} else abs(now)
        least, most = _range(field)
        wide = (*(start * factor for factor in _FACTORS), start // 2, start // 10, start // 1_000, -start, -_MOST)
        yield from sorted({min(max(value, least), most) for value in wide})


def _range(field: Field | None) -> tuple[int, int]:
    """What the record accepts, raw."""
    if field is None:
        return 0, 100
    scale = _SCALES.get(field.kind, 1)
    least = 0 if field.minimum is None else max(field.minimum * scale, -_MOST)
    widest = ONE if field.kind is Kind.SHARE else _MOST
    return least, widest if field.maximum is None else min(field.maximum * scale, widest)


def applied(rows: Applications, changes: Changes) -> Applications:
    """The variants as applications."""
    varied = rows.take(changes.base)
    by_fact: dict[str, list[int]] = {}
    for position, name in enumerate(changes.facts):
        by_fact.setdefault(name, []).append(position)
    columns = dict(varied.columns)
    families = {name: dict(children.columns) for name, children in varied.children.items()}
    for name, positions in by_fact.items():
        fact, at = FACTS[name], np.array(positions, dtype=np.int64)
        if fact.family:
            parent = varied.children[fact.family].parent
            chosen = np.isin(parent, at)
            wanted = np.zeros(varied.n, dtype=np.int64)
            wanted[at] = changes.values[at]
            raw = np.where(chosen, wanted[parent], families[fact.family][fact.column].raw)
            families[fact.family][fact.column] = Column.from_raw(raw)
        else:
            raw = columns[fact.column].raw.copy()
            raw[at] = changes.values[at]
            columns[fact.column] = Column.from_raw(raw)
    children = {name: Children(varied.children[name].parent, families[name], varied.n) for name in families}
    return Applications(varied.n, columns, children)
