"""Routes that decide, and that read decisions back."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response

import products
from api.clock import now
from api.storage.stored import DecisionFilter
from api.web.body import JsonBody
from api.web.office import OfficeHere
from api.web.openapi import DECIDING, application_body, problems, stored
from api.web.parameters import DecidedAsOfQuery, IdempotencyKey, PageQuery
from api.web.problems import NotFoundError
from api.web.responses import decision_made, stored_json
from api.web.shapes import DecisionPage, decision_page
from products.explaining.answer import Decision

router = APIRouter(prefix="/v1", tags=["decisions"])

LIST_REMEDY = "GET /v1/decisions lists those there are."


@router.post(
    "/decisions",
    status_code=HTTPStatus.CREATED,
    summary="Decide an application",
    openapi_extra=application_body(),
    responses=problems(*DECIDING)
    | stored(Decision, status=HTTPStatus.CREATED, description="the decision, stored whatever its outcome"),
)
async def create_decision(
    payload: JsonBody, query: DecidedAsOfQuery, office: OfficeHere, idempotency_key: IdempotencyKey = None
) -> Response:
    """Decide one application under the product and revision it names, store both, and answer the decision.

    A request may be repeated safely with the same Idempotency-Key: it is decided once and answered the same.
    """
    answer = await office.decide(payload, on=query.on, key=idempotency_key)
    return decision_made(answer.decision, replayed=answer.replayed)


@router.get("/decisions", summary="List decisions, newest first", responses=problems(HTTPStatus.UNPROCESSABLE_ENTITY))
def list_decisions(query: PageQuery, office: OfficeHere) -> DecisionPage:
    """A page of decisions; decisions made meanwhile do not shift the pages that follow."""
    which = DecisionFilter(outcome=query.outcome, product=query.product, applicant_uscc=query.applicant)
    found = office.repository.decisions(which, before=query.cursor, limit=query.limit + 1)
    return decision_page(found, limit=query.limit)


@router.get(
    "/decisions/{decision_id}",
    summary="Read a decision",
    responses=problems(HTTPStatus.NOT_FOUND)
    | stored(Decision, status=HTTPStatus.OK, description="the very bytes that were answered when it was made"),
)
def read_decision(decision_id: str, office: OfficeHere) -> Response:
    """One decision as it was made."""
    found = office.repository.decision(decision_id)
    if found is None:
        raise NotFoundError("decision", decision_id, LIST_REMEDY)
    return stored_json(found)


@router.get(
    "/decisions/{decision_id}/application",
    summary="Read the application a decision was made on",
    responses=problems(HTTPStatus.NOT_FOUND)
    | stored(products.Application, status=HTTPStatus.OK, description="the application in its normal form"),
)
def read_application(decision_id: str, office: OfficeHere) -> Response:
    """The application as it was read and decided; sending it again is the same application."""
    found = office.repository.application(decision_id)
    if found is None:
        raise NotFoundError("decision", decision_id, LIST_REMEDY)
    return stored_json(found)


@router.post(
    "/offers",
    summary="Compare all products for one applicant",
    openapi_extra=application_body(),
    responses=problems(*DECIDING),
)
def compare_offers(payload: JsonBody, query: DecidedAsOfQuery, office: OfficeHere) -> products.OfferList:
    """Every product and revision for the applicant, best first, and why the others are worse. Nothing is stored."""
    found = office.underwriter.offers(payload, moment=now(), on=query.on)
    office.faults.store()
    return found
