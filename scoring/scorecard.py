"""The scorecard that serves: lookup tables in hundredths of a point, numpy and nothing else.

Every feature has a table of points by bin, every pair of features a grid of points by both bins; a row's points are the
base plus its entries. All sums are integers, so a row gets the same points alone, in a batch, in any order and in any
split. Band and default probability are read off the points.

Bins of a number: bin i holds edges[i-1] < value <= edges[i]; the last bin but one holds what lies above the last edge,
the last bin unknown values (NaN). Bins of a category: one per group of levels, then unknown; unseen levels: `other`.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.features import Feature, FeatureKind

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Facts: TypeAlias = Mapping[str, npt.NDArray[Any]]

POINTS_LOWEST: Final = 0
POINTS_HIGHEST: Final = 10_000
SCALE_END: Final = "scale_end"

_BLOCK: Final = 16_384
_FEW_ROWS: Final = 8
_MOST_COUNTED_EDGES: Final = 100
_NAN: Final = math.nan


class FactsError(ValueError):
    """Facts that cannot be scored: a column is missing or has the wrong length."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band of the innovation score: from `at_least` hundredths of a point up to the next better band."""

    name: str
    at_least: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log-odds of default = intercept + slope x points / 1000, of the points in hundredths as summed, not clipped."""

    intercept: float
    slope: float
    label: str


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """One-way table. `edges` are ascending; `levels` map a level to its bin, unseen ones to `other`; points (bins,)."""

    feature: Feature
    edges: tuple[float, ...]
    levels: Mapping[str, int]
    points: tuple[int, ...]
    other: int = 0

    @property
    def unknown_bin(self) -> int:
        """The last bin."""
        return len(self.points) - 1


@dataclass(frozen=True, slots=True)
class PairTable:
    """Two-way grid of points, shape (bins of first, bins of second); `first` and `second` are positions of features."""

    first: int
    second: int
    points: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """What one feature adds to the points, in hundredths, against the average firm the model has seen."""

    name: str
    zh: str
    en: str
    contribution: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Columns of shape (n,): points in hundredths (0..10000), position in the scorecard's bands, probability in ppm."""

    points: Ints
    band: Ints
    default_probability_ppm: Ints
    facts: Facts = field(repr=False, compare=False)

    def __len__(self) -> int:
        return int(self.points.size)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the artefact says of itself; `metrics` are named figures of the training report."""

    model_id: str
    title_zh: str
    title_en: str
    synthetic: bool
    data_sha256: str
    rows: int
    defaults: int
    seed: int
    versions: Mapping[str, str]
    metrics: Mapping[str, float]


class Scorecard:
    """Scores facts. Build one with `scoring.load`; its tables are never changed."""

    def __init__(
        self,
        *,
        manifest: Manifest,
        digest: str,
        base: int,
        tables: Sequence[FeatureTable],
        pairs: Sequence[PairTable],
        bands: Sequence[Band],
        bands_label: str,
        calibration: Calibration,
    ) -> None:
        self.manifest = manifest
        self.digest = digest
        self.base = base
        self.tables = tuple(tables)
        self.pairs = tuple(pairs)
        self.bands = tuple(bands)
        self.bands_label = bands_label
        self.calibration = calibration
        self.features = tuple(table.feature for table in self.tables)
        self.facts = tuple(dict.fromkeys(name for feature in self.features for name in feature.facts))
        self._columns = tuple(_Column(table) for table in self.tables)
        self._grids = tuple(_Grid(pair) for pair in self.pairs)
        self._lowest, ppm = self._probability_by_points()
        self._ppm = ppm
        ascending = np.array([band.at_least for band in reversed(self.bands)], dtype=np.int64)
        points = np.arange(POINTS_LOWEST, POINTS_HIGHEST + 1)
        self._band = len(self.bands) - np.searchsorted(ascending, points, side="right")

    @property
    def model_id(self) -> str:
        """Name and version of the model."""
        return self.manifest.model_id

    @property
    def synthetic(self) -> bool:
        """True where the model was trained on generated firms."""
        return self.manifest.synthetic

    def score(self, facts: Facts) -> Scores:
        """Score n rows: every name of `self.facts` an array of shape (n,), NaN for unknown. FactsError otherwise."""
        rows = self._rows(facts)
        total = self._few(facts, rows) if rows <= _FEW_ROWS else self._many(facts, rows)
        points = np.clip(total, POINTS_LOWEST, POINTS_HIGHEST)
        return Scores(points, self._band[points], self._ppm[total - self._lowest], facts)

    def reasons(self, scores: Scores, row: int) -> tuple[Reason, ...]:
        """Contributions of one row, most harmful first; with `base` they add up to its points exactly.

        A pair's points go half to each of its features, an odd hundredth to the first. Where the sum lies beyond an end
        of the scale, the reason SCALE_END holds the difference.
        """
        bins = self._bins(self._reader(scores.facts, row))
        shares = [table.points[position] for table, position in zip(self.tables, bins, strict=True)]
        for pair in self.pairs:
            points = pair.points[bins[pair.first]][bins[pair.second]]
            shares[pair.second] += points // 2
            shares[pair.first] += points - points // 2
        reasons = [
            Reason(feature.name, feature.zh, feature.en, share)
            for feature, share in zip(self.features, shares, strict=True)
        ]
        beyond = int(scores.points[row]) - self.base - sum(shares)
        if beyond:
            reasons.append(Reason(SCALE_END, "评分区间端点调整", "End of the scale", beyond))
        return tuple(sorted(reasons, key=lambda reason: (reason.contribution, reason.name)))

    def _rows(self, facts: Facts) -> int:
        missing = [name for name in self.facts if name not in facts]
        if missing:
            raise FactsError(
                f"Score {self.model_id} needs the facts {', '.join(missing)}. Give an array for each, NaN if unknown."
            )
        lengths = {len(facts[name]) for name in self.facts}
        if len(lengths) != 1:
            raise FactsError(
                f"The facts have different lengths: {sorted(lengths)}. Give one entry per applicant in each."
            )
        return lengths.pop()

    def _few(self, facts: Facts, rows: int) -> Ints:
        total = np.empty(rows, dtype=np.int64)
        for row in range(rows):
            bins = self._bins(self._reader(facts, row))
            points = self.base
            for table, position in zip(self.tables, bins, strict=True):
                points += table.points[position]
            for pair in self.pairs:
                points += pair.points[bins[pair.first]][bins[pair.second]]
            total[row] = points
        return total

    def _many(self, facts: Facts, rows: int) -> Ints:
        total = np.empty(rows, dtype=np.int64)
        paired = {position for pair in self.pairs for position in (pair.first, pair.second)}
        for start in range(0, rows, _BLOCK):
            block = slice(start, min(start + _BLOCK, rows))
            points = np.full(block.stop - start, self.base, dtype=np.int32)
            kept: dict[int, npt.NDArray[np.intp]] = {}
            for position, column in enumerate(self._columns):
                bins = column.bins(facts, block)
                points += column.points[bins]
                if position in paired:
                    kept[position] = bins.astype(np.intp)
            for grid in self._grids:
                points += grid.points[kept[grid.first] * grid.width + kept[grid.second]]
            total[block] = points
        return total

    def _bins(self, read: Callable[[str], Any]) -> list[int]:
        return [column.bin(read) for column in self._columns]

    @staticmethod
    def _reader(facts: Facts, row: int) -> Callable[[str], Any]:
        def read(name: str) -> Any:
            return facts[name][row].item()

        return read

    def _probability_by_points(self) -> tuple[int, Ints]:
        lowest = self.base + sum(min(table.points) for table in self.tables)
        highest = self.base + sum(max(table.points) for table in self.tables)
        lowest += sum(min(map(min, pair.points)) for pair in self.pairs)
        highest += sum(max(map(max, pair.points)) for pair in self.pairs)
        margin = self.calibration.intercept + self.calibration.slope * np.arange(lowest, highest + 1) / 1000.0
        return lowest, np.rint(1e6 / (1.0 + np.exp(-margin))).astype(np.int64)


class _Column:
    """A feature's table ready for lookup, by block and by single value."""

    __slots__ = ("_bottom", "_edges", "_feature", "_levels", "_numbers", "_other", "_top", "_unknown", "points")

    def __init__(self, table: FeatureTable) -> None:
        self._feature = table.feature
        self._top = table.feature.numerator
        self._bottom = table.feature.denominator
        self._levels = table.levels if table.feature.kind is FeatureKind.CATEGORY else None
        self._unknown = table.unknown_bin
        self._other = table.other
        self._edges = table.edges
        self._numbers = np.array([*table.edges, math.inf])
        self.points = np.array(table.points, dtype=np.int32)

    def bin(self, read: Callable[[str], Any]) -> int:
        """The bin of one value."""
        if self._levels is not None:
            return self._level_bin(read(self._top[0][0]))
        value = _sum_of_one(self._top, read)
        if self._bottom:
            bottom = _sum_of_one(self._bottom, read)
            value = value / bottom if bottom > 0.0 else _NAN
        return bisect_left(self._edges, value) if value == value else self._unknown  # noqa: PLR0124 - NaN differs from itself

    def bins(self, facts: Facts, block: slice) -> npt.NDArray[Any]:
        """Bins of a block of rows, shape (rows of the block,)."""
        if self._levels is not None:
            return self._level_bins(facts[self._top[0][0]][block])
        values = feature_values(self._feature, facts, block)
        if len(self._edges) > _MOST_COUNTED_EDGES:
            return np.searchsorted(self._numbers, values)
        return self._counted(values)

    def _counted(self, values: Floats) -> npt.NDArray[np.uint8]:
        # Counting the edges below a value is faster than a binary search up to some hundred edges.
        above = np.isnan(values)
        bins = above.view(np.uint8) * np.uint8(self._unknown)
        for edge in self._edges:
            np.greater(values, edge, out=above)
            bins += above.view(np.uint8)
        return bins

    def _level_bin(self, level: Any) -> int:
        text = level_text(level)
        if text is None or self._levels is None:
            return self._unknown
        return self._levels.get(text, self._other)

    def _level_bins(self, levels: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
        if levels.dtype.kind in "fiub":
            different, where = np.unique(levels, return_inverse=True)
            return np.array([self._level_bin(level) for level in different.tolist()], dtype=np.intp)[where]
        return np.fromiter((self._level_bin(level) for level in levels.tolist()), np.intp, levels.size)


class _Grid:
    """A pair's grid, flattened."""

    __slots__ = ("first", "points", "second", "width")

    def __init__(self, pair: PairTable) -> None:
        self.first = pair.first
        self.second = pair.second
        self.width = len(pair.points[0])
        self.points = np.array(pair.points, dtype=np.int32).ravel()


def level_text(level: Any) -> str | None:
    """The name under which a category's level stands in an artefact; None for unknown (None, NaN, empty text)."""
    if level is None or level == "" or level != level:  # noqa: PLR0124 - NaN differs from itself
        return None
    if isinstance(level, float) and level.is_integer():
        return str(int(level))
    return str(level)


def feature_values(feature: Feature, facts: Facts, block: slice = slice(None)) -> Floats:
    """A number feature's values of shape (n,), NaN where unknown."""
    values = _sum_of_many(feature.numerator, facts, block)
    if not feature.denominator:
        return values
    bottom = _sum_of_many(feature.denominator, facts, block)
    quotient: Floats = np.divide(values, bottom, out=np.full(values.shape, _NAN), where=bottom > 0.0)
    return quotient


def _sum_of_one(terms: tuple[tuple[str, float], ...], read: Callable[[str], Any]) -> float:
    name, coefficient = terms[0]
    total: float = coefficient * read(name)
    for name, coefficient in terms[1:]:
        total += coefficient * read(name)
    return total


def _sum_of_many(terms: tuple[tuple[str, float], ...], facts: Facts, block: slice) -> Floats:
    name, coefficient = terms[0]
    total: Floats = np.asarray(facts[name][block], dtype=np.float64)
    if coefficient != 1.0:
        total = coefficient * total
    for name, coefficient in terms[1:]:
        total = total + coefficient * facts[name][block]
    return total
