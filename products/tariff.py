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

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Any, Final

import numpy as np

from products.columns import Ints
from products.fees import fee_base
from products.kernel import Decisions, Part
from products.money import ONE, Rounding, portion
from products.pricing import BASIS_POINT
from products.rules import APPROVE
from products.vocabulary import BANDS, PARTIES, TIERS

_BANK: Final = PARTIES.index("bank")
_CHEAPER: Final = 1e-4
"""Weight of a basis point charged against one covered: decides between tariffs that cover the same."""
_PARTS: Final = 10**7
_GAP: Final = 1e-6
_NODES: Final = 2_000
"""The search ends within a millionth of the best cover or after so many nodes, the same on every machine."""


class Why(StrEnum):
    """Why a cell has the fee it has."""

    COVERED = "covered"
    RAISED = "raised"
    CAPPED = "capped"
    HELD_DOWN = "held_down"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class Cells:
    """What the tariff has to cover, (tiers, bands): ``volume`` that fees are charged on, fen, and its yearly ``cost``,
    expected loss and operation, ppm of the volume."""

    volume: Ints
    cost: Ints


@dataclass(frozen=True, slots=True)
class TariffRow:
    """One cell of the tariff explained: ``volume`` in fen, ``cost`` in ppm, fee and shortfall in basis points."""

    tier: str
    band: str
    volume: int
    cost: int
    fee_bp: int
    shortfall_bp: Fraction
    why: Why
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Tariff:
    """A solved tariff: ``fee_bp`` (tiers, bands), the exact average fee as a fraction of 1, and the row by row account.

    ``full_cost``: the average that covering every cell would take; ``covered``: the covered part of all costs.
    """

    fee_bp: Ints
    average: Fraction
    full_cost: Fraction
    covered: Fraction
    rows: tuple[TariffRow, ...]


class NoTariff(ValueError):
    """No tariff keeps to the target."""


def tariff_cells(decisions: Decisions, *, operating_ppm: int) -> Cells:
    """The cells of the approved loans: expected loss on the guaranteed part plus a yearly operating cost.

    Expected loss is default probability × loss given default × what others than the bank bear, by volume.
    """
    approved = decisions.outcome == APPROVE
    cell = decisions.gather(lambda part: part.case.fees.tier * len(BANDS) + part.case.fees.band)[approved]
    volume = decisions.gather(lambda part: fee_base(part.case.considered, part.case.terms))[approved]
    loss = decisions.gather(_expected_loss)[approved]
    shape = (len(TIERS), len(BANDS))
    volumes, losses = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    np.add.at(volumes.reshape(-1), cell, volume)
    np.add.at(losses.reshape(-1), cell, loss)
    rate = [
        [operating_ppm + (ceil(Fraction(int(lost) * ONE, int(of))) if of else 0) for lost, of in zip(*row, strict=True)]
        for row in zip(losses, volumes, strict=True)
    ]
    return Cells(volumes, np.array(rate, dtype=np.int64))


def _expected_loss(part: Part) -> Ints:
    case = part.case
    guaranteed = case.considered - case.shares.fen[:, _BANK]
    severe = portion(guaranteed, case.terms.loss_given_default, Rounding.HALF_UP)
    return portion(severe, case.score.default_probability_ppm, Rounding.HALF_UP)


def solve_tariff(
    cells: Cells,
    *,
    target_ppm: int,
    cap_bp: int,
    floor_bp: int = 0,
    tiers: tuple[str, ...] = TIERS,
    bands: tuple[str, ...] = BANDS,
) -> Tariff:
    """The tariff for a target average; fees lie between ``floor_bp`` and ``cap_bp``.

    NoTariff where even the floor exceeds the target, or there is no volume to weigh by.
    """
    _check(cells, target_ppm, floor_bp, cap_bp)
    least = _fairest(cells, target_ppm, floor_bp, cap_bp)
    fuller = np.maximum(_fullest(cells, least, target_ppm, cap_bp), least)
    fee = fuller if _kept(cells, fuller, target_ppm) and _rises(fuller) else least
    return _explained(cells, fee, target_ppm, cap_bp, tiers, bands)


def _rises(fee_bp: Ints) -> bool:
    return bool((np.diff(fee_bp, axis=0) >= 0).all() and (np.diff(fee_bp, axis=1) >= 0).all())


def _check(cells: Cells, target_ppm: int, floor_bp: int, cap_bp: int) -> None:
    if int(cells.volume.sum()) == 0:
        raise NoTariff("There is no volume to average fees over; give the volume of at least one cell.")
    if floor_bp > cap_bp:
        raise NoTariff(f"The lowest fee of {floor_bp} bp is above the highest of {cap_bp} bp; lower it.")
    if floor_bp * BASIS_POINT > target_ppm:
        raise NoTariff(
            f"The lowest fee of {floor_bp} bp alone exceeds the average target of {target_ppm} ppm; lower the fee or "
            "raise the target."
        )


def _charged(cells: Cells, fee_bp: Ints) -> int:
    return int((cells.volume.astype(object) * fee_bp).sum())


