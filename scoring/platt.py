"""Logistic regression with a ridge, by Newton's method: weight-of-evidence models and Platt's calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

_MOST_STEPS: Final = 50
_LARGEST_STEP: Final = 5.0
_CLOSE: Final = 1e-9
_ANCHOR_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class Line:
    """Calibrated log-odds = intercept + slope x log-odds, with standard errors."""

    intercept: float
    slope: float
    intercept_error: float
    slope_error: float


def sigmoid(margin: Floats) -> Floats:
    """1 / (1 + exp(-margin)) without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * margin)), dtype=np.float64)


def log_loss(target: Floats, margin: Floats) -> Floats:
    """Negative log-likelihood of each row, of the margin's shape (..., n)."""
    return np.asarray(np.logaddexp(0.0, -(2.0 * target - 1.0) * margin), dtype=np.float64)


def anchored_loss(target: Floats, weight: Floats, margins: Floats) -> Floats:
    """Losses (k, n) of margins (k, n), each row of margins first moved so that its mean probability is the target's."""
    rate = float(np.average(target, weights=weight))
    if not 0.0 < rate < 1.0:
        return log_loss(target, margins)
    shift = np.zeros((margins.shape[0], 1))
    for _ in range(_ANCHOR_STEPS):
        probability = sigmoid(margins + shift)
        off = (probability @ weight) / weight.sum() - rate
        slope = ((probability * (1.0 - probability)) @ weight) / weight.sum()
        shift -= np.clip(off / np.maximum(slope, 1e-6), -2.0, 2.0)[:, None]
    return log_loss(target, margins + shift)


def logistic(
    design: Floats, target: Floats, weight: Floats, *, ridge: Floats, offset: Floats | None = None
) -> tuple[Floats, Floats]:
    """Coefficients (k,) and their covariance (k, k) of a logistic regression on design (n, k) with a ridge (k,)."""
    coefficients = np.zeros(design.shape[1])
    base = np.zeros(target.size) if offset is None else offset
    for _ in range(_MOST_STEPS):
        probability = sigmoid(base + design @ coefficients)
        spread = weight * np.maximum(probability * (1.0 - probability), 1e-10)
        gradient = design.T @ (weight * (probability - target)) + ridge * coefficients
        curvature = (design.T * spread) @ design + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        step *= min(1.0, _LARGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        coefficients = coefficients - step
        if np.abs(step).max() < _CLOSE:
            break
    return coefficients, np.asarray(np.linalg.inv(curvature), dtype=np.float64)


def softened(target: Floats, weight: Floats) -> Floats:
    """Outcomes moved a little away from 0 and 1 as Platt (1999) does, so that perfect separation has an answer."""
    bad = float(weight @ target)
    good = float(weight.sum()) - bad
    return np.asarray(np.where(target > 0, (bad + 1.0) / (bad + 2.0), 1.0 / (good + 2.0)), dtype=np.float64)


def platt(margin: Floats, target: Floats, weight: Floats, *, fit_slope: bool = True) -> Line:
    """Recalibrate log-odds of shape (n,) on outcomes 0/1: an intercept and, if asked for, a slope of at least 0."""
    outcomes = softened(target, weight)
    ones = np.ones((margin.size, 1))
    if fit_slope and np.ptp(margin) > 0:
        design = np.column_stack([ones, margin])
        (intercept, slope), covariance = logistic(design, outcomes, weight, ridge=np.full(2, 1e-9))
        if slope > 0:
            errors = np.sqrt(np.diag(covariance))
            return Line(float(intercept), float(slope), float(errors[0]), float(errors[1]))
    kept = 1.0 if np.ptp(margin) > 0 else 0.0
    found, variance = logistic(ones, outcomes, weight, ridge=np.full(1, 1e-9), offset=kept * margin)
    return Line(float(found[0]), kept, float(np.sqrt(variance[0, 0])), 0.0)
