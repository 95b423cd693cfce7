"""Ceilings on the amount, and the least of them.

Every product has the ceilings of `SHARED_LIMITS` and adds its own. An unknown ceiling is passed over here; the rule
that asks for its facts answers "unknown" and refers the application.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from products.case import Situation
from products.columns import Column, Ints, least_known
from products.money import Rounding, portion
from products.product import LimitFormula
from products.terms import LoanTerms


def requested(at: Situation[LoanTerms]) -> Column:
    """The amount asked for."""
    return at.app.amount


def product_cap(at: Situation[LoanTerms]) -> Column:
    """The product's highest amount per client, less what is guaranteed under the product already as far as known."""
    used = at.app.product_guaranteed_balance.otherwise(0)
    return Column(np.maximum(at.terms.amount_cap - used, 0))


def programme_headroom(at: Situation[LoanTerms]) -> Column:
    """What the programme's ceiling leaves over everything already guaranteed."""
    return not_negative(at.programme.balance_cap - at.app.guaranteed_balance)


def repayment_capacity(at: Situation[LoanTerms]) -> Column:
    """Operating cash flow times the highest debt to cash flow, less the interest-bearing debt there is."""
    cash = not_negative(at.app.operating_cash_flow)
    return not_negative(scaled(cash, at.terms.debt_to_cash_flow_cap) - at.app.interest_bearing_debt)


def exposure_headroom(at: Situation[LoanTerms]) -> Column:
    """The highest share of the latest revenue in bank exposure, less the exposure there is."""
    return not_negative(scaled(at.app.revenue_y0, at.terms.exposure_to_revenue_cap) - at.app.bank_exposure)


def not_negative(column: Column) -> Column:
    """The column with negative values as zero."""
    return Column(np.maximum(column.values, 0), column.known)


def scaled(column: Column, millionths: int | Ints) -> Column:
    """A non-negative amount times a factor in millionths, rounded down to the fen."""
    return Column(portion(column.values, millionths, Rounding.DOWN), column.known)


SHARED_LIMITS: Final = (
    LimitFormula("requested", requested, "借款申请", "申请金额", "amount asked for"),
    LimitFormula("product_cap", product_cap, "产品条款：单户最高金额", "产品单户上限", "product ceiling per client"),
    LimitFormula(
        "programme_headroom",
        programme_headroom,
        "{instrument}：单户在保余额上限",
        "担保计划剩余额度",
        "headroom under the programme",
    ),
    LimitFormula(
        "repayment_capacity",
        repayment_capacity,
        "商业银行法第三十五条：审查偿还能力",
        "还款能力上限",
        "repayment capacity",
    ),
    LimitFormula(
        "exposure_headroom",
        exposure_headroom,
        "商业银行法第三十五条：审查偿还能力",
        "授信与收入之比上限",
        "exposure against revenue",
    ),
)


def ceilings(formulas: tuple[LimitFormula, ...], at: Situation[Any]) -> Mapping[str, Column]:
    """Every ceiling by name, amounts (n,)."""
    return {formula.name: formula.ceiling(at) for formula in formulas}


def considered_amount(limits: Mapping[str, Column], step: int) -> tuple[Ints, Ints]:
    """The least known ceiling, and the position of the one that bound.

    Where another ceiling than the amount asked for bound, the amount is rounded down to a multiple of ``step`` fen.
    """
    least, position = least_known(tuple(limits.values()))
    amount = np.where(position == 0, least.values, least.values // step * step)
    return amount, position
