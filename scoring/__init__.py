"""Innovation score and default probability: additive scorecards as tables, their training, papers and monitoring.

Serving needs numpy alone:

    scorecard = scoring.load(path)
    scores = scorecard.score(facts)

Training (`scoring.estimator` and what builds on it) needs scikit-learn and is imported on its own.
"""

from pathlib import Path
from typing import Final

from scoring.artefact import load
from scoring.artefact_fields import ArtefactError
from scoring.features import Feature
from scoring.levels import Levels
from scoring.parts import Band, Calibration, FactsError, Reason, RecordScore, Scores
from scoring.scorecard import Scorecard

__all__ = [
    "DEMO_ARTEFACT",
    "ArtefactError",
    "Band",
    "Calibration",
    "FactsError",
    "Feature",
    "Levels",
    "Reason",
    "RecordScore",
    "Scorecard",
    "Scores",
    "load",
]

DEMO_ARTEFACT: Final = Path(__file__).parent / "artefacts" / "demo.json"
"""The demonstration score, trained on generated firms: synthetic wherever it is shown."""
