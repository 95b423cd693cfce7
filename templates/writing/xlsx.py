"""One sheet of texts as XLSX, byte for byte the same every time; for lists that registers take as spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import escape

from templates.writing.stored_zip import package

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
_SHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FIXED: Final = {
    "[Content_Types].xml": f"""{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" \
ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" \
ContentType="{_TYPES}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" \
ContentType="{_TYPES}.worksheet+xml"/></Types>""",
    "_rels/.rels": f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" \
Type="{_OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""{_HEAD}<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}/relationships"><sheets>\
<sheet name="清单" sheetId="1" r:id="rId1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" \
Type="{_OFFICE}/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""",
}


def write_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """The workbook's bytes; every cell is text, so numbers of patents keep their dots and zeros."""
    cells = "".join(
        f'<row r="{number}">{"".join(_cell(column, number, text) for column, text in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    sheet = f'{_HEAD}<worksheet xmlns="{_SHEET}"><sheetData>{cells}</sheetData></worksheet>'
    parts = {name: text.encode() for name, text in _FIXED.items()}
    return package(parts | {"xl/worksheets/sheet1.xml": sheet.encode()})


def _cell(column: int, row: int, text: str) -> str:
    return f'<c r="{chr(65 + column)}{row}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
