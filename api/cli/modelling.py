"""``kedai train``: a scorecard from a bank's own table, with its papers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.cli.failures import BAD_INPUT, fail
from api.cli.inputs import settings
from api.cli.terminal import console
from products.discovery import DATA, Admission, discover
from products.package_data import BadFolder, read_package_data
from scoring.artefact import dump
from scoring.artefact_fields import ArtefactError
from scoring.card import write_card
from scoring.dataset import Dataset, DatasetError, draft_features, read_dataset
from scoring.evaluation import Evaluation, EvaluationError
from scoring.features import Feature, FeatureFileError, read_features
from scoring.leaks import leaks
from scoring.learning import Progress as Hears
from scoring.learning import Titles, TooFewOutcomesError
from scoring.monitoring import MonitoringError
from scoring.parts import FactsError
from scoring.recalibration import RecalibrationError
from scoring.scales import BANDS, MONITORING, PolicyFileError, read_bands, read_monitoring_limits
from scoring.training import Training, TrainingPlan, train

MISTAKES = (
    ArtefactError,
    BadFolder,
    DatasetError,
    EvaluationError,
    FactsError,
    FeatureFileError,
    MonitoringError,
    PolicyFileError,
    RecalibrationError,
    TooFewOutcomesError,
)
"""What the user can put right: each message says where and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    """What the user asked for."""

    target: str
    features: Path | None
    decided_on: str | None
    weight: str | None
    groups: tuple[str, ...]
    selected_from: str | None
    bands: Path | None
    limits: Path | None
    name: str
    seed: int
    threads: int
    out: Path


def run(data: Path, options: TrainingOptions) -> None:
    """Train and write score and papers; without a features file, draft one from the data and stop."""
    with mistakes_reported():
        dataset = read_dataset(data)
        options.out.mkdir(parents=True, exist_ok=True)
        if options.features is None:
            _draft(dataset, options)
            return
        plan = _plan(options, options.features)
        with progress() as hears:
            training = train(dataset, plan, progress=hears)
            written = write_card(training, options.out, progress=hears)
        artefact = options.out / "scorecard.json"
        artefact.write_bytes(dump(training.scorecard))
    _show(training)
    for path in (artefact, *written):
        typer.echo(path)


def _draft(dataset: Dataset, options: TrainingOptions) -> None:
    target = dataset.target(options.target)
    leaving_out = [name for name in (options.target, options.decided_on, options.weight) if name is not None]
    path = options.out / "features.yaml"
    path.write_text(draft_features(dataset, leaving_out=leaving_out), encoding="utf-8")
    typer.echo(path)
    for leak in leaks(dataset, dataset.facts(leaving_out), target, options.decided_on):
        typer.echo(f"warning: {leak.message}", err=True)
    dates = [name for name, column in dataset.columns.items() if column.dtype.kind == "M"]
    if dates and options.decided_on is None:
        typer.echo(
            f"warning: {', '.join(dates)} holds dates, but no --date names the day of decision; the test would be "
            "drawn by lot and flatter a score that must look forward.",
            err=True,
        )
    typer.echo(
        f"Give each feature the sign of your policy, drop what must not count, then add --features {path}.", err=True
    )


def features_named(given: Path) -> tuple[Feature, ...]:
    """Those of a file, or those that an admitted package brings for the product of that slug."""
    if given.exists():
        return read_features(given)
    for entry, package in discover(Admission(settings().plugins)).entries:
        if (entry.group, entry.name) == (DATA, str(given)):
            features = read_package_data(entry, package).features
            if features:
                return features
    return read_features(given)


def _plan(options: TrainingOptions, features: Path) -> TrainingPlan:
    return TrainingPlan(
        target=options.target,
        features=features_named(features),
        titles=Titles(options.name, options.name, options.name, synthetic=False),
        bands=read_bands(options.bands or BANDS),
        limits=read_monitoring_limits(options.limits or MONITORING),
        seed=options.seed,
        decided_on=options.decided_on,
        weight=options.weight,
        groups=options.groups,
        selected_from=options.selected_from,
        threads=options.threads,
    )


def _show(training: Training) -> None:
    flow, screen = training.flow, console()
    screen.print(f"{flow.rows:,} rows: {flow.split}; {flow.training_defaults:,} + {flow.test_defaults:,} defaults")
    named = {
        "left out of training": training.left_out,
        "test": training.test,
        "yardstick on the test": training.yardstick,
    }
    screen.print(measures(named))
    for note in training.notes:
        screen.print(f"[dim]{escape(note)}[/]")
    for leak in training.leaks:
        typer.echo(f"warning: {leak.message}", err=True)


def measures(named: dict[str, Evaluation]) -> Table:
    """Evaluations under their names, one a row."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("")
    for name in ("rows", "defaults", "AUC", "KS", "Brier", "calibration error", "mean probability", "default rate"):
        table.add_column(name, justify="right")
    for name, one in named.items():
        figures = (one.auc, one.ks, one.brier, one.calibration_error, one.mean_probability, one.default_rate)
        table.add_row(name, f"{one.rows:,}", f"{one.defaults:,}", *(f"{figure:.4f}" for figure in figures))
    return table


@contextmanager
def mistakes_reported() -> Iterator[None]:
    """Ends the command with status 2 and the sentence of what the user can put right."""
    try:
        yield
    except MISTAKES as error:
        fail(BAD_INPUT, str(error))


@contextmanager
def progress() -> Iterator[Hears]:
    """A bar on standard error that hears each step and the share of it that is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def hears(step: str, share: float) -> None:
            bar.update(task, description=step, completed=share)

        yield hears
