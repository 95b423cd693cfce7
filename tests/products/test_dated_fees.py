"""Guarantee fees within dated plans: when, on what, how much, and what prepayment and extension change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.columns import Ints
from products.guarantee.plan_fees import book_fees
from products.guarantee.provisions import Payer
from products.money import Rounding
from products.repayment.amortisation import Repayment
from products.repayment.business_days import load_calendar
from products.repayment.calendars import DayCount, Rolling
from products.repayment.changes import Change, Changes, no_changes, one_change
from products.repayment.cost_rates import cost_rates
from products.repayment.dated_fees import FeeRows, FeeTerms, FeeTiming, PlannedLoans, fee_rows, planned_loans, with_fees
from products.repayment.dated_plans import dated_plan
from products.repayment.plans import Plan, plan
from products.repayment.timeline import Conventions
from products.schedule import FeeBase
from tests.products.rule_books import book, days, facts

EPOCH = date(1970, 1, 1).toordinal()
LEVEL, EQUAL, INTEREST_ONLY, BULLET = Repayment


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal() - EPOCH


def column(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def loans(
    amount: int,
    rate: int,
    months: int,
    method: Repayment,
    drawn: str,
    *,
    changes: Changes | None = None,
    conventions: Conventions | None = None,
) -> PlannedLoans:
    terms = (column(amount), column(rate), column(months))
    use, on = conventions or Conventions(), column(day(drawn))
    made = dated_plan(*terms, column(method), drawn_on=on, conventions=use, changes=changes)
    return planned_loans(made, terms[0], terms[2], drawn_on=on, conventions=use, changes=changes)


def fees_of(planned: PlannedLoans, *rules: FeeTerms) -> list[tuple[str, int]]:
    rows = with_fees(planned, *(fee_rows(planned, rule) for rule in rules))
    paid = np.flatnonzero(rows.fee)
    return [(date.fromordinal(EPOCH + int(rows.due_on[row])).isoformat(), int(rows.fee[row])) for row in paid]


def change(kind: Change, on: str, value: int) -> Changes:
    return one_change(kind, loan=0, on=day(on), value=value)


ONE_PER_CENT = FeeTerms(column(10_000))


def test_a_yearly_fee_falls_due_in_advance_on_the_balance_then_outstanding() -> None:
    """1,000,000.00 over 30 months in equal principal: 1 % of 1,000,000, of 600,000, and 6/12 of 1 % of 200,000."""
    planned = loans(100_000_000, 40_000, 30, EQUAL, "2026-01-15")
    twelfths = 100_000_000 // 30
    assert fees_of(planned, ONE_PER_CENT) == [
        ("2026-01-15", 1_000_000),
        ("2027-01-15", round((100_000_000 - 12 * twelfths) * 0.01)),
        ("2028-01-15", round((100_000_000 - 24 * twelfths) * 0.005)),
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (FeeTerms(column(10_000), FeeTiming.ONCE), [("2026-01-15", 1_000_000)]),
        # 1 % a year for 18 months
        (FeeTerms(column(10_000), FeeTiming.FOR_TERM), [("2026-01-15", 1_500_000)]),
        # the same by 546 days over 365
        (FeeTerms(column(10_000), FeeTiming.FOR_TERM, days_in_year=365), [("2026-01-15", 1_495_890)]),
        # on the 80 % that are guaranteed, with an instalment coefficient of 0.55
        (
            FeeTerms(column(10_000), FeeTiming.FOR_TERM, covered_ppm=column(800_000), coefficient_ppm=column(550_000)),
            [("2026-01-15", 660_000)],
        ),
        (FeeTerms(column(10_000), base=FeeBase.ORIGINAL), [("2026-01-15", 1_000_000), ("2027-01-15", 500_000)]),
        (FeeTerms(column(0), minimum=20_000), []),
        (FeeTerms(column(10), FeeTiming.ONCE, minimum=20_000), [("2026-01-15", 20_000)]),
    ],
    ids=["once", "for the term", "by days", "covered part and coefficient", "original loan", "no fee", "minimum"],
)
def test_fees_of_a_loan_of_a_million_over_eighteen_months(rule: FeeTerms, expected: list[tuple[str, int]]) -> None:
    assert fees_of(loans(100_000_000, 40_000, 18, BULLET, "2026-01-15"), rule) == expected


def test_a_fee_paid_with_the_payments_counts_the_days_between_them() -> None:
    """Batch guarantee, 1 % × days / 365, paid with interest: 31, 28 and 31 days on 365,000.00 give 310, 280, 310."""
    planned = loans(36_500_000, 36_000, 3, INTEREST_ONLY, "2026-01-01")
    rule = FeeTerms(column(10_000), FeeTiming.WITH_PAYMENTS, days_in_year=365)
    assert fees_of(planned, rule) == [("2026-02-01", 31_000), ("2026-03-01", 28_000), ("2026-04-01", 31_000)]


def test_a_fee_paid_with_the_payments_runs_by_the_day() -> None:
    with pytest.raises(ValueError, match="say how many days it counts to a year"):
        FeeTerms(column(10_000), FeeTiming.WITH_PAYMENTS)


def test_a_prepayment_lowers_the_fees_to_come() -> None:
    """Half of a bullet of 1,000,000.00 is paid after 6 months: the second year's fee is 1 % of 500,000.00."""
    changes = change(Change.PREPAYMENT, "2026-07-15", 50_000_000)
    planned = loans(100_000_000, 40_000, 24, BULLET, "2026-01-15", changes=changes)
    assert fees_of(planned, ONE_PER_CENT) == [("2026-01-15", 1_000_000), ("2027-01-15", 500_000)]


