"""Columns of facts with unknowns, and statements about them with three answers.

A `Column` is one fact of many applications: ``values`` int64 of shape (n,), ``known`` bool of shape (n,), or None when
every value is known. Amounts are fen, shares and rates parts per million, dates days since 1970-01-01, choices the
position of the choice in its declaration, flags 0 or 1. Arithmetic and comparison carry "unknown" along, so a rule is
written as the sentence it stands for and works for one application and for a million:

    app.guaranteed_balance + app.amount <= terms.balance_cap

A `Truth` is the answer: uint8 of shape (n,), NOT_MET 0, UNKNOWN 1, MET 2. ``&``, ``|`` and ``~`` follow Kleene's strong
logic: an unknown decides only what the other side has not decided already. Truth values refuse to be used as Python
booleans, because ``and``, ``or`` and ``if`` would look at one application only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Answers = npt.NDArray[np.uint8]

NOT_MET: Final = 0
UNKNOWN: Final = 1
MET: Final = 2
MISSING: Final = int(np.iinfo(np.int64).min)
"""The int64 that stands for "unknown" in raw arrays; the same bits as numpy's NaT."""


_TWO: Final = np.uint8(2)
_UNKNOWN: Final = np.uint8(UNKNOWN)
_MOST_CHOICES: Final = 64


class Truth:
    """Answers of shape (n,) to one statement."""

    __slots__ = ("answers",)

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    def __and__(self, other: Truth) -> Truth:
        return Truth(np.minimum(self.answers, other.answers))

    def __or__(self, other: Truth) -> Truth:
        return Truth(np.maximum(self.answers, other.answers))

    def __invert__(self) -> Truth:
        return Truth(MET - self.answers)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "A Truth answers for a whole column; combine statements with &, | and ~ instead of and, or and not."
        )

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def met(self) -> Bools:
        """Where the statement is known to hold."""
        return np.equal(self.answers, MET)

    @property
    def not_met(self) -> Bools:
        """Where the statement is known not to hold."""
        return np.equal(self.answers, NOT_MET)

    @property
    def unknown(self) -> Bools:
        """Where a needed fact is missing."""
        return np.equal(self.answers, UNKNOWN)

    def but_unknown_is(self, answer: bool) -> Truth:
        """The same statement with every unknown taken as ``answer``: for facts whose silence has a meaning."""
        return Truth(np.where(self.answers == UNKNOWN, np.uint8(MET if answer else NOT_MET), self.answers))


def truth(holds: Bools, known: Bools | None = None) -> Truth:
    """A Truth from booleans: met where ``holds``, unknown where not ``known``."""
    answers = holds.view(np.uint8) * _TWO
    return Truth(answers if known is None else np.where(known, answers, _UNKNOWN))


def always(answer: bool, n: int) -> Truth:
    """The same answer for all ``n`` rows."""
    return Truth(np.full(n, MET if answer else NOT_MET, dtype=np.uint8))


def _both_known(left: Bools | None, right: Bools | None) -> Bools | None:
    if left is None:
        return right
    return left if right is None else left & right


