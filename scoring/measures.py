"""Measures of a score against outcomes, weighted where weights are given. Target 1 = default; arrays of shape (n,)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

_TINY_SHARE: Final = 1e-4
Z_95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class CalibrationClass:
    """Rows of like probability: mean probability, observed default rate with its 95 % Wilson interval, rows.

    `weight` is their share of all weights.
    """

    probability: float
    observed: float
    low: float
    high: float
    rows: int
    weight: float


@dataclass(frozen=True, slots=True)
class PairedTest:
    """Difference of two areas under the curve on the same rows, its standard error and two-sided p value (DeLong)."""

    difference: float
    standard_error: float
    p_value: float


def auc(target: Floats, probability: Floats, weight: Floats | None = None) -> float:
    """Area under the ROC curve: the chance that a defaulted row has the higher probability, ties counting half."""
    weight = np.ones(target.size) if weight is None else weight
    order = np.argsort(probability, kind="stable")
    values, target, weight = probability[order], target[order], weight[order]
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    bad = np.add.reduceat(weight * target, starts)
    good = np.add.reduceat(weight * (1.0 - target), starts)
    below = np.cumsum(good) - good
    return float((bad * (below + good / 2)).sum() / (bad.sum() * good.sum()))


def ks(target: Floats, probability: Floats, weight: Floats | None = None) -> float:
    """Kolmogorov-Smirnov: largest distance between the distributions of defaulted and paid rows."""
    _, bad, good = cumulative(target, probability, weight)
    return float(np.abs(bad - good).max())


def cumulative(target: Floats, probability: Floats, weight: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """Distinct probabilities, rising, with the shares of defaulted and of paid rows up to each."""
    weight = np.ones(target.size) if weight is None else weight
    order = np.argsort(probability, kind="stable")
    values = probability[order]
    last = np.append(values[1:] != values[:-1], True)
    bad = np.cumsum((weight * target)[order])[last]
    good = np.cumsum((weight * (1.0 - target))[order])[last]
    return values[last], bad / bad[-1], good / good[-1]


def brier(target: Floats, probability: Floats, weight: Floats | None = None) -> float:
    """Mean squared error of the probability."""
    return float(np.average((target - probability) ** 2, weights=weight))


def calibration_classes(
    target: Floats, probability: Floats, weight: Floats | None = None, *, classes: int = 10
) -> tuple[CalibrationClass, ...]:
    """Rows in classes of equal numbers of rows by rising probability."""
    weight = np.ones(target.size) if weight is None else weight
    order = np.argsort(probability, kind="stable")
    found = []
    for rows in np.array_split(order, min(classes, target.size)):
        here = weight[rows]
        if not here.any():
            continue
        observed = float(np.average(target[rows], weights=here))
        low, high = wilson(observed, effective_rows(here))
        mean = float(np.average(probability[rows], weights=here))
        found.append(CalibrationClass(mean, observed, low, high, int(rows.size), float(here.sum() / weight.sum())))
    return tuple(found)


def calibration_error(target: Floats, probability: Floats, weight: Floats | None = None) -> float:
    """Mean distance of probability and default rate over ten classes of equal numbers of rows."""
    classes = calibration_classes(target, probability, weight)
    return sum(abs(one.observed - one.probability) * one.weight for one in classes)


def effective_rows(weight: Floats) -> float:
    """How many rows of equal weight say as much (Kish 1965)."""
    return float(weight.sum() ** 2 / (weight * weight).sum())


def wilson(share: float, rows: float) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    z2 = Z_95 * Z_95
    middle = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = Z_95 / (1 + z2 / rows) * float(np.sqrt(share * (1 - share) / rows + z2 / (4 * rows * rows)))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def stability_index(expected: Floats, actual: Floats) -> float:
    """Population stability index of two distributions over the same classes; empty classes count as 0.01 %."""
    shares = [np.maximum(counts / counts.sum(), _TINY_SHARE) for counts in (expected, actual)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def paired_auc_test(target: Floats, first: Floats, second: Floats) -> PairedTest:
    """DeLong, DeLong and Clarke-Pearson (1988), by midranks (Sun and Xu 2014): auc(first) - auc(second)."""
    bad, good = target > 0, target <= 0
    areas, of_bad, of_good = [], [], []
    for probability in (first, second):
        whole = midranks(probability)
        within_bad, within_good = midranks(probability[bad]), midranks(probability[good])
        of_bad.append((whole[bad] - within_bad) / good.sum())
        of_good.append(1.0 - (whole[good] - within_good) / bad.sum())
        areas.append(float(of_bad[-1].mean()))
    variance = np.var(of_bad[0] - of_bad[1], ddof=1) / bad.sum() + np.var(of_good[0] - of_good[1], ddof=1) / good.sum()
    difference, error = areas[0] - areas[1], float(np.sqrt(variance))
    return PairedTest(difference, error, _two_sided(difference / error) if error > 0 else float(difference == 0))


def midranks(values: Floats) -> Floats:
    """Ranks from 1, ties sharing their mean."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    ends = np.append(starts[1:], values.size)
    ranks = np.empty(values.size)
    ranks[order] = np.repeat((starts + ends + 1) / 2, ends - starts)
    return ranks


def _two_sided(z: float) -> float:

    return math.erfc(abs(z) / math.sqrt(2))
