"""Interest subsidies within dated plans that nothing changes on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from products.columns import Ints
from products.money import ONE
from products.repayment.amortisation import Repayment, is_wide, rounded_share
from products.repayment.calendars import YEAR, add_months, period_lengths
from products.repayment.plans import Plan
from products.repayment.timeline import Conventions, maturity_of, timeline


@dataclass(frozen=True, slots=True)
class InterestSubsidy:
    """What a third party pays of the interest: a yearly rate in ppm, for how many months, on how much at most."""

    rate_ppm: int
    months: int
    principal: int


def with_subsidy(
    plan: Plan,
    subsidy: InterestSubsidy,
    *,
    rate_ppm: int,
    term_months: int,
    method: Repayment,
    drawn_on: int,
    conventions: Conventions,
) -> Plan:
    """The plan of one loan with what is returned on each day of payment, fen.

    The plan is `dated_plan`'s without changes but of principal.
    Balance × rate × days by the plan's own day count, never more than the interest, on a balance of at most
    ``principal``, for periods that end within ``months`` of drawdown, rounded half up; of a bullet loan at maturity.
    """
    drawn = np.array([drawn_on])
    days = timeline(drawn, maturity_of(drawn, np.array([term_months])), drawn, np.zeros_like(drawn), conventions)
    counted = np.maximum(period_lengths(days.accrual, conventions.day_count, anchor=drawn), 0)[:, 0]
    due = days.accrual[1:, 0] <= add_months(drawn, subsidy.months)[0]
    weights = counted * due * min(subsidy.rate_ppm, rate_ppm)
    if method is Repayment.BULLET:
        weights = np.concatenate([np.zeros(len(weights) - 1, dtype=np.int64), [weights.sum()]])
    balance = np.minimum(_opening(plan, days.payment[:, 0]), subsidy.principal)
    wide = is_wide(balance, weights)
    received = rounded_share(balance, weights, YEAR[conventions.day_count] * ONE, wide=wide)
    column = plan.subsidy.copy()
    paid = np.isin(days.payment[:, 0], plan.due_on)
    rows = np.searchsorted(plan.due_on, days.payment[paid, 0], side="left")
    np.add.at(column, rows, received[paid])
    return replace(plan, subsidy=column)


def _opening(plan: Plan, payment: Ints) -> Ints:
    """The balance on which interest ran until each payment."""
    rows = np.minimum(np.searchsorted(plan.due_on, payment, side="left"), len(plan) - 1)
    return plan.opening_balance[rows]
