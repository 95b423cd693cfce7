"""The three annual rates of one repayment plan, as a cost sheet names them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from products.repayment.annual_rate import (
    AnnualRate,
    UnitPeriod,
    effective,
    regulation_z,
    simple,
    unit_times,
    years_between,
)
from products.repayment.plans import Plan


@dataclass(frozen=True, slots=True)
class CostRates:
    """What a loan costs the borrower a year, interest and fees less subsidies."""

    nominal: AnnualRate
    effective: AnnualRate
    simple: AnnualRate


def cost_rates(plan: Plan, *, principal: int, drawn_on: int) -> CostRates:
    """The rates of one loan's plan: monthly actuarial × 12, compound by days / 365, simple by days / 365.

    ``plan`` holds the payments of that loan only, ``principal`` fen, ``drawn_on`` days since 1970-01-01. ValueError if
    the plan is of several loans or repays another amount.
    """
    loans, repaid = len(np.unique(plan.loan)), int(plan.principal.sum())
    if loans != 1 or repaid != principal:
        raise ValueError(
            f"The plan repays {repaid} fen for {loans} loans; the rates are those of one loan of {principal} fen. "
            "Take that loan's payments with Plan.of."
        )
    days = np.concatenate([[drawn_on], plan.due_on])
    amounts = np.concatenate([[principal], plan.subsidy - plan.total])
    months = unit_times(np.full_like(days, drawn_on), days, UnitPeriod.MONTH)
    costs = int((plan.interest + plan.fee - plan.subsidy).sum())
    outstanding = np.concatenate([[principal], plan.closing_balance[:-1]])
    return CostRates(
        nominal=regulation_z(amounts, months, UnitPeriod.MONTH.per_year),
        effective=effective(amounts, years_between(drawn_on, days)),
        simple=simple(costs, outstanding, np.diff(days)),
    )
