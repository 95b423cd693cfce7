"""A finished document as DOCX: WordprocessingML written straight from the blocks, byte for byte the same every time.

Styles, numbering and the other fixed parts are files in ``parts/``. Numbers of articles and paragraphs are Word's own
(numbering by style) and cross-references are REF fields with the number as their cached result. Parts are stored in
the order of their names, uncompressed and dated 1980, so the bytes depend on nothing but the document.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from templates.document import Align, Block, Document, Pairs, Paragraph, Run, Signatures, Style, Table, escaped
from templates.wording import Language

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TEXT_WIDTH: Final = 9026
"""Twips between the margins of an A4 page."""
_NEAR: Final = 4
"""Blocks before the signatures among which a heading is looked for."""
_OLDEST: Final = (1980, 1, 1, 0, 0, 0)
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPACES: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
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
PROLOGUE: Final = f"{_HEAD}<w:document {_SPACES}><w:body>"
"""How word/document.xml begins."""
PLAIN_SECTION: Final = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1440" w:right="1440" w:bottom="1304" w:left="1440" w:header="794" w:footer="680" w:gutter="0"/>'
    "</w:sectPr>"
)
"""An A4 page without header and footer."""
_SECTION: Final = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId5"/><w:footerReference w:type="default" r:id="rId6"/>'
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1440" w:right="1440" w:bottom="1304" w:left="1440" w:header="794" w:footer="680" w:gutter="0"/>'
    "</w:sectPr>"
)


@cache
def part(name: str) -> bytes:
    """A fixed part."""
    return (Path(__file__).parent / "parts" / name).read_bytes()


def write_docx(document: Document, mark: str = "") -> bytes:
    """The document's bytes; ``mark`` stands across every page, for drafts."""
    language = document.language.value
    parts = {
        "[Content_Types].xml": part("content_types.xml"),
        "_rels/.rels": part("package_rels.xml"),
        "docProps/core.xml": _core(document).encode(),
        "word/_rels/document.xml.rels": part("document_rels.xml"),
        "word/document.xml": _body(document).encode(),
        "word/fontTable.xml": part("font_table.xml"),
        "word/footer1.xml": _footer(document.language).encode(),
        "word/header1.xml": _header(document, mark).encode(),
        "word/numbering.xml": part(f"numbering_{language}.xml"),
        "word/settings.xml": part("settings.xml"),
        "word/styles.xml": part(f"styles_{language}.xml"),
    }
    return package(parts)


def package(parts: dict[str, bytes]) -> bytes:
    """Parts as a ZIP archive that depends on nothing but their names and bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(parts):
            packed.writestr(zipfile.ZipInfo(name, _OLDEST), parts[name])
    return archive.getvalue()


def _core(document: Document) -> str:
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{document.title}</dc:title><dc:identifier>{document.number}</dc:identifier>"
        f"<dc:language>{document.language.value}</dc:language></cp:coreProperties>"
    )


def _header(document: Document, mark: str) -> str:
    text = _run(Run(document.title)) + "<w:r><w:tab/></w:r>" + _run(Run(document.number_label + document.number))
    return (
        f'{_HEAD}<w:hdr {_SPACES}><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>{text}{_watermark(mark)}</w:p></w:hdr>'
    )


def _watermark(mark: str) -> str:
    """Word's own kind of watermark: a text shape behind the page, held by the header."""
    if not mark:
        return ""
    return (
        '<w:r><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
        '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
        '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
        '<v:shape id="PowerPlusWaterMarkObject1" type="#_x0000_t136" style="position:absolute;width:400pt;height:90pt;'
        "rotation:315;z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        'mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#d0d0d0" stroked="f">'
        f'<v:fill opacity=".5"/><v:textpath style="font-family:&quot;宋体&quot;;font-size:1pt" string="{mark}"/>'
        "</v:shape></w:pict></w:r>"
    )


def _footer(language: Language) -> str:
    before, between, after = ("第", "页 共", "页") if language is Language.ZH else ("Page ", " of ", "")
    text = _run(Run(before)) + _field("PAGE", "1") + _run(Run(between)) + _field("NUMPAGES", "1") + _run(Run(after))
    return f'{_HEAD}<w:ftr {_SPACES}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{text}</w:p></w:ftr>'


def _body(document: Document) -> str:
    kept = _kept_with_next(document.blocks)
    marks = {name: i for i, name in enumerate(_bookmarks(document.blocks))}
    pieces = [
        _styled("Title", _run(Run(document.title))),
        _styled("Subtitle", _run(Run(document.number_label + document.number))),
    ]
    pieces.extend(_block(block, marks, keep=i in kept) for i, block in enumerate(document.blocks))
    return f"{PROLOGUE}{''.join(pieces)}{_SECTION}</w:body></w:document>"


