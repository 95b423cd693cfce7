"""Reserving a client's guarantee headroom or a portfolio's quota: the rules; whoever stores reservations applies them.

A reservation holds an amount from the day it is made until it is drawn, released, or its last day has passed. Two
requests for the same headroom must be put to `may_reserve` one after the other, each seeing what the other reserved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from products.money import yuan


class State(StrEnum):
    """What has become of a reservation by a day."""

    RESERVED = "reserved"
    DRAWN = "drawn"
    RELEASED = "released"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Draw:
    """A part of a reservation that became a guaranteed loan, fen."""

    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """``amount`` in fen, held from ``made_on`` to before ``expires_on``, unless ``ended_on`` came first.

    What is drawn is guaranteed balance from its day on and no longer reserved.
    """

    amount: int
    made_on: date
    expires_on: date
    ended_on: date | None = None
    draws: tuple[Draw, ...] = ()

    @property
    def drawn(self) -> int:
        """All that was drawn, fen."""
        return sum(one.amount for one in self.draws)

    @property
    def last_day(self) -> date:
        """The latest day on which something happened to it; nothing may happen before."""
        return max((self.made_on, *(one.day for one in self.draws)))

    def held(self, on: date) -> int:
        """What the reservation holds on a day, fen: nothing before it, on its last day or after it ended."""
        return self.held_from(on) if self.made_on <= on else 0

    def held_from(self, on: date) -> int:
        """The most it holds on any day from ``on`` on, fen: a reservation that begins later counts already."""
        ended = self.expires_on if self.ended_on is None else min(self.ended_on, self.expires_on)
        return self.amount - sum(one.amount for one in self.draws if one.day <= on) if on < ended else 0

    def drawn_since(self, since: date, *, until: date | None = None) -> int:
        """What was drawn from a day on, up to another, both included: a balance stated on ``since`` does not have it.

        A draw of that very day is taken as not yet in the balance.
        """
        return sum(one.amount for one in self.draws if since <= one.day and (until is None or one.day <= until))

    def state(self, on: date) -> State:
        """What has become of it by a day; a reservation drawn in part is what became of its rest."""
        if sum(one.amount for one in self.draws if one.day <= on) == self.amount:
            return State.DRAWN
        if self.ended_on is not None and self.ended_on <= on:
            return State.RELEASED
        return State.EXPIRED if self.expires_on <= on else State.RESERVED


@dataclass(frozen=True, slots=True)
class Headroom:
    """What a ceiling leaves, fen: ``cap`` less the ``balance`` stated, what was ``drawn`` since, and ``reserved``."""

    cap: int
    balance: int
    reserved: int
    drawn: int = 0

    @property
    def left(self) -> int:
        """What may still be reserved; never negative."""
        return max(self.cap - self.balance - self.drawn - self.reserved, 0)


@dataclass(frozen=True, slots=True)
class NoHeadroom:
    """Why an amount cannot be reserved."""

    headroom: Headroom
    asked: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ClientReservation:
    """A reservation of one client, with the programme and product of its decision."""

    id: str
    programme: str
    product: str
    reservation: Reservation


@dataclass(frozen=True, slots=True)
class Held:
    """What reservations add to a client's guaranteed balance, fen: under the programmes counted together with one, of
    it ``of_product`` under one product; and whose ``reservations`` these are."""

    guaranteed: int
    of_product: int
    reservations: tuple[str, ...]


def expiry(made_on: date, *, days: int) -> date:
    """The first day on which a reservation holds nothing any more; ValueError for less than a day."""
    if days < 1:
        raise ValueError(f"A reservation would be held for {days} days; hold it for at least one.")
    return made_on + timedelta(days=days)


def headroom(
    reservations: Iterable[Reservation], *, cap: int, balance: int, on: date, stated_on: date | None = None
) -> Headroom:
    """What a ceiling leaves from a day on.

    ``balance`` as stated on ``stated_on``: what was drawn since is added; without that day the balance holds it all.
    """
    some = tuple(reservations)
    drawn = 0 if stated_on is None else sum(one.drawn_since(stated_on) for one in some)
    return Headroom(cap, balance, sum(one.held_from(on) for one in some), drawn)


def held_for(
    reservations: Iterable[ClientReservation], *, programmes: frozenset[str], product: str, on: date, stated_on: date
) -> Held:
    """What a client's reservations take from his headroom on a day, beside a balance stated on ``stated_on``."""
    counted = [
        (one, amount)
        for one in reservations
        if one.programme in programmes
        and (amount := one.reservation.held(on) + one.reservation.drawn_since(stated_on, until=on))
    ]
    return Held(
        guaranteed=sum(amount for _, amount in counted),
        of_product=sum(amount for one, amount in counted if one.product == product),
        reservations=tuple(one.id for one, _ in counted),
    )


def may_reserve(amount: int, left: Headroom, *, zh: str = "上限", en: str = "ceiling") -> NoHeadroom | None:
    """None if the amount fits into what is left, else why not, ``zh`` and ``en`` naming what is short.

    ValueError for an amount that is not positive.
    """
    if amount <= 0:
        raise ValueError(f"The amount to reserve is {amount} fen; it must be positive.")
    if amount <= left.left:
        return None
    figures = (left.cap, left.balance + left.drawn, left.reserved, left.left)
    cap, balance, reserved, rest = (f"{yuan(one):,}" for one in figures)
    return NoHeadroom(
        left,
        amount,
        f"申请预留{yuan(amount):,}元，{zh}{cap}元已有在保余额{balance}元、已预留{reserved}元，仅剩{rest}元；请减少金额或等待预留到期。",
        f"{yuan(amount):,} yuan were asked for, but of the {en} of {cap} yuan {balance} are guaranteed and "
        f"{reserved} reserved, which leaves {rest}; ask for less or wait until a reservation ends.",
    )
