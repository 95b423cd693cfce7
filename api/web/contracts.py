"""Routes that draft contracts from a decision, and that give out the drafts."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final, NoReturn

from fastapi import APIRouter, Query, Response
from pydantic import Field

import templates
from api import wiring
from api.clock import now
from api.contracts.case_shapes import (
    ChainAnswer,
    ReturnedAnswer,
    ReturnedList,
    VerificationAnswer,
    chain_answer,
    returned_entry,
    verification_answer,
)
from api.contracts.chain import first_broken
from api.contracts.drafting import DEFAULT_FORMATS, DocumentFormat, draft_set, output_of, read_particulars
from api.contracts.redlining import PREVIOUS, RedlineFormat, redline_of_stored, redline_set
from api.contracts.redrawing import verify
from api.contracts.returning import check_and_keep
from api.storage.stored import Stored, StoredDocument
from api.web.body import FileBody, JsonBody
from api.web.office import OfficeHere
from api.web.openapi import DECIDING, TOO_LARGE, file_answer, file_body, particulars_body, problems
from api.web.parameters import Parameters
from api.web.problems import NotFoundError
from api.web.responses import download, stored_json
from api.web.shapes import ContractSetAnswer, ContractSets, contract_set_answer
from products.chained_events import LONGEST_ACTOR
from templates.redline.comparison import NoSuchDocument
from templates.wording import Language
from templates.writing import docx

LayoutChoice = Annotated[
    templates.Layout, Query(description="a document per language, or Chinese and English in two columns of one")
]
FormatChoice = Annotated[
    tuple[DocumentFormat, ...], Query(alias="format", description="may be repeated; DOCX and HTML if left out")
]

router = APIRouter(prefix="/v1", tags=["contracts"])

READING_A_FILE: Final = (TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)
"""The errors of a route that reads a file."""
REDLINING: Final = (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
"""The errors of a route that answers a redline."""


class WhichDocument(Parameters):
    """Parameters of a check: which document of the set the file is."""

    document: Annotated[str, Field(max_length=63)] | None = Field(
        default=None, description="kind of the document, as loan-contract; found by its text if left out"
    )
    language: Language = Field(default=Language.ZH, description="of the document named")
    actor: Annotated[str, Field(max_length=LONGEST_ACTOR)] = Field(default="", description="who sends the file in")

    @property
    def named(self) -> tuple[str, str] | None:
        """The document, if it was named."""
        return None if self.document is None else (self.document, self.language.value)


class WhichRedline(Parameters):
    """Parameters of a redline: of which document, against what, and in which format."""

    document: Annotated[str, Field(max_length=63)] = Field(description="kind of the document, as loan-contract")
    language: Language = Field(default=Language.ZH, description="of the document")
    against: Annotated[str, Field(max_length=63)] = Field(
        default=PREVIOUS, description="approved, previous (the set of the decision drawn before), or the id of a set"
    )
    format: RedlineFormat = Field(default=RedlineFormat.DOCX, description="docx or html")


class RedlineOfReturned(Parameters):
    """Parameters of the redline of a file that came back, which has one document to be against."""

    format: RedlineFormat = Field(default=RedlineFormat.DOCX, description="docx or html")


@router.post(
    "/decisions/{decision_id}/contracts",
    status_code=HTTPStatus.CREATED,
    summary="Draft the contracts of an approved decision",
    openapi_extra=particulars_body(),
    responses=problems(HTTPStatus.NOT_FOUND, *DECIDING),
)
def create_contracts(
    decision_id: str,
    payload: JsonBody,
    office: OfficeHere,
    response: Response,
    layout: LayoutChoice = templates.Layout.SEPARATE,
    form: FormatChoice = DEFAULT_FORMATS,
) -> ContractSetAnswer:
    """Draft the whole set from the decision and the particulars in the body, store it, and list its documents."""
    particulars = read_particulars(payload)
    fonts = office.settings.pdf_fonts
    drafted = draft_set(
        office.repository,
        decision_id,
        lambda _decision, _application: particulars,
        moment=now(),
        output=output_of(layout, form, lambda: wiring.printer(fonts)),
        texts_on=lambda day: office.text_desk.texts(on=day),
        texts_of=office.installed.texts_of,
    )
    if drafted is None:
        _no_decision(decision_id)
    response.headers["Location"] = f"/v1/contracts/{drafted.set_id}"
    return read_contracts(drafted.set_id, office)


@router.get(
    "/decisions/{decision_id}/contracts",
    summary="List the contract sets of a decision",
    responses=problems(HTTPStatus.NOT_FOUND),
)
def list_contracts(decision_id: str, office: OfficeHere) -> ContractSets:
    """Every set drafted from the decision, newest first; none before the first draft."""
    if office.repository.decision(decision_id) is None:
        _no_decision(decision_id)
    found = office.repository.contract_sets(decision_id)
    return ContractSets(items=tuple(contract_set_answer(each) for each in found))


@router.get("/contracts/chain", summary="Check the chain of drawn sets", responses=problems())
def read_chain(office: OfficeHere) -> ChainAnswer:
    """How many entries the chain has, the digest of the last, and the first that does not follow the one before."""
    entries = office.repository.entries()
    return chain_answer(entries, first_broken(entries))


@router.get("/contracts/{set_id}", summary="Read a contract set", responses=problems(HTTPStatus.NOT_FOUND))
def read_contracts(set_id: str, office: OfficeHere) -> ContractSetAnswer:
    """One contract set with the addresses of its documents."""
    found = office.repository.contract_set(set_id)
    if found is None:
        _no_set(set_id)
    return contract_set_answer(found)


@router.get(
    "/contracts/{set_id}/manifest",
    summary="Read what a contract set was made from",
    responses=problems(HTTPStatus.NOT_FOUND),
)
def read_manifest(set_id: str, office: OfficeHere) -> Response:
    """Digests of the decision, the particulars, every clause and every file, and the result of every legal gate."""
    found = office.repository.contract_set(set_id)
    if found is None:
        _no_set(set_id)
    return stored_json(Stored(found.id, found.manifest, found.sha256))


@router.get(
    "/contracts/{set_id}/verification",
    summary="Draw a contract set again and compare",
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def verify_contracts(set_id: str, office: OfficeHere) -> VerificationAnswer:
    """Draw the set from what it was drawn from, compare every file's SHA-256, and walk the chain."""
    found = verify(office.repository, set_id, printer=lambda: wiring.printer(office.settings.pdf_fonts))
    if found is None:
        _no_set(set_id)
    return verification_answer(found)


