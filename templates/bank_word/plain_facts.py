"""A context as texts, lists and dictionaries: what the statements of a bank's Word template may name.

A table is a list of rows, and a row names its cells: ``{%tr for row in plan %}`` … ``{{ row.due_on }}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from templates.contexts import Context, block_at, names
from templates.document import Pairs, Table

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "plan": ("number", "due_on", "principal", "interest", "total", "balance"),
    "securities": ("contract", "contract_number", "provider", "kind"),
    "conditions": ("number", "condition", "source"),
    "cost.items": ("number", "item", "payee", "rate", "paid", "amount"),
    "pledge.assets": ("number", "title", "register_number", "kind", "first_date", "second_date"),
    "recipients": ("recipient", "contact", "purpose", "means", "kinds"),
    "persons": ("name", "relation", "domicile", "service"),
    "resolution.voters": ("number", "name", "vote", "signature"),
    "papers": ("number", "paper", "attached"),
    "checks": ("number", "item", "source", "result"),
    "documents": ("number", "document", "document_number", "signers", "anchor"),
}
"""Names of the cells of each table; the dates of an asset are those its register lists, in its order."""
PAIR: Final = ("label", "text")
"""Names of the cells of pairs."""


def plain(context: Context) -> dict[str, Any]:
    """The facts of a context by the parts of their names; signatures, which are a block only, are left out."""
    facts: dict[str, Any] = {}
    for name, kind in names(type(context)).items():
        *groups, last = name.split(".")
        group = facts
        for part in groups:
            group = group.setdefault(part, {})
        if kind is str:
            group[last] = text_at(context, name)
        elif kind in (Table, Pairs):
            group[last] = _rows(context, name)
    return facts


def text_at(context: Context, name: str) -> str:
    """The text that a dotted name stands for."""
    value: object = context
    for part in name.split("."):
        value = getattr(value, part)
    return str(value)


def _rows(context: Context, name: str) -> list[dict[str, str]]:
    block = block_at(context, name)
    match block:
        case Table():
            return [dict(zip(COLUMNS[name], row, strict=True)) for row in block.rows]
        case Pairs():
            return [dict(zip(PAIR, row, strict=True)) for row in block.rows]
        case _:
            raise TypeError(f"{name} has no rows.")
