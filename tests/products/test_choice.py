"""Choice of programme by rule books: figures by hand, facts that are missing, nothing counted or taken twice."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from products.asked import InvalidQuestion, question_from
from products.guarantee.asked_loan import LoanAsked, ProgrammeComparison, ProgrammeOffer, Verdict
from products.guarantee.choice import compare_books
from products.guarantee.library import load_library
from products.guarantee.needs import missing_facts, needed_facts
from products.guarantee.rulebook import RuleBook
from tests.products.rule_books import provision, trial

BOOKS = load_library(strict=True).books
DOLLARS = {
    "currency": "USD",
    "amount": "350000",
    "term_months": 84,
    "repayment": "level_payment",
    "loan_rate": "0.105",
    "drawn_on": "2025-10-15",
    "dates": {"approved_on": "2025-10-01"},
}


def compared(asked: dict[str, Any], *own: RuleBook, **changes: Any) -> ProgrammeComparison:
    books = {**BOOKS, **{one.slug: one for one in own}}
    return compare_books(question_from(asked | changes, LoanAsked, what="loan"), books)


def of(found: ProgrammeComparison, slug: str) -> ProgrammeOffer:
    (one,) = (offer for offer in found.offers if offer.programme == slug)
    return one


def refused(asked: dict[str, Any], **changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidQuestion) as error:
        compared(asked, **changes)
    return {one.path: one.message for one in error.value.problems}


def test_a_loan_of_350_000_dollars_by_hand() -> None:
    """75 % of 350,000; 3 % of 262,500 upfront (published example); 0.55 % a year paid by the lender.

    45 % lost is 157,500, of which the lender bears a quarter, × 3 %. Weight 85 % on a quarter, 0 on the rest.
    """
    rules = {"borrower_weight": "0.85", "guarantor_weight": "0", "ratio": "0.105"}
    found = compared(DOLLARS, default_probability="0.03", loss_given_default="0.45", capital=rules)
    sba = found.offers[0]
    assert (sba.programme, sba.verdict, sba.place) == ("us-sba-7a", Verdict.ADMITTED, 1)
    assert (sba.coverage, sba.guaranteed) == (Decimal("0.7500"), Decimal("262500.00"))
    assert [(fee.name, fee.amount, fee.payer) for fee in sba.fees] == [
        ("upfront_fee", Decimal("7875.00"), "borrower"),
        ("yearly_fee", Decimal("1443.75"), "lender"),
    ]
    assert sba.expected_loss == Decimal("1181.25")
    assert sba.capital == Decimal("7809.38")
    assert (sba.headroom, sba.bound_by) == (Decimal("3487500.00"), "largest_exposure")
    assert sba.why == ("Best of those that admit the loan.",)


def test_without_the_banks_figures_there_is_no_loss_and_no_capital() -> None:
    sba = of(compared(DOLLARS), "us-sba-7a")
    assert (sba.expected_loss, sba.capital) == (None, None)


def test_the_borrowers_cost_includes_the_programmes_fee() -> None:
    """A bullet of 13 months at 10 % with 2 % of 85 % upfront: 98,300 in hand, 110,833.33 due, 12,533.33 in all."""
    one = of(
        compared(DOLLARS, amount="100000", term_months=13, repayment="bullet", loan_rate="0.10"),
        "us-sba-7a",
    )
    assert one.fees[0].amount == Decimal("1700.00")
    # 13 months of 10 %: 10,833.33
    assert one.borrower_cost == Decimal("12533.33")
    (effective,) = (rate.rate for rate in one.annual_rates if rate.kind == "effective")
    days = 396
    assert effective == Decimal(repr((110_833.33 / 98_300) ** (365 / days) - 1)).quantize(Decimal("0.000001"))


def test_books_in_other_currencies_do_not_answer() -> None:
    found = compared(DOLLARS)
    others = {one.programme: one for one in found.offers[1:]}
    assert set(others) == set(BOOKS) - {"us-sba-7a"}
    assert all(one.verdict is Verdict.OTHER_CURRENCY for one in others.values())
    assert others["kr-kodit"].why == ("It answers for loans in KRW; this one is in USD.",)


@pytest.mark.parametrize(
    ("slug", "currency", "day", "missing"),
    [
        ("jp-credit-guarantee", "JPY", "2025-04-01", ("shape",)),
        ("kr-kodit", "KRW", "2025-04-01", ("growth_class", "guarantee_years", "rating_rate")),
        ("uk-growth-guarantee", "GBP", "2025-04-01", ("facility", "turnover", "trading_income_share")),
        ("ca-csbfp", "CAD", "2025-04-01", ("use", "revenue")),
        ("my-ipfs", "MYR", "2015-04-01", ("ip_value", "local_equity")),
    ],
)
def test_a_book_says_which_facts_are_missing(slug: str, currency: str, day: str, missing: tuple[str, ...]) -> None:
    dates = dict.fromkeys(("applied_on", "approved_on", "signed_on"), day)
    one = of(compared(DOLLARS, currency=currency, dates=dates), slug)
    assert one.verdict is Verdict.FACTS_MISSING
    assert set(one.missing) == set(missing)
    assert all(name in one.why[0] for name in missing)
    assert one.coverage is None


def test_missing_dates_are_named_too() -> None:
    one = of(compared(DOLLARS, dates={"signed_on": "2025-10-01"}), "us-sba-7a")
    assert (one.verdict, one.missing) == (Verdict.FACTS_MISSING, ("approved_on",))
    assert one.why == ("The book goes by dates that are not given: approved_on.",)


GIVEN: dict[str, tuple[str, dict[str, str]]] = {
    "jp-credit-guarantee": ("2025-04-01", {"shape": "instalments"}),
    "kr-kodit": ("2025-04-01", {"growth_class": "group_2", "guarantee_years": "10", "rating_rate": "0.012"}),
    "uk-growth-guarantee": (
        "2025-04-01",
        {"facility": "term_loan", "turnover": "1000000", "trading_income_share": "0.9"},
    ),
    "ca-csbfp": ("2025-04-01", {"use": "equipment_or_leasehold", "revenue": "900000"}),
    "my-ipfs": ("2015-04-01", {"ip_value": "1000000", "local_equity": "0.6"}),
    "de-buergschaftsbank": ("2025-04-01", {}),
    "us-sba-7a": ("2025-04-01", {}),
}


@pytest.mark.parametrize(
    ("slug", "coverage"),
    [
        ("jp-credit-guarantee", "0.80"),
        ("kr-kodit", "0.80"),
        ("uk-growth-guarantee", "0.70"),
        ("ca-csbfp", "0.85"),
        ("my-ipfs", "0.50"),
        ("de-buergschaftsbank", "0.80"),
        ("us-sba-7a", "0.85"),
    ],
)
def test_every_foreign_book_answers_for_a_loan_in_its_currency_with_its_facts(slug: str, coverage: str) -> None:
    """100,000 over 5 years: a tenth of it is lost on average, at 2 % a year; 100 % without a guarantee."""
    day, facts = GIVEN[slug]
    one = of(
        compared(
            DOLLARS,
            currency=BOOKS[slug].currency,
            amount="100000",
            term_months=60,
            dates=dict.fromkeys(("applied_on", "approved_on", "signed_on"), day),
            facts=facts,
            default_probability="0.02",
            loss_given_default="0.50",
        ),
        slug,
    )
    assert (one.verdict, one.coverage) == (Verdict.ADMITTED, Decimal(coverage)), one.why
    # 2 % × 50 % of 100,000 is 1,000; the lender bears what is not covered
    assert one.expected_loss == 1_000 * (1 - Decimal(coverage))
    assert one.guaranteed == 100_000 * Decimal(coverage)
    assert len(one.annual_rates) == 3


def test_a_portfolio_cap_is_a_tranche_and_brings_no_substitution() -> None:
    """Canada caps what a lender's account is paid: the whole loan keeps the borrower's weight."""
    day, facts = GIVEN["ca-csbfp"]
    asked = DOLLARS | {"currency": "CAD", "amount": "100000", "dates": {"signed_on": day, "approved_on": day}}
    rules = {"borrower_weight": "1", "guarantor_weight": "0", "ratio": "0.10"}
    one = of(compared(asked, facts=facts, capital=rules, term_months=60), "ca-csbfp")
    assert one.capital == Decimal("10000.00")


def test_the_cheaper_of_two_books_in_one_currency_comes_first_and_says_why() -> None:
    own = trial(provision("fee", "fee", '{due: upfront, charge_on: guaranteed, rate: "0.005"}'))
    asked = DOLLARS | {"currency": "EUR", "dates": {"signed_on": "2025-10-01"}, "term_months": 12}
    found = compared(asked, own)
    first, second = found.offers[:2]
    assert (first.programme, second.programme) == ("trial", "de-buergschaftsbank")
    # 0.5 % of the guaranteed part against 1 % once and 1 % a year
    assert [fee.amount for fee in first.fees] == [Decimal("1400.00")]
    assert [fee.amount for fee in second.fees] == [Decimal("2800.00"), Decimal("2800.00")]
    assert second.why[0].endswith("percentage points a year dearer than trial.")


def test_a_broken_ceiling_and_a_broken_bound_stand_against_the_loan() -> None:
    over = of(compared(DOLLARS, amount="5000000.01"), "us-sba-7a")
    assert over.verdict is Verdict.NOT_ADMITTED
    assert over.why == ("Exceeds largest_loan of 5,000,000.00 USD by 0.01.",)
    day, facts = GIVEN["kr-kodit"]
    asked = DOLLARS | {"currency": "KRW", "dates": {"signed_on": day}, "facts": facts | {"rating_rate": "0.031"}}
    one = of(compared(asked), "kr-kodit")
    assert one.why == ("Does not keep fee_range, a bound of rating_rate.",)


def test_a_programme_that_has_ended_says_so() -> None:
    dates = dict.fromkeys(("applied_on", "approved_on", "signed_on"), "2018-01-01")
    one = of(compared(DOLLARS, currency="MYR", dates=dates), "my-ipfs")
    assert one.verdict is Verdict.NOT_IN_FORCE
    assert "has no value of coverage on 2018-01-01" in one.why[0]


BOOKINGS = [
    {"loan": "A", "programme": "us-sba-7a", "guaranteed": "3000000"},
    {"loan": "A", "programme": "us-sba-7a", "guaranteed": "2900000"},
    {"loan": "B", "programme": "us-sba-7a", "guaranteed": "487500"},
    {"loan": "C", "programme": "ca-csbfp", "guaranteed": "999999"},
]


@pytest.mark.parametrize(("more", "verdict", "left"), [("487500", "admitted", 0), ("487500.01", "not_admitted", -1)])
def test_every_loan_counts_once_towards_the_borrowers_ceiling(more: str, verdict: str, left: int) -> None:
    """3,000,000 + 487,500 + the 262,500 of this loan make 3,750,000; the other programme's loan is not counted."""
    bookings = [one if one["loan"] != "B" else one | {"guaranteed": more} for one in BOOKINGS]
    found = of(compared(DOLLARS, bookings=bookings, loan="D"), "us-sba-7a")
    assert (found.verdict, found.headroom) == (verdict, Decimal(left) / 100)


