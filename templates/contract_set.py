"""A drafted set: its files with their hashes, and the manifest that says what they were made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from typing import Final

import orjson

from products.canonical import digest
from templates import docx, html, xlsx
from templates.document import Document, Signatures
from templates.gates import GateResult, Verdict
from templates.law import contract_law
from templates.library import Clause, DocumentDefinition, definition_digest
from templates.record import ContractRecord
from templates.report import JSON_TYPE, PRETTY, gate_entry, report_html, report_json
from templates.views.securing import asset_rows
from templates.wording import Language

MANIFEST: Final = "manifest.json"


class Format(StrEnum):
    """A file format. Documents are DOCX and HTML, the gate report HTML and JSON, lists of assets XLSX."""

    DOCX = "docx"
    HTML = "html"
    JSON = "json"
    XLSX = "xlsx"


DRAFT_MARK: Final = "草案 DRAFT"
"""Across every page of a set while a gate warns and nobody has let it pass."""
DOCUMENT_FORMATS: Final = (Format.DOCX, Format.HTML)
_WRITERS: Final = {
    Format.DOCX: (docx.write_docx, docx.MEDIA_TYPE),
    Format.HTML: (html.write_html, html.MEDIA_TYPE),
}


@dataclass(frozen=True, slots=True)
class ContractFile:
    """One file of a set. ``kind`` names the document in the set; ``filename`` is ASCII and occurs once in the set."""

    kind: str
    number: str
    title: str
    language: Language
    format: Format
    filename: str
    media_type: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A document with the definition and the clauses it was made from."""

    definition: DocumentDefinition
    clauses: tuple[Clause, ...]
    document: Document
    number: str


@dataclass(frozen=True, slots=True)
class ContractSet:
    """All files of one decision's contracts.

    ``documents`` are ordered by document, language and format; ``attachments`` are the gate report and lists of assets.
    ``drafted`` holds the documents as blocks, ``gates`` the results of all gates. ``digest`` is the SHA-256 of the
    manifest and so names the set.
    """

    documents: tuple[ContractFile, ...]
    attachments: tuple[ContractFile, ...]
    drafted: tuple[Drafted, ...]
    gates: tuple[GateResult, ...]
    manifest: bytes
    digest: str


def contract_set(
    record: ContractRecord, drafted: tuple[Drafted, ...], gates: tuple[GateResult, ...], formats: frozenset[Format]
) -> ContractSet:
    """Write every document in every format and the manifest over them; open warnings leave the draft mark on."""
    mark = DRAFT_MARK if any(result.verdict is Verdict.FAILED for result in gates) else ""
    documents = tuple(_written(one, form, mark) for one in drafted for form in DOCUMENT_FORMATS if form in formats)
    attachments = (*_asset_lists(record), *_reports(record, gates))
    manifest = _manifest(record, drafted, gates, documents, attachments)
    return ContractSet(documents, attachments, drafted, gates, manifest, hashlib.sha256(manifest).hexdigest())


def _reports(record: ContractRecord, gates: tuple[GateResult, ...]) -> tuple[ContractFile, ...]:
    number = record.particulars.loan.number
    report = (
        (Format.HTML, html.MEDIA_TYPE, report_html(number, gates)),
        (Format.JSON, JSON_TYPE, report_json(number, gates)),
    )
    return tuple(
        _file("gate-report", 14, number, "合规审查报告", form, media_type, content)
        for form, media_type, content in report
    )


def _asset_lists(record: ContractRecord) -> tuple[ContractFile, ...]:
    """A spreadsheet per register in which more assets are pledged than its form has room for."""
    most = contract_law().at(record.particulars.signing.law_as_of).asset_list_above
    return tuple(
        _file(
            f"asset-list-{family.value}",
            11,
            record.pledge_number(family),
            "质押财产清单",
            Format.XLSX,
            xlsx.MEDIA_TYPE,
            xlsx.write_xlsx(asset_rows(record, family)),
        )
        for family in record.families
        if len(record.pledged_of(family)) > most
    )


def _file(
    kind: str, order: int, number: str, title: str, form: Format, media_type: str, content: bytes
) -> ContractFile:
    """A Chinese file that is no document drawn from clauses."""
    return ContractFile(
        kind=kind,
        number=number,
        title=title,
        language=Language.ZH,
        format=form,
        filename=f"{order:02d}-{kind}.{Language.ZH.value}.{form.value}",
        media_type=media_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _written(drafted: Drafted, form: Format, mark: str) -> ContractFile:
    document, definition = drafted.document, drafted.definition
    write, media_type = _WRITERS[form]
    content = write(document, mark)
    return ContractFile(
        kind=document.kind,
        number=drafted.number,
        title=definition.title[document.language],
        language=document.language,
        format=form,
        filename=f"{definition.order:02d}-{document.kind}.{document.language.value}.{form.value}",
        media_type=media_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _manifest(
    record: ContractRecord,
    drafted: tuple[Drafted, ...],
    gates: tuple[GateResult, ...],
    files: tuple[ContractFile, ...],
    attachments: tuple[ContractFile, ...],
) -> bytes:
    signing = record.particulars.signing
    manifest = {
        "decision": {"id": record.decision.id, "digest": digest(record.decision.model_dump(mode="json"))},
        "application": digest(record.application.model_dump(mode="json")),
        "particulars": digest(record.particulars.model_dump(mode="json")),
        "law_as_of": signing.law_as_of.isoformat(),
        "signed_on": signing.signed_on.isoformat(),
        "prevailing_language": signing.prevailing.value,
        "documents": [_document_entry(one, files) for one in drafted],
        "attachments": [_file_entry(file) for file in attachments],
        "gates": [gate_entry(result) for result in gates],
    }
    return orjson.dumps(manifest, option=PRETTY)


def _document_entry(drafted: Drafted, files: tuple[ContractFile, ...]) -> dict[str, object]:
    definition, language = drafted.definition, drafted.document.language
    return {
        "kind": drafted.document.kind,
        "number": drafted.number,
        "title": definition.title[language],
        "language": language.value,
        "signers": _signers(drafted.document),
        "template": {"version": definition.version, "sha256": definition_digest(definition.id)},
        "clauses": [
            {"id": clause.front.id, "version": clause.front.version, "sha256": clause.digest}
            for clause in drafted.clauses
        ],
        "files": [
            {
                "filename": file.filename,
                "media_type": file.media_type,
                "bytes": len(file.content),
                "sha256": file.sha256,
            }
            for file in files
            if file.kind == drafted.document.kind and file.language is language
        ],
    }


def _file_entry(file: ContractFile) -> dict[str, object]:
    size = len(file.content)
    return {"filename": file.filename, "media_type": file.media_type, "bytes": size, "sha256": file.sha256}


def _signers(document: Document) -> list[dict[str, object]]:
    """Who signs, in order, and the text at which each seal goes; the text occurs once in the document."""
    blocks = [block for found in document.blocks if isinstance(found, Signatures) for block in found.blocks]
    return [
        {"order": order, "name": unescape(block.lines[0]), "anchor": unescape(block.anchor)}
        for order, block in enumerate(blocks, 1)
    ]
