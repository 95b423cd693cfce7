"""Two languages side by side: the Chinese and the English document as one, aligned paragraph by paragraph.

Both were drawn from the same clauses, whose structure is the same in every language, so block answers to block.
Paragraphs stand beside each other and keep the numbers of their own language; a table stands once, with both languages
in a cell where they differ; every party signs once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from templates.document import Aligned, Block, Document, Pairs, Paragraph, Run, Signatures, SigningBlock, Style, Table
from templates.phrasebook import phrasebook
from templates.wording import Bilingual, Language

_ENGLISH_MARK: Final = "_RefEn"
"""How bookmarks of the English column begin; those of the Chinese column begin with _Ref and a digit."""


class Misaligned(ValueError):
    """Two documents that do not have the same structure. A mistake in the library."""


def side_by_side(zh: Document, en: Document, prevailing: Language) -> Document:
    """One document of both; Misaligned names the first block that differs in kind."""
    blocks = [_prevails(prevailing)]
    if len(zh.blocks) != len(en.blocks):
        raise Misaligned(f"{zh.kind} has {len(zh.blocks)} blocks in Chinese and {len(en.blocks)} in English.")
    for position, (left, right) in enumerate(zip(zh.blocks, en.blocks, strict=True), 1):
        blocks.extend(_merged(left, right, f"{zh.kind}, block {position}"))
    label = f"{zh.number_label.removesuffix('：')} {en.number_label}"
    return Document(zh.kind, Bilingual.ZH_EN, _both(zh.title, en.title), zh.number, label, tuple(blocks))


def _prevails(prevailing: Language) -> Block:
    """The sentence that says which text prevails, on top of every document."""
    chinese, english = (phrasebook(language).editions[prevailing.value] for language in Language)
    return Aligned(Paragraph(Style.NOTE, (Run(chinese),)), Paragraph(Style.NOTE, (Run(english),)))


def _merged(left: Block, right: Block, place: str) -> Iterator[Block]:
    match left, right:
        case Paragraph(style=one), Paragraph(style=other) if one is other:
            yield Aligned(left, _marked(right))
        case Pairs(rows=ours), Pairs(rows=theirs) if len(ours) == len(theirs):
            for (name, value), (english_name, english_value) in zip(ours, theirs, strict=True):
                yield Aligned(_line(f"{name}：", value), _line(f"{english_name}: ", english_value))
        case Table(), Table() if len(left.rows) == len(right.rows) and len(left.columns) == len(right.columns):
            yield _table(left, right)
        case Signatures(blocks=ours), Signatures(blocks=theirs) if len(ours) == len(theirs):
            yield Signatures(tuple(map(_signing, ours, theirs)))
        case _:
            raise Misaligned(
                f"{place} is {_shape(left)} in Chinese and {_shape(right)} in English; give both texts of the clause "
                "the same structure."
            )


def _shape(block: Block) -> str:
    return f"a paragraph ({block.style.value})" if isinstance(block, Paragraph) else f"a {type(block).__name__.lower()}"


def _marked(paragraph: Paragraph) -> Paragraph:
    """The paragraph with bookmarks of the English column."""
    runs = tuple(replace(run, target=_english(run.target)) for run in paragraph.runs)
    return replace(paragraph, runs=runs, bookmark=_english(paragraph.bookmark))


def _english(mark: str | None) -> str | None:
    return None if mark is None else _ENGLISH_MARK + mark.removeprefix("_Ref")


def _line(name: str, value: str) -> Paragraph:
    return Paragraph(Style.LINE, (Run(name), Run(value)))


def _table(left: Table, right: Table) -> Table:
    columns = tuple(
        replace(one, title=_both(one.title, other.title))
        for one, other in zip(left.columns, right.columns, strict=True)
    )
    rows = tuple(tuple(map(_both, ours, theirs)) for ours, theirs in zip(left.rows, right.rows, strict=True))
    return Table(columns, rows)


def _signing(left: SigningBlock, right: SigningBlock) -> SigningBlock:
    return SigningBlock(_both(left.anchor, right.anchor), tuple(map(_both, left.lines, right.lines)))


def _both(chinese: str, english: str) -> str:
    """A text that is the same in both languages stands once."""
    return chinese if chinese == english else f"{chinese}\n{english}"
