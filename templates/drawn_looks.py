"""What gates ask of the look of a document that kedai writes itself.

Emphasis and the hold on signing blocks are read from the blocks, which the writers of DOCX, PDF and HTML all take;
marks are read from the parts of the DOCX, where alone they could stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from html import unescape
from typing import Final

from templates.document import Aligned, Document, Paragraph, Signatures, Style, Table, closing
from templates.word_file.emphasis import PlainTerm
from templates.word_file.findings import Findings
from templates.word_file.marks import marks_of_drawn
from templates.word_file.passages import excerpt
from templates.word_file.signing import TORN, LoosePlace
from templates.writing.docx import docx_parts

_HEADINGS: Final = (Style.ARTICLE, Style.ANNEX)


def drawn_findings(document: Document, standard: Set[str]) -> Findings:
    """The findings in a document of blocks; ``standard`` are the clauses that must catch the eye."""
    marks = marks_of_drawn(docx_parts(document))
    return Findings(marks, tuple(_plain(document, standard)), tuple(_loose(document)))


def _plain(document: Document, standard: Set[str]) -> Iterator[PlainTerm]:
    heading, seen = "", set[str]()
    for paragraph in _paragraphs(document):
        if paragraph.style in _HEADINGS:
            heading = f"{paragraph.label} {_text(paragraph)}"
        elif paragraph.clause in standard - seen:
            words = next((run.text for run in paragraph.runs if not run.strong and any(map(str.isalnum, run.text))), "")
            if words:
                seen.add(paragraph.clause)
                yield PlainTerm(paragraph.clause, heading, excerpt(unescape(words)))


def _paragraphs(document: Document) -> Iterator[Paragraph]:
    for block in document.blocks:
        match block:
            case Paragraph():
                yield block
            case Aligned(zh=chinese, en=english):
                yield from (chinese, english)


def _loose(document: Document) -> Iterator[LoosePlace]:
    """Signing blocks outside what the writers keep on one page, or with nothing of the text before them on it."""
    held = closing(document.blocks)
    for position, block in enumerate(document.blocks):
        if isinstance(block, Signatures) and block.blocks:
            before = document.blocks[held.start : position] if position in held else ()
            if not any(isinstance(one, Paragraph | Aligned | Table) for one in before):
                yield LoosePlace(unescape(block.blocks[0].anchor), TORN)


def _text(paragraph: Paragraph) -> str:
    return unescape("".join(run.text for run in paragraph.runs))
