"""Draft the contracts of one decision: the gates first, then every document that applies, in every language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from products.applicant.reading import application_from
from products.explaining.answer import Decision
from templates.assembly import assemble, chosen
from templates.case.attachments import Attached
from templates.case.particulars import Particulars
from templates.case.record import ContractRecord, contract_record
from templates.contract_set import (
    DOCUMENT_FORMATS,
    ContractSet,
    Drafted,
    Format,
    Output,
    Printer,
    asset_lists,
    in_layout,
    negotiation_sheet,
    numbers_of,
    registration_pack,
    reports,
    write_documents,
)
from templates.finished import WordFile, read_back
from templates.gates import Gap, GateResult, blocking, run_gates, run_text_gates
from templates.manifest import hand_off, manifest
from templates.product_words import product_names, product_words
from templates.redline.returned import outside_body
from templates.texts import Texts, shipped_texts
from templates.views import drawings
from templates.word import in_word, lacking_gaps, looks_of
from templates.wording import Language, Layout


class DraftRefused(ValueError):
    """No draft may go out. ``gaps`` lists everything that blocks, each with field, article and remedy."""

    def __init__(self, gaps: tuple[Gap, ...], results: tuple[GateResult, ...]) -> None:
        super().__init__("No contracts were drafted. " + " ".join(map(str, gaps)))
        self.gaps = gaps
        self.results = results


def draft(
    decision: Decision,
    application: Mapping[str, object],
    particulars: Particulars,
    *,
    languages: Iterable[Language] = tuple(Language),
    formats: Iterable[Format] = DOCUMENT_FORMATS,
    layout: Layout = Layout.SEPARATE,
    pdf: Printer | None = None,
    texts: Texts | None = None,
    attachments: Iterable[Attached] = (),
) -> ContractSet:
    """The contract set of an approved decision; the same arguments give the same bytes.

    ``application`` is the JSON form of the application that was decided; ``pdf`` makes the PDFs, if they are wanted.
    ``texts`` are the clauses and templates to draw from, those shipped if None, ``attachments`` the papers kept with
    the case. DraftRefused if a statute's required fact is missing or another blocking gate fails; ValueError for a
    layout or format that cannot be had; products.InvalidApplication if the application is malformed.
    """
    output = Output(layout, frozenset(formats), pdf)
    record = contract_record(decision, application_from(application), particulars, tuple(attachments))
    before = run_gates(record)
    _refuse_if_blocked(before)
    used, wanted = shipped_texts() if texts is None else texts, set(languages)
    drafted = tuple(one for language in Language if language in wanted for one in _drafted(record, language, used))
    _refuse(tuple(gap for one in drafted for gap in lacking_gaps(one)), before)
    ordered = sorted(drafted, key=lambda one: one.definition.order)
    files = {
        (one.document.kind, one.document.language): WordFile(
            tuple(outside_body(one.docx)), looks_of(one.docx, one.clauses)
        )
        for one in ordered
        if one.docx is not None
    }
    finished = read_back(record, ((one.document, one.clauses) for one in ordered), files)
    results = _in_order(before + run_text_gates(finished))
    _refuse_if_blocked(results)
    return _contract_set(record, tuple(ordered), results, output)


def _refuse_if_blocked(results: tuple[GateResult, ...]) -> None:
    _refuse(blocking(results), results)


def _refuse(gaps: tuple[Gap, ...], results: tuple[GateResult, ...]) -> None:
    if gaps:
        raise DraftRefused(gaps, results)


def _in_order(results: tuple[GateResult, ...]) -> tuple[GateResult, ...]:
    return tuple(sorted(results, key=lambda result: result.gate.number))


def _drafted(record: ContractRecord, language: Language, texts: Texts) -> Iterator[Drafted]:
    facts, agreed = record.facts(), {each.clause: each.position for each in record.particulars.positions}
    own = product_words(record.decision, product_names(texts.clauses.values()), language)
    for drawing in drawings(record, language, texts.documents):
        found = chosen(drawing.definition, language, facts, texts.clauses)
        kept = tuple(clause.at(agreed.get(clause.front.id, "")) for clause in found)
        document = assemble(drawing, kept, language, product=own)
        drawn = Drafted(drawing.definition, kept, document, drawing.number)
        template = texts.word.get((drawing.definition.id, language))
        yield drawn if template is None else in_word(drawn, template, drawing.context)


def _contract_set(
    record: ContractRecord, drafted: tuple[Drafted, ...], results: tuple[GateResult, ...], output: Output
) -> ContractSet:
    """Write every document and attachment, and the manifest over them."""
    laid_out = in_layout(drafted, output.layout, record.particulars.signing.prevailing)
    numbers = numbers_of(record, laid_out)
    documents = tuple(write_documents(laid_out, output, results, numbers))
    lists = asset_lists(record, numbers)
    attachments = (
        *lists,
        *registration_pack(record, (*documents, *lists), numbers),
        *reports(record, results, numbers),
        hand_off(record, laid_out, results, documents, numbers),
        *negotiation_sheet(record, drafted, numbers),
    )
    written = manifest(record, laid_out, results, documents, attachments)
    return ContractSet(documents, attachments, drafted, results, written, hashlib.sha256(written).hexdigest())
