"""Routes of shadows: candidates beside live decisions, and what they would have decided otherwise."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter

from api.clock import now
from api.revisions.steps import Step, read_step
from api.shadows.desk import ShadowDesk, ShadowStanding
from api.shadows.report import CaughtUpAnswer, ShadowAnswer, ShadowList, ShadowReport, shadow_answer
from api.web.body import JsonBody
from api.web.office import FAULTS_LOGGED, Office, OfficeHere
from api.web.openapi import DECIDING, problems, step_body

router = APIRouter(prefix="/v1/shadows", tags=["shadows"], dependencies=[FAULTS_LOGGED])

CHANGING: Final = problems(*DECIDING, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


@router.get("", summary="List the shadows", responses=problems())
def list_shadows(office: OfficeHere) -> ShadowList:
    """Every candidate that ran or runs beside live decisions."""
    found = ShadowDesk(office.desk).shadows()
    items = tuple(shadow_answer(each.revision, each.history) for each in found)
    return ShadowList(items=items, faults=dict(office.beside.faults))


@router.post("/run", summary="Catch up with live decisions", responses=problems())
def run_shadows(office: OfficeHere) -> CaughtUpAnswer:
    """Put candidates beside the live decisions they were not asked about yet; the server does so by itself."""
    done = ShadowDesk(office.desk).catch_up(office.underwriter.scorecard, moment=now())
    return CaughtUpAnswer(decided=done.decided, failed=done.failed)


@router.get(
    "/{revision_id}",
    summary="Report the differences",
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def report_shadow(revision_id: str, office: OfficeHere) -> ShadowReport:
    """What the candidate would have decided otherwise than was decided live."""
    return ShadowDesk(office.desk).report(revision_id)


@router.post("/{revision_id}/start", summary="Switch on", openapi_extra=step_body(Step), responses=CHANGING)
def start_shadow(revision_id: str, payload: JsonBody, office: OfficeHere) -> ShadowAnswer:
    """Put a submitted or approved revision beside every live decision of its product; the note says what for."""
    step = read_step(Step, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, ShadowDesk(office.desk).start(revision_id, actor=step.actor, moment=now(), note=step.note))


@router.post("/{revision_id}/stop", summary="Switch off", openapi_extra=step_body(Step), responses=CHANGING)
def stop_shadow(revision_id: str, payload: JsonBody, office: OfficeHere) -> ShadowAnswer:
    """Take a candidate away from live decisions; the note says why."""
    step = read_step(Step, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, ShadowDesk(office.desk).stop(revision_id, actor=step.actor, moment=now(), note=step.note))


def _answer(office: Office, standing: ShadowStanding) -> ShadowAnswer:
    office.live.refresh()
    return shadow_answer(standing.revision, standing.history)
