"""From the bytes of an application to a decision and the two rows that keep it; nothing is stored here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

import products
import scoring
from api.clock import civil_day
from api.storage.ids import new_id
from api.storage.ledger import TrialClosedError
from api.storage.rows import (
    ApplicationRow,
    DecisionRow,
    TrialDecisionRow,
    application_row,
    decision_row,
    trial_decision_row,
)
from products.explaining.answer import Decision
from products.headroom import ClientReservation
from products.trials.deciding import RunningTrial, underwrite_in_trial

Reservations = Callable[[str], tuple[ClientReservation, ...]]
"""Gives the reservations of the enterprise with a unified social credit code."""


def no_reservations(_uscc: str) -> tuple[ClientReservation, ...]:
    """Nothing is reserved."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision and its rows; ``decision_row.body`` is what the caller is answered, once it is stored.

    ``trial_row`` is there where a trial chose the revision.
    """

    decision: Decision
    application_row: ApplicationRow
    decision_row: DecisionRow
    trial_row: TrialDecisionRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Underwriter:
    """Decides for one organisation, with its catalogue of products, its score, the trials that are running, and the
    headroom it has reserved."""

    organisation: str
    catalogue: products.Catalogue
    scorecard: scoring.Scorecard
    utc_offset_minutes: int
    application_limit_bytes: int
    trials: tuple[RunningTrial, ...] = ()
    reservations: Reservations = no_reservations

    def decide(self, payload: bytes, *, moment: datetime, on: date | None) -> Decided:
        """Decide the application in ``payload`` as of the day ``on``, or of the bank's day at ``moment``.

        products.InvalidApplication names every field that cannot be used.
        """
        application = products.read_application(payload, most_bytes=self.application_limit_bytes)
        day = self._day(moment, on)
        row = application_row(application, organisation=self.organisation, moment=moment)
        trial = next((each for each in self.trials if each.concerns(application, day)), None)
        if trial is not None:
            return self._tried(application, trial, row, day)
        decision = products.underwrite(
            application,
            catalogue=self.catalogue,
            scorecard=self.scorecard,
            on=day,
            decision_id=new_id(),
            reservations=self.reservations(application.enterprise.uscc),
        )
        return Decided(decision=decision, application_row=row, decision_row=decision_row(decision, application=row))

    def _tried(self, application: products.Application, trial: RunningTrial, row: ApplicationRow, day: date) -> Decided:
        tried = underwrite_in_trial(
            application,
            trial,
            organisation=self.organisation,
            catalogue=self.catalogue,
            scorecard=self.scorecard,
            on=day,
            decision_id=new_id(),
            reservations=self.reservations(application.enterprise.uscc),
        )
        made = decision_row(tried.decision, application=row)
        return Decided(
            decision=tried.decision,
            application_row=row,
            decision_row=made,
            trial_row=trial_decision_row(tried, made),
        )

    def decide_and_store(
        self, payload: bytes, *, moment: datetime, on: date | None, store: Callable[[Decided], None]
    ) -> Decided:
        """Decide and hand the result to ``store``; if its trial was closed meanwhile, once more without trials."""
        decided = self.decide(payload, moment=moment, on=on)
        try:
            store(decided)
        except TrialClosedError:
            decided = replace(self, trials=()).decide(payload, moment=moment, on=on)
            store(decided)
        return decided

    def offers(self, payload: bytes, *, moment: datetime, on: date | None) -> products.OfferList:
        """Every product for the applicant in ``payload``, best first. Raises as `decide` does."""
        application = products.read_application(payload, most_bytes=self.application_limit_bytes)
        return products.offers(
            application,
            catalogue=self.catalogue,
            scorecard=self.scorecard,
            on=self._day(moment, on),
            id_of=lambda _position: new_id(),
            reservations=self.reservations(application.enterprise.uscc),
        )

    def _day(self, moment: datetime, on: date | None) -> date:
        return on if on is not None else civil_day(moment, utc_offset_minutes=self.utc_offset_minutes)
