"""The price of a loan by hand, its ceiling and floor, and what cover does to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.applicant.layout import EPOCH
from products.case import Prices, Situation
from products.cover import arrange
from products.fees import guarantee_fee
from products.kernel import CAPITAL, MARKET
from products.money import ONE
from products.pricing import NO_CAP, price
from products.terms import LoanTerms
from scoring import Scores
from tests.products.builders import ON, amended, case_of, decided, ints, offering

TERMS: LoanTerms = offering().book.at(ON)


def priced(
    changes: Mapping[str, object] | None = None,
    *,
    yuan: int = 1_000_000,
    probability: int = 10_000,
    months: int = 12,
    on: date = ON,
    **terms: Any,
) -> Prices:
    """The price of a million yuan to a tier-1 firm with the given default probability (ppm)."""
    own = dataclasses.replace(TERMS, **terms)
    case = case_of({"request.term_months": months, **(changes or {})})
    score = Scores(ints(7_800), ints(0), ints(probability), {})
    at = Situation(case.app, own, case.programme, on.toordinal() - EPOCH, case.standing, score)
    amount = ints(yuan * 100)
    shares = arrange(amount, case.standing, own, case.programme)
    fees = guarantee_fee(amount, case.standing, score, own, case.programme, secured=False)
    return price(at, amount, shares, fees, MARKET.at(on), CAPITAL.at(on))


def figures(prices: Prices) -> dict[str, int]:
    return {name: int(rate[0]) for name, rate in prices.components.items()}


def test_the_parts_of_the_price_of_one_loan_by_hand() -> None:
    prices = priced()
    assert figures(prices) == {
        "funding": 17_000,
        "operating": 8_000,
        "expected_loss": 900,  # 1 % × 45 % × 20 %
        "return_on_capital": 8_663,  # 75 % × 10.5 % × 11 % = 0.86625 %, half up
        "rounding_cap_or_floor": 37,  # 3.4563 % up to LPR 3.00 % + 46 bp
    }
    assert (int(prices.lpr[0]), int(prices.spread_bp[0]), int(prices.loan_rate[0])) == (30_000, 46, 34_600)
    assert prices.cap.tolist() == [NO_CAP]


def test_capital_is_held_at_the_guarantors_weight_for_the_guaranteed_part() -> None:
    # 20 % × 75 % + 80 % × 0 = 15 %; × 10.5 % × 11 % = 0.17325 %
    prices = priced(risk_weight_guaranteed=0)
    assert figures(prices)["return_on_capital"] == 1_733
    # 2.7633 % is 236.7 ppm below the prime rate: a spread of −23 bp
    assert (int(prices.spread_bp[0]), int(prices.loan_rate[0])) == (-23, 27_700)


@pytest.mark.parametrize(
    ("cap_bp", "rate", "adjustment"), [(46, 34_600, 37), (47, 34_600, 37), (45, 34_500, -63), (0, 30_000, -4_563)]
)
def test_a_ceiling_on_the_spread_holds_the_rate_and_shows_what_it_takes(
    cap_bp: int, rate: int, adjustment: int
) -> None:
    prices = priced(spread_cap_bp=cap_bp)
    assert (int(prices.loan_rate[0]), figures(prices)["rounding_cap_or_floor"]) == (rate, adjustment)
    assert prices.cap.tolist() == [30_000 + cap_bp * 100]


def test_a_floor_fifty_points_below_the_five_year_rate_is_three_percent() -> None:
    prices = priced(risk_weight_guaranteed=0, floor_below_five_year_lpr_bp=50)
    assert (int(prices.loan_rate[0]), int(prices.spread_bp[0])) == (30_000, 0)
    assert figures(prices)["rounding_cap_or_floor"] == 2_367  # 3.0000 − 2.7633
    assert priced(floor_below_five_year_lpr_bp=50).loan_rate.tolist() == [34_600]  # above the floor it does nothing


@pytest.mark.parametrize(("months", "lpr"), [(60, 30_000), (61, 35_000)])
def test_terms_over_five_years_follow_the_five_year_rate(months: int, lpr: int) -> None:
    prices = priced(months=months)
    assert prices.lpr.tolist() == [lpr]
    assert prices.loan_rate.tolist() == [34_600]  # the cost is the same, the spread is not
    assert prices.spread_bp.tolist() == [(34_600 - lpr) // 100]


def test_the_prime_rate_is_that_of_the_day_of_decision() -> None:
    assert priced(on=date(2025, 5, 19)).lpr.tolist() == [31_000]
    assert priced(on=date(2025, 5, 20)).lpr.tolist() == [30_000]
    late = decided({"request.applied_on": "2025-05-19"}, on=date(2025, 5, 20))
    assert late.price is not None
    assert str(late.price.lpr) == "0.0300"


def test_a_rate_that_does_not_cover_the_cost_is_remarked() -> None:
    for cap, verdict in ((200, "met"), (0, "not_met")):
        decision = decided(under=amended(offering(), product={"spread_cap_bp": cap}))
        said = {one.rule: one.verdict.value for one in decision.findings}
        assert (decision.outcome, said["rate_covers_the_banks_cost"]) == ("approve", verdict)


def test_a_rate_that_meets_the_cost_exactly_covers_it() -> None:
    # 1.70 + 1.30 % and nothing for loss and capital is the prime rate itself
    level = {"loss_given_default": 0, "return_on_capital": 0, "operating_rate": 13_000, "spread_cap_bp": 0}
    decision = decided(under=amended(offering(), product=level))
    assert decision.price is not None
    assert str(decision.price.loan_rate) == "0.0300"
    assert {one.rule: one.verdict.value for one in decision.findings}["rate_covers_the_banks_cost"] == "met"


PROBABILITIES = st.integers(0, ONE)
SHARES = st.integers(0, 800_000)


@given(PROBABILITIES, SHARES, SHARES)
def test_more_cover_never_raises_the_expected_loss_or_the_rate(probability: int, one: int, other: int) -> None:
    less, more = (priced(probability=probability, bank_share=share) for share in sorted((one, other)))
    assert figures(less)["expected_loss"] <= figures(more)["expected_loss"]
    assert less.loan_rate[0] <= more.loan_rate[0]


@given(PROBABILITIES, PROBABILITIES)
def test_a_likelier_default_never_lowers_the_rate(one: int, other: int) -> None:
    safer, riskier = (priced(probability=each) for each in sorted((one, other)))
    assert safer.loan_rate[0] <= riskier.loan_rate[0]


@given(PROBABILITIES, SHARES, st.none() | st.integers(0, 300), st.none() | st.integers(0, 300), st.integers(1, 120))
def test_the_parts_add_up_and_the_rate_keeps_between_floor_and_ceiling(
    probability: int, share: int, cap: int | None, floor: int | None, months: int
) -> None:
    prices = priced(
        probability=probability,
        bank_share=share,
        spread_cap_bp=cap,
        floor_below_five_year_lpr_bp=floor,
        months=months,
    )
    assert sum(figures(prices).values()) == prices.loan_rate[0]
    assert prices.loan_rate[0] == prices.lpr[0] + prices.spread_bp[0] * 100
    lowest = 0 if floor is None else 35_000 - floor * 100
    assert prices.loan_rate[0] >= lowest
    assert cap is None or prices.loan_rate[0] <= max(int(prices.lpr[0]) + cap * 100, lowest)


def test_no_rate_is_below_nothing() -> None:
    free = priced(probability=0, funding_rate=0, operating_rate=0, return_on_capital=0)
    assert free.loan_rate.tolist() == [0]
    assert free.total_interest.tolist() == [0]


def test_the_first_year_of_a_million_at_the_tariff_costs_interest_and_fee() -> None:
    prices = priced()
    # interest 12 × 2883.33 (a month's 2883.333 to the fen), fee of tier 1, band A: 0.4 %
    assert prices.total_interest.tolist() == [3_459_996]
    assert prices.total_fee.tolist() == [400_000]
    assert prices.first_year_cost.tolist() == [3_859_996]


def test_a_fee_on_the_guaranteed_part_costs_four_fifths() -> None:
    prices = priced(fee_base=1)
    assert prices.total_fee.tolist() == [320_000]


def test_columns_of_the_price_have_one_entry_per_loan() -> None:
    prices = priced()
    columns = {
        field.name: getattr(owner, field.name)
        for owner in (prices, prices.costs, prices.subsidies)
        for field in dataclasses.fields(owner)
        if field.name not in {"components", "costs", "subsidies", "received"}
    } | dict(prices.components)
    for name, column in columns.items():
        assert column.dtype == np.int64, name
        assert column.shape == (1,), name
