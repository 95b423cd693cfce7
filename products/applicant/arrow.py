"""Applications as Arrow record batches: nested like the JSON form, read as columns without a loop over rows.

Importing this module imports pyarrow; nothing that decides a single application does so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from products.applicant.arrow_columns import Array, WrongType, arrow_type, bools, fixed_width_bytes, leaf_of
from products.applicant.arrow_lists import codes_of, entries_of, list_leaves, repeated
from products.applicant.choices import IpKind
from products.applicant.consistency import BOUNDS
from products.applicant.declared import Kind, Spread
from products.applicant.flatten import columns_named
from products.applicant.identifiers import PATENT_KIND_DIGITS, patent_column_valid
from products.applicant.layout import (
    APPLICATION_COLUMNS,
    CHILD_COLUMNS,
    CHILDREN,
    OWNER_COLUMN,
    PLACED,
    RECORD,
    Node,
    Placed,
)
from products.applicant.reading import InvalidApplication, Problem, application_from, unknown_name
from products.applicant.record import Application
from products.applications import Applications, Children
from products.columns import MISSING, Bools, Ints

MOST_ROWS_REPORTED: Final = 20

_COLUMN_OF: Final = {".".join(placed.path): (placed.path[0], placed.columns[0]) for placed in PLACED if placed.columns}


def schema() -> Any:
    """The Arrow schema of a batch of applications; every field is nullable, null is unknown."""
    return pa.schema([pa.field(node.name, _node_type(node)) for node in RECORD.inner])


def _node_type(node: Node) -> Any:
    members = {inner.name: _node_type(inner) for inner in node.inner}
    for placed in node.fields:
        entry = arrow_type(placed.field)
        members[placed.path[-1]] = entry if placed.field.spread is Spread.ONE else pa.list_(entry)
    struct = pa.struct([pa.field(name, members[name]) for name in node.model.model_fields])
    return pa.list_(struct) if node.listed else struct


def arrow_from_applications(applications: Sequence[Application]) -> Any:
    """A record batch of the applications, in their order."""
    return pa.RecordBatch.from_pylist([application.model_dump() for application in applications], schema=schema())


def applications_from_arrow(batch: Any) -> Applications:
    """The facts of a record batch as columns, in its order.

    Fields may be absent; fields the record does not know, and types that cannot hold a field, are refused. The values
    pass the same checks as a JSON application; InvalidApplication lists the problems of the first bad rows, each path
    beginning with the row's position: ``[17].request.amount``.
    """
    table = _Table(batch.num_rows)
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    _refuse_unknown(columns, RECORD, ())
    for node in RECORD.inner:
        table.read_top(node, columns.get(node.name, pa.nulls(batch.num_rows)))
    table.check_bounds()
    table.check_assets()
    if table.bad.any():
        raise InvalidApplication(_problems(batch, np.flatnonzero(table.bad)))
    return table.applications()


@dataclass(slots=True)
class _Family:
    """Rows of one kind: ``parent`` (m,) their row of the batch, raw columns and text arrays by column name."""

    parent: Ints
    raw: dict[str, Ints] = dataclasses.field(default_factory=dict)
    texts: dict[str, Array] = dataclasses.field(default_factory=dict)


class _Table:
    """A batch while it is read; ``bad`` (n,) grows with every check."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.bad: Bools = np.zeros(n, dtype=np.bool_)
        self.own = _Family(np.arange(n))
        self.children = {name: _Family(np.zeros(0, dtype=np.int64)) for name in CHILDREN}

    def refuse(self, family: _Family, bad: Bools) -> None:
        self.bad[family.parent[bad]] = True

    def family_of(self, group: str) -> _Family:
        return self.children.get(group, self.own)

    def read_top(self, node: Node, array: Array) -> None:
        with _named(node.name):
            if not node.listed:
                self.read_group(self.own, node, (node.name,), array)
                return
            entries = entries_of(array, node.section.en)
            self.own.raw[f"{node.name}_count"] = entries.counts
            self.refuse(self.own, entries.lengths > (node.section.most or 0))
            family = self.children[node.name] = _Family(entries.owner)
            self.refuse(family, ~bools(entries.values.is_valid()))
            self.read_group(family, node, (node.name,), entries.values)

    def read_group(self, family: _Family, node: Node, path: tuple[str, ...], array: Array) -> None:
        members = _members(node, path, array)
        present = np.ones(len(array), dtype=np.bool_) if node.required else bools(array.is_valid())
        for placed in node.fields:
            with _named(".".join(placed.path)):
                self.read_field(family, placed, members[placed.path[-1]], present)
        for inner in node.inner:
            self.read_group(family, inner, (*path, inner.name), members[inner.name])

    def read_field(self, family: _Family, placed: Placed, array: Array, present: Bools) -> None:
        field = placed.field
        if field.spread is not Spread.ONE:
            columns, bad = list_leaves(field, placed.name, array)
            family.raw.update(columns)
            self.refuse(family, bad)
            return
        leaf = leaf_of(field, array)
        self.refuse(family, leaf.bad | (present & ~leaf.known) if field.required else leaf.bad)
        family.raw[placed.name] = leaf.raw
        if field.kind in (Kind.TEXT, Kind.USCC):
            family.texts[placed.name] = array

    def check_bounds(self) -> None:
        for bound in BOUNDS:
            (lower_group, lower), (upper_group, upper) = _COLUMN_OF[bound.lower], _COLUMN_OF[bound.upper]
            family = self.family_of(lower_group)
            low, high = family.raw[lower], self.family_of(upper_group).raw[upper]
            if upper_group != lower_group and family is not self.own:
                high = high[family.parent]
            self.refuse(family, (low != MISSING) & (high != MISSING) & (low > high))

    def check_assets(self) -> None:
        family = self.children["ip_assets"]
        if not len(family.parent):
            family.raw[OWNER_COLUMN] = family.parent
            return
        by_name, by_code = (
            pc.equal(_strings(family.texts[owner]), _strings(self.own.texts[applicant].take(pa.array(family.parent))))
            for owner, applicant in (("owner", "name"), ("owner_uscc", "uscc"))
        )
        same = pc.coalesce(by_code, by_name)
        family.raw[OWNER_COLUMN] = np.where(bools(same.is_valid()), bools(same.fill_null(False)), MISSING)
        numbers = pc.replace_substring(_strings(family.texts["number"]), ".", "")
        kinds = family.raw["kind"]
        self.refuse(family, _patents_bad(_strings(family.texts["number"]), numbers, kinds))
        given = (kinds != MISSING) & bools(numbers.is_valid())
        codes = codes_of(numbers) * len(IpKind) + kinds
        self.bad[repeated(family.parent[given], codes[given])] = True

    def applications(self) -> Applications:
        children = {
            name: Children(family.parent, columns_named(family.raw, names), self.n)
            for (name, family), names in zip(self.children.items(), CHILD_COLUMNS.values(), strict=True)
        }
        return Applications(self.n, columns_named(self.own.raw, APPLICATION_COLUMNS), children)


