"""What an organisation has said about plugins, and what they did: events and faults, read and written on the drivers.

Commands that run once read this at every start, so nothing here loads the object mapper.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

import products
from api.storage import ledger
from api.storage.connections import Connection, Database
from api.storage.ids import new_id
from api.storage.rows import PluginEventRow, PluginFaultRow
from products.canonical import canonical_json
from products.configuration import Configuration
from products.discovery import EVERYONE
from products.isolation.host import Occurrence


class EventKind(StrEnum):
    """What an organisation may say."""

    ADMITTED = "admitted"
    CONFIGURED = "configured"


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginEvent:
    """One event as it is stored; ``said`` is the list of packages (None: all), or the values by parameter."""

    id: str
    at: datetime
    kind: EventKind
    subject: str
    actor: str
    note: str
    day: date
    said: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEntry:
    """One row of the fault log."""

    id: str
    at: datetime
    package: str
    kind: str
    cause: str
    breaker_open: bool


@dataclass(frozen=True, slots=True)
class PluginState:
    """What holds now; ``mark`` is the last event's id, None before the first."""

    admission: products.Admission = EVERYONE
    configurations: tuple[Configuration, ...] = ()
    mark: str | None = None


def state_of(events: Iterable[PluginEvent]) -> PluginState:
    """What holds after the events, which come in their order."""
    state = PluginState()
    for event in events:
        if event.kind is EventKind.ADMITTED:
            admission = products.Admission(None if event.said is None else tuple(event.said))
            state = PluginState(admission, state.configurations, event.id)
        else:
            one = Configuration(
                product=event.subject,
                values=event.said,
                since=event.day,
                source=f"{event.actor} {event.at.date().isoformat()}",
            )
            state = PluginState(state.admission, (*state.configurations, one), event.id)
    return state


_EVENT: Final = ("id", "created_at", "kind", "subject", "actor", "note", "day", "body")
_FAULT: Final = ("id", "created_at", "package", "kind", "cause", "breaker_open")


@dataclass(frozen=True, slots=True)
class PluginLedger:
    """The events and faults of one organisation over one connection."""

    database: Database
    connection: Connection
    organisation: str

    def events(self) -> tuple[PluginEvent, ...]:
        """Every event, in order."""
        rows = self._rows("plugin_event", _EVENT, "ORDER BY id", {})
        return tuple(
            PluginEvent(
                id=str(row["id"]),
                at=_moment(row["created_at"]),
                kind=EventKind(str(row["kind"])),
                subject=str(row["subject"]),
                actor=str(row["actor"]),
                note=str(row["note"]),
                day=_day(row["day"]),
                said=json.loads(bytes(row["body"])),
            )
            for row in rows
        )

    def faults(self, *, before: str | None = None, limit: int = 100) -> tuple[FaultEntry, ...]:
        """Up to ``limit`` faults, newest first, older than the fault ``before``."""
        older = "" if before is None else f"AND id < {self.database.parameter('before')} "
        given: dict[str, object] = {} if before is None else {"before": before}
        rows = self._rows("plugin_fault", _FAULT, f"{older}ORDER BY id DESC LIMIT {int(limit)}", given)
        return tuple(
            FaultEntry(
                id=str(row["id"]),
                at=_moment(row["created_at"]),
                package=str(row["package"]),
                kind=str(row["kind"]),
                cause=str(row["cause"]),
                breaker_open=bool(row["breaker_open"]),
            )
            for row in rows
        )

    def add(
        self, kind: EventKind, *, subject: str, said: object, actor: str, note: str, moment: datetime, day: date
    ) -> PluginEvent:
        """Store an event; committed on return."""
        row = PluginEventRow(
            organisation_id=self.organisation,
            id=new_id(),
            created_at=moment,
            kind=kind.value,
            subject=subject,
            actor=actor,
            note=note,
            day=day,
            body=canonical_json(said),
        )
        ledger.append_rows(self.database, self.connection, (row,))
        return PluginEvent(id=row.id, at=moment, kind=kind, subject=subject, actor=actor, note=note, day=day, said=said)

    def append(self, faults: Sequence[PluginFaultRow]) -> None:
        """Store rows of the fault log; committed on return."""
        if faults:
            ledger.append_rows(self.database, self.connection, faults)

    def _rows(
        self, table: str, names: Sequence[str], rest: str, given: Mapping[str, object]
    ) -> Iterator[Mapping[str, Any]]:
        cursor = self.connection.cursor()
        own = self.database.parameter("organisation")
        statement = f"SELECT {', '.join(names)} FROM {table} WHERE organisation_id = {own} {rest}"  # noqa: S608 - names above
        cursor.execute(statement, {"organisation": self.organisation, **given})
        found = []
        while (row := cursor.fetchone()) is not None:
            found.append(dict(zip(names, row, strict=True)))
        self.connection.rollback()
        yield from found


def fault_rows(occurrences: Iterable[Occurrence], *, organisation: str, moment: datetime) -> tuple[PluginFaultRow, ...]:
    """The rows of faults, one for each package concerned."""
    return tuple(
        PluginFaultRow(
            organisation_id=organisation,
            id=new_id(),
            created_at=moment,
            package=package,
            kind=one.kind.value,
            cause=one.cause,
            breaker_open=one.breaker_open,
        )
        for one in occurrences
        for package in one.packages
    )


def _moment(value: object) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
