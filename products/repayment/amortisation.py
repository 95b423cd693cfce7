"""How a loan runs down: the one arithmetic behind totals, all-in rates and the plans printed in contracts.

Interest of a period is balance × weight / divisor, rounded half up to the fen: for equal months the weight is the
annual rate in ppm and the divisor `MONTHLY`, for dated periods the weight is rate × day count. The level instalment is
the annuity formula rounded half up to the fen; equal principal is the loan divided by the number of payments, rounded
down. In both the last instalment takes the residual, so every plan closes at zero. A level loan of a few fen may be
repaid before its last period; the instalments after that are zero.

Rows are independent: the result for a loan does not depend on the loans beside it. A single loan is computed with
Python's integers and floats by the same expressions, which give the same bits as arrays and start faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from products.columns import Ints
from products.money import ONE

Floats = npt.NDArray[np.float64]
Lane = TypeVar("Lane", int, Ints)

MONTHLY: Final = 12 * ONE
"""Divisor of a monthly interest amount: months per year times parts per million."""
SAFE_PRODUCT: Final = 2**61
"""Products below this may be doubled and rounded in int64."""
LIMB: Final = 13
"""Bits of an amount multiplied at a time where a whole product would not fit."""


class Repayment(IntEnum):
    """How a loan is repaid; the number is the code in columns."""

    LEVEL_PAYMENT = 0
    EQUAL_PRINCIPAL = 1
    INTEREST_MONTHLY_PRINCIPAL_AT_MATURITY = 2
    BULLET = 3


@dataclass(frozen=True, slots=True)
class Course:
    """How n loans run over m periods.

    ``balances`` (m + 1, n): the balance after k payments, the loan itself at k = 0 and zero from the loan's own last
    period on; ``interest`` (m, n): the interest paid with payment k + 1. Both int64 fen.
    """

    balances: Ints
    interest: Ints

    @property
    def instalments(self) -> Ints:
        """Principal and interest of each payment, (m, n)."""
        instalments: Ints = self.balances[:-1] - self.balances[1:]
        instalments += self.interest
        return instalments


def rounded_share(amount: Lane, weight: Lane, divisor: int, *, wide: bool) -> Lane:
    """``amount × weight / divisor`` rounded half up, exact.

    Amounts from 0 to 2⁵² − 1 fen, weights below 5·10¹⁴, divisors below 10¹⁴. ``wide`` must be true where a product may
    reach `SAFE_PRODUCT` (see `is_wide`): then the amount is divided digit by digit; both ways give the same result.
    """
    if not wide:
        return (2 * amount * weight + divisor) // (2 * divisor)
    quotient, rest = amount * 0, amount * 0
    for shift in range(3 * LIMB, -1, -LIMB):
        part = (rest << LIMB) + (amount >> shift & (1 << LIMB) - 1) * weight
        quotient = (quotient << LIMB) + part // divisor
        rest = part % divisor
    return quotient + (2 * rest >= divisor)


def greatest(values: Ints) -> int:
    """The greatest of some values; a single one is read at once."""
    return values.item() if values.size == 1 else int(values.max())


def is_wide(amount: Ints, weight: Ints) -> bool:
    """Whether some product of the rows' amounts and weights may leave the safe range."""
    return greatest(amount) * greatest(weight) >= SAFE_PRODUCT


def annuity_factor(weights: Ints, divisor: int, periods: Ints) -> Floats:
    """Present value of one unit per period at weight / divisor a period, shape (n,).

    ``weights`` (n,) for like periods or (m, n). Relative error below (5 · periods + 2) · 2⁻⁵³: sums of positive terms.
    """
    discounts = 1.0 / (1.0 + weights / divisor)
    months, n = int(periods.max()), len(periods)
    if n > 1 and (periods != months).any():
        factors = np.zeros(n)
        for month in range(months - 1, -1, -1):
            discount = discounts if discounts.ndim == 1 else discounts[month]
            factors = np.where(month < periods, (factors + 1.0) * discount, factors)
        return factors
    factor: float | Floats = 0.0
    for discount in _per_period(discounts, months, n)[::-1]:
        factor = (factor + 1.0) * discount
    return np.atleast_1d(np.asarray(factor, dtype=np.float64))


def _per_period(values: npt.NDArray[Any], months: int, n: int) -> list[Any]:
    """One entry per period: the row of all loans, or the Python number of a single loan."""
    if n == 1:
        flat = values[:months].ravel().tolist()
        return flat if values.ndim == 2 else flat * months
    return list(values[:months]) if values.ndim == 2 else [values] * months


