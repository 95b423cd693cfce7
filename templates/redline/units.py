"""Comparing two documents: paragraph by paragraph and table row by table row, then word by word inside what changed.

A Chinese text is compared by characters, but a number with its separators and per cent sign, a Latin word and an amount
in capitals count as one: 100 that becomes 120 is marked as a whole, not in its digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html import unescape
from typing import Final

from templates.capital import CAPITAL_AMOUNT
from templates.document import Aligned, Block, Document, Pairs, Paragraph, Signatures, Table

_TOKEN: Final = re.compile(
    rf"{CAPITAL_AMOUNT.pattern}|【[a-z_.]+】|[¥-]?[0-9][0-9,.]*[0-9]%?|[0-9]%?|[A-Za-z]+|.", re.DOTALL
)
BLANK: Final = re.compile(r"【[a-z_.]+】")
"""Where a fact stands in an approved text."""
_HEADINGS: Final = frozenset({"Article", "Section", "Annex"})
_ALIKE: Final = 0.5
"""How like each other two texts must be to count as one that changed; below it one went and another came."""


class Kind(StrEnum):
    """What became of a unit or of a piece of its text."""

    KEPT = "kept"
    CHANGED = "changed"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph (one cell) or a row of a table (a cell per column), in plain text, with its Word style.

    A cell of several paragraphs, as a place to sign is, has a line for each.
    """

    style: str
    cells: tuple[str, ...]
    strong: bool = False

    @property
    def is_row(self) -> bool:
        """Whether it belongs to a table."""
        return self.style == ROW


ROW: Final = "TableText"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that was kept, inserted or deleted."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one unit: the pieces of each of its cells."""

    kind: Kind
    unit: Unit
    cells: tuple[tuple[Piece, ...], ...]

    def text(self, *kinds: Kind) -> str:
        """The text of the pieces of these kinds, cells separated by tabs."""
        return "\t".join("".join(piece.text for piece in cell if piece.kind in kinds) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Redline:
    """Everything both texts contain, in order, with what became of it."""

    title: str
    language: str
    changes: tuple[Change, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def altered(self) -> tuple[Change, ...]:
        """The units that are not the same in both texts."""
        return tuple(change for change in self.changes if change.kind is not Kind.KEPT)


@dataclass(frozen=True, slots=True)
class Deviation:
    """A change with the heading of the article or section it stands under; empty before the first heading."""

    heading: str
    change: Change


def deviations(found: Redline) -> tuple[Deviation, ...]:
    """What was altered, clause by clause, in the order of the new text."""
    heading, listed = "", []
    for change in found.changes:
        if change.unit.style in _HEADINGS:
            heading = change.text(Kind.KEPT, Kind.INSERTED) or change.text(Kind.DELETED)
        if change.kind is not Kind.KEPT:
            listed.append(Deviation(heading, change))
    return tuple(listed)


def redline(old: Document, new: Document) -> Redline:
    """What changed from one draft to the next; ValueError if they are different kinds of document."""
    if (old.kind, old.language) != (new.kind, new.language):
        raise ValueError(
            f"A {old.kind} in {old.language.value} cannot be compared with a {new.kind} in {new.language.value}; "
            "compare two drafts of the same document."
        )
    return compare(units_of(old), units_of(new), title=unescape(new.title), language=new.language.value)


def compare(old: Sequence[Unit], new: Sequence[Unit], *, title: str, language: str) -> Redline:
    """What changed from one sequence of units to another."""
    changes = tuple(_changes(old, new))
    before, after = (tuple("\t".join(unit.cells) for unit in units) for units in (old, new))
    return Redline(title, language, changes, before, after)


def units_of(document: Document) -> tuple[Unit, ...]:
    """The document's paragraphs and rows in reading order, with title and number first; empty ones are left out."""
    head = (Unit("Title", (unescape(document.title),)), Unit("Subtitle", (_number_line(document),)))
    units = (*head, *(unit for block in document.blocks for unit in _units(block)))
    return tuple(unit for unit in units if any(unit.cells))


def _number_line(document: Document) -> str:
    return unescape(document.number_label + document.number)


def _units(block: Block) -> Iterator[Unit]:
    match block:
        case Paragraph(style=style, runs=runs):
            yield Unit(style.value.capitalize(), (_plain(block),), all(run.strong for run in runs))
        case Aligned(zh=chinese, en=english):
            yield Unit(ROW, (_plain(chinese), _plain(english)))
        case Table(columns=columns, rows=rows):
            yield Unit(ROW, tuple(unescape(column.title) for column in columns), strong=True)
            yield from (Unit(ROW, tuple(map(unescape, row))) for row in rows)
        case Pairs(rows=pairs):
            yield from (Unit(ROW, tuple(map(unescape, row))) for row in pairs)
        case Signatures(blocks=blocks):
            yield Unit(ROW, tuple(unescape("\n".join((one.anchor, *one.lines))) for one in blocks))


def _plain(paragraph: Paragraph) -> str:
    return unescape("".join(run.text for run in paragraph.runs))


def _changes(old: Sequence[Unit], new: Sequence[Unit]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, [unit.cells for unit in old], [unit.cells for unit in new], autojunk=False)
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation == "equal":
            yield from (_whole(unit, Kind.KEPT) for unit in new[c:d])
        else:
            yield from _paired(old[a:b], new[c:d])


def _paired(old: Sequence[Unit], new: Sequence[Unit]) -> Iterator[Change]:
    """Each new unit takes the first old one left that is like it; between pairs, what went stands before what came."""
    position, came = 0, []
    for unit in new:
        found = next((i for i in range(position, len(old)) if _alike(old[i], unit)), None)
        if found is None:
            came.append(_whole(unit, Kind.INSERTED))
            continue
        yield from (_whole(gone, Kind.DELETED) for gone in old[position:found])
        yield from came
        yield Change(Kind.CHANGED, unit, tuple(map(_pieces, old[found].cells, unit.cells)))
        position, came = found + 1, []
    yield from (_whole(gone, Kind.DELETED) for gone in old[position:])
    yield from came


def _alike(old: Unit, new: Unit) -> bool:
    if len(old.cells) != len(new.cells) or old.is_row != new.is_row:
        return False
    approved = "\t".join(old.cells)
    filled = pattern_of(approved) if BLANK.sub("", approved).strip() else None
    if filled is not None and filled.fullmatch("\t".join(new.cells)):
        return True
    return SequenceMatcher(None, _tokens("\t".join(old.cells)), _tokens("\t".join(new.cells))).ratio() >= _ALIKE


def pattern_of(approved: str) -> re.Pattern[str] | None:
    """What an approved text may become by filling its blanks; None if it has none."""
    if not BLANK.search(approved):
        return None
    return re.compile("(.+?)".join(map(re.escape, BLANK.split(approved))), re.DOTALL)


def _whole(unit: Unit, kind: Kind) -> Change:
    return Change(kind, unit, tuple((Piece(kind, cell),) if cell else () for cell in unit.cells))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    """The word-level difference of two texts."""
    a, b = _tokens(old), _tokens(new)
    pieces: list[Piece] = []
    for operation, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if operation == "equal":
            pieces.append(Piece(Kind.KEPT, "".join(a[i:j])))
            continue
        pieces.extend(
            Piece(kind, text)
            for kind, text in ((Kind.DELETED, "".join(a[i:j])), (Kind.INSERTED, "".join(b[k:m])))
            if text
        )
    return tuple(pieces)
