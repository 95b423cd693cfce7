"""What would have to change: the nearest realistic values of changeable features that reach a better band.

A feature may move in the direction its policy sign calls better, in its declared steps, within its declared reach and
bounds. Features are treated as free of each other; where several share a fact the answer is a direction, not a plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.features import Change, Feature
from scoring.lookup import feature_values
from scoring.parts import Band, Facts, Record
from scoring.scorecard import Scorecard


@dataclass(frozen=True, slots=True)
class Move:
    """One feature from its value to another, and the points (hundredths) its part of the change brings."""

    name: str
    zh: str
    en: str
    unit: str
    value: float
    needed: float
    steps: int
    gain: int


@dataclass(frozen=True, slots=True)
class _Option:
    """One value a feature could reach; `effort` is the share of its reach."""

    place: int
    value: float
    needed: float
    step: int
    effort: float


@dataclass(frozen=True, slots=True)
class Path:
    """Moves that together reach the band; `points` is what the score then is, in hundredths."""

    band: Band
    points: int
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Prospects:
    """Ways to the next better band, fewest moves and steps first; empty where none is realistic or the band is best."""

    missing: int
    paths: tuple[Path, ...]


def prospects(scorecard: Scorecard, facts: Facts, row: int, *, most_moves: int = 3, most_paths: int = 5) -> Prospects:
    """Ways of one row to the next better band by at most `most_moves` features.

    Every single feature that suffices is a path of its own; if none does, the moves with the most points for the least
    share of their reach are joined until the band is reached.
    """
    record = scorecard.record(facts, row)
    current = scorecard.score_record(record, reasons=0)
    if current.band == 0:
        return Prospects(0, ())
    band = scorecard.bands[current.band - 1]
    own = slice(row, row + 1)
    options = [
        option
        for place, feature in enumerate(scorecard.features)
        if feature.change is not None and feature.sign
        for option in _options(place, feature, feature.change, feature_values(feature, facts, own).item())
    ]
    paths = _singles(scorecard, record, options, band) or _joined(scorecard, record, options, band, most_moves)
    return Prospects(band.at_least - current.points, tuple(paths[:most_paths]))


def _options(place: int, feature: Feature, change: Change, value: float) -> list[_Option]:
    """Values in steps from the present one, nearest first, within reach and bounds; none where it is unknown."""
    if value != value:  # noqa: PLR0124 - NaN differs from itself
        return []
    steps = range(1, int(change.reach / change.step + 1e-9) + 1)
    reached = [(step, round(value + feature.sign * change.step * step, 10)) for step in steps]
    return [
        _Option(place, value, needed, step, step * change.step / change.reach)
        for step, needed in reached
        if change.lowest <= needed <= change.highest
    ]


def _singles(scorecard: Scorecard, record: Record, options: Sequence[_Option], band: Band) -> list[Path]:
    found: dict[int, _Option] = {}
    for option in options:
        if option.place not in found and _points(scorecard, record, [option]) >= band.at_least:
            found[option.place] = option
    nearest = sorted(found.values(), key=lambda option: (option.effort, option.place))
    return [_path(scorecard, record, [option], band) for option in nearest]


def _joined(
    scorecard: Scorecard, record: Record, options: Sequence[_Option], band: Band, most_moves: int
) -> list[Path]:
    chosen: list[_Option] = []
    for _ in range(most_moves):
        before = _points(scorecard, record, chosen)
        taken = {option.place for option in chosen}
        ranked = [
            (points >= band.at_least, (points - before) / option.effort, option)
            for option in options
            if option.place not in taken and (points := _points(scorecard, record, [*chosen, option])) > before
        ]
        if not ranked:
            return []
        reaches, _, best = max(ranked, key=lambda entry: entry[:2])
        chosen.append(best)
        if reaches:
            return [_path(scorecard, record, chosen, band)]
    return []


def _points(scorecard: Scorecard, record: Record, chosen: Sequence[_Option]) -> int:
    return scorecard.points_with(record, {option.place: option.needed for option in chosen})


def _path(scorecard: Scorecard, record: Record, chosen: Sequence[_Option], band: Band) -> Path:
    moves = []
    for count, option in enumerate(chosen):
        gain = _points(scorecard, record, chosen[: count + 1]) - _points(scorecard, record, chosen[:count])
        feature = scorecard.features[option.place]
        moves.append(
            Move(feature.name, feature.zh, feature.en, feature.unit, option.value, option.needed, option.step, gain)
        )
    return Path(band, _points(scorecard, record, chosen), tuple(moves))
