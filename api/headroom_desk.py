"""Reserving, drawing and releasing headroom for stored decisions, and setting quotas.

Each step reads what there is, asks the domain, and stores one row, all in one transaction that nobody comes between.
Amount, enterprise and programme come out of the stored decision, the balance out of the newest application that states
one, the ceiling out of the programme's book for the day of application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from api.headroom_store import HeadroomRows, HeadroomStore
from api.headroom_values import Act, ApprovedDecision, Happening, Kind, NewReservation, Quota, StoredReservation
from api.ledger import KeyReusedError
from products.cumulation import counted_together
from products.headroom import Headroom, NoHeadroom, State, expiry, headroom, may_reserve
from products.money import yuan
from products.parameters import NotInForce
from products.product import Programme
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


@dataclass(frozen=True, slots=True)
class Kept:
    """A reservation as it stands, and whether an earlier request with the same key made or changed it."""

    reservation: StoredReservation
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadroomDesk:
    """The reserved headroom of one organisation, with the programmes it knows."""

    store: HeadroomStore
    programmes: Mapping[str, Programme]

    def reserve(self, decision_id: str, *, on: date, act: Act, days: int | None = None) -> Kept:
        """Hold the approved amount of a decision from a day on, for ``days`` or as long as the programme says.

        Unknown without such a decision; NotPossible if it cannot be reserved or was; NoHeadroomLeft; KeyReusedError.
        """
        with self.store.writing() as rows:
            earlier = _earlier(rows, act)
            if earlier is not None:
                return earlier
            decision = rows.decision(decision_id)
            if decision is None:
                raise Unknown("decision", decision_id, "Reserve by the id of a stored decision.")
            _may_hold(decision, rows.of_decision(decision_id), on)
            expires_on = expiry(on, days=_days(decision, self._terms(decision), days))
            enterprise, stated_on = self.enterprise(rows, decision, on)
            quota = self.quota(rows, decision.programme, on.year, on)
            _must_fit(decision.approved, enterprise, quota, on.year)
            new = NewReservation(
                decision=decision,
                made_on=on,
                expires_on=expires_on,
                enterprise=enterprise,
                stated_on=stated_on,
                quota=quota,
                act=act,
            )
            return Kept(_found(rows, rows.add(new)), replayed=False)

    def draw(self, reservation_id: str, *, on: date, act: Act, amount: int | None = None) -> Kept:
        """Turn a reservation, or ``amount`` fen of it, into guaranteed balance; the rest stays reserved.

        Unknown, NotPossible or KeyReusedError.
        """
        with self.store.writing() as rows:
            earlier = _earlier(rows, act)
            if earlier is not None:
                return earlier
            found = _found(rows, reservation_id)
            rest = _open(found, on)
            asked = rest if amount is None else amount
            if not 0 < asked <= rest:
                sentence = (
                    f"{yuan(asked):,} yuan cannot be drawn of {yuan(rest):,} still reserved; draw up to that much."
                )
                raise NotPossible("amount", sentence, yuan(asked))
            rows.append(found, Happening(kind=Kind.DRAWN, day=on, amount=asked, act=act))
            return Kept(_found(rows, reservation_id), replayed=False)

    def release(self, reservation_id: str, *, on: date, act: Act, withdrawn: bool = False) -> Kept:
        """Give back what is still reserved; ``withdrawn`` says that the decision is off and bars it for good.

        ``reservation_id`` may also be a decision's, for its newest reservation. Unknown, NotPossible or KeyReusedError.
        """
        with self.store.writing() as rows:
            earlier = _earlier(rows, act)
            if earlier is not None:
                return earlier
            of_decision = rows.of_decision(reservation_id)
            found = of_decision[-1] if of_decision else _found(rows, reservation_id)
            rest = 0 if withdrawn and _over(found, on) else _open(found, on)
            kind = Kind.WITHDRAWN if withdrawn else Kind.RELEASED
            rows.append(found, Happening(kind=kind, day=on, amount=rest, act=act))
            return Kept(_found(rows, found.id), replayed=False)

    def set_quota(self, programme: str, year: int, amount: int, *, act: Act) -> None:
        """Lay down a programme's quota for a year, fen; a lower one than is taken leaves nothing. Unknown."""
        if programme not in self.programmes:
            raise Unknown("programme", programme, f"There are {', '.join(self.programmes)}.")
        with self.store.writing() as rows:
            rows.set_quota(programme, year, Quota(amount, act.actor, act.note, act.at))

    def enterprise(self, rows: HeadroomRows, decision: ApprovedDecision, on: date) -> tuple[Headroom, date]:
        """What the programme's ceiling leaves the enterprise from a day on, and the day its balance was stated."""
        statement = rows.statement(decision.applicant, until=on)
        if statement is None:
            raise NotPossible(
                "credit.guaranteed_balance",
                f"No application of {decision.applicant} states its guaranteed balance; decide one that does.",
            )
        terms = self._terms(decision)
        programme = self.programmes[decision.programme]
        together = counted_together(programme, self.programmes.values(), decision.applied_on)
        some = (one.reservation for one in rows.of_client(decision.applicant) if one.programme in together)
        left = headroom(some, cap=terms.balance_cap, balance=statement.balance, on=on, stated_on=statement.on)
        return left, statement.on

    def quota(self, rows: HeadroomRows, programme: str, year: int, on: date) -> Headroom | None:
        """What a programme's quota of a year leaves from a day on; None where none was laid down."""
        quota = rows.quota(programme, year)
        if quota is None:
            return None
        some = (one.reservation for one in rows.of_quota(programme, year, unexpired_on=on))
        reserved = sum(one.held_from(on) for one in some)
        return Headroom(quota.amount, 0, reserved, rows.drawn_of_quota(programme, year))

    def _terms(self, decision: ApprovedDecision) -> ProgrammeTerms:
        programme = self.programmes.get(decision.programme)
        if programme is None:
            known = ", ".join(self.programmes)
            sentence = f"The programme {decision.programme} is not installed; there are {known}. Install its package."
            raise NotPossible("programme", sentence, decision.programme)
        try:
            return programme.book.at(decision.applied_on)
        except NotInForce as error:
            raise NotPossible("programme", f"{error} Decide anew.", decision.programme) from None


