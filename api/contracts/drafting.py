"""Contract sets: from a stored decision and the parties' particulars to stored documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib.metadata import version
from typing import Any, Final

from pydantic import ValidationError

import templates
from api.storage.ids import new_id
from api.storage.repository import Repository
from api.storage.stored import NewSet, Paper, SetSources
from api.storage.tables import ContractSet, Document
from products.canonical import canonical_json
from products.explaining.answer import Decision
from templates.case.attachments import Attached, attachment_kind
from templates.texts import Texts, packed, shipped_texts


@dataclass(frozen=True, slots=True)
class Fault:
    """One field of the particulars that cannot be used."""

    path: str
    message: str
    value: str = ""


class InvalidParticulars(ValueError):
    """Particulars that cannot be used; ``faults`` names every wrong field."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{fault.path or 'particulars'}: {fault.message}" for fault in faults))


class DocumentFormat(StrEnum):
    """A format in which documents are written."""

    DOCX = "docx"
    HTML = "html"
    PDF = "pdf"


DEFAULT_FORMATS: Final = (DocumentFormat.DOCX, DocumentFormat.HTML)
"""The formats that need no fonts."""


def output_of(
    layout: templates.Layout, formats: Iterable[DocumentFormat], printer: Callable[[], templates.Printer]
) -> templates.Output:
    """What is to be written; ``printer`` is called only if PDFs are wanted."""
    wanted = frozenset(map(templates.Format, formats))
    return templates.Output(layout, wanted, printer() if templates.Format.PDF in wanted else None)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A contract set as it was drafted, and the id under which it is stored."""

    decision: Decision
    set_id: str
    contracts: templates.ContractSet


def read_particulars(payload: bytes) -> templates.Particulars:
    """The particulars in a JSON payload. InvalidParticulars names every field that cannot be used."""
    try:
        return templates.Particulars.model_validate_json(payload)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        raise InvalidParticulars(tuple(_fault(detail) for detail in details)) from None


ParticularsFor = Callable[[Decision, Mapping[str, Any]], templates.Particulars]
"""Gives the particulars once the decision and its application (in JSON form) are known."""


TextsOn = Callable[[date], Texts]
"""Gives the texts of a contract signed on a day."""


def shipped_on(_day: date) -> Texts:
    """The texts as they are shipped, whatever the day."""
    return shipped_texts()


TextsOf = Callable[[str, Texts], Texts]
"""Joins the texts that the package of a product brings to those of a day."""


def as_they_are(_product: str, texts: Texts) -> Texts:
    """The texts without those of any package."""
    return texts


def draft_set(
    repository: Repository,
    decision_id: str,
    particulars_for: ParticularsFor,
    *,
    moment: datetime,
    output: templates.Output = templates.Output(),  # noqa: B008 - immutable
    texts_on: TextsOn = shipped_on,
    texts_of: TextsOf = as_they_are,
) -> Drafted | None:
    """Draft the contracts of a stored decision and store them; None if there is no such decision.

    templates.DraftRefused if the decision is not an approval or law asks for a fact that is missing, whatever
    ``texts_of`` raises for its product; nothing is stored.
    """
    stored, recorded = repository.decision(decision_id), repository.application(decision_id)
    if stored is None or recorded is None:
        return None
    decision, application = Decision.model_validate_json(stored.body), json.loads(recorded.body)
    particulars = particulars_for(decision, application)
    texts = texts_of(decision.product, texts_on(particulars.signing.signed_on))
    papers = repository.attachments(decision_id)
    drafted = templates.draft(
        decision,
        application,
        particulars,
        formats=output.formats,
        layout=output.layout,
        pdf=output.printer,
        texts=texts,
        attachments=map(attached, papers),
    )
    set_id, organisation = new_id(), repository.organisation
    repository.add_set(
        NewSet(
            contract_set=ContractSet(
                organisation_id=organisation,
                id=set_id,
                decision_id=decision_id,
                created_at=moment,
                particulars=canonical_json(particulars.model_dump(mode="json")),
                manifest=drafted.manifest,
                sha256=drafted.digest,
            ),
            documents=tuple(
                _document(organisation, set_id, position, file)
                for position, file in enumerate((*drafted.documents, *drafted.attachments))
            ),
            sources=_sources(drafted, texts, papers, output),
        )
    )
    return Drafted(decision=decision, set_id=set_id, contracts=drafted)


def attached(paper: Paper) -> Attached:
    """A stored paper as the drafting takes it."""
    return Attached(attachment_kind(paper.kind), paper.filename, paper.sha256, paper.size)


def _sources(
    drafted: templates.ContractSet, texts: Texts, papers: tuple[Paper, ...], output: templates.Output
) -> SetSources:
    """What the set was drawn from beside decision, application and particulars."""
    body, retention = packed(texts), json.loads(drafted.manifest)["retention"] or {}
    until = retention.get("not_before")
    return SetSources(
        body=canonical_json(
            {
                "release": version("kedai"),
                "texts": hashlib.sha256(body).hexdigest(),
                "attachments": [each.id for each in papers],
                "layout": output.layout.value,
                "formats": sorted(each.value for each in output.formats),
            }
        ),
        texts=body,
        retention_class=retention.get("class"),
        kept_until=None if until is None else date.fromisoformat(until),
    )


def _document(organisation: str, set_id: str, position: int, file: templates.ContractFile) -> Document:
    return Document(
        organisation_id=organisation,
        id=new_id(),
        contract_set_id=set_id,
        position=position,
        kind=file.kind,
        number=file.number,
        filename=file.filename,
        title=file.title,
        language=file.language.value,
        media_type=file.media_type,
        content=file.content,
        sha256=file.sha256,
    )


def _fault(detail: Mapping[str, Any]) -> Fault:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).removeprefix(".")
    name = path or "The text"
    value = "" if detail["type"] in ("missing", "json_invalid") else f"{detail['input']!s:.100}"
    match detail["type"]:
        case "missing":
            message = f"{name} is required and missing. State it."
        case "extra_forbidden":
            message = f"There is no particular {name}. Leave it out or correct its name."
        case "value_error":
            message = str(detail["msg"]).removeprefix("Value error, ")
        case "json_invalid":
            message = (
                f"The particulars are not JSON: {detail['msg'].removeprefix('Invalid JSON: ')}. Send one JSON object."
            )
        case _:
            message = f"{name} cannot be used: {detail['msg']}. Correct the value."
    return Fault(path=path, message=message, value=value)
