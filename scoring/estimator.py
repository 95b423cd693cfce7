"""InnovationScorecard: a scikit-learn classifier that ends as lookup tables.

One-way tables for every feature and a few two-way grids for pairs, learned by bags of boosted trees, mixed with a
weight-of-evidence logistic regression, calibrated on rows the bags have not seen and compiled exactly. Monotone signs
are given, never learned. How many pairs: 0, 15 or 60, compared on left-out rows (blocks of time where times are given)
with the pairs chosen anew in each bag without them; more pairs are taken only where they are better by more than a
standard error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from scoring.bagging import Bag, Boosting, Sample, Split, grow, sampled, splits
from scoring.bins import Columns
from scoring.blending import Blend, blend, common_pairs, pairs_within, together
from scoring.curve import Curve, fit_curve
from scoring.pairs import Pair
from scoring.platt import sigmoid
from scoring.rehearsal import Rehearsal, rehearse
from scoring.tables import Tables, purify

Floats: TypeAlias = npt.NDArray[np.float64]
Bins: TypeAlias = npt.NDArray[np.intp]

PAIR_COUNTS: Final = (0, 15, 60)
NESTED_BAGS: Final = 4
STANDARD_ERRORS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the rows of the rarer class allow: fewer bins, no pairs and a stronger ridge where there are few."""

    bins: int
    pairs: bool
    ridge: float


@dataclass(frozen=True, slots=True)
class PairTrial:
    """Mean left-out loss with `count` pairs; its gain over the choice without them, and that gain's standard error."""

    count: int
    loss: float
    gain: float
    standard_error: float


def capacity(rarer: int) -> Capacity:
    """The capacity for so many rows of the rarer class."""
    if rarer < 100:
        return Capacity(bins=16, pairs=False, ridge=20.0)
    if rarer < 300:
        return Capacity(bins=32, pairs=False, ridge=5.0)
    return Capacity(bins=64, pairs=True, ridge=5.0)


