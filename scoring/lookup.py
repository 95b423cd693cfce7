"""From facts to bins: by block of rows for batches, by record for one applicant. Both divide and compare alike."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.features import Feature, FeatureKind, Terms
from scoring.levels import LevelBins, level_bin
from scoring.parts import Facts, FactsError, FeatureTable, PairTable, Record

Floats: TypeAlias = npt.NDArray[np.float64]

_MOST_COUNTED_EDGES: Final = 100
_NAN: Final = math.nan


class BlockColumn:
    """A feature's table ready for lookup by block."""

    __slots__ = ("_edges", "_feature", "_levels", "_numbers", "_unknown", "points")

    def __init__(self, table: FeatureTable) -> None:
        self._levels = LevelBins(table)
        self._feature = table.feature
        self._unknown = table.unknown_bin
        self._edges = table.edges
        self._numbers = np.array([*table.edges, math.inf])
        self.points = np.array(table.points, dtype=np.int32)

    def bins(self, facts: Facts, block: slice) -> npt.NDArray[Any]:
        """Bins of a block of rows, shape (rows of the block,)."""
        if self._feature.kind is FeatureKind.CATEGORY:
            return self._levels.of(facts[self._feature.numerator[0][0]][block])
        values = feature_values(self._feature, facts, block)
        if len(self._edges) > _MOST_COUNTED_EDGES:
            return np.searchsorted(self._numbers, values)
        return self._counted(values)

    def _counted(self, values: Floats) -> npt.NDArray[np.uint8]:
        # Counting the edges below a value is faster than a binary search up to some hundred edges.
        above = np.isnan(values)
        bins = above.view(np.uint8) * np.uint8(self._unknown)
        for edge in self._edges:
            np.greater(values, edge, out=above)
            bins += above.view(np.uint8)
        return bins


class BlockGrid:
    """A pair's grid, flattened."""

    __slots__ = ("first", "points", "second", "width")

    def __init__(self, pair: PairTable) -> None:
        self.first = pair.first
        self.second = pair.second
        self.width = len(pair.points[0])
        self.points = np.array(pair.points, dtype=np.int32).ravel()


@dataclass(frozen=True, slots=True)
class _Plan:
    """One feature for a single record; a side of one fact with coefficient 1 stands by its name alone."""

    table: FeatureTable
    top: str | None
    bottom: str | None
    divided: bool

    @classmethod
    def of(cls, table: FeatureTable) -> _Plan:
        feature = table.feature
        return cls(table, _lone(feature.numerator), _lone(feature.denominator), bool(feature.denominator))


class RecordColumns:
    """All features' tables ready for lookup by record."""

    __slots__ = ("_rows",)

    def __init__(self, tables: Sequence[FeatureTable]) -> None:
        plans = [_Plan.of(table) for table in tables]
        # Plain tuples: attribute access would double the time of a lookup.
        self._rows = tuple(
            (
                plan.top,
                plan.table.feature.numerator,
                plan.bottom if plan.divided else None,
                plan.table.feature.denominator,
                plan.table.edges,
                plan.table.unknown_bin,
                plan.table if plan.table.feature.kind is FeatureKind.CATEGORY else None,
            )
            for plan in plans
        )

    def bins(self, record: Record) -> list[int]:
        """Bin of each feature; a fact that is absent, None or NaN is unknown. FactsError for what is no number."""
        try:
            return self._bins(record)
        except TypeError as error:
            raise FactsError(self._named_text(record)) from error

    def _named_text(self, record: Record) -> str:
        numbers = (
            name for _, top, _, bottom, _, _, category in self._rows if category is None for name, _ in (*top, *bottom)
        )
        name = next(name for name in numbers if not isinstance(record.get(name), Real | None))
        return _no_number(name, repr(record[name]))

    def _bins(self, record: Record) -> list[int]:
        read: Callable[[str], Any] = record.get
        bins: list[int] = []
        append = bins.append
        for top, top_terms, bottom, bottom_terms, edges, unknown, category in self._rows:
            value = read(top) if top is not None else _combined(top_terms, read)
            if category is not None:
                append(level_bin(value, category))
                continue
            if bottom_terms and value is not None:
                divisor = read(bottom) if bottom is not None else _combined(bottom_terms, read)
                value = value / divisor if divisor is not None and divisor > 0.0 else None
            # NaN differs from itself.
            append(unknown if value is None or value != value else bisect_left(edges, value))  # noqa: PLR0124
        return bins


def feature_values(feature: Feature, facts: Facts, block: slice = slice(None)) -> Floats:
    """A number feature's values of shape (n,), NaN where unknown."""
    values = _sum_of_many(feature.numerator, facts, block)
    if not feature.denominator:
        return values
    bottom = _sum_of_many(feature.denominator, facts, block)
    quotient: Floats = np.divide(values, bottom, out=np.full(values.shape, _NAN), where=bottom > 0.0)
    return quotient


def _lone(terms: Terms) -> str | None:
    return terms[0][0] if len(terms) == 1 and terms[0][1] == 1.0 else None


def _combined(terms: Terms, read: Callable[[str], Any]) -> float | None:
    total: float | None = None
    for name, coefficient in terms:
        value = read(name)
        if value is None:
            return None
        total = coefficient * value if total is None else total + coefficient * value
    return total


def _sum_of_many(terms: Terms, facts: Facts, block: slice) -> Floats:
    name, coefficient = terms[0]
    total = _numbers(name, facts[name][block])
    if coefficient != 1.0:
        total = coefficient * total
    for name, coefficient in terms[1:]:
        total = total + coefficient * _numbers(name, facts[name][block])
    return total


def _numbers(name: str, column: Any) -> Floats:
    try:
        return np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError) as error:
        text = next((one for one in np.asarray(column).tolist() if isinstance(one, str)), column)
        raise FactsError(_no_number(name, repr(text))) from error


def _no_number(name: str, text: str) -> str:
    return (
        f"The fact {name} must be a number; it is {text}. Write numbers without signs of currency or "
        "thousands, and leave unknown values empty."
    )
