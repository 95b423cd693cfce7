"""A DOCX that came back from negotiation, held against the set it belongs to: wording, marks, comments and figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import Final

from products.explaining.answer import Decision
from templates.capital import CAPITAL_AMOUNT
from templates.case.particulars import Particulars
from templates.contract_set import DRAFT_MARK, Drafted
from templates.figures import Stray
from templates.gates import GateResult
from templates.library import FrontMatter
from templates.redline.checked import failed_on_returned, stray_in_returned
from templates.redline.returned import Comment, Returned, TrackedChange, compare_with_returned, read_returned
from templates.redline.units import Deviation, Kind, Redline, deviations, units_of
from templates.word import looks_of
from templates.writing.docx import write_docx

_LEAST_SHARED: Final = 0.3
"""Share of a document's paragraphs that a file must have to be taken for it."""
_FIGURE: Final = re.compile(rf"{CAPITAL_AMOUNT.pattern}|[0-9][0-9,.]*[0-9]%?|[0-9]%?")
_NUMBER: Final = re.compile(r"[0-9]+")
_KEPT: Final = (Kind.KEPT, Kind.DELETED)
_NEW: Final = (Kind.KEPT, Kind.INSERTED)


class NoSuchDocument(ValueError):
    """A file that is none of the set's documents, by its content or by the name given."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One paragraph or row that was changed, inserted or deleted, under its heading.

    ``clause`` is the clause of that heading, empty where there is none; its positions are what may be answered.
    The figures are those that went and came: one that took another's place may be known to the decision and wrong here.
    """

    heading: str
    clause: str
    kind: Kind
    before: str
    after: str
    figures_before: tuple[str, ...]
    figures_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReturnedReport:
    """What the other side did to a document.

    ``figures`` are those that neither decision nor particulars know, ``margins`` what stands in headers, footers and
    notes and was not drawn there; ``gates`` are the gates on the text that the file does not pass.
    """

    drafted: Drafted
    differences: tuple[Difference, ...]
    changes: tuple[TrackedChange, ...]
    comments: tuple[Comment, ...]
    figures: tuple[Stray, ...]
    margins: tuple[str, ...]
    gates: tuple[GateResult, ...]

    @property
    def unchanged(self) -> bool:
        """Whether the file says what was drafted, without marks and comments."""
        return not (self.differences or self.changes or self.comments or self.figures or self.margins)

    @property
    def touched(self) -> tuple[FrontMatter, ...]:
        """The negotiable clauses that were changed."""
        names = {each.clause for each in self.differences}
        return tuple(one.front for one in self.drafted.clauses if one.front.id in names and one.front.positions)


def returned_report(
    content: bytes,
    drafted: Iterable[Drafted],
    decision: Decision,
    application: Mapping[str, object],
    particulars: Particulars,
    *,
    named: tuple[str, str] | None = None,
) -> ReturnedReport:
    """The report on a returned file; ``named`` is the kind and language of its document, found by its text if None.

    RefusedDocx if the file is not safe to read, NoSuchDocument if it is no document of the set.
    """
    returned = read_returned(content)
    whole = tuple(drafted)
    one = _found(returned, whole, named)
    clauses = {clause.front.title: clause.front.id for clause in one.clauses}
    found = compare_with_returned(one.document, returned)
    return ReturnedReport(
        one,
        tuple(_difference(each, clauses) for each in _under_headings(found, clauses)),
        returned.changes,
        returned.comments,
        stray_in_returned(returned, whole, decision, application, particulars),
        tuple(_margins(returned, one)),
        failed_on_returned(returned, one, whole, decision, application, particulars, looks_of(content, one.clauses)),
    )


def redline_returned(
    content: bytes, drafted: Iterable[Drafted], *, named: tuple[str, str] | None = None
) -> tuple[Drafted, Redline, tuple[Deviation, ...]]:
    """The document that a returned file is, what became of it, and that clause by clause.

    ``named`` and errors as in `returned_report`.
    """
    returned = read_returned(content)
    one = _found(returned, tuple(drafted), named)
    found = compare_with_returned(one.document, returned)
    return one, found, tuple(_under_headings(found, {clause.front.title: clause.front.id for clause in one.clauses}))


def _margins(returned: Returned, one: Drafted) -> Iterator[str]:
    """Paragraphs of headers, footers and notes that the drawn file does not have; page numbers may differ."""
    files = [write_docx(one.document), write_docx(one.document, DRAFT_MARK), *([] if one.docx is None else [one.docx])]
    known = {(part, _pages(part, text)) for file in files for part, text in read_returned(file).margins}
    yield from (f"{part}: {text}" for part, text in returned.margins if (part, _pages(part, text)) not in known)


def _pages(part: str, text: str) -> str:
    return _NUMBER.sub("#", text) if part == "footer" else text


def _under_headings(found: Redline, clauses: Mapping[str, str]) -> Iterator[Deviation]:
    """What was altered, each under its heading; side by side a heading is a row that begins with a clause's title."""
    listed = {id(each.change): each for each in deviations(found)}
    heading = ""
    for change in found.changes:
        if change.unit.is_row and change.unit.cells[0] in clauses:
            heading = change.unit.cells[0]
        if id(change) in listed:
            yield replace(listed[id(change)], heading=listed[id(change)].heading or heading)


def _difference(found: Deviation, clauses: Mapping[str, str]) -> Difference:
    change = found.change
    before, after = change.text(*_KEPT), change.text(*_NEW)
    went, came = Counter(_FIGURE.findall(before)), Counter(_FIGURE.findall(after))
    return Difference(
        heading=found.heading,
        clause=clauses.get(found.heading, ""),
        kind=change.kind,
        before=before,
        after=after,
        figures_before=tuple((went - came).elements()),
        figures_after=tuple((came - went).elements()),
    )


def _found(returned: Returned, drafted: tuple[Drafted, ...], named: tuple[str, str] | None) -> Drafted:
    if named is not None:
        kind = [one for one in drafted if one.document.kind == named[0]]
        for one in kind:
            if one.document.language.value == named[1] or len(kind) == 1:
                return one
        raise NoSuchDocument(f"The set has no document {'.'.join(named)}. It has {_names(drafted)}.")
    lines = {unit.cells for unit in (*returned.rejected, *returned.accepted)}
    best, share = max(((one, _share(one, lines)) for one in drafted), key=lambda scored: scored[1])
    if share < _LEAST_SHARED:
        raise NoSuchDocument(
            f"The file is like none of the set's documents; nearest is {unescape(best.document.title)}. "
            f"Send one of {_names(drafted)}, or name the one it is."
        )
    return best


def _share(one: Drafted, lines: set[tuple[str, ...]]) -> float:
    units = units_of(one.document)
    return sum(unit.cells in lines for unit in units) / len(units)


def _names(drafted: Iterable[Drafted]) -> str:
    return ", ".join(f"{one.document.kind}.{one.document.language.value}" for one in drafted)
