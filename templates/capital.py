"""Amounts in Chinese capitals (中文大写金额).

Source: 正确填写票据和结算凭证的基本规定 (支付结算办法附一). The writer has one canonical form; the reader takes
every form the rules permit and refuses the others. Amounts are int64 fen.

Where the rules leave a 零 to the writer (the last digit of 万 or of 元 is zero and the next digit is not), the
canonical form writes it once, at the last such place; at the 亿 boundary it always writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Final

from products.money import FEN, GREATEST_AMOUNT, yuan

PREFIX: Final = "人民币"
_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUP: Final = 10**4
_SECTIONS: Final = ((10**8, "亿"), (10**4, "万"), (1, "元"))
_VARIANTS: Final = str.maketrans("圆圓貳陸億萬參", "元元贰陆亿万叁")
_FORBIDDEN: Final = re.compile("[一二三四五六七八九十两〇念毛另0-9０-９]")
_READABLE: Final = re.compile(
    r"(?:(?P<yuan>[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)元)?零?(?:(?P<jiao>[壹贰叁肆伍陆柒捌玖])角)?零?"
    r"(?:(?P<fen>[壹贰叁肆伍陆柒捌玖])分)?[整正]?"
)
CAPITAL_AMOUNT: Final = re.compile(PREFIX + "[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆圓貳參陸億萬角分整正]+")
"""Where an amount in capitals stands in a text."""


class BadCapitalAmount(ValueError):
    """A text that is no amount in capitals as the payment rules permit it."""


def capital_amount(amount_fen: int) -> str:
    """The canonical form, with 人民币; ValueError outside 0.01 yuan to `GREATEST_AMOUNT`."""
    if not 0 < amount_fen <= GREATEST_AMOUNT:
        raise ValueError(
            f"An amount of {amount_fen} fen has no form in capitals; it must lie between 1 and {GREATEST_AMOUNT} fen."
        )
    whole, cents = divmod(amount_fen, FEN)
    pieces = list(_pieces(whole, cents))
    free = [i for i, piece in enumerate(pieces) if piece == _FREE]
    return (
        PREFIX
        + "".join(
            ("零" if i == free[-1] else "") if piece == _FREE else piece.replace(_FREE_YI, "零")
            for i, piece in enumerate(pieces)
        )
        + ("整" if cents % 10 == 0 and cents < 10 else "")
    )


def parse_capital_amount(text: str) -> int:
    """The amount in fen of any permitted form; BadCapitalAmount says what is wrong and what would be right."""
    if not text.startswith(PREFIX):
        raise BadCapitalAmount(f"{text!r} does not begin with {PREFIX}; write {PREFIX} directly before the amount.")
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        raise BadCapitalAmount(
            f"{text!r} contains {forbidden.group()!r}; write 零壹贰叁肆伍陆柒捌玖拾佰仟万亿 and 元角分 instead."
        )
    plain = text[len(PREFIX) :].translate(_VARIANTS)
    amount_fen = _value(plain)
    if amount_fen is None:
        raise BadCapitalAmount(f"{text!r} is not an amount in capitals; write it like 人民币壹仟肆佰零玖元伍角.")
    if plain not in _permitted(amount_fen):
        raise BadCapitalAmount(
            f"{text!r} is not a permitted form of {yuan(amount_fen)} yuan; write {capital_amount(amount_fen)}."
        )
    return amount_fen


_FREE: Final = "?"
_FREE_YI: Final = "!"


def _pieces(whole: int, cents: int) -> Iterator[str]:
    """The amount without its ending, with a mark where a 零 is left to the writer."""
    yield from _integer(whole)
    if whole:
        yield "元"
    jiao, fen = divmod(cents, 10)
    if jiao:
        if whole and whole % 10 == 0:
            yield _FREE
        yield _DIGITS[jiao] + "角"
    if fen:
        if whole and not jiao:
            yield "零"
        yield _DIGITS[fen] + "分"


def _integer(number: int) -> Iterator[str]:
    """A whole number in groups of four digits, each followed by its 亿 or 万."""
    size = 10**8 if number >= 10**8 else _GROUP if number >= _GROUP else 1
    upper, rest = divmod(number, size)
    if size == 1:
        yield from _group(number)
        return
    yield from _integer(upper)
    yield "亿" if size == 10**8 else "万"
    if not rest:
        return
    if rest < size // 10:
        yield "零"
    elif upper % 10 == 0:
        yield _FREE_YI if size == 10**8 else _FREE
    yield from _integer(rest)


def _group(number: int) -> Iterator[str]:
    """Up to four digits; zeros between digits give one 零."""
    pending = started = False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if not digit:
            pending = started
            continue
        yield ("零" if pending else "") + _DIGITS[digit] + _PLACES[place]
        pending, started = False, True


@lru_cache(maxsize=1024)
def _permitted(amount_fen: int) -> frozenset[str]:
    """Every form the rules permit, without the prefix."""
    whole, cents = divmod(amount_fen, FEN)
    choices = [("零", "") if piece in (_FREE, _FREE_YI) else (piece,) for piece in _pieces(whole, cents)]
    endings = ("整", "正") if not cents else ("", "整", "正") if cents % 10 == 0 else ("",)
    return frozenset("".join(parts) + ending for parts in product(*choices) for ending in endings)


def _value(plain: str) -> int | None:
    """The amount a careful reader would understand; None if the text is no amount."""
    found = _READABLE.fullmatch(plain)
    if found is None or not any(found.groups()):
        return None
    whole = _whole(found["yuan"] or "")
    fen = whole * FEN + 10 * _digit(found["jiao"]) + _digit(found["fen"])
    return fen if 0 < fen <= GREATEST_AMOUNT else None


def _digit(character: str | None) -> int:
    return _DIGITS.index(character) if character else 0


def _whole(characters: str) -> int:
    """Digits times places, groups times 万 and 亿; loose, because the form is compared afterwards."""
    head, yi, tail = characters.rpartition("亿")
    if yi:
        return _whole(head) * 10**8 + _whole(tail)
    head, wan, tail = characters.rpartition("万")
    if wan:
        return _whole(head) * 10**4 + _whole(tail)
    total = digit = 0
    for character in characters:
        if character in _DIGITS:
            digit = _DIGITS.index(character)
        else:
            total += max(digit, 1) * 10 ** _PLACES.index(character)
            digit = 0
    return total + digit
