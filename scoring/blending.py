"""What bags of boosted trees say together: rounds, share of evidence, worth of pairs, and their tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.bagging import Bag, Sample, left_out_loss, stops_of
from scoring.pairs import Pair, ranked_pairs
from scoring.platt import anchored_loss, sigmoid
from scoring.tables import Tables, average, mixture

Floats: TypeAlias = npt.NDArray[np.float64]
Bins: TypeAlias = npt.NDArray[np.intp]

EVIDENCE_SHARES: Final = tuple(tenth / 10 for tenth in range(11))


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


def blend(sample: Sample, bags: Sequence[Bag]) -> Blend:
    """Choose rounds and evidence share by the mean loss on the rows the bags have left out.

    Losses are taken after each bag's log-odds are moved to the default rate of its left-out rows: where that rate
    drifts over time, every model errs by the drift, and the calibration is what answers for it. Rounds are chosen for
    the trees alone, then the share for them, then the rounds again with that share.
    """
    evidence = [bag.split.evidence.margin(sample.bins[:, bag.left_out]) for bag in bags]
    stops = stops_of(bags)
    last = int(stops[left_out_loss(sample, bags, [bag.path[stops] for bag in bags]).argmin()])
    shares = np.array(EVIDENCE_SHARES)[:, None]
    mixed = [(1.0 - shares) * bag.path[last] + shares * own for bag, own in zip(bags, evidence, strict=True)]
    share = EVIDENCE_SHARES[int(left_out_loss(sample, bags, mixed).argmin())]
    if share:
        mixed = [(1.0 - share) * bag.path[stops] + share * own for bag, own in zip(bags, evidence, strict=True)]
        last = int(stops[left_out_loss(sample, bags, mixed).argmin()])
    margin = [(1.0 - share) * bag.path[last] + share * own for bag, own in zip(bags, evidence, strict=True)]
    losses = [
        anchored_loss(sample.target[bag.left_out], sample.weight[bag.left_out], own[None, :])[0]
        for bag, own in zip(bags, margin, strict=True)
    ]
    rows = np.concatenate([bag.left_out for bag in bags])
    return Blend(last + 1, share, rows, np.concatenate(margin), np.concatenate(losses))


def together(bags: Sequence[Bag], rounds: int, evidence_share: float, bin_counts: Sequence[int]) -> Tables:
    """The mean of the bags' tables, mixed with the mean of their evidence tables."""
    trees = average([bag.tables(rounds, bin_counts) for bag in bags])
    return mixture(trees, average([bag.split.evidence for bag in bags]), evidence_share)


def pairs_within(sample: Sample, bag: Bag, rounds: int) -> list[tuple[float, Pair]]:
    """Pairs ranked on the bag's own rows alone, by what its one-way tables leave unexplained there."""
    inside = bag.split.inside
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
