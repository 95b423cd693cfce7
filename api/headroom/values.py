"""What the store of reserved headroom gives out and takes in: plain values; amounts in fen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from products.headroom import ClientReservation, Draw, Headroom, Reservation, State
from products.money import FEN


class Kind(StrEnum):
    """What can happen to a reservation."""

    DRAWN = "drawn"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The key by which a client may repeat a request, and the digest of what it asked."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who acts, when, what he says, and the request's key."""

    actor: str
    note: str
    at: datetime
    request: RequestKey | None = None

    def columns(self) -> dict[str, object]:
        """As columns of a row."""
        return {
            "created_at": self.at,
            "actor": self.actor,
            "note": self.note,
            "request_key": self.request and self.request.key,
            "fingerprint": self.request and self.request.fingerprint,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened to a reservation on a day, with its amount."""

    kind: Kind
    day: date
    amount: int
    act: Act

    @classmethod
    def of(cls, row: Any) -> Happening:
        """From a row."""
        act = Act(actor=row.actor, note=row.note, at=row.created_at)
        return cls(kind=Kind(row.kind), day=row.day, amount=row.amount_fen, act=act)

    def columns(self) -> dict[str, object]:
        """As columns of a row."""
        return {"kind": self.kind.value, "day": self.day, "amount_fen": self.amount, **self.act.columns()}


@dataclass(frozen=True, slots=True)
class ApprovedDecision:
    """What a decision says about the amount that it may hold; not every one is an approval."""

    id: str
    outcome: str
    applicant: str
    product: str
    programme: str
    applied_on: date
    decided_on: date
    approved: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A guaranteed balance as an application stated it on its day."""

    balance: int
    on: date


@dataclass(frozen=True, slots=True)
class Quota:
    """The most that may be reserved and drawn under a programme in a year, and who set it."""

    amount: int
    actor: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Requested:
    """A request that was carried out before: the digest of what it asked, and its reservation."""

    fingerprint: str
    reservation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReservation:
    """A reservation about to be stored, with what it was measured against."""

    decision: ApprovedDecision
    made_on: date
    expires_on: date
    enterprise: Headroom
    stated_on: date
    quota: Headroom | None
    act: Act

    def columns(self) -> dict[str, object]:
        """As columns of a row."""
        quota = self.quota
        return {
            "decision_id": self.decision.id,
            "applicant_uscc": self.decision.applicant,
            "product": self.decision.product,
            "programme": self.decision.programme,
            "year": self.made_on.year,
            "amount_fen": self.decision.approved,
            "made_on": self.made_on,
            "expires_on": self.expires_on,
            "cap_fen": self.enterprise.cap,
            "balance_fen": self.enterprise.balance,
            "balance_on": self.stated_on,
            "drawn_fen": self.enterprise.drawn,
            "reserved_fen": self.enterprise.reserved,
            "quota_fen": quota and quota.cap,
            "quota_taken_fen": quota and quota.drawn + quota.reserved,
            **self.act.columns(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReservation:
    """A reservation with its history; ``enterprise`` is the headroom it was made in, with the day of the balance."""

    id: str
    decision_id: str
    applicant: str
    product: str
    programme: str
    year: int
    reservation: Reservation
    enterprise: Headroom
    stated_on: date
    act: Act
    events: tuple[Happening, ...]

    @classmethod
    def of(cls, row: Any, events: tuple[Happening, ...]) -> StoredReservation:
        """From its row and its events."""
        return cls(
            id=row.id,
            decision_id=row.decision_id,
            applicant=row.applicant_uscc,
            product=row.product,
            programme=row.programme,
            year=row.year,
            reservation=reservation_of(row, events),
            enterprise=Headroom(row.cap_fen, row.balance_fen, row.reserved_fen, row.drawn_fen),
            stated_on=row.balance_on,
            act=Act(actor=row.actor, note=row.note, at=row.created_at),
            events=events,
        )

    @property
    def for_client(self) -> ClientReservation:
        """As decisions count it."""
        return ClientReservation(self.id, self.programme, self.product, self.reservation)

    @property
    def withdrawal(self) -> Happening | None:
        """The withdrawal of its decision, if there was one."""
        return next((one for one in self.events if one.kind is Kind.WITHDRAWN), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """Which reservations a list of a day holds; None does not restrict. ``expiring_before``: held until before it."""

    on: date
    state: State | None = None
    applicant: str | None = None
    programme: str | None = None
    expiring_before: date | None = None

    def admits(self, one: StoredReservation) -> bool:
        """Whether the reservation is in the state asked for, and expires as soon as asked for."""
        state = one.reservation.state(self.on)
        if self.state is not None and state is not self.state:
            return False
        if self.expiring_before is None:
            return True
        return state is State.RESERVED and one.reservation.expires_on < self.expiring_before


def reservation_of(row: Any, events: tuple[Happening, ...]) -> Reservation:
    """A reservation as the domain sees it, from its row and its events."""
    draws = tuple(Draw(one.day, one.amount) for one in events if one.kind is Kind.DRAWN)
    ended = next((one.day for one in events if one.kind is not Kind.DRAWN), None)
    return Reservation(row.amount_fen, row.made_on, row.expires_on, ended, draws)


def stated_balance(application: bytes) -> int | None:
    """The guaranteed balance in the stored form of an application, fen; None if it is unknown."""
    stated = (json.loads(application).get("credit") or {}).get("guaranteed_balance")
    return None if stated is None else int(Decimal(stated) * FEN)
