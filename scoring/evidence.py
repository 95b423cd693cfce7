"""The weight-of-evidence logistic regression, as tables over the same bins as the trees.

Bins are joined to about twenty groups of like size, and neighbouring groups to blocks between which the default rate
keeps to one shape: rising or falling as the policy sign says, without a sign one peak or one valley (pool adjacent
violators). A block's weight of evidence is its log-odds of default against the overall one, drawn towards zero. A
logistic regression with a ridge weighs the features; under a sign a weight below zero becomes zero, so the tables keep
the sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.platt import logistic
from scoring.tables import Tables

Floats: TypeAlias = npt.NDArray[np.float64]
Bins: TypeAlias = npt.NDArray[np.intp]

_Block: TypeAlias = tuple[float, float, int]
"""Mean, weight and number of the values in it."""

GROUPS: Final = 20
PRIOR_ROWS: Final = 20.0
RIDGE: Final = 1.0
_SPECK: Final = 1e-6
"""Rows at the overall default rate that give a group without rows a rate."""


def evidence_tables(
    bins: Bins, target: Floats, weight: Floats, bin_counts: Sequence[int], signs: Sequence[int]
) -> Tables:
    """Fit on bins (features, n). `signs` are those of the log-odds of default: +1 rising, -1 falling, 0 free."""
    mean = min(max(float(np.average(target, weights=weight)), 1e-6), 1.0 - 1e-6)
    columns = []
    for codes, count, sign in zip(bins, bin_counts, signs, strict=True):
        groups = _groups(np.asarray(np.bincount(codes, weight, count), dtype=np.float64))
        columns.append(_weights(groups[codes], target, weight, int(groups.max()) + 1, mean, sign)[groups])
    design = np.column_stack(
        [np.ones(target.size)] + [column[codes] for column, codes in zip(columns, bins, strict=True)]
    )
    coefficients = _signed(design, target, weight, signs)
    mains = tuple(slope * column for slope, column in zip(coefficients[1:], columns, strict=True))
    return Tables(float(coefficients[0]), mains, ())


def _groups(rows: Floats) -> Bins:
    """Group of each bin; the unknown bin (the last) stands alone."""
    known = rows[:-1]
    middle = (np.cumsum(known) - known / 2) / max(float(known.sum()), 1e-300)
    groups = np.minimum((middle * GROUPS).astype(np.intp), GROUPS - 1)
    numbered = np.unique(groups, return_inverse=True)[1]
    return np.append(numbered, numbered.max() + 1).astype(np.intp)


def _weights(groups: Bins, target: Floats, weight: Floats, count: int, mean: float, sign: int) -> Floats:
    """Weight of evidence of each group; the last is that of unknown values and joins no block."""
    rows, bad = np.bincount(groups, weight, count), np.bincount(groups, weight * target, count)
    known: Floats = np.asarray(rows[:-1] + _SPECK, dtype=np.float64)
    blocks = _blocks((bad[:-1] + _SPECK * mean) / known, known, sign)
    blocks = np.append(blocks, blocks[-1] + 1)
    defaulted = np.bincount(blocks, bad) + PRIOR_ROWS * mean
    paid = np.bincount(blocks, rows - bad) + PRIOR_ROWS * (1.0 - mean)
    evidence = (np.log(defaulted / paid) - np.log(mean / (1.0 - mean)))[blocks]
    if sign:  # blocks of unlike size are drawn to the mean by unlike shares
        evidence[:-1] = sign * _rising(sign * evidence[:-1], known)
    return np.asarray(evidence, dtype=np.float64)


def _blocks(rates: Floats, rows: Floats, sign: int) -> Bins:
    """The block of each group: groups that have one rate in the nearest sequence of the shape."""
    if sign:
        shape = sign * _rising(sign * rates, rows)
    else:
        peak, valley = _peaked(rates, rows), -_peaked(-rates, rows)
        shape = min((peak, valley), key=lambda one: float(rows @ (rates - one) ** 2))
    return np.cumsum(np.diff(shape, prepend=shape[0]) != 0.0).astype(np.intp)


def _peaked(values: Floats, weights: Floats) -> Floats:
    """The nearest sequence that rises to a peak and falls from there."""
    (_, up), (_, down) = _pooled(values, weights), _pooled(values[::-1], weights[::-1])
    peak = int((up + down[::-1]).argmin())
    falling = _rising(values[peak:][::-1], weights[peak:][::-1])[::-1]
    return np.concatenate([_rising(values[:peak], weights[:peak]), falling])


def _rising(values: Floats, weights: Floats) -> Floats:
    """The nearest rising sequence."""
    blocks, _ = _pooled(values, weights)
    return np.concatenate([np.empty(0), *(np.full(size, value) for value, _, size in blocks)])


def _pooled(values: Floats, weights: Floats) -> tuple[list[_Block], Floats]:
    """Adjacent violators pooled to rising blocks; squared errors (n + 1,) so pooled of the first 0, 1, ... n values."""
    blocks: list[_Block] = []
    errors = [0.0]
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append((value, weight, 1))
        error = errors[-1]
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            right, left = blocks.pop(), blocks.pop()
            total = left[1] + right[1]
            error += left[1] * right[1] / total * (left[0] - right[0]) ** 2
            blocks.append(((left[0] * left[1] + right[0] * right[1]) / total, total, left[2] + right[2]))
        errors.append(error)
    return blocks, np.array(errors)


def _signed(design: Floats, target: Floats, weight: Floats, signs: Sequence[int]) -> Floats:
    """Coefficients (k,), refitted without the signed features whose weight came out below zero until none does."""
    kept = np.ones(design.shape[1], dtype=np.bool_)
    signed = np.append(False, np.array(signs) != 0)
    coefficients = np.zeros(design.shape[1])
    while True:
        ridge = np.append(1e-6, np.full(int(kept.sum()) - 1, RIDGE))
        found, _ = logistic(design[:, kept], target, weight, ridge=ridge)
        coefficients[:] = 0.0
        coefficients[kept] = found
        wrong = signed & (coefficients < 0.0)
        if not wrong.any():
            return coefficients
        kept &= ~wrong
