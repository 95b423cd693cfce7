"""The price of given terms, and the dated flows behind every price sheet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products import NotInForce, UnknownOffering
from products.asked import InvalidQuestion, question_from, read_question
from products.columns import Ints
from products.costs.price_answer import PriceSheet, RatePosition
from products.costs.price_sheet import sheet_of
from products.costs.sensitivity import Axis
from products.costs.terms_price import Terms, price_terms
from products.repayment.amortisation import Repayment
from products.repayment.annual_rate import RateKind
from products.repayment.dated_plans import dated_plan
from products.repayment.dated_subsidies import InterestSubsidy, with_subsidy
from products.repayment.plans import plan
from products.repayment.timeline import Conventions
from tests.products.builders import ON, amended, catalogue, decisions, offering

ASKED = {
    "product": "innovation-credit",
    "amount": "1000000.00",
    "term_months": 12,
    "repayment": "interest_monthly_principal_at_maturity",
    "default_probability": "0.02",
    "enterprise_size": "small",
}


def priced(on: date = ON, **changes: Any) -> PriceSheet:
    return price_terms(question_from(ASKED | changes, Terms, what="terms"), catalogue=catalogue(), on=on)


def rate(sheet: PriceSheet, kind: RateKind) -> Decimal | None:
    (found,) = (one.rate for one in sheet.annual_rates if one.kind is kind)
    return found


def test_a_million_for_a_year_by_hand() -> None:
    """1.7 + 0.8 + 2 % × 45 % × 20 % = 2.68 % breaks even; 75 % × 10.5 % × 11 % = 0.86625 % more is required."""
    sheet = priced()
    assert (sheet.break_even_rate, sheet.required_rate) == (Decimal("0.0268"), Decimal("0.035463"))
    # over the one-year LPR of 3 %: 54.63 bp, rounded up
    assert (sheet.required_spread_bp, sheet.loan_rate) == (55, Decimal("0.0355"))
    assert sheet.expected_loss == Decimal("1800.00")
    assert sheet.capital.amount == Decimal("78750.00")
    assert sum(one.rate for one in sheet.components) == sheet.loan_rate
    assert (sheet.programme, sheet.applied_on, sheet.outcome) == (None, None, None)
    assert [one.changed for one in sheet.sensitivity][:2] == [Axis.BASE, Axis.DEFAULT_PROBABILITY]


def test_a_given_rate_is_looked_at_instead_of_the_required_one() -> None:
    """At 2.5 % the bank loses 0.18 % a year on 7.875 % of capital: −2.2857… %, rounded down."""
    sheet = priced(loan_rate="0.025")
    assert (sheet.loan_rate, sheet.required_rate) == (Decimal("0.0250"), Decimal("0.035463"))
    assert sheet.return_on_capital == Decimal("-0.022858")
    assert sheet.components[-1].rate == Decimal("-0.010463")
    # 2,083.33 a month
    assert sheet.total_interest == Decimal("24999.96")


def test_annual_rates_by_name_include_the_fee() -> None:
    """Bullet, 12 months, 6 % and a fee of 1 % in advance: 990,000 in hand, 1,060,000 back after 365 days."""
    sheet = priced(repayment="bullet", loan_rate="0.06", fee_rate="0.01", drawn_on="2026-01-15")
    assert rate(sheet, RateKind.EFFECTIVE) == Decimal("0.070707")
    assert rate(sheet, RateKind.SIMPLE) == Decimal("0.070000")
    # twelve times the monthly rate that compounds to 70 / 990
    monthly = (1060 / 990) ** (1 / 12) - 1
    assert rate(sheet, RateKind.NOMINAL) == Decimal(repr(12 * monthly)).quantize(Decimal("0.000001"))
    assert [one.zh for one in sheet.annual_rates] == [kind.zh for kind in RateKind]


def test_the_schedule_holds_fee_interest_and_subsidy_of_every_day() -> None:
    sheet = priced(loan_rate="0.036", fee_rate="0.01", subsidy_rate="0.012", subsidy_months=2, drawn_on="2026-01-15")
    first, second, *_, last = sheet.schedule
    assert (first.number, first.due_on, first.fee) == (0, date(2026, 1, 15), Decimal("10000.00"))
    assert (second.number, second.interest, second.subsidy) == (1, Decimal("3000.00"), Decimal("1000.00"))
    assert [one.subsidy for one in sheet.schedule[3:]] == [Decimal("0.00")] * 10
    assert (last.due_on, last.principal, last.closing_balance) == (date(2027, 1, 15), Decimal("1000000.00"), 0)
    totals = (sheet.total_interest, sheet.total_fee, sheet.total_subsidy)
    assert totals == (Decimal("36000.00"), Decimal("10000.00"), Decimal("2000.00"))


def test_a_schedule_by_the_banks_own_conventions() -> None:
    """Act/360, due on the 3rd, moved to working days: 3 October 2026 lies in the holidays that end on the 7th."""
    sheet = priced(day_count="act/360", due_day=3, rolling="following", drawn_on="2026-07-22", loan_rate="0.036")
    assert [one.due_on.isoformat() for one in sheet.schedule[:3]] == ["2026-08-03", "2026-09-03", "2026-10-08"]
    # 12 days from 22 July and 31 from 3 August, at 3.6 % / 360 on a million
    assert [one.interest for one in sheet.schedule[:2]] == [Decimal("1200.00"), Decimal("3100.00")]


def bounded(loan_rate: str | None, **terms: Any) -> PriceSheet:
    """The sheet of an application under a product with a cap of 100 bp over 3 % and a floor of 50 bp below 3.5 %."""
    under = amended(offering(), product={"spread_cap_bp": 100, "floor_below_five_year_lpr_bp": 50, **terms})
    ppm = None if loan_rate is None else int(Decimal(loan_rate) * 1_000_000)
    return sheet_of(decisions({}, under=under), 0, loan_rate_ppm=ppm)


@pytest.mark.parametrize(
    ("loan_rate", "position"),
    [
        ("0.0299", RatePosition.BELOW_FLOOR),
        ("0.03", RatePosition.AT_FLOOR),
        ("0.0301", RatePosition.WITHIN),
        ("0.0399", RatePosition.WITHIN),
        ("0.04", RatePosition.AT_CAP),
        ("0.0401", RatePosition.ABOVE_CAP),
    ],
)
def test_a_rate_is_placed_between_floor_and_cap(loan_rate: str, position: RatePosition) -> None:
    sheet = bounded(loan_rate)
    assert (sheet.floor, sheet.cap) == (Decimal("0.0300"), Decimal("0.0400"))
    assert sheet.position is position


def test_the_spread_required_is_shown_where_the_cap_cuts_the_rate() -> None:
    sheet = bounded(None, funding_rate=40_000)
    assert (sheet.loan_rate, sheet.position) == (Decimal("0.0400"), RatePosition.AT_CAP)
    assert sheet.required_spread_bp > 100


def test_the_nominal_rate_of_an_applications_sheet_is_the_decisions_all_in_rate() -> None:
    for changes in ({}, {"request.repayment": "level_payment", "request.term_months": 30}):
        batch = decisions(changes)
        part, at = batch.locate(0)
        sheet = sheet_of(batch, 0)
        nominal = rate(sheet, RateKind.NOMINAL)
        assert nominal is not None
        assert int(nominal * 1_000_000) == pytest.approx(int(part.case.prices.all_in[at]), abs=1)
        assert sheet.total_fee * 100 == int(part.case.prices.total_fee[at])


def column(value: int) -> Ints:
    return np.array([value], dtype=np.int64)


@given(
    st.integers(1, 10**12),
    st.integers(0, 200_000),
    st.integers(1, 60),
    st.sampled_from(list(Repayment)),
    st.integers(0, 30_000),
    st.integers(0, 50_000),
    st.integers(1, 60),
    st.integers(1, 10**12),
)
def test_subsidies_in_equal_months_are_those_of_the_undated_plan(
    principal: int, interest: int, months: int, method: Repayment, drawn: int, subsidy: int, paid: int, most: int
) -> None:
    terms = (column(principal), column(interest), column(months), column(method))
    dated = dated_plan(*terms, drawn_on=column(drawn), conventions=Conventions())
    found = with_subsidy(
        dated,
        InterestSubsidy(subsidy, paid, most),
        rate_ppm=interest,
        term_months=months,
        method=method,
        drawn_on=drawn,
        conventions=Conventions(),
    )
    expected = plan(
        *terms,
        drawn_on=column(drawn),
        subsidy_rate_ppm=column(subsidy),
        subsidy_months=column(paid),
        subsidy_principal=column(most),
    )
    assert found.subsidy.tolist() == expected.subsidy[expected.total > 0].tolist()


@pytest.mark.parametrize(
    ("changes", "path", "said"),
    [
        ({"amount": "0"}, "amount", "Input should be greater than 0. Correct it."),
        ({"amount": "1.001"}, "amount", "no more than 2 decimal places"),
        ({"term_months": 601}, "term_months", "less than or equal to 600"),
        ({"repayment": "weekly"}, "repayment", "'level_payment'"),
        ({"default_probability": "1.1"}, "default_probability", "less than or equal to 1"),
        ({"fee_rate": "0.51"}, "fee_rate", "It is guarantee fee a year on the balance, paid in advance."),
        ({"colour": "red"}, "colour", "There is no such field. Use one of: repayment, term_months, every_months"),
        ({"product": None}, "product", "Input should be a valid string"),
    ],
)
def test_faulty_terms_name_the_field_and_the_remedy(changes: dict[str, Any], path: str, said: str) -> None:
    with pytest.raises(InvalidQuestion) as refused:
        question_from(ASKED | changes, Terms, what="terms")
    problem = refused.value.problems[0]
    assert problem.path == path
    assert said in problem.message


def test_terms_are_read_as_strictly_as_applications() -> None:
    for payload, said in (
        (b'{"amount": "1", "amount": "2"}', 'The field "amount" is given twice'),
        (b"[", "The terms is not JSON"),
        (b"{}" + b" " * 50, "The terms has 52 bytes; at most 40 are read."),
    ):
        with pytest.raises(InvalidQuestion, match=said):
            read_question(payload, Terms, what="terms", most_bytes=40)


def test_terms_of_products_and_days_that_are_not() -> None:
    with pytest.raises(UnknownOffering, match="gold-loan"):
        priced(product="gold-loan")
    with pytest.raises(NotInForce, match="1999-01-01"):
        priced(on=date(1999, 1, 1))


def test_the_doors_own_price_is_that_of_the_columns() -> None:
    """The same terms as an application of the builders' firm give the same costs as its decision."""
    batch = decisions({})
    sheet = sheet_of(batch, 0)
    again = priced(
        product=sheet.product,
        amount=str(sheet.amount),
        term_months=sheet.term_months,
        repayment=sheet.repayment,
        default_probability=str(sheet.default_probability),
        fee_rate=str(sheet.fee_rate),
        enterprise_size="small",
    )
    assert (again.break_even_rate, again.required_rate, again.loan_rate) == (
        sheet.break_even_rate,
        sheet.required_rate,
        sheet.loan_rate,
    )
    assert again.schedule == sheet.schedule


