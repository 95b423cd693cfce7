"""Reading an application from the outside: strict JSON in, a checked `Application` or all problems at once out."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from itertools import accumulate
from typing import Any, Final, NoReturn

from pydantic import ValidationError

from products.applicant.consistency import inconsistencies, salvaged
from products.applicant.flatten import columns_of
from products.applicant.layout import entries_at, label_at, names_at
from products.applicant.parsing import printable, shown
from products.applicant.record import Application

__all__ = ["InvalidApplication", "Problem", "application_from", "columns_of", "read_application"]

GREATEST_PAYLOAD: Final = 1_000_000
DEEPEST: Final = 16
MOST_PROBLEMS: Final = 100
"""How many problems of one application are put into words."""

_MOST_DIGITS: Final = 20
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
"""A JSON text, or the rest of the payload where one is not closed: no payload is scanned twice."""
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_STEPS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where (``ip_assets[0].number``, empty for the whole), a full sentence, and the value found."""

    path: str
    message: str
    value: str = ""


class InvalidApplication(ValueError):
    """An application that cannot be decided as it stands; ``problems`` lists everything found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.path or 'application'}: {problem.message}" for problem in self.problems))


def read_application(payload: bytes, *, most_bytes: int = GREATEST_PAYLOAD) -> Application:
    """The application in a JSON payload (UTF-8, one object); InvalidApplication if anything is wrong with it."""
    return application_from(json_value(payload, most_bytes))


def application_from(facts: object) -> Application:
    """The application in a parsed JSON value; InvalidApplication if anything is wrong with it."""
    try:
        application = Application.model_validate(facts)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False, include_context=False)
        found = [_problem(error) for error in errors[:MOST_PROBLEMS]]
        disorder = inconsistencies(salvaged(facts)) if isinstance(facts, Mapping) else []
        found.extend(Problem(*each) for each in disorder[: MOST_PROBLEMS - len(found)])
        rest = len(errors) + len(disorder) - len(found)
        if rest:
            found.append(Problem("", f"{rest} more problems were found. Correct these first."))
        raise InvalidApplication(found) from None
    disorder = inconsistencies(application)
    if disorder:
        raise InvalidApplication(Problem(*each) for each in disorder)
    return application


def json_value(payload: bytes, most_bytes: int, *, what: str = "application") -> object:
    """The JSON value in a payload that is to hold ``what``; InvalidApplication if it cannot be taken as JSON."""
    if len(payload) > most_bytes:
        _refuse(f"The {what} has {len(payload)} bytes; at most {most_bytes} are read. Shorten texts and lists.")
    depth = max(
        accumulate(map(_STEPS.__getitem__, _STRING.sub(b"", payload).translate(None, _NOT_BRACKETS))), default=0
    )
    if depth > DEEPEST:
        _refuse(f"The JSON text is nested {depth} deep; an application needs at most {DEEPEST} levels. Flatten it.")
    try:
        return json.loads(
            payload.decode(),
            object_pairs_hook=_unique,
            parse_int=partial(_whole_number, what),
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as broken:
        _refuse(f"The {what} is not UTF-8: byte {broken.start} cannot be read. Encode the text as UTF-8.")
    except json.JSONDecodeError as broken:
        _refuse(
            f"The {what} is not JSON: {broken.msg} at line {broken.lineno}, column {broken.colno}. "
            f"Send one JSON object."
        )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    facts = dict(pairs)
    if len(facts) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = counts.most_common(1)[0][0]
        _refuse(f"The field {shown(twice)} is given twice in one object. Keep one of the two.", twice)
    return facts


def _whole_number(what: str, digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        _refuse(
            f"The {what} holds a number of {len(digits)} digits; at most {_MOST_DIGITS} are read. "
            f"Write amounts as decimal strings in yuan.",
            digits,
        )
    return int(digits)


def _no_constant(name: str) -> NoReturn:
    _refuse(f"{name} is no JSON value. Write null if the fact is unknown.", name)


def _refuse(message: str, value: str = "") -> NoReturn:
    raise InvalidApplication([Problem("", message, printable(value))])


def _path(location: Sequence[str | int]) -> str:
    """``("ip_assets", 0, "number")`` as ``ip_assets[0].number``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{printable(part)}" for part in location)
    return "".join(parts).removeprefix(".")


def _problem(error: Mapping[str, Any]) -> Problem:
    value = "" if error["type"] == "missing" else shown(error["input"])
    return Problem(_path(error["loc"]), _sentence(error), value)


def _sentence(error: Mapping[str, Any]) -> str:
    """The sentence of a reader, or one for what pydantic finds about groups and lists."""
    location, value = error["loc"], error["input"]
    sentence = str(error["msg"])
    match error["type"]:
        case "missing":
            sentence = f"{label_at(location)} is required and missing. State it."
        case "extra_forbidden":
            sentence = unknown_name(location)
        case "model_type":
            sentence = (
                f"{label_at(location)} must be an object in braces; it is {shown(value)}. Write its fields in braces."
            )
        case "tuple_type":
            sentence = (
                f"{label_at(location)} must be a list in brackets; it is {shown(value)}. Put its entries in brackets."
            )
        case "too_long" | "too_short":
            least, most = entries_at(location)
            sentence = (
                f"{label_at(location)} must have {least} to {most} entries; it has {len(value)}. Correct the list."
            )
        case "string_unicode":
            sentence = (
                f"The name {shown(value)} in {label_at(location)} is no Unicode text. Write the names of the record."
            )
    return sentence


def unknown_name(location: Sequence[str | int]) -> str:
    """The sentence about a field the record does not know, with the nearest name or all names of its group."""
    *group, name = location
    near = get_close_matches(str(name), names_at(group), n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"The fields here are {', '.join(names_at(group))}."
    return f"The applicant record has no field {shown(name)} in {label_at(group)}. {remedy}"
