"""Applications under a bank's own rule books: figures by hand, ceilings that lower the amount, and who is silent."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from products import application_from
from products.book_comparison import Unanswered, book_alternatives
from products.comparison import UNBOUNDED, Alternative, compared
from products.dated_yaml import entries_from
from products.guarantee.loading import rulebook_from
from products.guarantee.rulebook import RuleBook
from products.rules import APPROVE, DECLINE
from tests.products.builders import decisions, facts, part_of
from tests.products.rule_books import book, provision

HEAD = """\
format: rule-book
book: city
title: {zh: 某市科技担保, en: City guarantees}
instrument: "市办法"
currency: {code: CNY, minor_units: "2"}
dated_by: applied_on
facts:
  loan: {unit: money, zh: 贷款金额, en: loan amount}
  outstanding: {unit: money, otherwise: loan, zh: 余额, en: outstanding balance}
  exposure: {unit: money, otherwise: guaranteed, zh: 在保余额, en: guaranteed balance with this loan}
  staff: {unit: count, applicant: enterprise.employees, zh: 从业人数, en: employees}
  revenue: {unit: money, applicant: financials.revenue, zh: 营业收入, en: revenue}
  private: {unit: flag, applicant: enterprise.private_enterprise, zh: 民营, en: private}
  size: {unit: choice, options: [medium, small, micro], applicant: decided.enterprise_size, zh: 规模, en: size}
  grade: {unit: choice, options: [A, B, C], otherwise: A, zh: 等级, en: grade}
