"""Train the demonstration score on the generated population: `python -m scoring.demo`, the same bytes every time."""

from __future__ import annotations

import hashlib
import sys
from importlib.metadata import version
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from scoring import DEMO_ARTEFACT
from scoring.artefact import dump
from scoring.bins import Cuts
from scoring.features import DEMO_FEATURES, Feature, read_features
from scoring.points import scale_of, scorecard_of
from scoring.population import Population, generate
from scoring.scorecard import Band, Manifest, feature_values
from scoring.tables import compile_trees, purify

ROWS: Final = 60_000
SEED: Final = 20_260_101

BANDS: Final = (
    Band("A", 7_500, "优秀", "excellent"),
    Band("B", 6_000, "良好", "good"),
    Band("C", 4_500, "中等", "fair"),
    Band("D", 3_000, "偏弱", "weak"),
    Band("E", 0, "较差", "poor"),
)
BANDS_LABEL: Final = "2026-01 demonstration bands, illustrative"


def train() -> bytes:
    """The artefact's bytes."""
    features = read_features(DEMO_FEATURES)
    population = generate(ROWS, seed=SEED)
    values = np.array([feature_values(feature, population.facts) for feature in features])
    cuts = [_cuts(column) for column in values]
    codes = np.array([_codes(column, cut) for column, cut in zip(values, cuts, strict=True)])
    model = HistGradientBoostingClassifier(
        learning_rate=0.1,
        max_iter=150,
        max_leaf_nodes=5,
        min_samples_leaf=100,
        l2_regularization=10.0,
        interaction_cst=[{position} for position in range(len(features))],
        monotonic_cst=[-feature.sign for feature in features],
        early_stopping=False,
        random_state=SEED,
    ).fit(codes.T, population.default)
    counts = [len(cut.edges) + 2 for cut in cuts]
    trees = [predictor for (predictor,) in model._predictors]  # noqa: SLF001 - the trees have no public name
    bins = np.array([np.where(np.isnan(c), n - 1, c).astype(np.intp) for c, n in zip(codes, counts, strict=True)])
    weights = [np.bincount(b, minlength=n) / ROWS for b, n in zip(bins, counts, strict=True)]
    tables = purify(compile_trees(trees, float(model._baseline_prediction.item()), counts), weights)  # noqa: SLF001
    scorecard = scorecard_of(
        tables,
        scale=scale_of(tables.margin(bins)),
        features=features,
        cuts=cuts,
        bands=BANDS,
        bands_label=BANDS_LABEL,
        platt=(0.0, 1.0),
        calibration_label="generated population",
        manifest=_manifest(features, population),
    )
    return dump(scorecard)


def _manifest(features: tuple[Feature, ...], population: Population) -> Manifest:
    digest = hashlib.sha256(b"".join(column.tobytes() for column in population.facts.values()))
    return Manifest(
        model_id="kedai-demo-1",
        title_zh="示范评分(合成数据)",
        title_en="Demonstration score (synthetic data)",
        synthetic=True,
        data_sha256=digest.hexdigest(),
        rows=ROWS,
        defaults=int(population.default.sum()),
        seed=SEED,
        versions={name: version(name) for name in ("numpy", "scikit-learn")},
        metrics={"features": float(len(features))},
    )


def _cuts(values: npt.NDArray[np.float64]) -> Cuts:
    known = values[~np.isnan(values)]
    quantiles = np.quantile(known, np.linspace(0.0, 1.0, 33)[1:-1], method="lower")
    edges = sorted({float(f"{edge:.3g}") for edge in quantiles})
    return Cuts(tuple(edge for edge in edges if edge < known.max()))


def _codes(values: npt.NDArray[np.float64], cuts: Cuts) -> npt.NDArray[np.float64]:
    return np.where(np.isnan(values), np.nan, np.searchsorted(np.array(cuts.edges), values))


def main() -> None:
    """Write the artefact and say so."""
    content = train()
    DEMO_ARTEFACT.parent.mkdir(exist_ok=True)
    DEMO_ARTEFACT.write_bytes(content)
    sys.stdout.write(f"{DEMO_ARTEFACT.name}: {len(content):,} bytes\n")


if __name__ == "__main__":
    main()
