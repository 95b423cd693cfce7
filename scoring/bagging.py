"""Bags of boosted trees on bin codes, each with rows it has not seen.

A bag leaves one fold out. What it says of that fold, after every round of boosting, is honest: from it come the number
of rounds, the share of the weight-of-evidence model, the worth of pairs and the calibration (`scoring.blending`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped] # publishes no types

from scoring.bins import Columns, Cuts, bins_of, cut
from scoring.evidence import evidence_tables
from scoring.pairs import Pair
from scoring.platt import anchored_loss
from scoring.tables import Tables, compile_trees

Floats: TypeAlias = npt.NDArray[np.float64]
Bins: TypeAlias = npt.NDArray[np.intp]

SCOUTS: Final = 2
"""Bags that find how many rounds are worth growing for them all: two, so that two processors are at work."""

_STOPS: Final = 40
_STAGES: Final = (0.5, 0.75, 1.0)
"""Of the most rounds: where a scout looks whether more of them would help."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Training rows as the trees see them: codes and bins (features, n), target 0/1 and weight (n,)."""

    codes: Floats
    bins: Bins
    target: Floats
    weight: Floats
    bin_counts: tuple[int, ...]
    signs: tuple[int, ...]

    @classmethod
    def of(cls, codes: Floats, target: Floats, weight: Floats, cuts: Sequence[Cuts], signs: Sequence[int]) -> Sample:
        """Rows by their codes (features, n)."""
        bins = np.array([bins_of(row, one) for row, one in zip(codes, cuts, strict=True)])
        return cls(codes, bins, target, weight, tuple(one.count for one in cuts), tuple(signs))


def sampled(
    columns: Columns, target: Floats, weight: Floats, folds: Sequence[Bins], most_bins: int, signs: Sequence[int]
) -> tuple[Sample, tuple[Cuts, ...]]:
    """Training columns cut into bins, levels of many-levelled categories coded out of fold."""
    cut_columns = [cut(column, target, weight, folds, most_bins) for column in columns]
    cuts = tuple(one for one, _ in cut_columns)
    return Sample.of(np.array([codes for _, codes in cut_columns]), target, weight, cuts, signs), cuts


@dataclass(frozen=True, slots=True)
class Boosting:
    """Settings of the trees."""

    learning_rate: float
    most_rounds: int
    leaves: int
    least_rows: int
    ridge: float
    feature_share: float
    seed: int


@dataclass(frozen=True, slots=True)
class Split:
    """Rows left out, rows learned from, and the evidence model of the latter."""

    left_out: Bins
    inside: Bins
    evidence: Tables


def splits(sample: Sample, folds: Sequence[Bins], *, threads: int) -> list[Split]:
    """One split per fold; bags of the same fold share it."""
    with ThreadPoolExecutor(max_workers=threads) as pool:
        return list(pool.map(lambda fold: _split(sample, fold), folds))


@dataclass(frozen=True, slots=True)
class Bag:
    """One bag: its split, the log-odds of its left-out rows after each round (rounds, rows), its trees and pairs."""

    split: Split
    path: Floats
    model: Any
    pairs: tuple[Pair, ...]

    @property
    def left_out(self) -> Bins:
        """Rows the bag has not seen."""
        return self.split.left_out

    def tables(self, rounds: int, bin_counts: Sequence[int]) -> Tables:
        """The trees of the first rounds as tables."""
        trees = [tree for (tree,) in self.model._predictors[:rounds]]  # noqa: SLF001 - the trees have no public name
        return compile_trees(trees, float(self.model._baseline_prediction.item()), bin_counts)  # noqa: SLF001


