"""Applications as columns: one pass over each record, one int64 matrix per family of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from products.applicant.choices import positions
from products.applicant.declared import FORECAST_YEARS, YEARS, Spread
from products.applicant.fields import Field, Group
from products.applicant.layout import (
    APPLICATION_COLUMNS,
    APPLICATION_NODES,
    CHILD_COLUMNS,
    CHILDREN,
    RAW,
    Node,
    Raw,
    node_of,
)
from products.applicant.record import Application, Enterprise
from products.applications import Applications, Children
from products.columns import MISSING, Bools, Column, Ints, LoneColumn

Append = Callable[[dict[str, Any], list[int]], None]


def columns_of(applications: Sequence[Application]) -> Applications:
    """The facts of the applications as columns, in their order."""
    rows: list[int] = []
    families: dict[str, list[int]] = {name: [] for name in CHILDREN}
    parents: dict[str, list[int]] = {name: [] for name in CHILDREN}
    for position, application in enumerate(applications):
        groups = application.__dict__
        for name, appenders, width in _GROUPS:
            _append(groups[name], appenders, width, rows)
        for name in CHILDREN:
            children = groups[name]
            rows.append(MISSING if children is None else len(children))
            if children:
                parents[name].extend([position] * len(children))
                _append_children(name, children, groups["enterprise"], families[name])
    n = len(applications)
    return Applications(
        n,
        _columns(rows, APPLICATION_COLUMNS, n),
        {
            name: Children(_ints(parents[name]), _columns(families[name], CHILD_COLUMNS[name], len(parents[name])), n)
            for name in CHILDREN
        },
    )


def _append(group: Group | None, appenders: tuple[Append, ...], width: int, row: list[int]) -> None:
    if group is None:
        row.extend([MISSING] * width)
        return
    facts = group.__dict__
    for append in appenders:
        append(facts, row)


def _append_children(name: str, children: Sequence[Group], applicant: Enterprise, rows: list[int]) -> None:
    appenders, width = _CHILD_GROUPS[name]
    for child in children:
        _append(child, appenders, width, rows)
        if name == "ip_assets":
            rows.append(_owned(child.__dict__, applicant))


def _owned(asset: Mapping[str, Any], applicant: Enterprise) -> int:
    """Whether the applicant is the registered owner: by the credit code, or by the name where the code is not given."""
    owner, code = asset["owner"], asset["owner_uscc"]
    if code is not None:
        return int(code == applicant.uscc)
    return MISSING if owner is None else int(owner == applicant.name)


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _columns(rows: list[int], names: tuple[str, ...], n: int) -> dict[str, Column]:
    if n == 1:
        return {name: LoneColumn.read(fact) for name, fact in zip(names, rows, strict=True)}
    return _columns_from_raw(np.ascontiguousarray(_ints(rows).reshape(n, len(names)).T), names)


def _columns_from_raw(raw: Ints, names: Sequence[str]) -> dict[str, Column]:
    """Columns from a matrix with one row per name; quicker than one array each where rows are few."""
    known: Bools = raw != MISSING
    complete: list[bool] = np.logical_and.reduce(known, axis=1).tolist()
    values = np.where(known, raw, 0)
    return {
        name: Column(values[row]) if complete[row] else Column(values[row], known[row])
        for row, name in enumerate(names)
    }


def columns_named(raw: Mapping[str, Ints], names: Sequence[str]) -> dict[str, Column]:
    """Columns of the given names, in their order, from raw values in which `MISSING` stands for unknown."""
    return {name: Column.from_raw(raw[name]) for name in names}


def _raw(field: Field) -> Raw:
    if field.choices is not None:
        return positions(field.choices).__getitem__
    return RAW[field.kind]


def _appender(name: str, field: Field) -> Append:
    if field.spread is Spread.COUNT:
        return _count_appender(name)
    convert = _raw(field)
    if field.spread is Spread.YEARS:
        return _years_appender(name, convert)
    if field.spread is Spread.FORECAST:
        return _forecast_appender(name, convert)

    def append(facts: dict[str, Any], row: list[int]) -> None:
        value = facts[name]
        row.append(MISSING if value is None else convert(value))

    return append


def _count_appender(name: str) -> Append:
    def append(facts: dict[str, Any], row: list[int]) -> None:
        entries = facts[name]
        row.append(MISSING if entries is None else len(entries))

    return append


def _years_appender(name: str, convert: Raw) -> Append:
    def append(facts: dict[str, Any], row: list[int]) -> None:
        entries = facts[name] or ()
        row.extend([convert(value) for value in reversed(entries)])
        row.extend([MISSING] * (YEARS - len(entries)))

    return append


def _forecast_appender(name: str, convert: Raw) -> Append:
    def append(facts: dict[str, Any], row: list[int]) -> None:
        entries = facts[name]
        row.append(MISSING if entries is None else len(entries))
        entries = entries or ()
        row.extend([convert(value) for value in entries])
        row.extend([MISSING] * (FORECAST_YEARS - len(entries)))

    return append


def _inner_appender(node: Node) -> Append:
    appenders, width = _group(node)

    def append(facts: dict[str, Any], row: list[int]) -> None:
        _append(facts[node.name], appenders, width, row)

    return append


def _group(node: Node) -> tuple[tuple[Append, ...], int]:
    """What appends a group's facts to a row, and how many columns that makes."""
    own = [_appender(placed.path[-1], placed.field) for placed in node.fields if placed.columns]
    inner = [_inner_appender(child) for child in node.inner]
    return (*own, *inner), sum(len(placed.columns) for placed in node.everything())


_GROUPS: Final = tuple((node.name, *_group(node)) for node in APPLICATION_NODES)
_CHILD_GROUPS: Final = {name: _group(node_of(name)) for name in CHILDREN}
