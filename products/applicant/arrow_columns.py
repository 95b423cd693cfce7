"""Arrow arrays as raw int64 columns, with the same limits as the readers of single values.

Every function answers for whole arrays: ``raw`` int64 with `MISSING` where unknown, ``bad`` bool where the value is
refused. Which sentence belongs to a bad value is not decided here: the row is read again by the reader of one record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from products.applicant.declared import Kind
from products.applicant.fields import Field
from products.applicant.identifiers import uscc_column_valid
from products.applicant.parsing import (
    CONTROL_CHARACTERS,
    FIRST_YEAR,
    GREATEST_COUNT,
    GREATEST_NUMBER,
    GREATEST_YUAN,
    LAST_YEAR,
    LONGEST_TEXT,
    PROVINCES,
)
from products.columns import MISSING, Bools, Ints

Array = Any
"""A pyarrow Array; pyarrow publishes no types."""

_SCALES: Final = {Kind.AMOUNT: 2, Kind.SHARE: 6, Kind.NUMBER: 6}
_TYPES: Final = {
    Kind.AMOUNT: pa.decimal128(16, 2),
    Kind.SHARE: pa.decimal128(7, 6),
    Kind.NUMBER: pa.decimal128(15, 6),
    Kind.COUNT: pa.int64(),
    Kind.DAY: pa.date32(),
    Kind.FLAG: pa.bool_(),
}
_GREATEST: Final = {Kind.AMOUNT: GREATEST_YUAN, Kind.SHARE: 1, Kind.NUMBER: GREATEST_NUMBER, Kind.COUNT: GREATEST_COUNT}
_TEXTS: Final = frozenset({Kind.CHOICE, Kind.TEXT, Kind.USCC, Kind.REGION})
_CONTROL: Final = "[" + "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in CONTROL_CHARACTERS) + "]"
_FIRST_DAY: Final = np.datetime64(f"{FIRST_YEAR}-01-01").astype(np.int64)
_LAST_DAY: Final = np.datetime64(f"{LAST_YEAR}-12-31").astype(np.int64)


class WrongType(TypeError):
    """An Arrow array whose type cannot hold the field; the message names the type that can."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One field of m rows: ``raw`` int64 (m,), ``bad`` bool (m,), ``known`` bool (m,) whether a value is given."""

    raw: Ints
    bad: Bools
    known: Bools


def arrow_type(field: Field) -> Any:
    """The Arrow type of one value of a field."""
    return _TYPES.get(field.kind, pa.string())


def leaf_of(field: Field, array: Array) -> Leaf:
    """One field's values; WrongType if the array's type cannot hold them."""
    known = bools(array.is_valid())
    if pa.types.is_null(array.type):
        return Leaf(np.full(len(array), MISSING, dtype=np.int64), np.zeros(len(array), dtype=np.bool_), known)
    if field.kind in _SCALES:
        raw, bad = _decimals(field, array)
    elif field.kind is Kind.COUNT:
        raw, bad = _counts(field, array)
    elif field.kind is Kind.DAY:
        raw, bad = _days(field, array)
    elif field.kind is Kind.FLAG:
        _expect(field, array, pa.types.is_boolean(array.type))
        raw = _ints(array.cast(pa.int8()))
        bad = np.zeros(len(array), dtype=np.bool_)
    else:
        raw, bad = _texts(field, as_strings(field, array))
    return Leaf(np.where(known & ~bad, raw, MISSING), bad & known, known)


def bools(array: Array) -> Bools:
    """A boolean array without nulls as numpy."""
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.bool_)


def as_strings(field: Field, array: Array) -> Array:
    """A text array as pa.string(), dictionaries decoded."""
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    textual = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    _expect(field, array, textual)
    return array if pa.types.is_string(array.type) else array.cast(pa.string())


def _expect(field: Field, array: Array, fits: bool) -> None:
    if not fits:
        raise WrongType(
            f"{field.en} must be an Arrow {arrow_type(field)} column; it is {array.type}. "
            f"Cast it before handing it over; binary floating-point numbers are not accepted for decimals."
        )


def _ints(array: Array) -> Ints:
    filled = array.fill_null(0) if array.null_count else array
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.int64)


