"""The life of a contract text: drafted, submitted, approved or returned, withdrawn; `products.chained_events` keeps it.

What follows from the calendar (in force, superseded) is no event: it is read from first days and withdrawals.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from products import chained_events
from products.chained_events import Life


class Kind(StrEnum):
    """What happened to a version of a text."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


Event = chained_events.Event[Kind]
History = tuple[Event, ...]

FOLLOWS: Final[Mapping[Kind, frozenset[Kind | None]]] = {
    Kind.DRAFTED: frozenset({None, Kind.DRAFTED, Kind.RETURNED}),
    Kind.SUBMITTED: frozenset({Kind.DRAFTED}),
    Kind.APPROVED: frozenset({Kind.SUBMITTED}),
    Kind.RETURNED: frozenset({Kind.SUBMITTED}),
    Kind.WITHDRAWN: frozenset({Kind.DRAFTED, Kind.SUBMITTED, Kind.RETURNED, Kind.APPROVED}),
}
"""What each event may follow; None is the beginning."""

_LIFE: Final = Life(
    subject="text",
    follows=FOLLOWS,
    authored=frozenset({Kind.DRAFTED, Kind.SUBMITTED}),
    remedies={
        Kind.DRAFTED: "Draft a new version of the same text instead.",
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
    """The event of a submission for legal review."""
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
    """The event of a withdrawal: from ``day`` on the text is out of force; a note must say why."""
    event = _LIFE.next(history, Kind.WITHDRAWN, actor=actor, at=at, note=note, day=day)
    return _LIFE.require_reason(event, "why")


def intact(history: History) -> bool:
    """Whether every event follows the one before, in order, with its digest."""
    return _LIFE.intact(history)
