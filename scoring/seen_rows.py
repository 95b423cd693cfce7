"""Whether rows are among those a scorecard was trained on, told by marks that its artefact carries.

A row's mark is a hash of 52 bits over the facts that the score reads and the outcome. The artefact holds the lowest
marks of its training rows: a sample that the hash itself has drawn, so the rows of any other table with a mark no
higher are its counterpart. A mark says of a row at hand whether it was there, and nothing of rows not at hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.levels import Levels, level_text
from scoring.parts import LARGEST_MARK, MOST_MARKS, Facts
from scoring.scorecard import Scorecard

Marks: TypeAlias = npt.NDArray[np.uint64]

WORTH_SAYING: Final = 0.05
"""Share of training rows from which the figures of an evaluation flatter."""

_UNKNOWN: Final = 0x7FF8_0000_0000_0000
_DROPPED_BITS: Final = np.uint64(12)


@dataclass(frozen=True, slots=True)
class Seen:
    """Of the `compared` rows that can be told apart by the artefact's marks, `training` are training rows."""

    compared: int
    training: int

    @property
    def share(self) -> float:
        """Estimated share of training rows in the whole table."""
        return self.training / self.compared if self.compared else 0.0

    @property
    def worth_saying(self) -> bool:
        """True where the share flatters."""
        return self.share >= WORTH_SAYING


def row_marks(facts: Facts, names: Iterable[str], target: npt.NDArray[np.float64]) -> Marks:
    """Marks (n,) of rows by the named facts and the outcome (n,)."""
    total = _mixed(_number_bits(target) + _seed(""))
    for name in sorted(set(names)):
        column = facts[name]
        total = total + _mixed(_bits(column) + _seed(name))
    return _mixed(total) >> _DROPPED_BITS


def lowest_marks(marks: Marks) -> tuple[int, ...]:
    """What an artefact keeps of its training rows."""
    return tuple(np.unique(marks)[:MOST_MARKS].tolist())


def seen(scorecard: Scorecard, facts: Facts, target: npt.NDArray[np.float64]) -> Seen:
    """How many of the rows were training rows of the scorecard; none compared where its artefact holds no marks."""
    kept = scorecard.manifest.row_marks
    if not kept:
        return Seen(0, 0)
    marks = row_marks(facts, scorecard.facts, target)
    highest = LARGEST_MARK if len(kept) < MOST_MARKS else kept[-1]
    comparable = marks[marks <= highest]
    return Seen(int(comparable.size), int(np.isin(comparable, np.array(kept, dtype=np.uint64)).sum()))


def _bits(column: Any) -> Marks:
    if isinstance(column, Levels):
        names = np.array([*map(_text_bits, column.names), _UNKNOWN], dtype=np.uint64)
        return names[column.codes]
    if column.dtype.kind in "fiub":
        return _number_bits(column)
    bits = {level: _text_bits(level) for level in set(column.tolist())}
    return np.array([bits[level] for level in column.tolist()], dtype=np.uint64)


def _number_bits(column: npt.NDArray[Any]) -> Marks:
    values = np.asarray(column, dtype=np.float64) + 0.0  # -0.0 becomes 0.0
    return np.where(np.isnan(values), np.uint64(_UNKNOWN), values.view(np.uint64))


def _text_bits(level: Any) -> int:
    text = level_text(level)
    return _UNKNOWN if text is None else _digest(text)


def _seed(name: str) -> np.uint64:
    return np.uint64(_digest(name))


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def _mixed(bits: Marks) -> Marks:
    """Every bit of the input in every bit of the output (the finaliser of SplitMix64)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    return np.asarray(bits ^ (bits >> np.uint64(31)), dtype=np.uint64)
