"""How a trial comes to run and ends: drafted → approved → started → stopped or ended; withdrawn before the start.

Whoever drafted a trial does not approve it. A plan is never redrafted, so what is approved is what was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from products import chained_events
from products.chained_events import Life

WATCHER: Final = "kedai"
"""The actor of events that follow from the calendar or from a stop rule."""


class Kind(StrEnum):
    """What happened to a trial."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    STARTED = "started"
    STOPPED = "stopped"
    ENDED = "ended"


Event = chained_events.Event[Kind]
History = tuple[Event, ...]
FOLLOWS: Final[Mapping[Kind, frozenset[Kind | None]]] = {
    Kind.DRAFTED: frozenset({None}),
    Kind.APPROVED: frozenset({Kind.DRAFTED}),
    Kind.WITHDRAWN: frozenset({Kind.DRAFTED, Kind.APPROVED}),
    Kind.STARTED: frozenset({Kind.APPROVED}),
    Kind.STOPPED: frozenset({Kind.STARTED}),
    Kind.ENDED: frozenset({Kind.STARTED}),
}
"""What each event may follow; None is the beginning."""

_LIFE: Final = Life(
    subject="trial",
    follows=FOLLOWS,
    authored=frozenset({Kind.DRAFTED}),
    remedies={
        Kind.DRAFTED: "Draft another trial instead.",
        Kind.APPROVED: "Only a draft is approved.",
        Kind.WITHDRAWN: "A trial that was started is stopped, not withdrawn.",
        Kind.STARTED: "Only an approved trial is started, and only once; draft another one.",
        Kind.STOPPED: "Only a running trial is stopped.",
    },
)


def drafted(*, actor: str, at: datetime, content: str, note: str = "") -> Event:
    """The first event; ``content`` is the plan's digest."""
    return _LIFE.next((), Kind.DRAFTED, actor=actor, at=at, note=note, content=content)


def approved(history: History, *, actor: str, at: datetime, note: str = "") -> Event:
    """The event of an approval; NotAllowed by the author."""
    return _LIFE.require_other_eyes(history, _LIFE.next(history, Kind.APPROVED, actor=actor, at=at, note=note))


def withdrawn(history: History, *, actor: str, at: datetime, note: str) -> Event:
    """The event of a withdrawal before the start; a note must say why."""
    return _LIFE.require_reason(_LIFE.next(history, Kind.WITHDRAWN, actor=actor, at=at, note=note), "why")


def started(history: History, *, actor: str, at: datetime, day: date, note: str = "") -> Event:
    """The event of the start; ``day`` is the first on which applicants are split."""
    return _LIFE.next(history, Kind.STARTED, actor=actor, at=at, note=note, day=day)


def stopped(history: History, *, actor: str, at: datetime, day: date, note: str) -> Event:
    """The event of a stop, from this moment on; a note must say why."""
    return _LIFE.require_reason(_LIFE.next(history, Kind.STOPPED, actor=actor, at=at, note=note, day=day), "why")


def ended(history: History, *, at: datetime, day: date) -> Event:
    """The event that the calendar brings about on the plan's ``ends_on``."""
    return _LIFE.next(history, Kind.ENDED, actor=WATCHER, at=at, note="", day=day)


def intact(history: History) -> bool:
    """Whether every event follows the one before, in order, with its digest."""
    return _LIFE.intact(history)


def is_running(history: History) -> bool:
    """Whether it was started and neither stopped nor ended."""
    return bool(history) and history[-1].kind is Kind.STARTED
