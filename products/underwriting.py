"""One application underwritten, and one applicant compared over everything on offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from pydantic import Field

from products.applicant.flatten import columns_of
from products.applicant.reading import InvalidApplication, Problem
from products.applicant.record import Application
from products.canonical import digest
from products.explaining.answer import Answer, Applicant, Decision, Outcome, Rate, Verdict
from products.explaining.explain import explain
from products.headroom import ClientReservation, Held
from products.kernel import DatesOutOfOrder, Decisions, Offering, decide
from products.parameters import NotInForce
from products.registry import Catalogue, UnknownOffering
from products.reserved import held_against, saying, with_held
from scoring import Scorecard

_RANK = {Outcome.APPROVE: 0, Outcome.REFER: 1, Outcome.DECLINE: 2}


class Offer(Answer):
    """One product for the applicant, with its place among all and the reason for it."""

    rank: int = Field(description="1 is best")
    product: str
    revision: str | None
    decision: Decision
    all_in_rate: Rate | None
    why: str
    why_zh: str


class NotOffered(Answer):
    """A product that has no terms for the day of the application."""

    product: str
    revision: str | None
    why: str


class OfferList(Answer):
    """Everything on offer for one applicant, best first."""

    applied_on: date
    decided_on: date
    offers: tuple[Offer, ...]
    not_offered: tuple[NotOffered, ...]


def underwrite(
    application: Application,
    *,
    catalogue: Catalogue,
    scorecard: Scorecard,
    on: date,
    decision_id: str,
    reservations: Iterable[ClientReservation] = (),
) -> Decision:
    """Decide one application under the product and revision it names.

    What the applicant's ``reservations`` hold counts as guaranteed balance, and the decision's evidence says so.
    InvalidApplication if the product or revision is unknown, not in force on the day of application, or the application
    is dated after ``on``.
    """
    decisions, held = decided_beside(application, reservations, catalogue=catalogue, scorecard=scorecard, on=on)
    return explained(application, decisions, decision_id, held)


def decided_beside(
    application: Application,
    reservations: Iterable[ClientReservation],
    *,
    catalogue: Catalogue,
    scorecard: Scorecard,
    on: date,
) -> tuple[Decisions, Held]:
    """`underwrite` as columns of one row, and what the reservations held."""
    held = held_against(application, _offering(application, catalogue), catalogue, reservations, on)
    return decided(with_held(application, held), catalogue=catalogue, scorecard=scorecard, on=on), held


def decided(application: Application, *, catalogue: Catalogue, scorecard: Scorecard, on: date) -> Decisions:
    """`underwrite` as columns of one row, as if nothing were reserved."""
    request = application.request
    offering = _offering(application, catalogue)
    try:
        return decide(columns_of([application]), offering, scorecard, on=on)
    except (DatesOutOfOrder, NotInForce) as error:
        problem = Problem(
            "request.applied_on", _dates_sentence(error, request.applied_on, on), request.applied_on.isoformat()
        )
        raise InvalidApplication([problem]) from None


def _offering(application: Application, catalogue: Catalogue) -> Offering:
    request = application.request
    try:
        return catalogue.offering(request.product, request.revision)
    except UnknownOffering as error:
        path = f"request.{error.field}"
        raise InvalidApplication([Problem(path, str(error), error.slug)]) from None


def _dates_sentence(error: DatesOutOfOrder | NotInForce, applied_on: date, on: date) -> str:
    if isinstance(error, NotInForce):
        return str(error)
    return (
        f"The application was made on {applied_on.isoformat()}, after the day of decision {on.isoformat()}; "
        "correct the date or decide it on or after the day it was made."
    )


def explained(
    application: Application, decisions: Decisions, decision_id: str, held: Held, *, row: int = 0
) -> Decision:
    """The decision in a row of ``decisions``, with the application's digest and what was held as evidence."""
    digests = {"application": digest(application.model_dump(mode="json"))}
    said = explain(decisions, row, decision_id=decision_id, digests=digests, applicant=applicant_of(application))
    return saying(said, held)


def applicant_of(application: Application) -> Applicant:
    """The enterprise that applies, as its decision names it."""
    return Applicant(name=application.enterprise.name, uscc=application.enterprise.uscc)


