"""Totals of dated plans equal the plans themselves."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.repayment.amortisation import Repayment
from products.repayment.business_days import load_calendar
from products.repayment.calendars import DayCount, Rolling
from products.repayment.dated_plans import dated_plan
from products.repayment.dated_totals import dated_totals
from products.repayment.timeline import Conventions
from products.schedule import PlanTotals, totals

CALENDAR = load_calendar()
LOANS = st.lists(
    st.tuples(
        st.integers(10**6, 10**13),
        st.integers(0, 400_000),
        st.integers(1, 60),
        st.sampled_from(Repayment),
        st.integers(18_000, 22_000),
    ),
    min_size=1,
    max_size=8,
)


def columns_of(loans: list[tuple[int, ...]]) -> list[np.ndarray]:
    return [np.array(values, dtype=np.int64) for values in zip(*loans, strict=True)]


@given(LOANS, st.sampled_from(DayCount), st.sampled_from([None, 1, 20, 31]), st.sampled_from(Rolling))
def test_totals_are_those_of_the_plan(
    loans: list[tuple[int, ...]], count: DayCount, due_day: int | None, rolling: Rolling
) -> None:
    conventions = Conventions(
        day_count=count, due_day=due_day, rolling=rolling, calendar=CALENDAR, interest_to_payment=True
    )
    *terms, drawn_on = columns_of(loans)
    found = dated_totals(*terms, drawn_on=drawn_on, conventions=conventions)
    plan = dated_plan(*terms, drawn_on=drawn_on, conventions=conventions)
    for loan in range(len(loans)):
        rows = plan.of(loan)
        assert found.total_interest[loan] == rows.interest.sum()
        assert found.last_instalment[loan] == rows.total[-1]
        assert loans[loan][1] == 0 or found.first_instalment[loan] in {rows.total[0], 0}


@given(LOANS)
def test_a_batch_equals_its_rows_and_whole_months_the_equal_ones(loans: list[tuple[int, ...]]) -> None:
    *terms, drawn_on = columns_of(loans)
    together = dated_totals(*terms, drawn_on=drawn_on, conventions=Conventions())
    equal = totals(*terms)
    for field in fields(PlanTotals):
        assert getattr(together, field.name).tolist() == getattr(equal, field.name).tolist()
    for position, loan in enumerate(loans):
        *alone, day = columns_of([loan])
        one = dated_totals(*alone, drawn_on=day, conventions=Conventions(day_count=DayCount.ACT_360))
        batch = dated_totals(*terms, drawn_on=drawn_on, conventions=Conventions(day_count=DayCount.ACT_360))
        assert one.total_interest[0] == batch.total_interest[position]


def test_the_first_year_of_a_loan_paid_on_the_twentieth_has_twelve_payments() -> None:
    # drawn 5 March 2026: due from 20 March 2026 to 20 February 2027; 360000 at 6 % bears 60 a day, 352 days
    one = [np.array([value], dtype=np.int64) for value in (36_000_000, 60_000, 24, 2)]
    drawn_on = np.array(["2026-03-05"], dtype="datetime64[D]").astype(np.int64)
    result = dated_totals(*one, drawn_on=drawn_on, conventions=Conventions(day_count=DayCount.ACT_360, due_day=20))
    assert result.first_year_interest.tolist() == [352 * 6_000]
    assert result.total_interest.tolist() == [731 * 6_000]
    assert result.instalments.tolist() == [25]


def test_a_loan_out_of_limits_is_named() -> None:
    one = [np.array([value], dtype=np.int64) for value in (100, 0, 0, 0)]
    with pytest.raises(ValueError, match="The term in row 0 is 0"):
        dated_totals(*one, drawn_on=np.array([0]), conventions=Conventions())
