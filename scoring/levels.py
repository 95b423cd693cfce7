"""Levels of categories: their names, their bins, and columns of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.parts import FactsError, FeatureTable

Bins: TypeAlias = npt.NDArray[np.intp]


def level_text(level: Any) -> str | None:
    """The name under which a category's level stands in an artefact; None for unknown (None, NaN, empty text)."""
    if level is None or level == "" or level != level:  # noqa: PLR0124 - NaN differs from itself
        return None
    if isinstance(level, float) and level.is_integer():
        return str(int(level))
    return str(level)


def level_bin(level: Any, table: FeatureTable) -> int:
    """The bin of a category's level."""
    text = level_text(level)
    return table.unknown_bin if text is None else table.levels.get(text, table.other)


class LevelBins(dict[Any, int]):
    """Bins by level: known levels at hand, others worked out when asked for, nothing kept."""

    def __init__(self, table: FeatureTable) -> None:
        super().__init__(table.levels)
        self._table = table

    def __missing__(self, level: Any) -> int:
        return level_bin(level, self._table)

    def of(self, column: npt.NDArray[Any] | Levels) -> Bins:
        """Bins of a column, shape (n,)."""
        if isinstance(column, Levels):
            names = np.array([*map(self.__getitem__, column.names), self._table.unknown_bin], dtype=np.intp)
            return names[column.codes]
        if column.dtype.kind in "fiub":
            different, where = np.unique(column, return_inverse=True)
            return np.array([level_bin(level, self._table) for level in different.tolist()], dtype=np.intp)[where]
        return np.fromiter(map(self.__getitem__, column.tolist()), np.intp, column.size)


class Levels:
    """A column of levels as Parquet and Arrow keep it: `codes` (n,) number the `names`, -1 is unknown.

    It takes the place of an array of texts among the facts of `Scorecard.score`, at a fraction of the time.
    """

    __slots__ = ("codes", "names")

    def __init__(self, codes: npt.NDArray[Any], names: Sequence[str | None]) -> None:
        if codes.size and not -1 <= int(codes.min()) <= int(codes.max()) < len(names):
            raise FactsError(f"Codes of levels must lie from -1 to {len(names) - 1}. Number the names from 0.")
        self.codes: npt.NDArray[np.int32] = np.asarray(codes, dtype=np.int32)
        self.names = names

    @classmethod
    def of_arrow(cls, column: Any) -> Levels:
        """From a pyarrow array or chunked array of text, dictionary-encoded or not."""
        whole = column.combine_chunks() if hasattr(column, "combine_chunks") else column
        encoded = whole if hasattr(whole, "indices") else whole.dictionary_encode()
        return cls(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist())

    def __len__(self) -> int:
        return int(self.codes.size)

    def __getitem__(self, rows: slice | npt.NDArray[Any]) -> Levels:
        taken = object.__new__(Levels)
        taken.codes, taken.names = self.codes[rows], self.names
        return taken

    def item(self, row: int) -> str | None:
        """The level of one row."""
        code = int(self.codes[row])
        return None if code < 0 else self.names[code]
