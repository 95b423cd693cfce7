"""The impact report as one page that needs nothing else: tables, and charts as SVG inside."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from products.explaining.answer import Finding, Verdict
from products.impact_report import ExampleFigures, ImpactReport

_WIDTH: Final = 320
_HEIGHT: Final = 200
_COLOURS: Final = ("#1f4e79", "#c0504d")


def impact_html(report: ImpactReport) -> str:
    """The page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["percent"] = lambda share: "–" if share is None else f"{share * 100:.2f} %"
    environment.filters["money"] = lambda amount: f"{amount:,.2f}"
    return environment.get_template("impact.html.j2").render(
        report=report,
        outcomes=_outcomes(report),
        bands=_amounts(report, "band"),
        regions=_amounts(report, "region"),
        findings=_telling,
    )


def _telling(example: ExampleFigures) -> list[tuple[Finding, Finding]]:
    """The findings of both decisions, rule by rule, that are not met on both sides."""
    after = {each.rule: each for each in example.after.findings}
    pairs = [(each, after[each.rule]) for each in example.before.findings if each.rule in after]
    return [pair for pair in pairs if any(each.verdict is not Verdict.MET for each in pair)]


def _outcomes(report: ImpactReport) -> Markup:
    rows = [
        {"side": label, "outcome": name, "n": getattr(figures, name), "order": place}
        for label, figures in (("before", report.before), ("after", report.after))
        for place, name in enumerate(("approve", "refer", "decline"))
    ]
    return _bars(rows, x="outcome", y="n", title="applications")


def _amounts(report: ImpactReport, dimension: str) -> Markup:
    """Amounts approved by segment, in millions of yuan."""
    rows = [
        {"side": label, "segment": each.segment, "amount": float(amount / 1_000_000)}
        for each in report.segments
        if each.dimension == dimension
        for label, amount in (("before", each.amount_before), ("after", each.amount_after))
    ]
    return _bars(rows, x="segment", y="amount", title="approved, million yuan")


def _bars(rows: Sequence[dict[str, Any]], *, x: str, y: str, title: str) -> Markup:
    import altair as alt  # noqa: PLC0415 - only a page draws charts
    import vl_convert  # noqa: PLC0415 - as above

    chart = (
        alt.Chart(alt.InlineData(values=list(rows)))
        .mark_bar()
        .encode(
            x=alt.X(f"{x}:N", title=None, sort=None),
            xOffset=alt.XOffset("side:N", sort=["before", "after"]),
            y=alt.Y(f"{y}:Q", title=title),
            color=alt.Color(
                "side:N",
                scale=alt.Scale(domain=["before", "after"], range=list(_COLOURS)),
                legend=alt.Legend(orient="bottom", title=None),
            ),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    return Markup(vl_convert.vegalite_to_svg(chart.to_dict()))  # noqa: S704 - the library's own drawing of our figures
