"""The price: LPR plus a spread in whole basis points, built from what the loan costs the bank (`products.costs`).

    required rate = funding + operating + expected loss on the retained share + return on capital

The spread is rounded up to a whole basis point and then kept between the product's floor and cap; what a cap takes away
or a floor adds is shown as a component of its own, so the components add up to the loan rate. Subsidies
(`products.subsidies`) lower what the borrower pays, not the rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from products.applicant.layout import EPOCH
from products.applications import Applications
from products.case import Fees, Prices, Shares, Situation
from products.columns import Ints
from products.costs.loan_costs import CapitalTerms, Risks, loan_costs
from products.fees import ON_LOAN
from products.money import ONE, Rounding, portion
from products.parameters import Unit, parameter
from products.schedule import AllIn, FeeBase, all_in
from products.subsidies.books import NAMES, SUBSIDIES, Subsidy
from products.subsidies.granted import Granted, granted
from products.terms import LoanTerms
from products.vocabulary import PARTIES

BASIS_POINT: Final = 100
"""Parts per million in a basis point."""
NO_CAP: Final = int(np.iinfo(np.int64).max)
LPR_TERMS: Final = ("one_year", "five_year")
_BANK: Final = PARTIES.index("bank")


@dataclass(frozen=True, slots=True)
class MarketTerms:
    """Reference rates of a day."""

    lpr: Ints = parameter(Unit.FRACTION, "贷款市场报价利率", "loan prime rate", keys=(LPR_TERMS,))


def price(
    at: Situation[Any], amount: Ints, shares: Shares, fees: Fees, market: MarketTerms, capital: CapitalTerms
) -> Prices:
    """The price of amounts (n,) in fen; rates in ppm of the loan a year."""
    costs = loan_costs(risks_of(at, amount, shares), at.terms, capital)
    lpr, lpr_term, cap, loan_rate = loan_rates(costs.required, at.app.term_months.values, at.terms, market)
    day = date.fromordinal(at.on + EPOCH)
    subsidies = granted(invoked(at.terms), at.app, amount, size=at.standing.size, on=day)
    flows = _flows(at.app, amount, loan_rate, fees, subsidies, at.terms)
    return Prices(
        lpr=lpr,
        lpr_term=lpr_term,
        spread_bp=(loan_rate - lpr) // BASIS_POINT,
        loan_rate=loan_rate,
        cap=cap,
        costs=costs,
        components={**costs.components, "rounding_cap_or_floor": loan_rate - costs.required},
        subsidies=subsidies,
        all_in=flows.rate_ppm,
        instalments=flows.plan.instalments,
        first_instalment=flows.plan.first_instalment,
        last_instalment=flows.plan.last_instalment,
        total_interest=flows.plan.total_interest,
        total_fee=flows.total_fee,
        total_subsidy=flows.total_subsidy,
        first_year_cost=flows.first_year_cost,
    )


def risks_of(at: Situation[Any], amount: Ints, shares: Shares) -> Risks:
    """What the costs of the amounts depend on. Exposure counts what the product has already lent, as far as known."""
    return Risks(
        exposure=amount + at.app.product_guaranteed_balance.otherwise(0),
        default_probability_ppm=at.score.default_probability_ppm,
        bank_share_ppm=shares.ppm[:, _BANK],
        term_months=at.app.term_months.values,
        size=at.standing.size,
        revenue=at.app.revenue_y0,
    )


def invoked(terms: LoanTerms) -> tuple[Subsidy, ...]:
    """The subsidies that a product counts, in its order."""
    return tuple(SUBSIDIES[NAMES[place]] for place in terms.subsidies)


def loan_rates(
    required: Ints, term_months: Ints, terms: LoanTerms, market: MarketTerms
) -> tuple[Ints, Ints, Ints, Ints]:
    """LPR, its term (position in `LPR_TERMS`), the cap and the loan rate for required rates, (n,) each.

    The spread is rounded up to a whole basis point, then kept between floor and cap; the floor goes before the cap.
    """
    lpr_term = (term_months > terms.lpr_switch_months).astype(np.int64)
    lpr = market.lpr[lpr_term]
    spread = -((lpr - required) // BASIS_POINT)
    cap, floor = rate_bounds(lpr, terms, market)
    return lpr, lpr_term, cap, np.maximum(np.minimum(lpr + spread * BASIS_POINT, cap), floor)


def rate_bounds(lpr: Ints, terms: LoanTerms, market: MarketTerms) -> tuple[Ints, Ints]:
    """The product's cap, `NO_CAP` without one, and its floor, 0 without one, (n,) ppm."""
    cap = np.full_like(lpr, NO_CAP) if terms.spread_cap_bp is None else lpr + terms.spread_cap_bp * BASIS_POINT
    if terms.floor_below_five_year_lpr_bp is None:
        return cap, np.zeros_like(lpr)
    floor = int(market.lpr[LPR_TERMS.index("five_year")]) - terms.floor_below_five_year_lpr_bp * BASIS_POINT
    return cap, np.full_like(lpr, floor)


def _flows(app: Applications, amount: Ints, loan_rate: Ints, fees: Fees, subsidies: Granted, terms: LoanTerms) -> AllIn:
    return all_in(
        amount,
        loan_rate,
        app.term_months.values,
        app.repayment.values,
        fee_rate_ppm=net_fee_rate(fees.rate_ppm, subsidies, terms),
        subsidy_rate_ppm=subsidies.interest_ppm,
        subsidy_months=subsidies.months,
        subsidy_principal=subsidies.principal_or_none,
        fee_base=FeeBase.OUTSTANDING,
    )


def net_fee_rate(rate: Ints, subsidies: Granted, terms: LoanTerms) -> Ints:
    """What a fee rate (n,) comes to on the whole loan after the fee subsidy."""
    net = rate - portion(rate, subsidies.fee_share_ppm, Rounding.HALF_UP)
    return net if terms.fee_base == ON_LOAN else portion(net, ONE - terms.bank_share, Rounding.HALF_UP)
