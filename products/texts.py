"""Whether the texts of an offering can be shown: sentences there, placeholders filled, columns known, names single."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter
from typing import Final

from products.applicant.layout import APPLICATION_COLUMNS, CHILD_COLUMNS
from products.kernel import Offering
from products.parameters import declared_parameters
from products.product import LimitFormula
from products.rules import Condition, Rule

_CHINESE: Final = re.compile(r"[一-鿿]")
_COLUMNS: Final = {
    *APPLICATION_COLUMNS,
    *(f"{name}.{column}" for name in CHILD_COLUMNS for column in CHILD_COLUMNS[name]),
}


def unusable_texts(offering: Offering) -> Iterator[str]:
    """A sentence for each text of rules, limits and conditions that cannot be shown, or names what is not there."""
    fillers = _fillers(offering)
    said: tuple[Rule | LimitFormula | Condition, ...] = (
        *offering.rules,
        *offering.product.limits,
        *offering.conditions,
    )
    for one in said:
        for name, text in (("clause", one.clause), ("Chinese sentence", one.zh), ("English sentence", one.en)):
            yield from _unusable(f"The {name} of {one.name}", text, fillers)
        if not _CHINESE.search(one.zh):
            yield f"The Chinese sentence of {one.name} has no Chinese character; a customer could not read it."
    for rule in offering.rules:
        for column in rule.reads:
            if column not in _COLUMNS:
                yield f"{rule.name} says that it reads {column!r}, which is no column of an application."
    yield from _repeated("rule", [rule.name for rule in offering.rules])
    yield from _repeated("limit", [limit.name for limit in offering.product.limits])


def _fillers(offering: Offering) -> frozenset[str]:
    """Names that every sentence may hold in braces: parameters that always have a value."""
    books = (offering.book, offering.programme.book)
    required = {name for book in books for name, one in declared_parameters(book.terms).items() if not one.optional}
    given = {name for book in books for name in book.values if book.values[name][0].since <= book.first_day}
    return frozenset({*required, *given})


def _unusable(what: str, text: str, fillers: frozenset[str]) -> Iterator[str]:
    if not text.strip():
        yield f"{what} is empty."
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError as error:
        yield f"{what} cannot be filled: {error}. Write {{{{ and }}}} for braces."
        return
    for name in names:
        if name not in fillers:
            yield f"{what} names {{{name}}}, which is no parameter that always has a value."


def _repeated(what: str, names: list[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{times} of the {what}s are called {name}; a decision could not tell them apart."
