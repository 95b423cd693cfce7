"""An organisation's own values of the parameters that a product declares as configurable.

A configuration is a value of its own: it makes another catalogue, in which the product has the values from a day on,
and is never kept on the product or in a plugin's process. It changes only what the product's author opened
(``parameter(..., configurable=True)``); everything else takes a revision, which another person reviews.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import JsonValue

from products.applicant.parsing import printable
from products.applicant.reading import Problem
from products.parameters import Book, DatedValue, Declared, declared_parameters, make_book
from products.product import LoanProduct
from products.registry import Catalogue
from products.revising.content import Change, Content, InvalidRevision, Title
from products.revising.form import SCHEMA, message, value_schema
from products.revising.terms import changed_values

CLAUSE: Final = "configuration"
JsonObject = dict[str, Any]


class InvalidConfiguration(ValueError):
    """Values that cannot be used; ``problems`` lists everything found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{each.path}: {each.message}" for each in self.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Values as written, by parameter, of one product from a day on; ``source`` says who set them."""

    product: str
    values: Mapping[str, JsonValue]
    since: date
    source: str


def configurable(product: LoanProduct[Any]) -> Mapping[str, Declared]:
    """The parameters that an organisation may set."""
    return {name: one for name, one in declared_parameters(product.book.terms).items() if one.configurable}


def configuration_form(product: LoanProduct[Any]) -> JsonObject:
    """The form as a JSON Schema, with labels and messages as in the form of a revision."""
    fields = {
        name: value_schema(one) | {"x-label": {"zh": one.zh, "en": one.en}, "x-message": message(name, one)}
        for name, one in configurable(product).items()
    }
    return {
        "$schema": SCHEMA,
        "title": f"{product.zh} {product.en}",
        "type": "object",
        "properties": fields,
        "additionalProperties": False,
    }


def configured(catalogue: Catalogue, configuration: Configuration) -> Catalogue:
    """The catalogue in which the product has these values; InvalidConfiguration if it cannot have them.

    products.UnknownOffering if there is no such product. The catalogue given stays as it is.
    """
    product = catalogue.offering(configuration.product, None).product
    dated = _read(configuration, product)
    revisions = {
        slug: dataclasses.replace(one, book=_with(one.book, dated, configuration.since))
        for slug, one in product.revisions.items()
    }
    book = _with(product.book, dated, configuration.since)
    return catalogue.with_product(dataclasses.replace(product, book=book, revisions=revisions))


def _read(configuration: Configuration, product: LoanProduct[Any]) -> Mapping[str, tuple[DatedValue, ...]]:
    opened = configurable(product)
    closed = [
        Problem(
            name,
            f"{printable(name)} cannot be configured. {_remedy(product, opened)}",
            "",
        )
        for name in configuration.values
        if name not in opened
    ]
    if closed:
        raise InvalidConfiguration(closed)
    changes = {
        name: Change(value=value, source=configuration.source, clause=CLAUSE, verified=False)
        for name, value in configuration.values.items()
    }
    content = Content(
        product=product.slug,
        slug=CLAUSE,
        title=Title(zh=product.zh, en=product.en),
        source=configuration.source,
        effective_from=configuration.since,
        changes=changes,
    )
    try:
        return changed_values(content, product)
    except InvalidRevision as error:
        raise InvalidConfiguration(
            Problem(
                one.path.removeprefix("changes.").removesuffix(".value"),
                one.message.replace("changes.", "").replace(".value ", " "),
                one.value,
            )
            for one in error.problems
        ) from None


def _remedy(product: LoanProduct[Any], opened: Mapping[str, Declared]) -> str:
    if not opened:
        return f"{product.slug} has nothing to configure; draft a revision."
    return f"Set some of: {', '.join(opened)}; everything else takes a revision."


def _with(book: Book[Any], dated: Mapping[str, tuple[DatedValue, ...]], since: date) -> Book[Any]:
    values = {
        name: (*(one for one in book.values.get(name, ()) if one.since < since), *own) for name, own in dated.items()
    }
    return make_book(book.name, book.terms, {**book.values, **values}, opens=book.opens)
