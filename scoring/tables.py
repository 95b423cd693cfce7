"""Boosted trees compiled exactly to one-way and two-way tables of log-odds.

The trees must have been grown on bin codes (0, 1, 2, ... and NaN for unknown) under interaction constraints that allow
one or two features to a tree. A leaf then is a box in one or two codes, and the sum of all leaves is a table lookup.
Bins stand in the order of the codes; the unknown bin is the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class PairGrid:
    """Log-odds of shape (bins of first, bins of second) for features at positions first < second."""

    first: int
    second: int
    values: Floats


@dataclass(frozen=True, slots=True)
class Tables:
    """An additive model of log-odds: intercept, one table (bins,) per feature, one grid per pair."""

    intercept: float
    mains: tuple[Floats, ...]
    pairs: tuple[PairGrid, ...]

    def margin(self, bins: Codes) -> Floats:
        """Log-odds of shape (n,) for bins of shape (features, n)."""
        total = np.full(bins.shape[1], self.intercept)
        for main, codes in zip(self.mains, bins, strict=True):
            total += main[codes]
        for pair in self.pairs:
            total += pair.values[bins[pair.first], bins[pair.second]]
        return total


@dataclass(frozen=True, slots=True)
class _Leaves:
    """Leaves as boxes over one or two features: `boxes` (4, 2, m), `values` (m,).

    The four rows are the feature (-1 where a place is free), its codes lowest <= code < highest, and 1 where the
    unknown bin lies inside.
    """

    boxes: Codes
    values: Floats

    @property
    def features(self) -> Codes:
        """Features of the boxes, shape (2, m)."""
        return np.asarray(self.boxes[0], dtype=np.intp)

    def taken(self, rows: npt.NDArray[np.bool_]) -> _Leaves:
        """Some of the leaves."""
        return _Leaves(self.boxes[:, :, rows], self.values[rows])

    def intervals(self, side: int, count: int) -> tuple[tuple[Codes, Codes], tuple[Codes, Codes]]:
        """Starts and ends over `count` bins: of the known bins, and of the unknown one (empty where it is outside)."""
        _, lowest, highest, unknown = self.boxes[:, side]
        last = np.full(self.values.size, count - 1)
        return (lowest, highest), (last, last + unknown)


def compile_trees(predictors: Sequence[Any], baseline: float, bin_counts: Sequence[int]) -> Tables:
    """Sum up scikit-learn's tree predictors; `bin_counts` holds the number of bins of each feature, unknown included.

    ValueError if a tree uses more than two features.
    """
    leaves = _leaves([predictor.nodes for predictor in predictors], np.array(bin_counts))
    used = (leaves.features >= 0).sum(axis=0)
    mains = []
    for position, count in enumerate(bin_counts):
        alone = leaves.taken((used == 1) & (leaves.features[0] == position))
        mains.append(sum((_steps(alone.values, *ends, count) for ends in alone.intervals(0, count)), np.zeros(count)))
    double = leaves.taken(used == 2)
    pairs = []
    for first, second in np.unique(np.sort(double.features, axis=0), axis=1).T.tolist():
        grid = np.zeros((bin_counts[first], bin_counts[second]))
        for rows, columns in ((0, 1), (1, 0)):
            here = double.taken((double.features[rows] == first) & (double.features[columns] == second))
            for down in here.intervals(rows, grid.shape[0]):
                for across in here.intervals(columns, grid.shape[1]):
                    grid += _rectangles(here.values, down, across, grid.shape)
        pairs.append(PairGrid(first, second, grid))
    return Tables(baseline + float(leaves.values[used == 0].sum()), tuple(mains), tuple(pairs))


def _steps(values: Floats, starts: Codes, ends: Codes, count: int) -> Floats:
    """Sum of values over starts <= bin < ends, shape (count,)."""
    rises = np.bincount(starts, values, count + 1) - np.bincount(ends, values, count + 1)
    return np.asarray(np.cumsum(rises)[:count], dtype=np.float64)


def _rectangles(
    values: Floats, down: tuple[Codes, Codes], across: tuple[Codes, Codes], shape: tuple[int, int]
) -> Floats:
    """Sum of values over rectangles of bins, of the given shape."""
    width = shape[1] + 1
    rises = np.zeros((shape[0] + 1) * width)
    for row, turn in zip(down, (1.0, -1.0), strict=True):
        for column, back in zip(across, (1.0, -1.0), strict=True):
            rises += np.bincount(row * width + column, turn * back * values, rises.size)
    return np.asarray(rises.reshape(-1, width).cumsum(axis=0).cumsum(axis=1)[:-1, :-1], dtype=np.float64)


def average(tables: Sequence[Tables]) -> Tables:
    """The mean of several models over the same bins; a pair missing from one counts as zero there."""
    count = len(tables)
    mains = tuple(
        np.sum([table.mains[position] for table in tables], axis=0) / count for position in range(len(tables[0].mains))
    )
    grids: dict[tuple[int, int], Floats] = {}
    for table in tables:
        for pair in table.pairs:
            grids[pair.first, pair.second] = grids.get((pair.first, pair.second), 0.0) + pair.values / count
    pairs = tuple(PairGrid(first, second, grid) for (first, second), grid in sorted(grids.items()))
    return Tables(sum(table.intercept for table in tables) / count, mains, pairs)


def mixture(tables: Tables, other: Tables, share: float) -> Tables:
    """(1 - share) x tables + share x other, where `other` has no pairs."""
    mains = tuple((1.0 - share) * main + share * added for main, added in zip(tables.mains, other.mains, strict=True))
    pairs = tuple(PairGrid(pair.first, pair.second, (1.0 - share) * pair.values) for pair in tables.pairs)
    return Tables((1.0 - share) * tables.intercept + share * other.intercept, mains, pairs)


def purify(tables: Tables, weights: Sequence[Floats]) -> Tables:
    """The same function with every grid and main table centred to zero mean under the bins' weights (each sums to 1).

    What a grid says of one feature alone goes to that feature's table, so that pairs hold interaction only. Weights are
    taken as independent between features, which keeps monotone tables monotone.
    """
    intercept = tables.intercept
    mains = [main.copy() for main in tables.mains]
    pairs = []
    for pair in tables.pairs:
        of_first = pair.values @ weights[pair.second]
        of_second = weights[pair.first] @ pair.values
        mean = float(weights[pair.first] @ of_first)
        mains[pair.first] += of_first - mean
        mains[pair.second] += of_second - mean
        intercept += mean
        pairs.append(PairGrid(pair.first, pair.second, pair.values - of_first[:, None] - of_second + mean))
    means = [float(weight @ main) for main, weight in zip(mains, weights, strict=True)]
    centred = tuple(main - mean for main, mean in zip(mains, means, strict=True))
    return Tables(intercept + sum(means), centred, tuple(pairs))


def _leaves(trees: Sequence[Any], bin_counts: Codes) -> _Leaves:
    """The leaves of all trees, level by level of depth. ValueError at a third feature."""
    if not trees:
        return _Leaves(np.zeros((4, 2, 0), dtype=np.intp), np.zeros(0))
    nodes = np.concatenate(trees)
    offset = np.cumsum([0, *(len(tree) for tree in trees[:-1])])
    at = offset
    boxes = np.zeros((4, 2, at.size), dtype=np.intp)
    boxes[0], boxes[3] = -1, 1
    found = []
    while at.size:
        here = nodes[at]
        leaf = here["is_leaf"].astype(np.bool_)
        found.append(_Leaves(boxes[:, :, leaf], here["value"][leaf]))
        here, offset, boxes = here[~leaf], offset[~leaf], boxes[:, :, ~leaf]
        at = np.concatenate([here["left"] + offset, here["right"] + offset]).astype(np.intp)
        offset, boxes = np.concatenate([offset, offset]), _split(here, boxes, bin_counts)
    return _Leaves(
        np.concatenate([leaves.boxes for leaves in found], axis=2), np.concatenate([leaves.values for leaves in found])
    )


def _split(nodes: Any, boxes: Codes, bin_counts: Codes) -> Codes:
    """The boxes left of the nodes' cuts, then those right of them."""
    feature, column = nodes["feature_idx"].astype(np.intp), np.arange(len(nodes))
    side = np.where((boxes[0, 0] < 0) | (boxes[0, 0] == feature), 0, 1)
    before, lowest, highest, unknown = boxes[:, side, column]
    if ((before >= 0) & (before != feature)).any():
        raise ValueError("A tree uses more than two features; at most two can be compiled to tables.")
    highest = np.where(before < 0, bin_counts[feature] - 1, highest)
    threshold = np.minimum(nodes["num_threshold"], highest)  # infinite where only unknown goes right
    cut = np.clip(np.floor(threshold).astype(np.intp) + 1, lowest, highest)
    to_left = nodes["missing_go_to_left"].astype(np.intp)
    left, right = boxes.copy(), boxes.copy()
    left[:, side, column] = feature, lowest, cut, unknown * to_left
    right[:, side, column] = feature, cut, highest, unknown * (1 - to_left)
    return np.concatenate([left, right], axis=2)
