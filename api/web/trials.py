"""Routes of trials: drafted, approved, started, stopped, reported; and what became of loans."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter

from api.clock import now
from api.revisions.steps import Step, read_step
from api.trials.desk import TrialDesk
from api.trials.shapes import (
    OutcomesAnswer,
    TrialAnswer,
    TrialList,
    TrialReport,
    WatchAnswer,
    trial_answer,
    trial_list,
    trial_report,
)
from api.trials.steps import OutcomesStep, PlanStep
from api.trials.store import StoredTrial
from api.web.body import JsonBody
from api.web.office import Office, OfficeHere
from api.web.openapi import DECIDING, problems, step_body

router = APIRouter(prefix="/v1", tags=["trials"])

DRAFTING: Final = problems(*DECIDING)
CHANGING: Final = problems(*DECIDING, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


@router.get("/trials", summary="List the trials", responses=problems())
def list_trials(office: OfficeHere) -> TrialList:
    """Every trial with its plan and history, in the order of their making."""
    return trial_list(TrialDesk(office.desk).trials())


@router.post(
    "/trials",
    status_code=HTTPStatus.CREATED,
    summary="Draft a trial",
    openapi_extra=step_body(PlanStep),
    responses=DRAFTING,
)
def draft_trial(payload: JsonBody, office: OfficeHere) -> TrialAnswer:
    """Store the plan of a trial, once both sides are on offer for all of its days."""
    step = read_step(PlanStep, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, TrialDesk(office.desk).draft(step.plan, actor=step.actor, moment=now(), note=step.note))


@router.post("/trials/watch", summary="Stop and end what is due", responses=problems())
def watch_trials(office: OfficeHere) -> WatchAnswer:
    """Stop trials whose rules have tripped, end those whose days are over; safe to repeat."""
    changed = TrialDesk(office.desk).watch(moment=now())
    office.live.refresh()
    return WatchAnswer(changed=tuple(each.id for each in changed))


@router.get("/trials/{trial_id}", summary="Read a trial", responses=problems(HTTPStatus.NOT_FOUND))
def read_trial(trial_id: str, office: OfficeHere) -> TrialAnswer:
    """One trial with its plan and history."""
    return trial_answer(TrialDesk(office.desk).standing(trial_id).trial)


@router.get("/trials/{trial_id}/report", summary="Compare both sides", responses=problems(HTTPStatus.NOT_FOUND))
def report_trial(trial_id: str, office: OfficeHere) -> TrialReport:
    """What both sides add up to, and where every stop rule stands."""
    return trial_report(TrialDesk(office.desk).standing(trial_id))


@router.post("/trials/{trial_id}/approval", summary="Approve", openapi_extra=step_body(Step), responses=CHANGING)
def approve_trial(trial_id: str, payload: JsonBody, office: OfficeHere) -> TrialAnswer:
    """Approve a draft, by another person than its author."""
    step = read_step(Step, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, TrialDesk(office.desk).approve(trial_id, actor=step.actor, moment=now(), note=step.note))


@router.post("/trials/{trial_id}/start", summary="Start", openapi_extra=step_body(Step), responses=CHANGING)
def start_trial(trial_id: str, payload: JsonBody, office: OfficeHere) -> TrialAnswer:
    """Let an approved trial split applicants from its first day on."""
    step = read_step(Step, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, TrialDesk(office.desk).start(trial_id, actor=step.actor, moment=now(), note=step.note))


@router.post("/trials/{trial_id}/stop", summary="Stop", openapi_extra=step_body(Step), responses=CHANGING)
def stop_trial(trial_id: str, payload: JsonBody, office: OfficeHere) -> TrialAnswer:
    """End a running trial now; the note says why."""
    step = read_step(Step, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, TrialDesk(office.desk).stop(trial_id, actor=step.actor, moment=now(), note=step.note))


@router.post("/trials/{trial_id}/withdrawal", summary="Withdraw", openapi_extra=step_body(Step), responses=CHANGING)
def withdraw_trial(trial_id: str, payload: JsonBody, office: OfficeHere) -> TrialAnswer:
    """Give a trial up before it was started; the note says why."""
    step = read_step(Step, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, TrialDesk(office.desk).withdraw(trial_id, actor=step.actor, moment=now(), note=step.note))


@router.post(
    "/outcomes",
    status_code=HTTPStatus.CREATED,
    summary="Report what became of loans",
    openapi_extra=step_body(OutcomesStep),
    responses=DRAFTING,
)
def report_outcomes(payload: JsonBody, office: OfficeHere) -> OutcomesAnswer:
    """Store outcomes of approved decisions; for a decision reported again the latest counts."""
    step = read_step(OutcomesStep, payload, most_bytes=office.settings.body_limit_bytes)
    stored = TrialDesk(office.desk).report(step.outcomes, actor=step.actor, moment=now())
    return OutcomesAnswer(stored=stored)


def _answer(office: Office, changed: StoredTrial) -> TrialAnswer:
    office.live.refresh()
    return trial_answer(changed)
