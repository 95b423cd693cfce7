"""Which pairs of features interact: the gain of a cross cut over its better single cut (FAST, Lou et al. 2013).

What the one-way tables leave unexplained is summed into a coarse grid for each pair; the pair's gain is that of the
best division of the grid into four quadrants, less what the better of its two single cuts would bring.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Bins: TypeAlias = npt.NDArray[np.intp]
Pair: TypeAlias = tuple[int, int]

COARSE_BINS: Final = 12
MOST_FEATURES: Final = 80
_RIDGE: Final = 1.0


def ranked_pairs(bins: Bins, gradient: Floats, curvature: Floats, importance: Floats) -> list[tuple[float, Pair]]:
    """Gains and pairs, best first. `bins` (features, n); gradient = weight (y - p), curvature = weight p (1 - p), (n,).

    Of more than MOST_FEATURES features those with the highest `importance` (features,) are looked at.
    """
    chosen = sorted(np.argsort(-importance, kind="stable")[:MOST_FEATURES].tolist())
    coarse = {position: _coarse(bins[position]) for position in chosen}
    counts = {position: int(codes.max()) + 1 for position, codes in coarse.items()}
    gains = []
    for first, second in combinations(chosen, 2):
        shape = (counts[first], counts[second])
        if min(shape) < 2:
            continue
        cells = coarse[first] * shape[1] + coarse[second]
        cells_count = shape[0] * shape[1]
        sums = [np.bincount(cells, column, cells_count).astype(np.float64) for column in (gradient, curvature)]
        gains.append((_gain(sums[0].reshape(shape), sums[1].reshape(shape)), (first, second)))
    return sorted(gains, key=lambda entry: (-entry[0], entry[1]))


def _coarse(bins: Bins) -> Bins:
    """At most COARSE_BINS groups of bins of like size, in order; the unknown bin is the highest."""
    rows = np.bincount(bins)
    middle = (np.cumsum(rows) - rows / 2) / bins.size
    groups = np.minimum((middle * COARSE_BINS).astype(np.intp), COARSE_BINS - 1)
    numbered = np.unique(groups[rows > 0], return_inverse=True)[1]
    lookup = np.zeros(rows.size, dtype=np.intp)
    lookup[rows > 0] = numbered
    return lookup[bins]


def _gain(gradient: Floats, curvature: Floats) -> float:
    below = [np.cumsum(np.cumsum(grid, axis=0), axis=1) for grid in (gradient, curvature)]
    corner = [grid[:-1, :-1] for grid in below]
    rows = [grid[:-1, -1:] for grid in below]
    columns = [grid[-1:, :-1] for grid in below]
    whole = [grid[-1, -1] for grid in below]
    quadrants = (
        _fit(*corner)
        + _fit(*(row - part for row, part in zip(rows, corner, strict=True)))
        + _fit(*(column - part for column, part in zip(columns, corner, strict=True)))
        + _fit(
            *(
                total - row - column + part
                for total, row, column, part in zip(whole, rows, columns, corner, strict=True)
            )
        )
    )
    by_row = _fit(*rows) + _fit(*(total - row for total, row in zip(whole, rows, strict=True)))
    by_column = _fit(*columns) + _fit(*(total - column for total, column in zip(whole, columns, strict=True)))
    return float((quadrants - np.maximum(by_row, by_column)).max())


def _fit(gradient: Floats, curvature: Floats) -> Floats:
    return np.asarray(gradient * gradient / (curvature + _RIDGE), dtype=np.float64)
