"""From log-odds tables to a scorecard in hundredths of a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.artefact import dump, load
from scoring.bins import Cuts
from scoring.curve import Curve
from scoring.features import Feature
from scoring.parts import Band, Calibration, FeatureTable, Manifest, PairTable
from scoring.scorecard import Scorecard
from scoring.signs import least_steps
from scoring.tables import Tables

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

LOW_ANCHOR: Final = (0.001, 500.0)
HIGH_ANCHOR: Final = (0.999, 9_500.0)
"""Shares of the training population and the hundredths of a point at which they stand."""


@dataclass(frozen=True, slots=True)
class Scale:
    """points in hundredths = offset - factor x log-odds of default."""

    offset: float
    factor: float

    @property
    def points_to_double_the_odds(self) -> float:
        """Points (not hundredths) that halve the odds of default."""
        return float(self.factor * np.log(2.0) / 100.0)


def scale_of(margin: Floats) -> Scale:
    """The scale on which the anchors' shares of the population have the anchors' points; margin of shape (n,)."""
    best, worst = np.quantile(margin, (LOW_ANCHOR[0], HIGH_ANCHOR[0]))
    spread = max(float(worst - best), 1e-6)
    factor = (HIGH_ANCHOR[1] - LOW_ANCHOR[1]) / spread
    return Scale(offset=HIGH_ANCHOR[1] + factor * float(best), factor=factor)


def scorecard_of(
    tables: Tables,
    *,
    scale: Scale,
    shares: Sequence[Floats],
    features: Sequence[Feature],
    cuts: Sequence[Cuts],
    bands: Sequence[Band],
    bands_label: str,
    curve: Curve,
    calibration_label: str,
    manifest: Manifest,
) -> Scorecard:
    """Round centred tables to hundredths of a point.

    `curve` calibrates the tables' log-odds; `shares` (bins,) of each feature sum to 1.
    """
    mains, grids = _rounded(tables, [feature.sign for feature in features], scale)
    scorecard = Scorecard(
        manifest=manifest,
        digest="",
        base=round(scale.offset - scale.factor * tables.intercept),
        tables=[
            FeatureTable(feature, cut.edges, cut.levels, tuple(main.tolist()), cut.other, _ppm(share))
            for feature, cut, main, share in zip(features, cuts, mains, shares, strict=True)
        ],
        pairs=[
            PairTable(pair.first, pair.second, tuple(tuple(row) for row in grid.tolist()))
            for pair, grid in zip(tables.pairs, grids, strict=True)
        ],
        bands=bands,
        bands_label=bands_label,
        calibration=_calibration(curve, scale, calibration_label),
    )
    return load(dump(scorecard))


def _calibration(curve: Curve, scale: Scale, label: str) -> Calibration:
    """The curve over points; its knots at whole hundredths, its log-odds never rising with the points."""
    points = np.unique(np.rint(scale.offset - scale.factor * np.array(curve.knots)).astype(np.int64))
    if points.size == 1:
        points = np.array([points[0], points[0] + 1])
    margin = np.asarray((scale.offset - points) / scale.factor, dtype=np.float64)
    log_odds = np.minimum.accumulate(curve.at(margin))
    return Calibration(tuple(points.tolist()), tuple(float(f"{one:.9g}") for one in log_odds), label)


def _rounded(tables: Tables, signs: Sequence[int], scale: Scale) -> tuple[list[Ints], list[Ints]]:
    """Mains and grids in hundredths. A signed feature keeps its sign also where main and grids are rounded apart."""
    mains = [_points(main, scale) for main in tables.mains]
    grids = [_points(pair.values, scale) for pair in tables.pairs]
    pairs = [(pair.first, pair.second, grid) for pair, grid in zip(tables.pairs, grids, strict=True)]
    for place, sign in enumerate(signs):
        if sign:
            lacking = np.maximum(-least_steps(mains[place], place, sign, pairs), 0)
            mains[place][1:-1] += sign * np.cumsum(lacking)
    return mains, grids


def _points(values: Floats, scale: Scale) -> Ints:
    return np.rint(-scale.factor * values).astype(np.int64)


def _ppm(shares: Floats) -> tuple[int, ...]:
    return tuple(np.rint(1e6 * shares).astype(np.int64).tolist())
