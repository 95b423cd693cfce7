"""The weight-of-evidence logistic regression, as tables over the same bins as the trees.

Bins are joined to about ten groups of like size; a group's weight of evidence is its log-odds of default against the
overall one, drawn towards zero; under a policy sign the weights are made monotone (pool adjacent violators). A logistic
regression with a ridge weighs the features; under a sign a weight below zero becomes zero, so the tables keep the sign.
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

GROUPS: Final = 10
PRIOR_ROWS: Final = 10.0
RIDGE: Final = 1.0


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
    bad = np.bincount(groups, weight * target, count) + PRIOR_ROWS * mean
    good = np.bincount(groups, weight * (1.0 - target), count) + PRIOR_ROWS * (1.0 - mean)
    evidence = np.log(bad / good) - np.log(mean / (1.0 - mean))
    if sign:
        evidence[:-1] = sign * _rising(sign * evidence[:-1], (bad + good)[:-1])
    return np.asarray(evidence, dtype=np.float64)


def _rising(values: Floats, weights: Floats) -> Floats:
    """The nearest rising sequence, by pooling adjacent violators."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            right, left = blocks.pop(), blocks.pop()
            total = left[1] + right[1]
            blocks.append(((left[0] * left[1] + right[0] * right[1]) / total, total, left[2] + right[2]))
    return np.concatenate([np.full(size, value) for value, _, size in blocks])


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
