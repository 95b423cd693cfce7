"""Rows a scorecard was trained on are known again by the marks in its artefact."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from scoring.artefact import dump, load
from scoring.artefact_fields import ArtefactError
from scoring.levels import Levels
from scoring.parts import MOST_MARKS
from scoring.seen_rows import Seen, lowest_marks, row_marks, seen
from scoring.training import Training
from tests.scoring.conftest import loans
from tests.scoring.test_artefact import signed

NAMES = ("debt", "growth", "region")


def table(seed: int, rows: int = 1_200) -> tuple[dict[str, npt.NDArray[Any]], npt.NDArray[np.float64]]:
    dataset = loans(rows, seed=seed)
    return {name: dataset.columns[name] for name in NAMES}, dataset.target("default")


def test_the_file_it_was_trained_on_is_known_by_three_quarters(trained: Training) -> None:
    facts, target = table(seed=1)

    found = seen(trained.scorecard, facts, target)

    # The last quarter by date was the test.
    assert found.compared > MOST_MARKS
    assert found.share == pytest.approx(trained.flow.training_rows / trained.flow.rows, abs=0.05)
    assert found.worth_saying


def test_rows_it_has_not_seen_are_not_known(trained: Training) -> None:
    found = seen(trained.scorecard, *table(seed=2))

    # Rows of three facts written short, one of them often unknown, now and then are equal by chance.
    assert found.compared > 300
    assert found.training < 5
    assert not found.worth_saying


def test_the_same_facts_with_another_outcome_are_another_row(trained: Training) -> None:
    facts, target = table(seed=1)

    assert seen(trained.scorecard, facts, 1.0 - target).training == 0


def test_marks_stand_for_the_row_however_it_is_written() -> None:
    facts, target = table(seed=1, rows=200)
    order = np.random.default_rng(0).permutation(200)
    names = sorted(set(facts["region"].tolist()))
    coded = Levels(np.array([names.index(level) for level in facts["region"].tolist()]), names)

    marks = row_marks(facts, NAMES, target)

    np.testing.assert_array_equal(
        marks[order], row_marks({n: c[order] for n, c in facts.items()}, NAMES, target[order])
    )
    np.testing.assert_array_equal(marks, row_marks({**facts, "region": coded}, reversed(NAMES), target))
    assert np.unique(marks).size == 200
    assert int(marks.max()) < 2**52


def test_unknown_zero_and_minus_zero_have_one_mark_each() -> None:
    facts = {"x": np.array([0.0, -0.0, np.nan, -np.nan])}

    first, second, third, fourth = row_marks(facts, ("x",), np.zeros(4)).tolist()

    assert first == second != third == fourth


def test_a_small_training_is_kept_whole_and_a_large_one_by_its_lowest_marks() -> None:
    assert lowest_marks(np.array([9, 3, 3, 5], dtype=np.uint64)) == (3, 5, 9)
    assert lowest_marks(np.arange(2_000, dtype=np.uint64)[::-1]) == tuple(range(512))


def test_an_artefact_without_marks_is_read_and_compares_nothing(trained: Training) -> None:
    document = json.loads(dump(trained.scorecard))
    del document["manifest"]["row_marks"]

    card = load(signed(document))

    assert seen(card, *table(seed=1)) == Seen(0, 0)
    assert not Seen(0, 0).worth_saying


@pytest.mark.parametrize("marks", [[5, 5], [5, 4], [-1, 4], list(range(513)), [2**52], ["1"], []])
def test_marks_out_of_order_or_bounds_are_refused(trained: Training, marks: list[Any]) -> None:
    document = json.loads(dump(trained.scorecard))
    document["manifest"]["row_marks"] = marks

    with pytest.raises(ArtefactError, match=r"manifest\.row_marks (is|holds)"):
        load(signed(document))
