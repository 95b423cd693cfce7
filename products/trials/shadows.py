"""A candidate revision beside live decisions: switched on and off by events, and decided without touching anything.

A live decision is compared with what the candidate says of the same application on the same day, under the terms of the
candidate's first day. Whatever goes wrong with the candidate is a sentence, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Final

from products import chained_events
from products.applicant.flatten import columns_of
from products.applicant.record import Application
from products.chained_events import Life, NotAllowed
from products.explaining.answer import Decision
from products.headroom import Held
from products.kernel import Offering, decide
from products.reserved import NOTHING, with_held
from products.revising.history import Kind as RevisionKind
from products.trials.deciding import Figures, figures_of
from products.underwriting import explained
from scoring import Scorecard

LONGEST_FAILURE: Final = 500


class Kind(StrEnum):
    """What happened to a shadow."""

    STARTED = "started"
    STOPPED = "stopped"


Event = chained_events.Event[Kind]
History = tuple[Event, ...]
_LIFE: Final = Life(
    subject="shadow",
    follows={
        Kind.STARTED: frozenset({None, Kind.STOPPED}),
        Kind.STOPPED: frozenset({Kind.STARTED}),
    },
    authored=frozenset(),
    remedies={Kind.STARTED: "It runs already.", Kind.STOPPED: "Only a shadow that runs is stopped."},
    unborn="was never started",
)
ADMITTED: Final = (RevisionKind.SUBMITTED, RevisionKind.APPROVED, RevisionKind.PUBLISHED)
"""What must have happened last to a revision that is decided beside live decisions."""


def started(history: History, candidate: RevisionKind, *, actor: str, at: datetime, content: str, note: str) -> Event:
    """The event of a start; ``content`` is the digest of what the candidate says, a note must say what for."""
    refused = refusal(candidate)
    if refused:
        raise NotAllowed(refused)
    event = _LIFE.next(history, Kind.STARTED, actor=actor, at=at, note=note, content=content)
    return _LIFE.require_reason(event, "what for")


def stopped(history: History, *, actor: str, at: datetime, note: str) -> Event:
    """The event of a stop; a note must say why."""
    return _LIFE.require_reason(_LIFE.next(history, Kind.STOPPED, actor=actor, at=at, note=note), "why")


def intact(history: History) -> bool:
    """Whether every event follows the one before, in order, with its digest."""
    return _LIFE.intact(history)


def refusal(candidate: RevisionKind) -> str:
    """Why a revision is not decided beside live decisions; empty if it is."""
    if candidate in ADMITTED:
        return ""
    return f"The revision is {candidate}; only a submitted or approved one is decided beside live decisions. Submit it."


@dataclass(frozen=True, slots=True)
class Live:
    """A live decision that a candidate is asked about, with the headroom that reservations held when it was made."""

    decision_id: str
    application: Application
    decided_on: date
    held: Held = NOTHING


@dataclass(frozen=True, slots=True)
class Beside:
    """What the candidate says of one live decision, or why it says nothing; one of the two."""

    decision_id: str
    decision: Decision | None
    figures: Figures | None
    failure: str


def beside(
    live: Sequence[Live], candidate: Callable[[], Offering], scorecard: Scorecard, *, id_of: Callable[[], str]
) -> Iterator[Beside]:
    """The candidate's decisions, day by day; ``candidate`` makes its offering and may fail.

    A batch that fails is decided row by row, so that one application never hides the others.
    """
    try:
        offering = candidate()
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with a candidate is named and counted
        yield from (Beside(each.decision_id, None, None, _sentence(fault)) for each in live)
        return
    for day, group in groupby(live, key=lambda each: each.decided_on):
        rows = list(group)
        try:
            yield from _decided(rows, offering, scorecard, day, id_of)
        except Exception:  # noqa: BLE001 - as above
            for each in rows:
                yield from _alone(each, offering, scorecard, day, id_of)


def _alone(
    each: Live, offering: Offering, scorecard: Scorecard, day: date, id_of: Callable[[], str]
) -> Iterator[Beside]:
    try:
        yield from _decided([each], offering, scorecard, day, id_of)
    except Exception as fault:  # noqa: BLE001 - as above
        yield Beside(each.decision_id, None, None, _sentence(fault))


def _decided(
    rows: Sequence[Live], offering: Offering, scorecard: Scorecard, day: date, id_of: Callable[[], str]
) -> list[Beside]:
    some = [with_held(each.application, each.held) for each in rows]
    decisions = decide(columns_of(some), offering, scorecard, on=day)
    found = []
    for row, each in enumerate(rows):
        decision = explained(each.application, decisions, id_of(), each.held, row=row)
        found.append(Beside(each.decision_id, decision, figures_of(decisions, row, decision), ""))
    return found


def _sentence(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:LONGEST_FAILURE]
