"""Products as an integrator reads them: what is on offer, and the terms in force on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from products import Book, Catalogue, LoanProduct, Revision, Rule
from products.explaining.answer import Parameter, Severity
from products.explaining.sentences import parameter, wording
from products.product import LimitFormula
from products.rules import Condition

Fill = Callable[[str], str]
"""Puts the values in force into a sentence."""


class Described(BaseModel):
    """Base of all descriptions: immutable."""

    model_config = ConfigDict(frozen=True)


class Named(Described):
    """Something with a slug and its names."""

    slug: str
    zh: str
    en: str


class RevisionEntry(Named):
    """A revision of a product: terms as data on top of the plugin."""

    programme: str = Field(description="slug of the guarantee programme it is offered under")
    source: str
    effective_from: date


class ProductEntry(Named):
    """A product as the list shows it."""

    programme: str = Field(description="slug of the guarantee programme it is offered under")
    secured: bool = Field(description="whether assets must be pledged")
    revisions: tuple[RevisionEntry, ...]


class BrokenPlugin(Described):
    """A plugin that could not be taken in and is left out."""

    name: str
    package: str
    cause: str
    remedy: str


class ProductList(Described):
    """Everything on offer, and the plugins that are left out."""

    items: tuple[ProductEntry, ...]
    broken_plugins: tuple[BrokenPlugin, ...]


class RuleEntry(Described):
    """A rule that every application is asked."""

    rule: str
    severity: Severity
    clause: str
    zh: str
    en: str
    verified: bool = Field(description="false where the clause rests on no text that was read")


class ClauseEntry(Described):
    """A ceiling on the amount, or a condition precedent."""

    name: str
    clause: str
    zh: str
    en: str


class ProductTerms(ProductEntry):
    """A product, or one of its revisions, with the terms in force on a day."""

    on: date
    revision: str | None
    terms: tuple[Parameter, ...]
    terms_digest: str = Field(description="SHA-256 of the whole book of dated terms")
    limits: tuple[ClauseEntry, ...]
    rules: tuple[RuleEntry, ...] = Field(description="those of the product; its programme has its own")
    conditions: tuple[ClauseEntry, ...]


def product_list(catalogue: Catalogue) -> ProductList:
    """All products with their revisions."""
    return ProductList(
        items=tuple(_product_entry(catalogue, product) for product in catalogue.products.values()),
        broken_plugins=broken_plugins(catalogue),
    )


def broken_plugins(catalogue: Catalogue) -> tuple[BrokenPlugin, ...]:
    """The plugins that are left out."""
    return tuple(
        BrokenPlugin(name=each.name, package=each.package, cause=each.cause, remedy=each.remedy)
        for each in catalogue.broken
    )


def product_terms(catalogue: Catalogue, slug: str, *, revision: str | None, on: date) -> ProductTerms:
    """One product in full. products.UnknownOffering if there is none, products.NotInForce before its first terms."""
    offering = catalogue.offering(slug, revision)
    product, fill = offering.product, wording(offering, on).fill
    return ProductTerms(
        **dict(_product_entry(catalogue, product)),
        on=on,
        revision=revision,
        terms=terms_in_force(offering.book, on),
        terms_digest=offering.book.digest,
        limits=clauses(product.limits, fill),
        rules=rules(product.rules, fill),
        conditions=clauses(product.conditions, fill),
    )


def _product_entry(catalogue: Catalogue, product: LoanProduct[Any]) -> ProductEntry:
    own = [offering.revision for (slug, _), offering in catalogue.offerings.items() if slug == product.slug]
    return ProductEntry(
        slug=product.slug,
        zh=product.zh,
        en=product.en,
        programme=product.programme,
        secured=product.secured,
        revisions=tuple(_revision_entry(product, revision) for revision in own if revision is not None),
    )


def _revision_entry(product: LoanProduct[Any], revision: Revision) -> RevisionEntry:
    return RevisionEntry(
        slug=revision.slug,
        zh=revision.zh,
        en=revision.en,
        programme=revision.programme or product.programme,
        source=revision.source,
        effective_from=revision.effective_from,
    )


def terms_in_force(book: Book[Any], on: date) -> tuple[Parameter, ...]:
    """The values in force on a day."""
    return tuple(parameter(book.name, used) for used in book.used(on))


def rules(asked: Iterable[Rule], fill: Fill) -> tuple[RuleEntry, ...]:
    """Rules with their sentences filled."""
    return tuple(
        RuleEntry(
            rule=each.name,
            severity=each.severity,
            clause=fill(each.clause),
            zh=fill(each.zh),
            en=fill(each.en),
            verified=each.verified,
        )
        for each in asked
    )


def clauses(found: Iterable[LimitFormula | Condition], fill: Fill) -> tuple[ClauseEntry, ...]:
    """Ceilings or conditions with their sentences filled."""
    return tuple(
        ClauseEntry(name=each.name, clause=fill(each.clause), zh=fill(each.zh), en=fill(each.en)) for each in found
    )
