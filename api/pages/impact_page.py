"""The impact report as one page that needs nothing else: tables, and charts as SVG inside."""

from __future__ import annotations

from markupsafe import Markup

from api.pages.charts import bars
from api.pages.rendering import page
from products.explaining.answer import Finding, Verdict
from products.impact_report import ExampleFigures, ImpactReport


def impact_html(report: ImpactReport) -> str:
    """The page."""
    return page(
        "impact.html.j2",
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
    return bars(rows, x="outcome", y="n", title="applications")


def _amounts(report: ImpactReport, dimension: str) -> Markup:
    """Amounts approved by segment, in millions of yuan."""
    rows = [
        {"side": label, "segment": each.segment, "amount": float(amount / 1_000_000)}
        for each in report.segments
        if each.dimension == dimension
        for label, amount in (("before", each.amount_before), ("after", each.amount_after))
    ]
    return bars(rows, x="segment", y="amount", title="approved, million yuan")
