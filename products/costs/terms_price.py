"""The price of given terms: a pricing desk's question before there is an application."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

import numpy as np
from pydantic import Field

from products.applicant.layout import EPOCH
from products.applicant.reading import Problem
from products.asked import InvalidQuestion
from products.columns import Column, Ints
from products.costs.dated_cost import Drawn, plan_of
from products.costs.loan_costs import Risks, loan_costs
from products.costs.loan_course import Course
from products.costs.price_answer import PriceSheet
from products.costs.priced_loan import PricedLoan, figures
from products.costs.sensitivity import Priced, Scenarios
from products.explaining.sentences import parameter
from products.kernel import CAPITAL, MARKET
from products.money import FEN, GREATEST_AMOUNT, ONE
from products.parameters import Book
from products.pricing import loan_rates
from products.registry import Catalogue
from products.repayment.amortisation import Repayment
from products.repayment.business_days import load_calendar
from products.repayment.calendars import DayCount, Rolling
from products.repayment.dated_subsidies import InterestSubsidy
from products.repayment.timeline import AfterPrepayment, Conventions
from products.terms import LoanTerms
from products.vocabulary import REPAYMENTS, SIZES, Size

TERMS: Final = "terms"
"""What a question that cannot be priced was to be."""
Amount = Annotated[Decimal, Field(gt=0, le=Decimal(GREATEST_AMOUNT).scaleb(-2), decimal_places=2)]
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)]
AnnualRate = Annotated[Decimal, Field(ge=0, le=10, decimal_places=6)]


class Terms(Course):
    """Terms to be priced; amounts in yuan and rates a year, as decimal strings."""

    product: str = Field(description="whose costs, target, capital method and bounds apply")
    revision: str | None = Field(default=None, description="a revision of the product")
    amount: Amount
    default_probability: Share
    drawn_on: date | None = Field(default=None, description="the day of pricing if left out")
    loan_rate: AnnualRate | None = Field(default=None, description="a rate to look at; the required one if left out")
    bank_share: Share | None = Field(default=None, description="of a loss; the product's own if left out")
    loss_given_default: Share | None = Field(default=None, description="the product's own if left out")
    fee_rate: Annotated[Decimal, Field(ge=0, le=Decimal("0.5"), decimal_places=6)] = Field(
        default=Decimal(0), description="guarantee fee a year on the balance, paid in advance"
    )
    subsidy_rate: Share = Field(default=Decimal(0), description="interest subsidy a year on the balance")
    subsidy_months: int | None = Field(default=None, ge=1, le=600, description="the whole term if left out")
    enterprise_size: Size | None = Field(default=None, description="weighs as large if left out")
    revenue: Annotated[Decimal, Field(ge=0, le=Decimal(GREATEST_AMOUNT).scaleb(-2), decimal_places=2)] | None = Field(
        default=None, description="of the last year, for the size adjustment of internal ratings"
    )
    other_exposure: Annotated[Decimal, Field(ge=0, le=Decimal(GREATEST_AMOUNT).scaleb(-2), decimal_places=2)] = Field(
        default=Decimal(0), description="what the bank has already lent to the client"
    )
    day_count: DayCount = Field(default=DayCount.MONTHS_360, description="of the schedule")
    due_day: int | None = Field(default=None, ge=1, le=31, description="day of the month; that of drawdown if left out")
    after_prepayment: AfterPrepayment = Field(
        default=AfterPrepayment.TERM, description="what a prepayment leaves as it was"
    )
    rolling: Rolling = Field(default=Rolling.UNADJUSTED, description="of payments that fall on closed days")


def price_terms(terms: Terms, *, catalogue: Catalogue, on: date, scenarios: Scenarios | None = None) -> PriceSheet:
    """The price sheet of given terms under the rules and rates of a day.

    InvalidQuestion where grace, steps and changes do not fit the loan; products.UnknownOffering for a product or
    revision that there is not; products.NotInForce before its first terms.
    """
    _refuse(tuple(terms.faults(subsidised=terms.subsidy_rate > 0)))
    offering = catalogue.offering(terms.product, terms.revision)
    rules: LoanTerms = _with_own_loss(offering.book.at(on), terms)
    risks = _risks(terms, rules)
    market, capital = MARKET.at(on), CAPITAL.at(on)
    loan = Priced(risks, rules, market, capital, loan_rate=0, scenarios=scenarios or Scenarios())
    rate = _ppm(terms.loan_rate) if terms.loan_rate is not None else _required(loan)
    drawn_on = terms.drawn_on or on
    drawn = Drawn(
        principal=_fen(terms.amount),
        rate_ppm=rate,
        term_months=terms.term_months,
        method=Repayment(REPAYMENTS.index(terms.repayment)),
        drawn_on=drawn_on.toordinal() - EPOCH,
        conventions=conventions_of(terms),
        changes=terms.changes_of(_fen(terms.amount), drawn_on.toordinal() - EPOCH),
    )
    try:
        plan_of(drawn)
    except ValueError as error:
        _refuse((Problem("changes", str(error)),))
    subsidy = InterestSubsidy(_ppm(terms.subsidy_rate), terms.subsidy_months or terms.term_months, GREATEST_AMOUNT)
    priced = PricedLoan(dataclasses.replace(loan, loan_rate=rate), drawn, _ppm(terms.fee_rate), subsidy)
    books: tuple[Book[Any], ...] = (offering.book, MARKET, *CAPITAL.used_by(rules.capital_method))
    return PriceSheet(
        product=terms.product,
        revision=terms.revision,
        programme=None,
        applied_on=None,
        decided_on=on,
        outcome=None,
        parameters=tuple(parameter(book.name, used) for book in books for used in book.used(on)),
        **figures(priced),
    )


def _refuse(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise InvalidQuestion(TERMS, problems)


def conventions_of(terms: Terms) -> Conventions:
    """How the schedule counts and pays; closed days are those of the shipped calendar."""
    return Conventions(
        day_count=terms.day_count,
        due_day=terms.due_day,
        every_months=terms.every_months,
        rolling=terms.rolling,
        after_prepayment=terms.after_prepayment,
        calendar=load_calendar(),
    )


def _with_own_loss(rules: LoanTerms, terms: Terms) -> LoanTerms:
    if terms.loss_given_default is None:
        return rules
    return dataclasses.replace(rules, loss_given_default=_ppm(terms.loss_given_default))


def _risks(terms: Terms, rules: LoanTerms) -> Risks:
    known, unknown = np.array([True]), np.array([False])
    size = 0 if terms.enterprise_size is None else SIZES.index(terms.enterprise_size)
    return Risks(
        exposure=_one(_fen(terms.amount) + _fen(terms.other_exposure)),
        default_probability_ppm=_one(_ppm(terms.default_probability)),
        bank_share_ppm=_one(rules.bank_share if terms.bank_share is None else _ppm(terms.bank_share)),
        term_months=_one(terms.term_months),
        size=Column(_one(size), unknown if terms.enterprise_size is None else known),
        revenue=Column(_one(_fen(terms.revenue or Decimal(0))), unknown if terms.revenue is None else known),
    )


def _required(loan: Priced) -> int:
    """The rate that the product charges for the loan."""
    costs = loan_costs(loan.risks, loan.terms, loan.capital)
    return int(loan_rates(costs.required, loan.risks.term_months, loan.terms, loan.market)[-1][0])


def _one(value: int) -> Ints:
    return np.array([value], dtype=np.int64)


def _fen(amount: Decimal) -> int:
    return int(amount * FEN)


def _ppm(rate: Decimal) -> int:
    return int(rate * ONE)
