"""Rules of every loan product in the catalogue: who may apply, for what, and the bank's own credit policy."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from products.case import Case
from products.columns import Column, Truth, flag, open_where_unknown, truth
from products.explaining.answer import Severity
from products.limits import scaled
from products.repayment.calendars import add_months
from products.rules import Condition, Rule, rule
from products.vocabulary import TAX_GRADES

_PRODUCT: Final = "产品条款"
_REVIEW: Final = "商业银行法第三十五条"
_DIVISION_DIGITS: Final = 6


@rule(
    severity=Severity.DECLINE,
    clause=f"{_PRODUCT}：注册地",
    zh="企业须在产品适用地区注册。",
    reads=("region",),
)
def is_registered_in_the_products_region(case: Case[Any]) -> Truth:
    """The company must be registered in the province or city for which the product is offered."""
    region: int | None = case.terms.region
    if region is None:
        return case.everywhere(True)
    there: Column = case.app.region // 10 ** (_DIVISION_DIGITS - len(str(region)))
    registered_there: Truth = there == region
    return registered_there


@rule(
    severity=Severity.DECLINE,
    clause=f"{_PRODUCT}：企业规模；工信部联企业〔2011〕300号第四条",
    zh="企业规模须符合产品要求。",
    reads=("sector", "employees", "revenue_y0", "total_assets"),
)
def is_of_the_products_size(case: Case[Any]) -> Truth:
    """The company must be of a size for which the product is offered."""
    return case.standing.size.one_of(case.terms.sizes)


@rule(severity=Severity.DECLINE, clause=f"{_PRODUCT}：行业", zh="企业所属行业须符合产品要求。", reads=("sector",))
def is_of_the_products_sector(case: Case[Any]) -> Truth:
    """The company must work in a sector for which the product is offered."""
    return case.app.sector.one_of(case.terms.sectors)


@rule(
    severity=Severity.DECLINE,
    clause=f"{_PRODUCT}：企业资质",
    zh="企业须持有产品要求的有效资质之一。",
    reads=("titles.kind", "titles.valid_from", "titles.valid_to"),
)
def holds_a_title_of_the_product(case: Case[Any]) -> Truth:
    """The company must hold one of the certificates that the product asks for, valid on the day of application and on
    the day of the decision."""
    if case.terms.titles is None:
        return case.everywhere(True)
    titles = case.app.titles
    applied = titles.of_parent(case.app.applied_on)
    valid = (titles.valid_from <= applied) & (titles.valid_to >= applied) & (titles.valid_to >= case.on)
    return open_where_unknown(titles.any(titles.kind.one_of(case.terms.titles) & valid), case.app.titles_count)


@rule(
    severity=Severity.REFER,
    clause=f"{_PRODUCT}：民营企业",
    zh="企业须为民营企业，且非国有全资或控股。",
    reads=("private_enterprise", "state_controlled"),
)
def is_private_where_the_product_asks(case: Case[Any]) -> Truth:
    """The company must be privately owned, and not controlled by the state, where the product is for private
    enterprises."""
    controlled = flag(case.app.state_controlled).but_unknown_is(False)
    return (flag(case.app.private_enterprise) & ~controlled) | case.everywhere(not case.terms.private_only)


@rule(
    severity=Severity.DECLINE,
    clause=f"{_PRODUCT}：经营年限",
    zh="企业成立须满{operating_months}个月。",
    reads=("established_on",),
)
def has_operated_long_enough(case: Case[Any]) -> Truth:
    """The company must have been established at least {operating_months} months before it applies."""
    since = case.app.established_on
    due = Column(add_months(since.values, int(case.terms.operating_months)), since.known)
    return due <= case.app.applied_on


@rule(
    severity=Severity.DECLINE,
    clause=f"{_PRODUCT}：期限；流动资金贷款管理办法",
    zh="贷款期限须为{term_floor_months}至{term_cap_months}个月。",
    reads=("term_months",),
)
def term_is_within_the_product(case: Case[Any]) -> Truth:
    """The loan must run for {term_floor_months} to {term_cap_months} months."""
    long_enough: Truth = case.app.term_months >= case.terms.term_floor_months
    short_enough: Truth = case.app.term_months <= case.terms.term_cap_months
    return long_enough & short_enough


@rule(
    severity=Severity.DECLINE, clause=f"{_PRODUCT}：还款方式", zh="还款方式须为产品支持的方式。", reads=("repayment",)
)
def repayment_is_offered(case: Case[Any]) -> Truth:
    """The loan must be repaid in a way that the product offers."""
    return case.app.repayment.one_of(case.terms.repayments)


@rule(
    severity=Severity.DECLINE,
    clause=f"{_PRODUCT}：用途；民法典第六百七十三条",
    zh="贷款用途须符合产品要求。",
    reads=("purpose",),
)
def purpose_is_offered(case: Case[Any]) -> Truth:
    """The loan must serve a purpose for which the product is offered."""
    return case.app.purpose.one_of(case.terms.purposes)


@rule(severity=Severity.REFER, clause=f"{_PRODUCT}：最低金额", zh="可批金额须不低于{amount_floor}元。")
def amount_reaches_the_products_floor(case: Case[Any]) -> Truth:
    """The amount that can be granted must be at least {amount_floor} yuan."""
    return truth(case.considered >= case.terms.amount_floor)


@rule(
    severity=Severity.REFER,
    clause=f"{_PRODUCT}：评分等级",
    zh="创新评分等级须不低于产品要求。",
)
def score_reaches_the_products_band(case: Case[Any]) -> Truth:
    """The innovation score must reach the lowest band that the product approves without a credit officer."""
    return truth(case.score.band <= case.terms.band_floor)


@rule(
    severity=Severity.DECLINE,
    clause=f"{_REVIEW}；产品条款：信用记录",
    zh="近24个月最长逾期不超过{overdue_days_cap}天。",
    reads=("overdue_days_24m",),
)
def has_kept_its_payments(case: Case[Any]) -> Truth:
    """The company must not have been more than {overdue_days_cap} days overdue in the last 24 months."""
    kept: Truth = case.app.overdue_days_24m <= case.terms.overdue_days_cap
    return kept


@rule(
    severity=Severity.REFER,
    clause=f"{_REVIEW}；产品条款：资产负债率",
    zh="资产负债率不超过{debt_ratio_cap}。",
    reads=("total_assets", "total_liabilities"),
)
def liabilities_are_within_the_ratio(case: Case[Any]) -> Truth:
    """Liabilities must not exceed {debt_ratio_cap} of total assets."""
    return case.app.total_liabilities <= scaled(case.app.total_assets, case.terms.debt_ratio_cap)


@rule(
    severity=Severity.REFER,
    clause=f"{_REVIEW}：审查偿还能力",
    zh="企业经营活动现金流在偿付现有有息负债后须有余力。",
    reads=("operating_cash_flow", "interest_bearing_debt"),
)
def can_repay_from_operations(case: Case[Any]) -> Truth:
    """The company's operating cash flow must leave room for this loan beside the debt there is."""
    return case.limits["repayment_capacity"] > 0


