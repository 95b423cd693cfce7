"""What a revision says: the parameters it changes, its texts and its window, as one immutable JSON value.

    {"product": "innovation-credit", "slug": "spring", "title": {"zh": "春季版", "en": "Spring terms"},
     "source": "产品委员会纪要 2027-3", "effective_from": "2027-04-01",
     "changes": {"amount_cap": {"value": "5000000", "source": "产品委员会纪要 2027-3", "clause": "第二条",
                                "verified": true}}}

Values are written as in the product's YAML book: quoted decimals, choices by their names, tables by their keys. A
value of null takes an optional parameter away. What is not changed keeps the value of the product, or of the shipped
revision named by ``base``. Everything is kept as written, so a revision survives every round trip.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Final, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    ValidationError,
    model_validator,
)

from products.applicant.parsing import CONTROL_CHARACTERS, printable
from products.applicant.reading import Problem
from products.canonical import digest

GREATEST_PAYLOAD: Final = 262_144
"""Bytes of the longest revision that is read: a hundred times the longest one shipped."""
DEEPEST: Final = 8

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII).fullmatch
_UNPRINTABLE: Final = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in CONTROL_CHARACTERS) + "]")


class InvalidRevision(ValueError):
    """A revision that cannot be used as it stands; ``problems`` lists everything found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{each.path or 'revision'}: {each.message}" for each in self.problems))


def _clean(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise ValueError(f"{printable(text)!r} holds control characters; write it in one line of plain text")
    return text


def _day(value: object) -> object:
    if isinstance(value, str) and not _DAY(value):
        raise ValueError(f"{printable(value)!r} is no date; write a day of the calendar as YYYY-MM-DD")
    if not isinstance(value, str | date | None):
        raise ValueError("it is no text; write a day of the calendar as YYYY-MM-DD, in quotes")  # noqa: TRY004
    return value


Day = Annotated[date, BeforeValidator(_day)]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_clean)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Notes = Annotated[str, Field(max_length=4_000), AfterValidator(_clean)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Written(BaseModel):
    """Base of the parts: immutable, nothing unknown accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(Written):
    """The name customers read."""

    zh: Line
    en: Line


class Change(Written):
    """The new value of one parameter, with the paper it rests on."""

    value: JsonValue = Field(description="as in the product's book; null takes an optional parameter away")
    source: Line
    clause: Line
    verified: StrictBool = Field(description="whether the source was read and says so")


class Content(Written):
    """A revision as its author wrote it. ``effective_until`` is the first day on which it no longer holds."""

    product: Slug
    slug: Slug = Field(description="what an application names as its revision")
    base: Slug | None = Field(
        default=None, description="shipped revision to start from; the product's own terms if not"
    )
    programme: Slug | None = Field(default=None, description="guarantee programme; the base's if left out")
    title: Title
    source: Line = Field(description="the resolution that lays the revision down")
    notes: Notes = ""
    effective_from: Day
    effective_until: Day | None = None
    changes: Mapping[Name, Change] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _window_is_open(self) -> Content:
        if self.effective_until is not None and self.effective_until <= self.effective_from:
            raise ValueError(
                f"effective_until is {self.effective_until}, not after effective_from {self.effective_from}; "
                "give the first day on which the revision no longer holds, or leave it out"
            )
        return self

    def plain(self) -> dict[str, Any]:
        """The content as a JSON value."""
        return self.model_dump(mode="json")

    @property
    def sha256(self) -> str:
        """The digest of the content's canonical JSON: two revisions that say the same have the same."""
        return digest(self.plain())


def read_content(payload: bytes, *, most_bytes: int = GREATEST_PAYLOAD) -> Content:
    """The content in a JSON payload (UTF-8, one object, no key twice); InvalidRevision with every problem in it."""
    return content_from(parsed(payload, most_bytes=most_bytes))


def content_from(value: object) -> Content:
    """The content in a parsed JSON value; InvalidRevision with every problem in it."""
    try:
        return Content.model_validate(value)
    except ValidationError as invalid:
        raise InvalidRevision(
            problem_of(error) for error in invalid.errors(include_url=False, include_context=False)
        ) from None


def parsed(payload: bytes, *, most_bytes: int, what: str = "revision") -> object:
    """The JSON value in a payload; InvalidRevision if it is too long, too deep, no JSON, or has a key twice.

    ``what`` is how sentences call the payload.
    """
    if len(payload) > most_bytes:
        _refuse(f"The {what} is longer than the {most_bytes} bytes that are read. Shorten its notes and tables.")
    try:
        value: object = json.loads(payload, object_pairs_hook=_once)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        _refuse(f"The {what} is not JSON in UTF-8: {error}. Send one JSON object.")
    except RecursionError:
        _refuse(f"The {what} is nested deeper than the {DEEPEST} levels that are read. Flatten it.")
    if _depth(value) > DEEPEST:
        _refuse(f"The {what} is nested deeper than the {DEEPEST} levels that are read. Flatten it.")
    return value


def _refuse(sentence: str) -> NoReturn:
    raise InvalidRevision([Problem("", sentence)])


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            _refuse(f"The key {printable(key)!r} stands twice in one object. Keep one of them.")
        found[key] = value
    return found


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)


def problem_of(error: Mapping[str, Any]) -> Problem:
    """What pydantic found wrong, as a problem in a full sentence."""
    path = ".".join(str(part) for part in error["loc"])
    given = error["input"]
    value = printable(given) if isinstance(given, str) else ""
    if error["type"] == "extra_forbidden":
        message = f"There is no field {printable(path)} here. Leave it out or take one that the form names."
        return Problem(printable(path), message, value)
    if error["type"] == "missing":
        return Problem(path, f"{path} is missing. State it.", "")
    sentence = str(error["msg"]).removeprefix("Value error, ")
    return Problem(path, f"{path or 'The revision'} cannot be used: {sentence}.", value)
