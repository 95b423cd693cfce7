"""A solved fee tariff, as the HTTP interface and the command line answer it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from products.explaining.answer import Money, Rate
from products.money import ONE, fraction, yuan
from products.pricing import BASIS_POINT
from products.tariff_rows import Tariff, TariffRow, Why
from products.vocabulary import BANDS, TIERS


class Shape(BaseModel):
    """Base of all answers: immutable."""

    model_config = ConfigDict(frozen=True)


class TariffRowAnswer(Shape):
    """One cell of the tariff, and why it stands where it stands."""

    tier: str
    band: str
    volume: Money = Field(description="that fees are charged on")
    cost: Rate = Field(description="expected loss and operation of a year")
    fee: Rate
    shortfall: Rate = Field(description="of the cost that the fee does not cover")
    why: Why
    explanation: str
    explanation_zh: str


class TariffAnswer(Shape):
    """A differentiated tariff whose average keeps within the target."""

    population: str = Field(description="what volumes and costs were taken from")
    target: Rate
    highest: Rate = Field(description="the most that any cell may be charged")
    average: Rate = Field(description="by volume, to the nearest millionth")
    full_cost: Rate = Field(description="the average that covering every cell would take")
    covered: Rate = Field(description="part of all costs that fees cover")
    fee_tariff: Mapping[str, Mapping[str, Rate]] = Field(description="by tier and band, as a product's book takes it")
    rows: tuple[TariffRowAnswer, ...]


def tariff_answer(tariff: Tariff, *, target_ppm: int, cap_bp: int, population: str) -> TariffAnswer:
    """The answer for a solved tariff."""
    fees = (tariff.fee_bp * BASIS_POINT).tolist()
    return TariffAnswer(
        population=population,
        target=fraction(target_ppm),
        highest=fraction(cap_bp * BASIS_POINT),
        average=fraction(round(tariff.average * ONE)),
        full_cost=fraction(round(tariff.full_cost * ONE)),
        covered=fraction(round(tariff.covered * ONE)),
        fee_tariff={
            tier: {band: fraction(fee) for band, fee in zip(BANDS, row, strict=True)}
            for tier, row in zip(TIERS, fees, strict=True)
        },
        rows=tuple(_row(row) for row in tariff.rows),
    )


def _row(row: TariffRow) -> TariffRowAnswer:
    return TariffRowAnswer(
        tier=row.tier,
        band=row.band,
        volume=yuan(row.volume),
        cost=fraction(row.cost),
        fee=fraction(row.fee_bp * BASIS_POINT),
        shortfall=fraction(round(row.shortfall_bp * BASIS_POINT)),
        why=row.why,
        explanation=row.en,
        explanation_zh=row.zh,
    )
