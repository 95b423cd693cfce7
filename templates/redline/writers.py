"""Redlines as a page and as a DOCX with tracked changes, which is read back before it is given out.

The changes carry an author and no date, so the same redline gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, groupby
from typing import Final

from markupsafe import escape

from templates.redline.returned import read_returned
from templates.redline.units import Change, Kind, Piece, Redline
from templates.writing.docx import PLAIN_SECTION, PROLOGUE, part
from templates.writing.html import stylesheet
from templates.writing.stored_zip import package

_AUTHOR: Final = "kedai"
_TEXT_WIDTH: Final = 9026
_BEFORE_SIGNING: Final = "Note"
"""The style of the line over the places to sign, which stays on their page."""
_LONG_CELL: Final = 30
_MARKS: Final = {Kind.KEPT: "{}", Kind.INSERTED: "<ins>{}</ins>", Kind.DELETED: "<del>{}</del>"}
_CSS: Final = """\
ins { background: #e3f4e3; text-decoration: underline; } del { background: #fbe3e3; color: #8a1f1f; }
p.inserted, p.deleted, p.changed { border-left: 3px solid #b58900; padding-left: .6em; text-indent: 0; }
p.title, p.article, p.section, p.annex { font-weight: bold; }
main { counter-reset: article annex; }
p.article:not(.deleted) { counter-increment: article; counter-reset: clause item; }
p.clause:not(.deleted) { counter-increment: clause; counter-reset: item; }
p.item:not(.deleted) { counter-increment: item; }
p.annex:not(.deleted) { counter-increment: annex; }
:lang(zh) p.article:not(.deleted)::before { content: "第" counter(article, simp-chinese-informal) "条 "; }
:lang(zh) p.clause:not(.deleted)::before { content: "（" counter(clause, simp-chinese-informal) "） "; }
:lang(zh) p.item:not(.deleted)::before { content: counter(item) ". "; }
:lang(zh) p.annex:not(.deleted)::before { content: "附件" counter(annex, simp-chinese-informal) " "; }
:lang(en) p.article:not(.deleted)::before { content: "Article " counter(article) " "; }
:lang(en) p.clause:not(.deleted)::before { content: counter(article) "." counter(clause) " "; }
:lang(en) p.item:not(.deleted)::before { content: "(" counter(item, lower-alpha) ") "; }
:lang(en) p.annex:not(.deleted)::before { content: "Annex " counter(annex) " "; }
"""


class RedlineRefused(ValueError):
    """A redline that, accepted or rejected, would not give the texts it was made from."""


def redline_html(found: Redline) -> bytes:
    """The redline as one page."""
    body = "\n".join(_html(change) for change in found.changes)
    page = (
        f'<!doctype html>\n<html lang="{found.language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(found.title)}</title>\n<style>\n{stylesheet()}{_CSS}</style>\n</head>\n<body>\n<main>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )
    return page.encode()


def _html(change: Change) -> str:
    cells = (" | " if change.unit.is_row else "").join(
        "".join(_MARKS[piece.kind].format(_broken(escape(piece.text), "<br>")) for piece in cell)
        for cell in change.cells
    )
    return f'<p class="{change.unit.style.lower()} {change.kind.value}">{cells}</p>'


def _broken(text: str, line_break: str) -> str:
    """An escaped text with breaks where its lines end."""
    return line_break.join(str(text).split("\n"))


def redline_docx(found: Redline) -> bytes:
    """The redline as DOCX; RedlineRefused unless accepting gives the new text and rejecting the old one."""
    content = _written(found)
    read = read_returned(content)
    for name, expected, got in (("accept", found.after, read.accepted), ("reject", found.before, read.rejected)):
        if expected != tuple("\t".join(unit.cells) for unit in got):
            raise RedlineRefused(
                f"To {name} all changes of the redline of {found.title} would not give the text it was made from; "
                "compare the two texts side by side instead."
            )
    return content


def _written(found: Redline) -> bytes:
    numbers = count(1)
    pieces: list[str] = []
    for is_row, group in groupby(found.changes, key=lambda change: change.unit.is_row):
        changes = list(group)
        if not is_row:
            pieces.extend(_paragraph(change, numbers) for change in changes)
            continue
        for _, rows in groupby(changes, key=lambda change: len(change.cells)):
            pieces.append(_table(list(rows), numbers))
    language = found.language
    parts = {
        "[Content_Types].xml": part("redline_content_types.xml"),
        "_rels/.rels": part("redline_package_rels.xml"),
        "word/_rels/document.xml.rels": part("redline_document_rels.xml"),
        "word/document.xml": f"{PROLOGUE}{''.join(pieces)}{PLAIN_SECTION}</w:body></w:document>".encode(),
        "word/fontTable.xml": part("font_table.xml"),
        "word/numbering.xml": part(f"numbering_{language}.xml"),
        "word/settings.xml": part("settings.xml"),
        "word/styles.xml": part(f"styles_{language}.xml"),
        "word/theme.xml": part("theme.xml"),
    }
    return package(parts)


def _attributes(numbers: Iterator[int]) -> str:
    return f'w:id="{next(numbers)}" w:author="{_AUTHOR}"'


def _paragraph(change: Change, numbers: Iterator[int]) -> str:
    whole = {Kind.INSERTED: "ins", Kind.DELETED: "del"}.get(change.kind)
    mark = f"<w:rPr><w:{whole} {_attributes(numbers)}/></w:rPr>" if whole else ""
    keep = "<w:keepNext/>" if change.unit.style == _BEFORE_SIGNING else ""
    style = f'<w:pStyle w:val="{change.unit.style}"/>{keep}'
    return f"<w:p><w:pPr>{style}{mark}</w:pPr>{_runs(change.cells[0], change.unit.strong, numbers)}</w:p>"


def _runs(pieces: tuple[Piece, ...], strong: bool, numbers: Iterator[int]) -> str:
    properties = '<w:rPr><w:rStyle w:val="StandardTerm"/></w:rPr>' if strong else ""
    written = []
    for piece in pieces:
        tag = "delText" if piece.kind is Kind.DELETED else "t"
        line = f'</w:{tag}><w:br/><w:{tag} xml:space="preserve">'
        text = _broken(escape(piece.text), line)
        run = f'<w:r>{properties}<w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'
        if piece.kind is Kind.INSERTED:
            run = f"<w:ins {_attributes(numbers)}>{run}</w:ins>"
        elif piece.kind is Kind.DELETED:
            run = f"<w:del {_attributes(numbers)}>{run}</w:del>"
        written.append(run)
    return "".join(written)


def _table(rows: list[Change], numbers: Iterator[int]) -> str:
    widths = _widths(rows)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(_row(change, widths, numbers) for change in rows)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/></w:tblPr>'
        f'<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl><w:p><w:pPr><w:pStyle w:val="Gap"/></w:pPr></w:p>'
    )


def _widths(rows: list[Change]) -> list[int]:
    """The width of each column by its longest cell; a column of few words has room for them in one line."""
    lengths = [
        min(max(sum(len(piece.text) for piece in cell) for cell in column) + 2, _LONG_CELL)
        for column in zip(*(change.cells for change in rows), strict=True)
    ]
    return [_TEXT_WIDTH * length // sum(lengths) for length in lengths]


def _row(change: Change, widths: list[int], numbers: Iterator[int]) -> str:
    whole = {Kind.INSERTED: "ins", Kind.DELETED: "del"}.get(change.kind)
    mark = f"<w:{whole} {_attributes(numbers)}/>" if whole else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TableText"/></w:pPr>'
        f"{_runs(cell, change.unit.strong, numbers)}</w:p></w:tc>"
        for width, cell in zip(widths, change.cells, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{mark}</w:trPr>{cells}</w:tr>"
