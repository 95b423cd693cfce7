"""What is declared of a field of the applicant record: its kind, labels, source and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import Final

from products.applicant.choices import Choice

YEARS: Final = 3
"""How many years of accounts the record holds at most."""
FORECAST_YEARS: Final = 10
"""How many years a forecast of product revenue reaches at most."""


class Kind(StrEnum):
    """What a value is, how it is written in JSON, and what the kernel's int64 holds."""

    AMOUNT = "amount"
    SHARE = "share"
    NUMBER = "number"
    COUNT = "count"
    DAY = "day"
    CHOICE = "choice"
    FLAG = "flag"
    TEXT = "text"
    USCC = "uscc"
    REGION = "region"


class Spread(StrEnum):
    """What the columns of a list field are."""

    ONE = "one"  # the field is no list
    COUNT = "count"  # one column: how many entries
    YEARS = "years"  # oldest first in JSON; columns _y0 (latest), _y1, _y2
    FORECAST = "forecast"  # next year first in JSON; columns _t1 to _t10, and one for how many entries


class Source(StrEnum):
    """Where the bank gets a fact."""

    APPLICATION = "application form"
    LICENCE = "business licence"
    CREDIT_PUBLICITY = "national enterprise credit information publicity system"
    ENFORCEMENT_REGISTER = "enforcement information register of the courts"
    TITLE_REGISTER = "register of the authority that awards the title"
    ACCOUNTS = "audited or tax-filed accounts"
    TAX_AUTHORITY = "tax authority"
    SOCIAL_INSURANCE = "social insurance authority"
    CREDIT_BUREAU = "credit reference centre of the People's Bank of China"
    SCIENCE_AUTHORITY = "science and technology authority"
    IP_REGISTER = "register of CNIPA or of the copyright centre"
    APPRAISAL = "appraisal report"
    GUARANTOR = "guarantee institution"
    BANK = "the bank's own records"


UNITS: Final[Mapping[Kind, str]] = {
    Kind.AMOUNT: "CNY, decimal string, at most 2 decimals",
    Kind.SHARE: "fraction, decimal string, at most 6 decimals",
    Kind.NUMBER: "decimal string, at most 6 decimals",
    Kind.COUNT: "whole number",
    Kind.DAY: "date, YYYY-MM-DD",
    Kind.CHOICE: "one of the listed slugs",
    Kind.FLAG: "true or false",
    Kind.TEXT: "text",
    Kind.USCC: "unified social credit code, 18 characters",
    Kind.REGION: "administrative division code, 6 digits",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """One field of the record.

    A required field may be neither absent nor null; lists are never required.
    ``minimum`` and ``maximum`` are in the unit of the JSON form (yuan, fraction, number, characters of a text);
    ``entries`` bounds the length of a list; ``changeable`` says whether the applicant can alter the fact by its own
    decision, by spending, repaying, filing or agreeing; ``clause`` names the rule that asks for a fact beyond the usual
    file; ``unit`` is a remark on the unit.
    """

    kind: Kind
    zh: str
    en: str
    source: Source
    _: KW_ONLY
    required: bool = False
    changeable: bool = False
    choices: type[Choice] | None = None
    minimum: int | None = None
    maximum: int | None = None
    unit: str = ""
    clause: str = ""
    spread: Spread = Spread.ONE
    entries: tuple[int, int] = (0, 0)
    distinct: bool = False
