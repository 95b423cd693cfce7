"""What runs beside live decisions in a server: candidates put next to them, and trials watched.

One thread with a database connection of its own does it after the answers are sent. Nothing that happens here reaches a
live decision: a fault is logged with its name, counted, and tried again with the next decision.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from api.clock import now
from api.revisions.desk import Desk
from api.revisions.live import LiveUnderwriter
from api.shadows.desk import ShadowDesk
from api.trials.desk import TrialDesk

BETWEEN_WATCHES: Final = timedelta(seconds=5)
"""How often the rules of running trials are asked at most."""
PATIENCE_SECONDS: Final = 10

_log = logging.getLogger("kedai.beside")


@dataclass(slots=True)
class BesideWorker:
    """The thread, made when it is first needed; ``faults`` counts what went wrong by the name of the fault.

    ``desk`` has a store of its own; it works with what the organisation offers by now. ``log_faults`` stores faults of
    plugins.
    """

    live: LiveUnderwriter
    desk: Desk
    log_faults: Callable[[], None]
    clock: Callable[[], datetime] = now
    faults: dict[str, int] = field(default_factory=dict)
    _wake: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _closing: bool = False
    _caught_up_at: dict[str, datetime] = field(default_factory=dict)
    _watched_at: datetime | None = None

    def notify(self) -> None:
        """A live decision was stored; returns at once."""
        if not self.live.shadowed and not self.live.current.trials:
            return
        with self._lock:
            if self._thread is None and not self._closing:
                self._thread = threading.Thread(target=self._run, name="kedai-beside", daemon=True)
                self._thread.start()
        self._wake.set()

    def close(self) -> None:
        """End the thread once it is through with what it does."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)
        self.desk.store.engine.dispose()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._closing:
                return
            self._guarded(self._catch_up)
            self._guarded(self._watch)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as fault:  # noqa: BLE001 - whatever goes wrong here must not reach a live decision
            name = type(fault).__name__
            self.faults[name] = self.faults.get(name, 0) + 1
            _log.exception("Beside live decisions %s failed; it is tried again with the next decision.", work.__name__)

    def _catch_up(self) -> None:
        if self.live.shadowed:
            moment = self.clock()
            score = self.live.installed.scorecard
            desk = replace(self.desk, catalogue=self.live.offered)
            try:
                ShadowDesk(desk).catch_up(score, moment=moment, since=self._caught_up_at)
            finally:
                self.log_faults()
            self._caught_up_at = dict.fromkeys(self.live.shadowed, moment)

    def _watch(self) -> None:
        moment = self.clock()
        waited = self._watched_at is None or moment - self._watched_at >= BETWEEN_WATCHES
        if self.live.current.trials and waited:
            self._watched_at = moment
            if TrialDesk(self.desk).watch(moment=moment):
                self.live.refresh()
