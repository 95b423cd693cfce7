"""The applicant record: every field of an application, declared once.

Absent and null mean unknown. `products.applicant.reading` reads the JSON form, `products.applicant.flatten` lays the
facts out as columns, and docs/applicant-record.md lists them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from products.applicant.accounts import BATCH, Financials, Innovation
from products.applicant.assets import IpAsset
from products.applicant.choices import Purpose, Repayment, Sector, TitleKind
from products.applicant.declared import Source
from products.applicant.fields import Amount, Count, Day, Flag, Group, OneOf, Region, Section, Text, Uscc

MOST_TITLES: Final = 50
MOST_ASSETS: Final = 500

P26: Final = "财金〔2026〕6号, borrowers"
KUAIDAI: Final = "客户条件 of 科担专精特新快贷"


class Request(Group):
    """What is asked for."""

    product: Annotated[
        str,
        Text(
            "产品",
            "Product",
            Source.APPLICATION,
            required=True,
            changeable=True,
            maximum=64,
            unit="slug of the product",
        ),
    ]
    revision: Annotated[
        str | None,
        Text(
            "产品版本",
            "Revision of the product",
            Source.APPLICATION,
            changeable=True,
            maximum=64,
            unit="slug; null: the product's own terms",
        ),
    ] = None
    amount: Annotated[
        Decimal, Amount("申请金额", "Requested amount", Source.APPLICATION, required=True, changeable=True, minimum=1)
    ]
    term_months: Annotated[
        int,
        Count(
            "期限", "Term", Source.APPLICATION, required=True, changeable=True, minimum=1, maximum=360, unit="months"
        ),
    ]
    repayment: Annotated[
        Repayment,
        OneOf("还款方式", "Repayment method", Source.APPLICATION, required=True, changeable=True, choices=Repayment),
    ]
    purpose: Annotated[
        Purpose, OneOf("用途", "Purpose", Source.APPLICATION, required=True, changeable=True, choices=Purpose)
    ]
    applied_on: Annotated[date, Day("申请日期", "Date of application", Source.APPLICATION, required=True)]
    revolving: Annotated[
        bool | None, Flag("循环额度", "Revolving or drawn at will", Source.APPLICATION, changeable=True, clause=BATCH)
    ] = None


class Enterprise(Group):
    """Who asks."""

    name: Annotated[str, Text("企业名称", "Registered name", Source.LICENCE, required=True)]
    name_en: Annotated[str | None, Text("英文名称", "English name", Source.APPLICATION)] = None
    uscc: Annotated[str, Uscc("统一社会信用代码", "Unified social credit code", Source.LICENCE, required=True)]
    region: Annotated[str | None, Region("注册地行政区划", "Division code of the registered seat", Source.LICENCE)] = (
        None
    )
    sector: Annotated[Sector | None, OneOf("所属行业", "Sector", Source.LICENCE, choices=Sector)] = None
    established_on: Annotated[date | None, Day("成立日期", "Date of establishment", Source.LICENCE)] = None
    operating_since: Annotated[
        date | None, Day("实际经营起始日", "Operating since", Source.TAX_AUTHORITY, clause=BATCH)
    ] = None
    employees: Annotated[int | None, Count("从业人员", "Employees", Source.SOCIAL_INSURANCE, maximum=10_000_000)] = None
    insured_staff: Annotated[
        int | None, Count("参保人数", "Insured staff", Source.SOCIAL_INSURANCE, maximum=10_000_000, clause=BATCH)
    ] = None
    paid_in_capital: Annotated[
        Decimal | None, Amount("实缴资本", "Paid-in capital", Source.CREDIT_PUBLICITY, changeable=True, clause=BATCH)
    ] = None
    private_enterprise: Annotated[
        bool | None, Flag("民营企业", "Private enterprise", Source.CREDIT_PUBLICITY, clause=P26)
    ] = None
    state_controlled: Annotated[
        bool | None, Flag("国有全资或控股", "Owned or controlled by the state", Source.CREDIT_PUBLICITY, clause=BATCH)
    ] = None
    government_financing_platform: Annotated[
        bool | None, Flag("地方政府融资平台", "Local-government financing platform", Source.BANK)
    ] = None
    on_scitech_list: Annotated[
        bool | None,
        Flag(
            "在科技创新类中小企业名单内",
            "On the official list of sci-tech SMEs",
            Source.SCIENCE_AUTHORITY,
            clause="财金〔2024〕60号, list of enterprises",
        ),
    ] = None
    abnormal_operation_list: Annotated[
        bool | None, Flag("列入经营异常名录", "On the abnormal operation list", Source.CREDIT_PUBLICITY)
    ] = None
    dishonest_debtor_list: Annotated[
        bool | None, Flag("列入失信被执行人名单", "On the list of dishonest debtors", Source.ENFORCEMENT_REGISTER)
    ] = None
    restricted_industry: Annotated[
        bool | None,
        Flag(
            "产品属禁止、限制或淘汰类", "Product is prohibited, restricted or being phased out", Source.BANK, clause=P26
        ),
    ] = None
    major_accident_3y: Annotated[
        bool | None,
        Flag(
            "三年内重大安全、质量、环境事故",
            "Major safety, quality or environmental accident in 3 years",
            Source.CREDIT_PUBLICITY,
            clause=P26,
        ),
    ] = None
    tax_evasion_3y: Annotated[
        bool | None, Flag("三年内偷逃税", "Tax evasion in 3 years", Source.TAX_AUTHORITY, clause=P26)
    ] = None
    controller_changed_6m: Annotated[
        bool | None,
        Flag(
            "六个月内法定代表人或实控人变更",
            "Legal representative, controller or major holder changed in 6 months",
            Source.CREDIT_PUBLICITY,
            clause=BATCH,
        ),
    ] = None


class Title(Group):
    """One certificate that puts the enterprise into a class of the guarantee programme."""

    kind: Annotated[
        TitleKind, OneOf("资质类型", "Kind of title", Source.TITLE_REGISTER, required=True, choices=TitleKind)
    ]
    certificate: Annotated[str | None, Text("证书编号", "Certificate number", Source.TITLE_REGISTER, maximum=64)] = None
    valid_from: Annotated[date | None, Day("有效期起", "Valid from", Source.TITLE_REGISTER)] = None
    valid_to: Annotated[date | None, Day("有效期止", "Valid to, inclusive", Source.TITLE_REGISTER)] = None


class Credit(Group):
    """What lenders, courts and guarantors know."""

    overdue_days_24m: Annotated[
        int | None, Count("近24个月最长逾期天数", "Longest delay in 24 months, days", Source.CREDIT_BUREAU, maximum=731)
    ] = None
    overdue_now: Annotated[
        bool | None,
        Flag("当前有逾期贷款", "A loan is overdue now", Source.CREDIT_BUREAU, changeable=True, clause=BATCH),
    ] = None
    credit_inquiries_6m: Annotated[
        int | None, Count("近6个月贷款审批查询次数", "Loan inquiries in 6 months", Source.CREDIT_BUREAU, maximum=10_000)
    ] = None
    guaranteed_balance: Annotated[
        Decimal | None,
        Amount("在保余额", "Balance guaranteed by the guarantee system", Source.GUARANTOR, changeable=True),
    ] = None
    product_guaranteed_balance: Annotated[
        Decimal | None,
        Amount(
            "同一产品在保余额(含关联企业)",
            "Balance guaranteed under this product, related firms included",
            Source.GUARANTOR,
            changeable=True,
            clause=BATCH,
        ),
    ] = None
    bank_exposure: Annotated[
        Decimal | None, Amount("银行授信余额", "Bank exposure", Source.CREDIT_BUREAU, changeable=True)
    ] = None
    first_loan: Annotated[
        bool | None,
        Flag(
            "首贷户",
            "First bank loan ever",
            Source.CREDIT_BUREAU,
            clause="risk compensation of provincial loan pools for first loans",
        ),
    ] = None
    litigation_as_defendant: Annotated[
        bool | None, Flag("作为被告的借贷诉讼", "Defendant in a lending lawsuit", Source.ENFORCEMENT_REGISTER)
    ] = None
    unfulfilled_enforcement: Annotated[
        bool | None,
        Flag(
            "未履行完毕的执行或重大处罚",
            "Unfulfilled enforcement or major penalty",
            Source.ENFORCEMENT_REGISTER,
            clause=BATCH,
        ),
    ] = None
    money_laundering_risk: Annotated[
        bool | None, Flag("反洗钱风险", "Money-laundering risk", Source.BANK, clause=BATCH)
    ] = None
    guarantor_client: Annotated[
        bool | None,
        Flag(
            "担保机构的在保或风险客户", "Current or risk client of the same guarantor", Source.GUARANTOR, clause=BATCH
        ),
    ] = None
    malicious_evasion_2y: Annotated[
        bool | None, Flag("两年内恶意逃废债", "Malicious debt evasion in 2 years", Source.CREDIT_BUREAU, clause=KUAIDAI)
    ] = None
    provincial_negative_list: Annotated[
        bool | None,
        Flag(
            "列入省再担保负面清单", "On the provincial re-guarantor's negative list", Source.GUARANTOR, clause=KUAIDAI
        ),
    ] = None


class Application(Group):
    """One application, complete: the public form of the applicant record."""

    request: Annotated[Request, Section("申请", "Request")]
    enterprise: Annotated[Enterprise, Section("企业", "Enterprise")]
    titles: Annotated[tuple[Title, ...] | None, Section("资质", "Titles", MOST_TITLES)] = None
    financials: Annotated[Financials | None, Section("财务", "Accounts")] = None
    innovation: Annotated[Innovation | None, Section("创新", "Innovation")] = None
    credit: Annotated[Credit | None, Section("信用", "Credit")] = None
    ip_assets: Annotated[tuple[IpAsset, ...] | None, Section("知识产权", "Intellectual property", MOST_ASSETS)] = None
