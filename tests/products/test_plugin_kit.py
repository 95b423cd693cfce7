"""The conformance kit: everything registered passes, and each check finds what it is there to find."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import numpy as np
import pytest

from products import (
    Case,
    Column,
    LimitFormula,
    LoanProduct,
    Rule,
    Severity,
    Situation,
    Truth,
    truth,
)
from products.catalogue.innovation_credit import PRODUCT as CREDIT
from products.parameters import DatedValue
from products.testing import CHECKS, Bench, Budgets, Claims, NotConformant, Report, Result, Witness, bench_of
from products.testing.witnesses import edges
from tests.products.builders import catalogue, facts

KEPT: Final = Claims(
    kept_by_construction=frozenset({"fund_bears_no_more_than_its_tier", "fee_is_within_the_programme_cap"})
)
"""`cover.arrange` gives the fund at most its tier's ceiling, `fees.charged_rate` stops at the programme's cap."""


def registered() -> list[Any]:
    everything = catalogue()
    return [*everything.products.values(), *everything.programmes.values()]


@pytest.mark.parametrize("subject", registered(), ids=lambda one: one.slug)
def test_everything_registered_conforms(subject: Any) -> None:
    bench = bench_of(subject, claims=KEPT, budgets=Budgets(cpu_seconds=60))
    Report(subject.slug, tuple(run(bench) for run in CHECKS.values())).require()


def asking(statement: Callable[[Case[Any]], Truth], **changes: Any) -> LoanProduct[Any]:
    """Innovation credit with one rule more."""
    one = Rule(
        "asks_something", statement, Severity.DECLINE, "试验条款", "试验须通过。", "The trial must pass.", ("amount",)
    )
    rules = (*CREDIT.rules, dataclasses.replace(one, **changes))
    return dataclasses.replace(CREDIT, revisions={}, rules=rules)


def limiting(ceiling: Callable[[Situation[Any]], Column]) -> LoanProduct[Any]:
    """Innovation credit with one limit more."""
    limit = LimitFormula("trial_limit", ceiling, "试验条款", "试验额度", "trial")
    return dataclasses.replace(CREDIT, revisions={}, limits=(*CREDIT.limits, limit))


def valued(**values: Any) -> LoanProduct[Any]:
    """Innovation credit with other raw values of some parameters."""
    first = CREDIT.book.first_day
    changes = {
        name: (DatedValue(first, None, value, str(value), "试验", "试验", verified=False),)
        for name, value in values.items()
    }
    return dataclasses.replace(CREDIT, revisions={}, book=CREDIT.book.amended("trial", changes, opens=first))


def result(name: str, product: LoanProduct[Any], **arguments: Any) -> Result:
    return CHECKS[name](bench_of(product, **arguments))


def bench() -> Bench:
    return bench_of(dataclasses.replace(CREDIT, revisions={}))


def test_cases_are_neighbours_the_term_of_60_months_and_the_one_of_61() -> None:
    found, lacking = edges(bench())
    by_rule = {one.rule: one for one in found}
    assert lacking == ()
    assert set(by_rule) == {one.name for one in CREDIT.rules}
    term = by_rule["term_is_within_the_product"]
    assert (term.changed, term.met, term.not_met) == ("term_months", "60", "61")
    overdue = by_rule["has_kept_its_payments"]
    assert (overdue.changed, overdue.met, overdue.not_met) == ("overdue_days_24m", "30", "31")


def test_a_rule_that_nothing_trips_is_found_and_own_cases_or_a_claim_settle_it() -> None:
    def always(case: Case[Any]) -> Truth:
        return case.everywhere(True)

    said = "No case was found that trips asks_something: change what it asks, or pass a Witness for it."
    assert result("cases", asking(always)).problems == (said,)
    claimed = Claims(kept_by_construction=frozenset({"asks_something"}))
    assert result("cases", asking(always), claims=claimed).passed


@pytest.mark.slow
def test_own_cases_are_tried() -> None:
    def amount_is_no_seven(case: Case[Any]) -> Truth:
        different: Truth = case.app.amount != 777_777_00
        return different

    trips, passes = (facts({"request.amount": amount}) for amount in ("777777.00", "777777.01"))
    product = asking(amount_is_no_seven)
    assert result("cases", product, witnesses=(Witness("asks_something", trips, passes),)).passed
    (problem,) = result("cases", product, witnesses=(Witness("asks_something", passes, trips),)).problems
    assert problem == "The Witness of asks_something finds it met and not met instead of not met and met."
    problems = result("cases", product, witnesses=(Witness("asks_nothing", trips, passes),)).problems
    assert "A Witness names asks_nothing, which is no rule of innovation-credit." in problems


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"zh": "Not Chinese."}, "The Chinese sentence of asks_something has no Chinese character"),
        ({"en": "At most {no_such}."}, "The English sentence of asks_something names {no_such}"),
        ({"clause": " "}, "The clause of asks_something is empty."),
        ({"reads": ("amuont",)}, "asks_something says that it reads 'amuont', which is no column of an application."),
        ({"name": "has_kept_its_payments"}, "2 of the rules are called has_kept_its_payments"),
    ],
)
def test_texts_that_cannot_be_shown_are_found(changes: dict[str, Any], said: str) -> None:
    def holds(case: Case[Any]) -> Truth:
        return case.everywhere(True)

    (problem,) = result("texts", asking(holds, **changes)).problems
    assert problem.startswith(said)


def test_a_value_that_cites_a_web_page_is_found() -> None:
    first = CREDIT.book.first_day
    cited = (DatedValue(first, None, 1, "0.01", "https://example.com", "上限", verified=False),)
    product = dataclasses.replace(
        CREDIT, revisions={}, book=CREDIT.book.amended("trial", {"amount_floor": cited}, opens=first)
    )
    (problem,) = result("citations", product).problems
    assert problem.startswith("trial.amount_floor of 2019-02-01 lacks source or clause, or cites a web page")


def test_a_rule_that_looks_at_other_rows_is_found() -> None:
    def amount_is_below_the_average(case: Case[Any]) -> Truth:
        amounts = case.app.amount.values
        return truth(amounts <= amounts.mean())

    problems = result("batches", asking(amount_is_below_the_average)).problems
    assert (
        "Decided alone, answers differs from the same applications in one batch: a function looks at other rows."
        in (problems)
    )
    assert any(problem.startswith("Decided in three parts") for problem in problems)


def test_a_tariff_that_charges_better_scores_more_is_found() -> None:
    upside_down = CREDIT.book.at(date(2026, 6, 30)).fee_tariff[:, ::-1]
    (problem,) = result("scores", valued(fee_tariff=upside_down)).problems
    assert problem.startswith("A better score raises the guarantee fee rate")
    assert result("scores", valued(fee_tariff=upside_down), claims=Claims(better_score_never_costs_more=False)).passed


def test_a_limit_that_falls_with_a_better_score_is_found() -> None:
    def by_band(at: Situation[Any]) -> Column:
        return Column((at.score.band + 1) * 1_000_000_00)

    (problem,) = result("scores", limiting(by_band)).problems
    assert problem == "A better score lowers the limit trial_limit under innovation-credit."


def test_a_row_of_the_tariff_that_nobody_reaches_is_found_unless_it_repeats_the_row_above() -> None:
    little_giants = valued(titles=(0,))
    problems = result("tariff", little_giants).problems
    assert [problem.partition(" is never")[0] for problem in problems] == [
        "The tariff's row tier_2",
        "The tariff's row tier_3",
        "The tariff's row untitled",
    ]
    first_row = np.repeat(CREDIT.book.at(date(2026, 6, 30)).fee_tariff[:1], 4, axis=0)
    assert result("tariff", valued(titles=(0,), fee_tariff=first_row)).passed


def test_a_product_that_no_module_names_cannot_be_tried_in_another_process() -> None:
    (problem,) = result("separate", dataclasses.replace(CREDIT, slug="nameless")).problems
    assert problem == "nameless is the value of no module's name; assign it at the end of its module."


def test_a_report_reads_as_a_list_and_stops_where_it_is_required() -> None:
    report = Report("trial", (Result("one", (), "1 thing"), Result("two", ("It is wrong.",), "2 things")))
    assert str(report) == "trial:\n  passed  one: 1 thing\n  FAILED  two: 2 things\n          It is wrong."
    assert not report.passed
    with pytest.raises(NotConformant, match="It is wrong"):
        report.require()