def payments(sheet: PriceSheet) -> list[tuple[str, str, str]]:
    return [(str(one.due_on), str(one.principal), str(one.interest)) for one in sheet.schedule if one.number]


LONGER = {"term_months": 6, "repayment": "equal_principal", "loan_rate": "0.036", "drawn_on": "2026-01-15"}


def test_principal_in_steps() -> None:
    """A million in six months: 10 % over two, 90 % over four; .3 % a month on what is left."""
    sheet = priced(**LONGER, steps=[{"months": 2, "share": "0.1"}, {"months": 4, "share": "0.9"}])
    assert payments(sheet) == [
        ("2026-02-15", "50000.00", "3000.00"),
        ("2026-03-15", "50000.00", "2850.00"),
        ("2026-04-15", "225000.00", "2700.00"),
        ("2026-05-15", "225000.00", "2025.00"),
        ("2026-06-15", "225000.00", "1350.00"),
        ("2026-07-15", "225000.00", "675.00"),
    ]
    # without fees the nominal rate is the loan's, however the principal runs
    assert rate(sheet, RateKind.NOMINAL) == Decimal("0.036000")


def test_grace_and_the_subsidy_of_its_months() -> None:
    """Two months without principal, then four of 250,000; 1.2 % a year of subsidy is a third of the interest."""
    sheet = priced(**LONGER, grace_months=2, subsidy_rate="0.012")
    assert payments(sheet) == [
        ("2026-02-15", "0.00", "3000.00"),
        ("2026-03-15", "0.00", "3000.00"),
        ("2026-04-15", "250000.00", "3000.00"),
        ("2026-05-15", "250000.00", "2250.00"),
        ("2026-06-15", "250000.00", "1500.00"),
        ("2026-07-15", "250000.00", "750.00"),
    ]
    assert [str(one.subsidy) for one in sheet.schedule] == ["1000.00"] * 3 + ["750.00", "500.00", "250.00"]


