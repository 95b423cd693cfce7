"""How a revision becomes approved: an append-only history of events, each bound to the one before by its digest.

    drafted → submitted → approved → published → superseded or ended
                        ↘ returned → drafted …
    withdrawn ends every state but those.

The review is by another person than any who drafted or submitted the revision. An approved content never changes: the
next version is a new revision of the same line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from products import chained_events
from products.chained_events import LONGEST_ACTOR, LONGEST_NOTE, Life, NotAllowed

__all__ = ["FOLLOWS", "LONGEST_ACTOR", "LONGEST_NOTE", "PUBLISHER", "Event", "History", "Kind", "NotAllowed"]


class Kind(StrEnum):
    """What happened to a revision."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


Event = chained_events.Event[Kind]
History = tuple[Event, ...]

FOLLOWS: Final[Mapping[Kind, frozenset[Kind | None]]] = {
    Kind.DRAFTED: frozenset({None, Kind.DRAFTED, Kind.RETURNED}),
    Kind.SUBMITTED: frozenset({Kind.DRAFTED}),
    Kind.APPROVED: frozenset({Kind.SUBMITTED}),
    Kind.RETURNED: frozenset({Kind.SUBMITTED}),
    Kind.PUBLISHED: frozenset({Kind.APPROVED}),
    Kind.SUPERSEDED: frozenset({Kind.PUBLISHED}),
    Kind.ENDED: frozenset({Kind.PUBLISHED}),
    Kind.WITHDRAWN: frozenset({Kind.DRAFTED, Kind.SUBMITTED, Kind.RETURNED, Kind.APPROVED, Kind.PUBLISHED}),
}
"""What each event may follow; None is the beginning."""
PUBLISHER: Final = "kedai"
"""The actor of events that follow from the calendar alone."""

_LIFE: Final = Life(
    subject="revision",
    follows=FOLLOWS,
    authored=frozenset({Kind.DRAFTED, Kind.SUBMITTED}),
    remedies={
        Kind.DRAFTED: "Draft a new revision of the same line instead.",
        Kind.SUBMITTED: "Only a draft is submitted; draft it again first.",
        Kind.APPROVED: "Only what is submitted is approved; submit it first.",
        Kind.RETURNED: "Only what is submitted is returned.",
        Kind.WITHDRAWN: "It is out of force already.",
    },
)


def drafted(history: History, *, actor: str, at: datetime, content: str, note: str = "") -> Event:
    """The event of a (new) draft; ``content`` is its digest. NotAllowed once it was submitted and not returned."""
    return _LIFE.next(history, Kind.DRAFTED, actor=actor, at=at, note=note, content=content)


def submitted(history: History, *, actor: str, at: datetime, note: str = "") -> Event:
    """The event of a submission for review."""
    return _LIFE.next(history, Kind.SUBMITTED, actor=actor, at=at, note=note)


def approved(history: History, *, actor: str, at: datetime, day: date, note: str = "") -> Event:
    """The event of an approval that takes effect on ``day``. NotAllowed by anyone who drafted or submitted it."""
    event = _LIFE.next(history, Kind.APPROVED, actor=actor, at=at, note=note, day=day)
    return _LIFE.require_other_eyes(history, event)


def returned(history: History, *, actor: str, at: datetime, note: str) -> Event:
    """The event of a return to its author; a note must say why."""
    event = _LIFE.next(history, Kind.RETURNED, actor=actor, at=at, note=note)
    return _LIFE.require_reason(_LIFE.require_other_eyes(history, event), "what has to change")


def withdrawn(history: History, *, actor: str, at: datetime, day: date, note: str) -> Event:
    """The event of a withdrawal: from ``day`` on the revision is out of force; a note must say why."""
    event = _LIFE.next(history, Kind.WITHDRAWN, actor=actor, at=at, note=note, day=day)
    return _LIFE.require_reason(event, "why")


def dated(history: History, kind: Kind, *, at: datetime, day: date, note: str = "") -> Event:
    """The event that the calendar brings about: published, superseded or ended as of ``day``."""
    return _LIFE.next(history, kind, actor=PUBLISHER, at=at, note=note, day=day)


def authors(history: History) -> frozenset[str]:
    """Everyone who drafted or submitted the revision."""
    return _LIFE.authors(history)


def intact(history: History) -> bool:
    """Whether every event follows the one before, in order, with its digest."""
    return _LIFE.intact(history)