@pytest.mark.parametrize(
    ("rule", "refund"),
    [
        # 1 % of 500,000 for the 6 months left of the first year
        (FeeTerms(column(10_000), refunds_unused=True), -250_000),
        # 184 of 365 days are left: 2,520.547… rounded down
        (FeeTerms(column(10_000), refunds_unused=True, days_in_year=365), -252_054),
        # paid for 24 months, 18 are left
        (FeeTerms(column(10_000), FeeTiming.FOR_TERM, refunds_unused=True), -750_000),
    ],
    ids=["months", "days", "for the term"],
)
def test_a_prepayment_gives_back_the_fee_for_time_not_used_where_the_rule_says_so(rule: FeeTerms, refund: int) -> None:
    changes = change(Change.PREPAYMENT, "2026-07-15", 50_000_000)
    planned = loans(100_000_000, 40_000, 24, BULLET, "2026-01-15", changes=changes)
    assert dict(fees_of(planned, rule))["2026-07-15"] == refund


def test_a_started_month_counts_as_used() -> None:
    changes = change(Change.PREPAYMENT, "2026-07-16", 50_000_000)
    planned = loans(100_000_000, 40_000, 24, BULLET, "2026-01-15", changes=changes)
    # 5 whole months are left of the year: 5/12 of 5,000.00, rounded down
    assert dict(fees_of(planned, FeeTerms(column(10_000), refunds_unused=True)))["2026-07-16"] == -208_333


def test_a_prepayment_on_an_anniversary_gives_nothing_back_of_the_year_that_ends() -> None:
    changes = change(Change.PREPAYMENT, "2027-01-15", 50_000_000)
    planned = loans(100_000_000, 40_000, 24, BULLET, "2026-01-15", changes=changes)
    assert fees_of(planned, FeeTerms(column(10_000), refunds_unused=True)) == [
        ("2026-01-15", 1_000_000),
        ("2027-01-15", 500_000),
    ]


def test_a_fee_on_the_original_loan_has_no_refund() -> None:
    planned = loans(
        100_000_000, 40_000, 24, BULLET, "2026-01-15", changes=change(Change.PREPAYMENT, "2026-07-15", 50_000_000)
    )
    with pytest.raises(ValueError, match="does not fall with a prepayment; charge it on the balance"):
        fee_rows(planned, FeeTerms(column(10_000), base=FeeBase.ORIGINAL, refunds_unused=True))


def test_an_extension_is_charged_for_the_time_it_adds() -> None:
    """18 months become 30: a top-up of 6 months at once on the year begun, then the third year's 6 months."""
    changes = change(Change.EXTENSION, "2027-04-15", day("2028-07-15"))
    planned = loans(100_000_000, 40_000, 18, BULLET, "2026-01-15", changes=changes)
    assert fees_of(planned, ONE_PER_CENT) == [
        ("2026-01-15", 1_000_000),
        ("2027-01-15", 500_000),
        ("2027-04-15", 500_000),
        ("2028-01-15", 500_000),
    ]
    for_term = FeeTerms(column(10_000), FeeTiming.FOR_TERM)
    assert fees_of(planned, for_term) == [("2026-01-15", 1_500_000), ("2027-04-15", 1_000_000)]


