"""A portfolio against its programme, as the HTTP interface and the command line answer it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field

from products.explaining.answer import Money, Parameter, Rate
from products.guarantee.provisions import Measure
from products.money import ONE, fraction, yuan
from products.portfolio import Measured, PortfolioView
from products.portfolio_words import WORDING, Limits, sentences


class Shape(BaseModel):
    """Base of all answers: immutable."""

    model_config = ConfigDict(frozen=True)


class MeasureAnswer(Shape):
    """One figure against its limit. Whether it is kept is decided on the exact fraction."""

    measure: Measure
    zh: str
    en: str
    value: Rate | None = Field(description="to the nearest millionth; null where there is nothing to measure")
    at_least: Rate | None
    at_most: Rate | None
    kept: bool | None
    room: Money | None = Field(
        description="yuan by which the numerator may rise under a ceiling or fall over a floor, negative if broken"
    )
    numerator: Money
    denominator: Money = Field(description="to the nearest fen")
    formula: str
    formula_zh: str
    sentence: str
    sentence_zh: str
    parameters: tuple[Parameter, ...] = Field(description="the values of the programme's book, with their sources")


class ExposureAnswer(Shape):
    """What one party bears."""

    party: str
    amount: Money
    share: Rate


class PortfolioAnswer(Shape):
    """A portfolio measured against a programme's terms of a day."""

    programme: str
    on: date
    kept: bool = Field(description="whether no limit is broken")
    loans: int
    clients: int
    amount: Money
    repeated: int = Field(description="earlier approvals of applications that were approved again, left out")
    measures: tuple[MeasureAnswer, ...]
    exposure: tuple[ExposureAnswer, ...]


class PortfolioList(Shape):
    """One portfolio for each programme."""

    items: tuple[PortfolioAnswer, ...]


def portfolio_answer(view: PortfolioView, limits: Limits, *, clients: int, repeated: int = 0) -> PortfolioAnswer:
    """The answer for a measured portfolio."""
    return PortfolioAnswer(
        programme=limits.programme,
        on=limits.on,
        kept=view.kept,
        loans=view.loans,
        clients=clients,
        amount=yuan(view.amount),
        repeated=repeated,
        measures=tuple(_measure(one, rests_on) for one, (_, rests_on) in zip(view.measured, limits.asked, strict=True)),
        exposure=tuple(
            ExposureAnswer(party=party, amount=yuan(fen), share=_rate(Fraction(fen, view.amount or 1)))
            for party, fen in view.exposure
        ),
    )


def _measure(one: Measured, rests_on: tuple[Parameter, ...]) -> MeasureAnswer:
    words = WORDING[one.measure]
    sentence_zh, sentence = sentences(one)
    return MeasureAnswer(
        measure=one.measure,
        zh=words.zh,
        en=words.en,
        value=None if one.value is None else _rate(one.value),
        at_least=None if one.at_least is None else fraction(one.at_least),
        at_most=None if one.at_most is None else fraction(one.at_most),
        kept=one.kept,
        room=None if one.value is None else yuan(one.room),
        numerator=yuan(one.above),
        denominator=yuan(round(one.below)),
        formula=words.formula,
        formula_zh=words.formula_zh,
        sentence=sentence,
        sentence_zh=sentence_zh,
        parameters=rests_on,
    )


def _rate(value: Fraction) -> Decimal:
    return fraction(round(value * ONE))
