"""What stands against a step of a reservation, each with its place and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from api.headroom.values import ApprovedDecision, StoredReservation
from products.headroom import Headroom, NoHeadroom, State, may_reserve
from products.money import yuan
from products.terms import ProgrammeTerms


class NoHeadroomLeft(Exception):
    """Ceilings that the amount does not fit under: ``enterprise``, ``quota`` or both, with the reasons."""

    def __init__(self, short: Mapping[str, NoHeadroom]) -> None:
        self.short = dict(short)
        super().__init__(" ".join(f"{name}: {why.en}" for name, why in short.items()))


class NotPossible(Exception):
    """A step that the decision or the reservation does not admit; ``place`` names what stands against it."""

    def __init__(self, place: str, sentence: str, value: object = "") -> None:
        self.place, self.value = place, str(value)
        super().__init__(sentence)


class Unknown(LookupError):
    """No decision or reservation, or another organisation's."""

    def __init__(self, kind: str, name: str, remedy: str) -> None:
        super().__init__(f"There is no {kind} {name!r} here. {remedy}")


def may_hold(decision: ApprovedDecision, earlier: tuple[StoredReservation, ...], on: date) -> None:
    """NotPossible unless the decision is an approval that holds nothing and has not been drawn or withdrawn."""
    if decision.outcome != "approve":
        sentence = (
            f"The decision's outcome is {decision.outcome}; only an approved amount can be reserved. Decide anew."
        )
        raise NotPossible("outcome", sentence, decision.outcome)
    if on < decision.decided_on:
        sentence = f"The decision was made on {decision.decided_on}; reserve on that day or later, not on {on}."
        raise NotPossible("on", sentence, on)
    for one in earlier:
        _refuse_beside(one, on)


def _refuse_beside(one: StoredReservation, on: date) -> None:
    if one.withdrawal is not None:
        sentence = f"The decision was withdrawn on {one.withdrawal.day} by {one.withdrawal.act.actor}; decide anew."
        raise NotPossible("decision_id", sentence, one.decision_id)
    if one.reservation.drawn:
        sentence = (
            f"{yuan(one.reservation.drawn):,} yuan of the decision were drawn from reservation {one.id}; "
            "decide anew for another loan."
        )
        raise NotPossible("decision_id", sentence, one.decision_id)
    if one.reservation.held_from(on):
        until = one.reservation.expires_on
        sentence = f"The decision is reserved as {one.id} until {until}; draw or release that reservation."
        raise NotPossible("decision_id", sentence, one.decision_id)


def still_open(one: StoredReservation, on: date) -> int:
    """What is still reserved on a day; NotPossible if nothing is, or if later events are known already."""
    reservation = one.reservation
    if on < reservation.last_day:
        sentence = f"The reservation was last changed on {reservation.last_day}; act on that day or later, not on {on}."
        raise NotPossible("on", sentence, on)
    state = reservation.state(on)
    if state is State.RESERVED and reservation.ended_on is None:
        return reservation.held_from(on)
    ends = {
        State.DRAWN: f"was drawn in full by {reservation.last_day}",
        State.EXPIRED: f"expired on {reservation.expires_on}; reserve the decision again",
    }
    ended = ends.get(state, f"was released on {reservation.ended_on}; reserve the decision again")
    raise NotPossible("reservation", f"The reservation {one.id} {ended}.", one.id)


def over(one: StoredReservation, on: date) -> bool:
    """Whether a reservation holds nothing any more though nothing was drawn and its decision not withdrawn."""
    if one.withdrawal is not None or one.reservation.drawn:
        return False
    return one.reservation.state(on) in (State.EXPIRED, State.RELEASED)


def must_fit(amount: int, enterprise: Headroom, quota: Headroom | None, year: int) -> None:
    """NoHeadroomLeft with every ceiling that is too low."""
    why = {"enterprise": may_reserve(amount, enterprise)}
    if quota is not None:
        why["quota"] = may_reserve(amount, quota, zh=f"{year}年额度", en=f"quota of {year}")
    short = {name: one for name, one in why.items() if one is not None}
    if short:
        raise NoHeadroomLeft(short)


def days_held(decision: ApprovedDecision, terms: ProgrammeTerms, days: int | None) -> int:
    most = terms.reservation_days
    asked = most if days is None else days
    if asked is None:
        sentence = f"The programme {decision.programme} does not say for how long it holds headroom; give the days."
        raise NotPossible("days", sentence)
    if asked < 1 or (most is not None and asked > most):
        sentence = f"Headroom cannot be held for {asked} days; the programme holds it for 1 to {most or 'any number'}."
        raise NotPossible("days", sentence, asked)
    return asked
