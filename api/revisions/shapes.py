"""Revisions as the HTTP interface and the command line answer them."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from api.revisions.desk import Standing
from products.chained_events import Event, K
from products.revising.content import Content
from products.revising.lines import State
from products.revising.words import Difference


class Shape(BaseModel):
    """Base of all answers: immutable."""

    model_config = ConfigDict(frozen=True)


class RevisionLine(Shape):
    """A revision as a list shows it."""

    id: str
    product: str
    slug: str = Field(description="the line: what an application names as its revision")
    number: int = Field(description="place in the line, from 1")
    state: State
    effective_from: date
    effective_until: date | None
    sha256: str = Field(description="of the content's canonical JSON")
    url: str


class EventShape(Shape):
    """One event of a history; each carries the digest of the one before."""

    position: int
    kind: str = Field(
        description="drafted, submitted, approved, returned, withdrawn or what the calendar brought about"
    )
    actor: str
    at: datetime
    note: str
    content_sha256: str
    day: date | None
    previous: str
    digest: str


class RevisionAnswer(RevisionLine):
    """A revision in full."""

    content: Content
    history: tuple[EventShape, ...]


class RevisionList(Shape):
    """The revisions of an organisation, by product, line and number."""

    items: tuple[RevisionLine, ...]


class DifferenceShape(Shape):
    """One difference between two versions of a product's terms."""

    path: str
    before: str | None
    after: str | None
    zh: str
    en: str


class DifferenceList(Shape):
    """How a revision differs from another, or from what its line has in force."""

    revision: str
    against: str | None = Field(description="id of the other revision; null for what is in force in its line")
    items: tuple[DifferenceShape, ...]


class PublicationAnswer(Shape):
    """Ids of the revisions that a publication recorded events for."""

    changed: tuple[str, ...]


def revision_answer(standing: Standing) -> RevisionAnswer:
    """A revision in full."""
    revision = standing.revision
    return RevisionAnswer(
        **dict(_line(standing)),
        content=revision.content,
        history=tuple(map(event_shape, revision.history)),
    )


def revision_list(found: tuple[Standing, ...]) -> RevisionList:
    """The list of revisions."""
    return RevisionList(items=tuple(map(_line, found)))


def difference_list(revision: str, against: str | None, found: tuple[Difference, ...]) -> DifferenceList:
    """The differences between two revisions."""
    items = tuple(
        DifferenceShape(path=each.path, before=each.before, after=each.after, zh=each.zh, en=each.en) for each in found
    )
    return DifferenceList(revision=revision, against=against, items=items)


def _line(standing: Standing) -> RevisionLine:
    revision = standing.revision
    content = revision.content
    return RevisionLine(
        id=revision.id,
        product=content.product,
        slug=content.slug,
        number=revision.number,
        state=standing.state,
        effective_from=content.effective_from,
        effective_until=content.effective_until,
        sha256=content.sha256,
        url=f"/v1/revisions/{revision.id}",
    )


def event_shape(event: Event[K]) -> EventShape:
    """An event as it is answered."""
    return EventShape(
        position=event.position,
        kind=event.kind.value,
        actor=event.actor,
        at=event.at,
        note=event.note,
        content_sha256=event.content,
        day=event.day,
        previous=event.previous,
        digest=event.digest,
    )