@pytest.mark.parametrize("on", ["2027-01-15", "2026-01-15"], ids=["on an anniversary", "on the day of drawdown"])
def test_an_extension_on_the_day_of_a_fee_is_in_that_fee(on: str) -> None:
    changes = change(Change.EXTENSION, on, day("2028-01-15"))
    planned = loans(100_000_000, 40_000, 18, BULLET, "2026-01-15", changes=changes)
    assert fees_of(planned, ONE_PER_CENT) == [("2026-01-15", 1_000_000), ("2027-01-15", 1_000_000)]


def test_fees_on_closed_days_move_as_payments_do() -> None:
    """1 October 2026 is a holiday until the 7th; the second year's fee is paid on 8 October."""
    use = Conventions(rolling=Rolling.FOLLOWING, calendar=load_calendar())
    planned = loans(100_000_000, 40_000, 24, BULLET, "2025-10-01", conventions=use)
    assert [on for on, _ in fees_of(planned, ONE_PER_CENT)] == ["2025-10-01", "2026-10-08"]


METHODS = st.sampled_from(list(Repayment))
LOANS = st.lists(
    st.tuples(st.integers(1, 10**12), st.integers(0, 200_000), st.integers(1, 90), METHODS, st.integers(0, 30_000)),
    min_size=1,
    max_size=6,
)


def batch(rows: Sequence[tuple[int, int, int, Repayment, int]]) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    principal, rate, months, method, drawn = (np.array(one, dtype=np.int64) for one in zip(*rows, strict=True))
    return principal, rate, months, method, drawn


@given(LOANS, st.sampled_from(list(FeeBase)), st.integers(0, 50_000))
def test_fees_in_equal_months_are_those_of_the_undated_plan(
    rows: list[tuple[int, int, int, Repayment, int]], base: FeeBase, rate: int
) -> None:
    principal, interest, months, method, drawn = batch(rows)
    charged = np.full_like(principal, rate)
    made = dated_plan(principal, interest, months, method, drawn_on=drawn, conventions=Conventions())
    planned = planned_loans(made, principal, months, drawn_on=drawn, conventions=Conventions())
    found = with_fees(planned, fee_rows(planned, FeeTerms(charged, base=base)))
    expected = plan(principal, interest, months, method, drawn_on=drawn, fee_rate_ppm=charged, fee_base=base)
    paid = np.flatnonzero(expected.total > 0)
    for field in fields(Plan):
        if field.name != "number":
            assert getattr(found, field.name).tolist() == getattr(expected.take(paid), field.name).tolist(), field.name


@settings(max_examples=40)
@given(LOANS, st.sampled_from(list(FeeTiming)), st.booleans(), st.data())
def test_a_batch_of_fees_equals_its_rows_and_leaves_the_plan_closed(
    rows: list[tuple[int, int, int, Repayment, int]], timing: FeeTiming, refunds: bool, data: st.DataObject
) -> None:
    principal, rate, months, method, drawn = batch(rows)
    terms = FeeTerms(np.full_like(principal, 12_000), timing, days_in_year=365, refunds_unused=refunds)
    parts = [_changes(data, place, row) for place, row in enumerate(rows)]
    changes = sum(parts, no_changes())
    conventions = Conventions(DayCount.ACT_365)
    made = dated_plan(principal, rate, months, method, drawn_on=drawn, conventions=conventions, changes=changes)
    planned = planned_loans(made, principal, months, drawn_on=drawn, conventions=conventions, changes=changes)
    whole = with_fees(planned, fee_rows(planned, terms))
    assert (whole.total == whole.principal + whole.interest + whole.fee).all()
    for place, row in enumerate(rows):
        own = [column(int(value)) for value in row]
        alone = Changes(np.zeros_like(parts[place].loan), parts[place].on, parts[place].kind, parts[place].value)
        one = dated_plan(*own[:3], own[3], drawn_on=own[4], conventions=conventions, changes=alone)
        single = planned_loans(one, own[0], own[2], drawn_on=own[4], conventions=conventions, changes=alone)
        rule = FeeTerms(column(12_000), timing, days_in_year=365, refunds_unused=refunds)
        expected, found = with_fees(single, fee_rows(single, rule)), whole.of(place)
        assert found.principal.sum() == row[0]
        for field in fields(Plan):
            if field.name != "loan":
                assert getattr(found, field.name).tolist() == getattr(expected, field.name).tolist(), field.name