def _kept_with_next(blocks: tuple[Block, ...]) -> frozenset[int]:
    """The blocks that stay on the page of the block after them.

    A paragraph stays with the table it announces. What comes before the signatures stays with them, back to the last
    heading if that is near, so that no signature stands alone on a page.
    """
    kept = {i for i, (one, after) in enumerate(pairwise(blocks)) if not isinstance(one, Table) and _is_table(after)}
    signing = next((i for i, block in enumerate(blocks) if isinstance(block, Signatures)), None)
    if signing is not None:
        near = range(max(0, signing - _NEAR), signing)
        headings = [i for i in near if _is_heading(blocks[i])]
        kept.update(range(headings[-1] if headings else max(0, signing - 2), signing))
    return frozenset(kept)


def _is_table(block: Block) -> bool:
    return isinstance(block, Table | Pairs)


def _is_heading(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.style in (Style.ARTICLE, Style.SECTION)


def _bookmarks(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph) and block.bookmark:
            yield block.bookmark


def _block(block: Block, marks: dict[str, int], *, keep: bool) -> str:
    match block:
        case Paragraph():
            return _paragraph(block, marks, keep=keep)
        case Table():
            return _table(block)
        case Pairs():
            return _pairs(block)
        case Signatures():
            return _signatures(block)


def block_xml(block: Table | Pairs | Signatures) -> str:
    """A block of a context, whose texts are not yet escaped, as WordprocessingML without the styles of this project."""
    written = _block(escaped(block), {}, keep=False)
    if not isinstance(block, Table):
        return written
    centred = '<w:jc w:val="center"/>'
    bordered = written.replace(f"{centred}<w:tblLayout", f"{centred}{_BORDERS}<w:tblLayout")
    return bordered.replace('<w:tblStyle w:val="Grid"/>', "")


def _paragraph(paragraph: Paragraph, marks: dict[str, int], *, keep: bool) -> str:
    text = "".join(map(_run, paragraph.runs))
    if paragraph.bookmark:
        mark = marks[paragraph.bookmark]
        text = f'<w:bookmarkStart w:id="{mark}" w:name="{paragraph.bookmark}"/>{text}<w:bookmarkEnd w:id="{mark}"/>'
    return _styled(_STYLES[paragraph.style], text, "<w:keepNext/>" if keep else "")


def _styled(style: str, text: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{text}</w:p>'


def _run(run: Run) -> str:
    properties = '<w:rPr><w:rStyle w:val="StandardTerm"/></w:rPr>' if run.strong else ""
    if run.target is not None:
        return _field(f"REF {run.target} \\n \\h", run.text, properties)
    return f'<w:r>{properties}<w:t xml:space="preserve">{run.text}</w:t></w:r>'


def _field(instruction: str, result: str, properties: str = "") -> str:
    return (
        f'<w:r>{properties}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{properties}<w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r>{properties}<w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r>{properties}<w:t xml:space="preserve">{result}</w:t></w:r>'
        f'<w:r>{properties}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def _cell(width: int, content: str, properties: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}</w:tcPr>{content}</w:tc>'


def _grid(widths: list[int], style: str, rows: str) -> str:
    """A table followed by the paragraph that Word wants between tables; it takes hardly any room."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr>{style}<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>'
        '<w:p><w:pPr><w:pStyle w:val="Gap"/></w:pPr></w:p>'
    )


def _table(table: Table) -> str:
    widths = [_TEXT_WIDTH * column.width // 1000 for column in table.columns]
    middle = '<w:vAlign w:val="center"/>'
    head = "".join(
        _cell(width, _styled("TableHead", _run(Run(column.title))), middle)
        for width, column in zip(widths, table.columns, strict=True)
    )
    rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"]
    for row in table.rows:
        cells = "".join(
            _cell(
                width,
                _styled("TableText", _run(Run(text)), f'<w:jc w:val="{_JUSTIFY[column.align]}"/>'),
                middle,
            )
            for width, column, text in zip(widths, table.columns, row, strict=True)
        )
        rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
    return _grid(widths, '<w:tblStyle w:val="Grid"/>', "".join(rows))


def _pairs(pairs: Pairs) -> str:
    widths = [_TEXT_WIDTH * 27 // 100, _TEXT_WIDTH * 73 // 100]
    rows = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(_cell(width, _styled("TableText", _run(Run(text)))) for width, text in zip(widths, row, strict=True))
        + "</w:tr>"
        for row in pairs.rows
    )
    return _grid(widths, "", rows)


def _signatures(signatures: Signatures) -> str:
    widths = [_TEXT_WIDTH // len(signatures.blocks)] * len(signatures.blocks)
    cells = []
    for width, block in zip(widths, signatures.blocks, strict=True):
        lines = [_styled("Signature", _run(Run(block.anchor, strong=True)))]
        lines.extend(_styled("Signature", _run(Run(line))) for line in block.lines)
        cells.append(_cell(width, "".join(lines)))
    rows = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"
    return _grid(widths, "", rows)
