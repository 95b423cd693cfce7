"""Exact fees, slices and sums over windows, against fractions and against plain loops."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.dated_yaml import entries_from
from products.guarantee.aggregation import summed_in_window
from products.guarantee.evaluation import evaluate
from products.guarantee.exact import charge, exact_quotient, marginal_slices, whole_band_rate
from products.guarantee.facts import BOUNDLESS, BadFacts
from products.guarantee.loading import rulebook_from
from products.guarantee.rulebook import DatedBy
from products.money import Rounding
from tests.products.rule_books import days, facts, written


def rounded(value: Fraction, rounding: Rounding) -> int:
    return {
        Rounding.DOWN: floor(value),
        Rounding.UP: ceil(value),
        Rounding.HALF_UP: floor(value + Fraction(1, 2)),
    }[rounding]


def column(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_a_product_beyond_64_bits_is_still_exact() -> None:
    """10^15 fen × 1,000,000 ppm × 3,650 days / (10^6 × 365) = 10^16."""
    found = exact_quotient((column(10**15), 1_000_000, 3_650), 1_000_000 * 365, Rounding.HALF_UP)
    assert found.tolist() == [10**16]


@given(
    st.lists(st.integers(0, 10**15), min_size=1, max_size=4),
    st.integers(0, 10**6),
    st.integers(0, 400),
    st.sampled_from(list(Rounding)),
)
def test_fees_over_time_equal_the_fraction_rounded_once(
    bases: list[int], rate: int, months: int, rounding: Rounding
) -> None:
    found = charge(column(*bases), rate, rounding, time=months, units_in_year=12)
    assert found.tolist() == [rounded(Fraction(one * rate * months, 12 * 10**6), rounding) for one in bases]


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=4), st.integers(0, 10**6), st.sampled_from(list(Rounding)))
def test_fees_of_a_year_equal_the_fraction_rounded_once(bases: list[int], rate: int, rounding: Rounding) -> None:
    assert charge(column(*bases), rate, rounding).tolist() == [
        rounded(Fraction(one * rate, 10**6), rounding) for one in bases
    ]


def test_a_band_includes_its_upper_end() -> None:
    rates = whole_band_rate(column(0, 500, 501, 900), (500,), (3_000, 5_000))
    assert rates.tolist() == [3_000, 3_000, 5_000, 5_000]


@given(
    st.lists(st.integers(1, 10**9), min_size=0, max_size=4, unique=True),
    st.lists(st.tuples(st.integers(0, 2 * 10**9), st.integers(0, 2 * 10**9)), min_size=1, max_size=5),
)
def test_slices_add_up_to_the_stretch_and_fill_the_lower_bands_first(
    edges: list[int], ends: list[tuple[int, int]]
) -> None:
    upper = column(*sorted(edges), BOUNDLESS)
    start, stop = column(*(min(one) for one in ends)), column(*(max(one) for one in ends))
    slices = marginal_slices(start, stop, upper)
    assert slices.sum(axis=1).tolist() == (stop - start).tolist()
    for row in range(len(ends)):
        covered = [int(start[row]) < int(edge) for edge in upper]
        first = covered.index(True)
        assert slices[row, first] == min(int(stop[row]), int(upper[first])) - int(start[row])


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 10**6)), min_size=1, max_size=12),
    st.integers(0, 6),
)
def test_sums_over_a_window_equal_a_plain_loop(loans: list[tuple[int, int, int]], window: int) -> None:
    group, day, amount = (column(*values) for values in zip(*loans, strict=True))
    expected = [
        sum(a for g, d, a in loans if g == mine and day_of_mine - window <= d <= day_of_mine)
        for mine, day_of_mine, _ in loans
    ]
    assert summed_in_window(amount, group, day, window).tolist() == expected


def test_a_provision_may_go_by_another_date_than_its_book() -> None:
    """Cover by the day of signature, the fee by the day of approval: 1 % until 2020-12-31, 2 % from 2021-01-01."""
    cited = 'source: "Trial act", clause: "3", verified: true'
    fee = (
        "  fee:\n    unit: fee\n    values:\n"
        f'      2020-01-01: {{value: {{due: upfront, charge_on: loan, rate: "0.01"}}, {cited}}}\n'
        f'      2021-01-01: {{value: {{due: upfront, charge_on: loan, rate: "0.02"}}, {cited}}}\n'
    )
    text = "dated_otherwise: {fee: approved_on}\n" + written(fee)
    book = rulebook_from(entries_from(text.encode(), "trial.yaml"))
    loans = facts(book, {"loan": ["100", "100"]})
    signed, approved = days("2021-03-01", 2), days("2020-12-31", 2) + np.array([0, 1])
    found = evaluate(book, loans, signed, other_days={DatedBy.APPROVED: approved})
    assert found.fees["fee"].tolist() == [100, 200]
    with pytest.raises(BadFacts, match="trial goes by approved_on for some provisions; give those days in other_days"):
        evaluate(book, loans, signed)
