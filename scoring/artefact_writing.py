"""The fields of a scorecard's artefact, as `scoring.artefact_reading` reads them."""

from __future__ import annotations

from typing import Any

from scoring.parts import FeatureTable
from scoring.scorecard import Scorecard


def written(scorecard: Scorecard) -> dict[str, Any]:
    """The fields of a scorecard's artefact, without schema and digest."""
    manifest = scorecard.manifest
    calibration = scorecard.calibration
    names = [feature.name for feature in scorecard.features]
    return {
        "manifest": {
            "model_id": manifest.model_id,
            "title_zh": manifest.title_zh,
            "title_en": manifest.title_en,
            "synthetic": manifest.synthetic,
            "data_sha256": manifest.data_sha256,
            "rows": manifest.rows,
            "defaults": manifest.defaults,
            "seed": manifest.seed,
            "versions": dict(manifest.versions),
            "metrics": dict(manifest.metrics),
            "score_shares": list(manifest.score_shares),
            **({"row_marks": list(manifest.row_marks)} if manifest.row_marks else {}),
        },
        "base": scorecard.base,
        "features": [_table_entry(table) for table in scorecard.tables],
        "pairs": [
            {"first": names[pair.first], "second": names[pair.second], "points": [list(row) for row in pair.points]}
            for pair in scorecard.pairs
        ],
        "bands": [
            {"name": band.name, "at_least": band.at_least, "zh": band.zh, "en": band.en} for band in scorecard.bands
        ],
        "bands_label": scorecard.bands_label,
        "calibration": {
            "points": list(calibration.points),
            "log_odds": list(calibration.log_odds),
            "label": calibration.label,
        },
    }


def _table_entry(table: FeatureTable) -> dict[str, Any]:
    feature = table.feature
    entry: dict[str, Any] = {
        "name": feature.name,
        "zh": feature.zh,
        "en": feature.en,
        "unit": feature.unit,
        "group": feature.group.value,
        "sign": feature.sign,
        "kind": feature.kind.value,
        "numerator": [list(term) for term in feature.numerator],
        "denominator": [list(term) for term in feature.denominator],
        "edges": list(table.edges),
        "levels": dict(table.levels),
        "other": table.other,
        "shares": list(table.shares),
        "points": list(table.points),
    }
    if feature.change is not None:
        change = feature.change
        entry["change"] = {
            "step": change.step,
            "reach": change.reach,
            "lowest": change.lowest,
            "highest": change.highest,
        }
    return entry
