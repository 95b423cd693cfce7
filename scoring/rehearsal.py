"""A rehearsal of the future: the latest rows, foretold by a model that knows only earlier ones.

Rows left out by lot share their time with the rows learned from, so they cannot say how a default rate that drifts, or
features that stand for a time, will do next year. The latest eighth, foretold from the rest, can. Where it contradicts
the calibration by more than chance, the calibration is moved to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.bagging import Boosting, Sample, grow, sampled, splits
from scoring.bins import Columns
from scoring.curve import Curve
from scoring.pairs import Pair
from scoring.platt import Line, log_loss, platt

Floats: TypeAlias = npt.NDArray[np.float64]
Bins: TypeAlias = npt.NDArray[np.intp]

LATEST_SHARE: Final = 1 / 8
"""What each bag leaves out: the model that foretells knows as much as a bag does, and nearly all of the history."""

FEWEST_OUTCOMES: Final = 100
"""Of either kind, among the earlier and among the latest rows."""

SURE: Final = 5.99
"""Twice the gain in log-likelihood that a line of two parameters has by chance once in twenty (chi-squared)."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The line that puts calibrated log-odds right on the latest rows, twice its gain in log-likelihood, and its use.

    `since` is the time of the first of them; `moved` says whether the calibration was moved.
    """

    since: str
    rows: int
    defaults: int
    line: Line
    gain: float

    @property
    def moved(self) -> bool:
        """True where chance does not explain the gain."""
        return self.gain > SURE


def latest(times: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """True for the rows of about the latest eighth; rows of one time stay together."""
    first = np.sort(times)[int((1.0 - LATEST_SHARE) * times.size)]
    return np.asarray(times >= first, dtype=np.bool_)


def rehearse(
    columns: Columns,
    sample: Sample,
    times: npt.NDArray[Any],
    curve: Curve,
    *,
    folds: Sequence[Bins],
    most_bins: int,
    boosting: Boosting,
    rounds: int,
    evidence_share: float,
    pairs: tuple[Pair, ...],
) -> Rehearsal | None:
    """Learn from the earlier rows alone - cuts, levels, tables - and foretell the latest. None where rows are few.

    `folds` are those of all rows; `curve` is the calibration to be judged.
    """
    late = latest(times)
    if min(_rarer(sample.target[late]), _rarer(sample.target[~late])) < FEWEST_OUTCOMES:
        return None
    earlier, recent = np.flatnonzero(~late), np.flatnonzero(late)
    place = np.cumsum(~late) - 1
    own_folds = [place[fold[~late[fold]]] for fold in folds]
    known, cuts = sampled(
        [column[earlier] for column in columns], sample.target[earlier], sample.weight[earlier], own_folds,
        most_bins, sample.signs,
    )  # fmt: skip
    codes = np.empty(sample.codes.shape)
    codes[:, earlier] = known.codes
    codes[:, recent] = [cut.codes(column[recent]) for cut, column in zip(cuts, columns, strict=True)]
    whole = Sample.of(codes, sample.target, sample.weight, cuts, sample.signs)
    (bag,) = grow(whole, splits(whole, [recent], threads=1), [pairs], boosting, threads=1, rounds=rounds)
    evidence = bag.split.evidence.margin(whole.bins[:, recent])
    margin = curve.at((1.0 - evidence_share) * bag.path[-1] + evidence_share * evidence)
    return _judged(margin, sample.target[recent], sample.weight[recent], str(times[late].min()))


def _judged(margin: Floats, target: Floats, weight: Floats, since: str) -> Rehearsal:
    line = platt(margin, target, weight)
    before, after = (log_loss(target, one) @ weight for one in (margin, line.intercept + line.slope * margin))
    return Rehearsal(since, int(target.size), int(target.sum()), line, float(2.0 * (before - after)))


def _rarer(target: Floats) -> int:
    return int(min(target.sum(), (1.0 - target).sum()))
