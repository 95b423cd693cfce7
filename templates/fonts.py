"""Which characters a font file has: the cmap tables of OpenType fonts and collections (OpenType specification)."""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from
from typing import Final

_UNICODE: Final = ((0, 3), (0, 4), (0, 6), (3, 1), (3, 10))
"""Platform and encoding of subtables that map Unicode."""


class NoFont(ValueError):
    """A file that is no OpenType font."""


class MissingGlyphs(ValueError):
    """A document with characters that no font has."""


def characters_of(font: bytes) -> frozenset[int]:
    """The code points for which the font, or the first font of a collection, has a glyph; NoFont if it is none."""
    if font[:4] == b"ttcf":
        (start,) = unpack_from(">I", font, 12)
    elif font[:4] in (b"\x00\x01\x00\x00", b"OTTO", b"true"):
        start = 0
    else:
        raise NoFont("The file is no OpenType font; give a .ttf, .otf or .ttc file.")
    cmap = _table(font, start, b"cmap")
    found: set[int] = set()
    for offset in set(_subtables(font, cmap)):
        (form,) = unpack_from(">H", font, offset)
        if form == 12:
            found.update(_groups(font, offset))
        elif form == 4:
            found.update(_segments(font, offset))
    return frozenset(found)


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
