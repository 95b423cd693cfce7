"""Reserved headroom as the HTTP interface and the command line answer it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from api.headroom.values import Happening, Kind, StoredReservation
from api.headroom.views import EnterpriseView, ProgrammeYear
from products.explaining.answer import Money
from products.headroom import State
from products.money import yuan


class Shape(BaseModel):
    """Base of all answers: immutable."""

    model_config = ConfigDict(frozen=True)


class HeadroomEventEntry(Shape):
    """What happened to a reservation."""

    kind: Kind
    day: date
    amount: Money
    actor: str
    note: str
    at: datetime


class MeasuredAgainst(Shape):
    """What the reservation was measured against when it was made."""

    cap: Money = Field(description="the programme's ceiling per enterprise on the day of application")
    balance: Money = Field(description="guaranteed, as the newest application stated it")
    balance_stated_on: date
    drawn: Money = Field(description="drawn from other reservations since that day")
    reserved: Money = Field(description="held by other reservations")


class ReservationAnswer(Shape):
    """A reservation of headroom as it stands on a day."""

    id: str
    state: State
    decision_id: str
    applicant_uscc: str
    product: str
    programme: str
    year: int = Field(description="of the quota it counts to")
    amount: Money
    held: Money = Field(description="still reserved on the day")
    drawn: Money
    made_on: date
    expires_on: date = Field(description="first day on which it holds nothing any more")
    measured_against: MeasuredAgainst
    actor: str
    note: str
    created_at: datetime
    history: tuple[HeadroomEventEntry, ...]
    url: str


class ReservationPage(Shape):
    """One page of reservations, newest first."""

    on: date
    items: tuple[ReservationAnswer, ...]
    next_cursor: str | None = Field(description="for the parameter cursor of the next page; null on the last one")


class CeilingEntry(Shape):
    """What one programme leaves an enterprise."""

    programme: str
    counted_together: tuple[str, ...] = Field(description="programmes whose loans count against the same balance")
    cap: Money
    balance: Money
    drawn: Money = Field(description="since the balance was stated")
    reserved: Money
    left: Money


class EnterpriseHeadroom(Shape):
    """An enterprise's headroom on a day."""

    uscc: str
    on: date
    balance_stated_on: date | None = Field(description="null if no application states a balance")
    programmes: tuple[CeilingEntry, ...]
    reservations: tuple[ReservationAnswer, ...]


class ProgrammeEntry(Shape):
    """What is taken under a programme in a year."""

    programme: str
    year: int
    reservations: int = Field(description="that hold something")
    reserved: Money
    drawn: Money
    expiring_soon: Money = Field(description="of what is reserved, what expires within seven days")
    quota: Money | None = Field(description="null where none was laid down")
    left: Money | None


class HeadroomSummary(Shape):
    """What is taken on a day, by programme and year."""

    on: date
    items: tuple[ProgrammeEntry, ...]


def reservation_answer(one: StoredReservation, on: date) -> ReservationAnswer:
    """A reservation on a day."""
    held = one.reservation
    return ReservationAnswer(
        id=one.id,
        state=held.state(on),
        decision_id=one.decision_id,
        applicant_uscc=one.applicant,
        product=one.product,
        programme=one.programme,
        year=one.year,
        amount=yuan(held.amount),
        held=yuan(held.held_from(on)),
        drawn=yuan(held.drawn),
        made_on=held.made_on,
        expires_on=held.expires_on,
        measured_against=MeasuredAgainst(
            cap=yuan(one.enterprise.cap),
            balance=yuan(one.enterprise.balance),
            balance_stated_on=one.stated_on,
            drawn=yuan(one.enterprise.drawn),
            reserved=yuan(one.enterprise.reserved),
        ),
        actor=one.act.actor,
        note=one.act.note,
        created_at=one.act.at,
        history=tuple(_event(event) for event in one.events),
        url=f"/v1/headroom/reservations/{one.id}",
    )


def _event(event: Happening) -> HeadroomEventEntry:
    act = event.act
    return HeadroomEventEntry(
        kind=event.kind, day=event.day, amount=yuan(event.amount), actor=act.actor, note=act.note, at=act.at
    )


def reservation_page(found: tuple[StoredReservation, ...], on: date, *, limit: int) -> ReservationPage:
    """A page of at most ``limit`` from up to ``limit + 1`` reservations."""
    shown = found[:limit]
    items = tuple(reservation_answer(one, on) for one in shown)
    return ReservationPage(on=on, items=items, next_cursor=shown[-1].id if len(found) > limit else None)


def enterprise_headroom(view: EnterpriseView) -> EnterpriseHeadroom:
    """An enterprise's headroom."""
    return EnterpriseHeadroom(
        uscc=view.uscc,
        on=view.on,
        balance_stated_on=view.statement and view.statement.on,
        programmes=tuple(
            CeilingEntry(
                programme=one.programme,
                counted_together=one.together,
                cap=yuan(one.left.cap),
                balance=yuan(one.left.balance),
                drawn=yuan(one.left.drawn),
                reserved=yuan(one.left.reserved),
                left=yuan(one.left.left),
            )
            for one in view.ceilings
        ),
        reservations=tuple(reservation_answer(one, view.on) for one in view.reservations),
    )


def headroom_summary(years: tuple[ProgrammeYear, ...], on: date) -> HeadroomSummary:
    """What is taken by programme and year."""
    return HeadroomSummary(on=on, items=tuple(_programme(one) for one in years))


def _programme(one: ProgrammeYear) -> ProgrammeEntry:
    return ProgrammeEntry(
        programme=one.programme,
        year=one.year,
        reservations=one.reservations,
        reserved=yuan(one.reserved),
        drawn=yuan(one.drawn),
        expiring_soon=yuan(one.soon),
        quota=None if one.quota is None else yuan(one.quota.amount),
        left=None if one.left is None else yuan(one.left),
    )
