"""A drafted set: its files with their hashes, and the manifest that says what they were made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from products.canonical import digest
from templates import docx, html
from templates.document import Document
from templates.gates import GateResult
from templates.library import Clause, DocumentDefinition, definition_digest
from templates.record import ContractRecord
from templates.wording import Language

MANIFEST: Final = "manifest.json"


class Format(StrEnum):
    """A file format of documents."""

    DOCX = "docx"
    HTML = "html"


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

    ``documents`` are ordered by document, language and format. ``drafted`` holds the same documents as blocks,
    ``gates`` the results of all gates. ``digest`` is the SHA-256 of the manifest and so names the set.
    """

    documents: tuple[ContractFile, ...]
    drafted: tuple[Drafted, ...]
    gates: tuple[GateResult, ...]
    manifest: bytes
    digest: str


def contract_set(
    record: ContractRecord, drafted: tuple[Drafted, ...], gates: tuple[GateResult, ...], formats: Iterable[Format]
) -> ContractSet:
    """Write every document in every format and the manifest over them."""
    files = tuple(_written(one, form) for one in drafted for form in formats)
    manifest = _manifest(record, drafted, gates, files)
    return ContractSet(files, drafted, gates, manifest, hashlib.sha256(manifest).hexdigest())


def _written(drafted: Drafted, form: Format) -> ContractFile:
    document, definition = drafted.document, drafted.definition
    write, media_type = _WRITERS[form]
    content = write(document)
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
        "gates": [_gate_entry(result) for result in gates],
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _document_entry(drafted: Drafted, files: tuple[ContractFile, ...]) -> dict[str, object]:
    definition, language = drafted.definition, drafted.document.language
    return {
        "kind": drafted.document.kind,
        "number": drafted.number,
        "title": definition.title[language],
        "language": language.value,
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


def _gate_entry(result: GateResult) -> dict[str, object]:
    gate = result.gate
    return {
        "id": gate.id,
        "number": gate.number,
        "severity": gate.severity.value,
        "verdict": result.verdict.value,
        "article": gate.article,
        "as_of": gate.as_of.isoformat(),
        "facts": list(gate.facts),
        "gaps": [
            {"field": gap.field, "problem": gap.problem, "remedy": gap.remedy, "zh": gap.zh} for gap in result.gaps
        ],
        "overridden_by": result.overridden_by,
        "reason": result.reason,
    }