def _members(node: Node, path: tuple[str, ...], array: Array) -> dict[str, Array]:
    """The arrays of a group's fields and inner groups; all unknown where the array lacks them."""
    if pa.types.is_null(array.type):
        given: dict[str, Array] = {}
    elif pa.types.is_struct(array.type):
        names = [array.type.field(position).name for position in range(array.type.num_fields)]
        given = dict(zip(names, array.flatten(), strict=True))
        _refuse_unknown(given, node, path)
    else:
        raise WrongType(f"{node.section.en} must be an Arrow struct; it is {array.type}. Nest its fields in a struct.")
    return {name: given.get(name, pa.nulls(len(array))) for name in node.model.model_fields}


def _refuse_unknown(given: Iterable[str], node: Node, path: tuple[str, ...]) -> None:
    known = tuple(node.model.model_fields)
    unknown = [name for name in given if name not in known]
    if unknown:
        raise InvalidApplication(Problem(".".join((*path, name)), unknown_name((*path, name))) for name in unknown)


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Names the field in what is said about its type."""
    try:
        yield
    except WrongType as wrong:
        raise InvalidApplication([Problem(path, str(wrong))]) from None


def _strings(array: Array) -> Array:
    return array if pa.types.is_string(array.type) else array.cast(pa.string())


def _patents_bad(given: Array, numbers: Array, kinds: Ints) -> Bools:
    """Which assets are patents with a number that is none; ``numbers`` is ``given`` without dots."""
    patents = np.isin(kinds, [kind.position for kind in PATENT_KIND_DIGITS])
    form = bools(pc.match_substring_regex(given, r"^[0-9]{12}\.?[0-9X]\z").fill_null(False))
    valid = patents & form
    digits, _ = fixed_width_bytes(numbers.filter(pa.array(valid)), 13)
    valid[valid] = patent_column_valid(digits, kinds[valid])
    return patents & ~valid


def _problems(batch: Any, rows: Ints) -> Iterator[Problem]:
    """The problems of the first bad rows, in the words of the reader of one record."""
    shown = rows[:MOST_ROWS_REPORTED]
    for row, facts in zip(shown.tolist(), batch.take(pa.array(shown)).to_pylist(), strict=True):
        try:
            application_from(facts)
        except InvalidApplication as invalid:
            yield from (
                Problem(f"[{row}].{each.path}".rstrip("."), each.message, each.value) for each in invalid.problems
            )
        else:
            raise AssertionError(f"Row {row} fails the checks of columns but passes those of one record.")
    if len(rows) > len(shown):
        yield Problem("", f"{len(rows) - len(shown)} more rows of the batch are wrong. Correct these first.")