def offers(
    application: Application,
    *,
    catalogue: Catalogue,
    scorecard: Scorecard,
    on: date,
    id_of: Callable[[Offering], str],
    reservations: Iterable[ClientReservation] = (),
) -> OfferList:
    """Every product and revision for one applicant, best first, with why the others are worse or refused.

    Approved goes before referred before declined; then the larger amount, then the lower all-in rate, then the slug.
    ``reservations`` count as in `underwrite`. InvalidApplication if the application is dated after ``on``.
    """
    found: list[Decision] = []
    missing: list[NotOffered] = []
    some = tuple(reservations)
    for (product, revision), offering in catalogue.offerings.items():
        try:
            held = held_against(application, offering, catalogue, some, on)
            decisions = decide(columns_of([with_held(application, held)]), offering, scorecard, on=on)
            found.append(explained(application, decisions, id_of(offering), held))
        except NotInForce as error:
            missing.append(NotOffered(product=product, revision=revision, why=str(error)))
        except DatesOutOfOrder as error:
            sentence = _dates_sentence(error, application.request.applied_on, on)
            raise InvalidApplication([Problem("request.applied_on", sentence)]) from None
    ranked = sorted(found, key=_order)
    return OfferList(
        applied_on=application.request.applied_on,
        decided_on=on,
        offers=tuple(_offer(place, one, ranked[0]) for place, one in enumerate(ranked, start=1)),
        not_offered=tuple(missing),
    )


def _order(decision: Decision) -> tuple[int, Decimal, Decimal, str, str]:
    rate = decision.price.all_in_rate if decision.price else Decimal(1)
    return (_RANK[decision.outcome], -decision.amount.considered, rate, decision.product, decision.revision or "")


def _offer(place: int, decision: Decision, best: Decision) -> Offer:
    why, why_zh = _why(place, decision, best)
    return Offer(
        rank=place,
        product=decision.product,
        revision=decision.revision,
        decision=decision,
        all_in_rate=decision.price.all_in_rate if decision.price else None,
        why=why,
        why_zh=why_zh,
    )


def _why(place: int, decision: Decision, best: Decision) -> tuple[str, str]:
    if decision.outcome is not Outcome.APPROVE:
        return _obstacles(decision)
    amount = f"{decision.amount.approved:,.2f}"
    rate = _percent(decision)
    if place == 1:
        return f"Best: {amount} yuan at {rate} all-in.", f"最优：{amount}元，综合年化成本{rate}。"
    if decision.amount.approved < best.amount.approved:
        less = f"{best.amount.approved - decision.amount.approved:,.2f}"
        return (
            f"{less} yuan less than the best ({amount} at {rate}); bound by {decision.amount.bound_by}.",
            f"比最优少{less}元（{amount}元，{rate}）。",
        )
    if decision.price and best.price and decision.price.all_in_rate > best.price.all_in_rate:
        dearer = f"{(decision.price.all_in_rate - best.price.all_in_rate) * 100:.2f}"
        return (
            f"The same amount, {dearer} percentage points a year dearer all-in ({rate}).",
            f"金额相同，综合年化成本高{dearer}个百分点（{rate}）。",
        )
    return f"As good as the best: {amount} yuan at {rate} all-in.", f"与最优相同：{amount}元，{rate}。"


def _percent(decision: Decision) -> str:
    return f"{decision.price.all_in_rate * 100:.2f} %" if decision.price else "an unknown rate"


def _obstacles(decision: Decision) -> tuple[str, str]:
    counted = {
        Outcome.DECLINE: [
            one for one in decision.findings if one.verdict is Verdict.NOT_MET and one.severity == "decline"
        ],
        Outcome.REFER: [
            one for one in decision.findings if one.verdict is not Verdict.MET and one.severity != "advise"
        ],
    }[decision.outcome]
    word, zh = ("Declined", "不予受理") if decision.outcome is Outcome.DECLINE else ("To be examined", "转人工审查")
    return (
        f"{word}: {' '.join(one.message_en for one in counted)}",
        f"{zh}：{''.join(one.message for one in counted)}",
    )
