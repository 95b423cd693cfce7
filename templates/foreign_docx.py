"""Opening a DOCX from outside without trusting it.

Size, number of parts and rate of compression are limited before anything is unpacked; document type declarations,
macros, embedded objects, fields that run or fetch something and relationships that load something from elsewhere are
refused. So is whatever makes Word show another text than the one that is read here: a second part of the same name,
another main part, imported parts, content bound to data.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET  # declarations of types and entities are refused before parsing

_LARGEST: Final = 20_000_000
_LARGEST_UNPACKED: Final = 60_000_000
_MOST_PARTS: Final = 500
_GREATEST_RATIO: Final = 200
_DEEPEST: Final = 120
"""Elements inside one another; Word's own files stay below forty."""
_FORBIDDEN_PARTS: Final = re.compile(r"vbaProject|vbaData|\.bin$|activeX|embeddings/", re.IGNORECASE)
_LEADS_OUT: Final = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^[a-z]:|\\", re.IGNORECASE)
_COMPRESSIONS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MACRO_TYPES: Final = re.compile(rb"macroEnabled|vnd\.ms-office\.(?:vbaProject|activeX)|oleObject", re.IGNORECASE)
_DECLARATION: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING: Final = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FIELD: Final = re.compile(r'[\s"\\]*([A-Z=]+)', re.IGNORECASE)
_RUNNING: Final = frozenset(
    {"DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "LINK", "EMBED", "MACROBUTTON", "DATABASE", "ADDIN"}
    | {"CONTROL", "HTMLCONTROL"}
)
"""Fields that run or fetch something."""
_COMPUTED: Final = frozenset(
    {"IF", "COMPARE", "SET", "QUOTE", "ASK", "FILLIN", "MERGEFIELD", "AUTOTEXT", "AUTOTEXTLIST", "GLOSSARY", "RD"}
    | {"DOCPROPERTY", "DOCVARIABLE", "="}
)
"""Fields whose text is another one when Word computes them anew."""
_MAIN: Final = "word/document.xml"


class RefusedDocx(ValueError):
    """A file that is not read, with the reason."""


def safe_parts(content: bytes) -> dict[str, bytes]:
    """The parts of a DOCX by name; RefusedDocx if it is none, is too large or carries what it must not."""
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
    if _MAIN not in parts:
        raise RefusedDocx(f"The file has no {_MAIN}, so it is no DOCX; save the document in Word again.")
    if _MACRO_TYPES.search(parts.get("[Content_Types].xml", b"")):
        raise RefusedDocx("The file declares macros or embedded objects; save it as a plain .docx.")
    for name, part in parts.items():
        if name.lower().endswith(".rels"):
            _check_relationships(name, parsed(part, name))
    for name, part in _xml_parts(parts):
        if b"instr" in part:
            _refuse_fields(name, part, _RUNNING)
    return parts


def _check_relationships(name: str, relationships: ET.Element) -> None:
    if _fetches(relationships):
        raise RefusedDocx(f"{name} fetches something from outside the file; remove the link to it.")
    for one in relationships.iter():
        kind, target = one.get("Type", "").rpartition("/")[2].lower(), one.get("Target", "")
        if kind == "officedocument" and target.lstrip("/") != _MAIN:
            raise RefusedDocx(f"{name} makes {target} the document and not {_MAIN}; save the document in Word again.")
        if kind in ("afchunk", "subdocument", "oleobject", "package", "control", "frame"):
            raise RefusedDocx(
                f"{name} brings in {target} ({kind}), which is not read; copy its text into the document."
            )


def read_parts(content: bytes) -> dict[str, bytes]:
    """The parts of a DOCX whose text is read and relied on; RefusedDocx also if Word would show another text."""
    parts = safe_parts(content)
    for name, part in _xml_parts(parts):
        if b"instr" in part:
            _refuse_fields(name, part, _COMPUTED)
        if b"dataBinding" in part or b"altChunk" in part:
            for one in parsed(part, name).iter():
                if one.tag in (f"{_W}dataBinding", f"{_W}altChunk"):
                    raise RefusedDocx(
                        f"{name} has content that Word takes from elsewhere ({one.tag.rpartition('}')[2]}); "
                        "put in the text itself."
                    )
    return parts


def _xml_parts(parts: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    return ((name, part) for name, part in parts.items() if re.match(r"word/.*\.xml$", name, re.IGNORECASE))


def _refuse_fields(name: str, part: bytes, refused: frozenset[str]) -> None:
    for paragraph in parsed(part, name).iter(f"{_W}p"):
        for instruction in _instructions(paragraph):
            found = _FIELD.match(instruction)
            if found is not None and found[1].upper() in refused:
                raise RefusedDocx(f"{name} has the field {instruction.strip()[:40]!r}; replace it by its text.")


def _instructions(paragraph: ET.Element) -> Iterator[str]:
    """The instructions of the fields that begin in a paragraph, pieces of one joined."""
    joined: list[str] = []
    for node in paragraph.iter():
        if node.tag == f"{_W}fldSimple":
            yield node.get(f"{_W}instr", "")
        elif node.tag == f"{_W}fldChar":
            yield "".join(joined)
            joined = []
        elif node.tag in (f"{_W}instrText", f"{_W}delInstrText"):
            joined.append(node.text or "")
    yield "".join(joined)


def _fetches(relationships: ET.Element) -> bool:
    """Whether Word would load something from elsewhere on opening; links that a reader clicks are not loaded."""
    return any(
        one.get("TargetMode", "").lower() == "external" and not one.get("Type", "").endswith("/hyperlink")
        for one in relationships.iter()
    )


def _check_archive(infos: list[zipfile.ZipInfo]) -> None:
    names = [info.filename.lower() for info in infos]
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None:
        raise RefusedDocx(f"The file has {twice} twice, so two programs may read two texts; save it in Word again.")
    if len(infos) > _MOST_PARTS:
        raise RefusedDocx(f"The file has {len(infos)} parts; at most {_MOST_PARTS} are read.")
    unpacked = sum(info.file_size for info in infos)
    if unpacked > _LARGEST_UNPACKED:
        raise RefusedDocx(f"The file unpacks to {unpacked} bytes; at most {_LARGEST_UNPACKED} are read.")
    for info in infos:
        if info.file_size > _GREATEST_RATIO * max(info.compress_size, 1_000):
            raise RefusedDocx(f"{info.filename} is compressed more than {_GREATEST_RATIO} times; that is no text.")
        if info.compress_type not in _COMPRESSIONS:
            raise RefusedDocx(f"{info.filename} is compressed as Word does not; save the document in Word again.")
        if _LEADS_OUT.search(info.orig_filename):
            raise RefusedDocx(
                f"The file holds {info.orig_filename!r}, whose path leads out of the document; Word writes no such "
                "part: open the document in Word and save it under a new name, or ask its sender for the original."
            )
        if _FORBIDDEN_PARTS.search(info.filename):
            raise RefusedDocx(f"The file contains {info.filename}; remove macros and embedded objects.")


def parsed(part: bytes, name: str) -> ET.Element:
    """A part as XML; RefusedDocx if it declares types or entities or is not well formed."""
    if _DECLARATION.search(part) or _ENCODING.search(part) or b"\0" in part[:64]:
        raise RefusedDocx(f"{name} declares a document type or an encoding other than UTF-8; save it in Word again.")
    try:
        root = ET.fromstring(part)  # noqa: S314  # no declarations, see above
    except (ET.ParseError, ValueError) as error:
        raise RefusedDocx(f"{name} is not well-formed XML ({error}); save the document in Word again.") from error
    if _deeper_than(root, _DEEPEST):
        raise RefusedDocx(f"{name} has elements more than {_DEEPEST} deep; save the document in Word again.")
    return root


def _deeper_than(root: ET.Element, most: int) -> bool:
    level = [root]
    for _ in range(most):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True
