"""From a content to terms: its changes read against the installed product's declaration, as a book of dated values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from products.applicant.parsing import printable
from products.applicant.reading import Problem
from products.canonical import canonical_json
from products.dated_yaml import Entry, RawValue, YamlEntries
from products.parameters import Book, DatedValue, Declared, declared_parameters, make_book, read_values
from products.product import LoanProduct, Programme
from products.revising.content import Change, Content, InvalidRevision
from products.revising.limits import contradictions, out_of_range

Dated = Mapping[str, tuple[DatedValue, ...]]


def base_book(content: Content, product: LoanProduct[Any]) -> Book[Any]:
    """The book the changes are made to; InvalidRevision if the shipped revision named does not exist."""
    if content.base is None:
        return product.book
    if content.base not in product.revisions:
        known = ", ".join(product.revisions) or "none"
        message = f"{product.slug} ships no revision {content.base!r}. Name one of: {known}; or leave base out."
        raise InvalidRevision([Problem("base", message, content.base)])
    return product.revisions[content.base].book


def programme_slug(content: Content, product: LoanProduct[Any]) -> str:
    """The guarantee programme the revision is offered under."""
    if content.programme is not None:
        return content.programme
    shipped = product.revisions.get(content.base) if content.base else None
    return shipped.programme if shipped is not None and shipped.programme is not None else product.programme


def changed_values(content: Content, product: LoanProduct[Any]) -> Dated:
    """The values of the changed parameters from the revision's first day on, none where a value is taken away.

    InvalidRevision with every change that cannot be read.
    """
    declared = declared_parameters(product.book.terms)
    problems = list(_unfit(content.changes, declared))
    unfit = {each.path.split(".")[1] for each in problems}
    given = {name: one for name, one in content.changes.items() if one.value is not None and name not in unfit}
    entries = {name: Entry(declared[name].unit, (_raw(one, content.effective_from),)) for name, one in given.items()}
    values, found = read_values(YamlEntries(content.slug, content.slug, {}, entries, ()), product.book.terms)
    for each in found:
        name, _, rest = each.key.removeprefix("parameters.").partition(f".values.{content.effective_from}.")
        path = f"changes.{name}.{rest or 'value'}"
        problems.append(Problem(path, f"{path} {each.what}; {each.remedy}.", ""))
    problems += [
        Problem(f"changes.{name}.value", sentence, "")
        for name, dated in values.items()
        for sentence in out_of_range(name, declared[name], dated[0].value)
    ]
    if problems:
        raise InvalidRevision(problems)
    return {name: values.get(name, ()) for name in content.changes}


def _unfit(changes: Mapping[str, Change], declared: Mapping[str, Declared]) -> Iterable[Problem]:
    for name, change in changes.items():
        path = f"changes.{name}"
        if name not in declared:
            message = f"{name} is no parameter of this product. Take one of: {', '.join(declared)}."
            yield Problem(path, message, printable(name))
        elif change.value is None and not declared[name].optional:
            yield Problem(path, f"{name} cannot be taken away, the product needs it. Give it a value.", "null")


def _raw(change: Change, since: date) -> RawValue:
    value = change.value
    text = value if isinstance(value, str) else canonical_json(value).decode()
    return RawValue(since, None, value, text, change.source, change.clause, change.verified)


def book_of(content: Content, product: LoanProduct[Any]) -> Book[Any]:
    """The revision's own book, as if it stood alone; InvalidRevision if a change cannot be read."""
    base = base_book(content, product)
    values = {**base.values, **changed_values(content, product)}
    return make_book(content.slug, base.terms, values, opens=content.effective_from)


def checked_book(content: Content, product: LoanProduct[Any], programmes: Mapping[str, Programme]) -> Book[Any]:
    """The revision's book once it fits the product and its programme.

    InvalidRevision with everything that speaks against it: slug taken, programme unknown, values unreadable or out of
    range, terms that contradict each other or the programme, no complete terms on the first day.
    """
    problems = []
    if content.slug in product.revisions:
        message = f"{product.slug} ships a revision {content.slug!r} already. Choose another slug."
        problems.append(Problem("slug", message, content.slug))
    slug = programme_slug(content, product)
    if slug not in programmes:
        message = f"The programme {slug!r} is not installed. Name one of: {', '.join(programmes)}."
        problems.append(Problem("programme", message, slug))
    if problems:
        raise InvalidRevision(problems)
    book = book_of(content, product)
    found = contradictions(book, programmes[slug], content.effective_from)
    if found:
        raise InvalidRevision(found)
    return book
