"""From what is to be covered to a solved tariff: cells that are given, or those of a population under a product."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Annotated

import numpy as np
from pydantic import BeforeValidator, Field, WithJsonSchema

from api.headroom.steps import Fen
from api.portfolio.tariff_answers import TariffAnswer, tariff_answer
from products import Applications
from products.applicant.reading import Problem
from products.asked import InvalidQuestion, read_question
from products.columns import Ints
from products.kernel import Offering, decide
from products.money import ONE
from products.pricing import BASIS_POINT
from products.revising.content import Written
from products.tariff import solve_tariff
from products.tariff_cells import Cells, tariff_cells
from products.vocabulary import BANDS, TIERS
from scoring import Scorecard

TARIFF = "tariff"
"""What a body that cannot be used was to be."""
_FRACTION = re.compile(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?", re.ASCII).fullmatch


def ppm(value: object) -> int:
    """Parts per million from a decimal fraction as text. ValueError for anything else, with what to write."""
    if isinstance(value, str) and _FRACTION(value):
        return int(Decimal(value) * ONE)
    raise ValueError(f'{value!s:.40} is no rate; write a fraction of at most six decimals such as "0.0125"')


def whole_bp(value: object) -> int:
    """Basis points from a decimal fraction as text. ValueError for anything else, with what to write."""
    millionths = ppm(value)
    if millionths % BASIS_POINT:
        raise ValueError(f'{value!s:.40} is not in whole basis points; write a fraction such as "0.0125"')
    return millionths // BASIS_POINT


Ppm = Annotated[int, BeforeValidator(ppm), WithJsonSchema({"type": "string", "examples": ["0.0125"]})]
WholeBp = Annotated[int, BeforeValidator(whole_bp), WithJsonSchema({"type": "string", "examples": ["0.0125"]})]


class CellEntry(Written):
    """One cell to be covered. Cells that are left out have no volume."""

    tier: Annotated[str, Field(pattern=f"^({'|'.join(TIERS)})$")]
    band: Annotated[str, Field(pattern=f"^({'|'.join(BANDS)})$")]
    volume: Fen = Field(description="yuan that fees are charged on")
    cost: Ppm = Field(description="expected loss and operation of a year")
    at_least: WholeBp = Field(default=0, description="lowest fee")


class TariffTask(Written):
    """What a tariff is solved for."""

    target: Ppm = Field(description="the highest average fee")
    highest: WholeBp | None = Field(default=None, description="of any cell; its dearest whole cost if left out")
    lowest: WholeBp = Field(default=0, description="fee of any cell")
    cells: tuple[CellEntry, ...]


def read_task(payload: bytes) -> TariffTask:
    """The task in a JSON payload; InvalidQuestion with every problem in it."""
    task = read_question(payload, TariffTask, what=TARIFF, most_bytes=len(payload))
    seen: set[tuple[str, str]] = set()
    for place, one in enumerate(task.cells):
        if (one.tier, one.band) in seen:
            sentence = f"The cell {one.tier}/{one.band} is given twice. Keep one of them."
            raise InvalidQuestion(TARIFF, (Problem(f"cells[{place}]", sentence),))
        seen.add((one.tier, one.band))
    return task


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a tariff keeps to: target in ppm, highest and lowest fee in basis points, None for no ceiling of its own."""

    target_ppm: int
    highest_bp: int | None
    lowest_bp: int = 0


def solved_task(task: TariffTask) -> TariffAnswer:
    """The tariff for cells that are given; NoTariff if there is none."""
    shape = (len(TIERS), len(BANDS))
    volume, cost, floor = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for one in task.cells:
        at = TIERS.index(one.tier), BANDS.index(one.band)
        volume[at], cost[at], floor[at] = one.volume, one.cost, one.at_least
    asked = Asked(target_ppm=task.target, highest_bp=task.highest, lowest_bp=task.lowest)
    return _solved(Cells(volume, cost), asked, np.maximum(floor, task.lowest), population=f"{len(task.cells)} cells")


def solved_product(
    offering: Offering,
    batches: Iterable[Applications],
    scorecard: Scorecard,
    *,
    on: date,
    operating_ppm: int,
    asked: Asked,
    population: str,
) -> TariffAnswer:
    """The tariff that covers what a population costs under a product; NoTariff if there is none.

    Without a ceiling asked for, those of product and programme count.
    """
    decisions = (decide(batch, offering, scorecard, on=on) for batch in batches)
    cells = tariff_cells(decisions, operating_ppm=operating_ppm)
    caps = [cap for cap in (offering.book.at(on).fee_cap, offering.programme.book.at(on).fee_cap) if cap is not None]
    if asked.highest_bp is None and caps:
        asked = Asked(target_ppm=asked.target_ppm, highest_bp=min(caps) // BASIS_POINT, lowest_bp=asked.lowest_bp)
    return _solved(cells, asked, np.full(cells.volume.shape, asked.lowest_bp, dtype=np.int64), population=population)


def _solved(cells: Cells, asked: Asked, floor: Ints, *, population: str) -> TariffAnswer:
    dearest = ceil(int(cells.cost.max()) / BASIS_POINT)
    highest = asked.highest_bp if asked.highest_bp is not None else max(dearest, int(floor.max()))
    tariff = solve_tariff(cells, target_ppm=asked.target_ppm, cap_bp=highest, floor_bp=floor)
    return tariff_answer(tariff, target_ppm=asked.target_ppm, cap_bp=highest, population=population)