parameters:
"""
SHARING = provision("sharing", "sharing", "{bears: {bank: rest, city: coverage}}")
FEE = provision("fee", "fee", '{due: yearly, charge_on: outstanding, rate: "0.004"}')


def city(*provisions: str, head: str = HEAD, coverage: str = "0.80") -> RuleBook:
    text = head + provision("coverage", "share", f'"{coverage}"') + "".join(provisions)
    return rulebook_from(entries_from(text.encode(), "city.yaml"))


def asked(one: RuleBook, changes: Mapping[str, object] | None = None) -> Alternative | Unanswered:
    made = decisions(changes or {})
    answering, unanswered = book_alternatives(made, application_from(facts(changes)), [one])
    (found,) = (*answering, *unanswered)
    return found


def answer(one: RuleBook, changes: Mapping[str, object] | None = None) -> Alternative:
    found = asked(one, changes)
    assert isinstance(found, Alternative), found
    return found


def figures(one: Alternative) -> dict[str, int]:
    names = ("outcome", "amount", "all_in", "first_year_cost", "capital", "headroom")
    return {name: int(getattr(one, name)[0]) for name in names}


def test_the_same_cover_and_fee_give_the_decisions_own_figures() -> None:
    """The product's own programme leaves the bank a fifth; its fee of .40 % is due in advance on the balance."""
    case = part_of().case
    assert (case.shares.ppm[0, 0], case.fees.rate_ppm[0]) == (200_000, 4_000)
    assert figures(answer(city(SHARING, FEE))) == {
        "outcome": APPROVE,
        "amount": 100_000_000,
        "all_in": int(case.prices.all_in[0]),
        "first_year_cost": int(case.prices.first_year_cost[0]),
        "capital": int(-(-100_000_000 * case.prices.costs.capital[0] // 1_000_000)),
        "headroom": UNBOUNDED,
    }


def test_the_rate_follows_from_the_banks_part_of_a_loss_under_the_book() -> None:
    """Half borne by the bank: 45 % × .5486 % × 50 % = .1235 %; 1.70 + .80 + .1235 + .8663 = 3.4898, so 3.49 %.

    Twelve months of 2,908.33 on a million, and a fee of 4,000: 38,899.96. Nothing borne by the city but the first
    10 % of the loan: the bank's part of a loss of the whole loan is 90 %.
    """
    half = city(SHARING, FEE, coverage="0.50")
    assert figures(answer(half))["first_year_cost"] == 3_889_996
    first_loss = '{bears: {bank: rest, city: coverage}, first_loss: {party: city, share_of_loan: "0.10"}}'
    tranche = answer(city(provision("sharing", "sharing", first_loss), coverage="0"))
    # .5486 % × 45 % × 90 % = .2222 %; 1.70 + .80 + .2222 + .8663 = 3.5885, so 3.59 %: 12 × 2,991.67
    assert figures(tranche)["first_year_cost"] == 3_590_004


@pytest.mark.parametrize(
    ("cap", "stated", "amount", "left"),
    [
        ('{on: exposure, is: "800000"}', "0.00", 100_000_000, 0),
        ('{on: exposure, is: "640000"}', "0.00", 80_000_000, 0),  # 640,000 / 80 %
        ('{on: exposure, is: "640000"}', "320000.00", 40_000_000, 0),  # 320,000 left for this loan / 80 %
        ('{on: loan, is: "905000"}', "0.00", 90_000_000, 500_000),  # in steps of 10,000 yuan
    ],
)
def test_a_ceiling_lowers_the_amount(cap: str, stated: str, amount: int, left: int) -> None:
    one = answer(city(SHARING, provision("most", "cap", cap)), {"credit.guaranteed_balance": stated})
    assert (int(one.outcome[0]), int(one.amount[0]), int(one.headroom[0])) == (APPROVE, amount, left)


def test_a_ceiling_that_leaves_nothing_declines_with_its_figures() -> None:
    one = answer(
        city(SHARING, provision("most", "cap", '{on: exposure, is: "640000"}')),
        {"credit.guaranteed_balance": "640000.00"},
    )
    assert int(one.outcome[0]) == DECLINE
    assert one.against == ("Exceeds most of 640,000.00 CNY by 800,000.00.",)


def test_a_bound_declines_and_the_comparison_says_which() -> None:
    small = city(SHARING, FEE, provision("staff_limit", "bound", '{fact: staff, at_most: "199"}'))
    kept = city(SHARING, FEE, provision("staff_limit", "bound", '{fact: staff, at_most: "200"}'))
    found = compared((answer(small), answer(kept)))
    assert found.best.tolist() == [1]
    assert found.explained(0)[1].en.endswith(
        "no ceiling on headroom. Fares worse than under the best. Does not keep staff_limit, a bound of staff."
    )
    assert "无额度上限" in found.explained(0)[1].zh


@pytest.mark.parametrize(
    ("provided", "years_fee"),
    [
        (
            '{due: yearly, charge_on: loan, select_by: [size], rows: [{when: {size: small}, rate: "0.003"}], '
            'otherwise: "0.01"}',
            3_000,
        ),
        (
            '{due: yearly, charge_on: loan, select_by: [revenue], rows: [{when: {revenue: {from: "300000000"}}, '
            'rate: "0.002"}], otherwise: "0.01"}',
            2_000,
        ),
        (
            '{due: yearly, charge_on: loan, select_by: [private], rows: [{when: {private: true}, rate: "0.001"}], '
            'otherwise: "0.01"}',
            1_000,
        ),
    ],
)
def test_facts_are_taken_from_the_application_and_its_decision(provided: str, years_fee: int) -> None:
    """200 employees and 300 million of revenue in the latest year: a small industrial company, in private hands."""
    free, charged = (figures(answer(city(SHARING, *more))) for more in ((), (provision("fee", "fee", provided),)))
    assert charged["first_year_cost"] - free["first_year_cost"] == years_fee * 100


def test_a_rule_of_the_product_holds_under_every_book_and_one_of_its_programme_does_not() -> None:
    """Titles are asked for by the programme alone, overdue loans are looked at by the product."""
    free = city(SHARING, FEE)
    assert int(answer(free, {"credit.overdue_now": True}).outcome[0]) == DECLINE
    assert int(answer(free, {"titles": []}).outcome[0]) == APPROVE


def test_books_that_do_not_answer_say_why_and_what_to_do() -> None:
    unknown = city(
        SHARING,
        provision(
            "fee",
            "fee",
            "{due: upfront, charge_on: loan, select_by: [rank], rows: "
            '[{when: {rank: {up_to: "3"}}, rate: "0.01"}], otherwise: "0.02"}',
        ),
        head=HEAD.replace("  grade:", "  rank: {unit: count, zh: 名次, en: rank}\n  grade:"),
    )
    assert asked(unknown) == Unanswered(
        "city", "It needs: rank. Say in its head where an application holds rank (applicant: ...)."
    )
    large = {"enterprise.employees": 2000, "financials.revenue": ["500000000.00"] * 3}
    rows = '[{when: {size: micro}, rate: "0"}]'
    tabled = f'{{due: upfront, charge_on: loan, select_by: [size], rows: {rows}, otherwise: "1"}}'
    assert asked(city(SHARING, provision("fee", "fee", tabled)), large) == Unanswered(
        "city", "facts.size: large is no choice; write one of: medium, small, micro."
    )
    assert asked(book("us-sba-7a")) == Unanswered(
        "us-sba-7a", "It answers for loans in USD with facts of its own: ask for the loan instead."
    )


def test_a_book_of_later_days_and_a_product_that_leaves_nothing_do_not_answer() -> None:
    later = HEAD + provision("coverage", "share", '"0.80"', since="2027-01-01") + SHARING.replace("2020", "2027")
    found = asked(rulebook_from(entries_from(later.encode(), "city.yaml")))
    assert isinstance(found, Unanswered)
    assert found.why.startswith("city has no value of coverage on 2026-07-22")
    used_up = {"credit.product_guaranteed_balance": "10000000000.00", "credit.guaranteed_balance": "10000000000.00"}
    assert asked(city(SHARING), used_up) == Unanswered("city", "The product's own limits leave no amount to guarantee.")
