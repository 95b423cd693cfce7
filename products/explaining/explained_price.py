"""The price of one row of a batch in its public form: components, capital, subsidies, schedule, what it is at most."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import numpy as np

from products.applicant.layout import EPOCH
from products.case import Case
from products.columns import Ints
from products.costs.loan_costs import Costs
from products.explaining import answer
from products.fees import fee_base
from products.money import ONE, Rounding, divide, fraction, portion, yuan
from products.pricing import LPR_TERMS, NO_CAP, invoked
from products.schedule import Charges, FeeBase, first_year
from products.subsidies.books import INTEREST, PAYS, Subsidy, SubsidyTerms
from products.subsidies.granted import terms_in_force
from products.terms import LoanTerms
from products.vocabulary import CAPITAL_METHODS, REPAYMENTS

_COMPONENTS: Final[Mapping[str, tuple[str, str]]] = {
    "funding": ("资金成本", "funding"),
    "operating": ("运营成本", "operation"),
    "expected_loss": ("自留部分预期损失", "expected loss on the retained share"),
    "return_on_capital": ("资本回报", "return on capital"),
    "rounding_cap_or_floor": ("取整及产品上下限调整", "rounding, ceiling or floor of the product"),
}


def price_of(case: Case[Any], at: int) -> answer.Price:
    """The price of one row of a case with everything it is made of."""
    prices = case.prices
    amount = int(case.considered[at])
    cap = int(prices.cap[at])
    cost = int(prices.first_year_cost[at])
    return answer.Price(
        lpr=fraction(int(prices.lpr[at])),
        lpr_term=LPR_TERMS[int(prices.lpr_term[at])],
        spread_bp=int(prices.spread_bp[at]),
        loan_rate=fraction(int(prices.loan_rate[at])),
        cap=None if cap == NO_CAP else fraction(cap),
        components=components_of(prices.components, at),
        break_even_rate=fraction(int(prices.costs.break_even[at])),
        capital=capital_of(case.terms, prices.costs, case.considered, at),
        subsidies=_subsidies(case, at),
        subsidy_rate=fraction(int(prices.subsidies.interest_ppm[at])),
        all_in_rate=fraction(int(prices.all_in[at])),
        first_year_rate=fraction(divide(cost * ONE, max(amount, 1), Rounding.HALF_UP)),
        at_caps=_at_caps(case, at),
        schedule_summary=answer.ScheduleSummary(
            repayment=REPAYMENTS[int(case.app.repayment.values[at])],
            term_months=int(case.app.term_months.values[at]),
            instalments=int(prices.instalments[at]),
            first_instalment=yuan(int(prices.first_instalment[at])),
            last_instalment=yuan(int(prices.last_instalment[at])),
            total_interest=yuan(int(prices.total_interest[at])),
            total_fee=yuan(int(prices.total_fee[at])),
            total_subsidy=yuan(int(prices.total_subsidy[at])),
            first_year_cost=yuan(cost),
        ),
    )


def components_of(components: Mapping[str, Ints], at: int) -> tuple[answer.Component, ...]:
    """The parts of one loan's rate with their names."""
    return tuple(
        answer.Component(name=name, rate=fraction(int(column[at])), zh=_COMPONENTS[name][0], en=_COMPONENTS[name][1])
        for name, column in components.items()
    )


def capital_of(terms: LoanTerms, costs: Costs, amount: Ints, at: int) -> answer.Capital:
    """The capital held against one of the loans of ``amount`` (n,) fen."""
    share = costs.capital[at : at + 1]
    return answer.Capital(
        method=CAPITAL_METHODS[terms.capital_method],
        borrower_weight=fraction(int(costs.borrower_weight[at])),
        risk_weight=fraction(int(costs.weight[at])),
        share=fraction(int(share[0])),
        amount=yuan(int(portion(amount[at : at + 1], share, Rounding.UP)[0])),
    )


def _subsidies(case: Case[Any], at: int) -> tuple[answer.Subsidy, ...]:
    on = date.fromordinal(case.on + EPOCH)
    months = int(case.prices.subsidies.months[at])
    return tuple(
        _subsidy(subsidy, terms_in_force(subsidy, on), received=bool(received), months=months)
        for subsidy, received in zip(invoked(case.terms), case.prices.subsidies.received[:, at], strict=True)
    )


def _subsidy(subsidy: Subsidy, terms: SubsidyTerms | None, *, received: bool, months: int) -> answer.Subsidy:
    cap = terms.principal_cap if terms else None
    return answer.Subsidy(
        name=subsidy.slug,
        pays=PAYS[subsidy.pays],
        rate=fraction(terms.rate) if terms else None,
        received=received,
        months=months if received and subsidy.pays == INTEREST else None,
        principal_cap=None if cap is None else yuan(cap),
        zh=subsidy.zh,
        en=subsidy.en,
    )


def _at_caps(case: Case[Any], at: int) -> answer.AtCaps | None:
    caps = [cap for cap in (case.terms.fee_cap, case.programme.fee_cap) if cap is not None]
    if int(case.prices.cap[at]) == NO_CAP or not caps:
        return None
    amount, rate, fee_rate = case.considered[at : at + 1], case.prices.cap[at : at + 1], min(caps)
    charged = fee_rate * int(fee_base(np.array([ONE]), case.terms)[0]) // ONE
    subsidies = case.prices.subsidies
    net = charged - int(portion(np.array([charged]), int(subsidies.fee_share_ppm[at]), Rounding.HALF_UP)[0])
    term = case.app.term_months.values[at : at + 1]
    charges = Charges(
        FeeBase.OUTSTANDING,
        np.array([net]),
        subsidies.interest_ppm[at : at + 1],
        subsidies.months[at : at + 1],
        subsidies.principal[at : at + 1],
    )
    most = first_year(amount, rate, term, case.app.repayment.values[at : at + 1], charges=charges)
    return answer.AtCaps(
        loan_rate=fraction(int(rate[0])),
        fee_rate=fraction(fee_rate),
        first_year_interest=yuan(int(most.interest[0])),
        first_year_fee=yuan(int(most.fee[0])),
        first_year_subsidy=yuan(int(most.subsidy[0])),
        first_year_cost=yuan(int(most.cost[0])),
    )
