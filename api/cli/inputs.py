"""What commands are given: files, days and settings."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import Final, overload

from api.cli.failures import BAD_INPUT, fail
from api.clock import civil_day, now
from api.days import iso_day
from api.settings import Settings, read_settings

STANDARD_INPUT: Final = Path("-")


def settings(*, strict: bool = False) -> Settings:
    """The settings of the environment; with ``strict`` a broken plugin ends the command whatever they say."""
    found = read_settings(os.environ)
    return found.model_copy(update={"strict_plugins": True}) if strict else found


def payload(file: Path, *, limit: int) -> bytes:
    """The content of ``file``, at most one byte more than ``limit``; ends the command if it cannot be read."""
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read(limit + 1)
    try:
        with file.open("rb") as stream:
            return stream.read(limit + 1)
    except OSError as error:
        fail(BAD_INPUT, f"{file}: The file cannot be read ({error.strerror}). Give the path of a file that is there.")


@overload
def day(text: str, *, option: str = ...) -> date: ...
@overload
def day(text: str | None, *, option: str = ...) -> date | None: ...
def day(text: str | None, *, option: str = "--on") -> date | None:
    """The day given with an option, if it was given; ends the command if it is none."""
    try:
        return iso_day(text) if text is not None else None
    except ValueError as error:
        fail(BAD_INPUT, f"{option}: {error}")


def day_or_today(text: str | None, use: Settings, *, option: str = "--on") -> date:
    """The day given with an option, or the bank's today."""
    return day(text, option=option) or civil_day(now(), utc_offset_minutes=use.utc_offset_minutes)
