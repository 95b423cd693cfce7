"""What the host knows of an installed product or programme: texts and dated values, read from its worker as JSON.

A portrait is checked while it is read; pydantic.ValidationError or ValueError says what is wrong with it.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Annotated, Any, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, StringConstraints

from products.explaining.answer import Severity
from products.money import GREATEST_AMOUNT
from products.parameters import Book, DatedValue, Declared, Unit, declared_parameters, make_book
from products.product import LimitFormula, LoanProduct, Programme
from products.rules import Condition, Rule

Words = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,99}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=63)]
T = TypeVar("T")


class Portrait(BaseModel):
    """Base of all parts."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class RulePortrait(Portrait):
    """A rule without its function."""

    name: Name
    severity: Severity
    clause: Words
    zh: Words
    en: Words
    reads: list[str]
    verified: bool


class ClausePortrait(Portrait):
    """A limit or a condition without its function."""

    name: Name
    clause: Words
    zh: Words
    en: Words


class ValuePortrait(Portrait):
    """A dated value; ``value`` as `raw_value` wrote it."""

    since: date
    until: date | None
    value: Any
    text: str
    source: Words
    clause: Words
    verified: bool


class DeclaredPortrait(Portrait):
    """A parameter as its terms class declares it."""

    unit: Unit
    zh: Words
    en: Words
    keys: list[list[str]]
    options: list[str]
    optional: bool
    configurable: bool


class BookPortrait(Portrait):
    """A book with what its terms class declares."""

    name: Words
    declared: dict[Name, DeclaredPortrait]
    values: dict[Name, list[ValuePortrait]]
    opens: date | None


class RevisionPortrait(Portrait):
    """A revision that the package ships."""

    slug: Slug
    programme: Slug | None
    zh: Words
    en: Words
    source: Words
    effective_from: date
    book: BookPortrait


class ProductPortrait(Portrait):
    """A product."""

    slug: Slug
    zh: Words
    en: Words
    programme: Slug
    secured: bool
    book: BookPortrait
    rules: list[RulePortrait]
    limits: list[ClausePortrait]
    conditions: list[ClausePortrait]
    revisions: list[RevisionPortrait]


class ProgrammePortrait(Portrait):
    """A programme."""

    slug: Slug
    zh: Words
    en: Words
    instrument: Words
    book: BookPortrait
    rules: list[RulePortrait]
    conditions: list[ClausePortrait]


def of_product(product: LoanProduct[Any]) -> ProductPortrait:
    """The portrait of a product."""
    return ProductPortrait(
        slug=product.slug,
        zh=product.zh,
        en=product.en,
        programme=product.programme,
        secured=product.secured,
        book=of_book(product.book),
        rules=_rules(product.rules),
        limits=_clauses(product.limits),
        conditions=_clauses(product.conditions),
        revisions=[
            RevisionPortrait(
                slug=one.slug,
                programme=one.programme,
                zh=one.zh,
                en=one.en,
                source=one.source,
                effective_from=one.effective_from,
                book=of_book(one.book),
            )
            for one in product.revisions.values()
        ],
    )


def of_programme(programme: Programme) -> ProgrammePortrait:
    """The portrait of a programme."""
    return ProgrammePortrait(
        slug=programme.slug,
        zh=programme.zh,
        en=programme.en,
        instrument=programme.instrument,
        book=of_book(programme.book),
        rules=_rules(programme.rules),
        conditions=_clauses(programme.conditions),
    )


def of_book(book: Book[Any]) -> BookPortrait:
    """The portrait of a book."""
    return BookPortrait(
        name=book.name,
        declared={name: _declared(one) for name, one in declared_parameters(book.terms).items()},
        values={name: [_value(one) for one in dated] for name, dated in book.values.items()},
        opens=book.opens,
    )


def _rules(rules: tuple[Rule, ...]) -> list[RulePortrait]:
    return [
        RulePortrait(
            name=one.name,
            severity=one.severity,
            clause=one.clause,
            zh=one.zh,
            en=one.en,
            reads=list(one.reads),
            verified=one.verified,
        )
        for one in rules
    ]


