"""Routes that reserve, draw and release headroom, lay down quotas, and show what is left."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import BeforeValidator, Field

from api.clock import now
from api.headroom import views as headroom_views
from api.headroom.desk import Kept
from api.headroom.shapes import (
    EnterpriseHeadroom,
    HeadroomSummary,
    ReservationAnswer,
    ReservationPage,
    enterprise_headroom,
    headroom_summary,
    reservation_answer,
    reservation_page,
)
from api.headroom.steps import (
    QUOTA,
    RESERVATION,
    DrawStep,
    HeadroomStep,
    QuotaStep,
    ReleaseStep,
    ReserveStep,
    request_key,
)
from api.headroom.values import Act, ListFilter, RequestKey
from api.web.body import JsonBody
from api.web.office import OfficeHere
from api.web.openapi import DECIDING, problems, step_body
from api.web.parameters import GREATEST_PAGE, Day, IdempotencyKey, Parameters, Slug, Uscc, cursor_text
from products.asked import read_question
from products.headroom import State

router = APIRouter(prefix="/v1/headroom", tags=["headroom"])

CHANGING: Final = problems(*DECIDING, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
FOR_ONE: Final = problems(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)


class OnDay(Parameters):
    """Parameters of requests about one day."""

    on: Day | None = Field(default=None, description="the day; today at the bank if left out")


class ReservationsOn(OnDay):
    """Parameters of the list of reservations."""

    limit: int = Field(default=50, ge=1, le=GREATEST_PAGE, description="how many reservations the page holds at most")
    cursor: Annotated[str, BeforeValidator(cursor_text)] | None = Field(
        default=None, description="next_cursor of the page before"
    )
    state: State | None = Field(default=None, description="only reservations in this state on the day")
    programme: Slug | None = Field(default=None, description="only reservations under this programme")
    applicant: Uscc | None = Field(default=None, description="only reservations of this enterprise")
    expiring_within: int | None = Field(
        default=None, ge=1, le=3_650, description="only what is reserved and expires within so many days"
    )


OnDayQuery = Annotated[OnDay, Query()]
Enterprise = Annotated[str, Path(pattern=r"^[0-9A-Z]{18}$")]


@router.post(
    "/reservations",
    status_code=HTTPStatus.CREATED,
    summary="Reserve the approved amount of a decision",
    openapi_extra=step_body(ReserveStep),
    responses=CHANGING,
)
def reserve_headroom(
    payload: JsonBody, query: OnDayQuery, office: OfficeHere, response: Response, idempotency_key: IdempotencyKey = None
) -> ReservationAnswer:
    """Hold the amount under the programme's ceiling for the enterprise, and under the quota where there is one.

    Of several requests for the last of it exactly one is granted. A request may be repeated with its Idempotency-Key.
    """
    step = read_question(payload, ReserveStep, what=RESERVATION, most_bytes=len(payload))
    on = query.on or office.today()
    act = _act(step, request_key(idempotency_key, "reserve", query.on, payload))
    kept = office.headroom.reserve(step.decision_id, on=on, act=act, days=step.days)
    answer = reservation_answer(kept.reservation, on)
    response.headers["Location"] = answer.url
    return _marked(answer, kept, response)


@router.get(
    "/reservations", summary="List reservations, newest first", responses=problems(HTTPStatus.UNPROCESSABLE_ENTITY)
)
def list_reservations(query: Annotated[ReservationsOn, Query()], office: OfficeHere) -> ReservationPage:
    """Reservations as they stand on a day; what has expired by then says so without anything having been done."""
    on = query.on or office.today()
    before = on + timedelta(days=query.expiring_within + 1) if query.expiring_within is not None else None
    which = ListFilter(
        on=on, state=query.state, applicant=query.applicant, programme=query.programme, expiring_before=before
    )
    found = headroom_views.listed(office.headroom, which, before=query.cursor, limit=query.limit + 1)
    return reservation_page(found, on, limit=query.limit)


@router.get("/reservations/{reservation_id}", summary="Read a reservation", responses=FOR_ONE)
def read_reservation(reservation_id: str, query: OnDayQuery, office: OfficeHere) -> ReservationAnswer:
    """One reservation with its history, as it stands on a day."""
    return reservation_answer(headroom_views.one(office.headroom, reservation_id), query.on or office.today())


@router.post(
    "/reservations/{reservation_id}/draw",
    summary="Draw a reservation",
    openapi_extra=step_body(DrawStep),
    responses=CHANGING,
)
def draw_reservation(
    reservation_id: str,
    payload: JsonBody,
    query: OnDayQuery,
    office: OfficeHere,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ReservationAnswer:
    """What is drawn is guaranteed balance from now on; the rest stays reserved until it expires."""
    step = read_question(payload, DrawStep, what=RESERVATION, most_bytes=len(payload))
    on = query.on or office.today()
    act = _act(step, request_key(idempotency_key, f"draw {reservation_id}", query.on, payload))
    kept = office.headroom.draw(reservation_id, on=on, act=act, amount=step.amount)
    return _marked(reservation_answer(kept.reservation, on), kept, response)


@router.post(
    "/reservations/{reservation_id}/release",
    summary="Release a reservation",
    openapi_extra=step_body(ReleaseStep),
    responses=CHANGING,
)
def release_reservation(
    reservation_id: str,
    payload: JsonBody,
    query: OnDayQuery,
    office: OfficeHere,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ReservationAnswer:
    """Give back what is still reserved. The id may be the decision's; a withdrawn decision is not reserved again."""
    step = read_question(payload, ReleaseStep, what=RESERVATION, most_bytes=len(payload))
    on = query.on or office.today()
    act = _act(step, request_key(idempotency_key, f"release {reservation_id}", query.on, payload))
    kept = office.headroom.release(reservation_id, on=on, act=act, withdrawn=step.withdrawn)
    return _marked(reservation_answer(kept.reservation, on), kept, response)


