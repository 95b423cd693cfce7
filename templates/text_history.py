"""The life of a contract text: drafted, submitted, approved or returned, withdrawn; `products.reviewed_life` keeps it.

What follows from the calendar (in force, superseded) is no event: it is read from first days and withdrawals.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from products import chained_events
from products.reviewed_life import reviewed_life


class Kind(StrEnum):
    """What happened to a version of a text."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


Event = chained_events.Event[Kind]
History = tuple[Event, ...]

_LIFE: Final = reviewed_life(Kind, "text", instead="a new version of the same text")
drafted: Final = _LIFE.drafted
submitted: Final = _LIFE.submitted
approved: Final = _LIFE.approved
returned: Final = _LIFE.returned
withdrawn: Final = _LIFE.withdrawn
intact: Final = _LIFE.intact