def level_instalment(principal: Ints, weights: Ints, divisor: int, periods: Ints) -> Ints:
    """The annuity payment rounded half up to the fen, shape (n,).

    Source: P·i·(1+i)ⁿ / ((1+i)ⁿ − 1) with i = weight / divisor, for unlike periods the loan over the sum of their
    discount factors. The float quotient is only a proposal: where it lies within its error bound of half a fen, the
    rounding is decided in unlimited integers, so no amount depends on a float.
    """
    quotient = principal / annuity_factor(weights, divisor, periods)
    doubtful = np.abs(quotient - np.floor(quotient) - 0.5) <= quotient * ((5 * periods + 4) * 2.0**-53)
    instalment = np.floor(quotient + 0.5).astype(np.int64)
    for row in np.flatnonzero(doubtful):
        months = int(periods[row])
        own = [int(weights[row])] * months if weights.ndim == 1 else weights[:months, row].tolist()
        instalment[row] = exact_level_instalment(int(principal[row]), own, divisor)
    return instalment


def exact_level_instalment(principal: int, weights: Sequence[int], divisor: int) -> int:
    """The same for one loan, in unlimited integers."""
    numerator, denominator = 0, 1
    for weight in reversed(weights):
        numerator = (numerator + denominator) * divisor
        denominator *= divisor + weight
    return (2 * principal * denominator + numerator) // (2 * numerator)


def _level(principal: Ints, weights: Ints, divisor: int, periods: Ints, instalment: Ints | None) -> Course:
    if instalment is None:
        instalment = level_instalment(principal, weights, divisor, periods)
    wide = is_wide(principal, weights)
    each = _per_period(weights, int(periods.max()), len(principal))
    if len(principal) > 1:
        rows = _run_down(principal, each, divisor, instalment, wide=wide, larger=np.maximum)
        return _closed(np.array(rows[0]), np.array(rows[1]), periods)
    one = _run_down(int(principal[0]), each, divisor, int(instalment[0]), wide=wide, larger=max)
    balances, interest = (np.array(values, dtype=np.int64)[:, None] for values in one)
    return _closed(balances, interest, periods)


def _run_down(
    balance: Lane,
    weights: Iterable[Lane],
    divisor: int,
    instalment: Lane,
    *,
    wide: bool,
    larger: Callable[[Lane, int], Lane],
) -> tuple[list[Lane], list[Lane]]:
    balances, interest = [balance], []
    for weight in weights:
        due = rounded_share(balance, weight, divisor, wide=wide)
        balance = larger(balance + due - instalment, 0)
        balances.append(balance)
        interest.append(due)
    return balances, interest


def _closed(balances: Ints, interest: Ints, periods: Ints) -> Course:
    """The course with nothing owed from each loan's own last period on: its last instalment takes what is left."""
    months = len(interest)
    balances[months] = 0
    if np.count_nonzero(periods != months):
        balances *= np.arange(months + 1)[:, None] < periods
        interest *= np.arange(months)[:, None] < periods
    return Course(balances, interest)


def course(
    method: Repayment, principal: Ints, weights: Ints, divisor: int, periods: Ints, *, instalment: Ints | None = None
) -> Course:
    """The course of n ≥ 1 loans repaid by the same method; rows of like length waste no work.

    ``principal`` (n,) 0 to `GREATEST_AMOUNT` fen; ``weights`` (n,) or (m, n) ≥ 0, see the module; ``periods`` (n,) ≥ 1.
    ``instalment`` (n,): the level payment, or the principal of equal-principal payments, where it is already agreed.
    """
    if method is Repayment.LEVEL_PAYMENT:
        return _level(principal, weights, divisor, periods, instalment)
    months = greatest(periods)
    balances = np.empty((months + 1, len(principal)), dtype=np.int64)
    balances[:] = principal
    if method is Repayment.EQUAL_PRINCIPAL:
        each = principal // periods if instalment is None else instalment
        balances -= np.arange(months + 1)[:, None] * each
        if instalment is not None:
            np.maximum(balances, 0, out=balances)
    if method is Repayment.BULLET:
        return _closed(balances, _at_maturity(principal, weights, divisor, periods, months), periods)
    each_weight = weights if weights.ndim == 1 else weights[:months]
    interest = rounded_share(balances[:-1], each_weight, divisor, wide=is_wide(principal, weights))
    return _closed(balances, interest, periods)


def given_course(principal_due: Ints, weights: Ints, divisor: int, periods: Ints) -> Course:
    """The course of loans whose principal payments are agreed one by one, ``principal_due`` (m, n) fen ≥ 0."""
    principal = principal_due.sum(axis=0)
    balances = np.concatenate([principal[None], principal - np.cumsum(principal_due, axis=0)])
    interest = rounded_share(balances[:-1], weights, divisor, wide=is_wide(principal, weights))
    return _closed(balances, interest, periods)


def _at_maturity(principal: Ints, weights: Ints, divisor: int, periods: Ints, months: int) -> Ints:
    if weights.ndim == 1:
        whole = weights * periods
    else:
        whole = np.where(np.arange(len(weights))[:, None] < periods, weights, 0).sum(axis=0)
    interest = np.zeros((months, len(principal)), dtype=np.int64)
    amount = rounded_share(principal, whole, divisor, wide=is_wide(principal, whole))
    interest[periods - 1, np.arange(len(principal))] = amount
    return interest
