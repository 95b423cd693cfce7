"""Exact money: int64 fen, rates in integer parts per million, every rounding named.

A yuan is 100 fen; a rate of 1 is 1,000,000 ppm. Products of an amount and a rate are formed from quotient and
remainder, so they are exact for every amount up to `GREATEST_AMOUNT` and every rate up to 1,000 %.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final, overload

import numpy as np

from products.columns import Ints

ONE: Final = 1_000_000
"""A rate or share of 100 % in parts per million."""
FEN: Final = 100
"""Fen per yuan."""
_ONE: Final = np.array(ONE)
_SAFE: Final = 2**61
_MANY: Final = 256
GREATEST_AMOUNT: Final = 10**15
"""Ten trillion yuan in fen: the largest amount accepted anywhere."""


class Rounding(StrEnum):
    """How a fraction of a fen is treated; amounts are never negative where a rounding is named."""

    HALF_UP = "half_up"
    DOWN = "down"
    UP = "up"


@overload
def divide(numerator: int, divisor: int, rounding: Rounding) -> int: ...
@overload
def divide(numerator: Ints, divisor: Ints | int, rounding: Rounding) -> Ints: ...
def divide(numerator: Ints | int, divisor: Ints | int, rounding: Rounding) -> Ints | int:
    """``numerator / divisor`` in whole units; ``numerator`` ≥ 0, ``divisor`` > 0, int64 of any common shape."""
    if rounding is Rounding.HALF_UP:
        return (numerator + numerator + divisor) // (divisor + divisor)
    if rounding is Rounding.UP:
        return -(-numerator // divisor)
    return numerator // divisor


def portion(amount: Ints, rate_ppm: Ints | int, rounding: Rounding) -> Ints:
    """``amount × rate_ppm / 1,000,000`` in fen, without overflow.

    A single amount is computed with Python's integers by the same expression, which starts faster.
    """
    if amount.shape == (1,) and (isinstance(rate_ppm, int) or rate_ppm.shape == (1,)):
        rate = rate_ppm if isinstance(rate_ppm, int) else rate_ppm.item()
        return np.array([divide(amount.item() * rate, ONE, rounding)], dtype=np.int64)
    if _fits(amount, rate_ppm):
        return divide(amount * rate_ppm, _ONE, rounding)
    whole: Ints = amount // _ONE
    rest: Ints = amount - whole * _ONE
    return whole * rate_ppm + divide(rest * rate_ppm, _ONE, rounding)


def _fits(amount: Ints, rate_ppm: Ints | int) -> bool:
    """Whether there are so many amounts that it pays to look, and the doubled products fit int64."""
    if amount.size < _MANY or np.size(rate_ppm) == 0 or int(amount.min()) < 0:
        return False
    return int(np.max(amount)) * int(np.max(rate_ppm)) < _SAFE and int(np.min(rate_ppm)) >= 0


def split(amount: Ints, shares_ppm: Ints, *, residual: int) -> Ints:
    """Divide amounts by shares so that the parts add up exactly.

    ``amount`` (n,) fen, ``shares_ppm`` (n, k) with rows that sum to 1,000,000. Each part is rounded down to the fen and
    the party at position ``residual`` takes what is left (fewer than k fen). Returns (n, k). ValueError if a row of
    shares does not sum to one.
    """
    totals = shares_ppm.sum(axis=1)
    if (totals != ONE).any():
        row = int(np.argmax(totals != ONE))
        raise ValueError(
            f"The shares in row {row} sum to {totals[row]} ppm; they must sum to {ONE} ppm for the parts to close."
        )
    parts = portion(amount[:, None], shares_ppm, Rounding.DOWN)
    parts[:, residual] += amount - parts.sum(axis=1)
    return parts


def ratio_ppm(part: Ints, whole: Ints, rounding: Rounding) -> Ints:
    """``part / whole`` in parts per million; 0 where ``whole`` is 0. ``part`` ≤ 9·10¹² fen."""
    safe = np.where(whole > 0, whole, 1)
    return np.where(whole > 0, divide(part * ONE, safe, rounding), 0)


def yuan(fen: int) -> Decimal:
    """Fen as yuan with two decimals."""
    return Decimal(int(fen)).scaleb(-2)


def fraction(ppm: int) -> Decimal:
    """Parts per million as a decimal fraction, without trailing zeros beyond four decimals."""
    basis_points, rest = divmod(int(ppm), 100)
    return Decimal(int(ppm)).scaleb(-6).normalize() if rest else Decimal(basis_points).scaleb(-4)
