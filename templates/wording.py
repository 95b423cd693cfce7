"""How amounts, rates, dates and names are written in each language of a document."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from products.applicant.choices import Choice
from products.money import FEN
from templates.capital import capital_amount

_NUMERALS: Final = "〇一二三四五六七八九"
_DIGITS: Final = {digit: value for value, digit in enumerate(_NUMERALS)} | {"零": 0}
_PLACES: Final = {"十": 10, "百": 100, "千": 1_000}
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
"""Months as English dates name them."""


class Language(StrEnum):
    """A language in which documents are drawn."""

    ZH = "zh"
    EN = "en"


class Bilingual(StrEnum):
    """Both languages in one document, side by side."""

    ZH_EN = "zh-en"


class Layout(StrEnum):
    """Whether each language is a document of its own or both stand side by side in one."""

    SEPARATE = "separate"
    SIDE_BY_SIDE = "side-by-side"


DocumentLanguage = Language | Bilingual
"""The language or languages of one document."""


def fen(amount: Decimal) -> int:
    """Yuan with at most two decimals as fen; ValueError for a finer amount."""
    scaled = amount * FEN
    if scaled != scaled.to_integral_value():
        raise ValueError(f"The amount {amount} yuan is finer than a fen; give it with at most two decimals.")
    return int(scaled)


def figures(amount: Decimal) -> str:
    """An amount for a table or a bracket: ``1,000,000.00``."""
    fen(amount)
    return f"{amount:,.2f}"


def money(amount: Decimal, language: Language) -> str:
    """An amount as it stands in running text, in Chinese with its capitals."""
    if language is Language.EN:
        return f"RMB {figures(amount)}"
    return f"{capital_amount(fen(amount))}（¥{figures(amount)}）"


def percent(rate: Decimal, places: int = 2) -> str:
    """A fraction as a percentage with at least ``places`` decimals and nothing rounded away."""
    scaled = (rate * 100).normalize()
    exponent = scaled.as_tuple().exponent
    decimals = max(places, -exponent if isinstance(exponent, int) else 0)
    return f"{scaled:.{decimals}f}%"


def share(votes: Decimal | Fraction) -> str:
    """A share of votes as it was counted, ``2/3``, or as a percentage."""
    if isinstance(votes, Decimal):
        return percent(votes)
    return percent(Decimal(1)) if votes == 1 else f"{votes.numerator}/{votes.denominator}"


def day(value: date, language: Language) -> str:
    """A date as contracts write it."""
    if language is Language.EN:
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def spread(basis_points: int, language: Language) -> str:
    """The distance from the LPR, with its direction."""
    if language is Language.EN:
        return f"{'plus' if basis_points >= 0 else 'minus'} {abs(basis_points)} basis points"
    return f"{'加' if basis_points >= 0 else '减'}{abs(basis_points)}个基点"


def named(choice: Choice, language: Language) -> str:
    """A choice's name in the language."""
    return choice.zh if language is Language.ZH else choice.en


def listed(names: list[str], language: Language) -> str:
    """Names joined as a sentence joins them."""
    if language is Language.ZH:
        return "、".join(names)
    return "".join(names) if len(names) < 2 else ", ".join(names[:-1]) + " and " + names[-1]


def chinese_numeral(number: int) -> str:
    """1 to 99 as Word's chineseCountingThousand writes it: 一, 十, 十一, 二十."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else _NUMERALS[tens] + "十"
    return head + (_NUMERALS[ones] if ones else "")


def counted(numeral: str) -> int:
    """A numeral below ten thousand as statutes count their articles: ``四百四十四`` is 444, ``十五`` is 15."""
    total, digit = 0, 0
    for sign in numeral:
        if sign in _PLACES:
            total += (digit or 1) * _PLACES[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit
