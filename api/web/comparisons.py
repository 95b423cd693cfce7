"""Routes that compare guarantee programmes for an application or a loan. Nothing is stored."""

from __future__ import annotations

from fastapi import APIRouter

from api.programme_choice import ApplicationComparison, compared_application, compared_loan
from api.web.body import JsonBody
from api.web.office import OfficeHere
from api.web.openapi import DECIDING, application_body, problems, question_body
from api.web.parameters import DecidedAsOfQuery
from products.guarantee.asked_loan import LoanAsked, ProgrammeComparison

router = APIRouter(prefix="/v1", tags=["comparisons"])

EXAMPLE = {
    "currency": "USD",
    "amount": "350000",
    "term_months": 84,
    "repayment": "level_payment",
    "loan_rate": "0.105",
    "drawn_on": "2025-10-15",
    "dates": {"approved_on": "2025-10-01"},
    "facts": {"manufacturer": "no"},
    "default_probability": "0.03",
    "loss_given_default": "0.45",
    "capital": {"borrower_weight": "0.85", "guarantor_weight": "0", "ratio": "0.105"},
}


@router.post(
    "/comparisons",
    summary="Compare the programmes for an application",
    openapi_extra=application_body(),
    responses=problems(*DECIDING),
)
def compare_for_application(payload: JsonBody, query: DecidedAsOfQuery, office: OfficeHere) -> ApplicationComparison:
    """An application decided under every programme, best first: cost, capital, headroom, and why."""
    return compared_application(payload, office.underwriter, office.library, on=query.on or office.today())


@router.post(
    "/comparisons/loan",
    summary="Compare the rule books for a loan",
    openapi_extra=question_body(LoanAsked, EXAMPLE),
    responses=problems(*DECIDING),
)
def compare_for_loan(payload: JsonBody, office: OfficeHere) -> ProgrammeComparison:
    """A loan in its own currency under every rule book, best first; a book that lacks facts names them."""
    return compared_loan(payload, office.library, most_bytes=office.settings.body_limit_bytes)
