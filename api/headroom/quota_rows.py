"""A programme's quota of a year and the reservations that count to it, inside a transaction of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select
from sqlmodel import col

from api.headroom.happenings import OF_RESERVATION, happenings
from api.headroom.tables import HeadroomEvent, HeadroomQuota, HeadroomReservation
from api.headroom.values import Quota, reservation_of
from api.storage.ids import new_id
from products.headroom import Reservation


@dataclass(frozen=True, slots=True)
class QuotaRows:
    """The quota of one organisation, programme and year."""

    connection: Connection
    organisation: str
    programme: str
    year: int

    @property
    def _counted(self) -> tuple[ColumnElement[bool], ...]:
        return (
            col(HeadroomReservation.organisation_id) == self.organisation,
            col(HeadroomReservation.programme) == self.programme,
            col(HeadroomReservation.year) == self.year,
        )

    def in_force(self) -> Quota | None:
        """The newest quota laid down."""
        query = (
            select(*_QUOTA)
            .where(
                col(HeadroomQuota.organisation_id) == self.organisation,
                col(HeadroomQuota.programme) == self.programme,
                col(HeadroomQuota.year) == self.year,
            )
            .order_by(col(HeadroomQuota.id).desc())
            .limit(1)
        )
        row = self.connection.execute(query).one_or_none()
        return Quota(*row) if row else None

    def reservations(self, *, unexpired_on: date) -> tuple[Reservation, ...]:
        """Those that count to it and expire after a day, oldest first."""
        live = (*self._counted, col(HeadroomReservation.expires_on) > unexpired_on)
        events = happenings(self.connection, *live)
        query = select(*_HELD).where(*live).order_by(col(HeadroomReservation.id))
        return tuple(reservation_of(row, events.get(row.id, ())) for row in self.connection.execute(query))

    def held(self, *, on: date) -> int:
        """The most that its reservations hold on any day from ``on`` on, fen: `Reservation.held_from`, added up.

        A draw takes its amount, a release what was left, so what is held is the amounts less all that happened.
        """
        live = (*self._counted, col(HeadroomReservation.expires_on) > on)
        made = select(func.sum(col(HeadroomReservation.amount_fen))).where(*live)
        return self._sum(made) - self._sum(_happened().where(*live, col(HeadroomEvent.day) <= on))

    def drawn(self) -> int:
        """What was drawn of it in all, fen."""
        return self._sum(_happened().where(*self._counted, col(HeadroomEvent.kind) == "drawn"))

    def lay_down(self, quota: Quota) -> None:
        """Store a quota; it counts from now on."""
        row = {
            "organisation_id": self.organisation,
            "id": new_id(),
            "created_at": quota.at,
            "programme": self.programme,
            "year": self.year,
            "amount_fen": quota.amount,
            "actor": quota.actor,
            "note": quota.note,
        }
        self.connection.execute(insert(HeadroomQuota), row)

    def _sum(self, query: Select[Any]) -> int:
        return int(self.connection.execute(query).scalar_one() or 0)


def _happened() -> Select[Any]:
    return select(func.sum(col(HeadroomEvent.amount_fen))).join(HeadroomReservation, OF_RESERVATION)


_HELD = (
    col(HeadroomReservation.id),
    col(HeadroomReservation.amount_fen),
    col(HeadroomReservation.made_on),
    col(HeadroomReservation.expires_on),
)
_QUOTA = (
    col(HeadroomQuota.amount_fen),
    col(HeadroomQuota.actor),
    col(HeadroomQuota.note),
    col(HeadroomQuota.created_at),
)
