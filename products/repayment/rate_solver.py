"""The periodic rate of loans whose payments follow one outlay, solved by Newton's method, row by row alike.

The present value of payments that are never negative is a convex, falling function of the rate, so Newton's method
reaches the one root from any start that is not below zero. Every row follows a rule of its own (it is frozen once
its step is small), and the arithmetic is + − × ÷ only: a rate does not depend on the batch its loan came in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Real = TypeVar("Real", float, Floats)

LAST_STEP: Final = 1e-7
"""A step below this is the last: the error after it is of the order of its square times the number of periods."""
GREATEST_ROUNDS: Final = 2_000
"""Beyond every flow that passes the checks of `products.schedule`; a flow that is none fails instead of looping."""


def value_and_slope(flows: Iterable[Real], discount: Real) -> tuple[Real, Real]:
    """Σ flow_k · discount^k and its derivative by ``discount``; ``flows`` from the last period to the first."""
    value, slope = discount * 0.0, discount * 0.0
    for flow in flows:
        slope = slope * discount + value
        value = value * discount + flow
    return value, slope


def _evaluated(flows: Floats, discount: Floats) -> tuple[Floats, Floats]:
    if len(discount) > 1:
        return value_and_slope(flows[::-1], discount)
    value, slope = value_and_slope(flows[::-1, 0].tolist(), float(discount[0]))
    return np.array([value]), np.array([slope])


def periodic_rate(flows: Floats, start: Floats) -> Floats:
    """The rate per period at which each column of ``flows`` has present value zero, shape (n,).

    ``flows`` (m + 1, n): the first row is the outlay, not above zero and smaller than what follows in sum; all other
    rows are payments, not below zero. ``start`` (n,) ≥ 0: a first guess. A column of zeros keeps its guess.
    """
    rate = start.copy()
    rows = np.arange(len(rate))
    for _ in range(GREATEST_ROUNDS):
        discount = 1.0 / (1.0 + rate[rows])
        value, slope = _evaluated(flows, discount)
        slope *= discount * discount
        step = value / np.where(slope > 0.0, slope, 1.0)
        rate[rows] = np.maximum(rate[rows] + step, 0.0)
        moving = np.abs(step) > LAST_STEP
        left = int(np.count_nonzero(moving))
        if left == 0:
            return rate
        if left < len(rows):
            flows, rows = flows[:, moving], rows[moving]
    raise ArithmeticError(
        f"The rate of the loan in row {rows[0]} was not found in {GREATEST_ROUNDS} rounds; its flows must be one "
        "outlay followed by payments that are not negative and repay it."
    )
