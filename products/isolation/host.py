"""The workers of one catalogue with their breakers, and decisions in which installed plugins take part."""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np

from products.applications import Applications
from products.isolation import portrait, wire
from products.isolation.checked import Rubbish
from products.isolation.faults import FaultKind, Limits, PluginFault
from products.isolation.filled import Extent, Filled
from products.isolation.process import WorkerProcess
from products.kernel import ROWS_AT_ONCE, Decisions, Offering, decide
from products.parameters import Book
from products.pricing import MarketTerms
from scoring import Scorecard
from scoring.artefact import dump


@dataclass(frozen=True, slots=True)
class Source:
    """Where a plugin comes from: its entry point and its package."""

    group: str
    name: str
    value: str
    package: str

    @property
    def address(self) -> tuple[str, str, str]:
        """What a worker needs to load it."""
        return self.group, self.name, self.value


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong last with the plugins of some packages, how often in all, and whether the breaker is open."""

    packages: tuple[str, ...]
    kind: FaultKind
    cause: str
    failures: int
    breaker_open: bool


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One fault as it happened; ``breaker_open`` says whether the packages are not asked for now."""

    packages: tuple[str, ...]
    kind: FaultKind
    cause: str
    breaker_open: bool


KEPT: Final = 1_000
"""Occurrences that wait to be collected; older ones are given up."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Something a worker must know before it is asked, under a digest by which it remembers it."""

    what: str
    digest: str
    content: Callable[[], wire.Message]


@dataclass(slots=True)
class _Worker:
    """A process, what it has been taught, and its breaker; used under its lock."""

    limits: Limits
    path: tuple[str, ...]
    lock: threading.Lock = field(default_factory=threading.Lock)
    process: WorkerProcess | None = None
    taught: set[str] = field(default_factory=set)
    in_a_row: int = 0
    refused: int = 0
    failures: int = 0
    last: PluginFault | None = None

    def request(self, message: wire.Message, seconds: float) -> wire.Message:
        if self.process is None:
            self.process, self.taught = WorkerProcess(self.limits, self.path), set()
        try:
            return self.process.ask(message, seconds)
        except PluginFault as fault:
            if fault.kind is not FaultKind.REFUSED:
                self.process.end()
                self.process = None
            raise

    def teach(self, lesson: Lesson) -> None:
        if self.process is None or lesson.digest not in self.taught:
            content = lesson.content()
            head = {**content.head, "do": "learn", "what": lesson.what, "digest": lesson.digest}
            self.request(wire.Message(head, content.arrays), self.limits.portray_seconds)
            self.taught.add(lesson.digest)

    @property
    def open(self) -> bool:
        return self.in_a_row >= self.limits.failures_to_open

    def turned_away(self) -> bool:
        """Whether the breaker refuses this request; every so many it lets one through."""
        if not self.open:
            return False
        self.refused += 1
        return self.refused % self.limits.retry_every != 0

    def note(self, fault: PluginFault | None) -> None:
        if fault is None:
            self.in_a_row = self.refused = 0
        elif fault.kind is not FaultKind.REFUSED:
            self.in_a_row += 1
            self.failures += 1
            self.last = fault


