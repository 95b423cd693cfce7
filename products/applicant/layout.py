"""Where each fact of the applicant record stands in the kernel's columns, derived from the declarations.

Facts of the application itself lie in one flat namespace under their own names; a group inside a group lends its name
as a prefix (``innovation_points_value``, ``valuation_signatures``). ``titles`` and ``ip_assets`` are children. Raw
values are int64: amounts in fen, shares in parts per million, numbers in millionths, dates in days since 1970-01-01,
choices as positions, flags as 0 or 1, division codes as numbers, lists as described in `Spread`; unknown is `MISSING`.
Texts have no column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, get_args, get_origin

from products.applicant.declared import FORECAST_YEARS, YEARS, Kind, Spread
from products.applicant.fields import Field, Group, Section
from products.applicant.record import Application

EPOCH: Final = date(1970, 1, 1).toordinal()
CHILDREN: Final = ("titles", "ip_assets")

Raw = Callable[[Any], int]


def to_fen(amount: Decimal) -> int:
    """Yuan with at most two decimals as fen."""
    return int(amount.scaleb(2))


def to_millionths(number: Decimal) -> int:
    """A share as parts per million, a number as millionths; at most six decimals."""
    return int(number.scaleb(6))


def to_days(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH


RAW: Final[dict[Kind, Raw]] = {
    Kind.AMOUNT: to_fen,
    Kind.SHARE: to_millionths,
    Kind.NUMBER: to_millionths,
    Kind.COUNT: int,
    Kind.DAY: to_days,
    Kind.FLAG: int,
    Kind.REGION: int,
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A declared field with its place: ``path`` in the JSON form, without the positions in lists."""

    path: tuple[str, ...]
    field: Field

    @property
    def name(self) -> str:
        """The column's name, or the stem of the columns' names for lists of amounts."""
        own = self.path[1:]
        return "_".join(own)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of this field's columns; none for a text."""
        if self.field.spread is Spread.YEARS:
            return tuple(f"{self.name}_y{year}" for year in range(YEARS))
        if self.field.spread is Spread.FORECAST:
            return (self.name, *(f"{self.name}_t{year + 1}" for year in range(FORECAST_YEARS)))
        if self.field.kind in {Kind.TEXT, Kind.USCC} and self.field.spread is Spread.ONE:
            return ()
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Node:
    """A group of the record: its fields by attribute name and the groups inside it."""

    name: str
    section: Section
    model: type[Group]
    listed: bool
    required: bool
    fields: tuple[Placed, ...]
    inner: tuple[Node, ...]

    def everything(self) -> Iterator[Placed]:
        """The fields of this group, then those of the groups inside it."""
        yield from self.fields
        for node in self.inner:
            yield from node.everything()


def _node(
    name: str, section: Section, model: type[Group], path: tuple[str, ...], *, listed: bool, required: bool
) -> Node:
    fields: list[Placed] = []
    inner: list[Node] = []
    for attribute, info in model.model_fields.items():
        here = (*path, attribute)
        for mark in info.metadata:
            if isinstance(mark, Field):
                fields.append(Placed(here, mark))
            elif isinstance(mark, Section):
                child, many = _group_in(info.annotation)
                required_here = info.is_required()
                inner.append(_node(attribute, mark, child, here, listed=many, required=required_here))
    return Node(name, section, model, listed, required, tuple(fields), tuple(inner))


def _group_in(annotation: Any) -> tuple[type[Group], bool]:
    """The group inside ``Group``, ``Group | None`` or ``tuple[Group, ...] | None``, and whether it is a list."""
    for candidate in (annotation, *get_args(annotation)):
        listed = get_origin(candidate) is tuple
        group = get_args(candidate)[0] if listed else candidate
        if isinstance(group, type) and issubclass(group, Group):
            return group, listed
    raise TypeError(f"A section must hold a group or a list of groups; {annotation} holds neither.")


RECORD: Final = _node("", Section("申请", "Application"), Application, (), listed=False, required=True)
"""The whole record as a tree."""
PLACED: Final = tuple(RECORD.everything())
"""Every field of the record, group by group."""


def _found(location: Sequence[str | int]) -> Node | Placed | None:
    """The group or field at a place in the JSON form; positions in lists are passed over."""
    node = RECORD
    for name in (part for part in location if isinstance(part, str)):
        field = next((placed for placed in node.fields if placed.path[-1] == name), None)
        if field is not None:
            return field
        inner = next((inner for inner in node.inner if inner.name == name), None)
        if inner is None:
            return None
        node = inner
    return node


def label_at(location: Sequence[str | int]) -> str:
    """The English name of the field or group at a place in the JSON form."""
    found = _found(location)
    if isinstance(found, Placed):
        return found.field.en
    return found.section.en if found is not None else "The value"


def names_at(location: Sequence[str | int]) -> tuple[str, ...]:
    """The names that the group at a place in the JSON form knows."""
    found = _found(location)
    return tuple(found.model.model_fields) if isinstance(found, Node) else ()


def entries_at(location: Sequence[str | int]) -> tuple[int, int]:
    """The least and greatest number of entries of the list at a place in the JSON form."""
    found = _found(location)
    if isinstance(found, Placed):
        return found.field.entries
    return (0, found.section.most or 0) if found is not None else (0, 0)


def node_of(name: str) -> Node:
    """The top-level group of that name."""
    return next(node for node in RECORD.inner if node.name == name)


APPLICATION_NODES: Final = tuple(node for node in RECORD.inner if not node.listed)
APPLICATION_COLUMNS: Final = (
    *(column for node in APPLICATION_NODES for placed in node.everything() for column in placed.columns),
    *(f"{name}_count" for name in CHILDREN),
)
"""Columns of an application; the counts of children are unknown where the record does not state the list."""
OWNER_COLUMN: Final = "owner_is_applicant"
"""Column of an IP asset: whether the registered owner is the applicant; unknown without an owner."""
CHILD_COLUMNS: Final = {
    "titles": tuple(column for placed in node_of("titles").everything() for column in placed.columns),
    "ip_assets": (
        *(column for placed in node_of("ip_assets").everything() for column in placed.columns),
        OWNER_COLUMN,
    ),
}
