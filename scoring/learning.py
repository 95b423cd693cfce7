"""From facts and outcomes to a scorecard: what the demonstration and a bank's own training share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.artefact import dump, load
from scoring.estimator import InnovationScorecard
from scoring.features import Feature, FeatureKind
from scoring.lookup import feature_values
from scoring.measures import auc, brier, calibration_error, ks
from scoring.parts import SCORE_CLASSES, Facts, FactsError, Manifest
from scoring.platt import sigmoid
from scoring.points import scale_of, scorecard_of
from scoring.scales import BandTable
from scoring.scorecard import Scorecard
from scoring.seen_rows import lowest_marks, row_marks

Floats: TypeAlias = npt.NDArray[np.float64]
Progress: TypeAlias = Callable[[str, float], None]

FEWEST_DEFAULTS: Final = 50
FEWEST_PAID: Final = 50
_CLASS_POINTS: Final = 500


class TooFewOutcomesError(ValueError):
    """Fewer defaulted or paid rows than a scorecard can be learned from."""


@dataclass(frozen=True, slots=True)
class Titles:
    """What the model is called."""

    model_id: str
    zh: str
    en: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """The scorecard as its artefact reads it, its estimator, and left-out probabilities of training rows."""

    scorecard: Scorecard
    estimator: InnovationScorecard
    left_out_rows: npt.NDArray[np.intp]
    left_out_probability: Floats


def silent(_step: str, _share: float) -> None:
    """A progress callback that says nothing."""


def learn(
    features: Sequence[Feature],
    facts: Facts,
    target: Floats,
    *,
    weight: Floats | None,
    times: npt.NDArray[Any] | None,
    titles: Titles,
    bands: BandTable,
    calibration_label: str,
    data_sha256: str,
    seed: int,
    threads: int = 1,
    estimator: InnovationScorecard | None = None,
    progress: Progress = silent,
) -> Learned:
    """Learn a scorecard. `target` (n,) is 1 for default; `progress` hears the step and the share done, 0..1.

    TooFewOutcomesError below FEWEST_DEFAULTS defaulted or FEWEST_PAID paid rows; FactsError for a missing fact.
    """
    check_outcomes(target if weight is None else target[weight > 0])
    columns = feature_columns(features, facts)
    progress("learn", 0.1)
    model = estimator or InnovationScorecard(random_state=seed, threads=threads)
    model.set_params(
        signs=tuple(-feature.sign for feature in features),
        categorical=[place for place, one in enumerate(features) if one.kind is FeatureKind.CATEGORY] or None,
    )
    model.fit(_matrix(columns), target.astype(np.int64), sample_weight=weight, times=times)
    progress("compile", 0.9)
    margin = model.tables_.margin(_bins(model, columns))
    scorecard = scorecard_of(
        model.tables_,
        scale=scale_of(margin),
        shares=model.shares_,
        features=features,
        cuts=model.cuts_,
        bands=bands.bands,
        bands_label=bands.label,
        curve=model.curve_,
        calibration_label=calibration_label,
        manifest=_manifest(titles, target, data_sha256, seed, lowest_marks(row_marks(facts, _read(features), target))),
    )
    probability = sigmoid(model.left_out_margin_)
    # The estimator numbers the rows that weigh something.
    weighed = np.arange(target.size) if weight is None else np.flatnonzero(weight > 0)
    rows = weighed[model.left_out_rows_]
    known = None if weight is None else weight[rows]
    described = _described(scorecard, model, facts, target[rows], probability, known)
    progress("compile", 1.0)
    return Learned(described, model, rows, probability)


def check_outcomes(target: Floats) -> None:
    """Refuse too few outcomes of either kind."""
    defaults, paid = int(target.sum()), int((1.0 - target).sum())
    if defaults < FEWEST_DEFAULTS or paid < FEWEST_PAID:
        raise TooFewOutcomesError(
            f"There are {defaults} defaulted and {paid} paid rows; a scorecard needs at least {FEWEST_DEFAULTS} and "
            f"{FEWEST_PAID}. Collect more outcomes, widen the window, or calibrate a scorecard learned elsewhere."
        )


def feature_columns(features: Sequence[Feature], facts: Facts) -> list[npt.NDArray[Any]]:
    """Each feature's values: float64 (n,) of a number, objects (n,) of a category."""
    missing = sorted({name for feature in features for name in feature.facts if name not in facts})
    if missing:
        raise FactsError(
            f"The features need {', '.join(missing)}, which the data lack. Add the columns or drop the features."
        )
    return [
        facts[feature.facts[0]].astype(object)
        if feature.kind is FeatureKind.CATEGORY
        else feature_values(feature, facts)
        for feature in features
    ]


def data_digest(facts: Facts, target: Floats) -> str:
    """SHA-256 over the names and values of the facts and the target, in order of names."""
    digest = hashlib.sha256()
    for name in sorted(facts):
        column = facts[name]
        digest.update(name.encode() + b"\0")
        if column.dtype.kind == "O":
            digest.update("\x1f".join("" if level is None else str(level) for level in column.tolist()).encode())
        else:
            digest.update(np.ascontiguousarray(column, dtype=np.float64).tobytes())
    digest.update(np.ascontiguousarray(target, dtype=np.float64).tobytes())
    return digest.hexdigest()


def _matrix(columns: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    dtype = object if any(column.dtype.kind == "O" for column in columns) else np.float64
    matrix = np.empty((columns[0].size, len(columns)), dtype=dtype)
    for place, column in enumerate(columns):
        matrix[:, place] = column
    return matrix


def _bins(model: InnovationScorecard, columns: Sequence[npt.NDArray[Any]]) -> npt.NDArray[np.intp]:
    return np.array([cuts.bins(column) for cuts, column in zip(model.cuts_, columns, strict=True)])


def _read(features: Sequence[Feature]) -> set[str]:
    return {name for feature in features for name in feature.facts}


def _manifest(titles: Titles, target: Floats, data_sha256: str, seed: int, marks: tuple[int, ...]) -> Manifest:
    return Manifest(
        model_id=titles.model_id,
        title_zh=titles.zh,
        title_en=titles.en,
        synthetic=titles.synthetic,
        data_sha256=data_sha256,
        rows=int(target.size),
        defaults=int(target.sum()),
        seed=seed,
        versions={name: version(name) for name in ("numpy", "scikit-learn")},
        metrics={},
        row_marks=marks,
    )


def _described(
    scorecard: Scorecard,
    model: InnovationScorecard,
    facts: Facts,
    target: Floats,
    probability: Floats,
    weight: Floats | None,
) -> Scorecard:
    """The scorecard with the figures of its training in the manifest."""
    classes = np.minimum(scorecard.score(facts).points // _CLASS_POINTS, SCORE_CLASSES - 1)
    shares = np.bincount(classes, minlength=SCORE_CLASSES) / classes.size
    metrics = {
        "left_out_auc": auc(target, probability, weight),
        "left_out_ks": ks(target, probability, weight),
        "left_out_brier": brier(target, probability, weight),
        "left_out_calibration_error": calibration_error(target, probability, weight),
        "pairs": float(len(scorecard.pairs)),
        "rounds": float(model.rounds_),
        "evidence_share": model.evidence_share_,
    }
    manifest = replace(
        scorecard.manifest,
        metrics={name: float(f"{figure:.6g}") for name, figure in metrics.items()},
        score_shares=tuple(np.rint(1e6 * shares).astype(np.int64).tolist()),
    )
    return load(dump(scorecard.described(manifest)))
