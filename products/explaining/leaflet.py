"""Products and programmes as their users read them: terms in force on a day, with labels and sources, and the rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pydantic import Field

from products.explaining.answer import Answer, Condition, Severity
from products.explaining.sentences import shown
from products.kernel import Offering
from products.parameters import Book, NotInForce, declared_parameters
from products.product import Programme
from products.registry import Catalogue, UnknownOffering
from products.rules import Rule


class Term(Answer):
    """One value in force: what it is called, what it says, where it stands."""

    name: str
    zh: str
    en: str
    unit: str
    value: str
    source: str
    clause: str
    since: date
    verified: bool


class RuleText(Answer):
    """One rule with its source and sentences."""

    name: str
    severity: Severity
    clause: str
    zh: str
    en: str
    reads: tuple[str, ...]
    verified: bool


class LimitText(Answer):
    """One ceiling on the amount."""

    name: str
    clause: str
    zh: str
    en: str


class RevisionLine(Answer):
    """A revision of a product, in one line."""

    slug: str
    zh: str
    en: str
    programme: str
    effective_from: date
    source: str


class ProductLine(Answer):
    """A product in one line."""

    slug: str
    zh: str
    en: str
    programme: str
    secured: bool
    revisions: tuple[RevisionLine, ...]


class ProgrammeLine(Answer):
    """A programme in one line; ``unverified`` counts its values in force that rest on no text that was read."""

    slug: str
    zh: str
    en: str
    instrument: str
    first_day: date
    values: int
    unverified: int


class ProductLeaflet(Answer):
    """A product, or a revision of it, on a day."""

    product: ProductLine
    revision: str | None
    programme: str
    on: date
    digest: str = Field(description="SHA-256 of the terms with all their dated values")
    terms: tuple[Term, ...]
    rules: tuple[RuleText, ...]
    limits: tuple[LimitText, ...]
    conditions: tuple[Condition, ...]


class ProgrammeLeaflet(Answer):
    """A programme on a day."""

    programme: ProgrammeLine
    on: date
    digest: str
    terms: tuple[Term, ...]
    rules: tuple[RuleText, ...]
    conditions: tuple[Condition, ...]


def product_lines(catalogue: Catalogue) -> tuple[ProductLine, ...]:
    """Every product, by slug."""
    return tuple(_product_line(catalogue, slug) for slug in sorted(catalogue.products))


def programme_lines(catalogue: Catalogue, on: date) -> tuple[ProgrammeLine, ...]:
    """Every programme, by slug, with its values in force on the day or, before its beginning, on its first day."""
    return tuple(_programme_line(catalogue.programmes[slug], on) for slug in sorted(catalogue.programmes))


def product_leaflet(catalogue: Catalogue, slug: str, revision: str | None, on: date) -> ProductLeaflet:
    """A product's terms on a day; UnknownOffering if there is no such product, NotInForce before its terms begin."""
    offering = catalogue.offering(slug, revision)
    texts = _texts(offering, on)
    return ProductLeaflet(
        product=_product_line(catalogue, slug),
        revision=revision,
        programme=offering.programme.slug,
        on=on,
        digest=offering.book.digest,
        terms=_terms(offering.book, on),
        rules=_rules(offering.product.rules, texts),
        limits=tuple(
            LimitText(name=one.name, clause=one.clause.format_map(texts), zh=one.zh, en=one.en)
            for one in offering.product.limits
        ),
        conditions=_conditions(offering.product.conditions, texts),
    )


def programme_leaflet(catalogue: Catalogue, slug: str, on: date) -> ProgrammeLeaflet:
    """A programme's terms on a day; UnknownOffering if there is no such programme, NotInForce before it begins."""
    if slug not in catalogue.programmes:
        raise UnknownOffering("programme", slug, tuple(catalogue.programmes))
    programme = catalogue.programmes[slug]
    texts = _values(programme.book, on)
    return ProgrammeLeaflet(
        programme=_programme_line(programme, on),
        on=on,
        digest=programme.book.digest,
        terms=_terms(programme.book, on),
        rules=_rules(programme.rules, texts),
        conditions=_conditions(programme.conditions, texts),
    )


def _product_line(catalogue: Catalogue, slug: str) -> ProductLine:
    product = catalogue.products[slug]
    return ProductLine(
        slug=slug,
        zh=product.zh,
        en=product.en,
        programme=product.programme,
        secured=product.secured,
        revisions=tuple(
            RevisionLine(
                slug=one.slug,
                zh=one.zh,
                en=one.en,
                programme=one.programme or product.programme,
                effective_from=one.effective_from,
                source=one.source,
            )
            for one in product.revisions.values()
        ),
    )


def _programme_line(programme: Programme, on: date) -> ProgrammeLine:
    used = programme.book.used(max(on, programme.book.first_day))
    return ProgrammeLine(
        slug=programme.slug,
        zh=programme.zh,
        en=programme.en,
        instrument=programme.instrument,
        first_day=programme.book.first_day,
        values=len(used),
        unverified=sum(not one.dated.verified for one in used),
    )


def _terms(book: Book[Any], on: date) -> tuple[Term, ...]:
    declared = declared_parameters(book.terms)
    return tuple(
        Term(
            name=one.name,
            zh=declared[one.name].zh,
            en=declared[one.name].en,
            unit=one.unit,
            value=one.dated.text,
            source=one.dated.source,
            clause=one.dated.clause,
            since=one.dated.since,
            verified=one.dated.verified,
        )
        for one in book.used(on)
    )


def _rules(rules: Iterable[Rule], texts: dict[str, str]) -> tuple[RuleText, ...]:
    return tuple(
        RuleText(
            name=one.name,
            severity=one.severity,
            clause=one.clause.format_map(texts),
            zh=one.zh.format_map(texts),
            en=one.en.format_map(texts),
            reads=one.reads,
            verified=one.verified,
        )
        for one in rules
    )


def _conditions(conditions: Iterable[Any], texts: dict[str, str]) -> tuple[Condition, ...]:
    return tuple(
        Condition(name=one.name, zh=one.zh, en=one.en, clause=one.clause.format_map(texts)) for one in conditions
    )


def _texts(offering: Offering, on: date) -> dict[str, str]:
    try:
        programme = _values(offering.programme.book, on)
    except NotInForce:
        programme = _values(offering.programme.book, offering.programme.book.first_day)
    return programme | _values(offering.book, on)


def _values(book: Book[Any], on: date) -> dict[str, str]:
    return {one.name: shown(one) for one in book.used(on)}
