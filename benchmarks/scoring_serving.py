"""What a served score of 40 features and 15 pairs costs: one row, a batch, the artefact's size and its loading."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from scoring.artefact import dump, load
from scoring.estimator import InnovationScorecard
from scoring.features import Feature, FeatureGroup, FeatureKind
from scoring.learning import Titles, learn
from scoring.levels import Levels
from scoring.scales import read_bands

ROWS = 6_000
BATCH = 1_000_000
NUMBERS, RATIOS, CATEGORIES, PAIRS = 25, 10, 5, 15


def serving() -> str:
    """Train on drawn data, then time; one line."""
    random = np.random.default_rng(0)
    facts: dict[str, Any] = {f"x{place}": random.normal(size=ROWS) for place in range(NUMBERS + RATIOS)}
    facts |= {f"d{place}": random.random(ROWS) + 0.5 for place in range(RATIOS)}
    names = np.array([f"level {number}" for number in range(40)], dtype=object)
    facts |= {f"c{place}": names[random.integers(0, 40, ROWS)] for place in range(CATEGORIES)}
    margin = -2.0 + sum(0.3 * facts[f"x{place}"] for place in range(10)) + 0.5 * facts["x1"] * facts["x2"]
    target = (random.random(ROWS) < 1.0 / (1.0 + np.exp(-margin))).astype(np.float64)
    card = learn(
        _features(), facts, target, weight=None, times=None, titles=Titles("bench", "bench", "bench", synthetic=True),
        bands=read_bands(), calibration_label="bench", data_sha256="0", seed=0, threads=2,
        estimator=InnovationScorecard(pairs=PAIRS, threads=2),
    ).scorecard  # fmt: skip
    content = dump(card)
    records = [card.record(facts, row) for row in range(500)]
    single = [_timed(lambda record=record: card.score_record(record)) for record in records * 8]
    rows = random.integers(0, ROWS, BATCH)
    texts = {name: column[rows] for name, column in facts.items()}
    coded = {name: Levels.of_arrow(pa.array(c.tolist())) if c.dtype.kind == "O" else c for name, c in texts.items()}
    rates = [BATCH / min(_timed(lambda many=many: card.score(many)) for _ in range(3)) for many in (texts, coded)]
    loading = statistics.median(_timed(lambda: load(content)) for _ in range(20))
    return (
        f"{len(card.features)} features ({RATIOS} ratios, {CATEGORIES} categories), {len(card.pairs)} pairs: one row "
        f"to probability and four reasons p50 {1e6 * statistics.median(single):.1f} us, batch of {BATCH:,} "
        f"{rates[0]:,.0f} rows/s, with dictionary-encoded texts {rates[1]:,.0f}; artefact {len(content) / 1e6:.2f} MB, "
        f"loaded in {1e3 * loading:.1f} ms"
    )


def _features() -> list[Feature]:
    def one(name: str, *, bottom: str | None = None, kind: FeatureKind = FeatureKind.NUMBER) -> Feature:
        below = ((bottom, 1.0),) if bottom else ()
        return Feature(name, name, name, "1", FeatureGroup.OTHER, 0, ((name, 1.0),), below, kind)

    numbers = [one(f"x{place}") for place in range(NUMBERS)]
    ratios = [one(f"x{NUMBERS + place}", bottom=f"d{place}") for place in range(RATIOS)]
    categories = [one(f"c{place}", kind=FeatureKind.CATEGORY) for place in range(CATEGORIES)]
    return [*numbers, *ratios, *categories]


def _timed(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(serving())
