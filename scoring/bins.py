"""Cutting columns into bins: numbers at quantiles, category levels by their cross-fitted default rate.

A column is an array (n,) of float64 (a number, NaN unknown) or of objects (levels; None, NaN and "" unknown).
Codes are float64 bin numbers 0, 1, 2, ... with NaN for unknown, as the trees take them; bins are the same as integers
with the unknown bin last, as the tables take them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.levels import level_text

Floats: TypeAlias = npt.NDArray[np.float64]
Columns: TypeAlias = Sequence[npt.NDArray[Any]]
Folds: TypeAlias = Sequence[npt.NDArray[np.intp]]

SMOOTHING: Final = 20.0
"""Weight of the overall default rate against a level's own, in rows."""

MOST_PLAIN_LEVELS: Final = 24
"""Categories with more levels are encoded out of fold, so that a rare level does not tell its own outcome."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """How a column is cut: edges of a number (bin i holds edges[i-1] < value <= edges[i]) or levels with their bins."""

    edges: tuple[float, ...] = ()
    levels: Mapping[str, int] = field(default_factory=dict)
    other: int = 0
    is_category: bool = False

    @property
    def count(self) -> int:
        """Number of bins, the unknown one included."""
        return max(self.levels.values()) + 2 if self.levels else len(self.edges) + 2

    def codes(self, column: npt.NDArray[Any]) -> Floats:
        """Codes of a column of any rows; an unseen level takes the bin `other`, that of an average level."""
        if not self.is_category:
            values = np.asarray(column, dtype=np.float64)
            return np.where(np.isnan(values), np.nan, np.searchsorted(np.array(self.edges), values))
        texts = [level_text(level) for level in column.tolist()]
        return np.array(
            [np.nan if text is None else self.levels.get(text, self.other) for text in texts], dtype=np.float64
        )

    def bins(self, column: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
        """Table positions of a column, the unknown bin last."""
        return bins_of(self.codes(column), self)


def bins_of(codes: Floats, cuts: Cuts) -> npt.NDArray[np.intp]:
    """Codes as table positions, the unknown bin last."""
    return np.where(np.isnan(codes), cuts.count - 1, codes).astype(np.intp)


def cut(column: npt.NDArray[Any], target: Floats, weight: Floats, folds: Folds, most: int) -> tuple[Cuts, Floats]:
    """Cuts of a training column with at most `most` bins of known values, and its codes for training.

    `folds` are the rows left out together; a category with many levels is coded for each of them from the other rows.
    """
    if column.dtype.kind == "O":
        return _cut_levels(column, target, weight, folds, most)
    cuts = Cuts(edges=_edges(np.asarray(column, dtype=np.float64), most))
    return cuts, cuts.codes(column)


def _edges(values: Floats, most: int) -> tuple[float, ...]:
    known = values[~np.isnan(values)]
    different = np.unique(known)
    if different.size <= most:
        lower, upper = different[:-1], different[1:]
        middle = lower + (upper - lower) / 2
        edges = np.where(middle < upper, middle, lower)
    else:
        edges = np.quantile(known, np.linspace(0.0, 1.0, most + 1)[1:-1], method="lower")
    short = np.array([float(f"{edge:.6g}") for edge in edges])
    # An edge written short must still divide the same values; where it does not, it keeps all its digits.
    same = np.searchsorted(different, short, side="right") == np.searchsorted(different, edges, side="right")
    edges = np.unique(np.where(same, short, edges))
    return tuple(float(edge) for edge in edges if different.size and edge < different[-1])


def _cut_levels(
    column: npt.NDArray[Any], target: Floats, weight: Floats, folds: Folds, most: int
) -> tuple[Cuts, Floats]:
    texts = [level_text(level) for level in column.tolist()]
    known = sorted({text for text in texts if text is not None})
    if not known:
        return Cuts(is_category=True), np.full(len(texts), np.nan)
    position = {text: index for index, text in enumerate(known)}
    rows = np.array([-1 if text is None else position[text] for text in texts], dtype=np.intp)
    rates = _rates(rows, target, weight, len(known))
    edges = np.array(_edges(rates, most))
    levels = _numbered(np.searchsorted(edges, rates))
    lookup = np.full(edges.size + 1, np.nan)
    lookup[np.searchsorted(edges, rates)] = levels
    lookup = _filled(lookup)
    overall = np.average(target, weights=weight)
    cuts = Cuts(
        is_category=True,
        levels={text: int(levels[index]) for text, index in position.items()},
        other=int(lookup[np.searchsorted(edges, overall)]),
    )
    own = rates[rows]
    if len(known) > MOST_PLAIN_LEVELS:
        for fold in folds:
            others = np.ones(rows.size, dtype=np.bool_)
            others[fold] = False
            own[fold] = _rates(rows[others], target[others], weight[others], len(known))[rows[fold]]
    return cuts, np.where(rows < 0, np.nan, lookup[np.searchsorted(edges, own)])


def _numbered(groups: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The same groups, numbered 0, 1, 2, ... without a gap."""
    return np.unique(groups, return_inverse=True)[1].astype(np.intp)


def _filled(lookup: Floats) -> Floats:
    """Groups that no level has take the number of the next that has one."""
    known = np.flatnonzero(~np.isnan(lookup))
    nearest = np.minimum(np.searchsorted(known, np.arange(lookup.size)), known.size - 1)
    return lookup[known[nearest]]


def _rates(rows: npt.NDArray[np.intp], target: Floats, weight: Floats, levels: int) -> Floats:
    """Default rate of each level, drawn towards the overall one."""
    known = rows >= 0
    mean = float(np.average(target, weights=weight)) if weight.sum() > 0 else 0.0
    total = np.bincount(rows[known], weight[known], levels)
    bad = np.bincount(rows[known], (weight * target)[known], levels)
    return np.asarray((bad + SMOOTHING * mean) / (total + SMOOTHING), dtype=np.float64)
