"""Clauses and documents that a package brings for its product, joined to kedai's own.

The texts come as data (`products.package_data`) and are held to what the library is held to. ``clauses`` and
``documents`` are written as the library's. ``placement.yaml`` says where the clauses stand in kedai's documents:

    - {document: loan-contract, clause: milestone-drawdown, instead_of: loan-disbursement}
    - {document: loan-contract, clause: milestone-report, after: loan-supervision}

A clause of a package never changes one of kedai's: it has a name of its own, and takes a place only in sets drawn for
the package's product.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from products.parameters import Declared
from templates.library import BadClause, BadDefinition, DocumentDefinition, Library, library_of, read_definition
from templates.markup import BadMarkup, Insert, InsertSource
from templates.product_words import PREFIX, writable
from templates.texts import Texts
from templates.upkeep import faults, faults_of_clauses
from templates.wording import Language
from templates.yaml_files import load_yaml

PLACEMENT: Final = "placement.yaml"
CONTEXTS_OPEN: Final = ("loan", "cost")
"""Contexts that every set has, so that a document of a package can always be drawn."""
FIRST_ORDER: Final = 20
"""Numbers below it name kedai's own files."""
_SHOWN: Final = 5


class BadContribution(ValueError):
    """Texts that cannot be joined; the message names every place with its remedy."""


