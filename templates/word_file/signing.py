"""Where the parties sign in a Word file, and what may tear that place from the text before it.

A page ends where Word lets it, so the file is read for what Word goes by: page breaks, sections, and paragraphs
and rows that stay with the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET  # only for the type; parts are parsed in foreign_docx

from templates.word_file.looks import Looks, W
from templates.word_file.passages import Contents, excerpt, inside

_PLACE: Final = re.compile(
    r"[（(](?:公章|签字|签名|盖章|签章|法人章|印章)[^）)]{0,12}[）)]|(?:盖章|签字|签名|签章)(?:处|栏)?\s*[:：]|(?:盖章|签字|签名|签章)处"
    r"|\b(?:seal|sign) here\b|\b(?:signature|signed by|seal)\b.{0,30}[:：_]|\(seal\)|\{\{\s*signatures\s*\}\}",
    re.IGNORECASE,
)
"""A place to sign, as contracts mark it."""
_LONGEST: Final = 120
_AROUND: Final = frozenset(f"{W}{name}" for name in ("sdt", "sdtContent", "customXml"))
_NEXT_PAGE: Final = ("nextPage", "oddPage", "evenPage")


@dataclass(frozen=True, slots=True)
class LoosePlace:
    """A place to sign that may stand alone: the words at it, and why, in both languages."""

    words: str
    why: tuple[str, str]


_ALONE: Final = ("begins a page of its own, without a line of the contract before it", "另起一页，与合同正文分离")
TORN: Final = ("may be torn from the text before it by the end of a page", "可能因分页与前文分离")
_SPLIT: Final = ("may be torn in two by the end of a page", "可能因分页断开")


def loose_places(read: Contents) -> Iterator[LoosePlace]:
    """The places to sign in the body that nothing keeps with the text before them, or that a page may cut."""
    body = read.roots[0].find(f"{W}body")
    blocks = [] if body is None else list(_blocks(body))
    signing = [i for i, block in enumerate(blocks) if _signs(block)]
    for first, last in _groups(signing, blocks):
        why = _why(blocks, first, last, read.looks)
        if why is not None:
            yield LoosePlace(excerpt(_text(blocks[first])), why)


def _why(blocks: Sequence[ET.Element], first: int, last: int, looks: Looks) -> tuple[str, str] | None:
    before = next((i for i in range(first - 1, -1, -1) if _text(blocks[i]).strip()), None)
    if (
        before is None
        or any(_breaks_after(block) for block in blocks[before:first])
        or _breaks_before(blocks[before + 1 : first + 1], looks)
    ):
        return _ALONE
    if not all(_stays(block, looks) for block in blocks[before:first]):
        return TORN
    group = blocks[first : last + 1]
    whole = all(_is_whole(block, looks) for block in group) and all(_stays(block, looks) for block in group[:-1])
    return None if whole else _SPLIT


def _blocks(body: ET.Element) -> Iterator[ET.Element]:
    """The paragraphs and tables of a body in order."""
    for child in body:
        if child.tag in _AROUND:
            yield from _blocks(child)
        elif child.tag in (f"{W}p", f"{W}tbl"):
            yield child


def _groups(signing: Sequence[int], blocks: Sequence[ET.Element]) -> Iterator[tuple[int, int]]:
    """Places to sign that belong together: nothing between them but short lines that end in no full stop."""
    start = previous = None
    for position in signing:
        if start is None or previous is None:
            start = position
        elif not all(_is_short(block) for block in blocks[previous + 1 : position]):
            yield start, previous
            start = position
        previous = position
    if start is not None and previous is not None:
        yield start, previous


def is_place(text: str) -> bool:
    """Whether a line is a place to sign: it names one, is short, and is no sentence that speaks of one."""
    return _PLACE.search(text) is not None and _is_line(text)


def _is_line(text: str) -> bool:
    return len(text.strip()) <= _LONGEST and not text.strip().endswith(("。", "；", ".", ";"))


def _signs(block: ET.Element) -> bool:
    """Whether somebody signs in a block; the head of a list in which many sign over pages is no place to sign."""
    rows = [block] if block.tag == f"{W}p" else inside(block, f"{W}tr")
    lines = (one for row in rows if not _on(row.find(f"{W}trPr/{W}tblHeader")) for one in row.iter(f"{W}p"))
    return any(is_place(_text(one)) for one in lines)


def _is_short(block: ET.Element) -> bool:
    return block.tag == f"{W}p" and _is_line(_text(block))


def _stays(block: ET.Element, looks: Looks) -> bool:
    """Whether a block stays on the page of the next; a table does where its last row does."""
    return _held([block] if block.tag == f"{W}p" else list(inside(block, f"{W}tr"))[-1:], looks)


def _is_whole(block: ET.Element, looks: Looks) -> bool:
    """Whether no row of a table is cut at the end of a page, and no row leaves the next; paragraphs are whole."""
    rows = list(inside(block, f"{W}tr"))
    return all(_on(row.find(f"{W}trPr/{W}cantSplit")) for row in rows) and _held(rows[:-1], looks)


def _held(nodes: Sequence[ET.Element], looks: Looks) -> bool:
    return all(_on(looks.of_paragraph(one, "keepNext")) for node in nodes for one in node.iter(f"{W}p"))


def _breaks_after(block: ET.Element) -> bool:
    """Whether a page or a section ends behind the words of a block."""
    broken = False
    for node in block.iter():
        if node.tag == f"{W}t" and (node.text or "").strip():
            broken = False
        elif node.tag == f"{W}br" and node.get(f"{W}type") == "page":
            broken = True
    section = block.find(f"{W}pPr/{W}sectPr")
    kind = None if section is None else section.find(f"{W}type")
    ends = section is not None and (kind is None or kind.get(f"{W}val", "nextPage") in _NEXT_PAGE)
    return broken or ends


def _breaks_before(blocks: Sequence[ET.Element], looks: Looks) -> bool:
    paragraphs = (next(block.iter(f"{W}p"), None) for block in blocks)
    return any(one is not None and _on(looks.of_paragraph(one, "pageBreakBefore")) for one in paragraphs)


def _on(node: ET.Element | None) -> bool:
    return node is not None and node.get(f"{W}val", "1").lower() not in ("0", "false", "off")


def _text(block: ET.Element) -> str:
    return "".join(node.text or "" for node in block.iter(f"{W}t"))
