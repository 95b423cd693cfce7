"""Tables looked up over several keys at once: amount bands, classes, flags, in any number.

A table's rows are boxes over its keys. Keys are cut at the rows' edges into cells; every cell points to the first row
that covers it. A lookup is one search per key, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from products.columns import Ints
from products.guarantee.facts import BadFacts, Fact, Facts, fact_of

Stretch = tuple[int, int]
"""Whole numbers from the first to before the second."""
Box = Mapping[str, tuple[Stretch, ...]]
"""What a row admits of each key, as stretches; a key that is not named admits everything."""
NO_ROW: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One key of a table: the fact, and where it is cut; cell i ends before ``cuts[i]``."""

    fact: Fact
    cuts: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """``first_row`` (cells of each axis): the row that holds there, `NO_ROW` where none does.

    ``covered`` (rows, cells…): what each row admits, whichever stands before it. The last row of a table with
    ``otherwise`` admits everything.
    """

    axes: tuple[Axis, ...]
    first_row: Ints
    covered: np.ndarray[Any, np.dtype[np.bool_]]
    otherwise: bool

    def row_of(self, facts: Facts, n: int, asked_by: str) -> Ints:
        """The row for each loan, (n,); BadFacts where no row covers it."""
        if not self.axes:
            return np.zeros(n, dtype=np.int64)
        cells = tuple(
            np.searchsorted(axis.cuts, fact_of(facts, axis.fact.name, asked_by), side="right") for axis in self.axes
        )
        rows = self.first_row[cells]
        if rows.size and int(rows.min()) == NO_ROW:
            loan = int(np.argmin(rows))
            keys = ", ".join(
                f"{axis.fact.name} {axis.fact.written(int(facts[axis.fact.name][loan]))}" for axis in self.axes
            )
            raise BadFacts(
                f"The rule {asked_by} has no row for loan {loan} ({keys}); leave the loan out or mend the rule book."
            )
        return rows

    def cell_in_words(self, cell: Sequence[int]) -> str:
        """Where a cell lies, for messages."""
        return ", ".join(_stretch_in_words(axis, index) for axis, index in zip(self.axes, cell, strict=True))

    def holes(self) -> Iterator[str]:
        """Where no row holds, in words."""
        for cell in np.argwhere(self.first_row == NO_ROW):
            yield self.cell_in_words(cell.tolist())

    def unreachable(self) -> Iterator[int]:
        """Rows that earlier rows leave nothing to; a last row that takes what is left is never one."""
        reached = set(np.unique(self.first_row).tolist())
        for row in range(len(self.covered) - self.otherwise):
            if row not in reached:
                yield row

    def overlaps(self) -> Iterator[tuple[int, int, str]]:
        """Pairs of rows that admit the same loans though each has some of its own, with where."""
        last = len(self.covered) - self.otherwise
        lost = set(self.unreachable())
        for first in range(last):
            for second in range(first + 1, last):
                both = self.covered[first] & self.covered[second]
                if second not in lost and both.any():
                    yield first, second, self.cell_in_words(np.argwhere(both)[0].tolist())


def make_table(keys: Sequence[Fact], rows: Sequence[Box], *, otherwise: bool) -> Table:
    """A table over ``keys`` with rows in order of precedence; the last is what else there is if ``otherwise``."""
    axes = tuple(Axis(key, _cuts(key, rows)) for key in keys)
    shape = tuple(len(axis.cuts) + 1 for axis in axes)
    covered = np.array([_cells(axes, row, shape) for row in rows], dtype=np.bool_).reshape(len(rows), *shape)
    first = np.where(covered.any(axis=0), covered.argmax(axis=0), NO_ROW).astype(np.int64)
    return Table(axes, first, covered, otherwise)


def _cuts(key: Fact, rows: Sequence[Box]) -> Ints:
    edges = {edge for row in rows for stretch in row.get(key.name, ()) for edge in stretch}
    return np.array(sorted(edge for edge in edges if 0 < edge < key.end), dtype=np.int64)


def _cells(axes: Sequence[Axis], row: Box, shape: tuple[int, ...]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    inside = np.ones(shape, dtype=np.bool_)
    for place, axis in enumerate(axes):
        if axis.fact.name in row:
            starts = np.concatenate([[0], axis.cuts])
            admitted = np.any([(starts >= low) & (starts < high) for low, high in row[axis.fact.name]], axis=0)
            inside &= admitted.reshape([-1 if i == place else 1 for i in range(len(axes))])
    return inside


def _stretch_in_words(axis: Axis, index: int) -> str:
    low = 0 if index == 0 else int(axis.cuts[index - 1])
    high = axis.fact.end if index == len(axis.cuts) else int(axis.cuts[index])
    if high == low + 1:
        return f"{axis.fact.name} {axis.fact.written(low)}"
    if axis.fact.options:
        return f"{axis.fact.name} {' or '.join(axis.fact.options[low:high])}"
    top = "any higher" if index == len(axis.cuts) else axis.fact.written(high - 1)
    return f"{axis.fact.name} from {axis.fact.written(low)} to {top}"
