"""Exact products and quotients of whole numbers: one rounding, at the end, whatever the size of the factors."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, Final

import numpy as np

from products.columns import Ints
from products.money import ONE, Rounding, divide, portion

WholeNumbers = np.ndarray[Any, Any]
"""int64, or Python's integers in an array of objects."""
_GREATEST_SAFE: Final = 2**62


def exact_quotient(factors: Sequence[WholeNumbers | int], divisor: Ints | int, rounding: Rounding) -> Ints:
    """``factors[0] × factors[1] × … / divisor``, rounded once; factors ≥ 0 and divisor > 0 of any common shape.

    int64 where the product fits, Python's integers where it does not. OverflowError if the result itself is too great.
    """
    columns = [np.asarray(one) for one in factors]
    bound = prod(int(one.max()) if one.size else 0 for one in columns) * 2 + int(np.max(divisor, initial=0))
    product = _product(columns) if bound < _GREATEST_SAFE else _product([one.astype(object) for one in columns])
    return divide(product, divisor, rounding).astype(np.int64)


def scaled_sum(amounts: Ints, rates: Ints) -> WholeNumbers:
    """``amounts × rates``, summed over the last of two axes; int64 where it fits, else Python's integers."""
    greatest = int(amounts.max(initial=0)) * int(rates.max(initial=0)) * np.shape(rates)[-1]
    product = amounts * rates if greatest < _GREATEST_SAFE else amounts.astype(object) * rates
    return product if product.ndim == 1 else product.sum(axis=1)


def _product(columns: Sequence[WholeNumbers]) -> Any:
    result: Any = columns[0]
    for one in columns[1:]:
        result = result * one
    return result


def charge(
    base: Ints, rate_ppm: Ints | int, rounding: Rounding, *, time: Ints | int = 1, units_in_year: int = 1
) -> Ints:
    """``base × rate × time / units_in_year`` in minor units: a yearly rate on an amount over some months or days."""
    if units_in_year == 1 and isinstance(time, int) and time == 1:
        return portion(base, rate_ppm, rounding)
    return exact_quotient((base, rate_ppm, time), ONE * units_in_year, rounding)


def whole_band_rate(looked_at: Ints, edges: Sequence[int], rates_ppm: Sequence[int]) -> Ints:
    """The rate of the band in which an amount lies, (n,): band i goes up to and including ``edges[i]``."""
    band = np.searchsorted(np.asarray(edges, dtype=np.int64), looked_at, side="left")
    return np.asarray(rates_ppm, dtype=np.int64)[band]


def marginal_slices(start: Ints, stop: Ints, edges: Ints) -> Ints:
    """The parts of the stretch from ``start`` to ``stop`` that lie in each band, (n, bands); they add up to it.

    ``edges`` (bands,) or (n, bands): the upper ends, rising; the last must reach every amount.
    """
    upper = np.broadcast_to(edges, (len(start), np.shape(edges)[-1]))
    lower = np.concatenate([np.zeros((len(start), 1), dtype=np.int64), upper[:, :-1]], axis=1)
    inside: Ints = np.minimum(stop[:, None], upper) - np.maximum(start[:, None], lower)
    return np.maximum(inside, 0, out=inside)
