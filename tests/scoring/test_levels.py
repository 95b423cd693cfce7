"""Columns of levels: texts, numbers, dictionary-encoded; the same bins for each."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from scoring import FactsError, Levels
from scoring.levels import LevelBins, level_text
from tests.scoring.test_scorecard import small_scorecard

GRADES = ["A", None, "B", "C", "", "A", "B", "A", "A", "C"]


def test_a_dictionary_encoded_column_scores_like_its_texts() -> None:
    card = small_scorecard()
    amounts = {"liabilities": np.linspace(10, 80, 10), "assets": np.full(10, 100.0)}
    texts = np.array(GRADES, dtype=object)

    for column in (pa.array(GRADES), pa.array(GRADES).dictionary_encode(), pa.chunked_array([GRADES[:4], GRADES[4:]])):
        levels = Levels.of_arrow(column)
        by_levels, by_texts = (card.score({**amounts, "grade": grade}) for grade in (levels, texts))

        np.testing.assert_array_equal(by_levels.points, by_texts.points)
        assert card.reasons(by_levels, 2) == card.reasons(by_texts, 2)
        assert [levels.item(row) for row in range(10)] == GRADES


def test_bins_of_texts_numbers_and_objects_are_those_of_their_names() -> None:
    table = small_scorecard().tables[1]
    bins = LevelBins(table)

    # A 0, B 1, unknown 2; an unseen level stands in bin 1.
    assert bins.of(np.array(["A", "B", "Z", None, "", float("nan"), 7], dtype=object)).tolist() == [0, 1, 1, 2, 2, 2, 1]
    assert bins.of(np.array([3.0, np.nan])).tolist() == [1, 2]
    assert len(bins) == 2


def test_true_is_no_one() -> None:
    assert (level_text(True), level_text(1), level_text(1.0), level_text(1.5)) == ("True", "1", "1", "1.5")


@pytest.mark.parametrize("codes", [[0, 2], [-2, 0]])
def test_codes_beyond_the_names_are_refused(codes: list[int]) -> None:
    with pytest.raises(FactsError, match=r"Codes of levels must lie from -1 to 1\. Number the names from 0"):
        Levels(np.array(codes), ["A", "B"])
