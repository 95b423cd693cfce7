"""The small markup of clause texts.

A body is blocks separated by blank lines. A block that begins with ``§ `` is a numbered paragraph, with ``- `` an
item of the paragraph before it, with ``> `` a note, with ``= `` a line of its own, with ``## `` a heading without
number; any other is plain. Inside, ``**bold**`` marks words that must catch the eye and ``[[target]]`` is a
cross-reference to a clause or to a paragraph that ends in ``{#target}``. ``::: kind name`` stands for a table, for
pairs or for the signatures of the context.

Structure is read here, before any value is put in, so a value can never become structure. Digits may not stand in a
clause: every number in a contract comes from the decision or the particulars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from templates.document import Style

_MARKS: Final = {"§ ": Style.CLAUSE, "- ": Style.ITEM, "> ": Style.NOTE, "= ": Style.LINE, "## ": Style.SECTION}
_INSERT: Final = re.compile(r"::: (?P<kind>[a-z]+) (?P<name>[a-z_.]+)")
_ANCHOR: Final = re.compile(r"\s*\{#(?P<anchor>[a-z-]+)\}$")
_INLINE: Final = re.compile(r"\*\*(?P<strong>.+?)\*\*|\[\[(?P<target>[a-z-]+)\]\]")
_EXPRESSION: Final = re.compile(r"\{\{ [a-z][a-z_]*(?:\.[a-z][a-z_]*)* \}\}")
_FORBIDDEN: Final = re.compile(r"[0-9０-９]|\{[{%#]|[}%#]\}|[<>\x00-\x09\x0b-\x1f]")


class BadMarkup(ValueError):
    """A clause body that does not follow the markup."""


class Insert(StrEnum):
    """What a ``:::`` block stands for."""

    TABLE = "table"
    PAIRS = "pairs"
    SIGNATURES = "signatures"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of template text, or a cross-reference where ``target`` is set."""

    source: str
    strong: bool = False
    target: str | None = None


@dataclass(frozen=True, slots=True)
class ParagraphSource:
    """A paragraph before its values are put in."""

    style: Style
    segments: tuple[Segment, ...]
    anchor: str | None


@dataclass(frozen=True, slots=True)
class InsertSource:
    """A place where the context supplies a whole block."""

    kind: Insert
    name: str


BlockSource = ParagraphSource | InsertSource


def parse_body(body: str, place: str) -> tuple[BlockSource, ...]:
    """The blocks of a clause body; BadMarkup names ``place``, the block and the remedy."""
    chunks = [" ".join(chunk.split("\n")) for chunk in re.split(r"\n\s*\n", body.strip())]
    return tuple(_block(chunk.strip(), f"{place}, block {i}") for i, chunk in enumerate(chunks, 1) if chunk.strip())


def _block(chunk: str, place: str) -> BlockSource:
    if chunk.startswith(":::"):
        found = _INSERT.fullmatch(chunk)
        if found is None or found["kind"] not in set(Insert):
            raise BadMarkup(f"{place} is {chunk!r}; write ::: table, ::: pairs or ::: signatures and a name.")
        return InsertSource(Insert(found["kind"]), found["name"])
    style, text = Style.BODY, chunk
    for mark, marked in _MARKS.items():
        if chunk.startswith(mark):
            style, text = marked, chunk[len(mark) :]
    anchor = _ANCHOR.search(text)
    text = text[: anchor.start()] if anchor else text
    _refuse(text, place)
    return ParagraphSource(style, tuple(_segments(text)), anchor["anchor"] if anchor else None)


def _refuse(text: str, place: str) -> None:
    found = _FORBIDDEN.search(_EXPRESSION.sub("", text))
    if found:
        raise BadMarkup(
            f"{place} contains {found.group()!r}; clauses hold words and {{{{ names }}}}, numbers and logic "
            "belong to the context."
        )


def _segments(text: str) -> Iterator[Segment]:
    position = 0
    for found in _INLINE.finditer(text):
        if found.start() > position:
            yield Segment(text[position : found.start()])
        if found["strong"] is not None:
            yield Segment(found["strong"], strong=True)
        else:
            yield Segment("", target=found["target"])
        position = found.end()
    if position < len(text):
        yield Segment(text[position:])
