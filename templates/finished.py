"""Finished documents as gates read them: line by line, with their clauses and whoever signs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from types import MappingProxyType
from typing import Final

from templates.case.record import ContractRecord
from templates.document import Aligned, Block, Document, Pairs, Paragraph, Signatures, Style, Table
from templates.drawn_looks import drawn_findings
from templates.figures import KnownFigures, known_figures
from templates.library import Clause, Form, FrontMatter
from templates.word_file.findings import Findings
from templates.wording import DocumentLanguage

_HEADINGS: Final = (Style.ARTICLE, Style.ANNEX, Style.SECTION)


@dataclass(frozen=True, slots=True)
class FinishedText:
    """A document as read back: its lines without numbers of articles and rows and without cross-references.

    ``under`` has the numbered heading above each line, as far as there is one; ``signers`` are the names at its signing
    blocks; ``in_word`` tells that a bank's Word template words it; ``looks`` is what the look of its file shows.
    """

    kind: str
    language: DocumentLanguage
    lines: tuple[str, ...]
    clauses: tuple[FrontMatter, ...]
    signers: tuple[str, ...] = ()
    in_word: bool = False
    looks: Findings = field(default_factory=Findings)
    under: tuple[str, ...] = ()

    def lacks(self, *clauses: str) -> tuple[str, ...]:
        """Those of the clauses that the document does not contain."""
        drawn = {front.id for front in self.clauses}
        return tuple(clause for clause in clauses if clause not in drawn)

    @property
    def is_contract(self) -> bool:
        """Whether the document is a contract, not a paper beside the contracts."""
        return any(front.form is Form.ARTICLE for front in self.clauses)

    @property
    def name(self) -> str:
        """How gaps name the document."""
        return f"{self.kind}.{self.language.value}"


@dataclass(frozen=True, slots=True)
class Finished:
    """The finished texts of a set with the record they were drawn from and the figures they may contain."""

    record: ContractRecord
    known: KnownFigures
    texts: tuple[FinishedText, ...]


@dataclass(frozen=True, slots=True)
class WordFile:
    """A bank's Word template filled: the lines outside its body (headers, footers, notes) and its look."""

    around: tuple[str, ...]
    looks: Findings


def read_back(
    record: ContractRecord,
    drawn: Iterable[tuple[Document, Iterable[Clause]]],
    word: Mapping[tuple[str, DocumentLanguage], WordFile] = MappingProxyType({}),
) -> Finished:
    """Documents and the clauses they were made from, as the gates on the text take them.

    ``word`` has the file of each document that a bank's Word template words.
    """
    every = [(document, tuple(clauses)) for document, clauses in drawn]
    written = [clause for _, clauses in every for clause in clauses]
    texts = tuple(
        _finished(document, clauses, word.get((document.kind, document.language))) for document, clauses in every
    )
    return Finished(record, known_figures(record, written), texts)


def _finished(document: Document, clauses: tuple[Clause, ...], word: WordFile | None) -> FinishedText:
    fronts = tuple(clause.front for clause in clauses)
    lines = [(unescape(line), unescape(heading)) for line, heading in placed_lines(document)]
    return FinishedText(
        document.kind,
        document.language,
        (*(line for line, _ in lines), *(() if word is None else word.around)),
        fronts,
        tuple(signers(document)),
        in_word=word is not None,
        looks=drawn_findings(document, standard_terms(fronts)) if word is None else word.looks,
        under=tuple(heading for _, heading in lines),
    )


def standard_terms(fronts: Iterable[FrontMatter]) -> frozenset[str]:
    """The clauses that must catch the eye."""
    return frozenset(front.id for front in fronts if front.standard_term)


def signers(document: Document) -> Iterator[str]:
    """The names at the document's signing blocks."""
    for block in document.blocks:
        if isinstance(block, Signatures):
            yield from (unescape(one.lines[0]) for one in block.blocks)


def text_lines(document: Document) -> Iterator[str]:
    """The document's text without numbers of articles and rows and without cross-references."""
    return (line for line, _ in placed_lines(document))


def placed_lines(document: Document) -> Iterator[tuple[str, str]]:
    """The lines of `text_lines`, each with the heading it stands under and its number."""
    heading = ""
    for block in document.blocks:
        if isinstance(block, Paragraph) and block.style in _HEADINGS:
            heading = f"{block.label} {_unreferenced(block)}".strip()
        yield from ((line, heading) for line in _lines(block))


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield _unreferenced(block)
        case Aligned(zh=chinese, en=english):
            yield from (_unreferenced(chinese), _unreferenced(english))
        case Table(rows=rows):
            yield from _unnumbered(rows)
        case Pairs(rows=pairs):
            yield from (value for _, value in pairs)
        case Signatures(blocks=blocks):
            yield from (line for signing in blocks for line in signing.lines)


def _unnumbered(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The cells of rows that are numbered from 1 on, after headings if there are any, without those numbers."""
    number = 1
    for row in rows:
        numbered = row[0] == str(number)
        number += numbered
        yield from row[1:] if numbered else row


def _unreferenced(paragraph: Paragraph) -> str:
    return "".join(run.text for run in paragraph.runs if run.target is None)
