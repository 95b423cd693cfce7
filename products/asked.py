"""Questions in JSON beside applications, such as terms to be priced: read strictly, every fault with its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from products.applicant.parsing import shown
from products.applicant.reading import InvalidApplication, Problem, json_value

M = TypeVar("M", bound=BaseModel)
GREATEST_QUESTION: Final = 1_000_000
"""Bytes of a question that are read at most."""


class InvalidQuestion(ValueError):
    """A question that cannot be answered as it stands; ``what`` it was to be, ``problems`` everything found."""

    def __init__(self, what: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{one.path or what}: {one.message}" for one in problems))
        self.what, self.problems = what, problems


def read_question(payload: bytes, model: type[M], *, what: str, most_bytes: int = GREATEST_QUESTION) -> M:
    """The question in a JSON payload; InvalidQuestion with every problem."""
    try:
        value = json_value(payload, most_bytes, what=what)
    except InvalidApplication as refused:
        raise InvalidQuestion(what, refused.problems) from None
    return question_from(value, model, what=what)


def question_from(value: object, model: type[M], *, what: str) -> M:
    """The same of a parsed JSON value."""
    try:
        return model.model_validate(value)
    except ValidationError as invalid:
        found = tuple(_problem(one, model) for one in invalid.errors(include_url=False, include_context=False))
        raise InvalidQuestion(what, found) from None


def _problem(error: Mapping[str, Any], model: type[BaseModel]) -> Problem:
    path = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in error["loc"]).removeprefix(".")
    name = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "missing":
        return Problem(path, "This is required and missing. State it.")
    if error["type"] == "extra_forbidden":
        return Problem(path, f"There is no such field. Use one of: {', '.join(model.model_fields)}.")
    field = model.model_fields.get(name)
    meaning = f" It is {field.description}." if field is not None and field.description else ""
    sentence = str(error["msg"]).removeprefix("Value error, ")
    return Problem(path, f"{sentence}.{meaning} Correct it.", shown(error["input"]))
