"""Plans between calendar days: day counts, odd periods, closed days, and what changes on the way."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.columns import Ints
from products.repayment.amortisation import Repayment
from products.repayment.business_days import load_calendar
from products.repayment.calendars import DayCount, Rolling
from products.repayment.changes import (
    Change,
    Changes,
    Index,
    Reset,
    Step,
    grace,
    no_changes,
    one_change,
    rate_resets,
    stepped_principal,
)
from products.repayment.dated_plans import dated_plan
from products.repayment.plans import Plan, plan
from products.repayment.timeline import AfterPrepayment, Conventions

EPOCH = date(1970, 1, 1).toordinal()
LEVEL, EQUAL, INTEREST_ONLY, BULLET = Repayment


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal() - EPOCH


def iso(days: Ints) -> list[str]:
    return [date.fromordinal(EPOCH + int(item)).isoformat() for item in days]


def column(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def planned(
    amount: int,
    rate: int,
    months: int,
    method: Repayment,
    drawn: str,
    *,
    changes: Changes | None = None,
    conventions: Conventions | None = None,
) -> Plan:
    return dated_plan(
        column(amount),
        column(rate),
        column(months),
        column(method),
        drawn_on=column(day(drawn)),
        conventions=conventions or Conventions(),
        changes=changes,
    )


@given(
    st.integers(0, 10**13),
    st.integers(0, 1_000_000),
    st.integers(1, 60),
    st.sampled_from(Repayment),
    st.integers(day("2000-01-01"), day("2040-12-31")),
)
def test_whole_months_give_the_plan_of_equal_months(
    amount: int, rate: int, months: int, method: Repayment, drawn: int
) -> None:
    loan = column(amount), column(rate), column(months), column(method)
    dated = dated_plan(*loan, drawn_on=column(drawn), conventions=Conventions())
    equal = plan(*loan, drawn_on=column(drawn))
    equal = equal.take(np.flatnonzero(equal.total > 0))
    for field in fields(Plan):
        assert getattr(dated, field.name).tolist() == getattr(equal, field.name).tolist(), field.name


def test_fifty_thousand_at_four_and_a_half_percent_bears_6_16_a_day_under_act_365() -> None:
    # 50000 × 4.5 % / 365 = 6.164; thirty days 184.93, as published for act/365 loans
    conventions = Conventions(day_count=DayCount.ACT_365)
    rows = planned(5_000_000, 45_000, 1, BULLET, "2026-04-10", conventions=conventions)
    assert (iso(rows.due_on), rows.interest.tolist()) == (["2026-05-10"], [18_493])


def test_a_thousand_at_ten_percent_bears_101_39_in_a_common_year_under_act_360() -> None:
    # 1000 × 10 % × 365 / 360 = 101.389
    rows = planned(100_000, 100_000, 12, BULLET, "2026-01-01", conventions=Conventions(day_count=DayCount.ACT_360))
    assert rows.interest.tolist() == [10_139]


def test_a_year_across_the_start_of_a_leap_year_is_weighed_by_days_of_each() -> None:
    # 2023-11-01 to 2024-05-01: 61 days of 365 and 121 of 366; 60000 × (61/365 + 121/366) = 10027.397 + 19836.066
    rows = planned(100_000_000, 60_000, 6, BULLET, "2023-11-01", conventions=Conventions(day_count=DayCount.ACT_ACT))
    assert rows.interest.tolist() == [2_986_346]


def test_amounts_beyond_int64_products_are_exact_under_act_act() -> None:
    # the same on ten trillion yuan, worked in fractions
    rows = planned(10**15, 60_000, 6, BULLET, "2023-11-01", conventions=Conventions(day_count=DayCount.ACT_ACT))
    exact = Fraction(10**15 * 6, 100) * (Fraction(61, 365) + Fraction(121, 366))
    assert rows.interest.tolist() == [(2 * exact + 1).__floor__() // 2]


def test_an_odd_first_period_bears_interest_for_its_days_and_the_last_for_the_rest() -> None:
    # 360000 at 6 %: 60 a day; 5 to 20 March 15 days, then whole months, 20 May to 5 June 16 days under act/360
    conventions = Conventions(day_count=DayCount.ACT_360, due_day=20)
    rows = planned(36_000_000, 60_000, 3, INTEREST_ONLY, "2026-03-05", conventions=conventions)
    assert iso(rows.due_on) == ["2026-03-20", "2026-04-20", "2026-05-20", "2026-06-05"]
    assert rows.interest.tolist() == [15 * 6_000, 31 * 6_000, 30 * 6_000, 16 * 6_000]
    assert rows.principal.tolist() == [0, 0, 0, 36_000_000]


def test_a_loan_drawn_on_its_due_day_first_pays_a_month_later() -> None:
    rows = planned(36_000_000, 60_000, 2, INTEREST_ONLY, "2026-03-20", conventions=Conventions(due_day=20))
    assert iso(rows.due_on) == ["2026-04-20", "2026-05-20"]
    day_before = planned(36_000_000, 60_000, 2, INTEREST_ONLY, "2026-03-19", conventions=Conventions(due_day=20))
    assert iso(day_before.due_on) == ["2026-03-20", "2026-04-20", "2026-05-19"]


def test_no_payment_rolls_back_to_before_drawdown() -> None:
    # drawn on Saturday 7 March 2026, due on Sunday the eighth: Friday would be the day before drawdown
    conventions = Conventions(
        day_count=DayCount.ACT_360, due_day=8, rolling=Rolling.PRECEDING, interest_to_payment=True
    )
    rows = planned(36_000_000, 60_000, 2, INTEREST_ONLY, "2026-03-07", conventions=conventions)
    assert iso(rows.due_on) == ["2026-03-09", "2026-04-08", "2026-05-07"]
    assert rows.interest.tolist() == [2 * 6_000, 30 * 6_000, 29 * 6_000]


def test_odd_days_beside_whole_months_count_as_they_are() -> None:
    # 银发〔2005〕129号: months of 30 days from drawdown, odd days as they are; 5 March to 20 March 15 days, to 20 April
    # one month and 15 days, so 30 between
    conventions = Conventions(due_day=20)
    rows = planned(36_000_000, 60_000, 3, INTEREST_ONLY, "2026-03-05", conventions=conventions)
    assert rows.interest.tolist() == [15 * 6_000, 30 * 6_000, 30 * 6_000, 15 * 6_000]


def test_a_quarterly_loan_pays_every_three_months() -> None:
    rows = planned(120_000_000, 40_000, 12, EQUAL, "2026-01-31", conventions=Conventions(every_months=3))
    assert iso(rows.due_on) == ["2026-04-30", "2026-07-31", "2026-10-31", "2027-01-31"]
    assert rows.principal.tolist() == [30_000_000] * 4
    assert rows.interest.tolist() == [1_200_000, 900_000, 600_000, 300_000]


def test_the_national_day_week_moves_a_payment_to_the_eighth_of_october() -> None:
    following = Conventions(rolling=Rolling.FOLLOWING, calendar=load_calendar())
    rows = planned(36_000_000, 60_000, 2, INTEREST_ONLY, "2026-09-01", conventions=following)
    assert iso(rows.due_on) == ["2026-10-08", "2026-11-02"]
    assert rows.interest.tolist() == [180_000, 180_000]


def test_interest_may_run_to_the_day_of_payment() -> None:
    conventions = Conventions(
        day_count=DayCount.ACT_360, rolling=Rolling.FOLLOWING, calendar=load_calendar(), interest_to_payment=True
    )
    rows = planned(36_000_000, 60_000, 2, INTEREST_ONLY, "2026-09-01", conventions=conventions)
    # 1 September to 8 October 37 days, to Monday 2 November 25 days
    assert rows.interest.tolist() == [37 * 6_000, 25 * 6_000]


def test_a_level_loan_with_odd_periods_ends_with_an_instalment_like_the_others() -> None:
    conventions = Conventions(day_count=DayCount.ACT_365, due_day=21)
    rows = planned(100_000_000, 43_500, 36, LEVEL, "2026-02-03", conventions=conventions)
    assert len(rows) == 37
    assert rows.principal.sum() == 100_000_000
    # half a fen of the instalment and half a fen a month of rounded interest, with interest on both
    assert abs(int(rows.total[-1]) - int(rows.total[0])) <= 40
    assert len(set(rows.total[:-1].tolist())) == 1


def test_a_cut_of_the_lpr_takes_effect_on_the_anniversary_and_the_instalment_is_recast() -> None:
    index = Index(column(day("2024-02-20"), day("2024-10-21")), column(34_500, 31_000))
    resets = rate_resets(
        column(day("2024-06-15")), column(24), index, spread_ppm=column(5_500), reset=Reset.ANNIVERSARY
    )
    assert (iso(resets.on), resets.value.tolist()) == (["2025-06-15"], [36_500])
    rows = planned(24_000_000, 40_000, 24, EQUAL, "2024-06-15", changes=resets)
    # principal 10000 a month; 12th payment on 130000 at 4 %, 13th on 120000 at 3.65 %
    assert rows.interest[11:13].tolist() == [43_333, 36_500]
    level = planned(24_000_000, 40_000, 24, LEVEL, "2024-06-15", changes=resets)
    left = planned(int(level.closing_balance[11]), 36_500, 12, LEVEL, "2025-06-15")
    assert level.total[12:].tolist() == left.total.tolist()


def test_a_reset_on_the_first_of_january_splits_the_interest_of_the_period() -> None:
    index = Index(column(day("2025-05-20"), day("2025-12-22")), column(30_000, 24_000))
    resets = rate_resets(
        column(day("2025-12-11")), column(3), index, spread_ppm=column(0), reset=Reset.FIRST_OF_JANUARY
    )
    rows = planned(
        360_000_000,
        30_000,
        3,
        INTEREST_ONLY,
        "2025-12-11",
        changes=resets,
        conventions=Conventions(day_count=DayCount.ACT_360),
    )
    # 300 a day for 21 days, then 240 a day for 10; February 31 days at 240, March 28
    assert rows.interest.tolist() == [21 * 30_000 + 10 * 24_000, 31 * 24_000, 28 * 24_000]


def test_monthly_resets_follow_the_index_and_never_fall_below_zero() -> None:
    index = Index(column(day("2026-01-01"), day("2026-02-10")), column(30_000, 10_000))
    resets = rate_resets(column(day("2026-01-05")), column(3), index, spread_ppm=column(-20_000), reset=Reset.MONTHLY)
    assert resets.value.tolist() == [10_000, 0]


def test_an_index_without_a_value_on_the_day_names_its_first_publication() -> None:
    index = Index(column(day("2026-01-20")), column(30_000))
    with pytest.raises(ValueError, match="no value on 2026-01-19; its first publication is of 2026-01-20"):
        index.on(column(day("2026-01-20"), day("2026-01-19")))


def test_a_prepayment_pays_its_own_interest_and_the_rest_is_recast_over_the_same_term() -> None:
    ahead = one_change(Change.PREPAYMENT, loan=0, on=day("2026-02-16"), value=6_000_000)
    rows = planned(12_000_000, 60_000, 4, EQUAL, "2026-01-01", changes=ahead)
    assert iso(rows.due_on) == ["2026-02-01", "2026-02-16", "2026-03-01", "2026-04-01", "2026-05-01"]
    # 30000 a month; 60000 ahead with 15 days of interest: 60000 × 6 % × 15 / 360 = 150; 30000 left over three months
    assert rows.principal.tolist() == [3_000_000, 6_000_000, 1_000_000, 1_000_000, 1_000_000]
    assert rows.interest.tolist() == [60_000, 15_000, 15_000, 10_000, 5_000]
    assert rows.number.tolist() == [1, 2, 3, 4, 5]


def test_a_prepayment_may_keep_the_instalment_and_end_the_loan_earlier() -> None:
    ahead = one_change(Change.PREPAYMENT, loan=0, on=day("2026-02-01"), value=5_000_000)
    conventions = Conventions(after_prepayment=AfterPrepayment.INSTALMENT)
    rows = planned(12_000_000, 60_000, 4, EQUAL, "2026-01-01", changes=ahead, conventions=conventions)
    assert rows.principal.tolist() == [3_000_000, 5_000_000, 3_000_000, 1_000_000]
    assert rows.interest.tolist() == [60_000, 0, 20_000, 5_000]
    level = planned(12_000_000, 60_000, 12, LEVEL, "2026-01-01", changes=ahead, conventions=conventions)
    plain = planned(12_000_000, 60_000, 12, LEVEL, "2026-01-01")
    assert level.total[2] == plain.total[1]
    assert len(level) < len(plain)


def test_a_prepaid_bullet_pays_the_interest_of_the_part_from_drawdown() -> None:
    ahead = one_change(Change.PREPAYMENT, loan=0, on=day("2026-04-16"), value=10_000_000)
    rows = planned(36_000_000, 60_000, 6, BULLET, "2026-01-01", changes=ahead)
    # 100000 × 6 % × 105 / 360 = 1750; 260000 × 6 % / 2 = 7800
    assert rows.interest.tolist() == [175_000, 780_000]
    assert rows.total.tolist() == [10_175_000, 26_780_000]


def test_an_extension_spreads_what_is_left_over_the_new_term() -> None:
    longer = one_change(Change.EXTENSION, loan=0, on=day("2026-03-01"), value=day("2026-07-01"))
    rows = planned(12_000_000, 60_000, 4, EQUAL, "2026-01-01", changes=longer)
    assert rows.principal.tolist() == [3_000_000, 3_000_000, 1_500_000, 1_500_000, 1_500_000, 1_500_000]
    assert iso(rows.due_on)[-1] == "2026-07-01"
    at_maturity = planned(12_000_000, 60_000, 4, INTEREST_ONLY, "2026-01-01", changes=longer)
    assert at_maturity.principal.tolist() == [0, 0, 0, 0, 0, 12_000_000]


def test_grace_defers_principal_and_recasts_the_level_payment() -> None:
    deferred = grace(column(day("2026-01-01")), column(6))
    rows = planned(100_000_000, 48_000, 18, LEVEL, "2026-01-01", changes=deferred)
    assert rows.total[:6].tolist() == [400_000] * 6
    assert rows.total[6:].tolist() == planned(100_000_000, 48_000, 12, LEVEL, "2026-07-01").total.tolist()


def test_stepped_principal_repays_ten_thirty_and_sixty_percent() -> None:
    steps = (Step(12, 100_000), Step(12, 300_000), Step(12, 600_000))
    stepped = stepped_principal(column(100_000_000), column(day("2026-01-31")), steps)
    rows = planned(100_000_000, 48_000, 36, EQUAL, "2026-01-31", changes=stepped)
    assert rows.principal[:12].tolist() == [833_333] * 12
    assert rows.principal[12:24].tolist() == [2_500_000] * 12
    # the four fen that twelve times 8333.33 leave open fall on the last instalment
    assert rows.principal[24:].tolist() == [5_000_000] * 11 + [5_000_004]


def test_steps_that_do_not_repay_the_loan_are_refused() -> None:
    with pytest.raises(ValueError, match="The steps repay 900000 ppm of the loan"):
        stepped_principal(column(100), column(0), (Step(12, 300_000), Step(12, 600_000)))
    with pytest.raises(ValueError, match="Step 2 lasts 4 months; make it a multiple of the 3 months"):
        stepped_principal(column(100), column(0), (Step(3, 500_000), Step(4, 500_000)), every_months=3)


@pytest.mark.parametrize(
    ("kind", "on", "value", "text"),
    [
        (Change.PREPAYMENT, "2026-02-01", 9_000_001, "prepaid by 9000001 fen on 2026-02-01, when 9000000 fen are"),
        (Change.RATE, "2025-12-31", 1, "2025-12-31 lies outside the loan; it must lie between drawdown on 2026-01-01"),
        (Change.RATE, "2026-05-01", 1, "the day before maturity on 2026-05-01"),
        (Change.EXTENSION, "2026-02-01", day("2026-05-01"), "extended to 2026-05-01, which is not after its maturity"),
    ],
)
def test_a_change_that_cannot_be_is_named(kind: Change, on: str, value: int, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        planned(
            12_000_000,
            60_000,
            4,
            EQUAL,
            "2026-01-01",
            changes=one_change(kind, loan=0, on=day(on), value=value),
        )


def test_prepaying_everything_ends_the_loan() -> None:
    ahead = one_change(Change.PREPAYMENT, loan=0, on=day("2026-02-01"), value=9_000_000)
    rows = planned(12_000_000, 60_000, 4, EQUAL, "2026-01-01", changes=ahead)
    assert rows.principal.tolist() == [3_000_000, 9_000_000]
    assert rows.closing_balance[-1] == 0


def test_a_change_of_a_loan_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="A change names loan 1; there are only the loans 0 to 0"):
        planned(100, 0, 4, EQUAL, "2026-01-01", changes=one_change(Change.RATE, loan=1, on=day("2026-02-01"), value=1))


def test_no_loans_have_no_payments() -> None:
    empty = column()
    rows = dated_plan(empty, empty, empty, empty, drawn_on=empty, conventions=Conventions())
    assert len(rows) == 0


@pytest.mark.parametrize(
    ("due_day", "every", "text"), [(0, 1, "due day is 0"), (32, 1, "due day is 32"), (1, 13, "13 months apart")]
)
def test_conventions_no_calendar_has_are_refused(due_day: int, every: int, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Conventions(due_day=due_day, every_months=every)


CHANGE = st.tuples(st.sampled_from([Change.RATE, Change.PREPAYMENT, Change.PRINCIPAL]), st.integers(0, 100))
LOAN = st.tuples(
    st.integers(10**6, 10**12),
    st.integers(0, 300_000),
    st.integers(4, 40),
    st.sampled_from(Repayment),
    st.integers(day("2020-01-01"), day("2027-12-31")),
    st.lists(CHANGE, max_size=3),
)


def changes_of(position: int, loan: tuple[int, int, int, int, int, list[tuple[Change, int]]]) -> Changes:
    """Changes every 37 days from drawdown; prepayments of up to a thousandth of the loan each."""
    result = no_changes()
    for number, (kind, value) in enumerate(loan[5], start=1):
        scale = {Change.RATE: 1_000, Change.PREPAYMENT: loan[0] // 100_000, Change.PRINCIPAL: loan[0] // 100_000}[kind]
        result = result + one_change(kind, loan=position, on=loan[4] + 37 * number, value=value * scale)
    return result


@given(
    st.lists(LOAN, min_size=1, max_size=5),
    st.sampled_from(DayCount),
    st.sampled_from([None, 20, 31]),
    st.sampled_from(Rolling),
    st.sampled_from(AfterPrepayment),
)
def test_every_plan_closes_and_does_not_depend_on_its_neighbours(
    loans: list[tuple[int, int, int, int, int, list[tuple[Change, int]]]],
    count: DayCount,
    due_day: int | None,
    rolling: Rolling,
    after: AfterPrepayment,
) -> None:
    conventions = Conventions(
        day_count=count, due_day=due_day, rolling=rolling, calendar=load_calendar(), after_prepayment=after
    )

    def run(chosen: list[tuple[int, int, int, int, int, list[tuple[Change, int]]]]) -> Plan:
        changes = no_changes()
        for position, loan in enumerate(chosen):
            changes = changes + changes_of(position, loan)
        columns = [np.array(values, dtype=np.int64) for values in list(zip(*chosen, strict=True))[:5]]
        return dated_plan(*columns[:4], drawn_on=columns[4], conventions=conventions, changes=changes)

    together = run(loans)
    for position, loan in enumerate(loans):
        own = together.of(position)
        assert own.principal.sum() == loan[0]
        assert own.closing_balance[-1] == 0
        assert (own.opening_balance[1:] == own.closing_balance[:-1]).all()
        assert (own.interest >= 0).all()
        alone = run([loan])
        assert alone.total.tolist() == own.total.tolist()
        assert alone.due_on.tolist() == own.due_on.tolist()
