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
_MARKS: Final = {Kind.KEPT: "{}", Kind.INSERTED: "<ins>{}</ins>", Kind.DELETED: "<del>{}</del>"}
_CSS: Final = (
    "ins { background: #e3f4e3; text-decoration: underline; } del { background: #fbe3e3; color: #8a1f1f; }\n"
    "p.inserted, p.deleted, p.changed { border-left: 3px solid #b58900; padding-left: .6em; text-indent: 0; }\n"
)


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
        "".join(_MARKS[piece.kind].format(escape(piece.text)) for piece in cell) for cell in change.cells
    )
    return f'<p class="{change.kind.value}">{cells}</p>'


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
    style = f'<w:pStyle w:val="{change.unit.style}"/>'
    return f"<w:p><w:pPr>{style}{mark}</w:pPr>{_runs(change.cells[0], change.unit.strong, numbers)}</w:p>"


def _runs(pieces: tuple[Piece, ...], strong: bool, numbers: Iterator[int]) -> str:
    properties = '<w:rPr><w:rStyle w:val="StandardTerm"/></w:rPr>' if strong else ""
    written = []
    for piece in pieces:
        tag = "delText" if piece.kind is Kind.DELETED else "t"
        run = f'<w:r>{properties}<w:{tag} xml:space="preserve">{escape(piece.text)}</w:{tag}></w:r>'
        if piece.kind is Kind.INSERTED:
            run = f"<w:ins {_attributes(numbers)}>{run}</w:ins>"
        elif piece.kind is Kind.DELETED:
            run = f"<w:del {_attributes(numbers)}>{run}</w:del>"
        written.append(run)
    return "".join(written)


def _table(rows: list[Change], numbers: Iterator[int]) -> str:
    columns = len(rows[0].cells)
    width = _TEXT_WIDTH // columns
    grid = f'<w:gridCol w:w="{width}"/>' * columns
    body = "".join(_row(change, width, numbers) for change in rows)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="{width * columns}" w:type="dxa"/></w:tblPr>'
        f'<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl><w:p><w:pPr><w:pStyle w:val="Gap"/></w:pPr></w:p>'
    )


def _row(change: Change, width: int, numbers: Iterator[int]) -> str:
    whole = {Kind.INSERTED: "ins", Kind.DELETED: "del"}.get(change.kind)
    properties = f"<w:trPr><w:{whole} {_attributes(numbers)}/></w:trPr>" if whole else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TableText"/></w:pPr>'
        f"{_runs(cell, change.unit.strong, numbers)}</w:p></w:tc>"
        for cell in change.cells
    )
    return f"<w:tr>{properties}{cells}</w:tr>"
