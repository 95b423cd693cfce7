"""A bank's Word template as the text of one document: what it must contain, and the document it makes when filled.

The document's facts come in by tags (`templates.bank_word.bank`); its clauses are the bank's own words. A mandatory
clause counts as present where a paragraph consists of the clause's title, with or without a number before it. The
finished text is read paragraph by paragraph, so the same gates read it that read a text drawn from clauses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from html import unescape
from typing import Final
from xml.etree import ElementTree as ET  # only for the type; parts are parsed in foreign_docx

from markupsafe import escape

from templates.bank_word.bank import (
    MARK,
    Fault,
    expand_template,
    fill_template,
    has_statements,
    read_template,
    with_blocks,
)
from templates.bank_word.plain_facts import text_at
from templates.contexts import Context, block_at, names
from templates.contract_set import Drafted
from templates.document import Align, Block, Column, Document, Paragraph, Run, Style, Table, escaped
from templates.finished import standard_terms
from templates.foreign_docx import parsed, read_parts
from templates.gates import Gap, Severity
from templates.library import Clause, DocumentDefinition, Form, Library
from templates.redline.returned import read_returned, story
from templates.texts import WordTemplate
from templates.word_file.findings import Findings, findings
from templates.word_file.marks import Mark, MarkKind, typed_placeholders
from templates.word_file.passages import NUMBER, contents
from templates.wording import Language

MAIN_PART: Final = "word/document.xml"
_CERTAIN_NUMBER: Final = re.compile(
    r"(?:第[一二三四五六七八九十百]+[条章节]|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）"
    r"|[0-9]+(?:\.[0-9]+)*(?:、|\.(?![0-9]))|(?:Article|Annex) [0-9]+[.:]?)\s*"
)
"""Numbers that no fact at the beginning of a paragraph can be mistaken for."""
_TAG: Final = re.compile(r"\{\{\s*([a-z][a-z_.]*)\s*\}\}")
_LONGEST_HEADING: Final = 40
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def lint_word(content: bytes, document: DocumentDefinition, language: Language, clauses: Library) -> tuple[Fault, ...]:
    """Everything wrong with a Word template for a document; RefusedDocx if the file is unsafe."""
    read = read_template(content, document.context)
    always = [clause for clause in _mandatory(document, language, clauses) if clause.front.applies_when == "True"]
    lacking = lacking_clauses(content, always, frozenset(map(_heading, read.uncertain)))
    looks = looks_of(content, (clauses[name, language] for name in document.clauses))
    typed = typed_placeholders(contents(read_parts(content)))
    return (*read.faults, *map(_mark, typed), *_faults(looks), *map(_absent, lacking))


def lacking_clauses(content: bytes, clauses: list[Clause], uncertain: frozenset[str] = frozenset()) -> list[Clause]:
    """Those of the clauses whose title no paragraph of the template consists of, ``uncertain`` headings left out."""
    headings = {_heading("".join(unit.cells)) for unit in read_returned(content).accepted} - uncertain
    return [clause for clause in clauses if clause.front.title not in headings]


def in_word(drawn: Drafted, template: WordTemplate, context: Context) -> Drafted:
    """The document as the bank's template words it; of its clauses those stay whose title the template has.

    Acceptable wordings of clauses are not drawn in a template, so those that stay offer none.
    """
    statements = has_statements(template.content)
    worded = expand_template(template.content, context) if statements else template.content
    missing = lacking_clauses(worded, [each for each in drawn.clauses if each.front.form is Form.ARTICLE])
    kept = tuple(_own_words(clause) for clause in drawn.clauses if clause not in missing)
    blocks = _expanded_blocks if statements else _blocks
    document = _document(drawn.document, tuple(blocks(_body(worded), context, unescape(drawn.document.title))))
    filled = with_blocks(worded, context) if statements else fill_template(template.content, context)
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


def _document(head: Document, blocks: tuple[Block, ...]) -> Document:
    """The document of a filled template; title and number are those of ``head``."""
    return Document(head.kind, head.language, head.title, head.number, head.number_label, blocks)


def _body(content: bytes) -> Iterator[ET.Element]:
    body = parsed(read_parts(content)[MAIN_PART], MAIN_PART).find(f"{_WORD}body")
    return iter(()) if body is None else story(body)


def _mandatory(document: DocumentDefinition, language: Language, clauses: Library) -> Iterator[Clause]:
    for name in document.clauses:
        clause = clauses[name, language]
        if clause.front.mandatory and clause.front.form is Form.ARTICLE:
            yield clause


def looks_of(content: bytes, clauses: Iterable[Clause]) -> Findings:
    """What the look of a Word file shows of the clauses it has; RefusedDocx if the file is unsafe."""
    fronts = [clause.front for clause in clauses]
    return findings(read_parts(content), {front.title: front.id for front in fronts}, standard_terms(fronts))


_REMEDIES: Final = {
    MarkKind.COMMENT: "delete all comments in Word first",
    MarkKind.CHANGE: "accept or reject all changes in Word first",
    MarkKind.HIDDEN: "format the text so that it shows, or delete it",
    MarkKind.HIGHLIGHT: "remove the highlight",
    MarkKind.PLACEHOLDER: "replace it by text or by a tag",
}


def _mark(mark: Mark) -> Fault:
    return Fault(str(mark.place), mark.text, f"is {mark.what[0]}", _REMEDIES[mark.kind])


def _faults(looks: Findings) -> Iterator[Fault]:
    """What was left in a template, standard terms that do not stand out, places to sign that may stand alone."""
    yield from map(_mark, looks.marks)
    for term in looks.plain:
        problem = f"is plain, but the standard term {term.clause} must catch the eye"
        yield Fault(f"under {term.heading}", term.words, problem, "set the whole clause in bold")
    for place in looks.loose:
        yield Fault(
            MAIN_PART, place.words, place.why[0], "put a line before it that stays with the next, no page break"
        )


def _absent(clause: Clause) -> Fault:
    return Fault(
        MAIN_PART,
        clause.front.title,
        f"is the title of the mandatory clause {clause.front.id} ({'; '.join(clause.front.basis)}), and no paragraph "
        "consists of it",
        "put in the clause under this heading",
    )


def _heading(text: str) -> str:
    return NUMBER.sub("", text.strip(), count=1).strip()


def _blocks(body: Iterator[ET.Element], context: Context, title: str) -> Iterator[Block]:
    """The blocks of a template without statements, names replaced by their facts."""
    kinds = names(type(context))
    for child in body:
        if child.tag == f"{_WORD}p":
            text = _text(child).strip()
            tag = _TAG.fullmatch(text)
            if tag is not None and kinds[tag[1]] is not str:
                yield escaped(block_at(context, tag[1]))
            elif text and text != title:
                number = NUMBER.match(text)
                label = number[0] if number is not None else ""
                yield _paragraph(text, label, _filled(text[len(label) :], context))
        elif child.tag == f"{_WORD}tbl":
            yield from _table(child, lambda text: _filled(text, context))


def _expanded_blocks(body: Iterator[ET.Element], context: Context, title: str) -> Iterator[Block]:
    """The blocks of a template whose statements have run; its texts are facts already and name nothing."""
    kinds = names(type(context))
    for child in body:
        name = child.get(MARK, "")
        if child.tag == f"{_WORD}p" and kinds.get(name, str) is not str:
            yield escaped(block_at(context, name))
        elif child.tag == f"{_WORD}p":
            text = _text(child).strip()
            number = _CERTAIN_NUMBER.match(text)
            label = number[0] if number is not None else ""
            if text and text != title:
                yield _paragraph(text, label, text[len(label) :])
        elif child.tag == f"{_WORD}tbl":
            yield from _table(child, str)


def _paragraph(text: str, label: str, rest: str) -> Paragraph:
    """The paragraph with its number apart; a short numbered one is a heading, under which changes are listed."""
    heading = bool(label) and len(text) < _LONGEST_HEADING
    return Paragraph(Style.SECTION if heading else Style.BODY, (Run(str(escape(rest))),), label)


def _table(table: ET.Element, fill: Callable[[str], str]) -> Iterator[Block]:
    rows = [
        tuple(str(escape(fill(_text(cell)))) for cell in row.iter(f"{_WORD}tc")) for row in table.iter(f"{_WORD}tr")
    ]
    width = max(map(len, rows), default=0)
    if width:
        columns = tuple(Column("", 1000 // width, Align.START) for _ in range(width))
        yield Table(columns, tuple((*row, *[""] * (width - len(row))) for row in rows))


def _text(node: ET.Element) -> str:
    return "".join(part.text or "" for part in node.iter(f"{_WORD}t"))


def _filled(text: str, context: Context) -> str:
    return _TAG.sub(lambda found: text_at(context, found[1]), text)
