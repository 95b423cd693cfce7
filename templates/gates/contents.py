"""Gates on the loan itself: what the statutes want stated, the amount, the rate, the plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from products.explaining.answer import Outcome
from products.money import fraction
from products.repayment.calendars import add_months
from templates.case.lpr import lpr_at_signing, published_before_signing
from templates.case.options import RateType
from templates.case.record import ContractRecord
from templates.gates.table import Shortfall, check, missing
from templates.law import contract_law
from templates.wording import percent

_EPOCH: Final = date(1970, 1, 1)


@check("outcome-approve")
def the_decision_approves(record: ContractRecord) -> Iterator[Shortfall]:
    """A contract rests on an approval with an amount and a price."""
    decision = record.decision
    if decision.outcome is not Outcome.APPROVE:
        yield Shortfall(
            "decision.outcome",
            f"is {decision.outcome.value}, not approve",
            "draw contracts only for approved decisions",
            f"决定结果为{decision.outcome.value}，不是批准；仅可为已批准的决定起草合同。",
        )
        return
    if decision.price is None:
        yield missing("decision.price", "the price", "贷款价格")
    if decision.amount.approved <= 0:
        yield Shortfall(
            "decision.amount.approved",
            f"is {decision.amount.approved}",
            "decide the application anew",
            "批准金额不大于零，请重新审批。",
        )


@check("loan-contents")
def the_loan_contract_states_all_contents(record: ContractRecord) -> Iterator[Shortfall]:
    """Kind, currency and breach liability are particulars; the other contents come with decision and application."""
    loan = record.particulars.loan
    if loan.kind is None:
        yield missing("particulars.loan.kind", "the kind of loan", "借款种类")
    if loan.currency is None:
        yield missing("particulars.loan.currency", "the currency", "币种")
    if loan.overdue_uplift is None:
        yield missing("particulars.loan.overdue_uplift", "liability for late payment", "逾期违约责任（罚息加收比例）")
    if loan.misuse_uplift is None:
        yield missing("particulars.loan.misuse_uplift", "liability for misuse", "挪用违约责任（罚息加收比例）")
    if loan.drawdown_on is None:
        yield missing("particulars.loan.drawdown_on", "the day the term begins", "借款期限起算日（提款日）")


@check("amount-in-full")
def the_amount_is_paid_out_in_full(record: ContractRecord) -> Iterator[Shortfall]:
    """The contract is for the amount that was priced and covered, and there is an account to pay it into."""
    amount = record.decision.amount
    if record.decision.outcome is Outcome.APPROVE and amount.approved != amount.considered:
        yield Shortfall(
            "decision.amount.approved",
            f"is {amount.approved}, but price and cover were computed for {amount.considered}",
            "decide again for the amount to be lent",
            f"批准金额{amount.approved}与测算金额{amount.considered}不一致，请按拟放款金额重新审批。",
        )
    if record.particulars.loan.disbursement_account is None:
        yield missing("particulars.loan.disbursement_account", "the account the loan is paid into", "放款账户")
    if record.particulars.loan.repayment_account is None:
        yield missing("particulars.loan.repayment_account", "the account the loan is repaid from", "还款账户")


@check("rate-explicit")
def the_rate_is_explicit(record: ContractRecord) -> Iterator[Shortfall]:
    """An interest clause that leaves a part open is read as no interest or by usage."""
    loan = record.particulars.loan
    if record.decision.price is not None and record.lpr is None:
        yield missing("decision.evidence.parameters", "the LPR value used and its date", "所用LPR及其公布日")
    if loan.rate_type is None:
        yield missing("particulars.loan.rate_type", "whether the rate is fixed or floating", "固定或浮动利率")
    if loan.rate_type is RateType.FLOATING and loan.rate_reset is None:
        yield missing("particulars.loan.rate_reset", "when a floating rate is reset", "浮动利率的重定价日")
    if loan.rate_type is RateType.FIXED and loan.rate_reset is not None:
        yield Shortfall(
            "particulars.loan.rate_reset",
            f"is {loan.rate_reset.value}, but the rate is fixed",
            "leave it out, or make the rate floating",
            "固定利率不应约定重定价日，请删除或改为浮动利率。",
        )
    if loan.day_count is None:
        yield missing("particulars.loan.day_count", "the days of a year for daily interest", "日计息基数（360或365）")


@check("lender-licence")
def unlicensed_lending_stays_within_its_cap(record: ContractRecord) -> Iterator[Shortfall]:
    """Interest and fees together stay within a multiple of the one-year LPR; asked of lenders without licence only."""
    price, lpr = record.decision.price, lpr_at_signing(record)
    if price is None:
        return
    if lpr is None:
        yield _lpr_not_known(record)
        return
    cap = lpr["one_year"] * fraction(contract_law().at(record.particulars.signing.law_as_of).private_lending_multiple)
    if price.all_in_rate > cap:
        yield Shortfall(
            "decision.price.all_in_rate",
            f"is {percent(price.all_in_rate)}, above the cap of {percent(cap)} for a lender without licence",
            "lower rate and fees, or let a licensed institution lend",
            f"贷款人为非持牌机构，综合成本{percent(price.all_in_rate)}超过上限{percent(cap)}，请降低或由持牌机构放款。",
        )


@check("lpr-at-signing")
def the_lpr_is_that_of_the_day_of_signing(record: ContractRecord) -> Iterator[Shortfall]:
    """The LPR the rate is built on is the one last published on or before the day of signing."""
    price, lpr = record.decision.price, lpr_at_signing(record)
    stated, signed_on = record.particulars.signing.lpr, record.particulars.signing.signed_on
    if stated is not None and stated.published_on != published_before_signing(record):
        yield Shortfall(
            "particulars.signing.lpr.published_on",
            f"is {stated.published_on}, but the last publication on or before the signing of {signed_on} is that of "
            f"{published_before_signing(record)}",
            "state the LPR of that publication, or name who lets it pass and why",
            f"所填LPR公布日为{stated.published_on}，签订日{signed_on}前最近一次公布日为{published_before_signing(record)}，"
            "请填写该次公布的LPR或注明放行人和理由。",
        )
    elif price is not None and lpr is None:
        yield _lpr_not_known(record)
    elif price is not None and lpr is not None and lpr[price.lpr_term] != price.lpr:
        now = percent(lpr[price.lpr_term])
        yield Shortfall(
            "decision.price.lpr",
            f"is {percent(price.lpr)}, but on the day of signing, {signed_on}, the LPR is {now}",
            "decide again on the LPR of that day, or name who lets the rate of the decision stand and why",
            f"决定所用LPR为{percent(price.lpr)}，签订日{signed_on}的LPR为{now}，请按签订日的LPR重新审批或注明放行人和理由。",
        )


def _lpr_not_known(record: ContractRecord) -> Shortfall:
    signed_on = record.particulars.signing.signed_on
    published_on = published_before_signing(record)
    return Shortfall(
        "particulars.signing.lpr",
        f"is missing: the LPR of {published_on}, in force on the day of signing, {signed_on}, is not known here",
        "look up that publication and state published_on, one_year and five_year",
        f"缺少签订日{signed_on}适用的LPR（{published_on}公布），系统不作推定，请查询后在particulars.signing.lpr中填写。",
    )


@check("penalty-rates")
def the_penalty_rates_lie_in_their_ranges(record: ContractRecord) -> Iterator[Shortfall]:
    """Both uplifts are shares of the contract rate."""
    loan = record.particulars.loan
    law = contract_law().at(record.particulars.signing.law_as_of)
    ranges = (
        ("overdue_uplift", loan.overdue_uplift, law.overdue_uplift_floor, law.overdue_uplift_cap),
        ("misuse_uplift", loan.misuse_uplift, law.misuse_uplift_floor, law.misuse_uplift_cap),
    )
    for name, uplift, floor, cap in ranges:
        if uplift is not None and not fraction(floor) <= uplift <= fraction(cap):
            between = (percent(fraction(floor)), percent(fraction(cap)))
            yield Shortfall(
                f"particulars.loan.{name}",
                f"is {percent(uplift)}, outside {between[0]} to {between[1]}",
                "agree on an uplift within the range, or name who lets it pass and why",
                f"加收比例为{percent(uplift)}，不在{between[0]}至{between[1]}之间，请调整或注明放行人和理由。",
            )


@check("plan-closes")
def the_plan_closes(record: ContractRecord) -> Iterator[Shortfall]:
    """Principal sums to the loan, dates rise, and the interest is what the decision shows."""
    plan, price = record.plan, record.decision.price
    if not plan or price is None:
        return
    principal = sum((row.principal for row in plan), Decimal(0))
    if principal != record.decision.amount.approved:
        yield _off("principal of the plan", "还款计划本金", principal, record.decision.amount.approved)
    interest = sum((row.interest for row in plan), Decimal(0))
    if interest != price.schedule_summary.total_interest:
        yield _off("interest of the plan", "还款计划利息", interest, price.schedule_summary.total_interest)
    days = [row.due_on for row in plan]
    matures_on, drawdown_on = months_later(record), record.particulars.loan.drawdown_on
    if matures_on is not None and days[-1] != matures_on:
        yield Shortfall(
            "plan",
            f"ends on {days[-1]}, but {record.application.request.term_months} months from {drawdown_on} end on "
            f"{matures_on}",
            "correct the term or the drawdown date",
            f"还款计划末期{days[-1]}与到期日{matures_on}不一致，请更正期限或提款日。",
        )
    if days != sorted(set(days)) or plan[-1].balance != 0:
        yield Shortfall(
            "plan",
            "has dates that do not rise or a balance left at maturity",
            "correct the drawdown date",
            "还款计划日期未递增或到期仍有余额，请更正提款日。",
        )


def months_later(record: ContractRecord) -> date | None:
    """The day on which the term ends, counted from the drawdown by the calendar."""
    drawdown_on = record.particulars.loan.drawdown_on
    if drawdown_on is None:
        return None
    last = add_months(np.array([(drawdown_on - _EPOCH).days]), record.application.request.term_months)
    return _EPOCH + timedelta(days=int(last[0]))


def _off(what: str, zh: str, found: Decimal, expected: Decimal) -> Shortfall:
    return Shortfall(
        "decision.price.schedule_summary",
        f"differs: the {what} is {found}, the decision's {expected}",
        "decide again with the terms to be signed",
        f"{zh}为{found}，决定为{expected}，请按拟签条件重新审批。",
    )