def test_the_loan_itself_is_not_counted_again() -> None:
    found = of(compared(DOLLARS, bookings=[BOOKINGS[0]], loan="A"), "us-sba-7a")
    assert found.headroom == Decimal("3487500.00")


def test_a_loan_stands_under_one_programme() -> None:
    booking = {"loan": "D", "programme": "ca-csbfp", "guaranteed": "1"}
    one = of(compared(DOLLARS, bookings=[booking], loan="D"), "us-sba-7a")
    assert one.verdict is Verdict.BOOKED_ELSEWHERE
    assert one.why == ("The loan stands under ca-csbfp already; a loan is guaranteed under one programme only.",)
    twice = [booking, booking | {"programme": "us-sba-7a"}]
    assert refused(DOLLARS, bookings=twice) == {
        "bookings": "Loan D stands under several programmes. Keep the one it was booked under."
    }


def test_a_loan_takes_one_central_subsidy_at_most() -> None:
    central = {"name": "first", "central": True, "rate": "0.01", "months": 12}
    local = {"name": "city", "central": False, "rate": "0.01", "months": 12}
    assert refused(DOLLARS, subsidies=[central, central | {"name": "second"}]) == {
        "subsidies": "A loan takes one subsidy of the central budget at most, not first, second. Keep one."
    }
    # interest of 12 months less 1 % and 1 % of the balance: on a bullet both come at maturity
    asked = DOLLARS | {"amount": "100000", "term_months": 12, "repayment": "bullet", "loan_rate": "0.10"}
    plain, both = (of(compared(asked, subsidies=some), "us-sba-7a") for some in ([], [central, local]))
    assert plain.borrower_cost is not None
    assert both.borrower_cost == plain.borrower_cost - 2_000
    assert refused(DOLLARS, subsidies=[central | {"rate": "0.11"}]) == {
        "subsidies": "They exceed the loan's interest together. Lower a rate or take one out."
    }


