"""The price sheet of one application: what the loan costs the bank, at which rate it breaks even, and what moves it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from products.applicant.layout import EPOCH
from products.applicant.record import Application
from products.costs.dated_cost import Drawn
from products.costs.price_answer import PriceSheet
from products.costs.priced_loan import PricedLoan, figures
from products.costs.sensitivity import Priced, Scenarios
from products.explaining.explain import explain
from products.headroom import ClientReservation
from products.kernel import CAPITAL, Decisions
from products.money import yuan
from products.pricing import net_fee_rate, risks_of
from products.registry import Catalogue
from products.repayment.amortisation import Repayment
from products.repayment.dated_subsidies import InterestSubsidy
from products.repayment.timeline import Conventions
from products.reserved import reserved_headroom
from products.underwriting import decided_beside
from scoring import Scorecard


class NothingToPrice(ValueError):
    """No amount is left to price."""


def price_sheet(
    application: Application,
    *,
    catalogue: Catalogue,
    scorecard: Scorecard,
    on: date,
    scenarios: Scenarios | None = None,
    loan_rate_ppm: int | None = None,
    conventions: Conventions | None = None,
    reservations: Iterable[ClientReservation] = (),
) -> PriceSheet:
    """The price sheet of an application as it would be decided on a day, drawn on that day.

    What the applicant's ``reservations`` hold counts as guaranteed balance, as in `products.underwrite`.
    ``loan_rate_ppm``: a rate to look at instead of the one the decision sets; ``conventions`` of the schedule, equal
    months if left out. InvalidApplication as from `products.underwrite`; NothingToPrice where a ceiling leaves no
    amount.
    """
    decisions, held = decided_beside(application, reservations, catalogue=catalogue, scorecard=scorecard, on=on)
    sheet = sheet_of(decisions, 0, scenarios=scenarios, loan_rate_ppm=loan_rate_ppm, conventions=conventions)
    return sheet.model_copy(update={"reserved": reserved_headroom(held)})


def sheet_of(
    decisions: Decisions,
    row: int,
    *,
    scenarios: Scenarios | None = None,
    loan_rate_ppm: int | None = None,
    conventions: Conventions | None = None,
) -> PriceSheet:
    """The price sheet of one row of a batch of decisions; NothingToPrice where a ceiling leaves no amount."""
    said = explain(decisions, row, decision_id="", digests={})
    if said.price is None or said.price.capital is None or said.price.break_even_rate is None or said.score is None:
        raise NothingToPrice(
            f"No amount is left to price: the limit {said.amount.bound_by} leaves {said.amount.considered} yuan. "
            "Ask for the price of an application that this limit does not bring to nothing."
        )
    return PriceSheet(
        product=said.product,
        revision=said.revision,
        programme=said.programme,
        applied_on=said.applied_on,
        decided_on=said.decided_on,
        outcome=said.outcome,
        parameters=said.evidence.parameters,
        headroom=_headroom(decisions, row),
        **figures(_loan(decisions, row, scenarios or Scenarios(), loan_rate_ppm, conventions or Conventions())),
    )


def _headroom(decisions: Decisions, row: int) -> Decimal | None:
    part, at = decisions.locate(row)
    left = part.case.limits["programme_headroom"]
    return yuan(int(left.values[at] - part.case.considered[at])) if left.is_known.met[at] else None


def _loan(
    decisions: Decisions, row: int, scenarios: Scenarios, loan_rate_ppm: int | None, conventions: Conventions
) -> PricedLoan:
    part, at = decisions.locate(row)
    case = part.case
    subsidies = case.prices.subsidies
    rate = int(case.prices.loan_rate[at]) if loan_rate_ppm is None else loan_rate_ppm
    priced = Priced(
        risks=risks_of(case, case.considered, case.shares).of(at),
        terms=case.terms,
        market=decisions.market.at(decisions.on),
        capital=CAPITAL.at(decisions.on),
        loan_rate=rate,
        scenarios=scenarios,
    )
    drawn = Drawn(
        principal=int(case.considered[at]),
        rate_ppm=rate,
        term_months=int(case.app.term_months.values[at]),
        method=Repayment(int(case.app.repayment.values[at])),
        drawn_on=decisions.on.toordinal() - EPOCH,
        conventions=conventions,
    )
    return PricedLoan(
        priced=dataclasses.replace(priced, loan_rate=rate),
        drawn=drawn,
        fee_rate_ppm=int(net_fee_rate(case.fees.rate_ppm, subsidies, case.terms)[at]),
        subsidy=InterestSubsidy(
            int(subsidies.interest_ppm[at]), int(subsidies.months[at]), int(subsidies.principal[at])
        ),
    )
