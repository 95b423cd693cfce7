"""A bank's table of loans with outcomes, from CSV or Parquet, and a features file drafted from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

_FEW_LEVELS: Final = 2
_NAMES_SHARE: Final = 0.5
_FEWEST_NAMES: Final = 50


class DatasetError(ValueError):
    """Data that cannot be read or used; the message names the file, the column and the remedy."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Columns of shape (n,): numbers float64 (NaN unknown), dates datetime64[D] (NaT unknown), else objects (None)."""

    name: str
    columns: Mapping[str, npt.NDArray[Any]]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(next(iter(self.columns.values())).size)

    def column(self, name: str) -> npt.NDArray[Any]:
        """One column. DatasetError names the columns there are."""
        if name not in self.columns:
            raise DatasetError(
                f"{self.name} has no column {name}; it has {', '.join(list(self.columns)[:30])}. Name one of them."
            )
        return self.columns[name]

    def target(self, name: str) -> Floats:
        """The outcome column as 0.0 and 1.0. DatasetError where it holds anything else or an unknown."""
        column = self.column(name)
        values = np.full(column.size, np.nan) if column.dtype.kind not in "fiub" else column.astype(np.float64)
        wrong = ~np.isin(values, (0.0, 1.0))
        if wrong.any():
            row = int(np.argmax(wrong))
            raise DatasetError(
                f"{self.name}: row {row + 1} of {name} is {column[row]}; {int(wrong.sum())} rows are neither 0 nor 1. "
                "Write 1 for default and 0 for paid, and leave out rows whose outcome is open."
            )
        return values

    def dates(self, name: str) -> npt.NDArray[np.datetime64]:
        """A date column without unknowns. DatasetError otherwise."""
        column = self.column(name)
        if column.dtype.kind != "M" or np.isnat(column).any():
            raise DatasetError(f"{self.name}: {name} is no complete column of dates. Write YYYY-MM-DD in each row.")
        return column

    def weights(self, name: str) -> Floats:
        """A column of weights, scaled to a mean of 1. DatasetError unless they are numbers from 0, not all 0."""
        column = self.column(name)
        if column.dtype.kind != "f" or np.isnan(column).any() or (column < 0).any() or not column.sum() > 0:
            raise DatasetError(f"{self.name}: weights in {name} must be numbers from 0, none unknown, not all 0.")
        return np.asarray(column / column.mean(), dtype=np.float64)

    def facts(self, leaving_out: Collection[str]) -> dict[str, npt.NDArray[Any]]:
        """Columns that may serve as facts: numbers and texts, not dates."""
        return {
            name: column
            for name, column in self.columns.items()
            if name not in leaving_out and column.dtype.kind in "fO"
        }


def read_dataset(path: Path) -> Dataset:
    """Read .csv (UTF-8, else GB 18030; dates as 2026-06-30 or 2026/6/30) or .parquet.

    DatasetError if the file is neither, unreadable, or empty, or holds bytes where text should stand.
    """
    import pyarrow as pa  # noqa: PLC0415 - a bank's table alone needs Arrow
    from pyarrow import parquet  # noqa: PLC0415

    readers = {".csv": _read_csv, ".parquet": parquet.read_table}
    if path.suffix.lower() not in readers:
        raise DatasetError(f"{path} is neither .csv nor .parquet. Give the data as one of them.")
    try:
        table = readers[path.suffix.lower()](path)
    except (OSError, UnicodeDecodeError, pa.ArrowException) as error:
        raise DatasetError(f"{path} cannot be read ({error}). Check the path and the file.") from error
    if not table.num_rows or not table.num_columns:
        raise DatasetError(f"{path} holds no rows. Give a table with a header and at least one row.")
    for field in table.schema:
        if _holds_bytes(field.type):
            raise DatasetError(f"{path}: {field.name} holds bytes, not text. Write it as text in UTF-8.")
    columns = {name: _column(column) for name, column in zip(table.column_names, table.columns, strict=True)}
    if len(columns) != table.num_columns:
        raise DatasetError(f"{path} names a column twice. Rename one of them.")
    return Dataset(path.name, columns)


def _read_csv(path: Path) -> Any:
    from pyarrow import csv  # noqa: PLC0415

    options = csv.ConvertOptions(timestamp_parsers=[csv.ISO8601, "%Y/%m/%d"])
    try:
        table = csv.read_csv(path, convert_options=options)
        if not any(_holds_bytes(field.type) for field in table.schema):
            return table
    except UnicodeDecodeError:
        pass  # a header that is no UTF-8
    return csv.read_csv(path, read_options=csv.ReadOptions(encoding="gb18030"), convert_options=options)


def _holds_bytes(kind: Any) -> bool:
    import pyarrow as pa  # noqa: PLC0415

    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def draft_features(dataset: Dataset, *, leaving_out: Collection[str]) -> str:
    """A features file to edit: every usable column, its kind, sign 0; not those of one value or of names."""
    lines = [
        "# Drafted from the data. Give each feature its label, its group and the sign of your policy:",
        '# "+" more is better for the firm, "-" less is better, "0" left to the data. Drop what must not count.',
        "# A feature may be a ratio of sums of columns; `change` says how far a firm can move it within a year:",
        '#   - {name: debt_ratio, zh: 资产负债率, en: Liabilities to assets, group: financial, sign: "-",',
        "#      value: liabilities / (cash + other_assets),",
        '#      change: {step: "0.02", reach: "0.15", lowest: "0", highest: "2"}}',
        "# Groups: innovation, financial, credit, other. Kinds: number, category.",
        'version: "draft"',
        f"source: {_quoted(dataset.name)}",
        "verified: false",
        "features:",
    ]
    for name, column in dataset.facts(leaving_out).items():
        kind = "category" if column.dtype.kind == "O" else "number"
        known = {level for level in column.tolist() if level is not None and level == level}  # noqa: PLR0124
        if len(known) < _FEW_LEVELS:
            lines.append(f"  # {_quoted(name)} has a single value and is left out")
            continue
        if kind == "category" and len(known) > max(_FEWEST_NAMES, _NAMES_SHARE * column.size):
            lines.append(f"  # {_quoted(name)} differs in most rows, as names and numbers of firms do, and is left out")
            continue
        lines.append(
            f'  - {{name: {_quoted(name)}, zh: {_quoted(name)}, en: {_quoted(name)}, kind: {kind}, sign: "0"}}'
        )
    return "\n".join(lines) + "\n"


def _column(column: Any) -> npt.NDArray[Any]:
    import pyarrow as pa  # noqa: PLC0415

    kind = column.type
    if (
        pa.types.is_boolean(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
    ):
        return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        naive = column.cast(pa.timestamp("us")) if pa.types.is_timestamp(kind) else column
        return np.asarray(naive.to_numpy(zero_copy_only=False), dtype="datetime64[D]")
    texts = np.empty(len(column), dtype=object)
    texts[:] = [None if value is None else str(value) for value in column.to_pylist()]
    return texts


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
