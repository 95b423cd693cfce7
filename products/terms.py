"""The parameters that every loan product and every guarantee programme has.

A product's own terms class adds what its security or its limit needs (`products.catalogue`). Values stand in YAML; see
`products.parameters` for units.
"""

from __future__ import annotations

from dataclasses import dataclass

from products.columns import Ints
from products.parameters import Unit, parameter
from products.subsidies.books import NAMES as SUBSIDIES
from products.vocabulary import BANDS, CAPITAL_METHODS, CHARGES, PURPOSES, REPAYMENTS, SECTORS, SIZES, TIERS, TITLES


@dataclass(frozen=True, slots=True)
class ProgrammeTerms:
    """What a guarantee programme lays down for one loan, and the targets it sets for the portfolio."""

    instrument: str = parameter(Unit.TEXT, "依据文件", "instrument in force, named in clauses")
    class_tier: Ints = parameter(
        Unit.COUNT,
        "企业类别对应的档次（1 至 3，0 为不在范围）",
        "tier of each class, 0 if not eligible",
        keys=(TITLES,),
    )
    title_required: bool = parameter(Unit.FLAG, "须具备有效资质", "a valid title is required")
    fund_share: Ints = parameter(Unit.FRACTION, "国家融资担保基金分险上限", "the fund's highest share", keys=(TIERS,))
    bank_share_floor: int = parameter(Unit.FRACTION, "银行分险下限", "the bank's lowest share")
    system_share_cap: int = parameter(
        Unit.FRACTION, "政府性融资担保体系分险上限", "the guarantee system's highest share"
    )
    province_share_floor: int = parameter(Unit.FRACTION, "省级再担保分险下限", "the province's lowest share")
    balance_cap: int = parameter(Unit.CNY, "单户在保余额上限", "highest guaranteed balance per enterprise")
    reguarantee_switch: int = parameter(Unit.CNY, "再担保费率分档金额", "amount at which the re-guarantee fee changes")
    reguarantee_rate_up_to: int = parameter(Unit.FRACTION, "分档金额以下再担保费率上限", "re-guarantee fee up to it")
    reguarantee_rate_above: int = parameter(Unit.FRACTION, "分档金额以上再担保费率上限", "re-guarantee fee above it")
    reguarantee_switch_base: int = parameter(
        Unit.CHOICE, "分档金额口径", "what the switch looks at", options=("loan", "guaranteed_part")
    )
    reguarantee_fee_base: int = parameter(
        Unit.CHOICE, "再担保费计费基数", "what the re-guarantee fee is charged on", options=("risk_share", "loan")
    )
    average_fee_target: int = parameter(Unit.FRACTION, "平均担保费率目标", "target for the average guarantee fee")
    fee_cap: int | None = parameter(
        Unit.FRACTION, "单笔担保费率上限", "highest guarantee fee of one loan", optional=True
    )
    charges_allowed: tuple[int, ...] = parameter(
        Unit.CHOICES, "可收取的费用", "charges that may be made", options=CHARGES
    )
    sizes_allowed: tuple[int, ...] = parameter(
        Unit.CHOICES, "支持的企业规模", "enterprise sizes admitted", options=SIZES
    )
    term_over_months: int = parameter(Unit.MONTHS, "贷款期限须长于", "the loan must run longer than this")
    purposes_allowed: tuple[int, ...] = parameter(Unit.CHOICES, "支持的用途", "purposes admitted", options=PURPOSES)
    loss_rate_cap: int = parameter(Unit.FRACTION, "代偿率上限", "ceiling on the loss rate")
    loss_rate_liability: int | None = parameter(
        Unit.FRACTION,
        "代偿率分母的责任比例",
        "share of the annualised released principal below the loss rate's line",
        optional=True,
    )
    fee_days_in_year: int | None = parameter(
        Unit.DAYS, "担保费按日计收的年天数", "days in the year of a fee charged by the day", optional=True
    )
    small_business_share_floor: int | None = parameter(
        Unit.FRACTION, "支小支农业务占比下限", "lowest share of small-business guarantees", optional=True
    )
    small_ticket: int | None = parameter(
        Unit.CNY, "小额业务单户金额", "most per client that counts as a small ticket", optional=True
    )
    small_ticket_share_floor: int | None = parameter(
        Unit.FRACTION, "支小支农业务中小额占比下限", "lowest share of small tickets among them", optional=True
    )
    reservation_days: int | None = parameter(
        Unit.DAYS, "额度预留有效天数", "days for which reserved headroom is held", optional=True
    )
    cumulation_group: str | None = parameter(
        Unit.TEXT,
        "在保余额合并计算的计划组",
        "programmes that count one balance per enterprise together",
        optional=True,
    )


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """What every loan product lays down."""

    # Who may apply
    region: int | None = parameter(
        Unit.COUNT,
        "注册地行政区划代码（省级两位、地级四位）",
        "division code, two digits for a province, four for a city",
        optional=True,
    )
    sizes: tuple[int, ...] = parameter(Unit.CHOICES, "企业规模", "enterprise sizes", options=SIZES)
    sectors: tuple[int, ...] = parameter(Unit.CHOICES, "行业", "sectors", options=SECTORS)
    titles: tuple[int, ...] | None = parameter(
        Unit.CHOICES, "要求的资质（任一）", "titles of which one is needed", options=TITLES, optional=True
    )
    private_only: bool = parameter(Unit.FLAG, "仅限民营企业", "private enterprises only")
    operating_months: int = parameter(Unit.MONTHS, "最短经营时间", "least time since establishment")
    # What may be applied for
    amount_floor: int = parameter(Unit.CNY, "最低金额", "lowest amount")
    amount_cap: int = parameter(Unit.CNY, "单户最高金额", "highest amount per client")
    amount_step: int = parameter(Unit.CNY, "金额取整单位", "amounts are granted in steps of")
    term_floor_months: int = parameter(Unit.MONTHS, "最短期限", "shortest term")
    term_cap_months: int = parameter(Unit.MONTHS, "最长期限", "longest term")
    repayments: tuple[int, ...] = parameter(Unit.CHOICES, "还款方式", "repayment methods", options=REPAYMENTS)
    purposes: tuple[int, ...] = parameter(Unit.CHOICES, "用途", "purposes", options=PURPOSES)
    charges: tuple[int, ...] = parameter(Unit.CHOICES, "收取的费用", "charges made", options=CHARGES)
    # Credit
    band_floor: int = parameter(Unit.CHOICE, "最低评分等级", "lowest score band approved", options=BANDS)
    overdue_days_cap: int = parameter(Unit.DAYS, "近24个月最长逾期天数", "most days overdue in 24 months")
    debt_ratio_cap: int = parameter(Unit.FRACTION, "资产负债率上限", "highest liabilities to assets")
    debt_to_cash_flow_cap: int = parameter(Unit.MULTIPLE, "有息负债与经营现金流之比上限", "highest debt to cash flow")
    exposure_to_revenue_cap: int = parameter(Unit.FRACTION, "授信余额与收入之比上限", "highest exposure to revenue")
    # Who bears the loss
    bank_share: int = parameter(Unit.FRACTION, "银行分险比例", "the bank's share")
    province_share: int = parameter(Unit.FRACTION, "省级再担保分险比例", "the province's share")
    local_government_share: int = parameter(Unit.FRACTION, "地方政府分险比例", "the local government's share")
    fund_takes: int = parameter(
        Unit.CHOICE, "国家融资担保基金分险方式", "how the fund takes part", options=("tier_cap", "from_province")
    )
    fund_share_of_province: int = parameter(
        Unit.FRACTION, "省级再担保向国家融资担保基金转分比例", "part of the province's share the fund takes over"
    )
    # Guarantee fee
    fee_tariff: Ints = parameter(
        Unit.FRACTION, "担保费率表", "guarantee fee by tier and score band", keys=(TIERS, BANDS)
    )
    fee_cap: int | None = parameter(Unit.FRACTION, "担保费率上限", "highest guarantee fee", optional=True)
    fee_base: int = parameter(
        Unit.CHOICE, "担保费计费基数", "what the fee is charged on", options=("loan", "guaranteed_part")
    )
    fee_secured_discount: int = parameter(
        Unit.FRACTION, "有质押时费率优惠", "reduction of the fee where assets are pledged"
    )
    # Price
    funding_rate: int = parameter(Unit.FRACTION, "资金成本", "funding cost")
    operating_rate: int = parameter(Unit.FRACTION, "运营成本", "operating cost")
    loss_given_default: int = parameter(Unit.FRACTION, "违约损失率", "loss given default of the retained part")
    capital_method: int = parameter(Unit.CHOICE, "资本计量方法", "how capital is computed", options=CAPITAL_METHODS)
    total_exposure: int | None = parameter(
        Unit.CNY, "本行信用风险暴露总额", "all exposures of the bank, for its limit on small ones", optional=True
    )
    risk_weight_guaranteed: int = parameter(Unit.FRACTION, "保证人风险权重", "risk weight of the guarantors")
    capital_ratio: int = parameter(Unit.FRACTION, "资本充足率要求", "capital held against risk-weighted assets")
    return_on_capital: int = parameter(Unit.FRACTION, "目标资本回报率", "target return on capital")
    lpr_switch_months: int = parameter(
        Unit.MONTHS, "适用五年期以上LPR的期限", "terms above it follow the five-year LPR"
    )
    spread_cap_bp: int | None = parameter(Unit.BASIS_POINTS, "加点上限", "highest spread over LPR", optional=True)
    floor_below_five_year_lpr_bp: int | None = parameter(
        Unit.BASIS_POINTS, "利率下限较五年期LPR低", "lowest rate, below the five-year LPR by", optional=True
    )
    subsidies: tuple[int, ...] = parameter(
        Unit.CHOICES, "计入的财政补贴（按顺序）", "subsidies counted, in this order", options=SUBSIDIES
    )
