"""The form of a revision: a JSON Schema made from the product's declared parameters, with limits, labels and messages.

Besides the schema's own keywords each parameter carries ``x-label`` (zh, en), ``x-unit``, ``x-present`` (the value in
force on the day asked for, with its source) and ``x-message``, the sentence to show where the value does not fit.
What the schema admits, `terms.changed_values` reads; what values mean to each other is checked there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from products.explaining.sentences import shown
from products.parameters import Book, Declared, Unit, Used, declared_parameters
from products.product import LoanProduct
from products.revising.content import Content
from products.revising.limits import RANGES, Range

SCHEMA: Final = "https://json-schema.org/draft/2020-12/schema"
JsonObject = dict[str, Any]


def form(product: LoanProduct[Any], book: Book[Any], on: date) -> JsonObject:
    """The schema of a revision of ``product``; ``book`` holds the terms that ``x-present`` shows on the day ``on``.

    NotInForce if the book has no terms on the day.
    """
    schema = Content.model_json_schema(mode="validation")
    present = {used.name: used for used in book.used(on)}
    fields: JsonObject = schema["properties"]
    fields["product"] = {"const": product.slug, "title": "Product"}
    bases: list[str | None] = [None, *product.revisions]
    fields["base"] = {"enum": bases, "default": None, "title": "Shipped revision to start from"}
    declared = declared_parameters(product.book.terms)
    fields["changes"] = {
        "type": "object",
        "title": "Changes",
        "additionalProperties": False,
        "properties": {name: _change(name, each, present.get(name)) for name, each in declared.items()},
    }
    schema["$defs"].pop("Change", None)
    return {"$schema": SCHEMA, "title": f"{product.zh} {product.en}", **schema}


def _change(name: str, declared: Declared, present: Used | None) -> JsonObject:
    value = value_schema(declared)
    if declared.optional:
        value = {"anyOf": [value, {"type": "null"}]}
    line = {"type": "string", "minLength": 1, "maxLength": 200}
    return {
        "type": "object",
        "title": declared.zh,
        "additionalProperties": False,
        "required": ["value", "source", "clause", "verified"],
        "properties": {"value": value, "source": line, "clause": line, "verified": {"type": "boolean"}},
        "x-label": {"zh": declared.zh, "en": declared.en},
        "x-unit": declared.unit.value,
        "x-message": message(name, declared),
        "x-present": None if present is None else _present(present),
    }


def value_schema(declared: Declared) -> JsonObject:
    """The schema of one parameter's value, tables level by level."""
    schema = _single(declared)
    for keys in reversed(declared.keys):
        schema = {
            "type": "object",
            "properties": dict.fromkeys(keys, schema),
            "required": list(keys),
            "additionalProperties": False,
        }
    return schema


def _single(declared: Declared) -> JsonObject:
    if declared.unit is Unit.FLAG:
        return {"type": "boolean"}
    if declared.unit is Unit.CHOICE:
        return {"enum": list(declared.options)}
    if declared.unit is Unit.CHOICES:
        return {"type": "array", "items": {"enum": list(declared.options)}, "minItems": 1}
    return {"type": "string", "pattern": _pattern(RANGES[declared.unit])}


def _pattern(limits: Range) -> str:
    """A decimal from 0 to the greatest number, which is a power of ten or written out by `_up_to`."""
    decimals = rf"(\.[0-9]{{1,{limits.decimals}}})?" if limits.decimals else ""
    zeros = rf"(\.0{{1,{limits.decimals}}})?" if limits.decimals else ""
    return f"^({_below(limits.most)}{decimals}|{limits.most}{zeros})$"


def _below(most: int) -> str:
    """Whole numbers from 0 to before ``most``, without leading zeros."""
    digits = str(most)
    shorter = len(digits) - 1
    parts = [f"[0-9]|[1-9][0-9]{{0,{shorter - 1}}}"] if shorter else []
    for place, digit in enumerate(digits):
        least = 1 if place == 0 else 0
        if int(digit) > least:
            parts.append(f"{digits[:place]}[{least}-{int(digit) - 1}][0-9]{{{len(digits) - place - 1}}}")
    return f"({'|'.join(parts)})"


def message(name: str, declared: Declared) -> Mapping[str, str]:
    """What to say where a value of the parameter does not fit, in both languages."""
    en, zh = _expected(declared)
    return {
        "en": f"{declared.en[:1].upper()}{declared.en[1:]} ({name}) must be {en}.",
        "zh": f"{declared.zh}（{name}）须为{zh}。",
    }


def _expected(declared: Declared) -> tuple[str, str]:
    if declared.unit is Unit.FLAG:
        return "true or false", "true 或 false"
    if declared.unit is Unit.CHOICE:
        return f"one of {', '.join(declared.options)}", f"下列之一：{'、'.join(declared.options)}"
    if declared.unit is Unit.CHOICES:
        return f"some of {', '.join(declared.options)}", f"下列若干项：{'、'.join(declared.options)}"
    limits = RANGES[declared.unit]
    places, zh_places = (f" with at most {limits.decimals} decimals", f"，至多{limits.decimals}位小数")
    if not limits.decimals:
        places, zh_places = " without decimals", "，不带小数"
    span = f"a quoted number from {limits.least} to {limits.most} {declared.unit}{places}"
    zh_span = f"{limits.least}至{limits.most}（{declared.unit}）的带引号数字{zh_places}"
    if not declared.keys:
        return span, zh_span
    return f"a table with {span} in every cell", f"表格，每格为{zh_span}"


def _present(used: Used) -> JsonObject:
    dated = used.dated
    return {
        "text": dated.text,
        "shown": shown(used),
        "source": dated.source,
        "clause": dated.clause,
        "since": dated.since.isoformat(),
        "verified": dated.verified,
    }
