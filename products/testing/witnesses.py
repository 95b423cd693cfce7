"""For every rule a case that trips it and one that just does not, found by changing one fact or one term.

Facts first: around applications that are near approval every fact is set to other values; where an answer flips, values
in between are halved until the two cases are neighbours. A rule that no fact of an application can trip speaks about
terms; then one parameter of the product's or programme's book is changed instead.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from products.applicant.layout import EPOCH
from products.applications import Applications
from products.columns import MET, MISSING, NOT_MET, UNKNOWN, Answers
from products.kernel import Offering, decide
from products.parameters import Book, DatedValue, Declared, Unit, declared_parameters
from products.testing.bench import Bench, Witness, rows_of
from products.testing.report import Result
from products.testing.variants import FACTS, Changes, applied, changes_around, value_at

_HALVINGS: Final = 64
_ROWS_FOR_TERMS: Final = 200
_PROVINCE: Final = 11
"""Beijing, in the form in which terms name a province."""
_VERDICTS: Final = ("not met", "unknown", "met")


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a rule changes its answer: what was changed, the value at which it is met and the one at which it is not.

    ``offering`` names the terms; a term that was changed begins with the book's name.
    """

    rule: str
    offering: str
    changed: str
    met: str
    not_met: str


def edges(bench: Bench) -> tuple[tuple[Edge, ...], tuple[str, ...]]:
    """An edge for each rule, and the names of the rules for which none was found."""
    found: dict[str, Edge] = {}
    _by_facts(bench, bench.offering, found)
    for offering in bench.offerings:
        _by_terms(bench, offering, found)
    for revised in bench.offerings[1:]:
        _by_facts(bench, revised, found)
    return tuple(found.values()), tuple(one.name for one in bench.rules if one.name not in found)


def every_rule_has_its_cases(bench: Bench) -> Result:
    """The check."""
    own = tuple(_own(bench))
    named = {one.rule for one in bench.witnesses}
    found, lacking = edges(bench)
    problems = [
        f"No case was found that trips {name}: change what it asks, or pass a Witness for it."
        for name in lacking
        if name not in named and name not in bench.claims.kept_by_construction
    ]
    by_terms = sum(one.changed not in FACTS for one in found)
    looked_at = f"{len(found) - by_terms} rules tripped by a fact, {by_terms} by a term, {len(named)} by own cases"
    return Result("every rule has a case that trips it and one that just does not", (*problems, *own), looked_at)


def _own(bench: Bench) -> Iterator[str]:
    places = bench.places(bench.offering)
    for one in bench.witnesses:
        if one.rule not in places:
            yield f"A Witness names {one.rule}, which is no rule of {bench.subject.slug}."
            continue
        rows = rows_of((one.trips, one.passes))
        on = max(bench.on, date.fromordinal(int(rows.applied_on.values.max()) + EPOCH))
        answers = decide(rows, bench.offering, bench.scorecard, on=on).answers[places[one.rule]]
        if answers.tolist() != [NOT_MET, MET]:
            said = " and ".join(_VERDICTS[int(answer)] for answer in answers)
            yield f"The Witness of {one.rule} finds it {said} instead of not met and met."


def _by_facts(bench: Bench, offering: Offering, found: dict[str, Edge]) -> None:
    places = {name: at for name, at in bench.places(offering).items() if name not in found}
    if not places:
        return
    changes = changes_around(bench.rows, bench.bases)
    before = bench.decided(bench.rows, offering).answers
    after = bench.decided(applied(bench.rows, changes), offering).answers
    rules, flips = [], []
    for name, at in places.items():
        flip = _flip(bench, changes, before[at, changes.base], after[at], bench.reads(name))
        if flip is not None:
            rules.append(name)
            flips.append(flip)
    for edge in _narrowed(bench, offering, rules, changes.some(np.array(flips, dtype=np.int64))):
        found[edge.rule] = edge


def _flip(bench: Bench, changes: Changes, was: Answers, now: Answers, reads: tuple[str, ...]) -> int | None:
    """The change that flips a rule between met and not met, rather of a fact it reads; else between met and unknown."""
    other, best = np.minimum(was, now), np.maximum(was, now)
    for lower in (NOT_MET, UNKNOWN):
        flipped = np.flatnonzero((best == MET) & (other == lower)).tolist()
        missing = lower == NOT_MET
        usable = [one for one in flipped if not missing or _was(bench.rows, changes, one) != MISSING]
        if usable:
            return int(min(usable, key=lambda one: (changes.facts[one] not in reads, one)))
    return None