def _earlier(rows: HeadroomRows, act: Act) -> Kept | None:
    """What an earlier request with the same key led to."""
    earlier = rows.requested(act.request.key) if act.request is not None else None
    if earlier is None or act.request is None:
        return None
    if earlier.fingerprint != act.request.fingerprint:
        raise KeyReusedError(act.request.key)
    return Kept(_found(rows, earlier.reservation_id), replayed=True)


def _found(rows: HeadroomRows, reservation_id: str) -> StoredReservation:
    found = rows.one(reservation_id)
    if found is None:
        raise Unknown("reservation", reservation_id, "GET /v1/headroom/reservations or kedai headroom list names them.")
    return found


def _may_hold(decision: ApprovedDecision, earlier: tuple[StoredReservation, ...], on: date) -> None:
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
        _stands_in_the_way(one, on)


def _stands_in_the_way(one: StoredReservation, on: date) -> None:
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


def _open(one: StoredReservation, on: date) -> int:
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


def _over(one: StoredReservation, on: date) -> bool:
    """Whether a reservation holds nothing any more though nothing was drawn and its decision not withdrawn."""
    if one.withdrawal is not None or one.reservation.drawn:
        return False
    return one.reservation.state(on) in (State.EXPIRED, State.RELEASED)


def _must_fit(amount: int, enterprise: Headroom, quota: Headroom | None, year: int) -> None:
    """NoHeadroomLeft with every ceiling that is too low."""
    why = {"enterprise": may_reserve(amount, enterprise)}
    if quota is not None:
        why["quota"] = may_reserve(amount, quota, zh=f"{year}年额度", en=f"quota of {year}")
    short = {name: one for name, one in why.items() if one is not None}
    if short:
        raise NoHeadroomLeft(short)


def _days(decision: ApprovedDecision, terms: ProgrammeTerms, days: int | None) -> int:
    most = terms.reservation_days
    asked = most if days is None else days
    if asked is None:
        sentence = f"The programme {decision.programme} does not say for how long it holds headroom; give the days."
        raise NotPossible("days", sentence)
    if asked < 1 or (most is not None and asked > most):
        sentence = f"Headroom cannot be held for {asked} days; the programme holds it for 1 to {most or 'any number'}."
        raise NotPossible("days", sentence, asked)
    return asked
