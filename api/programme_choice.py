"""Choice of programme: an application under every programme that decides, a loan under every rule book."""

from __future__ import annotations

from datetime import date

from pydantic import Field

import products
from api.underwriting import Underwriter
from products.applicant.flatten import columns_of
from products.asked import read_question
from products.book_comparison import book_alternatives
from products.comparison import NOT_IN_FORCE, UNBOUNDED, Line, compare_programmes, compared
from products.explaining.answer import Answer, Money, Outcome, Rate
from products.guarantee.answering import WHAT
from products.guarantee.asked_loan import LoanAsked, ProgrammeComparison
from products.guarantee.choice import compare_books
from products.guarantee.library import Library
from products.money import fraction, yuan
from products.registry import offering_under
from products.reserved import with_held
from products.rules import APPROVE, DECLINE, REFER
from products.underwriting import decided_beside

_OUTCOMES = {APPROVE: Outcome.APPROVE, REFER: Outcome.REFER, DECLINE: Outcome.DECLINE}


class DecidedUnder(Answer):
    """What becomes of the application under one programme or rule book; figures are null where it has no terms."""

    place: int
    programme: str
    outcome: Outcome | None
    amount: Money | None
    all_in_rate: Rate | None
    first_year_cost: Money | None
    capital: Money | None = Field(description="that the bank holds against the amount")
    headroom: Money | None = Field(description="left under the client's ceiling after the loan; null without one")
    why_zh: str
    why: str


class NotCompared(Answer):
    """A rule book that does not answer for applications, and why."""

    programme: str
    why: str


class ApplicationComparison(Answer):
    """One application under every programme that decides and every rule book that can answer for it, best first."""

    product: str
    revision: str | None
    applied_on: date
    decided_on: date
    under: tuple[DecidedUnder, ...]
    not_compared: tuple[NotCompared, ...]


def compared_application(
    payload: bytes, underwriter: Underwriter, library: Library, *, on: date
) -> ApplicationComparison:
    """The application in ``payload`` decided under every programme. products.InvalidApplication; nothing is stored.

    What its own programme's group of programmes holds for the applicant in reservations counts as guaranteed balance.
    """
    application = products.read_application(payload, most_bytes=underwriter.application_limit_bytes)
    catalogue, request = underwriter.catalogue, application.request
    reservations = underwriter.reservations(application.enterprise.uscc)
    decisions, held = decided_beside(
        application, reservations, catalogue=catalogue, scorecard=underwriter.scorecard, on=on
    )
    counted = with_held(application, held)
    offerings = [offering_under(catalogue, decisions.offering, one) for one in catalogue.programmes.values()]
    decided_under = compare_programmes(columns_of([counted]), offerings, underwriter.scorecard, on=on)
    answering, unanswered = book_alternatives(decisions, counted, library.books.values())
    found = compared((*decided_under.alternatives, *answering))
    return ApplicationComparison(
        product=request.product,
        revision=request.revision,
        applied_on=request.applied_on,
        decided_on=on,
        under=tuple(_under(line) for line in found.explained(0)),
        not_compared=tuple(NotCompared(programme=one.programme, why=one.why) for one in unanswered),
    )


def compared_loan(payload: bytes, library: Library, *, most_bytes: int) -> ProgrammeComparison:
    """The loan in ``payload`` under every rule book. InvalidQuestion."""
    return compare_books(read_question(payload, LoanAsked, what=WHAT, most_bytes=most_bytes), library.books)


def _under(line: Line) -> DecidedUnder:
    one = line.alternative
    code = int(one.outcome[0])
    held = code != NOT_IN_FORCE
    return DecidedUnder(
        place=line.place,
        programme=line.programme,
        outcome=_OUTCOMES[code] if held else None,
        amount=yuan(int(one.amount[0])) if held else None,
        all_in_rate=fraction(int(one.all_in[0])) if held else None,
        first_year_cost=yuan(int(one.first_year_cost[0])) if held else None,
        capital=yuan(int(one.capital[0])) if held else None,
        headroom=yuan(int(one.headroom[0])) if held and int(one.headroom[0]) != UNBOUNDED else None,
        why_zh=line.zh,
        why=line.en,
    )
