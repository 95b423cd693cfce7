"""What a route works with: the underwriter, the rows of the organisation, and threads for what waits for the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from api.clock import civil_day, now
from api.headroom.desk import HeadroomDesk
from api.plugins.fault_log import FaultLog
from api.plugins.installed import Installed
from api.plugins.ledger import PluginLedger
from api.revisions.desk import Desk
from api.revisions.live import LiveUnderwriter
from api.settings import Settings
from api.shadows.beside import BesideWorker
from api.storage.ledger import KeyReusedError, KeyTakenError
from api.storage.repository import Repository
from api.storage.rows import request_row as request_row_for
from api.storage.stored import Stored
from api.texts.desk import TextDesk
from api.underwriting import Decided, Underwriter
from products.guarantee.library import Library


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored decision, and whether it was made for an earlier request with the same key."""

    decision: Stored
    replayed: bool


@dataclass(frozen=True, slots=True)
class Office:
    """The objects of one server process; ``threads`` are as many as there are database connections."""

    settings: Settings
    installed: Installed
    live: LiveUnderwriter
    revision_desk: Desk
    headroom_desk: HeadroomDesk
    text_desk: TextDesk
    repository: Repository
    threads: CapacityLimiter
    library: Library
    beside: BesideWorker
    faults: FaultLog

    @property
    def underwriter(self) -> Underwriter:
        """The underwriter with the revisions approved by now; may read the database."""
        return self.live.present

    @property
    def desk(self) -> Desk:
        """The desk of the product team, over what the organisation admits and configures by now."""
        return replace(self.revision_desk, catalogue=self.live.offered)

    @property
    def headroom(self) -> HeadroomDesk:
        """The desk that reserves headroom, over what the organisation admits by now."""
        return replace(self.headroom_desk, catalogue=self.live.offered)

    def today(self) -> date:
        """The bank's civil day."""
        return civil_day(now(), utc_offset_minutes=self.settings.utc_offset_minutes)

    def close(self) -> None:
        """End plugins' processes and close the connections."""
        self.beside.close()
        self.installed.catalogue.host.close()
        self.repository.close()

    async def decide(self, payload: bytes, *, on: date | None, key: str | None) -> Answer:
        """Decide and store; on return the decision is on disk.

        A request with a ``key`` that was answered before is answered the same, and decided only once however many
        arrive together. KeyReusedError if the same key came with another request.
        """
        if key is None:
            return await self._decide(payload, on=on, request=None)
        fingerprint = hashlib.sha256(f"{on} ".encode() + payload).hexdigest()
        earlier = await self._answered(key, fingerprint)
        if earlier is not None:
            return earlier
        try:
            return await self._decide(payload, on=on, request=(key, fingerprint))
        except KeyTakenError:
            earlier = await self._answered(key, fingerprint)
            if earlier is None:
                raise
            return earlier

    async def _decide(self, payload: bytes, *, on: date | None, request: tuple[str, str] | None) -> Answer:
        return await to_thread.run_sync(self._decide_and_store, payload, on, request, limiter=self.threads)

    def _decide_and_store(self, payload: bytes, on: date | None, request: tuple[str, str] | None) -> Answer:
        def store(decided: Decided) -> None:
            row = decided.decision_row
            keyed = None if request is None else request_row_for(row, key=request[0], fingerprint=request[1])
            with self.faults.pending() as faults:
                self.repository.append(decided.application_row, row, keyed, decided.trial_row, faults)

        decided = self.underwriter.decide_and_store(payload, moment=now(), on=on, store=store)
        self.beside.notify()
        row = decided.decision_row
        return Answer(Stored(row.id, row.body, row.sha256), replayed=False)

    @contextmanager
    def plugins(self) -> Iterator[PluginLedger]:
        """The organisation's events and faults of plugins, over a connection of the pool."""
        rows = self.repository
        with closing(rows.engine.raw_connection()) as connection:
            yield PluginLedger(rows.database, connection, rows.organisation)

    async def _answered(self, key: str, fingerprint: str) -> Answer | None:
        found = await to_thread.run_sync(self.repository.answered, key, limiter=self.threads)
        if found is None:
            return None
        if found.fingerprint != fingerprint:
            raise KeyReusedError(key)
        return Answer(found.decision, replayed=True)


def office_of(request: Request) -> Office:
    """The office of the application that serves the request."""
    office = request.app.state.office
    assert isinstance(office, Office)  # noqa: S101 - `create_app` puts it there
    return office


OfficeHere = Annotated[Office, Depends(office_of)]
"""A route's parameter that is the office."""


def _faults_logged(office: OfficeHere) -> Iterator[None]:
    try:
        yield
    finally:
        office.faults.store()


FAULTS_LOGGED: Final = Depends(_faults_logged, scope="function")
"""For routes that ask plugins and store no decision: their faults are in the log before the answer is sent."""
