"""The underwriter with what the organisation has laid down, read again when it changed.

That is which packages it admits, how it configures their products, its revisions, trials and shadows. A revision takes
effect by the day of the application, so nothing has to happen at midnight: an approval is known here some seconds after
it was stored, wherever it was stored, and on its day it applies.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from api.clock import now
from api.plugins.installed import for_organisation, state_over
from api.plugins.ledger import PluginState
from api.revisions.store import RevisionRows, RevisionStore, approvals
from api.shadows.store import ShadowRows
from api.trials.store import TrialRows
from api.underwriting import Underwriter
from products import Catalogue
from products.revising.lines import with_lines

FRESH: Final = timedelta(seconds=5)
"""How long the revisions read last are taken for the present ones."""

Mark = tuple[tuple[int, str | None], ...]


@dataclass(slots=True)
class LiveUnderwriter:
    """The underwriter of the moment; ``installed`` has the plugins' own terms only. Safe for threads.

    ``shadowed`` are the revisions that are decided beside live decisions, by their ids.
    """

    installed: Underwriter
    store: RevisionStore
    clock: Callable[[], datetime] = now
    shadowed: frozenset[str] = frozenset()
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _current: Underwriter | None = None
    _offered: Catalogue | None = None
    _mark: Mark | None = None
    _read_at: datetime | None = None

    @property
    def current(self) -> Underwriter:
        """The underwriter as of the last reading; with the plugins' own terms before the first."""
        return self._current or self.installed

    @property
    def stale(self) -> bool:
        """Whether the revisions should be looked at again."""
        return self._read_at is None or not timedelta() <= self.clock() - self._read_at < FRESH

    @property
    def present(self) -> Underwriter:
        """The underwriter with what was laid down by now, or some seconds ago; may read the database."""
        return self.refresh() if self.stale else self.current

    @property
    def offered(self) -> Catalogue:
        """What the organisation admits, as it configures that, without its revisions; as recent as `present`."""
        self.present  # noqa: B018 - reads again where it is due
        return self._offered or self.installed.catalogue

    def refresh(self) -> Underwriter:
        """Read again if there were events since the last reading; the underwriter of now."""
        with self._lock:
            state = state_over(self.store.database, self.store.engine.raw_connection, self.store.organisation)
            with self.store.reading() as rows:
                return self._read(rows, state)

    def _read(self, rows: RevisionRows, state: PluginState) -> Underwriter:
        trials = TrialRows(rows.connection, rows.organisation)
        shadows = ShadowRows(rows.connection, rows.organisation)
        mark = (rows.mark(), trials.mark(), shadows.mark(), (0, state.mark))
        if mark != self._mark:
            self._offered = for_organisation(self.installed.catalogue, state)
            catalogue = with_lines(self._offered, approvals(rows.all()))
            running = tuple(each.running for each in trials.all() if each.running is not None)
            self._current, self._mark = replace(self.installed, catalogue=catalogue, trials=running), mark
            self.shadowed = frozenset(shadows.running())
        self._read_at = self.clock()
        return self.current
