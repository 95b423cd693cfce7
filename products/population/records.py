"""Generated applications in their JSON form: the drawn columns turned back into facts, with invented texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias

from products.applicant.assets import IpAsset
from products.applicant.choices import IpKind, TitleKind
from products.applicant.declared import Kind, Spread
from products.applicant.fields import Field, Group
from products.applicant.layout import APPLICATION_NODES, CHILDREN, EPOCH, OWNER_COLUMN, Node, Placed, node_of
from products.applicant.record import Application
from products.columns import MISSING, Ints
from products.population import texts
from products.population.drawing import Drawn

Record: TypeAlias = dict[str, Any]
"""One application as JSON would hold it."""

_PLAIN: Final[Mapping[Kind, Callable[[int], object]]] = {
    Kind.AMOUNT: lambda fen: f"{Decimal(fen).scaleb(-2):.2f}",
    Kind.SHARE: lambda millionths: f"{Decimal(millionths).scaleb(-6).normalize():f}",
    Kind.NUMBER: lambda millionths: f"{Decimal(millionths).scaleb(-6).normalize():f}",
    Kind.COUNT: int,
    Kind.FLAG: bool,
    Kind.DAY: lambda days: date.fromordinal(days + EPOCH).isoformat(),
    Kind.REGION: lambda code: f"{code:06d}",
}


def records(drawn: Drawn) -> list[Record]:
    """Every drawn application, in order."""
    entries = {name: _entries(drawn, name) for name in CHILDREN}
    return [
        _record(drawn, row, {name: entries[name].get(row, []) for name in CHILDREN}) for row in range(len(drawn.serial))
    ]


def _entries(drawn: Drawn, name: str) -> dict[int, list[int]]:
    """The positions of each application's children."""
    positions: dict[int, list[int]] = {}
    for position, parent in enumerate(drawn.families[name].parent.tolist()):
        positions.setdefault(parent, []).append(position)
    return positions


def _record(drawn: Drawn, row: int, entries: Mapping[str, list[int]]) -> Record:
    facts: Record = {node.name: _group(node, drawn.raw, row) for node in APPLICATION_NODES}
    region, serial = facts["enterprise"]["region"], int(drawn.serial[row])
    sector = facts["enterprise"]["sector"]
    titles = [_title(drawn, position) for position in entries["titles"]]
    firm = texts.Firm(
        region=region,
        sector=sector,
        term_months=facts["request"]["term_months"],
        titles=frozenset(title["kind"] for title in titles),
        pledges=bool(entries["ip_assets"]),
    )
    facts["request"] |= texts.product_texts(firm)
    facts["enterprise"] |= texts.enterprise_texts(region, sector, serial=serial, row=row)
    if "innovation_points" in facts["innovation"]:
        facts["innovation"]["innovation_points"]["version"] = "2.0"
    facts = {node.name: _ordered(facts[node.name], node.model) for node in APPLICATION_NODES}
    facts["titles"] = titles
    facts["ip_assets"] = [_asset(drawn, position, facts["enterprise"]["name"]) for position in entries["ip_assets"]]
    return _ordered(facts, Application)


def _title(drawn: Drawn, position: int) -> Record:
    family = drawn.families["titles"]
    facts = _group(node_of("titles"), family.raw, position)
    year = facts["valid_from"][:4]
    return facts | {
        "certificate": texts.certificate(TitleKind[facts["kind"].upper()], year, int(family.serial[position]))
    }


def _asset(drawn: Drawn, position: int, applicant: str) -> Record:
    family = drawn.families["ip_assets"]
    facts = _group(node_of("ip_assets"), family.raw, position)
    kind, serial = IpKind[facts["kind"].upper()], int(family.serial[position])
    facts |= {
        "number": texts.asset_number(kind, facts["filed_on"][:4], serial),
        "title": texts.asset_title(kind, serial),
    }
    owned = int(family.raw[OWNER_COLUMN][position])
    if owned != MISSING:
        facts["owner"] = applicant if owned else texts.OTHER_OWNER
    for name in ("co_owners", "licences"):
        facts[name] = [f"{texts.OTHER_OWNER}{place + 1}" for place in range(int(family.raw[name][position]))]
    return _ordered(facts, IpAsset)


def _ordered(facts: Record, model: type[Group]) -> Record:
    """The facts in the order of their declaration."""
    return {name: facts[name] for name in model.model_fields if name in facts}


def _group(node: Node, raw: Mapping[str, Ints], row: int) -> Record:
    """The known facts of a group; groups inside it only where one of their facts is known."""
    facts = {placed.path[-1]: value for placed in node.fields if (value := _value(placed, raw, row)) is not None}
    for inner in node.inner:
        inside = _group(inner, raw, row)
        if inside:
            facts[inner.name] = inside
    return facts


def _value(placed: Placed, raw: Mapping[str, Ints], row: int) -> object:
    field = placed.field
    values = [int(raw[name][row]) for name in placed.columns]
    if not values:
        return None
    match field.spread:
        case Spread.YEARS:
            known = [_plain(field, value) for value in reversed(values) if value != MISSING]
            return known or None
        case Spread.FORECAST:
            return [_plain(field, value) for value in values[1:] if value != MISSING] or None
        case Spread.COUNT:
            return _first_choices(field, values[0])
        case _:
            return None if values[0] == MISSING else _plain(field, values[0])


def _plain(field: Field, value: int) -> object:
    if field.choices is not None:
        return str(tuple(field.choices)[value])
    return _PLAIN[field.kind](value)


def _first_choices(field: Field, length: int) -> list[str] | None:
    """A list of so many choices; lists of texts are written elsewhere."""
    if field.choices is None or length == MISSING:
        return None
    return [str(choice) for choice in tuple(field.choices)[:length]]
