"""What the programmes of the national guarantee fund have in common: how they see an enterprise, and their rules.

A programme's module picks from these rules and adds its own; the numbers are in its book.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np

from products.applications import Applications
from products.case import Case, Standing
from products.columns import Column, Truth, flag, open_where_unknown, truth
from products.explaining.answer import Severity
from products.money import ONE
from products.programmes.sme_size import BOOK as SIZE_BOOK
from products.programmes.sme_size import SizeTerms, enterprise_size
from products.rules import Condition, Rule, rule
from products.terms import ProgrammeTerms
from products.vocabulary import PARTIES, SIZES, TIERS, Size

BANK, PROVINCE, FUND = PARTIES.index("bank"), PARTIES.index("province"), PARTIES.index("fund")
LAW: Final = (SIZE_BOOK,)
"""The books that `standing` consults."""
UNTITLED: Final = TIERS.index("untitled")
_NO_TITLE: Final = 99
_SIZE_TERMS: Final[SizeTerms] = SIZE_BOOK.at(date(2011, 6, 18))


def standing(app: Applications, terms: ProgrammeTerms, on: int) -> Standing:
    """Size, tier and title of each enterprise.

    A title counts if it is valid on the day of application and still valid on the day of the decision; of several the
    one with the best tier counts, of equal tiers the first in the programme's order.
    """
    titles = app.titles
    applied = titles.of_parent(app.applied_on)
    valid = (titles.valid_from <= applied) & (titles.valid_to >= applied) & (titles.valid_to >= on)
    tier_of = terms.class_tier[titles.kind.values]
    eligible = valid & truth(tier_of > 0, titles.kind.known)
    order = Column(np.where(eligible.met, tier_of * 16 + titles.kind.values, _NO_TITLE))
    best = _NO_TITLE - titles.greatest(_NO_TITLE - order, default=0)
    has_one = best != _NO_TITLE
    return Standing(
        size=enterprise_size(app, _SIZE_TERMS),
        tier=np.where(has_one, best // 16 - 1, UNTITLED),
        title=np.where(has_one, best % 16, -1),
        titled=open_where_unknown(titles.any(eligible), app.titles_count),
    )


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：科技创新类中小企业名单范围",
    zh="企业须在申请日和决定日持有有效的科技创新类资质证书。",
    reads=("titles.kind", "titles.valid_from", "titles.valid_to"),
)
def holds_an_eligible_title(case: Case[Any]) -> Truth:
    """The company must hold a certificate as a technology and innovation SME that is valid on the day of application
    and on the day of the decision."""
    return case.standing.titled | case.everywhere(not case.programme.title_required)


@rule(
    severity=Severity.DECLINE,
    clause="工信部联企业〔2011〕300号第四条；{instrument}：支持对象",
    zh="企业规模须属于计划支持的类型（按行业划型标准认定）。",
    reads=("sector", "employees", "revenue_y0", "total_assets"),
)
def is_of_an_admitted_size(case: Case[Any]) -> Truth:
    """The company must be of a size that the programme supports, by the size standard of its sector."""
    return case.standing.size.one_of(case.programme.sizes_allowed)


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：单户在保余额上限",
    zh="申请金额不得超过单户在保余额上限{balance_cap}元。",
    reads=("amount",),
)
def amount_is_within_the_enterprise_cap(case: Case[Any]) -> Truth:
    """The amount asked for must not exceed {balance_cap} yuan, the programme's ceiling per enterprise."""
    return case.app.amount <= case.programme.balance_cap


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：单户在保余额上限",
    zh="企业已有在保余额须低于单户上限{balance_cap}元，方有担保额度。",
    reads=("guaranteed_balance",),
)
def headroom_is_left(case: Case[Any]) -> Truth:
    """What is already guaranteed for the company must leave room below {balance_cap} yuan."""
    return case.app.guaranteed_balance < case.programme.balance_cap


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：银行分险比例",
    zh="银行承担的风险比例不低于{bank_share_floor}。",
)
def bank_retains_its_floor(case: Case[Any]) -> Truth:
    """The bank must keep at least {bank_share_floor} of the loss."""
    return truth(case.shares.ppm[:, BANK] >= case.programme.bank_share_floor)


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：政府性融资担保体系分险比例",
    zh="政府性融资担保体系承担的风险比例不超过{system_share_cap}。",
)
def system_bears_no_more_than_its_cap(case: Case[Any]) -> Truth:
    """The government guarantee system must bear at most {system_share_cap} of the loss."""
    return truth(ONE - case.shares.ppm[:, BANK] <= case.programme.system_share_cap)


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：省级分险比例",
    zh="省级担保、再担保机构自留的风险比例不低于{province_share_floor}。",
)
def province_bears_its_floor(case: Case[Any]) -> Truth:
    """The province must keep at least {province_share_floor} of the loss after what it cedes to the national fund."""
    return truth(case.shares.ppm[:, PROVINCE] - case.shares.ceded_ppm >= case.programme.province_share_floor)


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：国家融资担保基金分险比例",
    zh="国家融资担保基金承担的风险比例不超过企业所属档次的上限。",
)
def fund_bears_no_more_than_its_tier(case: Case[Any]) -> Truth:
    """The national fund must bear no more than the ceiling of the company's tier."""
    return truth(case.shares.ppm[:, FUND] + case.shares.ceded_ppm <= case.programme.fund_share[case.standing.tier])


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：不得收取其他费用",
    zh="除贷款利息和担保费外，不得以保证金、承诺费、咨询费、顾问费、注册费、资料费等名义收费。",
)
def only_interest_and_guarantee_fee_are_charged(case: Case[Any]) -> Truth:
    """Nothing may be charged but interest and the guarantee fee."""
    return case.everywhere(set(case.terms.charges) <= set(case.programme.charges_allowed))


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：直接担保费率上限",
    zh="担保费率不超过{fee_cap}。",
)
def fee_is_within_the_programme_cap(case: Case[Any]) -> Truth:
    """The guarantee fee must not exceed {fee_cap} a year."""
    cap = case.programme.fee_cap
    return case.everywhere(True) if cap is None else truth(case.fees.rate_ppm <= cap)


