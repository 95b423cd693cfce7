"""Reading the tags of a bank's Word template in order: what is wrong with them, and what the text states in any case.

``if``, ``elif``, ``else`` and ``for`` open and close in one paragraph, or as ``{%p … %}`` among the paragraphs of one
place, or as ``{%tr … %}`` among the rows of one table, so that whatever the case the file stays whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from templates.bank_word.expressions import BadExpression, Kind, Loop, Scope, Value, condition, loop_of, output, outputs
from templates.bank_word.stories import Element, Tag, elements, tags

GREATEST_DEPTH: Final = 8
"""Statements inside each other."""
GREATEST_LOOPS: Final = 2
"""Loops inside each other."""
_UNDERSTOOD: Final = ("if", "elif", "else", "endif", "for", "endfor")
_BARE: Final = ("else", "endif", "endfor")
_Place = tuple[str, int, int]


@dataclass(slots=True)
class _Open:
    """A statement that is not closed yet; ``branches`` are the names that each of its branches states."""

    tag: Tag
    place: _Place
    loop: Loop | None
    branches: list[set[str]] = field(default_factory=lambda: [set()])
    has_else: bool = False


@dataclass(slots=True)
class Story:
    """One part read: ``faults`` as text, problem and remedy; ``stated`` names and ``uncertain`` paragraphs."""

    facts: Mapping[str, Value]
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    stated: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    certain: set[str] = field(default_factory=set)
    uncertain: set[str] = field(default_factory=set)
    _open: list[_Open] = field(default_factory=list)
    _paragraphs: list[Element] = field(default_factory=list)

    def read(self, story: bytes) -> None:
        """Read a part from beginning to end."""
        self._paragraphs = elements(story)
        for paragraph in self._paragraphs:
            if paragraph.hidden:
                self.faults.append((paragraph.text, "is hidden text", "show it or delete it in Word"))
            for tag in tags(paragraph.text):
                try:
                    self._tag(tag, paragraph)
                except BadExpression as bad:
                    self.faults.append((bad.text, bad.problem, bad.remedy))
            (self.uncertain if self._open else self.certain).add(paragraph.text)
        for left in self._open:
            closing = "endfor" if left.loop else "endif"
            remedy = f"put {{%{left.tag.around} {closing} %}} where it ends"
            self.faults.append((left.tag.text, "is never closed", remedy))

    def _tag(self, tag: Tag, paragraph: Element) -> None:
        if not tag.word:
            self._output(tag, paragraph)
            return
        if tag.word not in _UNDERSTOOD or tag.around in ("tc", "r"):
            remedy = "write {% … %}, {%p … %} or {%tr … %} with if, elif, else, endif, for or endfor"
            raise BadExpression(tag.text, "is no statement that templates may contain", remedy)
        if tag.rest and tag.word in _BARE:
            raise BadExpression(tag.text, f"says more than {tag.word}", f"write {{% {tag.word} %}}")
        self._alone(tag, paragraph)
        match tag.word:
            case "if" | "for":
                self._opened(tag, paragraph)
            case "elif" | "else":
                self._branched(tag, paragraph)
            case _:
                self._closed(tag, paragraph)

    def _output(self, tag: Tag, paragraph: Element) -> None:
        fact = self.facts.get(tag.rest)
        is_block = fact is not None and fact.kind in (Kind.BLOCK, Kind.ROWS)
        if fact == Value(Kind.TEXT) or (is_block and paragraph.text.strip() == tag.text):
            self._current().add(tag.rest)
            self.named.add(tag.rest)
            return
        node = output(tag.rest, tag.text)
        value = self._scope().value(node, tag.text)
        if is_block:
            raise BadExpression(tag.rest, "stands for a whole block", "give it a paragraph of its own")
        if value.kind not in (Kind.TEXT, Kind.NUMBER):
            raise BadExpression(tag.text, f"states {value.kind}", "name a text, or loop over the rows")
        said = set(outputs(node))
        self._current().update(said)
        self.named |= said

    def _opened(self, tag: Tag, paragraph: Element) -> None:
        loop = None
        self._open.append(_Open(tag, self._place(tag, paragraph), None))
        if len(self._open) > GREATEST_DEPTH:
            raise BadExpression(tag.text, f"is nested deeper than {GREATEST_DEPTH}", "nest fewer statements")
        if tag.word == "if":
            self._condition(tag)
            return
        self._open[-1].loop = Loop("", "", None)
        loop = self._loop(tag)
        self._open[-1].loop = loop
        if loop.condition is not None:
            self._scope().value(loop.condition, tag.text)

    def _loop(self, tag: Tag) -> Loop:
        written = loop_of(tag.rest, tag.text)
        roots = {name.partition(".")[0] for name in self.facts} | {"loop"}
        taken = {each.loop.variable for each in self._open if each.loop}
        if written.variable in roots | taken or written.variable.startswith("_"):
            raise BadExpression(written.variable, "is the name of something else", "give the row another name")
        value = self._scope().value(output(written.table, tag.text), tag.text)
        if value.kind is not Kind.ROWS:
            raise BadExpression(tag.text, f"loops over {value.kind}", f"loop over one of: {self._tables()}")
        if sum(each.loop is not None for each in self._open) > GREATEST_LOOPS:
            raise BadExpression(tag.text, f"is a loop nested deeper than {GREATEST_LOOPS}", "nest fewer loops")
        return Loop(written.variable, written.table, written.condition, value.columns)

    def _branched(self, tag: Tag, paragraph: Element) -> None:
        opened = self._beside(tag, paragraph)
        if opened.has_else or (tag.word == "elif" and opened.loop):
            raise BadExpression(tag.text, f"does not belong to {opened.tag.text}", "put it before the else, or drop it")
        opened.branches.append(set())
        if tag.word == "else":
            opened.has_else = True
        else:
            self._condition(tag)

    def _closed(self, tag: Tag, paragraph: Element) -> None:
        opened = self._beside(tag, paragraph)
        self._open.pop()
        if tag.word != ("endfor" if opened.loop else "endif"):
            raise BadExpression(tag.text, f"does not close {opened.tag.text}", "close statements in the reverse order")
        if opened.loop and any(name.partition(".")[0] == opened.loop.variable for name in opened.branches[0]):
            self._current().add(opened.loop.table)
            self.named.add(opened.loop.table)
        elif opened.has_else and not opened.loop:
            self._current().update(set.intersection(*opened.branches))

    def _beside(self, tag: Tag, paragraph: Element) -> _Open:
        if not self._open:
            raise BadExpression(tag.text, "belongs to no statement", "open one with if or for before it")
        opened = self._open[-1]
        if opened.tag.around != tag.around or opened.place != self._place(tag, paragraph):
            remedy = "put both into one paragraph, or write {%p … %} or {%tr … %} in both"
            raise BadExpression(tag.text, f"does not stand beside {opened.tag.text}", remedy)
        return opened

    def _condition(self, tag: Tag) -> None:
        self._scope().value(condition(tag.rest, tag.text), tag.text)

    def _alone(self, tag: Tag, paragraph: Element) -> None:
        """What goes with a ``{%p`` or ``{%tr`` tag must be nothing but it."""
        if tag.around == "p" and (paragraph.text.strip() != tag.text or paragraph.nested):
            raise BadExpression(tag.text, "stands beside other words, which it removes", "give it its own paragraph")
        if tag.around != "tr":
            return
        if paragraph.row is None:
            raise BadExpression(tag.text, "stands in no table", "write {%p … %}, or put it into a row")
        row = [one for one in self._paragraphs if paragraph.row.start <= one.start < paragraph.row.end]
        if "".join(one.text for one in row).strip() != tag.text:
            raise BadExpression(tag.text, "stands beside other words, which it removes", "give it a row of its own")

    def _place(self, tag: Tag, paragraph: Element) -> _Place:
        if tag.around == "tr" and paragraph.row is not None:
            return "tr", paragraph.row.inside, 0
        if tag.around == "p":
            return "p", paragraph.inside, 0
        return "", paragraph.number, paragraph.run_of(tag.start)[1]

    def _scope(self) -> Scope:
        return Scope(self.facts, tuple(each.loop for each in self._open if each.loop and each.loop.variable))

    def _current(self) -> set[str]:
        return self._open[-1].branches[-1] if self._open else self.stated

    def _tables(self) -> str:
        return ", ".join(name for name, value in self.facts.items() if value.kind is Kind.ROWS)