def _changes(data: st.DataObject, place: int, row: tuple[int, int, int, Repayment, int]) -> Changes:
    amount, _, months, _, drawn = row
    last = drawn + 28 * months - 1
    on = data.draw(st.integers(drawn, last))
    found = Changes(column(place), column(on), column(Change.EXTENSION), column(drawn + 40 * months + 40))
    if data.draw(st.booleans()):
        found += Changes(column(place), column(drawn), column(Change.PREPAYMENT), column(amount // 3))
    return found


def test_the_annual_rates_include_the_fees_of_the_dated_flows() -> None:
    """100.00 for a year at 0 % with a fee of 2.00 at drawdown: 2/98 compound, 2/100 simple."""
    planned = loans(10_000, 0, 12, BULLET, "2026-01-01")
    rows = with_fees(planned, fee_rows(planned, FeeTerms(column(20_000))))
    rates = cost_rates(rows, principal=10_000, drawn_on=day("2026-01-01"))
    assert rates.effective.only == pytest.approx(2 / 98, abs=1e-12)
    assert rates.nominal.only == pytest.approx(12 * ((100 / 98) ** (1 / 12) - 1), abs=1e-12)
    assert rates.simple.only == pytest.approx(0.02, abs=1e-12)


def test_japanese_fees_by_the_instalment_coefficient_stand_in_the_plan() -> None:
    """Saitama credit guarantee corporation: 10,000,000 yen, 1.15 %, 60 equal instalments × 0.55 = 316,250 yen."""
    planned = loans(10_000_000, 20_000, 60, EQUAL, "2026-04-01")
    rule = FeeTerms(column(11_500), FeeTiming.FOR_TERM, coefficient_ppm=column(550_000), rounding=Rounding.DOWN)
    assert fees_of(planned, rule) == [("2026-04-01", 316_250)]
    japan = book("jp-credit-guarantee")
    loan = facts(japan, {"loan": ["10000000"], "months": "60", "shape": "instalments"})
    rows = book_fees(japan, loan, days("2026-04-01", 1), planned)
    assert (rows.on.tolist(), rows.amount.tolist()) == ([day("2026-04-01")], [316_250])


def test_a_german_guarantee_is_charged_once_and_every_year_on_what_is_guaranteed_then() -> None:
    """100,000 euro over 18 months, equal principal, 80 % cover: 1 % once, 1 % a year, half of it for the last months.

    After 12 of 18 payments of 5,555.55 there are 33,333.40 left, of which 26,666.72 are guaranteed.
    """
    germany = book("de-buergschaftsbank")
    planned = loans(10_000_000, 40_000, 18, EQUAL, "2026-01-15")
    loan = facts(germany, {"loan": ["100000"]})
    rows = book_fees(germany, loan, days("2026-01-15", 1), planned)
    found = with_fees(planned, rows)
    paid = np.flatnonzero(found.fee)
    assert found.fee[paid].tolist() == [160_000, 13_334]
    assert found.due_on[paid].tolist() == [day("2026-01-15"), day("2027-01-15")]


def test_fees_of_another_payer_stay_out_of_the_borrowers_plan() -> None:
    """SBA 7(a), March 2025: the borrower's 3 % of 262,500 at drawdown; the lender's 0.55 % every year."""
    sba = book("us-sba-7a")
    planned = loans(35_000_000, 100_000, 24, LEVEL, "2025-04-01")
    loan = facts(sba, {"loan": ["350000"], "maturity_months": "24", "borrower_group": "1"})
    borrower = book_fees(sba, loan, days("2025-04-01", 1), planned)
    assert borrower.amount.tolist() == [787_500]
    lender = book_fees(sba, loan, days("2025-04-01", 1), planned, payer=Payer.LENDER)
    assert lender.amount.tolist()[:2] == [0, 144_375]
    assert len(lender.amount) == 3


def test_a_loan_of_nothing_has_no_fee() -> None:
    planned = loans(0, 40_000, 12, LEVEL, "2026-01-15")
    assert len(with_fees(planned, fee_rows(planned, ONE_PER_CENT))) == 0


def test_numbers_count_payments_and_leave_the_fee_of_drawdown_at_0() -> None:
    planned = loans(1_200_000, 60_000, 3, EQUAL, "2026-01-01")
    rows = with_fees(planned, FeeRows(column(0, 0), column(day("2026-01-01"), day("2026-02-11")), column(500, 70)))
    assert rows.number.tolist() == [0, 1, 2, 3, 4]
    assert rows.closing_balance.tolist() == [1_200_000, 800_000, 800_000, 400_000, 0]
