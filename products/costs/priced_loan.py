"""The figures of a price sheet for one loan, whether it was decided or its terms were given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from products.applicant.layout import EPOCH
from products.costs.dated_cost import DatedCost, Drawn, dated_cost
from products.costs.loan_costs import loan_costs
from products.costs.price_answer import AnnualRateOf, Instalment, RatePosition, SensitivityRow
from products.costs.sensitivity import Axis, Outlook, Priced, sensitivity
from products.explaining.explained_price import capital_of, components_of
from products.money import Rounding, fraction, portion, yuan
from products.pricing import BASIS_POINT, LPR_TERMS, NO_CAP, loan_rates, rate_bounds
from products.repayment.annual_rate import AnnualRate
from products.repayment.cost_rates import CostRates
from products.repayment.dated_fees import FeeTerms
from products.repayment.dated_subsidies import InterestSubsidy
from products.vocabulary import REPAYMENTS


@dataclass(frozen=True, slots=True)
class PricedLoan:
    """One loan with what its price rests on; the fee is paid yearly in advance on the balance."""

    priced: Priced
    drawn: Drawn
    fee_rate_ppm: int
    subsidy: InterestSubsidy


def figures(loan: PricedLoan) -> dict[str, Any]:
    """Every field of `PriceSheet` that is a figure."""
    priced, drawn = loan.priced, loan.drawn
    amount = np.array([drawn.principal])
    costs = loan_costs(priced.risks, priced.terms, priced.capital)
    lpr, lpr_term, _, _ = loan_rates(costs.required, priced.risks.term_months, priced.terms, priced.market)
    cap, floor = (int(bound[0]) for bound in rate_bounds(lpr, priced.terms, priced.market))
    components = {**costs.components, "rounding_cap_or_floor": priced.loan_rate - costs.required}
    as_it_is, *others = sensitivity(priced)
    cost = dated_cost(drawn, fee=FeeTerms(np.array([loan.fee_rate_ppm])), subsidies=(loan.subsidy,))
    return {
        "amount": yuan(drawn.principal),
        "term_months": drawn.term_months,
        "repayment": REPAYMENTS[drawn.method],
        "drawn_on": date.fromordinal(drawn.drawn_on + EPOCH),
        "default_probability": fraction(int(priced.risks.default_probability_ppm[0])),
        "loss_given_default": fraction(priced.terms.loss_given_default),
        "bank_share": fraction(int(priced.risks.bank_share_ppm[0])),
        "capital": capital_of(priced.terms, costs, amount, 0),
        "components": components_of(components, 0),
        "break_even_rate": fraction(as_it_is.break_even),
        "required_rate": fraction(as_it_is.required),
        "lpr": fraction(int(lpr[0])),
        "lpr_term": LPR_TERMS[int(lpr_term[0])],
        "required_spread_bp": int(-((lpr - costs.required) // BASIS_POINT)[0]),
        "cap": None if cap == NO_CAP else fraction(cap),
        "floor": fraction(floor) if priced.terms.floor_below_five_year_lpr_bp is not None else None,
        "loan_rate": fraction(priced.loan_rate),
        "position": _position(priced.loan_rate, cap, floor),
        "return_on_capital": _fraction(as_it_is.return_on_capital),
        "return_target": fraction(priced.terms.return_on_capital),
        "expected_loss": yuan(int(portion(amount, as_it_is.expected_loss, Rounding.UP)[0])),
        "fee_rate": fraction(loan.fee_rate_ppm),
        "subsidy_rate": fraction(loan.subsidy.rate_ppm),
        "sensitivity": tuple(_row(one) for one in (as_it_is, *others)),
        **_flows(cost),
    }


def _flows(cost: DatedCost) -> dict[str, Any]:
    plan = cost.plan
    return {
        "annual_rates": annual_rates_of(cost.rates),
        "total_interest": yuan(int(plan.interest.sum())),
        "total_fee": yuan(int(plan.fee.sum())),
        "total_subsidy": yuan(int(plan.subsidy.sum())),
        "schedule": instalments(cost),
    }


def instalments(cost: DatedCost) -> tuple[Instalment, ...]:
    """The plan's payments in their public form."""
    plan = cost.plan
    return tuple(
        Instalment(
            number=int(plan.number[row]),
            due_on=date.fromordinal(int(plan.due_on[row]) + EPOCH),
            opening_balance=yuan(int(plan.opening_balance[row])),
            principal=yuan(int(plan.principal[row])),
            interest=yuan(int(plan.interest[row])),
            fee=yuan(int(plan.fee[row])),
            subsidy=yuan(int(plan.subsidy[row])),
            total=yuan(int(plan.total[row])),
            closing_balance=yuan(int(plan.closing_balance[row])),
        )
        for row in range(len(plan))
    )


def annual_rates_of(rates: CostRates) -> tuple[AnnualRateOf, ...]:
    """The annual rates in their public form."""
    return tuple(_annual_rate(one) for one in (rates.nominal, rates.effective, rates.simple))


def _annual_rate(found: AnnualRate) -> AnnualRateOf:
    roots = tuple(Decimal(repr(root)).quantize(Decimal("0.000001"), "ROUND_HALF_UP") for root in found.roots)
    only = roots[0] if len(roots) == 1 else None
    return AnnualRateOf(kind=found.kind, zh=found.kind.zh, en=found.kind.en, rate=only, all_rates=roots)


def _position(rate: int, cap: int, floor: int) -> RatePosition:
    if rate < floor:
        return RatePosition.BELOW_FLOOR
    if rate > max(cap, floor):
        return RatePosition.ABOVE_CAP
    if rate == cap:
        return RatePosition.AT_CAP
    return RatePosition.AT_FLOOR if rate == floor > 0 else RatePosition.WITHIN


def _row(outlook: Outlook) -> SensitivityRow:
    return SensitivityRow(
        changed=outlook.axis,
        by=_by(outlook),
        expected_loss=fraction(outlook.expected_loss),
        risk_weight=fraction(outlook.risk_weight),
        break_even_rate=fraction(outlook.break_even),
        required_rate=fraction(outlook.required),
        loan_rate=fraction(outlook.loan_rate),
        return_on_capital=_fraction(outlook.return_on_capital),
    )


def _by(outlook: Outlook) -> str:
    if outlook.axis is Axis.BASE:
        return ""
    return str(outlook.value) if outlook.axis is Axis.TERM else f"{fraction(outlook.value):f}"


def _fraction(ppm: int | None) -> Decimal | None:
    return None if ppm is None else fraction(ppm)
