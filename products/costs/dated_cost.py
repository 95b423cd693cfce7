"""One loan's dated plan with its fee and subsidy, and the annual rates of those flows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from products.columns import Ints
from products.repayment.amortisation import Repayment
from products.repayment.changes import Changes, no_changes
from products.repayment.cost_rates import CostRates, cost_rates
from products.repayment.dated_fees import (
    FeeRows,
    FeeTerms,
    PlannedLoans,
    fee_rows,
    planned_loans,
    with_fees,
)
from products.repayment.dated_plans import dated_plan
from products.repayment.dated_subsidies import InterestSubsidy, with_subsidy
from products.repayment.plans import Plan
from products.repayment.timeline import Conventions


@dataclass(frozen=True, slots=True)
class Drawn:
    """One loan as it is drawn: fen, ppm a year, months, days since 1970-01-01."""

    principal: int
    rate_ppm: int
    term_months: int
    method: Repayment
    drawn_on: int
    conventions: Conventions
    changes: Changes = field(default_factory=no_changes)


@dataclass(frozen=True, slots=True)
class DatedCost:
    """The payments of one loan, and its annual rates by name."""

    plan: Plan
    rates: CostRates


def dated_cost(
    loan: Drawn, *, fee: FeeTerms | Callable[[PlannedLoans], FeeRows], subsidies: Sequence[InterestSubsidy]
) -> DatedCost:
    """The loan's dated flows with fees by a rule or as found for its plan.

    ValueError for a loan out of limits and changes that cannot be. Subsidies only where no change but of principal.
    """
    principal, months, drawn_on = _one(loan.principal), _one(loan.term_months), _one(loan.drawn_on)
    plan = plan_of(loan)
    for subsidy in subsidies:
        plan = with_subsidy(
            plan,
            subsidy,
            rate_ppm=loan.rate_ppm,
            term_months=loan.term_months,
            method=loan.method,
            drawn_on=loan.drawn_on,
            conventions=loan.conventions,
        )
    planned = planned_loans(
        plan, principal, months, drawn_on=drawn_on, conventions=loan.conventions, changes=loan.changes
    )
    plan = with_fees(planned, fee_rows(planned, fee) if isinstance(fee, FeeTerms) else fee(planned))
    return DatedCost(plan, cost_rates(plan, principal=loan.principal, drawn_on=loan.drawn_on))


def plan_of(loan: Drawn) -> Plan:
    """The loan's principal and interest. ValueError as `dated_plan`."""
    return dated_plan(
        _one(loan.principal),
        _one(loan.rate_ppm),
        _one(loan.term_months),
        _one(loan.method),
        drawn_on=_one(loan.drawn_on),
        conventions=loan.conventions,
        changes=loan.changes,
    )


def _one(value: int) -> Ints:
    return np.array([value], dtype=np.int64)
