"""The scorecard that serves: lookup tables in hundredths of a point, numpy and nothing else.

Every feature has a table of points by bin, every pair of features a grid of points by both bins; a row's points are the
base plus its entries. All sums are integers, so a row gets the same points alone, in a batch, in any order and in any
split. Band and default probability are read off the points.

Bins of a number: bin i holds edges[i-1] < value <= edges[i]; the last bin but one holds what lies above the last edge,
the last bin unknown values (NaN). Bins of a category: one per group of levels, then unknown; unseen levels: `other`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from scoring.lookup import BlockColumn, BlockGrid, RecordColumns
from scoring.parts import (
    POINTS_HIGHEST,
    POINTS_LOWEST,
    SCALE_END,
    Band,
    Calibration,
    Facts,
    FactsError,
    FeatureTable,
    Ints,
    Manifest,
    PairTable,
    Reason,
    Record,
    RecordScore,
    Scores,
)
from scoring.signs import features_against_their_sign

_BLOCK: Final = 16_384
_FEW_ROWS: Final = 8


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
        self._columns = tuple(BlockColumn(table) for table in self.tables)
        self._grids = tuple(BlockGrid(pair) for pair in self.pairs)
        self._record_columns = RecordColumns(self.tables)
        self._points = tuple(table.points for table in self.tables)
        self._record_grids = tuple((pair.first, pair.second, pair.points) for pair in self.pairs)
        self._lowest, ppm = self._probability_by_points()
        self._ppm = ppm
        ascending = np.array([band.at_least for band in reversed(self.bands)], dtype=np.int64)
        points = np.arange(POINTS_LOWEST, POINTS_HIGHEST + 1)
        self._band = len(self.bands) - np.searchsorted(ascending, points, side="right")

    @property
    def against_their_sign(self) -> list[str]:
        """Features whose points do not obey the policy's sign over the whole range."""
        return features_against_their_sign(self.tables, self._grids)

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
        total = self.totals(facts)
        points = np.clip(total, POINTS_LOWEST, POINTS_HIGHEST)
        return Scores(points, self._band[points], self._ppm[total - self._lowest], facts)

    def reasons(self, scores: Scores, row: int) -> tuple[Reason, ...]:
        """Contributions of one row, most harmful first; with `base` they add up to its points exactly.

        A pair's points go half to each of its features, an odd hundredth to the first. Where the sum lies beyond an end
        of the scale, the reason SCALE_END holds the difference.
        """
        shares = self._shares(self._record_columns.bins(self.record(scores.facts, row)))
        reasons = [
            Reason(feature.name, feature.zh, feature.en, share)
            for feature, share in zip(self.features, shares, strict=True)
        ]
        beyond = int(scores.points[row]) - self.base - sum(shares)
        if beyond:
            reasons.append(Reason(SCALE_END, "评分区间端点调整", "End of the scale", beyond))
        return tuple(sorted(reasons, key=lambda reason: (reason.contribution, reason.name)))

    def score_record(self, record: Record, *, reasons: int = 4) -> RecordScore:
        """Score one applicant from plain values by fact; absent and None are unknown. The same points as `score`."""
        shares = self._shares(self._record_columns.bins(record))
        total = self.base + sum(shares)
        points = min(max(total, POINTS_LOWEST), POINTS_HIGHEST)
        order = sorted(range(len(shares)), key=shares.__getitem__)[:reasons]
        features = self.features
        first = [Reason(features[at].name, features[at].zh, features[at].en, shares[at]) for at in order]
        band, probability = self._band.item(points), self._ppm.item(total - self._lowest)
        return RecordScore(points, band, probability, tuple(first))

    def recalibrated(self, calibration: Calibration) -> Scorecard:
        """The same score, bands and reasons with another default probability."""
        return self._with(self.manifest, calibration)

    def described(self, manifest: Manifest) -> Scorecard:
        """The same scorecard with another manifest."""
        return self._with(manifest, self.calibration)

    def _with(self, manifest: Manifest, calibration: Calibration) -> Scorecard:
        return Scorecard(
            manifest=manifest,
            digest=self.digest,
            base=self.base,
            tables=self.tables,
            pairs=self.pairs,
            bands=self.bands,
            bands_label=self.bands_label,
            calibration=calibration,
        )

    def totals(self, facts: Facts) -> Ints:
        """Points before they are held within the scale's ends, shape (n,)."""
        rows = self._rows(facts)
        return self._few(facts, rows) if rows <= _FEW_ROWS else self._many(facts, rows)

    def record(self, facts: Facts, row: int) -> Record:
        """The facts of one row as plain values."""
        return {name: facts[name].item(row) for name in self.facts}

    def points_with(self, record: Record, changed: Mapping[int, float]) -> int:
        """Points of a record whose features at some positions (numbers all) are changed to other values."""
        bins = self._record_columns.bins(record)
        for place, value in changed.items():
            bins[place] = bisect_left(self.tables[place].edges, value)
        return min(max(self.base + sum(self._shares(bins)), POINTS_LOWEST), POINTS_HIGHEST)

    def bin_counts(self, facts: Facts) -> tuple[Ints, ...]:
        """Rows in each bin of each feature's table."""
        whole = slice(0, self._rows(facts))
        return tuple(
            np.bincount(column.bins(facts, whole), minlength=len(table.points)).astype(np.int64)
            for column, table in zip(self._columns, self.tables, strict=True)
        )

    def _shares(self, bins: list[int]) -> list[int]:
        """Points of each feature with its half of the pairs it stands in."""
        shares = [points[at] for points, at in zip(self._points, bins, strict=True)]
        for first, second, grid in self._record_grids:
            points = grid[bins[first]][bins[second]]
            half = points // 2
            shares[second] += half
            shares[first] += points - half
        return shares

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
        records = (self.record(facts, row) for row in range(rows))
        totals = [self.base + sum(self._shares(self._record_columns.bins(record))) for record in records]
        return np.array(totals, dtype=np.int64)

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

    def _probability_by_points(self) -> tuple[int, Ints]:
        lowest = self.base + sum(min(table.points) for table in self.tables)
        highest = self.base + sum(max(table.points) for table in self.tables)
        lowest += sum(min(map(min, pair.points)) for pair in self.pairs)
        highest += sum(max(map(max, pair.points)) for pair in self.pairs)
        margin = self.calibration.at(np.arange(lowest, highest + 1))
        return lowest, np.rint(1e6 / (1.0 + np.exp(-margin))).astype(np.int64)
