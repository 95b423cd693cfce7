"""A drafted set: its files with their hashes, and the manifest that says what they were made from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from templates.case.record import ContractRecord
from templates.document import Document
from templates.file_numbers import NEGOTIATION, PACK, REPORT, asset_list, families_with_list, file_numbers
from templates.gates import GateResult, Verdict
from templates.library import Clause, DocumentDefinition
from templates.negotiation import sheet_html, sheet_json
from templates.registration_pack import pack_json
from templates.report import JSON_TYPE, report_html, report_json
from templates.texts import WordTemplate
from templates.views.securing import asset_rows
from templates.wording import DocumentLanguage, Language, Layout
from templates.writing import docx, html, xlsx
from templates.writing.side_by_side import side_by_side

MANIFEST: Final = "manifest.json"
PDF_TYPE: Final = "application/pdf"


class Format(StrEnum):
    """A file format. Documents are DOCX, HTML and PDF, reports HTML and JSON, lists of assets XLSX."""

    DOCX = "docx"
    HTML = "html"
    PDF = "pdf"
    JSON = "json"
    XLSX = "xlsx"


DRAFT_MARK: Final = "草案 DRAFT"
"""Across every page of a set while a gate warns and nobody has let it pass."""
DOCUMENT_FORMATS: Final = (Format.DOCX, Format.HTML)
"""The formats that need nothing but this package."""
Write = Callable[[Document, str], bytes]
Numbers = Mapping[str, int]
"""The number that a file's name begins with, by its kind."""


class Printer(Protocol):
    """Who makes PDFs: `templates.writing.pdf.PdfWriter`."""

    def write(self, document: Document, mark: str = "") -> bytes:
        """The document's bytes; ``mark`` stands across every page."""


@dataclass(frozen=True, slots=True)
class ContractFile:
    """One file of a set. ``kind`` names the document in the set; ``filename`` is ASCII and occurs once in the set."""

    kind: str
    number: str
    title: str
    language: DocumentLanguage
    format: Format
    filename: str
    media_type: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A document with the definition and the clauses it was made from.

    Where a bank's Word template takes the clauses' place, ``word`` names it, ``docx`` is the template filled, and
    ``lacking`` are the mandatory clauses that the case needs and the template does not have.
    """

    definition: DocumentDefinition
    clauses: tuple[Clause, ...]
    document: Document
    number: str
    word: WordTemplate | None = None
    docx: bytes | None = None
    lacking: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractSet:
    """All files of one decision's contracts.

    ``documents`` are ordered by document, language and format; ``attachments`` are the gate report, the hand-off for
    electronic signature and lists of assets. ``drafted`` holds the documents as blocks, one for each language also
    where the files show both side by side; ``gates`` the results of all gates. ``digest`` is the SHA-256 of the
    manifest and so names the set.
    """

    documents: tuple[ContractFile, ...]
    attachments: tuple[ContractFile, ...]
    drafted: tuple[Drafted, ...]
    gates: tuple[GateResult, ...]
    manifest: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class Output:
    """What is written: the documents in their layout, the formats, and who makes the PDFs."""

    layout: Layout = Layout.SEPARATE
    formats: frozenset[Format] = frozenset(DOCUMENT_FORMATS)
    printer: Printer | None = None

    def __post_init__(self) -> None:
        odd = self.formats & {Format.JSON, Format.XLSX}
        if odd:
            raise ValueError(f"Documents have no format {', '.join(sorted(odd))}; choose docx, html or pdf.")
        if Format.PDF in self.formats and self.printer is None:
            raise ValueError("PDFs need fonts: give draft() a templates.writing.pdf.PdfWriter as pdf.")


def in_layout(drafted: tuple[Drafted, ...], layout: Layout, prevailing: Language) -> tuple[Drafted, ...]:
    """The documents as they are written: as they are, or the two languages of each as one.

    What a bank's Word template words stays a document of its own: its paragraphs answer to none of the other language.
    """
    if layout is Layout.SEPARATE:
        return drafted
    by_kind: dict[str, dict[DocumentLanguage, Drafted]] = {}
    for one in drafted:
        by_kind.setdefault(one.document.kind, {})[one.document.language] = one
    return tuple(one for pair in by_kind.values() for one in _joined(pair, prevailing))


def _joined(pair: Mapping[DocumentLanguage, Drafted], prevailing: Language) -> Iterator[Drafted]:
    if set(pair) != set(Language):
        raise ValueError("Side by side needs both languages; choose zh and en, or the separate layout.")
    if any(one.word is not None for one in pair.values()):
        yield from pair.values()
        return
    zh, en = pair[Language.ZH], pair[Language.EN]
    document = side_by_side(zh.document, en.document, prevailing)
    yield Drafted(zh.definition, (*zh.clauses, *en.clauses), document, zh.number)


def numbers_of(record: ContractRecord, drafted: Iterable[Drafted]) -> Numbers:
    """The numbers that the files of the set begin with, by kind."""
    return file_numbers(record, ((one.definition.order, one.document.kind) for one in drafted))


def write_documents(
    drafted: Iterable[Drafted], output: Output, gates: tuple[GateResult, ...], numbers: Numbers
) -> list[ContractFile]:
    """Every document in every format; open warnings leave the draft mark on."""
    mark = DRAFT_MARK if any(result.verdict is Verdict.FAILED for result in gates) else ""
    writers: dict[Format, tuple[Write, str]] = {
        Format.DOCX: (docx.write_docx, docx.MEDIA_TYPE),
        Format.HTML: (html.write_html, html.MEDIA_TYPE),
    }
    if output.printer is not None:
        writers[Format.PDF] = (output.printer.write, PDF_TYPE)
    return [
        _written(one, form, numbers, media_type, _filled(one, form, mark) or write(one.document, mark))
        for one in drafted
        for form, (write, media_type) in writers.items()
        if form in output.formats
    ]


def _filled(drafted: Drafted, form: Format, mark: str) -> bytes | None:
    """The bank's own Word file, where that is wanted and there is one; it has no place for the draft mark."""
    return drafted.docx if form is Format.DOCX and not mark else None


