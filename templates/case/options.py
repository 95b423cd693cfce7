"""The closed sets among which the parties to a contract choose."""

from __future__ import annotations

from products.applicant.choices import Choice


class Currency(Choice):
    """The currency of the loan (民法典 668)."""

    CNY = "CNY", "人民币", "Renminbi (CNY)"


class LoanKind(Choice):
    """The kind of loan (民法典 668, 商业银行法 37)."""

    WORKING_CAPITAL = "working_capital", "流动资金贷款", "working-capital loan"
    FIXED_ASSET = "fixed_asset", "固定资产贷款", "fixed-asset loan"


class RateType(Choice):
    """Whether the rate follows the LPR during the loan."""

    FIXED = "fixed", "固定利率", "fixed rate"
    FLOATING = "floating", "浮动利率", "floating rate"


class RateReset(Choice):
    """When a floating rate is set anew."""

    YEARLY_ON_DRAWDOWN_DAY = "yearly_on_drawdown_day", "提款日起每满一年之日", "each anniversary of the drawdown date"
    YEARLY_ON_NEW_YEAR = "yearly_on_new_year", "每年的元旦", "each New Year's Day"
    QUARTERLY = "quarterly", "每季度首日", "the first day of each calendar quarter"


class DayCount(Choice):
    """The days of a year when interest is counted by the day."""

    D360 = "360", "360天", "360 days"
    D365 = "365", "365天", "365 days"


class Payment(Choice):
    """How the loan money reaches those whom the borrower pays."""

    BORROWER = "borrower", "借款人自主支付", "payment by the Borrower itself"
    ENTRUSTED = "entrusted", "贷款人受托支付", "payment by the Lender on the Borrower's order"


class BusinessDay(Choice):
    """What happens to a payment date that is no business day."""

    FOLLOWING = "following", "顺延至其后第一个工作日", "moves to the next business day"
    PRECEDING = "preceding", "提前至其前最后一个工作日", "moves to the preceding business day"


class Scope(Choice):
    """What a security covers (民法典 389, 691)."""

    PRINCIPAL = "principal", "主债权本金", "the principal"
    INTEREST = "interest", "利息（含罚息、复利）", "interest (default and compound interest included)"
    LIQUIDATED_DAMAGES = "liquidated_damages", "违约金", "liquidated damages"
    COMPENSATION = "compensation", "损害赔偿金", "compensation for loss"
    CUSTODY_COSTS = "custody_costs", "保管质押财产的费用", "the costs of keeping the pledged property"
    ENFORCEMENT_COSTS = (
        "enforcement_costs",
        "实现债权和担保权利的费用",
        "the costs of enforcing the claim and the security",
    )


class GuaranteeMode(Choice):
    """The mode of the guarantee (民法典 686-688)."""

    GENERAL = "general", "一般保证", "general guarantee"
    JOINT = "joint", "连带责任保证", "guarantee with joint and several liability"


class DisputeMode(Choice):
    """Court or arbitration."""

    COURT = "court", "诉讼", "litigation"
    ARBITRATION = "arbitration", "仲裁", "arbitration"


class Connection(Choice):
    """Why a court may be agreed on (民事诉讼法 35)."""

    LENDER_SEAT = "lender_seat", "贷款人住所地", "the Lender's domicile"
    BORROWER_SEAT = "borrower_seat", "借款人住所地", "the Borrower's domicile"
    PLACE_OF_SIGNING = "place_of_signing", "合同签订地", "the place of signing"
    PLACE_OF_PERFORMANCE = "place_of_performance", "合同履行地", "the place of performance"


class Capacity(Choice):
    """In what capacity a person signs."""

    LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人", "legal representative"
    PERSON_IN_CHARGE = "person_in_charge", "负责人", "person in charge"
    AGENT = "agent", "授权代理人", "authorised agent"


class PartyKind(Choice):
    """What kind of person a party is (民法典 683 bars some from guaranteeing)."""

    COMPANY = "company", "公司", "company"
    LISTED_COMPANY = "listed_company", "上市公司", "listed company"
    BRANCH = "branch", "分支机构", "branch"
    GUARANTEE_COMPANY = "guarantee_company", "融资担保公司", "financing-guarantee company"
    STATE_ORGAN = "state_organ", "机关法人", "state organ"
    PUBLIC_BENEFIT = "public_benefit", "以公益为目的的非营利法人、非法人组织", "non-profit for the public benefit"
    COMMITTEE = "committee", "居民委员会、村民委员会", "residents' or villagers' committee"


class CapCovers(Choice):
    """What the cap of a maximum-amount security covers (民法典 420; 担保制度解释 15)."""

    ALL = (
        "all",
        "主债权本金及其利息、违约金、损害赔偿金和实现债权的费用等全部债权",
        "the whole claim: principal, interest, liquidated damages, compensation and costs of enforcement",
    )
    PRINCIPAL = "principal", "主债权本金，由此产生的利息、费用等另计", "the principal; interest and costs come on top"


class Relation(Choice):
    """How a person who guarantees is related to the borrower."""

    CONTROLLER = "controller", "实际控制人", "actual controller"
    SHAREHOLDER = "shareholder", "股东", "shareholder"
    SPOUSE = "spouse", "配偶", "spouse"


class Body(Choice):
    """The body of a company that resolves (公司法 15)."""

    BOARD = "board", "董事会", "board of directors"
    SHAREHOLDERS = "shareholders", "股东会", "shareholders' meeting"


class Resolver(Choice):
    """Whose resolution it is."""

    BORROWER = "borrower", "借款人", "the Borrower"
    PLEDGOR = "pledgor", "出质人", "the Pledgor"
    GUARANTOR = "guarantor", "保证人", "the Guarantor"
    COUNTER_GUARANTOR = "counter_guarantor", "反担保人", "the Counter-guarantor"


class Paper(Choice):
    """Papers of a registration application (专利权质押登记办法 7)."""

    APPLICATION_FORM = "application_form", "质押登记申请表", "application form"
    CONTRACTS = "contracts", "主合同和质押合同", "main contract and pledge contract"
    IDENTITY_PROOFS = "identity_proofs", "双方身份证明", "proofs of identity of both parties"
    UNDERTAKING = "undertaking", "双方承诺书", "undertakings of both parties"
    POWER_OF_ATTORNEY = "power_of_attorney", "授权委托书", "power of attorney"
    VALUATION_REPORT = "valuation_report", "资产评估报告", "valuation report"
    SAME_DAY_DECLARATION = "same_day_declaration", "同日申请发明专利的声明", "declaration on same-day inventions"
    CO_OWNER_CONSENTS = "co_owner_consents", "共有人同意出质的意见", "consents of the co-owners"
    ASSET_LIST = "asset_list", "质押财产清单（电子表格）", "list of the pledged assets (spreadsheet)"


class LenderKind(Choice):
    """The licence under which a lender lends; it decides whether the private-lending cap applies."""

    BANK = "bank", "商业银行", "commercial bank"
    BANK_BRANCH = "bank_branch", "商业银行分支机构", "branch of a commercial bank"
    SMALL_LOAN = "small_loan", "小额贷款公司", "small-loan company"
    OTHER_FINANCIAL = "other_financial", "其他持牌金融机构", "other licensed financial institution"
    UNLICENSED = "unlicensed", "非持牌机构", "institution without a licence"
