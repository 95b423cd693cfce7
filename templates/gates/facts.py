"""The values of the facts that gates name, as a report shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel

from products.canonical import canonical_json, digest
from templates.case.record import ContractRecord

_LONGEST: Final = 400
"""Bytes of JSON above which a fact is shown by its digest."""
_NAMED_BY_THE_MANIFEST: Final = ("documents", "attachments")


class UnknownFact(ValueError):
    """A name in the table of gates that the record does not have."""


def fact_values(record: ContractRecord, names: Iterable[str]) -> dict[str, object]:
    """Each fact as JSON: None where the record does not state it, long ones as ``sha256:`` and their digest.

    Documents and papers themselves are left out; the manifest names them. UnknownFact for a wrong name.
    """
    return {name: _shown(_at(record, name)) for name in names if name not in _NAMED_BY_THE_MANIFEST}


def _at(record: ContractRecord, name: str) -> object:
    root, *parts = name.split(".")
    roots: dict[str, object] = {
        "decision": record.decision,
        "particulars": record.particulars,
        "request": record.application.request,
        "enterprise": record.application.enterprise,
        "ip_assets": record.pledged,
    }
    if root not in roots:
        raise UnknownFact(f"There is no fact {name}; begin it with {', '.join(roots)}.")
    return _below(roots[root], parts, name)


def _below(value: object, parts: list[str], name: str) -> object:
    if isinstance(value, tuple) and parts:
        return [_below(one, parts, name) for one in value]
    if value is None or not parts:
        return value
    if parts[0] not in getattr(type(value), "model_fields", {}):
        raise UnknownFact(f"{name} names {parts[0]}, which {type(value).__name__} does not have.")
    return _below(getattr(value, parts[0]), parts[1:], name)


def _shown(value: object) -> object:
    plain = _plain(value)
    return f"sha256:{digest(plain)}" if len(canonical_json(plain)) > _LONGEST else plain


def _plain(value: object) -> object:
    match value:
        case BaseModel():
            return value.model_dump(mode="json")
        case list() | tuple():
            return [_plain(one) for one in value]
        case None | bool() | int():
            return value
    return str(value)
