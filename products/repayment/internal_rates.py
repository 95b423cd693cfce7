"""All rates at which dated flows are worth nothing: real roots of Σ flow · (1 + rate)^(−time), however the flows look.

With x = ln(1 + rate) the value is a sum of exponentials. By Laguerre's extension of Descartes' rule it has at most as
many roots as its flows, in order of time, change sign. Multiplying by e^(τx) with τ at a change of sign and taking the
derivative gives a sum of the same form with one change less; its roots cut the line into pieces on which the value
rises or falls throughout, so each piece holds one root or none and bisection cannot miss it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEAST_RATE: Final = -0.9999
GREATEST_RATE: Final = 10_000.0
"""Rates per unit of time outside this range are not looked for."""
TOUCHES: Final = 1e-13
"""A value below this part of its terms, where it turns, is a root that touches zero without crossing."""


def internal_rates(amounts: Floats, times: Floats) -> tuple[float, ...]:
    """Every rate per unit of time between −99.99 % and 1,000,000 %, ascending; empty where there is none.

    ``amounts`` (k,) with their signs, ``times`` (k,) ≥ 0 in any order. ValueError for flows that are not finite.
    """
    if not (np.isfinite(amounts).all() and np.isfinite(times).all()):
        raise ValueError("The flows contain a number that is not finite; give every flow an amount and a time.")
    moments, position = np.unique(times, return_inverse=True)
    net = np.bincount(position, weights=amounts, minlength=len(moments))
    used = net != 0.0
    low, high = np.log1p(LEAST_RATE), np.log1p(GREATEST_RATE)
    return tuple(float(np.expm1(x)) for x in _roots(net[used], moments[used], float(low), float(high)))


def value_of(amounts: Floats, times: Floats, x: float) -> float:
    """The value at e^x − 1 over its greatest discount factor: same sign, no overflow."""
    exponents = -x * times
    return float(amounts @ np.exp(exponents - exponents.max()))


def _roots(amounts: Floats, times: Floats, low: float, high: float) -> list[float]:
    turns = np.flatnonzero(np.sign(amounts[1:]) != np.sign(amounts[:-1]))
    if len(turns) == 0:
        return []
    border = (times[turns[0]] + times[turns[0] + 1]) / 2
    scaled = amounts * (border - times)
    extremes = _roots(scaled / np.abs(scaled).max(), times, low, high)
    found: list[float] = []
    for start, end in pairwise([low, *extremes, high]):
        root = _crossing(amounts, times, start, end)
        if root is not None and not (found and root - found[-1] <= 1e-12):
            found.append(root)
    return found


def _crossing(amounts: Floats, times: Floats, low: float, high: float) -> float | None:
    """The root of a piece on which the value is monotone."""
    at_low, at_high = _settled(amounts, times, low), _settled(amounts, times, high)
    if at_low == 0.0:
        return low
    if at_high == 0.0:
        return high
    if (at_low > 0.0) == (at_high > 0.0):
        return None
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        at_middle = value_of(amounts, times, middle)
        if at_middle == 0.0:
            return middle
        if (at_middle > 0.0) == (at_low > 0.0):
            low = middle
        else:
            high = middle


def _settled(amounts: Floats, times: Floats, x: float) -> float:
    """The value at the end of a piece, zero where it only differs from zero by rounding."""
    value = value_of(amounts, times, x)
    return 0.0 if abs(value) <= TOUCHES * value_of(np.abs(amounts), times, x) else value
