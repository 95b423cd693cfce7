"""Policy signs on the whole points of an artefact: main table and all pairs of a feature together, over every bin."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring
from scoring.bins import Cuts
from scoring.curve import Curve
from scoring.features import Feature, FeatureGroup
from scoring.parts import Band, Manifest
from scoring.points import Scale, scorecard_of
from scoring.population import generate
from scoring.scorecard import Scorecard
from scoring.tables import PairGrid, Tables, purify

Floats = npt.NDArray[np.float64]
MANIFEST = Manifest("signs-1", "符号", "signs", True, "00", 10, 2, 0, {}, {})


def least_steps(scorecard: Scorecard, place: int) -> npt.NDArray[np.int64]:
    """The least gain of points by the policy's word of each step between known bins, over all bins of all partners."""
    table = scorecard.tables[place]
    least = table.feature.sign * np.diff(np.array(table.points[:-1], dtype=np.int64))
    for pair in scorecard.pairs:
        if place in (pair.first, pair.second):
            grid = np.array(pair.points, dtype=np.int64)
            own = grid if place == pair.first else grid.T
            least = least + (table.feature.sign * np.diff(own[:-1], axis=0)).min(axis=1)
    return np.asarray(least, dtype=np.int64)


def _main(random: np.random.Generator, count: int, sign: int) -> Floats:
    """Log-odds (count,) that obey a sign, with many steps too small for a hundredth of a point."""
    if not sign:
        return random.normal(0, 0.3, count)
    return -sign * np.cumsum(random.exponential(0.004, count) * random.integers(0, 2, count))


def _grid(random: np.random.Generator, shape: tuple[int, int], signs: tuple[int, int]) -> Floats:
    """Log-odds that obey both signs by interaction alone: products of rising parts, steps of their own in each row."""
    if all(signs):
        down, across = (np.cumsum(random.exponential(0.05, count)) for count in shape)
        return -np.outer(down[:: signs[0]], across[:: signs[1]])
    if not any(signs):
        return random.normal(0, 0.3, shape)
    axis = 0 if signs[0] else 1
    steps = random.exponential(0.05, shape) * random.integers(0, 2, shape)
    return np.asarray(-signs[axis] * np.cumsum(steps, axis=axis), dtype=np.float64)


def _scorecard(seed: int, signs: Sequence[int], factor: float) -> Scorecard:
    random = np.random.default_rng(seed)
    counts = [int(count) for count in random.integers(3, 9, len(signs))]
    mains = tuple(_main(random, count, sign) for count, sign in zip(counts, signs, strict=True))
    pairs = tuple(
        PairGrid(a, b, _grid(random, (counts[a], counts[b]), (signs[a], signs[b])))
        for a, b in combinations(range(len(signs)), 2)
    )
    shares = [random.dirichlet(np.ones(count)) for count in counts]
    return scorecard_of(
        purify(Tables(-2.0, mains, pairs), shares),
        scale=Scale(5_000.0, factor),
        shares=shares,
        features=[
            Feature(f"f{place}", "特征", "feature", "1", FeatureGroup.OTHER, sign, ((f"f{place}", 1.0),))
            for place, sign in enumerate(signs)
        ],
        cuts=[Cuts(tuple(float(edge) for edge in range(count - 2)), {}, 0) for count in counts],
        bands=(Band("A", 0, "全部", "all"),),
        bands_label="test",
        curve=Curve((-3.0, 0.0), (-3.0, 0.0)),
        calibration_label="test",
        manifest=MANIFEST,
    )


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    signs=st.lists(st.sampled_from([-1, 0, 1]), min_size=3, max_size=6),
    factor=st.sampled_from([3.0, 40.0, 900.0]),
)
def test_no_step_of_a_signed_feature_costs_a_hundredth_whatever_its_partners_are(
    seed: int, signs: list[int], factor: float
) -> None:
    scorecard = _scorecard(seed, signs, factor)

    assert len(scorecard.pairs) == len(signs) * (len(signs) - 1) // 2
    for place, sign in enumerate(signs):
        if sign:
            assert (least_steps(scorecard, place) >= 0).all()


@pytest.fixture(scope="module")
def demo() -> Scorecard:
    return scoring.load(scoring.DEMO_ARTEFACT)


def test_no_step_of_a_signed_feature_of_the_demo_costs_a_hundredth_whatever_its_partners_are(demo: Scorecard) -> None:
    for place, feature in enumerate(demo.features):
        if feature.sign:
            assert (least_steps(demo, place) >= 0).all(), feature.name


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_moving_one_feature_through_all_its_bins_never_lowers_the_served_points(
    demo: Scorecard, seed: int, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from([p for p, table in enumerate(demo.tables) if table.feature.sign]))
    table, facts = demo.tables[place], generate(50, seed=seed).facts
    values = np.array([table.edges[0] - 1.0, *table.edges[1:], table.edges[-1] + 1.0])[:: table.feature.sign]
    for row in range(0, 50, 10):
        record = demo.record(facts, row)

        points = [demo.points_with(record, {place: float(value)}) for value in values]

        assert points == sorted(points), (table.feature.name, row)
