"""Rules: one clause, one function over columns, three answers.

    @rule(severity=Severity.DECLINE, clause="财金〔2025〕11号第八条", zh="企业不得为地方政府融资平台。",
          reads=("government_financing_platform",))
    def is_no_financing_platform(case: Case[LoanTerms]) -> Truth:
        \"\"\"The company must not be a local-government financing platform.\"\"\"
        return ~flag(case.app.government_financing_platform)

The docstring is the English sentence a customer may read. ``{name}`` in a sentence is filled with the value in force of
that parameter: in a programme's rules of the programme or, failing that, of the product; in a product's rules the other
way round. All rules are always asked.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from products.case import Case
from products.columns import MET, NOT_MET, Answers, Ints, Truth
from products.explaining.answer import Severity

Statement = Callable[[Case[Any]], Truth]
Decorated = Callable[[Statement], "Rule"]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A statement that must hold, what follows if it does not, its source and its sentences.

    ``reads`` are the columns it needs, with ``ip_assets.`` or ``titles.`` before those of children; they name what is
    missing where the answer is unknown. ``verified`` is false where the clause rests on no text that was read.
    """

    name: str
    holds: Statement
    severity: Severity
    clause: str
    zh: str
    en: str
    reads: tuple[str, ...] = ()
    verified: bool = True


def rule(*, severity: Severity, clause: str, zh: str, reads: tuple[str, ...] = (), verified: bool = True) -> Decorated:
    """Make a rule of a function; ValueError if it has no sentence or no clause."""

    def decorate(statement: Statement) -> Rule:
        name = statement.__name__
        sentence = inspect.getdoc(statement)
        if not sentence or not clause or not zh:
            raise ValueError(f"The rule {name} needs a clause, a Chinese sentence and a docstring a customer may read.")
        return Rule(name, statement, severity, clause, zh, " ".join(sentence.split()), reads, verified)

    return decorate


@dataclass(frozen=True, slots=True)
class Condition:
    """Something to be done or shown before the loan is paid out, and where it applies."""

    name: str
    clause: str
    zh: str
    en: str
    applies: Statement


APPROVE: Final = 0
REFER: Final = 1
DECLINE: Final = 2


def ask(rules: tuple[Rule, ...], case: Case[Any]) -> Answers:
    """The answers of all rules, uint8 of shape (rules, n)."""
    answers = np.empty((len(rules), case.app.n), dtype=np.uint8)
    for row, one in enumerate(rules):
        answers[row] = one.holds(case).answers
    return answers


def outcome(rules: tuple[Rule, ...], answers: Answers) -> Answers:
    """What the answers amount to, uint8 (n,): APPROVE, REFER or DECLINE.

    A rule that is not met declines or refers as it says; an unknown one refers; one that advises does neither.
    """
    counting, declining = _weighty(rules)
    refers = np.minimum.reduce(answers[counting], axis=0, initial=MET) < MET
    declines = np.minimum.reduce(answers[declining], axis=0, initial=MET) == NOT_MET
    result: Answers = np.maximum(refers.view(np.uint8) * np.uint8(REFER), declines.view(np.uint8) * np.uint8(DECLINE))
    return result


@lru_cache(maxsize=256)
def _weighty(rules: tuple[Rule, ...]) -> tuple[Ints, Ints]:
    """The positions of the rules that refer or decline, and of those that decline."""
    counting = [row for row, one in enumerate(rules) if one.severity is not Severity.ADVISE]
    declining = [row for row, one in enumerate(rules) if one.severity is Severity.DECLINE]
    return np.array(counting, dtype=np.int64), np.array(declining, dtype=np.int64)
