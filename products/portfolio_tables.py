"""Loans and losses in Arrow tables, as a guarantor exports them; amounts in yuan as decimals or decimal text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

import numpy as np
import pyarrow as pa

from products.columns import Bools, Ints
from products.money import GREATEST_AMOUNT
from products.portfolio import GuaranteedLoans, LossRecord
from products.vocabulary import PARTIES

LOANS: Final = ("client", "amount", "small_business", "fee", "charged_on", *PARTIES)
LOSSES: Final = ("principal", "days", "compensation")
_YUAN: Final = pa.decimal128(18, 2)


class UnusableTable(ValueError):
    """A table that cannot be used; the message names column, row and remedy."""


def loans_from(table: pa.Table) -> GuaranteedLoans:
    """Loans with the columns of `LOANS`; ``charged_on`` is the amount, and what a party bears 0, where left out.

    UnusableTable for columns that are missing, unknown, of another kind or empty in a row, negative amounts, and loans
    whose parties do not bear them exactly.
    """
    _know(table, LOANS, required=("client", "amount", "small_business", "fee"))
    parties = tuple(name for name in PARTIES if name in table.column_names)
    if not parties:
        _refuse(f"The table says for no party what it bears. Add columns of {', '.join(PARTIES)}.")
    amount = _amounts(table, "amount")
    parts = np.stack([_amounts(table, name) for name in parties], axis=1)
    _agree(amount, parts)
    return GuaranteedLoans(
        client=_clients(table),
        amount=amount,
        small_business=_flags(table, "small_business"),
        fee=_amounts(table, "fee"),
        charged_on=_amounts(table, "charged_on") if "charged_on" in table.column_names else amount,
        parties=parties,
        parts=parts,
    )


def losses_from(table: pa.Table) -> LossRecord:
    """The loans released in a period with the columns of `LOSSES`; ``compensation`` is 0 where left out."""
    _know(table, LOSSES, required=("principal", "days"))
    paid = _amounts(table, "compensation") if "compensation" in table.column_names else np.zeros(0, dtype=np.int64)
    days = _column(table, "days", pa.types.is_integer, "whole numbers").to_numpy(zero_copy_only=False)
    if (days < 0).any():
        _refuse(f"days is negative in row {int(np.argmax(days < 0)) + 1}. Give the days for which the loan stood.")
    return LossRecord(int(paid.sum()), _amounts(table, "principal"), days.astype(np.int64))


def _know(table: pa.Table, known: tuple[str, ...], *, required: tuple[str, ...]) -> None:
    missing = [name for name in required if name not in table.column_names]
    unknown = [name for name in table.column_names if name not in known]
    if missing:
        _refuse(f"The table has no column {', '.join(missing)}. It takes {', '.join(known)}.")
    if unknown:
        _refuse(f"The table has a column {unknown[0]!r} that is not known. It takes {', '.join(known)}.")


def _agree(amount: Ints, parts: Ints) -> None:
    wrong = parts.sum(axis=1) != amount
    if wrong.any():
        row = int(np.argmax(wrong))
        _refuse(
            f"In row {row + 1} the parties bear {int(parts[row].sum()) / 100:,.2f} yuan of a loan of "
            f"{int(amount[row]) / 100:,.2f}; their parts must add up to the loan."
        )


def _column(table: pa.Table, name: str, is_kind: Callable[[pa.DataType], bool], kind: str) -> pa.Array:
    column = table.column(name).combine_chunks()
    if not is_kind(column.type):
        _refuse(f"{name} holds {column.type}; it takes {kind}. Binary fractions cannot hold most amounts of money.")
    if column.null_count:
        row = int(np.argmin(column.is_valid().to_numpy(zero_copy_only=False))) + 1
        _refuse(f"{name} is empty in row {row}. State it.")
    return column


def _is_decimal(kind: pa.DataType) -> bool:
    return bool(pa.types.is_decimal(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _amounts(table: pa.Table, name: str) -> Ints:
    """A column in fen."""
    column = _column(table, name, _is_decimal, 'decimals or text such as "1000000.00", in yuan')
    try:
        yuan = column.cast(_YUAN)
    except pa.ArrowInvalid as error:
        _refuse(f"{name} cannot be read as yuan with at most two decimals: {error}. Correct the value.")
    # Two words a number, the lower first: what has at most 18 digits stands in the lower one.
    words = np.frombuffer(yuan.buffers()[1], dtype="<i8") if len(yuan) else np.zeros(0, dtype=np.int64)
    fen: Ints = words[2 * yuan.offset : 2 * (yuan.offset + len(yuan)) : 2].astype(np.int64)
    unusable = (fen < 0) | (fen > GREATEST_AMOUNT)
    if unusable.any():
        row = int(np.argmax(unusable))
        _refuse(f"{name} is {int(fen[row]) / 100:,.2f} in row {row + 1}; amounts are 0 to 10,000,000,000,000.00.")
    return fen


def _flags(table: pa.Table, name: str) -> Bools:
    flags: Bools = _column(table, name, pa.types.is_boolean, "true or false").to_numpy(zero_copy_only=False)
    return flags.astype(np.bool_)


def _clients(table: pa.Table) -> Ints:
    def named(kind: pa.DataType) -> bool:
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind))

    column = _column(table, "client", named, "names or numbers")
    numbers: Ints = column.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def _refuse(sentence: str) -> NoReturn:
    raise UnusableTable(sentence)
