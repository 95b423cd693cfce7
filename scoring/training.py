"""Train a scorecard on a bank's own table, and say how good it is on rows it has not seen.

With a date column the last quarter of the rows by date is the test (random folds flatter a score that must look
forward); without one a quarter is drawn, with its share of defaults. The scorecard is learned on the other rows alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split

from scoring.dataset import Dataset, DatasetError
from scoring.estimator import PairTrial
from scoring.evaluation import Evaluation, evaluate, evaluate_probability
from scoring.fairness import Group, groups
from scoring.features import Feature, FeatureKind
from scoring.leaks import Leak, leaks
from scoring.learning import Learned, Progress, Titles, check_outcomes, data_digest, feature_columns, learn, silent
from scoring.levels import level_text
from scoring.monitoring import Monitoring, monitor
from scoring.parts import Facts, FactsError
from scoring.scales import BandTable, MonitoringLimits
from scoring.scorecard import Scorecard

Floats: TypeAlias = npt.NDArray[np.float64]
Rows: TypeAlias = npt.NDArray[np.intp]

TEST_SHARE: Final = 0.25
_MOST_BOOSTER_LEVELS: Final = 200


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What to train: target column, features, and which columns hold date, weight and the groups to be fair to.

    `selected_from` is the worst band that counts as selected in the fairness report.
    """

    target: str
    features: tuple[Feature, ...]
    titles: Titles
    bands: BandTable
    limits: MonitoringLimits
    seed: int
    decided_on: str | None = None
    weight: str | None = None
    groups: tuple[str, ...] = ()
    selected_from: str | None = None
    threads: int = 1

    @property
    def worst_selected(self) -> str:
        """The name of the worst band that counts as selected: as asked, else the middle one."""
        names = [band.name for band in self.bands.bands]
        if self.selected_from is None:
            return names[len(names) // 2]
        if self.selected_from not in names:
            raise DatasetError(f"Band {self.selected_from} is none of {', '.join(names)}. Name one of them.")
        return self.selected_from


@dataclass(frozen=True, slots=True)
class Flow:
    """Where the rows went. `split` says how the test was chosen."""

    rows: int
    training_rows: int
    training_defaults: int
    test_rows: int
    test_defaults: int
    split: str


@dataclass(frozen=True, slots=True)
class Training:
    """The result: the learned scorecard, its standing on unseen rows, and what its users must know."""

    learned: Learned
    plan: TrainingPlan
    flow: Flow
    left_out: Evaluation
    test: Evaluation
    yardstick: Evaluation
    trials: tuple[PairTrial, ...]
    leaks: tuple[Leak, ...]
    stability: Monitoring
    groups: tuple[Group, ...]
    notes: tuple[str, ...]

    @property
    def scorecard(self) -> Scorecard:
        """The scorecard to write with `scoring.artefact.dump`."""
        return self.learned.scorecard


def train(dataset: Dataset, plan: TrainingPlan, *, progress: Progress = silent) -> Training:
    """Train and evaluate. DatasetError, FactsError or TooFewOutcomesError where the data do not allow it."""
    target = dataset.target(plan.target)
    weight = dataset.weights(plan.weight) if plan.weight else np.ones(target.size)
    check_outcomes(target[weight > 0])
    progress("look for leaks", 0.0)
    facts = dataset.facts((plan.target, *([plan.weight] if plan.weight else ())))
    _check_kinds(plan.features, facts, dataset.name)
    warnings = leaks(dataset, _used(plan.features, facts), target, plan.decided_on)
    training, test, split = _split(dataset, plan, target)
    here, there = (_taken(facts, rows) for rows in (training, test))
    times = dataset.dates(plan.decided_on)[training] if plan.decided_on else None
    learned = learn(
        plan.features,
        here,
        target[training],
        weight=weight[training] if plan.weight else None,
        times=times,
        titles=plan.titles,
        bands=plan.bands,
        calibration_label=f"training data {dataset.name}",
        data_sha256=data_digest(_used(plan.features, facts), target),
        seed=plan.seed,
        threads=plan.threads,
        progress=progress,
    )
    progress("evaluate", 0.0)
    scorecard = learned.scorecard
    flow = Flow(
        rows=target.size,
        training_rows=training.size,
        training_defaults=int(target[training].sum()),
        test_rows=test.size,
        test_defaults=int(target[test].sum()),
        split=split,
    )
    result = Training(
        learned=learned,
        plan=plan,
        flow=flow,
        left_out=evaluate_probability(
            target[training][learned.left_out_rows],
            learned.left_out_probability,
            weight[training][learned.left_out_rows],
        ),
        test=evaluate(scorecard, there, target[test], weight[test]),
        yardstick=evaluate_probability(
            target[test], _yardstick(plan, here, target[training], weight[training], there), weight[test]
        ),
        trials=learned.estimator.trials_,
        leaks=warnings,
        stability=monitor(scorecard, there, limits=plan.limits, target=target[test], weight=weight[test]),
        groups=_groups(dataset, plan, scorecard, test, there, target[test], weight[test]),
        notes=_notes(learned, plan, times),
    )
    progress("evaluate", 1.0)
    return result


def _split(dataset: Dataset, plan: TrainingPlan, target: Floats) -> tuple[Rows, Rows, str]:
    rows = np.arange(target.size)
    if plan.decided_on is None:
        training, test = train_test_split(rows, test_size=TEST_SHARE, random_state=plan.seed, stratify=target)
        return np.sort(training), np.sort(test), "drawn by lot with equal default rates; no date was given"
    dates = dataset.dates(plan.decided_on)
    # Whole days: the day on which the last quarter begins belongs to the test with all its rows.
    first = np.sort(dates)[int((1.0 - TEST_SHARE) * target.size)]
    training, test = rows[dates < first], rows[dates >= first]
    if not training.size:
        raise DatasetError(f"{dataset.name}: most rows bear the date {first}. Give dates that differ, or none.")
    check_outcomes(target[training])
    return training, test, f"by date: decided before {first} for training, from {first} for the test"


def _check_kinds(features: Sequence[Feature], facts: Facts, name: str) -> None:
    for feature in features:
        for fact in feature.facts:
            if fact not in facts:
                raise FactsError(f"Feature {feature.name} needs the column {fact}, which {name} lacks. Add or drop it.")
            if feature.kind is FeatureKind.NUMBER and facts[fact].dtype.kind != "f":
                raise FactsError(
                    f"Feature {feature.name} is a number, but the column {fact} of {name} holds text. Write "
                    "`kind: category` or correct the column."
                )


def _used(features: Sequence[Feature], facts: Facts) -> dict[str, npt.NDArray[Any]]:
    return {name: facts[name] for feature in features for name in feature.facts}


def _taken(facts: Facts, rows: Rows) -> dict[str, npt.NDArray[Any]]:
    return {name: column[rows] for name, column in facts.items()}


def _yardstick(plan: TrainingPlan, here: Facts, target: Floats, weight: Floats, there: Facts) -> Floats:
    """Probabilities (n,) of an unrestricted booster on the same features: a yardstick, not for decisions."""
    known, asked = (feature_columns(plan.features, facts) for facts in (here, there))
    pairs = [_ordinal(*columns) for columns in zip(known, asked, strict=True)]
    booster = HistGradientBoostingClassifier(random_state=plan.seed)
    booster.fit(np.column_stack([left for left, _ in pairs]), target, sample_weight=weight)
    probability: Floats = booster.predict_proba(np.column_stack([right for _, right in pairs]))[:, 1]
    return probability


def _ordinal(known: npt.NDArray[Any], asked: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    """Both columns as numbers; levels by falling frequency in the first, rare and unseen ones together."""
    if known.dtype.kind != "O":
        return known, asked
    names, counts = np.unique([level_text(level) or "" for level in known.tolist()], return_counts=True)
    order = [str(names[place]) for place in np.argsort(-counts, kind="stable")[:_MOST_BOOSTER_LEVELS]]
    number: Mapping[str, int] = {name: place for place, name in enumerate(order)}
    columns = [
        np.array([float(number.get(level_text(level) or "", _MOST_BOOSTER_LEVELS)) for level in column.tolist()])
        for column in (known, asked)
    ]
    return columns[0], columns[1]


def _groups(
    dataset: Dataset,
    plan: TrainingPlan,
    scorecard: Scorecard,
    rows: Rows,
    facts: Facts,
    target: Floats,
    weight: Floats,
) -> tuple[Group, ...]:
    scores = scorecard.score(facts)
    selected = scores.band <= [band.name for band in plan.bands.bands].index(plan.worst_selected)
    probability = scores.default_probability_ppm / 1e6
    found = (groups(name, dataset.column(name)[rows], selected, probability, target, weight) for name in plan.groups)
    return tuple(group for attribute in found for group in attribute)


def _notes(learned: Learned, plan: TrainingPlan, times: npt.NDArray[Any] | None) -> tuple[str, ...]:
    model = learned.estimator
    notes = [
        "Applicants refused in the past have no outcome; reject inference is out of scope.",
        "The score ranks firms like those it was learned from; the default probability holds where their default rate "
        "does. Anchor it to the own portfolio with `kedai calibrate` and watch both with `kedai monitor`.",
    ]
    if times is not None:
        notes.append(f"Learned from decisions of {times.min()} to {times.max()}.")
    if model.rehearsal_ is not None and model.rehearsal_.moved:
        notes.append(
            f"The latest decisions, from {model.rehearsal_.since}, contradicted the calibration by left-out rows; the "
            "default probability was moved to them."
        )
    if not model.capacity_.pairs:
        notes.append(
            f"Few defaults: at most {model.capacity_.bins} bins a feature, no pairs and a ridge of "
            f"{model.capacity_.ridge:g} were used."
        )
    if plan.decided_on is None:
        notes.append("No date of decision was given: the test does not look forward and flatters.")
    if plan.titles.synthetic:
        notes.append("The data are generated, not observed. The score must not be used for decisions.")
    return tuple(notes)
