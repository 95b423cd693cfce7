"""Reserving a client's guarantee headroom or a portfolio's quota: the rules; whoever stores reservations applies them.

A reservation holds an amount from the day it is made until it is used, released, or its last day has passed. Two
requests for the same headroom must be put to `may_reserve` one after the other, each seeing what the other reserved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from products.money import yuan


@dataclass(frozen=True, slots=True)
class Reservation:
    """``amount`` in fen, held from ``made_on`` to before ``expires_on``, unless ``ended_on`` came first."""

    amount: int
    made_on: date
    expires_on: date
    ended_on: date | None = None

    def held(self, on: date) -> int:
        """What the reservation holds on a day, fen: nothing before it, on its last day or after it ended."""
        ended = self.expires_on if self.ended_on is None else min(self.ended_on, self.expires_on)
        return self.amount if self.made_on <= on < ended else 0


@dataclass(frozen=True, slots=True)
class Headroom:
    """What a ceiling leaves, in fen: ``cap`` less the ``balance`` guaranteed and what live reservations hold."""

    cap: int
    balance: int
    reserved: int

    @property
    def left(self) -> int:
        """What may still be reserved; never negative."""
        return max(self.cap - self.balance - self.reserved, 0)


@dataclass(frozen=True, slots=True)
class NoHeadroom:
    """Why an amount cannot be reserved."""

    headroom: Headroom
    asked: int
    zh: str
    en: str


def expiry(made_on: date, *, days: int) -> date:
    """The first day on which a reservation holds nothing any more; ValueError for less than a day."""
    if days < 1:
        raise ValueError(f"A reservation would be held for {days} days; hold it for at least one.")
    return made_on + timedelta(days=days)


def headroom(reservations: tuple[Reservation, ...], *, cap: int, balance: int, on: date) -> Headroom:
    """What a ceiling leaves on a day."""
    return Headroom(cap, balance, sum(one.held(on) for one in reservations))


def may_reserve(amount: int, left: Headroom) -> NoHeadroom | None:
    """None if the amount fits into what is left, else why not; ValueError for an amount that is not positive."""
    if amount <= 0:
        raise ValueError(f"The amount to reserve is {amount} fen; it must be positive.")
    if amount <= left.left:
        return None
    cap, balance, reserved, rest = (f"{yuan(one):,}" for one in (left.cap, left.balance, left.reserved, left.left))
    return NoHeadroom(
        left,
        amount,
        f"申请预留{yuan(amount):,}元，上限{cap}元已有在保余额{balance}元、已预留{reserved}元，仅剩{rest}元；请减少金额或等待预留到期。",
        f"{yuan(amount):,} yuan were asked for, but of the ceiling of {cap} yuan {balance} are guaranteed and "
        f"{reserved} reserved, which leaves {rest}; ask for less or wait until a reservation ends.",
    )
