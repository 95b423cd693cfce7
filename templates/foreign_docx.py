"""Opening a DOCX from outside without trusting it.

Size, number of parts and rate of compression are limited before anything is unpacked; document type declarations,
macros, embedded objects and relationships that load something from elsewhere are refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final
from xml.etree import ElementTree as ET  # declarations of types and entities are refused before parsing

_LARGEST: Final = 20_000_000
_LARGEST_UNPACKED: Final = 60_000_000
_MOST_PARTS: Final = 500
_GREATEST_RATIO: Final = 200
_FORBIDDEN_PARTS: Final = re.compile(r"vbaProject|\.bin$|activeX|embeddings/|\.\.|^/|\\", re.IGNORECASE)
_DECLARATION: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING: Final = re.compile(rb"<\?xml[^>]*encoding=[\"'](?!utf-8[\"'])", re.IGNORECASE)


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
    if "word/document.xml" not in parts:
        raise RefusedDocx("The file has no word/document.xml, so it is no DOCX; save the document in Word again.")
    for name, part in parts.items():
        if name.endswith(".rels") and _fetches(parsed(part, name)):
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


def parsed(part: bytes, name: str) -> ET.Element:
    """A part as XML; RefusedDocx if it declares types or entities or is not well formed."""
    if _DECLARATION.search(part) or _ENCODING.search(part) or part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise RefusedDocx(f"{name} declares a document type or an encoding other than UTF-8; save it in Word again.")
    try:
        return ET.fromstring(part)  # noqa: S314  # no declarations, see above
    except ET.ParseError as error:
        raise RefusedDocx(f"{name} is not well-formed XML ({error}); save the document in Word again.") from error
