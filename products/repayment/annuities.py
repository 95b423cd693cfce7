"""Closed forms of level loans in floating point: for comparison, sizing and sensitivity, never for amounts owed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def level_payment(principal: Floats, rate: Floats, periods: Floats) -> Floats:
    """Payment per period of a level loan, any common shape; ``rate`` ≥ 0 per period as a fraction.

    P·i / (1 − (1+i)^−n), for i = 0 its limit P / n; accurate for the smallest rates.
    """
    safe = np.where(rate > 0.0, rate, 1.0)
    factor = -np.expm1(-periods * np.log1p(safe)) / safe
    return principal / np.where(rate > 0.0, factor, periods)


def balance_after(principal: Floats, rate: Floats, periods: Floats, payments: Floats) -> Floats:
    """What is left of a level loan after some payments."""
    left = periods - payments
    worth_of_one = 1.0 / level_payment(np.ones_like(principal), rate, np.maximum(left, 1.0))
    return np.where(left > 0, level_payment(principal, rate, periods) * worth_of_one, 0.0)


def cumulative_principal(principal: Floats, rate: Floats, periods: Floats, *, first: Floats, last: Floats) -> Floats:
    """Principal repaid by the payments ``first`` to ``last`` (from 1, both included)."""
    return balance_after(principal, rate, periods, first - 1) - balance_after(principal, rate, periods, last)


def cumulative_interest(principal: Floats, rate: Floats, periods: Floats, *, first: Floats, last: Floats) -> Floats:
    """Interest paid with the payments ``first`` to ``last`` (from 1, both included)."""
    paid = level_payment(principal, rate, periods) * (last - first + 1)
    return paid - cumulative_principal(principal, rate, periods, first=first, last=last)


def effective_annual(rate: Floats, periods_per_year: int) -> Floats:
    """The yearly rate that compounds like ``rate`` per period."""
    effective: Floats = np.expm1(periods_per_year * np.log1p(rate))
    return effective
