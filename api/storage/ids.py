"""Identifiers that sort by the moment they were made."""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from datetime import datetime
from typing import Final

_RANDOM_BITS: Final = 62
_VERSION_7: Final = 7 << 76
_VARIANT: Final = 0b10 << 62


class IdSource:
    """Makes version-7 UUIDs (RFC 9562, method 3: 60 bits of time, 62 random bits), strictly rising in one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def __call__(self) -> str:
        # 1/4096 ms since 1970: the upper 48 bits are the milliseconds of the RFC, the lower 12 the fraction below.
        ticks = time.time_ns() * 4096 // 1_000_000
        with self._lock:
            self._last = ticks = max(ticks, self._last + 1)
        value = (ticks >> 12) << 80 | _VERSION_7 | (ticks & 0xFFF) << 64 | _VARIANT | secrets.randbits(_RANDOM_BITS)
        return str(uuid.UUID(int=value))


new_id: Final = IdSource()
"""The source all rows of this process are named by."""


def first_id_at(moment: datetime) -> str:
    """The least id that can be made in the millisecond of ``moment`` or later."""
    milliseconds = int(moment.timestamp() * 1000)
    return str(uuid.UUID(int=milliseconds << 80 | _VERSION_7 | _VARIANT))


def is_id(text: str) -> bool:
    """Whether ``text`` has the canonical form of a UUID; anything else names no row."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
