"""From a JSON value to a fact: one reader per kind of field, each refusal a full sentence with its remedy.

Readers take what a JSON parser yields and, from Python code, the value they would return. Binary floating-point numbers
are refused everywhere: they cannot hold most decimal fractions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NoReturn

from pydantic_core import PydanticCustomError

from products.applicant.identifiers import uscc_fault

if TYPE_CHECKING:
    from products.applicant.declared import Declared

Reader = Callable[[object], object]

GREATEST_YUAN: Final = 10**13
"""`products.money.GREATEST_AMOUNT` in yuan."""
GREATEST_NUMBER: Final = 999_999_999
GREATEST_COUNT: Final = 10**9
LONGEST_TEXT: Final = 200
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200

_CENT: Final = Decimal("0.01")
_ZERO: Final = Decimal("0.00")
_AMOUNT: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,2})?", re.ASCII).fullmatch
_DECIMAL: Final = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,6})?", re.ASCII).fullmatch
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII).fullmatch
CONTROL_CHARACTERS: Final = (
    *((0x00, 0x1F), (0x7F, 0x9F)),
    *((0x200E, 0x200F), (0x2028, 0x202E), (0x2066, 0x2069), (0xFEFF, 0xFEFF)),
)
"""Ranges of code points that no text may hold: controls, line separators, marks that turn the direction of writing."""
_UNPRINTABLE: Final = re.compile(
    "[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in (*CONTROL_CHARACTERS, (0xD800, 0xDFFF))) + "]"
)
PROVINCES: Final = (
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43"),
    *("44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82"),
)
"""First two digits of division codes, GB/T 2260."""


def refuse(sentence: str) -> NoReturn:
    """Refuse the value at hand; the sentence is shown as it is."""
    raise PydanticCustomError("refused", "{sentence}", {"sentence": sentence})


def shown(value: object) -> str:
    """A value as it is quoted in a message: as JSON would write it, shortened."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        return f'"{printable(value)}"'
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return str(value)[:60]


def printable(text: str) -> str:
    """A text from outside, fit to be shown: control characters replaced, shortened to 60 characters."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text if len(text) <= 60 else text[:57] + "...")


def reader(field: Declared) -> Reader:
    """The reader of a field that is no list: null becomes None, or is refused where the field is required."""
    read = entry_reader(field)

    def read_optional(value: object) -> object:
        return None if value is None else read(value)

    def read_required(value: object) -> object:
        if value is None:
            refuse(f"{field.en} is required and is null. State it.")
        return read(value)

    return read_required if field.required else read_optional


def entry_reader(field: Declared) -> Reader:
    """The reader of one value of the field's kind; null is refused."""
    return _READERS[field.kind](field)


