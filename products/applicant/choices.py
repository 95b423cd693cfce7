"""The closed sets of the applicant record; a column holds the position of the choice in its declaration."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Choice(StrEnum):
    """A slug with its Chinese and English name."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.en = en
        return member

    @property
    def position(self) -> int:
        """The number that stands for this choice in a column."""
        return positions(type(self))[self]


def positions(choices: type[Choice]) -> dict[Choice, int]:
    """The numbers that stand for the choices in a column: their places in the declaration."""
    return {choice: position for position, choice in enumerate(choices)}


class Repayment(Choice):
    """How the loan is paid back."""

    LEVEL_PAYMENT = "level_payment", "等额本息", "level monthly payments"
    EQUAL_PRINCIPAL = "equal_principal", "等额本金", "equal monthly principal"
    INTEREST_MONTHLY_PRINCIPAL_AT_MATURITY = (
        "interest_monthly_principal_at_maturity",
        "按月付息、到期还本",
        "interest monthly, principal at maturity",
    )
    BULLET = "bullet", "到期一次还本付息", "principal and interest at maturity"


class Purpose(Choice):
    """What the loan is for: the purposes of 财金〔2026〕6号, research, and refinancing."""

    WORKING_CAPITAL = "working_capital", "经营周转", "working capital"
    EQUIPMENT = "equipment", "购买设备", "equipment"
    TECHNOLOGY_UPGRADE = "technology_upgrade", "技术改造", "technical transformation"
    DIGITAL_UPGRADE = "digital_upgrade", "数智化改造", "digital and intelligent upgrade"
    PLANT_EXTENSION = "plant_extension", "改扩建厂房", "plant extension"
    SHOP_FITTING = "shop_fitting", "店面装修", "shop fitting"
    RESEARCH_AND_DEVELOPMENT = "research_and_development", "研究开发", "research and development"
    REFINANCING = "refinancing", "借新还旧、展期或无还本续贷", "refinancing, extension or renewal without repayment"
    RAW_MATERIALS = "raw_materials", "购买原材料", "raw materials"
    CONSUMER_SCENE_UPGRADE = "consumer_scene_upgrade", "消费场景改造升级", "upgrade of consumer premises"


class Sector(Choice):
    """The sixteen sectors of 中小企业划型标准规定 (工信部联企业〔2011〕300号), in its order."""

    AGRICULTURE = "agriculture", "农、林、牧、渔业", "agriculture, forestry, animal husbandry and fishery"
    INDUSTRY = "industry", "工业", "industry"
    CONSTRUCTION = "construction", "建筑业", "construction"
    WHOLESALE = "wholesale", "批发业", "wholesale"
    RETAIL = "retail", "零售业", "retail"
    TRANSPORT = "transport", "交通运输业", "transport"
    STORAGE = "storage", "仓储业", "storage"
    POST = "post", "邮政业", "post"
    ACCOMMODATION = "accommodation", "住宿业", "accommodation"
    CATERING = "catering", "餐饮业", "catering"
    INFORMATION_TRANSMISSION = "information_transmission", "信息传输业", "information transmission"
    SOFTWARE = "software", "软件和信息技术服务业", "software and information technology services"
    REAL_ESTATE = "real_estate", "房地产开发经营", "real-estate development"
    PROPERTY_MANAGEMENT = "property_management", "物业管理", "property management"
    LEASING_AND_BUSINESS_SERVICES = "leasing_and_business_services", "租赁和商务服务业", "leasing and business services"
    OTHER = "other", "其他未列明行业", "other sectors, scientific services included"


class TitleKind(Choice):
    """The eight classes of enterprise that the guarantee programme of 财金〔2024〕60号 knows."""

    LITTLE_GIANT = "little_giant", "专精特新“小巨人”企业", "national little giant"
    SPECIALISED_SME = "specialised_sme", "专精特新中小企业", "specialised SME"
    NATIONAL_PROJECT = "national_project", "承担国家科技项目的中小企业", "SME on a national science project"
    HNTE = "hnte", "高新技术企业", "high and new technology enterprise"
    POINTS_SELECTED_TECH_SME = (
        "points_selected_tech_sme",
        "依托“创新积分制”筛选的科技型中小企业",
        "tech SME selected by innovation points",
    )
    TECH_SME = "tech_sme", "科技型中小企业", "tech SME"
    INNOVATIVE_SME = "innovative_sme", "创新型中小企业", "innovative SME"
    COMMERCIALISATION = "commercialisation", "处于科技成果转化阶段的企业", "enterprise commercialising research results"


class TaxCreditGrade(Choice):
    """The tax authority's yearly credit grade (纳税信用级别)."""

    A = "A", "A级", "A"
    B = "B", "B级", "B"
    M = "M", "M级", "M"
    C = "C", "C级", "C"
    D = "D", "D级", "D"


class IpKind(Choice):
    """What kind of intellectual property an asset is."""

    INVENTION_PATENT = "invention_patent", "发明专利", "invention patent"
    UTILITY_MODEL = "utility_model", "实用新型专利", "utility model"
    DESIGN = "design", "外观设计专利", "design patent"
    TRADEMARK = "trademark", "注册商标专用权", "registered trademark"
    COPYRIGHT = "copyright", "著作权中的财产权", "copyright, property rights"
    SOFTWARE_COPYRIGHT = "software_copyright", "计算机软件著作权", "software copyright"


class IpStatus(Choice):
    """Legal status in the register."""

    IN_FORCE = "in_force", "有效", "in force"
    ENDED = "ended", "已终止", "ended"
    INVALID = "invalid", "已宣告无效", "declared invalid"
    PENDING = "pending", "申请中、尚未授权", "applied for, not yet granted"


class ValuationMethod(Choice):
    """The three basic methods of 资产评估法 article 26."""

    INCOME = "income", "收益法", "income"
    COST = "cost", "成本法", "cost"
    MARKET = "market", "市场法", "market"


class ValuationPurpose(Choice):
    """What an appraisal report was made for."""

    PLEDGE = "pledge", "质押", "pledge"
    TRANSFER = "transfer", "转让", "transfer"
    LICENSING = "licensing", "许可使用", "licensing"
    CAPITAL_CONTRIBUTION = "capital_contribution", "出资入股", "capital contribution"
    FINANCIAL_REPORTING = "financial_reporting", "财务报告", "financial reporting"
    LITIGATION = "litigation", "诉讼", "litigation"
    OTHER = "other", "其他", "other"
