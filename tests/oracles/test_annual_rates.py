"""Nominal, effective and simple annual rates: published examples, and flows built from their rates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

import numpy as np
import pytest

from products.repayment.annual_rate import (
    AnnualRate,
    UnitPeriod,
    UnitTimes,
    effective,
    nominal,
    regulation_z,
    simple,
    unit_times,
)
from tests.oracles.tables import Case, cases, name_of

SCALE: Final = 10**6
"""Units in which the amounts of the table are whole."""


def _flows(text: str) -> Iterator[tuple[int, int, Fraction]]:
    """``24x230@1+19/30``: 24 amounts of 230, the first 1 19/30 periods on, the others a period apart."""
    for item in text.split():
        amount, time = item.split("@")
        times, _, each = amount.rpartition("x")
        whole, _, fraction = time.partition("+") if "/" not in time or "+" in time else ("0", "", time)
        for number in range(int(times or 1)):
            yield int(Decimal(each) * SCALE), int(whole) + number, Fraction(fraction or 0)


def _nominal(case: Case) -> AnnualRate:
    amounts, whole, fractions = zip(*_flows(case["flows"]), strict=True)
    times = UnitTimes(np.array(whole, dtype=np.int64), np.array([float(one) for one in fractions]))
    return regulation_z(np.array(amounts, dtype=np.int64), times, float(Fraction(case["per_year"])))


def _effective(case: Case) -> AnnualRate:
    amounts, whole, fractions = zip(*_flows(case["flows"]), strict=True)
    years = np.array([float(one + part) for one, part in zip(whole, fractions, strict=True)])
    return effective(np.array(amounts, dtype=np.int64), years)


def _simple(case: Case) -> AnnualRate:
    costs, *used = case["flows"].split()
    balances, days = zip(*(item.split("x") for item in used), strict=True)
    return simple(
        int(Decimal(costs) * SCALE),
        np.array([int(Decimal(one) * SCALE) for one in balances], dtype=np.int64),
        np.array(days, dtype=np.int64),
    )


RATES: Final[dict[str, Callable[[Case], AnnualRate]]] = {
    "nominal": _nominal,
    "effective": _effective,
    "simple": _simple,
}


@pytest.mark.parametrize("case", cases("annual_rates"), ids=name_of)
def test_every_rate_to_the_places_given(case: Case) -> None:
    expected = [] if case["percent"] == "none" else case["percent"].split("|")
    roots = RATES[case["kind"]](case).roots
    assert len(roots) == len(expected)
    for root, percent in zip(roots, expected, strict=True):
        assert Decimal(repr(root * 100)).quantize(Decimal(percent), ROUND_HALF_UP) == Decimal(percent)


@pytest.mark.parametrize("case", [case for case in cases("annual_rates") if case["dates"]], ids=name_of)
def test_the_first_period_of_dated_examples_is_counted_from_their_dates(case: Case) -> None:
    start, end, unit = case["dates"].split()
    days = (np.array([date.fromisoformat(one).toordinal() - 719_163], dtype=np.int64) for one in (start, end))
    found = unit_times(*days, UnitPeriod(unit))
    _, whole, fraction = next(flow for flow in _flows(case["flows"]) if flow[0] > 0)
    assert (int(found.whole[0]), Fraction(float(found.fraction[0])).limit_denominator(1000)) == (whole, fraction)


def test_whole_periods_have_the_same_rates_by_both_ways_of_searching() -> None:
    for case in cases("annual_rates", kind="nominal"):
        amounts, whole, fractions = zip(*_flows(case["flows"]), strict=True)
        if not any(fractions):
            found = nominal(np.array(amounts), np.array(whole), float(Fraction(case["per_year"])))
            assert found == _nominal(case)
