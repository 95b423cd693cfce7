"""The public form of a price: components, bounds, annual rates by name, schedule, sensitivity."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field

from products.costs.sensitivity import Axis
from products.explaining.answer import (
    Answer,
    Capital,
    Component,
    Money,
    Outcome,
    Parameter,
    Rate,
    ReservedHeadroom,
)
from products.repayment.annual_rate import RateKind


class RatePosition(StrEnum):
    """Where a loan rate stands between the product's floor and cap."""

    WITHIN = "within"
    AT_CAP = "at_cap"
    AT_FLOOR = "at_floor"
    ABOVE_CAP = "above_cap"
    BELOW_FLOOR = "below_floor"


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


class AnnualRateOf(Answer):
    """What the loan costs the borrower a year, interest and fees less subsidies, under the name of its method."""

    kind: RateKind
    zh: str
    en: str
    rate: Rate | None = Field(description="null where the flows have no rate or several")
    all_rates: tuple[Rate, ...] = Field(description="every rate at which the flows are worth nothing")


class Instalment(Answer):
    """One payment of the plan; number 0 is a fee on the day of drawdown."""

    number: int
    due_on: date
    opening_balance: Money
    principal: Money
    interest: Money
    fee: Money
    subsidy: Money
    total: Money = Field(description="principal, interest and fee")
    closing_balance: Money


class PriceSheet(Answer):
    """How the price of one loan came about and how firm it is; rates a year on the loan.

    ``programme``, ``applied_on`` and ``outcome`` are null where terms were priced rather than an application.
    """

    product: str
    revision: str | None
    programme: str | None
    applied_on: date | None
    decided_on: date = Field(description="the day whose rates and rules apply")
    outcome: Outcome | None
    amount: Money = Field(description="the amount considered")
    term_months: int
    repayment: str
    drawn_on: date
    default_probability: Rate
    loss_given_default: Rate
    bank_share: Rate
    capital: Capital
    components: tuple[Component, ...] = Field(description="they add up to the loan rate")
    break_even_rate: Rate = Field(description="at which the bank earns nothing on its capital")
    required_rate: Rate = Field(description="at which it earns its target, before rounding, ceiling and floor")
    lpr: Rate
    lpr_term: str
    required_spread_bp: int = Field(description="over the LPR, rounded up to a whole basis point, before cap and floor")
    cap: Rate | None = Field(description="the product's ceiling on the loan rate")
    floor: Rate | None = Field(description="the product's lowest loan rate")
    loan_rate: Rate
    position: RatePosition = Field(description="of the loan rate between floor and cap")
    return_on_capital: Rate | None = Field(description="at the loan rate; null where no capital is held")
    return_target: Rate
    expected_loss: Money = Field(description="of the bank in a year on the amount considered")
    fee_rate: Rate = Field(description="guarantee fee a year on the balance, after its subsidy")
    subsidy_rate: Rate = Field(description="interest subsidy a year on the balance")
    annual_rates: tuple[AnnualRateOf, ...]
    total_interest: Money
    total_fee: Money
    total_subsidy: Money
    schedule: tuple[Instalment, ...]
    sensitivity: tuple[SensitivityRow, ...]
    parameters: tuple[Parameter, ...] = Field(description="the values that the price used")
    headroom: Money | None = Field(
        default=None,
        description="left under the programme's ceiling for the enterprise after this amount; null where unknown",
    )
    reserved: ReservedHeadroom | None = Field(
        default=None, description="what reservations hold for the applicant already; it counts as guaranteed balance"
    )
