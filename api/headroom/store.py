"""Storing and reading reserved headroom of one organisation.

Every change happens in one transaction that holds the organisation's row (PostgreSQL) or the writer's place (SQLite):
what was counted before a reservation is still true when it is written, whoever else asks for the same headroom.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, insert, select
from sqlmodel import col

from api.headroom.happenings import happenings
from api.headroom.quota_rows import QuotaRows
from api.headroom.tables import HeadroomEvent, HeadroomQuota, HeadroomReservation
from api.headroom.values import (
    ApprovedDecision,
    Happening,
    ListFilter,
    NewReservation,
    Requested,
    Statement,
    StoredReservation,
    stated_balance,
)
from api.storage.connections import Database, Dialect
from api.storage.engine import WRITES
from api.storage.ids import is_id, new_id
from api.storage.tables import Application, Decision, Organisation
from products.headroom import ClientReservation

BATCH = 200
"""Reservations read at once for a list, of which only some may be in the state asked for."""


@dataclass(frozen=True, slots=True)
class HeadroomRows:
    """The reservations of an organisation inside one transaction."""

    connection: Connection
    organisation: str

    @property
    def _own(self) -> ColumnElement[bool]:
        return col(HeadroomReservation.organisation_id) == self.organisation

    def one(self, reservation_id: str) -> StoredReservation | None:
        """One reservation."""
        found = self._read(reservation_id == _ID) if is_id(reservation_id) else ()
        return found[0] if found else None

    def of_client(self, uscc: str) -> tuple[StoredReservation, ...]:
        """All of an enterprise, oldest first."""
        return self._read(col(HeadroomReservation.applicant_uscc) == uscc)

    def of_decision(self, decision_id: str) -> tuple[StoredReservation, ...]:
        """All that were made for a decision, oldest first."""
        return self._read(col(HeadroomReservation.decision_id) == decision_id)

    def newest_first(self, which: ListFilter, *, before: str | None) -> Iterator[StoredReservation]:
        """The reservations that a list holds, older than ``before``, read as far as the caller takes them."""
        conditions = []
        if which.applicant is not None:
            conditions.append(col(HeadroomReservation.applicant_uscc) == which.applicant)
        if which.programme is not None:
            conditions.append(col(HeadroomReservation.programme) == which.programme)
        while True:
            older = [*conditions, before > _ID] if before is not None else conditions
            found = self._read(*older, newest=BATCH)
            yield from (one for one in found if which.admits(one))
            if len(found) < BATCH:
                return
            before = found[-1].id

    def quota_of(self, programme: str, year: int) -> QuotaRows:
        """A programme's quota of a year."""
        return QuotaRows(self.connection, self.organisation, programme, year)

    def years(self) -> tuple[tuple[str, int], ...]:
        """Programmes and years that have reservations or a quota, in order."""
        reserved = select(col(HeadroomReservation.programme), col(HeadroomReservation.year)).where(self._own)
        limited = select(col(HeadroomQuota.programme), col(HeadroomQuota.year)).where(
            col(HeadroomQuota.organisation_id) == self.organisation
        )
        return tuple(sorted((row[0], row[1]) for row in self.connection.execute(reserved.union(limited))))

    def decision(self, decision_id: str) -> ApprovedDecision | None:
        """What a decision says about the amount it may hold."""
        if not is_id(decision_id):
            return None
        query = select(*_DECISION).where(
            col(Decision.organisation_id) == self.organisation, col(Decision.id) == decision_id
        )
        row = self.connection.execute(query).one_or_none()
        return ApprovedDecision(*row) if row else None

    def statement(self, uscc: str, *, until: date) -> Statement | None:
        """The newest known guaranteed balance among the applications of an enterprise made up to a day."""
        query = (
            select(col(Decision.applied_on), col(Application.body))
            .join(
                Application,
                (col(Application.organisation_id) == col(Decision.organisation_id))
                & (col(Application.id) == col(Decision.application_id)),
            )
            .where(
                col(Decision.organisation_id) == self.organisation,
                col(Decision.applicant_uscc) == uscc,
                col(Decision.applied_on) <= until,
            )
            .order_by(col(Decision.applied_on).desc(), col(Decision.id).desc())
        )
        stated = ((row.applied_on, stated_balance(row.body)) for row in self.connection.execute(query))
        return next((Statement(balance, day) for day, balance in stated if balance is not None), None)

    def requested(self, key: str) -> Requested | None:
        """The reservation that a request with this key made or changed."""
        made = select(col(HeadroomReservation.fingerprint), _ID).where(
            self._own, col(HeadroomReservation.request_key) == key
        )
        changed = select(col(HeadroomEvent.fingerprint), col(HeadroomEvent.reservation_id)).where(
            col(HeadroomEvent.organisation_id) == self.organisation, col(HeadroomEvent.request_key) == key
        )
        row = self.connection.execute(made.union_all(changed)).one_or_none()
        return Requested(str(row[0]), row[1]) if row else None

    def add(self, new: NewReservation) -> str:
        """Store a reservation; its id."""
        row = {"organisation_id": self.organisation, "id": new_id(), **new.columns()}
        self.connection.execute(insert(HeadroomReservation), row)
        return str(row["id"])

    def append(self, reservation: StoredReservation, event: Happening) -> None:
        """Store what happened to a reservation."""
        row = {
            "organisation_id": self.organisation,
            "id": new_id(),
            "reservation_id": reservation.id,
            "position": len(reservation.events) + 1,
            **event.columns(),
        }
        self.connection.execute(insert(HeadroomEvent), row)

    def _read(self, *conditions: Any, newest: int | None = None) -> tuple[StoredReservation, ...]:
        chosen = select(HeadroomReservation.__table__).where(self._own, *conditions)  # type: ignore[attr-defined]
        chosen = chosen.order_by(_ID if newest is None else _ID.desc())
        rows = self.connection.execute(chosen if newest is None else chosen.limit(newest)).all()
        events = happenings(
            self.connection, self._own, *(conditions if newest is None else (_ID.in_([row.id for row in rows]),))
        )
        return tuple(StoredReservation.of(row, events.get(row.id, ())) for row in rows)


_ID = col(HeadroomReservation.id)
_DECISION = (
    col(Decision.id),
    col(Decision.outcome),
    col(Decision.applicant_uscc),
    col(Decision.product),
    col(Decision.programme),
    col(Decision.applied_on),
    col(Decision.decided_on),
    col(Decision.approved_fen),
)


@dataclass(frozen=True, slots=True)
class HeadroomStore:
    """The reserved headroom of one organisation."""

    database: Database
    engine: Engine
    organisation: str

    @contextmanager
    def reading(self) -> Iterator[HeadroomRows]:
        """The rows as they stand."""
        with self.engine.connect() as connection:
            yield HeadroomRows(connection, self.organisation)

    @contextmanager
    def writing(self) -> Iterator[HeadroomRows]:
        """The rows for a change that nobody else comes between; committed at the end, undone on any error."""
        with self.engine.execution_options(**{WRITES: True}).begin() as connection:
            if self.database.dialect is Dialect.POSTGRESQL:
                # Not FOR UPDATE: decisions may go on being stored, whose foreign keys look at this row.
                own = select(col(Organisation.id)).where(col(Organisation.id) == self.organisation)
                connection.execute(own.with_for_update(key_share=True))
            yield HeadroomRows(connection, self.organisation)

    def of_client(self, uscc: str) -> tuple[ClientReservation, ...]:
        """An enterprise's reservations as decisions count them."""
        with self.reading() as rows:
            return tuple(one.for_client for one in rows.of_client(uscc))
