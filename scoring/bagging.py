"""Bags of boosted trees on bin codes, each with rows it has not seen, and the model the bags make together.

A bag leaves one fold out. What it says of that fold, after every round of boosting, is honest: from it come the number
of rounds, the share of the weight-of-evidence model, the worth of pairs and the calibration.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped] # publishes no types

from scoring.bins import Columns, Cuts, bins_of, cut
from scoring.evidence import evidence_tables
from scoring.pairs import Pair, ranked_pairs
from scoring.platt import anchored_loss, sigmoid
from scoring.tables import Tables, average, compile_trees, mixture

Floats: TypeAlias = npt.NDArray[np.float64]
Bins: TypeAlias = npt.NDArray[np.intp]

EVIDENCE_SHARES: Final = tuple(tenth / 10 for tenth in range(11))
_STOPS: Final = 40


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
class Bag:
    """One bag: its left-out rows, their log-odds after each round (rounds, rows), its trees and evidence model."""

    left_out: Bins
    path: Floats
    model: Any
    evidence: Tables
    pairs: tuple[Pair, ...]

    def tables(self, rounds: int, bin_counts: Sequence[int]) -> Tables:
        """The trees of the first rounds as tables."""
        trees = [tree for (tree,) in self.model._predictors[:rounds]]  # noqa: SLF001 - the trees have no public name
        return compile_trees(trees, float(self.model._baseline_prediction.item()), bin_counts)  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class Blend:
    """The best number of rounds and share of evidence on left-out rows, with their log-odds and losses there."""

    rounds: int
    evidence_share: float
    rows: Bins
    margin: Floats
    loss: Floats

    @property
    def mean_loss(self) -> float:
        """Mean loss of the rows."""
        return float(self.loss.mean())


def grow(
    sample: Sample,
    folds: Sequence[Bins],
    pairs_of: Sequence[tuple[Pair, ...]],
    boosting: Boosting,
    *,
    threads: int,
    rounds: int | None = None,
    numbered_from: int = 0,
) -> list[Bag]:
    """One bag per fold. Without `rounds` the first bag finds how many are worth growing, the others follow it.

    A bag's number decides its lots: bags grown later to join others are numbered on.
    """
    controller = ThreadpoolController()

    def one(position: int, most: int, *, stopping: bool) -> Bag:
        with controller.limit(limits=1, user_api="openmp"):
            lot = numbered_from + position
            return _bag(sample, folds[position], pairs_of[position], boosting, lot, most, stopping=stopping)

    first = one(0, rounds or boosting.most_rounds, stopping=rounds is None)
    following = rounds or min(boosting.most_rounds, int(1.2 * (_best_round(sample, first) + 1)) + 10)
    with ThreadPoolExecutor(max_workers=threads) as pool:
        rest = pool.map(lambda position: one(position, following, stopping=False), range(1, len(folds)))
        return [first, *rest]


def blend(sample: Sample, bags: Sequence[Bag]) -> Blend:
    """Choose rounds and evidence share by the mean loss on the rows the bags have left out.

    Losses are taken after each bag's log-odds are moved to the default rate of its left-out rows: where that rate
    drifts over time, every model errs by the drift, and the calibration is what answers for it. Rounds are chosen for
    the trees alone, then the share for them, then the rounds again with that share.
    """
    evidence = [bag.evidence.margin(sample.bins[:, bag.left_out]) for bag in bags]
    rounds = min(bag.path.shape[0] for bag in bags)
    stops = np.unique(np.linspace(0, rounds, _STOPS + 1).astype(np.intp)[1:] - 1)
    last = int(stops[_total_loss(sample, bags, [bag.path[stops] for bag in bags]).argmin()])
    shares = np.array(EVIDENCE_SHARES)[:, None]
    mixed = [(1.0 - shares) * bag.path[last] + shares * own for bag, own in zip(bags, evidence, strict=True)]
    share = EVIDENCE_SHARES[int(_total_loss(sample, bags, mixed).argmin())]
    if share:
        mixed = [(1.0 - share) * bag.path[stops] + share * own for bag, own in zip(bags, evidence, strict=True)]
        last = int(stops[_total_loss(sample, bags, mixed).argmin()])
    margin = [(1.0 - share) * bag.path[last] + share * own for bag, own in zip(bags, evidence, strict=True)]
    losses = [
        anchored_loss(sample.target[bag.left_out], sample.weight[bag.left_out], own[None, :])[0]
        for bag, own in zip(bags, margin, strict=True)
    ]
    rows = np.concatenate([bag.left_out for bag in bags])
    return Blend(last + 1, share, rows, np.concatenate(margin), np.concatenate(losses))


def _total_loss(sample: Sample, bags: Sequence[Bag], margins: Sequence[Floats]) -> Floats:
    """Anchored loss summed over the rows all bags have left out, shape (k,), of margins (k, rows) for each bag."""
    total = np.zeros(len(margins[0]))
    for bag, own in zip(bags, margins, strict=True):
        weight = sample.weight[bag.left_out]
        total += anchored_loss(sample.target[bag.left_out], weight, own) @ weight
    return total


def together(bags: Sequence[Bag], rounds: int, evidence_share: float, bin_counts: Sequence[int]) -> Tables:
    """The mean of the bags' tables, mixed with the mean of their evidence tables."""
    trees = average([bag.tables(rounds, bin_counts) for bag in bags])
    return mixture(trees, average([bag.evidence for bag in bags]), evidence_share)


