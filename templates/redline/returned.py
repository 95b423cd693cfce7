"""Reading a DOCX that came back: its text with all changes accepted or rejected, its tracked changes, its comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET  # only for the type; parts are parsed in foreign_docx

from templates.document import Document
from templates.foreign_docx import RefusedDocx, parsed, safe_parts
from templates.redline.units import ROW, Kind, Redline, Unit, compare, units_of

_MARGIN: Final = re.compile(r"word/(header|footer|footnotes|endnotes)[0-9]*\.xml")
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
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

    ``margins`` are the paragraphs of headers, footers and notes, all changes accepted, by the kind of part.
    """

    accepted: tuple[Unit, ...]
    rejected: tuple[Unit, ...]
    changes: tuple[TrackedChange, ...]
    comments: tuple[Comment, ...]
    margins: tuple[tuple[str, str], ...] = ()


def read_returned(content: bytes) -> Returned:
    """The document in a DOCX; RefusedDocx if the file is none, is too large or carries what it must not."""
    parts = safe_parts(content)
    body = parsed(parts["word/document.xml"], "word/document.xml").find(f"{_W}body")
    if body is None:
        raise RefusedDocx("The file's word/document.xml has no body; save the document in Word again.")
    comments = parts.get("word/comments.xml")
    return Returned(
        tuple(_units(body, Kind.DELETED)),
        tuple(_units(body, Kind.INSERTED)),
        tuple(_tracked(body)),
        () if comments is None else tuple(_comments(parsed(comments, "word/comments.xml"))),
        tuple(_margins(parts)),
    )


def _margins(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """What stands outside the body, where a reader of the body alone would not see it."""
    for name in sorted(parts):
        found = _MARGIN.fullmatch(name)
        if found is not None:
            texts = (_text(paragraph, Kind.DELETED) for paragraph in parsed(parts[name], name).iter(f"{_W}p"))
            yield from ((found[1], text) for text in texts if text.strip())


def compare_with_returned(drafted: Document, returned: Returned) -> Redline:
    """What the other side changed: the draft against the returned text with all its tracked changes accepted."""
    return compare(units_of(drafted), returned.accepted, title=drafted.title, language=drafted.language.value)


def _units(body: ET.Element, gone: Kind) -> Iterator[Unit]:
    """The body's paragraphs and rows without those texts that are ``gone`` when changes are accepted or rejected."""
    for child in story(body):
        if child.tag == f"{_W}p":
            text = _text(child, gone)
            if text:
                yield Unit(_style(child), (text,))
        elif child.tag == f"{_W}tbl":
            for row in child.iter(f"{_W}tr"):
                cells = tuple("".join(_text(p, gone) for p in cell.iter(f"{_W}p")) for cell in row.iter(f"{_W}tc"))
                if any(cells):
                    yield Unit(ROW, cells)


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
_TEXTS: Final = {f"{_W}t": "", f"{_W}delText": "", f"{_W}tab": "\t", f"{_W}br": "\n"}


def _text(node: ET.Element, gone: Kind) -> str:
    kind = _TAGS.get(node.tag) or _GONE_TAGS.get(node.tag)
    if kind is gone or node.tag in (f"{_W}pPr", f"{_W}rPr", f"{_W}instrText"):
        return ""
    if node.tag in (f"{_W}t", f"{_W}delText"):
        return node.text or ""
    return _TEXTS.get(node.tag, "") + "".join(_text(child, gone) for child in node)


def _tracked(body: ET.Element) -> Iterator[TrackedChange]:
    for node in body.iter():
        kind = _TAGS.get(node.tag) or _GONE_TAGS.get(node.tag)
        text = "".join(part.text or "" for tag in ("t", "delText") for part in node.iter(f"{_W}{tag}"))
        if kind is not None and text:
            yield TrackedChange(kind, node.get(f"{_W}author", ""), text)


def _comments(root: ET.Element) -> Iterator[Comment]:
    for comment in root.iter(f"{_W}comment"):
        yield Comment(comment.get(f"{_W}author", ""), "".join(part.text or "" for part in comment.iter(f"{_W}t")))
