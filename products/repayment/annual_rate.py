"""Annual rates of dated flows, each under its own name: nominal actuarial, effective, simple.

Amounts are fen as the lender sees them or as the borrower sees them, only the signs must be consistent: advances one
sign, payments the other. Flows may have no rate, or several; `AnnualRate.roots` holds all of them and
`AnnualRate.only` refuses to choose.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from products.columns import Ints
from products.repayment.calendars import YEAR_DAYS, add_months, month_of
from products.repayment.internal_rates import GREATEST_RATE, LEAST_RATE, internal_rates

Floats = npt.NDArray[np.float64]
DAYS_OF_A_MONTH: Final = 30
"""Regulation Z, Appendix J (b)(5): days into which a month of a unit-period is divided."""
SEARCH_POINTS: Final = 4_001


class RateKind(StrEnum):
    """What an annual rate means; documents name it with these words."""

    NOMINAL = "nominal_actuarial"
    EFFECTIVE = "effective"
    SIMPLE = "simple"

    @property
    def zh(self) -> str:
        """The name on Chinese documents."""
        return _NAMES[self][0]

    @property
    def en(self) -> str:
        """The name on English documents."""
        return _NAMES[self][1]


_NAMES: Final = {
    RateKind.NOMINAL: ("年化利率（名义，内部收益率法，不计复利）", "nominal annual rate (actuarial method)"),
    RateKind.EFFECTIVE: ("年化利率（复利，内部收益率法）", "effective annual rate (compound)"),
    RateKind.SIMPLE: ("年化利率（单利）", "annual rate (simple interest)"),
}


@dataclass(frozen=True, slots=True)
class AnnualRate:
    """An annual rate as a fraction; ``roots`` ascending: one for a loan, none or several for flows that are not one."""

    kind: RateKind
    roots: tuple[float, ...]

    @property
    def only(self) -> float:
        """The rate; ValueError where there is none or more than one."""
        if len(self.roots) != 1:
            found = ", ".join(f"{100 * root:.4f} %" for root in self.roots) or "none"
            raise ValueError(
                f"These flows do not have one {self.kind.en}, but: {found}. A loan's flows change sign once; "
                "check the signs and dates, or report all rates."
            )
        return self.roots[0]

    def percent(self, places: int) -> Decimal:
        """The rate in percent, rounded half up."""
        return Decimal(repr(100.0 * self.only)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


class UnitPeriod(StrEnum):
    """The common interval of a transaction (Regulation Z, Appendix J (b)(4))."""

    HALF_MONTH = "half_month"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    WEEK = "week"
    FORTNIGHT = "fortnight"

    @property
    def per_year(self) -> int:
        """Unit-periods in a year."""
        return _PER_YEAR[self]


_PER_YEAR: Final = {
    UnitPeriod.HALF_MONTH: 24,
    UnitPeriod.MONTH: 12,
    UnitPeriod.QUARTER: 4,
    UnitPeriod.HALF_YEAR: 2,
    UnitPeriod.WEEK: 52,
    UnitPeriod.FORTNIGHT: 26,
}
_WEEKS: Final = {UnitPeriod.WEEK: 1, UnitPeriod.FORTNIGHT: 2}


@dataclass(frozen=True, slots=True)
class UnitTimes:
    """Times in whole unit-periods and a fraction, (k,) each."""

    whole: Ints
    fraction: Floats


def unit_times(start: Ints, end: Ints, unit: UnitPeriod) -> UnitTimes:
    """The unit-periods from ``start`` to ``end`` (days), counted backward from ``end`` (Appendix J (b)(5)).

    The days left over are taken over 30 for a month, 15 for a half month, 30 per month for several months and 7 per
    week for weeks.
    """
    if unit in _WEEKS:
        length = 7 * _WEEKS[unit]
        return UnitTimes((end - start) // length, (end - start) % length / length)
    months = month_of(end) - month_of(start)
    months = months - (add_months(end, -months) < start)
    days = add_months(end, -months) - start
    if unit is UnitPeriod.HALF_MONTH:
        half = DAYS_OF_A_MONTH // 2
        return UnitTimes(2 * months + days // half, days % half / half)
    length = 12 // unit.per_year
    odd = months % length
    return UnitTimes(months // length, (DAYS_OF_A_MONTH * odd + days) / (DAYS_OF_A_MONTH * length))


def regulation_z(amounts: Ints, times: UnitTimes, periods_per_year: float) -> AnnualRate:
    """The annual percentage rate of Appendix J (b)(8): unit-period rate × unit-periods a year; both arrays (k,).

    Each flow is worth amount / ((1 + fraction · i) (1 + i)^whole). With one change of sign, as every loan has, the
    root is unique; otherwise, with odd periods, all changes of sign on a dense grid of rates are reported.
    """
    if not times.fraction.any():
        return nominal(amounts, times.whole, periods_per_year)
    flows = amounts.astype(np.float64)
    grid = np.expm1(np.linspace(np.log1p(LEAST_RATE), np.log1p(GREATEST_RATE), SEARCH_POINTS))
    worth = _worth(flows, times, grid)
    roots = [float(rate) for rate in grid[worth == 0.0]]
    for position in np.flatnonzero(np.sign(worth[:-1]) * np.sign(worth[1:]) < 0.0):
        roots.append(_bisected(flows, times, float(grid[position]), float(grid[position + 1])))
    return AnnualRate(RateKind.NOMINAL, tuple(sorted(root * periods_per_year for root in roots)))


def _worth(flows: Floats, times: UnitTimes, rates: Floats) -> Floats:
    """Present values over the greatest discount factor, (r,), so that their signs survive any rate."""
    factors = -np.outer(np.log1p(rates), times.whole) - np.log1p(np.outer(rates, times.fraction))
    worth: Floats = np.exp(factors - factors.max(axis=1, keepdims=True)) @ flows
    return worth


def _bisected(flows: Floats, times: UnitTimes, low: float, high: float) -> float:
    rising = float(_worth(flows, times, np.array([low]))[0]) < 0.0
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if (float(_worth(flows, times, np.array([middle]))[0]) < 0.0) == rising:
            low = middle
        else:
            high = middle


def single_payment(advance: int, payment: int, days: int) -> AnnualRate:
    """Appendix J for one advance and one payment within a year: the term is the unit-period, 365 / days a year."""
    times = UnitTimes(np.array([0, 1], dtype=np.int64), np.zeros(2))
    return regulation_z(np.array([advance, -payment], dtype=np.int64), times, YEAR_DAYS / days)


def effective(amounts: Ints, years: Floats) -> AnnualRate:
    """The effective annual rate of Directive 2008/48/EC, Annex I; ``years`` (k,) from the first advance.

    For dated flows years are days / 365 (`years_between`); for equal months months / 12, weeks weeks / 52.
    """
    return AnnualRate(RateKind.EFFECTIVE, internal_rates(amounts.astype(np.float64), years))


def years_between(start: int, days: Ints) -> Floats:
    """Years of 365 days from a day to other days."""
    return (days - start) / YEAR_DAYS


def nominal(amounts: Ints, periods: Ints, periods_per_year: float) -> AnnualRate:
    """Periodic internal rate × periods a year, for flows at whole periods; every root, however the flows look."""
    roots = internal_rates(amounts.astype(np.float64), periods.astype(np.float64))
    return AnnualRate(RateKind.NOMINAL, tuple(root * periods_per_year for root in roots))


def simple(costs: int, balances: Ints, days: Ints, *, year_days: int = YEAR_DAYS) -> AnnualRate:
    """All costs over the principal actually used: Σ balance × days / ``year_days``, without compounding.

    ``balances`` (k,) fen outstanding for ``days`` (k,). No rate where nothing was outstanding.
    """
    used = sum(int(balance) * int(length) for balance, length in zip(balances, days, strict=True))
    return AnnualRate(RateKind.SIMPLE, (costs * year_days / used,) if used else ())
