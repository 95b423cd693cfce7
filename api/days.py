"""Days as people write them in an address or on the command line."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def iso_day(text: object) -> date:
    """The day written as ``text``. ValueError, with what to write instead, for anything but YYYY-MM-DD."""
    if isinstance(text, str) and _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError(f"{text!s:.40} is no date; write a day of the calendar as YYYY-MM-DD, for example 2026-05-11.")
