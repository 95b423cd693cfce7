"""A bank's own Word templates: DOCX files with tags, linted before they are accepted and filled without any logic.

A tag is ``{{ loan.amount }}``, one of the names a document's context offers; Word may have split it over runs. Nothing
else is understood: there is no expression, filter or statement to execute, so a template can do nothing but name facts.
A paragraph that consists of the tag of a table, of pairs or of signatures is replaced by that block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from templates.contexts import CONTEXTS, Context, block_at, names
from templates.docx_blocks import block_xml
from templates.filling import Limits, filled_apart
from templates.tags import TAG, paragraphs

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
_NAME: Final = re.compile(r"[a-z][a-z_]*(?:\.[a-z][a-z_]*)*")
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


def lint_template(content: bytes, context: str) -> tuple[Fault, ...]:
    """Everything wrong with a template for a context (``loan``, ``pledge`` …); RefusedDocx if the file is unsafe.

    KeyError if there is no such context.
    """
    offered = names(CONTEXTS[context])
    faults: list[Fault] = []
    used: set[str] = set()
    for part, text, hidden in paragraphs(content):
        if hidden:
            faults.append(Fault(part, text, "is hidden text", "show it or delete it in Word"))
        for tag in TAG.findall(text):
            used.add(tag)
            faults.extend(_tag_faults(part, tag, text, offered))
        rest = TAG.sub("", text)
        faults.extend(
            Fault(part, found, "is no complete tag", "write {{ name }} and nothing else")
            for found in _STRAY.findall(rest)
        )
    faults.extend(
        Fault("word/document.xml", name, "is not used, but the law wants it stated", f"put in {{{{ {name} }}}}")
        for name in REQUIRED.get(context, ())
        if name not in used
    )
    return tuple(faults)


def fill_template(content: bytes, context: Context, limits: Limits = Limits()) -> bytes:  # noqa: B008 - immutable
    """The template with its tags replaced by the facts of a context, filled in a process of its own.

    RefusedTemplate if it has faults, templates.filling.FillingFailed if it passes the limits.
    """
    name = next(name for name, kind in CONTEXTS.items() if isinstance(context, kind))
    faults = lint_template(content, name)
    if faults:
        raise RefusedTemplate(faults)
    offered = names(type(context))
    texts = {name: _value(context, name) for name, kind in offered.items() if kind is str}
    blocks = {name: block_xml(block_at(context, name)) for name, kind in offered.items() if kind is not str}
    return filled_apart(content, texts, blocks, limits)


def _value(context: Context, name: str) -> str:
    value: object = context
    for part in name.split("."):
        value = getattr(value, part)
    return str(value)


def _tag_faults(part: str, tag: str, text: str, offered: Mapping[str, object]) -> Iterator[Fault]:
    if _NAME.fullmatch(tag) is None:
        yield Fault(part, tag, "is no name", "tags may only name facts; logic and filters are not run")
    elif tag not in offered:
        near = get_close_matches(tag, offered, n=1)
        remedy = f"write {{{{ {near[0]} }}}}" if near else f"use one of: {', '.join(sorted(offered))}"
        yield Fault(part, tag, "is no name of this document", remedy)
    elif offered[tag] is not str and TAG.fullmatch(text.strip()) is None:
        yield Fault(part, tag, "stands for a whole block", "give it a paragraph of its own")
