"""Keeping the clause library in order: what is wrong with it, and which clauses no sample reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from templates.contexts import CONTEXTS, names
from templates.library import Clause, DocumentDefinition, Library, definitions, library
from templates.markup import InsertSource, ParagraphSource
from templates.wording import Language

if TYPE_CHECKING:
    from templates.contract_set import ContractSet

_NOTHING: Final[Mapping[str, type]] = MappingProxyType({})
_IN_WORDS: Final = re.compile(
    r"[一二三四五六七八九十百千]+(?:个月|日内|天|年内|%|元|个工作日)"
    r"|\b(?:two|three|four|five|six|seven|ten|fifteen|twenty|thirty|sixty|ninety) (?:days|months|years)"
)


def lint_library() -> tuple[str, ...]:
    """Everything wrong with the library, a sentence each: clauses, names, blocks, references, languages."""
    clauses = library()
    ids = sorted({name for name, _ in clauses})
    pairs = ({language: clauses[name, language] for language in Language} for name in ids)
    unequal = (fault for pair in pairs for fault in language_faults(pair))
    return (*faults(definitions(), clauses), *unequal)


def unreached_clauses(samples: Iterable[ContractSet], clauses: Library | None = None) -> tuple[str, ...]:
    """The clauses (those shipped if None) that none of the sample sets contains, in the order of their names."""
    reached = {clause.front.id for sample in samples for drafted in sample.drafted for clause in drafted.clauses}
    return tuple(sorted({name for name, _ in (library() if clauses is None else clauses)} - reached))


def faults(
    documents: Iterable[DocumentDefinition], clauses: Library, more: Mapping[str, type] = _NOTHING
) -> Iterator[str]:
    """What is wrong with the documents drawn from the clauses, which may name ``more`` than their contexts hold."""
    for document in documents:
        offered = {**names(CONTEXTS[document.context]), **more}
        for language in Language:
            lacking = [name for name in document.clauses if (name, language) not in clauses]
            yield from (
                f"{document.id} names {name}, which has no {language.value} text; write it." for name in lacking
            )
            drawn = [clauses[name, language] for name in document.clauses if name not in lacking]
            targets = {target for clause in drawn for target in _targets(clause)}
            for clause in drawn:
                for worded in (clause, *(clause.at(name) for name in clause.alternatives)):
                    yield from _name_faults(document, worded, offered)
                    yield from _reference_faults(document, worded, targets)
                    yield from _target_faults(document, clause, worded)


def _target_faults(document: DocumentDefinition, clause: Clause, worded: Clause) -> Iterator[str]:
    """An alternative wording keeps the paragraphs that other clauses may refer to."""
    for target in sorted(set(_targets(clause)) - set(_targets(worded))):
        yield (
            f"{_place(document, clause)} loses the paragraph {target} in its position {worded.position}; "
            f"mark it with {{#{target}}} there too."
        )


def language_faults(clauses: Mapping[Language, Clause]) -> Iterator[str]:
    """Where the two languages of one clause disagree in front matter, blocks or names, in every wording."""
    chinese, english = clauses[Language.ZH], clauses[Language.EN]
    name = chinese.front.id
    for field in ("id", "version", "form", "basis", "applies_when", "in_force_from", "mandatory", "standard_term"):
        if getattr(chinese.front, field) != getattr(english.front, field):
            yield f"{name} has another {field} in English than in Chinese; make both equal."
    if [one.shape for one in chinese.front.positions] != [one.shape for one in english.front.positions]:
        yield f"{name} has other positions in English than in Chinese; give both the same ids, stances and conditions."
        return
    for position in ("", *chinese.alternatives):
        place = f" in its position {position}" if position else ""
        if _shape(chinese.at(position)) != _shape(english.at(position)):
            yield f"{name} has other blocks in English than in Chinese{place}; translate block by block."
        odd = ", ".join(sorted(chinese.at(position).text_names ^ english.at(position).text_names))
        if odd:
            yield f"{name} names {odd} in one language only{place}; name the same facts in both."


def _shape(clause: Clause) -> list[tuple[object, object]]:
    return [
        (block.kind, block.name) if isinstance(block, InsertSource) else (block.style, block.anchor)
        for block in clause.blocks
    ]


def _place(document: DocumentDefinition, clause: Clause) -> str:
    return f"{clause.front.language.value}/{clause.front.id} in {document.id}"


def faults_of_clauses(clauses: Library) -> Iterator[str]:
    """What is wrong with clauses by themselves: a language lacking or different, no law named, numbers in words."""
    for name in sorted({name for name, _ in clauses}):
        found = [clauses.get((name, language)) for language in Language]
        versions = [clause for clause in found if clause is not None]
        yield from (
            f"{name} has no {language.value} text; write it."
            for language, clause in zip(Language, found, strict=True)
            if clause is None
        )
        if len(versions) == len(Language):
            yield from language_faults({clause.front.language: clause for clause in versions})
        if not versions[0].front.basis:
            yield f"{name} names no law it rests on; give its front matter a basis."
        for clause in versions:
            number = _IN_WORDS.search(" ".join(segment.source for segment in clause.segments))
            if number:
                yield f"{clause.front.language.value}/{name} states {number[0]!r} in words; take it from the context."


def _targets(clause: Clause) -> Iterator[str]:
    yield clause.front.id
    yield from (block.anchor for block in clause.blocks if isinstance(block, ParagraphSource) and block.anchor)


def _name_faults(document: DocumentDefinition, clause: Clause, offered: Mapping[str, type]) -> Iterator[str]:
    place = _place(document, clause)
    blocks = clause.block_names
    for name in sorted(blocks | clause.text_names):
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
            yield (
                f"{_place(document, clause)} refers to {segment.target}, which the document does not contain; "
                "refer to another clause."
            )
