"""A bank's Word template as the text of one document: what it must contain, and the document it makes when filled.

The document's facts come in by tags (`templates.bank`); its clauses are the bank's own words. A mandatory clause counts
as present where a paragraph consists of the clause's title, with or without a number before it. The finished text is
read paragraph by paragraph, so the same gates read it that read a text drawn from clauses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Final
from xml.etree import ElementTree as ET  # only for the type; parts are parsed in foreign_docx

from markupsafe import escape

from templates.bank import Fault, fill_template, lint_template
from templates.contexts import Context, block_at, names
from templates.contract_set import Drafted
from templates.document import Align, Block, Column, Document, Paragraph, Run, Style, Table, escaped
from templates.foreign_docx import parsed, safe_parts
from templates.gates import Gap, Severity
from templates.library import Clause, DocumentDefinition, Form, Library
from templates.redline.returned import read_returned, story
from templates.texts import WordTemplate
from templates.wording import Language

MAIN_PART: Final = "word/document.xml"
_NUMBER: Final = re.compile(
    r"(?:第[一二三四五六七八九十百]+[条章节]|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|[0-9]+(?:\.[0-9]+)*[.、]?"
    r"|Article [0-9]+[.:]?|Annex [0-9]+[.:]?)\s*"
)
_TAG: Final = re.compile(r"\{\{\s*([a-z][a-z_.]*)\s*\}\}")
_LONGEST_HEADING: Final = 40
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def lint_word(content: bytes, document: DocumentDefinition, language: Language, clauses: Library) -> tuple[Fault, ...]:
    """Everything wrong with a Word template for a document; RefusedDocx if the file is unsafe."""
    faults = (*lint_template(content, document.context), *_marks(content))
    always = [clause for clause in _mandatory(document, language, clauses) if clause.front.applies_when == "True"]
    return (*faults, *(_absent(clause) for clause in lacking_clauses(content, always)))


def lacking_clauses(content: bytes, clauses: list[Clause]) -> list[Clause]:
    """Those of the clauses whose title no paragraph of the template consists of."""
    headings = {_heading("".join(unit.cells)) for unit in read_returned(content).accepted}
    return [clause for clause in clauses if clause.front.title not in headings]


def in_word(drawn: Drafted, template: WordTemplate, context: Context) -> Drafted:
    """The document as the bank's template words it; of its clauses those stay whose title the template has.

    Acceptable wordings of clauses are not drawn in a template, so those that stay offer none.
    """
    missing = lacking_clauses(template.content, [each for each in drawn.clauses if each.front.form is Form.ARTICLE])
    kept = tuple(_own_words(clause) for clause in drawn.clauses if clause not in missing)
    document = _filled_document(template, context, drawn.document)
    filled = fill_template(template.content, context)
    lacking = tuple(clause for clause in missing if clause.front.mandatory)
    return replace(drawn, clauses=kept, document=document, word=template, docx=filled, lacking=lacking)


def lacking_gaps(drawn: Drafted) -> Iterator[Gap]:
    """A gap for each mandatory clause that the case needs and the Word template does not have."""
    for clause in drawn.lacking:
        front = clause.front
        yield Gap(
            "clauses-in-force",
            Severity.BLOCK,
            "；".join(front.basis),
            f"{drawn.document.kind}.{drawn.document.language.value}",
            f"is drawn from a Word template without the mandatory clause {front.id} ({front.title})",
            f"put the clause under the heading {front.title} into the template, or withdraw the template",
            f"本行模板缺少本笔业务必备的条款“{front.title}”，请补充或者停用该模板。",
        )


def _own_words(clause: Clause) -> Clause:
    told = tuple(each for each in clause.front.positions if each.wording is None)
    return replace(clause, front=clause.front.model_copy(update={"positions": told}))


def _filled_document(template: WordTemplate, context: Context, head: Document) -> Document:
    """The document that the filled template makes; title and number are those of ``head``."""
    root = parsed(safe_parts(template.content)[MAIN_PART], MAIN_PART)
    body = root.find(f"{_WORD}body")
    blocks = tuple(_blocks(body, context, unescape(head.title))) if body is not None else ()
    return Document(head.kind, head.language, head.title, head.number, head.number_label, blocks)


def _mandatory(document: DocumentDefinition, language: Language, clauses: Library) -> Iterator[Clause]:
    for name in document.clauses:
        clause = clauses[name, language]
        if clause.front.mandatory and clause.front.form is Form.ARTICLE:
            yield clause


def _marks(content: bytes) -> Iterator[Fault]:
    """Changes and comments that somebody left in the file."""
    read = read_returned(content)
    for change in read.changes[:1]:
        yield Fault(MAIN_PART, change.text, "is a tracked change", "accept or reject all changes in Word first")
    for comment in read.comments[:1]:
        yield Fault("word/comments.xml", comment.text, "is a comment", "delete all comments in Word first")


def _absent(clause: Clause) -> Fault:
    return Fault(
        MAIN_PART,
        clause.front.title,
        f"is the title of the mandatory clause {clause.front.id} ({'; '.join(clause.front.basis)}), and no paragraph "
        "consists of it",
        "put in the clause under this heading",
    )


def _heading(text: str) -> str:
    return _NUMBER.sub("", text.strip(), count=1).strip()


def _blocks(body: ET.Element, context: Context, title: str) -> Iterator[Block]:
    kinds = names(type(context))
    for child in story(body):
        if child.tag == f"{_WORD}p":
            text = _text(child)
            tag = _TAG.fullmatch(text.strip())
            if tag is not None and kinds[tag[1]] is not str:
                yield escaped(block_at(context, tag[1]))
            elif text.strip() and text.strip() != title:
                yield _paragraph(text.strip(), context)
        elif child.tag == f"{_WORD}tbl":
            yield from _table(child, context)


def _paragraph(text: str, context: Context) -> Paragraph:
    """The paragraph with its number apart; a short numbered one is a heading, under which changes are listed."""
    number = _NUMBER.match(text)
    label = number[0] if number is not None else ""
    rest = str(escape(_filled(text[len(label) :], context)))
    heading = bool(label) and len(text) < _LONGEST_HEADING
    return Paragraph(Style.SECTION if heading else Style.BODY, (Run(rest),), label)


def _table(table: ET.Element, context: Context) -> Iterator[Block]:
    rows = [
        tuple(str(escape(_filled(_text(cell), context))) for cell in row.iter(f"{_WORD}tc"))
        for row in table.iter(f"{_WORD}tr")
    ]
    width = max(map(len, rows), default=0)
    if width:
        columns = tuple(Column("", 1000 // width, Align.START) for _ in range(width))
        yield Table(columns, tuple((*row, *[""] * (width - len(row))) for row in rows))


def _text(node: ET.Element) -> str:
    return "".join(part.text or "" for part in node.iter(f"{_WORD}t"))


def _filled(text: str, context: Context) -> str:
    return _TAG.sub(lambda found: str(_at(context, found[1])), text)


def _at(context: Context, name: str) -> object:
    value: object = context
    for part in name.split("."):
        value = getattr(value, part)
    return value
