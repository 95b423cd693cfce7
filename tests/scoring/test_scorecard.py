"""Serving a small scorecard whose points can be added up by hand, and the demonstration score."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring
from scoring.estimator import InnovationScorecard
from scoring.features import Feature, FeatureGroup, FeatureKind
from scoring.learning import Titles, learn
from scoring.parts import Band, Calibration, FactsError, FeatureTable, Manifest, PairTable
from scoring.population import generate
from scoring.scales import read_bands
from scoring.scorecard import Scorecard
from tests.scoring.test_signs import least_steps

BANDS = (Band("A", 6_000, "优秀", "good"), Band("B", 4_000, "中等", "fair"), Band("C", 0, "较差", "poor"))
MANIFEST = Manifest("small-1", "小模型", "small", True, "00", 10, 2, 0, {}, {})


def small_scorecard() -> Scorecard:
    """Debt ratio (edges 0.4, 0.6), grade (levels A, B) and their pair; base 50.00 points."""
    debt = Feature(
        "debt_ratio", "资产负债率", "Debt ratio", "1", FeatureGroup.FINANCIAL, -1,
        (("liabilities", 1.0),), (("assets", 1.0),),
    )  # fmt: skip
    grade = Feature(
        "grade", "等级", "Grade", "grade", FeatureGroup.CREDIT, 0, (("grade", 1.0),), kind=FeatureKind.CATEGORY
    )
    return Scorecard(
        manifest=MANIFEST,
        digest="",
        base=5_000,
        tables=[
            FeatureTable(debt, (0.4, 0.6), {}, (800, 100, -900, -50)),
            FeatureTable(grade, (), {"A": 0, "B": 1}, (500, -300, -10), other=1),
        ],
        pairs=[PairTable(0, 1, ((7, 0, 0), (0, 0, 0), (0, -5, 0), (0, 0, 0)))],
        bands=BANDS,
        bands_label="test",
        calibration=Calibration.straight(0.0, -1.0, "test"),
    )


def facts_of(**columns: list[object]) -> dict[str, npt.NDArray[np.generic]]:
    return {name: np.array(column) for name, column in columns.items()}


def test_points_are_base_plus_tables_plus_pair() -> None:
    facts = facts_of(liabilities=[40.0, 40.1, 70.0], assets=[100.0, 100.0, 100.0], grade=["A", "Z", "B"])

    scores = small_scorecard().score(facts)

    # 0.4 lies in the first bin, with its edge: 5000 + 800 + 500 + 7; 0.401: 5000 + 100 - 300; 0.7: -900 - 300 - 5
    assert scores.points.tolist() == [6_307, 4_800, 3_795]
    assert [BANDS[band].name for band in scores.band] == ["A", "B", "C"]


def test_unknown_facts_and_a_divisor_that_is_not_above_zero_take_the_unknown_bin() -> None:
    facts = facts_of(liabilities=[np.nan, 1.0, 1.0], assets=[100.0, 0.0, -5.0], grade=["", "", ""])

    assert small_scorecard().score(facts).points.tolist() == [4_940, 4_940, 4_940]


def test_default_probability_is_the_logistic_of_the_points() -> None:
    facts = facts_of(liabilities=[70.0], assets=[100.0], grade=["B"])

    # log-odds -3.795: 1 / (1 + e^3.795) = 0.021982...
    assert small_scorecard().score(facts).default_probability_ppm[0] == round(1e6 / (1 + np.exp(3.795)))


def test_reasons_split_a_pair_half_and_half_with_the_odd_hundredth_to_the_first() -> None:
    scorecard = small_scorecard()
    scores = scorecard.score(facts_of(liabilities=[40.0], assets=[100.0], grade=["A"]))

    reasons = scorecard.reasons(scores, 0)

    assert [(reason.name, reason.contribution) for reason in reasons] == [("grade", 503), ("debt_ratio", 804)]
    assert reasons[0].zh == "等级"


def test_beyond_the_end_of_the_scale_a_reason_says_so() -> None:
    small = small_scorecard()
    high = Scorecard(
        manifest=MANIFEST, digest="", base=9_500, tables=small.tables, pairs=(), bands=BANDS, bands_label="test",
        calibration=small.calibration,
    )  # fmt: skip
    scores = high.score(facts_of(liabilities=[1.0], assets=[100.0], grade=["A"]))

    reasons = high.reasons(scores, 0)

    assert scores.points[0] == 10_000
    assert reasons[0].name == "scale_end"
    assert reasons[0].contribution == -800
    assert 9_500 + sum(reason.contribution for reason in reasons) == 10_000


def test_a_missing_fact_is_named() -> None:
    with pytest.raises(FactsError, match="Score small-1 needs the facts assets, grade"):
        small_scorecard().score(facts_of(liabilities=[1.0]))


@pytest.mark.parametrize("rows", [1, 5_000])
@pytest.mark.parametrize("fact", ["liabilities", "assets"])
def test_text_where_numbers_belong_is_named(fact: str, rows: int) -> None:
    facts = facts_of(liabilities=[1.0] * rows, assets=[100.0] * rows, grade=["A"] * rows)
    texts = {**facts, fact: np.array(["1,200"] * rows, dtype=object)}

    with pytest.raises(FactsError, match=f"The fact {fact} must be a number; it is '1,200'. Write numbers"):
        small_scorecard().score(texts)
    with pytest.raises(FactsError, match=f"The fact {fact} must be a number; it is 'many'. Write numbers"):
        small_scorecard().score_record({"liabilities": 1.0, "assets": 1.0, fact: "many"})


def test_facts_of_different_lengths_are_refused() -> None:
    with pytest.raises(FactsError, match=r"different lengths: \[1, 2\]"):
        small_scorecard().score(facts_of(liabilities=[1.0], assets=[1.0, 2.0], grade=["A"]))


@pytest.fixture(scope="module")
def demo() -> Scorecard:
    return scoring.load(scoring.DEMO_ARTEFACT)


def test_the_demo_scores_the_same_alone_shuffled_split_and_joined(demo: Scorecard) -> None:
    facts = generate(20_000, seed=11).facts
    whole = demo.score(facts)
    order = np.random.default_rng(0).permutation(20_000)

    shuffled = demo.score({name: column[order] for name, column in facts.items()})
    parts = [
        demo.score({name: column[start:stop] for name, column in facts.items()})
        for start, stop in ((0, 1), (1, 5), (5, 16_500), (16_500, 20_000))
    ]

    np.testing.assert_array_equal(shuffled.points, whole.points[order])
    np.testing.assert_array_equal(shuffled.default_probability_ppm, whole.default_probability_ppm[order])
    np.testing.assert_array_equal(np.concatenate([part.points for part in parts]), whole.points)
    np.testing.assert_array_equal(np.concatenate([part.band for part in parts]), whole.band)


def test_reasons_of_the_demo_add_up_to_the_points(demo: Scorecard) -> None:
    scores = demo.score(generate(300, seed=12).facts)

    for row in range(300):
        assert demo.base + sum(reason.contribution for reason in demo.reasons(scores, row)) == scores.points[row]


def test_the_demo_says_it_is_synthetic_and_names_its_bands(demo: Scorecard) -> None:
    assert demo.synthetic
    assert "synthetic" in demo.manifest.title_en
    assert "合成" in demo.manifest.title_zh
    assert [band.name for band in demo.bands] == ["A", "B", "C", "D", "E"]


def test_the_demo_probability_recovers_the_true_one_on_fresh_firms(demo: Scorecard) -> None:
    population = generate(60_000, seed=13)

    probability = demo.score(population.facts).default_probability_ppm / 1e6

    assert probability.mean() == pytest.approx(population.default_probability.mean(), abs=0.003)
    tenths = np.array_split(np.argsort(probability), 10)
    for rows in tenths:
        truth = population.default_probability[rows].mean()
        assert probability[rows].mean() == pytest.approx(truth, rel=0.25, abs=0.003)


@pytest.fixture(scope="module")
def paired() -> Scorecard:
    """A scorecard of four signed features with all six pairs, learned on interacting data."""
    random = np.random.default_rng(4)
    facts = {name: random.normal(size=2_500).round(3) for name in "abcd"}
    margin = -1.0 - facts["a"] + facts["b"] + np.where(facts["a"] > 0, 1.0, 0.0) * np.where(facts["b"] > 0, 1.2, 0.1)
    target = (random.random(2_500) < 1 / (1 + np.exp(-margin))).astype(np.float64)
    signs = {"a": 1, "b": -1, "c": 1, "d": 0}
    features = [
        Feature(name, name, name, "1", FeatureGroup.OTHER, sign, ((name, 1.0),)) for name, sign in signs.items()
    ]
    return learn(
        features, facts, target, weight=None, times=None, titles=Titles("p", "p", "p", synthetic=True),
        bands=read_bands(), calibration_label="p", data_sha256="0", seed=2,
        estimator=InnovationScorecard(bags=3, most_rounds=80, pairs=6, random_state=2),
    ).scorecard  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    row=st.lists(st.floats(-4, 4) | st.just(float("nan")), min_size=4, max_size=4),
    place=st.sampled_from([0, 1, 2]),
    ends=st.tuples(st.floats(-1e6, 1e6) | st.floats(-3, 3), st.floats(-3, 3)),
)
def test_more_of_what_policy_calls_good_never_costs_points_also_through_pairs(
    paired: Scorecard, row: list[float], place: int, ends: tuple[float, float]
) -> None:
    facts = {name: np.array([value, value]) for name, value in zip("abcd", row, strict=True)}
    facts["abcd"[place]] = np.array(sorted(ends, reverse=paired.features[place].sign < 0))

    worse, better = paired.score(facts).points

    assert len(paired.pairs) == 6
    assert worse <= better


def test_no_step_of_a_learned_feature_costs_a_hundredth_whatever_its_partners_are(paired: Scorecard) -> None:
    for place in range(3):
        assert (least_steps(paired, place) >= 0).all()


SERVING = """
import sys, sysconfig
from pathlib import Path
before = set(sys.modules)
import scoring, scoring.changes
card = scoring.load(scoring.DEMO_ARTEFACT)
import numpy
facts = {name: numpy.full(2, 1.0) for name in card.facts}
card.reasons(card.score(facts), 0), card.score_record(card.record(facts, 0)), scoring.changes.prospects(card, facts, 0)
installed = Path(sysconfig.get_paths()["purelib"])
files = [getattr(sys.modules[name], "__file__", None) for name in set(sys.modules) - before]
inside = [Path(file) for file in files if file and installed in Path(file).parents]
print(sorted({file.relative_to(installed).parts[0] for file in inside}))
"""


def test_serving_with_reasons_and_ways_upwards_loads_numpy_and_no_other_package() -> None:
    answer = subprocess.run([sys.executable, "-c", SERVING], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "['numpy']"
