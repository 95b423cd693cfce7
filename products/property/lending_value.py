"""From appraised values to what a lender may count on: reconciliation of methods, liquidation, age, remaining life.

Every step is integer arithmetic and keeps what it cut and why, so a memo can print the way from value to loan.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from products.columns import Bools, Column, Ints
from products.money import ONE, Rounding, divide, portion


class Conclusion(StrEnum):
    """How the results of several methods become one value."""

    LOWEST = "lowest"
    WEIGHTED = "weighted"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One value per asset: ``value`` (n,) fen; ``methods`` used; ``spread_ppm``, highest over lowest result less one;
    ``agrees``: at least two methods, and no further apart than allowed.
    """

    value: Ints
    methods: Ints
    spread_ppm: Ints
    agrees: Bools


def reconcile(
    results: Ints, known: Bools, *, weights_ppm: Ints, conclusion: Conclusion, spread_cap_ppm: int
) -> Reconciled:
    """Values of n assets from k methods, all (n, k); 0 for an asset without any.

    Two methods are the rule (资产评估法, article 26). Weights apply to the methods known and need not add up to one;
    the weighted mean is rounded down, its weights to the ppm. The spread is 0 with a single method.
    """
    counted = known & (results > 0)
    methods = counted.sum(axis=1)
    lowest = np.where(counted, results, np.iinfo(np.int64).max).min(axis=1)
    lowest = np.where(methods > 0, lowest, 0)
    highest = np.where(counted, results, 0).max(axis=1)
    gap = highest - lowest
    divisor = np.maximum(lowest, 1)
    spread = gap // divisor * ONE + gap % divisor * ONE // divisor
    value = lowest
    if conclusion is Conclusion.WEIGHTED:
        weights = np.where(counted, weights_ppm, 0)
        total = weights.sum(axis=1)
        share = divide(weights * ONE, np.maximum(total, 1)[:, None], Rounding.DOWN)
        extra = portion(np.where(counted, results - lowest[:, None], 0), share, Rounding.DOWN).sum(axis=1)
        value = np.where(total > 0, lowest + extra, lowest)
    return Reconciled(value, methods, spread, (methods >= 2) & (spread <= spread_cap_ppm))


class CutReason(StrEnum):
    """Why a value counts for less."""

    LIQUIDATION = "liquidation"
    STALE = "stale"
    AGE = "age"
    SHORT_LIFE = "short_life"
    LOAN_TO_VALUE = "loan_to_value"
    SINGLE_METHOD = "single_method"
    CONCENTRATION = "concentration"

    @property
    def zh(self) -> str:
        """The sentence for a Chinese memo."""
        return _SENTENCES[self][0]

    @property
    def en(self) -> str:
        """The sentence for an English memo."""
        return _SENTENCES[self][1]


_SENTENCES: Final = {
    CutReason.LIQUIDATION: ("按变现价值折扣", "reduced to what a sale under pressure would bring"),
    CutReason.STALE: ("评估报告已超过有效期，不予计入", "the valuation is too old to count"),
    CutReason.AGE: ("评估基准日较早，按月折减", "reduced for each month since the valuation date"),
    CutReason.SHORT_LIFE: ("贷款到期后剩余保护期不足", "too little protection remains after the loan matures"),
    CutReason.LOAN_TO_VALUE: ("按质押率计算可贷价值", "the part that may be lent against"),
    CutReason.SINGLE_METHOD: ("仅用一种评估方法，打折计入", "appraised by one method only"),
    CutReason.CONCENTRATION: ("单项权利占比过高，超出部分打折计入", "one asset makes up too much of the whole"),
}


@dataclass(frozen=True, slots=True)
class LendingTerms:
    """The lender's cuts: rates ppm by asset (n,), the rest for all.

    A valuation counts in full for ``fresh_months``, loses ``monthly_ageing_ppm`` of it for each month after that, and
    counts for nothing from ``valid_months`` on.
    """

    liquidation_haircut_ppm: Ints
    loan_to_value_ppm: Ints
    fresh_months: int
    monthly_ageing_ppm: int
    valid_months: int
    life_margin_months: int
    short_life_haircut_ppm: int


@dataclass(frozen=True, slots=True)
class Lending:
    """Lending values (n,) fen and what each step cut, (n,) fen each, in order; value less cuts is the result."""

    value: Ints
    cuts: tuple[tuple[CutReason, Ints], ...]


@dataclass(frozen=True, slots=True)
class Collateral:
    """Assets that secure loans, (m,) each: whose they are, what they are thought to be worth and what they carry.

    ``appraised`` and ``estimate`` are unknown where the facts are missing; ``lending`` starts from the appraisal.
    """

    parent: Ints
    appraised: Column
    estimate: Column
    lending: Lending


def lending_value(value: Ints, *, age_months: Ints, months_after_maturity: Ints, terms: LendingTerms) -> Lending:
    """The lending value of n assets.

    ``age_months``: whole months since the valuation date; ``months_after_maturity``: protection left when the loan
    matures, negative if it ends before (such an asset counts for nothing).
    """
    lasting = np.where(months_after_maturity >= terms.life_margin_months, ONE, ONE - terms.short_life_haircut_ppm)
    older = np.maximum(age_months - terms.fresh_months, 0) * terms.monthly_ageing_ppm
    factors = {
        CutReason.LIQUIDATION: ONE - terms.liquidation_haircut_ppm,
        CutReason.STALE: np.where(age_months < terms.valid_months, ONE, 0),
        CutReason.AGE: np.maximum(ONE - older, 0),
        CutReason.SHORT_LIFE: np.where(months_after_maturity >= 0, lasting, 0),
        CutReason.LOAN_TO_VALUE: terms.loan_to_value_ppm,
    }
    left, cuts = value, []
    for reason, factor in factors.items():
        counted = portion(left, factor, Rounding.DOWN)
        cuts.append((reason, left - counted))
        left = counted
    return Lending(left, tuple(cuts))
