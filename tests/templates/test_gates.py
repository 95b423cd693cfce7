"""Each gate with a case that trips it and one that just does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from products import Decision, application_from
from products.explaining.answer import Outcome
from templates import DraftRefused, Gap, GateResult, Language, Particulars, Severity, Verdict, draft, gates
from templates.case.lpr import last_publication, lpr_at_signing
from templates.case.record import Instalment, contract_record
from templates.gates import run_gates
from templates.gates.facts import UnknownFact, fact_values
from templates.gates.table import Gate
from tests.templates.conftest import Facts, example_particulars, facts_of, full_case

Decide = Callable[[Facts], Decision]
GONE = "(gone)"
PAPERS_KEPT = "papers-kept"
"""Needs papers with the case; its cases stand in test_attachments."""


def changed(facts: Facts, changes: dict[str, Any]) -> Facts:
    """The facts with values replaced at dotted paths (``ip_assets.0.owner``); GONE removes a value."""
    for path, value in changes.items():
        *parents, last = path.split(".")
        node: Any = facts
        for part in parents:
            node = node[int(part)] if isinstance(node, list) else node[part]
        key = int(last) if isinstance(node, list) else last
        if value == GONE:
            del node[key]
        else:
            node[key] = value
    return facts


@dataclass(frozen=True)
class Case:
    """A change of the pledge example: of particulars, application or decision (after it was decided)."""

    gate: str
    particulars: dict[str, Any] = field(default_factory=dict)
    application: dict[str, Any] = field(default_factory=dict)
    decision: dict[str, Any] = field(default_factory=dict)
    says: str = ""
    field: str = ""

    @property
    def changed(self) -> list[str]:
        """What differs from the example."""
        return [*self.particulars, *self.application, *self.decision]


def results(case: Case, decided: Decide) -> dict[str, GateResult]:
    facts = facts_of("zhilai")
    decision = decided(facts)
    if case.decision:
        decision = Decision.model_validate(changed(decision.model_dump(mode="json"), case.decision))
    particulars = Particulars.model_validate(changed(example_particulars(), case.particulars))
    application = application_from(changed(facts, case.application))
    return {result.gate.id: result for result in run_gates(contract_record(decision, application, particulars))}


def maximum(**changes: str) -> Facts:
    """A maximum-amount security of exactly the loan whose claim period ends on the day of drawdown."""
    return {"cap": "1000000.00", "claims_from": "2026-07-31", "claims_to": "2026-07-31"} | changes


COUNTER = {
    "number": "川示反保字2026-0731",
    "provider": example_particulars()["guarantor"] | {"kind": "company"},
    "mode": "joint",
    "scope": ["principal", "interest", "liquidated_damages", "compensation", "enforcement_costs"],
    "period_months": 36,
}
ORGAN = COUNTER["provider"] | {"kind": "state_organ"}
LISTED = {
    "guarantor.kind": "listed_company",
    "resolutions.0.company": "guarantor",
    "resolutions.0.body": "shareholders",
    "resolutions.0.public_notice": True,
}
AUGUST_LPR = {"published_on": "2026-08-20", "one_year": "0.0290", "five_year": "0.0340"}
FOR_AN_OWNER = {"resolutions.0.body": "shareholders", "resolutions.0.security_for_owner": True}
GUARANTOR = "四川示例科技融资担保有限公司"
TOLD = [GUARANTOR, "李示范", "陈示例"]
PAPERS = ["application_form", "contracts", "undertaking", "valuation_report"]
SMALL_LIMITS = example_particulars()["guarantee"]["limits"] | {"mainly_small": True, "outstanding": "17999200000.00"}
CO_OWNED = {"ip_assets.0.co_owners": ["四川大学"]}
ASSETS = [
    facts_of("zhilai")["ip_assets"][0] | {"kind": "trademark", "number": str(number)}
    for number in range(12345601, 12345612)
]
TRADEMARK = {
    "ip_assets.0.kind": "trademark",
    "ip_assets.0.number": "12345678",
    "ip_assets.0.filed_on": GONE,
    "ip_assets.0.annual_fee_paid_to": GONE,
}
TRIPPED = [
    Case("outcome-approve", decision={"outcome": "refer"}, field="decision.outcome", says="is refer, not approve"),
    Case("outcome-approve", decision={"outcome": "decline"}, says="is decline, not approve"),
    Case("outcome-approve", decision={"price": None}, field="decision.price", says="is missing: the price"),
    Case("outcome-approve", decision={"amount.approved": "0.00"}, says="is 0.00"),
    Case("loan-contents", {"loan.kind": GONE}, field="particulars.loan.kind", says="the kind of loan"),
    Case("loan-contents", {"loan.currency": GONE}, field="particulars.loan.currency", says="the currency"),
    Case("loan-contents", {"loan.overdue_uplift": GONE}, says="liability for late payment"),
    Case("loan-contents", {"loan.misuse_uplift": GONE}, says="liability for misuse"),
    Case("loan-contents", {"loan.drawdown_on": GONE}, says="the day the term begins"),
    Case("amount-in-full", decision={"amount.approved": "999999.99"}, says="computed for 1000000.00"),
    Case("amount-in-full", {"loan.disbursement_account": GONE}, says="the account the loan is paid into"),
    Case("amount-in-full", {"loan.repayment_account": GONE}, says="the account the loan is repaid from"),
    Case("rate-explicit", {"loan.rate_type": GONE}, says="whether the rate is fixed or floating"),
    Case("rate-explicit", {"loan.rate_type": "floating"}, says="when a floating rate is reset"),
    Case("rate-explicit", {"loan.rate_reset": "quarterly"}, says="is quarterly, but the rate is fixed"),
    Case("rate-explicit", {"loan.day_count": GONE}, says="the days of a year"),
    Case("rate-explicit", decision={"evidence.parameters": []}, says="the LPR value used and its date"),
    Case(
        "lender-licence",
        {"lender.licence": "unlicensed"},
        decision={"price.all_in_rate": "0.120001"},
        says="is 12.0001%, above the cap of 12.00%",
    ),
    Case(
        "lender-licence",
        {"lender.licence": "unlicensed"},
        decision={"evidence.parameters": []},
        field="particulars.signing.lpr",
        says="is missing: the LPR of 2026-07-20, in force on the day of signing, 2026-07-24, is not known here",
    ),
    Case(
        "lender-licence",
        {"lender.licence": "unlicensed", "signing.signed_on": "2026-08-20", "signing.lpr": AUGUST_LPR},
        decision={"price.all_in_rate": "0.116001"},
        says="is 11.6001%, above the cap of 11.60%",
    ),
    Case(
        "lpr-at-signing",
        {"signing.signed_on": "2026-08-20"},
        field="particulars.signing.lpr",
        says="is missing: the LPR of 2026-08-20, in force on the day of signing, 2026-08-20, is not known here",
    ),
    Case(
        "lpr-at-signing",
        {"signing.signed_on": "2026-08-20", "signing.lpr": AUGUST_LPR},
        says="is 3.00%, but on the day of signing, 2026-08-20, the LPR is 2.90%",
    ),
    Case(
        "lpr-at-signing",
        {"signing.signed_on": "2026-08-20", "signing.lpr": AUGUST_LPR | {"published_on": "2026-07-20"}},
        says="is 2026-07-20, but the last publication on or before the signing of 2026-08-20 is that of 2026-08-20",
    ),
    Case("penalty-rates", {"loan.overdue_uplift": "0.299999"}, says="is 29.9999%, outside 30.00% to 50.00%"),
    Case("penalty-rates", {"loan.overdue_uplift": "0.500001"}, says="is 50.0001%, outside 30.00% to 50.00%"),
    Case("penalty-rates", {"loan.misuse_uplift": "0.499999"}, says="is 49.9999%, outside 50.00% to 100.00%"),
    Case("penalty-rates", {"loan.misuse_uplift": "1.000001"}, says="is 100.0001%, outside 50.00% to 100.00%"),
    Case(
        "plan-closes",
        decision={"price.schedule_summary.total_interest": "34299.97"},
        says="the interest of the plan is 34299.96, the decision's 34299.97",
    ),
    Case(
        "contract-numbers",
        {"entrustment.number": "嘉乐科保字2026-0731"},
        field="particulars.entrustment.number",
        says="which another document of the set has too",
    ),
    Case(
        "contract-numbers",
        {"resolutions.0.number": "嘉乐科借字2026-0731"},
        field="particulars.resolutions[0].number",
        says="which another document of the set has too",
    ),
    Case(
        "scope-complete",
        {"counter_guarantee": COUNTER | {"scope": ["principal"]}},
        field="particulars.counter_guarantee.scope",
    ),
    Case("resolutions", LISTED, field="particulars.resolutions.assets_share", says="is missing"),
    Case(
        "resolutions",
        LISTED | {"resolutions.0.assets_share": "0.300001", "resolutions.0.votes_for": "0.666666"},
        says="is 66.6666% of the shareholders, but security above 30.00% of total assets needs 2/3 of the",
    ),
    Case(
        "court-connected",
        {"dispute.institution": {"zh": "四川省成都市武侯区人民法院"}},
        says="is '四川省成都市武侯区人民法院', but the place of its connection is '四川省乐山市市中区示例大道甲号'",
    ),
    Case(
        "court-connected",
        {"dispute.institution": {"zh": "四川省乐山市中区人民法院"}},
        says="is '四川省乐山市中区人民法院', but the place of its connection",
    ),
    Case(
        "signatories",
        {"borrower.signatory.name": {"zh": "李代签"}},
        field="particulars.borrower.signatory.name",
        says="is '李代签', but '李示范' represents the party",
    ),
    Case(
        "signatories",
        {"counter_guarantee": COUNTER | {"provider": {k: v for k, v in COUNTER["provider"].items() if k != "address"}}},
        field="particulars.counter_guarantee.provider.address",
    ),
    Case(
        "contract-numbers", {"pledge.number": "嘉乐科借字2026-0731"}, says="which another document of the set has too"
    ),
    Case("pledge-contents", {"pledge": GONE}, field="particulars.pledge", says="the terms of the pledge contract"),
    Case("pledge-contents", {"pledge.scope": []}, field="particulars.pledge.scope", says="the scope of the pledge"),
    Case("pledge-contents", application={"ip_assets.0.title": GONE}, field="ip_assets[0].title"),
    Case("pledge-contents", application={"ip_assets.0.filed_on": GONE}, field="ip_assets[0].filed_on"),
    Case("pledge-contents", application={"ip_assets.0.granted_on": GONE}, field="ip_assets[0].granted_on"),
    Case("scope-complete", {"pledge.scope": ["principal", "interest"]}, says="leaves out liquidated_damages"),
    Case("scope-complete", {"pledge.scope": COUNTER["scope"][:-1]}, says="leaves out enforcement_costs"),
    Case("scope-complete", {"guarantee.scope": ["principal"]}, field="particulars.guarantee.scope"),
    Case(
        "pledgor-is-owner",
        application={"ip_assets.0.owner_uscc": "91420100MA4XX0TE7T"},
        field="ip_assets[0].owner_uscc",
        says="is 91420100MA4XX0TE7T, the pledgor '乐山精工机械有限公司' has 91511100MA6XX0TE50",
    ),
    Case(
        "pledgor-is-owner",
        application={"ip_assets.0.owner": "乐山精工机械厂"},
        says="is '乐山精工机械厂' in the register, the pledgor of the same credit code is",
    ),
    Case(
        "pledgor-is-owner",
        application={"ip_assets.0.owner": "乐山精工机械厂", "ip_assets.0.owner_uscc": GONE},
        says="is '乐山精工机械厂', the pledgor is",
    ),
    Case("owner-identified", application={"ip_assets.0.owner_uscc": GONE}, says="is known by its name alone"),
    Case("pledgor-is-owner", application={"ip_assets.0.owner": GONE}, says="is unknown"),
    Case("pledgor-is-owner", {"pledge.pledgor": COUNTER["provider"]}, says=f"the pledgor '{GUARANTOR}' has"),
    Case("right-in-force", application={"ip_assets.0.status": "ended"}, says="is ended"),
    Case("right-in-force", application={"ip_assets.0.granted_on": "2026-07-25"}, says="is 2026-07-25"),
    Case("right-in-force", application={"ip_assets.0.annual_fee_paid_to": "2026-07-31"}, says="against 2026-07-31"),
    Case("right-in-force", application={"ip_assets.0.annual_fee_paid_to": GONE}, says="the annual fee is paid"),
    Case("no-encumbrance", application={"ip_assets.0.pledged": True}, field="ip_assets[0].pledged", says="is true"),
    Case("no-encumbrance", application={"ip_assets.0.pledged": GONE}, says="is not known to be false"),
    Case("no-encumbrance", application={"ip_assets.0.preserved_by_court": True}, says="is true"),
    Case("no-encumbrance", application={"ip_assets.0.ownership_dispute": True}, says="is true"),
    Case("acknowledgements", application={"ip_assets.0.invalidation_pending": True}, says="is not given"),
    Case("acknowledgements", application={"ip_assets.0.same_day_invention": True}, says="is not given"),
    Case("co-owner-consent", application={"ip_assets.0.co_owners": ["四川大学"]}, says="the consent of all co-owners"),
    Case("pledge-before-drawdown", decision={"conditions": []}, says="do not ask for the registered pledge"),
    Case("purpose-allowed", application={"request.purpose": "equipment"}, says="the approved purpose is equipment"),
    Case("purpose-allowed", {"loan.kind": "fixed_asset"}, says="the approved purpose is working_capital"),
    Case("purpose-allowed", {"loan.kind": "fixed_asset"}, {"request.purpose": "raw_materials"}, says="is fixed_asset"),
    Case(
        "purpose-allowed",
        {"loan.purpose_detail": {"zh": "认购股票"}},
        says="names '股票', which loans may not be used for",
    ),
    Case("term-allowed", application={"request.term_months": 37}, says="is 37, above 36 months"),
    Case("term-allowed", {"loan.long_cash_cycle": True}, {"request.term_months": 61}, says="is 61, above 60 months"),
    Case("term-allowed", application={"request.term_months": 13}, says="repays all principal at maturity after 13"),
    Case("maximum-amount", {"pledge.maximum": maximum(cap="999999.99")}, says="is 999999.99, below the 1000000.00"),
    Case("maximum-amount", {"pledge.maximum": maximum(claims_from="2026-08-01")}, says="leave out the drawdown"),
    Case(
        "maximum-amount",
        {"pledge.maximum": maximum(claims_from="2026-07-30", claims_to="2026-07-30")},
        says="leave out the drawdown of 2026-07-31",
    ),
    Case("maximum-amount", {"guarantee.maximum": maximum(cap="799999.99")}, says="below the 800000.00"),
    Case(
        "right-outlives-debt",
        application={"ip_assets.0.expires_on": "2027-07-30"},
        says="ends on 2027-07-31, not after the debt falls due on 2027-07-31",
    ),
    Case("similar-marks", {"pledge.similar_trademarks": ["精工JG"]}, TRADEMARK, says="names '精工JG'"),
    Case("similar-marks", application=TRADEMARK | {"ip_assets.0.similar_marks_included": False}),
    Case("valuation-sound", application={"ip_assets.0.valuation": GONE}, says="the appraisal"),
    Case("valuation-sound", application={"ip_assets.0.valuation.methods": ["income"]}, says="counts 1, fewer than 2"),
    Case("valuation-sound", application={"ip_assets.0.valuation.signatures": 1}, says="counts 1, fewer than 2"),
    Case("valuation-sound", application={"ip_assets.0.valuation.purpose": "transfer"}, says="is transfer, not pledge"),
    Case("valuation-sound", application={"ip_assets.0.valuation.valued_on": "2025-07-23"}, says="more than 12 months"),
    Case(
        "valuation-sound",
        {"pledge.valuation_reports.0.sealed": False},
        says="of 四川示例资产评估有限公司 is not sealed",
    ),
    Case("valuation-sound", {"pledge.valuation_reports": []}, says="the report that values 201710911092.2"),
    Case("valuation-sound", {"pledge.valuation_reports.0.assets": ["201811122334.0"]}, says="the report that values"),
    Case(
        "valuation-sound", application={"ip_assets.0.valuation.valued_on": GONE}, says="the day as of which it values"
    ),
    Case("loan-to-value", decision={"amount.approved": "1040000.01"}, says="above the lending value of 1040000.00"),
    Case("loan-to-value", application={"ip_assets.0.valuation.valued_on": "2025-07-23"}, says="more than 12 months"),
    Case("guarantor-eligible", {"counter_guarantee": COUNTER | {"provider": ORGAN}}, says="is state_organ"),
    Case("right-in-force", application=TRADEMARK, says="whether the register shows the right in force"),
    Case("acknowledgements", application={"ip_assets.0.invalidation_pending": GONE}, says="what the register shows"),
    Case(
        "acknowledgements",
        application={
            "ip_assets.0.kind": "utility_model",
            "ip_assets.0.number": "201820911092.2",
            "ip_assets.0.same_day_invention": GONE,
        },
        field="ip_assets[0].same_day_invention",
    ),
    Case("co-owner-consent", application={"ip_assets.0.co_owners": GONE}, says="whether the register names co-owners"),
    Case("pledge-before-drawdown", decision={"conditions.3.name": "pledge_applied"}, says="the registered pledge"),
    Case("pledgor-is-owner", application={"ip_assets.0.owner": "乐山精工机械有限责任公司"}, says="有限责任公司"),
    Case("loan-to-value", decision={"amount.limits": []}, says="the lending value of the pledge"),
    Case("loan-to-value", decision={"amount.approved": "99999999.00"}, says="above the lending value of"),
    Case(
        "registration-pack",
        {"pledge.papers": ["contracts", "undertaking", "valuation_report"]},
        says="application_form",
    ),
    Case("registration-pack", {"pledge.papers": ["application_form", "contracts"]}, says="identity"),
    Case("registration-pack", application={"ip_assets.0.same_day_invention": True}, says="same_day_declaration"),
    Case("registration-pack", application=CO_OWNED, says="co_owner_consents"),
    Case("registration-pack", application={"ip_assets": ASSETS}, says="asset_list, needed because more than 10 assets"),
    Case(
        "registration-pack",
        {"borrower.signatory": {"name": {"zh": "钱代理"}, "capacity": "agent", "power_of_attorney": "授1"}},
        says="power_of_attorney",
    ),
    Case("resolutions", {"guarantor.kind": "company"}, says="the resolution of 四川示例科技融资担保有限公司"),
    Case("resolutions", {"resolutions.0.votes_for": "0.50"}, says="is 50.00%, not more than 1/2"),
    Case("resolutions", {"resolutions.0.votes_for": "3/6"}, says="is 1/2, not more than 1/2"),
    Case("resolutions", {"resolutions.0.body_by_articles": "shareholders"}, says="shareholders must resolve"),
    Case("resolutions", FOR_AN_OWNER, says="is false although the security is for"),
    Case("resolutions", {"resolutions.0.security_for_owner": True}, says="is board, but shareholders must resolve"),
    Case(
        "resolutions",
        LISTED | {"resolutions.0.assets_share": "0.30", "resolutions.0.public_notice": False},
        says="the public notice of 四川示例科技融资担保有限公司",
    ),
    Case(
        "resolutions",
        {"guarantor.kind": "branch", "guarantor.signatory.power_of_attorney": GONE},
        says="authority to its branch",
    ),
    Case("resolutions", {"resolutions.0.resolved_on": "2026-07-25"}, says="is 2026-07-25, after the signing"),
    Case("resolutions", {"guarantor.kind": "listed_company", "resolutions.0.company": "guarantor"}, says="public"),
    Case(
        "resolutions",
        {"resolutions.0.company": "guarantor", "resolutions.0.cap_by_articles": "799999.99"},
        says="is 799999.99, below the 800000.00",
    ),
    Case("resolutions", {"guarantor.kind": "branch", "guarantor.signatory": GONE}, says="authority to its branch"),
    Case("guarantor-limits", {"guarantee.limits": GONE}, field="particulars.guarantee.limits"),
    Case("guarantor-limits", {"guarantee.limits.outstanding": "11999200000.01"}, says="above 12,000,000,000.00"),
    Case("guarantor-limits", {"guarantee.limits.outstanding_client": "119200000.01"}, says="above 120,000,000.00"),
    Case("guarantor-limits", {"guarantee.limits.outstanding_related": "179200000.01"}, says="above 180,000,000.00"),
    Case("guarantor-limits", {"guarantee.limits.client_is_controller": True}, says="is true; no guarantee"),
    Case(
        "guarantor-limits",
        {"guarantee.limits": SMALL_LIMITS | {"outstanding": "17999200000.01"}},
        says="above 18,000,000,000.00",
    ),
    Case("refinancing-disclosed", application={"request.purpose": "refinancing"}, says="the contract that is repaid"),
    Case(
        "refinancing-disclosed",
        {"refinancing": {"old_contract": "旧借字1号", "disclosed_to": []}},
        says="does not contain '四川示例科技融资担保有限公司'",
    ),
    Case(
        "refinancing-disclosed",
        {"refinancing": {"old_contract": "旧借字1号", "disclosed_to": TOLD[:-1]}},
        says="does not contain '陈示例', who gives security",
    ),
    Case("standard-terms-explained", {"standard_terms_explained_on": GONE}, says="is missing"),
    Case("standard-terms-explained", {"standard_terms_explained_on": "2026-07-25"}, says="after the signing"),
    Case(
        "disputes-complete", {"dispute.institution": {"zh": "乐山"}}, says="is '乐山', which is no full name of a court"
    ),
    Case(
        "disputes-complete",
        {"dispute.institution": {"zh": "四川省乐山市市中区人民法庭"}},
        says="is '四川省乐山市市中区人民法庭', which is no full name of a court",
    ),
    Case("disputes-complete", {"dispute.mode": "arbitration"}, says="no full name of an arbitration institution"),
    Case(
        "disputes-complete",
        {"dispute.mode": "arbitration", "dispute.institution": {"zh": "成都仲裁委"}},
        says="is '成都仲裁委', which is no full name of an arbitration institution",
    ),
    Case("due-diligence", {"diligence": GONE}, says="customer due diligence"),
    Case("due-diligence", {"diligence.beneficial_owner_recorded": False}, says="the beneficial owner"),
    Case("due-diligence", {"diligence.done_on": "2026-07-25"}, says="is 2026-07-25, after the signing"),
    Case("retention", {"retention": GONE}, says="the retention class"),
    Case("retention", {"retention.years_after_end": 9}, says="is 9, fewer than 10"),
    Case("cost-warning", decision={"price.all_in_rate": "0.24"}, says="is 24.00%, not below 24.00%"),
    Case("guarantee-contents", {"guarantor": GONE}, field="particulars.guarantor", says="the guarantor"),
    Case("guarantee-contents", {"guarantee": GONE}, field="particulars.guarantee"),
    Case("guarantee-contents", {"guarantee.mode": GONE}, says="the mode of the guarantee"),
    Case("guarantee-contents", {"guarantee.scope": []}, says="the scope of the guarantee"),
    Case("guarantee-contents", {"guarantee.period_months": GONE}, says="the period of the guarantee"),
    Case("guarantee-contents", {"guarantee.fronts": ["guarantor", "local_government"]}, says="names local_government"),
    Case("guarantee-contents", {"guarantee.fronts": ["fund"]}, says="leaves out the guarantor's own share"),
    Case("guarantee-contents", {"guarantee.fronts": ["bank", "guarantor"]}, says="names bank"),
    Case("guarantee-period", {"guarantee.period_months": 0}, says="is 0"),
    Case("guarantor-eligible", {"guarantor.kind": "state_organ"}, says="is state_organ, which may not answer"),
    Case(
        "guarantor-eligible",
        {"pledge.pledgor": ORGAN},
        field="particulars.pledge.pledgor.kind",
        says="is state_organ, which may not answer",
    ),
    Case("guarantor-eligible", {"pledge.pledgor": ORGAN | {"kind": "committee"}}, says="is committee"),
    Case("guarantor-eligible", {"guarantor.kind": "public_benefit"}, says="is public_benefit"),
    Case("guarantor-eligible", {"guarantor.kind": "committee"}, says="is committee"),
    Case("signatories", {"borrower.address": GONE}, field="particulars.borrower.address"),
    Case("signatories", {"lender.representative": GONE}, field="particulars.lender.representative"),
    Case("signatories", {"guarantor.signatory.power_of_attorney": GONE}, says="the agent's power of attorney"),
    Case("same-case", application={"request.amount": "1000000.01"}, says="the decision's is 1000000.00"),
    Case("same-case", application={"request.term_months": 11}, says="is 11, the decision's is 12"),
    Case("same-case", application={"request.repayment": "bullet"}, field="request.repayment"),
    Case(
        "same-case",
        application={"enterprise.uscc": "91420100MA4XX0TE7T"},
        field="enterprise.uscc",
        says="is '91420100MA4XX0TE7T', the decision was made about '91511100MA6XX0TE50'",
    ),
    Case("same-case", application={"enterprise.name": "乐山精工机械有限责任公司"}, field="enterprise.name"),
    Case(
        "same-case",
        application={"enterprise.uscc": "91420100MA4XX0TE7T"},
        decision={"applicant": GONE},
        field="decision.applicant",
        says="is missing, and the application is not the one whose digest the decision carries",
    ),
    Case("same-case", decision={"applicant": GONE, "evidence.digests.application": GONE}, field="decision.applicant"),
    Case("same-case", application={"request.revision": GONE}, says="is None, the decision's is tianfu-zhilai"),
    Case("same-case", {"signing.signed_on": "2026-07-23"}, says="before the decision of 2026-07-24"),
    Case("same-case", {"loan.drawdown_on": "2026-07-23"}, says="before the signing of 2026-07-24"),
]

PASSED = [
    Case("purpose-allowed", {"loan.kind": "fixed_asset"}, {"request.purpose": "equipment"}),
    Case("purpose-allowed", {"loan.kind": "fixed_asset"}, {"request.purpose": "research_and_development"}),
    Case("purpose-allowed", application={"request.purpose": "raw_materials"}),
    Case("term-allowed", application={"request.term_months": 36, "request.repayment": "level_payment"}),
    Case(
        "term-allowed",
        {"loan.long_cash_cycle": True},
        {"request.term_months": 60, "request.repayment": "level_payment"},
    ),
    Case("term-allowed", application={"request.term_months": 12}),
    Case("term-allowed", application={"request.term_months": 13, "request.repayment": "level_payment"}),
    Case("term-allowed", {"loan.kind": "fixed_asset"}, {"request.term_months": 61, "request.purpose": "equipment"}),
    Case("maximum-amount", {"pledge.maximum": maximum(), "guarantee.maximum": maximum(cap="800000.00")}),
    Case("right-outlives-debt", application={"ip_assets.0.expires_on": "2027-07-31"}),
    Case("similar-marks", application=TRADEMARK | {"ip_assets.0.similar_marks_included": True}),
    Case("valuation-sound", application={"ip_assets.0.valuation.valued_on": "2025-07-24"}),
    Case("valuation-sound", {"pledge.valuation_reports.0.assets": ["2017109110922"]}),
    Case(
        "valuation-sound",
        {"pledge.valuation_reports.0.one_method_reason": "市场上没有可比交易，仅能采用收益法"},
        {"ip_assets.0.valuation.methods": ["income"]},
    ),
    Case(
        "valuation-sound",
        application={"ip_assets.0.valuation.methods": ["income", "market"], "ip_assets.0.valuation.signatures": 2},
    ),
    Case("valuation-sound", {"pledge.valuation_reports.0.sealed": True}),
    Case("loan-to-value", decision={"amount.approved": "1040000.00"}),
    Case("loan-to-value", application={"ip_assets.0.valuation.valued_on": "2025-07-24"}),
    Case("guarantor-eligible", {"counter_guarantee": COUNTER}),
    Case("right-in-force", application=TRADEMARK | {"ip_assets.0.status": "in_force"}),
    Case("acknowledgements", application={"ip_assets.0.same_day_invention": GONE}),
    Case("co-owner-consent", application={"ip_assets.0.co_owners": []}),
    Case("purpose-allowed", {"loan.purpose_detail": {"zh": "装修自用厂房，购买股份制企业生产的原料"}}),
    Case("registration-pack", {"pledge.papers": PAPERS}),
    Case("registration-pack", application={"ip_assets": ASSETS[:10]}),
    Case("registration-pack", {"pledge.papers": [*PAPERS, "asset_list"]}, {"ip_assets": ASSETS}),
    Case("registration-pack", {"pledge.papers": [*PAPERS, "co_owner_consents"]}, CO_OWNED),
    Case("resolutions", {"resolutions.0.votes_for": "0.500001"}),
    Case("resolutions", {"resolutions": [], "counter_guarantee": GONE}),
    Case(
        "resolutions",
        {
            "resolutions.0.company": "guarantor",
            "resolutions.0.cap_by_articles": "800000.00",
            "guarantor.kind": "company",
        },
    ),
    Case("guarantor-limits", {"guarantee.limits.outstanding": "11999200000.00"}),
    Case("guarantor-limits", {"guarantee.limits": SMALL_LIMITS}),
    Case("guarantor-limits", {"guarantee.limits.client_is_controller": False}),
    Case("guarantor-limits", {"guarantee.limits.outstanding_client": "119200000.00"}),
    Case("guarantor-limits", {"guarantee.limits.outstanding_related": "179200000.00"}),
    Case(
        "refinancing-disclosed",
        {"refinancing": {"old_contract": "旧借字1号", "disclosed_to": TOLD}},
        {"request.purpose": "refinancing"},
    ),
    Case("standard-terms-explained", {"standard_terms_explained_on": "2026-07-24"}),
    Case("disputes-complete", {"dispute.mode": "arbitration", "dispute.institution": {"zh": "成都仲裁委员会"}}),
    Case("disputes-complete", {"dispute.institution": {"zh": "四川省乐山市市中区人民法院"}}),
    Case("due-diligence", {"diligence.done_on": "2026-07-24", "diligence.beneficial_owner_recorded": True}),
    Case("retention", {"retention.years_after_end": 10}),
    Case("scope-complete", {"counter_guarantee": COUNTER}),
    Case("contract-numbers", {"counter_guarantee": COUNTER}),
    Case("resolutions", LISTED | {"resolutions.0.assets_share": "0.30"}),
    Case("resolutions", LISTED | {"resolutions.0.assets_share": "0.300001", "resolutions.0.votes_for": "2/3"}),
    Case("resolutions", {"resolutions.0.votes_for": "4/7"}),
    Case("resolutions", {"resolutions.0.body": "shareholders", "resolutions.0.body_by_articles": "shareholders"}),
    Case("resolutions", FOR_AN_OWNER | {"resolutions.0.interested_excluded": True}),
    Case("resolutions", {"resolutions.0.resolved_on": "2026-07-24"}),
    Case("resolutions", {"guarantor.kind": "branch"}),
    Case("court-connected", {"dispute.institution": {"zh": "四川省乐山市市中区人民法院"}}),
    Case(
        "court-connected",
        {"dispute.connection": "place_of_signing", "dispute.institution": {"zh": "乐山市中级人民法院"}},
    ),
    Case("court-connected", {"dispute.connection": "place_of_performance"}),
    Case(
        "signatories",
        {"guarantor.signatory": {"name": {"zh": "王样本"}, "capacity": "legal_representative"}},
    ),
    Case("cost-warning", decision={"price.all_in_rate": "0.239999"}),
    Case("outcome-approve", decision={"amount.approved": "0.01"}),
    Case("loan-contents", {"loan.purpose_detail": GONE}),
    Case("loan-contents", {"loan.kind": "fixed_asset"}),
    Case("loan-contents", {"loan.overdue_uplift": "0.000001"}),
    Case("amount-in-full", decision={"amount.approved": "999999.99", "amount.considered": "999999.99"}),
    Case("rate-explicit", {"loan.rate_type": "floating", "loan.rate_reset": "quarterly"}),
    Case("rate-explicit", {"loan.rate_type": "fixed", "loan.day_count": "365"}),
    Case("lender-licence", {"lender.licence": "unlicensed"}, decision={"price.all_in_rate": "0.12"}),
    Case(
        "lender-licence",
        {"lender.licence": "unlicensed", "signing.signed_on": "2026-08-20", "signing.lpr": AUGUST_LPR},
        decision={"price.all_in_rate": "0.116"},
    ),
    Case("lpr-at-signing", {"signing.signed_on": "2026-08-19"}),
    Case(
        "lpr-at-signing",
        {"signing.signed_on": "2026-08-20", "signing.lpr": AUGUST_LPR | {"one_year": "0.03"}},
    ),
    Case("penalty-rates", {"loan.overdue_uplift": "0.30", "loan.misuse_uplift": "0.50"}),
    Case("penalty-rates", {"loan.overdue_uplift": "0.50", "loan.misuse_uplift": "1.00"}),
    Case("plan-closes", decision={"price.schedule_summary.total_interest": "34299.96"}),
    Case("contract-numbers", {"entrustment.number": "嘉乐科保字2026-0732"}),
    Case("pledge-contents", {"pledge.scope": ["principal"]}),
    Case("scope-complete", {"pledge.scope": COUNTER["scope"]}),
    Case("pledgor-is-owner", application={"ip_assets.0.owner": "乐山精工机械有限公司"}),
    Case("pledgor-is-owner", application={"ip_assets.0.owner": "乐山精工机械　有限公司"}),
    Case("pledgor-is-owner", application={"ip_assets.0.owner_uscc": "91511100MA6XX0TE50"}),
    Case("pledgor-is-owner", application={"ip_assets.0.owner_uscc": GONE}),
    Case("owner-identified", application={"ip_assets.0.owner_uscc": "91511100MA6XX0TE50"}),
    Case(
        "pledgor-is-owner",
        {"pledge.pledgor": COUNTER["provider"]},
        {"ip_assets.0.owner": GUARANTOR, "ip_assets.0.owner_uscc": COUNTER["provider"]["uscc"]},
    ),
    Case("right-in-force", application={"ip_assets.0.granted_on": "2026-07-24"}),
    Case("right-in-force", application={"ip_assets.0.annual_fee_paid_to": "2026-08-01"}),
    Case("no-encumbrance", application={"ip_assets.0.ownership_dispute": False}),
    Case(
        "acknowledgements",
        application={"ip_assets.0.invalidation_pending": True, "ip_assets.0.invalidation_acknowledged": True},
    ),
    Case(
        "acknowledgements",
        application={"ip_assets.0.same_day_invention": True, "ip_assets.0.same_day_acknowledged": True},
    ),
    Case("co-owner-consent", application={"ip_assets.0.co_owners": ["四川大学"], "ip_assets.0.co_owner_consent": True}),
    Case("pledge-before-drawdown", decision={"conditions.3.name": "pledge_registered"}),
    Case("guarantee-contents", {"guarantee.mode": "general", "guarantee.fronts": ["guarantor"]}),
    Case("guarantee-period", {"guarantee.period_months": 1}),
    Case("guarantor-eligible", {"guarantor.kind": "company"}),
    Case("guarantor-eligible", {"pledge.pledgor": COUNTER["provider"]}),
    Case("guarantor-eligible", {"pledge.pledgor": COUNTER["provider"] | {"kind": "public_benefit"}}),
    Case("signatories", {"lender.signatory": GONE}),
    Case("signatories", {"borrower.signatory.name": {"zh": "李示范"}}),
    Case(
        "signatories",
        {"borrower.signatory": {"name": {"zh": "李代签"}, "capacity": "agent", "power_of_attorney": "授1"}},
    ),
    Case("same-case", application={"enterprise.uscc": "91511100MA6XX0TE50"}),
    Case("same-case", application={"enterprise.name": "乐山精工机械有限公司"}),
    Case("same-case", decision={"applicant": GONE}),
    Case("same-case", {"signing.signed_on": "2026-07-24", "loan.drawdown_on": "2026-07-24"}),
    Case("same-case", application={"request.amount": "1000000.00", "request.term_months": 12}),
]


@pytest.mark.parametrize("case", TRIPPED, ids=lambda case: f"{case.gate}: {case.says or case.field}")
def test_a_gate_trips_and_names_the_field_the_value_and_the_article(case: Case, decided: Decide) -> None:
    result = results(case, decided)[case.gate]
    assert result.verdict is Verdict.FAILED
    assert any(case.says in gap.problem and case.field in gap.field for gap in result.gaps), result.gaps
    for gap in result.gaps:
        assert gap.article
        assert gap.remedy
        assert gap.zh.endswith("。")


@pytest.mark.parametrize("case", PASSED, ids=lambda case: f"{case.gate}: {', '.join(case.changed)}")
def test_a_gate_just_does_not_trip(case: Case, decided: Decide) -> None:
    assert results(case, decided)[case.gate].verdict is Verdict.PASSED


PLANS: list[tuple[int, dict[str, Any], str]] = [
    (-1, {"due_on": date(2027, 7, 30)}, "ends on 2027-07-30, but 12 months from 2026-07-31 end on 2027-07-31"),
    (-1, {"due_on": date(2027, 8, 1)}, "ends on 2027-08-01, but 12 months from 2026-07-31 end on 2027-07-31"),
    (-1, {"principal": Decimal("999999.99")}, "the principal of the plan is 999999.99, the decision's 1000000.00"),
    (-1, {"balance": Decimal("0.01")}, "has dates that do not rise or a balance left at maturity"),
    (0, {"due_on": date(2026, 9, 30)}, "has dates that do not rise"),
]
"""A row of the plan, what is put in it, what the gate says; the plan as computed passes."""


@pytest.mark.parametrize(("row", "altered", "says"), PLANS, ids=[str(altered) for _, altered, _ in PLANS])
def test_a_plan_off_by_a_day_or_a_fen_does_not_close(
    row: int, altered: dict[str, Any], says: str, decided: Decide
) -> None:
    facts = facts_of("zhilai")
    record = contract_record(decided(facts), application_from(facts), Particulars.model_validate(example_particulars()))
    rows = list(record.plan)
    rows[row] = replace(rows[row], **altered)

    def closes(plan: tuple[Instalment, ...]) -> GateResult:
        return next(one for one in run_gates(replace(record, plan=plan)) if one.gate.id == "plan-closes")

    assert [says in gap.problem for gap in closes(tuple(rows)).gaps] == [True]
    assert closes(record.plan).verdict is Verdict.PASSED


def test_why_a_gate_does_not_apply_stands_in_the_report(decided: Decide, zhilai: Facts) -> None:
    drawn = draft(decided(zhilai), zhilai, Particulars.model_validate(example_particulars()))
    report = {file.format: file.content.decode() for file in drawn.attachments if file.kind == "gate-report"}
    for content in report.values():
        assert "民间借贷利率上限不适用 The lender is licensed, so the cap of private lending does not apply" in content


def test_the_report_states_the_value_of_every_fact_that_a_gate_used(decided: Decide) -> None:
    facts, given = full_case()
    drawn = draft(decided(facts_of("zhilai")), facts, Particulars.model_validate(given))
    (report,) = [one.content for one in drawn.attachments if one.filename.endswith("-gate-report.zh.json")]
    used = {gate["id"]: gate["facts"] for gate in json.loads(report)["gates"]}
    assert used["outcome-approve"]["decision.outcome"] == "approve"
    assert used["outcome-approve"]["decision.amount.approved"] == "1000000.00"
    assert used["pledgor-is-owner"]["ip_assets.owner"] == ["乐山精工机械有限公司"]
    assert used["penalty-rates"] == {
        "particulars.loan.misuse_uplift": "0.50",
        "particulars.loan.overdue_uplift": "0.30",
        "particulars.signing.law_as_of": "2026-07-24",
    }
    assert used["rate-explicit"]["decision.evidence.parameters"].startswith("sha256:")


@pytest.mark.parametrize(
    ("name", "says"), [("weather", "There is no fact weather"), ("request.colour", "names colour, which Request")]
)
def test_a_fact_that_does_not_exist_is_named(name: str, says: str, decided: Decide) -> None:
    facts = facts_of("zhilai")
    record = contract_record(decided(facts), application_from(facts), Particulars.model_validate(example_particulars()))
    with pytest.raises(UnknownFact, match=says):
        fact_values(record, [name])


def test_every_gate_on_the_record_has_both_kinds_of_case(decided: Decide) -> None:
    on_record = set(results(Case(""), decided))
    assert {case.gate for case in TRIPPED} | {PAPERS_KEPT} == on_record
    assert {case.gate for case in PASSED} | {PAPERS_KEPT} == on_record


def test_gates_of_pledges_do_not_apply_to_an_unsecured_loan(decided: Decide) -> None:
    facts = facts_of("kuaidai")
    record = contract_record(decided(facts), application_from(facts), Particulars.model_validate(example_particulars()))
    idle = {result.gate.id for result in run_gates(record) if result.verdict is Verdict.NOT_APPLICABLE}
    on_text = {"no-forfeiture", "transfer-clause", "maintenance-clauses"}
    of_pledges = {gate.id for gate in gates() if gate.applies_when == "pledged"} - on_text
    assert idle == of_pledges | {"maximum-amount", "similar-marks", "lender-licence"}


def test_a_guarantee_of_persons_alone_is_held_to_its_scope(decided: Decide) -> None:
    facts = facts_of("kuaidai")
    alone = decided(facts).model_copy(update={"cover": None})
    given = Particulars.model_validate(changed(example_particulars(), {"personal_guarantee.scope": ["principal"]}))
    record = contract_record(alone, application_from(facts), given)
    (result,) = [result for result in run_gates(record) if result.gate.id == "scope-complete"]
    assert [gap.field for gap in result.gaps] == ["particulars.personal_guarantee.scope"]


def test_a_draft_is_refused_with_every_gap_at_once(decided: Decide, zhilai: Facts) -> None:
    decision = decided(zhilai)
    absent = {"loan.kind": GONE, "pledge.scope": [], "guarantee.mode": GONE}
    with pytest.raises(DraftRefused) as refused:
        draft(decision, zhilai, Particulars.model_validate(changed(example_particulars(), absent)))
    assert {(gap.field, gap.article) for gap in refused.value.gaps} == {
        ("particulars.loan.kind", "民法典 668；商业银行法 37"),
        ("particulars.pledge.scope", "民法典 427；专利权质押登记办法 8, 11(7)"),
        ("particulars.guarantee.mode", "民法典 684, 686"),
    }
    assert "state it in particulars.loan.kind" in str(refused.value)


@pytest.mark.parametrize("outcome", [Outcome.REFER, Outcome.DECLINE])
def test_no_contract_is_drawn_for_a_decision_that_is_not_an_approval(
    outcome: Outcome, decided: Decide, zhilai: Facts
) -> None:
    decision = decided(zhilai).model_copy(update={"outcome": outcome})
    with pytest.raises(DraftRefused, match=rf"decision.outcome is {outcome.value}, not approve"):
        draft(decision, zhilai, Particulars.model_validate(example_particulars()))


def warned(override: list[Facts]) -> Particulars:
    return Particulars.model_validate(
        changed(example_particulars(), {"loan.overdue_uplift": "0.60"}) | {"overrides": override}
    )


def test_a_warning_does_not_stop_the_draft_and_a_named_person_may_let_it_pass(decided: Decide, zhilai: Facts) -> None:
    decision = decided(zhilai)
    open_warning = {r.gate.id: r for r in draft(decision, zhilai, warned([])).gates}["penalty-rates"]
    assert open_warning.verdict is Verdict.FAILED
    override = {"gate": "penalty-rates", "by": "法律合规部 周审核", "reason": "总行专项批复"}
    passed = {r.gate.id: r for r in draft(decision, zhilai, warned([override])).gates}["penalty-rates"]
    assert (passed.verdict, passed.overridden_by, passed.reason) == (
        Verdict.OVERRIDDEN,
        "法律合规部 周审核",
        "总行专项批复",
    )


def test_a_block_cannot_be_overridden(decided: Decide, zhilai: Facts) -> None:
    given = changed(example_particulars(), {"loan.kind": GONE})
    given["overrides"] = [{"gate": "loan-contents", "by": "某人", "reason": "着急"}]
    with pytest.raises(DraftRefused, match=r"particulars\.loan\.kind is missing"):
        draft(decided(zhilai), zhilai, Particulars.model_validate(given))


def test_gates_are_numbered_once_dated_and_have_an_article() -> None:
    numbers = [gate.number for gate in gates()]
    assert numbers == sorted(set(numbers))
    assert all(gate.sources and gate.facts and gate.zh and gate.en for gate in gates())


WARNING = {6, 10, 15, 25, 27, 34, 35, 36, 39, 42, 45, 49, 50}
"""Of the fifty drafting rules those that warn; the others block."""


def test_each_of_the_fifty_drafting_rules_is_a_gate_that_blocks_or_warns_as_the_rule_does() -> None:
    severities = {gate.number: gate.severity for gate in gates()}
    for number in range(1, 51):
        assert severities[number] is (Severity.WARN if number in WARNING else Severity.BLOCK), number


def test_a_gate_whose_sources_nobody_has_read_may_not_block() -> None:
    gate = next(gate for gate in gates() if gate.id == "penalty-rates").model_dump(mode="json")
    unread = [source | {"certainty": "memory"} for source in gate["sources"]]
    assert Gate.model_validate(gate | {"sources": unread}).severity is Severity.WARN
    with pytest.raises(ValidationError, match="Gate penalty-rates blocks on sources nobody has read"):
        Gate.model_validate(gate | {"sources": unread, "severity": "block"})


def test_votes_are_kept_and_written_as_they_were_counted(decided: Decide, zhilai: Facts) -> None:
    given = changed(example_particulars(), {"resolutions.0.votes_for": "2/3", "resolutions.1.votes_for": "0.666667"})
    particulars = Particulars.model_validate(given)
    assert [one.votes_for for one in particulars.resolutions] == [Fraction(2, 3), Decimal("0.666667")]
    kept = Particulars.model_validate_json(particulars.model_dump_json())
    assert (kept, kept.model_dump(mode="json")["resolutions"][0]["votes_for"]) == (particulars, "2/3")
    drawn = draft(decided(zhilai), zhilai, kept, languages=[Language.ZH], formats=[])
    lines = [line for one in drawn.drafted if one.definition.id == "resolution" for line in one.document.lines()]
    assert any("赞成票占全体董事的2/3。" in line for line in lines)
    assert any("66.6667%。会议决议如下" in line for line in lines)


@pytest.mark.parametrize(
    ("votes", "said"),
    [
        ("3/2", "3/2 is more than all votes; divide the votes in favour by all votes that count."),
        ("1.000001", "1.000001 is more than all votes"),
        ("2/0", '2/0 is no share of votes; write it as counted, like "2/3"'),
        ("most", "most is no share of votes"),
        ("0.6666667", "with at most six places"),
    ],
)
def test_a_share_of_votes_is_counted_or_decimal_and_at_most_all(votes: str, said: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(said)):
        Particulars.model_validate(changed(example_particulars(), {"resolutions.0.votes_for": votes}))


@pytest.mark.parametrize(
    ("day", "published"),
    [
        ("2026-07-19", "2026-06-22"),  # 20 and 21 June fall on Dragon Boat and a Sunday
        ("2026-07-20", "2026-07-20"),
        ("2026-06-21", "2026-05-20"),
        ("2026-06-22", "2026-06-22"),
        ("2026-01-19", "2025-12-22"),
        ("2026-02-23", "2026-01-20"),  # the Spring Festival ends on 23 February
        ("2026-02-24", "2026-02-24"),
    ],
)
def test_the_lpr_is_published_on_the_twentieth_or_the_next_business_day(day: str, published: str) -> None:
    assert last_publication(date.fromisoformat(day), date(2026, 7, 24)) == date.fromisoformat(published)


@pytest.mark.parametrize(("signed_on", "rate"), [("2024-10-20", "0.0335"), ("2024-10-21", "0.0310")])
def test_the_dated_values_answer_while_a_later_one_is_known(
    signed_on: str, rate: str, decided: Decide, zhilai: Facts
) -> None:
    decision = decided(zhilai)
    given = Particulars.model_validate(changed(example_particulars(), {"signing.signed_on": signed_on}))
    found = lpr_at_signing(contract_record(decision, application_from(zhilai), given))
    assert found is not None
    assert found["one_year"] == Decimal(rate)


def test_a_gap_reads_as_one_sentence() -> None:
    gap = Gap("a", Severity.BLOCK, "民法典 668", "particulars.loan.kind", "is missing", "state it", "缺少。")
    assert str(gap) == "particulars.loan.kind is missing (民法典 668); state it."
