"""One application under general rule books: what its product would charge with each book's cover, and what that costs.

A book answers for an application where its facts can be taken from it (`products.guarantee.applicant_facts`). The
product's own rules and ceilings hold as in the decision, without those of the programme it is offered under; the book's
ceilings lower the amount, its bounds decline it. The rate follows from the bank's part of a loss under the book, by the
functions that price a decision; fees are the book's, in the plan of the loan drawn on the day of decision.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from products.applicant.layout import EPOCH
from products.applicant.record import Application
from products.asked import InvalidQuestion
from products.case import Case
from products.columns import Ints
from products.comparison import UNBOUNDED, Alternative
from products.costs.dated_cost import DatedCost, Drawn, dated_cost
from products.costs.loan_costs import Costs, loan_costs
from products.guarantee.answering import Answered, answered
from products.guarantee.applicant_facts import facts_held
from products.guarantee.asked_loan import Booking, LoanAsked, ProgrammeOffer
from products.guarantee.choice_figures import is_tranche, lenders_part
from products.guarantee.evaluation import LOAN
from products.guarantee.facts import GUARANTEED
from products.guarantee.plan_fees import book_fees
from products.guarantee.rulebook import DatedBy, RuleBook
from products.kernel import CAPITAL, Decisions
from products.limits import considered_amount
from products.money import ONE, Rounding, divide, fraction, portion, yuan
from products.pricing import invoked, loan_rates, risks_of
from products.repayment.amortisation import Repayment
from products.repayment.calendars import add_months
from products.repayment.dated_fees import FeeRows, PlannedLoans
from products.repayment.dated_subsidies import InterestSubsidy
from products.repayment.timeline import Conventions
from products.rules import DECLINE, outcome
from products.subsidies.granted import Granted, granted
from products.vocabulary import BANDS, REPAYMENTS, SIZES, TIERS

CURRENCY: Final = "CNY"
"""Applications are for yuan."""
STATED: Final = "stated balance"
"""The name under which what is guaranteed for the applicant already counts towards a book's ceilings."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A book that does not answer for the application, and why."""

    programme: str
    why: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """The application's row, as it was decided, and what does not change from book to book."""

    decisions: Decisions
    application: Application
    case: Case[Any]
    at: int
    outcome: int

    @property
    def rows(self) -> Ints:
        return _one(self.at)


def book_alternatives(
    decisions: Decisions, application: Application, books: Iterable[RuleBook]
) -> tuple[tuple[Alternative, ...], tuple[Unanswered, ...]]:
    """What each book would make of an application that was decided as the only row of ``decisions``."""
    asked = _asked(decisions, application)
    found = [_under(asked, book) for book in books]
    answering = tuple(one for one in found if isinstance(one, Alternative))
    return answering, tuple(one for one in found if isinstance(one, Unanswered))


def _asked(decisions: Decisions, application: Application) -> _Asked:
    part, at = decisions.locate(0)
    offering = decisions.offering
    answers = part.answers[len(offering.programme.rules) :]
    return _Asked(decisions, application, part.case, at, int(outcome(offering.product.rules, answers)[at]))


def _under(asked: _Asked, book: RuleBook) -> Alternative | Unanswered:
    if book.currency != CURRENCY:
        return Unanswered(
            book.slug, f"It answers for loans in {book.currency} with facts of its own: ask for the loan instead."
        )
    step = asked.case.terms.amount_step
    limits = {name: one.take(asked.rows) for name, one in asked.case.limits.items() if name != "programme_headroom"}
    amount = int(considered_amount(limits, step)[0][0])
    if amount == 0:
        return Unanswered(book.slug, "The product's own limits leave no amount to guarantee.")
    try:
        answer = answered(_loan(asked, book, amount), book)
        if isinstance(answer, ProgrammeOffer):
            return Unanswered(book.slug, _said(answer, book))
        lower = _lowered(answer, amount, step)
        if 0 < lower < amount:
            again = answered(_loan(asked, book, lower), book)
            if isinstance(again, Answered) and not again.against:
                answer, amount = again, lower
    except InvalidQuestion as error:
        return Unanswered(book.slug, " ".join(f"{one.path}: {one.message}" for one in error.problems))
    return _alternative(asked, answer, amount)


def _said(offer: ProgrammeOffer, book: RuleBook) -> str:
    silent = [name for name in offer.missing if name in book.facts and book.facts[name].applicant is None]
    if silent:
        remedy = f"Say in its head where an application holds {', '.join(silent)} (applicant: ...)."
        return " ".join((*offer.why, remedy))
    return " ".join(offer.why)


def _loan(asked: _Asked, book: RuleBook, amount: int) -> LoanAsked:
    case, at, request = asked.case, asked.at, asked.application.request
    credit = asked.application.credit
    stated = credit.guaranteed_balance if credit is not None else None
    on = asked.decisions.on
    return LoanAsked(
        currency=CURRENCY,
        amount=yuan(amount),
        term_months=request.term_months,
        repayment=request.repayment,
        loan_rate=fraction(0),
        drawn_on=on,
        dates={DatedBy.APPLIED: request.applied_on, DatedBy.APPROVED: on, DatedBy.SIGNED: on},
        facts=facts_held(book.facts, asked.application, _decided(case, at)),
        bookings=(Booking(loan=STATED, programme=book.slug, guaranteed=stated),) if stated else (),
    )


