"""Train the demonstration score on the generated population: `python -m scoring.demo`, the same bytes every time."""

from __future__ import annotations

import sys
from typing import Final

import numpy as np

from scoring import DEMO_ARTEFACT
from scoring.artefact import dump
from scoring.estimator import InnovationScorecard
from scoring.features import DEMO_FEATURES, read_features
from scoring.learning import Titles, data_digest, learn
from scoring.population import generate
from scoring.scales import read_bands

ROWS: Final = 20_000
SEED: Final = 20_260_101


def train() -> bytes:
    """The artefact's bytes."""
    population = generate(ROWS, seed=SEED)
    target = population.default.astype(np.float64)
    learned = learn(
        read_features(DEMO_FEATURES),
        population.facts,
        target,
        weight=None,
        times=None,
        titles=Titles("kedai-demo-1", "示范评分(合成数据)", "Demonstration score (synthetic data)", synthetic=True),
        bands=read_bands(),
        calibration_label="2026-01, generated population",
        data_sha256=data_digest(population.facts, target),
        seed=SEED,
        # Pairs were tried on this population and not taken: its one interaction is weak.
        estimator=InnovationScorecard(random_state=SEED, pairs=0),
    )
    return dump(learned.scorecard)


def main() -> None:
    """Write the artefact and say so."""
    content = train()
    DEMO_ARTEFACT.parent.mkdir(exist_ok=True)
    DEMO_ARTEFACT.write_bytes(content)
    sys.stdout.write(f"{DEMO_ARTEFACT.name}: {len(content):,} bytes\n")


if __name__ == "__main__":
    main()
