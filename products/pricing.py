"""The price: LPR plus a spread in whole basis points, built from what the loan costs the bank.

    required rate = funding + operating + expected loss on the retained share + return on capital

Expected loss is default probability × loss given default × the bank's share. Capital is held against the retained part
at its own risk weight and against the guaranteed part at the guarantor's (substitution). The spread is rounded up to a
whole basis point and then kept between the product's floor and cap; what a cap takes away or a floor adds is shown as a
component of its own, so the components add up to the loan rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from products.case import Fees, Prices, Shares
from products.columns import Applications, Ints
from products.fees import ON_LOAN
from products.money import ONE, Rounding, divide, portion
from products.parameters import Unit, parameter
from products.schedule import AllIn, FeeBase, all_in
from products.terms import LoanTerms
from products.vocabulary import PARTIES
from scoring import Scores

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
    app: Applications, amount: Ints, score: Scores, shares: Shares, fees: Fees, terms: LoanTerms, market: MarketTerms
) -> Prices:
    """The price of amounts (n,) in fen; rates in ppm of the loan a year."""
    term = app.term_months.values
    lpr_term = (term > terms.lpr_switch_months).astype(np.int64)
    lpr = market.lpr[lpr_term]
    costs = _costs(score, shares.ppm[:, _BANK], terms)
    required = sum(costs.values(), start=np.zeros_like(lpr))
    spread = -((lpr - required) // BASIS_POINT)
    cap, floor = _bounds(lpr, terms, market)
    loan_rate = np.maximum(np.minimum(lpr + spread * BASIS_POINT, cap), floor)
    spread_bp = (loan_rate - lpr) // BASIS_POINT
    flows = _flows(app, amount, loan_rate, fees, terms)
    return Prices(
        lpr=lpr,
        lpr_term=lpr_term,
        spread_bp=spread_bp,
        loan_rate=loan_rate,
        cap=cap,
        components={**costs, "rounding_cap_or_floor": loan_rate - required},
        subsidy=np.full_like(lpr, terms.interest_subsidy),
        all_in=flows.rate_ppm,
        instalments=flows.plan.instalments,
        first_instalment=flows.plan.first_instalment,
        last_instalment=flows.plan.last_instalment,
        total_interest=flows.plan.total_interest,
        total_fee=flows.total_fee,
        total_subsidy=flows.total_subsidy,
        first_year_cost=flows.first_year_cost,
    )


def _costs(score: Scores, bank_share: Ints, terms: LoanTerms) -> Mapping[str, Ints]:
    n = len(bank_share)
    loss = portion(score.default_probability_ppm, terms.loss_given_default, Rounding.HALF_UP)
    weight = divide(
        bank_share * terms.risk_weight + (ONE - bank_share) * terms.risk_weight_guaranteed, ONE, Rounding.HALF_UP
    )
    capital = portion(weight, terms.capital_ratio, Rounding.HALF_UP)
    return {
        "funding": np.full(n, terms.funding_rate, dtype=np.int64),
        "operating": np.full(n, terms.operating_rate, dtype=np.int64),
        "expected_loss": portion(loss, bank_share, Rounding.HALF_UP),
        "return_on_capital": portion(capital, terms.return_on_capital, Rounding.HALF_UP),
    }


def _bounds(lpr: Ints, terms: LoanTerms, market: MarketTerms) -> tuple[Ints, Ints]:
    cap = np.full_like(lpr, NO_CAP) if terms.spread_cap_bp is None else lpr + terms.spread_cap_bp * BASIS_POINT
    if terms.floor_below_five_year_lpr_bp is None:
        return cap, np.zeros_like(lpr)
    floor = int(market.lpr[LPR_TERMS.index("five_year")]) - terms.floor_below_five_year_lpr_bp * BASIS_POINT
    return cap, np.full_like(lpr, floor)


def _flows(app: Applications, amount: Ints, loan_rate: Ints, fees: Fees, terms: LoanTerms) -> AllIn:
    net_fee = fees.rate_ppm - portion(fees.rate_ppm, terms.fee_subsidy, Rounding.HALF_UP)
    if terms.fee_base != ON_LOAN:
        net_fee = portion(net_fee, ONE - terms.bank_share, Rounding.HALF_UP)
    term = app.term_months.values
    subsidy = np.full(app.n, terms.interest_subsidy, dtype=np.int64)
    return all_in(
        amount,
        loan_rate,
        term,
        app.repayment.values,
        fee_rate_ppm=net_fee,
        subsidy_rate_ppm=subsidy,
        subsidy_months=term,
        fee_base=FeeBase.OUTSTANDING,
    )
