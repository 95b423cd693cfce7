"""Intellectual property offered as security: the part of the applicant record the registration rules look at.

The facts follow the refusal grounds of 专利权质押登记办法 (CNIPA announcement 461 of 2021), article 11, and what the
trademark and copyright registers ask for.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from products.applicant.choices import IpKind, IpStatus, ValuationMethod, ValuationPurpose
from products.applicant.declared import FORECAST_YEARS, Source, Spread
from products.applicant.fields import Amount, Count, Day, Flag, Group, OneOf, Section, Share, Text, Uscc, left_out


class Valuation(Group):
    """The appraisal report (资产评估法, articles 26 and 27)."""

    value: Annotated[Decimal | None, Amount("评估价值", "Appraised value", Source.APPRAISAL)] = None
    methods: Annotated[
        tuple[ValuationMethod, ...] | None,
        OneOf(
            "评估方法",
            "Valuation methods",
            Source.APPRAISAL,
            choices=ValuationMethod,
            spread=Spread.COUNT,
            entries=(1, 3),
            distinct=True,
        ),
    ] = None
    valued_on: Annotated[date | None, Day("评估基准日", "Valuation date", Source.APPRAISAL)] = None
    purpose: Annotated[
        ValuationPurpose | None,
        OneOf("评估目的", "Purpose of the valuation", Source.APPRAISAL, choices=ValuationPurpose),
    ] = None
    signatures: Annotated[
        int | None, Count("签字评估专业人员人数", "Appraisers who signed", Source.APPRAISAL, maximum=20)
    ] = None


class Income(Group):
    """Forecast behind the income method: relief from royalty on the revenue of the product the asset protects."""

    product_revenue: Annotated[
        tuple[Decimal, ...] | None,
        Amount(
            "产品收入预测",
            "Forecast product revenue, next year first",
            Source.APPRAISAL,
            spread=Spread.FORECAST,
            entries=(1, FORECAST_YEARS),
        ),
    ] = None
    royalty_rate: Annotated[Decimal | None, Share("许可费率", "Royalty rate", Source.APPRAISAL)] = None
    tax_rate: Annotated[Decimal | None, Share("所得税税率", "Income tax rate", Source.APPRAISAL)] = None
    discount_rate: Annotated[Decimal | None, Share("折现率", "Discount rate", Source.APPRAISAL)] = None


class IpAsset(Group):
    """One patent, trademark or copyright."""

    kind: Annotated[IpKind, OneOf("知识产权类型", "Kind of asset", Source.IP_REGISTER, required=True, choices=IpKind)]
    number: Annotated[
        str,
        Text(
            "专利号或登记号",
            "Patent or registration number",
            Source.IP_REGISTER,
            required=True,
            maximum=40,
            unit="patents: 12 digits and a check character, with or without a dot",
        ),
    ]
    title: Annotated[str | None, Text("名称", "Title", Source.IP_REGISTER)] = None
    owner: Annotated[str | None, Text("登记权利人", "Registered owner", Source.IP_REGISTER)] = None
    owner_uscc: Annotated[
        str | None,
        Uscc(
            "登记权利人统一社会信用代码",
            "Unified social credit code of the registered owner",
            Source.IP_REGISTER,
            clause="CNIPA 461, article 11(1)",
        ),
    ] = Field(default=None, exclude_if=left_out)
    filed_on: Annotated[date | None, Day("申请日", "Filing date (copyright: completion)", Source.IP_REGISTER)] = None
    granted_on: Annotated[
        date | None, Day("授权公告日或注册日", "Date of grant or registration", Source.IP_REGISTER)
    ] = None
    published_on: Annotated[
        date | None,
        Day("首次发表日", "Date of first publication", Source.IP_REGISTER, clause="著作权法 23: term of a copyright"),
    ] = None
    expires_on: Annotated[
        date | None,
        Day(
            "权利期限届满日",
            "Registered end of the right",
            Source.IP_REGISTER,
            clause="商标法 39-40: ten years from registration, renewable; 专利法 42: compensated term",
        ),
    ] = None
    annual_fee_paid_to: Annotated[
        date | None, Day("年费缴至", "Annual fee paid up to", Source.IP_REGISTER, changeable=True)
    ] = None
    status: Annotated[
        IpStatus | None,
        OneOf("法律状态", "Legal status", Source.IP_REGISTER, choices=IpStatus, clause="CNIPA 461, article 11(2)"),
    ] = None
    co_owners: Annotated[
        tuple[str, ...] | None,
        Text("共有权利人", "Co-owners", Source.IP_REGISTER, spread=Spread.COUNT, entries=(0, 20), distinct=True),
    ] = None
    co_owner_consent: Annotated[
        bool | None,
        Flag(
            "共有人同意出质",
            "All co-owners consent to the pledge",
            Source.APPLICATION,
            changeable=True,
            clause="CNIPA 461, articles 4 and 11(8)",
        ),
    ] = None
    pledged: Annotated[bool | None, Flag("已出质", "Already pledged", Source.IP_REGISTER)] = None
    preserved_by_court: Annotated[bool | None, Flag("被法院保全", "Preserved by a court", Source.IP_REGISTER)] = None
    ownership_dispute: Annotated[
        bool | None,
        Flag("存在权属纠纷", "Stayed for an ownership dispute", Source.IP_REGISTER, clause="CNIPA 461, article 11(5)"),
    ] = None
    invalidation_pending: Annotated[
        bool | None, Flag("处于无效宣告程序", "Invalidation proceedings pending", Source.IP_REGISTER)
    ] = None
    invalidation_acknowledged: Annotated[
        bool | None,
        Flag(
            "双方知悉无效程序仍同意",
            "Parties agree despite invalidation proceedings",
            Source.APPLICATION,
            changeable=True,
            clause="CNIPA 461, article 11(11)",
        ),
    ] = None
    same_day_invention: Annotated[
        bool | None, Flag("同日申请发明专利", "Invention filed on the same day", Source.IP_REGISTER)
    ] = None
    same_day_acknowledged: Annotated[
        bool | None,
        Flag(
            "双方知悉同日申请仍同意",
            "Parties agree despite the same-day invention",
            Source.APPLICATION,
            changeable=True,
            clause="CNIPA 461, article 11(10)",
        ),
    ] = None
    unsuitable: Annotated[
        bool | None,
        Flag("其他不宜出质情形", "Unsuitable for another reason", Source.BANK, clause="CNIPA 461, article 11(12)"),
    ] = None
    similar_marks_included: Annotated[
        bool | None,
        Flag(
            "相同近似商标一并出质",
            "All identical and similar marks pledged together",
            Source.IP_REGISTER,
            changeable=True,
            clause="商标法 42(2) by analogy",
        ),
    ] = None
    licences: Annotated[
        tuple[str, ...] | None,
        Text("已许可情况", "Licences granted", Source.IP_REGISTER, spread=Spread.COUNT, entries=(0, 50), distinct=True),
    ] = None
    valuation: Annotated[Valuation | None, Section("评估", "Appraisal")] = None
    income: Annotated[Income | None, Section("收益法预测", "Income forecast")] = None
