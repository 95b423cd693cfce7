"""The price sheet of one application: what the loan costs the bank, at which rate it breaks even, and what moves it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from products.applicant.record import Application
from products.costs.sensitivity import Axis, Outlook, Priced, Scenarios, sensitivity
from products.explaining.answer import Answer, Capital, Component, Money, Outcome, Parameter, Rate
from products.explaining.explain import explain
from products.kernel import CAPITAL, Decisions
from products.money import Rounding, fraction, portion, yuan
from products.pricing import risks_of
from products.registry import Catalogue
from products.underwriting import decided
from scoring import Scorecard


class SensitivityRow(Answer):
    """One thing changed, the rest as it is, and what comes of it; the first row is the loan as it is."""

    changed: Axis
    by: str = Field(description="factor, covered share, shift of the funding rate or months; empty for the first row")
    expected_loss: Rate
    risk_weight: Rate
    break_even_rate: Rate
    required_rate: Rate
    loan_rate: Rate = Field(description="what the product would charge")
    return_on_capital: Rate | None = Field(description="at the rate that the decision sets")


class PriceSheet(Answer):
    """How the price of one loan came about and how firm it is; rates a year on the loan."""

    product: str
    revision: str | None
    programme: str
    applied_on: date
    decided_on: date
    outcome: Outcome
    amount: Money = Field(description="the amount considered")
    default_probability: Rate
    loss_given_default: Rate
    bank_share: Rate
    capital: Capital
    components: tuple[Component, ...] = Field(description="they add up to the loan rate")
    break_even_rate: Rate = Field(description="at which the bank earns nothing on its capital")
    required_rate: Rate = Field(description="at which it earns its target, before rounding, ceiling and floor")
    loan_rate: Rate
    return_on_capital: Rate | None = Field(description="at the loan rate; null where no capital is held")
    return_target: Rate
    expected_loss: Money = Field(description="of the bank in a year on the amount considered")
    sensitivity: tuple[SensitivityRow, ...]
    parameters: tuple[Parameter, ...] = Field(description="the values that the decision used")


class NothingToPrice(ValueError):
    """No amount is left to price."""


def price_sheet(
    application: Application,
    *,
    catalogue: Catalogue,
    scorecard: Scorecard,
    on: date,
    scenarios: Scenarios | None = None,
) -> PriceSheet:
    """The price sheet of an application as it would be decided on a day.

    InvalidApplication as from `products.underwrite`; NothingToPrice where a ceiling leaves no amount.
    """
    return sheet_of(decided(application, catalogue=catalogue, scorecard=scorecard, on=on), 0, scenarios=scenarios)


def sheet_of(decisions: Decisions, row: int, *, scenarios: Scenarios | None = None) -> PriceSheet:
    """The price sheet of one row of a batch of decisions; NothingToPrice where a ceiling leaves no amount."""
    said = explain(decisions, row, decision_id="", digests={})
    if said.price is None or said.price.capital is None or said.price.break_even_rate is None or said.score is None:
        raise NothingToPrice(
            f"No amount is left to price: the limit {said.amount.bound_by} leaves {said.amount.considered} yuan. "
            "Ask for the price of an application that this limit does not bring to nothing."
        )
    loan = _priced(decisions, row, scenarios or Scenarios())
    as_it_is, *others = sensitivity(loan)
    return PriceSheet(
        product=said.product,
        revision=said.revision,
        programme=said.programme,
        applied_on=said.applied_on,
        decided_on=said.decided_on,
        outcome=said.outcome,
        amount=said.amount.considered,
        default_probability=said.score.default_probability,
        loss_given_default=fraction(loan.terms.loss_given_default),
        bank_share=fraction(int(loan.risks.bank_share_ppm[0])),
        capital=said.price.capital,
        components=said.price.components,
        break_even_rate=said.price.break_even_rate,
        required_rate=fraction(as_it_is.required),
        loan_rate=said.price.loan_rate,
        return_on_capital=_fraction(as_it_is.return_on_capital),
        return_target=fraction(loan.terms.return_on_capital),
        expected_loss=yuan(_on(decisions, row, as_it_is.expected_loss)),
        sensitivity=tuple(_row(one) for one in (as_it_is, *others)),
        parameters=said.evidence.parameters,
    )


def _priced(decisions: Decisions, row: int, scenarios: Scenarios) -> Priced:
    part, at = decisions.locate(row)
    case = part.case
    return Priced(
        risks=risks_of(case, case.considered, case.shares).of(at),
        terms=case.terms,
        market=decisions.market.at(decisions.on),
        capital=CAPITAL.at(decisions.on),
        loan_rate=int(case.prices.loan_rate[at]),
        scenarios=scenarios,
    )


def _on(decisions: Decisions, row: int, rate_ppm: int) -> int:
    """A year's cost at a rate on the amount considered, fen, rounded up."""
    part, at = decisions.locate(row)
    return int(portion(part.case.considered[at : at + 1], rate_ppm, Rounding.UP)[0])


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
