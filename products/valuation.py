"""What intellectual property is worth: the income, cost and market methods, vectorised over n assets.

A valuation is an estimate. It is computed in floating point and rounded half up to the fen once, at the end; what a
lender makes of it (`products.property.lending_value`) is integer arithmetic again. Amounts int64 fen, rates ppm, lives
months.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from products.columns import Bools, Ints
from products.money import ONE, Rounding, divide, portion
from products.property.discounting import Timing, annuity, present_value

Floats = npt.NDArray[np.float64]

GREATEST_DISCOUNT_PPM: Final = 10_000_000
"""1,000 % a year."""


@dataclass(frozen=True, slots=True)
class IncomeTerms:
    """How income becomes value: (n,) each.

    ``amortisation_years``: years over which a buyer may deduct the price from taxable profit, 0 for none. Whether that
    deduction exists is a tax question, so it is off unless asked for.
    """

    discount_rate_ppm: Ints
    tax_rate_ppm: Ints
    life_months: Ints
    timing: Timing = Timing.YEAR_END
    amortisation_years: Ints | None = None

    def __post_init__(self) -> None:
        _within("discount rate", self.discount_rate_ppm, 0, GREATEST_DISCOUNT_PPM)
        _within("tax rate", self.tax_rate_ppm, 0, ONE - 1)


def relief_from_royalty(
    revenue: Ints, royalty_rate_ppm: Ints, terms: IncomeTerms, *, upkeep: Ints | None = None
) -> Ints:
    """Royalties an owner does not have to pay, after tax, discounted over the remaining life; (n,) fen, not below 0.

    V = Σ revenue_t · r · (1 − τ) / (1 + k)^t (许可费节省法). ``revenue`` and ``upkeep`` (n, years); upkeep, such as
    annual fees, is deducted before tax.
    """
    _within("royalty rate", royalty_rate_ppm, 0, ONE)
    royalties = portion(revenue, royalty_rate_ppm[:, None], Rounding.HALF_UP)
    return _from_income(royalties if upkeep is None else royalties - upkeep, terms)


def profit_split(profit: Ints, split_ppm: Ints, terms: IncomeTerms) -> Ints:
    """The asset's share, after tax, of the profits of the product it serves (利润分成法); (n,) fen.

    ``profit`` (n, years) before tax, losses counted as none; the share may come from `split_rate`.
    """
    _within("profit split", split_ppm, 0, ONE)
    return _from_income(portion(np.maximum(profit, 0), split_ppm[:, None], Rounding.HALF_UP), terms)


def split_rate(lowest_ppm: Ints, highest_ppm: Ints, score_ppm: Ints) -> Ints:
    """K = m + (n − m) · r: the profit split between its lowest and highest rate by a score from 0 to one."""
    _within("score", score_ppm, 0, ONE)
    return lowest_ppm + portion(highest_ppm - lowest_ppm, score_ppm, Rounding.HALF_UP)


def agreed_investment(cost: Ints, profit_on_cost_ppm: Ints) -> Ints:
    """The investment that counts: replacement cost × (1 + cost-profit rate)."""
    return cost + portion(cost, profit_on_cost_ppm, Rounding.HALF_UP)


def agreed_investment_split(profit: Ints, own_investment: Ints, other_investment: Ints, terms: IncomeTerms) -> Ints:
    """Profits shared by agreed investments (约当投资分成法): PV · I_own / (I_own + I_other), (n,) fen.

    The quotient is not rounded on the way; published examples that round it to a percentage differ by that.
    """
    worth = _worth(np.maximum(profit, 0), terms)
    return _rounded(worth * (own_investment / (own_investment + other_investment)))


def cost_value(
    replacement_cost: Ints,
    *,
    functional_loss_ppm: Ints,
    economic_loss_ppm: Ints,
    elapsed_months: Ints,
    life_months: Ints,
) -> Ints:
    """Replacement cost less functional and economic depreciation, for the part of its life still to come; (n,) fen.

    Cost × (1 − functional) × (1 − economic) × remaining / (elapsed + remaining), each step rounded down.
    """
    _within("functional depreciation", functional_loss_ppm, 0, ONE)
    _within("economic depreciation", economic_loss_ppm, 0, ONE)
    usable = portion(replacement_cost, ONE - functional_loss_ppm, Rounding.DOWN)
    wanted = portion(usable, ONE - economic_loss_ppm, Rounding.DOWN)
    whole = elapsed_months + life_months
    return divide(wanted * life_months, np.maximum(whole, 1), Rounding.DOWN)


def market_value(base: Ints, prices: Ints, price_bases: Ints, adjustments_ppm: Ints, known: Bools) -> Ints:
    """Median of comparable deals' price per unit of ``base``, adjusted, times the asset's own base; (n,) fen.

    ``base`` (n,) is what the price is measured against (revenue, profit, users); ``prices``, ``price_bases``,
    ``adjustments_ppm`` and ``known`` (n, k) describe k deals. ValueError for an asset without a known deal.
    """
    empty = ~known.any(axis=1)
    if empty.any():
        raise ValueError(
            f"Asset {int(np.argmax(empty))} has no comparable deal; the market method needs at least one. "
            "Use another method for it."
        )
    multiples = prices / np.where(known, price_bases, 1) * (adjustments_ppm / ONE)
    ordered = np.sort(np.where(known, multiples, np.inf), axis=1)
    number = known.sum(axis=1)
    rows = np.arange(len(base))
    median = (ordered[rows, (number - 1) // 2] + ordered[rows, number // 2]) / 2.0
    return _rounded(base * median)


def tax_amortisation_factor(terms: IncomeTerms) -> Floats:
    """F = 1 / (1 − τ / n · annuity(n, k)): value with the buyer's tax saving over value without, (n,)."""
    if terms.amortisation_years is None:
        return np.ones(len(terms.tax_rate_ppm))
    years = terms.amortisation_years
    saving = annuity(terms.discount_rate_ppm, years, timing=terms.timing) / np.maximum(years, 1)
    factor: Floats = 1.0 / (1.0 - terms.tax_rate_ppm / ONE * saving)
    return factor


