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
from html import unescape
from typing import Final

from markupsafe import escape

from templates.contexts import CONTEXTS, Context, block_at, names
from templates.docx import package
from templates.docx_blocks import block_xml
from templates.foreign_docx import RefusedDocx, parsed, safe_parts

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
_STORIES: Final = re.compile(r"word/(?:document|header[0-9]*|footer[0-9]*|footnotes|endnotes)\.xml")
_PARAGRAPH: Final = re.compile(r"<w:p(?: [^>]*)?>(?:(?!<w:p[ >]).)*?</w:p>", re.DOTALL)
_TEXT: Final = re.compile(r"(<w:t(?: [^>]*)?>)([^<]*)(</w:t>)")
_TAG: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
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
    for part, text in _paragraphs(content):
        for tag in _TAG.findall(text):
            used.add(tag)
            faults.extend(_tag_faults(part, tag, text, offered))
        rest = _TAG.sub("", text)
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


def fill_template(content: bytes, context: Context) -> bytes:
    """The template with its tags replaced by the facts of a context; RefusedTemplate if it has faults."""
    name = next(name for name, kind in CONTEXTS.items() if isinstance(context, kind))
    faults = lint_template(content, name)
    if faults:
        raise RefusedTemplate(faults)
    parts = safe_parts(content)
    for part in filter(_STORIES.fullmatch, list(parts)):
        filled = _PARAGRAPH.sub(lambda found: _filled(found[0], context), parts[part].decode())
        parts[part] = filled.encode()
    return package(parts)


def _paragraphs(content: bytes) -> Iterator[tuple[str, str]]:
    """Every paragraph's text with the part it stands in, runs joined."""
    parts = safe_parts(content)
    for part in filter(_STORIES.fullmatch, parts):
        parsed(parts[part], part)
        try:
            story = parts[part].decode()
        except UnicodeDecodeError as error:
            raise RefusedDocx(f"{part} is not UTF-8; save the document in Word again.") from error
        for paragraph in _PARAGRAPH.findall(story):
            yield part, _joined(paragraph)


def _joined(paragraph: str) -> str:
    return "".join(unescape(text) for _, text, _ in _TEXT.findall(paragraph))


def _tag_faults(part: str, tag: str, text: str, offered: Mapping[str, object]) -> Iterator[Fault]:
    if _NAME.fullmatch(tag) is None:
        yield Fault(part, tag, "is no name", "tags may only name facts; logic and filters are not run")
    elif tag not in offered:
        near = get_close_matches(tag, offered, n=1)
        remedy = f"write {{{{ {near[0]} }}}}" if near else f"use one of: {', '.join(sorted(offered))}"
        yield Fault(part, tag, "is no name of this document", remedy)
    elif offered[tag] is not str and _TAG.fullmatch(text.strip()) is None:
        yield Fault(part, tag, "stands for a whole block", "give it a paragraph of its own")


def _filled(paragraph: str, context: Context) -> str:
    text = _joined(paragraph)
    tags = _TAG.findall(text)
    if not tags:
        return paragraph
    if names(type(context))[tags[0]] is not str:
        return block_xml(block_at(context, tags[0]))
    values = {tag: _value(context, tag) for tag in tags}
    return _replaced(paragraph, text, values)


def _value(context: Context, name: str) -> str:
    value: object = context
    for part in name.split("."):
        value = getattr(value, part)
    return str(value)


def _replaced(paragraph: str, text: str, values: Mapping[str, str]) -> str:
    """Each tag's value goes into the run in which the tag began; the other runs lose their share of it."""
    owners: list[int] = []
    for number, (_, piece, _) in enumerate(_TEXT.findall(paragraph)):
        owners.extend([number] * len(unescape(piece)))
    pieces: dict[int, list[str]] = {}
    position = 0
    for found in _TAG.finditer(text):
        for at in range(position, found.start()):
            pieces.setdefault(owners[at], []).append(text[at])
        pieces.setdefault(owners[found.start()], []).append(values[found[1]])
        position = found.end()
    for at in range(position, len(text)):
        pieces.setdefault(owners[at], []).append(text[at])
    numbers = iter(range(len(owners) + 1))
    return _TEXT.sub(lambda _: _run_text("".join(pieces.get(next(numbers), []))), paragraph)


def _run_text(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(text)}</w:t>'
