"""Reading a DOCX that came back: its text with all changes accepted or rejected, its tracked changes, its comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Final
from xml.etree import ElementTree as ET  # only for the type; parts are parsed in foreign_docx

from templates.document import Document
from templates.foreign_docx import RefusedDocx, parsed, read_parts
from templates.redline.units import ROW, Kind, Redline, Unit, compare, units_of

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATHS: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CHART: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_VML: Final = "{urn:schemas-microsoft-com:vml}"
_MARGINS: Final = {
    f"{_W}hdr": "header",
    f"{_W}ftr": "footer",
    f"{_W}footnotes": "footnotes",
    f"{_W}endnotes": "endnotes",
}
_PICTURE: Final = re.compile(r"word/media/[^/]+", re.IGNORECASE)
_DRAWN: Final = re.compile(r"word/(?:diagrams|charts|drawings)/[^/]+\.xml", re.IGNORECASE)
_COUNTED: Final = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b", re.IGNORECASE)
_AROUND: Final = frozenset(f"{_W}{name}" for name in ("sdt", "sdtContent", "customXml"))
"""Elements around paragraphs that a reader does not see."""


@dataclass(frozen=True, slots=True)
class TrackedChange:
    """A change that Word recorded."""

    kind: Kind
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment in the margin."""

    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What a DOCX says, with its changes accepted and rejected; empty paragraphs are left out.

    ``margins`` is what stands outside the body, all changes accepted, by the kind of part: headers, footers, notes,
    drawings; and the name of each picture, whose text nobody reads.
    """

    accepted: tuple[Unit, ...]
    rejected: tuple[Unit, ...]
    changes: tuple[TrackedChange, ...]
    comments: tuple[Comment, ...]
    margins: tuple[tuple[str, str], ...] = ()


def read_returned(content: bytes) -> Returned:
    """The document in a DOCX; RefusedDocx if the file is none, is too large or carries what it must not."""
    parts = read_parts(content)
    body = parsed(parts["word/document.xml"], "word/document.xml").find(f"{_W}body")
    if body is None:
        raise RefusedDocx("The file's word/document.xml has no body; save the document in Word again.")
    stories = dict(_stories(parts))
    margins = [root for root in stories.values() if root.tag in _MARGINS]
    return Returned(
        tuple(_units(body, Kind.DELETED)),
        tuple(_units(body, Kind.INSERTED)),
        tuple(change for root in (body, *margins) for change in _tracked(root)),
        tuple(comment for root in stories.values() for comment in _comments(root)),
        tuple(_margins(parts, stories)),
    )


def outside_body(content: bytes) -> Iterator[str]:
    """What a DOCX says in headers, footers, notes and drawings; RefusedDocx as for `read_returned`."""
    parts = read_parts(content)
    yield from (text for kind, text in _margins(parts, dict(_stories(parts))) if kind != "picture")


def _stories(parts: Mapping[str, bytes]) -> Iterator[tuple[str, ET.Element]]:
    """The parts with text beside the document, whatever they are called: told by their root."""
    for name in sorted(parts):
        if name.lower().endswith(".xml") and name != "word/document.xml" and _NAMED.search(parts[name]):
            yield name, parsed(parts[name], name)


def _margins(parts: Mapping[str, bytes], stories: Mapping[str, ET.Element]) -> Iterator[tuple[str, str]]:
    """What stands outside the body, where a reader of the body alone would not see it."""
    for root in stories.values():
        if root.tag in _MARGINS:
            texts = (_text(paragraph, Kind.DELETED) for paragraph in root.iter(f"{_W}p"))
            yield from ((_MARGINS[root.tag], text) for text in texts if text.strip())
    for name in sorted(parts):
        if _DRAWN.fullmatch(name):
            nodes = parsed(parts[name], name).iter()
            yield from (("drawing", node.text) for node in nodes if node.tag in _DRAWN_TEXTS and node.text)
        elif _PICTURE.fullmatch(name):
            yield "picture", name


def compare_with_returned(drafted: Document, returned: Returned) -> Redline:
    """What the other side changed: the draft against the returned text with all its tracked changes accepted."""
    return compare(units_of(drafted), returned.accepted, title=unescape(drafted.title), language=drafted.language.value)


def _units(body: ET.Element, gone: Kind) -> Iterator[Unit]:
    """The body's paragraphs and rows without those texts that are ``gone`` when changes are accepted or rejected."""
    for child in story(body):
        if child.tag == f"{_W}p":
            text = _text(child, gone)
            if text:
                yield Unit(_style(child), (text,))
        elif child.tag == f"{_W}tbl":
            for row in child.iter(f"{_W}tr"):
                cells = tuple(_lines(cell, gone) for cell in row.iter(f"{_W}tc"))
                if any(cells):
                    yield Unit(ROW, cells)


