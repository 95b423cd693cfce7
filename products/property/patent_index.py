"""Indicator adjustment of a valuation in the form of GB/T 42748-2023: legal, technical and economic scores.

V = a·L + b·T + c·E with a + b + c = 1, each group the weighted sum of its indicators' scores; the composite score then
moves a value between two factors, or a profit split between its lowest and highest rate (`products.valuation`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from products.columns import Ints
from products.dated_yaml import BadBook, Problem
from products.money import ONE, Rounding, divide, portion
from products.parameters import Book, Unit, load_book, parameter

GROUPS: Final = ("legal", "technical", "economic")
INDICATORS: Final = (
    *("stability", "scope", "detectability", "dependency"),
    *("advancedness", "substitutability", "applicability", "independence", "maturity", "field_trend"),
    *("remaining_economic_life", "competition", "market_use", "operation"),
)
"""权利稳定性、权利保护范围、侵权可判定性、依赖度; 先进性、可替代性、适用性、独立性、成熟度、领域趋势;
剩余经济寿命、竞争、市场应用、运营."""
MEMBERS: Final = (slice(0, 4), slice(4, 10), slice(10, 14))
"""Which indicators belong to which group."""


@dataclass(frozen=True, slots=True)
class IndexTerms:
    """A table of weights and the factors it leads to."""

    group_weight: Ints = parameter(Unit.FRACTION, "一级指标权重", "weights of the groups", keys=(GROUPS,))
    indicator_weight: Ints = parameter(Unit.FRACTION, "二级指标权重", "weights in the groups", keys=(INDICATORS,))
    factor_at_zero: int = parameter(Unit.FRACTION, "零分系数", "factor at score zero")
    factor_at_full: int = parameter(Unit.FRACTION, "满分系数", "factor at full score")


ILLUSTRATIVE: Final = Path(__file__).with_suffix(".yaml")
"""The table shipped: a form to fill, not weights to rely on."""


def load_index(path: Path = ILLUSTRATIVE) -> Book[IndexTerms]:
    """The book of weights; BadBook where weights do not add up to one or the factors fall."""
    book = load_book(path, IndexTerms)
    problems = []
    for dated in book.values["group_weight"]:
        problems += _unlike_one(path.name, f"parameters.group_weight.values.{dated.since}", dated.value)
    for dated in book.values["indicator_weight"]:
        for group, members in zip(GROUPS, MEMBERS, strict=True):
            place = f"parameters.indicator_weight.values.{dated.since} ({group})"
            problems += _unlike_one(path.name, place, np.asarray(dated.value)[members])
    if problems:
        raise BadBook(tuple(problems))
    return book


def _unlike_one(file: str, place: str, weights: object) -> list[Problem]:
    total = int(np.asarray(weights).sum())
    if total == ONE:
        return []
    return [Problem(file, place, f"adds up to {total / ONE:.4f}", "weights of a group must add up to 1")]


@dataclass(frozen=True, slots=True)
class IndexScore:
    """Scores in ppm of the full score: ``groups`` (n, 3), ``composite`` (n,)."""

    groups: Ints
    composite: Ints


def index_score(scores: Ints, terms: IndexTerms) -> IndexScore:
    """Composite scores of n assets from ``scores`` (n, 14), 0 to 100 each; ValueError for others."""
    if ((scores < 0) | (scores > 100)).any():
        row, column = (int(part[0]) for part in np.nonzero((scores < 0) | (scores > 100)))
        raise ValueError(
            f"The score of {INDICATORS[column]} for asset {row} is {scores[row, column]}; it must lie between 0 and "
            "100. Correct the assessment."
        )
    weighted = scores * terms.indicator_weight
    groups = np.stack([weighted[:, members].sum(axis=1) for members in MEMBERS], axis=1) // 100
    composite = divide((groups * terms.group_weight).sum(axis=1), ONE, Rounding.HALF_UP)
    return IndexScore(groups, composite)


def adjusted(value: Ints, score: IndexScore, terms: IndexTerms) -> Ints:
    """Values moved by the factor of their score, rounded down to the fen."""
    factor = terms.factor_at_zero + portion(
        score.composite, terms.factor_at_full - terms.factor_at_zero, Rounding.HALF_UP
    )
    return portion(value, factor, Rounding.DOWN)
