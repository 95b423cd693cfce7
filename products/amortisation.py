"""How a loan runs down: the one arithmetic behind totals, all-in rates and the plans printed in contracts.

Interest of a month is balance × rate / 12, rounded half up to the fen. The level instalment is the annuity formula
rounded half up to the fen; equal principal is the loan divided by the number of months, rounded down. In both the last
instalment takes the residual, so every plan closes at zero. A level loan of a few fen may be repaid before its last
month; the instalments after that are zero.

Rows are independent: the result for a loan does not depend on the loans beside it. A single loan is computed with
Python's integers and floats by the same expressions, which give the same bits as arrays and start faster.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeVar

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


class Repayment(IntEnum):
    """How a loan is repaid; the number is the code in columns."""

    LEVEL_PAYMENT = 0
    EQUAL_PRINCIPAL = 1
    INTEREST_MONTHLY_PRINCIPAL_AT_MATURITY = 2
    BULLET = 3


@dataclass(frozen=True, slots=True)
class Course:
    """How n loans run over m months.

    ``balances`` (m + 1, n): the balance after k payments, the loan itself at k = 0 and zero from the loan's own term
    on; ``interest`` (m, n): the interest paid with payment k + 1. Both int64 fen.
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
    """``amount × weight / divisor`` rounded half up; exact for amounts up to `products.money.GREATEST_AMOUNT`.

    ``wide`` must be true where a product may reach `SAFE_PRODUCT` (see `is_wide`); both ways give the same result.
    """
    if wide:
        whole = amount // divisor
        return whole * weight + (2 * (amount - whole * divisor) * weight + divisor) // (2 * divisor)
    return (2 * amount * weight + divisor) // (2 * divisor)


def is_wide(amount: Ints, weight: Ints) -> bool:
    """Whether some product of the rows' amounts and weights may leave the safe range."""
    return int(amount.max()) * int(weight.max()) >= SAFE_PRODUCT


def annuity_factor(rate_ppm: Ints, term_months: Ints) -> Floats:
    """Present value of one unit a month for ``term_months`` months at ``rate_ppm`` / 12 a month, shape (n,).

    Relative error below (5 · term + 2) · 2⁻⁵³: additions of positive terms only.
    """
    discount = 1.0 / (1.0 + rate_ppm / MONTHLY)
    months = int(term_months.max())
    if len(rate_ppm) > 1 and (term_months != months).any():
        factors = np.zeros(len(rate_ppm))
        for month in range(months):
            factors = np.where(month < term_months, (factors + 1.0) * discount, factors)
        return factors
    per_month = float(discount[0]) if len(rate_ppm) == 1 else discount
    factor: float | Floats = 0.0
    for _ in range(months):
        factor = (factor + 1.0) * per_month
    return np.atleast_1d(np.asarray(factor, dtype=np.float64))


def level_instalment(principal: Ints, rate_ppm: Ints, term_months: Ints) -> Ints:
    """The annuity payment rounded half up to the fen, shape (n,).

    Source: P·i·(1+i)ⁿ / ((1+i)ⁿ − 1) with i = rate / 12. The float quotient is only a proposal: where it lies within
    its error bound of half a fen, the rounding is decided in unlimited integers, so no amount depends on a float.
    """
    quotient = principal / annuity_factor(rate_ppm, term_months)
    below = np.floor(quotient)
    doubtful = np.abs(quotient - below - 0.5) <= quotient * ((5 * term_months + 4) * 2.0**-53)
    instalment = np.floor(quotient + 0.5).astype(np.int64)
    for row in np.flatnonzero(doubtful):
        instalment[row] = exact_level_instalment(int(principal[row]), int(rate_ppm[row]), int(term_months[row]))
    return instalment


def exact_level_instalment(principal: int, rate_ppm: int, term_months: int) -> int:
    """The same for one loan, in unlimited integers."""
    if rate_ppm == 0:
        return (2 * principal + term_months) // (2 * term_months)
    grown: int = (MONTHLY + rate_ppm) ** term_months
    numerator = principal * rate_ppm * grown
    divisor: int = MONTHLY * (grown - MONTHLY**term_months)
    return (2 * numerator + divisor) // (2 * divisor)


def _level_course(
    principal: Lane, weight: Lane, instalment: Lane, months: int, *, wide: bool, larger: Callable[[Lane, int], Lane]
) -> tuple[list[Lane], list[Lane]]:
    balance, balances, interest = principal, [principal], []
    for _ in range(months):
        due = rounded_share(balance, weight, MONTHLY, wide=wide)
        balance = larger(balance + due - instalment, 0)
        balances.append(balance)
        interest.append(due)
    return balances, interest


def _level(principal: Ints, rate_ppm: Ints, term_months: Ints, months: int, *, wide: bool) -> Course:
    instalment = level_instalment(principal, rate_ppm, term_months)
    if len(principal) > 1:
        balances, interest = _level_course(principal, rate_ppm, instalment, months, wide=wide, larger=np.maximum)
        return _closed(np.array(balances), np.array(interest), term_months)
    one = (int(principal[0]), int(rate_ppm[0]), int(instalment[0]))
    balance, due = _level_course(*one, months, wide=wide, larger=max)
    return _closed(np.array(balance, dtype=np.int64)[:, None], np.array(due, dtype=np.int64)[:, None], term_months)


def _closed(balances: Ints, interest: Ints, term_months: Ints) -> Course:
    """The course with nothing owed from each loan's own term on: the last instalment takes what is left."""
    months = len(interest)
    balances[months] = 0
    if (term_months != months).any():
        balances *= np.arange(months + 1)[:, None] < term_months
        interest *= np.arange(months)[:, None] < term_months
    return Course(balances, interest)


def course(method: Repayment, principal: Ints, rate_ppm: Ints, term_months: Ints) -> Course:
    """The course of n ≥ 1 loans repaid by the same method; rows of like term waste no work.

    ``principal`` 0 to `GREATEST_AMOUNT` fen, ``rate_ppm`` 0 to 10,000,000 a year, ``term_months`` 1 to 600.
    """
    months = int(term_months.max())
    wide = is_wide(principal, rate_ppm)
    if method is Repayment.LEVEL_PAYMENT:
        return _level(principal, rate_ppm, term_months, months, wide=wide)
    balances = np.empty((months + 1, len(principal)), dtype=np.int64)
    balances[:] = principal
    if method is Repayment.EQUAL_PRINCIPAL:
        balances -= np.arange(months + 1)[:, None] * (principal // term_months)
    if method is not Repayment.BULLET:
        interest = rounded_share(balances[:-1], rate_ppm, MONTHLY, wide=wide)
        return _closed(balances, interest, term_months)
    interest = np.zeros((months, len(principal)), dtype=np.int64)
    weight = rate_ppm * term_months
    at_maturity = rounded_share(principal, weight, MONTHLY, wide=is_wide(principal, weight))
    interest[term_months - 1, np.arange(len(principal))] = at_maturity
    return _closed(balances, interest, term_months)
