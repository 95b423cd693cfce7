"""What a route works with: the underwriter, the rows of the organisation, and threads for what waits for the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from api.clock import civil_day, now
from api.headroom.desk import HeadroomDesk
from api.plugins.installed import Installed
from api.plugins.ledger import PluginLedger, fault_rows
from api.revisions.desk import Desk
from api.revisions.live import LiveUnderwriter
from api.settings import Settings
from api.shadows.beside import BesideWorker
from api.storage.ledger import KeyReusedError, KeyTakenError
from api.storage.repository import Repository
from api.storage.rows import PluginFaultRow
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
    desk: Desk
    headroom: HeadroomDesk
    text_desk: TextDesk
    repository: Repository
    threads: CapacityLimiter
    library: Library
    beside: BesideWorker

    @property
    def underwriter(self) -> Underwriter:
        """The underwriter with the revisions approved by now; may read the database."""
        return self.live.refresh() if self.live.stale else self.live.current

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
            with self._faults() as faults:
                self.repository.append(decided.application_row, row, keyed, decided.trial_row, faults)

        decided = self.underwriter.decide_and_store(payload, moment=now(), on=on, store=store)
        self.beside.notify()
        row = decided.decision_row
        return Answer(Stored(row.id, row.body, row.sha256), replayed=False)

    @contextmanager
    def _faults(self) -> Iterator[tuple[PluginFaultRow, ...]]:
        """The faults of plugins since the last time, to be stored; kept for the next time if that fails."""
        host = self.installed.catalogue.host
        collected = host.collect()
        try:
            yield fault_rows(collected, organisation=self.settings.organisation, moment=now())
        except BaseException:
            host.put_back(collected)
            raise

    def log_faults(self) -> None:
        """Store the faults of plugins that no decision was stored with."""
        with self._faults() as faults, self.plugins() as plugins:
            plugins.append(faults)

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
