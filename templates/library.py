"""The clause library: text files with front matter, read once, each with a digest.

A clause is ``clauses/<language>/<id>.md``. Its front matter says what it is; its body is in the markup of
`templates.markup`. Every clause exists in every language.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from templates.markup import BlockSource, InsertSource, Segment, parse_body
from templates.positions import Condition, Position, complete
from templates.wording import Language
from templates.yaml_files import load_yaml

_HERE: Final = Path(__file__).parent
_FENCE: Final = "---\n"
_NAME: Final = re.compile(r"\{\{ ([a-z_.]+) \}\}")


class BadClause(ValueError):
    """A clause file that cannot be used."""


class BadDefinition(ValueError):
    """A document definition that cannot be used."""


class Form(StrEnum):
    """What place a clause takes in a document."""

    PREAMBLE = "preamble"
    ARTICLE = "article"
    CLOSING = "closing"
    ANNEX = "annex"


class FrontMatter(BaseModel):
    """What a clause says about itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    language: Language
    title: str
    form: Form
    basis: tuple[str, ...] = Field(description="instruments and articles the clause rests on")
    applies_when: Condition = "True"
    in_force_from: date = Field(description="first day of signing on which this version may be used")
    mandatory: bool = Field(description="the document may not be drawn without it where it applies")
    standard_term: bool = Field(
        default=False, description="limits the counterparty and must catch the eye (民法典 496)"
    )
    owner: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")] = Field(description="who answers for the clause")
    approval: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="the paper on which this version was approved"
    )
    positions: tuple[Position, ...] = Field(default=(), description="for negotiation")

    @model_validator(mode="after")
    def _positions_are_complete(self) -> Self:
        complete(self.positions)
        return self

    def position(self, name: str) -> Position | None:
        """The position of this id."""
        return next((each for each in self.positions if each.id == name), None)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause in one language; ``alternatives`` are its acceptable positions by id, ``position`` is the one chosen."""

    front: FrontMatter
    blocks: tuple[BlockSource, ...]
    digest: str
    source: str
    alternatives: Mapping[str, tuple[BlockSource, ...]] = field(default_factory=dict)
    position: str = ""

    def at(self, position: str) -> Clause:
        """The clause in the wording of an acceptable position; as it is where the position has none of its own."""
        found = self.alternatives.get(position)
        return replace(self, blocks=found, position=position) if found is not None else self

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Every stretch of template text, in order."""
        return tuple(
            segment for block in self.blocks if not isinstance(block, InsertSource) for segment in block.segments
        )

    @property
    def text_names(self) -> frozenset[str]:
        """The dotted names that stand between braces in its text."""
        return frozenset(name for segment in self.segments for name in _NAME.findall(segment.source))

    @property
    def block_names(self) -> frozenset[str]:
        """The dotted names of the blocks it inserts."""
        return frozenset(block.name for block in self.blocks if isinstance(block, InsertSource))


Library = Mapping[tuple[str, Language], Clause]


def read_clause(content: str, place: str) -> Clause:
    """A clause from the text of its file; BadClause names ``place`` and what is wrong."""
    parts = content.split(_FENCE, 2)
    if len(parts) != 3 or parts[0]:
        raise BadClause(f"{place} has no front matter; begin it with a block between two lines of ---.")
    try:
        front = FrontMatter.model_validate(load_yaml(parts[1]))
    except (yaml.YAMLError, ValidationError) as error:
        raise BadClause(f"{place} has front matter that cannot be used: {error}") from error
    alternatives = {
        each.id: parse_body(each.wording, f"{place}, position {each.id}")
        for each in front.positions
        if each.wording is not None
    }
    return Clause(
        front,
        parse_body(parts[2], place),
        hashlib.sha256(content.encode()).hexdigest(),
        content,
        MappingProxyType(alternatives),
    )


@cache
def library() -> Library:
    """All clauses by id and language; BadClause if a file's name and its front matter disagree."""
    paths = sorted((_HERE / "clauses").glob("*/*.md"))
    return library_of({f"{path.parent.name}/{path.name}": path.read_text(encoding="utf-8") for path in paths})


def library_of(texts: Mapping[str, str]) -> Library:
    """The clauses in texts by their places, as ``zh/loan-term.md``; BadClause as `library`."""
    found: dict[tuple[str, Language], Clause] = {}
    for place, text in texts.items():
        clause = read_clause(text, place)
        if f"{clause.front.language.value}/{clause.front.id}.md" != place:
            raise BadClause(
                f"{place} calls itself {clause.front.language}/{clause.front.id}; "
                "the front matter must repeat the folder and the file name."
            )
        found[clause.front.id, clause.front.language] = clause
    return found


class DocumentDefinition(BaseModel):
    """A document as an ordered list of clauses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    order: int = Field(description="place in the set and prefix of the file name")
    context: str = Field(description="name of the context the clauses are filled from")
    is_contract: bool = Field(default=True, description="its number is a contract number")
    title: Mapping[Language, str]
    applies_when: Condition
    clauses: tuple[str, ...]
    _source: str = PrivateAttr(default="")

    @property
    def source(self) -> str:
        """The text the definition was read from."""
        return self._source

    @property
    def digest(self) -> str:
        """SHA-256 of that text."""
        return hashlib.sha256(self._source.encode()).hexdigest()


def read_definition(content: str, place: str) -> DocumentDefinition:
    """A definition from the text of its file; BadDefinition names ``place`` and what is wrong."""
    try:
        found = DocumentDefinition.model_validate(load_yaml(content))
    except (yaml.YAMLError, ValidationError) as error:
        raise BadDefinition(f"{place} is no document definition that can be used: {error}") from error
    found._source = content  # noqa: SLF001 - set once, where it is made
    return found


@cache
def definitions() -> tuple[DocumentDefinition, ...]:
    """All document definitions in the order of the set."""
    found = [
        read_definition(path.read_text(encoding="utf-8"), path.name)
        for path in sorted((_HERE / "documents").glob("*.yaml"))
    ]
    return tuple(sorted(found, key=lambda definition: definition.order))
