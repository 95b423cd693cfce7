"""A product or programme whose functions only read columns that its worker has filled.

The columns travel with the rows of a batch, so the kernel cuts, orders and explains them as it does facts. Where the
worker gave no usable answer, `ANSWERED` is 0: limits and the plugin's rules are unknown, and the rule
``plugin_has_answered`` refers the application and names the package.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from products.applications import Applications
from products.case import Case, Situation, Standing
from products.columns import Column, Ints, Truth, flag
from products.explaining.answer import Severity
from products.isolation.portrait import ClausePortrait, ProductPortrait, ProgrammePortrait, RulePortrait, book_from
from products.product import LimitFormula, LoanProduct, Programme, Revision
from products.rules import Condition, Rule
from products.terms import LoanTerms, ProgrammeTerms

ANSWERED: Final = "#answered"
"""Column: 1 where the worker answered, 0 where it did not."""
STANDING: Final = ("#size", "#tier", "#title", "#titled")
Naming = Callable[[str, int], str]
OF_PRODUCT: Final = "product"
OF_PROGRAMME: Final = "programme"


def rule_column(owner: str, position: int) -> str:
    """The column with the answers of a rule of a product or programme."""
    return f"#{owner}.rule.{position}"


def limit_column(position: int) -> str:
    """The column with a ceiling."""
    return f"#limit.{position}"


def condition_column(owner: str, position: int) -> str:
    """The column that says where a condition applies."""
    return f"#{owner}.condition.{position}"


def product_from(portrait: ProductPortrait, package: str) -> LoanProduct[Any]:
    """The product of a portrait; ValueError if the portrait contradicts itself."""
    book = book_from(portrait.book, LoanTerms)
    revisions = {
        one.slug: Revision(
            one.slug,
            portrait.slug,
            one.programme,
            one.zh,
            one.en,
            one.source,
            one.effective_from,
            book_from(one.book, LoanTerms),
        )
        for one in portrait.revisions
    }
    if len(revisions) < len(portrait.revisions):
        raise ValueError(f"Two revisions of {portrait.slug} have one slug.")
    return LoanProduct(
        slug=portrait.slug,
        zh=portrait.zh,
        en=portrait.en,
        programme=portrait.programme,
        book=book,
        rules=(*_rules(portrait.rules, OF_PRODUCT), _has_answered(package, OF_PRODUCT)),
        limits=tuple(
            LimitFormula(one.name, _ceiling(limit_column(at)), one.clause, one.zh, one.en)
            for at, one in enumerate(portrait.limits)
        ),
        conditions=_conditions(portrait.conditions, OF_PRODUCT),
        secured=portrait.secured,
        revisions=revisions,
    )


def programme_from(portrait: ProgrammePortrait, package: str) -> Programme:
    """The programme of a portrait; ValueError if the portrait contradicts itself."""
    return Programme(
        slug=portrait.slug,
        zh=portrait.zh,
        en=portrait.en,
        instrument=portrait.instrument,
        book=book_from(portrait.book, ProgrammeTerms),
        standing=_standing,
        rules=(*_rules(portrait.rules, OF_PROGRAMME), _has_answered(package, OF_PROGRAMME)),
        conditions=_conditions(portrait.conditions, OF_PROGRAMME),
    )


def _has_answered(package: str, owner: str) -> Rule:
    def holds(case: Case[Any]) -> Truth:
        return flag(case.app.columns[ANSWERED])

    return Rule(
        f"{owner}_plugin_has_answered",
        holds,
        Severity.REFER,
        f"系统运行：插件{package}的隔离",
        f"插件{package}须在限定的时间和内存内给出可用的结果；未给出的转人工审查。",
        f"The plugin {package} must give a usable answer within its limits of time and memory; otherwise a person "
        "decides.",
    )


def _rules(portraits: list[RulePortrait], owner: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            one.name,
            _reader(rule_column(owner, at)),
            one.severity,
            one.clause,
            one.zh,
            one.en,
            tuple(one.reads),
            one.verified,
        )
        for at, one in enumerate(portraits)
    )


def _conditions(portraits: list[ClausePortrait], owner: str) -> tuple[Condition, ...]:
    return tuple(
        Condition(one.name, one.clause, one.zh, one.en, _reader(condition_column(owner, at)))
        for at, one in enumerate(portraits)
    )


def _reader(column: str) -> Callable[[Case[Any]], Truth]:
    return lambda case: Truth(case.app.columns[column].values.astype(np.uint8))


def _ceiling(column: str) -> Callable[[Situation[Any]], Column]:
    return lambda at: at.app.columns[column]


def _standing(app: Applications, terms: ProgrammeTerms, on: int) -> Standing:  # noqa: ARG001  # as every programme's
    size, tier, title, titled = (app.columns[name] for name in STANDING)
    values: Ints = titled.values
    return Standing(size, tier.values, title.values, Truth(values.astype(np.uint8)))
