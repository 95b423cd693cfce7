"""When approved revisions are in force: the windows of a line, its one book, and the catalogue with every line in it.

A line is all revisions of one product under one slug. Each holds from its first day until its own end, until the day of
its withdrawal, or until the next one begins. A day thus has at most one revision in force, whatever the order in which
they were approved, and an application dated on a day is always decided under the same terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any, Final

from products.applicant.reading import Problem
from products.discovery import Broken
from products.parameters import Book, DatedValue, make_book
from products.product import LoanProduct, Revision
from products.registry import Catalogue
from products.revising.content import Content, InvalidRevision
from products.revising.history import History, Kind
from products.revising.terms import book_of, programme_slug

ORIGIN: Final = "the organisation's own revisions"
"""What stands in the place of a package where a stored revision cannot be taken in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An approved revision: its id, what it says, and the day from which it is withdrawn if it is."""

    id: str
    content: Content
    withdrawn_from: date | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The days on which an approved revision is in force: from ``start`` to before ``end``, without end if None.

    ``successor`` is the id of the revision that ends it, None if its own end or a withdrawal does.
    """

    approved: Approved
    start: date
    end: date | None
    successor: str | None

    def holds(self, day: date) -> bool:
        """Whether the revision is in force on a day."""
        return self.start <= day and (self.end is None or day < self.end)


def windows(line: Iterable[Approved]) -> tuple[Window, ...]:
    """The windows of a line's revisions, rising; one withdrawn before its first day has none."""
    live = sorted(
        (each for each in line if each.withdrawn_from is None or each.withdrawn_from > each.content.effective_from),
        key=lambda each: each.content.effective_from,
    )
    return tuple(_window(each, after) for each, after in pairwise((*live, None)) if each is not None)


def _window(approved: Approved, after: Approved | None) -> Window:
    own = [day for day in (approved.content.effective_until, approved.withdrawn_from) if day is not None]
    end = min(own, default=None)
    if after is not None and (end is None or after.content.effective_from < end):
        return Window(approved, approved.content.effective_from, after.content.effective_from, after.id)
    return Window(approved, approved.content.effective_from, end, None)


def in_force(line: Iterable[Approved], day: date) -> Approved | None:
    """The line's revision in force on a day."""
    return next((each.approved for each in windows(line) if each.holds(day)), None)


def with_lines(catalogue: Catalogue, approved: Iterable[Approved]) -> Catalogue:
    """The catalogue with every line of approved revisions on offer beside the shipped ones.

    A line that the installed plugins cannot carry any more is left out and named among the broken.
    """
    broken: list[Broken] = []
    for (product, slug), line in _by_line(approved):
        try:
            revision = line_revision(catalogue, line)
            catalogue = catalogue if revision is None else catalogue.amended([revision])
        except ValueError as error:
            remedy = "Draft it again for the installed version of the product, or withdraw it."
            broken.append(Broken(f"{product}/{slug}", ORIGIN, str(error), remedy))
    return replace(catalogue, broken=(*catalogue.broken, *broken)) if broken else catalogue


def _by_line(approved: Iterable[Approved]) -> list[tuple[tuple[str, str], list[Approved]]]:
    def line(each: Approved) -> tuple[str, str]:
        return each.content.product, each.content.slug

    return [(name, list(group)) for name, group in groupby(sorted(approved, key=line), key=line)]


def line_revision(catalogue: Catalogue, line: Sequence[Approved]) -> Revision | None:
    """A line as one revision with one book; None if no window is left in it.

    ValueError if its product is not on offer, a change cannot be read, or its revisions name several programmes.
    """
    held = windows(line)
    if not held:
        return None
    first, last = held[0].approved.content, held[-1].approved.content
    if first.product not in catalogue.products:
        raise ValueError(f"The product {first.product!r} is not on offer.")
    product = catalogue.products[first.product]
    programmes = {programme_slug(each.approved.content, product) for each in held}
    if len(programmes) > 1:
        raise ValueError(f"The line names several programmes: {', '.join(sorted(programmes))}.")
    return Revision(
        slug=last.slug,
        product=last.product,
        programme=programmes.pop(),
        zh=last.title.zh,
        en=last.title.en,
        source=last.source,
        effective_from=held[0].start,
        book=line_book(held, product),
    )


