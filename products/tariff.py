"""A differentiated guarantee fee tariff that covers losses and costs as far as the average fee target allows.

The tariff gives every cell, tier of enterprise × score band, a fee in whole basis points. It never falls as risk rises:
from one band to the next worse, from one tier to the next lower. Of all tariffs whose volume-weighted average does not
exceed the target, it is the one that

1. makes the greatest relative shortfall of any cell (the uncovered part of its loss and cost) as small as possible,
2. then the sum of all shortfalls,
3. then the borrowers' fees.

The first is solved exactly in whole numbers. The others are a mixed integer programme, solved with HiGHS to within a
millionth of the cover; its tariff is taken only if it keeps the target and the order exactly.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Any, Final, NoReturn

import numpy as np

from products.columns import Ints
from products.pricing import BASIS_POINT
from products.tariff_cells import Cells
from products.tariff_rows import Limits, Tariff, charged, explained
from products.vocabulary import BANDS, TIERS

_CHEAPER: Final = 1e-4
"""Weight of a basis point charged against one covered: decides between tariffs that cover the same."""
_PARTS: Final = 10**7
_GAP: Final = 1e-6
_NODES: Final = 2_000
"""The search ends within a millionth of the best cover or after so many nodes, the same on every machine."""


class NoTariff(ValueError):
    """No tariff keeps to the target. ``row``: tier and band whose lowest fee stands in the way, where one does."""

    def __init__(self, sentence: str, row: tuple[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.row = row


def solve_tariff(
    cells: Cells,
    *,
    target_ppm: int,
    cap_bp: int,
    floor_bp: Ints | int = 0,
    tiers: tuple[str, ...] = TIERS,
    bands: tuple[str, ...] = BANDS,
) -> Tariff:
    """The tariff for a target average; fees lie between ``floor_bp``, one for all or one per cell, and ``cap_bp``.

    NoTariff where even the lowest fees exceed the target or the cap, or there is no volume to weigh by.
    """
    limits = Limits(target_ppm=target_ppm, cap_bp=cap_bp, tiers=tiers, bands=bands)
    floor = np.broadcast_to(np.asarray(floor_bp, dtype=np.int64), cells.volume.shape)
    _check(cells, floor, limits)
    least = _fairest(cells, target_ppm, floor, cap_bp)
    fuller = np.maximum(_fullest(cells, least, target_ppm, cap_bp), least)
    fee = fuller if _kept(cells, fuller, target_ppm) and _rises(fuller) else least
    return explained(cells, fee, floor, limits)


def _rises(fee_bp: Ints) -> bool:
    return bool((np.diff(fee_bp, axis=0) >= 0).all() and (np.diff(fee_bp, axis=1) >= 0).all())


def _check(cells: Cells, floor: Ints, limits: Limits) -> None:
    if int(cells.volume.sum()) == 0:
        raise NoTariff("There is no volume to average fees over; give the volume of at least one cell.")
    if int(floor.max()) > limits.cap_bp:
        row = _row(limits, int(np.argmax(floor)))
        raise NoTariff(
            f"The lowest fee of {'/'.join(row)}, {int(floor.max())} bp, is above the highest of {limits.cap_bp} bp; "
            "lower it.",
            row,
        )
    if not _kept(cells, _risen(floor), limits.target_ppm):
        _refuse_floors(cells, floor, limits)


def _refuse_floors(cells: Cells, floor: Ints, limits: Limits) -> NoReturn:
    """Name the row whose lowest fee weighs most on the average, and how far to lower it or raise the target."""
    volume = int(cells.volume.sum())
    least = Fraction(charged(cells, _risen(floor)) * BASIS_POINT, volume)
    position = min(range(floor.size), key=lambda at: charged(cells, _lowered(floor, at, 0)))
    row, lowest = _row(limits, position), int(floor.reshape(-1)[position])
    room = [bp for bp in range(lowest) if _kept(cells, _lowered(floor, position, bp), limits.target_ppm)]
    lower = f"lower that one to {max(room)} bp or" if room else "lower several, or"
    raise NoTariff(
        f"The lowest fees alone average {float(least):,.2f} ppm, above the target of {limits.target_ppm} ppm. "
        f"{'/'.join(row)} with its {lowest} bp weighs most; {lower} raise the target to {ceil(least)} ppm.",
        row,
    )


def _lowered(floor: Ints, position: int, fee_bp: int) -> Ints:
    lowered = floor.copy()
    lowered.reshape(-1)[position] = fee_bp
    return _risen(lowered)


def _row(limits: Limits, position: int) -> tuple[str, str]:
    tier, band = divmod(position, len(limits.bands))
    return limits.tiers[tier], limits.bands[band]


def _kept(cells: Cells, fee_bp: Ints, target_ppm: int) -> bool:
    """Whether the average stays within the target, in whole numbers."""
    return charged(cells, fee_bp) * BASIS_POINT <= target_ppm * int(cells.volume.sum())


def _fairest(cells: Cells, target_ppm: int, floor: Ints, cap_bp: int) -> Ints:
    """The lowest tariff at which the greatest relative shortfall is as small as it can be, exact.

    For a shortfall allowed everywhere the lowest rising tariff is known; of the shortfalls at which it changes, the
    least one that the target allows is found by bisection.
    """
    used = cells.volume > 0
    shortfalls = sorted(
        {
            1 - Fraction(fee * BASIS_POINT, cost)
            for cost in np.unique(cells.cost[used]).tolist()
            for fee in range(int(floor.min()), min(cap_bp, ceil(Fraction(cost, BASIS_POINT)) - 1) + 1)
        }
        | {Fraction(0), Fraction(1)}
    )
    low, high = 0, len(shortfalls) - 1
    while low < high:
        middle = (low + high) // 2
        fee = _lowest(cells, max(shortfalls[middle], Fraction(0)), floor)
        if int(fee.max()) <= cap_bp and _kept(cells, fee, target_ppm):
            high = middle
        else:
            low = middle + 1
    return _lowest(cells, max(shortfalls[high], Fraction(0)), floor)


def _lowest(cells: Cells, shortfall: Fraction, floor: Ints) -> Ints:
    """The lowest rising tariff that leaves no used cell a greater relative shortfall."""
    needed = floor.copy()
    for at in np.argwhere(cells.volume > 0):
        cost = int(cells.cost[tuple(at)])
        needed[tuple(at)] = max(int(floor[tuple(at)]), ceil(cost * (1 - shortfall) / BASIS_POINT))
    return _risen(needed)


def _risen(fee_bp: Ints) -> Ints:
    """The lowest rising tariff that is nowhere below some fees."""
    risen: Ints = np.maximum.accumulate(np.maximum.accumulate(fee_bp, axis=0), axis=1)
    return risen


def _fullest(cells: Cells, least: Ints, target_ppm: int, cap_bp: int) -> Ints:
    """Of the rising tariffs from ``least`` up to the cap within the target, one that covers most, then charges least.

    Volumes are weighed in ten-millionths of the whole, rounded up, so that the solver's numbers are of one size and its
    average is never below the true one.
    """
    total = int(cells.volume.sum())
    weight = np.array([-(-int(one) * _PARTS // total) for one in cells.volume.reshape(-1)], dtype=np.int64)
    cost, n = cells.cost.reshape(-1) / BASIS_POINT, weight.size
    position = np.arange(n).reshape(cells.volume.shape)
    safer = np.concatenate([position[:, :-1].reshape(-1), position[:-1].reshape(-1)])
    riskier = np.concatenate([position[:, 1:].reshape(-1), position[1:].reshape(-1)])
    rising = np.zeros((len(safer), 2 * n))
    rising[np.arange(len(safer)), safer] = 1
    rising[np.arange(len(safer)), riskier] -= 1
    covered = np.hstack([-np.eye(n), np.eye(n)])
    average = np.concatenate([weight / _PARTS, np.zeros(n)])[None, :]
    budget = max(target_ppm / BASIS_POINT, float(average[0, :n] @ least.reshape(-1)))
    value = np.maximum(weight / _PARTS, 1 / _PARTS)
    found = _maximised(
        np.concatenate([-_CHEAPER * value, value]),
        np.vstack([rising, covered, average]),
        np.concatenate([np.zeros(len(safer) + n), [budget]]),
        (np.concatenate([least.reshape(-1), np.zeros(n)]), np.concatenate([np.full(n, cap_bp), cost])),
    )
    fee: Ints = np.rint(found[:n]).astype(np.int64).reshape(cells.volume.shape)
    return fee


def _maximised(value: Any, rows: Any, limits: Any, bounds: tuple[Any, Any]) -> Any:
    """A solution over (fees, covered parts), fees whole."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  # only those who solve a tariff pay

    n = len(value) // 2
    found = milp(
        -value,
        constraints=LinearConstraint(rows, ub=limits),
        bounds=Bounds(*bounds),
        integrality=np.concatenate([np.ones(n), np.zeros(n)]),
        options={"mip_rel_gap": _GAP, "node_limit": _NODES},
    )
    return bounds[0] if found.x is None else found.x
