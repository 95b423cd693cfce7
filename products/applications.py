"""Applications as a struct of arrays: columns of facts, and the rows that belong to each application.

An application without neighbours is a batch of one, whose columns may be `LoneColumn`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from products.columns import Answers, Column, Ints, Truth, always, as_column

Gathered = TypeVar("Gathered", Answers, Ints)

_FIRST: Final = np.zeros(1, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Children:
    """Rows that belong to applications: titles, pledged assets, licences.

    ``parent`` int64 (m,), ascending: the application each row belongs to; ``columns``: facts of shape (m,);
    ``n``: how many applications there are. Aggregates have shape (n,).
    """

    parent: Ints
    columns: Mapping[str, Column]
    n: int

    def __getattr__(self, name: str) -> Column:
        return named(self.columns, name)

    def __len__(self) -> int:
        return len(self.parent)

    def count(self, condition: Truth | None = None) -> Ints:
        """How many rows each application has for which ``condition`` is met."""
        rows = self.parent if condition is None else self.parent[condition.met]
        return np.bincount(rows, minlength=self.n).astype(np.int64, copy=False)

    def any(self, condition: Truth) -> Truth:
        """Whether some row meets ``condition``; unknown if none does but one might."""
        if self._only_child:
            return condition
        return Truth(self._gathered(np.maximum, condition.answers, always(False, self.n).answers))

    def all(self, condition: Truth) -> Truth:
        """Whether every row meets ``condition``; met for applications without rows."""
        if self._only_child:
            return condition
        return Truth(self._gathered(np.minimum, condition.answers, always(True, self.n).answers))

    def sum(self, column: Column) -> Column:
        """Sum over each application's rows, 0 without rows; unknown if one of the values is."""
        totals = self._gathered(np.add, column.values, np.zeros(self.n, dtype=np.int64))
        if column.known is None:
            return Column(totals)
        known = np.ones(self.n, dtype=np.bool_)
        known[self.parent[~column.known]] = False
        return Column(totals, known)

    @property
    def _only_child(self) -> bool:
        return self.n == 1 and len(self.parent) == 1

    def _gathered(self, operation: np.ufunc, of_rows: Gathered, start: Gathered) -> Gathered:
        """What ``operation`` makes of ``start`` (n,) and each application's rows (m,)."""
        if self.n == 1 and len(self.parent):
            result: Gathered = operation(operation.reduceat(of_rows, _FIRST), start)  # all rows are the application's
            return result
        result = start.copy()
        operation.at(result, self.parent, of_rows)
        return result

    def greatest(self, column: Column, *, default: int) -> Ints:
        """The greatest known value among each application's rows, ``default`` where there is none."""
        return self._gathered(np.maximum, column.otherwise(default), np.full(self.n, default, dtype=np.int64))

    def of_parent(self, column: Column | Ints) -> Column:
        """A fact of the application, repeated for each of its rows."""
        own = as_column(column, self.n)
        return own if self._only_child else own.take(self.parent)

    def take(self, rows: Ints) -> Children:
        """The children of the given applications, renumbered to their new positions."""
        starts = np.searchsorted(self.parent, np.arange(self.n))
        counts = np.bincount(self.parent, minlength=self.n)
        taken = counts[rows]
        offsets = np.cumsum(taken) - taken
        index = np.arange(taken.sum()) - np.repeat(offsets, taken) + np.repeat(starts[rows], taken)
        parent = np.repeat(np.arange(len(rows)), taken)
        return Children(parent, {name: column.take(index) for name, column in self.columns.items()}, len(rows))

    def between(self, start: int, stop: int) -> Children:
        """The children of the applications from ``start`` to before ``stop``, renumbered from 0."""
        first, last = np.searchsorted(self.parent, (start, stop))
        columns = {name: column.between(int(first), int(last)) for name, column in self.columns.items()}
        return Children(self.parent[first:last] - start, columns, stop - start)


def named(columns: Mapping[str, Column], name: str) -> Column:
    """The column of that name; an AttributeError that lists near names otherwise."""
    try:
        return columns[name]
    except KeyError:
        from difflib import get_close_matches  # noqa: PLC0415  # only when something is wrong already

        near = ", ".join(get_close_matches(name, columns, n=3)) or "none is near"
        raise AttributeError(f"There is no column {name!r}; near names: {near}.") from None


@dataclass(frozen=True, slots=True)
class Applications:
    """n applications as a struct of arrays: ``app.revenue_y0`` is a column, ``app.ip_assets`` are children."""

    n: int
    columns: Mapping[str, Column]
    children: Mapping[str, Children]

    def __getattr__(self, name: str) -> Column:
        return named(self.columns, name)

    @property
    def titles(self) -> Children:
        """The enterprise's certificates."""
        return self.children["titles"]

    @property
    def ip_assets(self) -> Children:
        """The intellectual property offered as security."""
        return self.children["ip_assets"]

    def take(self, rows: Ints) -> Applications:
        """The applications at the given positions, in that order."""
        return Applications(
            len(rows),
            {name: column.take(rows) for name, column in self.columns.items()},
            {name: children.take(rows) for name, children in self.children.items()},
        )

    def between(self, start: int, stop: int) -> Applications:
        """The applications from ``start`` to before ``stop``, as views."""
        return Applications(
            stop - start,
            {name: column.between(start, stop) for name, column in self.columns.items()},
            {name: children.between(start, stop) for name, children in self.children.items()},
        )
