"""What one rule book answers for one loan: which provisions hold, what they come to, what stands against the loan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from products.applicant.reading import Problem
from products.asked import InvalidQuestion
from products.columns import Ints
from products.guarantee.asked_loan import LoanAsked, ProgrammeOffer, Verdict
from products.guarantee.choice_figures import counted_balances
from products.guarantee.evaluation import LOAN, NO_CAP, Evaluated, evaluate
from products.guarantee.facts import BadFacts, Facts, FactUnit, read_facts
from products.guarantee.needs import missing_facts, needed_facts
from products.guarantee.rulebook import DatedBy, InForce, RuleBook
from products.parameters import NotInForce

WHAT: Final = "loan"
TERM_FACTS: Final = ("term_months", "maturity_months", "months")
"""What books call the term in months."""


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """A book's answer for one loan: facts, days and figures as columns of one row.

    ``days`` are those of the book's main date, ``others`` of its other dates; ``bare`` is the offer without figures.
    """

    book: RuleBook
    terms: InForce
    facts: Facts
    days: Ints
    others: Mapping[DatedBy, Ints]
    found: Evaluated
    bare: ProgrammeOffer
    against: tuple[str, ...]

    @property
    def tightest(self) -> str | None:
        """The ceiling that leaves the least, None where none holds."""
        name = min(self.found.cap_left, key=lambda one: int(self.found.cap_left[one][0]), default=None)
        return name if name is not None and int(self.found.caps[name][0]) != NO_CAP else None


def answered(loan: LoanAsked, book: RuleBook) -> Answered | ProgrammeOffer:
    """The answer, or the offer without figures that says why there is none. InvalidQuestion for facts that are none."""
    bare = ProgrammeOffer(place=0, programme=book.slug, zh=book.zh, en=book.en, verdict=Verdict.ADMITTED, why=())
    if book.currency != loan.currency:
        why = f"It answers for loans in {book.currency}; this one is in {loan.currency}."
        return bare.model_copy(update={"verdict": Verdict.OTHER_CURRENCY, "why": (why,)})
    elsewhere = [one.programme for one in loan.bookings if one.loan == loan.loan and one.programme != book.slug]
    if elsewhere:
        why = f"The loan stands under {elsewhere[0]} already; a loan is guaranteed under one programme only."
        return bare.model_copy(update={"verdict": Verdict.BOOKED_ELSEWHERE, "why": (why,)})
    lacking = [str(name) for name in book.dates if name not in loan.dates]
    if lacking:
        return _missing(bare, lacking, "The book goes by dates that are not given")
    try:
        terms = book.at(loan.dates[book.dated_by], {name: loan.dates[name] for name in book.dates})
        facts = _facts(loan, book, terms)
        lacking = list(missing_facts(book.facts, needed_facts(terms), facts))
        return _missing(bare, lacking, "It needs") if lacking else _evaluated(loan, book, terms, facts, bare)
    except NotInForce as error:
        return bare.model_copy(update={"verdict": Verdict.NOT_IN_FORCE, "why": (str(error),)})


def _missing(bare: ProgrammeOffer, names: list[str], said: str) -> ProgrammeOffer:
    why = f"{said}: {', '.join(names)}."
    return bare.model_copy(update={"verdict": Verdict.FACTS_MISSING, "why": (why,), "missing": tuple(names)})


def _facts(loan: LoanAsked, book: RuleBook, terms: InForce) -> Facts:
    """The facts given, with the amount, the term and, for a loan asked about alone, a group of its own."""
    given = {name: text for name, text in loan.facts.items() if name in book.facts}
    given.setdefault(LOAN, f"{loan.amount:f}")
    for name in TERM_FACTS:
        if name in book.facts and book.facts[name].unit is FactUnit.MONTHS:
            given.setdefault(name, str(loan.term_months))
    if terms.aggregation is not None:
        given.setdefault(terms.aggregation.group, "0")
    problems = tuple(
        Problem("amount" if name == LOAN else f"facts.{name}", f"{text} is no {fact.unit}; {fact.wanted}.", text)
        for name, text, fact in ((name, text, book.facts[name]) for name, text in given.items())
        if fact.read(text) is None
    )
    if problems:
        raise InvalidQuestion(WHAT, problems)
    return read_facts(book.facts, {name: [text] for name, text in given.items()})


def _evaluated(
    loan: LoanAsked, book: RuleBook, terms: InForce, facts: Facts, bare: ProgrammeOffer
) -> Answered | ProgrammeOffer:
    days = {name: np.array([day.toordinal()]) for name, day in loan.dates.items()}
    main = days[book.dated_by]
    others = {name: days[name] for name in book.dates if name != book.dated_by}
    try:
        first = evaluate(book, facts, main, other_days=others)
        known = {**facts, **counted_balances(loan, book, terms, facts, int(first.guaranteed[0]))}
        found = evaluate(book, known, main, other_days=others)
    except BadFacts as error:
        return bare.model_copy(update={"verdict": Verdict.NOT_ADMITTED, "why": (str(error),)})
    against = tuple(_against(found, terms, Decimal(1).scaleb(-book.minor_units), loan.currency))
    return Answered(book, terms, known, main, others, found, bare, against)


def _against(found: Evaluated, terms: InForce, scale: Decimal, currency: str) -> Iterable[str]:
    for name, left in found.cap_left.items():
        if int(left[0]) < 0:
            most = int(found.caps[name][0]) * scale
            yield f"Exceeds {name} of {most:,} {currency} by {-int(left[0]) * scale:,}."
    for name, kept in found.bounds.items():
        if not kept[0]:
            yield f"Does not keep {name}, a bound of {terms.bounds[name].fact}."
