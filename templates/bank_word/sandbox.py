"""Running the statements of a bank's Word template: over texts, lists and dictionaries, with nothing else in reach.

Imported by `templates.bank_word.filling_worker` alone, for templates that have statements. The lint has refused
everything that this environment refuses again: here no attribute of an object can be read, nothing can be called or
calculated, and what a template may name are the facts it was given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn
from xml.parsers import expat  # the story is parsed to see that it is well formed

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from templates.bank_word.stories import source_of, stories
from templates.foreign_docx import read_parts
from templates.writing.stored_zip import package

FILTERS: Final = ("length", "lower", "trim", "upper")
LOOP: Final = ("first", "index", "index0", "last", "length", "revindex", "revindex0")


_NO_PARAGRAPHS: Final = re.compile(
    rb"(<w:tc(?: [^>]*)?>(?:<w:tcPr(?: [^>]*)?>(?:(?!</w:tc>).)*?</w:tcPr>|<w:tcPr/>)?)\s*</w:tc>", re.DOTALL
)
_NO_ROWS: Final = re.compile(rb"<w:tbl>(?:(?!<w:tr[ >]|<w:tbl>).)*?</w:tbl>", re.DOTALL)


class FactsEnvironment(ImmutableSandboxedEnvironment):
    """Jinja without globals, calls, arithmetic, tests or attributes; a dotted name is a key of a dictionary."""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)
    intercepted_unops = frozenset(ImmutableSandboxedEnvironment.default_unop_table)

    def __init__(self) -> None:
        super().__init__(
            autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True, optimized=False, cache_size=0
        )
        self.globals.clear()
        self.tests.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The value of a key, or what a loop tells of itself."""
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The value of a key, or of the cell in a place of a row."""
        if isinstance(obj, dict) and isinstance(argument, int):
            obj = list(obj.values())
        if isinstance(obj, dict | list):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                return self.undefined(obj=obj, name=argument)
        return self.undefined(f"{argument!r} cannot be read from a text", exc=SecurityError)

    def call(self, *_: Any, **__: Any) -> NoReturn:
        """Refused: nothing a template may name can be called."""
        raise SecurityError("nothing can be called")

    def call_binop(self, *_: Any) -> NoReturn:
        """Refused: figures arrive computed."""
        raise SecurityError("nothing can be calculated")

    def call_unop(self, *_: Any) -> NoReturn:
        """Refused: figures arrive computed."""
        raise SecurityError("nothing can be calculated")


def expanded(content: bytes, facts: Mapping[str, Any], blocks: Mapping[str, str]) -> bytes:
    """The file with its statements run; a paragraph that is the tag of a block becomes that block's XML.

    jinja2.TemplateError for what this environment refuses, ExpatError if the result is not well formed.
    """
    environment = FactsEnvironment()
    parts = read_parts(content)
    for part, story in stories(content):
        written = environment.from_string(source_of(story, blocks)).render(facts).encode()
        parts[part] = _whole(written)
        expat.ParserCreate().Parse(parts[part], True)
    return package(parts)


def _whole(story: bytes) -> bytes:
    """The part with a paragraph in each cell that lost all of its own, and without tables that lost all rows."""
    return _NO_ROWS.sub(b"<w:p/>", _NO_PARAGRAPHS.sub(rb"\1<w:p/></w:tc>", story))
