"""From a document's definition and its context to the finished document: clauses chosen, numbered, filled.

Numbers and cross-references are made here. Word numbers articles and paragraphs itself by the same scheme, so the
labels here and Word's own agree: 第一条 / （一） / 1. in Chinese, Article 1 / 1.1 / (a) in English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from jinja2 import StrictUndefined, Template, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from templates.conditions import Facts, holds
from templates.contexts import Context, block_at
from templates.document import Block, Document, Paragraph, Run, Style, escaped
from templates.library import Clause, DocumentDefinition, Form, Library
from templates.markup import InsertSource, ParagraphSource, Segment
from templates.views import Drawing
from templates.wording import Language, chinese_numeral

_SEPARATOR: Final = "\x1f"
"""Between the stretches of a clause while it is rendered; no value may contain it, particulars refuse it."""


class DraftingError(ValueError):
    """A clause that cannot be drawn: an unknown name or a reference to nothing. A mistake in the library."""


def environment() -> ImmutableSandboxedEnvironment:
    """A sandbox that knows names and nothing else: no filters, tests or globals."""
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True, keep_trailing_newline=True)
    made.globals.clear()
    made.filters.clear()
    made.tests.clear()
    return made


_ENVIRONMENT: Final = environment()


@lru_cache(maxsize=4096)
def _compiled(source: str) -> Template:
    return _ENVIRONMENT.from_string(source)


@dataclass(slots=True)
class _Numbering:
    """Counters while a document's paragraphs are numbered."""

    language: Language
    article: int = 0
    clause: int = 0
    item: int = 0
    annex: int = 0
    bookmarks: int = 0

    def label(self, style: Style) -> str:
        """The number of the next paragraph of this style; empty where the style has none."""
        match style:
            case Style.ARTICLE:
                self.article, self.clause, self.item = self.article + 1, 0, 0
                return self._choose(f"第{chinese_numeral(self.article)}条", f"Article {self.article}")
            case Style.CLAUSE:
                self.clause, self.item = self.clause + 1, 0
                return self._choose(f"（{chinese_numeral(self.clause)}）", f"{self.article}.{self.clause}")
            case Style.ITEM:
                self.item += 1
                return self._choose(f"{self.item}.", f"({chr(96 + self.item)})")
            case Style.ANNEX:
                self.annex += 1
                return self._choose(f"附件{chinese_numeral(self.annex)}", f"Annex {self.annex}")
        return ""

    def _choose(self, chinese: str, english: str) -> str:
        return chinese if self.language is Language.ZH else english


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a cross-reference points: the bookmarks of the article and, for a paragraph, of the paragraph."""

    article: tuple[str, str]
    clause: tuple[str, str] | None = None


@dataclass(slots=True)
class _Plan:
    """Labels and bookmarks of every heading and paragraph, by clause and block, and the targets by name."""

    labels: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    targets: dict[str, _Target] = field(default_factory=dict)


_CONTRACT_NUMBER: Final = {Language.ZH: "合同编号：", Language.EN: "Contract No. "}
_PAPER_NUMBER: Final = {Language.ZH: "编号：", Language.EN: "No. "}
_HEADING: Final = {Form.ARTICLE: Style.ARTICLE, Form.ANNEX: Style.ANNEX}


def chosen(definition: DocumentDefinition, language: Language, facts: Facts, clauses: Library) -> tuple[Clause, ...]:
    """The clauses of the document that apply, in order."""
    found = (clauses[name, language] for name in definition.clauses)
    return tuple(clause for clause in found if holds(clause.front.applies_when, facts))


def assemble(drawing: Drawing, clauses: tuple[Clause, ...], language: Language, *, product: object = None) -> Document:
    """The finished document; DraftingError names the clause that cannot be drawn.

    ``product`` has the texts of the product's own parameters as attributes, where clauses write them.
    """
    plan, context = _numbered(clauses, language), drawing.context
    values = {name: getattr(context, name) for name in context.__slots__} | {"product": product}
    blocks: list[Block] = []
    for clause in clauses:
        blocks.extend(_blocks(clause, plan, context, values))
    labels = _CONTRACT_NUMBER if drawing.definition.is_contract else _PAPER_NUMBER
    title = str(escape(drawing.definition.title[language]))
    return Document(drawing.kind, language, title, str(escape(drawing.number)), labels[language], tuple(blocks))


def _numbered(clauses: tuple[Clause, ...], language: Language) -> _Plan:
    plan, numbering = _Plan(), _Numbering(language)
    for clause in clauses:
        name = clause.front.id
        style = _HEADING.get(clause.front.form)
        heading = ("", "")
        if style is not None:
            heading = (numbering.label(style), _bookmark(numbering))
            plan.labels[name, -1] = heading
            plan.targets[name] = _Target(heading)
        for position, block in enumerate(clause.blocks):
            if isinstance(block, ParagraphSource):
                label = (numbering.label(_style(clause, block)), _bookmark(numbering) if block.anchor else "")
                plan.labels[name, position] = label
                if block.anchor:
                    plan.targets[block.anchor] = _Target(heading, label)
    return plan


def _style(clause: Clause, block: ParagraphSource) -> Style:
    """The block's style; the only numbered paragraph of an article needs no number."""
    alone = sum(isinstance(one, ParagraphSource) and one.style is Style.CLAUSE for one in clause.blocks) == 1
    return Style.BODY if alone and block.style is Style.CLAUSE else block.style


