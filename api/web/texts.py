"""Routes of a legal team: the texts contracts are drawn from, and the life of the organisation's own."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import Field

from api.clock import now
from api.revisions.steps import Step, WithdrawalStep
from api.texts.shapes import (
    ClauseAnswer,
    FaultList,
    FaultShape,
    TextsAnswer,
    VersionAnswer,
    VersionList,
    clause_answer,
    texts_answer,
    version_answer,
    version_list,
)
from api.texts.steps import TextStep, read_text_step
from api.texts.store import StoredText
from api.web.body import FileBody, JsonBody
from api.web.office import Office, OfficeHere
from api.web.openapi import DECIDING, TOO_LARGE, file_body, problems, step_body
from api.web.parameters import Day, Parameters
from api.web.problems import NotFoundError
from products.revising.content import Line, Notes
from templates.bank_word.bank import split_tags
from templates.versions import InvalidText, Text, check, word_text
from templates.wording import Language
from templates.writing import docx

router = APIRouter(prefix="/v1/texts", tags=["texts"])

FOR_ONE: Final = problems(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
CHANGING: Final = problems(*DECIDING, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
UPLOADING: Final = problems(TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)
Name = Annotated[str, Field(max_length=80)]


class OnDay(Parameters):
    """Parameters of what is in force."""

    on: Day | None = Field(default=None, description="day of signing; today at the bank if left out")


class OfText(Parameters):
    """Parameters of the list of versions."""

    name: Name | None = Field(default=None, description="only versions of this clause, document or Word template")


class WordParameters(Parameters):
    """Parameters of a Word template: the body is the DOCX itself."""

    document: Name = Field(description="the document it draws, as loan-contract")
    language: Language = Language.ZH
    in_force_from: Day = Field(description="first day of signing on which it is drawn from")


class WordUpload(WordParameters):
    """Parameters of an upload."""

    actor: Line = Field(description="the person who uploads it; a review is by another one")
    note: Notes = ""


@router.get("", summary="List the texts in force", responses=problems(HTTPStatus.UNPROCESSABLE_ENTITY))
def list_texts(query: Annotated[OnDay, Query()], office: OfficeHere) -> TextsAnswer:
    """Clauses, documents and Word templates of a contract signed on a day; shipped ones and the organisation's own."""
    on = query.on or office.today()
    return texts_answer(office.text_desk.texts(on=on), on)


@router.get("/clauses/{clause_id}", summary="Read a clause", responses=FOR_ONE)
def read_clause(clause_id: str, query: Annotated[OnDay, Query()], office: OfficeHere) -> ClauseAnswer:
    """One clause in both languages with its fallback positions."""
    found = clause_answer(office.text_desk.texts(on=query.on or office.today()), clause_id)
    if found is None:
        raise NotFoundError("clause", clause_id, "GET /v1/texts lists those in force.")
    return found


@router.get("/versions", summary="List the organisation's own versions", responses=problems())
def list_versions(query: Annotated[OfText, Query()], office: OfficeHere) -> VersionList:
    """Every version with its state of today, by kind, name and number."""
    return version_list(office.text_desk.versions(moment=now(), name=query.name))


@router.post(
    "/versions",
    status_code=HTTPStatus.CREATED,
    summary="Draft a text",
    openapi_extra=step_body(TextStep),
    responses=problems(*DECIDING),
)
def draft_text(payload: JsonBody, office: OfficeHere) -> VersionAnswer:
    """Store a new version as a draft, once it fits the texts it will stand among."""
    step = read_text_step(TextStep, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, office.text_desk.draft(step.text, actor=step.actor, moment=now(), note=step.note))


@router.post(
    "/word",
    status_code=HTTPStatus.CREATED,
    summary="Upload a Word template as a draft",
    openapi_extra=file_body(docx.MEDIA_TYPE),
    responses=UPLOADING,
)
def upload_word(query: Annotated[WordUpload, Query()], sent: FileBody, office: OfficeHere) -> VersionAnswer:
    """Store the DOCX in the body as a draft, once nothing is wrong with it."""
    text = _word(query, sent.content)
    return _answer(office, office.text_desk.draft(text, actor=query.actor, moment=now(), note=query.note))


