"""What a tariff has to cover: volume and yearly cost by tier of enterprise and score band."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final

import numpy as np

from products.columns import Ints
from products.fees import fee_base
from products.kernel import Decisions, Part
from products.money import ONE, Rounding, portion
from products.rules import APPROVE
from products.vocabulary import BANDS, PARTIES, TIERS

_BANK: Final = PARTIES.index("bank")


@dataclass(frozen=True, slots=True)
class Cells:
    """What the tariff has to cover, (tiers, bands): ``volume`` that fees are charged on, fen, and its yearly ``cost``,
    expected loss and operation, ppm of the volume."""

    volume: Ints
    cost: Ints


def tariff_cells(batches: Iterable[Decisions], *, operating_ppm: int) -> Cells:
    """The cells of the approved loans of some batches: expected loss on the guaranteed part plus a yearly operating
    cost.

    Expected loss is default probability × loss given default × what others than the bank bear, by volume.
    """
    shape = (len(TIERS), len(BANDS))
    volumes, losses = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for decisions in batches:
        approved = decisions.outcome == APPROVE
        cell = decisions.gather(lambda part: part.case.fees.tier * len(BANDS) + part.case.fees.band)[approved]
        volume = decisions.gather(lambda part: fee_base(part.case.considered, part.case.terms))[approved]
        np.add.at(volumes.reshape(-1), cell, volume)
        np.add.at(losses.reshape(-1), cell, decisions.gather(_expected_loss)[approved])
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
