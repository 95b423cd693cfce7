"""The paragraphs of a Word file with their tags, and the file as the source of a template engine.

A tag is ``{{ … }}`` or ``{% … %}``; ``{%p … %}`` stands for its paragraph and ``{%tr … %}`` for its table row, as in
docxtpl. In the source every brace outside a tag is a character reference, so the engine sees the tags that are read
here and no other. Needs nothing but the standard library, as `templates.bank_word.filling_worker` does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Final
from xml.parsers import expat  # declarations of types and entities are refused before parsing

from templates.foreign_docx import RefusedDocx, parsed, read_parts

TAG: Final = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}")
_STATEMENT: Final = re.compile(r"\{%(?:(?P<around>p|tr|tc|r)\s)?\s*(?P<word>[a-z]+)\b\s*(?P<rest>.*?)\s*%\}", re.DOTALL)
_STORIES: Final = re.compile(r"word/(?:document|header[0-9]*|footer[0-9]*|footnotes|endnotes)\.xml")
_TEXT: Final = re.compile(rb"<w:t(?: [^>]*)?>([^<]*)")
_HIDDEN: Final = re.compile(rb"<w:vanish(?: w:val=\"(?:1|true|on)\")?\s*/>")
_STRAIGHT: Final = str.maketrans("‘’“”\u00a0", "''\"\" ")
"""What Word makes of the quotes and spaces somebody types in a tag."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: ``word`` is empty for an output, ``around`` is p or tr where the tag stands for more than itself."""

    text: str
    start: int
    end: int
    around: str = ""
    word: str = ""
    rest: str = ""

    @property
    def source(self) -> str:
        """The tag as the engine reads it."""
        return f"{{% {self.word} {self.rest} %}}" if self.word else f"{{{{ {self.rest} }}}}"


@dataclass(slots=True)
class Element:
    """A paragraph or table row, as places in its part; ``inside`` is the number of the element around it.

    ``texts`` are the texts of a paragraph's runs with the number of the element around each run.
    """

    number: int
    inside: int
    start: int
    end: int = 0
    row: Element | None = None
    nested: bool = False
    hidden: bool = False
    texts: list[tuple[int, int, str, int]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The paragraph's text, runs joined."""
        return "".join(text for _, _, text, _ in self.texts)

    def run_of(self, position: int) -> tuple[int, int]:
        """The number of the text in which a character of the paragraph stands, and of the element around its run."""
        ends = [0]
        for _, _, text, _ in self.texts:
            ends.append(ends[-1] + len(text))
        number = bisect_right(ends, position) - 1
        return number, self.texts[number][3]


def stories(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The parts of a DOCX that hold text; RefusedDocx if the file is unsafe."""
    parts = read_parts(content)
    for part in filter(_STORIES.fullmatch, parts):
        parsed(parts[part], part)
        try:
            parts[part].decode()
        except UnicodeDecodeError as error:
            raise RefusedDocx(f"{part} is not UTF-8; save the document in Word again.") from error
        yield part, parts[part]


def elements(story: bytes) -> list[Element]:
    """The paragraphs of a part in the order of their beginnings."""
    reader = _Reader(story)
    return sorted(reader.paragraphs, key=lambda one: one.start)


def tags(text: str) -> list[Tag]:
    """The tags in a paragraph's text; a statement that is none has the word ``?``."""
    return [_tag(found) for found in TAG.finditer(text)]


def _tag(found: re.Match[str]) -> Tag:
    text = found[0].translate(_STRAIGHT)
    if text.startswith("{{"):
        return Tag(found[0], *found.span(), rest=text[2:-2].strip())
    statement = _STATEMENT.fullmatch(text)
    if statement is None:
        return Tag(found[0], *found.span(), word="?")
    return Tag(found[0], *found.span(), statement["around"] or "", statement["word"], statement["rest"])


def source_of(story: bytes, blocks: Mapping[str, str]) -> str:
    """The part as the source of a template; a paragraph that is the tag of a block becomes that block's XML."""
    edits = sorted(edit for paragraph in elements(story) for edit in _edits(paragraph, blocks))
    pieces: list[str] = []
    position = 0
    for start, end, replacement in edits:
        if start < position:
            raise RefusedDocx("A tag stands for a paragraph or row that holds other tags; give it one of its own.")
        pieces += [inert(story[position:start].decode()), replacement]
        position = end
    return "".join([*pieces, inert(story[position:].decode())])


def inert(text: str) -> str:
    """XML that says the same and holds no brace."""
    return text.replace("{", "&#123;").replace("}", "&#125;")


def block_name(text: str, blocks: Collection[str]) -> str | None:
    """The block that a paragraph's text stands for, if it is nothing but the tag of one."""
    found = tags(text.strip())
    alone = len(found) == 1 and found[0].text == text.strip() and not found[0].word
    return found[0].rest if alone and found[0].rest in blocks else None


def _edits(paragraph: Element, blocks: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    found = tags(paragraph.text)
    block = block_name(paragraph.text, blocks)
    if block is not None:
        yield paragraph.start, paragraph.end, inert(blocks[block])
    elif found and found[0].around:
        whole = paragraph.row if found[0].around == "tr" and paragraph.row is not None else paragraph
        yield whole.start, whole.end, found[0].source
    elif found:
        yield from _run_edits(paragraph, found)


def _run_edits(paragraph: Element, found: list[Tag]) -> Iterator[tuple[int, int, str]]:
    """Each tag goes whole into the run in which it began; the other runs lose their share of it."""
    text = paragraph.text
    owners = [number for number, (_, _, piece, _) in enumerate(paragraph.texts) for _ in piece]
    pieces: list[list[str]] = [[] for _ in paragraph.texts]
    position = 0
    for tag in [*found, Tag("", len(text), len(text))]:
        for at in range(position, tag.start):
            pieces[owners[at]].append(inert(escape(text[at])))
        if tag.text:
            pieces[owners[tag.start]].append(tag.source)
        position = tag.end
    for (start, stop, _, _), mine in zip(paragraph.texts, pieces, strict=True):
        yield start, stop, f'<w:t xml:space="preserve">{"".join(mine)}</w:t>'


class _Reader:
    """Reads a part once and keeps where its paragraphs, rows and texts stand."""

    def __init__(self, story: bytes) -> None:
        self.paragraphs: list[Element] = []
        self._story = story
        self._open: list[tuple[str, Element]] = []
        self._count = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.Parse(story, True)

    def _start(self, name: str, _: object) -> None:
        self._count += 1
        inside = self._open[-1][1].number if self._open else 0
        element = Element(self._count, inside, self._parser.CurrentByteIndex)
        if name == "w:p":
            element.row = self._nearest("w:tr")
            around = self._nearest("w:p")
            if around is not None:
                around.nested = True
        self._open.append((name, element))

    def _end(self, name: str) -> None:
        _, element = self._open.pop()
        at = self._parser.CurrentByteIndex
        if at == element.start:
            return
        element.end = self._story.index(b">", at) + 1
        if name == "w:p":
            element.hidden = _HIDDEN.search(self._story, element.start, element.end) is not None
            self.paragraphs.append(element)
        elif name == "w:t":
            self._text(element, at)

    def _text(self, element: Element, at: int) -> None:
        paragraph = self._nearest("w:p")
        found = _TEXT.fullmatch(self._story, element.start, at)
        if paragraph is not None and found is not None:
            around = self._open[-1][1].inside
            paragraph.texts.append((element.start, element.end, unescape(found[1].decode()), around))

    def _nearest(self, name: str) -> Element | None:
        return next((element for kind, element in reversed(self._open) if kind == name), None)
