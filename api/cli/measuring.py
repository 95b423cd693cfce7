"""``kedai evaluate``, ``compare``, ``monitor`` and ``calibrate``: a trained scorecard on rows with known outcomes."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

import scoring
from api.cli.modelling import measures, mistakes_reported, progress
from api.cli.terminal import console
from scoring.dataset import Dataset, read_dataset
from scoring.evaluation import Comparison, Floats
from scoring.evaluation import compare as compared
from scoring.evaluation import evaluate as evaluated
from scoring.monitoring import Monitoring, Status
from scoring.monitoring import monitor as monitored
from scoring.parts import Facts
from scoring.recalibration import dump_recalibration, recalibrate
from scoring.scales import MONITORING, read_monitoring_limits
from scoring.scorecard import Scorecard
from scoring.seen_rows import Seen, seen

STATUS_STYLE = {Status.STEADY: "green", Status.WARNING: "yellow", Status.ALERT: "bold red"}


def evaluate(artefact: Path, data: Path, *, target: str, weight: str | None, as_json: bool) -> None:
    """Print how well a scorecard ranks and how well its probability holds."""
    with mistakes_reported():
        dataset, card = read_dataset(data), scoring.load(artefact)
        found = evaluated(card, _facts(dataset, target), dataset.target(target), _weights(dataset, weight))
    known = _known_rows(artefact, card, dataset, target)
    if as_json:
        _echo_json({**asdict(found), "training_rows": asdict(known)})
        return
    console().print(measures({artefact.name: found}))


def compare(champion: Path, challenger: Path, data: Path, *, target: str, seed: int, as_json: bool) -> None:
    """Print two scorecards beside each other, with the differences and their intervals."""
    with mistakes_reported():
        dataset = read_dataset(data)
        scorecards = scoring.load(champion), scoring.load(challenger)
        with progress() as hears:
            found = compared(*scorecards, _facts(dataset, target), dataset.target(target), seed=seed, progress=hears)
    known = [_known_rows(*each, dataset, target) for each in zip((champion, challenger), scorecards, strict=True)]
    if as_json:
        training_rows = dict(zip(("champion", "challenger"), map(asdict, known), strict=True))
        _echo_json({**asdict(found), "training_rows": training_rows})
        return
    screen = console()
    screen.print(
        measures({f"champion {champion.name}": found.champion, f"challenger {challenger.name}": found.challenger})
    )
    screen.print(_differences(found))
    screen.print(
        f"{found.changed_band:.1%} of the rows change their band; DeLong's test of the difference in AUC: "
        f"{_p_value(found.auc_test.p_value)}"
    )


def monitor(
    artefact: Path, data: Path, *, target: str | None, weight: str | None, limits_file: Path | None, as_json: bool
) -> None:
    """Print how far a recent population has moved from the training data; exit 1 at an alert."""
    with mistakes_reported():
        dataset = read_dataset(data)
        outcomes = dataset.target(target) if target is not None else None
        found = monitored(
            scoring.load(artefact),
            _facts(dataset, target),
            limits=read_monitoring_limits(limits_file or MONITORING),
            target=outcomes,
            weight=_weights(dataset, weight),
        )
    if as_json:
        _echo_json(asdict(found))
    else:
        _show(found)
    raise typer.Exit(found.exit_code)


def calibrate(
    artefact: Path, data: Path, *, target: str, weight: str | None, as_of: date, label: str, fit_slope: bool, out: Path
) -> None:
    """Anchor the default probability to a recent portfolio and write the calibration."""
    with mistakes_reported():
        dataset, card = read_dataset(data), scoring.load(artefact)
        found = recalibrate(
            card,
            _facts(dataset, target),
            dataset.target(target),
            as_of=as_of,
            label=label,
            weight=_weights(dataset, weight),
            fit_slope=fit_slope,
        )
    _known_rows(artefact, card, dataset, target)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(dump_recalibration(found))
    typer.echo(
        f"{found.rows:,} rows, {found.defaults:,} defaults: probability {found.mean_before_ppm / 1e4:.3f} % before, "
        f"{found.observed_ppm / 1e4:.3f} % observed; intercept {found.intercept:+.4f} ± {found.intercept_error:.4f}, "
        f"slope {found.slope:.4f} ± {found.slope_error:.4f}"
    )
    typer.echo(f"{out}: serve it with KEDAI_CALIBRATION")


def _known_rows(artefact: Path, card: Scorecard, dataset: Dataset, target: str) -> Seen:
    """Count the rows the scorecard was trained on, and warn where they flatter it."""
    known = seen(card, _facts(dataset, target), dataset.target(target))
    if known.worth_saying:
        typer.echo(
            f"warning: about {known.share:.0%} of the rows of {dataset.name} are rows {artefact} was trained on (of "
            f"{known.compared:,} that its marks can tell, {known.training:,} are equal in every fact and the outcome). "
            "Figures on them flatter the score; take rows it has not seen, best later ones.",
            err=True,
        )
    return known


def _facts(dataset: Dataset, target: str | None) -> Facts:
    return dataset.facts(() if target is None else (target,))


def _weights(dataset: Dataset, name: str | None) -> Floats | None:
    return None if name is None else dataset.weights(name)


def _p_value(p: float) -> str:
    return f"p = {p:.4f}" if p >= 0.0001 else "p < 0.0001"


def _differences(found: Comparison) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("challenger less champion")
    for name in ("difference", "95 % from", "to"):
        table.add_column(name, justify="right")
    for name in ("auc", "ks", "brier", "calibration_error"):
        interval = getattr(found, name)
        table.add_row(name, f"{interval.value:+.4f}", f"{interval.low:+.4f}", f"{interval.high:+.4f}")
    return table


def _show(found: Monitoring) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("")
    for name in ("stability index", "unknown then", "unknown now", "status"):
        table.add_column(name, justify="right")
    for drift in (found.score, *found.features):
        table.add_row(
            drift.name,
            f"{drift.stability_index:.4f}",
            f"{drift.unknown_before:.2%}",
            f"{drift.unknown_now:.2%}",
            f"[{STATUS_STYLE[drift.status]}]{drift.status}[/]",
        )
    screen = console()
    screen.print(table)
    if found.calibration is not None:
        held = found.calibration
        screen.print(
            f"mean probability {held.mean_probability:.4f}, default rate {held.default_rate:.4f} "
            f"({held.low:.4f} to {held.high:.4f}): [{STATUS_STYLE[held.status]}]{held.status}[/]"
        )
    screen.print(f"{found.rows:,} rows: [{STATUS_STYLE[found.status]}]{found.status}[/]")


def _echo_json(found: dict[str, Any]) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no form in JSON.")
