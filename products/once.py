"""Steps that several rules and the explanation of a decision share: computed once for the same batch."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

KEPT: Final = 4
"""Results held: a batch or two for each of a server's busiest threads."""


def once_per_batch(step: Callable[P, R]) -> Callable[P, R]:
    """The same pure function, which answers again at once if the very same arguments come again.

    Batches and terms are told apart by identity, whole numbers by value; arguments are given by position. Columns are
    never changed in place, so a result stays right for its batch. A race between threads costs a computation.
    """
    kept: tuple[tuple[tuple[object, ...], R], ...] = ()

    @wraps(step)
    def answered(*given: P.args, **named: P.kwargs) -> R:
        nonlocal kept
        for known, result in kept:
            if _same(known, given):
                return result
        result = step(*given, **named)
        if not named:
            kept = ((given, result), *kept[: KEPT - 1])
        return result

    return answered


def _same(known: tuple[object, ...], given: tuple[object, ...]) -> bool:
    if len(known) != len(given):
        return False
    for one, other in zip(known, given, strict=True):  # a loop: a generator costs more than the comparison
        if one is not other and not (isinstance(one, int) and isinstance(other, int) and one == other):
            return False
    return True