def grow(
    sample: Sample,
    among: Sequence[Split],
    pairs_of: Sequence[tuple[Pair, ...]],
    boosting: Boosting,
    *,
    threads: int,
    rounds: int | None = None,
    numbered_from: int = 0,
) -> list[Bag]:
    """One bag per split. Without `rounds` the first bags find how many are worth growing, the others follow them.

    A bag's number decides its lots: bags grown later to join others are numbered on.
    """
    controller = ThreadpoolController()

    def one(position: int, stages: Sequence[int]) -> Bag:
        with controller.limit(limits=1, user_api="openmp"):
            lot = numbered_from + position
            return _bag(sample, among[position], pairs_of[position], boosting, lot, stages)

    stages = [math.ceil(share * boosting.most_rounds) for share in _STAGES]
    with ThreadPoolExecutor(max_workers=threads) as pool:
        scouts = [] if rounds else list(pool.map(lambda place: one(place, stages), range(min(SCOUTS, len(among)))))
        worth = rounds or min(boosting.most_rounds, int(1.2 * _best_rounds(sample, scouts)) + 10)
        rest = pool.map(lambda place: one(place, [worth]), range(len(scouts), len(among)))
        return [*scouts, *rest]


def stops_of(bags: Sequence[Bag]) -> Bins:
    """Positions of the rounds that are compared, of those that all bags have grown."""
    rounds = min(len(bag.path) for bag in bags)
    return np.unique(np.linspace(0, rounds, _STOPS + 1).astype(np.intp)[1:] - 1)


def left_out_loss(sample: Sample, bags: Sequence[Bag], margins: Sequence[Floats]) -> Floats:
    """Anchored loss summed over the rows all bags have left out, shape (k,), of margins (k, rows) for each bag."""
    total = np.zeros(len(margins[0]))
    for bag, own in zip(bags, margins, strict=True):
        weight = sample.weight[bag.left_out]
        total += anchored_loss(sample.target[bag.left_out], weight, own) @ weight
    return total


def _split(sample: Sample, left_out: Bins) -> Split:
    known = np.ones(sample.target.size, dtype=np.bool_)
    known[left_out] = False
    inside = np.flatnonzero(known)
    evidence = evidence_tables(
        sample.bins[:, inside], sample.target[inside], sample.weight[inside], sample.bin_counts, sample.signs
    )
    return Split(left_out, inside, evidence)


def _bag(
    sample: Sample, split: Split, pairs: tuple[Pair, ...], boosting: Boosting, lot: int, stages: Sequence[int]
) -> Bag:
    """Grown to the first of the stages (rounds) beyond which more would not help the rows left out, or to the last."""
    model = _model(sample, pairs, boosting, lot)
    weight = sample.weight[split.inside]
    seen = (_told(sample.codes[:, split.inside]).T, sample.target[split.inside])
    for rounds in stages:
        model.set_params(max_iter=rounds).fit(*seen, sample_weight=None if (weight == 1.0).all() else weight)
        path = np.array([one.ravel() for one in model.staged_decision_function(sample.codes[:, split.left_out].T)])
        bag = Bag(split, path, model, pairs)
        if rounds == stages[-1] or _best_rounds(sample, [bag]) < 0.8 * rounds:
            break
    return bag


def _model(sample: Sample, pairs: tuple[Pair, ...], boosting: Boosting, lot: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        learning_rate=boosting.learning_rate,
        max_leaf_nodes=boosting.leaves,
        min_samples_leaf=boosting.least_rows,
        l2_regularization=boosting.ridge,
        max_bins=min(255, max(sample.bin_counts)),
        max_features=boosting.feature_share,
        interaction_cst=[{feature} for feature in range(len(sample.codes))] + [set(pair) for pair in pairs],
        monotonic_cst=list(sample.signs),
        early_stopping=False,
        warm_start=True,
        random_state=boosting.seed + lot,
    )


def _told(codes: Floats) -> Floats:
    """Codes (features, n) in which a feature that is unknown throughout, which scikit-learn cannot bin, is constant."""
    codes[np.isnan(codes).all(axis=1)] = 0.0
    return codes


def _best_rounds(sample: Sample, bags: Sequence[Bag]) -> int:
    """How many rounds do best on the rows left out, of those that all bags have grown."""
    stops = stops_of(bags)
    return int(stops[left_out_loss(sample, bags, [bag.path[stops] for bag in bags]).argmin()]) + 1
