"""Blocks of a finished document as WordprocessingML.

Numbers of articles and paragraphs are Word's own (numbering by style) and cross-references are REF fields with the
number as their cached result. Where two languages stand side by side, each column is numbered by styles of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from templates.document import (
    Align,
    Aligned,
    Block,
    Pairs,
    Paragraph,
    Run,
    Signatures,
    Style,
    Table,
    escaped,
    kept_with_next,
    style_of,
)

TEXT_WIDTH: Final = 9026
"""Twips between the margins of an A4 page."""
_BORDERS: Final = "<w:tblBorders>{}</w:tblBorders>".format(
    "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
)
_STYLES: Final = {
    Style.ARTICLE: "Article",
    Style.CLAUSE: "Clause",
    Style.ITEM: "Item",
    Style.BODY: "Body",
    Style.ANNEX: "Annex",
    Style.SECTION: "Section",
    Style.NOTE: "Note",
    Style.LINE: "Line",
}
_JUSTIFY: Final = {Align.START: "left", Align.CENTER: "center", Align.END: "right"}
_ENGLISH: Final = "En"
"""What the names of the English column's styles end in."""
_BREAK: Final = '</w:t><w:br/><w:t xml:space="preserve">'
_HALVES: Final = (TEXT_WIDTH // 2 - 100, TEXT_WIDTH // 2 + 100)
"""Widths of the two columns; English takes a little more room."""
_NEW_PAGE: Final = '<w:p><w:pPr><w:pStyle w:val="Gap"/><w:pageBreakBefore/></w:pPr></w:p>'


_Marks = Mapping[str, int]
"""The number of each bookmark."""


def blocks_xml(blocks: Sequence[Block]) -> str:
    """The blocks as the content of a body; neighbouring blocks in two languages form one table."""
    kept = kept_with_next(blocks)
    marks = {name: number for number, name in enumerate(_bookmarks(blocks))}
    pieces: list[str] = []
    for side_by_side, group in groupby(enumerate(blocks), key=lambda entry: isinstance(entry[1], Aligned)):
        if side_by_side:
            pieces.extend(_aligned(list(group), marks, kept))
        else:
            pieces.extend(_block(block, marks, keep=position in kept) for position, block in group)
    return "".join(pieces)


def _bookmarks(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        for paragraph in (block.zh, block.en) if isinstance(block, Aligned) else (block,):
            if isinstance(paragraph, Paragraph) and paragraph.bookmark:
                yield paragraph.bookmark


def _aligned(entries: Sequence[tuple[int, Block]], marks: _Marks, kept: frozenset[int]) -> Iterator[str]:
    """Rows of two cells; an annex begins a new table on a new page, and so do rows that stay with what follows them."""
    last = max((i for i, (position, _) in enumerate(entries, 1) if position not in kept), default=0)
    parts = [list(part) for part in (entries[:last], entries[last:]) if part]
    for part in parts:
        rows: list[str] = []
        for position, block in part:
            if style_of(block) is Style.ANNEX:
                yield _grid(list(_HALVES), "", "".join(rows)) if rows else ""
                yield _NEW_PAGE
                rows = []
            rows.append(_row(block, marks, keep=position in kept))
        yield _grid(list(_HALVES), "", "".join(rows), keep=part[-1][0] in kept)


def _row(block: Block, marks: _Marks, *, keep: bool) -> str:
    if not isinstance(block, Aligned):
        raise TypeError(f"A row of two languages cannot hold a {type(block).__name__}.")
    keep_next = "<w:keepNext/>" if keep else ""
    cells = (
        styled(_STYLES[side.style] + suffix, _marked(side, marks), keep_next)
        for side, suffix in ((block.zh, ""), (block.en, _ENGLISH))
    )
    return f"<w:tr>{''.join(_cell(width, text) for width, text in zip(_HALVES, cells, strict=True))}</w:tr>"


def _block(block: Block, marks: _Marks, *, keep: bool) -> str:
    match block:
        case Paragraph():
            return styled(_STYLES[block.style], _marked(block, marks), "<w:keepNext/>" if keep else "")
        case Aligned():
            raise TypeError("Two languages side by side are rows of a table, not a block of their own.")
        case Table():
            return _table(block, keep=keep)
        case Pairs():
            return _pairs(block)
        case Signatures():
            return _signatures(block)


_DIRECT: Final = {
    '<w:pPr><w:pStyle w:val="TableHead"/></w:pPr><w:r>': (
        '<w:pPr><w:keepNext/><w:spacing w:before="20" w:after="20"/><w:jc w:val="center"/></w:pPr>'
        "<w:r><w:rPr><w:b/></w:rPr>"
    ),
    '<w:pStyle w:val="TableText"/>': '<w:spacing w:before="20" w:after="20"/>',
    '<w:pStyle w:val="Signature"/>': '<w:keepNext/><w:keepLines/><w:spacing w:before="140" w:after="100"/>',
    '<w:pStyle w:val="Gap"/>': '<w:spacing w:before="0" w:after="0" w:line="100" w:lineRule="exact"/>',
    '<w:rStyle w:val="StandardTerm"/>': "<w:b/>",
    '<w:tblStyle w:val="Grid"/>': "",
}
"""What stands in a file without the styles of this project in place of each of them."""
_SMALL: Final = '<w:sz w:val="18"/><w:szCs w:val="18"/>'


def block_xml(block: Table | Pairs | Signatures) -> str:
    """A block of a context, whose texts are not yet escaped, as WordprocessingML without the styles of this project.

    Its letters are those of the file it is put into, in a table of the size in which amounts fit.
    """
    written = _block(escaped(block), {}, keep=False)
    for style, formatting in _DIRECT.items():
        written = written.replace(style, formatting)
    if isinstance(block, Signatures):
        return written
    small = written.replace("<w:r><w:t ", f"<w:r><w:rPr>{_SMALL}</w:rPr><w:t ").replace("<w:b/>", f"<w:b/>{_SMALL}")
    if isinstance(block, Pairs):
        return small
    centred = '<w:jc w:val="center"/>'
    return small.replace(f"{centred}<w:tblLayout", f"{centred}{_BORDERS}<w:tblLayout")


def _marked(paragraph: Paragraph, marks: _Marks) -> str:
    """The paragraph's text inside its bookmark."""
    text = "".join(map(run_xml, paragraph.runs))
    if not paragraph.bookmark:
        return text
    mark = marks[paragraph.bookmark]
    return f'<w:bookmarkStart w:id="{mark}" w:name="{paragraph.bookmark}"/>{text}<w:bookmarkEnd w:id="{mark}"/>'


def styled(style: str, text: str, properties: str = "") -> str:
    """A paragraph of a style."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{text}</w:p>'


def run_xml(run: Run) -> str:
    """A stretch of text; its line breaks become Word's."""
    properties = '<w:rPr><w:rStyle w:val="StandardTerm"/></w:rPr>' if run.strong else ""
    if run.target is not None:
        return field(f"REF {run.target} \\n \\h", run.text, properties)
    text = run.text.replace("\n", _BREAK)
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def field(instruction: str, result: str, properties: str = "") -> str:
    """A field with its cached result."""
    return (
        f'<w:r>{properties}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{properties}<w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r>{properties}<w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r>{properties}<w:t xml:space="preserve">{result}</w:t></w:r>'
        f'<w:r>{properties}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def _cell(width: int, content: str, properties: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}</w:tcPr>{content}</w:tc>'


def _grid(widths: list[int], style: str, rows: str, *, keep: bool = False) -> str:
    """A table followed by the paragraph that Word wants between tables; it takes hardly any room."""
    next_page = "<w:keepNext/>" if keep else ""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr>{style}<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>'
        f'<w:p><w:pPr><w:pStyle w:val="Gap"/>{next_page}</w:pPr></w:p>'
    )


def _table(table: Table, *, keep: bool) -> str:
    """The table; the last row of one that is kept stays with what follows."""
    widths = [TEXT_WIDTH * column.width // 1000 for column in table.columns]
    middle = '<w:vAlign w:val="center"/>'
    head = "".join(
        _cell(width, styled("TableHead", run_xml(Run(column.title))), middle)
        for width, column in zip(widths, table.columns, strict=True)
    )
    rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"]
    for position, row in enumerate(table.rows, 1):
        keep_next = "<w:keepNext/>" if keep and position == len(table.rows) else ""
        cells = "".join(
            _cell(
                width,
                styled("TableText", run_xml(Run(text)), f'{keep_next}<w:jc w:val="{_JUSTIFY[column.align]}"/>'),
                middle,
            )
            for width, column, text in zip(widths, table.columns, row, strict=True)
        )
        rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
    return _grid(widths, '<w:tblStyle w:val="Grid"/>', "".join(rows), keep=keep)


def _pairs(pairs: Pairs) -> str:
    widths = [TEXT_WIDTH * 27 // 100, TEXT_WIDTH * 73 // 100]
    rows = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(
            _cell(width, styled("TableText", run_xml(Run(text)))) for width, text in zip(widths, row, strict=True)
        )
        + "</w:tr>"
        for row in pairs.rows
    )
    return _grid(widths, "", rows)


def _signatures(signatures: Signatures) -> str:
    widths = [TEXT_WIDTH // len(signatures.blocks)] * len(signatures.blocks)
    cells = []
    for width, block in zip(widths, signatures.blocks, strict=True):
        lines = [styled("Signature", run_xml(Run(block.anchor, strong=True)))]
        lines.extend(styled("Signature", run_xml(Run(line))) for line in block.lines)
        cells.append(_cell(width, "".join(lines)))
    rows = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"
    return _grid(widths, "", rows)