@router.get(
    "/contracts/{set_id}/redline",
    summary="Redline a document of a contract set",
    response_class=Response,
    responses=file_answer("Word with tracked changes, or a page") | problems(HTTPStatus.NOT_FOUND, *REDLINING),
)
def redline_contract(set_id: str, query: Annotated[WhichRedline, Query()], office: OfficeHere) -> Response:
    """The document against its approved text, against the set drawn before, or against another set."""
    found = redline_set(office.repository, set_id, against=query.against)
    if found is None:
        _no_set(set_id)
    for one in found:
        if (one.kind, one.language) == (query.document, query.language.value):
            return download(one.written(query.format))
    names = ", ".join(f"{one.kind}.{one.language}" for one in found)
    raise NoSuchDocument(f"There is no redline of {query.document}.{query.language}; there is one of {names}.")


@router.post(
    "/contracts/{set_id}/returned",
    status_code=HTTPStatus.CREATED,
    summary="Check a document that came back from negotiation",
    openapi_extra=file_body(docx.MEDIA_TYPE),
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, *READING_A_FILE),
)
def check_returned(
    set_id: str, query: Annotated[WhichDocument, Query()], sent: FileBody, office: OfficeHere, response: Response
) -> ReturnedAnswer:
    """Differences by clause, tracked changes, comments, unknown figures, gates not passed; kept with the file."""
    checked = check_and_keep(
        office.repository, set_id, sent.content, actor=query.actor, moment=now(), named=query.named
    )
    if checked is None:
        _no_set(set_id)
    response.headers["Location"] = f"/v1/returned/{checked.stored.id}"
    return checked.report


@router.get(
    "/contracts/{set_id}/returned",
    summary="List the documents that came back for a contract set",
    responses=problems(HTTPStatus.NOT_FOUND),
)
def list_returned(set_id: str, office: OfficeHere) -> ReturnedList:
    """Every file that came back and was compared, oldest first, with the addresses of file and report."""
    if office.repository.contract_set(set_id) is None:
        _no_set(set_id)
    return ReturnedList(items=tuple(map(returned_entry, office.repository.returned(set_id))))


@router.get(
    "/returned/{returned_id}",
    summary="Read the report on a document that came back",
    response_model=ReturnedAnswer,
    responses=problems(HTTPStatus.NOT_FOUND),
)
def read_returned(returned_id: str, office: OfficeHere) -> Response:
    """The report as it was made when the document came back, byte for byte."""
    found = office.repository.returned_report(returned_id)
    if found is None:
        _no_returned(returned_id)
    return stored_json(found)


@router.get(
    "/returned/{returned_id}/file",
    summary="Download a document that came back",
    response_class=Response,
    responses=file_answer("the file as it was sent in") | problems(HTTPStatus.NOT_FOUND),
)
def read_returned_file(returned_id: str, office: OfficeHere) -> Response:
    """The file, always to be saved, never shown as a page of this server."""
    found = office.repository.returned_file(returned_id)
    if found is None:
        _no_returned(returned_id)
    content, sha256 = found
    return download(StoredDocument(f"returned-{returned_id}.docx", docx.MEDIA_TYPE, content, sha256))


@router.get(
    "/returned/{returned_id}/redline",
    summary="Redline a document that came back",
    response_class=Response,
    responses=file_answer("Word with tracked changes, or a page") | problems(HTTPStatus.NOT_FOUND, *REDLINING),
)
def redline_returned_file(
    returned_id: str, query: Annotated[RedlineOfReturned, Query()], office: OfficeHere
) -> Response:
    """What the other side changed, all its tracked changes accepted, against the document that was sent out."""
    found = redline_of_stored(office.repository, returned_id)
    if found is None:
        _no_returned(returned_id)
    return download(found.written(query.format))


@router.get(
    "/documents/{document_id}",
    summary="Download a document",
    response_class=Response,
    responses=file_answer("the file as it was drafted") | problems(HTTPStatus.NOT_FOUND),
)
def read_document(document_id: str, office: OfficeHere) -> Response:
    """One file, always to be saved, never shown as a page of this server."""
    found = office.repository.document(document_id)
    if found is None:
        raise NotFoundError("document", document_id, "GET /v1/contracts/{id} lists the documents of a set.")
    return download(found)


def _no_decision(decision_id: str) -> NoReturn:
    raise NotFoundError("decision", decision_id, "GET /v1/decisions lists those there are.")


def _no_set(set_id: str) -> NoReturn:
    raise NotFoundError("contract set", set_id, "GET /v1/decisions/{id}/contracts lists the sets of a decision.")


def _no_returned(returned_id: str) -> NoReturn:
    raise NotFoundError("returned document", returned_id, "GET /v1/contracts/{id}/returned lists those of a set.")
