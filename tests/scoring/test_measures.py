"""Measures against figures worked out by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from scoring.measures import (
    auc,
    brier,
    calibration_classes,
    calibration_error,
    ks,
    midranks,
    paired_auc_test,
    stability_index,
    wilson,
)
from scoring.platt import logistic, platt

TARGET = np.array([0.0, 0.0, 1.0, 1.0])
PROBABILITY = np.array([0.1, 0.4, 0.35, 0.8])


def test_area_distance_and_error_of_four_rows() -> None:
    # Of four pairs of a defaulted and a paid row three stand right: 0.35 > 0.1, 0.8 > 0.1, 0.8 > 0.4.
    assert auc(TARGET, PROBABILITY) == 0.75
    # At 0.1: paid 1/2, defaulted 0.
    assert ks(TARGET, PROBABILITY) == 0.5
    assert brier(TARGET, PROBABILITY) == pytest.approx((0.01 + 0.16 + 0.4225 + 0.04) / 4)


def test_ties_count_half_and_weights_count_as_rows() -> None:
    assert auc(TARGET, np.full(4, 0.3)) == 0.5
    repeated = np.array([0, 1, 2, 2, 2, 3])
    weighted = auc(TARGET, PROBABILITY, np.array([1.0, 1.0, 3.0, 1.0]))
    assert weighted == pytest.approx(auc(TARGET[repeated], PROBABILITY[repeated]))


@given(seed=st.integers(0, 1_000), rows=st.integers(4, 200))
def test_the_area_is_scikit_learns(seed: int, rows: int) -> None:
    random = np.random.default_rng(seed)
    target = np.append([0.0, 1.0], random.integers(0, 2, rows)).astype(np.float64)
    probability = random.integers(0, 10, rows + 2) / 10

    assert auc(target, probability) == pytest.approx(roc_auc_score(target, probability))


def test_calibration_error_of_two_kinds_of_rows() -> None:
    # Fifty rows at 0.1 of which 10 default (0.2), fifty at 0.5 of which 20 default (0.4): 0.1 off each.
    target = np.concatenate([np.repeat([1.0, 0.0], [10, 40]), np.repeat([1.0, 0.0], [20, 30])])
    probability = np.repeat([0.1, 0.5], 50)

    classes = calibration_classes(target, probability, classes=2)

    assert [(one.rows, one.observed) for one in classes] == [(50, 0.2), (50, 0.4)]
    assert sum(abs(one.observed - one.probability) for one in classes) / 2 == pytest.approx(0.1)
    assert calibration_error(target, target) == 0.0


def test_a_calibration_class_weighs_its_rows_and_widens_its_interval() -> None:
    target, probability = np.tile([1.0, 0.0, 0.0, 0.0], 10), np.full(40, 0.5)
    weight = np.where(target > 0, 6.0, 2.0)

    (one,) = calibration_classes(target, probability, weight, classes=1)

    # Ten rows of weight 6 and thirty of weight 2: half, as of 120^2 / (10 x 36 + 30 x 4) = 30 rows.
    assert (one.observed, one.rows, one.weight) == (0.5, 40, 1.0)
    assert (one.low, one.high) == pytest.approx((0.3315, 0.6685), abs=5e-5)


def test_wilson_intervals_as_published() -> None:
    # Newcombe (1998), table I: 81/263 -> 0.2553 to 0.3662; 0/20 -> 0 to 0.1611; 15/148 -> 0.0624 to 0.1605.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)


def test_stability_index_of_two_classes() -> None:
    # (0.4 - 0.5) ln(0.4 / 0.5) + (0.6 - 0.5) ln(0.6 / 0.5)
    index = stability_index(np.array([50.0, 50.0]), np.array([4.0, 6.0]))

    assert index == pytest.approx(0.1 * np.log(0.5 / 0.4) + 0.1 * np.log(0.6 / 0.5))
    assert stability_index(np.array([5.0, 0.0]), np.array([5.0, 0.0])) == 0.0


def test_midranks_share_ties() -> None:
    assert midranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]


def test_the_paired_test_has_the_variance_of_the_bootstrap_and_the_right_level() -> None:
    random = np.random.default_rng(0)
    values = []
    for _ in range(300):
        target = np.repeat([0.0, 1.0], 60)
        signal = target + random.normal(0, 1.5, 120)
        values.append(paired_auc_test(target, signal + random.normal(0, 1, 120), signal + random.normal(0, 1, 120)))

    differences = np.array([value.difference for value in values])
    assert np.mean([value.standard_error for value in values]) == pytest.approx(differences.std(), rel=0.15)
    # Of tests at 5 % under no difference, 5 % reject: 300 runs, standard error 1.3 %.
    assert np.mean([value.p_value < 0.05 for value in values]) == pytest.approx(0.05, abs=0.04)


def test_a_score_against_itself_differs_by_nothing() -> None:
    test = paired_auc_test(TARGET, PROBABILITY, PROBABILITY)

    assert (test.difference, test.standard_error, test.p_value) == (0.0, 0.0, 1.0)


def test_newtons_logistic_regression_is_scikit_learns() -> None:
    random = np.random.default_rng(2)
    design = np.column_stack([np.ones(400), random.normal(size=(400, 3))])
    target = (random.random(400) < 0.3).astype(np.float64)
    weight = random.random(400) + 0.5

    ours, _ = logistic(design, target, weight, ridge=np.array([0.0, 1.0, 1.0, 1.0]))
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=1_000).fit(design[:, 1:], target, weight)

    np.testing.assert_allclose(ours, np.append(theirs.intercept_, theirs.coef_), atol=1e-5)


def test_platt_finds_the_line_that_was_drawn() -> None:
    random = np.random.default_rng(3)
    margin = random.normal(-1, 1.5, 40_000)
    target = (random.random(40_000) < 1 / (1 + np.exp(-(0.4 + 0.7 * margin)))).astype(np.float64)

    line = platt(margin, target, np.ones(40_000))

    assert abs(line.intercept - 0.4) < 3 * line.intercept_error
    assert abs(line.slope - 0.7) < 3 * line.slope_error
    assert line.slope_error < 0.02


def test_platt_never_turns_the_ranks_around() -> None:
    margin = np.linspace(-2, 2, 200)
    target = (margin < 0).astype(np.float64)

    assert platt(margin, target, np.ones(200)).slope == 1.0
