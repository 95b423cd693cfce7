"""Do a scorecard's whole points obey the policy's signs? Main table and all pairs of a feature count together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.lookup import BlockGrid
from scoring.parts import FeatureTable

Ints: TypeAlias = npt.NDArray[np.int64]
Grid: TypeAlias = tuple[int, int, Ints]
"""A pair: the places of its features, and its points (bins of the first, bins of the second), unknown bins last."""


def least_steps(main: Ints, place: int, sign: int, grids: Iterable[Grid]) -> Ints:
    """The least that each step between known bins can bring in the direction of the sign, over all partners' bins.

    `main` (bins,) are the points of the feature at `place`, the unknown bin last.
    """
    least = sign * np.diff(main[:-1])
    for first, second, points in grids:
        if place in (first, second):
            own = points if place == first else points.T
            least = least + (sign * np.diff(own[:-1], axis=0)).min(axis=1)
    return least


def features_against_their_sign(tables: Sequence[FeatureTable], grids: Sequence[BlockGrid]) -> list[str]:
    """Names of the signed numbers of which some step between known bins costs points for some bins of the partners."""
    pairs = [(grid.first, grid.second, grid.points.reshape(-1, grid.width).astype(np.int64)) for grid in grids]
    return [
        table.feature.name
        for place, table in enumerate(tables)
        if table.feature.sign
        and not table.levels
        and bool((least_steps(np.array(table.points, dtype=np.int64), place, table.feature.sign, pairs) < 0).any())
    ]