class Placement(BaseModel):
    """Where a clause stands in one of kedai's documents."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: str
    clause: str
    after: str | None = None
    instead_of: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Placement:
        if (self.after is None) == (self.instead_of is None):
            raise ValueError("it needs exactly one of after and instead_of")
        return self

    @property
    def neighbour(self) -> str:
        """The clause that says where."""
        return self.after or self.instead_of or ""


_PLACEMENTS: Final = TypeAdapter(tuple[Placement, ...])


def joined(own: Texts, texts: Mapping[str, str], declared: Mapping[str, Declared]) -> Texts:
    """The texts of a day with those that a package brings in ``texts``; BadContribution if they cannot be joined.

    ``declared`` are the parameters of the product, of which clauses may write those that are `writable`.
    """
    clauses = _clauses(texts)
    documents = _documents(texts, own)
    placements = _placements(texts)
    _require([*_taken(clauses, own), *_misplaced(placements, clauses, own)])
    every: Library = {**own.clauses, **clauses}
    amended = tuple(_amended(one, placements) for one in own.documents)
    definitions = (*amended, *documents)
    names = writable(declared)
    placed = {name for one in definitions for name in one.clauses}
    idle = sorted({name for name, _ in clauses} - placed)
    _require(
        [
            *faults(definitions, every, {f"{PREFIX}{name}": str for name in names}),
            *faults_of_clauses(clauses),
            *(f"{name} stands in no document; give it a placement." for name in idle),
            *(f"{one.id} has nowhere to sign; add the clause signing." for one in documents if _unsigned(one, every)),
        ]
    )
    return replace(own, clauses=MappingProxyType(every), documents=definitions)


def _require(problems: Iterable[str]) -> None:
    found = list(dict.fromkeys(problems))
    if found:
        more = f" And {len(found) - _SHOWN} more." if len(found) > _SHOWN else ""
        raise BadContribution(" ".join(found[:_SHOWN]) + more)


def _clauses(texts: Mapping[str, str]) -> Library:
    found = {path.removeprefix("clauses/"): text for path, text in texts.items() if path.startswith("clauses/")}
    languages = {one.value for one in Language}
    odd = sorted(path for path in found if path.partition("/")[0] not in languages)
    _require(f"clauses/{path} is in no language of contracts; use {', '.join(sorted(languages))}." for path in odd)
    try:
        return library_of(found)
    except (BadClause, BadMarkup) as error:
        raise BadContribution(str(error)) from None


def _documents(texts: Mapping[str, str], own: Texts) -> tuple[DocumentDefinition, ...]:
    found = []
    for path, text in texts.items():
        if not path.startswith("documents/"):
            continue
        try:
            definition = read_definition(text, path)
        except BadDefinition as error:
            raise BadContribution(str(error)) from None
        _require(_unfit(path, definition, own))
        found.append(definition)
    return tuple(sorted(found, key=lambda one: one.order))


def _unfit(path: str, one: DocumentDefinition, own: Texts) -> list[str]:
    said = []
    if path != f"documents/{one.id}.yaml":
        said.append(f"{path} calls itself {one.id}; the file's name must be the same.")
    if own.document(one.id) is not None:
        said.append(f"{path} has the name of one of kedai's documents; choose another.")
    if one.context not in CONTEXTS_OPEN:
        said.append(f"{path} is filled from {one.context!r}; use one of: {', '.join(CONTEXTS_OPEN)}.")
    if one.order < FIRST_ORDER:
        said.append(f"{path} has the order {one.order}; begin at {FIRST_ORDER}.")
    if set(one.title) != set(Language):
        said.append(f"{path} has no title in each of: {', '.join(Language)}.")
    return said


def _unsigned(definition: DocumentDefinition, clauses: Library) -> bool:
    """Whether none of its clauses holds the signing blocks; the signing list names every document drawn before it."""
    drawn = [clauses[name, Language.ZH] for name in definition.clauses if (name, Language.ZH) in clauses]
    blocks = [block for clause in drawn for block in clause.blocks if isinstance(block, InsertSource)]
    return not any(block.kind is Insert.SIGNATURES for block in blocks)


def _placements(texts: Mapping[str, str]) -> tuple[Placement, ...]:
    if PLACEMENT not in texts:
        return ()
    try:
        return _PLACEMENTS.validate_python(load_yaml(texts[PLACEMENT]))
    except (yaml.YAMLError, ValidationError) as error:
        raise BadContribution(f"{PLACEMENT} cannot be used: {error}") from None


def _taken(clauses: Library, own: Texts) -> list[str]:
    shared = {name for name, _ in clauses} & {name for name, _ in own.clauses}
    return [f"{name} is the name of one of kedai's clauses; choose another." for name in sorted(shared)]


def _misplaced(placements: Iterable[Placement], clauses: Library, own: Texts) -> list[str]:
    documents = {one.id: one for one in own.documents}
    brought = {name for name, _ in clauses}
    said = []
    for one in placements:
        if one.document not in documents:
            said.append(f"{PLACEMENT} names the document {one.document}; use one of: {', '.join(documents)}.")
        elif one.neighbour not in documents[one.document].clauses:
            said.append(f"{PLACEMENT} names {one.neighbour}, which {one.document} does not contain.")
        elif one.clause not in brought:
            said.append(f"{PLACEMENT} places {one.clause}, which the package does not bring.")
        elif one.instead_of is not None and (one.clause, Language.ZH) in clauses:
            said += _weaker(one.clause, one.instead_of, clauses, own)
    return said


def _weaker(clause: str, replaced: str, clauses: Library, own: Texts) -> list[str]:
    new, old = clauses[clause, Language.ZH].front, own.clauses[replaced, Language.ZH].front
    lacking = [law for law in old.basis if law not in new.basis]
    said = []
    if lacking:
        said.append(f"{clause} takes the place of {replaced} and does not rest on {', '.join(lacking)}, as that does.")
    if (old.mandatory and not new.mandatory) or new.applies_when not in {"True", old.applies_when}:
        said.append(f"{clause} takes the place of {replaced}; make it mandatory and let it apply wherever that does.")
    return said


def _amended(definition: DocumentDefinition, placements: Iterable[Placement]) -> DocumentDefinition:
    """The definition with the clauses in their places; its text says so, so that a set can be drawn from it again."""
    own = [one for one in placements if one.document == definition.id]
    if not own:
        return definition
    clauses = list(definition.clauses)
    for one in own:
        at = clauses.index(one.neighbour)
        clauses[at : at + 1] = [one.clause] if one.instead_of else [one.neighbour, one.clause]
    written = load_yaml(definition.source) | {"clauses": clauses}
    return read_definition(yaml.safe_dump(written, allow_unicode=True, sort_keys=False), definition.id)
