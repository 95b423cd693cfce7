"""A loan product, a guarantee programme and a revision as values; see `products.catalogue` for the built-in ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from products.applications import Applications
from products.case import Situation, Standing
from products.columns import Column
from products.parameters import Book
from products.property.lending_value import Collateral
from products.rules import Condition, Rule
from products.terms import LoanTerms, ProgrammeTerms

P = TypeVar("P", bound=LoanTerms)


@dataclass(frozen=True, slots=True, eq=False)
class LimitFormula:
    """One ceiling on the amount: a function of the situation over columns."""

    name: str
    ceiling: Callable[[Situation[Any]], Column]
    clause: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """A guarantee programme: its dated terms, how it sees an enterprise, its rules and conditions.

    ``law`` are the books that it consults beside its own; decisions keep their digests.
    """

    slug: str
    zh: str
    en: str
    instrument: str
    book: Book[ProgrammeTerms]
    standing: Callable[[Applications, ProgrammeTerms, int], Standing]
    rules: tuple[Rule, ...]
    conditions: tuple[Condition, ...]
    law: tuple[Book[Any], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Revision:
    """Terms as data on top of an installed product; ``programme`` replaces the product's own if it is not None."""

    slug: str
    product: str
    programme: str | None
    zh: str
    en: str
    source: str
    effective_from: date
    book: Book[Any]


@dataclass(frozen=True, slots=True, eq=False)
class LoanProduct(Generic[P]):
    """A loan product: dated terms, rules, ceilings on the amount, conditions, and whether assets secure the loan.

    ``programme`` is the slug of the guarantee programme it is offered under, ``revisions`` the data shipped with it,
    ``law`` the books that it consults beside its own; decisions keep their digests. ``collateral`` tells what each
    asset of some applications carries under terms of the product on a day (days since 1970-01-01), for decisions.
    """

    slug: str
    zh: str
    en: str
    programme: str
    book: Book[P]
    rules: tuple[Rule, ...]
    limits: tuple[LimitFormula, ...]
    conditions: tuple[Condition, ...]
    secured: bool
    revisions: Mapping[str, Revision]
    law: tuple[Book[Any], ...] = ()
    collateral: Callable[[Applications, P, int], Collateral] | None = None
