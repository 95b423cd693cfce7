"""Reading a DOCX that came back: its text with all changes accepted or rejected, its tracked changes, its comments.

The file comes from outside: size, number of parts and rate of compression are limited before anything is unpacked, and
document type declarations, macros, embedded objects and external relationships are refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET  # declarations of types and entities are refused before parsing

from templates.document import Document
from templates.redline.units import ROW, Kind, Redline, Unit, compare, units_of

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LARGEST: Final = 20_000_000
_LARGEST_UNPACKED: Final = 60_000_000
_MOST_PARTS: Final = 500
_GREATEST_RATIO: Final = 200
_FORBIDDEN_PARTS: Final = re.compile(r"vbaProject|\.bin$|activeX|embeddings/|\.\.|^/|\\", re.IGNORECASE)
_DECLARATION: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING: Final = re.compile(rb"<\?xml[^>]*encoding=[\"'](?!utf-8[\"'])", re.IGNORECASE)


class RefusedDocx(ValueError):
    """A file that is not read, with the reason."""


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
    """What a DOCX says, with its changes accepted and rejected; empty paragraphs are left out."""

    accepted: tuple[Unit, ...]
    rejected: tuple[Unit, ...]
    changes: tuple[TrackedChange, ...]
    comments: tuple[Comment, ...]


def read_returned(content: bytes) -> Returned:
    """The document in a DOCX; RefusedDocx if the file is none, is too large or carries what it must not."""
    parts = _parts(content)
    body = _parsed(parts["word/document.xml"], "word/document.xml").find(f"{_W}body")
    if body is None:
        raise RefusedDocx("The file's word/document.xml has no body; save the document in Word again.")
    comments = parts.get("word/comments.xml")
    return Returned(
        tuple(_units(body, Kind.DELETED)),
        tuple(_units(body, Kind.INSERTED)),
        tuple(_tracked(body)),
        () if comments is None else tuple(_comments(_parsed(comments, "word/comments.xml"))),
    )


def compare_with_returned(drafted: Document, returned: Returned) -> Redline:
    """What the other side changed: the draft against the returned text with all its tracked changes accepted."""
    return compare(units_of(drafted), returned.accepted, title=drafted.title, language=drafted.language.value)


def _parts(content: bytes) -> dict[str, bytes]:
    if len(content) > _LARGEST:
        raise RefusedDocx(
            f"The file has {len(content)} bytes; at most {_LARGEST} are read. Remove pictures and try again."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive.infolist())
            parts = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise RefusedDocx(f"The file is no DOCX ({error}); save the document in Word again.") from error
    if "word/document.xml" not in parts:
        raise RefusedDocx("The file has no word/document.xml, so it is no DOCX; save the document in Word again.")
    for name, part in parts.items():
        if name.endswith(".rels") and _fetches(_parsed(part, name)):
            raise RefusedDocx(f"{name} fetches something from outside the file; remove the link to it.")
    return parts


def _fetches(relationships: ET.Element) -> bool:
    """Whether Word would load something from elsewhere on opening; links that a reader clicks are not loaded."""
    return any(
        one.get("TargetMode", "").lower() == "external" and not one.get("Type", "").endswith("/hyperlink")
        for one in relationships.iter()
    )


def _check_archive(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > _MOST_PARTS:
        raise RefusedDocx(f"The file has {len(infos)} parts; at most {_MOST_PARTS} are read.")
    unpacked = sum(info.file_size for info in infos)
    if unpacked > _LARGEST_UNPACKED:
        raise RefusedDocx(f"The file unpacks to {unpacked} bytes; at most {_LARGEST_UNPACKED} are read.")
    for info in infos:
        if info.file_size > _GREATEST_RATIO * max(info.compress_size, 1_000):
            raise RefusedDocx(f"{info.filename} is compressed more than {_GREATEST_RATIO} times; that is no text.")
        if _FORBIDDEN_PARTS.search(info.filename):
            raise RefusedDocx(f"The file contains {info.filename}; remove macros and embedded objects.")


def _parsed(part: bytes, name: str) -> ET.Element:
    if _DECLARATION.search(part) or _ENCODING.search(part) or part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise RefusedDocx(f"{name} declares a document type or an encoding other than UTF-8; save it in Word again.")
    try:
        return ET.fromstring(part)  # noqa: S314  # no declarations, see above
    except ET.ParseError as error:
        raise RefusedDocx(f"{name} is not well-formed XML ({error}); save the document in Word again.") from error


def _units(body: ET.Element, gone: Kind) -> Iterator[Unit]:
    """The body's paragraphs and rows without those texts that are ``gone`` when changes are accepted or rejected."""
    for child in body:
        if child.tag == f"{_W}p":
            text = _text(child, gone)
            if text:
                yield Unit(_style(child), (text,))
        elif child.tag == f"{_W}tbl":
            for row in child.iter(f"{_W}tr"):
                cells = tuple("".join(_text(p, gone) for p in cell.iter(f"{_W}p")) for cell in row.iter(f"{_W}tc"))
                if any(cells):
                    yield Unit(ROW, cells)


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
