"""What a person sends with a step in the life of a contract text."""

from __future__ import annotations

from pydantic import Field

from api.revisions.steps import AnyStep, Step, read_step
from products.applicant.reading import Problem
from products.revising.content import InvalidRevision
from templates.versions import TEXT, InvalidText, Text


class TextStep(Step):
    """A new draft of a text."""

    text: Text = Field(discriminator="kind")


def read_text_step(model: type[AnyStep], payload: bytes, *, most_bytes: int) -> AnyStep:
    """The step in a JSON payload; InvalidText with every problem in it."""
    try:
        return read_step(model, payload, most_bytes=most_bytes, what=TEXT)
    except InvalidRevision as error:
        raise InvalidText(_shortened(each) for each in error.problems) from None


def _shortened(problem: Problem) -> Problem:
    return Problem(problem.path, problem.message, problem.value[:100])
