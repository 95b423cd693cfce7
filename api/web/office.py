"""What a route works with: the underwriter, the rows of the organisation, and threads for what waits for the disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from api.clock import civil_day, now
from api.repository import Repository
from api.settings import Settings
from api.underwriting import Decided, Underwriter


@dataclass(frozen=True, slots=True)
class Office:
    """The objects of one server process; ``threads`` are as many as there are database connections."""

    settings: Settings
    underwriter: Underwriter
    repository: Repository
    threads: CapacityLimiter

    def today(self) -> date:
        """The bank's civil day."""
        return civil_day(now(), utc_offset_minutes=self.settings.utc_offset_minutes)

    async def decide(self, payload: bytes, *, on: date | None) -> Decided:
        """Decide and store; on return the decision is on disk."""
        decided = self.underwriter.decide(payload, moment=now(), on=on)
        await to_thread.run_sync(
            self.repository.append, decided.application_row, decided.decision_row, limiter=self.threads
        )
        return decided


def office_of(request: Request) -> Office:
    """The office of the application that serves the request."""
    office = request.app.state.office
    assert isinstance(office, Office)  # noqa: S101 - `create_app` puts it there
    return office


OfficeHere = Annotated[Office, Depends(office_of)]
"""A route's parameter that is the office."""
