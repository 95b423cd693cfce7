"""Lines with bends: how a probability is read off points, and how log-odds are calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]


def polyline(at: npt.ArrayLike, knots: Sequence[float], values: Sequence[float]) -> Floats:
    """Values at some places (n,): straight between at least two rising knots, beyond them as between the outermost."""
    where, places, heights = (np.asarray(one, dtype=np.float64) for one in (at, knots, values))
    left = np.clip(np.searchsorted(places, where, side="right") - 1, 0, places.size - 2)
    slopes = np.diff(heights) / np.diff(places)
    return np.asarray(heights[left] + slopes[left] * (where - places[left]), dtype=np.float64)
