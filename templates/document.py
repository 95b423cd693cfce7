"""A finished document as blocks: what the writers of DOCX, HTML and plain text take.

Every text in a block is already escaped for XML (markupsafe), so a writer puts it down as it is. Numbers of articles
and paragraphs are not part of the text: ``label`` holds them for writers that number themselves, Word numbers by
style.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import unescape

from markupsafe import escape

from templates.wording import Language


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
    """One paragraph with its number, if any, and the bookmark that cross-references use."""

    style: Style
    runs: tuple[Run, ...]
    label: str = ""
    bookmark: str | None = None


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


Block = Paragraph | Table | Pairs | Signatures


@dataclass(frozen=True, slots=True)
class Document:
    """One document in one language."""

    kind: str
    language: Language
    title: str
    number: str
    number_label: str
    blocks: tuple[Block, ...]

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
        case Table(columns=columns, rows=rows):
            yield "\t".join(column.title for column in columns)
            yield from map("\t".join, rows)
        case Pairs(rows=pairs):
            yield from map("\t".join, pairs)
        case Signatures(blocks=blocks):
            for signing in blocks:
                yield signing.anchor
                yield from signing.lines


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
