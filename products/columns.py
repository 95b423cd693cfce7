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

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from products.truths import LONE, MET, NOT_MET, UNKNOWN, Answers, Bools, LoneTruth, Truth, all_hold, always, truth

__all__ = [
    "LONE",
    "MET",
    "MISSING",
    "NOT_MET",
    "UNKNOWN",
    "Answers",
    "Bools",
    "Column",
    "Ints",
    "LoneColumn",
    "LoneTruth",
    "Truth",
    "all_hold",
    "always",
    "as_column",
    "flag",
    "least",
    "least_known",
    "open_where_unknown",
    "truth",
]

Ints = npt.NDArray[np.int64]

MISSING: Final = int(np.iinfo(np.int64).min)
"""The int64 that stands for "unknown" in raw arrays; the same bits as numpy's NaT."""


# Constants that meet arrays are arrays themselves: numpy converts a Python number or a scalar anew at every use.
_UNKNOWN: Final = np.array(UNKNOWN, dtype=np.uint8)
_ZERO: Final = np.array(0, dtype=np.int64)
_MISSING: Final = np.array(MISSING, dtype=np.int64)
_NO_LEAST: Final = np.array(np.iinfo(np.int64).max)
_MOST_CHOICES: Final = 64


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
        known = raw != _MISSING
        return cls(raw) if all_hold(known) else cls(np.where(known, raw, _ZERO), known)

    @property
    def raw(self) -> Ints:
        """The values with `MISSING` where unknown."""
        return self.values if self.known is None else np.where(self.known, self.values, _MISSING)

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
        if len(rows) == 1:
            return self._lone_at(int(rows[0]))
        return Column(self.values[rows], None if self.known is None else self.known[rows])

    def between(self, start: int, stop: int) -> Column:
        """The facts of the rows from ``start`` to before ``stop``, as a view."""
        if stop - start == 1:
            return self._lone_at(start)
        return Column(self.values[start:stop], None if self.known is None else self.known[start:stop])

    def _lone_at(self, row: int) -> Column:
        return LoneColumn(self.values.item(row), self.known is None or bool(self.known[row]))

    def where(self, condition: Truth, otherwise: Column | int) -> Column:
        """This column where ``condition`` is met, ``otherwise`` where not; unknown where that is unknown."""
        other = as_column(otherwise, len(self.values))
        chosen = condition.met
        settled = np.not_equal(condition.answers, _UNKNOWN)
        values = np.where(chosen, self.values, other.values)
        if self.known is None and other.known is None:
            return Column(values, _known_or_none(settled))
        sides = np.where(chosen, self.is_known.met, other.is_known.met)
        return Column(values, _known_or_none(sides & settled))

    def one_of(self, choices: Iterable[int]) -> Truth:
        """Whether a choice is among ``choices``; for columns of choices, whose codes are below 64."""
        return truth(_among(tuple(choices))[self.values], self.known)

    def _arithmetic(self, other: Operand, operation: Callable[[Ints, Ints | int], Ints]) -> Column:
        if isinstance(other, Column):
            return Column(operation(self.values, other.values), _both_known(self.known, other.known))
        return Column(operation(self.values, other), self.known)

    def _comparison(self, other: Operand, operation: Callable[[Ints, Ints | int], Bools]) -> Truth:
        if isinstance(other, Column):
            return truth(operation(self.values, other.values), _both_known(self.known, other.known))
        return truth(operation(self.values, other), self.known)

    def __add__(self, other: Operand) -> Column:
        return self._arithmetic(other, np.add)

    def __radd__(self, other: int) -> Column:
        return self._arithmetic(other, np.add)

    def __sub__(self, other: Operand) -> Column:
        return self._arithmetic(other, np.subtract)

    def __rsub__(self, other: int) -> Column:
        return Column(np.subtract(other, self.values), self.known)

    def __mul__(self, other: Operand) -> Column:
        return self._arithmetic(other, np.multiply)

    def __rmul__(self, other: int) -> Column:
        return self._arithmetic(other, np.multiply)

    def __floordiv__(self, other: Column | int) -> Column:
        """Quotient rounded down; unknown where the divisor is zero."""
        divisor = as_column(other, len(self.values))
        known = _both_known(self.known, divisor.known)
        if np.count_nonzero(divisor.values) == divisor.values.size:
            return Column(self.values // divisor.values, known)
        usable = divisor.values != 0
        return Column(self.values // np.where(usable, divisor.values, 1), _both_known(known, usable))

    def __le__(self, other: Operand) -> Truth:
        return self._comparison(other, np.less_equal)

    def __lt__(self, other: Operand) -> Truth:
        return self._comparison(other, np.less)

    def __ge__(self, other: Operand) -> Truth:
        return self._comparison(other, np.greater_equal)

    def __gt__(self, other: Operand) -> Truth:
        return self._comparison(other, np.greater)

    def __eq__(self, other: Operand) -> Truth:  # type: ignore[override]  # a column of answers, not one
        return self._comparison(other, np.equal)

    def __ne__(self, other: Operand) -> Truth:  # type: ignore[override]  # a column of answers, not one
        return self._comparison(other, np.not_equal)


Operand = Column | Ints | int
"""What may stand beside a column: facts of as many applications, or one number for all."""


@lru_cache(maxsize=256)
def _among(choices: tuple[int, ...]) -> Bools:
    among = np.zeros(_MOST_CHOICES, dtype=np.bool_)
    among[list(choices)] = True
    return among


def _computed_alone(
    operation: Callable[[int, int], int], of_columns: Callable[[Column, Operand], Column]
) -> Callable[[LoneColumn, Operand], Column]:
    """An operator of `LoneColumn`: of numbers with one another, and as ``of_columns`` with anything else."""

    def computed(self: LoneColumn, other: Operand) -> Column:
        if isinstance(other, LoneColumn):
            return LoneColumn(operation(self.number, other.number), self.stated and other.stated)
        if isinstance(other, int):
            return LoneColumn(operation(self.number, other), self.stated)
        return of_columns(self, other)

    return computed


def _compared_alone(
    operation: Callable[[int, int], bool], of_columns: Callable[[Column, Operand], Truth]
) -> Callable[[LoneColumn, Operand], Truth]:
    """As `_computed_alone`, for the operators whose answer is a `Truth`."""

    def compared(self: LoneColumn, other: Operand) -> Truth:
        if isinstance(other, LoneColumn):
            if not (self.stated and other.stated):
                return LONE[UNKNOWN]
            return LONE[MET if operation(self.number, other.number) else NOT_MET]
        if isinstance(other, int):
            if not self.stated:
                return LONE[UNKNOWN]
            return LONE[MET if operation(self.number, other) else NOT_MET]
        return of_columns(self, other)

    return compared


class LoneColumn(Column):
    """One fact of one row as Python's number: `Column` without the start-up costs of arrays.

    ``number`` means nothing where the fact is not ``stated``, like a column's values. What is not written here is
    computed as for every column, from arrays made when they are asked for.
    """

    __slots__ = ("_values", "number", "stated")

    def __init__(self, number: int, stated: bool) -> None:
        self.number, self.stated = number, stated
        self._values: Ints | None = None

    @classmethod
    def read(cls, raw: int) -> LoneColumn:
        """A column from a number, or `MISSING` for unknown."""
        return cls(0, stated=False) if raw == MISSING else cls(raw, stated=True)

    @property
    def values(self) -> Ints:  # type: ignore[override]  # made when asked for
        if self._values is None:
            self._values = np.array([self.number], dtype=np.int64)
        return self._values

    @property
    def known(self) -> Bools | None:  # type: ignore[override]  # made when asked for
        return None if self.stated else LONE[MET].not_met

    @property
    def is_known(self) -> Truth:
        return LONE[MET if self.stated else NOT_MET]

    def one_of(self, choices: Iterable[int]) -> Truth:
        if not self.stated:
            return LONE[UNKNOWN]
        return LONE[MET if self.number in tuple(choices) else NOT_MET]

    __add__ = _computed_alone(operator.add, Column.__add__)
    __sub__ = _computed_alone(operator.sub, Column.__sub__)
    __le__ = _compared_alone(operator.le, Column.__le__)
    __lt__ = _compared_alone(operator.lt, Column.__lt__)
    __ge__ = _compared_alone(operator.ge, Column.__ge__)
    __gt__ = _compared_alone(operator.gt, Column.__gt__)
    __eq__ = _compared_alone(operator.eq, Column.__eq__)
    __ne__ = _compared_alone(operator.ne, Column.__ne__)
    __hash__ = None  # compares by column, like a numpy array


def _known_or_none(known: Bools) -> Bools | None:
    return None if all_hold(known) else known


def as_column(value: Operand, n: int) -> Column:
    """A column of n facts from one, from an array of that length or from one number for all."""
    if isinstance(value, Column):
        return value
    if isinstance(value, np.ndarray) and value.shape == (n,):
        return Column(value)
    constant = np.empty(n, dtype=np.int64)
    constant.fill(value)
    return Column(constant)


def flag(column: Column) -> Truth:
    """A yes/no fact as a statement."""
    if isinstance(column, LoneColumn):
        return LONE[(MET if column.number else NOT_MET) if column.stated else UNKNOWN]
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
    stacked = np.array([column.otherwise(_NO_LEAST) for column in columns])
    position = stacked.argmin(axis=0)
    smallest = stacked[position, np.arange(stacked.shape[1])]
    sides = [column.known for column in columns if column.known is not None]
    if len(sides) < len(columns):
        return Column(smallest), position
    known: Bools = np.logical_or.reduce(sides, axis=0)
    return Column(np.where(known, smallest, _ZERO), _known_or_none(known)), position