def test_what_changes_on_the_way_is_recalculated() -> None:
    """250,000 a month at .3 %: .25 % from the first month on, half of what is left prepaid after the second, three
    months more after the third."""
    terms = LONGER | {"term_months": 4}
    cut = {"on": "2026-02-15", "loan_rate": "0.03"}
    ahead = {"on": "2026-03-15", "prepayment": "250000.00"}
    later = {"on": "2026-04-15", "extended_to": "2026-07-15"}
    assert payments(priced(**terms, changes=[later, cut, ahead])) == [
        ("2026-02-15", "250000.00", "3000.00"),
        ("2026-03-15", "250000.00", "1875.00"),
        ("2026-03-15", "250000.00", "0.00"),
        ("2026-04-15", "125000.00", "625.00"),
        ("2026-05-15", "41666.66", "312.50"),
        ("2026-06-15", "41666.66", "208.33"),
        ("2026-07-15", "41666.68", "104.17"),
    ]


@pytest.mark.parametrize(
    ("changes", "path", "sentence"),
    [
        ({"grace_months": 2, "repayment": "bullet"}, "grace_months", "pays no principal before maturity. Leave"),
        ({"grace_months": 6}, "grace_months", "The loan runs for 6 months. Make the grace shorter."),
        ({"grace_months": 2, "steps": [{"months": 6, "share": "1"}]}, "steps", "Leave one of them out."),
        ({"steps": [{"months": 5, "share": "1"}]}, "steps", "They last 5 months of a term of 6."),
        ({"steps": [{"months": 6, "share": "0.9"}]}, "steps", "They repay 0.9 of the loan."),
        (
            {"steps": [{"months": 3, "share": "0.5"}] * 2, "every_months": 2},
            "steps[0].months",
            "Payments are 2 months apart. Make the step a multiple of that.",
        ),
        ({"changes": [{"on": "2026-02-15"}]}, "changes[0]", "say one of loan_rate, prepayment and extended_to"),
        ({"changes": [{"on": "2026-07-15", "loan_rate": "0.03"}]}, "changes", "lies outside the loan"),
        (
            {"changes": [{"on": "2026-02-15", "prepayment": "900000.00"}]},
            "changes",
            "prepay at most what is outstanding",
        ),
        (
            {"changes": [{"on": "2026-02-15", "loan_rate": "0.03"}], "subsidy_rate": "0.01"},
            "changes",
            "A subsidy is reckoned on the plan as agreed.",
        ),
    ],
)
def test_a_course_that_cannot_be_is_refused_with_its_place(changes: dict[str, Any], path: str, sentence: str) -> None:
    with pytest.raises(InvalidQuestion) as refused:
        priced(**LONGER | changes)
    problem = refused.value.problems[0]
    assert problem.path == path
    assert sentence in problem.message
