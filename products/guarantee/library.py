"""The rule books at hand: those shipped and a bank's own, all read from YAML files the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from products.dated_yaml import BadBook, Problem, read_entries
from products.guarantee.checking import checked
from products.guarantee.rulebook import RuleBook, Unverified
from products.parameters import Book, declared_parameters
from products.product import Programme
from products.terms import ProgrammeTerms

SHIPPED: Final = Path(__file__).parent.parent / "programmes"

_NO_FORMAT: Final = (
    "write format: rule-book; a programme in the form of the national ones decides by rules of its own and comes as a "
    "plugin package (kedai.programmes)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Rule books by slug, and what kept others out."""

    books: Mapping[str, RuleBook]
    problems: tuple[Problem, ...]


def load_library(*own: Path, strict: bool = False) -> Library:
    """The rule books shipped and those in the folders ``own``; BadBook with everything found wrong if ``strict``.

    A shipped file counts if its head says ``format: rule-book``; a bank's own that does not is a problem. A book that
    `checked` objects to, or whose slug is taken, is left out and its problems are listed.
    """
    books, problems = dict(_shipped().books), list(_shipped().problems)
    for path in (path for folder in own for path in sorted(folder.glob("*.yaml"))):
        problems.extend(_take(path, books, shipped=False))
    if strict and problems:
        raise BadBook(tuple(problems))
    return Library(MappingProxyType(books), tuple(problems))


@cache
def _shipped() -> Library:
    """Those shipped, read once: a package does not change while it runs."""
    books: dict[str, RuleBook] = {}
    problems = [problem for path in sorted(SHIPPED.glob("*.yaml")) for problem in _take(path, books, shipped=True)]
    return Library(MappingProxyType(books), tuple(problems))


def _take(path: Path, books: dict[str, RuleBook], *, shipped: bool) -> tuple[Problem, ...]:
    try:
        entries = read_entries(path)
    except BadBook as error:
        return error.problems
    if "format" not in entries.head:
        return () if shipped else (Problem(path.name, "format", "is missing", _NO_FORMAT),)
    book, problems = checked(entries)
    if problems:
        return problems
    if book.slug in books:
        return (Problem(path.name, "book", f"is {book.slug!r}, which another file has", "choose another slug"),)
    books[book.slug] = book
    return ()


def unverified_values(programmes: Mapping[str, Programme], library: Library) -> tuple[Unverified, ...]:
    """Every value of every guarantee programme and rule book, of all dates, that rests on no text that was read."""
    national = (one for programme in programmes.values() for one in _of_book(programme.book))
    general = (one for book in library.books.values() for one in book.unverified_values())
    return tuple(sorted((*national, *general), key=lambda one: (one.book, one.provision, one.since)))


def _of_book(book: Book[ProgrammeTerms]) -> tuple[Unverified, ...]:
    units = {name: declared.unit for name, declared in declared_parameters(book.terms).items()}
    return tuple(
        Unverified(book.name, name, value.since, value.text, units[name], value.source, value.clause)
        for name, values in book.values.items()
        for value in values
        if not value.verified
    )
