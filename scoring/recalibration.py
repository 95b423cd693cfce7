"""Anchor the default probability to a recent portfolio, without touching score, bands, ranks or reasons.

The result is an artefact of its own: it names the scorecard by digest and the day it stands for, and is laid over the
scorecard when both are loaded.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.artefact import parse, read_bytes
from scoring.artefact_fields import ArtefactError, Reader
from scoring.parts import Calibration, Facts
from scoring.platt import platt
from scoring.scorecard import Scorecard

Floats: TypeAlias = npt.NDArray[np.float64]

SCHEMA: Final = "kedai-calibration/1"
FEWEST_DEFAULTS: Final = 20
FEWEST_DEFAULTS_FOR_SLOPE: Final = 100


class RecalibrationError(ValueError):
    """A portfolio too small to anchor a probability to, or of the wrong shape."""


@dataclass(frozen=True, slots=True)
class Recalibration:
    """Log-odds of default = intercept + slope x (log-odds by the scorecard's own calibration), as of a day.

    Standard errors belong to the two numbers; a slope that was not fitted is 1 with error 0.
    """

    scorecard_digest: str
    as_of: str
    label: str
    intercept: float
    slope: float
    intercept_error: float
    slope_error: float
    rows: int
    defaults: int
    mean_before_ppm: int
    observed_ppm: int

    def over(self, calibration: Calibration) -> Calibration:
        """The scorecard's calibration with this one laid over it."""
        return Calibration(
            points=calibration.points,
            log_odds=tuple(self.intercept + self.slope * one for one in calibration.log_odds),
            label=f"{self.as_of}, {self.label}",
        )


def recalibrate(
    scorecard: Scorecard,
    facts: Facts,
    target: Floats,
    *,
    as_of: date,
    label: str,
    weight: Floats | None = None,
    fit_slope: bool = False,
) -> Recalibration:
    """Fit the intercept, and the slope if asked for, to outcomes `target` (n,), 1 for default.

    RecalibrationError below FEWEST_DEFAULTS defaulted or paid rows, or FEWEST_DEFAULTS_FOR_SLOPE with a slope.
    """
    rarer = int(min(target.sum(), (1.0 - target).sum()))
    needed = FEWEST_DEFAULTS_FOR_SLOPE if fit_slope else FEWEST_DEFAULTS
    if rarer < needed:
        raise RecalibrationError(
            f"The portfolio has {rarer} rows of its rarer outcome; {'a slope' if fit_slope else 'an intercept'} needs "
            f"at least {needed}. Widen the window{' or fit the intercept alone' if fit_slope else ''}."
        )
    margin = scorecard.calibration.at(scorecard.totals(facts))
    weight = np.ones(target.size) if weight is None else weight
    line = platt(margin, target, weight, fit_slope=fit_slope)
    before = scorecard.score(facts).default_probability_ppm
    return Recalibration(
        scorecard_digest=scorecard.digest,
        as_of=as_of.isoformat(),
        label=label,
        intercept=float(f"{line.intercept:.9g}"),
        slope=float(f"{line.slope:.9g}"),
        intercept_error=float(f"{line.intercept_error:.6g}"),
        slope_error=float(f"{line.slope_error:.6g}"),
        rows=int(target.size),
        defaults=int(target.sum()),
        mean_before_ppm=round(float(np.average(before, weights=weight))),
        observed_ppm=round(1e6 * float(np.average(target, weights=weight))),
    )


def dump_recalibration(recalibration: Recalibration) -> bytes:
    """The artefact's bytes: JSON with sorted keys and a digest over the rest."""
    document = {"schema": SCHEMA, **asdict(recalibration)}
    complete = {**document, "digest": _digest(document)}
    return (json.dumps(complete, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def load_recalibration(source: bytes | Path | str, scorecard: Scorecard) -> Scorecard:
    """The scorecard with the recalibration of `source` laid over it. ArtefactError if it is amiss or another's."""
    document = parse(source if isinstance(source, bytes) else read_bytes(Path(source)))
    reader = Reader(document, "calibration")
    digest = reader.text("digest")
    if digest != _digest({key: value for key, value in document.items() if key != "digest"}):
        raise ArtefactError("The calibration's digest does not fit its content. It was changed; fetch it anew.")
    found = _recalibration(reader)
    if found.scorecard_digest != scorecard.digest:
        raise ArtefactError(
            f"The calibration belongs to the scorecard {found.scorecard_digest}, not to {scorecard.digest}. "
            "Calibrate this scorecard or load the other."
        )
    return scorecard.recalibrated(found.over(scorecard.calibration))


def _recalibration(reader: Reader) -> Recalibration:
    reader.only("schema", "digest", *Recalibration.__dataclass_fields__)
    reader.choice("schema", [SCHEMA])
    rows = reader.integer("rows", 1, 10**12)
    slope = reader.number("slope")
    if slope < 0:
        raise reader.error("slope", "is below 0: it would turn the ranks around")
    return Recalibration(
        scorecard_digest=reader.text("scorecard_digest"),
        as_of=reader.text("as_of"),
        label=reader.text("label"),
        intercept=reader.number("intercept"),
        slope=slope,
        intercept_error=reader.number("intercept_error"),
        slope_error=reader.number("slope_error"),
        rows=rows,
        defaults=reader.integer("defaults", 0, rows),
        mean_before_ppm=reader.integer("mean_before_ppm", 0, 1_000_000),
        observed_ppm=reader.integer("observed_ppm", 0, 1_000_000),
    )


def _digest(document: dict[str, object]) -> str:
    content = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()
