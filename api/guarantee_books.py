"""Guarantee programmes as their readers see them: all books, what each holds on a day, what is not verified, checks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from api.describing import ClauseEntry, Described, Named, RuleEntry, clauses, rules, terms_in_force
from products import Catalogue, Programme
from products.dated_yaml import Problem
from products.explaining.answer import Parameter
from products.explaining.sentences import shown
from products.guarantee.checking import check_book
from products.guarantee.facts import Fact
from products.guarantee.library import Library, unverified_values
from products.guarantee.places import lines_of
from products.guarantee.rulebook import RuleBook
from products.parameters import Book


class ProgrammeEntry(Named):
    """A guarantee programme as the list shows it."""

    instrument: str = Field(description="the document that founds the programme")
    decides: bool = Field(description="true if products are decided under it; other books are evaluated and compared")
    currency: str = Field(description="ISO 4217")
    first_day: date = Field(description="the first day on which its terms are complete")
    ends: date | None = Field(description="the day from which it covers no new loan; null while none is known")
    unverified: int = Field(description="how many of its values of all dates rest on no text that was read")


class BookProblem(Described):
    """One thing wrong with a rule book."""

    file: str
    line: int | None = Field(description="in the file, from 1; null where the key is not in it")
    key: str = Field(description="path of the key, as in parameters.coverage.values.2025-01-01.value.rows[2]")
    what: str
    remedy: str


class ProgrammeList(Described):
    """Every guarantee programme, and what kept other rule books out."""

    items: tuple[ProgrammeEntry, ...]
    problems: tuple[BookProblem, ...]


class FactEntry(Described):
    """A fact that a rule book looks at."""

    name: str
    unit: str
    options: tuple[str, ...]
    needed: bool = Field(description="false where something stands for it if it is left out")
    applicant: str | None = Field(description="where an application or its decision holds it; null if it must be given")
    zh: str
    en: str


class ProgrammeTermsAnswer(ProgrammeEntry):
    """A guarantee programme with the terms in force on a day."""

    on: date
    facts: tuple[FactEntry, ...] = Field(description="what it looks at; empty where applications are decided under it")
    terms: tuple[Parameter, ...]
    terms_digest: str = Field(description="SHA-256 of the whole book of dated terms")
    rules: tuple[RuleEntry, ...]
    conditions: tuple[ClauseEntry, ...]


class UnverifiedEntry(Described):
    """A value that rests on no text that was read, or a row of one."""

    book: str
    key: str
    since: date
    value: str
    unit: str
    source: str = Field(description="the instrument it claims to come from")
    clause: str


class UnverifiedList(Described):
    """Every unverified value of every programme, of all dates."""

    items: tuple[UnverifiedEntry, ...]


class BookReport(Described):
    """What is wrong with a rule book; it is sound without problems."""

    file: str
    sound: bool
    problems: tuple[BookProblem, ...]


def programme_list(catalogue: Catalogue, library: Library) -> ProgrammeList:
    """All programmes: those under which products are decided, then the general rule books."""
    doubted = [one.book for one in unverified_values(catalogue.programmes, library)]
    decided = (_decided(one, doubted.count(one.book.name)) for one in catalogue.programmes.values())
    general = (_general(one, doubted.count(one.slug)) for one in library.books.values())
    problems = tuple(_problem(one, None) for one in library.problems)
    return ProgrammeList(items=(*decided, *general), problems=problems)


def unverified_list(catalogue: Catalogue, library: Library, *, of: str | None = None) -> UnverifiedList:
    """Every value of every programme, or of one, that rests on no text that was read."""
    return UnverifiedList(
        items=tuple(
            UnverifiedEntry(
                book=one.book,
                key=one.provision,
                since=one.since,
                value=one.value,
                unit=one.unit,
                source=one.source,
                clause=one.clause,
            )
            for one in unverified_values(catalogue.programmes, library)
            if of is None or one.book == _book_of(of, catalogue)
        )
    )


def _book_of(slug: str, catalogue: Catalogue) -> str:
    return catalogue.programmes[slug].book.name if slug in catalogue.programmes else slug


def known_programmes(catalogue: Catalogue, library: Library) -> tuple[str, ...]:
    """The slugs of all programmes."""
    return (*catalogue.programmes, *library.books)


def programme_terms(catalogue: Catalogue, library: Library, slug: str, *, on: date) -> ProgrammeTermsAnswer:
    """One programme in full. KeyError for a slug that no programme has; products.NotInForce before its first terms."""
    doubted = len(unverified_list(catalogue, library, of=slug).items)
    if slug in catalogue.programmes:
        return _decided_terms(catalogue.programmes[slug], doubted, on)
    return _general_terms(library.books[slug], doubted, on)


def checked_book(path: Path) -> BookReport:
    """What is wrong with the rule book in a file."""
    problems = check_book(path)
    content = path.read_bytes() if path.is_file() else b""
    lines = lines_of(content, problems)
    found = tuple(_problem(one, line) for one, line in zip(problems, lines, strict=True))
    return BookReport(file=str(path), sound=not found, problems=found)


def _problem(one: Problem, line: int | None) -> BookProblem:
    return BookProblem(file=one.file, line=line, key=one.key, what=one.what, remedy=one.remedy)


def _decided(programme: Programme, doubted: int) -> ProgrammeEntry:
    return ProgrammeEntry(
        slug=programme.slug,
        zh=programme.zh,
        en=programme.en,
        instrument=programme.instrument,
        decides=True,
        currency="CNY",
        first_day=programme.book.first_day,
        ends=None,
        unverified=doubted,
    )


def _general(book: RuleBook, doubted: int) -> ProgrammeEntry:
    return ProgrammeEntry(
        slug=book.slug,
        zh=book.zh,
        en=book.en,
        instrument=book.instrument,
        decides=False,
        currency=book.currency,
        first_day=book.first_day,
        ends=book.ends,
        unverified=doubted,
    )


def _decided_terms(programme: Programme, doubted: int, on: date) -> ProgrammeTermsAnswer:
    fill = _filling(programme.book, programme.instrument, on)
    return ProgrammeTermsAnswer(
        **dict(_decided(programme, doubted)),
        on=on,
        facts=(),
        terms=terms_in_force(programme.book, on),
        terms_digest=programme.book.digest,
        rules=rules(programme.rules, fill),
        conditions=clauses(programme.conditions, fill),
    )


def _filling(book: Book[Any], instrument: str, on: date) -> Callable[[str], str]:
    values = {used.name: shown(used) for used in book.used(on)} | {"instrument": instrument}
    return lambda sentence: sentence.format_map(values) if "{" in sentence else sentence


def _general_terms(book: RuleBook, doubted: int, on: date) -> ProgrammeTermsAnswer:
    in_force = book.at(on)
    return ProgrammeTermsAnswer(
        **dict(_general(book, doubted)),
        on=on,
        facts=tuple(_fact(one) for one in book.facts.values()),
        terms=tuple(in_force.used(name) for name in in_force.provisions),
        terms_digest=book.digest,
        rules=(),
        conditions=(),
    )


def _fact(fact: Fact) -> FactEntry:
    return FactEntry(
        name=fact.name,
        unit=fact.unit,
        options=fact.options,
        needed=not fact.follows,
        applicant=fact.applicant,
        zh=fact.zh,
        en=fact.en,
    )
