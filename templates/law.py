"""The numbers of law that contracts are held against, dated and cited in ``law.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final

from products.columns import Ints
from products.parameters import Book, Unit, load_book, parameter

VOTES: Final = (("numerator", "denominator"),)
"""A share of votes as the law counts it, which no decimal holds exactly."""


@dataclass(frozen=True, slots=True)
class ContractLaw:
    """Limits in force on a day; rates in parts per million, shares of votes as numerator and denominator."""

    overdue_uplift_floor: int = parameter(Unit.FRACTION, "逾期罚息加收下限", "least uplift of overdue interest")
    overdue_uplift_cap: int = parameter(Unit.FRACTION, "逾期罚息加收上限", "greatest uplift of overdue interest")
    misuse_uplift_floor: int = parameter(Unit.FRACTION, "挪用罚息加收下限", "least uplift of misuse interest")
    misuse_uplift_cap: int = parameter(Unit.FRACTION, "挪用罚息加收上限", "greatest uplift of misuse interest")
    working_capital_term: int = parameter(Unit.MONTHS, "流动资金贷款期限", "usual longest working-capital term")
    working_capital_term_exceptional: int = parameter(Unit.MONTHS, "流动资金贷款最长期限", "exceptional longest term")
    principal_by_instalments_above: int = parameter(
        Unit.MONTHS, "须分期还本的期限", "term above which principal is split"
    )
    cost_warning: int = parameter(Unit.FRACTION, "综合成本提示线", "all-in cost that calls for a warning")
    private_lending_multiple: int = parameter(
        Unit.MULTIPLE, "民间借贷利率上限倍数", "cap of unlicensed lending to the one-year LPR"
    )
    lpr_publication_day: int = parameter(Unit.COUNT, "LPR公布日", "day of the month on which the LPR is published")
    valuation_months: int = parameter(Unit.MONTHS, "评估结论有效期", "how long a valuation may be used")
    valuation_methods: int = parameter(Unit.COUNT, "评估方法数", "least number of valuation methods")
    valuation_signatures: int = parameter(Unit.COUNT, "评估报告签字人数", "least number of appraisers signing")
    asset_list_above: int = parameter(Unit.COUNT, "须附电子清单的件数", "assets above which a list is attached")
    guarantor_leverage: int = parameter(Unit.MULTIPLE, "担保放大倍数", "guarantees outstanding to net assets")
    guarantor_leverage_small: int = parameter(Unit.MULTIPLE, "支小支农担保放大倍数", "the same for small enterprises")
    guarantor_client_share: int = parameter(Unit.FRACTION, "单户担保集中度", "one client to net assets")
    guarantor_related_share: int = parameter(Unit.FRACTION, "关联方担保集中度", "a group of clients to net assets")
    resolution_majority: Ints = parameter(Unit.COUNT, "决议表决权", "votes that a resolution must exceed", keys=VOTES)
    listed_assets_share: int = parameter(
        Unit.FRACTION, "上市公司担保占总资产比例", "security of a listed company in a year to its total assets"
    )
    listed_majority: Ints = parameter(Unit.COUNT, "上市公司特别决议", "votes needed above that share", keys=VOTES)
    damages_above_loss: int = parameter(Unit.FRACTION, "违约金超过损失", "excess of damages that courts may cut")
    retention_years: int = parameter(Unit.YEARS, "档案保存年限", "least years of retention")


def share_of_votes(counted: Ints) -> Fraction:
    """Numerator over denominator, exactly."""
    numerator, denominator = counted.tolist()
    return Fraction(numerator, denominator)


@cache
def contract_law() -> Book[ContractLaw]:
    """The book of these limits."""
    return load_book(Path(__file__).parent / "law.yaml", ContractLaw)