@router.post(
    "/word/lint",
    summary="Say what is wrong with a Word template",
    openapi_extra=file_body(docx.MEDIA_TYPE),
    responses=UPLOADING,
)
def lint_word(query: Annotated[WordParameters, Query()], sent: FileBody, office: OfficeHere) -> FaultList:
    """Unknown names with the nearest known one, broken tags, unused figures, missing clauses; stores nothing."""
    try:
        check(_word(query, sent.content), office.text_desk.texts(on=query.in_force_from))
    except InvalidText as error:
        return FaultList(
            items=tuple(FaultShape(path=each.path, message=each.message, value=each.value) for each in error.problems)
        )
    return FaultList(items=(), notes=tuple(map(str, split_tags(sent.content))))


@router.get("/versions/{version_id}", summary="Read a version", responses=FOR_ONE)
def read_version(version_id: str, office: OfficeHere) -> VersionAnswer:
    """One version with its text and history."""
    return version_answer(office.text_desk.version(version_id, moment=now()))


@router.post(
    "/versions/{version_id}/draft",
    summary="Replace a draft's text",
    openapi_extra=step_body(TextStep),
    responses=CHANGING,
)
def redraft_text(version_id: str, payload: JsonBody, office: OfficeHere) -> VersionAnswer:
    """The new text of a draft or of a returned version; kind and name stay."""
    step = read_text_step(TextStep, payload, most_bytes=office.settings.body_limit_bytes)
    desk = office.text_desk
    return _answer(office, desk.redraft(version_id, step.text, actor=step.actor, moment=now(), note=step.note))


@router.post(
    "/versions/{version_id}/submission",
    summary="Submit for legal review",
    openapi_extra=step_body(Step),
    responses=CHANGING,
)
def submit_text(version_id: str, payload: JsonBody, office: OfficeHere) -> VersionAnswer:
    """Hand a draft in for review by another person."""
    step = read_text_step(Step, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, office.text_desk.submit(version_id, actor=step.actor, moment=now(), note=step.note))


@router.post("/versions/{version_id}/approval", summary="Approve", openapi_extra=step_body(Step), responses=CHANGING)
def approve_text(version_id: str, payload: JsonBody, office: OfficeHere) -> VersionAnswer:
    """Approve what was submitted; contracts signed from its first day on are drawn from it."""
    step = read_text_step(Step, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, office.text_desk.approve(version_id, actor=step.actor, moment=now(), note=step.note))


@router.post(
    "/versions/{version_id}/return",
    summary="Return to the authors",
    openapi_extra=step_body(Step),
    responses=CHANGING,
)
def return_text(version_id: str, payload: JsonBody, office: OfficeHere) -> VersionAnswer:
    """Return what was submitted; the note says what has to change."""
    step = read_text_step(Step, payload, most_bytes=office.settings.body_limit_bytes)
    return _answer(office, office.text_desk.send_back(version_id, actor=step.actor, moment=now(), note=step.note))


@router.post(
    "/versions/{version_id}/withdrawal",
    summary="Withdraw",
    openapi_extra=step_body(WithdrawalStep),
    responses=CHANGING,
)
def withdraw_text(version_id: str, payload: JsonBody, office: OfficeHere) -> VersionAnswer:
    """Put a version out of force from a day on; the one before it holds again, or the shipped text."""
    step = read_text_step(WithdrawalStep, payload, most_bytes=office.settings.body_limit_bytes)
    desk = office.text_desk
    changed = desk.withdraw(version_id, actor=step.actor, moment=now(), day=step.day, note=step.note)
    return _answer(office, changed)


def _word(query: WordParameters, content: bytes) -> Text:
    return word_text(content, query.document, query.language, query.in_force_from)


def _answer(office: Office, changed: StoredText) -> VersionAnswer:
    return version_answer(office.text_desk.version(changed.id, moment=now()))
