"""Is the population still the one the scorecard was learned on, and does its probability still hold?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.measures import effective_rows, stability_index, wilson
from scoring.parts import SCORE_CLASSES, Facts
from scoring.scales import Limit, MonitoringLimits
from scoring.scorecard import Scorecard

Floats: TypeAlias = npt.NDArray[np.float64]

FEWEST_ROWS: Final = 100
_CLASS_POINTS: Final = 500


class Status(StrEnum):
    """What a figure asks for."""

    STEADY = "steady"
    WARNING = "warning"
    ALERT = "alert"


EXIT_CODES: Final = {Status.STEADY: 0, Status.WARNING: 0, Status.ALERT: 1}
"""Exit code of a monitoring run by its worst status."""


class MonitoringError(ValueError):
    """A scorecard or a population that cannot be monitored."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One feature (or the score): stability index against training, unknown rate then and now."""

    name: str
    stability_index: float
    unknown_before: float
    unknown_now: float
    status: Status


@dataclass(frozen=True, slots=True)
class CalibrationDrift:
    """Mean probability against the default rate with its 95 % Wilson interval; ratio = the larger over the smaller."""

    mean_probability: float
    default_rate: float
    low: float
    high: float
    ratio: float
    status: Status


@dataclass(frozen=True, slots=True)
class Monitoring:
    """The report; `calibration` is None where there are no outcomes."""

    rows: int
    score: Drift
    features: tuple[Drift, ...]
    calibration: CalibrationDrift | None
    status: Status

    @property
    def exit_code(self) -> int:
        """0 unless a figure is at alert."""
        return EXIT_CODES[self.status]


def monitor(
    scorecard: Scorecard,
    facts: Facts,
    *,
    limits: MonitoringLimits,
    target: Floats | None = None,
    weight: Floats | None = None,
) -> Monitoring:
    """Compare a recent population (and, where known, its outcomes, shape (n,)) with the training population.

    `weight` (n,) of the rows counts for the calibration; distributions are compared row by row.
    MonitoringError for fewer than FEWEST_ROWS rows or a scorecard that does not hold its training distribution.
    """
    scores = scorecard.score(facts)
    rows = len(scores)
    if rows < FEWEST_ROWS:
        raise MonitoringError(f"There are {rows} rows; monitoring needs at least {FEWEST_ROWS}. Take a longer window.")
    expected = np.array(scorecard.manifest.score_shares, dtype=np.float64)
    if not expected.size or not all(table.shares for table in scorecard.tables):
        raise MonitoringError(
            f"Score {scorecard.model_id} does not hold its training distribution. Learn it anew with `kedai train`."
        )
    classes = np.minimum(scores.points // _CLASS_POINTS, SCORE_CLASSES - 1)
    counts = np.bincount(classes, minlength=SCORE_CLASSES).astype(np.float64)
    index = stability_index(expected, counts)
    score = Drift("score", index, 0.0, 0.0, _status(index, limits.stability_index))
    features = tuple(_drift(name, then, now, limits) for name, then, now in _distributions(scorecard, facts))
    weight = np.ones(rows) if weight is None else weight
    calibration = None if target is None else _calibration(scores.default_probability_ppm / 1e6, target, weight, limits)
    statuses = [score.status, *(drift.status for drift in features)] + ([calibration.status] if calibration else [])
    return Monitoring(rows, score, features, calibration, _worst(statuses))


def _distributions(scorecard: Scorecard, facts: Facts) -> list[tuple[str, Floats, Floats]]:
    counts = scorecard.bin_counts(facts)
    return [
        (table.feature.name, np.array(table.shares, dtype=np.float64), now.astype(np.float64))
        for table, now in zip(scorecard.tables, counts, strict=True)
    ]


def _drift(name: str, then: Floats, now: Floats, limits: MonitoringLimits) -> Drift:
    before, after = then / then.sum(), now / now.sum()
    index = stability_index(*(_coarse(then, counts) for counts in (then, now)))
    rise = float(after[-1] - before[-1])
    statuses = [_status(index, limits.stability_index), _status(rise, limits.unknown_rate_rise)]
    return Drift(name, index, float(before[-1]), float(after[-1]), _worst(statuses))


def _coarse(then: Floats, counts: Floats) -> Floats:
    """Counts joined to about ten classes of like size in training; fine bins would make chance look like drift."""
    known = then[:-1]
    middle = (np.cumsum(known) - known / 2) / max(float(known.sum()), 1.0)
    groups = np.minimum((middle * 10).astype(np.intp), 9)
    numbered = np.unique(groups, return_inverse=True)[1]
    return np.append(np.bincount(numbered, counts[:-1]), counts[-1])


def _calibration(probability: Floats, target: Floats, weight: Floats, limits: MonitoringLimits) -> CalibrationDrift:
    mean, rate = (float(np.average(column, weights=weight)) for column in (probability, target))
    low, high = wilson(rate, effective_rows(weight))
    ratio = max(mean, rate) / max(min(mean, rate), 1e-9)
    # A ratio beyond its limit counts only where chance does not explain it.
    status = Status.STEADY if low <= mean <= high else _status(ratio, limits.calibration_ratio)
    return CalibrationDrift(mean, rate, low, high, ratio, status)


def _status(figure: float, limit: Limit) -> Status:
    if figure >= limit.alert:
        return Status.ALERT
    return Status.WARNING if figure >= limit.warning else Status.STEADY


def _worst(statuses: list[Status]) -> Status:
    order = list(Status)
    return max(statuses, key=order.index)
