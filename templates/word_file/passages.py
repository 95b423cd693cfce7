"""The paragraphs of a Word file, body, headers, notes and text boxes, each with the place a person finds it at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET  # only for the type; parts are parsed in foreign_docx

from templates.foreign_docx import parsed
from templates.word_file.looks import BOXED, FLAT, Ground, Look, Looks, W, flat_row
from templates.wording import chinese_numeral

MAIN: Final = "word/document.xml"
NUMBER: Final = re.compile(
    r"(?:第[一二三四五六七八九十百]+[条章节]|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|[0-9]+(?:\.[0-9]+)*[.、]?"
    r"|Article [0-9]+[.:]?|Annex [0-9]+[.:]?)\s*"
)
"""A number before a heading, as somebody types it."""
_ARTICLE: Final = re.compile(r"第[一二三四五六七八九十百]+条|[一二三四五六七八九十]+、|Article [0-9]+")
_STORIES: Final = {"hdr": "header", "ftr": "footer", "footnotes": "footnote", "endnotes": "endnote"}
_CHINESE: Final = {
    "header": "页眉",
    "footer": "页脚",
    "footnote": "脚注",
    "endnote": "尾注",
    "text box": "文本框",
    "": "首部",
}
_NAMED: Final = re.compile(rb"<(?:\w+:)?(?:hdr|ftr|footnotes|endnotes)[\s>]")
_LONGEST_HEADING: Final = 40
_EXCERPT: Final = 30
_BOX: Final = f"{W}txbxContent"
_OPEN: Final = Ground()
_HIDDEN: Final = Ground("", BOXED)
_INVISIBLE_SHAPE: Final = re.compile(r"visibility:\s*hidden|display:\s*none", re.IGNORECASE)
_TEXTS: Final = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_GONE: Final = frozenset({f"{W}del", f"{W}moveFrom"})
_NOT_WORDS: Final = frozenset({f"{W}pPr", f"{W}rPr", f"{W}instrText"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paragraph stands: under which heading of the body, or in which other story."""

    clause: str = ""
    story: str = ""

    def __str__(self) -> str:
        under = f"under {self.clause}" if self.clause else ""
        return ", ".join(filter(None, (self.story, under))) or "before the first clause"

    @property
    def zh(self) -> str:
        """The place in Chinese."""
        return "、".join(filter(None, (self.clause, _CHINESE[self.story] if self.story or not self.clause else "")))


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, perhaps without words, with its place and its words in their looks.

    ``heading`` is the number and text of a clause's head, empty for other paragraphs.
    """

    place: Place
    node: ET.Element
    runs: tuple[tuple[str, Look], ...]
    heading: str = ""

    @property
    def text(self) -> str:
        """All its words."""
        return "".join(words for words, _ in self.runs)


@dataclass(frozen=True, slots=True)
class Contents:
    """A file read: the roots of its stories and every paragraph of them, body first, in reading order."""

    roots: tuple[ET.Element, ...]
    passages: tuple[Passage, ...]
    looks: Looks


def contents(parts: Mapping[str, bytes]) -> Contents:
    """The stories of a file; RefusedDocx if a part is not well formed."""
    looks = Looks.of(parts)
    reader, roots = _Reader(looks), [parsed(parts[MAIN], MAIN)]
    found = [*reader.read(roots[0], Place())]
    for name in sorted(parts):
        if name != MAIN and name.lower().endswith(".xml") and _NAMED.search(parts[name]):
            root = parsed(parts[name], name)
            story = _STORIES.get(root.tag.rpartition("}")[2], "")
            if story:
                roots.append(root)
                found.extend(reader.read(root, Place("", story)))
    return Contents(tuple(roots), tuple(found), looks)


def excerpt(text: str) -> str:
    """The first words of a text, by which it is found again."""
    plain = " ".join(text.split())
    return plain if len(plain) <= _EXCERPT else plain[:_EXCERPT] + "…"


_Boxes = list[tuple[ET.Element, Ground]]


class _Reader:
    """Reads stories one after the other; knows under which heading it stands and how many articles it has passed."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self._clause = ""
        self._counted: dict[str, int] = {}
        self._articles: dict[bool, str] = {}

    def read(self, node: ET.Element, place: Place, ground: Ground = _OPEN) -> Iterator[Passage]:
        if node.tag == f"{W}p":
            yield from self._paragraph(node, place, ground)
        elif node.tag == f"{W}tbl":
            yield from self._table(node, place, ground)
        else:
            for child in node:
                yield from self.read(child, place, ground)

    def _table(self, table: ET.Element, place: Place, ground: Ground) -> Iterator[Passage]:
        for number, row in enumerate(inside(table, f"{W}tr")):
            unseen = FLAT if flat_row(row) else ground.unseen
            for cell in inside(row, f"{W}tc"):
                colour = self._looks.of_table(table, number, cell) or ground.colour
                for child in cell:
                    yield from self.read(child, place, Ground(colour, unseen))

    def _paragraph(self, node: ET.Element, place: Place, ground: Ground) -> Iterator[Passage]:
        own = self._looks.ground(node, ground)
        boxes: _Boxes = []
        runs = tuple(self._runs(node, node, own, boxes))
        text = "".join(words for words, _ in runs)
        heading = "" if place.story else self._heading(node, text)
        self._clause = heading or self._clause
        here = place if place.story else Place(self._clause)
        yield Passage(here, node, runs, heading)
        for box, behind in boxes:
            yield from self.read(box, Place(here.clause, "text box"), behind)

    def _runs(
        self, node: ET.Element, paragraph: ET.Element, ground: Ground, boxes: _Boxes
    ) -> Iterator[tuple[str, Look]]:
        for child in node:
            if child.tag == f"{W}r":
                words = "".join(_words(child, boxes))
                if words:
                    yield words, self._looks.look(child, paragraph, ground)
            elif child.tag not in _NOT_WORDS and child.tag not in _GONE:
                yield from self._runs(child, paragraph, ground, boxes)

    def _heading(self, paragraph: ET.Element, text: str) -> str:
        """The heading that a paragraph is, with the number that is typed or that Word counts; empty if it is none."""
        plain = text.strip()
        if not plain or len(plain) > _LONGEST_HEADING:
            return ""
        if _ARTICLE.match(plain):
            return plain
        level = self._looks.of_paragraph(paragraph, "outlineLvl")
        if level is None or level.get(f"{W}val") != "0":
            return ""
        numbering = self._looks.of_paragraph(paragraph, "numPr")
        return plain if numbering is None else self._numbered(numbering, plain)

    def _numbered(self, numbering: ET.Element, plain: str) -> str:
        """The heading with the number that Word counts; the first list of a language numbers the articles."""
        found = numbering.find(f"{W}numId")
        number = "" if found is None else found.get(f"{W}val", "")
        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in plain)
        if self._articles.setdefault(chinese, number) != number:
            return plain
        count = self._counted[number] = self._counted.get(number, 0) + 1
        return f"第{chinese_numeral(count)}条 {plain}" if chinese else f"Article {count} {plain}"


def inside(node: ET.Element, tag: str) -> Iterator[ET.Element]:
    """The rows of a table or the cells of a row, also those in content controls, not those of tables inside."""
    for child in node:
        if child.tag == tag:
            yield child
        elif child.tag != f"{W}tbl":
            yield from inside(child, tag)


def _words(node: ET.Element, boxes: _Boxes, ground: Ground = _OPEN) -> Iterator[str]:
    """The words of a run; text boxes in it are put aside."""
    for child in node:
        if child.tag == _BOX:
            boxes.append((child, ground))
        elif child.tag in (f"{W}t", f"{W}delText"):
            yield child.text or ""
        elif child.tag not in _NOT_WORDS:
            yield _TEXTS.get(child.tag, "")
            yield from _words(child, boxes, _HIDDEN if _is_hidden_shape(child) else ground)


def _is_hidden_shape(node: ET.Element) -> bool:
    """Whether a drawing or shape is there and not shown."""
    return _INVISIBLE_SHAPE.search(node.get("style", "")) is not None or any(
        child.tag.endswith("}docPr") and child.get("hidden", "0") in ("1", "true") for child in node
    )
