"""The guarded process: ``python -m products.testing.guarded`` reads a task as JSON and answers as JSON.

While the plugin decides, clocks and the environment refuse, audit events for files, network and processes refuse, and
afterwards the state of all modules is compared with what it was. What is refused is also noted, in case it is caught.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np

from products.applications import Applications
from products.loading import load_catalogue
from products.product import LoanProduct, Programme
from products.testing.bench import CARRIER, ROWS, Bench, bench_of
from products.testing.columns import fingerprint

_CLOCKS: Final = (
    *("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"),
    *("localtime", "gmtime", "ctime", "sleep"),
)
_EVENTS: Final = (
    *("open", "os.", "socket.", "subprocess.", "shutil.", "urllib.", "ctypes.", "ftplib.", "smtplib.", "http.client."),
    *("sqlite3.", "signal.", "tempfile.", "webbrowser."),
)
_PLAIN: Final = (int, float, complex, str, bytes, bool, type(None), tuple, frozenset, date)


class Touched(RuntimeError):
    """Raised into a plugin that reaches for what a decision must not depend on."""


class Guard:
    """Refuses and notes while it is closed."""

    def __init__(self) -> None:
        self.closed = False
        self.notes: list[str] = []

    def refuse(self, what: str) -> None:
        """Note and raise `Touched` if the guard is closed."""
        if self.closed:
            self.notes.append(f"Deciding touches {what}; take it as an argument, a fact or a parameter instead.")
            raise Touched(what)

    @contextmanager
    def around(self) -> Iterator[None]:
        """Closed inside."""
        self.closed = True
        try:
            yield
        finally:
            self.closed = False


def guard_everything(guard: Guard) -> None:
    """Put the guard before clocks, the environment and audited events."""
    for name in _CLOCKS:
        setattr(time, name, _guarded(guard, f"the clock (time.{name})", getattr(time, name)))
    datetime.date = _calendar(guard, datetime.date)  # type: ignore[misc]  # the guard takes its place
    datetime.datetime = _calendar(guard, datetime.datetime)  # type: ignore[misc]  # as above
    os.environ = _Environment(guard, os.environ)  # type: ignore[assignment]  # noqa: B003  # as above
    sys.addaudithook(lambda event, arguments: _audited(guard, event, arguments))


def _guarded(guard: Guard, what: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(*arguments: Any, **named: Any) -> Any:
        guard.refuse(what)
        return call(*arguments, **named)

    return guarded


def _audited(guard: Guard, event: str, arguments: tuple[Any, ...]) -> None:
    if guard.closed and event.startswith(_EVENTS):
        guard.refuse(f"{event} {arguments[0] if arguments else ''}".strip())


def _calendar(guard: Guard, kind: Any) -> Any:
    """The class with ``today`` and ``now`` guarded; instances of the real one count as its own."""

    class Meta(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, kind)

    def refusing(name: str) -> Any:
        return classmethod(
            lambda _cls, *arguments: _guarded(guard, f"the clock ({kind.__name__}.{name})", getattr(kind, name))(
                *arguments
            )
        )

    names = [name for name in ("today", "now", "utcnow") if hasattr(kind, name)]
    return Meta(kind.__name__, (kind,), {name: refusing(name) for name in names})


class _Environment(MutableMapping[str, str]):
    def __init__(self, guard: Guard, real: MutableMapping[str, str]) -> None:
        self._guard, self._real = guard, real

    def __getitem__(self, name: str) -> str:
        self._guard.refuse(f"the environment ({name})")
        return self._real[name]

    def __setitem__(self, name: str, value: str) -> None:
        self._guard.refuse(f"the environment ({name})")
        self._real[name] = value

    def __delitem__(self, name: str) -> None:
        self._guard.refuse(f"the environment ({name})")
        del self._real[name]

    def __iter__(self) -> Iterator[str]:
        self._guard.refuse("the environment")
        return iter(self._real)

    def __len__(self) -> int:
        return len(self._real)


def state_of(modules: Mapping[str, Any]) -> dict[str, str]:
    """A fingerprint of every global of the modules, by ``module.name``."""
    return {
        f"{module}.{name}": _mark(value)
        for module, held in modules.items()
        for name, value in list(vars(held).items())
        if not name.startswith("__")
    } | {
        "the generator of random": hashlib.sha256(repr(random.getstate()).encode()).hexdigest(),
        "the generator of numpy.random": hashlib.sha256(repr(np.random.get_state()).encode()).hexdigest(),
        "numpy's handling of errors": repr(np.geterr()),
    }


def _mark(value: object) -> str:
    if type(value) is np.ndarray:
        return f"{value.dtype} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, (list, dict, set)):
        return f"{type(value).__name__} {hashlib.sha256(repr(value).encode()).hexdigest()}"
    return repr(value) if isinstance(value, _PLAIN) else str(id(value))


def _frozen(rows: Applications) -> Applications:
    for columns in (rows.columns, *(children.columns for children in rows.children.values())):
        for column in columns.values():
            column.values.setflags(write=False)
    return rows


def _loaded(place: str | None) -> Any:
    if place is None:
        return None
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def _bench(task: Mapping[str, Any]) -> Bench:
    product, programme = _loaded(task["product"]), _loaded(task["programme"])
    subject: LoanProduct[Any] | Programme = programme if product is None else product
    return bench_of(subject, programme=programme)


def _packages(task: Mapping[str, Any]) -> set[str]:
    """The top-level packages whose state is watched: kedai's and those of the plugin."""
    places = (task["product"], task["programme"])
    return {"products", "scoring", *(place.partition(":")[0].partition(".")[0] for place in places if place)}


def run(task: Mapping[str, Any]) -> dict[str, Any]:
    """Decide under guard, twice and then many."""
    cpu = time.process_time
    sys.path[:] = task["path"]
    own = load_catalogue(strict=True)
    guard = Guard()
    guard_everything(guard)
    bench = _bench(task)
    warm = own.offering(CARRIER, None)
    rows = _frozen(bench.rows.between(0, task["compared"]))
    bench.decided(rows, warm)
    many = _frozen(bench.rows.take(np.resize(np.arange(ROWS), task["rows"])))
    watched = {name: one for name, one in sys.modules.items() if name.partition(".")[0] in _packages(task)}
    state = state_of(watched)
    with guard.around():
        first = fingerprint(bench.decided(rows))
        second = fingerprint(bench.decided(rows))
    changed = [name for name, mark in state_of(watched).items() if state.get(name) != mark]
    before = _held_megabytes()
    started = cpu()
    bench.decided(many)
    seconds = cpu() - started
    return {
        "first": first,
        "second": second,
        "touched": [*guard.notes, *(f"Deciding changes {name}." for name in changed)],
        "cpu_seconds": seconds,
        "megabytes": _peak_megabytes() - before,
    }


def _held_megabytes() -> int:
    """What the process holds, from where its peak is counted anew: whatever ran before may have taken more."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak_megabytes() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    (line,) = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith(f"{name}:")]
    return int(line.split()[1]) // 1024


def _main() -> None:
    answer = run(json.loads(sys.stdin.read()))
    sys.stdout.write(f"\n{json.dumps(answer)}\n")


if __name__ == "__main__":
    _main()


__all__ = ["Guard", "Touched", "guard_everything", "run", "state_of"]
