"""The applicant record: every field of an application, declared once.

Absent and null mean unknown. `products.reading` reads the JSON form, `products.flatten` lays the facts out as columns,
and docs/applicant-record.md lists them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from products.assets import IpAsset
from products.choices import Purpose, Repayment, Sector, TaxCreditGrade, TitleKind
from products.fields import YEARS, Field, Group, Kind, Section, Source, Spread

MOST_TITLES = 50
MOST_ASSETS = 500

P26 = "财金〔2026〕6号, borrowers"
BATCH = "entry conditions of batch guarantee 长易担/长融保"
KUAIDAI = "客户条件 of 科担专精特新快贷"


class Request(Group):
    """What is asked for."""

    product: Annotated[
        str, Field(Kind.TEXT, "产品", "Product", Source.APPLICATION, True, True, maximum=64, unit="slug of the product")
    ]
    revision: Annotated[
        str | None,
        Field(
            *(Kind.TEXT, "产品版本", "Revision of the product", Source.APPLICATION, False, True),
            maximum=64,
            unit="slug; null: the product's own terms",
        ),
    ] = None
    amount: Annotated[
        Decimal, Field(Kind.AMOUNT, "申请金额", "Requested amount", Source.APPLICATION, True, True, minimum=1)
    ]
    term_months: Annotated[
        int,
        Field(
            *(Kind.COUNT, "期限", "Term", Source.APPLICATION, True, True),
            minimum=1,
            maximum=360,
            unit="months",
        ),
    ]
    repayment: Annotated[
        Repayment, Field(Kind.CHOICE, "还款方式", "Repayment method", Source.APPLICATION, True, True, Repayment)
    ]
    purpose: Annotated[Purpose, Field(Kind.CHOICE, "用途", "Purpose", Source.APPLICATION, True, True, Purpose)]
    applied_on: Annotated[date, Field(Kind.DAY, "申请日期", "Date of application", Source.APPLICATION, True)]
    revolving: Annotated[
        bool | None,
        Field(Kind.FLAG, "循环额度", "Revolving or drawn at will", Source.APPLICATION, False, True, clause=BATCH),
    ] = None


class Enterprise(Group):
    """Who asks."""

    name: Annotated[str, Field(Kind.TEXT, "企业名称", "Registered name", Source.LICENCE, True)]
    name_en: Annotated[str | None, Field(Kind.TEXT, "英文名称", "English name", Source.APPLICATION)] = None
    uscc: Annotated[str, Field(Kind.USCC, "统一社会信用代码", "Unified social credit code", Source.LICENCE, True)]
    region: Annotated[
        str | None, Field(Kind.REGION, "注册地行政区划", "Division code of the registered seat", Source.LICENCE)
    ] = None
    sector: Annotated[Sector | None, Field(Kind.CHOICE, "所属行业", "Sector", Source.LICENCE, choices=Sector)] = None
    established_on: Annotated[date | None, Field(Kind.DAY, "成立日期", "Date of establishment", Source.LICENCE)] = None
    operating_since: Annotated[
        date | None, Field(Kind.DAY, "实际经营起始日", "Operating since", Source.TAX_AUTHORITY, clause=BATCH)
    ] = None
    employees: Annotated[
        int | None, Field(Kind.COUNT, "从业人员", "Employees", Source.SOCIAL_INSURANCE, maximum=10_000_000)
    ] = None
    insured_staff: Annotated[
        int | None,
        Field(Kind.COUNT, "参保人数", "Insured staff", Source.SOCIAL_INSURANCE, maximum=10_000_000, clause=BATCH),
    ] = None
    paid_in_capital: Annotated[
        Decimal | None, Field(Kind.AMOUNT, "实缴资本", "Paid-in capital", Source.CREDIT_PUBLICITY, clause=BATCH)
    ] = None
    private_enterprise: Annotated[
        bool | None, Field(Kind.FLAG, "民营企业", "Private enterprise", Source.CREDIT_PUBLICITY, clause=P26)
    ] = None
    state_controlled: Annotated[
        bool | None,
        Field(Kind.FLAG, "国有全资或控股", "Owned or controlled by the state", Source.CREDIT_PUBLICITY, clause=BATCH),
    ] = None
    government_financing_platform: Annotated[
        bool | None,
        Field(Kind.FLAG, "地方政府融资平台", "Local-government financing platform", Source.BANK),
    ] = None
    on_scitech_list: Annotated[
        bool | None,
        Field(
            *(Kind.FLAG, "在科技创新类中小企业名单内", "On the official list of sci-tech SMEs"),
            Source.SCIENCE_AUTHORITY,
            clause="财金〔2024〕60号, list of enterprises",
        ),
    ] = None
    abnormal_operation_list: Annotated[
        bool | None,
        Field(Kind.FLAG, "列入经营异常名录", "On the abnormal operation list", Source.CREDIT_PUBLICITY),
    ] = None
    dishonest_debtor_list: Annotated[
        bool | None,
        Field(Kind.FLAG, "列入失信被执行人名单", "On the list of dishonest debtors", Source.ENFORCEMENT_REGISTER),
    ] = None
    restricted_industry: Annotated[
        bool | None,
        Field(
            *(Kind.FLAG, "产品属禁止、限制或淘汰类", "Product is prohibited, restricted or being phased out"),
            Source.BANK,
            clause=P26,
        ),
    ] = None
    major_accident_3y: Annotated[
        bool | None,
        Field(
            *(
                Kind.FLAG,
                "三年内重大安全、质量、环境事故",
                "Major safety, quality or environmental accident in 3 years",
            ),
            Source.CREDIT_PUBLICITY,
            clause=P26,
        ),
    ] = None
    tax_evasion_3y: Annotated[
        bool | None,
        Field(Kind.FLAG, "三年内偷逃税", "Tax evasion in 3 years", Source.TAX_AUTHORITY, clause=P26),
    ] = None
    controller_changed_6m: Annotated[
        bool | None,
        Field(
            *(
                Kind.FLAG,
                "六个月内法定代表人或实控人变更",
                "Legal representative, controller or major holder changed in 6 months",
            ),
            Source.CREDIT_PUBLICITY,
            clause=BATCH,
        ),
    ] = None


class Title(Group):
    """One certificate that puts the enterprise into a class of the guarantee programme."""

    kind: Annotated[
        TitleKind, Field(Kind.CHOICE, "资质类型", "Kind of title", Source.TITLE_REGISTER, True, choices=TitleKind)
    ]
    certificate: Annotated[
        str | None, Field(Kind.TEXT, "证书编号", "Certificate number", Source.TITLE_REGISTER, maximum=64)
    ] = None
    valid_from: Annotated[date | None, Field(Kind.DAY, "有效期起", "Valid from", Source.TITLE_REGISTER)] = None
    valid_to: Annotated[date | None, Field(Kind.DAY, "有效期止", "Valid to, inclusive", Source.TITLE_REGISTER)] = None


class Financials(Group):
    """The accounts; lists hold the last one to three years, oldest first."""

    revenue: Annotated[
        tuple[Decimal, ...] | None,
        Field(Kind.AMOUNT, "营业收入", "Revenue", Source.ACCOUNTS, spread=Spread.YEARS, entries=(1, YEARS)),
    ] = None
    net_profit: Annotated[
        tuple[Decimal, ...] | None,
        Field(
            *(Kind.AMOUNT, "净利润", "Net profit", Source.ACCOUNTS),
            minimum=-(10**13),
            spread=Spread.YEARS,
            entries=(1, YEARS),
        ),
    ] = None
    rd_expense: Annotated[
        tuple[Decimal, ...] | None,
        Field(Kind.AMOUNT, "研发费用", "R&D expense", Source.ACCOUNTS, spread=Spread.YEARS, entries=(1, YEARS)),
    ] = None
    total_assets: Annotated[Decimal | None, Field(Kind.AMOUNT, "资产总计", "Total assets", Source.ACCOUNTS)] = None
    total_liabilities: Annotated[
        Decimal | None, Field(Kind.AMOUNT, "负债合计", "Total liabilities", Source.ACCOUNTS)
    ] = None
    current_assets: Annotated[Decimal | None, Field(Kind.AMOUNT, "流动资产", "Current assets", Source.ACCOUNTS)] = None
    current_liabilities: Annotated[
        Decimal | None, Field(Kind.AMOUNT, "流动负债", "Current liabilities", Source.ACCOUNTS)
    ] = None
    interest_bearing_debt: Annotated[
        Decimal | None, Field(Kind.AMOUNT, "有息负债", "Interest-bearing debt", Source.ACCOUNTS)
    ] = None
    inventory: Annotated[Decimal | None, Field(Kind.AMOUNT, "存货", "Inventory", Source.ACCOUNTS)] = None
    receivables: Annotated[Decimal | None, Field(Kind.AMOUNT, "应收账款", "Receivables", Source.ACCOUNTS)] = None
    operating_cash_flow: Annotated[
        Decimal | None,
        Field(Kind.AMOUNT, "经营活动现金流净额", "Operating cash flow", Source.ACCOUNTS, minimum=-(10**13)),
    ] = None
    statements_audited: Annotated[
        bool | None, Field(Kind.FLAG, "报表经审计", "Statements are audited", Source.ACCOUNTS, clause=BATCH)
    ] = None
    tax_credit_grade: Annotated[
        TaxCreditGrade | None,
        Field(Kind.CHOICE, "纳税信用级别", "Tax credit grade", Source.TAX_AUTHORITY, choices=TaxCreditGrade),
    ] = None
    tax_paid_12m: Annotated[
        Decimal | None,
        Field(
            *(Kind.AMOUNT, "近12个月纳税额(含减免)", "Tax paid in 12 months, relief included", Source.TAX_AUTHORITY),
            clause=BATCH,
        ),
    ] = None
    taxed_revenue: Annotated[
        Decimal | None,
        Field(Kind.AMOUNT, "近12个月开票收入", "Taxed revenue of 12 months", Source.TAX_AUTHORITY, clause=BATCH),
    ] = None


class InnovationPoints(Group):
    """The enterprise's points under the innovation points system, on whatever scale its edition uses."""

    value: Annotated[Decimal, Field(Kind.NUMBER, "创新积分", "Innovation points", Source.SCIENCE_AUTHORITY, True)]
    scale: Annotated[
        Decimal,
        Field(Kind.NUMBER, "积分满分", "Greatest possible points", Source.SCIENCE_AUTHORITY, True, minimum=1),
    ]
    version: Annotated[
        str | None, Field(Kind.TEXT, "积分版本", "Edition of the points system", Source.SCIENCE_AUTHORITY, maximum=32)
    ] = None