@router.get("/enterprises/{uscc}", summary="Read an enterprise's headroom", responses=FOR_ONE)
def read_enterprise(uscc: Enterprise, query: OnDayQuery, office: OfficeHere) -> EnterpriseHeadroom:
    """What every programme in force on a day leaves the enterprise, and its reservations."""
    return enterprise_headroom(headroom_views.enterprise(office.headroom, uscc, query.on or office.today()))


@router.get("/programmes", summary="Sum up what is taken by programme and year", responses=FOR_ONE)
def sum_up_programmes(query: OnDayQuery, office: OfficeHere) -> HeadroomSummary:
    """Reserved, drawn, what expires soon, and what the quotas leave."""
    on = query.on or office.today()
    return headroom_summary(headroom_views.by_programme(office.headroom, on), on)


@router.post(
    "/quotas",
    status_code=HTTPStatus.CREATED,
    summary="Lay down a portfolio's quota",
    openapi_extra=step_body(QuotaStep),
    responses=problems(*DECIDING, HTTPStatus.NOT_FOUND),
)
def lay_down_quota(payload: JsonBody, office: OfficeHere) -> HeadroomSummary:
    """The most that may be reserved and drawn under a programme in a year; the newest counts. Answers the summary."""
    step = read_question(payload, QuotaStep, what=QUOTA, most_bytes=len(payload))
    office.headroom.set_quota(step.programme, step.year, step.amount, act=_act(step, None))
    return headroom_summary(headroom_views.by_programme(office.headroom, office.today()), office.today())


def _act(step: HeadroomStep, request: RequestKey | None) -> Act:
    return Act(actor=step.actor, note=step.note, at=now(), request=request)


def _marked(answer: ReservationAnswer, kept: Kept, response: Response) -> ReservationAnswer:
    if kept.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return answer
