"""Do a scorecard's whole points obey the policy's signs? Main table and all pairs of a feature count together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scoring.lookup import BlockGrid
from scoring.parts import FeatureTable


def features_against_their_sign(tables: Sequence[FeatureTable], grids: Sequence[BlockGrid]) -> list[str]:
    """Names of the signed numbers of which some step between known bins costs points for some bins of the partners."""
    least = [
        table.feature.sign * np.diff(np.array(table.points[:-1], dtype=np.int64))
        if table.feature.sign and not table.levels
        else None
        for table in tables
    ]
    for grid in grids:
        points = grid.points.reshape(-1, grid.width).astype(np.int64)
        for place, own in ((grid.first, points), (grid.second, points.T)):
            so_far = least[place]
            if so_far is not None:
                steps = tables[place].feature.sign * np.diff(own[:-1], axis=0)
                least[place] = so_far + steps.min(axis=1)
    return [
        table.feature.name
        for table, steps in zip(tables, least, strict=True)
        if steps is not None and bool((steps < 0).any())
    ]
