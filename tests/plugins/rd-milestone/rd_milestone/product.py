"""R&D milestone loan (研发里程碑贷): a research project financed by drawdowns at its milestones."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from products import (
    CREDIT_CONDITIONS,
    CREDIT_RULES,
    ONE,
    SHARED_LIMITS,
    Case,
    Column,
    Condition,
    LimitFormula,
    LoanProduct,
    LoanTerms,
    Severity,
    Situation,
    Truth,
    Unit,
    load_book,
    parameter,
    rule,
    scaled,
)

MILESTONES: Final = ("contract", "prototype", "pilot")
RULES_OF_THE_BANK: Final = "示例银行研发里程碑贷管理办法"


@dataclass(frozen=True, slots=True)
class MilestoneTerms(LoanTerms):
    """What milestones add to a loan."""

    milestone_shares: Any = parameter(  # noqa: RUF009 - declares, and holds no value
        Unit.FRACTION, "分期提款比例", "part of the loan drawn at each milestone", keys=(MILESTONES,)
    )
    milestone_months: Any = parameter(  # noqa: RUF009 - as above
        Unit.MONTHS, "各期最迟提款月数", "latest month of each drawdown", keys=(MILESTONES,)
    )
    months_after_last_milestone: int = parameter(
        Unit.MONTHS, "末次提款后的还款期", "months to repay after the last drawdown"
    )
    research_multiple: int = parameter(
        Unit.MULTIPLE, "额度与上年研发投入之比", "limit as a multiple of last year's research spending"
    )
    research_intensity_floor: int = parameter(
        Unit.FRACTION, "研发投入占收入比例下限", "lowest research spending as a share of revenue"
    )


def research_limit(at: Situation[MilestoneTerms]) -> Column:
    """Last year's spending on research times the multiple."""
    return scaled(at.app.rd_expense_y0, at.terms.research_multiple)


@rule(
    severity=Severity.DECLINE,
    clause=f"{RULES_OF_THE_BANK}：分期提款比例",
    zh="各里程碑的提款比例之和须为贷款全额。",
)
def drawdowns_make_up_the_loan(case: Case[Any]) -> Truth:
    """The drawdowns at the milestones must make up the whole loan."""
    return case.everywhere(int(case.terms.milestone_shares.sum()) == ONE)


@rule(
    severity=Severity.DECLINE,
    clause=f"{RULES_OF_THE_BANK}：末次提款后的还款期",
    zh="贷款期限须覆盖末次提款及其后{months_after_last_milestone}个月。",
    reads=("term_months",),
)
def term_outlasts_the_last_milestone(case: Case[Any]) -> Truth:
    """The loan must run at least {months_after_last_milestone} months beyond the last drawdown."""
    last = int(case.terms.milestone_months.max())
    outlasts: Truth = case.app.term_months >= last + case.terms.months_after_last_milestone
    return outlasts


@rule(
    severity=Severity.REFER,
    clause=f"{RULES_OF_THE_BANK}：研发投入占收入比例下限",
    zh="上年研发投入占收入的比例不低于{research_intensity_floor}。",
    reads=("rd_expense_y0", "revenue_y0"),
)
def spends_enough_on_research(case: Case[Any]) -> Truth:
    """Last year's spending on research must be at least {research_intensity_floor} of revenue."""
    return case.app.rd_expense_y0 >= scaled(case.app.revenue_y0, case.terms.research_intensity_floor)


@rule(
    severity=Severity.ADVISE,
    clause=f"{RULES_OF_THE_BANK}：研发投入趋势",
    zh="研发投入不宜较上年下降。",
    reads=("rd_expense_y0", "rd_expense_y1"),
)
def research_spending_does_not_shrink(case: Case[Any]) -> Truth:
    """Spending on research should not be lower than the year before."""
    return case.app.rd_expense_y0 >= case.app.rd_expense_y1


def _everyone(case: Case[Any]) -> Truth:
    return case.everywhere(True)


PRODUCT: Final = LoanProduct(
    slug="rd-milestone",
    zh="研发里程碑贷",
    en="R&D milestone loan",
    programme="cn-scitech-2024",
    book=load_book(Path(__file__).with_name("rd_milestone.yaml"), MilestoneTerms),
    rules=(
        *CREDIT_RULES,
        drawdowns_make_up_the_loan,
        term_outlasts_the_last_milestone,
        spends_enough_on_research,
        research_spending_does_not_shrink,
    ),
    limits=(
        *SHARED_LIMITS,
        LimitFormula(
            "research_limit",
            research_limit,
            f"{RULES_OF_THE_BANK}：额度",
            "研发投入额度",
            "limit from research spending",
        ),
    ),
    conditions=(
        *CREDIT_CONDITIONS,
        Condition(
            "prototype_accepted",
            f"{RULES_OF_THE_BANK}：第二期提款",
            "第二期提款前须提交样机验收报告。",
            "Before the second drawdown hand in the acceptance report of the prototype.",
            _everyone,
        ),
        Condition(
            "pilot_accepted",
            f"{RULES_OF_THE_BANK}：第三期提款",
            "第三期提款前须提交中试验收报告。",
            "Before the third drawdown hand in the acceptance report of the pilot run.",
            _everyone,
        ),
    ),
    secured=False,
    revisions={},
)
