"""``kedai backtest``: past applications with realised outcomes, decided by the champion and its challengers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import typer

import scoring
from api import wiring
from api.backtests.backtesting import Lineup, run_backtest
from api.backtests.files import with_outcomes
from api.cli.desks import desk_here
from api.cli.failures import BAD_INPUT, fail
from api.cli.inputs import day_or_today, payload, settings
from products.revising.content import GREATEST_PAYLOAD, parsed
from products.trials.backtest_report import BacktestReport
from scoring import Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """What stands against what, as the options of the command name it."""

    product: str
    champion: str | None
    revisions: tuple[str, ...]
    tariffs: tuple[Path, ...]
    scorecards: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The three days of a backtest, as the options of the command give them."""

    terms_of: str | None
    on: str | None
    until: str | None


def run(file: Path, contest: Contest, days: Days, *, out: Path | None) -> None:
    """Decide the file by every contender and write or print the report."""
    use = settings()
    with desk_here() as desk:
        lineup = Lineup(
            product=contest.product,
            champion=contest.champion,
            revisions=contest.revisions,
            tariffs={path.stem: _table(path) for path in contest.tariffs},
            scorecards={path.stem: _score(path) for path in contest.scorecards},
        )
        until = day_or_today(days.until, use, option="--until")
        report = run_backtest(
            desk,
            lineup,
            with_outcomes(file, until=until),
            wiring.scorecard(use),
            day=day_or_today(days.terms_of, use, option="--terms-of"),
            on=day_or_today(days.on, use),
            until=until,
            source=f"file {file.name}",
        )
    _write(report, out)


def _write(report: BacktestReport, out: Path | None) -> None:
    if out is None:
        typer.echo(report.model_dump_json(indent=2))
        return
    from api.pages.backtest_page import backtest_html  # noqa: PLC0415 - charts cost a second

    out.mkdir(parents=True, exist_ok=True)
    for name, content in (
        ("backtest.json", report.model_dump_json(indent=2)),
        ("backtest.html", backtest_html(report)),
    ):
        (out / name).write_text(content, encoding="utf-8")
        typer.echo(out / name)


def _table(path: Path) -> object:
    return parsed(payload(path, limit=GREATEST_PAYLOAD), most_bytes=GREATEST_PAYLOAD)


def _score(path: Path) -> Scorecard:
    try:
        return scoring.load(path)
    except (OSError, json.JSONDecodeError, scoring.ArtefactError) as error:
        fail(BAD_INPUT, f"{path}: The score artefact cannot be used: {error} Name a file that kedai train wrote.")
