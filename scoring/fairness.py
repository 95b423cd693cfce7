"""How the score treats groups of applicants: selection, calibration and error rates by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.levels import level_text

Floats: TypeAlias = npt.NDArray[np.float64]

FEWEST_ROWS: Final = 30
_MOST_LEVELS: Final = 12


@dataclass(frozen=True, slots=True)
class Group:
    """One group: rows, share selected, its ratio to the highest share, mean probability, default rate, error rates.

    `wrongly_refused` is the share not selected among paid rows, `wrongly_selected` the share selected among defaulted.
    """

    attribute: str
    level: str
    rows: int
    selected: float
    selection_ratio: float
    mean_probability: float
    default_rate: float
    wrongly_refused: float
    wrongly_selected: float


def groups(
    attribute: str,
    column: npt.NDArray[Any],
    selected: npt.NDArray[np.bool_],
    probability: Floats,
    target: Floats,
) -> tuple[Group, ...]:
    """Figures of each group of FEWEST_ROWS rows and more. Numbers are grouped by quartile; arrays of shape (n,)."""
    labels = _labels(column)
    names, counts = np.unique(labels, return_counts=True)
    kept = [name for name, count in zip(names, counts, strict=True) if count >= FEWEST_ROWS][:_MOST_LEVELS]
    shares = {name: float(selected[labels == name].mean()) for name in kept}
    highest = max(shares.values(), default=0.0)
    found = []
    for name in kept:
        rows = labels == name
        paid, bad = rows & (target <= 0), rows & (target > 0)
        found.append(
            Group(
                attribute=attribute,
                level=str(name),
                rows=int(rows.sum()),
                selected=shares[name],
                selection_ratio=shares[name] / highest if highest else 1.0,
                mean_probability=float(probability[rows].mean()),
                default_rate=float(target[rows].mean()),
                wrongly_refused=float((~selected[paid]).mean()) if paid.any() else 0.0,
                wrongly_selected=float(selected[bad].mean()) if bad.any() else 0.0,
            )
        )
    return tuple(found)


def _labels(column: npt.NDArray[Any]) -> npt.NDArray[np.str_]:
    if column.dtype.kind != "f" or np.unique(column[~np.isnan(column)]).size <= _MOST_LEVELS:
        return np.array([level_text(level) or "unknown" for level in column.tolist()])
    edges = np.quantile(column[~np.isnan(column)], (0.25, 0.5, 0.75))
    quartile = np.searchsorted(edges, column)
    names = np.array([f"quartile {number}" for number in range(1, 5)])
    return np.where(np.isnan(column), "unknown", names[np.minimum(quartile, 3)])
