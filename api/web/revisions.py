"""Routes of a product team: revisions drafted, reviewed, published, withdrawn, compared, sent and received."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.clock import now
from api.revisions.population import from_file, generated, stored
from api.revisions.shapes import (
    DifferenceList,
    PublicationAnswer,
    RevisionAnswer,
    RevisionList,
    difference_list,
    revision_answer,
    revision_list,
)
from api.revisions.steps import DraftStep, ImportStep, Step, WithdrawalStep, read_step
from api.revisions.store import StoredRevision
from api.web.body import JsonBody
from api.web.office import FAULTS_LOGGED, Office, OfficeHere
from api.web.openapi import DECIDING, problems, step_body
from api.web.parameters import Day, DecidedAsOf, Parameters, Slug
from api.web.responses import JSON
from api.web.uploads import Upload, file_body
from products.impact_report import ImpactReport

router = APIRouter(prefix="/v1/revisions", tags=["revisions"], dependencies=[FAULTS_LOGGED])

GREATEST_TRIAL: Final = 1_000_000
FOR_ONE: Final = problems(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
DRAFTING: Final = problems(*DECIDING)
CHANGING: Final = problems(*DECIDING, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


class OfProduct(Parameters):
    """Parameters of the list of revisions."""

    product: Slug | None = Field(default=None, description="only revisions of this product")


class FormOf(Parameters):
    """Parameters of the form."""

    product: Slug = Field(description="the product to be revised")
    on: Day | None = Field(default=None, description="the day whose values are shown; today at the bank if left out")


class Trial(Parameters):
    """Parameters of an impact report."""

    applications: int = Field(default=10_000, ge=1, le=GREATEST_TRIAL, description="generated applications to decide")
    seed: int = Field(default=1, ge=0, le=2**31, description="seed of the generated applications")
    stored: bool = Field(default=False, description="decide the stored applications instead")
    on: Day | None = Field(default=None, description="the day of decision; today at the bank if left out")


class Against(Parameters):
    """Parameters of a comparison."""

    against: Annotated[str, Field(max_length=36)] | None = Field(
        default=None, description="id of another revision; what the line has in force if left out"
    )


@router.get("", summary="List the revisions")
def list_revisions(query: Annotated[OfProduct, Query()], office: OfficeHere) -> RevisionList:
    """Every revision with its state of today, by product, line and number."""
    return revision_list(office.desk.revisions(moment=now(), product=query.product))


@router.get("/form", summary="Read the form of a product's revisions", responses=FOR_ONE)
def read_form(query: Annotated[FormOf, Query()], office: OfficeHere) -> dict[str, Any]:
    """A JSON Schema with every parameter's limits, labels, message and the value in force."""
    return office.desk.form(query.product, on=query.on or office.today())


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Draft a revision",
    openapi_extra=step_body(DraftStep),
    responses=DRAFTING,
)
def draft_revision(payload: JsonBody, office: OfficeHere) -> RevisionAnswer:
    """Store a new revision of its line as a draft, once it fits the product and its programme."""
    step = read_step(DraftStep, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, office.desk.draft(step.content, actor=step.actor, moment=now(), note=step.note))


@router.post("/publication", summary="Record what the calendar has brought about", responses=problems())
def publish_revisions(office: OfficeHere) -> PublicationAnswer:
    """Revisions that came into force, were superseded or ended since the last time; safe to repeat."""
    return PublicationAnswer(changed=tuple(each.id for each in office.desk.publish(moment=now())))


@router.post(
    "/import",
    status_code=HTTPStatus.CREATED,
    summary="Import a signed revision as a draft",
    openapi_extra=step_body(ImportStep),
    responses=problems(*DECIDING, HTTPStatus.CONFLICT),
)
def import_revision(payload: JsonBody, office: OfficeHere) -> RevisionAnswer:
    """Check the file's signature and store its content as a new draft, to be reviewed here."""
    step = read_step(ImportStep, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, office.desk.receive(step.file, actor=step.actor, moment=now()))


@router.get("/{revision_id}", summary="Read a revision", responses=FOR_ONE)
def read_revision(revision_id: str, office: OfficeHere) -> RevisionAnswer:
    """One revision with its content and history."""
    return revision_answer(office.desk.revision(revision_id, moment=now()))


