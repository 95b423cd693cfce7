"""Charts of the model card, drawn by Altair and turned into SVG by vl-convert, without a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import vl_convert
from markupsafe import Markup

from scoring.card_pairs import axis_title, heat_map, spread
from scoring.evaluation import Evaluation
from scoring.learning import Progress
from scoring.parts import SCORE_CLASSES, FeatureTable
from scoring.training import Training

_WIDTH: Final = 300
_HEIGHT: Final = 200
_INK: Final = "#1f4e79"
_ACCENT: Final = "#c0504d"
_SLANTED: Final = alt.Axis(labelAngle=-40, labelLimit=130)


@dataclass(frozen=True, slots=True)
class Charts:
    """SVG of each chart; `shapes` by feature and `pairs` by the names of both, furthest reaching first."""

    roc: Markup
    separation: Markup
    calibration: Markup
    distribution: Markup
    shapes: tuple[tuple[str, Markup], ...]
    pairs: tuple[tuple[str, Markup], ...]


def charts(training: Training, *, progress: Progress) -> Charts:
    """Draw all charts; `progress` hears of each shape and pair."""
    scorecard = training.scorecard
    ranked = sorted(scorecard.tables, key=lambda table: (min(table.points) - max(table.points), table.feature.name))
    paired = sorted(scorecard.pairs, key=lambda pair: (-spread(pair), pair.first, pair.second))
    names = [feature.name for feature in scorecard.features]
    asked = [(table.feature.name, _shape(table)) for table in ranked]
    asked += [(f"{names[pair.first]} × {names[pair.second]}", heat_map(pair, scorecard.tables)) for pair in paired]
    drawn = []
    for place, (name, chart) in enumerate(asked, start=1):
        drawn.append((name, _svg(chart)))
        progress("draw", place / len(asked))
    return Charts(
        roc=_svg(_roc(training.test, training.yardstick)),
        separation=_svg(_separation(training.test)),
        calibration=_svg(_calibration(training.test)),
        distribution=_svg(_distribution(scorecard.manifest.score_shares)),
        shapes=tuple(drawn[: len(ranked)]),
        pairs=tuple(drawn[len(ranked) :]),
    )


def _svg(chart: Any) -> Markup:
    sized = chart.properties(width=_WIDTH, height=_HEIGHT)
    return Markup(vl_convert.vegalite_to_svg(sized.to_dict()))  # noqa: S704 - the library's own drawing of our figures


def _rows(rows: Sequence[dict[str, Any]]) -> Any:
    return alt.InlineData(values=list(rows))


def _roc(test: Evaluation, yardstick: Evaluation) -> Any:
    curves = (("scorecard", test), ("unrestricted booster", yardstick))
    rows = [
        {"paid": paid, "defaulted": defaulted, "model": name, "at": at}
        for name, evaluation in curves
        for at, (paid, defaulted) in enumerate(evaluation.curve)
    ]
    return (
        alt.Chart(_rows(rows))
        .mark_line()
        .encode(
            x=alt.X("paid:Q", title="share of paid above the cut"),
            y=alt.Y("defaulted:Q", title="share of defaulted above the cut"),
            color=alt.Color("model:N", scale=alt.Scale(range=[_INK, _ACCENT]), legend=alt.Legend(orient="bottom")),
            order="at:Q",
        )
    )


def _separation(test: Evaluation) -> Any:
    rows = [
        {"at": at, "distance": defaulted - paid, "kind": "distance"} for at, (paid, defaulted) in enumerate(test.curve)
    ]
    return (
        alt.Chart(_rows(rows))
        .mark_area(color=_INK, opacity=0.7)
        .encode(
            x=alt.X("at:Q", title="cut, from highest probability", scale=alt.Scale(nice=False)),
            y=alt.Y("distance:Q", title=f"defaulted less paid; KS = {test.ks:.3f}"),
        )
    )


def _calibration(test: Evaluation) -> Any:
    rows = [
        {"probability": one.probability, "observed": one.observed, "low": one.low, "high": one.high}
        for one in test.classes
    ]
    top = max(max(row["high"], row["probability"]) for row in rows)
    ideal = alt.Chart(_rows([{"x": 0.0, "y": 0.0}, {"x": top, "y": top}])).mark_line(color="#999", strokeDash=[4, 4])
    base = alt.Chart(_rows(rows)).encode(x=alt.X("probability:Q", title="mean probability of the class"))
    bars = base.mark_rule(color=_INK).encode(y=alt.Y("low:Q", title="default rate, 95 % interval"), y2="high:Q")
    points = base.mark_point(color=_INK, filled=True, size=50).encode(y="observed:Q")
    return ideal.encode(x="x:Q", y="y:Q") + bars + points


def _distribution(shares: Sequence[int]) -> Any:
    width = 100 // SCORE_CLASSES
    rows = [
        {"from": place * width, "to": (place + 1) * width, "share": share / 1e6} for place, share in enumerate(shares)
    ]
    return (
        alt.Chart(_rows(rows))
        .mark_bar(color=_INK)
        .encode(
            x=alt.X("from:Q", title="points", bin="binned"),
            x2="to:Q",
            y=alt.Y("share:Q", title="share of training rows"),
        )
    )


def _shape(table: FeatureTable) -> Any:
    unknown = table.points[-1] / 100
    title = f"points; unknown {unknown:+.2f}"
    if table.levels:
        rows = [
            {"level": level, "points": table.points[place] / 100} for level, place in sorted(table.levels.items())[:30]
        ]
        return (
            alt.Chart(_rows(rows))
            .mark_bar(color=_INK)
            .encode(x=alt.X("level:N", title=axis_title(table), axis=_SLANTED), y=alt.Y("points:Q", title=title))
        )
    edges = table.edges or (0.0,)
    span = (edges[-1] - edges[0]) or 1.0
    stops = [edges[0] - 0.05 * span, *edges, edges[-1] + 0.05 * span][: len(table.points)]
    rows = [
        {"value": stop, "points": points / 100} for stop, points in zip(stops, (*table.points[:-1], 0), strict=False)
    ]
    rows[-1]["points"] = table.points[-2] / 100
    return (
        alt.Chart(_rows(rows))
        .mark_line(color=_INK, interpolate="step-after")
        .encode(
            x=alt.X("value:Q", title=axis_title(table), scale=alt.Scale(zero=False)),
            y=alt.Y("points:Q", title=title),
        )
    )
