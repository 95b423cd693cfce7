"""A finished document as PDF/A by the typst compiler.

A compiler is kept warm by its writer and remembers how it laid out a paragraph that comes again in another document.
One font is embedded, cut down to the characters that occur. Texts reach typst as strings of JSON, never as markup.
Characters that none of the fonts has are refused by name before anything is written, so no document goes out with
empty boxes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final

import pikepdf
import typst

from templates.document import (
    Aligned,
    Block,
    Document,
    Pairs,
    Paragraph,
    Run,
    Signatures,
    Table,
    closing,
    kept_with_next,
)
from templates.wording import Bilingual
from templates.writing.fonts import MissingGlyphs, characters_of, family_of

_PARTS: Final = Path(__file__).parent / "parts"
_OLDEST: Final = 315_532_800
"""1980-01-01 in seconds since 1970: the date of every PDF, as of every DOCX."""


_NOTO: Final = ("NotoSerifCJK", "NotoSansCJK")
_SERIF: Final = "NotoSerifCJK-Regular.ttc"
_SANS: Final = "NotoSansCJK-Regular.ttc"
_FAMILIES: Final = {_SERIF: "Noto Serif CJK SC", _SANS: "Noto Sans CJK SC"}


class FontsMissing(ValueError):
    """A folder without the fonts that PDFs are set in."""


@dataclass(frozen=True, slots=True)
class PdfWriter:
    """Writes PDFs with the given font families and files; the first family that has a character prints it.

    Two languages side by side are set smaller and take the families of ``narrow``, if there are any.
    """

    families: tuple[str, ...]
    font_files: tuple[Path, ...]
    narrow: tuple[str, ...] = ()
    compiler: Any = field(init=False, repr=False)
    one_at_a_time: Lock = field(init=False, repr=False, default_factory=Lock)

    @classmethod
    def with_noto(cls, folder: Path) -> PdfWriter:
        """The Noto CJK fonts in a folder: serif for one language, sans for two; each helps out with rare characters.

        Any other font in the folder helps out after them. FontsMissing names the files that are not there.
        """
        absent = [name for name in _FAMILIES if not (folder / name).is_file()]
        if absent:
            raise FontsMissing(
                f"PDFs need the fonts {' and '.join(absent)} in {folder}; install the package fonts-noto-cjk or name "
                "the folder that has them."
            )
        serif, sans = (_FAMILIES[name] for name in (_SERIF, _SANS))
        others = [path for path in sorted(folder.iterdir()) if _is_other_font(path)]
        more = tuple(dict.fromkeys(family_of(path.read_bytes()) for path in others))
        files = (*(folder / name for name in _FAMILIES), *others)
        return cls((serif, sans, *more), files, (sans, serif, *more))

    def __post_init__(self) -> None:
        folders = sorted({str(path.parent) for path in self.font_files})
        compiler = typst.Compiler(root=str(_PARTS), font_paths=folders, ignore_system_fonts=True)
        object.__setattr__(self, "compiler", compiler)

    def write(self, document: Document, mark: str = "") -> bytes:
        """The document's bytes, the same every time, with ``mark`` across every page.

        MissingGlyphs names every character without a glyph.
        """
        self._refuse_missing_glyphs(document, mark)
        two = document.language is Bilingual.ZH_EN
        families = self.narrow if two and self.narrow else self.families
        source = _source(_data(document, families, mark))
        with self.one_at_a_time:  # the compiler is not to be entered twice
            made: bytes = self.compiler.compile(
                input=source, format="pdf", pdf_standards=["a-2b"], timestamp=_OLDEST, pdf_tags=False
            )
        return _packed(made)

    def _refuse_missing_glyphs(self, document: Document, mark: str) -> None:
        known = _characters(self.font_files)
        text = set(mark).union(*document.lines())
        missing = sorted({character for character in text if ord(character) not in known and not character.isspace()})
        if missing:
            named = ", ".join(f"{character} (U+{ord(character):04X})" for character in missing)
            raise MissingGlyphs(
                f"{unescape(document.heading)} {unescape(document.number)} contains {named}, which no font has; "
                "put a font that has them into the folder of the fonts."
            )


def _packed(made: bytes) -> bytes:
    """The same PDF with its small objects compressed together; the same bytes give the same bytes."""
    packed = BytesIO()
    with pikepdf.open(BytesIO(made)) as pdf:
        pdf.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return packed.getvalue()


def _is_other_font(path: Path) -> bool:
    return path.suffix in (".ttf", ".otf", ".ttc") and not path.name.startswith(_NOTO)


@cache
def _characters(files: tuple[Path, ...]) -> frozenset[int]:
    """The characters that at least one of the fonts has."""
    return frozenset().union(*(characters_of(path.read_bytes()) for path in files))


def _source(data: dict[str, object]) -> bytes:
    """The typst source of one document: its data as a string, in which nothing but backslash and quote has a meaning.

    Not an input of the system: another input would make the compiler forget every layout.
    """
    text = json.dumps(data, ensure_ascii=False).replace("\\", r"\\").replace('"', r"\"")
    return f'#import "/contract.typ": contract\n#contract(json(bytes("{text}")))\n'.encode()


def _data(document: Document, families: Sequence[str], mark: str) -> dict[str, object]:
    """The document for the template; what stays with the signatures on one page is set apart."""
    together, kept = closing(document.blocks), kept_with_next(document.blocks)
    blocks = [_block(block, kept=position in kept) for position, block in enumerate(document.blocks)]
    return {
        "title": unescape(document.title),
        "heading": unescape(document.heading),
        "number": unescape(document.number_label + document.number),
        "language": document.language.value,
        "fonts": list(families),
        "mark": mark,
        "blocks": blocks[: together.start],
        "closing": blocks[together.start : together.stop],
        "annexes": blocks[together.stop :],
    }


def _block(block: Block, *, kept: bool) -> dict[str, object]:
    match block:
        case Paragraph():
            return {"type": "paragraph", "kept": kept} | _paragraph(block)
        case Aligned(zh=chinese, en=english):
            return {"type": "aligned", "zh": _paragraph(chinese), "en": _paragraph(english), "kept": kept}
        case Table(columns=columns, rows=rows):
            heads = [{"title": unescape(c.title), "width": c.width, "align": c.align.value} for c in columns]
            return {"type": "table", "columns": heads, "rows": [list(map(unescape, row)) for row in rows]}
        case Pairs(rows=pairs):
            return {"type": "pairs", "rows": [list(map(unescape, row)) for row in pairs]}
        case Signatures(blocks=blocks):
            signing = [{"anchor": unescape(b.anchor), "lines": list(map(unescape, b.lines))} for b in blocks]
            return {"type": "signatures", "blocks": signing}


def _paragraph(paragraph: Paragraph) -> dict[str, object]:
    return {"style": paragraph.style.value, "label": paragraph.label, "runs": list(_runs(paragraph.runs))}


def _runs(runs: tuple[Run, ...]) -> Iterator[dict[str, object]]:
    return ({"text": unescape(run.text), "strong": run.strong} for run in runs)