@rule(
    severity=Severity.REFER,
    clause=f"{_REVIEW}；产品条款：授信与收入之比",
    zh="银行授信余额须低于年收入的{exposure_to_revenue_cap}，方可新增借款。",
    reads=("revenue_y0", "bank_exposure"),
)
def exposure_is_within_the_ratio(case: Case[Any]) -> Truth:
    """Bank exposure must leave room below {exposure_to_revenue_cap} of the latest revenue."""
    return case.limits["exposure_headroom"] > 0


@rule(
    severity=Severity.REFER,
    clause=f"{_REVIEW}：信用状况",
    zh="企业未作为被告涉及借贷诉讼。",
    reads=("litigation_as_defendant",),
)
def is_no_defendant_in_a_lending_suit(case: Case[Any]) -> Truth:
    """The company must not be a defendant in a lending lawsuit."""
    return ~flag(case.app.litigation_as_defendant)


@rule(
    severity=Severity.REFER,
    clause=f"{_REVIEW}：信用状况",
    zh="企业纳税信用级别不为D级。",
    reads=("tax_credit_grade",),
)
def is_no_grade_d_taxpayer(case: Case[Any]) -> Truth:
    """The company's tax credit grade must not be D."""
    return case.app.tax_credit_grade != TAX_GRADES.index("D")


