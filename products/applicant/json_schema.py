"""The JSON Schema of a field of the applicant record."""

from __future__ import annotations

from typing import Any, Final

from products.applicant.declared import UNITS, Declared, Kind, Spread
from products.applicant.parsing import GREATEST_COUNT, LONGEST_TEXT

_PATTERNS: Final = {
    Kind.AMOUNT: r"^(0|[1-9][0-9]{0,13})(\.[0-9]{1,2})?$",
    Kind.SHARE: r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$",
    Kind.NUMBER: r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?$",
    Kind.USCC: r"^[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}$",
    Kind.REGION: r"^[0-9]{6}$",
}
_SIGNED_AMOUNT: Final = r"^-?(0|[1-9][0-9]{0,13})(\.[0-9]{1,2})?$"


def json_schema_of(field: Declared) -> dict[str, Any]:
    """The JSON Schema of one field: what its reader accepts, as far as JSON Schema can say it."""
    entry = _entry_schema(field)
    label = {"title": field.en, "description": f"{field.zh}; {unit_of(field)}; source: {field.source}"}
    if field.spread is not Spread.ONE:
        least, most = field.entries
        entry = {"type": "array", "items": entry, "minItems": least, "maxItems": most}
    return label | (entry if field.required else {"anyOf": [entry, {"type": "null"}]})


def _entry_schema(field: Declared) -> dict[str, Any]:
    if field.kind is Kind.COUNT:
        most = GREATEST_COUNT if field.maximum is None else field.maximum
        return {"type": "integer", "minimum": field.minimum or 0, "maximum": most}
    if field.kind is Kind.FLAG:
        return {"type": "boolean"}
    if field.kind is Kind.DAY:
        return {"type": "string", "format": "date"}
    if field.choices is not None:
        return {"type": "string", "enum": [str(choice) for choice in field.choices]}
    if field.kind is Kind.TEXT:
        return {"type": "string", "minLength": 1, "maxLength": field.maximum or LONGEST_TEXT}
    signed = field.kind is Kind.AMOUNT and (field.minimum or 0) < 0
    return {"type": "string", "pattern": _SIGNED_AMOUNT if signed else _PATTERNS[field.kind]}


def unit_of(field: Declared) -> str:
    """The unit of a field in words, with the length of a list."""
    unit = UNITS[field.kind]
    unit = f"{unit} ({field.unit})" if field.unit else unit
    if field.spread is Spread.ONE:
        return unit
    least, most = field.entries
    return f"list of {least} to {most}, each: {unit}"
