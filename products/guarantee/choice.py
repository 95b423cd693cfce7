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
from products.guarantee.answering import WHAT, Answered, answered
from products.guarantee.asked_loan import FeeCharged, LoanAsked, ProgrammeComparison, ProgrammeOffer, Verdict
from products.guarantee.choice_figures import bank_capital, bank_loss, cost_of
from products.guarantee.rulebook import DatedBy, RuleBook
from products.money import fraction

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
    found = answered(loan, book)
    return found if isinstance(found, ProgrammeOffer) else _figures(loan, found)


def _figures(loan: LoanAsked, answer: Answered) -> ProgrammeOffer:
    book, terms, found = answer.book, answer.terms, answer.found
    cost = cost_of(loan, book, answer.facts, answer.days, answer.others)
    scale = Decimal(1).scaleb(-book.minor_units)
    loss = bank_loss(loan, book, answer.facts, answer.days, answer.others)
    capital = bank_capital(loan, terms, found, minor_units=book.minor_units)
    tightest = answer.tightest
    return answer.bare.model_copy(
        update={
            "verdict": Verdict.NOT_ADMITTED if answer.against else Verdict.ADMITTED,
            "why": answer.against,
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
            "headroom": None if tightest is None else int(found.headroom[0]) * scale,
            "bound_by": tightest,
        }
    )


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
