"""Sentences filled with the values in force, and what each answer to a rule looks like to a reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from products.columns import MET, NOT_MET, UNKNOWN
from products.explaining.answer import Condition, Finding, Parameter, Verdict
from products.kernel import Offering
from products.money import fraction, yuan
from products.parameters import Unit, Used
from products.rules import Rule

_VERDICTS: Final = {NOT_MET: Verdict.NOT_MET, UNKNOWN: Verdict.UNKNOWN, MET: Verdict.MET}


def shown(used: Used) -> str:
    """A value as a reader expects it: 30,000,000.00, 20 %, 36."""
    value = used.dated.value
    if not isinstance(value, int) or isinstance(value, bool):
        return used.dated.text
    if used.unit is Unit.CNY:
        return f"{yuan(value):,.2f}"
    if used.unit is Unit.FRACTION:
        return f"{(fraction(value) * 100).normalize():f} %"
    return used.dated.text


@dataclass(frozen=True, slots=True)
class Wording:
    """An offering's fixed sentences on a day: findings by rule and answer, conditions, values used."""

    findings: tuple[Mapping[int, Finding], ...]
    conditions: tuple[Condition, ...]
    parameters: tuple[Parameter, ...]
    texts: Mapping[str, str]

    def fill(self, sentence: str) -> str:
        """The sentence with ``{name}`` replaced by the value in force."""
        return sentence.format_map(self.texts) if "{" in sentence else sentence


@lru_cache(maxsize=1_024)
def wording(offering: Offering, applied_on: date) -> Wording:
    """The sentences of an offering for applications of one vintage; ``applied_on`` is any day of it."""
    product, programme = offering.product, offering.programme
    own, overall = offering.book.used(applied_on), programme.book.used(applied_on)
    texts = _texts(overall) | _texts(own)
    of_programme = _texts(own) | _texts(overall)
    name = offering.revision.slug if offering.revision else product.slug
    return Wording(
        findings=tuple(
            _findings(rule, words)
            for rules, words in ((programme.rules, of_programme), (product.rules, texts))
            for rule in rules
        ),
        conditions=tuple(
            Condition(name=one.name, zh=one.zh, en=one.en, clause=_fill(one.clause, texts))
            for one in offering.conditions
        ),
        parameters=(
            *(parameter(name, one) for one in own),
            *(parameter(programme.slug, one) for one in overall),
        ),
        texts=texts,
    )


def _texts(used: tuple[Used, ...]) -> dict[str, str]:
    return {one.name: shown(one) for one in used}


def parameter(book: str, used: Used) -> Parameter:
    """A value in force as evidence."""
    return Parameter(
        name=f"{book}.{used.name}",
        value=used.dated.text,
        unit=used.unit,
        source=used.dated.source,
        clause=used.dated.clause,
        since=used.dated.since,
        verified=used.dated.verified,
    )


def _findings(rule: Rule, texts: Mapping[str, str]) -> Mapping[int, Finding]:
    return {
        answer: Finding(
            rule=rule.name,
            verdict=verdict,
            severity=rule.severity,
            clause=_fill(rule.clause, texts),
            message=_fill(rule.zh, texts),
            message_en=_fill(rule.en, texts),
        )
        for answer, verdict in _VERDICTS.items()
    }


def _fill(sentence: str, texts: Mapping[str, Any]) -> str:
    return sentence.format_map(texts) if "{" in sentence else sentence