def _bookmark(numbering: _Numbering) -> str:
    numbering.bookmarks += 1
    return f"_Ref{numbering.bookmarks:08d}"


def _blocks(clause: Clause, plan: _Plan, context: Context, values: Mapping[str, object]) -> Iterator[Block]:
    name, front = clause.front.id, clause.front
    style = _HEADING.get(front.form)
    if style is not None:
        label, bookmark = plan.labels[name, -1]
        yield Paragraph(style, (Run(str(escape(front.title))),), label, bookmark, name)
    texts = iter(_rendered(clause, values))
    for position, block in enumerate(clause.blocks):
        if isinstance(block, InsertSource):
            yield escaped(block_at(context, block.name))
            continue
        label, bookmark = plan.labels[name, position]
        runs = tuple(
            run
            for segment in block.segments
            for run in _runs(segment, next(texts), plan, clause, strong=front.standard_term)
        )
        yield Paragraph(_style(clause, block), runs, label, bookmark or None, name)


def _rendered(clause: Clause, values: Mapping[str, object]) -> list[str]:
    """The clause's stretches with their values put in, escaped for XML."""
    segments = clause.segments
    try:
        text = _compiled(_SEPARATOR.join(segment.source for segment in segments)).render(values)
    except UndefinedError as error:
        raise DraftingError(
            f"Clause {clause.front.language}/{clause.front.id} names something its context does not hold: "
            f"{error.message}. Correct the name in the clause, or add it to the context."
        ) from error
    found = text.split(_SEPARATOR)
    if len(found) != len(segments):
        raise DraftingError(
            f"A value in clause {clause.front.language}/{clause.front.id} contains U+001F; remove it from the facts."
        )
    return found


def _runs(segment: Segment, text: str, plan: _Plan, clause: Clause, *, strong: bool) -> Iterator[Run]:
    if segment.target is None:
        yield Run(text, strong or segment.strong)
        return
    target = plan.targets.get(segment.target)
    if target is None:
        raise DraftingError(
            f"Clause {clause.front.language}/{clause.front.id} refers to {segment.target}, which this document does "
            "not contain. Refer to another clause, or make both apply under the same condition."
        )
    if clause.front.language is Language.ZH:
        yield Run(target.article[0], strong, target.article[1])
        if target.clause is not None:
            yield Run("第", strong)
            yield Run(target.clause[0], strong, target.clause[1])
            yield Run("款", strong)
    elif target.clause is None:
        yield Run(target.article[0], strong, target.article[1])
    else:
        yield Run("Clause ", strong)
        yield Run(target.clause[0], strong, target.clause[1])
