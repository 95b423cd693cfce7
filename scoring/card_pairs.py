"""Pairs of features on the model card: heat maps of what each adds, over groups of bins that a reader can name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import altair as alt
import numpy as np
import numpy.typing as npt

from scoring.parts import FeatureTable, PairTable

Floats: TypeAlias = npt.NDArray[np.float64]

MOST_GROUPS: Final = 10
_LONGEST_LABEL: Final = 22
_NEUTRAL: Final = "#f2f2f2"
_WORSE: Final = "#b2382c"
_BETTER: Final = "#1f4e79"


@dataclass(frozen=True, slots=True)
class Grouping:
    """Neighbouring bins joined: names of the groups in order, and each bin's weight in its group (groups, bins)."""

    names: tuple[str, ...]
    weights: Floats


def grouped(table: FeatureTable) -> Grouping:
    """Bins joined to at most MOST_GROUPS groups of like many training rows; unknown, where there are any, alone."""
    shares = np.array(table.shares or (1,) * len(table.points), dtype=np.float64)
    known = shares[:-1]
    middle = (np.cumsum(known) - known / 2) / max(float(known.sum()), 1.0)
    numbered = np.unique(np.minimum((middle * MOST_GROUPS).astype(np.intp), MOST_GROUPS - 1), return_inverse=True)[1]
    bins = [np.flatnonzero(numbered == group) for group in range(int(numbered.max(initial=-1)) + 1)]
    names = [_name(table, int(members[0]), int(members[-1])) for members in bins]
    if shares[-1]:
        bins.append(np.array([table.unknown_bin]))
        names.append("unknown")
    weights = np.zeros((len(bins), shares.size))
    for group, members in enumerate(bins):
        own = shares[members]
        weights[group, members] = own / own.sum() if own.sum() else 1.0 / members.size
    if len(set(names)) < len(names):
        names = [f"{place}: {name}" for place, name in enumerate(names, start=1)]
    return Grouping(tuple(names), weights)


def heat_map(pair: PairTable, tables: tuple[FeatureTable, ...]) -> Any:
    """Mean points of the pair by groups of its first feature (across) and its second (upwards)."""
    first, second = tables[pair.first], tables[pair.second]
    across, upwards = grouped(first), grouped(second)
    points = across.weights @ np.array(pair.points, dtype=np.float64) @ upwards.weights.T / 100
    furthest = max(float(np.abs(points).max(initial=0.0)), 0.01)
    rows = [
        {"across": column, "upwards": row, "points": round(float(points[i, j]), 2)}
        for i, column in enumerate(across.names)
        for j, row in enumerate(upwards.names)
    ]
    colour = alt.Scale(domain=[-furthest, 0, furthest], range=[_WORSE, _NEUTRAL, _BETTER])
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_rect(stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("across:O", sort=list(across.names), title=axis_title(first), axis=alt.Axis(labelAngle=-40)),
            y=alt.Y("upwards:O", sort=list(reversed(upwards.names)), title=axis_title(second)),
            color=alt.Color("points:Q", scale=colour, legend=alt.Legend(title="points", format="+.2f")),
        )
    )


def axis_title(table: FeatureTable) -> str:
    """The feature's labels and, of a number that has one, its unit."""
    feature = table.feature
    unit = "" if table.levels or feature.unit == "1" else f" ({feature.unit})"
    return f"{feature.en if feature.zh == feature.en else f'{feature.zh} {feature.en}'}{unit}"


def spread(pair: PairTable) -> int:
    """Hundredths of a point between the worst and the best cell of a pair."""
    cells = [points for row in pair.points for points in row]
    return max(cells) - min(cells)


def _name(table: FeatureTable, lowest: int, highest: int) -> str:
    """The values of neighbouring bins in words."""
    if table.levels:
        levels = sorted(level for level, place in table.levels.items() if lowest <= place <= highest)
        return _shortened(levels)
    edges = table.edges
    if not edges:
        return "any value"
    if lowest == 0:
        return f"≤ {_figure(edges[highest])}" if highest < len(edges) else "any value"
    if highest >= len(edges):
        return f"> {_figure(edges[lowest - 1])}"
    return f"{_figure(edges[lowest - 1])} to {_figure(edges[highest])}"


def _shortened(levels: list[str]) -> str:
    whole = ", ".join(levels)
    if len(whole) <= _LONGEST_LABEL:
        return whole
    return f"{levels[0][:_LONGEST_LABEL]} + {len(levels) - 1}" if len(levels) > 1 else f"{levels[0][:_LONGEST_LABEL]}…"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.3g}"
