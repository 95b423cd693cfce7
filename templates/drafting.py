"""Draft the contracts of one decision: the gates first, then every document that applies, in every language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from products.applicant.reading import application_from
from products.explaining.answer import Decision
from templates.assembly import assemble, chosen
from templates.contract_set import DOCUMENT_FORMATS, ContractSet, Drafted, Format, contract_set
from templates.figures import read_back
from templates.gates import Gap, GateResult, blocking, run_gates, run_text_gates
from templates.library import library
from templates.particulars import Particulars
from templates.record import ContractRecord, contract_record
from templates.views import drawings
from templates.wording import Language


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
) -> ContractSet:
    """The contract set of an approved decision; the same arguments give the same bytes.

    ``application`` is the JSON form of the application that was decided. DraftRefused if a statute's required fact is
    missing or another blocking gate fails; products.InvalidApplication if the application is malformed.
    """
    record = contract_record(decision, application_from(application), particulars)
    before = run_gates(record)
    _refuse_if_blocked(before)
    drafted = tuple(one for language in Language if language in set(languages) for one in _drafted(record, language))
    ordered = sorted(drafted, key=lambda one: one.definition.order)
    results = _in_order(before + run_text_gates(read_back(record, ((one.document, one.clauses) for one in ordered))))
    _refuse_if_blocked(results)
    return contract_set(record, tuple(ordered), results, frozenset(formats))


def _refuse_if_blocked(results: tuple[GateResult, ...]) -> None:
    gaps = blocking(results)
    if gaps:
        raise DraftRefused(gaps, results)


def _in_order(results: tuple[GateResult, ...]) -> tuple[GateResult, ...]:
    return tuple(sorted(results, key=lambda result: result.gate.number))


def _drafted(record: ContractRecord, language: Language) -> Iterator[Drafted]:
    facts, clauses = record.facts(), library()
    for drawing in drawings(record, language):
        kept = chosen(drawing.definition, language, facts, clauses)
        document = assemble(drawing, kept, language)
        yield Drafted(drawing.definition, kept, document, drawing.number)