def _was(rows: Applications, changes: Changes, at: int) -> int:
    return value_at(rows, FACTS[changes.facts[at]], int(changes.base[at]))


def _narrowed(bench: Bench, offering: Offering, rules: list[str], changes: Changes) -> Iterator[Edge]:
    """Halve the distance between the value that meets a rule and the one that does not until they are neighbours."""
    if not rules:
        return
    places = [bench.places(offering)[name] for name in rules]
    every = np.arange(len(rules))
    left = np.array([_was(bench.rows, changes, at) for at in every.tolist()], dtype=np.int64)
    right = changes.values.copy()
    stated = (left != MISSING) & (right != MISSING)
    ordered = np.array([FACTS[name].ordered for name in changes.facts]) & stated

    def asked(values: Any) -> Answers:
        rows = applied(bench.rows, changes.with_values(values))
        answers: Answers = bench.decided(rows, offering).answers[places, every]
        return answers

    of_left = asked(left)
    of_right = asked(right)
    for _ in range(_HALVINGS):
        apart = ordered & (np.abs(right - left) > 1)
        if not apart.any():
            break
        middle = np.where(apart, left + (right - left) // 2, left)
        answers = asked(middle)
        moves = apart & (answers == of_left)
        left, right = np.where(moves, middle, left), np.where(apart & ~moves, middle, right)
        of_right = np.where(apart & ~moves, answers, of_right)
    name = offering.revision.slug if offering.revision else offering.product.slug
    for at, rule in enumerate(rules):
        met, not_met = (left, right) if of_left[at] == MET else (right, left)
        yield Edge(rule, name, changes.facts[at], _said(met[at]), _said(not_met[at]))


def _said(value: int) -> str:
    return "unknown" if value == MISSING else str(value)


def _by_terms(bench: Bench, offering: Offering, found: dict[str, Edge]) -> None:
    rows = bench.rows.take(np.unique(np.concatenate([bench.bases, np.arange(_ROWS_FOR_TERMS)])))
    before = bench.decided(rows, offering).answers
    kept = bench.claims.kept_by_construction
    for changed, value, other in _other_terms(bench, offering):
        places = {name: at for name, at in bench.places(offering).items() if name not in found and name not in kept}
        if not places:
            return
        try:
            after = bench.decided(rows, other).answers
        except (ValueError, ArithmeticError, IndexError):
            continue  # terms that no book would pass: shares above the whole, steps of nothing
        for name, at in places.items():
            trips = bool(((before[at] == MET) & (after[at] == NOT_MET)).any())
            if trips or ((before[at] == NOT_MET) & (after[at] == MET)).any():
                met, not_met = ("as it stands", value) if trips else (value, "as it stands")
                found[name] = Edge(name, offering.product.slug, changed, met, not_met)


def _other_terms(bench: Bench, offering: Offering) -> Iterator[tuple[str, str, Offering]]:
    own, overall = offering.book, offering.programme.book
    for book, is_own in ((own, True), (overall, False)):
        for name, declared in declared_parameters(book.terms).items():
            for value in _other_values(getattr(book.at(bench.on), name), declared):
                changed = _with(book, name, value)
                product = dataclasses.replace(offering.product, book=changed if is_own else own, revisions={})
                programme = offering.programme if is_own else dataclasses.replace(offering.programme, book=changed)
                yield f"{book.name}.{name}", str(value), Offering(product, programme)


def _with(book: Book[Any], name: str, value: object) -> Book[Any]:
    dated = DatedValue(book.first_day, None, value, str(value), "check", "check", verified=False)
    return book.amended(book.name, {name: (dated,)}, opens=book.first_day)


def _other_values(now: Any, declared: Declared) -> Iterator[object]:
    """Few values far apart: whether a rule listens to a term shows at its extremes."""
    if declared.keys:
        yield from (np.zeros_like(now), now * 2)
    elif declared.unit is Unit.FLAG:
        yield not now
    elif declared.unit is Unit.CHOICE:
        yield from (one for one in range(len(declared.options)) if one != now)
    elif declared.unit is Unit.CHOICES:
        yield from ((one,) for one in sorted({0, len(declared.options) - 1, *(now or ())[:1]}))
        yield tuple(range(len(declared.options)))
    else:
        start = now or 1
        yield from (one for one in (0, start * 2, start * 1_000, _PROVINCE) if one != now)


__all__ = ["Edge", "Witness", "edges", "every_rule_has_its_cases"]
