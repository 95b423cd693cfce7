"""From the bytes of an application to a decision and the two rows that keep it; nothing is stored here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import products
import scoring
from api.clock import civil_day
from api.ids import new_id
from api.rows import ApplicationRow, DecisionRow, application_row, decision_row
from products.explaining.answer import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision and its rows; ``decision_row.body`` is what the caller is answered, once it is stored."""

    decision: Decision
    application_row: ApplicationRow
    decision_row: DecisionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Underwriter:
    """Decides for one organisation, with its catalogue of products and its score."""

    organisation: str
    catalogue: products.Catalogue
    scorecard: scoring.Scorecard
    utc_offset_minutes: int
    application_limit_bytes: int

    def decide(self, payload: bytes, *, moment: datetime, on: date | None) -> Decided:
        """Decide the application in ``payload`` as of the day ``on``, or of the bank's day at ``moment``.

        products.InvalidApplication names every field that cannot be used.
        """
        application = products.read_application(payload, most_bytes=self.application_limit_bytes)
        decision = products.underwrite(
            application,
            catalogue=self.catalogue,
            scorecard=self.scorecard,
            on=self._day(moment, on),
            decision_id=new_id(),
        )
        row = application_row(application, organisation=self.organisation, moment=moment)
        return Decided(decision=decision, application_row=row, decision_row=decision_row(decision, application=row))

    def offers(self, payload: bytes, *, moment: datetime, on: date | None) -> products.OfferList:
        """Every product for the applicant in ``payload``, best first. Raises as `decide` does."""
        return products.offers(
            products.read_application(payload, most_bytes=self.application_limit_bytes),
            catalogue=self.catalogue,
            scorecard=self.scorecard,
            on=self._day(moment, on),
            id_of=lambda _position: new_id(),
        )

    def _day(self, moment: datetime, on: date | None) -> date:
        return on if on is not None else civil_day(moment, utc_offset_minutes=self.utc_offset_minutes)
