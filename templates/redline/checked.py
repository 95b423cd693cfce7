"""The figures of a document that came back, found again and compared with the decision it was drawn from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from products.applicant.reading import application_from
from products.explaining.answer import Decision
from templates.case.particulars import Particulars
from templates.case.record import contract_record
from templates.contract_set import Drafted
from templates.figures import Stray, known_figures, stray_figures
from templates.finished import Finished, FinishedText, signers
from templates.gates import GateResult, Verdict, run_text_gates
from templates.redline.returned import Returned
from templates.word_file.findings import Findings

_REFERENCE: Final = re.compile(r"Article [0-9]+|Clause [0-9]+\.[0-9]+|Annex [0-9]+")


def stray_in_returned(
    returned: Returned,
    drafted: Iterable[Drafted],
    decision: Decision,
    application: Mapping[str, object],
    particulars: Particulars,
) -> tuple[Stray, ...]:
    """Every figure of the returned file, all changes accepted, that neither decision nor particulars know.

    Headers, footers, notes, drawings and comments are read as the text is.

    ``drafted`` is the set it belongs to, whose clauses may state parameters of the product.
    """
    record = contract_record(decision, application_from(application), particulars)
    known = known_figures(record, (clause for one in drafted for clause in one.clauses))
    return stray_figures(_lines(returned), known)


def failed_on_returned(
    returned: Returned,
    one: Drafted,
    drafted: Iterable[Drafted],
    decision: Decision,
    application: Mapping[str, object],
    particulars: Particulars,
    looks: Findings,
) -> tuple[GateResult, ...]:
    """The gates on the text that a returned file does not pass, all changes accepted; figures are listed apart.

    ``looks`` is what the look of the file shows.
    """
    record = contract_record(decision, application_from(application), particulars)
    known = known_figures(record, (clause for each in drafted for clause in each.clauses))
    fronts = {clause.front.id: clause.front for clause in one.clauses}
    text = FinishedText(
        one.document.kind,
        one.document.language,
        tuple(_lines(returned)),
        tuple(fronts.values()),
        tuple(signers(one.document)),
        in_word=one.word is not None,
        looks=looks,
    )
    results = run_text_gates(Finished(record, known, (text,)))
    return tuple(each for each in results if each.verdict is Verdict.FAILED and each.gate.id != "figures-found")


def _lines(returned: Returned) -> Iterator[str]:
    """The text without cross-references and without the numbers of table rows."""
    for unit in returned.accepted:
        numbered = unit.is_row and unit.cells[0].isdigit()
        yield from (_REFERENCE.sub(" ", cell) for cell in (unit.cells[1:] if numbered else unit.cells))
    yield from (_REFERENCE.sub(" ", text) for kind, text in returned.margins if kind != "picture")
    yield from (comment.text for comment in returned.comments)
