"""The part of the applicant record that is read from accounts and registers of innovation."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from products.applicant.choices import TaxCreditGrade
from products.applicant.declared import YEARS, Source, Spread
from products.applicant.fields import Amount, Count, Flag, Group, Number, OneOf, Section, Share, Text

BATCH: Final = "entry conditions of the batch guarantee 长易担/长融保"


class Financials(Group):
    """The accounts; lists hold the last one to three years, oldest first."""

    revenue: Annotated[
        tuple[Decimal, ...] | None,
        Amount("营业收入", "Revenue", Source.ACCOUNTS, spread=Spread.YEARS, entries=(1, YEARS)),
    ] = None
    net_profit: Annotated[
        tuple[Decimal, ...] | None,
        Amount("净利润", "Net profit", Source.ACCOUNTS, minimum=-(10**13), spread=Spread.YEARS, entries=(1, YEARS)),
    ] = None
    rd_expense: Annotated[
        tuple[Decimal, ...] | None,
        Amount("研发费用", "R&D expense", Source.ACCOUNTS, changeable=True, spread=Spread.YEARS, entries=(1, YEARS)),
    ] = None
    total_assets: Annotated[Decimal | None, Amount("资产总计", "Total assets", Source.ACCOUNTS)] = None
    total_liabilities: Annotated[Decimal | None, Amount("负债合计", "Total liabilities", Source.ACCOUNTS)] = None
    current_assets: Annotated[Decimal | None, Amount("流动资产", "Current assets", Source.ACCOUNTS)] = None
    current_liabilities: Annotated[Decimal | None, Amount("流动负债", "Current liabilities", Source.ACCOUNTS)] = None
    interest_bearing_debt: Annotated[
        Decimal | None, Amount("有息负债", "Interest-bearing debt", Source.ACCOUNTS, changeable=True)
    ] = None
    inventory: Annotated[Decimal | None, Amount("存货", "Inventory", Source.ACCOUNTS)] = None
    receivables: Annotated[Decimal | None, Amount("应收账款", "Receivables", Source.ACCOUNTS)] = None
    operating_cash_flow: Annotated[
        Decimal | None, Amount("经营活动现金流净额", "Operating cash flow", Source.ACCOUNTS, minimum=-(10**13))
    ] = None
    statements_audited: Annotated[
        bool | None, Flag("报表经审计", "Statements are audited", Source.ACCOUNTS, changeable=True, clause=BATCH)
    ] = None
    tax_credit_grade: Annotated[
        TaxCreditGrade | None, OneOf("纳税信用级别", "Tax credit grade", Source.TAX_AUTHORITY, choices=TaxCreditGrade)
    ] = None
    tax_paid_12m: Annotated[
        Decimal | None,
        Amount("近12个月纳税额(含减免)", "Tax paid in 12 months, relief included", Source.TAX_AUTHORITY, clause=BATCH),
    ] = None
    taxed_revenue: Annotated[
        Decimal | None, Amount("近12个月开票收入", "Taxed revenue of 12 months", Source.TAX_AUTHORITY, clause=BATCH)
    ] = None


class InnovationPoints(Group):
    """The enterprise's points under the innovation points system, on whatever scale its edition uses."""

    value: Annotated[Decimal, Number("创新积分", "Innovation points", Source.SCIENCE_AUTHORITY, required=True)]
    scale: Annotated[
        Decimal, Number("积分满分", "Greatest possible points", Source.SCIENCE_AUTHORITY, required=True, minimum=1)
    ]
    version: Annotated[
        str | None, Text("积分版本", "Edition of the points system", Source.SCIENCE_AUTHORITY, maximum=32)
    ] = None


class Innovation(Group):
    """What the enterprise invents."""

    rd_staff: Annotated[int | None, Count("研发人员", "R&D staff", Source.ACCOUNTS, changeable=True)] = None
    invention_patents: Annotated[
        int | None, Count("有效发明专利", "Invention patents in force", Source.IP_REGISTER)
    ] = None
    utility_models: Annotated[int | None, Count("有效实用新型", "Utility models in force", Source.IP_REGISTER)] = None
    designs: Annotated[int | None, Count("有效外观设计", "Designs in force", Source.IP_REGISTER)] = None
    software_copyrights: Annotated[int | None, Count("软件著作权", "Software copyrights", Source.IP_REGISTER)] = None
    pct_applications: Annotated[
        int | None, Count("PCT申请", "PCT applications", Source.IP_REGISTER, changeable=True)
    ] = None
    technology_contract_value: Annotated[
        Decimal | None, Amount("技术合同成交额", "Registered technology contracts", Source.SCIENCE_AUTHORITY)
    ] = None
    hightech_revenue_share: Annotated[
        Decimal | None, Share("高新技术产品收入占比", "Share of high-tech products in revenue", Source.ACCOUNTS)
    ] = None
    innovation_points: Annotated[InnovationPoints | None, Section("创新积分", "Innovation points")] = None
    venture_capital_raised: Annotated[
        Decimal | None, Amount("累计获得创业投资", "Venture capital raised", Source.CREDIT_PUBLICITY)
    ] = None
    provincial_platforms: Annotated[
        int | None,
        Count(
            "省级以上研发平台",
            "R&D platforms of provincial rank or above",
            Source.SCIENCE_AUTHORITY,
            maximum=1_000,
            clause="创新积分制 guide 1.0, indicators",
        ),
    ] = None
    awards: Annotated[
        int | None,
        Count(
            "省级以上科技奖励",
            "Science awards of provincial rank or above",
            Source.SCIENCE_AUTHORITY,
            maximum=1_000,
            clause="创新积分制 guide 1.0, indicators",
        ),
    ] = None