def reports(record: ContractRecord, gates: tuple[GateResult, ...], numbers: Numbers) -> tuple[ContractFile, ...]:
    """The gate report as a page and as data."""
    number = record.particulars.loan.number
    report = (
        (Format.HTML, html.MEDIA_TYPE, report_html(number, gates)),
        (Format.JSON, JSON_TYPE, report_json(number, gates, record)),
    )
    return tuple(
        attachment(REPORT, numbers, number, "合规审查报告", form, media_type, content)
        for form, media_type, content in report
    )


def negotiation_sheet(
    record: ContractRecord, drafted: tuple[Drafted, ...], numbers: Numbers
) -> tuple[ContractFile, ...]:
    """Every negotiable clause with its positions, for the bank's own use, as a page and as data."""
    number = record.particulars.loan.number
    clauses = [clause for one in drafted for clause in one.clauses]
    sheet = (
        (Format.HTML, html.MEDIA_TYPE, sheet_html(record, clauses)),
        (Format.JSON, JSON_TYPE, sheet_json(record, clauses)),
    )
    return tuple(
        attachment(NEGOTIATION, numbers, number, "谈判底线表", form, media_type, content)
        for form, media_type, content in sheet
    )


def registration_pack(
    record: ContractRecord, files: tuple[ContractFile, ...], numbers: Numbers
) -> tuple[ContractFile, ...]:
    """Which file answers each paper that the registers ask for; nothing where nothing is pledged."""
    if not record.families:
        return ()
    number, content = record.particulars.loan.number, pack_json(record, files)
    return (attachment(PACK, numbers, number, "质押登记材料清单", Format.JSON, JSON_TYPE, content),)


def asset_lists(record: ContractRecord, numbers: Numbers) -> tuple[ContractFile, ...]:
    """A spreadsheet per register in which more assets are pledged than its form has room for."""
    return tuple(
        attachment(
            asset_list(family),
            numbers,
            record.pledge_number(family),
            "质押财产清单",
            Format.XLSX,
            xlsx.MEDIA_TYPE,
            xlsx.write_xlsx(asset_rows(record, family)),
        )
        for family in families_with_list(record)
    )


def attachment(
    kind: str, numbers: Numbers, number: str, title: str, form: Format, media_type: str, content: bytes
) -> ContractFile:
    """A Chinese file that is no document drawn from clauses."""
    return ContractFile(
        kind=kind,
        number=number,
        title=title,
        language=Language.ZH,
        format=form,
        filename=f"{numbers[kind]:02d}-{kind}.{Language.ZH.value}.{form.value}",
        media_type=media_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _written(drafted: Drafted, form: Format, numbers: Numbers, media_type: str, content: bytes) -> ContractFile:
    document = drafted.document
    return ContractFile(
        kind=document.kind,
        number=drafted.number,
        title=title_of(drafted),
        language=document.language,
        format=form,
        filename=f"{numbers[document.kind]:02d}-{document.kind}.{document.language.value}.{form.value}",
        media_type=media_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def title_of(drafted: Drafted) -> str:
    """The title as lists show it."""
    titles, language = drafted.definition.title, drafted.document.language
    return titles[language] if isinstance(language, Language) else " ".join(titles[one] for one in Language)
