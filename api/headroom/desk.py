"""Reserving, drawing and releasing headroom for stored decisions, and setting quotas.

Each step reads what there is, asks the domain, and stores one row, all in one transaction that nobody comes between.
Amount, enterprise and programme come out of the stored decision, the balance out of the newest application that states
one, the ceiling out of the programme's book for the day of application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from api.headroom.checks import NotPossible, Unknown, days_held, may_hold, must_fit, over, still_open
from api.headroom.store import HeadroomRows, HeadroomStore
from api.headroom.values import Act, ApprovedDecision, Happening, Kind, NewReservation, Quota, StoredReservation
from api.storage.ledger import KeyReusedError
from products import Catalogue, UnknownOffering
from products.cumulation import counted_together
from products.headroom import Headroom, expiry, headroom
from products.money import yuan
from products.parameters import NotInForce
from products.product import Programme
from products.terms import ProgrammeTerms


@dataclass(frozen=True, slots=True)
class Kept:
    """A reservation as it stands, and whether an earlier request with the same key made or changed it."""

    reservation: StoredReservation
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadroomDesk:
    """The reserved headroom of one organisation; ``catalogue`` holds the products it admits, and the programmes."""

    store: HeadroomStore
    catalogue: Catalogue

    @property
    def programmes(self) -> Mapping[str, Programme]:
        """The programmes that are installed, by slug."""
        return self.catalogue.programmes

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
            may_hold(decision, rows.of_decision(decision_id), on)
            self._require_offered(decision)
            expires_on = expiry(on, days=days_held(decision, self._terms(decision), days))
            enterprise, stated_on = self.enterprise(rows, decision, on)
            quota = self.quota(rows, decision.programme, on.year, on)
            must_fit(decision.approved, enterprise, quota, on.year)
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
            rest = still_open(found, on)
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
            rest = 0 if withdrawn and over(found, on) else still_open(found, on)
            kind = Kind.WITHDRAWN if withdrawn else Kind.RELEASED
            rows.append(found, Happening(kind=kind, day=on, amount=rest, act=act))
            return Kept(_found(rows, found.id), replayed=False)

    def set_quota(self, programme: str, year: int, amount: int, *, act: Act) -> None:
        """Lay down a programme's quota for a year, fen; a lower one than is taken leaves nothing. Unknown."""
        if programme not in self.programmes:
            raise Unknown("programme", programme, f"There are {', '.join(self.programmes)}.")
        with self.store.writing() as rows:
            rows.quota_of(programme, year).lay_down(Quota(amount, act.actor, act.note, act.at))

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
        counted = rows.quota_of(programme, year)
        quota = counted.in_force()
        if quota is None:
            return None
        return Headroom(quota.amount, 0, counted.held(on=on), counted.drawn())

    def _require_offered(self, decision: ApprovedDecision) -> None:
        try:
            self.catalogue.offering(decision.product, None)
        except UnknownOffering as error:
            raise NotPossible("product", str(error), decision.product) from None

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
