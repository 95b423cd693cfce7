"""Return on capital against a published question, the rate at which a bank breaks even, and what moves the price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products import InvalidApplication, NothingToPrice, PriceSheet, application_from, price_sheet
from products.costs.loan_costs import return_on_capital_ppm
from products.costs.price_answer import SensitivityRow
from products.costs.price_sheet import sheet_of
from products.costs.sensitivity import Axis, Scenarios
from products.money import ONE
from tests.products.builders import ON, amended, catalogue, decided, decisions, facts, ints, offering, scorecard

CORPORATE = 1


def sheet(changes: dict[str, object] | None = None, *, scenarios: Scenarios | None = None, **terms: Any) -> PriceSheet:
    under = amended(offering(), product=terms) if terms else offering()
    return sheet_of(decisions(changes or {}, under=under), 0, scenarios=scenarios)


def rows(of: PriceSheet, axis: Axis) -> tuple[SensitivityRow, ...]:
    return tuple(row for row in of.sensitivity if row.changed is axis)


# A sample question of the Financial Risk Manager examination, millions: loans 500 at 10 %, default probability 2 %,
# loss given default 50 %, operation 10, funding 30, economic capital 7.5 % of the loans, which itself earns 6 %.
@pytest.mark.parametrize(("earned_on_capital", "percent"), [(2_250_000, "19.33"), (0, "13.33")])
def test_the_published_return_on_risk_adjusted_capital(earned_on_capital: int, percent: str) -> None:
    found = return_on_capital_ppm(
        ints(50_000_000),
        costs=ints(40_000_000),
        expected_loss=ints(5_000_000),
        capital=ints(37_500_000),
        earned_on_capital=earned_on_capital,
    )
    assert f"{int(found[0]) / 10_000:.2f}" == percent


def test_a_loss_is_a_negative_return_and_without_capital_there_is_none() -> None:
    nothing = ints(0, 0)
    found = return_on_capital_ppm(ints(10, 10), costs=ints(11, 11), expected_loss=nothing, capital=ints(100, 0))
    assert found.tolist() == [-10_000, 0]


def test_the_sheet_of_a_million_by_hand() -> None:
    # the score's own default probability, 20 % retained, 45 % lost: 1.7 + 0.8 % and the loss break even
    found = sheet()
    loss = found.default_probability * Decimal("0.45") * Decimal("0.20")
    assert found.break_even_rate == Decimal("0.0250") + loss.quantize(Decimal("0.000001"), "ROUND_UP")
    # 75 % × 10.5 % × 11 % = 0.86625 %, rounded up
    assert found.required_rate == found.break_even_rate + Decimal("0.008663")
    assert sum(one.rate for one in found.components) == found.loan_rate
    # what is left of the rate over 7.875 % of capital, rounded down
    left = (found.loan_rate - found.break_even_rate) / Decimal("0.07875")
    assert found.return_on_capital == left.quantize(Decimal("0.000001"), "ROUND_DOWN")
    assert found.return_on_capital >= found.return_target == Decimal("0.1100")
    assert str(found.capital.amount) == "78750.00"
    assert found.expected_loss == (found.components[2].rate * 1_000_000)


def test_at_the_break_even_rate_the_return_is_nothing() -> None:
    found = sheet()
    # 2.5 % and the loss over the prime rate of 3 %: a ceiling there leaves a return of less than a basis point's worth
    capped = sheet(spread_cap_bp=-int((Decimal("0.03") - found.break_even_rate) * 10_000))
    assert capped.loan_rate - capped.break_even_rate < Decimal("0.0001")
    assert capped.return_on_capital is not None
    assert 0 <= capped.return_on_capital < Decimal("0.0013")  # 1 bp over 7.875 %


def test_without_capital_there_is_no_return_to_show() -> None:
    found = sheet(capital_ratio=0)
    assert found.return_on_capital is None
    assert found.required_rate == found.break_even_rate
    assert all(row.return_on_capital is None for row in found.sensitivity)


def test_the_first_row_is_the_loan_as_it_is() -> None:
    found = sheet()
    first = found.sensitivity[0]
    assert (first.changed, first.by) == (Axis.BASE, "")
    assert (first.break_even_rate, first.required_rate, first.loan_rate) == (
        found.break_even_rate,
        found.required_rate,
        found.loan_rate,
    )
    assert first.return_on_capital == found.return_on_capital
    assert [len(rows(found, axis)) for axis in Axis] == [1, 4, 3, 4, 3, 3]


def test_cover_of_eighty_percent_is_the_loan_and_none_costs_five_times_the_loss() -> None:
    found = sheet()
    none, *_, full = rows(found, Axis.COVER)
    assert (none.by, full.by) == ("0.0000", "0.8000")
    assert full.model_copy(update={"changed": Axis.BASE, "by": ""}) == found.sensitivity[0]
    loss = (found.default_probability * Decimal("0.45")).quantize(Decimal("0.000001"), "ROUND_UP")
    assert none.expected_loss == loss


def test_funding_moves_the_required_rate_one_for_one() -> None:
    found = sheet()
    assert [row.required_rate - found.required_rate for row in rows(found, Axis.FUNDING)] == [
        Decimal("-0.005"),
        Decimal("0.005"),
        Decimal("0.01"),
    ]


def test_doubling_the_default_probability_doubles_the_loss() -> None:
    found = sheet(scenarios=Scenarios(default_probability=(2_000_000,), loss_given_default=(2_000_000,)))
    for axis in (Axis.DEFAULT_PROBABILITY, Axis.LOSS_GIVEN_DEFAULT):
        (row,) = rows(found, axis)
        loss = (found.default_probability * 2 * Decimal("0.09")).quantize(Decimal("0.000001"), "ROUND_UP")
        assert row.expected_loss == loss


def test_a_probability_or_a_loss_never_passes_one() -> None:
    found = sheet(scenarios=Scenarios(default_probability=(100 * ONE,), loss_given_default=(100 * ONE,)))
    (likely,) = rows(found, Axis.DEFAULT_PROBABILITY)
    assert likely.expected_loss <= Decimal("0.09")
    (lost,) = rows(found, Axis.LOSS_GIVEN_DEFAULT)
    whole = found.default_probability * Decimal("0.2")
    assert lost.expected_loss == whole.quantize(Decimal("0.000001"), "ROUND_UP")


def test_terms_move_the_prime_rate_and_by_internal_ratings_the_capital() -> None:
    longer = Scenarios(term=(12, 60, 61))
    year, five, more = rows(sheet(scenarios=longer), Axis.TERM)
    assert [row.by for row in (year, five, more)] == ["12", "60", "61"]
    assert year.risk_weight == five.risk_weight == more.risk_weight == Decimal("0.75")
    assert year.loan_rate == five.loan_rate == more.loan_rate
    year, five, _ = rows(sheet(scenarios=longer, capital_method=CORPORATE), Axis.TERM)
    assert year.risk_weight < five.risk_weight


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        ({"cover": (ONE + 1,)}, "The covered share of a scenario is 1000001 ppm; it must lie between 0 and 1000000."),
        ({"default_probability": (-1,)}, "The factor of the default probability of a scenario is -1 ppm"),
        ({"loss_given_default": (100 * ONE + 1,)}, "factor of the loss given default of a scenario is 100000001 ppm"),
        ({"funding": (ONE + 1,)}, "The funding shift of a scenario is 1000001 ppm"),
        ({"term": (0,)}, "The term of a scenario is 0 months; it must lie between 1 and 600. Change the scenario."),
    ],
)
def test_a_scenario_beyond_reason_is_refused(scenario: dict[str, tuple[int, ...]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Scenarios(**scenario)


@given(st.integers(0, 2), st.lists(st.integers(0, 3 * ONE), min_size=2, max_size=2).map(sorted))
def test_losses_and_rates_rise_with_the_default_probability_and_fall_with_cover(
    method: int, factors: list[int]
) -> None:
    shares = sorted(factor // 3 for factor in factors)
    found = sheet(scenarios=Scenarios(default_probability=tuple(factors), cover=tuple(shares)), capital_method=method)
    safer, riskier = rows(found, Axis.DEFAULT_PROBABILITY)
    assert safer.expected_loss <= riskier.expected_loss
    assert safer.required_rate <= riskier.required_rate
    bare, covered = rows(found, Axis.COVER)
    assert covered.expected_loss <= bare.expected_loss
    assert covered.required_rate <= bare.required_rate


def test_an_application_is_priced_as_it_is_decided() -> None:
    application = application_from(facts())
    found = price_sheet(application, catalogue=catalogue(), scorecard=scorecard(), on=ON)
    said = decided().price
    assert said is not None
    assert (found.loan_rate, found.components) == (said.loan_rate, said.components)
    assert (found.product, found.programme, found.applied_on, found.decided_on) == (
        "innovation-credit",
        "cn-scitech-2024",
        ON,
        ON,
    )
    assert PriceSheet.model_validate_json(found.model_dump_json()) == found
    assert {one.name for one in found.parameters} >= {"market.lpr", "cn-capital.weight"}


def test_any_row_of_a_batch_has_its_sheet() -> None:
    batch = decisions({"innovation.rd_staff": 10}, {}, {"request.amount": "2000000.00"})
    assert sheet_of(batch, 1) == sheet()
    assert str(sheet_of(batch, 2).amount) == "2000000.00"


def test_nothing_is_no_loan_to_price() -> None:
    with pytest.raises(NothingToPrice, match=r"the limit programme_headroom leaves 0\.00 yuan\. Ask for the price"):
        sheet({"credit.guaranteed_balance": "30000000.00"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"request.product": "x"}, "request.product"),
        ({"request.applied_on": "2026-07-23"}, "after the day of decision 2026-07-22"),
        ({"request.applied_on": "2018-01-01", "enterprise.established_on": "2015-03-18"}, "2018-01-01"),
    ],
)
def test_an_application_that_cannot_be_decided_cannot_be_priced(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidApplication, match=message):
        price_sheet(
            application_from(facts(changes)), catalogue=catalogue(), scorecard=scorecard(), on=date(2026, 7, 22)
        )