def pairs_within(sample: Sample, bag: Bag, rounds: int) -> list[tuple[float, Pair]]:
    """Pairs ranked on the bag's own rows alone, by what its one-way tables leave unexplained there."""
    inside = _inside(sample, bag.left_out)
    tables = bag.tables(rounds, sample.bin_counts)
    bins = sample.bins[:, inside]
    probability = sigmoid(tables.margin(bins))
    weight = sample.weight[inside]
    importance = np.array([float(np.std(main[codes])) for main, codes in zip(tables.mains, bins, strict=True)])
    gradient = weight * (sample.target[inside] - probability)
    return ranked_pairs(bins, gradient, weight * probability * (1.0 - probability), importance)


def common_pairs(rankings: Iterable[Sequence[tuple[float, Pair]]], count: int) -> tuple[Pair, ...]:
    """The pairs with the highest mean gain over the bags."""
    gains: dict[Pair, float] = {}
    for ranking in rankings:
        for gain, pair in ranking:
            gains[pair] = gains.get(pair, 0.0) + gain
    return tuple(sorted(sorted(gains, key=lambda pair: (-gains[pair], pair))[:count]))


def _bag(
    sample: Sample,
    left_out: Bins,
    pairs: tuple[Pair, ...],
    boosting: Boosting,
    lot: int,
    most: int,
    *,
    stopping: bool,
) -> Bag:
    inside = _inside(sample, left_out)
    features = len(sample.codes)
    model = HistGradientBoostingClassifier(
        learning_rate=boosting.learning_rate,
        max_iter=most,
        max_leaf_nodes=boosting.leaves,
        min_samples_leaf=boosting.least_rows,
        l2_regularization=boosting.ridge,
        max_features=boosting.feature_share,
        interaction_cst=[{feature} for feature in range(features)] + [set(pair) for pair in pairs],
        monotonic_cst=list(sample.signs),
        early_stopping=False,
        warm_start=stopping,
        random_state=boosting.seed + lot,
    )
    seen = (_told(sample.codes[:, inside]).T, sample.target[inside], sample.weight[inside])
    unseen = sample.codes[:, left_out].T
    if stopping:
        path = _grown_while_it_helps(model, seen, unseen, sample.target[left_out], most)
    else:
        model.fit(*seen)
        path = _path(model, unseen)
    evidence = evidence_tables(
        sample.bins[:, inside], sample.target[inside], sample.weight[inside], sample.bin_counts, sample.signs
    )
    return Bag(left_out, path, model, evidence, pairs)


def _told(codes: Floats) -> Floats:
    """Codes (features, n) in which a feature that is unknown throughout, which scikit-learn cannot bin, is constant."""
    codes[np.isnan(codes).all(axis=1)] = 0.0
    return codes


def _grown_while_it_helps(
    model: Any, seen: tuple[Floats, Floats, Floats], unseen: Floats, target: Floats, most: int
) -> Floats:
    step = min(150, most)
    for rounds in range(step, most + step, step):
        model.set_params(max_iter=min(rounds, most)).fit(*seen)
        path = _path(model, unseen)
        losses = anchored_loss(target, np.ones(target.size), path).mean(axis=1)
        if losses.argmin() < 0.8 * len(losses):
            break
    return path


def _path(model: Any, unseen: Floats) -> Floats:
    return np.array([margin.ravel() for margin in model.staged_decision_function(unseen)])


def _best_round(sample: Sample, bag: Bag) -> int:
    target, weight = sample.target[bag.left_out], sample.weight[bag.left_out]
    return int(anchored_loss(target, weight, bag.path).mean(axis=1).argmin())


def _inside(sample: Sample, left_out: Bins) -> Bins:
    inside = np.ones(sample.target.size, dtype=np.bool_)
    inside[left_out] = False
    return np.flatnonzero(inside)
