"""A differentiated guarantee fee tariff that covers losses and costs as far as the average fee target allows.

The tariff gives every cell, tier of enterprise × score band, a fee in whole basis points. It never falls as risk rises:
from one band to the next worse, from one tier to the next lower. Of all tariffs whose volume-weighted average does not
exceed the target, it is the one that

1. makes the greatest relative shortfall of any cell (the uncovered part of its loss and cost) as small as possible,
2. then the sum of all shortfalls,
3. then the borrowers' fees.

Solved as mixed integer programmes with HiGHS; the average is checked again in whole numbers.
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
_TRIES: Final = 5
_MARGIN: Final = 1e-6
_CHEAPER: Final = 1e-4
"""Weight of a basis point charged against one left uncovered: decides between tariffs that cover the same."""


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
    for attempt in range(_TRIES):
        fee = _solved(cells, target_ppm / BASIS_POINT - attempt * _MARGIN, floor_bp, cap_bp)
        if _charged(cells, fee) * BASIS_POINT <= target_ppm * int(cells.volume.sum()):
            return _explained(cells, fee, target_ppm, cap_bp, tiers, bands)
    raise NoTariff("The solver found no tariff that keeps the average exactly; raise the target by one basis point.")


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


def _solved(cells: Cells, target_bp: float, floor_bp: int, cap_bp: int) -> Ints:
    """Fees (tiers, bands): first the least greatest shortfall, then the least shortfalls within it."""
    weight = (cells.volume / cells.volume.sum()).reshape(-1)
    cost = (cells.cost / BASIS_POINT).reshape(-1)
    n = weight.size
    rows, limits = _constraints(cells, weight, cost, target_bp)
    bounds = (
        np.concatenate([np.full(n, floor_bp), np.zeros(n + 1)]),
        np.concatenate([np.full(n, cap_bp), cost, [1.0]]),
    )
    worst = _minimised(np.concatenate([np.zeros(2 * n), [1.0]]), rows, limits, bounds, n)[-1]
    slight = np.maximum(weight, _CHEAPER / n)
    costs = np.concatenate([_CHEAPER * slight, slight, [0.0]])
    bounds[1][-1] = min(worst + _MARGIN, 1.0)
    fee: Ints = np.rint(_minimised(costs, rows, limits, bounds, n)[:n]).astype(np.int64)
    return fee.reshape(cells.volume.shape)


def _constraints(cells: Cells, weight: Any, cost: Any, target_bp: float) -> tuple[Any, Any]:
    """Rows and upper limits over (fees, shortfalls, greatest relative shortfall)."""
    n = weight.size
    position = np.arange(n).reshape(cells.volume.shape)
    safer = np.concatenate([position[:, :-1].reshape(-1), position[:-1].reshape(-1)])
    riskier = np.concatenate([position[:, 1:].reshape(-1), position[1:].reshape(-1)])
    rising = np.zeros((len(safer), 2 * n + 1))
    rising[np.arange(len(safer)), safer] = 1
    rising[np.arange(len(safer)), riskier] -= 1
    uncovered = np.hstack([-np.eye(n), -np.eye(n), np.zeros((n, 1))])
    used = weight > 0
    greatest = np.hstack([np.zeros((n, n)), np.eye(n), -cost[:, None]])[used]
    average = np.concatenate([weight, np.zeros(n + 1)])[None, :]
    rows = np.vstack([rising, uncovered, greatest, average])
    limits = np.concatenate([np.zeros(len(rising)), -cost, np.zeros(int(used.sum())), [target_bp]])
    return rows, limits


def _minimised(costs: Any, rows: Any, limits: Any, bounds: tuple[Any, Any], n: int) -> Any:
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  # only those who solve a tariff pay

    whole = np.concatenate([np.ones(n), np.zeros(n + 1)])
    found = milp(
        costs,
        constraints=LinearConstraint(rows, ub=limits),
        bounds=Bounds(*bounds),
        integrality=whole,
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise NoTariff(
            f"The solver stopped without a tariff ({found.message}); widen the floor, the cap or the target."
        )
    return found.x


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
