"""What is declared in YAML: features, innovation points, tables of policy; and the demonstration score's making."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import scoring
from scoring import demo
from scoring.bins import Cuts, cut
from scoring.features import DEMO_FEATURES, FeatureFileError, parse_value, read_features
from scoring.innovation_points import innovation_points, read_points_table
from scoring.lookup import feature_values
from scoring.parts import FactsError
from scoring.population import generate
from scoring.scales import PolicyFileError, read_bands, read_master_scale, read_monitoring_limits


@pytest.mark.slow
def test_the_demonstration_score_is_made_again_byte_for_byte() -> None:
    assert demo.train() == scoring.DEMO_ARTEFACT.read_bytes()


def test_the_demo_features_cover_innovation_finance_and_credit_and_have_both_languages() -> None:
    features = read_features(DEMO_FEATURES)

    assert {feature.group.value for feature in features} == {"innovation", "financial", "credit"}
    assert all(feature.sign in (-1, 1) for feature in features)
    assert all(any("一" <= letter <= "鿿" for letter in feature.zh) for feature in features)
    population = generate(10, seed=1)
    assert {name for feature in features for name in feature.facts} <= set(population.facts)


def test_values_are_ratios_of_sums() -> None:
    assert parse_value("a", "x") == ((("a", 1.0),), ())
    assert parse_value("a / b", "x") == ((("a", 1.0),), (("b", 1.0),))
    assert parse_value("(a - 2 * b) / (c + d)", "x") == ((("a", 1.0), ("b", -2.0)), (("c", 1.0), ("d", 1.0)))
    assert parse_value("10000000 * patents / revenue", "x") == ((("patents", 1e7),), (("revenue", 1.0),))


def test_a_ratio_over_nothing_is_unknown() -> None:
    growth = {feature.name: feature for feature in read_features(DEMO_FEATURES)}["revenue_growth"]

    values = feature_values(
        growth, {"revenue_y0": np.array([120.0, 5.0, np.nan]), "revenue_y1": np.array([100.0, 0, 1])}
    )

    np.testing.assert_array_equal(values, [0.2, np.nan, np.nan])


@pytest.mark.parametrize("value", ["a / b / c", "a - b / c", "/ b", "a * b", "import os", "a ++ b", "(a"])
def test_values_that_are_no_ratio_are_refused(value: str) -> None:
    with pytest.raises(FeatureFileError, match=r"^here: `"):
        parse_value(value, "here")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("features: 3", "there is no list `features`"),
        ("features: [{zh: x}]", "feature 1 has no name. Write `name:`"),
        ("features: [{name: a, colour: red}]", r"feature 1 \(a\): unknown keys colour"),
        ("features: [{name: a, sign: 1}]", r"`sign: 1` is not text. Put it in quotes"),
        ('features: [{name: a, sign: "*"}]', r"`\*` is none of \+, -, 0"),
        ("features: [{name: a, group: x}]", "`x` is none of innovation, financial, credit, other"),
        ("features: [{name: a}, {name: a}]", "features a are declared twice"),
        ('features: [{name: a, change: {step: "1"}}]', "`change` needs exactly the keys step, reach, lowest, highest"),
        (
            'features: [{name: a, change: {step: "2", reach: "1", lowest: "0", highest: "9"}}]',
            "needs 0 < step <= reach and lowest < highest",
        ),
        (
            'features: [{name: a, change: {step: "x", reach: "1", lowest: "0", highest: "9"}}]',
            "that is no number",
        ),
        ("features: [", "not a readable YAML file"),
    ],
)
def test_mistakes_in_a_features_file_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "features.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(FeatureFileError, match=message):
        read_features(path)


def firm(**facts: float) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """A mature firm with full marks in everything, changed as told."""
    full = {
        "age_years": 12.0, "revenue_y0": 130.0, "revenue_y1": 100.0, "rd_expense_y0": 13.0, "rd_expense_y1": 10.0,
        "rd_staff": 30.0, "employees": 100.0, "invention_patents": 15.0, "technology_contract_value": 13.0,
        "hightech_revenue_share": 0.8, "net_profit_y0": 19.5, "venture_capital_raised": 65.0, "pct_applications": 0.0,
        "provincial_platforms": 0.0, "awards": 0.0, "litigation_as_defendant": 0.0, "overdue_days_24m": 0.0,
    }  # fmt: skip
    return {name: np.array([value]) for name, value in (full | facts).items()}


def test_full_marks_give_a_hundred_points_and_all_bonuses_thirty_more() -> None:
    table = read_points_table()

    plain = innovation_points(table, firm())
    best = innovation_points(table, firm(pct_applications=2.0, provincial_platforms=1.0, awards=1.0))

    assert plain.points[0] == pytest.approx(100.0)
    assert plain.share[0] == pytest.approx(100 / 130)
    assert best.points[0] == pytest.approx(130.0)
    assert bool(plain.complete[0])
    assert (plain.stage[0], plain.known_weight[0]) == (2, 100.0)


def test_an_indicator_is_linear_up_to_its_full_value_and_weighs_by_stage() -> None:
    table = read_points_table()

    # R&D intensity 5 % of 10 %: half of the weight, 20 for a start-up and 14 for a mature firm.
    half = firm(rd_expense_y0=6.5, rd_expense_y1=5.0)
    young = innovation_points(table, half | {"age_years": np.array([3.0])})
    grown = innovation_points(table, half | {"age_years": np.array([3.01])})
    mature = innovation_points(table, half)

    assert young.parts["rd_intensity"][0] == pytest.approx(10.0)
    assert grown.parts["rd_intensity"][0] == pytest.approx(8.0)
    assert mature.parts["rd_intensity"][0] == pytest.approx(7.0)
    assert innovation_points(table, firm(net_profit_y0=-50.0)).parts["net_margin"][0] == 0.0


def test_deductions_take_points_and_the_unknown_neither_gives_nor_takes() -> None:
    table = read_points_table()

    sued = innovation_points(table, firm(litigation_as_defendant=1.0, overdue_days_24m=5.0))
    partly = innovation_points(table, firm(hightech_revenue_share=np.nan, overdue_days_24m=np.nan))

    assert sued.points[0] == pytest.approx(85.0)
    assert partly.points[0] == pytest.approx(88.0)
    assert (bool(partly.complete[0]), partly.known_weight[0]) == (False, 88.0)


def test_the_illustrative_table_says_so_and_its_facts_are_asked_for() -> None:
    table = read_points_table()

    assert not table.verified
    assert table.version.startswith("illustrative")
    with pytest.raises(FactsError, match="need age_years"):
        innovation_points(table, {})


def edited(tmp_path: Path, source: str, old: str, new: str) -> Path:
    text = (Path(scoring.__file__).parent / "policy" / source).read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / source
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("source", "old", "new", "message"),
    [
        ("innovation_points.yaml", 'growth: "16"', 'growth: "17"', r"the weights add up to \[100.0, 101.0\] by stage"),
        ("innovation_points.yaml", 'full: "0.10"', 'full: "0"', "`full` must be above zero"),
        ("innovation_points.yaml", 'full: "0.10"', "full: 0.1", "`full` is missing or not text. Put it in quotes"),
        ("innovation_points.yaml", 'up_to_age_years: "8"', 'up_to_age_years: "2"', "stages must have rising ages"),
        ("innovation_points.yaml", 'start-up: "20", ', "", "`weights` must name each stage once"),
        ("innovation_points.yaml", "rd_expense_y0 / revenue_y0", "a / b / c", "is not understood"),
        ("bands.yaml", '"75.00"', '"55.00"', "`at_least` must fall strictly"),
        ("bands.yaml", '"75.00"', '"x"', "`at_least: x` is no number"),
        ("bands.yaml", '"0.00"', '"1.00"', "`at_least` must fall strictly"),
        ("master_scale.yaml", '"1.0000"', '"0.9"', "`up_to` must rise strictly to 1"),
        ("master_scale.yaml", '"0.0025"', '"-1"', "must be finite and not below zero"),
        ("monitoring.yaml", 'alert: "0.25"', 'alert: "0.05"', "0 < warning <= alert must hold"),
    ],
)
def test_mistakes_in_tables_of_policy_are_named(tmp_path: Path, source: str, old: str, new: str, message: str) -> None:
    readers = {
        "innovation_points.yaml": read_points_table,
        "bands.yaml": read_bands,
        "master_scale.yaml": read_master_scale,
        "monitoring.yaml": read_monitoring_limits,
    }

    with pytest.raises(PolicyFileError, match=message):
        readers[source](edited(tmp_path, source, old, new))  # type: ignore[operator]


def test_edges_divide_the_values_and_the_unknown_stands_last() -> None:
    column = np.array([1.0, 2.0, 2.0, 3.0, np.nan])
    folds = [np.arange(5)]

    cuts, codes = cut(column, np.array([0.0, 1, 0, 1, 0]), np.ones(5), folds, 16)

    assert cuts.edges == (1.5, 2.5)
    np.testing.assert_array_equal(codes, [0, 1, 1, 2, np.nan])
    assert cuts.bins(np.array([1.5, 1.51, np.nan, -np.inf, np.inf])).tolist() == [0, 1, 3, 0, 2]


def test_levels_are_ordered_by_their_smoothed_rate_and_the_unseen_are_average() -> None:
    column = np.array(["bad"] * 40 + ["mid"] * 40 + ["good"] * 40 + [None] * 5, dtype=object)
    target = np.concatenate([np.ones(40), np.tile([0.0, 1.0], 20), np.zeros(40), np.zeros(5)])

    cuts, codes = cut(column, target, np.ones(125), [np.arange(125)], 16)

    assert cuts.levels == {"good": 0, "mid": 1, "bad": 2}
    assert cuts.other == 1
    assert np.isnan(codes[-1])
    assert cuts.count == 4
    assert Cuts().count == 2