class Innovation(Group):
    """What the enterprise invents."""

    rd_staff: Annotated[int | None, Field(Kind.COUNT, "研发人员", "R&D staff", Source.ACCOUNTS)] = None
    invention_patents: Annotated[
        int | None, Field(Kind.COUNT, "有效发明专利", "Invention patents in force", Source.IP_REGISTER)
    ] = None
    utility_models: Annotated[
        int | None, Field(Kind.COUNT, "有效实用新型", "Utility models in force", Source.IP_REGISTER)
    ] = None
    designs: Annotated[int | None, Field(Kind.COUNT, "有效外观设计", "Designs in force", Source.IP_REGISTER)] = None
    software_copyrights: Annotated[
        int | None, Field(Kind.COUNT, "软件著作权", "Software copyrights", Source.IP_REGISTER)
    ] = None
    pct_applications: Annotated[int | None, Field(Kind.COUNT, "PCT申请", "PCT applications", Source.IP_REGISTER)] = None
    technology_contract_value: Annotated[
        Decimal | None,
        Field(Kind.AMOUNT, "技术合同成交额", "Registered technology contracts", Source.SCIENCE_AUTHORITY),
    ] = None
    hightech_revenue_share: Annotated[
        Decimal | None,
        Field(Kind.SHARE, "高新技术产品收入占比", "Share of high-tech products in revenue", Source.ACCOUNTS),
    ] = None
    innovation_points: Annotated[InnovationPoints | None, Section("创新积分", "Innovation points")] = None
    venture_capital_raised: Annotated[
        Decimal | None, Field(Kind.AMOUNT, "累计获得创业投资", "Venture capital raised", Source.CREDIT_PUBLICITY)
    ] = None
    provincial_platforms: Annotated[
        int | None,
        Field(
            *(Kind.COUNT, "省级以上研发平台", "R&D platforms of provincial rank or above", Source.SCIENCE_AUTHORITY),
            maximum=1_000,
            clause="创新积分制 guide 1.0, indicators",
        ),
    ] = None
    awards: Annotated[
        int | None,
        Field(
            *(Kind.COUNT, "省级以上科技奖励", "Science awards of provincial rank or above", Source.SCIENCE_AUTHORITY),
            maximum=1_000,
            clause="创新积分制 guide 1.0, indicators",
        ),
    ] = None