def _decided(case: Case[Any], at: int) -> Mapping[str, str]:
    size = case.standing.size.take(_one(at))
    known = {"decided.enterprise_size": SIZES[int(size.values[0])]} if bool(size.is_known.met[0]) else {}
    return {
        **known,
        "decided.tier": TIERS[int(case.standing.tier[at])],
        "decided.score_band": BANDS[int(case.score.band[at])],
    }


def _lowered(answer: Answered, amount: int, step: int) -> int:
    """The amount that the ceilings exceeded leave, in whole steps; 0 where another amount would not help."""
    cut = 0
    for name, left in answer.found.cap_left.items():
        over = -int(left[0])
        if over <= 0:
            continue
        on = answer.book.facts[answer.terms.caps[name].on]
        if on.name == LOAN:
            cut = max(cut, over)
        elif GUARANTEED in (on.name, on.otherwise) and answer.found.coverage[0] > 0:
            cut = max(cut, int(divide(_one(over * ONE), answer.found.coverage, Rounding.UP)[0]))
        else:
            return 0
    return max(amount - cut, 0) // step * step


def _alternative(asked: _Asked, answer: Answered, amount: int) -> Alternative:
    case, day = asked.case, asked.decisions.on
    costs = _costs(asked, answer, amount)
    term = case.app.term_months.values[asked.rows]
    rate = int(loan_rates(costs.required, term, case.terms, asked.decisions.market.at(day))[-1][0])
    cost = _cost(asked, answer, amount, rate)
    return Alternative(
        programme=answer.book.slug,
        first_day=answer.book.first_day,
        outcome=_one(DECLINE if answer.against else asked.outcome),
        amount=_one(amount),
        all_in=_one(round(cost.rates.nominal.only * ONE)),
        first_year_cost=_one(_first_year(cost, day.toordinal() - EPOCH)),
        capital=portion(_one(amount), costs.capital, Rounding.UP),
        headroom=_one(UNBOUNDED) if answer.tightest is None else answer.found.headroom,
        against=answer.against,
    )


def _costs(asked: _Asked, answer: Answered, amount: int) -> Costs:
    """What the loan costs the bank: its part of a loss by the book, without substitution where that is a tranche."""
    case, terms = asked.case, answer.terms
    whole = _one(amount)
    part = lenders_part(answer.book, answer.facts, answer.days, whole, answer.others)
    share = ONE - answer.found.coverage if part is None else -(-part * ONE // whole)
    risks = risks_of(case, case.considered, case.shares).of(asked.at)
    lent = case.app.product_guaranteed_balance.otherwise(0)[asked.rows]
    risks = dataclasses.replace(risks, bank_share_ppm=share, exposure=whole + lent)
    capital = CAPITAL.at(asked.decisions.on)
    costs = loan_costs(risks, case.terms, capital)
    if not is_tranche(terms):
        return costs
    bare = loan_costs(dataclasses.replace(risks, bank_share_ppm=_one(ONE)), case.terms, capital)
    return dataclasses.replace(bare, components={**bare.components, "expected_loss": costs.components["expected_loss"]})


def _cost(asked: _Asked, answer: Answered, amount: int, rate: int) -> DatedCost:
    request, day = asked.application.request, asked.decisions.on
    received = _received(asked, amount)
    drawn = Drawn(
        principal=amount,
        rate_ppm=rate,
        term_months=request.term_months,
        method=Repayment(REPAYMENTS.index(request.repayment)),
        drawn_on=day.toordinal() - EPOCH,
        conventions=Conventions(),
    )

    def fees(loans: PlannedLoans) -> FeeRows:
        due = book_fees(answer.book, answer.facts, answer.days, loans, other_days=answer.others)
        paid_by_others = portion(due.amount, int(received.fee_share_ppm[0]), Rounding.HALF_UP)
        return dataclasses.replace(due, amount=due.amount - paid_by_others)

    interest = InterestSubsidy(
        int(received.interest_ppm[0]), int(received.months[0]), min(int(received.principal[0]), amount)
    )
    return dated_cost(drawn, fee=fees, subsidies=(interest,))


def _received(asked: _Asked, amount: int) -> Granted:
    case = asked.case
    on, size = asked.decisions.on, case.standing.size.take(asked.rows)
    return granted(invoked(case.terms), case.app.take(asked.rows), _one(amount), size=size, on=on)


def _first_year(cost: DatedCost, drawn_on: int) -> int:
    """Interest and fees less subsidies of the first twelve months; a fee on the anniversary is the second year's."""
    plan = cost.plan
    end = int(add_months(_one(drawn_on), 12)[0])
    within = plan.due_on <= end
    return int((plan.interest - plan.subsidy)[within].sum() + plan.fee[plan.due_on < end].sum())


def _one(value: int) -> Ints:
    return np.array([value], dtype=np.int64)