@router.post(
    "/{revision_id}/draft", summary="Replace a draft's content", openapi_extra=step_body(DraftStep), responses=CHANGING
)
def redraft_revision(revision_id: str, payload: JsonBody, office: OfficeHere) -> RevisionAnswer:
    """The new content of a draft or of a returned revision; product and slug stay."""
    step = read_step(DraftStep, payload, most_bytes=office.settings.body_limit_bytes)
    changed = office.desk.redraft(revision_id, step.content, actor=step.actor, moment=now(), note=step.note)
    return _answer(office, changed)


@router.get("/{revision_id}/diff", summary="Compare a revision", responses=FOR_ONE)
def compare_revision(revision_id: str, query: Annotated[Against, Query()], office: OfficeHere) -> DifferenceList:
    """How a revision differs from another one, or from what its line has in force when it begins, in words."""
    return difference_list(revision_id, query.against, office.desk.differences(revision_id, query.against))


@router.get("/{revision_id}/impact", summary="Try a revision on a population", responses=FOR_ONE)
def try_revision(revision_id: str, query: Annotated[Trial, Query()], office: OfficeHere) -> ImpactReport:
    """What the revision would do to generated or stored applications, against what its line has in force."""
    batches = stored(office.desk.store) if query.stored else generated(query.applications, query.seed)
    words = "stored applications" if query.stored else f"generated applications, seed {query.seed}"
    score = office.underwriter.scorecard
    return office.desk.impact(revision_id, batches, score, on=query.on or office.today(), population=words)


@router.post(
    "/{revision_id}/impact",
    summary="Try a revision on an uploaded population",
    openapi_extra=file_body(),
    responses=CHANGING,
)
def try_revision_on_file(
    revision_id: str, file: Upload, query: Annotated[DecidedAsOf, Query()], office: OfficeHere
) -> ImpactReport:
    """The same for the applications in a Parquet or Arrow file, which is not kept."""
    score = office.underwriter.scorecard
    on = query.on or office.today()
    return office.desk.impact(revision_id, from_file(file), score, on=on, population="uploaded file")


@router.post(
    "/{revision_id}/submission", summary="Submit for review", openapi_extra=step_body(Step), responses=CHANGING
)
def submit_revision(revision_id: str, payload: JsonBody, office: OfficeHere) -> RevisionAnswer:
    """Hand a draft in for review by another person."""
    step = read_step(Step, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, office.desk.submit(revision_id, actor=step.actor, moment=now(), note=step.note))


@router.post("/{revision_id}/approval", summary="Approve", openapi_extra=step_body(Step), responses=CHANGING)
def approve_revision(revision_id: str, payload: JsonBody, office: OfficeHere) -> RevisionAnswer:
    """Approve what was submitted; from its first day on applications may name it."""
    step = read_step(Step, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, office.desk.approve(revision_id, actor=step.actor, moment=now(), note=step.note))


@router.post(
    "/{revision_id}/return", summary="Return to the authors", openapi_extra=step_body(Step), responses=CHANGING
)
def return_revision(revision_id: str, payload: JsonBody, office: OfficeHere) -> RevisionAnswer:
    """Return what was submitted; the note says what has to change."""
    step = read_step(Step, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, office.desk.send_back(revision_id, actor=step.actor, moment=now(), note=step.note))


@router.post(
    "/{revision_id}/withdrawal", summary="Withdraw", openapi_extra=step_body(WithdrawalStep), responses=CHANGING
)
def withdraw_revision(revision_id: str, payload: JsonBody, office: OfficeHere) -> RevisionAnswer:
    """Put a revision out of force from a day on; the note says why."""
    step = read_step(WithdrawalStep, payload, most_bytes=office.settings.body_limit_bytes)
    changed = office.desk.withdraw(revision_id, actor=step.actor, moment=now(), day=step.day, note=step.note)
    return _answer(office, changed)


@router.get(
    "/{revision_id}/export",
    summary="Export as a signed file",
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def export_revision(revision_id: str, office: OfficeHere) -> Response:
    """The revision with its history, signed with the key that both systems hold."""
    disposition = {"Content-Disposition": f'attachment; filename="revision-{revision_id}.json"'}
    return Response(office.desk.export(revision_id), headers=disposition, media_type=JSON)


def _answer(office: Office, changed: StoredRevision) -> RevisionAnswer:
    office.live.refresh()
    return revision_answer(office.desk.revision(changed.id, moment=now()))
