"""Facts of one application that must agree: days in order, parts within wholes, patent numbers with their kind.

`BOUNDS` is read by the check of one record here and by the check of whole columns in `products.applicant.arrow`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic_core import PydanticCustomError

from products.applicant.declared import Spread
from products.applicant.fields import Field
from products.applicant.identifiers import PATENT_KIND_DIGITS, patent_number_fault
from products.applicant.layout import PLACED, RECORD, Node
from products.applicant.parsing import entry_reader, shown

Fault = tuple[str, str, str]
"""Path, sentence, value."""


@dataclass(frozen=True, slots=True)
class Bound:
    """``lower`` must not exceed ``upper``; paths without the positions in lists, in one group or in the application."""

    lower: str
    upper: str


BOUNDS: Final = (
    Bound("enterprise.established_on", "request.applied_on"),
    Bound("enterprise.established_on", "enterprise.operating_since"),
    Bound("enterprise.operating_since", "request.applied_on"),
    Bound("titles.valid_from", "titles.valid_to"),
    Bound("financials.current_assets", "financials.total_assets"),
    Bound("financials.inventory", "financials.current_assets"),
    Bound("financials.receivables", "financials.total_assets"),
    Bound("financials.current_liabilities", "financials.total_liabilities"),
    Bound("financials.interest_bearing_debt", "financials.total_liabilities"),
    Bound("innovation.innovation_points.value", "innovation.innovation_points.scale"),
    Bound("ip_assets.filed_on", "ip_assets.granted_on"),
    Bound("ip_assets.filed_on", "ip_assets.annual_fee_paid_to"),
    Bound("ip_assets.filed_on", "request.applied_on"),
    Bound("ip_assets.granted_on", "ip_assets.expires_on"),
)
"""Appraisals and grants may be younger than the application: they are often obtained while it is under review."""

_FIELDS: Final = {".".join(placed.path): placed.field for placed in PLACED}


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A bound ready to be asked: where the lower fact's entries are listed, and the way to both facts."""

    listed: str | None
    lower: tuple[str, ...]
    upper: tuple[str, ...]
    upper_in_entry: bool
    bound: Bound


def _compiled(bound: Bound) -> _Compiled:
    lower, upper = bound.lower.split("."), bound.upper.split(".")
    node = next(node for node in RECORD.inner if node.name == lower[0])
    if not node.listed:
        return _Compiled(None, tuple(lower), tuple(upper), False, bound)
    together = upper[0] == lower[0]
    return _Compiled(node.name, tuple(lower[1:]), tuple(upper[1:] if together else upper), together, bound)


_COMPILED: Final = tuple(_compiled(bound) for bound in BOUNDS)
_DISTINCT: Final = tuple(placed.path for placed in PLACED if placed.field.distinct)


def inconsistencies(record: Any) -> list[Fault]:
    """Every pair of facts of one record that contradict each other; unknown facts contradict nothing.

    ``record`` is an `Application` or the nested mapping that `salvaged` makes.
    """
    faults: list[Fault] = []
    for compiled in _COMPILED:
        if compiled.listed is None:
            _compare(compiled, record, record, "", faults)
            continue
        for position, entry in enumerate(_at(record, compiled.listed) or ()):
            upper_in = entry if compiled.upper_in_entry else record
            _compare(compiled, entry, upper_in, f"{compiled.listed}[{position}].", faults)
    assets = _at(record, "ip_assets") or ()
    faults.extend(_patent_faults(assets))
    faults.extend(_repetitions(assets))
    return faults


def _at(node: Any, name: str) -> Any:
    return node.get(name) if isinstance(node, dict) else getattr(node, name, None)


def _follow(node: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        node = _at(node, name)
    return node


def _compare(compiled: _Compiled, lower_in: Any, upper_in: Any, prefix: str, faults: list[Fault]) -> None:
    lower = _follow(lower_in, compiled.lower)
    upper = _follow(upper_in, compiled.upper)
    if lower is None or upper is None or lower <= upper:
        return
    first, second = _FIELDS[compiled.bound.lower].en, _FIELDS[compiled.bound.upper].en
    relation = "be later than" if isinstance(lower, date) else "exceed"
    sentence = (
        f"{first} must not {relation} {second.lower()} ({shown(upper)}); it is {shown(lower)}. Correct one of them."
    )
    faults.append((prefix + ".".join(compiled.lower), sentence, shown(lower)))


def _patent_faults(assets: Any) -> Iterator[Fault]:
    seen: dict[tuple[str, str], int] = {}
    for position, asset in enumerate(assets):
        kind, number = _at(asset, "kind"), _at(asset, "number")
        if kind is None or number is None:
            continue
        path = f"ip_assets[{position}].number"
        fault = patent_number_fault(number, kind) if kind in PATENT_KIND_DIGITS else None
        if fault is not None:
            yield path, f"Patent number {shown(number)} {fault}.", shown(number)
        earlier = seen.setdefault((kind, number.replace(".", "")), position)
        if earlier != position:
            sentence = (
                f"The {kind.en} {shown(number)} is already ip_assets[{earlier}]; an asset can be offered only once. "
                f"Remove one of the two."
            )
            yield path, sentence, shown(number)


def _repetitions(assets: Any) -> Iterator[Fault]:
    for position, asset in enumerate(assets):
        for path in _DISTINCT:
            entries = _follow(asset, path[1:]) or ()
            if len(set(entries)) != len(entries):
                twice = next(entry for index, entry in enumerate(entries) if entry in entries[:index])
                label = _FIELDS[".".join(path)].en
                sentence = (
                    f"{label} must differ from one another; {shown(twice)} is listed twice. Remove one of the two."
                )
                yield f"ip_assets[{position}].{'.'.join(path[1:])}", sentence, shown(twice)


def salvaged(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What can be read of a record that cannot be read as a whole, so that all its problems are found at once."""
    return _salvaged(RECORD, facts)


def _salvaged(node: Node, facts: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {placed.path[-1]: _read(placed.field, facts.get(placed.path[-1])) for placed in node.fields}
    for inner in node.inner:
        value = facts.get(inner.name)
        if inner.listed and isinstance(value, list | tuple):
            entries = value[: inner.section.most]
            found[inner.name] = [_salvaged(inner, entry) if isinstance(entry, Mapping) else {} for entry in entries]
        elif not inner.listed and isinstance(value, Mapping):
            found[inner.name] = _salvaged(inner, value)
    return found


def _read(field: Field, value: object) -> Any:
    if value is None:
        return None
    read = entry_reader(field)
    try:
        if field.spread is Spread.ONE:
            return read(value)
        if not isinstance(value, list | tuple) or len(value) > field.entries[1]:
            return None
        return tuple(read(entry) for entry in value)
    except PydanticCustomError:
        return None
