"""Keeping the clause library in order: what is wrong with it, and which clauses no sample reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from templates.contexts import CONTEXTS, names
from templates.contract_set import ContractSet
from templates.library import Clause, DocumentDefinition, Library, definitions, library
from templates.markup import InsertSource, ParagraphSource
from templates.wording import Language

_NAME: Final = re.compile(r"\{\{ ([a-z_.]+) \}\}")


def lint_library() -> tuple[str, ...]:
    """Everything wrong with the library, a sentence each: unknown clauses, names, blocks and references."""
    return tuple(_faults(definitions(), library()))


def unreached_clauses(samples: Iterable[ContractSet]) -> tuple[str, ...]:
    """The clauses that none of the sample sets contains, in the order of their names."""
    reached = {clause.front.id for sample in samples for drafted in sample.drafted for clause in drafted.clauses}
    return tuple(sorted({name for name, _ in library()} - reached))


def _faults(documents: Iterable[DocumentDefinition], clauses: Library) -> Iterator[str]:
    for document in documents:
        for language in Language:
            lacking = [name for name in document.clauses if (name, language) not in clauses]
            yield from (
                f"{document.id} names {name}, which has no {language.value} text; write it." for name in lacking
            )
            drawn = [clauses[name, language] for name in document.clauses if name not in lacking]
            targets = {target for clause in drawn for target in _targets(clause)}
            for clause in drawn:
                yield from _name_faults(document, clause, names(CONTEXTS[document.context]))
                yield from _reference_faults(document, clause, targets)


def _targets(clause: Clause) -> Iterator[str]:
    yield clause.front.id
    yield from (block.anchor for block in clause.blocks if isinstance(block, ParagraphSource) and block.anchor)


def _name_faults(document: DocumentDefinition, clause: Clause, offered: Mapping[str, type]) -> Iterator[str]:
    place = f"{clause.front.language.value}/{clause.front.id} in {document.id}"
    blocks = {block.name for block in clause.blocks if isinstance(block, InsertSource)}
    texts = {name for segment in clause.segments for name in _NAME.findall(segment.source)}
    for name in sorted(blocks | texts):
        if name not in offered:
            near = get_close_matches(name, offered, n=1)
            yield f"{place} names {name}, which its context does not offer; {_advice(near)}."
        elif (offered[name] is str) == (name in blocks):
            yield f"{place} puts {name} in the wrong way; blocks stand after :::, texts between braces."


def _advice(near: list[str]) -> str:
    return f"write {near[0]}" if near else "add it to the context"


def _reference_faults(document: DocumentDefinition, clause: Clause, targets: set[str]) -> Iterator[str]:
    for segment in clause.segments:
        if segment.target is not None and segment.target not in targets:
            place = f"{clause.front.language.value}/{clause.front.id} in {document.id}"
            yield f"{place} refers to {segment.target}, which the document does not contain; refer to another clause."
