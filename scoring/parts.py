"""The parts of a scorecard and what it answers: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.features import Feature
from scoring.polyline import polyline

Ints: TypeAlias = npt.NDArray[np.int64]
Facts: TypeAlias = Mapping[str, Any]
"""Columns (n,) by name: float64 with NaN, or texts as objects or as `scoring.Levels`."""
Record: TypeAlias = Mapping[str, float | str | None]

POINTS_LOWEST: Final = 0
POINTS_HIGHEST: Final = 10_000
SCALE_END: Final = "scale_end"
SCORE_CLASSES: Final = 20
"""Classes of five points, by which the distribution of a score is kept."""
MOST_MARKS: Final = 512
LARGEST_MARK: Final = 2**52 - 1


class FactsError(ValueError):
    """Facts that cannot be scored: a column is missing or has the wrong length."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band of the innovation score: from `at_least` hundredths of a point up to the next better band."""

    name: str
    at_least: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log-odds of default at rising points (hundredths, as summed, not clipped), straight in between and beyond.

    There are at least two; more points never mean higher log-odds.
    """

    points: tuple[int, ...]
    log_odds: tuple[float, ...]
    label: str

    @classmethod
    def straight(cls, intercept: float, slope: float, label: str) -> Calibration:
        """Log-odds = intercept + slope x points / 1000."""
        return cls((0, POINTS_HIGHEST), (intercept, intercept + slope * POINTS_HIGHEST / 1000), label)

    def at(self, points: Ints) -> npt.NDArray[np.float64]:
        """Log-odds of some points (n,)."""
        return polyline(points, self.points, self.log_odds)


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """One-way table. `edges` are ascending; `levels` map a level to its bin, unseen ones to `other`; points (bins,).

    `shares` holds the training rows of each bin in parts per million, or nothing.
    """

    feature: Feature
    edges: tuple[float, ...]
    levels: Mapping[str, int]
    points: tuple[int, ...]
    other: int = 0
    shares: tuple[int, ...] = ()

    @property
    def unknown_bin(self) -> int:
        """The last bin."""
        return len(self.points) - 1


@dataclass(frozen=True, slots=True)
class PairTable:
    """Two-way grid of points, shape (bins of first, bins of second); `first` and `second` are positions of features."""

    first: int
    second: int
    points: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """What one feature adds to the points, in hundredths, against the average firm the model has seen."""

    name: str
    zh: str
    en: str
    contribution: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Columns of shape (n,): points in hundredths (0..10000), position in the scorecard's bands, probability in ppm."""

    points: Ints
    band: Ints
    default_probability_ppm: Ints
    facts: Facts = field(repr=False, compare=False)

    def __len__(self) -> int:
        return int(self.points.size)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the artefact says of itself; `metrics` are named figures of the training report.

    `score_shares` holds the training rows by classes of five points, lowest first, in parts per million, or nothing;
    `row_marks` the lowest marks of training rows, ascending (`scoring.seen_rows`), or nothing.
    """

    model_id: str
    title_zh: str
    title_en: str
    synthetic: bool
    data_sha256: str
    rows: int
    defaults: int
    seed: int
    versions: Mapping[str, str]
    metrics: Mapping[str, float]
    score_shares: tuple[int, ...] = ()
    row_marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordScore:
    """One applicant's points in hundredths, band, probability in ppm and first reasons, most harmful first."""

    points: int
    band: int
    default_probability_ppm: int
    reasons: tuple[Reason, ...]
