"""The only clock of the project: the domain below takes its dates as arguments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def civil_day(moment: datetime, *, utc_offset_minutes: int) -> date:
    """The calendar day of an aware ``moment`` where the bank is; a decision bears the bank's day, not UTC's."""
    return moment.astimezone(timezone(timedelta(minutes=utc_offset_minutes))).date()
