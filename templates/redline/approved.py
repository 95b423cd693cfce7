"""The approved text of a document, with names where the facts stand, and what departs from it.

The approved text is drawn from the same clauses; every fact is a blank such as 【loan.amount】. Filling a blank is no
departure, whatever is put in; any other word is.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from templates.assembly import assemble
from templates.contexts import CONTEXTS
from templates.contract_set import Drafted
from templates.document import Document, Pairs, Paragraph, Signatures, Table
from templates.redline.units import Change, Deviation, Kind, Redline, deviations, pattern_of
from templates.views import Drawing
from templates.wording import Language


def approved_text(drafted: Drafted) -> Document:
    """The document as approved, blanks unfilled; its tables, pairs and signatures, which are facts, as they were drawn.

    ValueError for a document in two languages, of which each is taken by itself, and for one that a bank's Word
    template words.
    """
    language = drafted.document.language
    if drafted.word is not None:
        raise ValueError(f"The {drafted.document.kind} is worded by a Word template; compare it with the template.")
    if language not in set(Language):
        raise ValueError("The approved text has one language; take the documents of ContractSet.drafted.")
    definition = drafted.definition
    blanks = _blanks(CONTEXTS[definition.context], "")
    part = drafted.document.kind.removeprefix(definition.id).removeprefix("-")
    drawn = assemble(Drawing(definition, drafted.number, blanks, part), drafted.clauses, Language(language))
    pairs = zip(drawn.blocks, drafted.document.blocks, strict=True)
    return replace(drawn, blocks=tuple(mine if isinstance(mine, Paragraph) else filled for mine, filled in pairs))


def departures(found: Redline) -> tuple[Deviation, ...]:
    """Of a redline against the approved text, what is more than a filled blank, clause by clause."""
    listed = [one for one in deviations(found) if not _only_filled(one.change)]
    filled = _filled_anew(listed)
    return tuple(one for position, one in enumerate(listed) if position not in filled)


def _filled_anew(listed: Sequence[Deviation]) -> set[int]:
    """Positions of texts so full of facts that the redline took their filling for another text: pairs, in order."""
    filled: set[int] = set()
    came = [i for i, one in enumerate(listed) if one.change.kind is Kind.INSERTED]
    for gone in (i for i, one in enumerate(listed) if one.change.kind is Kind.DELETED):
        pattern = pattern_of(listed[gone].change.text(Kind.DELETED))
        at = next((i for i in came if pattern and pattern.fullmatch(listed[i].change.text(Kind.INSERTED))), None)
        if at is not None:
            filled |= {gone, at}
            came = [i for i in came if i != at]
    return filled


def _only_filled(change: Change) -> bool:
    pattern = pattern_of(change.text(Kind.KEPT, Kind.DELETED)) if change.kind is Kind.CHANGED else None
    return pattern is not None and pattern.fullmatch(change.text(Kind.KEPT, Kind.INSERTED)) is not None


def _blanks(view: Any, place: str) -> Any:
    """An instance of a context in which every text is its own name."""
    if view is str:
        return f"【{place}】"
    empty: dict[Any, Any] = {Table: Table((), ()), Pairs: Pairs(()), Signatures: Signatures(())}
    if view in empty:
        return empty[view]
    hints = typing.get_type_hints(view)
    names: Sequence[str] = [field.name for field in dataclasses.fields(view)]
    return view(**{name: _blanks(hints[name], f"{place}.{name}".lstrip(".")) for name in names})