@dataclass(frozen=True, slots=True)
class RemainingLife:
    """Months of life left and which limit bound: 0 the law, 1 the market, 2 a contract; (n,) each."""

    months: Ints
    bound_by: Ints


BOUNDS: Final = ("legal", "economic", "contract")


def remaining_life(legal_months: Ints, economic_months: Ints, contract_months: Ints) -> RemainingLife:
    """The least of legal, economic and contractual life, never below 0; on a tie the one named first bound."""
    lives = np.stack([legal_months, economic_months, contract_months])
    return RemainingLife(np.maximum(lives.min(axis=0), 0), lives.argmin(axis=0).astype(np.int64))


def _from_income(before_tax: Ints, terms: IncomeTerms) -> Ints:
    return _rounded(_worth(before_tax, terms))


def _worth(before_tax: Ints, terms: IncomeTerms) -> Floats:
    """Discounted income after tax with the amortisation benefit if asked for, in fractions of a fen."""
    worth = present_value(
        before_tax, discount_rate_ppm=terms.discount_rate_ppm, life_months=terms.life_months, timing=terms.timing
    )
    kept: Floats = worth * ((ONE - terms.tax_rate_ppm) / ONE) * tax_amortisation_factor(terms)
    return kept


def _rounded(worth: Floats) -> Ints:
    return np.floor(np.maximum(worth, 0.0) + 0.5).astype(np.int64)


def _within(name: str, values: Ints, least: int, greatest: int) -> None:
    wrong = (values < least) | (values > greatest)
    if np.count_nonzero(wrong):
        row = int(np.argmax(wrong))
        raise ValueError(
            f"The {name} of asset {row} is {values[row]} ppm; it must lie between {least} and {greatest} ppm. "
            "Correct the valuation."
        )
