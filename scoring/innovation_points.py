"""Innovation points from raw facts, by a declared and versioned table.

    points = sum over indicators of weight(stage) x min(1, max(0, value / full))
             + bonus points where the bonus value is above zero - deductions where theirs is, within 0 .. scale

An unknown value earns nothing and takes nothing; `complete` is then false and `known_weight` says how much of the
stage's weights was known. The caller decides whether an incomplete result may stand for the platform's own points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import yaml

from scoring.features import Feature, FeatureFileError, FeatureGroup, parse_value
from scoring.lookup import feature_values
from scoring.parts import Facts, FactsError
from scoring.scales import POLICY, PolicyFileError, decimal_of, text_of

Floats: TypeAlias = npt.NDArray[np.float64]

ILLUSTRATIVE_TABLE: Final = POLICY / "innovation_points.yaml"
STAGE_FACT: Final = "age_years"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of growth; firms up to and with this age belong to it, None without limit."""

    name: str
    zh: str
    up_to_age_years: float | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator; `weights` (points) stand in the order of the stages, `full` earns them all."""

    feature: Feature
    group: str
    full: float
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A bonus or a deduction of fixed points, earned where the feature is above zero."""

    feature: Feature
    points: float


@dataclass(frozen=True, slots=True)
class PointsTable:
    """The whole table."""

    version: str
    source: str
    verified: bool
    scale: float
    stages: tuple[Stage, ...]
    indicators: tuple[Indicator, ...]
    bonus: tuple[Item, ...]
    deductions: tuple[Item, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        """Names of the facts the table needs."""
        features = [one.feature for one in self.indicators] + [one.feature for one in self.bonus + self.deductions]
        return tuple(dict.fromkeys([STAGE_FACT, *(name for feature in features for name in feature.facts)]))


@dataclass(frozen=True, slots=True)
class InnovationPoints:
    """Columns of shape (n,): points 0..scale, their share of the scale, stage position, known weight, completeness.

    `parts` holds what each indicator, bonus and deduction gave, NaN where its value is unknown.
    """

    points: Floats
    share: Floats
    stage: npt.NDArray[np.int64]
    known_weight: Floats
    complete: npt.NDArray[np.bool_]
    parts: Mapping[str, Floats]


def innovation_points(table: PointsTable, facts: Facts) -> InnovationPoints:
    """Compute points; each fact of the table an array (n,), NaN unknown. A fact absent altogether is a FactsError."""
    missing = [name for name in table.facts if name not in facts]
    if missing:
        raise FactsError(f"Innovation points {table.version} need {', '.join(missing)}. Give an array for each.")
    age = np.asarray(facts[STAGE_FACT], dtype=np.float64)
    limits = [stage.up_to_age_years for stage in table.stages if stage.up_to_age_years is not None]
    stage = np.searchsorted(np.array(limits), np.nan_to_num(age, nan=np.inf), side="left")
    parts: dict[str, Floats] = {}
    known_weight = np.zeros(age.size)
    for indicator in table.indicators:
        weight = np.array(indicator.weights)[stage]
        value = feature_values(indicator.feature, facts)
        parts[indicator.feature.name] = weight * np.clip(value / indicator.full, 0.0, 1.0)
        known_weight += np.where(np.isnan(value), 0.0, weight)
    for items, sign in ((table.bonus, 1.0), (table.deductions, -1.0)):
        for item in items:
            value = feature_values(item.feature, facts)
            parts[item.feature.name] = np.where(np.isnan(value), np.nan, sign * item.points * (value > 0))
    total = np.nansum(np.array(list(parts.values())), axis=0)
    points = np.clip(total, 0.0, table.scale)
    complete = ~np.isnan(np.array(list(parts.values()))).any(axis=0) & ~np.isnan(age)
    return InnovationPoints(points, points / table.scale, stage.astype(np.int64), known_weight, complete, parts)


def read_points_table(path: Path = ILLUSTRATIVE_TABLE) -> PointsTable:
    """Read and check a table: weights of each stage add up to the same sum, full values above zero. PolicyFileError."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PolicyFileError(f"{path}: not a readable YAML file ({error}). Give a UTF-8 file.") from error
    if not isinstance(document, dict) or not all(document.get(key) for key in ("stages", "groups", "scale", "version")):
        raise PolicyFileError(f"{path}: `version`, `scale`, `stages` and `groups` are needed. Add what is missing.")
    stages = tuple(_stage(entry, f"{path}: stage {row}") for row, entry in enumerate(document["stages"], start=1))
    ages = [stage.up_to_age_years for stage in stages]
    if ages[-1] is not None or None in ages[:-1] or ages[:-1] != sorted(set(ages[:-1]), key=lambda age: age or 0.0):
        raise PolicyFileError(f"{path}: stages must have rising ages and the last none. Sort them from young to old.")
    indicators = tuple(
        _indicator(entry, text_of(group, "name", str(path)), stages, str(path))
        for group in document["groups"]
        for entry in group.get("indicators") or ()
    )
    sums = {round(sum(one.weights[place] for one in indicators), 9) for place in range(len(stages))}
    if len(sums) != 1:
        raise PolicyFileError(f"{path}: the weights add up to {sorted(sums)} by stage. Give each stage the same sum.")
    return PointsTable(
        version=text_of(document, "version", str(path)),
        source=text_of(document, "source", str(path)),
        verified=document.get("verified") is True,
        scale=float(decimal_of(document, "scale", str(path))),
        stages=stages,
        indicators=indicators,
        bonus=tuple(_item(entry, str(path)) for entry in document.get("bonus") or ()),
        deductions=tuple(_item(entry, str(path)) for entry in document.get("deductions") or ()),
    )


def _stage(entry: Any, place: str) -> Stage:
    limited = isinstance(entry, dict) and "up_to_age_years" in entry
    age = float(decimal_of(entry, "up_to_age_years", place)) if limited else None
    return Stage(text_of(entry, "name", place), text_of(entry, "zh", place), age)


def _indicator(entry: Any, group: str, stages: tuple[Stage, ...], path: str) -> Indicator:
    feature = _feature(entry, path)
    place = f"{path}: indicator {feature.name}"
    full = float(decimal_of(entry, "full", place))
    if full <= 0:
        raise PolicyFileError(f"{place}: `full` must be above zero. Give the value that earns all points.")
    weights = entry.get("weights")
    if not isinstance(weights, dict) or set(weights) != {stage.name for stage in stages}:
        raise PolicyFileError(f"{place}: `weights` must name each stage once. Give a weight for each.")
    return Indicator(feature, group, full, tuple(float(decimal_of(weights, stage.name, place)) for stage in stages))


def _item(entry: Any, path: str) -> Item:
    feature = _feature(entry, path)
    return Item(feature, float(decimal_of(entry, "points", f"{path}: {feature.name}")))


def _feature(entry: Any, path: str) -> Feature:
    name = text_of(entry, "name", path)
    place = f"{path}: {name}"
    try:
        numerator, denominator = parse_value(text_of(entry, "value", place), place)
    except FeatureFileError as error:
        raise PolicyFileError(str(error)) from error
    zh, en = text_of(entry, "zh", place), text_of(entry, "en", place)
    return Feature(name, zh, en, "1", FeatureGroup.INNOVATION, 1, numerator, denominator)
