"""Checks of the kit with products that violate exactly what each looks at; more in `test_plugin_kit`."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import numpy as np

from products import Case, Truth, truth
from products.catalogue.innovation_credit import PRODUCT as CREDIT
from products.parameters import Book, DatedValue
from tests.products.test_plugin_kit import asking, result

SOURCE = "试验"


class Newest(Book[Any]):
    """A book that gives its newest values whatever the day."""

    __slots__ = ()

    def at(self, day: date) -> Any:  # noqa: ARG002 - as `Book.at`
        return super().at(date(2030, 1, 1))


def test_a_book_that_forgets_its_old_values_is_found() -> None:
    first = CREDIT.book.first_day
    since, later = (
        DatedValue(day, None, value, str(value), SOURCE, SOURCE, verified=False)
        for day, value in ((first, 100_000_000), (date(2026, 7, 1), 90_000_000))
    )
    book = CREDIT.book.amended("trial", {"amount_cap": (since, later)}, opens=first)
    assert result("dates", dataclasses.replace(CREDIT, revisions={}, book=book)).passed
    forgetful = Newest(*(getattr(book, field.name) for field in dataclasses.fields(book)))
    problems = result("dates", dataclasses.replace(CREDIT, revisions={}, book=forgetful)).problems
    said = "An application of 2026-06-30 was not decided under the values of trial in force on that day."
    assert said in problems
    assert not any("of 2026-07-01 was not" in problem for problem in problems)


def test_a_rule_that_looks_at_a_rows_place_is_found() -> None:
    def is_not_the_first(case: Case[Any]) -> Truth:
        return truth(np.arange(case.app.n) > 0)

    problems = result("batches", asking(is_not_the_first)).problems
    assert any(problem.startswith("Decided shuffled, answers differs") for problem in problems)
    assert any(problem.startswith("Decided in three parts, answers differs") for problem in problems)


def test_a_rule_that_remembers_is_found() -> None:
    asked: list[int] = []

    def only_every_other_time(case: Case[Any]) -> Truth:
        asked.append(case.app.n)
        return case.everywhere(len(asked) % 2 == 0)

    problems = result("batches", asking(only_every_other_time)).problems
    assert any(" a second time, answers differs" in problem for problem in problems)


def test_a_rule_that_works_on_a_column_only_is_found_when_a_row_comes_alone() -> None:
    def is_among_the_smaller_half(case: Case[Any]) -> Truth:
        amounts = case.app.amount.values
        return truth(amounts <= np.median(amounts) - (case.app.n == 1))

    problems = result("batches", asking(is_among_the_smaller_half)).problems
    assert any(problem.startswith("Decided alone, answers differs") for problem in problems)


def test_a_cell_of_the_tariff_that_nobody_reaches_is_found() -> None:
    def is_not_in_the_worst_band(case: Case[Any]) -> Truth:
        return truth(case.score.band < 4)

    problems = result("tariff", asking(is_not_in_the_worst_band)).problems
    assert "The tariff's cell tier_1/E is never charged under innovation-credit." in problems
    assert all("/E is never charged" in problem for problem in problems)
