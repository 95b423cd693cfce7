"""Annual rates against published figures, and the search for all rates of odd flows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from products.columns import Ints
from products.repayment.amortisation import Repayment
from products.repayment.annual_rate import (
    UnitPeriod,
    UnitTimes,
    effective,
    nominal,
    regulation_z,
    simple,
    unit_times,
    years_between,
)
from products.repayment.annuities import effective_annual, level_payment
from products.repayment.internal_rates import internal_rates
from products.repayment.plans import plan

EPOCH = date(1970, 1, 1).toordinal()


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal() - EPOCH


def column(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


@pytest.mark.parametrize(
    ("start", "end", "unit", "whole", "fraction"),
    [
        ("1978-02-10", "1978-04-01", UnitPeriod.MONTH, 1, 19 / 30),
        ("1978-02-23", "1978-03-01", UnitPeriod.HALF_MONTH, 0, 6 / 15),
        ("1978-02-10", "1978-03-01", UnitPeriod.HALF_MONTH, 1, 4 / 15),
        ("1978-01-10", "1978-02-10", UnitPeriod.MONTH, 1, 0.0),
        # one month and ten days towards a quarter: (30 + 10) / 90
        ("2026-01-05", "2026-02-15", UnitPeriod.QUARTER, 0, 40 / 90),
        ("2026-01-05", "2026-08-05", UnitPeriod.HALF_YEAR, 1, 30 / 180),
        ("2026-01-01", "2026-01-18", UnitPeriod.WEEK, 2, 3 / 7),
        ("2026-01-01", "2026-01-18", UnitPeriod.FORTNIGHT, 1, 3 / 14),
    ],
)
def test_unit_periods_are_counted_backward(start: str, end: str, unit: UnitPeriod, whole: int, fraction: float) -> None:
    times = unit_times(column(day(start)), column(day(end)), unit)
    assert (times.whole.tolist(), times.fraction.tolist()) == ([whole], [fraction])


def test_the_third_directive_example_to_seven_places() -> None:
    rate = effective(column(100_000, -60_000, -60_000), np.array([0.0, 1.0, 2.0])).only
    assert round(rate, 7) == 0.1306624  # published i = 0.1306623, truncated; 0.6 v + 0.6 v² = 1 gives 0.13066239


def test_days_between_the_dates_of_the_first_directive_example_are_546() -> None:
    years = years_between(day("1994-01-01"), column(day("1995-07-01")))
    assert years.tolist() == [546 / 365]


def test_closed_forms_at_no_interest_and_at_the_smallest() -> None:
    one = np.array([1200.0, 1200.0])
    payments = level_payment(one, np.array([0.0, 1e-12]), np.array([12.0, 12.0]))
    assert payments == pytest.approx([100.0, 100.0], rel=1e-11)
    assert effective_annual(np.array([0.01]), 12)[0] == pytest.approx(0.12682503, abs=1e-8)


def test_two_rates_are_both_reported_and_none_is_chosen() -> None:
    # −100 + 230 v − 132 v² = 0 at v = 1/1.1 and 1/1.2
    rates = nominal(column(-100, 230, -132), np.arange(3), 1)
    assert rates.roots == pytest.approx((0.1, 0.2), abs=1e-12)
    with pytest.raises(ValueError, match=r"do not have one nominal annual rate .*10.0000 %, 20.0000 %"):
        rates.percent(2)


def test_a_rate_that_only_touches_zero_is_found_once() -> None:
    # −100 + 220 v − 121 v² = −(11 v − 10)²
    assert nominal(column(-100, 220, -121), np.arange(3), 1).roots == pytest.approx((0.1,), abs=1e-6)


def test_flows_without_a_rate_say_so() -> None:
    rates = nominal(column(-100, 100, -100), np.arange(3), 1)
    assert rates.roots == ()
    with pytest.raises(ValueError, match="but: none"):
        _ = rates.only
    assert nominal(column(100, 100), np.arange(2), 1).roots == ()
    assert nominal(column(0, 0), np.arange(2), 1).roots == ()


def test_a_loan_repaid_with_less_than_it_was_has_a_negative_rate() -> None:
    assert nominal(column(-100, 90), np.arange(2), 1).only == pytest.approx(-0.1)


def test_an_upfront_fee_that_eats_the_loan_leaves_no_rate() -> None:
    assert nominal(column(-100 + 120, 60, 60), np.arange(3), 1).roots == ()


def test_fifty_years_of_months_and_a_thousand_percent_are_found() -> None:
    flows = np.full(601, -8_334, dtype=np.int64)
    flows[0] = 10_000
    assert nominal(flows, np.arange(601), 12).only == pytest.approx(10.0008, abs=1e-4)


def test_regulation_z_reports_several_roots() -> None:
    times = UnitTimes(np.arange(3), np.zeros(3))
    assert regulation_z(column(-100, 230, -132), times, 12).roots == pytest.approx((1.2, 2.4), abs=1e-9)
    # half a period before each payment: −100 (1 + i/2) (1 + i)² + 230 (1 + i) − 130 = −50 i (i² + 4 i + 0.4)
    odd = UnitTimes(np.arange(3), np.array([0.0, 0.5, 0.5]))
    assert regulation_z(column(-100, 230, -130), odd, 1).roots == pytest.approx((3.6**0.5 - 2, 0.0), abs=1e-9)


def test_flows_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        internal_rates(np.array([1.0, np.nan]), np.array([0.0, 1.0]))


@given(st.lists(st.integers(1, 400), min_size=1, max_size=4, unique=True), st.integers(1, 3))
def test_all_rates_of_flows_built_from_their_rates_are_found(percents: list[int], gap: int) -> None:
    expected = sorted(percent / 100 for percent in percents)
    assume(all(later - earlier >= 0.05 for earlier, later in pairwise(expected)))
    flows = np.array([1.0])
    for rate in expected:
        flows = np.convolve(flows, [1.0, -(1.0 + rate)])
    found = internal_rates(flows, np.arange(len(flows), dtype=np.float64) * gap)
    assert np.array(found) == pytest.approx((1 + np.array(expected)) ** (1 / gap) - 1, rel=1e-6, abs=1e-6)


@given(
    st.integers(10_000, 10**9),
    st.lists(st.integers(0, 10**7), min_size=1, max_size=60),
    st.integers(1, 29),
)
def test_a_loan_has_one_rate_and_it_makes_the_payments_worth_it(amount: int, paid: list[int], odd: int) -> None:
    assume(sum(paid) > amount / 5)
    flows = column(amount, *(-payment for payment in paid))
    times = UnitTimes(np.arange(len(flows)), np.array([0.0] + [odd / 30] * len(paid)))
    rate = regulation_z(flows, times, 1).only
    discount = (1 + rate) ** -times.whole.astype(float) / (1 + times.fraction * rate)
    terms = flows * discount
    assert abs(terms.sum()) <= 1e-9 * np.abs(terms).max()


@given(st.integers(10**7, 10**11), st.integers(1, 300), st.integers(1, 120), st.integers(0, 3))
def test_the_nominal_rate_of_a_plan_is_the_contract_rate(amount: int, permille: int, months: int, method: int) -> None:
    rows = plan(column(amount), column(permille * 1000), column(months), column(method), drawn_on=column(0))
    if method != Repayment.BULLET:
        flows = np.concatenate([[amount], -rows.total])
        rate = nominal(flows, np.arange(len(flows)), 12).only
        assert rate == pytest.approx(permille / 1000, abs=13 / amount + 1e-9)
    assert simple(int(rows.interest.sum()), rows.opening_balance, np.full(len(rows), 30), year_days=360).only == (
        pytest.approx(permille / 1000 * (months if method == Repayment.BULLET else 1), abs=13 / amount * months)
    )


def test_simple_interest_counts_the_principal_actually_used() -> None:
    # 100000 for 90 days and 50000 for 90 more cost 2219.18: × 365 / (9 000 000 + 4 500 000) = 6.00 %
    rate = simple(221_918, column(10_000_000, 5_000_000), column(90, 90))
    assert rate.percent(2) == Decimal("6.00")
    assert rate.kind.zh == "年化利率（单利）"
    assert simple(100, column(0), column(90)).roots == ()


HOSTILE = st.lists(
    st.tuples(
        st.integers(-(10**15), 10**15) | st.sampled_from([0, 1, -1, 10**15, -(10**15)]),
        st.integers(0, 30 * 365),
    ),
    min_size=1,
    max_size=120,
)


@settings(max_examples=60)
@given(HOSTILE)
def test_no_shape_of_flows_hangs_or_yields_nonsense(flows: list[tuple[int, int]]) -> None:
    """Whatever signs, sizes and days: at most as many rates as changes of sign, rising, each worth nothing there."""
    amounts = np.array([amount for amount, _ in flows], dtype=np.int64)
    years = np.array([day for _, day in flows]) / 365
    found = effective(amounts, years).roots
    moments, position = np.unique(years, return_inverse=True)
    net = np.bincount(position, weights=amounts.astype(np.float64), minlength=len(moments))
    signs = np.sign(net[net != 0])
    assert len(found) <= int((signs[1:] != signs[:-1]).sum())
    assert list(found) == sorted(set(found))
    for rate in found:
        exponents = -np.log1p(rate) * moments
        weights = np.exp(exponents - exponents.max())
        assert abs(net @ weights) <= 1e-9 * (np.abs(net) @ weights)


@pytest.mark.parametrize("months", [60, 360])
def test_flows_that_change_sign_every_month_are_answered(months: int) -> None:
    """360 changes of sign: a loan drawn and repaid anew every month at 2 % a month has that one rate."""
    amounts = np.zeros(months + 1, dtype=np.int64)
    for month in range(0, months, 2):
        amounts[month] += 100_000
        amounts[month + 1] -= 102_000
    found = nominal(amounts, np.arange(months + 1), 12).roots
    assert any(rate == pytest.approx(0.24, abs=1e-9) for rate in found)
    assert len(found) <= months
