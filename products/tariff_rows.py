"""A solved tariff explained row by row: what each cell costs, what it is charged, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil

from products.columns import Ints
from products.money import ONE
from products.pricing import BASIS_POINT
from products.tariff_cells import Cells
from products.vocabulary import BANDS, TIERS


class Why(StrEnum):
    """Why a cell has the fee it has."""

    COVERED = "covered"
    RAISED = "raised"
    CAPPED = "capped"
    HELD_DOWN = "held_down"
    FLOOR = "floor"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a tariff keeps to: the target of the average and the highest fee; and the names of its tiers and bands."""

    target_ppm: int
    cap_bp: int
    tiers: tuple[str, ...] = TIERS
    bands: tuple[str, ...] = BANDS


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


def explained(cells: Cells, fee: Ints, floor: Ints, limits: Limits) -> Tariff:
    """A tariff (tiers, bands) in basis points with its account, row by row."""
    total = int(cells.volume.sum())
    costs = (cells.volume.astype(object) * cells.cost).sum()
    rows = tuple(
        _row(cells, fee, floor, (i, j), limits) for i in range(len(limits.tiers)) for j in range(len(limits.bands))
    )
    short = sum((row.shortfall_bp * BASIS_POINT * row.volume for row in rows), Fraction(0))
    return Tariff(
        fee_bp=fee,
        average=Fraction(charged(cells, fee) * BASIS_POINT, total * ONE),
        full_cost=Fraction(int(costs), total * ONE),
        covered=1 - short / int(costs) if costs else Fraction(1),
        rows=rows,
    )


def charged(cells: Cells, fee_bp: Ints) -> int:
    """Volume times fee over all cells, fen × basis points."""
    return int((cells.volume.astype(object) * fee_bp).sum())


def _row(cells: Cells, fee: Ints, floor: Ints, at: tuple[int, int], limits: Limits) -> TariffRow:
    volume, cost, fee_bp = int(cells.volume[at]), int(cells.cost[at]), int(fee[at])
    shortfall = max(Fraction(cost, BASIS_POINT) - fee_bp, Fraction(0))
    why = _why(cells, fee_bp, int(floor[at]), at, limits.cap_bp) if volume else Why.UNUSED
    zh, en = _sentences(why, fee_bp, cost / BASIS_POINT, float(shortfall), limits.target_ppm / ONE)
    return TariffRow(limits.tiers[at[0]], limits.bands[at[1]], volume, cost, fee_bp, shortfall, why, zh, en)


def _why(cells: Cells, fee_bp: int, floor_bp: int, at: tuple[int, int], cap_bp: int) -> Why:
    needed = Fraction(int(cells.cost[at]), BASIS_POINT)
    if fee_bp < needed:
        return Why.CAPPED if fee_bp == cap_bp else Why.HELD_DOWN
    if fee_bp == ceil(needed):
        return Why.COVERED
    return Why.FLOOR if fee_bp == floor_bp else Why.RAISED


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
        Why.FLOOR: (
            f"自身成本{cost:.2f}个基点，按规定的最低费率收{fee}个基点。",
            f"Costs {cost:.2f} bp; charged {fee} bp, the lowest fee laid down for it.",
        ),
        Why.UNUSED: (
            f"没有业务量；收{fee}个基点以保持费率随风险递增。",
            f"No volume; {fee} bp keeps the tariff in order.",
        ),
    }[why]
