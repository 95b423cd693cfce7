"""What is done with a scorecard in use: one record, recalibration, evaluation, comparison, monitoring, prospects."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring
from scoring.artefact import dump, load
from scoring.artefact_fields import ArtefactError
from scoring.changes import prospects
from scoring.evaluation import EvaluationError, compare, evaluate
from scoring.features import Change, Feature, FeatureGroup
from scoring.learning import Titles, data_digest, learn
from scoring.monitoring import MonitoringError, Status, monitor
from scoring.parts import Band, Calibration, FeatureTable
from scoring.population import Population, generate
from scoring.recalibration import RecalibrationError, dump_recalibration, load_recalibration, recalibrate
from scoring.scales import read_bands, read_master_scale, read_monitoring_limits
from scoring.scorecard import Scorecard
from tests.scoring.test_scorecard import BANDS, MANIFEST, small_scorecard

LIMITS = read_monitoring_limits()


@pytest.fixture(scope="module")
def demo() -> Scorecard:
    return scoring.load(scoring.DEMO_ARTEFACT)


@pytest.fixture(scope="module")
def firms() -> Population:
    return generate(20_000, seed=99)


def outcomes(firms: Population) -> npt.NDArray[np.float64]:
    return firms.default.astype(np.float64)


def taken(firms: Population, rows: npt.NDArray[Any]) -> dict[str, npt.NDArray[np.float64]]:
    return {name: column[rows] for name, column in firms.facts.items()}


@settings(max_examples=80, deadline=None)
@given(row=st.integers(0, 19_999))
def test_a_record_gets_the_points_and_worst_reasons_of_its_row(demo: Scorecard, firms: Population, row: int) -> None:
    scores = demo.score(taken(firms, np.array([row])))
    record: dict[str, float | str | None] = {name: column.item(row) for name, column in firms.facts.items()}

    one = demo.score_record(record)

    assert (one.points, one.band, one.default_probability_ppm) == (
        scores.points[0],
        scores.band[0],
        scores.default_probability_ppm[0],
    )
    features = [reason for reason in demo.reasons(scores, 0) if reason.name != "scale_end"]
    assert [reason.contribution for reason in one.reasons] == [reason.contribution for reason in features[:4]]


def test_an_absent_fact_none_and_nan_are_the_same_unknown() -> None:
    card = small_scorecard()

    points = {
        card.score_record(record).points
        for record in (
            {"grade": "A"},
            {"liabilities": None, "assets": 1.0, "grade": "A"},
            {"liabilities": float("nan"), "assets": 1.0, "grade": "A"},
            {"liabilities": 1.0, "assets": None, "grade": "A"},
        )
    }

    # 5000 - 50 + 500
    assert points == {5_450}


def test_recalibration_finds_the_shift_and_leaves_score_ranks_and_reasons_alone(
    demo: Scorecard, firms: Population
) -> None:
    # Given a portfolio whose odds of default are e times those of the population.
    random = np.random.default_rng(0)
    margin = np.log(firms.default_probability / (1 - firms.default_probability)) + 1.0
    target = (random.random(20_000) < 1 / (1 + np.exp(-margin))).astype(np.float64)

    found = recalibrate(demo, firms.facts, target, as_of=date(2026, 6, 30), label="second quarter")
    card = load_recalibration(dump_recalibration(found), demo)

    before, after = demo.score(firms.facts), card.score(firms.facts)
    # The model spreads risks a little less than the truth, so the shift comes out within a tenth of 1.
    assert found.intercept == pytest.approx(1.0, abs=0.1)
    assert (found.slope, found.slope_error) == (1.0, 0.0)
    assert after.default_probability_ppm.mean() == pytest.approx(1e6 * target.mean(), rel=0.01)
    np.testing.assert_array_equal(after.points, before.points)
    np.testing.assert_array_equal(after.band, before.band)
    assert card.reasons(after, 5) == demo.reasons(before, 5)
    assert card.calibration.label == "2026-06-30, second quarter"
    assert (found.rows, found.defaults) == (20_000, int(target.sum()))


def test_recalibration_with_a_slope_finds_it(demo: Scorecard, firms: Population) -> None:
    random = np.random.default_rng(1)
    margin = 0.3 + 0.6 * demo.calibration.at(demo.totals(firms.facts))
    target = (random.random(20_000) < 1 / (1 + np.exp(-margin))).astype(np.float64)

    found = recalibrate(demo, firms.facts, target, as_of=date(2026, 6, 30), label="x", fit_slope=True)

    assert abs(found.intercept - 0.3) < 3 * found.intercept_error
    assert abs(found.slope - 0.6) < 3 * found.slope_error


def test_a_portfolio_with_too_few_defaults_is_refused(demo: Scorecard, firms: Population) -> None:
    target = np.zeros(20_000)
    target[:19] = 1.0
    with pytest.raises(RecalibrationError, match="has 19 rows of its rarer outcome; an intercept needs at least 20"):
        recalibrate(demo, firms.facts, target, as_of=date(2026, 1, 1), label="x")
    target[:99] = 1.0
    with pytest.raises(RecalibrationError, match=r"a slope needs at least 100\. Widen the window or fit the intercept"):
        recalibrate(demo, firms.facts, target, as_of=date(2026, 1, 1), label="x", fit_slope=True)


def test_a_calibration_of_another_scorecard_or_a_changed_one_is_refused(demo: Scorecard, firms: Population) -> None:
    content = dump_recalibration(recalibrate(demo, firms.facts, outcomes(firms), as_of=date(2026, 1, 1), label="x"))
    document = json.loads(content)

    with pytest.raises(ArtefactError, match=r"belongs to the scorecard sha256:.*Calibrate this scorecard"):
        load_recalibration(content, load(dump(small_scorecard())))
    with pytest.raises(ArtefactError, match="digest does not fit its content"):
        load_recalibration(json.dumps(document | {"intercept": 0.0}).encode(), demo)


def test_the_demo_evaluates_near_the_truth(demo: Scorecard, firms: Population) -> None:
    result = evaluate(demo, firms.facts, outcomes(firms))

    # The true probabilities themselves reach 0.829 on a large draw; with 640 defaults the standard error is 0.009.
    assert 0.79 < result.auc < 0.84
    assert result.calibration_error < 0.005
    assert result.calibration_slope == pytest.approx(1.0, abs=0.12)
    assert result.curve[0][0] < 0.05
    assert result.curve[-1] == (1.0, 1.0)
    assert sum(one.rows for one in result.classes) == 20_000


def test_evaluation_needs_outcomes_of_both_kinds(demo: Scorecard, firms: Population) -> None:
    with pytest.raises(EvaluationError, match="There are 0 defaulted and 20000 paid rows; at least 10 of each"):
        evaluate(demo, firms.facts, np.zeros(20_000))


def test_a_challenger_without_the_credit_record_loses(demo: Scorecard, firms: Population) -> None:
    training = generate(4_000, seed=5)
    target = training.default.astype(np.float64)
    features = [feature for feature in demo.features if feature.group is not FeatureGroup.CREDIT][:8]
    challenger = learn(
        features, training.facts, target, weight=None, times=None, titles=Titles("c", "c", "c", synthetic=True),
        bands=read_bands(), calibration_label="c", data_sha256=data_digest(training.facts, target), seed=1,
    ).scorecard  # fmt: skip
    steps: list[float] = []

    result = compare(
        demo,
        challenger,
        firms.facts,
        outcomes(firms),
        seed=3,
        resamples=60,
        progress=lambda _, share: steps.append(share),
    )

    assert result.auc.value == pytest.approx(result.challenger.auc - result.champion.auc)
    assert result.auc.high < 0
    assert result.auc.low <= result.auc.value <= result.auc.high
    assert result.auc_test.difference == pytest.approx(result.auc.value)
    assert result.auc_test.p_value < 0.001
    assert 0 < result.changed_band < 1
    assert steps[-1] == 1.0


def test_a_scorecard_against_itself_is_no_better(demo: Scorecard, firms: Population) -> None:
    result = compare(demo, demo, firms.facts, outcomes(firms), seed=3, resamples=10)

    assert (result.auc.low, result.auc.value, result.auc.high, result.changed_band) == (0.0, 0.0, 0.0, 0.0)
    assert result.auc_test.p_value == 1.0


def test_monitoring_is_steady_on_the_same_population(demo: Scorecard, firms: Population) -> None:
    report = monitor(demo, firms.facts, limits=LIMITS, target=outcomes(firms))

    assert report.status is Status.STEADY
    assert report.exit_code == 0
    assert report.score.stability_index < 0.02
    assert report.calibration is not None
    assert report.calibration.status is Status.STEADY


def test_monitoring_raises_alarm_for_shifted_unknown_and_miscalibrated(demo: Scorecard, firms: Population) -> None:
    drifted = dict(firms.facts)
    drifted["innovation_points_share"] = np.full(20_000, np.nan)
    drifted["total_liabilities"] = drifted["total_liabilities"] * 1.6
    target = (np.random.default_rng(0).random(20_000) < 0.2).astype(np.float64)

    report = monitor(demo, drifted, limits=LIMITS, target=target)

    found = {drift.name: drift for drift in report.features}
    assert found["innovation_points_share"].unknown_now == 1.0
    assert found["innovation_points_share"].unknown_before == pytest.approx(0.25, abs=0.01)
    assert found["innovation_points_share"].status is Status.ALERT
    assert found["debt_ratio"].status is Status.ALERT
    assert found["rd_intensity"].status is Status.STEADY
    assert report.calibration is not None
    assert report.calibration.status is Status.ALERT
    assert report.exit_code == 1


def test_monitoring_needs_rows_and_a_known_training_distribution(demo: Scorecard, firms: Population) -> None:
    with pytest.raises(MonitoringError, match="There are 99 rows; monitoring needs at least 100"):
        monitor(demo, taken(firms, np.arange(99)), limits=LIMITS)
    facts = {"liabilities": np.ones(100), "assets": np.ones(100), "grade": np.full(100, "A")}
    with pytest.raises(MonitoringError, match="Score small-1 does not hold its training distribution"):
        monitor(small_scorecard(), facts, limits=LIMITS)


def changeable() -> Scorecard:
    """Debt may fall by 0.02 up to 0.10, patents may rise by 1 up to 3, age cannot change; base 40.00 points."""
    debt = Feature(
        "debt", "负债率", "Debt", "1", FeatureGroup.FINANCIAL, -1, (("debt", 1.0),), change=Change(0.02, 0.1, 0.0, 1.0)
    )
    patents = Feature(
        "patents",
        "专利",
        "Patents",
        "count",
        FeatureGroup.INNOVATION,
        1,
        (("patents", 1.0),),
        change=Change(1, 3, 0, 99),
    )
    age = Feature("age", "年限", "Age", "years", FeatureGroup.OTHER, 1, (("age", 1.0),))
    return Scorecard(
        manifest=MANIFEST, digest="", base=4_000, pairs=(), bands=BANDS, bands_label="test",
        calibration=Calibration.straight(0.0, -1.0, "test"),
        tables=[
            FeatureTable(debt, (0.5, 0.6), {}, (1_200, 500, -500, 0)),
            FeatureTable(patents, (0.0, 2.0), {}, (-800, 300, 900, 0)),
            FeatureTable(age, (5.0,), {}, (-100, 5_000, 0)),
        ],
    )  # fmt: skip


def facts_of(**values: float) -> dict[str, npt.NDArray[np.float64]]:
    return {name: np.array([value]) for name, value in values.items()}


def test_the_nearest_single_change_that_reaches_the_next_band() -> None:
    # 4000 - 500 + 300 - 100 = 3700, 300 short of band B. Debt 0.65 -> 0.59 (three steps of five) brings 1000;
    # patents 1 -> 3 (two of three) bring 600; a share of 3/5 of the reach is nearer than 2/3.
    result = prospects(changeable(), facts_of(debt=0.65, patents=1.0, age=3.0), 0)

    assert result.missing == 300
    assert [[(move.name, move.needed, move.steps, move.gain) for move in path.moves] for path in result.paths] == [
        [("debt", 0.59, 3, 1_000)],
        [("patents", 3.0, 2, 600)],
    ]
    assert [path.points for path in result.paths] == [4_700, 4_300]
    assert result.paths[0].band.name == "B"


def test_changes_are_joined_where_one_is_not_enough() -> None:
    # 4000 + 500 + 300 - 100 = 4700, band B, 1300 short of A: debt to 0.49 brings 700, patents to 3 bring 600.
    result = prospects(changeable(), facts_of(debt=0.59, patents=1.0, age=3.0), 0)

    assert result.missing == 1_300
    assert [{move.name for move in path.moves} for path in result.paths] == [{"debt", "patents"}]
    assert result.paths[0].points == 6_000


def test_nothing_is_proposed_beyond_reach_for_the_best_band_or_of_the_unknown() -> None:
    card = changeable()

    # 4000 - 500 - 800 - 100 = 2600; at best debt 0.80 -> 0.70 stays in its bin and patents 0 -> 3 bring 1700.
    far = prospects(card, facts_of(debt=0.80, patents=0.0, age=3.0), 0)
    unknown = prospects(card, facts_of(debt=np.nan, patents=np.nan, age=3.0), 0)
    best = prospects(card, facts_of(debt=0.1, patents=9.0, age=9.0), 0)

    assert [[move.name for move in path.moves] for path in far.paths] == [["patents"]]
    assert prospects(card, facts_of(debt=0.80, patents=np.nan, age=3.0), 0).paths == ()
    assert unknown.paths == ()
    assert (best.missing, best.paths) == (0, ())


@settings(max_examples=40, deadline=None)
@given(row=st.integers(0, 19_999))
def test_a_proposed_change_really_reaches_the_band_and_keeps_to_its_reach(
    demo: Scorecard, firms: Population, row: int
) -> None:
    record = demo.record(firms.facts, row)
    positions = {feature.name: place for place, feature in enumerate(demo.features)}

    for path in prospects(demo, firms.facts, row).paths:
        moved = {positions[move.name]: move.needed for move in path.moves}
        assert demo.points_with(record, moved) == path.points >= path.band.at_least
        for move in path.moves:
            feature = demo.features[positions[move.name]]
            assert feature.change is not None
            assert 0 < (move.needed - move.value) * feature.sign <= feature.change.reach + 1e-6


def test_the_master_scale_grades_up_to_and_with_its_limits() -> None:
    scale = read_master_scale()

    grades = scale.grade(np.array([0, 2_500, 2_501, 160_000, 160_001, 1_000_000]))

    assert [scale.names[grade] for grade in grades] == ["1", "1", "2", "7", "8", "8"]
    assert "not verified" in scale.label


def test_bands_have_both_sides_of_each_limit() -> None:
    bands = read_bands().bands
    card = changeable()
    edge = Scorecard(
        manifest=MANIFEST, digest="", base=7_500, tables=card.tables, pairs=(), bands=bands, bands_label="x",
        calibration=card.calibration,
    )  # fmt: skip
    nothing = facts_of(debt=np.nan, patents=np.nan, age=np.nan)

    below = Scorecard(
        manifest=MANIFEST, digest="", base=7_499, tables=card.tables, pairs=(), bands=bands, bands_label="x",
        calibration=card.calibration,
    )  # fmt: skip

    assert bands[edge.score(nothing).band[0]].name == "A"
    assert bands[below.score(nothing).band[0]].name == "B"
    assert isinstance(bands[0], Band)
