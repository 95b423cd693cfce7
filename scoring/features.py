"""Features: each declared once, as data, with the sign the credit policy gives it.

A feature is a ratio of two linear combinations of facts, so that it can be written into an artefact, read by an auditor
and evaluated on one row or on a million without code of its own:

    value = sum(coefficient x fact of numerator) / sum(coefficient x fact of denominator)

An unknown fact (NaN) makes the value unknown; so does a denominator that is not above zero. Without a denominator the
value is the numerator. The sign is the policy's word, never the data's: +1 more is better for the firm's standing, -1
less is better, 0 left to the data.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeAlias

Terms: TypeAlias = tuple[tuple[str, float], ...]

DEMO_FEATURES: Final = Path(__file__).parent / "policy" / "demo.yaml"

_SIGNS: Final = {"+": 1, "-": -1, "0": 0}
_TERM: Final = re.compile(r"\s*(?:(?P<coefficient>\d+(?:\.\d+)?)\s*\*\s*)?(?P<fact>[^\W\d][\w.]*)\s*")


class FeatureFileError(ValueError):
    """A features file that cannot be read; the message names the file, the feature, the key and the remedy."""


class FeatureGroup(StrEnum):
    """What a feature speaks of."""

    INNOVATION = "innovation"
    FINANCIAL = "financial"
    CREDIT = "credit"
    OTHER = "other"


class FeatureKind(StrEnum):
    """Numbers are cut at edges; categories are looked up by level."""

    NUMBER = "number"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Change:
    """How far a firm can move a feature within a year: in steps of `step`, at most `reach`, within lowest..highest."""

    step: float
    reach: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Feature:
    """One input of a scorecard. `unit` is "1" for a ratio, else a word such as days, years, count or CNY."""

    name: str
    zh: str
    en: str
    unit: str
    group: FeatureGroup
    sign: int
    numerator: Terms
    denominator: Terms = ()
    kind: FeatureKind = FeatureKind.NUMBER
    change: Change | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """Names of the facts the feature needs."""
        return tuple(dict.fromkeys(name for name, _ in self.numerator + self.denominator))


def read_features(path: Path) -> tuple[Feature, ...]:
    """Read a features file (YAML, see policy/demo.yaml). FeatureFileError names the place of the first mistake."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FeatureFileError(f"{path}: not a readable YAML file ({error}). Give a UTF-8 features file.") from error
    return features_from(text, str(path))


def features_from(text: str, place: str) -> tuple[Feature, ...]:
    """The features in the text of a features file; FeatureFileError as `read_features`, with ``place`` for the file."""
    import yaml  # noqa: PLC0415 - serving a score reads no YAML

    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise FeatureFileError(f"{place}: not a readable YAML file ({error}). Give a UTF-8 features file.") from error
    entries = document.get("features") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not entries:
        raise FeatureFileError(f"{place}: there is no list `features`. List at least one feature under that key.")
    features = tuple(_feature(entry, f"{place}: feature {row}") for row, entry in enumerate(entries, start=1))
    names = [feature.name for feature in features]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise FeatureFileError(f"{place}: features {', '.join(doubled)} are declared twice. Keep one of each.")
    return features


def parse_value(text: str, place: str) -> tuple[Terms, Terms]:
    """Read "a", "a / b", "(a - b) / c" or "2 * a + b" into numerator and denominator."""
    sides = [side.strip() for side in text.split("/")]
    if len(sides) > 2 or not all(sides):
        raise FeatureFileError(f"{place}: `value: {text}` is not understood. Write it like (a - b) / c.")
    bare = [side[1:-1] if side.startswith("(") and side.endswith(")") else side for side in sides]
    if len(sides) == 2 and any(mark in side for side in sides if side[0] != "(" for mark in "+-"):
        raise FeatureFileError(f"{place}: `value: {text}` is ambiguous. Put sums in brackets, like (a - b) / c.")
    return _terms(bare[0], place), _terms(bare[1], place) if len(bare) == 2 else ()


def _terms(text: str, place: str) -> Terms:
    pieces = re.split(r"([+-])", text)
    terms = []
    for sign, piece in zip(["+", *pieces[1::2]], pieces[::2], strict=True):
        match = _TERM.fullmatch(piece)
        if match is None:
            raise FeatureFileError(f"{place}: `{piece.strip()}` is not a fact. Write a fact or number * fact.")
        coefficient = float(match.group("coefficient") or 1.0)
        terms.append((match.group("fact"), coefficient if sign == "+" else -coefficient))
    return tuple(terms)


def _feature(entry: Any, place: str) -> Feature:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise FeatureFileError(f"{place} has no name. Write `name:` followed by a word.")
    place = f"{place} ({entry['name']})"
    allowed = {"name", "zh", "en", "unit", "group", "sign", "value", "kind", "change"}
    unknown = sorted(str(key) for key in set(entry) - allowed)
    if unknown:
        raise FeatureFileError(f"{place}: unknown keys {', '.join(unknown)}. Allowed are {', '.join(sorted(allowed))}.")
    for key in set(entry) - {"change"}:
        if not isinstance(entry[key], str):
            raise FeatureFileError(f"{place}: `{key}: {entry[key]}` is not text. Put it in quotes.")
    name = entry["name"]
    written = entry.get("value")
    numerator, denominator = parse_value(written, place) if written else (((name, 1.0),), ())
    return Feature(
        name=name,
        zh=str(entry.get("zh", name)),
        en=str(entry.get("en", name)),
        unit=entry.get("unit", "1"),
        group=FeatureGroup(_choice(entry.get("group", "other"), [group.value for group in FeatureGroup], place)),
        sign=_SIGNS[_choice(entry.get("sign", "0"), list(_SIGNS), place)],
        numerator=numerator,
        denominator=denominator,
        kind=FeatureKind(_choice(entry.get("kind", "number"), [kind.value for kind in FeatureKind], place)),
        change=_change(entry["change"], place) if "change" in entry else None,
    )


def _choice(value: str, allowed: list[str], place: str) -> str:
    if value not in allowed:
        raise FeatureFileError(f"{place}: `{value}` is none of {', '.join(allowed)}. Choose one of them.")
    return value


def _change(entry: Any, place: str) -> Change:
    keys = ("step", "reach", "lowest", "highest")
    if not isinstance(entry, dict) or set(entry) != set(keys):
        raise FeatureFileError(f"{place}: `change` needs exactly the keys {', '.join(keys)}.")
    try:
        step, reach, lowest, highest = (float(entry[key]) for key in keys)
    except (TypeError, ValueError) as error:
        raise FeatureFileError(f"{place}: `change` holds something that is no number ({error}).") from error
    if not (math.isfinite(step + reach + lowest + highest) and 0 < step <= reach and lowest < highest):
        raise FeatureFileError(f"{place}: `change` needs 0 < step <= reach and lowest < highest, all finite.")
    return Change(step, reach, lowest, highest)
