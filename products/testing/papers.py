"""Checks of what is written: texts, sources, and the days on which values change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import numpy as np

from products.applicant.layout import to_days
from products.applications import Applications
from products.columns import Column
from products.explaining.sentences import wording
from products.kernel import Offering, decide
from products.parameters import Book, NotInForce
from products.testing.bench import Bench
from products.testing.report import Result
from products.texts import unusable_texts

_WEB: Final = re.compile(r"https?:|www\.")


def texts_can_be_shown(bench: Bench) -> Result:
    """Every rule, limit and condition has a clause and a sentence in both languages that can be filled on every day."""
    problems: dict[str, None] = {}
    for offering in bench.offerings:
        problems |= dict.fromkeys(unusable_texts(offering))
    if not problems:
        problems = {one: None for offering in bench.offerings for one in _unfilled(offering)}
    said = sum(len(one.rules) + len(one.conditions) + len(one.product.limits) for one in bench.offerings)
    return Result("clauses and sentences are there and can be shown", tuple(problems), f"{said} texts in two languages")


def _unfilled(offering: Offering) -> Iterator[str]:
    for day in _days_in_force(offering):
        try:
            wording(offering, day)
        except KeyError as error:
            yield f"On {day} a sentence names {error}, which has no value then."


def parameters_are_cited(bench: Bench) -> Result:
    """Every value names its instrument and clause, and no web page."""
    books = {one.book.name: one.book for one in bench.offerings} | {
        one.programme.book.name: one.programme.book for one in bench.offerings
    }
    values = [(book.name, name, one) for book in books.values() for name in book.values for one in book.values[name]]
    problems = [
        f"{book}.{name} of {one.since} lacks source or clause, or cites a web page; name the instrument and clause."
        for book, name, one in values
        if not one.source.strip() or not one.clause.strip() or _WEB.search(one.source + one.clause)
    ]
    unverified = sum(not one.verified for _, _, one in values)
    looked_at = f"{len(values)} values, {unverified} of them unverified"
    return Result("parameters are cited", tuple(problems), looked_at)


def both_sides_of_every_date(bench: Bench) -> Result:
    """The day before a change lies under the old values and the day itself under the new; before the first, none."""
    problems: list[str] = []
    sides = 0
    for offering in bench.offerings:
        first = max(offering.book.first_day, offering.programme.book.first_day)
        rows = bench.rows.take(bench.bases)
        for day in _days_in_force(offering):
            for side in {max(day, first), max(date.fromordinal(day.toordinal() - 1), first)}:
                sides += 1
                problems += _wrong_terms(bench, offering, rows, side)
        problems += _open_too_early(bench, offering, rows, first)
    return Result("both sides of every dated limit", tuple(problems), f"{sides} days around changes")


def _days_in_force(offering: Offering) -> list[date]:
    first = max(offering.book.first_day, offering.programme.book.first_day)
    days = {first, *map(date.fromordinal, (*offering.book.days, *offering.programme.book.days))}
    return sorted(day for day in days if day >= first)


def _wrong_terms(bench: Bench, offering: Offering, rows: Applications, day: date) -> Iterator[str]:
    decisions = decide(_applied_on(rows, day), offering, bench.scorecard, on=max(bench.on, day))
    for part in decisions.parts:
        for book, terms in ((offering.book, part.case.terms), (offering.programme.book, part.case.programme)):
            if not _in_force(book, terms, day):
                yield f"An application of {day} was not decided under the values of {book.name} in force on that day."


def _in_force(book: Book[Any], terms: object, day: date) -> bool:
    for name, values in book.values.items():
        valid = [one for one in values if one.since <= day and (one.until is None or day < one.until)]
        expected = valid[-1].value if valid else None
        if not np.array_equal(np.asarray(getattr(terms, name)), np.asarray(expected)):
            return False
    return True


def _open_too_early(bench: Bench, offering: Offering, rows: Applications, first: date) -> Iterator[str]:
    before = date.fromordinal(first.toordinal() - 1)
    try:
        decide(_applied_on(rows, before), offering, bench.scorecard, on=bench.on)
    except NotInForce:
        return
    yield f"An application of {before} was decided although the terms begin on {first}."


def _applied_on(rows: Applications, day: date) -> Applications:
    column = Column(np.full(rows.n, to_days(day), dtype=np.int64))
    return Applications(rows.n, {**rows.columns, "applied_on": column}, rows.children)
