"""The backtest as one page that needs nothing else: tables, and charts as SVG inside."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from markupsafe import Markup

from api.pages.charts import bars
from api.pages.rendering import page
from products.trials.backtest_report import BacktestReport, BandFigures


def backtest_html(report: BacktestReport) -> str:
    """The page."""
    return page(
        "backtest.html.j2",
        report=report,
        defaults=_by_band(report, "default rate, %", lambda band: _percent(band.default_rate)),
        losses=_by_band(report, "loss, million yuan", lambda band: float(band.loss / 1_000_000)),
        returns=_by_band(report, "bank's return a year, %", lambda band: _percent(band.bank_return_rate)),
        parties=_parties(report),
    )


def _percent(rate: Decimal | None) -> float | None:
    return None if rate is None else float(rate * 100)


def _by_band(report: BacktestReport, title: str, of: Callable[[BandFigures], float | None]) -> Markup:
    rows = [
        {"side": each.name, "band": band.band, "figure": of(band)} for each in report.contenders for band in each.bands
    ]
    return bars(rows, x="band", y="figure", title=title, sides=[each.name for each in report.contenders])


def _parties(report: BacktestReport) -> Markup:
    rows = [
        {"side": each.name, "party": loss.party.value, "figure": float(loss.net / 1_000_000)}
        for each in report.contenders
        for loss in each.total.parties
    ]
    title = "net loss, million yuan"
    return bars(rows, x="party", y="figure", title=title, sides=[each.name for each in report.contenders])
