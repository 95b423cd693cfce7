"""What a finished Word file must not carry: comments, tracked changes, hidden words, highlights, empty controls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final
from xml.etree import ElementTree as ET  # only for the type; parts are parsed in foreign_docx

from templates.foreign_docx import parsed
from templates.word_file.looks import STYLES, Ground, Looks, W
from templates.word_file.passages import Contents, Passage, Place, contents, excerpt


class MarkKind(StrEnum):
    """What sort of thing was left in a file."""

    COMMENT = "comment"
    CHANGE = "tracked change"
    HIDDEN = "hidden text"
    HIGHLIGHT = "highlight"
    PLACEHOLDER = "placeholder"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing left in a file: what it is in both languages, where it stands, and the words concerned."""

    kind: MarkKind
    what: tuple[str, str]
    place: Place
    text: str


_CHANGES: Final = {
    f"{W}ins": ("an insertion", "修订插入"),
    f"{W}del": ("a deletion", "修订删除"),
    f"{W}moveTo": ("a passage moved here", "修订移入"),
    f"{W}moveFrom": ("a passage moved away", "修订移出"),
    f"{W}cellIns": ("an inserted cell", "修订插入的单元格"),
    f"{W}cellDel": ("a deleted cell", "修订删除的单元格"),
    f"{W}cellMerge": ("merged cells", "修订合并的单元格"),
    f"{W}rPrChange": ("a change of format", "字符格式修订"),
    f"{W}pPrChange": ("a change of the paragraph's format", "段落格式修订"),
    f"{W}tblPrChange": ("a change of the table", "表格格式修订"),
    f"{W}tblPrExChange": ("a change of the table", "表格格式修订"),
    f"{W}tblGridChange": ("a change of the columns", "表格列修订"),
    f"{W}trPrChange": ("a change of the row", "表格行修订"),
    f"{W}tcPrChange": ("a change of the cell", "单元格修订"),
    f"{W}sectPrChange": ("a change of the page", "页面设置修订"),
    f"{W}numberingChange": ("a change of the numbering", "编号修订"),
}
TYPED: Final = re.compile(r"XX|×{2}|_{3}|＿|TODO|TBD|待定|待补充|待填写|待确认|[【\[〔]\s*[●•*]?\s*[】\]〕]|●{2}")
"""What drafters type where something is still to come."""
_COMMENTS: Final = re.compile(rb"<(?:\w+:)?comments[\s>]")
_WORDS: Final = (f"{W}t", f"{W}delText")


def marks_of(read: Contents, parts: Mapping[str, bytes]) -> tuple[Mark, ...]:
    """Everything left in a file that was read; the same thing twice counts once. RefusedDocx for broken comments."""
    looks = (mark for passage in read.passages for mark in _looks(passage))
    return tuple(dict.fromkeys([*looks, *_left(read, _comments(parts))]))


def typed_placeholders(read: Contents) -> Iterator[Mark]:
    """What stands in a file for something still to come, as somebody typed it."""
    for passage in read.passages:
        for found in TYPED.finditer(passage.text):
            yield Mark(MarkKind.PLACEHOLDER, ("a placeholder", "占位符"), passage.place, found[0])


def _looks(passage: Passage) -> Iterator[Mark]:
    """Words nobody sees and words somebody marked, each stretch once."""
    unseen: dict[tuple[str, str], list[str]] = {}
    marked: list[str] = []
    for words, look in passage.runs:
        if look.unseen is not None:
            unseen.setdefault(look.unseen, []).append(words)
        if look.highlighted:
            marked.append(words)
    for what, found in unseen.items():
        if "".join(found).strip():
            yield Mark(MarkKind.HIDDEN, what, passage.place, excerpt("".join(found)))
    if "".join(marked).strip():
        yield Mark(MarkKind.HIGHLIGHT, ("a highlight", "突出显示标记"), passage.place, excerpt("".join(marked)))


