"""How a revision becomes approved: an append-only history of events, each bound to the one before by its digest.

    drafted → submitted → approved → published → superseded or ended
                        ↘ returned → drafted …
    withdrawn ends every state but those.

The review is by another person than any who drafted or submitted the revision. An approved content never changes: the
next version is a new revision of the same line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from products.canonical import digest

LONGEST_ACTOR: Final = 120
LONGEST_NOTE: Final = 2_000


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

_REMEDIES: Final[Mapping[Kind, str]] = {
    Kind.DRAFTED: "Draft a new revision of the same line instead.",
    Kind.SUBMITTED: "Only a draft is submitted; draft it again first.",
    Kind.APPROVED: "Only what is submitted is approved; submit it first.",
    Kind.RETURNED: "Only what is submitted is returned.",
    Kind.WITHDRAWN: "It is out of force already.",
}


class NotAllowed(ValueError):
    """An event that a revision's history does not admit; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. ``content`` is the digest of what the revision said then, ``day`` when it takes effect.

    ``previous`` is the digest of the event before, empty for the first, and ``digest`` covers everything here.
    """

    position: int
    kind: Kind
    actor: str
    at: datetime
    note: str
    content: str
    day: date | None
    previous: str

    @property
    def digest(self) -> str:
        """SHA-256 over the event's canonical JSON."""
        return digest(
            {
                "position": self.position,
                "kind": self.kind.value,
                "actor": self.actor,
                "at": self.at.isoformat(),
                "note": self.note,
                "content": self.content,
                "day": self.day and self.day.isoformat(),
                "previous": self.previous,
            }
        )


History = tuple[Event, ...]


def drafted(history: History, *, actor: str, at: datetime, content: str, note: str = "") -> Event:
    """The event of a (new) draft; ``content`` is its digest. NotAllowed once it was submitted and not returned."""
    return _next(history, Kind.DRAFTED, actor=actor, at=at, note=note, content=content)


def submitted(history: History, *, actor: str, at: datetime, note: str = "") -> Event:
    """The event of a submission for review."""
    return _next(history, Kind.SUBMITTED, actor=actor, at=at, note=note)


def approved(history: History, *, actor: str, at: datetime, day: date, note: str = "") -> Event:
    """The event of an approval that takes effect on ``day``. NotAllowed by anyone who drafted or submitted it."""
    event = _next(history, Kind.APPROVED, actor=actor, at=at, note=note, day=day)
    _require_other_eyes(history, actor, "approved")
    return event


def returned(history: History, *, actor: str, at: datetime, note: str) -> Event:
    """The event of a return to its author; a note must say why."""
    event = _next(history, Kind.RETURNED, actor=actor, at=at, note=note)
    _require_other_eyes(history, actor, "returned")
    if not note.strip():
        raise NotAllowed("A revision is returned with a reason. Say in a note what has to change.")
    return event


def withdrawn(history: History, *, actor: str, at: datetime, day: date, note: str) -> Event:
    """The event of a withdrawal: from ``day`` on the revision is out of force; a note must say why."""
    event = _next(history, Kind.WITHDRAWN, actor=actor, at=at, note=note, day=day)
    if not note.strip():
        raise NotAllowed("A revision is withdrawn with a reason. Say in a note why.")
    return event


def dated(history: History, kind: Kind, *, at: datetime, day: date, note: str = "") -> Event:
    """The event that the calendar brings about: published, superseded or ended as of ``day``."""
    return _next(history, kind, actor=PUBLISHER, at=at, note=note, day=day)


def authors(history: History) -> frozenset[str]:
    """Everyone who drafted or submitted the revision."""
    return frozenset(each.actor for each in history if each.kind in (Kind.DRAFTED, Kind.SUBMITTED))


def intact(history: History) -> bool:
    """Whether every event follows the one before, in order, with its digest."""
    before: Event | None = None
    for place, event in enumerate(history, start=1):
        kind, previous = (before.kind, before.digest) if before else (None, "")
        if event.position != place or event.previous != previous or kind not in FOLLOWS[event.kind]:
            return False
        before = event
    return True


def _next(
    history: History,
    kind: Kind,
    *,
    actor: str,
    at: datetime,
    note: str,
    content: str | None = None,
    day: date | None = None,
) -> Event:
    last = history[-1] if history else None
    if (last and last.kind) not in FOLLOWS[kind]:
        standing = f"is {last.kind}" if last else "is not drafted yet"
        raise NotAllowed(f"The revision {standing} and cannot be {kind}. {_REMEDIES.get(kind, '')}".rstrip())
    _require_named(actor)
    if len(note) > LONGEST_NOTE:
        raise NotAllowed(f"The note has {len(note)} characters; at most {LONGEST_NOTE} are kept. Shorten it.")
    return Event(
        position=len(history) + 1,
        kind=kind,
        actor=actor,
        at=at,
        note=note,
        content=content if content is not None else last.content if last else "",
        day=day,
        previous=last.digest if last else "",
    )


def _require_named(actor: str) -> None:
    if not actor.strip() or actor != actor.strip() or len(actor) > LONGEST_ACTOR:
        raise NotAllowed(
            f"{actor[:40]!r} names nobody. Give the name of the person who acts, 1 to {LONGEST_ACTOR} characters, "
            "without blanks around it."
        )


def _require_other_eyes(history: History, actor: str, verb: str) -> None:
    own = {each.casefold() for each in authors(history)}
    if actor.casefold() in own:
        raise NotAllowed(
            f"{actor} drafted or submitted this revision; it is {verb} by another person. Ask a colleague who did not "
            "write it."
        )