@rule(
    severity=Severity.ADVISE,
    clause="{instrument}：平均担保费率",
    zh="合作机构的平均担保费率应逐步降至{average_fee_target}以下；本笔费率高于目标时由组合平衡。",
)
def fee_is_within_the_average_target(case: Case[Any]) -> Truth:
    """The average guarantee fee of the portfolio is to fall below {average_fee_target} a year; a dearer loan has to be
    balanced by cheaper ones."""
    return truth(case.fees.rate_ppm <= case.programme.average_fee_target)


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：严格准入；企业信息公示暂行条例",
    zh="企业未被列入经营异常名录。",
    reads=("abnormal_operation_list",),
)
def is_not_on_the_abnormal_operation_list(case: Case[Any]) -> Truth:
    """The company must not stand on the list of abnormal operations."""
    return ~flag(case.app.abnormal_operation_list)


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：严格准入；法释〔2017〕7号",
    zh="企业未被列入失信被执行人名单。",
    reads=("dishonest_debtor_list",),
)
def is_not_on_the_dishonest_debtor_list(case: Case[Any]) -> Truth:
    """The company must not stand on the list of dishonest judgment debtors."""
    return ~flag(case.app.dishonest_debtor_list)


@rule(
    severity=Severity.DECLINE,
    clause="财金〔2025〕11号第八条",
    zh="企业不是地方政府融资平台。",
    reads=("government_financing_platform",),
)
def is_no_government_financing_platform(case: Case[Any]) -> Truth:
    """The company must not be a local-government financing platform."""
    return ~flag(case.app.government_financing_platform)


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：支持的贷款用途",
    zh="贷款用途须在计划支持范围内。",
    reads=("purpose",),
)
def purpose_is_admitted_by_the_programme(case: Case[Any]) -> Truth:
    """The loan must serve a purpose that the programme supports."""
    return case.app.purpose.one_of(case.programme.purposes_allowed)


@rule(
    severity=Severity.DECLINE,
    clause="{instrument}：中长期贷款",
    zh="贷款期限须长于{term_over_months}个月。",
    reads=("term_months",),
)
def term_is_longer_than_the_programme_asks(case: Case[Any]) -> Truth:
    """The loan must run longer than {term_over_months} months."""
    return case.app.term_months > case.programme.term_over_months


def _exclusion(fact: str, *, severity: Severity, clause: str, zh: str, en: str, verified: bool) -> Rule:
    def holds(case: Case[Any]) -> Truth:
        return ~flag(case.app.columns[fact])

    return Rule(f"has_no_{fact}", holds, severity, clause, zh, en, (fact,), verified)


def negative_list(*, severity: Severity, instrument: str, verified: bool) -> tuple[Rule, ...]:
    """The exclusions for prohibited industries, accidents and tax evasion, as strict as a programme has them."""
    return (
        _exclusion(
            "restricted_industry",
            severity=severity,
            clause=f"{instrument}：产品不属于禁止、限制、淘汰类",
            zh="企业产品和服务不属于国家禁止、限制或淘汰类。",
            en="The company's products must not be of a prohibited, restricted or phased-out kind.",
            verified=verified,
        ),
        _exclusion(
            "major_accident_3y",
            severity=severity,
            clause=f"{instrument}：三年内无重大事故",
            zh="企业三年内未发生重大安全、质量、环境事故。",
            en="The company must have had no serious safety, quality or environmental accident for three years.",
            verified=verified,
        ),
        _exclusion(
            "tax_evasion_3y",
            severity=severity,
            clause=f"{instrument}：三年内无偷逃税",
            zh="企业三年内无偷税、逃税行为。",
            en="The company must not have evaded tax for three years.",
            verified=verified,
        ),
    )


COMMON_RULES: Final = (
    is_of_an_admitted_size,
    amount_is_within_the_enterprise_cap,
    headroom_is_left,
    bank_retains_its_floor,
    system_bears_no_more_than_its_cap,
    province_bears_its_floor,
    fund_bears_no_more_than_its_tier,
    only_interest_and_guarantee_fee_are_charged,
    fee_is_within_the_average_target,
    is_not_on_the_abnormal_operation_list,
    is_not_on_the_dishonest_debtor_list,
    is_no_government_financing_platform,
    purpose_is_admitted_by_the_programme,
)


def _is_medium(case: Case[Any]) -> Truth:
    return case.standing.size == SIZES.index(Size.MEDIUM)


def _always(case: Case[Any]) -> Truth:
    return case.everywhere(True)


COMMON_CONDITIONS: Final = (
    Condition(
        "filed_with_the_reguarantor",
        "{instrument}：企业名单与备案",
        "放款前由担保机构核对企业在科技、工信部门名单内，并向再担保机构备案。",
        "Before drawdown the guarantor confirms that the company is on the departments' list and files the guarantee "
        "with the re-guarantor.",
        _always,
    ),
    Condition(
        "small_business_share_holds",
        "财金〔2025〕11号第六条；{instrument}：支持中型企业",
        "企业为中型企业：担保机构须确认支小支农业务占比仍符合要求。",
        "The company is medium-sized: the guarantor confirms that its share of small-business guarantees still holds.",
        _is_medium,
    ),
)
"""``small_business_share_holds`` answers for the portfolio, which one application cannot show."""
