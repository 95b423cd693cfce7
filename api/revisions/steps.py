"""What a person sends with a step in the life of what is reviewed: who acts, a note, and what the step needs."""

from __future__ import annotations

from typing import TypeVar

from pydantic import Field, JsonValue, ValidationError

from products.revising.content import Content, Day, InvalidRevision, Line, Notes, Written, parsed, problem_of


class Step(Written):
    """A step: who takes it, and what there is to say."""

    actor: Line = Field(description="the person who acts; a review is by another one than the authors")
    note: Notes = ""


class DraftStep(Step):
    """A new content."""

    content: Content


class WithdrawalStep(Step):
    """A withdrawal from a day on; today if left out."""

    day: Day | None = None


class ImportStep(Step):
    """A signed file as it was exported."""

    file: dict[str, JsonValue]


AnyStep = TypeVar("AnyStep", bound=Step)


def read_step(model: type[AnyStep], payload: bytes, *, most_bytes: int, what: str = "revision") -> AnyStep:
    """The step in a JSON payload; InvalidRevision with every problem in it. ``what`` is how sentences call it."""
    try:
        return model.model_validate(parsed(payload, most_bytes=most_bytes, what=what))
    except ValidationError as invalid:
        raise InvalidRevision(
            problem_of(error) for error in invalid.errors(include_url=False, include_context=False)
        ) from None
