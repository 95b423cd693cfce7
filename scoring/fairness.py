"""How the score treats groups of applicants: selection, calibration and error rates by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.levels import level_text
from scoring.measures import effective_rows, wilson

Floats: TypeAlias = npt.NDArray[np.float64]

FEWEST_ROWS: Final = 30
REST: Final = "other groups"
_MOST_LEVELS: Final = 40
_MOST_NUMBERS: Final = 12


@dataclass(frozen=True, slots=True)
class Group:
    """One group: rows, share selected, its ratio to the highest share, mean probability, default rate, error rates.

    The default rate has its 95 % Wilson interval, `low` to `high`. All shares are weighted.
    `wrongly_refused` is the share not selected among paid rows, `wrongly_selected` the share selected among defaulted;
    None where a group has no such row.
    """

    attribute: str
    level: str
    rows: int
    selected: float
    selection_ratio: float
    mean_probability: float
    default_rate: float
    low: float
    high: float
    wrongly_refused: float | None
    wrongly_selected: float | None


def groups(
    attribute: str,
    column: npt.NDArray[Any],
    selected: npt.NDArray[np.bool_],
    probability: Floats,
    target: Floats,
    weight: Floats | None = None,
) -> tuple[Group, ...]:
    """Figures of each group; groups of fewer than FEWEST_ROWS rows, and those beyond the 40 largest, stand as REST.

    Numbers of many values are grouped by quartile; arrays of shape (n,).
    """
    labels = _joined(_labels(column))
    kept = sorted(np.unique(labels).tolist(), key=lambda name: (name == REST, name))
    weight = np.ones(target.size) if weight is None else weight
    shares = {name: _mean(selected, labels == name, weight) or 0.0 for name in kept}
    highest = max(shares.values(), default=0.0)
    found = []
    for name in kept:
        rows = labels == name
        paid, bad = rows & (target <= 0), rows & (target > 0)
        rate = _mean(target, rows, weight) or 0.0
        low, high = wilson(rate, effective_rows(weight[rows]))
        found.append(
            Group(
                attribute=attribute,
                level=name,
                rows=int(rows.sum()),
                selected=shares[name],
                selection_ratio=shares[name] / highest if highest else 1.0,
                mean_probability=_mean(probability, rows, weight) or 0.0,
                default_rate=rate,
                low=low,
                high=high,
                wrongly_refused=_mean(~selected, paid, weight),
                wrongly_selected=_mean(selected, bad, weight),
            )
        )
    return tuple(found)


def _mean(column: npt.NDArray[Any], rows: npt.NDArray[np.bool_], weight: Floats) -> float | None:
    """Weighted mean of some rows; None where they weigh nothing."""
    return float(np.average(column[rows], weights=weight[rows])) if weight[rows].any() else None


def _joined(labels: npt.NDArray[np.str_]) -> npt.NDArray[np.object_]:
    names, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    large = counts >= FEWEST_ROWS
    large[np.argsort(-counts, kind="stable")[_MOST_LEVELS:]] = False
    return np.where(large, names.astype(object), REST)[places]


def _labels(column: npt.NDArray[Any]) -> npt.NDArray[np.str_]:
    if column.dtype.kind != "f" or np.unique(column[~np.isnan(column)]).size <= _MOST_NUMBERS:
        return np.array([level_text(level) or "unknown" for level in column.tolist()])
    edges = np.quantile(column[~np.isnan(column)], (0.25, 0.5, 0.75))
    quartile = np.searchsorted(edges, column)
    names = np.array([f"quartile {number}" for number in range(1, 5)])
    return np.where(np.isnan(column), "unknown", names[np.minimum(quartile, 3)])
