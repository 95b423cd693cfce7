"""Calibration: bends where the truth bends, straight where little is known, and a rehearsal of the future."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from scoring.curve import Curve, fit_curve
from scoring.estimator import InnovationScorecard
from scoring.measures import calibration_error
from scoring.platt import platt, sigmoid
from scoring.polyline import polyline
from scoring.rehearsal import latest

Floats = npt.NDArray[np.float64]


def bent(rows: int, *, seed: int) -> tuple[Floats, Floats, Floats]:
    """Log-odds of a model, the true ones (steep below -1, flat above), and outcomes."""
    random = np.random.default_rng(seed)
    margin = random.normal(-1.0, 1.5, rows)
    truth = np.where(margin < -1.0, -1.0 + 1.5 * (margin + 1.0), -1.0 + 0.5 * (margin + 1.0))
    return margin, truth, (random.random(rows) < sigmoid(truth)).astype(np.float64)


def test_a_polyline_goes_on_straight_beyond_its_ends() -> None:
    # Through (0, 1), (2, 5), (3, 5): slope 2 before, 0 after.
    values = polyline(np.array([-1.0, 0.0, 1.0, 2.5, 9.0]), (0.0, 2.0, 3.0), (1.0, 5.0, 5.0))

    np.testing.assert_allclose(values, [-1.0, 1.0, 3.0, 5.0, 5.0])


def test_a_bend_in_the_truth_is_found_where_a_line_errs() -> None:
    margin, truth, target = bent(20_000, seed=1)

    curve, line = fit_curve(margin, target, np.ones(20_000)), platt(margin, target, np.ones(20_000))

    off = np.abs(sigmoid(curve.at(margin)) - sigmoid(truth)).mean()
    off_by_line = np.abs(sigmoid(line.intercept + line.slope * margin) - sigmoid(truth)).mean()
    assert off < 0.007
    assert off < off_by_line / 3


def test_a_straight_truth_stays_straight() -> None:
    random = np.random.default_rng(2)
    margin = random.normal(-1.0, 1.5, 20_000)
    target = (random.random(20_000) < sigmoid(0.3 + 0.8 * margin)).astype(np.float64)

    curve = fit_curve(margin, target, np.ones(20_000))

    assert np.abs(sigmoid(curve.at(margin)) - sigmoid(0.3 + 0.8 * margin)).mean() < 0.005


@pytest.mark.parametrize("seed", range(6))
def test_the_curve_rises_everywhere_also_where_outcomes_are_few_or_turned_around(seed: int) -> None:
    random = np.random.default_rng(seed)
    margin = random.normal(0.0, 1.0, 120)
    # Below the middle the outcomes fall with the margin.
    target = (random.random(120) < np.where(margin < 0, sigmoid(-2.0 * margin), 0.9)).astype(np.float64)

    curve = fit_curve(margin, target, np.ones(120))

    assert (np.diff(curve.at(np.linspace(-9, 9, 400))) > 0).all()


def test_one_margin_for_all_gives_the_default_rate() -> None:
    target = np.repeat([1.0, 0.0], [30, 70])

    curve = fit_curve(np.full(100, -2.0), target, np.ones(100))

    assert sigmoid(curve.at(np.array([-2.0])))[0] == pytest.approx(0.3, abs=0.01)


def test_a_weight_of_two_counts_like_two_rows() -> None:
    margin, _, target = bent(400, seed=3)

    weighed = fit_curve(margin, target, np.full(400, 2.0))
    doubled = fit_curve(np.tile(margin, 2), np.tile(target, 2), np.ones(800))

    np.testing.assert_allclose(weighed.at(margin), doubled.at(margin), atol=1e-6)


def test_a_line_laid_over_a_curve_moves_each_value() -> None:
    curve = Curve((0.0, 1.0), (-1.0, 2.0))

    moved = curve.moved(platt(np.array([0.0]), np.array([1.0]), np.array([0.0])))

    assert curve.at(np.array([0.5]))[0] == 0.5
    assert moved.knots == curve.knots


def test_the_latest_rows_are_whole_days() -> None:
    days = np.array(["2024-01-01"] * 6 + ["2024-02-01"] * 1 + ["2024-03-01"] * 3, dtype="datetime64[D]")

    # The last eighth of ten rows begins within March, so all of March is in.
    assert latest(days).sum() == 3


def drifting(rows: int, *, rise: float, seed: int) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
    """One feature of worth; the log-odds of default rise by `rise` from the first time to the last."""
    random = np.random.default_rng(seed)
    times = np.sort(random.random(rows))
    X = random.normal(size=(rows, 3))  # noqa: N806
    margin = -2.0 + X[:, 0] + rise * times**2
    return X, (random.random(rows) < sigmoid(margin)).astype(np.int64), times


def test_where_the_default_rate_rises_the_probability_follows_the_latest_rows() -> None:
    X, y, times = drifting(6_000, rise=2.0, seed=1)  # noqa: N806
    past = times < 0.8

    with_times = InnovationScorecard(bags=4, most_rounds=80).fit(X[past], y[past], times=times[past])
    without = InnovationScorecard(bags=4, most_rounds=80).fit(X[past], y[past])

    errors = [
        calibration_error(y[~past].astype(float), model.predict_proba(X[~past])[:, 1])
        for model in (with_times, without)
    ]
    assert with_times.rehearsal_ is not None
    assert with_times.rehearsal_.moved
    assert with_times.rehearsal_.line.intercept > 0.3
    assert errors[0] < 0.6 * errors[1]


def test_where_nothing_drifts_the_calibration_stays() -> None:
    X, y, times = drifting(6_000, rise=0.0, seed=2)  # noqa: N806

    with_times = InnovationScorecard(bags=4, most_rounds=80, pairs=0).fit(X, y, times=times)
    without = InnovationScorecard(bags=4, most_rounds=80, pairs=0).fit(X, y)

    assert with_times.rehearsal_ is not None
    assert not with_times.rehearsal_.moved
    assert with_times.curve_ == without.curve_


def test_a_register_that_only_the_latest_rows_know_does_not_stop_the_rehearsal() -> None:
    X, y, times = drifting(6_000, rise=0.0, seed=4)  # noqa: N806
    register = np.where(times > 0.9, "listed", None)
    rows = np.column_stack([X.astype(object), register])

    model = InnovationScorecard(categorical=[3], bags=3, most_rounds=20, pairs=0).fit(rows, y, times=times)

    assert model.rehearsal_ is not None


def test_too_few_outcomes_are_no_rehearsal() -> None:
    X, y, times = drifting(700, rise=0.0, seed=3)  # noqa: N806

    model = InnovationScorecard(bags=3, most_rounds=20, pairs=0).fit(X, y, times=times)

    # An eighth of 700 rows holds fewer than 100 of either kind.
    assert model.rehearsal_ is None
