"""Conditions under which a clause or document applies: expressions over a few named facts, without access to Python.

The language has names, quoted words, whole numbers, ``and``, ``or``, ``not``, comparisons and ``in``; nothing else
parses. An expression is checked against the facts' names when it is read.
"""

from __future__ import annotations

import ast
import dataclasses
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

_COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}


class BadCondition(ValueError):
    """A condition that does not parse or names a fact that does not exist."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions may ask: facts of the set, not of its wording.

    Uplifts are in basis points; a figure that was not given is -1.
    """

    pledged: bool
    guaranteed: bool
    guarantee_mode: str
    guarantee_is_partial: bool
    third_party_pledgor: bool
    asset_families: tuple[str, ...]
    has_licences: bool
    has_same_day_inventions: bool
    has_pending_invalidations: bool
    has_utility_models: bool
    rate_type: str
    payment: str
    repayment: str
    term_months: int
    subsidised: bool
    dispute_mode: str
    prevailing: str
    has_conditions: bool
    pledge_is_maximum: bool
    guarantee_is_maximum: bool
    fee_charged: bool
    entrusted: bool
    counter_guaranteed: bool
    counter_mode: str
    personally_guaranteed: bool
    personal_information_shared: bool
    personal_mode: str
    has_resolutions: bool
    refinanced: bool
    lender_licensed: bool
    dispute_connection: str
    overdue_uplift_bp: int
    misuse_uplift_bp: int
    guarantee_period_months: int
    prepayment_notice_days: int
    cure_days: int


_NAMES: Final = frozenset(field.name for field in dataclasses.fields(Facts))


@lru_cache(maxsize=512)
def parse_condition(text: str) -> ast.expr:
    """The expression, checked; BadCondition names what is not allowed."""
    try:
        expression = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise BadCondition(f"The condition {text!r} does not parse: {error.msg}.") from error
    _check(expression, text)
    return expression


def holds(text: str, facts: Facts) -> bool:
    """Whether the condition holds for these facts."""
    return bool(_evaluate(parse_condition(text), facts))


def _check(node: ast.expr, text: str) -> None:
    match node:
        case ast.Constant(value=bool() | int() | str()):
            return
        case ast.Name(id=name):
            if name not in _NAMES:
                raise BadCondition(
                    f"The condition {text!r} asks for {name}, which is no fact of a contract set; "
                    f"use one of: {', '.join(sorted(_NAMES))}."
                )
        case ast.BoolOp(values=parts):
            for part in parts:
                _check(part, text)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check(operand, text)
        case ast.Compare(left=left, comparators=comparators) if len(comparators) == 1:
            _check(left, text)
            _check(comparators[0], text)
        case _:
            raise BadCondition(
                f"The condition {text!r} contains {type(node).__name__}; only names, quoted words, whole numbers, "
                "and, or, not, comparisons and in are allowed."
            )


def _evaluate(node: ast.expr, facts: Facts) -> Any:  # a fact may be of any of its declared types
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return getattr(facts, name)
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_evaluate(part, facts) for part in parts)
        case ast.BoolOp(values=parts):
            return any(_evaluate(part, facts) for part in parts)
        case ast.UnaryOp(operand=operand):
            return not _evaluate(operand, facts)
        case ast.Compare(left=left, ops=[comparison], comparators=[right]):
            return _COMPARISONS[type(comparison)](_evaluate(left, facts), _evaluate(right, facts))
        case _:
            raise BadCondition(f"{type(node).__name__} cannot be evaluated; parse_condition was not called.")
