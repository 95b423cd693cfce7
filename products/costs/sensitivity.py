"""How the price of one loan moves when what it rests on moves: default probability, loss, cover, funding, term.

Each scenario changes one thing and leaves the rest; the costs and the rate come from the functions that price a loan.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from products.columns import Ints
from products.costs.loan_costs import CapitalTerms, Costs, Risks, loan_costs, return_on_capital_ppm
from products.money import ONE, Rounding, portion
from products.pricing import MarketTerms, loan_rates
from products.terms import LoanTerms

LONGEST_TERM_MONTHS: Final = 600


class Axis(StrEnum):
    """What a scenario changes."""

    BASE = "base"
    DEFAULT_PROBABILITY = "default_probability"
    LOSS_GIVEN_DEFAULT = "loss_given_default"
    COVER = "cover"
    FUNDING = "funding"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Scenarios:
    """What to change: factors in ppm, covered shares and funding shifts in ppm, terms in months."""

    default_probability: tuple[int, ...] = (500_000, 1_500_000, 2_000_000, 3_000_000)
    loss_given_default: tuple[int, ...] = (750_000, 1_250_000, 1_500_000)
    cover: tuple[int, ...] = (0, 400_000, 600_000, 800_000)
    funding: tuple[int, ...] = (-5_000, 5_000, 10_000)
    term: tuple[int, ...] = (12, 36, 60)

    def __post_init__(self) -> None:
        _within("factor of the default probability", self.default_probability, 0, 100 * ONE, "ppm")
        _within("factor of the loss given default", self.loss_given_default, 0, 100 * ONE, "ppm")
        _within("covered share", self.cover, 0, ONE, "ppm")
        _within("funding shift", self.funding, -ONE, ONE, "ppm")
        _within("term", self.term, 1, LONGEST_TERM_MONTHS, "months")


def _within(name: str, values: tuple[int, ...], least: int, most: int, unit: str) -> None:
    for value in values:
        if not least <= value <= most:
            raise ValueError(
                f"The {name} of a scenario is {value} {unit}; it must lie between {least} and {most}. "
                "Change the scenario."
            )


@dataclass(frozen=True, slots=True)
class Outlook:
    """One scenario of one loan: what was changed to what (ppm, or months for a term) and what came of it, in ppm.

    ``return_on_capital`` is the return at the loan rate the decision sets, so a scenario shows what an error costs;
    None where no capital is held.
    """

    axis: Axis
    value: int
    expected_loss: int
    risk_weight: int
    break_even: int
    required: int
    loan_rate: int
    return_on_capital: int | None


@dataclass(frozen=True, slots=True)
class Priced:
    """One loan as it was priced: its risks (1,), the terms, rates and rules of its day, and the rate decided, ppm."""

    risks: Risks
    terms: LoanTerms
    market: MarketTerms
    capital: CapitalTerms
    loan_rate: int
    scenarios: Scenarios = field(default_factory=Scenarios)


def sensitivity(loan: Priced) -> tuple[Outlook, ...]:
    """The loan as it is, then each scenario in the order of `Scenarios`."""
    return (_outlook(loan, Axis.BASE, 0), *(_outlook(loan, axis, value) for axis, value in _asked(loan.scenarios)))


def _asked(scenarios: Scenarios) -> tuple[tuple[Axis, int], ...]:
    return tuple((axis, value) for axis in Axis if axis is not Axis.BASE for value in getattr(scenarios, axis.value))


def _outlook(loan: Priced, axis: Axis, value: int) -> Outlook:
    risks, terms = _changed(loan, axis, value)
    costs = loan_costs(risks, terms, loan.capital)
    rate = loan_rates(costs.required, risks.term_months, terms, loan.market)[-1]
    return Outlook(
        axis=axis,
        value=value,
        expected_loss=int(costs.components["expected_loss"][0]),
        risk_weight=int(costs.weight[0]),
        break_even=int(costs.break_even[0]),
        required=int(costs.required[0]),
        loan_rate=int(rate[0]),
        return_on_capital=earned(costs, np.array([loan.loan_rate])),
    )


def earned(costs: Costs, loan_rate: Ints) -> int | None:
    """Return on the capital of one loan at a rate, ppm rounded down; None without capital."""
    if not costs.capital[0]:
        return None
    parts = costs.components
    running = parts["funding"] + parts["operating"]
    found = return_on_capital_ppm(loan_rate, costs=running, expected_loss=parts["expected_loss"], capital=costs.capital)
    return int(found[0])


def _changed(loan: Priced, axis: Axis, value: int) -> tuple[Risks, LoanTerms]:
    risks, terms = loan.risks, loan.terms
    match axis:
        case Axis.BASE:
            return risks, terms
        case Axis.DEFAULT_PROBABILITY:
            scaled = np.minimum(portion(risks.default_probability_ppm, value, Rounding.HALF_UP), ONE)
            return dataclasses.replace(risks, default_probability_ppm=scaled), terms
        case Axis.LOSS_GIVEN_DEFAULT:
            given = min(int(portion(np.array([terms.loss_given_default]), value, Rounding.HALF_UP)[0]), ONE)
            return risks, dataclasses.replace(terms, loss_given_default=given)
        case Axis.COVER:
            return dataclasses.replace(risks, bank_share_ppm=np.array([ONE - value])), terms
        case Axis.FUNDING:
            return risks, dataclasses.replace(terms, funding_rate=terms.funding_rate + value)
        case Axis.TERM:
            return dataclasses.replace(risks, term_months=np.array([value])), terms
