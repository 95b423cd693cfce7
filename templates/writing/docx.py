"""A finished document as DOCX: WordprocessingML written straight from the blocks, byte for byte the same every time.

Styles, numbering and the other fixed parts are files in ``parts/``. Numbers of articles and paragraphs are Word's own
(numbering by style) and cross-references are REF fields with the number as their cached result. Parts are stored in
the order of their names, uncompressed and dated 1980, so the bytes depend on nothing but the document.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from templates.document import Document, Run
from templates.wording import Bilingual, DocumentLanguage, Language
from templates.writing.docx_blocks import blocks_xml, field, run_xml, styled
from templates.writing.stored_zip import package

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPACES: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
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
    return package(docx_parts(document, mark))


def docx_parts(document: Document, mark: str = "") -> dict[str, bytes]:
    """The parts of the document's file by name."""
    language = document.language.value
    return {
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
        "word/theme.xml": part("theme.xml"),
    }


def _core(document: Document) -> str:
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{document.heading}</dc:title><dc:identifier>{document.number}</dc:identifier>"
        f"<dc:language>{document.language.value[:2]}</dc:language></cp:coreProperties>"
    )


def _header(document: Document, mark: str) -> str:
    text = (
        run_xml(Run(document.heading)) + "<w:r><w:tab/></w:r>" + run_xml(Run(document.number_label + document.number))
    )
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


_PAGES: Final = {
    Language.ZH: ("第", "页 共", "页"),
    Language.EN: ("Page ", " of ", ""),
    Bilingual.ZH_EN: ("", " / ", ""),
}
"""The words around the number of the page and of all pages."""


def _footer(language: DocumentLanguage) -> str:
    before, between, after = (run_xml(Run(words)) for words in _PAGES[language])
    text = f"{before}{field('PAGE', '1')}{between}{field('NUMPAGES', '1')}{after}"
    return f'{_HEAD}<w:ftr {_SPACES}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{text}</w:p></w:ftr>'


def _body(document: Document) -> str:
    head = styled("Title", run_xml(Run(document.title))) + styled(
        "Subtitle", run_xml(Run(document.number_label + document.number))
    )
    return f"{PROLOGUE}{head}{blocks_xml(document.blocks)}{_SECTION}</w:body></w:document>"
