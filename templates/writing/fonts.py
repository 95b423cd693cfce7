"""What a font file is called and which characters it has: the name and cmap tables of the OpenType specification."""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from
from typing import Final

_UNICODE: Final = ((0, 3), (0, 4), (0, 6), (3, 1), (3, 10))
"""Platform and encoding of subtables that map Unicode."""
_FAMILY: Final = (16, 1)
"""Kinds of name: the typographic family, the family."""
_ENGLISH: Final = 0x409


class NoFont(ValueError):
    """A file that is no OpenType font."""


class MissingGlyphs(ValueError):
    """A document with characters that no font has."""


def characters_of(font: bytes) -> frozenset[int]:
    """The code points for which the font, or the first font of a collection, has a glyph; NoFont if it is none."""
    cmap = _table(font, _start(font), b"cmap")
    found: set[int] = set()
    for offset in set(_subtables(font, cmap)):
        (form,) = unpack_from(">H", font, offset)
        if form == 12:
            found.update(_groups(font, offset))
        elif form == 4:
            found.update(_segments(font, offset))
    return frozenset(found)


def family_of(font: bytes) -> str:
    """The family name of the font, or of the first font of a collection; NoFont if it has none."""
    names = _table(font, _start(font), b"name")
    count, texts = unpack_from(">HH", font, names + 2)
    found: dict[int, str] = {}
    for record in range(count):
        platform, _, language, kind, length, offset = unpack_from(">6H", font, names + 6 + 12 * record)
        if (platform, language) == (3, _ENGLISH) and kind in _FAMILY:
            found[kind] = font[names + texts + offset : names + texts + offset + length].decode("utf-16-be")
    family = next((found[kind] for kind in _FAMILY if kind in found), None)
    if family is None:
        raise NoFont("The font does not name its family in English; use another font.")
    return family


def _start(font: bytes) -> int:
    """Where the table directory of the first font begins."""
    if font[:4] == b"ttcf":
        return int(unpack_from(">I", font, 12)[0])
    if font[:4] in (b"\x00\x01\x00\x00", b"OTTO", b"true"):
        return 0
    raise NoFont("The file is no OpenType font; give a .ttf, .otf or .ttc file.")


def _table(font: bytes, start: int, name: bytes) -> int:
    (count,) = unpack_from(">H", font, start + 4)
    for record in range(count):
        tag, _, offset, _ = unpack_from(">4sIII", font, start + 12 + 16 * record)
        if tag == name:
            return int(offset)
    raise NoFont(f"The font has no {name.decode()} table; it cannot be used for text.")


def _subtables(font: bytes, cmap: int) -> Iterator[int]:
    (count,) = unpack_from(">H", font, cmap + 2)
    for record in range(count):
        platform, encoding, offset = unpack_from(">HHI", font, cmap + 4 + 8 * record)
        if (platform, encoding) in _UNICODE:
            yield cmap + offset


def _groups(font: bytes, offset: int) -> Iterator[int]:
    """Format 12: ranges of code points with consecutive glyphs."""
    (count,) = unpack_from(">I", font, offset + 12)
    for group in range(count):
        first, last, glyph = unpack_from(">III", font, offset + 16 + 12 * group)
        yield from range(first + (glyph == 0), last + 1)


def _segments(font: bytes, offset: int) -> Iterator[int]:
    """Format 4: segments of the basic plane, by difference or through an array of glyphs."""
    (twice,) = unpack_from(">H", font, offset + 6)
    ends, starts = offset + 14, offset + 16 + twice
    deltas, ranges = starts + twice, starts + 2 * twice
    for at in range(0, twice, 2):
        (last,), (first,) = unpack_from(">H", font, ends + at), unpack_from(">H", font, starts + at)
        (delta,), (jump,) = unpack_from(">H", font, deltas + at), unpack_from(">H", font, ranges + at)
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code if jump == 0 else unpack_from(">H", font, ranges + at + jump + 2 * (code - first))[0]
            if glyph if jump else (glyph + delta) % 65536:
                yield code
