"""How a revision becomes approved: an append-only history of events, each bound to the one before by its digest.

    drafted → submitted → approved → published → superseded or ended
                        ↘ returned → drafted …
    withdrawn ends every state but the last two.

The next version of an approved content is a new revision of the same line; `products.reviewed_life` keeps the steps.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from products import chained_events
from products.chained_events import LONGEST_ACTOR, LONGEST_NOTE, NotAllowed
from products.reviewed_life import reviewed_life

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

PUBLISHER: Final = "kedai"
"""The actor of events that follow from the calendar alone."""

_LIFE: Final = reviewed_life(
    Kind,
    "revision",
    instead="a new revision of the same line",
    further={
        Kind.PUBLISHED: frozenset({Kind.APPROVED}),
        Kind.SUPERSEDED: frozenset({Kind.PUBLISHED}),
        Kind.ENDED: frozenset({Kind.PUBLISHED}),
    },
)
FOLLOWS: Final = _LIFE.follows
"""What each event may follow; None is the beginning."""
drafted: Final = _LIFE.drafted
submitted: Final = _LIFE.submitted
approved: Final = _LIFE.approved
returned: Final = _LIFE.returned
withdrawn: Final = _LIFE.withdrawn
authors: Final = _LIFE.authors
intact: Final = _LIFE.intact


def dated(history: History, kind: Kind, *, at: datetime, day: date, note: str = "") -> Event:
    """The event that the calendar brings about: published, superseded or ended as of ``day``."""
    return _LIFE.next(history, kind, actor=PUBLISHER, at=at, note=note, day=day)
