"""What happened to reservations, read inside a transaction of the store."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from api.headroom.tables import HeadroomEvent, HeadroomReservation
from api.headroom.values import Happening

OF_RESERVATION = (col(HeadroomEvent.organisation_id) == col(HeadroomReservation.organisation_id)) & (
    col(HeadroomEvent.reservation_id) == col(HeadroomReservation.id)
)
"""Joins events to their reservations."""


def happenings(connection: Connection, *of: Any) -> dict[str, tuple[Happening, ...]]:
    """The events of the reservations that meet the conditions ``of``, by reservation, in their order."""
    query = (
        select(HeadroomEvent.__table__)  # type: ignore[attr-defined]
        .join(HeadroomReservation, OF_RESERVATION)
        .where(*of)
        .order_by(col(HeadroomEvent.reservation_id), col(HeadroomEvent.position))
    )
    found: dict[str, tuple[Happening, ...]] = {}
    for row in connection.execute(query):
        found[row.reservation_id] = (*found.get(row.reservation_id, ()), Happening.of(row))
    return found
