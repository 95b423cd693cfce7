"""A portfolio view in words: what each measure is called, its formula, and the values of the book it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from products.explaining.answer import Parameter
from products.explaining.sentences import parameter
from products.guarantee.provisions import Condition, Measure
from products.guarantee.rulebook import RuleBook
from products.money import ONE, yuan
from products.portfolio import Measured, conditions_of
from products.product import Programme


@dataclass(frozen=True, slots=True)
class Wording:
    """A measure's names and formula, and the parameters of a programme's book that it rests on."""

    zh: str
    en: str
    formula: str
    formula_zh: str
    parameters: tuple[str, ...]


WORDING: Final = {
    Measure.AVERAGE_FEE: Wording(
        "平均担保费率",
        "average guarantee fee",
        "one year's guarantee fees / what they are charged on",
        "一年担保费合计 ÷ 计费基数合计",
        ("average_fee_target",),
    ),
    Measure.SMALL_BUSINESS_SHARE: Wording(
        "支小支农业务占比",
        "share of small-business and farm lending",
        "small-business and farm loans / all loans",
        "支小支农担保金额 ÷ 全部担保金额",
        ("small_business_share_floor",),
    ),
    Measure.SMALL_TICKET_SHARE: Wording(
        "支小支农业务中单户小额占比",
        "share of small tickets among them",
        "small-business loans of clients up to the small ticket / small-business and farm loans",
        "支小支农中单户不超过小额标准的金额 ÷ 支小支农担保金额",
        ("small_ticket", "small_ticket_share_floor"),
    ),
    Measure.LOSS_RATE: Wording(
        "代偿率",
        "loss rate",
        "compensation paid / (Σ released principal × days / days in the year × liability)",
        "代偿额 ÷（Σ 发放本金 × 天数 ÷ 年天数 × 责任比例）",
        ("loss_rate_cap", "loss_rate_liability", "fee_days_in_year"),
    ),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a programme or a rule book asks of a portfolio on a day, each with the values it rests on."""

    programme: str
    on: date
    asked: tuple[tuple[Condition, tuple[Parameter, ...]], ...]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions alone."""
        return tuple(condition for condition, _ in self.asked)


def limits_of(programme: Programme | RuleBook, on: date) -> Limits:
    """The limits of a programme, or those of a rule book's conditions. NotInForce if it has no terms on the day."""
    if isinstance(programme, RuleBook):
        held = programme.at(on)
        return Limits(
            programme.slug, on, tuple((held.conditions[name], (held.used(name),)) for name in held.conditions)
        )
    used = {one.name: one for one in programme.book.used(on)}
    return Limits(
        programme.slug,
        on,
        tuple(
            (
                one,
                tuple(
                    parameter(programme.slug, used[name]) for name in WORDING[one.measure].parameters if name in used
                ),
            )
            for one in conditions_of(programme.book.at(on))
        ),
    )


def sentences(one: Measured) -> tuple[str, str]:
    """What a measure came to and what it leaves, in Chinese and English."""
    words = WORDING[one.measure]
    if one.value is None:
        return f"{words.zh}：无数据。", f"The {words.en} has nothing to be measured on."
    limits_zh, limits_en = _limits(one)
    value, room = percent(one.value), f"{yuan(abs(one.room)):,}"
    if one.kept:
        return (
            f"{words.zh}{value}，{limits_zh}，尚有{room}元余地。",
            f"The {words.en} is {value}, {limits_en}; {room} yuan of room.",
        )
    return (
        f"{words.zh}{value}，未达到{limits_zh}，差{room}元。",
        f"The {words.en} is {value}, not {limits_en}; it misses by {room} yuan.",
    )


def percent(value: Fraction) -> str:
    """An exact fraction as per cent, rounded to the nearest ten-thousandth of a per cent."""
    return f"{float(round(value * ONE)) / 10_000:.4f} %"


def _limits(one: Measured) -> tuple[str, str]:
    zh, en = [], []
    if one.at_least is not None:
        floor = percent(Fraction(one.at_least, ONE))
        zh.append(f"下限{floor}")
        en.append(f"at least {floor}")
    if one.at_most is not None:
        ceiling = percent(Fraction(one.at_most, ONE))
        zh.append(f"上限{ceiling}")
        en.append(f"at most {ceiling}")
    return "、".join(zh), " and ".join(en)