class PluginHost:
    """Runs installed plugins in processes of their own, one for each set of packages that decide together.

    Its breakers and processes belong to this value and end with it. Safe for threads.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._lock = threading.Lock()
        self._workers: dict[tuple[str, ...], _Worker] = {}
        self._path: tuple[str, ...] = ()
        self._occurred: deque[Occurrence] = deque(maxlen=KEPT)

    def close(self) -> None:
        """End every process; a later request starts a new one."""
        for worker in list(self._workers.values()):
            with worker.lock:
                if worker.process is not None:
                    worker.process.end()
                    worker.process = None

    def faults(self) -> tuple[Fault, ...]:
        """The packages whose plugins failed while deciding, with their last fault."""
        return tuple(
            Fault(packages, worker.last.kind, worker.last.cause, worker.failures, worker.open)
            for packages, worker in sorted(self._workers.items())
            if worker.last is not None
        )

    def collect(self) -> tuple[Occurrence, ...]:
        """The faults since the last collection, for whoever keeps a log of them."""
        with self._lock:
            found = tuple(self._occurred)
            self._occurred.clear()
        return found

    def put_back(self, occurrences: Iterable[Occurrence]) -> None:
        """Keep occurrences for the next collection, because the log could not take them."""
        with self._lock:
            self._occurred.extendleft(reversed(tuple(occurrences)))

    def portrait_of(self, source: Source) -> str:
        """The portrait of a plugin as JSON; PluginFault if it has none. Workers import as the host would now."""
        self._path = self._path or tuple(sys.path)
        worker = self._worker((source.package,))
        head = {"do": "portray", "group": source.group, "name": source.name, "value": source.value}
        with worker.lock:
            answer = worker.request(wire.Message(head, {}), self.limits.portray_seconds)
        written = answer.head.get("portrait")
        if not isinstance(written, str):
            raise PluginFault(FaultKind.RUBBISH, "It sent no portrait.")
        return written

    def offering(self, replayed: Offering, product: Source, programme: Source, packages: tuple[str, ...]) -> Offering:
        """The offering with its plugins behind it: `kernel.decide` asks them and goes on with their answers."""
        seat = _Seat(self, replayed, product, programme, packages)
        return dataclasses.replace(replayed, elsewhere=seat.decide)

    def _worker(self, packages: tuple[str, ...]) -> _Worker:
        with self._lock:
            return self._workers.setdefault(packages, _Worker(self.limits, self._path or tuple(sys.path)))

    def answers(
        self, packages: tuple[str, ...], lessons: tuple[Lesson, ...], ask: wire.Message
    ) -> Mapping[str, wire.Array]:
        """The arrays a worker answers with, after it was taught what it lacks; PluginFault if it does not."""
        worker = self._worker(packages)
        with worker.lock:
            if worker.turned_away():
                raise PluginFault(FaultKind.BREAKER, "It failed repeatedly and is not asked for now.")
            try:
                for lesson in lessons:
                    worker.teach(lesson)
                arrays = worker.request(ask, self.limits.ask_seconds).arrays
                worker.note(None)
            except PluginFault as fault:
                self._note(packages, worker, fault)
                raise
        return arrays

    def _note(self, packages: tuple[str, ...], worker: _Worker, fault: PluginFault) -> None:
        worker.note(fault)
        if fault.kind is not FaultKind.REFUSED:
            with self._lock:
                self._occurred.append(Occurrence(packages, fault.kind, fault.cause, worker.open))

    def reject(self, packages: tuple[str, ...], fault: PluginFault) -> None:
        """Count an answer that arrived and turned out to be none."""
        worker = self._worker(packages)
        with worker.lock:
            self._note(packages, worker, fault)


@dataclass(frozen=True, slots=True, eq=False)
class _Seat:
    """One offering's place at its host: turns a batch into answers and decides with them."""

    host: PluginHost
    offering: Offering
    product: Source
    programme: Source
    packages: tuple[str, ...]

    def decide(
        self, applications: Applications, scorecard: Scorecard, *, on: date, market: Book[MarketTerms]
    ) -> Decisions:
        """As `kernel.decide`."""
        filled = Filled.unanswered(self._extent, applications.n)
        lessons = self._lessons(scorecard, market)
        for start in range(0, applications.n, ROWS_AT_ONCE):
            rows = applications.between(start, min(start + ROWS_AT_ONCE, applications.n))
            self._fill(filled, rows, start, lessons, on)
        columns = {**applications.columns, **filled.columns()}
        answered = Applications(applications.n, columns, applications.children)
        return decide(answered, self.offering, scorecard, on=on, market=market)

    @property
    def _extent(self) -> Extent:
        return Extent.of(
            self.offering,
            product=self.product.package in self.packages,
            programme=self.programme.package in self.packages,
        )

    def _fill(self, filled: Filled, rows: Applications, start: int, lessons: tuple[Lesson, ...], on: date) -> None:
        batch = wire.sent(rows)
        names = {one.what: one.digest for one in lessons}
        head = {**batch.head, **names, "do": "ask", "on": on.isoformat(), "programme": filled.extent.programme}
        try:
            arrays = self.host.answers(self.packages, lessons, wire.Message(head, batch.arrays))
        except PluginFault:
            return
        try:
            filled.take(arrays, start, rows.n)
        except Rubbish as error:
            self.host.reject(self.packages, PluginFault(FaultKind.RUBBISH, str(error)))

    def _lessons(self, scorecard: Scorecard, market: Book[MarketTerms]) -> tuple[Lesson, ...]:
        own, overall = self.offering.book, self.offering.programme.book
        offering = f"{self.product.name}|{own.digest}|{self.programme.name}|{overall.digest}"
        return (
            Lesson(
                "offering",
                offering,
                lambda: wire.Message(
                    {
                        "product": self.product.address,
                        "programme": self.programme.address,
                        "book": portrait.of_book(own).model_dump_json(),
                        "programme_book": portrait.of_book(overall).model_dump_json(),
                    },
                    {},
                ),
            ),
            Lesson(
                "scorecard",
                f"{scorecard.digest}|{scorecard.calibration}",
                lambda: wire.Message({}, {"artefact": np.frombuffer(dump(scorecard), dtype=np.uint8)}),
            ),
            Lesson(
                "market",
                market.digest,
                lambda: wire.Message({"book": portrait.of_book(market).model_dump_json()}, {}),
            ),
        )
