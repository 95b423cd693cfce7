"""Statements about the rows of a batch with three answers: met, not met, unknown.

``&``, ``|`` and ``~`` follow Kleene's strong logic; see `products.columns`, which brings facts and statements together.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NoReturn

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Answers = npt.NDArray[np.uint8]

NOT_MET: Final = 0
UNKNOWN: Final = 1
MET: Final = 2

# Constants that meet arrays are arrays themselves: numpy converts a Python number or a scalar anew at every use.
_ONE: Final = np.array(1, dtype=np.uint8)
_MET: Final = np.array(MET, dtype=np.uint8)
_UNKNOWN: Final = np.array(UNKNOWN, dtype=np.uint8)
_NOT_MET: Final = np.array(NOT_MET, dtype=np.uint8)


class Truth:
    """Answers of shape (n,) to one statement."""

    __slots__ = ("answers",)

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    def __and__(self, other: Truth) -> Truth:
        return Truth(np.minimum(self.answers, other.answers))

    def __or__(self, other: Truth) -> Truth:
        return Truth(np.maximum(self.answers, other.answers))

    def __invert__(self) -> Truth:
        return Truth(np.subtract(_MET, self.answers))

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "A Truth answers for a whole column; combine statements with &, | and ~ instead of and, or and not."
        )

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def met(self) -> Bools:
        """Where the statement is known to hold."""
        return np.equal(self.answers, _MET)

    @property
    def not_met(self) -> Bools:
        """Where the statement is known not to hold."""
        return np.equal(self.answers, _NOT_MET)

    @property
    def unknown(self) -> Bools:
        """Where a needed fact is missing."""
        return np.equal(self.answers, _UNKNOWN)

    def but_unknown_is(self, answer: bool) -> Truth:
        """The same statement with every unknown taken as ``answer``: for facts whose silence has a meaning."""
        settled = self.answers + _ONE if answer else self.answers
        return Truth(settled & _MET)  # 0, 1, 2 become 0, 0, 2, and 1, 2, 3 become 0, 2, 2


class LoneTruth(Truth):
    """The answer to a statement about one row, as a number: `Truth` without the start-up costs of arrays.

    There are three of them, `LONE`; their arrays are shared and read-only.
    """

    __slots__ = ("_met", "_not_met", "_unknown", "answer")

    def __init__(self, answer: int) -> None:
        super().__init__(np.array([answer], dtype=np.uint8))
        self.answer = answer
        self._met, self._not_met, self._unknown = super().met, super().not_met, super().unknown
        for shared in (self.answers, self._met, self._not_met, self._unknown):
            shared.setflags(write=False)

    def __and__(self, other: Truth) -> Truth:
        if isinstance(other, LoneTruth):
            return self if self.answer <= other.answer else other
        return super().__and__(other)

    def __or__(self, other: Truth) -> Truth:
        if isinstance(other, LoneTruth):
            return self if self.answer >= other.answer else other
        return super().__or__(other)

    def __invert__(self) -> Truth:
        return LONE[MET - self.answer]

    @property
    def met(self) -> Bools:
        return self._met

    @property
    def not_met(self) -> Bools:
        return self._not_met

    @property
    def unknown(self) -> Bools:
        return self._unknown

    def but_unknown_is(self, answer: bool) -> Truth:
        return self if self.answer != UNKNOWN else LONE[MET if answer else NOT_MET]


LONE: Final = (LoneTruth(NOT_MET), LoneTruth(UNKNOWN), LoneTruth(MET))
"""The three answers about one row."""


def truth(holds: Bools, known: Bools | None = None) -> Truth:
    """A Truth from booleans: met where ``holds``, unknown where not ``known``."""
    once = holds.view(np.uint8)
    answers = once + once
    if known is None:
        return Truth(answers)
    once = known.view(np.uint8)
    answers = np.minimum(answers, once + once)  # not met where not known, and from there raised to unknown
    return Truth(np.maximum(answers, (~known).view(np.uint8)))


@lru_cache(maxsize=64)
def always(answer: bool, n: int) -> Truth:
    """The same answer for all ``n`` rows; the array is shared and read-only."""
    code = MET if answer else NOT_MET
    if n == 1:
        return LONE[code]
    answers = np.full(n, code, dtype=np.uint8)
    answers.setflags(write=False)
    return Truth(answers)


def all_hold(conditions: Bools) -> bool:
    """`conditions.all()`; counting is several times faster than numpy's reduction where rows are few."""
    return int(np.count_nonzero(conditions)) == conditions.size
