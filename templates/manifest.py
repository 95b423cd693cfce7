"""The manifest of a set, and the hand-off to whoever collects the signatures.

Both name every file by its SHA-256. The manifest also names what the files were made from: the decision, the
application, the particulars, each clause and document definition, and the rules that were applied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path
from typing import Final

import orjson

from products.canonical import digest
from templates.case.record import ContractRecord
from templates.contract_set import ContractFile, Drafted, Format, Numbers, attachment, title_of
from templates.document import Document, Signatures
from templates.file_numbers import HAND_OFF
from templates.gates import GateResult, Verdict
from templates.library import Clause, FrontMatter
from templates.negotiation import agreed_deviations
from templates.report import JSON_TYPE, PRETTY, gate_entry
from templates.wording import Language

_RULES: Final = ("gates/gates.yaml", "law.yaml", "words.yaml")
"""What decides how a draft must be and is worded, beside the clauses and documents it names."""
_TO_SIGN: Final = (Format.PDF, Format.DOCX, Format.HTML)
"""The format that is signed: the first of these that was written."""


def manifest(
    record: ContractRecord,
    drafted: Iterable[Drafted],
    gates: tuple[GateResult, ...],
    files: Iterable[ContractFile],
    attachments: Iterable[ContractFile],
) -> bytes:
    """What the set consists of and was made from."""
    signing, files, drafted = record.particulars.signing, tuple(files), tuple(drafted)
    return _json(
        {
            "decision": {"id": record.decision.id, "digest": digest(record.decision.model_dump(mode="json"))},
            "application": digest(record.application.model_dump(mode="json")),
            "particulars": digest(record.particulars.model_dump(mode="json")),
            "law_as_of": signing.law_as_of.isoformat(),
            "signed_on": signing.signed_on.isoformat(),
            "prevailing_language": signing.prevailing.value,
            "rules": {"decision": dict(record.decision.evidence.digests), "contracts": _rule_digests()},
            "retention": _retention(record),
            "documents": [_document_entry(one, files) for one in drafted],
            "attachments": [_file_entry(file) for file in attachments],
            "papers": [paper.plain() for paper in record.attachments],
            "deviations": [each.plain() for each in agreed_deviations(record, _fronts(drafted))],
            "gates": [gate_entry(result) for result in gates],
        }
    )


def hand_off(
    record: ContractRecord,
    drafted: Iterable[Drafted],
    gates: tuple[GateResult, ...],
    files: Iterable[ContractFile],
    numbers: Numbers,
) -> ContractFile:
    """The documents to be signed with file, hash, signers in order and the text at which each seal goes.

    What is signed in Chinese has its English beside it as a translation without signers. ``ready`` is false while a
    gate warns and nobody has let it pass: a draft is not signed.
    """
    drafted, files, number = tuple(drafted), tuple(files), record.particulars.loan.number
    to_sign = {"ready": all(result.verdict is not Verdict.FAILED for result in gates)}
    signed = [one for one in drafted if _signers(one.document)]
    translations = _translations(signed, record.particulars.signing.prevailing)
    content = _json(
        to_sign
        | {
            "number": number,
            "signed_on": record.particulars.signing.signed_on.isoformat(),
            "documents": [
                _signing_entry(one, files) | {"signers": _signers(one.document)}
                for one in signed
                if one not in translations
            ],
            "translations": [_signing_entry(one, files) for one in translations],
        }
    )
    return attachment(HAND_OFF, numbers, number, "电子签章交接清单", Format.JSON, JSON_TYPE, content)


def _translations(signed: list[Drafted], prevailing: Language) -> list[Drafted]:
    """The English documents of contracts that are signed in Chinese; none where both texts are signed."""
    if prevailing is not Language.ZH:
        return []
    chinese = {one.document.kind for one in signed if one.document.language is Language.ZH}
    return [one for one in signed if one.document.language is Language.EN and one.document.kind in chinese]


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=PRETTY)


@cache
def _rule_digests() -> dict[str, str]:
    folder = Path(__file__).parent
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in _RULES}


def _retention(record: ContractRecord) -> dict[str, object] | None:
    """How long the set is kept, counted from the end of the relationship; at the earliest from maturity."""
    terms, matures_on = record.particulars.retention, record.matures_on
    if terms is None:
        return None
    until = None if matures_on is None else _years_after(matures_on, terms.years_after_end).isoformat()
    return {"class": terms.class_name, "years_after_end": terms.years_after_end, "not_before": until}


def _years_after(day: date, years: int) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28) if leap_day else day.replace(year=day.year + years)


def _document_entry(drafted: Drafted, files: tuple[ContractFile, ...]) -> dict[str, object]:
    definition = drafted.definition
    return {
        "kind": drafted.document.kind,
        "number": drafted.number,
        "title": title_of(drafted),
        "language": drafted.document.language.value,
        "signers": _signers(drafted.document),
        "template": {"version": definition.version, "sha256": definition.digest} | _word_entry(drafted),
        "clauses": [_clause_entry(clause) for clause in drafted.clauses if drafted.word is None],
        "files": [_file_entry(file) for file in _files_of(drafted.document, files)],
    }


def _word_entry(drafted: Drafted) -> dict[str, object]:
    """The bank's Word template that a document was drawn from, where there is one."""
    word = drafted.word
    return {} if word is None else {"word": {"name": word.name, "number": word.number, "sha256": word.digest}}


def _clause_entry(clause: Clause) -> dict[str, str]:
    """A clause, with the position it was drawn at where that is not its own text."""
    entry = {"id": clause.front.id, "version": clause.front.version, "sha256": clause.digest}
    return entry | {"position": clause.position} if clause.position else entry


def _fronts(drafted: Iterable[Drafted]) -> Iterator[FrontMatter]:
    return (clause.front for one in drafted for clause in one.clauses)


def _files_of(document: Document, files: tuple[ContractFile, ...]) -> list[ContractFile]:
    return [file for file in files if (file.kind, file.language) == (document.kind, document.language)]


def _file_entry(file: ContractFile) -> dict[str, object]:
    size = len(file.content)
    return {"filename": file.filename, "media_type": file.media_type, "bytes": size, "sha256": file.sha256}


def _signing_entry(drafted: Drafted, files: tuple[ContractFile, ...]) -> dict[str, object]:
    of = {file.format: file for file in _files_of(drafted.document, files)}
    file = next((of[form] for form in _TO_SIGN if form in of), None)
    return {
        "number": drafted.number,
        "title": title_of(drafted),
        "language": drafted.document.language.value,
        "file": None if file is None else _file_entry(file),
    }


def _signers(document: Document) -> list[dict[str, object]]:
    """Who signs, in order, and the text at which each seal goes; the text occurs once in the document."""
    blocks = [block for found in document.blocks if isinstance(found, Signatures) for block in found.blocks]
    return [
        {"order": order, "name": _first(block.lines[0]), "anchor": _first(block.anchor)}
        for order, block in enumerate(blocks, 1)
    ]


def _first(text: str) -> str:
    """The Chinese line of a text in two languages."""
    return unescape(text.partition("\n")[0])
