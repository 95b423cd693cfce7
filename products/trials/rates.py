"""Exact quotients as decimal fractions for reports."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Final

_MILLIONTH: Final = Decimal("0.000001")


def rate_of(part: int, whole: Fraction | int) -> Decimal | None:
    """``part / whole`` to six decimals, half to even; None where there is nothing to divide by."""
    return rounded(Fraction(part) / whole) if whole else None


def rounded(value: Fraction) -> Decimal:
    """A fraction to six decimals, half to even."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_MILLIONTH, ROUND_HALF_EVEN)
