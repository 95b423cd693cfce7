"""The draws of the generated population as raw int64 columns (`MISSING` is unknown)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from products.columns import MISSING, Bools, Ints

Floats: TypeAlias = npt.NDArray[np.float64]


class Streams:
    """One generator per variable name; ``width`` numbers for each of ``rows`` rows, of which ``chosen`` are used."""

    def __init__(self, seed: int, rows: int, *, width: int = 1, chosen: Bools | None = None) -> None:
        self._seed = seed
        self._shape = (rows, width)
        self._chosen = np.ones(self._shape, dtype=np.bool_) if chosen is None else chosen

    def uniform(self, name: str, low: float = 0.0, high: float = 1.0) -> Floats:
        """Numbers in [low, high)."""
        generator = np.random.default_rng([self._seed, zlib.crc32(name.encode())])
        numbers: Floats = generator.random(self._shape)[self._chosen]
        return low + (high - low) * numbers

    def whole(self, name: str, low: int, high: int) -> Ints:
        """Whole numbers from low to high, both included."""
        return np.floor(self.uniform(name, low, high + 1)).astype(np.int64)

    def weighted(self, name: str, weights: Sequence[float]) -> Ints:
        """Positions in ``weights``, each as often as its weight says."""
        cumulative = np.cumsum(weights) / np.sum(weights)
        positions = np.searchsorted(cumulative, self.uniform(name), side="right")
        return np.minimum(positions, len(weights) - 1).astype(np.int64)

    def flag(self, name: str, share: float, *, unknown: float = 0.0) -> Ints:
        """1 with probability ``share``, else 0; unknown with probability ``unknown``."""
        flags = (self.uniform(name) < share).astype(np.int64)
        return struck_out(flags, self.uniform(f"unknown {name}") < unknown)


def struck_out(raw: Ints, unknown: Bools) -> Ints:
    """The values, unknown where ``unknown``."""
    return np.where(unknown, MISSING, raw)


def rounded(amounts: Floats, unit: int) -> Ints:
    """Amounts in yuan as fen, rounded to whole ``unit`` yuan."""
    return np.rint(amounts / unit).astype(np.int64) * unit * 100


@dataclass(frozen=True, slots=True)
class Family:
    """Children: the row each belongs to, and their raw columns."""

    parent: Ints
    raw: Mapping[str, Ints]
    serial: Ints


@dataclass(frozen=True, slots=True)
class Drawn:
    """A population as raw columns; ``serial`` (n,) makes names and codes."""

    raw: Mapping[str, Ints]
    families: Mapping[str, Family]
    serial: Ints
