"""A bank's own Word templates: DOCX files with tags, linted before they are accepted and filled in a process apart.

A tag is ``{{ loan.amount }}``, one of the names a document's context offers, or a statement as docxtpl writes them:
``{% if … %}``, ``{%p if … %}`` for whole paragraphs, ``{%tr for row in plan %}`` for table rows. Word may have split it
over runs. A paragraph that consists of the tag of a table, of pairs or of signatures is replaced by that block.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from templates.bank_word.expressions import Kind, Value
from templates.bank_word.filling import Limits, expanded_apart, filled_apart
from templates.bank_word.plain_facts import COLUMNS, PAIR, plain, text_at
from templates.bank_word.statements import Story
from templates.bank_word.stories import TAG, elements, stories, tags
from templates.contexts import CONTEXTS, Context, block_at, names
from templates.document import Pairs, Signatures, Table
from templates.foreign_docx import read_parts
from templates.writing.docx_blocks import block_xml
from templates.writing.stored_zip import package

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "loan": (
        "lender.name", "borrower.name", "loan.number", "loan.kind", "loan.currency", "loan.amount", "loan.purpose",
        "loan.term", "loan.rate", "loan.repayment", "loan.overdue_uplift", "loan.misuse_uplift",
    ),
    "pledge": (
        "lender.name", "pledgor.name", "pledge.number", "loan.number", "loan.amount", "loan.matures_on",
        "pledge.assets", "pledge.scope", "pledge.register_within",
    ),
    "guarantee": (
        "lender.name", "guarantor.name", "guarantee.number", "loan.number", "loan.amount", "loan.matures_on",
        "guarantee.mode", "guarantee.scope", "guarantee.period",
    ),
}  # fmt: skip
"""What 民法典 668, 427 and 684 and 商业银行法 37 want stated, as names of the contexts."""
MARK: Final = "kedai"
"""The attribute that names a block in an expanded template."""
_NAME: Final = re.compile(r"[a-z][a-z_]*(?:\.[a-z][a-z_]*)*")
_EXCERPT: Final = 40
"""Characters of a paragraph by which it is found again."""
_STRAY: Final = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a template: the part, the text concerned, what is wrong, what mends it."""

    part: str
    text: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.part}: {self.text!r} {self.problem}; {self.remedy}."


class RefusedTemplate(ValueError):
    """A template that cannot be used; ``faults`` lists everything found."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(" ".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Reading:
    """A template read: everything wrong with it, and the paragraphs that stand in some cases only."""

    faults: tuple[Fault, ...]
    uncertain: frozenset[str]


def lint_template(content: bytes, context: str) -> tuple[Fault, ...]:
    """Everything wrong with a template for a context (``loan``, ``pledge`` …); RefusedDocx if the file is unsafe.

    KeyError if there is no such context.
    """
    return read_template(content, context).faults


def read_template(content: bytes, context: str) -> Reading:
    """What `lint_template` finds, and the paragraphs under conditions."""
    offered = _offered(CONTEXTS[context])
    faults: list[Fault] = []
    stated: set[str] = set()
    named: set[str] = set()
    uncertain: set[str] = set()
    for part, story in stories(content):
        read = Story(offered)
        read.read(story)
        faults.extend(Fault(part, *fault) for fault in read.faults)
        faults.extend(_stray(part, read.certain | read.uncertain))
        stated |= read.stated
        named |= read.named
        uncertain |= read.uncertain - read.certain
    faults.extend(_unstated(name, name in named) for name in REQUIRED.get(context, ()) if name not in stated)
    return Reading(tuple(faults), frozenset(uncertain))


def split_tags(content: bytes) -> tuple[Fault, ...]:
    """Where Word split a tag over runs; such a tag is filled all the same, in the look of the run it begins in."""
    return tuple(
        Fault(
            part,
            tag.text,
            f"is split over {runs} runs in {paragraph.text.strip()[:_EXCERPT]!r}",
            "it is filled all the same; type it in one go to give it one look",
        )
        for part, story in stories(content)
        for paragraph in elements(story)
        for tag in tags(paragraph.text)
        if (runs := 1 + paragraph.run_of(tag.end - 1)[0] - paragraph.run_of(tag.start)[0]) > 1
    )


def has_statements(content: bytes) -> bool:
    """Whether a template says more than names, so that it needs `templates.bank_word.sandbox`."""
    found = (tag for _, story in stories(content) for one in elements(story) for tag in tags(one.text))
    return any(tag.word or _NAME.fullmatch(tag.rest) is None for tag in found)


def fill_template(content: bytes, context: Context, limits: Limits = Limits()) -> bytes:  # noqa: B008 - immutable
    """The template filled with the facts of a context in a process of its own.

    RefusedTemplate if it has faults, templates.bank_word.filling.FillingFailed if it passes the limits.
    """
    _refuse_faults(content, context)
    blocks = _blocks(context)
    if has_statements(content):
        return expanded_apart(content, plain(context), blocks, limits)
    texts = {name: text_at(context, name) for name, kind in names(type(context)).items() if kind is str}
    return filled_apart(content, texts, blocks, limits)


def expand_template(content: bytes, context: Context, limits: Limits = Limits()) -> bytes:  # noqa: B008 - immutable
    """The template with its statements run and an empty paragraph with the attribute ``MARK`` for each block.

    Errors as for `fill_template`; `with_blocks` makes the finished file of it.
    """
    _refuse_faults(content, context)
    return expanded_apart(content, plain(context), {name: _mark(name) for name in _blocks(context)}, limits)


def with_blocks(expanded: bytes, context: Context) -> bytes:
    """The file of `expand_template` with the blocks of the context in their places."""
    parts = read_parts(expanded)
    for part, story in stories(expanded):
        text = story.decode()
        for name, block in _blocks(context).items():
            text = text.replace(_mark(name), block)
        parts[part] = text.encode()
    return package(parts)


def _refuse_faults(content: bytes, context: Context) -> None:
    faults = lint_template(content, next(name for name, kind in CONTEXTS.items() if isinstance(context, kind)))
    if faults:
        raise RefusedTemplate(faults)


def _blocks(context: Context) -> dict[str, str]:
    kinds = names(type(context))
    return {name: block_xml(block_at(context, name)) for name, kind in kinds.items() if kind is not str}


def _mark(name: str) -> str:
    return f'<w:p {MARK}="{name}"/>'


def _offered(context: type[Context]) -> Mapping[str, Value]:
    kinds: Mapping[object, Kind] = {str: Kind.TEXT, Table: Kind.ROWS, Pairs: Kind.ROWS, Signatures: Kind.BLOCK}
    return {
        name: Value(kinds[kind], COLUMNS[name] if kind is Table else PAIR if kind is Pairs else ())
        for name, kind in names(context).items()
    }


def _stray(part: str, texts: Iterable[str]) -> Iterator[Fault]:
    for text in sorted(texts):
        for found in _STRAY.findall(TAG.sub("", text)):
            yield Fault(part, found, "is no complete tag", "write {{ name }} or a statement and nothing else")


def _unstated(name: str, named: bool) -> Fault:
    part = "word/document.xml"
    if named:
        problem = "may be missing: it is stated under a condition only, but the law wants it stated"
        return Fault(part, name, problem, f"put {{{{ {name} }}}} where no condition stands, or into every branch")
    return Fault(part, name, "is not used, but the law wants it stated", f"put in {{{{ {name} }}}}")
