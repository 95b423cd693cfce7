"""The estimator: scikit-learn's conventions, policy signs, the same bytes again, exact tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from scoring.bagging import Boosting, Sample, grow, splits
from scoring.bins import bins_of, cut
from scoring.estimator import InnovationScorecard, capacity
from scoring.platt import sigmoid
from scoring.tables import compile_trees, purify

EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": "folds are drawn by row: a repeated row is no doubled weight",
}


@parametrize_with_checks(
    [InnovationScorecard(bags=3, most_rounds=20)], expected_failed_checks=lambda _: EXPECTED_FAILURES
)
def test_it_obeys_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


def drawn(rows: int, *, seed: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Two useful features, one pair that acts only together, one of noise; a tenth of the first is unknown."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(rows, 4))  # noqa: N806
    margin = -1.0 - 1.2 * X[:, 0] + 0.8 * X[:, 1] + 1.5 * np.sign(X[:, 1]) * np.sign(X[:, 2])
    y = (random.random(rows) < 1 / (1 + np.exp(-margin))).astype(np.int64)
    X[random.random(rows) < 0.1, 0] = np.nan
    return X, y


def test_the_interacting_pair_is_found_and_its_worth_shown() -> None:
    X, y = drawn(3_000, seed=1)  # noqa: N806

    model = InnovationScorecard(bags=4, most_rounds=150).fit(X, y)

    assert (1, 2) in model.pairs_
    assert model.trials_[1].count == 15
    assert model.trials_[1].gain > 5 * model.trials_[1].standard_error


def test_with_times_pairs_are_judged_on_blocks_of_time() -> None:
    X, y = drawn(2_000, seed=1)  # noqa: N806
    times = np.datetime64("2024-01-01") + np.arange(2_000)[::-1]

    model = InnovationScorecard(bags=4, most_rounds=80).fit(X, y, times=times)

    assert (1, 2) in model.pairs_
    assert model.trials_[1].gain > 5 * model.trials_[1].standard_error
    assert model.left_out_rows_.size == 2_000


def test_without_interaction_no_pair_is_taken() -> None:
    random = np.random.default_rng(3)
    X = random.normal(size=(3_000, 4))  # noqa: N806
    y = (random.random(3_000) < 1 / (1 + np.exp(1.0 + X[:, 0] - X[:, 1]))).astype(np.int64)

    assert InnovationScorecard().fit(X, y).pairs_ == ()


@pytest.fixture(scope="module")
def signed() -> InnovationScorecard:
    X, y = drawn(2_500, seed=2)  # noqa: N806
    return InnovationScorecard(signs=(-1, 1, 0, 0), bags=4, most_rounds=120, pairs=3).fit(X, y)


@settings(max_examples=60, deadline=None)
@given(
    row=st.lists(st.floats(-4, 4) | st.just(float("nan")), min_size=4, max_size=4),
    ends=st.tuples(st.floats(-50, 50), st.floats(-50, 50)),
    feature=st.sampled_from([0, 1]),
)
def test_policy_signs_hold_over_the_whole_range_also_through_pairs(
    signed: InnovationScorecard, row: list[float], ends: tuple[float, float], feature: int
) -> None:
    low, high = np.array(row), np.array(row)
    low[feature], high[feature] = sorted(ends)

    margins = signed.decision_function(np.array([low, high]))

    assert {0: margins[1] <= margins[0] + 1e-9, 1: margins[0] <= margins[1] + 1e-9}[feature]


def test_signs_against_the_data_flatten_the_feature() -> None:
    X, y = drawn(2_500, seed=2)  # noqa: N806

    model = InnovationScorecard(signs=(1, 0, 0, 0), bags=4, most_rounds=60, pairs=0).fit(X, y)

    assert np.ptp(model.tables_.mains[0][:-1]) < 0.25 * np.ptp(signedless(X, y).tables_.mains[0][:-1])


def signedless(X: npt.NDArray[np.float64], y: npt.NDArray[np.int64]) -> InnovationScorecard:  # noqa: N803
    return InnovationScorecard(bags=4, most_rounds=60, pairs=0).fit(X, y)


def test_the_same_seed_gives_the_same_tables_on_one_and_two_threads() -> None:
    X, y = drawn(1_500, seed=4)  # noqa: N806
    one, two = (InnovationScorecard(bags=4, most_rounds=60, threads=threads).fit(X, y) for threads in (1, 2))

    for left, right in zip(one.tables_.mains, two.tables_.mains, strict=True):
        assert left.tobytes() == right.tobytes()
    assert one.curve_ == two.curve_
    assert [pair.values.tobytes() for pair in one.tables_.pairs] == [
        pair.values.tobytes() for pair in two.tables_.pairs
    ]


def test_tables_say_what_the_trees_say() -> None:
    X, y = drawn(1_200, seed=5)  # noqa: N806
    folds = [np.arange(0, 600), np.arange(600, 1_200)]
    weight = np.ones(1_200)
    cut_columns = [cut(column, y.astype(float), weight, folds, 32) for column in X.T]
    codes = np.array([codes for _, codes in cut_columns])
    bins = np.array([bins_of(codes, cuts) for cuts, codes in cut_columns])
    counts = tuple(cuts.count for cuts, _ in cut_columns)
    sample = Sample(codes, bins, y.astype(float), weight, counts, (0, 0, 0, 0))
    boosting = Boosting(0.1, 50, 5, 10, 1.0, 0.5, 0)

    among = splits(sample, folds, threads=1)
    bag = grow(sample, among, [((0, 1), (1, 2))] * 2, boosting, threads=1, rounds=50)[0]
    tables = bag.tables(50, counts)
    shares = [np.bincount(row, minlength=count) / 1_200 for row, count in zip(bins, counts, strict=True)]

    np.testing.assert_allclose(tables.margin(bins), bag.model.decision_function(codes.T), atol=1e-12)
    np.testing.assert_allclose(purify(tables, shares).margin(bins), tables.margin(bins), atol=1e-12)
    for pair in purify(tables, shares).pairs:
        np.testing.assert_allclose(pair.values @ shares[pair.second], 0.0, atol=1e-12)
        np.testing.assert_allclose(shares[pair.first] @ pair.values, 0.0, atol=1e-12)


def test_a_tree_over_three_features_is_no_table() -> None:
    X, y = drawn(600, seed=1)  # noqa: N806
    codes = np.floor(np.nan_to_num(X) * 3 + 20)
    trees = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=8).fit(codes, y)

    with pytest.raises(ValueError, match="uses more than two features; at most two can be compiled"):
        compile_trees([tree for (tree,) in trees._predictors], 0.0, [64] * 4)


def test_no_trees_are_the_baseline_alone() -> None:
    tables = compile_trees([], -1.5, [3, 4])

    assert (tables.intercept, tables.pairs) == (-1.5, ())
    assert [main.tolist() for main in tables.mains] == [[0.0] * 3, [0.0] * 4]


def test_unseen_levels_and_unknown_values_get_a_probability() -> None:
    random = np.random.default_rng(6)
    levels = np.array([f"bank {number}" for number in range(60)], dtype=object)
    city = levels[random.integers(0, 60, 1_500)]
    X = np.column_stack([city, random.normal(size=1_500).astype(object)])  # noqa: N806
    rate = np.where(np.isin(city, levels[:20]), 0.5, 0.1)
    y = (random.random(1_500) < rate).astype(np.int64)

    model = InnovationScorecard(categorical=[0], bags=4, most_rounds=60).fit(X, y)
    ask = np.array([["bank 3", 0.0], ["bank 50", 0.0], ["bank new", 0.0], [None, np.nan]], dtype=object)
    probability = model.predict_proba(ask)[:, 1]

    assert probability[0] > 0.35
    assert probability[1] < 0.2
    assert probability[1] < probability[2] < probability[0]
    assert 0.05 < probability[3] < 0.5


def test_a_text_that_was_unknown_throughout_training_counts_as_unseen_later() -> None:
    random = np.random.default_rng(8)
    X = np.column_stack([np.full(400, None), random.normal(size=400).astype(object)])  # noqa: N806
    y = (random.random(400) < sigmoid(X[:, 1].astype(float) - 1.0)).astype(np.int64)

    model = InnovationScorecard(categorical=[0], bags=3, most_rounds=20).fit(X, y)
    seen, unseen = model.predict_proba(np.array([[None, 0.0], ["new register", 0.0]], dtype=object))[:, 1]

    assert seen == pytest.approx(unseen, abs=0.02)


def test_a_level_that_stands_for_nothing_is_not_believed() -> None:
    random = np.random.default_rng(7)
    X = np.array([[f"firm {number}"] for number in range(800)], dtype=object)  # noqa: N806
    y = (random.random(800) < 0.3).astype(np.int64)

    margin = InnovationScorecard(categorical=[0], bags=4, most_rounds=60).fit(X, y).decision_function(X)

    assert abs(sigmoid(margin)[y == 1].mean() - sigmoid(margin)[y == 0].mean()) < 0.05


def test_few_defaults_mean_fewer_bins_and_no_pairs() -> None:
    assert (capacity(99).bins, capacity(99).pairs, capacity(99).ridge) == (16, False, 20.0)
    assert (capacity(100).bins, capacity(299).pairs) == (32, False)
    assert capacity(300).pairs


def test_three_classes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Only binary classification is supported\. The target has 3 class"):
        InnovationScorecard().fit([[0.0], [1.0], [2.0]], [0, 1, 2])


def test_signs_that_do_not_fit_are_refused() -> None:
    X, y = drawn(60, seed=1)  # noqa: N806
    with pytest.raises(ValueError, match="must hold -1, 0 or 1 for each of 4 features"):
        InnovationScorecard(signs=(1, 2, 0, 0)).fit(X, y)