class Column:
    """One fact of n applications; see the module's docstring for units."""

    __slots__ = ("known", "values")
    __hash__ = None  # type: ignore[assignment]  # compares by column, like a numpy array

    def __init__(self, values: Ints, known: Bools | None = None) -> None:
        self.values = values
        self.known = known

    @classmethod
    def from_raw(cls, raw: Ints) -> Column:
        """A column from int64 values in which `MISSING` stands for unknown."""
        known = raw != MISSING
        return cls(raw) if known.all() else cls(np.where(known, raw, 0), known)

    @property
    def raw(self) -> Ints:
        """The values with `MISSING` where unknown."""
        return self.values if self.known is None else np.where(self.known, self.values, MISSING)

    @property
    def is_known(self) -> Truth:
        """Whether the fact is known; never itself unknown."""
        if self.known is None:
            return always(True, len(self.values))
        return truth(self.known)

    def otherwise(self, value: int | Ints) -> Ints:
        """The values, with ``value`` where unknown: for facts whose silence has a meaning."""
        return self.values if self.known is None else np.where(self.known, self.values, value)

    def take(self, rows: Ints) -> Column:
        """The facts of the given rows, in their order."""
        return Column(self.values[rows], None if self.known is None else self.known[rows])

    def between(self, start: int, stop: int) -> Column:
        """The facts of the rows from ``start`` to before ``stop``, as a view."""
        return Column(self.values[start:stop], None if self.known is None else self.known[start:stop])

    def where(self, condition: Truth, otherwise: Column | int) -> Column:
        """This column where ``condition`` is met, ``otherwise`` where not; unknown where that is unknown."""
        other = _column(otherwise, len(self.values))
        chosen = condition.met
        values = np.where(chosen, self.values, other.values)
        if self.known is None and other.known is None:
            return Column(values, _known_or_none(~condition.unknown))
        sides = np.where(chosen, self.is_known.met, other.is_known.met)
        return Column(values, _known_or_none(sides & ~condition.unknown))

    def one_of(self, choices: Iterable[int]) -> Truth:
        """Whether a choice is among ``choices``; for columns of choices, whose codes are below 64."""
        among = np.zeros(_MOST_CHOICES, dtype=np.bool_)
        among[list(choices)] = True
        return truth(among[self.values], self.known)

    def _arithmetic(self, other: Column | Ints | int, operation: Callable[[Ints, Ints | int], Ints]) -> Column:
        if isinstance(other, Column):
            return Column(operation(self.values, other.values), _both_known(self.known, other.known))
        return Column(operation(self.values, other), self.known)

    def _comparison(self, other: Column | Ints | int, operation: Callable[[Ints, Ints | int], Bools]) -> Truth:
        if isinstance(other, Column):
            return truth(operation(self.values, other.values), _both_known(self.known, other.known))
        return truth(operation(self.values, other), self.known)

    def __add__(self, other: Column | Ints | int) -> Column:
        return self._arithmetic(other, np.add)

    def __radd__(self, other: int) -> Column:
        return self._arithmetic(other, np.add)

    def __sub__(self, other: Column | Ints | int) -> Column:
        return self._arithmetic(other, np.subtract)

    def __rsub__(self, other: int) -> Column:
        return Column(np.subtract(other, self.values), self.known)

    def __mul__(self, other: Column | Ints | int) -> Column:
        return self._arithmetic(other, np.multiply)

    def __rmul__(self, other: int) -> Column:
        return self._arithmetic(other, np.multiply)

    def __floordiv__(self, other: Column | int) -> Column:
        """Quotient rounded down; unknown where the divisor is zero."""
        divisor = _column(other, len(self.values))
        usable = divisor.values != 0
        quotient = self.values // np.where(usable, divisor.values, 1)
        known = _both_known(self.known, divisor.known)
        return Column(quotient, known if usable.all() else _both_known(known, usable))

    def __le__(self, other: Column | Ints | int) -> Truth:
        return self._comparison(other, np.less_equal)

    def __lt__(self, other: Column | Ints | int) -> Truth:
        return self._comparison(other, np.less)

    def __ge__(self, other: Column | Ints | int) -> Truth:
        return self._comparison(other, np.greater_equal)

    def __gt__(self, other: Column | Ints | int) -> Truth:
        return self._comparison(other, np.greater)

    def __eq__(self, other: Column | Ints | int) -> Truth:  # type: ignore[override]  # a column of answers, not one
        return self._comparison(other, np.equal)

    def __ne__(self, other: Column | Ints | int) -> Truth:  # type: ignore[override]  # a column of answers, not one
        return self._comparison(other, np.not_equal)


def _known_or_none(known: Bools) -> Bools | None:
    return None if known.all() else known


def _column(value: Column | Ints | int, n: int) -> Column:
    if isinstance(value, Column):
        return value
    return Column(np.broadcast_to(np.asarray(value, dtype=np.int64), (n,)))


def flag(column: Column) -> Truth:
    """A yes/no fact as a statement."""
    return truth(column.values.astype(np.bool_), column.known)


def open_where_unknown(statement: Truth, column: Column) -> Truth:
    """The statement, but unknown instead of not met where ``column`` is: an unstated list may hold what is sought."""
    return statement if column.known is None else Truth(np.maximum(statement.answers, (~column.known).view(np.uint8)))


def least(first: Column, *others: Column | int) -> Column:
    """The smallest of several columns; unknown as soon as one of them is."""
    result = first
    for other in others:
        result = result._arithmetic(other, np.minimum)  # noqa: SLF001  # a function of this very type
    return result


def least_known(columns: Sequence[Column]) -> tuple[Column, Ints]:
    """The smallest known value per row and the position of the column it came from (the first on a tie).

    Unknown columns are passed over; a row in which all are unknown is unknown and has position 0.
    """
    stacked = np.stack([column.otherwise(np.iinfo(np.int64).max) for column in columns])
    position = np.argmin(stacked, axis=0)
    known: Bools = np.logical_or.reduce([column.is_known.met for column in columns], axis=0)
    smallest = stacked[position, np.arange(stacked.shape[1])]
    return Column(np.where(known, smallest, 0), _known_or_none(known)), position.astype(np.int64)


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
        answers = np.zeros(self.n, dtype=np.uint8)
        np.maximum.at(answers, self.parent, condition.answers)
        return Truth(answers)

    def all(self, condition: Truth) -> Truth:
        """Whether every row meets ``condition``; met for applications without rows."""
        answers = np.full(self.n, MET, dtype=np.uint8)
        np.minimum.at(answers, self.parent, condition.answers)
        return Truth(answers)

    def sum(self, column: Column) -> Column:
        """Sum over each application's rows, 0 without rows; unknown if one of the values is."""
        totals = np.zeros(self.n, dtype=np.int64)
        np.add.at(totals, self.parent, column.values)
        if column.known is None:
            return Column(totals)
        known = np.ones(self.n, dtype=np.bool_)
        known[self.parent[~column.known]] = False
        return Column(totals, known)

    def greatest(self, column: Column, *, default: int) -> Ints:
        """The greatest known value among each application's rows, ``default`` where there is none."""
        result = np.full(self.n, default, dtype=np.int64)
        np.maximum.at(result, self.parent, column.otherwise(default))
        return result

    def of_parent(self, column: Column | Ints) -> Column:
        """A fact of the application, repeated for each of its rows."""
        return _column(column, self.n).take(self.parent)

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