def _left(read: Contents, comments: Mapping[str, tuple[str, str]]) -> Iterator[Mark]:
    """Comments, changes and empty controls in the order in which they stand; comments tied to nothing come last."""
    passages, told = {id(passage.node): passage for passage in read.passages}, dict(comments)
    for root in read.roots:
        place, around = Place(), ""
        for node in root.iter():
            if id(node) in passages:
                place, around = passages[id(node)].place, passages[id(node)].text
            elif node.tag == f"{W}tr":
                around = _text(node)
            elif node.tag in _CHANGES:
                yield Mark(MarkKind.CHANGE, _CHANGES[node.tag], place, excerpt(_text(node) or around))
            elif node.tag == f"{W}commentReference":
                known = told.pop(node.get(f"{W}id", ""), None)
                if known is not None:
                    yield _comment(*known, place)
            elif node.tag == f"{W}sdt" and node.find(f"{W}sdtPr/{W}showingPlcHdr") is not None:
                yield Mark(MarkKind.PLACEHOLDER, ("an empty form field", "未填写的控件"), place, excerpt(_text(node)))
    yield from (_comment(*known, Place()) for known in told.values())


def _comment(author: str, text: str, place: Place) -> Mark:
    by = f"a comment by {author}" if author else "a comment"
    return Mark(MarkKind.COMMENT, (by, f"{author or '某人'}的批注"), place, excerpt(text))


def _comments(parts: Mapping[str, bytes]) -> dict[str, tuple[str, str]]:
    """Author and words of each comment by its id."""
    roots = (parsed(part, name) for name, part in parts.items() if name.endswith(".xml") and _COMMENTS.search(part))
    return {
        one.get(f"{W}id", ""): (one.get(f"{W}author", ""), _text(one))
        for root in roots
        for one in root.iter(f"{W}comment")
    }


def _text(node: ET.Element) -> str:
    return "".join(part.text or "" for part in node.iter() if part.tag in _WORDS)


_SUSPECT: Final = tuple(
    name.encode()
    for name in (
        *("<w:vanish", "<w:specVanish", "<w:ins ", "<w:del ", "<w:move", "<w:cellIns", "<w:cellDel", "<w:cellMerge"),
        *("PrChange", "GridChange", "numberingChange", "<w:comment", "<w:sdt", "<w:txbx", "textFill"),
        *("<w:highlight", "<w:color", "<w:shd", "<w:sz ", "<w:w ", "<w:rFonts", "<w:spacing", "<w:trHeight"),
    )
)
_GAP: Final = re.compile(rb'<w:p><w:pPr><w:pStyle w:val="Gap"/>(?:<w:[^>]*/>)*</w:pPr></w:p>')


def marks_of_drawn(parts: Mapping[str, bytes]) -> tuple[Mark, ...]:
    """The marks of a file that `templates.writing.docx` wrote, whose words take their looks from styles alone.

    A body without any element that could hide or mark something is read no further.
    """
    stories = [part for name, part in parts.items() if name.startswith(("word/document", "word/header", "word/footer"))]
    hiding = _hiding(parts[STYLES])
    odd = any(name in part for part in stories for name in (*_SUSPECT, *hiding))
    gaps = any(part.count(b'"Gap"') != len(_GAP.findall(part)) for part in stories)
    return marks_of(contents(parts), parts) if odd or gaps else ()


@cache
def _hiding(styles: bytes) -> tuple[bytes, ...]:
    """The styles that nobody could read words in, as a body names them; gaps between tables hold none."""
    looks = Looks.of({STYLES: styles})
    paragraph, run = ET.Element(f"{W}p"), ET.Element(f"{W}r")
    ET.SubElement(ET.SubElement(paragraph, f"{W}pPr"), f"{W}pStyle")
    ET.SubElement(ET.SubElement(run, f"{W}rPr"), f"{W}rStyle")
    found = []
    for name, style in looks.styles.items():
        paragraph[0][0].set(f"{W}val", name if style.get(f"{W}type") == "paragraph" else "")
        run[0][0].set(f"{W}val", name if style.get(f"{W}type") == "character" else "")
        look = looks.look(run, paragraph, looks.ground(paragraph, Ground()))
        if name != "Gap" and (look.unseen is not None or look.highlighted):
            found.append(f'w:val="{name}"'.encode())
    return tuple(found)