def _kept(cells: Cells, fee_bp: Ints, target_ppm: int) -> bool:
    """Whether the average stays within the target, in whole numbers."""
    return _charged(cells, fee_bp) * BASIS_POINT <= target_ppm * int(cells.volume.sum())


def _fairest(cells: Cells, target_ppm: int, floor_bp: int, cap_bp: int) -> Ints:
    """The lowest tariff at which the greatest relative shortfall is as small as it can be, exact.

    For a shortfall allowed everywhere the lowest rising tariff is known; of the shortfalls at which it changes, the
    least one that the target allows is found by bisection.
    """
    used = cells.volume > 0
    shortfalls = sorted(
        {
            1 - Fraction(fee * BASIS_POINT, cost)
            for cost in np.unique(cells.cost[used]).tolist()
            for fee in range(floor_bp, min(cap_bp, ceil(Fraction(cost, BASIS_POINT)) - 1) + 1)
        }
        | {Fraction(0), Fraction(1)}
    )
    low, high = 0, len(shortfalls) - 1
    while low < high:
        middle = (low + high) // 2
        fee = _lowest(cells, max(shortfalls[middle], Fraction(0)), floor_bp)
        if int(fee.max()) <= cap_bp and _kept(cells, fee, target_ppm):
            high = middle
        else:
            low = middle + 1
    return _lowest(cells, max(shortfalls[high], Fraction(0)), floor_bp)


def _lowest(cells: Cells, shortfall: Fraction, floor_bp: int) -> Ints:
    """The lowest rising tariff that leaves no used cell a greater relative shortfall."""
    needed = np.full(cells.volume.shape, floor_bp, dtype=np.int64)
    for at in np.argwhere(cells.volume > 0):
        cost = int(cells.cost[tuple(at)])
        needed[tuple(at)] = max(floor_bp, ceil(cost * (1 - shortfall) / BASIS_POINT))
    risen: Ints = np.maximum.accumulate(np.maximum.accumulate(needed, axis=0), axis=1)
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


def _explained(
    cells: Cells, fee: Ints, target_ppm: int, cap_bp: int, tiers: tuple[str, ...], bands: tuple[str, ...]
) -> Tariff:
    total = int(cells.volume.sum())
    costs = (cells.volume.astype(object) * cells.cost).sum()
    rows = tuple(
        _row(cells, fee, (i, j), tier, band, target_ppm, cap_bp)
        for i, tier in enumerate(tiers)
        for j, band in enumerate(bands)
    )
    short = sum((row.shortfall_bp * BASIS_POINT * row.volume for row in rows), Fraction(0))
    return Tariff(
        fee_bp=fee,
        average=Fraction(_charged(cells, fee) * BASIS_POINT, total * ONE),
        full_cost=Fraction(int(costs), total * ONE),
        covered=1 - short / int(costs) if costs else Fraction(1),
        rows=rows,
    )


def _row(cells: Cells, fee: Ints, at: tuple[int, int], tier: str, band: str, target_ppm: int, cap_bp: int) -> TariffRow:
    volume, cost, charged = int(cells.volume[at]), int(cells.cost[at]), int(fee[at])
    shortfall = max(Fraction(cost, BASIS_POINT) - charged, Fraction(0))
    needed = ceil(Fraction(cost, BASIS_POINT))
    if shortfall:
        why = Why.CAPPED if charged == cap_bp else Why.HELD_DOWN
    else:
        why = Why.RAISED if charged > needed else Why.COVERED
    why = why if volume else Why.UNUSED
    zh, en = _sentences(why, charged, cost / BASIS_POINT, float(shortfall), target_ppm / ONE)
    return TariffRow(tier, band, volume, cost, charged, shortfall, why, zh, en)


def _sentences(why: Why, fee: int, cost: float, short: float, target: float) -> tuple[str, str]:
    return {
        Why.COVERED: (
            f"收{fee}个基点，足以覆盖预期损失和成本{cost:.2f}个基点。",
            f"{fee} bp covers its {cost:.2f} bp.",
        ),
        Why.RAISED: (
            f"自身成本{cost:.2f}个基点，因风险更低的一格已收{fee}个基点而不得更低。",
            f"Costs {cost:.2f} bp; charged {fee} bp because a safer cell is charged as much.",
        ),
        Why.CAPPED: (
            f"成本{cost:.2f}个基点，受费率上限{fee}个基点限制，缺{short:.2f}个基点。",
            f"Costs {cost:.2f} bp; the cap of {fee} bp leaves {short:.2f} bp uncovered.",
        ),
        Why.HELD_DOWN: (
            f"成本{cost:.2f}个基点，为使平均费率不超过{target:.2%}，收{fee}个基点，缺{short:.2f}个基点。",
            f"Costs {cost:.2f} bp; charged {fee} bp to keep the average within {target:.2%}, {short:.2f} bp uncovered.",
        ),
        Why.UNUSED: (
            f"没有业务量；收{fee}个基点以保持费率随风险递增。",
            f"No volume; {fee} bp keeps the tariff in order.",
        ),
    }[why]
