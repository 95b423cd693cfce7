"""Discount factors over columns, by + − × ÷ only: the same bits for one asset and for a million.

Times are whole numbers of half months, so that the middle of a year and of a broken year can be reached.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from products.columns import Ints
from products.money import ONE

Floats = npt.NDArray[np.float64]
Real = TypeVar("Real", float, Floats)

HALF_MONTHS: Final = 24
"""Steps in a year."""
_FEW: Final = 16
"""Up to so many rates Python's numbers, which give the same bits, are faster than arrays."""
_BIT: Final = np.array(1)
_ROUNDS: Final = 24
"""Newton rounds for the root: enough from the arithmetic start for every rate up to 1,000 % a year."""


class Timing(StrEnum):
    """When in a year its income is taken to arrive."""

    YEAR_END = "year_end"
    MID_YEAR = "mid_year"


def half_month_growth(rate_ppm: Ints) -> Floats:
    """The 24th root of 1 + rate, (n,)."""
    if len(rate_ppm) > _FEW:
        rates, position = np.unique(rate_ppm, return_inverse=True)
        return _root(1.0 + rates / ONE)[position]
    return np.array([_root(1.0 + rate / ONE) for rate in rate_ppm.tolist()], dtype=np.float64)


def _root(target: Real) -> Real:
    root = 1.0 + (target - 1.0) / HALF_MONTHS
    for _ in range(_ROUNDS):
        square = root * root
        fourth = square * square
        eighth = fourth * fourth
        power = eighth * eighth * fourth * square * root
        root = root - (power * root - target) / (HALF_MONTHS * power)
    return root


def discount_factors(growth: Floats, half_months: Ints) -> Floats:
    """``growth`` to the power of minus ``half_months`` ≥ 0; shapes broadcast."""
    power, left = 1.0 / growth, half_months
    factors = np.ones(np.broadcast(power, left).shape)
    for _ in range(int(left.max(initial=0)).bit_length()):
        factors = np.where(left & _BIT, factors * power, factors)
        power = power * power
        left = left >> _BIT
    return factors


def present_value(income: Ints, *, discount_rate_ppm: Ints, life_months: Ints, timing: Timing) -> Floats:
    """What yearly incomes are worth today, in fractions of a fen, (n,).

    ``income`` (n, years) fen, the coming year first; counted to the end of ``life_months`` (n,), a last part-year by
    months / 12. Income beyond the years given is none.
    """
    growth = half_month_growth(discount_rate_ppm)
    year = np.arange(income.shape[1])
    length = np.minimum(np.maximum(life_months[:, None] - 12 * year, 0), 12)
    when = HALF_MONTHS * year + (length if timing is Timing.MID_YEAR else 2 * length)
    parts = income * (length / 12.0) * discount_factors(growth[:, None], when)
    worth = np.zeros(len(income))
    for part in parts.T:  # one after another: a sum along an axis may be ordered otherwise for other shapes
        worth = worth + part
    return worth


def annuity(discount_rate_ppm: Ints, years: Ints, *, timing: Timing) -> Floats:
    """Present value of one a year for ``years`` years, (n,)."""
    growth = half_month_growth(discount_rate_ppm)
    worth = np.zeros(len(years))
    for year in range(int(years.max()) if len(years) else 0):
        when = np.full(len(years), HALF_MONTHS * year + (12 if timing is Timing.MID_YEAR else 24), dtype=np.int64)
        worth = np.where(year < years, worth + discount_factors(growth, when), worth)
    return worth
