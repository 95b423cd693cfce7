"""Totals of dated repayment plans for many loans at once: those of `dated_plans` without changes, without the rows."""

from __future__ import annotations

from typing import Final

import numpy as np

from products.columns import Ints
from products.money import ONE
from products.repayment.amortisation import course
from products.repayment.calendars import YEAR, add_months, period_lengths
from products.repayment.timeline import Conventions, maturity_of, timeline
from products.schedule import Loans, PlanTotals, blocks, check_loans, empty_totals, write_totals

DATED_CELLS: Final = 72_000
"""Months × loans computed together; more matrices are alive at once than for equal months."""
PAYMENTS_A_YEAR: Final = 13
"""The most due days within twelve months of drawdown: an odd first one and twelve."""


def dated_totals(
    principal: Ints,
    rate_ppm: Ints,
    term_months: Ints,
    repayment: Ints,
    *,
    drawn_on: Ints,
    conventions: Conventions,
) -> PlanTotals:
    """Totals of the plans of n loans under the same conventions; all arrays int64 (n,), ``drawn_on`` days.

    The first year ends twelve months after drawdown. ValueError for loans out of limits.
    """
    check_loans(principal, rate_ppm, term_months, repayment)
    result = empty_totals(len(principal))
    for loans, rows in blocks(principal, rate_ppm, term_months, repayment, cells=DATED_CELLS):
        _write(result, rows, loans, drawn_on[rows], conventions)
    return result


def _write(result: PlanTotals, rows: Ints, loans: Loans, drawn_on: Ints, conventions: Conventions) -> None:
    maturity = maturity_of(drawn_on, loans.term_months)
    days = timeline(drawn_on, maturity, drawn_on, np.zeros_like(drawn_on), conventions)
    weights = period_lengths(days.accrual, conventions.day_count, anchor=drawn_on)
    np.maximum(weights, 0, out=weights)
    weights *= loans.rate_ppm
    divisor = YEAR[conventions.day_count] * ONE
    run = course(loans.method, loans.principal, weights, divisor, days.periods)
    first_year = (days.accrual[1 : PAYMENTS_A_YEAR + 1] <= add_months(drawn_on, 12)).sum(axis=0)
    first_year = np.minimum(first_year, days.periods)
    write_totals(result, rows, run, method=loans.method, periods=days.periods, first_year=first_year)
