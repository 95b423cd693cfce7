"""What pledged rights are worth to a lender: appraised value times loan-to-value, less the cuts of the product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from products.applications import Applications, Children
from products.case import Situation
from products.columns import Column, Ints, Truth
from products.money import ONE, Rounding, portion
from products.once import once_per_batch
from products.parameters import Unit, parameter
from products.property.ip_law import legal_expiry
from products.property.lending_value import Collateral, CutReason, Lending
from products.repayment.calendars import add_months, month_of
from products.terms import LoanTerms
from products.valuation import IncomeTerms, relief_from_royalty
from products.vocabulary import IP_KINDS


@dataclass(frozen=True, slots=True)
class IpPledgeTerms(LoanTerms):
    """What a pledge of intellectual property adds: how much each kind of asset carries."""

    loan_to_value: Ints = parameter(Unit.FRACTION, "质押率上限", "loan to value by kind of asset", keys=(IP_KINDS,))
    valuation_months: int = parameter(Unit.MONTHS, "评估报告有效期", "oldest appraisal that counts")
    single_method_haircut: int = parameter(Unit.FRACTION, "单一评估方法折扣", "cut where only one method was used")
    life_margin_months: int = parameter(Unit.MONTHS, "到期后剩余保护期", "protection that should remain after maturity")
    short_life_haircut: int = parameter(Unit.FRACTION, "剩余保护期不足折扣", "cut where less protection remains")
    concentration_threshold: int = parameter(Unit.FRACTION, "单项权利集中度", "share of one asset that counts in full")
    concentration_haircut: int = parameter(Unit.FRACTION, "集中部分折扣", "cut on what one asset has above it")
    appraisal_over_estimate_cap: int = parameter(
        Unit.MULTIPLE, "评估价值与收益法复核值之比上限", "highest appraisal over the lender's own estimate"
    )


def fresh(assets: Children, terms: IpPledgeTerms, on: int | Ints) -> Truth:
    """Whether each appraisal is recent enough on the day."""
    valued = assets.valuation_valued_on
    return Column(add_months(valued.values, terms.valuation_months), valued.known) >= on


@once_per_batch
def lending_values(app: Applications, terms: IpPledgeTerms, on: int) -> Lending:
    """The lending value of every pledged asset and what each step cut; what is not known to count, does not count.

    Appraised value × loan-to-value of the kind; nothing where the appraisal is too old; a cut for a single method; a
    cut where too little protection remains after maturity; a cut on the part by which one asset exceeds its share of
    the whole.
    """
    assets = app.ip_assets
    value = assets.valuation_value
    appraised = value.otherwise(0)
    carried = portion(appraised, terms.loan_to_value[assets.kind.values], Rounding.DOWN)
    recent = np.where(fresh(assets, terms, on).met, carried, 0)
    one_method = ~(assets.valuation_methods >= 2).met
    tested = portion(recent, np.where(one_method, ONE - terms.single_method_haircut, ONE), Rounding.DOWN)
    maturity = add_months(np.array([on]), assets.of_parent(app.term_months).values)
    enough = (legal_expiry(assets) >= add_months(maturity, terms.life_margin_months)).met
    lasting = portion(tested, np.where(enough, ONE, ONE - terms.short_life_haircut), Rounding.DOWN)
    full = portion(assets.sum(Column(lasting)).values, terms.concentration_threshold, Rounding.DOWN)
    excess = np.maximum(lasting - full[assets.parent], 0)
    spread = lasting - portion(excess, terms.concentration_haircut, Rounding.UP)
    cuts = (
        (CutReason.LOAN_TO_VALUE, appraised - carried),
        (CutReason.STALE, carried - recent),
        (CutReason.SINGLE_METHOD, recent - tested),
        (CutReason.SHORT_LIFE, tested - lasting),
        (CutReason.CONCENTRATION, lasting - spread),
    )
    return Lending(spread, cuts)


@once_per_batch
def own_estimate(assets: Children, on: int) -> Column:
    """What each right is worth by relief from royalty on its forecast, (m,) fen, over its legal life from the day.

    Years beyond the forecast bring nothing, and no value stands for the time before the day: a lender's view. Unknown
    where revenue, royalty, tax or discount rate, or the life is not stated.
    """
    legal = legal_expiry(assets)
    rates = (assets.income_royalty_rate, assets.income_tax_rate, assets.income_discount_rate)
    stated = rates[1].values < ONE
    for one in (assets.income_product_revenue, legal, *rates):
        stated = stated if one.known is None else stated & one.known
    rows = np.flatnonzero(stated)
    worth = np.zeros(len(assets), dtype=np.int64)
    if len(rows):
        years = range(1, int(assets.income_product_revenue.values[rows].max()) + 1)
        revenue = np.array([assets.columns[f"income_product_revenue_t{year}"].otherwise(0)[rows] for year in years])
        royalty, tax, discount = (one.values[rows] for one in rates)
        life = _whole_months(on, legal.values[rows])
        worth[rows] = relief_from_royalty(revenue.T, royalty, IncomeTerms(discount, tax, life))
    return Column(worth, stated)


def _whole_months(on: int, until: Ints) -> Ints:
    """Whole months from a day until others, 0 where they are past."""
    start = np.array([on])
    months = month_of(until) - month_of(start)
    return np.maximum(np.where(add_months(start, months) > until, months - 1, months), 0)


def pledged_assets(app: Applications, terms: IpPledgeTerms, on: int) -> Collateral:
    """The pledged assets of each application with what they carry and why not more."""
    assets = app.ip_assets
    values = lending_values(app, terms, on)
    return Collateral(assets.parent, assets.valuation_value, own_estimate(assets, on), values)


def pledge_value(at: Situation[IpPledgeTerms]) -> Column:
    """The lending value of all assets of each application, (n,) fen; 0 without assets.

    Unknown where the assets are not stated, or one of them has no appraised value or valuation date.
    """
    assets = at.app.ip_assets
    valued = assets.all(assets.valuation_value.is_known & assets.valuation_valued_on.is_known)
    total = assets.sum(Column(lending_values(at.app, at.terms, at.on).value)).values
    return Column(total, (at.app.ip_assets_count.is_known & valued).met)
