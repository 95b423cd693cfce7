"""Gates on the terms of the loan beyond its contents: purpose, length, cost, refinancing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from products.applicant.choices import Purpose
from products.money import fraction
from templates.case.options import LoanKind
from templates.case.record import ContractRecord
from templates.gates.table import Shortfall, check, missing
from templates.law import contract_law
from templates.wording import percent

_PROHIBITED: Final = re.compile(r"股票|期货|金融衍生|证券投资|股权投资|股东分红|房地产开发|购买理财|转贷|赌博")
"""Uses that working-capital loans may not serve (流动资金贷款管理办法)."""
_CIRCULATING: Final = frozenset({Purpose.WORKING_CAPITAL, Purpose.RAW_MATERIALS})
_FITTING: Final[Mapping[LoanKind, frozenset[Purpose]]] = {
    LoanKind.WORKING_CAPITAL: _CIRCULATING | {Purpose.RESEARCH_AND_DEVELOPMENT, Purpose.REFINANCING},
    LoanKind.FIXED_ASSET: frozenset(Purpose) - _CIRCULATING,
}
"""Purposes by kind: a fixed-asset loan for working capital would evade the limits on its term."""


@check("purpose-allowed")
def the_purpose_is_the_approved_one(record: ContractRecord) -> Iterator[Shortfall]:
    """The kind of loan fits the purpose that was decided, and the detail names no prohibited use."""
    loan, purpose = record.particulars.loan, record.application.request.purpose
    if loan.kind is not None and purpose not in _FITTING[loan.kind]:
        fitting = next(kind for kind in LoanKind if purpose in _FITTING[kind])
        yield Shortfall(
            "particulars.loan.kind",
            f"is {loan.kind.value}, but the approved purpose is {purpose.value}",
            f"make it a {fitting.en}, or have the application decided for another purpose",
            f"借款种类“{loan.kind.zh}”与批准用途“{purpose.zh}”不符，请更正。",
        )
    detail = loan.purpose_detail
    found = None if detail is None else _PROHIBITED.search(detail.zh)
    if found:
        yield Shortfall(
            "particulars.loan.purpose_detail",
            f"names {found[0]!r}, which loans may not be used for",
            "state the approved use",
            f"借款用途含有“{found[0]}”，属于禁止用途，请更正。",
        )


@check("term-allowed")
def the_term_is_allowed(record: ContractRecord) -> Iterator[Shortfall]:
    """Working capital is lent for no longer than its cycle, and above a year repays principal on the way."""
    loan, months = record.particulars.loan, record.application.request.term_months
    if loan.kind is not LoanKind.WORKING_CAPITAL:
        return
    law = contract_law().at(record.particulars.signing.law_as_of)
    longest = law.working_capital_term_exceptional if loan.long_cash_cycle else law.working_capital_term
    if months > longest:
        yield Shortfall(
            "request.term_months",
            f"is {months}, above {longest} months for working capital",
            "shorten the term, or state that the cash cycle is long (loan.long_cash_cycle)",
            f"流动资金贷款期限{months}个月超过{longest}个月，请缩短或说明经营现金流回收周期较长。",
        )
    if months > law.principal_by_instalments_above and sum(row.principal > 0 for row in record.plan) == 1:
        yield Shortfall(
            "request.repayment",
            f"repays all principal at maturity after {months} months",
            f"agree on instalments of principal for terms above {law.principal_by_instalments_above} months",
            f"期限{months}个月的贷款到期一次还本，请约定分期还本。",
        )


@check("cost-warning")
def the_cost_is_not_conspicuous(record: ContractRecord) -> Iterator[Shortfall]:
    """Courts may cut interest and charges of financial loans above this line."""
    price = record.decision.price
    line = fraction(contract_law().at(record.particulars.signing.law_as_of).cost_warning)
    if price is not None and price.all_in_rate >= line:
        yield Shortfall(
            "decision.price.all_in_rate",
            f"is {percent(price.all_in_rate)}, not below {percent(line)}",
            "lower rate or fee, or name who lets it pass and why",
            f"综合融资成本{percent(price.all_in_rate)}达到或者超过{percent(line)}，请降低或注明放行人和理由。",
        )


@check("refinancing-disclosed")
def refinancing_is_disclosed(record: ContractRecord) -> Iterator[Shortfall]:
    """Who secures a loan that repays an old one must have been told so."""
    terms = record.particulars.refinancing
    if terms is None:
        if record.application.request.purpose is Purpose.REFINANCING:
            yield missing("particulars.refinancing", "the contract that is repaid", "被归还的原合同")
        return
    for name in _security_providers(record):
        if name not in terms.disclosed_to:
            yield Shortfall(
                "particulars.refinancing.disclosed_to",
                f"does not contain {name!r}, who gives security",
                "tell every provider of security in writing",
                f"未书面告知担保人“{name}”借款用于归还旧债，请告知并留存。",
            )


def _security_providers(record: ContractRecord) -> tuple[str, ...]:
    given = record.particulars
    found = []
    if record.pledged and given.pledge is not None and given.pledge.pledgor is not None:
        found.append(given.pledge.pledgor.name.zh)
    if record.guaranteed and given.guarantor is not None:
        found.append(given.guarantor.name.zh)
    if given.personal_guarantee is not None:
        found.extend(person.name.zh for person in given.personal_guarantee.persons)
    return tuple(found)
