"""How good a scorecard is on outcomes, and which of two is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.measures import (
    CalibrationClass,
    PairedTest,
    auc,
    brier,
    calibration_classes,
    calibration_error,
    cumulative,
    ks,
    paired_auc_test,
)
from scoring.parts import Facts
from scoring.platt import platt
from scoring.scorecard import Scorecard

Floats: TypeAlias = npt.NDArray[np.float64]
Progress: TypeAlias = Callable[[str, float], None]

FEWEST_OUTCOMES: Final = 10
_CURVE_POINTS: Final = 101


class EvaluationError(ValueError):
    """Outcomes that cannot be evaluated."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One scorecard on rows with outcomes; `rows` and `defaults` are counted, all other figures weighted.

    `curve` holds (share of paid, share of defaulted) at falling probability.
    """

    rows: int
    defaults: int
    auc: float
    ks: float
    brier: float
    calibration_error: float
    mean_probability: float
    default_rate: float
    calibration_intercept: float
    calibration_slope: float
    classes: tuple[CalibrationClass, ...]
    curve: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Challenger less champion on the same rows: above zero is better for auc and ks, below zero for the errors."""

    champion: Evaluation
    challenger: Evaluation
    auc: Interval
    ks: Interval
    brier: Interval
    calibration_error: Interval
    auc_test: PairedTest
    changed_band: float


def evaluate(scorecard: Scorecard, facts: Facts, target: Floats, weight: Floats | None = None) -> Evaluation:
    """Measure a scorecard on outcomes `target` (n,), 1 for default. EvaluationError with too few of either kind."""
    return evaluate_probability(target, scorecard.score(facts).default_probability_ppm / 1e6, weight)


def evaluate_probability(target: Floats, probability: Floats, weight: Floats | None = None) -> Evaluation:
    """Measure probabilities (n,) on outcomes (n,), each row counting `weight` (n,) times; once where it is None."""
    weight = np.ones(target.size) if weight is None else weight
    _check(target[weight > 0])
    margin = np.log(np.clip(probability, 1e-9, 1.0) / np.clip(1.0 - probability, 1e-9, 1.0))
    line = platt(margin, target, weight / weight.mean())
    _, bad, good = cumulative(target, probability, weight)
    at = np.unique(np.linspace(0, bad.size - 1, _CURVE_POINTS).astype(np.intp))[::-1]
    return Evaluation(
        rows=int(target.size),
        defaults=int(target.sum()),
        auc=auc(target, probability, weight),
        ks=ks(target, probability, weight),
        brier=brier(target, probability, weight),
        calibration_error=calibration_error(target, probability, weight),
        mean_probability=float(np.average(probability, weights=weight)),
        default_rate=float(np.average(target, weights=weight)),
        calibration_intercept=line.intercept,
        calibration_slope=line.slope,
        classes=calibration_classes(target, probability, weight),
        curve=(*((1.0 - float(good[i]), 1.0 - float(bad[i])) for i in at), (1.0, 1.0)),
    )


def compare(
    champion: Scorecard,
    challenger: Scorecard,
    facts: Facts,
    target: Floats,
    *,
    seed: int,
    resamples: int = 500,
    progress: Progress = lambda _step, _share: None,
) -> Comparison:
    """Compare two scorecards on the same rows, with bootstrap intervals of the differences and DeLong's paired test."""
    scores = [scorecard.score(facts) for scorecard in (champion, challenger)]
    first, second = (score.default_probability_ppm / 1e6 for score in scores)
    results = [evaluate_probability(target, probability) for probability in (first, second)]
    random = np.random.default_rng(seed)
    drawn = []
    for resample in range(resamples):
        rows = _resample(target, random)
        drawn.append(_measures(target[rows], second[rows]) - _measures(target[rows], first[rows]))
        progress("bootstrap", (resample + 1) / resamples)
    low, high = np.quantile(np.array(drawn), (0.025, 0.975), axis=0)
    value = _measures(target, second) - _measures(target, first)
    differences = [Interval(float(v), float(a), float(b)) for v, a, b in zip(value, low, high, strict=True)]
    names = [[band.name for band in card.bands] for card in (champion, challenger)]
    bands = [np.array(name)[score.band] for name, score in zip(names, scores, strict=True)]
    return Comparison(
        champion=results[0],
        challenger=results[1],
        auc=differences[0],
        ks=differences[1],
        brier=differences[2],
        calibration_error=differences[3],
        auc_test=paired_auc_test(target, second, first),
        changed_band=float((bands[0] != bands[1]).mean()),
    )


def _check(target: Floats) -> None:
    defaults, paid = int(target.sum()), int((1.0 - target).sum())
    if min(defaults, paid) < FEWEST_OUTCOMES:
        raise EvaluationError(
            f"There are {defaults} defaulted and {paid} paid rows; at least {FEWEST_OUTCOMES} of each are needed. "
            "Evaluate on a longer window."
        )


def _resample(target: Floats, random: np.random.Generator) -> npt.NDArray[np.intp]:
    """Rows drawn with replacement, defaulted and paid apart, so that both always occur."""
    kinds = (np.flatnonzero(target > 0), np.flatnonzero(target <= 0))
    return np.concatenate([random.choice(rows, rows.size) for rows in kinds])


def _measures(target: Floats, probability: Floats) -> Floats:
    return np.array(
        [
            auc(target, probability),
            ks(target, probability),
            brier(target, probability),
            calibration_error(target, probability),
        ]
    )
