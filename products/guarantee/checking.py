"""`check_book`: everything that is wrong with a guarantee rule book, with where and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from products.dated_yaml import BadBook, Problem, YamlEntries, read_entries
from products.guarantee.checking_shares import share_problems
from products.guarantee.checking_tables import bands_problems, bound_problems, monotone_problems, table_problems
from products.guarantee.loading import read_rulebook
from products.guarantee.provisions import Bound, Cap, Fee, Lookup, PortfolioCap
from products.guarantee.rulebook import COVERAGE, Dated, RuleBook
from products.guarantee.typed_books import typed_book_problems
from products.money import ONE


def check_book(path: Path) -> tuple[Problem, ...]:
    """Every problem of a rule book, general (``format: rule-book``) or of the national fund's kind; () if sound."""
    try:
        entries = read_entries(path)
    except BadBook as error:
        return error.problems
    except OSError as error:
        return (Problem(path.name, "the file", f"cannot be read ({error.strerror})", "give the path of a YAML file"),)
    if "format" not in entries.head and "facts" not in entries.head:
        return typed_book_problems(entries)
    return checked(entries)[1]


def checked(entries: YamlEntries) -> tuple[RuleBook, tuple[Problem, ...]]:
    """A general rule book as far as it can be read, and every problem of it; () if sound."""
    book, problems = read_rulebook(entries)
    found = [Problem(entries.file, *one) for one in _problems(book)]
    return book, (*problems, *dict.fromkeys(found))


def _problems(book: RuleBook) -> Iterator[tuple[str, str, str]]:
    for name, dated in book.values.items():
        yield from _date_gaps(book, name, dated)
        for one in dated:
            place = f"parameters.{name}.values.{one.raw.since.isoformat()}.value"
            yield from _value_problems(book, name, one, place)
    yield from share_problems(book)


def _date_gaps(book: RuleBook, name: str, dated: tuple[Dated, ...]) -> Iterator[tuple[str, str, str]]:
    admitted = {(gap.since, gap.until) for gap in book.gaps if gap.provision == name}
    opening = (book.first_day, dated[0].raw.since)
    if isinstance(dated[0].provision, Fee) and opening[0] < opening[1] and opening not in admitted:
        yield (
            f"parameters.{name}",
            f"has no value from {opening[0]}, when the cover begins, to {opening[1]}",
            f'add one from {opening[0]} (of rate "0" where nothing was charged), or name the stretch under gaps',
        )
    admitted.discard(opening)
    for earlier, later in pairwise(dated):
        until = earlier.raw.until
        if until is None or until >= later.raw.since:
            continue
        if (until, later.raw.since) not in admitted:
            yield (
                f"parameters.{name}",
                f"has no value from {until} to {later.raw.since}",
                f"let the value of {earlier.raw.since} run on, add one from {until}, or name the stretch under gaps",
            )
        admitted.discard((until, later.raw.since))
    for since, until in sorted(admitted):
        yield (
            "gaps",
            f"names a gap of {name} from {since} to {until} that is none",
            "take the entry out or mend its days",
        )


def _value_problems(book: RuleBook, name: str, one: Dated, place: str) -> Iterator[tuple[str, str, str]]:
    provision = one.provision
    if isinstance(provision, Lookup):
        yield from table_problems(provision.table, place)
        if name == COVERAGE and (provision.values > ONE).any():
            yield place, "guarantees more than the whole loan", 'write shares of at most "1"'
    elif isinstance(provision, Cap):
        yield from table_problems(provision.lookup.table, place)
        yield from _unknown_facts(book, place, on=provision.on, of=provision.of)
    elif isinstance(provision, Bound):
        yield from table_problems(provision.table, place)
        yield from bound_problems(provision, place)
    elif isinstance(provision, Fee):
        yield from table_problems(provision.table, place)
        yield from bands_problems(provision.edges, provision.rates, place)
        yield from monotone_problems(provision, place)
        for part in provision.components:
            yield from _unknown_facts(book, place, charge_on=part.charge_on, band_on=part.band_on, time=part.time)
    elif isinstance(provision, PortfolioCap):
        yield from bands_problems(provision.edges[None, :], provision.rates[None, :], place)


def _unknown_facts(book: RuleBook, place: str, **named: str | None) -> Iterator[tuple[str, str, str]]:
    for key, fact in named.items():
        if fact is not None and fact not in book.facts:
            yield (
                f"{place}.{key}",
                f"names the fact {fact!r}, which is not declared",
                f"use one of: {', '.join(book.facts)}",
            )
