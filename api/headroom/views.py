"""Reserved headroom as it stands on a day: an enterprise's, a portfolio's, and lists of reservations.

What has expired does not count from its day on; nothing has to sweep it away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from api.headroom.checks import Unknown
from api.headroom.desk import HeadroomDesk
from api.headroom.store import HeadroomRows
from api.headroom.values import ListFilter, Quota, Statement, StoredReservation
from products.cumulation import counted_together
from products.headroom import Headroom, headroom
from products.parameters import NotInForce
from products.product import Programme

SOON_DAYS = 7
"""What counts as expiring soon in a summary."""


@dataclass(frozen=True, slots=True)
class CeilingOf:
    """One programme's ceiling for an enterprise; ``together``: programmes whose balance counts against it."""

    programme: str
    left: Headroom
    together: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnterpriseView:
    """An enterprise's headroom under every programme in force, and its reservations, newest first.

    ``statement`` is the balance last stated; without one there are no ceilings to show.
    """

    uscc: str
    on: date
    statement: Statement | None
    ceilings: tuple[CeilingOf, ...]
    reservations: tuple[StoredReservation, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeYear:
    """What is reserved and drawn under a programme in a year; ``soon``: of it, what expires within `SOON_DAYS`."""

    programme: str
    year: int
    reservations: int
    reserved: int
    drawn: int
    soon: int
    quota: Quota | None

    @property
    def left(self) -> int | None:
        """What the quota leaves; None without one."""
        return None if self.quota is None else Headroom(self.quota.amount, 0, self.reserved, self.drawn).left


def enterprise(desk: HeadroomDesk, uscc: str, on: date) -> EnterpriseView:
    """An enterprise's headroom; Unknown where neither an application nor a reservation is its own."""
    with desk.store.reading() as rows:
        statement = rows.statement(uscc, until=on)
        reservations = rows.of_client(uscc)
    if statement is None and not reservations:
        raise Unknown("enterprise", uscc, "Its headroom is known once an application of it has been decided.")
    ceilings = () if statement is None else tuple(_ceilings(desk, statement, reservations, on))
    return EnterpriseView(uscc, on, statement, ceilings, reservations[::-1])


def _ceilings(
    desk: HeadroomDesk, statement: Statement, reservations: tuple[StoredReservation, ...], on: date
) -> Iterator[CeilingOf]:
    for programme in desk.programmes.values():
        cap = _cap(programme, on)
        if cap is not None:
            together = counted_together(programme, desk.programmes.values(), on)
            some = (one.reservation for one in reservations if one.programme in together)
            left = headroom(some, cap=cap, balance=statement.balance, on=on, stated_on=statement.on)
            yield CeilingOf(programme.slug, left, tuple(sorted(together)))


def _cap(programme: Programme, on: date) -> int | None:
    try:
        return programme.book.at(on).balance_cap
    except NotInForce:
        return None


def by_programme(desk: HeadroomDesk, on: date) -> tuple[ProgrammeYear, ...]:
    """Every programme and year with reservations or a quota."""
    with desk.store.reading() as rows:
        return tuple(_year(rows, programme, year, on) for programme, year in rows.years())


def _year(rows: HeadroomRows, programme: str, year: int, on: date) -> ProgrammeYear:
    counted = rows.quota_of(programme, year)
    live = [one for one in counted.reservations(unexpired_on=on) if one.held_from(on)]
    before = on + timedelta(days=SOON_DAYS)
    return ProgrammeYear(
        programme=programme,
        year=year,
        reservations=len(live),
        reserved=sum(one.held_from(on) for one in live),
        drawn=counted.drawn(),
        soon=sum(one.held_from(on) for one in live if one.expires_on <= before),
        quota=counted.in_force(),
    )


def listed(desk: HeadroomDesk, which: ListFilter, *, before: str | None, limit: int) -> tuple[StoredReservation, ...]:
    """Up to ``limit`` reservations, newest first, older than the reservation ``before``."""
    with desk.store.reading() as rows:
        return tuple(islice(rows.newest_first(which, before=before), limit))


def one(desk: HeadroomDesk, reservation_id: str) -> StoredReservation:
    """One reservation with its history; Unknown if there is none."""
    with desk.store.reading() as rows:
        found = rows.one(reservation_id)
    if found is None:
        raise Unknown("reservation", reservation_id, "The list of reservations names them.")
    return found
