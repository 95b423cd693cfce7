"""The fields and groups of the applicant record as pydantic reads them.

A field is declared once, as the annotation of an attribute in `products.applicant.record`. Everything else (validation,
columns, Arrow schema, JSON Schema, documentation) is derived from the declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict
from pydantic_core import core_schema

from products.applicant.declared import Declared, Kind, Spread
from products.applicant.json_schema import json_schema_of
from products.applicant.parsing import entry_reader, reader

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler


def left_out(value: object) -> bool:
    """Whether an optional entry says nothing; what is written without it has the digest it had without the field."""
    return value is None


@dataclass(frozen=True, slots=True)
class Field(Declared):
    """One declared field, read and described by pydantic."""

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