def _lines(cell: ET.Element, gone: Kind) -> str:
    """The paragraphs of a cell that say something, a line for each."""
    return "\n".join(filter(None, (_text(paragraph, gone) for paragraph in cell.iter(f"{_W}p"))))


def story(body: ET.Element) -> Iterator[ET.Element]:
    """The paragraphs and tables of a body in order, those inside content controls and custom XML included."""
    for child in body:
        if child.tag in _AROUND:
            yield from story(child)
        else:
            yield child


def _style(paragraph: ET.Element) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return "Body" if style is None else style.get(f"{_W}val", "Body")


_TAGS: Final = {f"{_W}ins": Kind.INSERTED, f"{_W}moveTo": Kind.INSERTED}
_GONE_TAGS: Final = {f"{_W}del": Kind.DELETED, f"{_W}moveFrom": Kind.DELETED}
_TEXTS: Final = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_WRITTEN: Final = frozenset({f"{_W}t", f"{_W}delText", f"{_MATHS}t", f"{_DRAWING}t"})
_DRAWN_TEXTS: Final = frozenset({f"{_DRAWING}t", f"{_CHART}v"})
_NAMED: Final = re.compile(rb"<(?:\w+:)?(?:hdr|ftr|footnotes|endnotes|comments)[\s>]")
_PRIVATE: Final = 0xF000
"""Where fonts of symbols keep their characters."""


def _text(node: ET.Element, gone: Kind) -> str:
    """The text below a node; the numbers of pages, which are no text, are left out."""
    return "".join(_pieces(node, gone, _Fields()))


class _Fields:
    """Where a reader stands among the fields of a paragraph."""

    def __init__(self) -> None:
        self._open: list[list[str]] = []
        self._results: list[bool] = []

    @property
    def is_counted(self) -> bool:
        """Whether what follows is the number of a page."""
        return any(
            shown and _COUNTED.match("".join(words)) for words, shown in zip(self._open, self._results, strict=True)
        )

    def mark(self, kind: str) -> None:
        """Read the beginning, the middle or the end of a field."""
        if kind == "begin":
            self._open.append([])
            self._results.append(False)
        elif kind == "separate" and self._open:
            self._results[-1] = True
        elif kind == "end" and self._open:
            self._open.pop()
            self._results.pop()

    def instruct(self, words: str) -> None:
        """Read a piece of the innermost field's instruction."""
        if self._open:
            self._open[-1].append(words)


def _pieces(node: ET.Element, gone: Kind, fields: _Fields) -> Iterator[str]:
    kind = _TAGS.get(node.tag) or _GONE_TAGS.get(node.tag)
    if kind is gone or node.tag in (f"{_W}pPr", f"{_W}rPr"):
        return
    if node.tag == f"{_W}fldSimple" and _COUNTED.match(node.get(f"{_W}instr", "")):
        return
    if node.tag == f"{_W}fldChar":
        fields.mark(node.get(f"{_W}fldCharType", ""))
    elif node.tag == f"{_W}instrText":
        fields.instruct(node.text or "")
    elif node.tag in _WRITTEN:
        yield "" if fields.is_counted else node.text or ""
    elif node.tag == f"{_W}sym":
        yield _symbol(node.get(f"{_W}char", ""))
    elif node.tag == f"{_VML}textpath":
        yield node.get("string", "")
    else:
        yield _TEXTS.get(node.tag, "")
        for child in node:
            yield from _pieces(child, gone, fields)


def _symbol(code: str) -> str:
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    return chr(number - _PRIVATE if _PRIVATE <= number < _PRIVATE + 0x100 else number)


def _tracked(body: ET.Element) -> Iterator[TrackedChange]:
    for node in body.iter():
        kind = _TAGS.get(node.tag) or _GONE_TAGS.get(node.tag)
        text = "".join(part.text or "" for tag in ("t", "delText") for part in node.iter(f"{_W}{tag}"))
        if kind is not None and text:
            yield TrackedChange(kind, node.get(f"{_W}author", ""), text)


def _comments(root: ET.Element) -> Iterator[Comment]:
    for comment in root.iter(f"{_W}comment"):
        yield Comment(comment.get(f"{_W}author", ""), "".join(part.text or "" for part in comment.iter(f"{_W}t")))
