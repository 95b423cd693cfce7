"""Warnings of features that know the outcome: they make a model look good and fail it in use.

Four signs are looked for. A number or text that nearly equals the target; a date after the decision; a fact that is
known for one outcome and unknown for the other, as an amount recovered is; and a number whose granularity tells the
outcome: a loan term that is a whole number of years for paid loans and anything for defaulted ones was written when the
loan ended, not when it was granted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.dataset import Dataset
from scoring.levels import level_text
from scoring.measures import auc

Floats: TypeAlias = npt.NDArray[np.float64]

NEARLY_EQUAL_AUC: Final = 0.95
GRANULARITY_GAP: Final = 0.30
UNKNOWN_GAP: Final = 0.30
LATE_SHARE: Final = 0.01
MODULI: Final = (1.0, 5.0, 6.0, 10.0, 12.0, 50.0, 100.0, 1_000.0, 10_000.0)
_FEWEST_ROWS: Final = 30


class LeakKind(StrEnum):
    """What gives the outcome away."""

    NEARLY_THE_TARGET = "nearly_the_target"
    LATE_DATE = "late_date"
    GRANULARITY = "granularity"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Leak:
    """One warning; `figure` is the area under the curve, the share of late dates or the gap of shares."""

    feature: str
    kind: LeakKind
    figure: float
    message: str


def leaks(
    dataset: Dataset, facts: Mapping[str, npt.NDArray[Any]], target: Floats, decided_on: str | None
) -> tuple[Leak, ...]:
    """Warnings about the facts (n,) and the dates of a dataset, given the outcome (n,)."""
    found = [leak for name, column in facts.items() for leak in _fact(name, column, target)]
    if decided_on is not None:
        decided = dataset.dates(decided_on)
        dates = {name: column for name, column in dataset.columns.items() if column.dtype.kind == "M"}
        found += [leak for name, column in dates.items() if name != decided_on for leak in _date(name, column, decided)]
    return tuple(found)


def _fact(name: str, column: npt.NDArray[Any], target: Floats) -> list[Leak]:
    number = column.dtype.kind == "f"
    levels = None if number else [level_text(level) for level in column.tolist()]
    known = ~np.isnan(column) if levels is None else np.array([level is not None for level in levels])
    telling = _unknown(name, known, target)
    if telling or _rarer(target[known]) < _FEWEST_ROWS:
        return telling
    area = _area(column[known], target[known]) if levels is None else _area_of_levels(levels, target)
    if area >= NEARLY_EQUAL_AUC:
        text = (
            f"{name} alone separates the outcomes with an area under the curve of {area:.3f}. Was it known on the day?"
        )
        return [Leak(name, LeakKind.NEARLY_THE_TARGET, area, text)]
    return _granularity(name, column[known], target[known]) if number else []


def _rarer(target: Floats) -> float:
    return float(min(target.sum(), (1 - target).sum()))


def _unknown(name: str, known: npt.NDArray[np.bool_], target: Floats) -> list[Leak]:
    if _rarer(target) < _FEWEST_ROWS:
        return []
    paid, bad = (float(1.0 - known[target == outcome].mean()) for outcome in (0.0, 1.0))
    if abs(paid - bad) < UNKNOWN_GAP:
        return []
    text = (
        f"{name} is unknown for {paid:.0%} of paid and {bad:.0%} of defaulted rows. It looks like a value written "
        "after the outcome; leave it out unless it stood fixed on the day of decision."
    )
    return [Leak(name, LeakKind.UNKNOWN, abs(paid - bad), text)]


def _area(values: Floats, target: Floats) -> float:
    area = auc(target, values)
    return max(area, 1.0 - area)


def _area_of_levels(levels: list[str | None], target: Floats) -> float:
    """Mean area of every second row by the default rates that its level has among the others."""
    numbers: dict[str | None, int] = {}
    codes = np.array([numbers.setdefault(level, len(numbers)) for level in levels])
    halves = np.arange(target.size) % 2 == 0
    areas = []
    for here in (halves, ~halves):
        if _rarer(target[here]) == 0:
            return 0.5
        rows = np.bincount(codes[~here], minlength=len(numbers))
        defaults = np.bincount(codes[~here], target[~here], len(numbers))
        rates = np.where(rows > 0, defaults / np.maximum(rows, 1), target[~here].mean())
        areas.append(auc(target[here], rates[codes[here]]))
    return float(np.mean(areas))


def _granularity(name: str, values: Floats, outcome: Floats) -> list[Leak]:
    gap, modulus, paid, bad = max(_gap(values, outcome, modulus) for modulus in MODULI)
    if gap < GRANULARITY_GAP:
        return []
    text = (
        f"{name} is a multiple of {modulus:g} for {paid:.0%} of paid and {bad:.0%} of defaulted rows. It looks like a "
        "value written after the outcome; leave it out unless it stood fixed on the day of decision."
    )
    return [Leak(name, LeakKind.GRANULARITY, gap, text)]


def _gap(values: Floats, outcome: Floats, modulus: float) -> tuple[float, float, float, float]:
    """Gap, modulus and the shares of multiples among paid and defaulted rows, of values of at least the modulus."""
    large = np.abs(values) >= modulus
    bad, paid = large & (outcome > 0), large & (outcome <= 0)
    if min(bad.sum(), paid.sum()) < _FEWEST_ROWS:
        return 0.0, modulus, 0.0, 0.0
    multiple = np.mod(values, modulus) == 0
    shares = float(multiple[paid].mean()), float(multiple[bad].mean())
    return abs(shares[0] - shares[1]), modulus, *shares


def _date(name: str, column: npt.NDArray[Any], decided: npt.NDArray[np.datetime64]) -> list[Leak]:
    late = float((column > decided).mean())
    if late < LATE_SHARE:
        return []
    text = f"{name} lies after the day of decision in {late:.0%} of rows. Facts must be those known on that day."
    return [Leak(name, LeakKind.LATE_DATE, late, text)]
