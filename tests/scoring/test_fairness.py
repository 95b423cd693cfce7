"""Groups of applicants: who stands in the report, and figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.fairness import REST, groups


def test_every_province_stands_in_the_report_and_small_ones_together() -> None:
    provinces = np.repeat([f"province {number:02}" for number in range(34)], [30] * 31 + [5] * 3).astype(object)
    ones = np.ones(provinces.size)

    found = groups("region", provinces, ones > 0, ones * 0.1, np.arange(provinces.size) % 10 == 0)

    assert [group.level for group in found] == [*(f"province {number:02}" for number in range(31)), REST]
    assert found[-1].rows == 15


def test_of_more_than_forty_groups_the_largest_stand_apart() -> None:
    trades = np.repeat([f"trade {number:02}" for number in range(50)], [31 + number for number in range(50)])
    ones = np.ones(trades.size)

    found = groups("trade", trades.astype(object), ones > 0, ones * 0.1, ones)

    assert [group.level for group in found] == [*(f"trade {number:02}" for number in range(10, 50)), REST]
    assert sum(group.rows for group in found) == trades.size


def test_figures_of_a_group_are_weighted_and_unknown_where_no_row_tells() -> None:
    size = np.repeat(["micro", "small"], 40).astype(object)
    target = np.concatenate([np.tile([1.0, 0.0, 0.0, 0.0], 10), np.zeros(40)])
    weight = np.where(target > 0, 3.0, 1.0)
    selected = np.concatenate([np.tile([True, True, False, True], 10), np.ones(40, dtype=bool)])

    micro, small = groups("size", size, selected, np.full(80, 0.2), target, weight)

    # Ten defaulted rows of weight 3 among thirty paid ones of weight 1: half; 50 of 60 are selected.
    assert [micro.default_rate, micro.selected, micro.selection_ratio] == pytest.approx([0.5, 5 / 6, 5 / 6])
    assert [micro.wrongly_selected, micro.wrongly_refused] == pytest.approx([1.0, 1 / 3])
    # 60^2 / (10 x 9 + 30) = 30 rows of equal weight: Wilson's interval of 15 in 30 is 0.3315 to 0.6685.
    assert [micro.low, micro.high] == pytest.approx([0.3315, 0.6685], abs=5e-5)
    assert small.wrongly_selected is None
