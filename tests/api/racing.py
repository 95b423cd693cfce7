"""Contenders in processes of their own that begin at the same moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

_starts: list[Any] = []


def _line_up(barrier: Any) -> None:
    _starts.append(barrier)


def wait_for_the_others() -> None:
    """Called by a contender once it is ready."""
    _starts[0].wait(timeout=120)


def at_once(contender: Callable[[Any], str], *jobs: Any) -> list[str]:
    """What came of every job; each is handed to ``contender`` in a process of its own."""
    spawning = multiprocessing.get_context("spawn")
    with spawning.Pool(len(jobs), initializer=_line_up, initargs=(spawning.Barrier(len(jobs)),)) as processes:
        return processes.map(contender, jobs, chunksize=1)
