"""What pledged rights are worth to a lender: appraised value times loan-to-value, less the cuts of the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from products.calendars import add_months
from products.case import Situation
from products.columns import Applications, Children, Column, Ints, Truth
from products.ip_law import legal_expiry
from products.money import ONE, Rounding, portion
from products.parameters import Unit, parameter
from products.terms import LoanTerms
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


@dataclass(frozen=True, slots=True)
class LendingValues:
    """The lending value of each asset, (m,) fen, and how it came about: each step's value by name, in order."""

    steps: Mapping[str, Ints]

    @property
    def final(self) -> Ints:
        """The value after the last step."""
        return self.steps["after_concentration"]


def fresh(assets: Children, terms: IpPledgeTerms, on: int | Ints) -> Truth:
    """Whether each appraisal is recent enough on the day."""
    valued = assets.valuation_valued_on
    return Column(add_months(valued.values, terms.valuation_months), valued.known) >= on


def lending_values(app: Applications, terms: IpPledgeTerms, on: int) -> LendingValues:
    """The lending value of every pledged asset; what is not known to count, does not count.

    Appraised value × loan-to-value of the kind; nothing where the appraisal is too old; a cut for a single method; a
    cut where too little protection remains after maturity; a cut on the part by which one asset exceeds its share of
    the whole.
    """
    assets = app.ip_assets
    value = assets.valuation_value
    carried = portion(value.otherwise(0), terms.loan_to_value[assets.kind.values], Rounding.DOWN)
    recent = np.where(fresh(assets, terms, on).met, carried, 0)
    one_method = ~(assets.valuation_methods >= 2).met
    tested = portion(recent, np.where(one_method, ONE - terms.single_method_haircut, ONE), Rounding.DOWN)
    maturity = add_months(np.full(len(assets), on, dtype=np.int64), assets.of_parent(app.term_months).values)
    enough = (legal_expiry(assets) >= add_months(maturity, terms.life_margin_months)).met
    lasting = portion(tested, np.where(enough, ONE, ONE - terms.short_life_haircut), Rounding.DOWN)
    full = portion(assets.sum(Column(lasting)).values, terms.concentration_threshold, Rounding.DOWN)
    excess = np.maximum(lasting - full[assets.parent], 0)
    spread = lasting - portion(excess, terms.concentration_haircut, Rounding.UP)
    return LendingValues(
        {
            "loan_to_value": carried,
            "after_age": recent,
            "after_methods": tested,
            "after_life": lasting,
            "after_concentration": spread,
        }
    )


def pledge_value(at: Situation[IpPledgeTerms]) -> Column:
    """The lending value of all assets of each application, (n,) fen; 0 without assets.

    Unknown where the assets are not stated, or one of them has no appraised value or valuation date.
    """
    assets = at.app.ip_assets
    valued = assets.all(assets.valuation_value.is_known & assets.valuation_valued_on.is_known)
    total = assets.sum(Column(lending_values(at.app, at.terms, at.on).final)).values
    return Column(total, (at.app.ip_assets_count.is_known & valued).met)
