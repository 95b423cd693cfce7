"""A finished document as blocks: what the writers of DOCX, HTML and plain text take.

Every text in a block is already escaped for XML (markupsafe), so a writer puts it down as it is. Numbers of articles
and paragraphs are not part of the text: ``label`` holds them for writers that number themselves, Word numbers by
style. A line break inside a text separates its languages and stands only in documents with two of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from itertools import pairwise
from typing import Final

from markupsafe import escape

from templates.wording import DocumentLanguage

_NEAR: Final = 4
"""Blocks before the signatures among which a heading is looked for."""


class Style(StrEnum):
    """The paragraph styles; the first three are numbered."""

    ARTICLE = "article"
    CLAUSE = "clause"
    ITEM = "item"
    BODY = "body"
    ANNEX = "annex"
    SECTION = "section"
    NOTE = "note"
    LINE = "line"


class Align(StrEnum):
    """How the cells of a column are aligned."""

    START = "start"
    CENTER = "center"
    END = "end"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text; ``target`` is the bookmark a cross-reference points to."""

    text: str
    strong: bool = False
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph with its number, if any, the bookmark that cross-references use, and the clause it is of."""

    style: Style
    runs: tuple[Run, ...]
    label: str = ""
    bookmark: str | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``width`` is its share of the table in thousandths."""

    title: str
    width: int
    align: Align


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has one cell per column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and values side by side, as in the list of the parties' details."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SigningBlock:
    """One party's place to sign; ``lines`` are the captions, ``anchor`` a text that occurs once in the document."""

    anchor: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """The signing blocks of all parties, kept together on one page."""

    blocks: tuple[SigningBlock, ...]


@dataclass(frozen=True, slots=True)
class Aligned:
    """One paragraph in both languages, side by side."""

    zh: Paragraph
    en: Paragraph


Block = Paragraph | Aligned | Table | Pairs | Signatures


@dataclass(frozen=True, slots=True)
class Document:
    """One document in one language, or in both."""

    kind: str
    language: DocumentLanguage
    title: str
    number: str
    number_label: str
    blocks: tuple[Block, ...]

    @property
    def heading(self) -> str:
        """The title on one line."""
        return self.title.replace("\n", " ")

    def lines(self) -> Iterator[str]:
        """The text a reader sees, line by line, numbers and cells included."""
        yield unescape(self.title)
        yield unescape(f"{self.number_label}{self.number}")
        for block in self.blocks:
            yield from map(unescape, _lines(block))


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(runs=runs, label=label):
            yield label + "".join(run.text for run in runs)
        case Aligned(zh=chinese, en=english):
            yield from _lines(chinese)
            yield from _lines(english)
        case Table(columns=columns, rows=rows):
            yield "\t".join(column.title for column in columns)
            yield from map("\t".join, rows)
        case Pairs(rows=pairs):
            yield from map("\t".join, pairs)
        case Signatures(blocks=blocks):
            for signing in blocks:
                yield signing.anchor
                yield from signing.lines


def style_of(block: Block) -> Style | None:
    """The style of a paragraph, alone or in both languages; None for other blocks."""
    match block:
        case Paragraph(style=style) | Aligned(zh=Paragraph(style=style)):
            return style
    return None


def closing(blocks: Sequence[Block]) -> range:
    """The signatures with what stays on their page: back to the last heading if that is near, else two blocks.

    Empty, at the end, where nobody signs.
    """
    signing = next((i for i, block in enumerate(blocks) if isinstance(block, Signatures)), None)
    if signing is None:
        return range(len(blocks), len(blocks))
    near = range(max(0, signing - _NEAR), signing)
    headings = [i for i in near if style_of(blocks[i]) in (Style.ARTICLE, Style.SECTION)]
    return range(headings[-1] if headings else max(0, signing - 2), signing + 1)


def kept_with_next(blocks: Sequence[Block]) -> frozenset[int]:
    """The blocks that stay on the page of the block after them.

    A paragraph stays with the table or the first item it announces; what comes before the signatures stays with them,
    so that no signature stands alone on a page.
    """
    kept = {i for i, (one, after) in enumerate(pairwise(blocks)) if _announces(one, after)}
    return frozenset(kept | set(closing(blocks)[:-1]))


def _announces(one: Block, after: Block) -> bool:
    if isinstance(after, Table | Pairs):
        return not isinstance(one, Table)
    return style_of(after) is Style.ITEM and style_of(one) not in (None, Style.ITEM)


def escaped(block: Table | Pairs | Signatures) -> Table | Pairs | Signatures:
    """The block with its texts escaped for XML."""
    match block:
        case Table(columns=columns, rows=rows):
            return Table(columns, tuple(tuple(map(_escape, row)) for row in rows))
        case Pairs(rows=pairs):
            return Pairs(tuple((_escape(name), _escape(value)) for name, value in pairs))
        case Signatures(blocks=blocks):
            return Signatures(
                tuple(SigningBlock(_escape(one.anchor), tuple(map(_escape, one.lines))) for one in blocks)
            )


def _escape(text: str) -> str:
    return str(escape(text))
