"""Redlines of a stored set: against its approved texts, against an earlier set, and of a document that came back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from typing import Final

from api.contracts.redrawing import Redrawn, redraw
from api.storage.repository import Repository
from api.storage.stored import StoredDocument
from templates.contract_set import Drafted
from templates.redline import (
    Deviation,
    Redline,
    approved_text,
    departures,
    deviations,
    redline,
    redline_docx,
    redline_html,
)
from templates.redline.units import compare, units_of
from templates.writing import docx, html

APPROVED: Final = "approved"
PREVIOUS: Final = "previous"


class RedlineFormat(StrEnum):
    """What a redline is written as: Word with tracked changes, or a page."""

    DOCX = "docx"
    HTML = "html"


_WRITERS: Final = {
    RedlineFormat.DOCX: (redline_docx, docx.MEDIA_TYPE),
    RedlineFormat.HTML: (redline_html, html.MEDIA_TYPE),
}


class NothingToCompare(LookupError):
    """A redline against a set that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedlinedDocument:
    """What became of one document; ``departures`` are more than the filled blanks of an approved text."""

    kind: str
    language: str
    order: int
    found: Redline
    departures: tuple[Deviation, ...]

    @property
    def is_same(self) -> bool:
        """Whether both texts are the same."""
        return not self.found.altered

    @property
    def filled(self) -> int:
        """How many paragraphs and rows differ by facts in blanks alone."""
        return len(self.found.altered) - len(self.departures)

    def written(self, form: RedlineFormat) -> StoredDocument:
        """The redline as a file; RedlineRefused if a DOCX would not give both texts when it is read back."""
        write, media_type = _WRITERS[form]
        content = write(self.found)
        name = f"{self.order:02d}-{self.kind}.{self.language}.redline.{form}"
        return StoredDocument(name, media_type, content, hashlib.sha256(content).hexdigest())


def redline_set(repository: Repository, set_id: str, *, against: str) -> tuple[RedlinedDocument, ...] | None:
    """The set's documents, one per language, against ``approved``, ``previous`` or the id of another set.

    ``previous`` is the set of the same decision that was drawn just before. None if there is no such set;
    NothingToCompare if there is nothing to hold it against, NoSources if a set cannot be drawn again.
    """
    redrawn = redraw(repository, set_id, printer=None)
    if redrawn is None:
        return None
    drafted = redrawn.contracts.drafted
    if against == APPROVED:
        return tuple(_against_approved(one) for one in drafted if one.word is None)
    return tuple(_against_earlier(drafted, _earlier(repository, redrawn, against).contracts.drafted))


def redline_returned(repository: Repository, set_id: str, content: bytes) -> RedlinedDocument | None:
    """A file that came back against the document of the set that it is; None if there is no such set.

    RefusedDocx, NoSuchDocument or NoSources as where such a file is checked; nothing is stored.
    """
    redrawn = redraw(repository, set_id, printer=None)
    if redrawn is None:
        return None
    return _redlined(*redrawn.redlined_with(content))


def redline_of_stored(repository: Repository, returned_id: str) -> RedlinedDocument | None:
    """The redline of a file that came back and is kept, in the document it was checked as; None if there is none."""
    kept = repository.returned_file(returned_id)
    entry = repository.returned_entry(returned_id)
    if kept is None or entry is None:
        return None
    redrawn = redraw(repository, entry.contract_set_id, printer=None)
    if redrawn is None:
        return None
    return _redlined(*redrawn.redlined_with(kept[0], named=(entry.document, entry.language)))


def _earlier(repository: Repository, redrawn: Redrawn, against: str) -> Redrawn:
    wanted = _set_before(repository, redrawn) if against == PREVIOUS else against
    earlier = redraw(repository, wanted, printer=None)
    if earlier is None:
        raise NothingToCompare(
            f"There is no contract set {against!r}; a redline is against {APPROVED}, {PREVIOUS} or the id of a set."
        )
    return earlier


def _set_before(repository: Repository, redrawn: Redrawn) -> str:
    ids = [each.id for each in repository.contract_sets(redrawn.stored.decision_id)]
    older = ids[ids.index(redrawn.stored.id) + 1 :]
    if not older:
        raise NothingToCompare(
            f"The set {redrawn.stored.id} is the first of its decision; compare it with {APPROVED}, or name a set."
        )
    return older[0]


def _against_approved(one: Drafted) -> RedlinedDocument:
    found = redline(approved_text(one), one.document)
    return _redlined(one, found, departures(found))


def _against_earlier(new: tuple[Drafted, ...], old: tuple[Drafted, ...]) -> Iterator[RedlinedDocument]:
    """Each document of either set; one that only one set has came or went as a whole."""
    before, after = _by_name(old), _by_name(new)
    for name in (*after, *(name for name in before if name not in after)):
        one = after.get(name) or before[name]
        old_units, new_units = (units_of(side[name].document) if name in side else () for side in (before, after))
        found = compare(old_units, new_units, title=unescape(one.document.title), language=one.document.language.value)
        yield _redlined(one, found, deviations(found))


def _by_name(drafted: tuple[Drafted, ...]) -> Mapping[tuple[str, str], Drafted]:
    return {(one.document.kind, one.document.language.value): one for one in drafted}


def _redlined(one: Drafted, found: Redline, listed: tuple[Deviation, ...]) -> RedlinedDocument:
    kind, language = one.document.kind, one.document.language.value
    return RedlinedDocument(
        kind=kind,
        language=language,
        order=one.definition.order,
        found=found,
        departures=listed,
    )
