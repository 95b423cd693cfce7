"""The fault log of a process: what its plugins did wrong since the last time, on its way to the organisation's rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from api.clock import now
from api.plugins.installed import Connect
from api.plugins.ledger import PluginLedger, fault_rows
from api.storage.connections import Database
from api.storage.rows import PluginFaultRow
from products import PluginHost


@dataclass(frozen=True, slots=True)
class FaultLog:
    """The faults at one host, of one organisation; ``connect`` gives a connection, which is given back."""

    host: PluginHost
    database: Database
    connect: Connect
    organisation: str

    @contextmanager
    def pending(self) -> Iterator[tuple[PluginFaultRow, ...]]:
        """The rows of the faults since the last time, to be stored; kept for the next time if that fails."""
        collected = self.host.collect()
        try:
            yield fault_rows(collected, organisation=self.organisation, moment=now())
        except BaseException:
            self.host.put_back(collected)
            raise

    def store(self) -> None:
        """Store the faults that no decision was stored with."""
        with self.pending() as faults:
            if faults:
                with closing(self.connect()) as connection:
                    PluginLedger(self.database, connection, self.organisation).append(faults)
