"""Append-only histories: each event is bound to the one before by its digest, and some need other eyes than others.

A life (of a revision, a trial, a shadow) declares its kinds and what each may follow; everything else is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar

from products.canonical import digest

LONGEST_ACTOR: Final = 120
LONGEST_NOTE: Final = 2_000

K = TypeVar("K", bound=StrEnum)


class NotAllowed(ValueError):
    """An event that a history does not admit; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Generic[K]):
    """One event. ``content`` is the digest of what its subject said then, ``day`` when it takes effect.

    ``previous`` is the digest of the event before, empty for the first, and ``digest`` covers everything here.
    """

    position: int
    kind: K
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Life(Generic[K]):
    """What may happen to a subject: ``follows`` says what each kind may follow (None is the beginning).

    ``authored`` are the kinds whose actors are authors, ``remedies`` what to do where a kind is not admitted,
    ``unborn`` what is said of a subject without events.
    """

    subject: str
    follows: Mapping[K, frozenset[K | None]]
    authored: frozenset[K]
    remedies: Mapping[K, str]
    unborn: str = "is not drafted yet"

    def next(
        self,
        history: tuple[Event[K], ...],
        kind: K,
        *,
        actor: str,
        at: datetime,
        note: str,
        content: str | None = None,
        day: date | None = None,
    ) -> Event[K]:
        """The event that comes next; NotAllowed if the history does not admit it or the actor is nobody."""
        last = history[-1] if history else None
        if (last and last.kind) not in self.follows[kind]:
            standing = f"is {last.kind}" if last else self.unborn
            remedy = self.remedies.get(kind, "")
            raise NotAllowed(f"The {self.subject} {standing} and cannot be {kind}. {remedy}".rstrip())
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

    def require_reason(self, event: Event[K], what_to_say: str) -> Event[K]:
        """The event if its note says something, else NotAllowed."""
        if not event.note.strip():
            raise NotAllowed(f"A {self.subject} is {event.kind} with a reason. Say in a note {what_to_say}.")
        return event

    def require_other_eyes(self, history: tuple[Event[K], ...], event: Event[K]) -> Event[K]:
        """The event if its actor is none of the authors, else NotAllowed."""
        own = {each.casefold() for each in self.authors(history)}
        if event.actor.casefold() in own:
            raise NotAllowed(
                f"{event.actor} drafted or submitted this {self.subject}; it is {event.kind} by another person. "
                "Ask a colleague who did not write it."
            )
        return event

    def authors(self, history: tuple[Event[K], ...]) -> frozenset[str]:
        """Everyone who acted as an author."""
        return frozenset(each.actor for each in history if each.kind in self.authored)

    def intact(self, history: tuple[Event[K], ...]) -> bool:
        """Whether every event follows the one before, in order, with its digest."""
        before: Event[K] | None = None
        for place, event in enumerate(history, start=1):
            kind, previous = (before.kind, before.digest) if before else (None, "")
            if event.position != place or event.previous != previous or kind not in self.follows[event.kind]:
                return False
            before = event
        return True


def _require_named(actor: str) -> None:
    if not actor.strip() or actor != actor.strip() or len(actor) > LONGEST_ACTOR:
        raise NotAllowed(
            f"{actor[:40]!r} names nobody. Give the name of the person who acts, 1 to {LONGEST_ACTOR} characters, "
            "without blanks around it."
        )
