"""What a field of the applicant record is: its kind, labels, source and limits, and the pydantic schema that follows.

A field is declared once, as the annotation of an attribute in `products.applicant.record`. Everything else (validation,
columns, Arrow schema, JSON Schema, documentation) is derived from the declaration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict
from pydantic_core import core_schema

from products.applicant.choices import Choice
from products.applicant.parsing import entry_reader, reader

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

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
class Field:
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

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        if self.spread is Spread.ONE:
            return core_schema.no_info_plain_validator_function(reader(self))
        least, most = self.entries
        entry = core_schema.no_info_plain_validator_function(entry_reader(self))
        entries = core_schema.tuple_variable_schema(entry, min_length=least, max_length=most)
        return core_schema.nullable_schema(entries)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        from products.applicant.describe import json_schema_of  # noqa: PLC0415  # only where a schema is asked for

        return json_schema_of(self)


Amount: Final = partial(Field, Kind.AMOUNT)
Share: Final = partial(Field, Kind.SHARE)
Number: Final = partial(Field, Kind.NUMBER)
Count: Final = partial(Field, Kind.COUNT)
Day: Final = partial(Field, Kind.DAY)
OneOf: Final = partial(Field, Kind.CHOICE)
Flag: Final = partial(Field, Kind.FLAG)
Text: Final = partial(Field, Kind.TEXT)
Uscc: Final = partial(Field, Kind.USCC)
Region: Final = partial(Field, Kind.REGION)


@dataclass(frozen=True, slots=True)
class Section:
    """The name of a group of fields, or of a list of up to ``most`` such groups."""

    zh: str
    en: str
    most: int | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        schema = handler(source)
        if self.most is not None and schema["type"] == "nullable" and schema["schema"]["type"] == "tuple":
            schema["schema"]["max_length"] = self.most
        return schema


class Group(BaseModel):
    """Base of the record's groups: immutable, unknown names refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
