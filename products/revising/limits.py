"""What a revision's values must keep to: the range of each unit, and what values mean to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from products.applicant.reading import Problem
from products.money import FEN, GREATEST_AMOUNT, ONE
from products.parameters import Book, Declared, NotInForce, Unit, declared_parameters
from products.product import Programme
from products.terms import LoanTerms, ProgrammeTerms


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the greatest number of a unit, as written, and the most decimals."""

    least: int
    most: int
    decimals: int


RANGES: Final[Mapping[Unit, Range]] = {
    Unit.CNY: Range(0, GREATEST_AMOUNT // FEN, 2),
    Unit.FRACTION: Range(0, 10, 6),
    Unit.MULTIPLE: Range(0, 1_000, 6),
    Unit.BASIS_POINTS: Range(0, 10_000, 0),
    Unit.DAYS: Range(0, 36_600, 0),
    Unit.MONTHS: Range(0, 1_200, 0),
    Unit.YEARS: Range(0, 100, 0),
    Unit.PERSONS: Range(0, 1_000_000_000, 0),
    Unit.COUNT: Range(0, 1_000_000_000, 0),
}
"""Ranges of notation, not of policy: nothing is negative, and arithmetic is exact up to rates of 1,000 %."""


def out_of_range(name: str, declared: Declared, value: object) -> Iterator[str]:
    """A sentence if a value, scaled as `products.parameters` reads it, lies outside its range."""
    limits = RANGES.get(declared.unit)
    if limits is None:
        if value == ():
            yield f"{name} ({declared.en}) is empty, so no application could meet it. List at least one choice."
        return
    scale = 10**limits.decimals if declared.unit is not Unit.CNY else FEN
    numbers = np.asarray(value, dtype=np.int64)
    if (numbers < limits.least * scale).any() or (numbers > limits.most * scale).any():
        yield (
            f"{name} ({declared.en}) must lie between {limits.least} and {limits.most} {declared.unit}. "
            "Correct the value, or every cell of the table that lies outside."
        )


def contradictions(book: Book[Any], programme: Programme, on: date) -> tuple[Problem, ...]:
    """What speaks against the terms in force on a day, alone and under the programme, in full sentences."""
    try:
        terms, overall = book.at(on), programme.book.at(on)
    except NotInForce as lacking:
        message = f"{lacking} Move effective_from, or give the parameter a value."
        return (Problem("effective_from", message, on.isoformat()),)
    found = (*_within(terms), *_under(terms, overall, programme))
    return tuple(Problem(f"changes.{name}", sentence, "") for name, sentence in found)


def _percent(ppm: int) -> str:
    return f"{ppm / 10_000:g} %"


def _within(terms: LoanTerms) -> Iterator[tuple[str, str]]:
    given = terms.bank_share + terms.province_share + terms.local_government_share
    if given > ONE:
        yield (
            "bank_share",
            f"Bank, province and local government bear {_percent(given)} together, more than the whole. Lower one.",
        )
    for low, high in (("amount_floor", "amount_cap"), ("term_floor_months", "term_cap_months")):
        least, most = getattr(terms, low), getattr(terms, high)
        if least > most:
            labels = declared_parameters(type(terms))
            yield (
                low,
                f"The {labels[low].en} lies above the {labels[high].en}, so nobody could apply. Lower {low} "
                f"or raise {high}.",
            )
    if terms.amount_step <= 0:
        yield "amount_step", "Amounts are granted in steps of nothing. Give amount_step at least 0.01."


def _under(terms: LoanTerms, overall: ProgrammeTerms, programme: Programme) -> Iterator[tuple[str, str]]:
    name = f"{programme.zh} ({programme.instrument})"
    if terms.bank_share < overall.bank_share_floor:
        yield (
            "bank_share",
            f"The bank bears {_percent(terms.bank_share)}; under {name} it bears at least "
            f"{_percent(overall.bank_share_floor)}. Raise bank_share or leave the programme.",
        )
    if terms.province_share < overall.province_share_floor:
        yield (
            "province_share",
            f"The province bears {_percent(terms.province_share)}; under {name} it bears at least "
            f"{_percent(overall.province_share_floor)}. Raise province_share or leave the programme.",
        )
    forbidden = sorted(set(terms.charges) - set(overall.charges_allowed))
    if forbidden:
        options = declared_parameters(type(overall))["charges_allowed"].options
        yield (
            "charges",
            f"{', '.join(options[one] for one in forbidden)} may not be charged under {name}. Take it out of charges.",
        )
