"""How two versions of a product's terms differ, value by value and cell by cell, in Chinese and in English."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from products.explaining.sentences import shown
from products.parameters import Book, Declared, Unit, Used, declared_parameters
from products.revising.content import Content
from products.revising.limits import RANGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison: its name, its terms on a day, and its content where it is a revision."""

    name: str
    book: Book[Any]
    on: date
    content: Content | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference: the place (``changes.fee_tariff.tier_1.A`` or a field of the head), both values, both sentences.

    None stands for "no value".
    """

    path: str
    before: str | None
    after: str | None
    zh: str
    en: str


def differences(before: Side, after: Side) -> tuple[Difference, ...]:
    """What changes from one side to the other: the head's fields, then every parameter in declared order.

    NotInForce if a side has no terms on its day.
    """
    return (*_head(before.content, after.content), *_terms(before, after))


_HEAD = (
    ("title.zh", "中文名称", "Chinese name"),
    ("title.en", "英文名称", "English name"),
    ("base", "基础版本", "the shipped revision it starts from"),
    ("programme", "担保计划", "the guarantee programme"),
    ("source", "依据", "the source"),
    ("notes", "备注", "the notes"),
    ("effective_from", "生效日", "the first day"),
    ("effective_until", "失效日", "the first day out of force"),
)


def _head(before: Content | None, after: Content | None) -> Iterator[Difference]:
    if before is None or after is None:
        return
    old, new = before.plain(), after.plain()
    for path, zh, en in _HEAD:
        first, second = _at(old, path), _at(new, path)
        if first != second:
            yield _difference(path, zh, en, first or None, second or None)


def _at(plain: dict[str, Any], path: str) -> str | None:
    value: Any = plain
    for step in path.split("."):
        value = value[step]
    return value if value is None else str(value)


def _terms(before: Side, after: Side) -> Iterator[Difference]:
    old = {used.name: used for used in before.book.used(before.on)}
    new = {used.name: used for used in after.book.used(after.on)}
    for name, declared in declared_parameters(after.book.terms).items():
        first, second = old.get(name), new.get(name)
        if _says(first, declared) == _says(second, declared):
            continue
        if declared.keys and first is not None and second is not None:
            yield from _cells(name, declared, first, second)
        else:
            yield _difference(f"changes.{name}", declared.zh, declared.en, _text(first), _text(second))


def _text(used: Used | None) -> str | None:
    return None if used is None else shown(used)


def _cells(name: str, declared: Declared, before: Used, after: Used) -> Iterator[Difference]:
    old, new = dict(_leaves(json.loads(before.dated.text))), dict(_leaves(json.loads(after.dated.text)))
    for place, value in new.items():
        if _cell(old.get(place), declared) != _cell(value, declared):
            label = "/".join(place)
            yield _difference(
                ".".join(("changes", name, *place)),
                f"{declared.zh}（{label}）",
                f"{declared.en}, {label}",
                _cell(old.get(place), declared),
                _cell(value, declared),
            )


def _leaves(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*place, key))
    else:
        yield place, str(value)


def _cell(text: str | None, declared: Declared) -> str | None:
    if text is None or declared.unit not in RANGES:
        return text
    number = Decimal(text) * (100 if declared.unit is Unit.FRACTION else 1)
    return f"{number.normalize():f} %" if declared.unit is Unit.FRACTION else f"{number.normalize():f}"


def _says(used: Used | None, declared: Declared) -> object:
    """A value apart from the way it is written."""
    if used is None or not declared.keys:
        return _text(used)
    return {place: _cell(value, declared) for place, value in _leaves(json.loads(used.dated.text))}


def _difference(path: str, zh: str, en: str, before: str | None, after: str | None) -> Difference:
    label = f"{en[:1].upper()}{en[1:]}"
    if before is None:
        return Difference(
            path=path, before=before, after=after, zh=f"{zh}：新设为{after}。", en=f"{label} is new: {after}."
        )
    if after is None:
        return Difference(
            path=path,
            before=before,
            after=after,
            zh=f"{zh}：取消（原为{before}）。",
            en=f"{label} is dropped; it was {before}.",
        )
    return Difference(
        path=path,
        before=before,
        after=after,
        zh=f"{zh}：由{before}改为{after}。",
        en=f"{label} changes from {before} to {after}.",
    )
