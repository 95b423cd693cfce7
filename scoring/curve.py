"""Calibration of log-odds by a rising line with bends, fitted to outcomes of rows the model has not seen.

A straight line (Platt 1999) puts an additive model right on the whole, but not at both ends: where the truth has more
structure than the tables, the middle comes out too high and the ends too low, or the reverse. Bends at the deciles
mend that. A ridge draws each bend to zero, so few outcomes leave the line straight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.platt import Line, logistic, platt, softened
from scoring.polyline import polyline

Floats: TypeAlias = npt.NDArray[np.float64]

BEND_RIDGE: Final = 10.0
"""Against a change of slope by one, over log-odds in standard deviations: a change by 0.3 is expected before data."""

_STIFFER: Final = (1.0, 10.0, 100.0, 1_000.0)
_DECILES: Final = np.arange(1, 10) / 10


@dataclass(frozen=True, slots=True)
class Curve:
    """Calibrated log-odds at rising knots of log-odds; straight in between and beyond."""

    knots: tuple[float, ...]
    values: tuple[float, ...]

    def at(self, margin: Floats) -> Floats:
        """Calibrated log-odds (n,)."""
        return polyline(margin, self.knots, self.values)

    def moved(self, line: Line) -> Curve:
        """The curve with a line laid over it."""
        return Curve(self.knots, tuple(line.intercept + line.slope * value for value in self.values))


def fit_curve(margin: Floats, target: Floats, weight: Floats) -> Curve:
    """Calibrate log-odds (n,) on outcomes 0/1. The ridge grows until the curve rises everywhere; else it is a line."""
    middle, spread = float(margin.mean()), float(margin.std())
    if spread > 0.0:
        knots = np.unique((np.quantile(margin, _DECILES) - middle) / spread)
        design = _design((margin - middle) / spread, knots)
        outcomes = softened(target, weight)
        for stiffer in _STIFFER:
            ridge = np.array([1e-9, 1e-9, *[stiffer * BEND_RIDGE] * knots.size])
            found, _ = logistic(design, outcomes, weight, ridge=ridge)
            if np.cumsum(found[1:]).min() > 0.0:
                places = np.array([knots[0] - 1.0, *knots, knots[-1] + 1.0])
                values = _design(places, knots) @ found
                return Curve(tuple((middle + spread * places).tolist()), tuple(values.tolist()))
    line = platt(margin, target, weight)
    ends = np.array([middle - 1.0, middle + 1.0])
    return Curve(tuple(ends.tolist()), tuple((line.intercept + line.slope * ends).tolist()))


def _design(places: Floats, knots: Floats) -> Floats:
    bends = np.maximum(places[:, None] - knots[None, :], 0.0)
    return np.column_stack([np.ones(places.size), places, bends])
