"""Applications with realised outcomes, from Arrow record batches and from the rows of a CSV file.

An outcome is the group ``realised`` beside the groups of the applicant record. In a CSV file a header is the path of a
field, such as ``request.amount`` or ``realised.loss``; a cell of a list (titles, pledged assets, yearly accounts) holds
it as JSON; an empty cell is an unknown fact.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import numpy as np
from pydantic import ValidationError

from products.applicant.declared import Kind, Source, Spread
from products.applicant.fields import Amount, Day, Field, Flag, Group
from products.applicant.flatten import columns_of
from products.applicant.layout import PLACED, RAW
from products.applicant.reading import InvalidApplication, Problem, application_from, unknown_name
from products.applicant.record import Application
from products.applications import Applications
from products.columns import MISSING, Bools, Ints
from products.trials.realised import Realised

GROUP: Final = "realised"


class Outcome(Group):
    """What became of one loan. ``defaulted`` says whether anything is known; ``lent`` is the amount asked for if not
    given, ``recovered`` nothing."""

    defaulted: Annotated[bool | None, Flag("是否违约", "whether the loan defaulted", Source.BANK)] = None
    defaulted_on: Annotated[Any, Day("违约日期", "day of default", Source.BANK)] = None
    lent: Annotated[Any, Amount("放款本金", "principal paid out", Source.BANK, minimum=0)] = None
    loss: Annotated[Any, Amount("违约时未收回的本金及正常利息", "loss at default", Source.BANK, minimum=0)] = None
    recovered: Annotated[Any, Amount("追偿收回金额", "recovered since", Source.BANK, minimum=0)] = None


_DECLARED: Final[Mapping[str, Field]] = {
    name: next(each for each in info.metadata if isinstance(each, Field)) for name, info in Outcome.model_fields.items()
}


def outcomes_from_arrow(batch: Any) -> tuple[Applications, Realised]:
    """Applications and outcomes of a record batch. InvalidApplication as in `applications_from_arrow`.

    A batch without the group ``realised`` has no outcome for any row.
    """
    import pyarrow as pa  # noqa: PLC0415 - one decision needs no Arrow

    from products.applicant.arrow import applications_from_arrow  # noqa: PLC0415 - as above

    place = batch.schema.get_field_index(GROUP)
    if place < 0:
        return (read := applications_from_arrow(batch)), _realised({}, read)
    column = batch.column(place)
    if not pa.types.is_struct(column.type):
        message = f"{GROUP} must be an Arrow struct of {', '.join(_DECLARED)}; it is {column.type}."
        raise InvalidApplication([Problem(GROUP, message)])
    names = [column.type.field(position).name for position in range(column.type.num_fields)]
    members = dict(zip(names, column.flatten(), strict=True))
    unknown = [name for name in names if name not in _DECLARED]
    if unknown:
        message = f"{GROUP} has no member {unknown[0]!r}. Take those of: {', '.join(_DECLARED)}."
        raise InvalidApplication([Problem(f"{GROUP}.{unknown[0]}", message)])
    raw = _leaves(members)
    applications = applications_from_arrow(batch.remove_column(place))
    return applications, _realised(raw, applications)


def _leaves(members: Mapping[str, Any]) -> dict[str, Ints]:
    from products.applicant.arrow_columns import WrongType, leaf_of  # noqa: PLC0415 - as above

    raw: dict[str, Ints] = {}
    for name, array in members.items():
        try:
            leaf = leaf_of(_DECLARED[name], array)
        except WrongType as wrong:
            raise InvalidApplication([Problem(f"{GROUP}.{name}", str(wrong))]) from None
        if leaf.bad.any():
            row = int(np.argmax(leaf.bad))
            _refuse_outcome({name: array[row].as_py()}, f"[{row}].")
        raw[name] = leaf.raw
    return raw


def _refuse_outcome(value: Mapping[str, Any], prefix: str) -> None:
    try:
        Outcome.model_validate(value)
    except ValidationError as invalid:
        raise InvalidApplication(_problem(error, prefix) for error in invalid.errors()) from None


def _problem(error: Any, prefix: str) -> Problem:
    path = ".".join((GROUP, *map(str, error["loc"])))
    sentence = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return Problem(f"{prefix}{path}", sentence, str(error["input"])[:100])


def _realised(raw: Mapping[str, Ints], applications: Applications) -> Realised:
    """The columns; InvalidApplication where something defaulted and its loss is not given."""
    n = applications.n
    missing = np.full(n, MISSING, dtype=np.int64)
    columns = {name: raw.get(name, missing) for name in _DECLARED}
    known: Bools = columns["defaulted"] != MISSING
    defaulted: Bools = known & (columns["defaulted"] == 1)
    lossless = defaulted & (columns["loss"] == MISSING)
    if lossless.any():
        row = int(np.argmax(lossless))
        message = "The loan defaulted and its loss is not given. Give it (0 for none), or leave defaulted out."
        raise InvalidApplication([Problem(f"[{row}].{GROUP}.loss", message)])
    asked = applications.amount.values
    return Realised(
        known=known,
        defaulted=defaulted,
        default_day=columns["defaulted_on"],
        lent=np.where(columns["lent"] == MISSING, asked, columns["lent"]),
        loss=np.where(known & (columns["loss"] != MISSING), columns["loss"], 0),
        recovered=np.where(known & (columns["recovered"] != MISSING), columns["recovered"], 0),
    )


def outcomes_from_rows(rows: Sequence[Mapping[str, str]]) -> tuple[Applications, Realised]:
    """Applications and outcomes of some rows of a CSV file, header to cell.

    InvalidApplication with the problems of the first row that cannot be used; paths begin with its place.
    """
    read = [_read_row(row, f"[{place}].") for place, row in enumerate(rows)]
    applications = columns_of([application for application, _ in read])
    raw = {
        name: np.array([_raw(name, getattr(outcome, name)) for _, outcome in read], dtype=np.int64)
        for name in _DECLARED
    }
    return applications, _realised(raw, applications)


def _raw(name: str, value: Any) -> int:
    return MISSING if value is None else RAW[_DECLARED[name].kind](value)


def _read_row(row: Mapping[str, str], prefix: str) -> tuple[Application, Outcome]:
    nested: dict[str, Any] = {}
    for path, cell in row.items():
        if cell != "":
            _set(nested, path, cell, prefix)
    outcome = nested.pop(GROUP, {})
    _refuse_outcome(outcome, prefix)
    try:
        return application_from(nested), Outcome.model_validate(outcome)
    except InvalidApplication as invalid:
        raise InvalidApplication(
            Problem(f"{prefix}{each.path}", each.message, each.value) for each in invalid.problems
        ) from None


def _set(nested: dict[str, Any], path: str, cell: str, prefix: str) -> None:
    *groups, name = path.split(".")
    inner = nested
    for group in groups:
        inner = inner.setdefault(group, {})
        if not isinstance(inner, dict):
            raise InvalidApplication([Problem(f"{prefix}{path}", unknown_name((*groups, name)))])
    inner[name] = _cell(cell, path, prefix)


_PLAIN: Final[Mapping[str, Kind]] = {
    **{".".join(one.path): one.field.kind for one in PLACED if one.field.spread is Spread.ONE},
    **{f"{GROUP}.{name}": field.kind for name, field in _DECLARED.items()},
}
"""The kinds of the fields that one cell holds as they are; anything else is written as JSON."""
_WORDS: Final[Mapping[str, bool]] = {"true": True, "false": False}


def _cell(cell: str, path: str, prefix: str) -> Any:
    kind = _PLAIN.get(path)
    if kind is Kind.FLAG:
        return _WORDS.get(cell.lower(), cell)
    if kind is Kind.COUNT and cell.isdecimal():
        return int(cell)
    if kind is not None or cell[0] not in "[{":
        return cell
    try:
        return json.loads(cell)
    except json.JSONDecodeError as error:
        message = f"The cell begins as a list and is no JSON: {error.msg}. Write the list as JSON."
        raise InvalidApplication([Problem(f"{prefix}{path}", message, cell[:100])]) from None
