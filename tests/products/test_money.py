"""Exact money: portions, splits and quotients against fractions, to the largest amount."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.money import GREATEST_AMOUNT, ONE, Rounding, divide, fraction, portion, ratio_ppm, split, yuan
from tests.products.builders import ints

AMOUNTS = st.integers(0, GREATEST_AMOUNT)
RATES = st.integers(0, 10 * ONE)
EXACT = {
    Rounding.HALF_UP: lambda value: floor(value + Fraction(1, 2)),
    Rounding.DOWN: floor,
    Rounding.UP: ceil,
}


@given(AMOUNTS, RATES, st.sampled_from(Rounding))
def test_a_portion_is_the_exact_product_rounded_once(amount: int, rate: int, rounding: Rounding) -> None:
    expected = EXACT[rounding](Fraction(amount) * rate / ONE)
    assert portion(ints(amount), rate, rounding).tolist() == [expected]
    assert portion(ints(amount), ints(rate), rounding).tolist() == [expected]
    assert portion(ints(amount, 0), rate, rounding).tolist() == [expected, 0]
    assert portion(ints(amount, 0), ints(rate, rate), rounding).tolist() == [expected, 0]


@given(st.integers(0, 4 * 10**18), st.integers(1, 10**6), st.sampled_from([Rounding.DOWN, Rounding.UP]))
def test_a_quotient_is_exact_down_and_up(numerator: int, divisor: int, rounding: Rounding) -> None:
    assert divide(ints(numerator), divisor, rounding).tolist() == [EXACT[rounding](Fraction(numerator, divisor))]


@given(st.integers(0, 4 * 10**18), st.integers(1, 10**6))
def test_a_quotient_is_exact_to_the_nearest(numerator: int, divisor: int) -> None:
    assert divide(ints(numerator), divisor, Rounding.HALF_UP).tolist() == [
        EXACT[Rounding.HALF_UP](Fraction(numerator, divisor))
    ]


def test_half_a_fen_goes_up_and_a_hair_less_goes_down() -> None:
    # 1 fen × 0.5 = 0.5 fen; 1 fen × 0.499999
    assert portion(ints(1, 1), ints(500_000, 499_999), Rounding.HALF_UP).tolist() == [1, 0]


@st.composite
def arrangements(draw: st.DrawFn) -> tuple[list[int], list[list[int]]]:
    rows = draw(st.integers(1, 4))
    parties = draw(st.integers(1, 6))
    shares = []
    for _ in range(rows):
        cuts = sorted(draw(st.lists(st.integers(0, ONE), min_size=parties - 1, max_size=parties - 1)))
        shares.append([end - start for start, end in zip([0, *cuts], [*cuts, ONE], strict=True)])
    return draw(st.lists(AMOUNTS, min_size=rows, max_size=rows)), shares


@given(arrangements(), st.integers(0, 5))
def test_parts_close_to_the_fen_and_only_the_residual_party_departs_from_its_share(
    arrangement: tuple[list[int], list[list[int]]], position: int
) -> None:
    amounts, shares = arrangement
    residual = position % len(shares[0])
    parts = split(ints(*amounts), np.array(shares, dtype=np.int64), residual=residual)
    for amount, row, part in zip(amounts, shares, parts.tolist(), strict=True):
        assert sum(part) == amount
        for party, share in enumerate(row):
            exact = Fraction(amount) * share / ONE
            if party == residual:
                assert exact <= part[party] < exact + len(row)
            else:
                assert part[party] == floor(exact)


def test_a_yuan_and_a_fen_split_in_three_leaves_the_odd_fen_with_the_residual_party() -> None:
    # 101 fen × 333333 ppm = 33.67 → 33 each; 101 − 33 − 33 = 35
    parts = split(ints(101), np.array([[333_333, 333_333, 333_334]]), residual=1)
    assert parts.tolist() == [[33, 35, 33]]


def test_shares_that_do_not_sum_to_one_are_refused_with_their_row_and_sum() -> None:
    shares = np.array([[200_000, 800_000], [200_000, 800_001]])
    with pytest.raises(ValueError, match=r"The shares in row 1 sum to 1000001 ppm; they must sum to 1000000 ppm"):
        split(ints(100, 100), shares, residual=0)


@given(st.integers(0, 9 * 10**12), st.integers(0, GREATEST_AMOUNT))
def test_a_ratio_is_exact_and_nothing_of_nothing_is_nothing(part: int, whole: int) -> None:
    expected = EXACT[Rounding.DOWN](Fraction(part * ONE, whole)) if whole else 0
    assert ratio_ppm(ints(part), ints(whole), Rounding.DOWN).tolist() == [expected]


def test_fen_and_ppm_are_shown_as_yuan_with_two_and_fractions_with_at_least_four_decimals() -> None:
    assert [str(yuan(fen)) for fen in (0, 1, 100, 123_456_789)] == ["0.00", "0.01", "1.00", "1234567.89"]
    shown = [f"{fraction(ppm):f}" for ppm in (0, 35_000, 1_000_000, 6_316, 10, 1)]
    assert shown == ["0.0000", "0.0350", "1.0000", "0.006316", "0.00001", "0.000001"]


@given(st.integers(0, 10 * ONE))
def test_a_rate_shown_is_the_rate(ppm: int) -> None:
    assert fraction(ppm) == Decimal(ppm) / ONE
