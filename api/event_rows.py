"""Chained events as the values of their rows, for every table that holds a history."""

from __future__ import annotations

from typing import Any

from api.ids import new_id
from products.chained_events import Event


def event_values(organisation: str, event: Event[Any], before: Event[Any] | None) -> dict[str, object]:
    """The columns that all histories share, under a new id; ``before`` is the event that it follows."""
    return {
        "organisation_id": organisation,
        "id": new_id(),
        "created_at": event.at,
        "position": event.position,
        "kind": event.kind.value,
        "actor": event.actor,
        "note": event.note,
        "content_sha256": event.content,
        "previous_position": before and before.position,
        "previous_kind": before and before.kind.value,
        "previous_actor": before and before.actor,
        "previous_digest": before and before.digest,
        "digest": event.digest,
    }
