"""The model card: everything a validator asks of a trained scorecard, as JSON and as a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scoring.card_charts import Charts, charts
from scoring.estimator import STANDARD_ERRORS
from scoring.learning import Progress, silent
from scoring.training import Training


def card_document(training: Training) -> dict[str, Any]:
    """The card's content as plain values; the same figures as on the page."""
    scorecard, plan = training.scorecard, training.plan
    return {
        "schema": "kedai-model-card/1",
        "model": {**asdict(scorecard.manifest), "digest": scorecard.digest},
        "purpose": {
            "score": "innovation score, 0 to 100 points, for ranking and bands",
            "default_probability": "calibrated probability of default, for price and limits; not the score",
        },
        "data": {"target": plan.target, "decided_on": plan.decided_on, "weight": plan.weight, "seed": plan.seed},
        "flow": asdict(training.flow),
        "features": [
            {
                "name": feature.name,
                "zh": feature.zh,
                "en": feature.en,
                "group": feature.group.value,
                "kind": feature.kind.value,
                "sign": feature.sign,
                "bins": len(table.points),
                "points_lowest": min(table.points),
                "points_highest": max(table.points),
                "unknown_share_ppm": table.shares[-1],
            }
            for feature, table in zip(scorecard.features, scorecard.tables, strict=True)
        ],
        "pairs": [
            [scorecard.features[pair.first].name, scorecard.features[pair.second].name] for pair in scorecard.pairs
        ],
        "pair_standard_errors": STANDARD_ERRORS,
        "pair_trials": [asdict(trial) for trial in training.trials],
        "bands": [asdict(band) for band in scorecard.bands],
        "bands_label": scorecard.bands_label,
        "calibration": asdict(scorecard.calibration),
        "rehearsal": _rehearsal(training),
        "left_out": asdict(training.left_out),
        "test": asdict(training.test),
        "yardstick": asdict(training.yardstick),
        "stability": asdict(training.stability),
        "selected_from": plan.worst_selected,
        "fairness": [asdict(group) for group in training.groups],
        "leak_warnings": [asdict(leak) for leak in training.leaks],
        "notes": list(training.notes),
    }


def _rehearsal(training: Training) -> dict[str, Any] | None:
    found = training.learned.estimator.rehearsal_
    return None if found is None else {**asdict(found), "moved": found.moved}


def card_json(training: Training) -> bytes:
    """UTF-8 JSON with sorted keys."""
    return (json.dumps(card_document(training), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def card_html(training: Training, *, progress: Progress = silent) -> str:
    """One page that needs nothing else: tables, and charts as SVG inside."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["percent"] = lambda share: "–" if share is None else f"{100 * share:.2f} %"
    environment.filters["figure"] = lambda value: f"{value:.4f}"
    drawn: Charts = charts(training, progress=progress)
    return environment.get_template("card.html.j2").render(card=card_document(training), charts=drawn)


def write_card(training: Training, folder: Path, *, progress: Progress = silent) -> Sequence[Path]:
    """Write model-card.json and model-card.html into a folder that exists; the paths written."""
    contents: Mapping[str, bytes] = {
        "model-card.json": card_json(training),
        "model-card.html": card_html(training, progress=progress).encode(),
    }
    paths = []
    for name, content in contents.items():
        path = folder / name
        path.write_bytes(content)
        paths.append(path)
    return paths
