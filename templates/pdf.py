"""A finished document as PDF/A by the typst compiler.

A compiler is kept warm by its writer. Texts reach typst as strings of JSON, never as markup. Characters that none of
the fonts has are refused by name before anything is written, so no document goes out with empty boxes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, Final

import typst

from templates.document import Block, Document, Pairs, Paragraph, Run, Signatures, Style, Table
from templates.fonts import characters_of

MEDIA_TYPE: Final = "application/pdf"
_TEMPLATE: Final = Path(__file__).parent / "parts" / "contract.typ"
_OLDEST: Final = 315_532_800
"""1980-01-01 in seconds since 1970: the date of every PDF, as of every DOCX."""
_NEAR: Final = 4


class MissingGlyphs(ValueError):
    """A document with characters that no font has."""


@dataclass(frozen=True, slots=True)
class PdfWriter:
    """Writes PDFs with the given fonts, by family name and file; the first family that has a character prints it."""

    families: tuple[str, ...]
    font_files: tuple[Path, ...]
    compiler: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        folders = sorted({str(path.parent) for path in self.font_files})
        compiler = typst.Compiler(str(_TEMPLATE), font_paths=folders, ignore_system_fonts=True)
        object.__setattr__(self, "compiler", compiler)

    def write(self, document: Document) -> bytes:
        """The document's bytes, the same every time; MissingGlyphs names every character without a glyph."""
        self._refuse_missing_glyphs(document)
        made: bytes = self.compiler.compile(
            format="pdf",
            sys_inputs={"document": json.dumps(_data(document, self.families), ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=_OLDEST,
            pdf_tags=False,
        )
        return made

    def _refuse_missing_glyphs(self, document: Document) -> None:
        known = frozenset().union(*(_characters(path) for path in self.font_files))
        text = "".join(document.lines())
        missing = sorted({character for character in text if ord(character) not in known and not character.isspace()})
        if missing:
            named = ", ".join(f"{character} (U+{ord(character):04X})" for character in missing)
            raise MissingGlyphs(
                f"{unescape(document.title)} {unescape(document.number)} contains {named}, which no font has; "
                "add a font with these characters to the writer."
            )


@cache
def _characters(path: Path) -> frozenset[int]:
    return characters_of(path.read_bytes())


def _data(document: Document, families: Sequence[str]) -> dict[str, object]:
    """The document for the template; what stays with the signatures on one page is set apart."""
    blocks = document.blocks
    signing = next((i for i, block in enumerate(blocks) if isinstance(block, Signatures)), len(blocks) - 1)
    start = _start_of_closing(blocks, signing)
    return {
        "title": unescape(document.title),
        "number": unescape(document.number_label + document.number),
        "language": document.language.value,
        "fonts": list(families),
        "blocks": [_block(block) for block in blocks[:start]],
        "closing": [_block(block) for block in blocks[start : signing + 1]],
        "annexes": [_block(block) for block in blocks[signing + 1 :]],
    }


def _start_of_closing(blocks: Sequence[Block], signing: int) -> int:
    near = range(max(0, signing - _NEAR), signing)
    headings = [
        i for i in near if isinstance(blocks[i], Paragraph) and _style(blocks[i]) in (Style.ARTICLE, Style.SECTION)
    ]
    return headings[-1] if headings else max(0, signing - 1)


def _style(block: Block) -> Style | None:
    return block.style if isinstance(block, Paragraph) else None


def _block(block: Block) -> dict[str, object]:
    match block:
        case Paragraph(style=style, runs=runs, label=label):
            return {"type": "paragraph", "style": style.value, "label": label, "runs": list(_runs(runs))}
        case Table(columns=columns, rows=rows):
            heads = [{"title": unescape(c.title), "width": c.width, "align": c.align.value} for c in columns]
            return {"type": "table", "columns": heads, "rows": [list(map(unescape, row)) for row in rows]}
        case Pairs(rows=pairs):
            return {"type": "pairs", "rows": [list(map(unescape, row)) for row in pairs]}
        case Signatures(blocks=blocks):
            signing = [{"anchor": unescape(b.anchor), "lines": list(map(unescape, b.lines))} for b in blocks]
            return {"type": "signatures", "blocks": signing}


def _runs(runs: tuple[Run, ...]) -> Iterator[dict[str, object]]:
    return ({"text": unescape(run.text), "strong": run.strong} for run in runs)
