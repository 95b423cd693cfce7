"""IP pledge (知识产权质押贷): patents, trademarks and copyrights secure the loan."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from products.applicant.choices import ValuationPurpose
from products.case import Case
from products.catalogue.collateral import IpPledgeTerms, fresh, own_estimate, pledge_value, pledged_assets
from products.catalogue.credit_rules import CREDIT_CONDITIONS, CREDIT_RULES
from products.catalogue.registration_rules import REGISTRATION_RULES
from products.catalogue.revisions import load_revisions
from products.columns import Truth, truth
from products.explaining.answer import Severity
from products.limits import SHARED_LIMITS, scaled
from products.parameters import load_book
from products.product import LimitFormula, LoanProduct
from products.property.ip_law import BOOK as IP_LAW
from products.rules import Condition, rule


@rule(
    severity=Severity.DECLINE,
    clause="民法典第四百二十七条：质押财产",
    zh="须提供至少一项知识产权出质。",
    reads=("ip_assets_count",),
)
def something_is_pledged(case: Case[Any]) -> Truth:
    """At least one asset must be offered as security."""
    return case.app.ip_assets_count > 0


@rule(
    severity=Severity.DECLINE,
    clause="商业银行法第三十六条：审查质物价值",
    zh="每项质押权利须有评估价值和评估基准日。",
    reads=("ip_assets.valuation_value", "ip_assets.valuation_valued_on"),
)
def assets_are_valued(case: Case[Any]) -> Truth:
    """Every pledged right must have an appraised value and a valuation date not after the day of the decision."""
    assets = case.app.ip_assets
    return assets.all((assets.valuation_value > 0) & (assets.valuation_valued_on <= case.on))


@rule(
    severity=Severity.ADVISE,
    clause="产品条款：评估报告有效期",
    zh="评估报告须在{valuation_months}个月内；过期的权利不计入质押价值。",
    reads=("ip_assets.valuation_valued_on",),
)
def valuations_are_recent(case: Case[Any]) -> Truth:
    """Appraisals should be no older than {valuation_months} months; a right with an older one counts for nothing."""
    assets = case.app.ip_assets
    return assets.all(fresh(assets, case.terms, case.on))


@rule(
    severity=Severity.ADVISE,
    clause="资产评估法第二十六条",
    zh="评估应采用两种以上方法；仅用一种方法的打折计入。",
    reads=("ip_assets.valuation_methods",),
)
def valuations_use_two_methods(case: Case[Any]) -> Truth:
    """An appraisal should use at least two methods; with one the value counts at a discount."""
    assets = case.app.ip_assets
    return assets.all(assets.valuation_methods >= 2)


@rule(
    severity=Severity.ADVISE,
    clause="资产评估法第二十七条",
    zh="评估报告须由至少两名评估专业人员签名。",
    reads=("ip_assets.valuation_signatures",),
)
def valuations_are_signed_by_two(case: Case[Any]) -> Truth:
    """An appraisal report must be signed by at least two professionals."""
    assets = case.app.ip_assets
    return assets.all(assets.valuation_signatures >= 2)


@rule(
    severity=Severity.ADVISE,
    clause="资产评估法；产品条款：评估目的",
    zh="评估目的应为质押。",
    reads=("ip_assets.valuation_purpose",),
)
def valuations_are_made_for_a_pledge(case: Case[Any]) -> Truth:
    """An appraisal should have been made for a pledge."""
    assets = case.app.ip_assets
    return assets.all(assets.valuation_purpose == ValuationPurpose.PLEDGE.position)


@rule(
    severity=Severity.ADVISE,
    clause="商业银行法第三十六条：审查质物价值；产品条款：评估复核",
    zh="评估价值不宜高于按许可费节省法复核值的{appraisal_over_estimate_cap}倍；未提供收益预测的权利不作复核。",
    reads=(
        "ip_assets.valuation_value",
        *(f"ip_assets.income_{name}" for name in ("product_revenue", "royalty_rate", "tax_rate", "discount_rate")),
        *(f"ip_assets.{name}" for name in ("filed_on", "granted_on", "published_on", "expires_on")),
    ),
)
def appraisals_agree_with_the_forecast(case: Case[Any]) -> Truth:
    """An appraisal should not exceed {appraisal_over_estimate_cap} times what relief from royalty on the asset's own
    income forecast gives; a right without a forecast is not compared."""
    assets = case.app.ip_assets
    most = scaled(own_estimate(assets, case.on), case.terms.appraisal_over_estimate_cap)
    return assets.all((assets.valuation_value <= most) | ~assets.income_product_revenue.is_known)


def _on_every_pledge(case: Case[Any]) -> Truth:
    return truth(np.greater(case.app.ip_assets.count(), 0))


_FOLDER: Final = Path(__file__).parent
_BOOK: Final = load_book(_FOLDER / "ip_pledge.yaml", IpPledgeTerms)

PRODUCT = LoanProduct(
    slug="ip-pledge",
    zh="知识产权质押贷",
    en="IP pledge",
    programme="cn-scitech-2024",
    book=_BOOK,
    rules=(
        *CREDIT_RULES,
        something_is_pledged,
        assets_are_valued,
        valuations_are_recent,
        valuations_use_two_methods,
        valuations_are_signed_by_two,
        valuations_are_made_for_a_pledge,
        appraisals_agree_with_the_forecast,
        *REGISTRATION_RULES,
    ),
    limits=(
        *SHARED_LIMITS,
        LimitFormula(
            "pledge_value",
            pledge_value,
            "商业银行法第三十六条；产品条款：质押率",
            "质押价值上限",
            "lending value of the pledged rights",
        ),
    ),
    conditions=(
        *CREDIT_CONDITIONS,
        Condition(
            "pledge_registered",
            "民法典第四百四十四条",
            "首次放款前质权须已办理出质登记（不以受理为准）。",
            "The pledge must be registered, not merely applied for, before the first drawdown.",
            _on_every_pledge,
        ),
    ),
    secured=True,
    revisions=load_revisions(_FOLDER / "ip_pledge_revisions", "ip-pledge", _BOOK),
    law=(IP_LAW,),
    collateral=pledged_assets,
)
