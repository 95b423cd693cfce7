"""A product's own parameters as its clauses write them: ``{{ product.research_multiple }}``.

A clause of a package may name the parameters of its product that have a form in words. The values are those that the
decision names as its evidence, so a contract states what was decided under, whatever is in force when it is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final

from products.explaining.answer import Decision
from products.parameters import Declared, Unit
from templates.library import Clause
from templates.phrasebook import Phrasebook, phrasebook
from templates.wording import Language, money, percent

_WRITTEN: Final = frozenset({Unit.CNY, Unit.FRACTION, Unit.MONTHS, Unit.DAYS, Unit.COUNT, Unit.PERSONS, Unit.TEXT})
"""Units whose values have a form in running text."""
_EXACT: Final = frozenset({Unit.CNY, Unit.FRACTION})
_WITH_UNIT: Final = {Unit.MONTHS: "month", Unit.DAYS: "day"}


PREFIX: Final = "product."


def product_names(clauses: Iterable[Clause]) -> frozenset[str]:
    """The parameters that clauses write, as ``research_multiple`` or ``milestone_shares.pilot``."""
    written = {name for clause in clauses for name in clause.text_names | clause.block_names}
    return frozenset(name.removeprefix(PREFIX) for name in written if name.startswith(PREFIX))


def writable(declared: Mapping[str, Declared]) -> frozenset[str]:
    """The names that clauses may write after ``product.``: single values, and the entries of tables with one level."""
    return frozenset(
        ".".join(path)
        for name, one in declared.items()
        if one.unit in _WRITTEN and not one.optional and len(one.keys) < 2
        for path in ([(name, key) for key in one.keys[0]] if one.keys else [(name,)])
    )


def product_words(decision: Decision, names: Iterable[str], language: Language) -> SimpleNamespace:
    """The named parameters as texts in the language, as attributes; ValueError if the decision does not name one."""
    words, found = phrasebook(language), SimpleNamespace()
    for name, unit, value in _values(decision, names):
        head, _, key = name.partition(".")
        text = _text(value, unit, language, words)
        if key:
            setattr(found, head, getattr(found, head, SimpleNamespace()))
            setattr(getattr(found, head), key, text)
        else:
            setattr(found, head, text)
    return found


@dataclass(frozen=True, slots=True)
class ProductFigures:
    """Amounts and rates, whole numbers, and texts that clauses may take from the product."""

    exact: frozenset[Decimal]
    counts: frozenset[int]
    texts: frozenset[str]


def product_figures(decision: Decision, names: Iterable[str]) -> ProductFigures:
    """What the named parameters contain."""
    values = [(unit, value) for _, unit, value in _values(decision, names)]
    return ProductFigures(
        frozenset(Decimal(value) for unit, value in values if unit in _EXACT),
        frozenset(int(value) for unit, value in values if unit not in {*_EXACT, Unit.TEXT}),
        frozenset(value for unit, value in values if unit is Unit.TEXT),
    )


def _values(decision: Decision, names: Iterable[str]) -> Iterator[tuple[str, Unit, str]]:
    book = decision.revision or decision.product
    used = {one.name: one for one in decision.evidence.parameters}
    for name in sorted(names):
        head, _, key = name.partition(".")
        one = used.get(f"{book}.{head}")
        if one is None:
            raise ValueError(f"The decision {decision.id} names no parameter {head}, which a clause states.")
        yield name, Unit(one.unit), str(_table(one.value)[key]) if key else one.value


def _table(text: str) -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads(text)
    return table


def _text(value: str, unit: Unit, language: Language, words: Phrasebook) -> str:
    if unit is Unit.CNY:
        return money(Decimal(value), language)
    if unit is Unit.FRACTION:
        return percent(Decimal(value), 0)
    return words.count(int(value), _WITH_UNIT[unit]) if unit in _WITH_UNIT else value
