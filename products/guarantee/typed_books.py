"""Checks of the books whose terms the decision kernel reads: `products.terms.ProgrammeTerms` of the national fund."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from products.columns import Ints
from products.dated_yaml import BadBook, Problem, YamlEntries
from products.money import ONE
from products.parameters import Book, DatedValue, NotInForce, book_from
from products.terms import ProgrammeTerms
from products.vocabulary import TIERS

Found = tuple[str, str, str]


def typed_book_problems(entries: YamlEntries) -> tuple[Problem, ...]:
    """Every problem of a programme's book: what cannot be read, gaps of dates, shares and rates that contradict."""
    try:
        book = book_from(entries, ProgrammeTerms)
    except BadBook as error:
        return error.problems
    found = [*_gaps(book.values), *_periods(book)]
    return tuple(Problem(entries.file, *one) for one in dict.fromkeys(found))


def _gaps(values: Mapping[str, tuple[DatedValue, ...]]) -> Iterator[Found]:
    for name, dated in values.items():
        for earlier, later in pairwise(dated):
            if earlier.until is not None and earlier.until < later.since:
                what = f"has no value from {earlier.until} to {later.since}"
                yield (
                    f"parameters.{name}",
                    what,
                    f"let the value of {earlier.since} run on or add one from {earlier.until}",
                )


def _periods(book: Book[ProgrammeTerms]) -> Iterator[Found]:
    for ordinal in book.days:
        day = date.fromordinal(ordinal)
        try:
            terms = book.at(day)
        except NotInForce:
            continue  # before the first day, or in a gap, which is reported as such
        yield from _shares(terms, day)


def _shares(terms: ProgrammeTerms, day: date) -> Iterator[Found]:
    if terms.bank_share_floor + terms.system_share_cap < ONE:
        yield (
            "parameters.system_share_cap",
            f"and the bank's floor cover {terms.bank_share_floor + terms.system_share_cap} ppm of a loss on {day}",
            "raise one of them: floor of the bank and cap of the system must reach 1",
        )
    for tier, share in zip(TIERS, _numbers(terms.fund_share), strict=True):
        if terms.bank_share_floor + terms.province_share_floor + share > ONE:
            yield (
                f"parameters.fund_share.{tier}",
                f"and the floors of bank and province exceed 1 on {day}",
                "lower the fund's share or one of the floors",
            )
    if terms.reguarantee_rate_above < terms.reguarantee_rate_up_to:
        yield (
            "parameters.reguarantee_rate_above",
            f"is below the rate of smaller amounts on {day}",
            "the re-guarantee fee must not fall with the amount: mend one of the two rates",
        )


def _numbers(column: Ints) -> list[int]:
    return [int(one) for one in column]
