"""Exponential and logarithm by + − × ÷ only: the same bits for one value and for any batch it stands in.

numpy's own may compute the last values of an array by another route than those before them; what reaches an amount must
not depend on the position of a loan in its batch.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_LN2_HIGH: Final = 0.693147180369123816490
"""ln 2 to 32 bits, so that its product with an exponent is exact; the rest follows."""
_LN2_LOW: Final = 1.90821492927058770002e-10
_GREATEST: Final = 700.0
_TERMS_OF_EXP: Final = 14
_TERMS_OF_LOG: Final = 12
_ROOT_HALF: Final = 0.70710678118654752440


def exponential(x: Floats) -> Floats:
    """e to the power of ``x``, held between −700 and 700; relative error below 1e-15.

    x = k · ln 2 + r with |r| ≤ ln 2 / 2, then the Taylor series of e^r.
    """
    held = np.minimum(np.maximum(x, -_GREATEST), _GREATEST)
    doublings = np.rint(held / (_LN2_HIGH + _LN2_LOW))
    rest = (held - doublings * _LN2_HIGH) - doublings * _LN2_LOW
    series = np.ones_like(rest)
    for term in range(_TERMS_OF_EXP, 0, -1):
        series = 1.0 + rest * series / term
    power: Floats = np.ldexp(series, doublings.astype(np.int64))
    return power


def logarithm(x: Floats) -> Floats:
    """Natural logarithm of ``x`` > 0; error below 1e-15 of the greater of one and the result.

    x = 2^k · m with √½ ≤ m < √2, then ln m = 2 · artanh((m − 1) / (m + 1)) by its series. ValueError for ``x`` ≤ 0.
    """
    if not (x > 0.0).all():
        raise ValueError("A logarithm needs values above zero; apply a floor first.")
    mantissa, exponent = np.frexp(x)
    low = mantissa < _ROOT_HALF
    mantissa = np.where(low, mantissa * 2.0, mantissa)
    doublings = np.where(low, exponent - 1, exponent).astype(np.float64)
    part = (mantissa - 1.0) / (mantissa + 1.0)
    square = part * part
    series = np.zeros_like(part)
    for odd in range(2 * _TERMS_OF_LOG - 1, 0, -2):
        series = series * square + 1.0 / odd
    result: Floats = doublings * _LN2_HIGH + (2.0 * part * series + doublings * _LN2_LOW)
    return result
