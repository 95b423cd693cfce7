"""A loan for which guarantee programmes are compared, as a question in JSON, and the answers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from products.applicant.choices import Repayment as RepaymentChoice
from products.costs.price_answer import AnnualRateOf
from products.explaining.answer import Answer, Rate
from products.guarantee.provisions import Due, Payer

Units = Annotated[Decimal, PlainSerializer(str, return_type=str, when_used="json")]
"""An amount with the decimals of its currency."""
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)]
Weight = Annotated[Decimal, Field(ge=0, le=Decimal("12.5"), decimal_places=6)]
AmountGiven = Annotated[Decimal, Field(ge=0, le=Decimal(10**13), decimal_places=2)]


class Question(BaseModel):
    """Base of the parts of a question: immutable, nothing unknown accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class CapitalRules(Question):
    """How much capital the bank holds: risk weights and the ratio to them."""

    borrower_weight: Weight
    guarantor_weight: Weight
    ratio: Share


class SubsidyGiven(Question):
    """An interest subsidy that the loan takes."""

    name: str
    central: bool = Field(description="paid by the central budget, of which a loan takes one at most")
    rate: Share = Field(description="of the balance a year")
    months: int = Field(ge=1, le=600)


class Booking(Question):
    """A loan of the same borrower that stands under a programme already."""

    loan: str
    programme: str
    guaranteed: AmountGiven


class LoanAsked(Question):
    """One loan in its own currency, and what is known of it; facts under the names that the books declare."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    amount: Annotated[Decimal, Field(gt=0, le=Decimal(10**13))]
    term_months: int = Field(ge=1, le=600)
    repayment: RepaymentChoice
    loan_rate: Annotated[Decimal, Field(ge=0, le=10, decimal_places=6)]
    drawn_on: date
    dates: dict[str, date] = Field(default={}, description="applied_on, approved_on, signed_on: those the books go by")
    facts: dict[str, str] = Field(default={}, description="by name, as kedai programmes SLUG lists them")
    default_probability: Share | None = Field(default=None, description="with the next, for the bank's expected loss")
    loss_given_default: Share | None = None
    capital: CapitalRules | None = Field(default=None, description="for the bank's capital")
    subsidies: tuple[SubsidyGiven, ...] = ()
    loan: str = Field(default="", description="the loan's number, to find it among the bookings")
    bookings: tuple[Booking, ...] = Field(default=(), description="of the same borrower, under any programme")
    programmes: tuple[str, ...] | None = Field(default=None, description="to compare; all books if left out")


class Verdict(StrEnum):
    """What a programme says of a loan, the best first."""

    ADMITTED = "admitted"
    NOT_ADMITTED = "not_admitted"
    FACTS_MISSING = "facts_missing"
    NOT_IN_FORCE = "not_in_force"
    BOOKED_ELSEWHERE = "booked_elsewhere"
    OTHER_CURRENCY = "other_currency"


class FeeCharged(Answer):
    """One fee of a programme on the loan."""

    name: str
    due: Due
    payer: Payer
    amount: Units = Field(description="a yearly one for the first year")


class ProgrammeOffer(Answer):
    """What one programme makes of the loan; figures are null where the verdict leaves none."""

    place: int
    programme: str
    zh: str
    en: str
    verdict: Verdict
    why: tuple[str, ...] = Field(description="what stands against it, what is missing, or why it stands here")
    missing: tuple[str, ...] = Field(default=(), description="facts and dates to give")
    coverage: Rate | None = None
    guaranteed: Units | None = None
    fees: tuple[FeeCharged, ...] = Field(default=(), description="those that come to something")
    annual_rates: tuple[AnnualRateOf, ...] = Field(default=(), description="interest and the borrower's fees")
    borrower_cost: Units | None = Field(default=None, description="interest and fees less subsidies over the term")
    expected_loss: Units | None = Field(default=None, description="of the bank in a year, on the amount at drawdown")
    capital: Units | None = Field(default=None, description="of the bank, on the amount at drawdown")
    headroom: Units | None = Field(default=None, description="what the tightest ceiling leaves after the loan")
    bound_by: str | None = Field(default=None, description="that ceiling")


class ProgrammeComparison(Answer):
    """All programmes for one loan, best first."""

    currency: str
    amount: Units
    offers: tuple[ProgrammeOffer, ...]