def _clauses(clauses: tuple[LimitFormula | Condition, ...]) -> list[ClausePortrait]:
    return [ClausePortrait(name=one.name, clause=one.clause, zh=one.zh, en=one.en) for one in clauses]


def _declared(one: Declared) -> DeclaredPortrait:
    keys = [list(level) for level in one.keys]
    return DeclaredPortrait(
        unit=one.unit,
        zh=one.zh,
        en=one.en,
        keys=keys,
        options=list(one.options),
        optional=one.optional,
        configurable=one.configurable,
    )


def _value(dated: DatedValue) -> ValuePortrait:
    fields = {field.name: getattr(dated, field.name) for field in dataclasses.fields(dated)}
    return ValuePortrait(**fields | {"value": raw_value(dated.value)})


def raw_value(value: object) -> object:
    """A value as JSON holds it: tables and tuples as lists."""
    return value.tolist() if isinstance(value, np.ndarray) else list(value) if isinstance(value, tuple) else value


def book_from(portrait: BookPortrait, base: type[T]) -> Book[T]:
    """The book of a portrait, whose terms add to those of ``base``; ValueError if they contradict them."""
    own = declared_parameters(base)
    said = {name: _declared_from(one) for name, one in portrait.declared.items()}
    for name, one in own.items():
        if said.get(name) != one:
            raise ValueError(f"The terms declare {name} otherwise than {base.__name__} does; leave it as it is there.")
    added = [
        (name, Any, dataclasses.field(kw_only=True, metadata={"parameter": one}))
        for name, one in said.items()
        if name not in own
    ]
    terms = dataclasses.make_dataclass("PluginTerms", added, bases=(base,), frozen=True, slots=True)
    return book_of(portrait, terms)


def book_of(portrait: BookPortrait, terms: type[T]) -> Book[T]:
    """The book of a portrait for a terms class that declares all its parameters; ValueError if a value is none."""
    declared = declared_parameters(terms)
    values = {
        name: tuple(_dated(one, declared[name], f"{portrait.name}.{name}") for one in dated)
        for name, dated in portrait.values.items()
    }
    return make_book(portrait.name, terms, values, opens=portrait.opens)


def _declared_from(one: DeclaredPortrait) -> Declared:
    return Declared(
        one.unit, one.zh, one.en, tuple(map(tuple, one.keys)), tuple(one.options), one.optional, one.configurable
    )


def _dated(one: ValuePortrait, declared: Declared, place: str) -> DatedValue:
    value = _read(one.value, declared, f"{place} of {one.since.isoformat()}")
    return DatedValue(one.since, one.until, value, one.text, one.source, one.clause, one.verified)


def _read(value: object, declared: Declared, place: str) -> object:
    if declared.keys:
        table = np.array(value)
        shape = tuple(map(len, declared.keys))
        if table.dtype != np.int64 or table.shape != shape or np.abs(table).max() > GREATEST_AMOUNT:
            raise ValueError(f"{place} is no table of whole numbers of the shape {shape}.")
        table.setflags(write=False)
        return table
    if declared.unit is Unit.CHOICES:
        if not isinstance(value, list) or not all(_whole(one, len(declared.options) - 1) for one in value):
            raise ValueError(f"{place} is {value!r}, not a list of positions among the options.")
        return tuple(value)
    if declared.unit is Unit.FLAG:
        if not isinstance(value, bool):
            raise ValueError(f"{place} is {value!r}, neither true nor false.")
        return value
    if declared.unit is Unit.TEXT:
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{place} is {value!r}, not words.")
        return value
    if not _whole(value, len(declared.options) - 1 if declared.unit is Unit.CHOICE else GREATEST_AMOUNT):
        raise ValueError(f"{place} is {value!r}, not a whole number within the limits.")
    return value


def _whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= most
