"""One sheet of texts as XLSX, byte for byte the same every time; for lists that registers take as spreadsheets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from xlsxwriter import Workbook

from templates.writing.stored_zip import package

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEET: Final = "清单"
_MADE: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - the library writes it as UTC
_TEXT: Final = 0x31
"""The built-in number format of texts."""
_AS_TEXT: Final = {"num_format": _TEXT, "font_name": "宋体", "text_wrap": True, "valign": "top", "border": 1}
_WIDEST: Final = 48


def write_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """The workbook's bytes, titles first; every cell is text and formatted as such.

    So numbers of patents keep their dots and zeros, also when a cell is edited, and nothing is read as a formula.
    """
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": _MADE})
        title, text = workbook.add_format(_AS_TEXT | {"bold": True}), workbook.add_format(_AS_TEXT)
        sheet = workbook.add_worksheet(_SHEET)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, text if number else title)
        for column, cells in enumerate(zip(*rows, strict=True)):
            sheet.set_column(column, column, min(max(map(_width, cells)) + 2, _WIDEST))
        sheet.freeze_panes(1, 0)
    with zipfile.ZipFile(made) as packed:
        return package({name: packed.read(name) for name in packed.namelist()})


def _width(text: str) -> int:
    """Columns that a text takes: two for a character outside ASCII."""
    return sum(1 if character.isascii() else 2 for character in text)
