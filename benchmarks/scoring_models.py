"""The models of `benchmarks.scoring`: kedai and its peers, each fitted as it comes."""
# ruff: noqa: PLC0415 - a peer that is not installed must not stop the others

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.features import Feature, FeatureGroup, FeatureKind
from scoring.learning import Titles, learn
from scoring.levels import level_text
from scoring.recalibration import recalibrate
from scoring.scales import read_bands

Floats = npt.NDArray[np.float64]
Predict = Callable[[Mapping[str, Any]], Floats]


@dataclass(frozen=True)
class Fitted:
    """A fitted model: batch prediction and, on one row, a call to be timed.

    `anchored`, where the model knows the like of it, gives the prediction after re-anchoring to rows with outcomes.
    """

    predict: Predict
    one: Callable[[int], Any]
    anchored: Callable[[Mapping[str, Any], Floats], Predict] | None = None


def kedai(facts: Mapping[str, npt.NDArray[Any]], target: Floats, times: Any) -> Fitted:
    """Through the artefact: what is measured is what serves."""
    number, category = FeatureKind.NUMBER, FeatureKind.CATEGORY
    kinds = {name: category if column.dtype.kind == "O" else number for name, column in facts.items()}
    other = FeatureGroup.OTHER
    features = [Feature(name, name, name, "1", other, 0, ((name, 1.0),), kind=kind) for name, kind in kinds.items()]
    card = learn(
        features, facts, target, weight=None, times=times, titles=Titles("bench", "bench", "bench", synthetic=False),
        bands=read_bands(), calibration_label="bench", data_sha256="0", seed=0, threads=2,
    ).scorecard  # fmt: skip
    records = [card.record(facts, row) for row in range(200)]

    def anchored(recent: Mapping[str, Any], outcomes: Floats) -> Predict:
        found = recalibrate(card, recent, outcomes, as_of=date(2026, 1, 1), label="bench")
        again = card.recalibrated(found.over(card.calibration))
        return lambda asked: again.score(asked).default_probability_ppm / 1e6

    return Fitted(
        lambda asked: card.score(asked).default_probability_ppm / 1e6,
        lambda call: card.score_record(records[call % 200]),
        anchored,
    )


def _frame(facts: Mapping[str, npt.NDArray[Any]], *, category: bool = False) -> Any:
    import pandas as pd

    frame = pd.DataFrame(dict(facts))
    for name, column in facts.items():
        if column.dtype.kind == "O":
            texts = [level_text(level) for level in column.tolist()]
            frame[name] = pd.Series(texts, dtype="category" if category else object)
    return frame


def _of_frame(
    model: Any, facts: Mapping[str, npt.NDArray[Any]], *, category: bool = False, levels: Any = None
) -> Fitted:
    def ready(asked: Mapping[str, npt.NDArray[Any]]) -> Any:
        frame = _frame(asked, category=category)
        for name, known in (levels or {}).items():
            frame[name] = frame[name].cat.set_categories(known)
        return frame

    rows = ready({name: column[:50] for name, column in facts.items()})
    singles = [rows.iloc[[row]] for row in range(len(rows))]
    return Fitted(
        predict=lambda asked: model.predict_proba(ready(asked))[:, 1],
        one=lambda call: model.predict_proba(singles[call % len(singles)]),
    )


