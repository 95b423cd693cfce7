"""Routes for the papers of a case: valuation reports, resolutions, consents, proofs of identity."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.clock import now
from api.contracts.case_shapes import PaperAnswer, PaperList, paper_answer, paper_list
from api.contracts.papers import SIGNATURES, NewPaper, store_paper
from api.web.body import FileBody
from api.web.office import OfficeHere
from api.web.openapi import TOO_LARGE, file_answer, file_body, problems
from api.web.parameters import Parameters
from api.web.problems import NotFoundError
from api.web.responses import download
from templates.case.attachments import AttachmentKind

router = APIRouter(prefix="/v1", tags=["contracts"])

STORING: Final = problems(HTTPStatus.NOT_FOUND, TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)


class PaperParameters(Parameters):
    """Parameters of a paper: the body is the file itself."""

    kind: AttachmentKind = Field(description="what the paper is")
    filename: Annotated[str, Field(max_length=400)] = Field(description="its name, without a folder")
    actor: Annotated[str, Field(max_length=400)] = Field(description="the person who attaches it")


@router.post(
    "/decisions/{decision_id}/attachments",
    status_code=HTTPStatus.CREATED,
    summary="Attach a paper to a case",
    openapi_extra=file_body(*SIGNATURES),
    responses=STORING,
)
def attach_paper(
    decision_id: str, query: Annotated[PaperParameters, Query()], sent: FileBody, office: OfficeHere, response: Response
) -> PaperAnswer:
    """Store the file in the body; the next contract set of the decision is checked against it and names it."""
    new = NewPaper(
        kind=query.kind,
        filename=query.filename,
        media_type=sent.media_type,
        actor=query.actor,
        content=sent.content,
    )
    stored = store_paper(office.repository, decision_id, new, moment=now())
    if stored is None:
        raise NotFoundError("decision", decision_id, "GET /v1/decisions lists those there are.")
    response.headers["Location"] = f"/v1/attachments/{stored.id}"
    return paper_answer(stored)


@router.get(
    "/decisions/{decision_id}/attachments",
    summary="List the papers of a case",
    responses=problems(HTTPStatus.NOT_FOUND),
)
def list_papers(decision_id: str, office: OfficeHere) -> PaperList:
    """Every paper, oldest first."""
    if office.repository.decision(decision_id) is None:
        raise NotFoundError("decision", decision_id, "GET /v1/decisions lists those there are.")
    return paper_list(office.repository.attachments(decision_id))


@router.get(
    "/attachments/{attachment_id}",
    summary="Download a paper",
    response_class=Response,
    responses=file_answer("the file as it was attached") | problems(HTTPStatus.NOT_FOUND),
)
def read_paper(attachment_id: str, office: OfficeHere) -> Response:
    """One paper, always to be saved, never shown as a page of this server."""
    found = office.repository.attachment(attachment_id)
    if found is None:
        raise NotFoundError("attachment", attachment_id, "GET /v1/decisions/{id}/attachments lists those of a case.")
    return download(found)
