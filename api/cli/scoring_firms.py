"""``kedai score``: the firms of a table with points, band, probability and reasons, or one with its ways upwards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

import scoring
from api.cli.failures import BAD_INPUT, fail
from api.cli.modelling import mistakes_reported
from api.cli.terminal import console
from scoring.changes import Move, Prospects, prospects
from scoring.dataset import Dataset, read_dataset
from scoring.innovation_points import PointsTable, innovation_points, read_points_table
from scoring.parts import Facts, Reason, Scores
from scoring.recalibration import load_recalibration
from scoring.scales import MASTER_SCALE, MasterScale, read_master_scale
from scoring.scorecard import Scorecard

POINTS_FACT: Final = "innovation_points_share"
REASONS: Final = 4


def score(
    artefact: Path, data: Path, *, row: int | None, out: Path | None, calibration: Path | None,
    scale_file: Path | None, points_table: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Score a table: write it with the results, show one row in full, or show how the firms are spread."""
    with mistakes_reported():
        dataset, card = read_dataset(data), scoring.load(artefact)
        if calibration is not None:
            card = load_recalibration(calibration, card)
        facts: Facts = dataset.facts(())
        if points_table is not None:
            facts = _with_points(facts, read_points_table(points_table))
        scores, scale = card.score(facts), read_master_scale(scale_file or MASTER_SCALE)
    if row is not None:
        _one(card, scores, scale, dataset, row - 1, as_json=as_json)
        return
    _spread(card, scores)
    if out is not None:
        _write(out, dataset, _results(card, scores, scale))
        typer.echo(out)


def _with_points(facts: Facts, table: PointsTable) -> Facts:
    """The facts with innovation points of the table where a place gives none."""
    computed = innovation_points(table, facts).share
    given = facts.get(POINTS_FACT)
    return {**facts, POINTS_FACT: computed if given is None else np.where(np.isnan(given), computed, given)}


def _results(card: Scorecard, scores: Scores, scale: MasterScale) -> dict[str, Any]:
    """Result columns: points, band, probability, grade and the names of the most harmful features with their points."""
    bands = np.array([band.name for band in card.bands])
    grades = np.array(scale.names)[scale.grade(scores.default_probability_ppm)]
    columns: dict[str, Any] = {
        "points": scores.points / 100,
        "band": bands[scores.band],
        "default_probability": scores.default_probability_ppm / 1e6,
        "grade": grades,
    }
    worst = [card.score_record(card.record(scores.facts, at), reasons=REASONS).reasons for at in range(len(scores))]
    for place in range(min(REASONS, len(card.features))):
        columns[f"reason_{place + 1}"] = [reasons[place].name for reasons in worst]
        columns[f"reason_{place + 1}_points"] = [reasons[place].contribution / 100 for reasons in worst]
    return columns


def _write(out: Path, dataset: Dataset, results: Mapping[str, Any]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - only written tables need Arrow
    from pyarrow import csv, parquet  # noqa: PLC0415

    kept = {name: column for name, column in dataset.columns.items() if name not in results}
    table = pa.table({name: pa.array(column, from_pandas=True) for name, column in {**kept, **results}.items()})
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix.lower() == ".parquet":
        parquet.write_table(table, out)
    elif out.suffix.lower() == ".csv":
        csv.write_csv(table, out)
    else:
        fail(BAD_INPUT, f"{out} is neither .csv nor .parquet. Name one of them.")


def _spread(card: Scorecard, scores: Scores) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for name in ("band", ""):
        table.add_column(name)
    for name in ("firms", "share", "mean probability"):
        table.add_column(name, justify="right")
    for place, band in enumerate(card.bands):
        here = scores.band == place
        mean = f"{scores.default_probability_ppm[here].mean() / 1e4:.2f} %" if here.any() else "–"
        table.add_row(band.name, f"{band.zh} {band.en}", f"{here.sum():,}", f"{here.mean():.1%}", mean)
    console().print(table)


def _one(card: Scorecard, scores: Scores, scale: MasterScale, dataset: Dataset, row: int, *, as_json: bool) -> None:
    if not 0 <= row < len(scores):
        fail(BAD_INPUT, f"{dataset.name} has rows 1 to {len(scores):,}; there is no row {row + 1}. Name one of them.")
    found = {
        "row": row + 1,
        "points": int(scores.points[row]) / 100,
        "band": asdict(card.bands[int(scores.band[row])]),
        "default_probability": int(scores.default_probability_ppm[row]) / 1e6,
        "grade": scale.names[int(scale.grade(scores.default_probability_ppm[row : row + 1])[0])],
        "master_scale": scale.label,
        "base": card.base / 100,
        "calibration": card.calibration.label,
        "synthetic": card.synthetic,
    }
    reasons, ways = card.reasons(scores, row), prospects(card, scores.facts, row)
    found["changeable"] = [feature.name for feature in card.features if feature.change is not None]
    if as_json:
        whole = {**found, "reasons": [asdict(reason) for reason in reasons], "prospects": asdict(ways)}
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))
        return
    _show_one(found, reasons, ways)


def _named(one: Reason | Move) -> str:
    return escape(one.zh if one.zh == one.en else f"{one.zh} {one.en}")


def _show_one(found: Mapping[str, Any], reasons: Sequence[Reason], ways: Prospects) -> None:
    screen, band = console(), found["band"]
    screen.print(
        f"row {found['row']}: [bold]{found['points']:.2f} points[/], band {band['name']} {band['zh']} {band['en']}; "
        f"default probability {found['default_probability']:.3%}, grade {found['grade']}"
    )
    screen.print(f"[dim]probability by {escape(found['calibration'])}; grades: {escape(found['master_scale'])}[/]")
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("points", justify="right")
    table.add_column("reason, most harmful first")
    for reason in reasons:
        table.add_row(f"{reason.contribution / 100:+.2f}", _named(reason))
    table.add_row(f"{found['base']:.2f}", "[dim]an average firm[/]")
    screen.print(table)
    for path in ways.paths:
        moves = "; ".join(
            f"{_named(move)} {move.value:.4g} → {move.needed:.4g} ({move.gain / 100:+.2f})" for move in path.moves
        )
        screen.print(f"to band {path.band.name} at {path.points / 100:.2f}: {moves}")
    if ways.missing and not ways.paths:
        why = (
            "no change within reach brings them"
            if found["changeable"]
            else "no feature declares by `change` what a firm can move"
        )
        screen.print(f"{ways.missing / 100:.2f} points are missing to the next band; {why}")
