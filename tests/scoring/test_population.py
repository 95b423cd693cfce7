"""The generated population: the same firms again, a known truth, shapes a credit officer would believe."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.population import UNKNOWN_RATES, generate, true_margin


def test_a_longer_draw_begins_with_the_same_firms() -> None:
    short, long = generate(500, seed=3), generate(2_000, seed=3)

    for name, column in short.facts.items():
        np.testing.assert_array_equal(column, long.facts[name][:500], err_msg=name)
    np.testing.assert_array_equal(short.default, long.default[:500])


def test_another_seed_draws_other_firms() -> None:
    assert generate(50, seed=1).facts["total_assets"][0] != generate(50, seed=2).facts["total_assets"][0]


def test_defaults_occur_as_often_as_their_probabilities_say() -> None:
    population = generate(40_000, seed=5)
    expected = population.default_probability.sum()
    deviation = np.sqrt((population.default_probability * (1 - population.default_probability)).sum())

    assert abs(population.default.sum() - expected) < 4 * deviation


def test_the_true_margin_of_a_firm_worked_out_by_hand() -> None:
    firm = {
        "revenue_y0": 100.0, "revenue_y1": 80.0, "net_profit_y0": 10.0, "rd_expense_y0": 12.0,
        "total_assets": 100.0, "total_liabilities": 60.0, "current_assets": 75.0, "current_liabilities": 50.0,
        "operating_cash_flow": 0.0, "tax_credit_grade": 1.0, "age_years": 10.0, "invention_patents": 0.0,
        "hightech_revenue_share": 0.6, "innovation_points_share": 0.5, "venture_capital_raised": 0.0,
        "overdue_days_24m": 30.0, "credit_inquiries_6m": 2.0, "bank_exposure": 20.0, "litigation_as_defendant": 1.0,
    }  # fmt: skip
    # -4 + 1.8*0.15 + 2.8*0.05 - 0.8*0.25 - 0.3*0 + 22*0.1*0.05 - 1.6*0.1 - 2*0.05 - 0.03*10
    #    + 0.7 + 0.012*30 + 0.07*2 + 0.4 + 0.1*1 + 0.7*0.2
    by_hand = -4 + 0.27 + 0.14 - 0.20 + 0.11 - 0.16 - 0.10 - 0.30 + 0.70 + 0.36 + 0.14 + 0.40 + 0.10 + 0.14

    margin = true_margin({name: np.array([value]) for name, value in firm.items()})

    assert margin[0] == pytest.approx(by_hand, abs=1e-12)


def test_facts_are_unknown_as_often_as_declared_and_amounts_stand_in_fen() -> None:
    population = generate(30_000, seed=9)

    for name, rate in UNKNOWN_RATES.items():
        assert np.isnan(population.facts[name]).mean() == pytest.approx(rate, abs=0.01), name
    assets = population.facts["total_assets"]
    np.testing.assert_allclose(assets * 100, np.round(assets * 100), rtol=1e-12)
    assert not np.isnan(population.facts["revenue_y0"]).any()
    young = population.facts["age_years"] < 2
    assert np.isnan(population.facts["revenue_y2"][young]).all()


def test_an_empty_population_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one row; 0 were asked for"):
        generate(0, seed=1)