def _plain_digits(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros after the point."""
    digits = f"{value:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _amount(field: Declared) -> Reader:
    least = Decimal(0 if field.minimum is None else field.minimum)
    most = Decimal(GREATEST_YUAN if field.maximum is None else field.maximum)

    def read(value: object) -> Decimal:
        text = _plain_digits(value) if isinstance(value, Decimal) else value
        if not isinstance(text, str) or not _AMOUNT(text):
            refuse(
                f"{field.en} must be an amount in yuan as a decimal string with at most two decimals, such as "
                f'"1200000.00"; it is {_what(value)}.{_quote_it(value)}'
            )
        amount = Decimal(text).quantize(_CENT)
        if not least <= amount <= most:
            refuse(
                f"{field.en} must lie between {least:.2f} and {most:.2f} yuan; it is {shown(value)}. "
                f"Check the sign and the unit (yuan, not 万元 or fen)."
            )
        return amount or _ZERO

    return read


def _decimal(field: Declared, least: Decimal, most: Decimal, example: str) -> Reader:
    def read(value: object) -> Decimal:
        text = _plain_digits(value) if isinstance(value, Decimal) else value
        if not isinstance(text, str) or not _DECIMAL(text):
            refuse(
                f"{field.en} must be a decimal string of 0 or more with at most six decimals, such as {example}; "
                f"it is {_what(value)}.{_quote_it(value)}"
            )
        number = Decimal(text)
        if not least <= number <= most:
            refuse(
                f"{field.en} must lie between {least} and {most}; it is {shown(value)}. "
                f"Write it in the unit of the record, such as {example}."
            )
        return number

    return read


def _share(field: Declared) -> Reader:
    return _decimal(field, Decimal(field.minimum or 0), Decimal(1), '"0.15" for 15 %')


def _number(field: Declared) -> Reader:
    most = GREATEST_NUMBER if field.maximum is None else field.maximum
    return _decimal(field, Decimal(field.minimum or 0), Decimal(most), '"71.5"')


def _count(field: Declared) -> Reader:
    least = field.minimum or 0
    most = GREATEST_COUNT if field.maximum is None else field.maximum

    def read(value: object) -> int:
        if type(value) is not int:
            refuse(
                f"{field.en} must be a whole number without quotes, such as 12; it is {_what(value)}. "
                f"Write the digits only, or null if it is unknown."
            )
        if not least <= value <= most:
            refuse(f"{field.en} must lie between {least} and {most}; it is {shown(value)}. Correct the number.")
        return value

    return read


def _day(field: Declared) -> Reader:
    def read(value: object) -> date:
        if isinstance(value, str) and _DAY(value):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                refuse(f"{field.en} must be a day of the calendar; {shown(value)} is none. Correct month or day.")
        if type(value) is not date:
            refuse(
                f"{field.en} must be a date written YYYY-MM-DD, such as 2026-07-22; it is {_what(value)}. Write it so."
            )
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            refuse(
                f"{field.en} must lie in the years {FIRST_YEAR} to {LAST_YEAR}; it is {shown(value)}. Correct the year."
            )
        return value

    return read


def _choice(field: Declared) -> Reader:
    choices = field.choices or ()
    known = {str(choice): choice for choice in choices}

    def read(value: object) -> object:
        choice = known.get(value) if isinstance(value, str) else None
        if choice is None:
            refuse(f"{field.en} must be one of {', '.join(known)}; it is {_what(value)}. Use one of these slugs.")
        return choice

    return read


def _flag(field: Declared) -> Reader:
    def read(value: object) -> bool:
        if not isinstance(value, bool):
            refuse(
                f"{field.en} must be true or false without quotes; it is {_what(value)}. "
                f"Write null, or leave the field out, if it is unknown."
            )
        return value

    return read


def _text(field: Declared) -> Reader:
    least = 1 if field.minimum is None else field.minimum
    most = LONGEST_TEXT if field.maximum is None else field.maximum

    def read(value: object) -> str:
        if not isinstance(value, str):
            refuse(f"{field.en} must be a text in quotes; it is {_what(value)}. Put it in quotes.")
        if not least <= len(value) <= most:
            refuse(
                f"{field.en} must have {least} to {most} characters; it has {len(value)}. "
                f"{'Shorten it.' if len(value) > most else 'Write null, or leave the field out, if it is unknown.'}"
            )
        if not value.isprintable() and _UNPRINTABLE.search(value):
            refuse(
                f"{field.en} must be one line of printable text; {shown(value)} holds a control character. Remove it."
            )
        if value != value.strip():
            refuse(f"{field.en} must not begin or end with a space; it is {shown(value)}. Remove the space.")
        return value

    return read


def _uscc(field: Declared) -> Reader:
    def read(value: object) -> str:
        if not isinstance(value, str):
            refuse(f"{field.en} must be a text of 18 characters; it is {_what(value)}. Put it in quotes.")
        fault = uscc_fault(value)
        if fault is not None:
            refuse(f"{field.en} {shown(value)} {fault}.")
        return value

    return read


def _region(field: Declared) -> Reader:
    def read(value: object) -> str:
        if not isinstance(value, str) or len(value) != 6 or not (value.isascii() and value.isdigit()):
            refuse(
                f'{field.en} must be a division code of six digits in quotes, such as "510000"; it is {_what(value)}.'
            )
        if value[:2] not in PROVINCES:
            refuse(f"{field.en} {shown(value)} begins with {value[:2]}, which is no province in GB/T 2260. Correct it.")
        return value

    return read


def _what(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return shown(value)
    if isinstance(value, int | float):
        return f"the JSON number {shown(value)}"
    return shown(value)


def _quote_it(value: object) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return " Put the number in quotes, so that no binary fraction touches it." if number else ""


_READERS: Final[Mapping[str, Callable[[Declared], Reader]]] = {
    "amount": _amount,
    "share": _share,
    "number": _number,
    "count": _count,
    "day": _day,
    "choice": _choice,
    "flag": _flag,
    "text": _text,
    "uscc": _uscc,
    "region": _region,
}