class InnovationScorecard(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Additive classifier with pairs, for two classes; the second class in sorted order is the default.

    Parameters: `signs` of the effect on the probability of default (one of +1, -1, 0 per feature, None all free);
    `categorical` positions of features that hold levels; `pairs` a number or "auto"; `bags` folds left out in turn;
    `threads` at work, which do not change the result. Rows may hold NaN; levels may be unseen.

    After fit: `cuts_`, `tables_` (log-odds before calibration), `shares_` (of rows by bin), `curve_` (calibration),
    `trials_` of pair counts, `rounds_`, `evidence_share_`, `rehearsal_` (None without times), `left_out_rows_` and
    `left_out_margin_` (log-odds of rows by bags that had not seen them, calibrated by all of them).
    """

    _estimator_type: ClassVar[str] = "classifier"
    curve_: Curve
    rehearsal_: Rehearsal | None

    def __init__(
        self,
        *,
        signs: Sequence[int] | None = None,
        categorical: Sequence[int] | None = None,
        pairs: int | str = "auto",
        bags: int = 8,
        learning_rate: float = 0.15,
        most_rounds: int = 300,
        leaves: int = 6,
        feature_share: float = 0.1,
        random_state: int | np.random.RandomState | None = 0,
        threads: int = 1,
    ) -> None:
        self.signs = signs
        self.categorical = categorical
        self.pairs = pairs
        self.bags = bags
        self.learning_rate = learning_rate
        self.most_rounds = most_rounds
        self.leaves = leaves
        self.feature_share = feature_share
        self.random_state = random_state
        self.threads = threads

    def fit(self, X: Any, y: Any, sample_weight: Any = None, times: Any = None) -> InnovationScorecard:  # noqa: N803
        """Fit to X (n, features) and y (n,). With `times` (n,) pairs are judged on left-out blocks of time."""
        X, y = validate_data(self, X, y, dtype=self._dtype(), ensure_all_finite="allow-nan")  # noqa: N806
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if self.classes_.size != 2:
            raise ValueError(
                f"Only binary classification is supported. The target has {self.classes_.size} class(es); "
                "a scorecard needs exactly two, paid and defaulted."
            )
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        kept = weight > 0
        if np.unique(codes[kept]).size < 2:
            raise ValueError("The rows with a weight above zero have a single class; a scorecard needs both.")
        times = None if times is None else np.asarray(times)[kept]
        self._fit(X[kept], codes[kept].astype(np.float64), weight[kept], times)
        return self

    def decision_function(self, X: Any) -> Floats:  # noqa: N803
        """Calibrated log-odds of the second class, shape (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=self._dtype(), ensure_all_finite="allow-nan", reset=False)  # noqa: N806
        bins = np.array([cuts.bins(column) for cuts, column in zip(self.cuts_, X.T, strict=True)])
        return np.asarray(self.curve_.at(self.tables_.margin(bins)), dtype=np.float64)

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        """Probabilities of both classes, shape (n, 2)."""
        probability = sigmoid(self.decision_function(X))
        return np.column_stack([1.0 - probability, probability])

    def predict(self, X: Any) -> npt.NDArray[Any]:  # noqa: N803
        """The likelier class of each row, shape (n,)."""
        likelier = (self.decision_function(X) > 0).astype(np.intp)
        return np.asarray(self.classes_[likelier])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags

    def _dtype(self) -> Any:
        return object if self.categorical else np.float64

    def _fit(self, X: npt.NDArray[Any], target: Floats, weight: Floats, times: Any) -> None:  # noqa: N803
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        rarer = int(min(target.sum(), (1.0 - target).sum()))
        self.capacity_ = capacity(rarer)
        folds = _folds(target, min(self.bags, rarer), seed)
        levels = set(self.categorical or ())
        columns = [column if place in levels else column.astype(np.float64) for place, column in enumerate(X.T)]
        signs = tuple(self.signs) if self.signs is not None else (0,) * len(columns)
        if len(signs) != len(columns) or set(signs) - {-1, 0, 1}:
            raise ValueError(f"`signs` must hold -1, 0 or 1 for each of {len(columns)} features; it is {signs}.")
        sample, self.cuts_ = sampled(columns, target, weight, folds, self.capacity_.bins, signs)
        boosting = self._boosting(target.size, seed)
        judged = None if times is None or self._counts() == (0,) else self._splits(sample, _blocks(times))
        tables = self._learn(sample, self._splits(sample, folds), judged, boosting)
        rehearsal = None if times is None else self._rehearsed(columns, sample, times, folds, boosting)
        self._settle(rehearsal)
        self.shares_ = tuple(
            np.bincount(row, weight, count) / weight.sum()
            for row, count in zip(sample.bins, sample.bin_counts, strict=True)
        )
        self.tables_: Tables = purify(tables, self.shares_)

    def _settle(self, rehearsal: Rehearsal | None) -> None:
        self.rehearsal_ = rehearsal
        if rehearsal is not None and rehearsal.moved:
            self.curve_ = self.curve_.moved(rehearsal.line)

    def _rehearsed(
        self, columns: Columns, sample: Sample, times: npt.NDArray[Any], folds: Sequence[Bins], boosting: Boosting
    ) -> Rehearsal | None:
        return rehearse(
            columns, sample, times, self.curve_, folds=folds, most_bins=self.capacity_.bins, boosting=boosting,
            rounds=self.rounds_, evidence_share=self.evidence_share_, pairs=self.pairs_,
        )  # fmt: skip

    def _boosting(self, rows: int, seed: int) -> Boosting:
        return Boosting(
            learning_rate=self.learning_rate,
            most_rounds=self.most_rounds,
            leaves=self.leaves,
            least_rows=int(np.clip(rows // 100, 1 if rows < 100 else 10, 60)),
            ridge=self.capacity_.ridge,
            feature_share=self.feature_share,
            seed=seed % (2**31 - 1_000),
        )

    def _learn(
        self, sample: Sample, folds: Sequence[Split], blocks: Sequence[Split] | None, boosting: Boosting
    ) -> Tables:
        some, others = folds[:NESTED_BAGS], folds[NESTED_BAGS:]
        bags = self._plain(sample, some, boosting)
        self.trials_: tuple[PairTrial, ...] = ()
        count, tried = 0, None
        if self._counts() != (0,):
            judged = some if blocks is None else blocks
            judges = bags if blocks is None else self._plain(sample, blocks, boosting)
            count, tried = self._tried(sample, judged, judges, boosting)
        if count and tried is not None:
            rankings = [pairs_within(sample, bag, blend(sample, bags).rounds) for bag in bags]
            self.pairs_ = common_pairs(rankings, count)
            chosen = tried if blocks is None else blend(sample, self._nested(sample, some, rankings, count, boosting))
            known = [self.pairs_] * len(folds)
            bags = grow(sample, folds, known, boosting, threads=self.threads, rounds=chosen.rounds)
        else:
            self.pairs_ = ()
            bags = [*bags, *self._joining(sample, others, bags, boosting)]
            chosen = blend(sample, bags)
        self.trials_ = self.trials_ or (PairTrial(0, chosen.mean_loss, 0.0, 0.0),)
        self.rounds_, self.evidence_share_ = chosen.rounds, chosen.evidence_share
        self.curve_ = fit_curve(chosen.margin, sample.target[chosen.rows], sample.weight[chosen.rows])
        self.left_out_rows_ = chosen.rows
        self.left_out_margin_ = self.curve_.at(chosen.margin)
        return together(bags, self.rounds_, self.evidence_share_, sample.bin_counts)

    def _splits(self, sample: Sample, folds: Sequence[Bins]) -> list[Split]:
        return splits(sample, folds, threads=self.threads)

    def _plain(self, sample: Sample, folds: Sequence[Split], boosting: Boosting) -> list[Bag]:
        """Bags without pairs."""
        return grow(sample, folds, [()] * len(folds), boosting, threads=self.threads)

    def _joining(self, sample: Sample, folds: Sequence[Split], bags: Sequence[Bag], boosting: Boosting) -> list[Bag]:
        """More bags without pairs, as long as the last of those there are."""
        if not folds:
            return []
        none: list[tuple[Pair, ...]] = [()] * len(folds)
        rounds = bags[-1].path.shape[0]
        return grow(sample, folds, none, boosting, threads=self.threads, rounds=rounds, numbered_from=len(bags))

    def _counts(self) -> tuple[int, ...]:
        if self.pairs == "auto":
            return PAIR_COUNTS if self.capacity_.pairs else (0,)
        return (int(self.pairs),)

    def _tried(
        self, sample: Sample, folds: Sequence[Split], bags: Sequence[Bag], boosting: Boosting
    ) -> tuple[int, Blend]:
        """The number of pairs that is worth its while on left-out folds, and its blend there."""
        best, count = blend(sample, bags), 0
        rankings = [pairs_within(sample, bag, best.rounds) for bag in bags]
        trials = [PairTrial(0, best.mean_loss, 0.0, 0.0)]
        for more in self._counts():
            if more == 0:
                continue
            if trials[-1].count and (trials[-1].gain <= 0.0 or len(rankings[0]) <= trials[-1].count):
                break  # where fewer pairs gain nothing, or were all there are, more are not tried
            tried = blend(sample, self._nested(sample, folds, rankings, more, boosting))
            gains = best.loss - tried.loss
            error = float(gains.std(ddof=1) / np.sqrt(gains.size)) if gains.size > 1 else 0.0
            trials.append(PairTrial(more, tried.mean_loss, float(gains.mean()), error))
            if gains.mean() > STANDARD_ERRORS * error or self.pairs != "auto":
                best, count = tried, more
        self.trials_ = tuple(trials)
        return count, best

    def _nested(
        self,
        sample: Sample,
        folds: Sequence[Split],
        rankings: Sequence[Sequence[tuple[float, Pair]]],
        count: int,
        boosting: Boosting,
    ) -> list[Bag]:
        """Bags that each know only the pairs found on their own rows."""
        own = [tuple(sorted(pair for _, pair in ranking[:count])) for ranking in rankings]
        return grow(sample, folds[: len(own)], own, boosting, threads=self.threads)


def _folds(target: Floats, count: int, seed: int) -> list[Bins]:
    """Rows left out together, drawn with their share of defaults."""
    rows = np.arange(target.size)
    if count < 2:
        return [rows]
    splitter = StratifiedKFold if min(target.sum(), (1 - target).sum()) >= count else KFold
    return [test for _, test in splitter(count, shuffle=True, random_state=seed).split(rows, target)]


def _blocks(times: npt.NDArray[Any]) -> list[Bins]:
    """Rows in blocks of time of like size."""
    return [np.sort(block) for block in np.array_split(np.argsort(times, kind="stable"), NESTED_BAGS)]
