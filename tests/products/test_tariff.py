"""The tariff solver: cases small enough to solve by hand, and what every tariff must keep to."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.tariff import NoTariff, solve_tariff
from products.tariff_cells import Cells, tariff_cells
from products.tariff_rows import Tariff, Why
from tests.products.builders import decisions, ints


def cells(volume: list[list[int]], cost_bp: list[list[int]]) -> Cells:
    return Cells(np.array(volume, dtype=np.int64), np.array(cost_bp, dtype=np.int64) * 100)


def solved(of: Cells, *, target_bp: int, cap_bp: int = 500, floor_bp: int = 0) -> Tariff:
    tiers = tuple(f"tier {i}" for i in range(of.volume.shape[0]))
    bands = tuple(f"band {j}" for j in range(of.volume.shape[1]))
    return solve_tariff(of, target_ppm=target_bp * 100, cap_bp=cap_bp, floor_bp=floor_bp, tiers=tiers, bands=bands)


def test_where_the_target_allows_every_cell_pays_its_own_cost() -> None:
    found = solved(cells([[100, 100]], [[40, 120]]), target_bp=100)
    assert found.fee_bp.tolist() == [[40, 120]]
    assert found.average == Fraction(80, 10_000)
    assert found.covered == 1
    assert [row.why for row in found.rows] == [Why.COVERED, Why.COVERED]


def test_a_cost_between_two_basis_points_takes_the_higher_one() -> None:
    found = solved(Cells(ints(100)[None], ints(4_050)[None]), target_bp=100)
    assert found.fee_bp.tolist() == [[41]]


def test_a_short_budget_is_shared_in_proportion_to_cost() -> None:
    """Costs 60 and 180 on equal volumes average 120; a target of 100 covers five sixths of each: 50 and 150."""
    found = solved(cells([[100, 100]], [[60, 180]]), target_bp=100)
    assert found.fee_bp.tolist() == [[50, 150]]
    assert found.average == Fraction(1, 100)
    assert found.full_cost == Fraction(120, 10_000)
    assert found.covered == Fraction(200, 240)
    assert [row.why for row in found.rows] == [Why.HELD_DOWN, Why.HELD_DOWN]
    assert [row.shortfall_bp for row in found.rows] == [10, 30]


def test_a_riskier_cell_that_costs_less_pays_no_less() -> None:
    """Band 1 costs 40 but band 0 costs 60: both pay 60."""
    found = solved(cells([[100, 100]], [[60, 40]]), target_bp=100)
    assert found.fee_bp.tolist() == [[60, 60]]
    assert [row.why for row in found.rows] == [Why.COVERED, Why.RAISED]


def test_the_cap_leaves_a_shortfall_that_is_named() -> None:
    found = solved(cells([[100, 100]], [[40, 300]]), target_bp=250, cap_bp=200)
    assert found.fee_bp.tolist() == [[40, 200]]
    row = found.rows[1]
    assert (row.why, row.shortfall_bp) == (Why.CAPPED, 100)
    assert row.en == "Costs 300.00 bp; the cap of 200 bp leaves 100.00 bp uncovered."
    assert row.zh == "成本300.00个基点，受费率上限200个基点限制，缺100.00个基点。"


def test_cells_without_volume_keep_the_tariff_in_order() -> None:
    found = solved(cells([[100, 0, 100]], [[40, 80, 60]]), target_bp=100)
    assert found.fee_bp[0, 0] == 40
    assert 40 <= found.fee_bp[0, 1] <= found.fee_bp[0, 2]
    assert found.rows[1].why is Why.UNUSED


def test_rows_name_their_cell_and_say_what_holds_them_down() -> None:
    row = solved(cells([[100, 100]], [[60, 180]]), target_bp=100).rows[1]
    assert (row.tier, row.band, row.volume, row.cost, row.fee_bp) == ("tier 0", "band 1", 100, 18_000, 150)
    assert row.en == "Costs 180.00 bp; charged 150 bp to keep the average within 1.00%, 30.00 bp uncovered."


@pytest.mark.parametrize(
    ("of", "more", "said"),
    [
        (cells([[0, 0]], [[1, 2]]), {}, "There is no volume to average fees over"),
        (
            cells([[1, 1]], [[1, 2]]),
            {"floor_bp": 101},
            r"The lowest fees alone average 10,100\.00 ppm, above the target of 10000 ppm\. tier 0/band 0 with its "
            "101 bp weighs most; lower that one to 99 bp or raise the target to 10100 ppm",
        ),
        (
            cells([[1, 1]], [[1, 2]]),
            {"floor_bp": 9, "cap_bp": 8},
            "The lowest fee of tier 0/band 0, 9 bp, is above the highest of 8 bp; lower it",
        ),
    ],
)
def test_what_cannot_be_solved_is_refused_in_words(of: Cells, more: dict[str, int], said: str) -> None:
    with pytest.raises(NoTariff, match=said):
        solved(of, target_bp=100, **more)


def test_no_tariff_of_a_small_grid_is_better() -> None:
    """Against every tariff of two tiers and two bands in 0 to 12 bp: least greatest relative shortfall first."""
    of = cells([[30, 50], [20, 40]], [[4, 9], [6, 11]])
    found = solved(of, target_bp=6, cap_bp=12)
    volume, cost = of.volume.reshape(-1), of.cost.reshape(-1) // 100

    def worst(fee: tuple[int, ...]) -> Fraction:
        return max(Fraction(max(int(c) - f, 0), int(c)) for f, c in zip(fee, cost, strict=True))

    tariffs = [
        fee
        for fee in itertools.product(range(13), repeat=4)
        if fee[0] <= fee[1] and fee[2] <= fee[3] and fee[0] <= fee[2] and fee[1] <= fee[3]
        if sum(int(v) * f for v, f in zip(volume, fee, strict=True)) <= 6 * int(volume.sum())
    ]
    assert worst(tuple(found.fee_bp.reshape(-1).tolist())) == min(map(worst, tariffs))


grids = st.tuples(st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=8)
@given(grids, st.integers(20, 200), st.data())
def test_every_tariff_keeps_the_target_rises_with_risk_and_stays_within_its_limits(
    shape: tuple[int, int], target: int, data: st.DataObject
) -> None:
    size = shape[0] * shape[1]
    volume = data.draw(st.lists(st.integers(0, 10**12), min_size=size, max_size=size).filter(any))
    cost = data.draw(st.lists(st.integers(0, 400), min_size=size, max_size=size))
    of = cells(np.reshape(volume, shape).tolist(), np.reshape(cost, shape).tolist())
    found = solved(of, target_bp=target, cap_bp=300, floor_bp=10)
    assert found.average <= Fraction(target, 10_000)
    assert (found.fee_bp >= 10).all()
    assert (found.fee_bp <= 300).all()
    assert (np.diff(found.fee_bp, axis=0) >= 0).all()
    assert (np.diff(found.fee_bp, axis=1) >= 0).all()
    assert 0 <= found.covered <= 1


def test_cells_come_from_approved_decisions() -> None:
    """Two tier-1 loans in band A: 1,000,000 and 2,000,000 in fen; a declined one adds nothing."""
    made = decisions({}, {"request.amount": "2000000.00"}, {"credit.overdue_now": True})
    found = tariff_cells([made], operating_ppm=2_000)
    assert found.volume[0, 0] == 300_000_000
    assert int(found.volume.sum()) == 300_000_000
    part = made.parts[0]
    probability = int(part.case.score.default_probability_ppm[0])
    expected = Fraction(probability * part.case.terms.loss_given_default * 8, 10 * 10**6)
    assert 2_000 + expected - 2 <= found.cost[0, 0] <= 2_000 + expected + 2
    assert found.cost[3, 4] == 2_000


def test_a_lowest_fee_of_one_cell_raises_it_and_what_is_riskier() -> None:
    """Costs 40, 50, 60; the second is charged 70 at least, so the third is as well."""
    of = cells([[100, 100, 100]], [[40, 50, 60]])
    bands = ("A", "B", "C")
    found = solve_tariff(of, target_ppm=10_000, cap_bp=500, floor_bp=ints(0, 70, 0)[None], tiers=("t",), bands=bands)
    assert found.fee_bp.tolist() == [[40, 70, 70]]
    assert [row.why for row in found.rows] == [Why.COVERED, Why.FLOOR, Why.RAISED]
    assert found.rows[1].en == "Costs 50.00 bp; charged 70 bp, the lowest fee laid down for it."
    assert found.rows[1].zh == "自身成本50.00个基点，按规定的最低费率收70个基点。"


@pytest.mark.parametrize(
    ("volume", "floors", "row", "said"),
    [
        # 3 of 4 at 120 and 1 at 120 or more: 120. Lowering A to 60: (3 × 60 + 1 × 60) / 4 = 60, to 100: 100.
        ((300, 100), (120, 0), ("t", "A"), "average 12,000.00 ppm, above the target of 10000 ppm. t/A with its 120 bp"),
        # B alone at 240 on a third of the volume and A at 60: 120. B at 180: 100.
        ((200, 100), (60, 240), ("t", "B"), "t/B with its 240 bp weighs most; lower that one to 180 bp or raise"),
        # Each alone leaves more than 100: A at 0 still has B at 400 on half the volume, B at 0 has A at 300 on all.
        (
            (100, 100),
            (300, 400),
            ("t", "A"),
            "t/A with its 300 bp weighs most; lower several, or raise the target to 35000",
        ),
    ],
)
def test_lowest_fees_beyond_the_target_name_the_row_that_binds(
    volume: tuple[int, int], floors: tuple[int, int], row: tuple[str, str], said: str
) -> None:
    with pytest.raises(NoTariff) as caught:
        solve_tariff(
            cells([list(volume)], [[10, 20]]),
            target_ppm=10_000,
            cap_bp=500,
            floor_bp=ints(*floors)[None],
            tiers=("t",),
            bands=("A", "B"),
        )
    assert caught.value.row == row
    assert said in str(caught.value)


def test_cells_of_several_batches_add_up_to_those_of_one() -> None:
    rows: tuple[dict[str, object], ...] = ({}, {"enterprise.employees": 300})
    whole = tariff_cells([decisions(*rows)], operating_ppm=0)
    parts = tariff_cells([decisions(row) for row in rows], operating_ppm=0)
    assert np.array_equal(whole.volume, parts.volume)
    assert np.array_equal(whole.cost, parts.cost)
