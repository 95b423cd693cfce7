"""The rates a cost sheet shows for one plan."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.columns import Ints
from products.money import ONE
from products.repayment.amortisation import Repayment
from products.repayment.cost_rates import cost_rates
from products.repayment.plans import Plan, plan
from products.schedule import all_in


def column(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))


def payments(amount: int, rate: int, months: int, method: Repayment, *, fee: int = 0) -> Plan:
    return plan(
        column(amount),
        column(rate),
        column(months),
        column(method),
        drawn_on=column(day("2026-01-01")),
        fee_rate_ppm=column(fee),
    )


def test_a_year_of_monthly_interest_with_a_fee_in_advance() -> None:
    rows = payments(100_000_000, 45_000, 12, Repayment.INTEREST_MONTHLY_PRINCIPAL_AT_MATURITY, fee=10_000)
    rates = cost_rates(rows, principal=100_000_000, drawn_on=day("2026-01-01"))
    # 45000 + 10000 on a million for 365 days is 5.5 % simple; the fee in advance makes the others dearer:
    # 990000 = 3750 · (1 − v¹²) / i + 1000000 · v¹² at i = 0.4608 % a month
    assert rates.simple.percent(2) == Decimal("5.50")
    assert rates.nominal.percent(2) == Decimal("5.53")
    assert rates.effective.percent(2) == Decimal("5.67")


def test_a_bullet_of_a_year_costs_its_rate_compounded_or_not() -> None:
    rows = payments(100_000_000, 60_000, 12, Repayment.BULLET)
    rates = cost_rates(rows, principal=100_000_000, drawn_on=day("2026-01-01"))
    assert rates.effective.percent(4) == rates.simple.percent(4) == Decimal("6.0000")
    # 12 × (1.06^(1/12) − 1)
    assert rates.nominal.percent(4) == Decimal("5.8411")


@given(
    st.integers(10**6, 10**11),
    st.integers(0, 200_000),
    st.integers(1, 60),
    st.sampled_from(Repayment),
    st.integers(0, 30_000),
)
def test_the_nominal_rate_is_the_all_in_rate_of_the_decision(
    amount: int, rate: int, months: int, method: Repayment, fee: int
) -> None:
    rows = payments(amount, rate, months, method, fee=fee)
    decided = all_in(
        column(amount),
        column(rate),
        column(months),
        column(method),
        fee_rate_ppm=column(fee),
        subsidy_rate_ppm=column(0),
        subsidy_months=column(0),
    )
    rates = cost_rates(rows, principal=amount, drawn_on=day("2026-01-01"))
    assert abs(rates.nominal.only * ONE - int(decided.rate_ppm[0])) <= 0.5001


def test_a_plan_of_other_loans_is_refused() -> None:
    rows = payments(100_000_000, 60_000, 12, Repayment.BULLET)
    with pytest.raises(ValueError, match="repays 100000000 fen for 1 loans; the rates are those of one loan of 5 fen"):
        cost_rates(rows, principal=5, drawn_on=0)
