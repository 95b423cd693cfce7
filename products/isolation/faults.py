"""How plugins fail, and what they may use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """How a plugin may fail; REFUSED is none, because the host would refuse the request itself."""

    RAISED = "raised"
    TYPE = "type"
    TIME = "time"
    MEMORY = "memory"
    RUBBISH = "rubbish"
    DIED = "died"
    REFUSED = "refused"
    BREAKER = "breaker"


class PluginFault(RuntimeError):
    """A plugin gave no usable answer; ``cause`` is a sentence for operators."""

    def __init__(self, kind: FaultKind, cause: str) -> None:
        super().__init__(cause)
        self.kind, self.cause = kind, cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a plugin may use. Times are per request; a request holds at most `kernel.ROWS_AT_ONCE` applications.

    ``memory_bytes`` is address space beyond what the worker has after kedai itself is loaded. The breaker opens after
    ``failures_to_open`` failures in a row; then every ``retry_every``-th request is let through to try again.
    """

    portray_seconds: float = 20.0
    ask_seconds: float = 5.0
    memory_bytes: int = 1 << 30
    failures_to_open: int = 3
    retry_every: int = 20
