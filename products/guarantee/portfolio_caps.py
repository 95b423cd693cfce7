"""The most that is paid over a lender's whole portfolio, and what it leaves of each claim."""

from __future__ import annotations

import numpy as np

from products.columns import Ints
from products.guarantee.exact import exact_quotient, marginal_slices, scaled_sum
from products.guarantee.provisions import PortfolioCap
from products.money import ONE, Rounding


def portfolio_cap(cap: PortfolioCap, volume: Ints, *, coverage_ppm: Ints | int = ONE) -> Ints:
    """The cap (n,) in minor units for cumulative volumes (n,), rounded down.

    Every band's rate on its own slice of the volume; times the cover again where the cap is a share of what is
    guaranteed.
    """
    weighted = scaled_sum(marginal_slices(np.zeros_like(volume), volume, cap.edges), cap.rates[None, :])
    if not cap.of_guaranteed:
        return exact_quotient((weighted,), ONE, Rounding.DOWN)
    return exact_quotient((weighted, np.asarray(coverage_ppm)), ONE * ONE, Rounding.DOWN)


def payable(claims: Ints, cap: int, *, paid_before: int = 0) -> Ints:
    """What is paid on claims (n,), in their order, until the cap is used up."""
    used = np.minimum(paid_before + np.cumsum(claims), max(cap, paid_before))
    return np.diff(used, prepend=paid_before)
