"""A plugin's functions, checked at every call: what they return must be columns of the right kind and length."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from products.applications import Applications
from products.case import Case, Situation, Standing
from products.columns import MET, Column, Truth
from products.kernel import Offering
from products.parameters import Book
from products.product import LoanProduct, Programme
from products.terms import ProgrammeTerms
from products.vocabulary import SIZES, TIERS, TITLES

_GREATEST_CEILING: Final = 2**62
"""A ceiling may be a multiple of the greatest amount; it must only stay clear of the int64 that means unknown."""


class Rubbish(ValueError):
    """A function of a plugin returned something that is no answer; the message names the function."""


def offering(
    product: LoanProduct[Any], programme: Programme, book: Book[Any], programme_book: Book[ProgrammeTerms]
) -> Offering:
    """Product and programme under the books given, with every function checked."""
    own = dataclasses.replace(
        product,
        book=book,
        revisions={},
        rules=tuple(dataclasses.replace(one, holds=truth_of(one.holds, one.name)) for one in product.rules),
        limits=tuple(dataclasses.replace(one, ceiling=ceiling_of(one.ceiling, one.name)) for one in product.limits),
        conditions=tuple(
            dataclasses.replace(one, applies=truth_of(one.applies, one.name)) for one in product.conditions
        ),
    )
    overall = dataclasses.replace(
        programme,
        book=programme_book,
        standing=standing_of(programme.standing, programme.slug),
        rules=tuple(dataclasses.replace(one, holds=truth_of(one.holds, one.name)) for one in programme.rules),
        conditions=tuple(
            dataclasses.replace(one, applies=truth_of(one.applies, one.name)) for one in programme.conditions
        ),
    )
    return Offering(own, overall)


def truth_of(statement: Callable[[Case[Any]], Truth], name: str) -> Callable[[Case[Any]], Truth]:
    """The statement, refusing what is no `Truth` of the batch's length."""

    def asked(case: Case[Any]) -> Truth:
        answer = statement(case)
        require_truth(answer, case.app.n, name)
        return answer

    return asked


def require_truth(answer: object, n: int, name: str) -> None:
    """Rubbish unless ``answer`` is a `Truth` with ``n`` answers."""
    if not isinstance(answer, Truth):
        raise Rubbish(f"{name} returned {_kind(answer)} where a Truth of shape ({n},) was expected.")
    answers = answer.answers
    if not isinstance(answers, np.ndarray) or answers.dtype != np.uint8 or answers.shape != (n,):
        raise Rubbish(f"{name} returned a Truth of {_kind(answers)}; its answers must be uint8 of shape ({n},).")
    if n and int(answers.max()) > MET:
        raise Rubbish(f"{name} returned the answer {int(answers.max())}; answers are 0, 1 and 2.")


def ceiling_of(ceiling: Callable[[Situation[Any]], Column], name: str) -> Callable[[Situation[Any]], Column]:
    """The limit, refusing what is no column of amounts of the batch's length."""

    def computed(at: Situation[Any]) -> Column:
        column = ceiling(at)
        require_column(column, at.app.n, name, least=0, most=_GREATEST_CEILING)
        return column

    return computed


def require_column(column: object, n: int, name: str, *, least: int, most: int) -> None:
    """Rubbish unless ``column`` is a `Column` of ``n`` whole numbers within the limits wherever it is known."""
    if not isinstance(column, Column):
        raise Rubbish(f"{name} returned {_kind(column)} where a Column of shape ({n},) was expected.")
    values, known = column.values, column.known
    if not isinstance(values, np.ndarray) or values.dtype != np.int64 or values.shape != (n,):
        raise Rubbish(f"{name} returned a Column of {_kind(values)}; its values must be int64 of shape ({n},).")
    if known is not None and (not isinstance(known, np.ndarray) or known.dtype != np.bool_ or known.shape != (n,)):
        raise Rubbish(f"{name} returned a Column known as {_kind(known)}; that must be bool of shape ({n},).")
    stated = column.otherwise(least)
    if n and (int(stated.min()) < least or int(stated.max()) > most):
        worst = int(stated.min()) if int(stated.min()) < least else int(stated.max())
        raise Rubbish(f"{name} returned {worst}; it must lie between {least} and {most}.")


def standing_of(
    standing: Callable[[Applications, ProgrammeTerms, int], Standing], slug: str
) -> Callable[[Applications, ProgrammeTerms, int], Standing]:
    """A programme's view of the enterprises, refusing what is none."""

    def seen(app: Applications, terms: ProgrammeTerms, on: int) -> Standing:
        found = standing(app, terms, on)
        if not isinstance(found, Standing):
            raise Rubbish(f"{slug}'s standing returned {_kind(found)} where a Standing was expected.")
        require_column(found.size, app.n, f"{slug}'s standing (size)", least=0, most=len(SIZES) - 1)
        require_column(Column(found.tier), app.n, f"{slug}'s standing (tier)", least=0, most=len(TIERS) - 1)
        require_column(Column(found.title), app.n, f"{slug}'s standing (title)", least=-1, most=len(TITLES) - 1)
        require_truth(found.titled, app.n, f"{slug}'s standing (titled)")
        return found

    return seen


def _kind(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} and shape {value.shape}"
    return f"a {type(value).__name__}"