class Credit(Group):
    """What lenders, courts and guarantors know."""

    overdue_days_24m: Annotated[
        int | None,
        Field(
            Kind.COUNT, "近24个月最长逾期天数", "Longest delay in 24 months, days", Source.CREDIT_BUREAU, maximum=731
        ),
    ] = None
    overdue_now: Annotated[
        bool | None, Field(Kind.FLAG, "当前有逾期贷款", "A loan is overdue now", Source.CREDIT_BUREAU, clause=BATCH)
    ] = None
    credit_inquiries_6m: Annotated[
        int | None,
        Field(
            Kind.COUNT, "近6个月贷款审批查询次数", "Loan inquiries in 6 months", Source.CREDIT_BUREAU, maximum=10_000
        ),
    ] = None
    guaranteed_balance: Annotated[
        Decimal | None,
        Field(Kind.AMOUNT, "在保余额", "Balance guaranteed by the guarantee system", Source.GUARANTOR),
    ] = None
    product_guaranteed_balance: Annotated[
        Decimal | None,
        Field(
            *(
                Kind.AMOUNT,
                "同一产品在保余额(含关联企业)",
                "Balance guaranteed under this product, related firms included",
            ),
            Source.GUARANTOR,
            clause=BATCH,
        ),
    ] = None
    bank_exposure: Annotated[
        Decimal | None, Field(Kind.AMOUNT, "银行授信余额", "Bank exposure", Source.CREDIT_BUREAU)
    ] = None
    first_loan: Annotated[
        bool | None,
        Field(
            *(Kind.FLAG, "首贷户", "First bank loan ever", Source.CREDIT_BUREAU),
            clause="risk compensation of provincial loan pools for first loans",
        ),
    ] = None
    litigation_as_defendant: Annotated[
        bool | None,
        Field(Kind.FLAG, "作为被告的借贷诉讼", "Defendant in a lending lawsuit", Source.ENFORCEMENT_REGISTER),
    ] = None
    unfulfilled_enforcement: Annotated[
        bool | None,
        Field(
            *(Kind.FLAG, "未履行完毕的执行或重大处罚", "Unfulfilled enforcement or major penalty"),
            Source.ENFORCEMENT_REGISTER,
            clause=BATCH,
        ),
    ] = None
    money_laundering_risk: Annotated[
        bool | None, Field(Kind.FLAG, "反洗钱风险", "Money-laundering risk", Source.BANK, clause=BATCH)
    ] = None
    guarantor_client: Annotated[
        bool | None,
        Field(
            *(Kind.FLAG, "担保机构的在保或风险客户", "Current or risk client of the same guarantor", Source.GUARANTOR),
            clause=BATCH,
        ),
    ] = None
    malicious_evasion_2y: Annotated[
        bool | None,
        Field(Kind.FLAG, "两年内恶意逃废债", "Malicious debt evasion in 2 years", Source.CREDIT_BUREAU, clause=KUAIDAI),
    ] = None
    provincial_negative_list: Annotated[
        bool | None,
        Field(
            *(Kind.FLAG, "列入省再担保负面清单", "On the provincial re-guarantor's negative list", Source.GUARANTOR),
            clause=KUAIDAI,
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