@rule(
    severity=Severity.ADVISE,
    clause=f"{_PRODUCT}：定价",
    zh="贷款利率应覆盖资金、运营、风险和资本成本。",
)
def rate_covers_the_banks_cost(case: Case[Any]) -> Truth:
    """The loan rate should cover funding, operation, expected loss and the return on capital."""
    return truth(case.prices.components["rounding_cap_or_floor"] >= 0)


def _known_exclusion(fact: str, *, clause: str, zh: str, en: str) -> Rule:
    def holds(case: Case[Any]) -> Truth:
        return ~flag(case.app.columns[fact]).but_unknown_is(False)

    return Rule(f"has_no_{fact}", holds, Severity.DECLINE, clause, zh, en, (fact,))


KNOWN_EXCLUSIONS: Final = (
    _known_exclusion(
        "malicious_evasion_2y",
        clause="产品条款：两年内无恶意逃废债",
        zh="企业两年内无恶意逃废债行为。",
        en="The company must not have evaded debts in bad faith within two years.",
    ),
    _known_exclusion(
        "provincial_negative_list",
        clause="产品条款：省再担保负面清单",
        zh="企业未列入省级再担保机构负面清单。",
        en="The company must not stand on the provincial re-guarantor's negative list.",
    ),
    _known_exclusion(
        "unfulfilled_enforcement",
        clause="产品条款：无未履行的执行或重大处罚",
        zh="企业无未履行完毕的执行案件或重大处罚。",
        en="The company must have no unfulfilled enforcement or major penalty.",
    ),
    _known_exclusion(
        "overdue_now",
        clause="产品条款：当前无逾期",
        zh="企业当前无逾期贷款。",
        en="The company must have no loan that is overdue now.",
    ),
    _known_exclusion(
        "money_laundering_risk",
        clause="反洗钱法第二十九条",
        zh="企业无洗钱风险提示。",
        en="The company must carry no money-laundering alert.",
    ),
)
"""Facts held by others: known and true they exclude; unknown they are confirmed before drawdown."""

CREDIT_RULES: Final = (
    is_registered_in_the_products_region,
    is_of_the_products_size,
    is_of_the_products_sector,
    holds_a_title_of_the_product,
    is_private_where_the_product_asks,
    has_operated_long_enough,
    term_is_within_the_product,
    repayment_is_offered,
    purpose_is_offered,
    amount_reaches_the_products_floor,
    score_reaches_the_products_band,
    has_kept_its_payments,
    liabilities_are_within_the_ratio,
    can_repay_from_operations,
    exposure_is_within_the_ratio,
    is_no_defendant_in_a_lending_suit,
    is_no_grade_d_taxpayer,
    rate_covers_the_banks_cost,
    *KNOWN_EXCLUSIONS,
)


def _exclusion_unconfirmed(case: Case[Any]) -> Truth:
    unknown = np.zeros(case.app.n, dtype=np.bool_)
    for one in KNOWN_EXCLUSIONS:
        unknown |= flag(case.app.columns[one.reads[0]]).unknown
    return truth(unknown)


def _everyone(case: Case[Any]) -> Truth:
    return case.everywhere(True)


CREDIT_CONDITIONS: Final = (
    Condition(
        "exclusions_confirmed",
        "产品条款：准入核查",
        "放款前核实：无恶意逃废债、未列入再担保负面清单、无未履行执行或重大处罚、无当前逾期、无洗钱风险。",
        "Before drawdown confirm: no bad-faith evasion of debts, not on the re-guarantor's negative list, no "
        "unfulfilled enforcement or major penalty, nothing overdue, no money-laundering alert.",
        _exclusion_unconfirmed,
    ),
    Condition(
        "company_resolution",
        "公司法第十五条",
        "提交公司章程规定机构作出的借款及担保决议。",
        "Hand in the resolution on loan and security of the body that the articles of association name.",
        _everyone,
    ),
)
