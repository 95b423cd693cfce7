"""What a loan costs the bank a year: funding, operation, expected loss and return on capital, in ppm of the loan.

    expected loss      = default probability × loss given default × the bank's share
    weight             = covered part × guarantors' weight + the rest × borrower's weight (substitution)
    return on capital  = weight × capital ratio × target return

The borrower's weight comes from the method the product names: the standardised weights, or the risk-weight functions of
internal ratings with the product's loss given default, the loan's term and, for companies, the size adjustment by
revenue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from products.columns import Bools, Column, Ints
from products.costs.capital import (
    CORPORATE,
    RETAIL,
    Exposures,
    IrbTerms,
    StandardisedTerms,
    expected_loss,
    irb_risk_weight_ppm,
    small_exposure_cap,
    standardised_weight_ppm,
    substituted_weight_ppm,
    turnover_of,
)
from products.money import ONE, Rounding, portion
from products.parameters import Book
from products.terms import LoanTerms
from products.vocabulary import CAPITAL_METHODS, SIZES

STANDARDISED: Final = CAPITAL_METHODS.index("standardised")
_IRB_RETAIL: Final = CAPITAL_METHODS.index("irb_retail")
_MICRO_SMALL: Final = tuple(SIZES.index(size) for size in ("small", "micro"))
_SMALL_MEDIUM: Final = (SIZES.index("medium"), *_MICRO_SMALL)


@dataclass(frozen=True, slots=True)
class CapitalTerms:
    """The capital rules of a day."""

    irb: IrbTerms
    standardised: StandardisedTerms


@dataclass(frozen=True, slots=True, eq=False)
class CapitalBooks:
    """The capital rules with their dates."""

    irb: Book[IrbTerms]
    standardised: Book[StandardisedTerms]

    def at(self, day: date) -> CapitalTerms:
        """The rules in force; NotInForce before the first."""
        return CapitalTerms(self.irb.at(day), self.standardised.at(day))

    def used_by(self, method: int) -> tuple[Book[IrbTerms] | Book[StandardisedTerms], ...]:
        """The books a method looks into."""
        return (self.standardised,) if method == STANDARDISED else (self.irb, self.standardised)


@dataclass(frozen=True, slots=True)
class Risks:
    """What the costs of n loans depend on beside the product's terms, (n,) each.

    ``exposure`` fen: the loan with what is lent to the client under the product already; ``size`` position in
    `vocabulary.SIZES`, unknown weighs as large; ``revenue`` fen, unknown brings no size adjustment.
    """

    exposure: Ints
    default_probability_ppm: Ints
    bank_share_ppm: Ints
    term_months: Ints
    size: Column
    revenue: Column

    def of(self, row: int) -> Risks:
        """The risks of one loan."""
        rows = np.array([row])
        return Risks(
            exposure=self.exposure[rows],
            default_probability_ppm=self.default_probability_ppm[rows],
            bank_share_ppm=self.bank_share_ppm[rows],
            term_months=self.term_months[rows],
            size=self.size.take(rows),
            revenue=self.revenue.take(rows),
        )


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs of n loans: ``components`` in ppm of the loan a year; weights and ``capital`` in ppm of the loan, (n,)."""

    components: Mapping[str, Ints]
    borrower_weight: Ints
    weight: Ints
    capital: Ints

    @property
    def required(self) -> Ints:
        """The rate that earns the target return."""
        return self.break_even + self.components["return_on_capital"]

    @property
    def break_even(self) -> Ints:
        """The rate at which the bank earns nothing on its capital."""
        parts = self.components
        return parts["funding"] + parts["operating"] + parts["expected_loss"]


def loan_costs(risks: Risks, terms: LoanTerms, capital: CapitalTerms) -> Costs:
    """Costs of n loans under a product's terms and the capital rules; every share of a ppm is rounded up."""
    borrower = borrower_weight(risks, terms, capital)
    guarantors = np.full_like(borrower, terms.risk_weight_guaranteed)
    weight = substituted_weight_ppm(borrower, guarantors, ONE - risks.bank_share_ppm)
    held = portion(weight, terms.capital_ratio, Rounding.UP)
    given = np.full_like(borrower, terms.loss_given_default)
    return Costs(
        components={
            "funding": np.full_like(borrower, terms.funding_rate),
            "operating": np.full_like(borrower, terms.operating_rate),
            "expected_loss": expected_loss(risks.bank_share_ppm, risks.default_probability_ppm, given),
            "return_on_capital": portion(held, terms.return_on_capital, Rounding.UP),
        },
        borrower_weight=borrower,
        weight=weight,
        capital=held,
    )


def borrower_weight(risks: Risks, terms: LoanTerms, capital: CapitalTerms) -> Ints:
    """The borrowers' own risk weights by the product's method, (n,) ppm."""
    micro_small = risks.size.one_of(_MICRO_SMALL).met
    if terms.capital_method == STANDARDISED:
        return standardised_weight_ppm(
            risks.exposure,
            total_exposure=terms.total_exposure,
            micro_small=micro_small,
            small_medium=risks.size.one_of(_SMALL_MEDIUM).met,
            investment_grade=np.zeros_like(micro_small),
            terms=capital.standardised,
        )
    return _irb_weight(risks, micro_small, terms, capital)


def _irb_weight(risks: Risks, micro_small: Bools, terms: LoanTerms, capital: CapitalTerms) -> Ints:
    """By internal ratings; retail only for micro and small enterprises within the limit on small exposures."""
    small = micro_small & (risks.exposure <= small_exposure_cap(capital.standardised, terms.total_exposure))
    retail = small if terms.capital_method == _IRB_RETAIL else np.zeros_like(small)
    exposures = Exposures(
        np.where(retail, RETAIL, CORPORATE).astype(np.int64),
        risks.default_probability_ppm,
        np.full_like(risks.exposure, terms.loss_given_default),
        risks.term_months,
        turnover_of(risks.revenue, capital.irb),
    )
    return irb_risk_weight_ppm(exposures, capital.irb)


def return_on_capital_ppm(
    income: Ints, *, costs: Ints, expected_loss: Ints, capital: Ints, earned_on_capital: Ints | int = 0
) -> Ints:
    """RAROC: (income + what capital itself earns − costs − expected loss) / capital, (n,) ppm rounded down.

    Amounts in fen or rates in ppm, all of one kind; 0 without capital. ``costs`` are funding and operation.
    """
    earned = income + earned_on_capital - costs - expected_loss
    return np.where(capital > 0, _scaled(earned, np.maximum(capital, 1)), 0)


def _scaled(part: Ints, whole: Ints) -> Ints:
    """``part / whole`` in ppm rounded down, without overflow for a remainder below 9·10¹² fen."""
    return part // whole * ONE + part % whole * ONE // whole
