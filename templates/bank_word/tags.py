"""Names in the paragraphs of a Word file: found although Word split their tags over runs, and replaced.

Needs nothing but the standard library, so that `templates.bank_word.filling_worker` starts quickly and holds little.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Final

from templates.foreign_docx import read_parts
from templates.writing.stored_zip import package

TAG: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_STORIES: Final = re.compile(r"word/(?:document|header[0-9]*|footer[0-9]*|footnotes|endnotes)\.xml")
_PARAGRAPH: Final = re.compile(r"<w:p(?: [^>]*)?>(?:(?!<w:p[ >]).)*?</w:p>", re.DOTALL)
_TEXT: Final = re.compile(r"(<w:t(?: [^>]*)?>)([^<]*)(</w:t>)")


def filled(content: bytes, texts: Mapping[str, str], blocks: Mapping[str, str]) -> bytes:
    """The file with its tags replaced; a paragraph that is the tag of a block becomes that block's XML.

    KeyError for a tag that neither mapping has.
    """
    parts = read_parts(content)
    for part in filter(_STORIES.fullmatch, list(parts)):
        story = parts[part].decode()
        parts[part] = _PARAGRAPH.sub(lambda found: _paragraph(found[0], texts, blocks), story).encode()
    return package(parts)


def _joined(paragraph: str) -> str:
    return "".join(unescape(text) for _, text, _ in _TEXT.findall(paragraph))


def _paragraph(paragraph: str, texts: Mapping[str, str], blocks: Mapping[str, str]) -> str:
    text = _joined(paragraph)
    tags = TAG.findall(text)
    if not tags:
        return paragraph
    return blocks[tags[0]] if tags[0] in blocks else _replaced(paragraph, text, texts)


def _replaced(paragraph: str, text: str, values: Mapping[str, str]) -> str:
    """Each tag's value goes into the run in which the tag began; the other runs lose their share of it."""
    owners: list[int] = []
    for number, (_, piece, _) in enumerate(_TEXT.findall(paragraph)):
        owners.extend([number] * len(unescape(piece)))
    pieces: dict[int, list[str]] = {}
    position = 0
    for found in TAG.finditer(text):
        for at in range(position, found.start()):
            pieces.setdefault(owners[at], []).append(text[at])
        pieces.setdefault(owners[found.start()], []).append(values[found[1]])
        position = found.end()
    for at in range(position, len(text)):
        pieces.setdefault(owners[at], []).append(text[at])
    numbers = iter(range(len(owners) + 1))
    return _TEXT.sub(lambda _: _run_text("".join(pieces.get(next(numbers), []))), paragraph)


def _run_text(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(text)}</w:t>'
