"""The life of what is reviewed before it counts: drafted, submitted, approved or returned to its author, withdrawn.

    drafted → submitted → approved
                        ↘ returned → drafted …

The review is by another person than any who drafted or submitted it. An approved content never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from products.chained_events import Event, Life

K = TypeVar("K", bound=StrEnum)


def reviewed_life(
    kinds: type[K], subject: str, *, instead: str, further: Mapping[K, frozenset[K | None]] | None = None
) -> ReviewedLife[K]:
    """A life over ``kinds``, whose values include the five; ``further`` says what its other kinds may follow.

    ``instead`` is what to draft where the subject can no longer be drafted. All but the returned and the withdrawn,
    and the ``further`` kinds that nothing leads on from, can be withdrawn.
    """
    drafted, submitted, approved, returned, withdrawn = (
        kinds(each) for each in ("drafted", "submitted", "approved", "returned", "withdrawn")
    )
    later = further or {}
    led_on_from = frozenset().union(*later.values()) if later else frozenset()
    return ReviewedLife(
        subject=subject,
        follows={
            drafted: frozenset({None, drafted, returned}),
            submitted: frozenset({drafted}),
            approved: frozenset({submitted}),
            returned: frozenset({submitted}),
            **later,
            withdrawn: frozenset({drafted, submitted, returned, approved}) | led_on_from,
        },
        authored=frozenset({drafted, submitted}),
        remedies={
            drafted: f"Draft {instead} instead.",
            submitted: "Only a draft is submitted; draft it again first.",
            approved: "Only what is submitted is approved; submit it first.",
            returned: "Only what is submitted is returned.",
            withdrawn: "It has been withdrawn before.",
        },
        kinds=kinds,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedLife(Life[K]):
    """A life with the five steps of a review; `reviewed_life` makes one."""

    kinds: type[K]

    def drafted(
        self, history: tuple[Event[K], ...], *, actor: str, at: datetime, content: str, note: str = ""
    ) -> Event[K]:
        """The event of a (new) draft; ``content`` is its digest. NotAllowed once it was submitted and not returned."""
        return self.next(history, self.kinds("drafted"), actor=actor, at=at, note=note, content=content)

    def submitted(self, history: tuple[Event[K], ...], *, actor: str, at: datetime, note: str = "") -> Event[K]:
        """The event of a submission for review."""
        return self.next(history, self.kinds("submitted"), actor=actor, at=at, note=note)

    def approved(
        self, history: tuple[Event[K], ...], *, actor: str, at: datetime, day: date, note: str = ""
    ) -> Event[K]:
        """The event of an approval that takes effect on ``day``. NotAllowed by anyone who drafted or submitted it."""
        event = self.next(history, self.kinds("approved"), actor=actor, at=at, note=note, day=day)
        return self.require_other_eyes(history, event)

    def returned(self, history: tuple[Event[K], ...], *, actor: str, at: datetime, note: str) -> Event[K]:
        """The event of a return to its author; a note must say why."""
        event = self.next(history, self.kinds("returned"), actor=actor, at=at, note=note)
        return self.require_reason(self.require_other_eyes(history, event), "what has to change")

    def withdrawn(self, history: tuple[Event[K], ...], *, actor: str, at: datetime, day: date, note: str) -> Event[K]:
        """The event of a withdrawal: from ``day`` on it is out of force; a note must say why."""
        event = self.next(history, self.kinds("withdrawn"), actor=actor, at=at, note=note, day=day)
        return self.require_reason(event, "why")
