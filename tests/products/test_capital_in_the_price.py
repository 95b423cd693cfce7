"""One loan priced by each capital method from published risk weights, and both sides of what chooses the weight."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products import Offering, decide
from products.money import ONE
from products.population import population
from products.vocabulary import CAPITAL_METHODS
from tests.products.builders import ABSENT, ON, amended, decided, demonstration_score, offering
from tests.products.test_pricing import figures, priced

STANDARDISED, CORPORATE, RETAIL = range(len(CAPITAL_METHODS))
BIG = {"financials.revenue": ["400000000.00"]}
"""53 million euro at 7.5257: no size adjustment. Fifty million are 376,285,000.00 yuan."""
SMALL = {"financials.revenue": ["37000000.00"]}
"""Below five million euro, 37,628,500.00 yuan: the whole adjustment."""


def irb(method: int, changes: Mapping[str, object], **more: Any) -> Any:
    return priced(changes, months=30, capital_method=method, **more)


# Basel Committee, CRE99: default probability 1 %, maturity 2.5 years, corporate with LGD 40 %, other retail with 45 %.
@pytest.mark.parametrize(
    ("method", "changes", "given", "weight", "loss", "capital_return", "rate"),
    [
        # 82.06 % × 10.5 % × 11 % = 0.94779 %; 1.7 + 0.8 + 0.08 + 0.948 = 3.528 %: LPR 3.00 % + 53 bp
        (CORPORATE, BIG, 400_000, 820_600, 800, 9_478, 35_300),
        # 64.35 % × 10.5 % × 11 % = 0.74324 %; 1.7 + 0.8 + 0.08 + 0.743 = 3.323 %: + 33 bp
        (CORPORATE, SMALL, 400_000, 643_500, 800, 7_433, 33_300),
        # 45.77 % × 10.5 % × 11 % = 0.52864 %; 1.7 + 0.8 + 0.09 + 0.529 = 3.119 %: + 12 bp
        (RETAIL, BIG, 450_000, 457_700, 900, 5_287, 31_200),
    ],
)
def test_a_loan_by_internal_ratings_from_the_published_weights(
    method: int,
    changes: dict[str, object],
    given: int,
    weight: int,
    loss: int,
    capital_return: int,
    rate: int,
) -> None:
    prices = irb(method, changes, loss_given_default=given, risk_weight_guaranteed=ONE)
    assert abs(int(prices.costs.borrower_weight[0]) - weight) <= 60  # published to the hundredth of a percent
    assert figures(prices)["expected_loss"] == loss
    assert abs(figures(prices)["return_on_capital"] - capital_return) <= 1
    assert prices.loan_rate.tolist() == [rate]


def test_the_covered_part_takes_the_guarantors_weight() -> None:
    prices = irb(CORPORATE, BIG, loss_given_default=400_000, risk_weight_guaranteed=200_000)
    # 20 % × 82.06 % + 80 % × 20 % = 32.41 %; × 10.5 % × 11 % = 0.37436 %
    assert abs(int(prices.costs.weight[0]) - 324_120) <= 12
    assert abs(figures(prices)["return_on_capital"] - 3_744) <= 1


def test_a_guarantor_weighing_more_than_the_borrower_changes_nothing() -> None:
    assert priced(risk_weight_guaranteed=ONE).costs.weight.tolist() == [750_000]


@pytest.mark.parametrize(
    ("changes", "yuan", "weight"),
    [
        ({}, 10_000_000, 750_000),  # a small company up to ten million
        ({}, 10_000_001, 850_000),
        ({"credit.product_guaranteed_balance": "0.01"}, 10_000_000, 850_000),
        ({"credit.product_guaranteed_balance": ABSENT}, 10_000_000, 750_000),
        ({"enterprise.employees": 300}, 1_000_000, 850_000),  # a medium-sized one
        ({"enterprise.employees": 1_000, "financials.revenue": ["400000000.00"]}, 1_000_000, 1_000_000),
        ({"enterprise.employees": ABSENT}, 1_000_000, 1_000_000),  # of unknown size
    ],
)
def test_standardised_weights_follow_size_and_exposure(changes: dict[str, object], yuan: int, weight: int) -> None:
    assert priced(changes, yuan=yuan).costs.borrower_weight.tolist() == [weight]


@pytest.mark.parametrize(("yuan", "weight"), [(5_000_000, 750_000), (5_000_001, 1_000_000)])
def test_before_2024_small_meant_five_million_and_others_weighed_in_full(yuan: int, weight: int) -> None:
    assert priced(yuan=yuan, on=date(2023, 12, 31)).costs.borrower_weight.tolist() == [weight]


@pytest.mark.parametrize(("total", "weight"), [(20_000_000_000, 750_000), (19_999_999_900, 850_000)])
def test_an_exposure_above_half_a_percent_of_the_banks_book_is_not_small(total: int, weight: int) -> None:
    # 0.5 % of 200,000,000.00 is the million lent
    assert priced(total_exposure=total).costs.borrower_weight.tolist() == [weight]


def test_retail_is_for_micro_and_small_enterprises_within_ten_million() -> None:
    corporate, retail = (irb(method, BIG, yuan=10_000_000) for method in (CORPORATE, RETAIL))
    assert retail.costs.weight[0] < corporate.costs.weight[0]
    for changes, yuan in ((BIG, 10_000_001), ({**BIG, "enterprise.employees": 300}, 1_000_000)):
        corporate, retail = (irb(method, changes, yuan=yuan) for method in (CORPORATE, RETAIL))
        assert retail.costs.weight.tolist() == corporate.costs.weight.tolist()


def test_the_size_adjustment_ends_at_fifty_million_euro_and_needs_a_revenue() -> None:
    weights = [
        int(irb(CORPORATE, {"financials.revenue": revenue}).costs.borrower_weight[0])
        for revenue in (["376280000.00"], ["376285000.00"], ["9000000000.00"], ABSENT)
    ]
    assert weights[0] < weights[1] == weights[2] == weights[3]


def test_longer_loans_to_companies_hold_more_capital_and_retail_ones_do_not() -> None:
    short, long = (priced(months=months, capital_method=CORPORATE).costs.weight[0] for months in (12, 60))
    assert short < long
    short, long = (priced(months=months, capital_method=RETAIL).costs.weight[0] for months in (12, 60))
    assert short == long


def test_a_certain_default_is_priced_as_a_loss_without_unexpected_loss() -> None:
    prices = priced(probability=ONE, capital_method=CORPORATE)
    assert figures(prices)["expected_loss"] == 90_000  # 45 % × 20 %
    assert prices.costs.weight[0] < 1_000


METHODS = st.sampled_from([STANDARDISED, CORPORATE, RETAIL])
WEIGHTS = st.integers(0, ONE)


@given(METHODS, st.integers(0, ONE), st.integers(0, 800_000), st.integers(0, 800_000), WEIGHTS)
def test_more_cover_never_raises_loss_capital_or_rate(
    method: int, probability: int, one: int, other: int, guarantors: int
) -> None:
    less, more = (
        priced(
            probability=probability,
            bank_share=share,
            province_share=0,
            capital_method=method,
            risk_weight_guaranteed=guarantors,
        )
        for share in sorted((one, other))
    )
    assert less.costs.components["expected_loss"][0] <= more.costs.components["expected_loss"][0]
    assert less.costs.capital[0] <= more.costs.capital[0]
    assert less.costs.required[0] <= more.costs.required[0]
    assert less.loan_rate[0] <= more.loan_rate[0]


@given(METHODS, st.integers(0, 200_000), st.integers(0, 200_000))
def test_a_likelier_default_never_lowers_the_rate_by_any_method(method: int, one: int, other: int) -> None:
    safer, riskier = (priced(probability=each, capital_method=method) for each in sorted((one, other)))
    assert safer.costs.required[0] <= riskier.costs.required[0]
    assert safer.loan_rate[0] <= riskier.loan_rate[0]


def by_irb(product: str) -> Offering:
    return amended(offering(product), product={"capital_method": CORPORATE})


@pytest.mark.parametrize("product", ["innovation-credit", "ip-pledge"])
def test_internal_ratings_answer_alike_in_every_split_of_a_batch(product: str) -> None:
    app = population(257, 5, latest=date(2026, 6, 30))
    whole = decide(app, by_irb(product), demonstration_score(), on=ON)
    weights = whole.gather(lambda part: part.case.prices.costs.weight)
    rates = whole.gather(lambda part: part.case.prices.loan_rate)
    assert len(np.unique(weights)) > 50
    for start in (0, 1, 2, 3, 100, 254):
        for stop in (start + 1, start + 2, start + 3, 257):
            part = decide(app.between(start, min(stop, 257)), by_irb(product), demonstration_score(), on=ON)
            assert part.gather(lambda one: one.case.prices.costs.weight).tolist() == weights[start:stop].tolist()
            assert part.gather(lambda one: one.case.prices.loan_rate).tolist() == rates[start:stop].tolist()


def test_a_decision_shows_its_capital_and_the_rules_it_used() -> None:
    decision = decided()
    assert decision.price is not None
    shown = decision.price.capital
    assert shown is not None
    assert (shown.method, str(shown.borrower_weight), str(shown.risk_weight)) == ("standardised", "0.7500", "0.7500")
    # 10.5 % of 75 % of a million
    assert (str(shown.share), str(shown.amount)) == ("0.07875", "78750.00")
    assert str(decision.price.break_even_rate) == str(
        sum(one.rate for one in decision.price.components[:3])  # funding, operation, expected loss
    )
    names = {one.name for one in decision.evidence.parameters}
    assert {"cn-capital.weight", "cn-capital.micro_small_cap"} <= names
    assert not [name for name in names if name.startswith("basel-irb.")]
    assert "cn-capital" in decision.evidence.digests
    rated = decided(under=by_irb("innovation-credit"))
    assert {"basel-irb.confidence", "basel-irb.yuan_per_currency_unit", "cn-capital.micro_small_cap"} <= {
        one.name for one in rated.evidence.parameters
    }
    assert {"basel-irb", "cn-capital"} <= set(rated.evidence.digests)
