"""Boosted trees compiled exactly to one-way and two-way tables of log-odds.

The trees must have been grown on bin codes (0, 1, 2, ... and NaN for unknown) under interaction constraints that allow
one or two features to a tree. A leaf then is a box in one or two codes, and the sum of all leaves is a table lookup.
Bins stand in the order of the codes; the unknown bin is the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
class _Box:
    """Codes lowest <= code < highest of one feature, with or without the unknown bin."""

    lowest: int
    highest: int
    unknown: bool

    def mask(self, bins: int) -> npt.NDArray[np.bool_]:
        inside = np.zeros(bins, dtype=np.bool_)
        inside[self.lowest : self.highest] = True
        inside[-1] = self.unknown
        return inside


def compile_trees(predictors: Sequence[Any], baseline: float, bin_counts: Sequence[int]) -> Tables:
    """Sum up scikit-learn's tree predictors; `bin_counts` holds the number of bins of each feature, unknown included.

    ValueError if a tree uses more than two features.
    """
    mains = [np.zeros(count) for count in bin_counts]
    grids: dict[tuple[int, int], Floats] = {}
    for predictor in predictors:
        for boxes, value in _leaves(predictor.nodes, bin_counts):
            positions = sorted(boxes)
            masks = [boxes[position].mask(bin_counts[position]) for position in positions]
            if len(positions) == 1:
                mains[positions[0]][masks[0]] += value
            elif len(positions) == 2:
                first, second = positions
                grid = grids.setdefault((first, second), np.zeros((bin_counts[first], bin_counts[second])))
                grid[np.ix_(*masks)] += value
            elif positions:
                raise ValueError(f"A tree uses {len(positions)} features; at most two can be compiled to tables.")
            else:
                baseline += value
    pairs = tuple(PairGrid(first, second, grid) for (first, second), grid in sorted(grids.items()))
    return Tables(baseline, tuple(mains), pairs)


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


def _leaves(nodes: Any, bin_counts: Sequence[int]) -> Iterator[tuple[dict[int, _Box], float]]:
    waiting: list[tuple[int, dict[int, _Box]]] = [(0, {})]
    while waiting:
        index, boxes = waiting.pop()
        node = nodes[index]
        if node["is_leaf"]:
            yield boxes, float(node["value"])
            continue
        position = int(node["feature_idx"])
        box = boxes.get(position) or _Box(0, bin_counts[position] - 1, unknown=True)
        threshold = min(float(node["num_threshold"]), float(box.highest))  # infinite where only unknown goes right
        cut = min(max(int(np.floor(threshold)) + 1, box.lowest), box.highest)
        to_left = bool(node["missing_go_to_left"])
        left = _Box(box.lowest, cut, unknown=box.unknown and to_left)
        right = _Box(cut, box.highest, unknown=box.unknown and not to_left)
        waiting.append((int(node["left"]), boxes | {position: left}))
        waiting.append((int(node["right"]), boxes | {position: right}))
