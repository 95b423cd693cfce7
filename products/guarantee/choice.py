"""Choice of programme by rule books: every book evaluated for one loan, compared, and ranked.

Admitted goes before all else; then the lower effective annual rate to the borrower, then the less capital of the bank,
then the more headroom, then the slug. A loan stands under one programme only, what is guaranteed already counts once
for each loan, and a loan takes one subsidy of the central budget at most. Nothing is guessed: a book that lacks facts
says which ones it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from products.applicant.reading import Problem
from products.asked import InvalidQuestion
from products.costs.priced_loan import annual_rates_of
from products.cumulation import takes_one_central_subsidy_at_most
from products.guarantee.asked_loan import FeeCharged, LoanAsked, ProgrammeComparison, ProgrammeOffer, Verdict
from products.guarantee.choice_figures import bank_capital, bank_loss, cost_of, counted_balances
from products.guarantee.evaluation import LOAN, NO_CAP, Evaluated, evaluate
from products.guarantee.facts import BadFacts, Facts, FactUnit, read_facts
from products.guarantee.needs import missing_facts, needed_facts
from products.guarantee.rulebook import DatedBy, InForce, RuleBook
from products.money import fraction
from products.parameters import NotInForce

WHAT: Final = "loan"
TERM_FACTS: Final = ("term_months", "maturity_months", "months")
"""What books call the term in months."""
_RANK: Final = {verdict: place for place, verdict in enumerate(Verdict)}


def compare_books(loan: LoanAsked, books: Mapping[str, RuleBook]) -> ProgrammeComparison:
    """Every book, or those the question names, for one loan. InvalidQuestion for what cannot be taken as it stands."""
    chosen = [books[slug] for slug in (loan.programmes or books) if slug in books]
    _refuse(_faults(loan, books, chosen))
    found = sorted((_offer(loan, book) for book in chosen), key=_order)
    decimals = next((book.minor_units for book in chosen if book.currency == loan.currency), 2)
    return ProgrammeComparison(
        currency=loan.currency,
        amount=loan.amount.quantize(Decimal(1).scaleb(-decimals)),
        offers=tuple(_placed(place, one, found[0]) for place, one in enumerate(found, start=1)),
    )


def _refuse(problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise InvalidQuestion(WHAT, found)


def _faults(loan: LoanAsked, books: Mapping[str, RuleBook], chosen: Sequence[RuleBook]) -> Iterable[Problem]:
    known = ", ".join(books)
    for place, slug in enumerate(loan.programmes or ()):
        if slug not in books:
            yield Problem(f"programmes[{place}]", f"There is no rule book {slug!r}. Use one of: {known}.", slug)
    facts = {name for book in chosen for name in book.facts}
    for name, text in loan.facts.items():
        if name not in facts:
            yield Problem(f"facts.{name}", "No programme compared looks at this fact. Take it out.", text)
    for name in loan.dates:
        if name not in set(DatedBy):
            yield Problem(f"dates.{name}", f"There is no such date. Use one of: {', '.join(DatedBy)}.", name)
    central = np.array([one.central for one in loan.subsidies], dtype=np.bool_)
    if not takes_one_central_subsidy_at_most(np.ones((1, len(central)), dtype=np.bool_), central).all():
        named = ", ".join(one.name for one in loan.subsidies if one.central)
        yield Problem("subsidies", f"A loan takes one subsidy of the central budget at most, not {named}. Keep one.")
    if sum(one.rate for one in loan.subsidies) > loan.loan_rate:
        yield Problem("subsidies", "They exceed the loan's interest together. Lower a rate or take one out.")
    twice = {
        one.loan for one in loan.bookings if len({two.programme for two in loan.bookings if two.loan == one.loan}) > 1
    }
    for number in sorted(twice):
        yield Problem("bookings", f"Loan {number} stands under several programmes. Keep the one it was booked under.")


def _offer(loan: LoanAsked, book: RuleBook) -> ProgrammeOffer:
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
    _refuse(
        Problem("amount" if name == LOAN else f"facts.{name}", f"{text} is no {fact.unit}; {fact.wanted}.", text)
        for name, text, fact in ((name, text, book.facts[name]) for name, text in given.items())
        if fact.read(text) is None
    )
    return read_facts(book.facts, {name: [text] for name, text in given.items()})


def _evaluated(loan: LoanAsked, book: RuleBook, terms: InForce, facts: Facts, bare: ProgrammeOffer) -> ProgrammeOffer:
    days = {name: np.array([day.toordinal()]) for name, day in loan.dates.items()}
    main = days[book.dated_by]
    others = {name: days[name] for name in book.dates if name != book.dated_by}
    try:
        first = evaluate(book, facts, main, other_days=others)
        known = {**facts, **counted_balances(loan, book, terms, facts, int(first.guaranteed[0]))}
        found = evaluate(book, known, main, other_days=others)
    except BadFacts as error:
        return bare.model_copy(update={"verdict": Verdict.NOT_ADMITTED, "why": (str(error),)})
    cost = cost_of(loan, book, known, main, others)
    scale = Decimal(1).scaleb(-book.minor_units)
    against = tuple(_against(found, terms, scale, loan.currency))
    tightest = min(found.cap_left, key=lambda name: int(found.cap_left[name][0]), default=None)
    bounded = tightest is not None and int(found.caps[tightest][0]) != NO_CAP
    loss, capital = (
        bank_loss(loan, book, known, main, others),
        bank_capital(loan, terms, found, minor_units=book.minor_units),
    )
    return bare.model_copy(
        update={
            "verdict": Verdict.NOT_ADMITTED if against else Verdict.ADMITTED,
            "why": against,
            "coverage": fraction(int(found.coverage[0])),
            "guaranteed": int(found.guaranteed[0]) * scale,
            "fees": tuple(
                FeeCharged(
                    name=name, due=terms.fees[name].due, payer=terms.fees[name].payer, amount=int(amount[0]) * scale
                )
                for name, amount in found.fees.items()
                if amount[0]
            ),
            "annual_rates": annual_rates_of(cost.rates),
            "borrower_cost": int((cost.plan.interest + cost.plan.fee - cost.plan.subsidy).sum()) * scale,
            "expected_loss": None if loss is None else loss * scale,
            "capital": None if capital is None else capital * scale,
            "headroom": int(found.headroom[0]) * scale if bounded else None,
            "bound_by": tightest if bounded else None,
        }
    )


def _against(found: Evaluated, terms: InForce, scale: Decimal, currency: str) -> Iterable[str]:
    for name, left in found.cap_left.items():
        if int(left[0]) < 0:
            most = int(found.caps[name][0]) * scale
            yield f"Exceeds {name} of {most:,} {currency} by {-int(left[0]) * scale:,}."
    for name, kept in found.bounds.items():
        if not kept[0]:
            yield f"Does not keep {name}, a bound of {terms.bounds[name].fact}."


def _order(one: ProgrammeOffer) -> tuple[int, Decimal, Decimal, Decimal, str]:
    rate = _effective(one)
    most = Decimal("Infinity")
    return (
        _RANK[one.verdict],
        most if rate is None else rate,
        most if one.capital is None else one.capital,
        -most if one.headroom is None else -one.headroom,
        one.programme,
    )


def _effective(one: ProgrammeOffer) -> Decimal | None:
    return next((rate.rate for rate in one.annual_rates if rate.kind == "effective"), None)


def _placed(place: int, one: ProgrammeOffer, best: ProgrammeOffer) -> ProgrammeOffer:
    return one.model_copy(update={"place": place, "why": one.why or (_standing(one, best),)})


def _standing(one: ProgrammeOffer, best: ProgrammeOffer) -> str:
    if one is best:
        return "Best of those that admit the loan."
    mine, theirs = _effective(one), _effective(best)
    if mine is not None and theirs is not None and mine > theirs:
        return f"{(mine - theirs) * 100:.2f} percentage points a year dearer than {best.programme}."
    if one.capital is not None and best.capital is not None and one.capital > best.capital:
        return f"Takes {one.capital - best.capital:,} more of the bank's capital than {best.programme}."
    return f"As good to the borrower as {best.programme}; it leaves less headroom or comes later by name."