def booster(facts: Mapping[str, npt.NDArray[Any]], target: Floats, _times: Any) -> Fitted:
    """scikit-learn's histogram booster as it comes; levels beyond its 254 are joined."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    frame = _frame(facts, category=True)
    levels = {}
    for name, column in facts.items():
        if column.dtype.kind == "O":
            levels[name] = frame[name].value_counts().index[:250].tolist()
            frame[name] = frame[name].cat.set_categories(levels[name])
    model = HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0).fit(frame, target)
    return _of_frame(model, facts, category=True, levels=levels)


def lightgbm(facts: Mapping[str, npt.NDArray[Any]], target: Floats, _times: Any) -> Fitted:
    """LightGBM as it comes."""
    from lightgbm import LGBMClassifier

    frame = _frame(facts, category=True)
    levels = {name: frame[name].cat.categories for name, column in facts.items() if column.dtype.kind == "O"}
    model = LGBMClassifier(verbose=-1, random_state=0, n_jobs=2).fit(frame, target)
    return _of_frame(model, facts, category=True, levels=levels)


def ebm(facts: Mapping[str, npt.NDArray[Any]], target: Floats, _times: Any) -> Fitted:
    """interpret's explainable boosting machine as it comes."""
    from interpret.glassbox import ExplainableBoostingClassifier

    return _of_frame(ExplainableBoostingClassifier(random_state=0).fit(_frame(facts), target), facts)


def optbinning(facts: Mapping[str, npt.NDArray[Any]], target: Floats, _times: Any) -> Fitted:
    """optbinning's binning process and a logistic regression."""
    from optbinning import BinningProcess
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    levels = [name for name, column in facts.items() if column.dtype.kind == "O"]
    process = BinningProcess(list(facts), categorical_variables=levels)
    return _of_frame(make_pipeline(process, LogisticRegression(max_iter=1_000)).fit(_frame(facts), target), facts)


class WeightOfEvidence:
    """The textbook scorecard: tree-cut bins of at least 5 %, weight of evidence, logistic regression."""

    def fit(self, facts: Mapping[str, npt.NDArray[Any]], target: Floats) -> WeightOfEvidence:
        from sklearn.linear_model import LogisticRegression
        from sklearn.tree import DecisionTreeClassifier

        self.trees, self.tables = {}, {}
        rate = target.mean()
        for name, column in facts.items():
            if column.dtype.kind != "O":
                known = ~np.isnan(column)
                least = max(10, int(0.05 * target.size))
                tree = DecisionTreeClassifier(max_leaf_nodes=8, min_samples_leaf=least, random_state=0)
                self.trees[name] = tree.fit(column[known, None], target[known])
            bins = self._bins(name, column)
            table = {}
            for level in np.unique(bins):
                rows = bins == level
                bad, good = target[rows].sum() + 0.5, (1 - target[rows]).sum() + 0.5
                table[level] = float(np.log(bad / good) - np.log(rate / (1 - rate)))
            self.tables[name] = table
        self.model = LogisticRegression(max_iter=2_000).fit(self._evidence(facts), target)
        return self

    def predict(self, facts: Mapping[str, npt.NDArray[Any]]) -> Floats:
        return np.asarray(self.model.predict_proba(self._evidence(facts))[:, 1])

    def _bins(self, name: str, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if name not in self.trees:
            return np.array([level_text(level) or "?" for level in column.tolist()])
        leaf = self.trees[name].apply(np.nan_to_num(column)[:, None].astype(np.float32))
        return np.where(np.isnan(column), -1, leaf)

    def _evidence(self, facts: Mapping[str, npt.NDArray[Any]]) -> Floats:
        columns = []
        for name, table in self.tables.items():
            levels, where = np.unique(self._bins(name, facts[name]), return_inverse=True)
            columns.append(np.array([table.get(level, 0.0) for level in levels])[where])
        return np.column_stack(columns)


def evidence(facts: Mapping[str, npt.NDArray[Any]], target: Floats, _times: Any) -> Fitted:
    """Weight of evidence and logistic regression."""
    model = WeightOfEvidence().fit(facts, target)
    singles = [{name: column[row : row + 1] for name, column in facts.items()} for row in range(50)]
    return Fitted(model.predict, lambda call: model.predict(singles[call % 50]))


MODELS = {
    "kedai": kedai,
    "WoE+LR": evidence,
    "optbinning": optbinning,
    "EBM": ebm,
    "HGB": booster,
    "LightGBM": lightgbm,
}
