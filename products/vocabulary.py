"""The closed sets that terms, tables and rules share; positions in these tuples are the codes of the columns."""

from __future__ import annotations

from typing import Final

from products.applicant.choices import Choice, IpKind, Purpose, Repayment, Sector, TaxCreditGrade, TitleKind
from products.explaining.answer import Party


class Tier(Choice):
    """The programme's tiers of enterprise classes."""

    TIER_1 = "tier_1", "第一档", "tier 1"
    TIER_2 = "tier_2", "第二档", "tier 2"
    TIER_3 = "tier_3", "第三档", "tier 3"
    UNTITLED = "untitled", "无有效资质", "no valid title"


class Size(Choice):
    """Enterprise sizes of 中小企业划型标准规定, the largest first."""

    LARGE = "large", "大型", "large"
    MEDIUM = "medium", "中型", "medium-sized"
    SMALL = "small", "小型", "small"
    MICRO = "micro", "微型", "micro"


class Charge(Choice):
    """What may be, or is forbidden to be, charged to the borrower."""

    INTEREST = "interest", "贷款利息", "interest"
    GUARANTEE_FEE = "guarantee_fee", "担保费", "guarantee fee"
    DEPOSIT = "deposit", "保证金", "deposit"
    COMMITMENT_FEE = "commitment_fee", "承诺费", "commitment fee"
    CONSULTING_FEE = "consulting_fee", "咨询费", "consulting fee"
    ADVISORY_FEE = "advisory_fee", "顾问费", "advisory fee"
    REGISTRATION_FEE = "registration_fee", "注册费", "registration fee"
    DOCUMENT_FEE = "document_fee", "资料费", "document fee"


class CapitalMethod(Choice):
    """How a bank computes the capital it holds against a loan."""

    STANDARDISED = "standardised", "权重法", "standardised approach"
    IRB_CORPORATE = "irb_corporate", "内部评级法：公司风险暴露", "internal ratings, corporate"
    IRB_RETAIL = "irb_retail", "内部评级法：零售风险暴露", "internal ratings, retail"


def _slugs(choices: type[Choice]) -> tuple[str, ...]:
    return tuple(choice.value for choice in choices)


TITLES: Final = _slugs(TitleKind)
TIERS: Final = _slugs(Tier)
SIZES: Final = _slugs(Size)
SECTORS: Final = _slugs(Sector)
REPAYMENTS: Final = _slugs(Repayment)
PURPOSES: Final = _slugs(Purpose)
TAX_GRADES: Final = _slugs(TaxCreditGrade)
IP_KINDS: Final = _slugs(IpKind)
CHARGES: Final = _slugs(Charge)
CAPITAL_METHODS: Final = _slugs(CapitalMethod)
BANDS: Final = ("A", "B", "C", "D", "E")
PARTIES: Final = tuple(
    party.value for party in (Party.BANK, Party.GUARANTOR, Party.PROVINCE, Party.FUND, Party.LOCAL_GOVERNMENT)
)