def line_book(held: Sequence[Window], product: LoanProduct[Any]) -> Book[Any]:
    """The one book of a line: on each day the terms of the revision whose window holds it, outside them none.

    InvalidRevision if a change cannot be read.
    """
    slug = held[0].approved.content.slug
    pieces = [(book_of(each.approved.content, product).values, each) for each in held]
    names = {name for values, _ in pieces for name in values}
    joined = {name: _joined([(values.get(name, ()), each) for values, each in pieces]) for name in sorted(names)}
    return make_book(slug, product.book.terms, joined, opens=held[0].start)


def _joined(pieces: Sequence[tuple[tuple[DatedValue, ...], Window]]) -> tuple[DatedValue, ...]:
    """One parameter's values over the windows; one that goes on across two stays one, the first keeps its own day."""
    found: list[tuple[DatedValue, date, date | None]] = []
    for values, window in pieces:
        for value, start, end in _clipped(values, window):
            if found and found[-1][0] is value and found[-1][2] == start:
                found[-1] = (value, found[-1][1], end)
            else:
                found.append((value, start, end))
    first = [replace(value, until=end) for value, _, end in found[:1]]
    return (*first, *(replace(value, since=start, until=end) for value, start, end in found[1:]))


def _clipped(values: tuple[DatedValue, ...], window: Window) -> list[tuple[DatedValue, date, date | None]]:
    clipped = []
    for value, after in pairwise((*values, None)):
        if value is None:
            continue
        start = max(value.since, window.start)
        next_since = after.since if after is not None else None
        ends = [day for day in (value.until, next_since, window.end) if day is not None]
        end = min(ends, default=None)
        if end is None or start < end:
            clipped.append((value, start, end))
    return clipped


def refuse_overlap(content: Content, line: Iterable[Approved], *, today: date) -> None:
    """InvalidRevision if approving ``content`` today would change what was, or could have been, decided already."""
    day = content.effective_from
    held = windows(line)
    taken = next((each.approved for each in held if each.start == day), None)
    if taken is not None:
        sentence = f"The line {content.slug} has an approved revision from {day} on already. Move effective_from."
    elif day < today:
        sentence = f"effective_from is {day}, which has passed; today is {today}. Give a day that is still to come."
    elif day == today and any(each.holds(today) for each in held):
        sentence = (
            f"Applications of today, {today}, may have been decided under the revision in force. "
            "Let the new one begin tomorrow or later."
        )
    else:
        return
    raise InvalidRevision([Problem("effective_from", sentence, day.isoformat())])


class State(StrEnum):
    """Where a revision stands on a day."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


_UNAPPROVED: Final = {
    Kind.DRAFTED: State.DRAFT,
    Kind.SUBMITTED: State.SUBMITTED,
    Kind.RETURNED: State.RETURNED,
    Kind.WITHDRAWN: State.WITHDRAWN,
}


def state(history: History, own: Approved | None, line: Iterable[Approved], today: date) -> State:
    """Where a revision stands; ``own`` is None where it was never approved, ``line`` holds it and its siblings."""
    if own is None:
        return _UNAPPROVED[history[-1].kind]
    window = next((each for each in windows(line) if each.approved.id == own.id), None)
    if window is None:
        return State.WITHDRAWN
    if today < window.start:
        return State.APPROVED
    if window.holds(today):
        return State.EFFECTIVE
    if window.successor is not None:
        return State.SUPERSEDED
    return State.WITHDRAWN if window.end == own.withdrawn_from else State.ENDED


def due(window: Window, history: History, today: date) -> tuple[tuple[Kind, date], ...]:
    """The events that the calendar has brought about by today and the history does not hold yet, with their days."""
    events: list[tuple[Kind, date]] = []
    kind = history[-1].kind
    if kind is Kind.APPROVED and window.start <= today:
        events.append((Kind.PUBLISHED, window.start))
        kind = Kind.PUBLISHED
    if kind is Kind.PUBLISHED and window.end is not None and window.end <= today:
        events.append((Kind.SUPERSEDED if window.successor else Kind.ENDED, window.end))
    return tuple(events)
