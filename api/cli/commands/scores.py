"""Train, use and watch a score."""

# ruff: noqa: PLC0415 - imports stand in the commands so that each loads only its own part of kedai

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson

File = Annotated[Path, typer.Argument(help="Application as JSON; - reads it from standard input.")]
Data = Annotated[Path, typer.Argument(help="Table of rows with outcomes, .csv or .parquet.")]
Target = Annotated[str, typer.Option(help="Column with the outcomes: 1 default, 0 paid.")]
Artefact = Annotated[Path, typer.Argument(help="Score artefact (JSON).")]
Weight = Annotated[str | None, typer.Option(help="Column with the weight of each row; once each if left out.")]
Limits = Annotated[Path | None, typer.Option(help="Limits of monitoring (YAML); the illustrative ones if left out.")]


def train(
    data: Data,
    target: Target,
    features: Annotated[
        Path | None,
        typer.Option(
            help="Features with their signs (YAML), or a product whose package brings some; drafted if left out."
        ),
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Column with the day of decision; the test is then the latest quarter.")
    ] = None,
    weight: Weight = None,
    group: Annotated[list[str] | None, typer.Option(help="Column whose groups the fairness report compares.")] = None,
    selected_from: Annotated[
        str | None, typer.Option(help="Worst band that counts as selected in the fairness report; the middle one.")
    ] = None,
    bands: Annotated[
        Path | None, typer.Option(help="Bands of the score (YAML); the illustrative ones if left out.")
    ] = None,
    limits: Limits = None,
    name: Annotated[str, typer.Option(help="Name of the model.")] = "bank-model-1",
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    threads: Annotated[
        int | None,
        typer.Option(help="Threads for learning; all cores if left out. Any number gives the same bytes.", min=1),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the score and its model card.")] = Path("out/model"),
) -> None:
    """Train a scorecard on a bank's own table of outcomes, and write it with its model card."""
    from api.cli import modelling

    options = modelling.TrainingOptions(
        target=target,
        features=features,
        decided_on=date,
        weight=weight,
        groups=tuple(group or ()),
        selected_from=selected_from,
        bands=bands,
        limits=limits,
        name=name,
        seed=seed,
        threads=threads or os.cpu_count() or 1,
        out=out,
    )
    modelling.run(data, options)


def score(
    artefact: Artefact,
    data: Annotated[Path, typer.Argument(help="Table of firms, .csv or .parquet.")],
    row: Annotated[int | None, typer.Option(help="Show this row alone: reasons and ways to the next band.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the table with its results, .csv or .parquet.")] = None,
    calibration: Annotated[Path | None, typer.Option(help="Calibration to lay over the score.")] = None,
    scale: Annotated[
        Path | None, typer.Option(help="Rating master scale (YAML); the illustrative one if left out.")
    ] = None,
    points_table: Annotated[
        Path | None, typer.Option(help="Innovation-points table (YAML) to compute points that the data lack.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the row as JSON.")] = False,
) -> None:
    """Score the firms of a table: points, band, default probability, grade and reasons."""
    from api.cli import scoring_firms

    scoring_firms.score(
        artefact,
        data,
        row=row,
        out=out,
        calibration=calibration,
        scale_file=scale,
        points_table=points_table,
        as_json=as_json,
    )


def evaluate(artefact: Artefact, data: Data, target: Target, weight: Weight = None, as_json: AsJson = False) -> None:
    """Measure a scorecard on rows with known outcomes."""
    from api.cli import measuring

    measuring.evaluate(artefact, data, target=target, weight=weight, as_json=as_json)


def compare(
    champion: Artefact,
    challenger: Annotated[Path, typer.Argument(help="The score artefact that wants its place.")],
    data: Data,
    target: Target,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Compare two scorecards on the same rows, with intervals and a paired test."""
    from api.cli import measuring

    measuring.compare(champion, challenger, data, target=target, seed=seed, as_json=as_json)


def monitor(
    artefact: Artefact,
    data: Data,
    target: Annotated[str | None, typer.Option(help="Column with the outcomes, where they are known.")] = None,
    weight: Weight = None,
    limits: Limits = None,
    as_json: AsJson = False,
) -> None:
    """Say how far a recent population has moved from the training data. Exit 1 at an alert."""
    from api.cli import measuring

    measuring.monitor(artefact, data, target=target, weight=weight, limits_file=limits, as_json=as_json)


def calibrate(
    artefact: Artefact,
    data: Data,
    target: Target,
    as_of: Annotated[str, typer.Option(help="The day the portfolio stands for, YYYY-MM-DD.")],
    label: Annotated[str, typer.Option(help="What the portfolio is called.")] = "recent portfolio",
    slope: Annotated[bool, typer.Option("--slope", help="Fit the slope as well as the intercept.")] = False,
    weight: Weight = None,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("out/model/calibration.json"),
) -> None:
    """Anchor the default probability to a recent portfolio, without touching score, bands or reasons."""
    from api.cli import measuring
    from api.cli.inputs import day

    measuring.calibrate(
        artefact,
        data,
        target=target,
        weight=weight,
        as_of=day(as_of, option="--as-of"),
        label=label,
        fit_slope=slope,
        out=out,
    )