@pytest.mark.parametrize(
    ("changes", "path", "said"),
    [
        ({"facts": {"colour": "red"}}, "facts.colour", "No programme compared looks at this fact. Take it out."),
        ({"facts": {"manufacturer": "maybe"}}, "facts.manufacturer", "maybe is no flag; write one of: no, yes."),
        ({"amount": "1.001"}, "amount", "1.001 is no money; write a plain number in steps of 1/100."),
        ({"programmes": ["gold"]}, "programmes[0]", "There is no rule book 'gold'. Use one of: ca-csbfp"),
        ({"dates": {"born_on": "2025-01-01"}}, "dates.born_on", "Use one of: applied_on, approved_on, signed_on."),
        ({"currency": "usd"}, "currency", "String should match pattern"),
        ({"colour": "red"}, "colour", "There is no such field. Use one of: currency"),
    ],
)
def test_faulty_questions_name_the_place_and_the_remedy(changes: dict[str, Any], path: str, said: str) -> None:
    problems = refused(DOLLARS, **changes)
    assert said in problems[path]


def test_only_the_programmes_asked_for_are_compared() -> None:
    assert [one.programme for one in compared(DOLLARS, programmes=["us-sba-7a"]).offers] == ["us-sba-7a"]


@pytest.mark.parametrize("slug", sorted(BOOKS))
def test_needed_facts_are_those_without_which_a_book_cannot_be_evaluated(slug: str) -> None:
    """Each fact said to be missing is one; with all of them nothing more is."""
    book = BOOKS[slug]
    terms = book.at(book.first_day)
    missing = missing_facts(book.facts, needed_facts(terms), ())
    assert "loan" in missing
    assert missing_facts(book.facts, needed_facts(terms), missing) == ()
    for name in missing:
        assert name in missing_facts(book.facts, needed_facts(terms), set(missing) - {name})


def test_the_pages_loan_is_answered() -> None:
    """The million booked under the same programme and the 262,500 of this loan leave 2,487,500 of 3,750,000."""
    page = (Path(__file__).parents[2] / "docs" / "rule-books.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    found = compare_books(question_from(json.loads(block), LoanAsked, what="loan"), BOOKS)
    assert (found.offers[0].programme, found.offers[0].headroom) == ("us-sba-7a", Decimal("2487500.00"))


def test_a_book_that_does_not_say_who_bears_a_loss_gives_no_expected_loss() -> None:
    asked = DOLLARS | {"currency": "EUR", "dates": {"signed_on": "2025-10-01"}}
    silent = of(compared(asked, trial(), default_probability="0.03", loss_given_default="0.45"), "trial")
    assert (silent.verdict, silent.expected_loss) == (Verdict.ADMITTED, None)