def _decimals(field: Field, array: Array) -> tuple[Ints, Bools]:
    """Decimals as integers of their smallest unit, read from the two words of decimal128."""
    _expect(field, array, pa.types.is_decimal(array.type) and not pa.types.is_decimal256(array.type))
    scale = _SCALES[field.kind]
    bad = np.zeros(len(array), dtype=np.bool_)
    if array.type.scale > scale:
        rounded = pc.round(array, ndigits=scale)
        bad = bools(pc.not_equal(rounded, array).fill_null(False))
        array = rounded
    words = _words(array.cast(pa.decimal128(38, scale)))
    raw = words[:, 0]
    bad |= words[:, 1] != raw >> 63
    unit = 10**scale
    greatest = _GREATEST[field.kind] if field.maximum is None else field.maximum
    return raw, bad | (raw < (field.minimum or 0) * unit) | (raw > greatest * unit)


def _words(array: Array) -> Ints:
    """The low and the high word of each decimal128, int64 (n, 2)."""
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros((len(array), 2), dtype=np.int64)
    return np.frombuffer(buffer, dtype=np.int64, count=2 * len(array), offset=16 * array.offset).reshape(-1, 2)


def _counts(field: Field, array: Array) -> tuple[Ints, Bools]:
    _expect(field, array, pa.types.is_integer(array.type) and not pa.types.is_uint64(array.type))
    raw = _ints(array)
    greatest = GREATEST_COUNT if field.maximum is None else field.maximum
    return raw, (raw < (field.minimum or 0)) | (raw > greatest)


def _days(field: Field, array: Array) -> tuple[Ints, Bools]:
    _expect(field, array, pa.types.is_date32(array.type))
    raw = _ints(array.cast(pa.int32()))
    return raw, (raw < _FIRST_DAY) | (raw > _LAST_DAY)


def _texts(field: Field, array: Array) -> tuple[Ints, Bools]:
    """Choices and division codes as numbers; of texts, only whether they are refused."""
    nothing = np.zeros(len(array), dtype=np.int64)
    match field.kind:
        case Kind.CHOICE:
            slugs = pa.array([str(choice) for choice in field.choices or ()], pa.string())
            found = pc.index_in(array, value_set=slugs)
            return _ints(found), bools(pc.and_(array.is_valid(), found.is_null()))
        case Kind.REGION:
            digits = bools(pc.match_substring_regex(array, r"^[0-9]{6}\z").fill_null(False))
            provinces = bools(pc.is_in(pc.utf8_slice_codeunits(array, 0, 2), value_set=pa.array(PROVINCES)))
            fits = digits & provinces
            return _ints(pc.if_else(pa.array(fits), array, None).cast(pa.int64())), ~fits
        case Kind.USCC:
            return nothing, ~_uscc_valid(array)
        case _:
            return nothing, _text_bad(field, array)


def _text_bad(field: Field, array: Array) -> Bools:
    length = _ints(pc.utf8_length(array))
    most = LONGEST_TEXT if field.maximum is None else field.maximum
    bad: Bools = (length < 1) | (length > most)
    bad |= bools(pc.match_substring_regex(array, _CONTROL).fill_null(False))
    return bad | bools(pc.not_equal(pc.utf8_trim_whitespace(array), array).fill_null(False))


def fixed_width_bytes(array: Array, width: int) -> tuple[Any, Bools]:
    """The texts of exactly ``width`` bytes as uint8 (k, width), and which rows of the array they are."""
    fits = _ints(pc.binary_length(array)) == width
    chosen = array.filter(pa.array(fits))
    offsets = np.frombuffer(chosen.buffers()[1], dtype=np.int32, count=len(chosen) + 1, offset=4 * chosen.offset)
    data = chosen.buffers()[2]
    start, end = int(offsets[0]), int(offsets[-1])
    content = np.frombuffer(data, dtype=np.uint8)[start:end] if data is not None else np.zeros(0, dtype=np.uint8)
    return content.reshape(-1, width), fits


def _uscc_valid(array: Array) -> Bools:
    codes, valid = fixed_width_bytes(array, 18)
    valid[valid] = uscc_column_valid(codes)
    return valid
