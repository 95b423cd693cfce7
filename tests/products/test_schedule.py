"""Totals, all-in rates and plans: worked cases, limits and properties."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from products.columns import Ints
from products.money import GREATEST_AMOUNT
from products.repayment.amortisation import Repayment, rounded_share
from products.repayment.plans import Plan, plan
from products.schedule import NO_RATE, AllIn, Charges, FeeBase, PlanTotals, all_in, first_year, totals

EPOCH = date(1970, 1, 1)
LEVEL, EQUAL, INTEREST_ONLY, BULLET = Repayment


def column(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def one(amount_yuan: str, rate_ppm: int, months: int, method: Repayment) -> tuple[Ints, Ints, Ints, Ints]:
    return column(fen(amount_yuan)), column(rate_ppm), column(months), column(method)


def fen(yuan: str) -> int:
    return int(Fraction(yuan) * 100)


def figures(result: PlanTotals) -> tuple[int, ...]:
    return tuple(int(getattr(result, field.name)[0]) for field in fields(result))


def costs(loan: tuple[Ints, Ints, Ints, Ints], *, fee: int = 0, subsidy: int = 0, months: int = 0) -> AllIn:
    return all_in(*loan, fee_rate_ppm=column(fee), subsidy_rate_ppm=column(subsidy), subsidy_months=column(months))


def drawn(day: date) -> Ints:
    return column((day - EPOCH).days)


def test_a_year_of_monthly_interest_at_four_and_a_half_percent_with_fee_and_subsidy_costs_four_percent() -> None:
    result = costs(one("1000000", 45_000, 12, INTEREST_ONLY), fee=10_000, subsidy=15_000, months=12)
    assert figures(result.plan) == (12, 375_000, 100_375_000, fen("45000"), fen("45000"))
    assert (result.total_fee, result.first_year_fee) == (fen("10000"), fen("10000"))
    assert (result.total_subsidy, result.first_year_subsidy) == (fen("15000"), fen("15000"))
    assert result.first_year_cost == fen("40000")


def test_a_level_loan_of_a_thousand_over_three_months_at_one_percent_a_month_ends_with_340_03() -> None:
    # 1000 × 0.01 / (1 − 1.01⁻³) = 340.0221; interest 10.00, 6.6998, 3.3666, each rounded to the fen
    assert figures(totals(*one("1000", 120_000, 3, LEVEL))) == (3, 34_002, 34_003, 2_007, 2_007)


def test_equal_principal_takes_the_odd_fen_in_the_last_instalment() -> None:
    # principal 333.33, 333.33, 333.34; interest 10.00, 6.6667, 3.3334
    assert figures(totals(*one("1000", 120_000, 3, EQUAL))) == (3, 34_333, 33_667, 2_000, 2_000)


def test_a_bullet_of_eighteen_months_pays_its_simple_interest_once_and_none_in_the_first_year() -> None:
    result = totals(*one("1000000", 45_000, 18, BULLET))
    assert figures(result) == (1, fen("1067500"), fen("1067500"), fen("67500"), 0)


def test_ten_thousand_at_eight_percent_over_ten_months_pays_1037_03() -> None:
    # published by Microsoft for PMT(8%/12, 10, 10000): 1037.03
    assert totals(*one("10000", 80_000, 10, LEVEL)).first_instalment == fen("1037.03")


def test_interest_of_the_second_year_of_a_thirty_year_loan_is_the_published_one() -> None:
    # published by Microsoft for CUMIPMT and CUMPRINC(9%/12, 360, 125000, 13, 24, 0): 11135.23213 and 934.1071234;
    # rounding each payment to the fen moves a year's sums by less than 0.10
    rows = plan(*one("125000", 90_000, 360, LEVEL), drawn_on=drawn(date(2024, 1, 15)))
    assert abs(int(rows.interest[12:24].sum()) - 11_135_23.213) < 10
    assert abs(int(rows.principal[12:24].sum()) - 934_10.71234) < 10


def test_a_final_half_year_bears_half_the_fee_on_the_balance_then_outstanding() -> None:
    # equal principal 5555.55 a month: 33333.40 is left after twelve; 1 % of it for six months is 166.667
    loan = one("100000", 40_000, 18, EQUAL)
    result = costs(loan, fee=10_000)
    assert (result.first_year_fee[0], result.total_fee[0]) == (fen("1000"), fen("1166.67"))
    original = all_in(
        *loan,
        fee_rate_ppm=column(10_000),
        fee_base=FeeBase.ORIGINAL,
        subsidy_rate_ppm=column(0),
        subsidy_months=column(0),
    )
    assert original.total_fee == fen("1500")


def test_the_fee_of_a_thirteenth_month_is_a_twelfth() -> None:
    result = costs(one("120000", 40_000, 13, INTEREST_ONLY), fee=10_000)
    assert result.total_fee == fen("1200") + fen("100")


def test_a_subsidy_is_never_more_than_the_interest_and_ends_with_its_period() -> None:
    generous = costs(one("1000000", 30_000, 12, INTEREST_ONLY), subsidy=50_000, months=12)
    assert generous.total_subsidy == generous.plan.total_interest
    assert generous.rate_ppm == 0
    short = costs(one("1000000", 30_000, 24, INTEREST_ONLY), subsidy=15_000, months=18)
    assert (short.total_subsidy[0], short.first_year_subsidy[0]) == (fen("22500"), fen("15000"))


def test_a_bullet_receives_its_subsidy_with_the_interest_at_maturity() -> None:
    result = costs(one("1000000", 45_000, 24, BULLET), subsidy=15_000, months=12)
    assert (result.total_subsidy[0], result.first_year_subsidy[0]) == (fen("15000"), 0)


def test_a_bullet_of_a_year_at_twelve_percent_has_the_nominal_rate_of_its_twelfth_root() -> None:
    # 12 × (1.12^(1/12) − 1) = 11.38655 %
    assert costs(one("1000", 120_000, 12, BULLET)).rate_ppm == 113_866


def test_a_fee_of_one_percent_in_advance_on_a_month_costs_more_than_twelve_percent() -> None:
    # a loan of one month: 99.00 + 1/12 % fee in hand … 1200.00 less 1.00 fee, 1205.00 back: 12 × (1205/1199 − 1)
    result = costs(one("1200", 50_000, 1, INTEREST_ONLY), fee=10_000)
    assert result.rate_ppm == round(Fraction(12 * 6, 1199) * 10**6)


def test_no_interest_is_no_rate_and_one_month_is_one_payment() -> None:
    for method in Repayment:
        result = costs(one("100", 0, 1, method))
        assert figures(result.plan) == (1, 10_000, 10_000, 0, 0)
        assert result.rate_ppm == 0


def test_a_loan_of_nothing_costs_nothing() -> None:
    for method in Repayment:
        result = costs(one("0", 45_000, 12, method), fee=10_000, subsidy=15_000, months=12)
        assert (result.rate_ppm[0], result.total_fee[0], result.plan.total_interest[0]) == (0, 0, 0)


def test_a_loan_of_one_fen_eaten_by_its_first_fee_has_no_rate() -> None:
    # 50 % of one fen is rounded up to one; of three fen two, so one is left in hand
    assert costs(one("0.01", 45_000, 12, LEVEL), fee=500_000).rate_ppm == NO_RATE
    assert costs(one("0.03", 45_000, 12, LEVEL), fee=500_000).rate_ppm > 0


def test_no_loans_have_no_totals() -> None:
    empty = column()
    assert len(totals(empty, empty, empty, empty).total_interest) == 0
    assert len(plan(empty, empty, empty, empty, drawn_on=empty)) == 0


@pytest.mark.parametrize("method", list(Repayment))
def test_ten_trillion_at_a_thousand_percent_for_fifty_years_closes(method: Repayment) -> None:
    loan = column(GREATEST_AMOUNT), column(10_000_000), column(600), column(method)
    rows = plan(*loan, drawn_on=drawn(date(2026, 1, 1)), fee_rate_ppm=column(500_000))
    assert rows.principal.sum() == GREATEST_AMOUNT
    assert rows.closing_balance[-1] == 0
    assert (rows.interest >= 0).all()
    assert (rows.principal >= 0).all()


def test_the_widest_amounts_and_the_narrow_ones_share_one_arithmetic() -> None:
    rate, months, method = column(43_210, 43_210), column(60, 60), column(LEVEL, LEVEL)
    beside_a_giant = totals(column(123_456_789, GREATEST_AMOUNT), rate, months, method)
    alone = totals(column(123_456_789), rate[:1], months[:1], method[:1])
    assert beside_a_giant.total_interest[0] == alone.total_interest[0]
    assert beside_a_giant.last_instalment[0] == alone.last_instalment[0]


@pytest.mark.parametrize(
    ("position", "value", "text"),
    [
        (0, -1, "The amount in row 1 is -1; it must lie between 0 and 1000000000000000 (fen)."),
        (0, GREATEST_AMOUNT + 1, "The amount in row 1 is 1000000000000001"),
        (1, 10_000_001, "The rate in row 1 is 10000001; it must lie between 0 and 10000000 (ppm a year)."),
        (2, 0, "The term in row 1 is 0; it must lie between 1 and 600 (months)."),
        (2, 601, "The term in row 1 is 601"),
        (3, 4, "The repayment code in row 1 is 4; it must lie between 0 and 3"),
    ],
)
def test_a_loan_out_of_limits_is_named(position: int, value: int, text: str) -> None:
    loans = [column(100, 100), column(40_000, 40_000), column(12, 12), column(0, 0)]
    loans[position][1] = value
    with pytest.raises(ValueError, match=text.replace("(", r"\(").replace(")", r"\)")):
        totals(*loans)


def test_a_fee_above_half_the_loan_a_year_is_refused() -> None:
    loan = one("100", 40_000, 12, LEVEL)
    assert costs(loan, fee=500_000).rate_ppm > 500_000
    with pytest.raises(ValueError, match="guarantee fee rate in row 0 is 500001; it must lie between 0 and 500000"):
        costs(loan, fee=500_001)


@given(st.integers(0, 2**52 - 1), st.integers(0, 5 * 10**14), st.integers(1, 10**14))
def test_a_share_too_wide_for_int64_is_rounded_half_up_exactly(amount: int, weight: int, divisor: int) -> None:
    exact = (Fraction(amount * weight, divisor) + Fraction(1, 2)).__floor__()
    assume(exact < 2**62)
    assert int(rounded_share(column(amount), column(weight), divisor, wide=True)[0]) == exact
    assert rounded_share(amount, weight, divisor, wide=True) == exact
    assert rounded_share(amount, weight, divisor, wide=False) == exact


def test_half_a_fen_is_rounded_up_on_both_ways() -> None:
    for wide in (True, False):
        # 5/10 and 15/10 up, 4/10 down
        assert rounded_share(column(5, 15, 4), column(1, 1, 1), 10, wide=wide).tolist() == [1, 2, 0]


LOANS = st.tuples(
    st.integers(1, 10**13),
    st.integers(0, 400_000),
    st.integers(1, 60),
    st.sampled_from(Repayment),
    st.integers(0, 30_000),
    st.integers(0, 30_000),
    st.integers(0, 40),
)


def priced(loans: list[tuple[int, ...]], *, base: FeeBase = FeeBase.OUTSTANDING) -> AllIn:
    columns = [np.array(values, dtype=np.int64) for values in zip(*loans, strict=True)]
    return all_in(
        *columns[:4],
        fee_rate_ppm=columns[4],
        fee_base=base,
        subsidy_rate_ppm=columns[5],
        subsidy_months=columns[6],
    )


def planned(loan: tuple[int, ...], *, base: FeeBase = FeeBase.OUTSTANDING) -> Plan:
    columns = [column(value) for value in loan]
    return plan(
        *columns[:4],
        drawn_on=column(0),
        fee_rate_ppm=columns[4],
        fee_base=base,
        subsidy_rate_ppm=columns[5],
        subsidy_months=columns[6],
    )


def rows_of(result: AllIn) -> np.ndarray:
    plan_columns = [getattr(result.plan, field.name) for field in fields(result.plan)]
    other = [getattr(result, field.name) for field in fields(result) if field.name != "plan"]
    return np.stack(plan_columns + other, axis=1)


@given(st.lists(LOANS, min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_a_batch_equals_its_rows_in_any_order(loans: list[tuple[int, ...]], random: object) -> None:
    together = rows_of(priced(loans))
    for position, loan in enumerate(loans):
        assert (rows_of(priced([loan]))[0] == together[position]).all()
    assert (rows_of(priced(loans[::-1]))[::-1] == together).all()
    assert (np.concatenate([rows_of(priced(loans[:1])), rows_of(priced(loans[1:]))]) == together).all()


@given(LOANS, st.sampled_from(FeeBase))
def test_a_plan_closes_and_adds_up_to_the_totals(loan: tuple[int, ...], base: FeeBase) -> None:
    result, rows = priced([loan], base=base), planned(loan, base=base)
    assert rows.principal.sum() == loan[0]
    assert rows.closing_balance[-1] == 0
    assert (rows.opening_balance - rows.principal == rows.closing_balance).all()
    assert (rows.opening_balance[1:] == rows.closing_balance[:-1]).all()
    assert (rows.total == rows.principal + rows.interest + rows.fee).all()
    assert rows.interest.sum() == result.plan.total_interest[0]
    assert rows.fee.sum() == result.total_fee[0]
    assert rows.subsidy.sum() == result.total_subsidy[0]
    assert (rows.subsidy <= rows.interest).all()


@given(LOANS)
def test_the_all_in_rate_makes_the_payments_worth_the_loan(loan: tuple[int, ...]) -> None:
    result, rows = priced([loan]), planned(loan)
    month = [round((day + 1) / (365.25 / 12)) for day in rows.due_on]

    def worth(ppm: Fraction) -> Fraction:
        discount = 1 / (1 + ppm / 12_000_000)
        flows = (rows.total - rows.subsidy).tolist()
        return sum((flow * discount**k for flow, k in zip(flows, month, strict=True)), Fraction(-loan[0]))

    rate = int(result.rate_ppm[0])
    tolerance = Fraction(5001, 10_000)
    assert worth(rate + tolerance) <= 0
    assert rate == 0 or worth(rate - tolerance) >= 0


@given(st.integers(1, GREATEST_AMOUNT), st.integers(0, 10_000_000), st.integers(1, 120))
def test_the_level_instalment_is_the_formula_rounded_half_up(amount: int, rate: int, months: int) -> None:
    monthly = Fraction(rate, 12_000_000)
    growth = (1 + monthly) ** months
    exact = amount * monthly * growth / (growth - 1) if rate else Fraction(amount, months)
    interest = Fraction(amount) * monthly
    expected = (exact + Fraction(1, 2)).__floor__() if months > 1 else amount + (interest + Fraction(1, 2)).__floor__()
    assert totals(column(amount), column(rate), column(months), column(LEVEL)).first_instalment == expected


@given(st.integers(10**6, 10**12), st.integers(0, 360_000), st.integers(1, 120), st.sampled_from(Repayment))
def test_the_rate_of_a_loan_without_charges_is_its_own(amount: int, rate: int, months: int, method: Repayment) -> None:
    result = costs((column(amount), column(rate), column(months), column(method)))
    if method is Repayment.BULLET:
        assert result.rate_ppm <= rate + 12 * 10**6 // amount + 6
    else:
        # one fen a month on ten thousand yuan is 12 ppm of interest at most
        assert abs(int(result.rate_ppm[0]) - rate) <= 12 * 10**6 // amount + 6


@given(st.integers(1, 10**12), st.integers(0, 240), st.integers(1, 120))
def test_equal_principal_pays_half_of_n_plus_one_months_of_interest(amount: int, permille: int, months: int) -> None:
    principal, rate = amount * months, permille * 1000
    expected = Fraction(principal * rate * (months + 1), 2 * 12_000_000)
    interest = totals(column(principal), column(rate), column(months), column(EQUAL)).total_interest
    assert abs(int(interest[0]) - expected) <= Fraction(months, 2)


def test_due_dates_keep_the_day_of_drawdown_where_the_month_has_it() -> None:
    rows = plan(*one("3000", 120_000, 4, EQUAL), drawn_on=drawn(date(2024, 1, 31)))
    due = [date.fromordinal(EPOCH.toordinal() + int(day)).isoformat() for day in rows.due_on]
    assert due == ["2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]
    assert rows.number.tolist() == [1, 2, 3, 4]


def test_fees_fall_on_the_day_of_drawdown_and_its_anniversaries() -> None:
    rows = plan(
        *one("120000", 60_000, 14, INTEREST_ONLY), drawn_on=drawn(date(2026, 3, 1)), fee_rate_ppm=column(10_000)
    )
    charged = rows.take(np.flatnonzero(rows.fee))
    assert charged.number.tolist() == [0, 12]
    assert charged.fee.tolist() == [fen("1200"), fen("200")]
    assert charged.total.tolist() == [fen("1200"), fen("200") + fen("600")]


def test_plans_of_many_loans_stand_one_below_another() -> None:
    both = plan(
        column(100_000, 300_000), column(120_000, 120_000), column(3, 2), column(LEVEL, BULLET), drawn_on=column(0, 0)
    )
    assert both.loan.tolist() == [0, 0, 0, 1]
    assert both.of(0).total.tolist() == [34_002, 34_002, 34_003]
    assert both.of(1).total.tolist() == [306_000]


@given(
    st.integers(1, 10**11),
    st.integers(0, 200_000),
    st.integers(1, 60),
    st.sampled_from(list(Repayment)),
    st.integers(0, 50_000),
    st.integers(0, 50_000),
    st.integers(0, 60),
)
def test_the_first_year_alone_is_that_of_the_whole_life(
    fen: int, rate: int, months: int, method: Repayment, fee: int, subsidy: int, subsidised: int
) -> None:
    loan = tuple(np.array([one], dtype=np.int64) for one in (fen, rate, months, method))
    fees, subsidies, paid = (np.array([one], dtype=np.int64) for one in (fee, subsidy, subsidised))
    whole = all_in(*loan, fee_rate_ppm=fees, subsidy_rate_ppm=subsidies, subsidy_months=paid)
    first = first_year(*loan, charges=Charges(FeeBase.OUTSTANDING, fees, subsidies, paid))
    assert first.interest.tolist() == whole.plan.first_year_interest.tolist()
    assert first.fee.tolist() == whole.first_year_fee.tolist()
    assert first.subsidy.tolist() == whole.first_year_subsidy.tolist()
    assert first.cost.tolist() == whole.first_year_cost.tolist()
