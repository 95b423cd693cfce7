"""The public decision: every key of its form, amounts and rates as strings, findings and evidence complete."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import products
from products import Decision, explain, read_application, underwrite
from products.explaining.answer import Applicant
from products.parameters import declared_parameters
from products.programmes.sme_size import BOOK as SME_SIZE
from products.property.ip_law import BOOK as IP_LAW
from tests.products.builders import (
    ABSENT,
    ON,
    amended,
    asset,
    catalogue,
    decided,
    decisions,
    demonstration_score,
    finding,
    objections,
    offering,
    outcomes,
    scorecard,
    shares,
)

EXAMPLES = Path(products.__file__).parent.parent / "examples"

# The keys that a decision has at least, as its integrators were promised.
FORM: dict[str, Any] = {
    "id": str,
    "outcome": str,
    "product": str,
    "revision": None,
    "programme": str,
    "applied_on": str,
    "decided_on": str,
    "amount": {"requested": str, "considered": str, "approved": str, "bound_by": str, "limits": [{"name": str}]},
    "score": {
        "points": str,
        "band": str,
        "default_probability": str,
        "reasons": [{"feature": str, "points": str}],
    },
    "cover": {"tier": str, "parties": [{"party": str, "share": str, "amount": str}]},
    "fee": {"tier": str, "rate": str, "amount": str, "why": str, "next_tier": None},
    "price": {
        "lpr": str,
        "spread_bp": int,
        "loan_rate": str,
        "components": [{"name": str, "rate": str}],
        "all_in_rate": str,
        "schedule_summary": {"total_interest": str, "instalments": int},
    },
    "findings": [{"rule": str, "verdict": str, "severity": str, "clause": str, "message": str}],
    "conditions": [{"name": str}],
    "evidence": {
        "product": str,
        "revision": None,
        "programme": str,
        "model": str,
        "parameters": [{"name": str, "value": str, "source": str, "clause": str}],
        "digests": {"product_terms": str, "programme_terms": str, "market": str, "model": str},
    },
}
MONEY = {"requested", "considered", "approved", "reguarantee_fee", "first_instalment", "last_instalment"}
RATES = {"share", "rate", "default_probability", "lpr", "loan_rate", "all_in_rate", "reguarantee_rate"}


def example(name: str) -> Decision:
    application = read_application((EXAMPLES / f"{name}.json").read_bytes())
    return underwrite(
        application,
        catalogue=catalogue(),
        scorecard=demonstration_score(),
        on=application.request.applied_on,
        decision_id="d-1",
    )


def has_form(value: Any, form: Any, place: str) -> None:
    if isinstance(form, dict):
        assert set(form) <= set(value), place
        for key, inner in form.items():
            has_form(value[key], inner, f"{place}.{key}")
    elif isinstance(form, list):
        assert value, place
        for one in value:
            has_form(one, form[0], place)
    elif form is not None:
        assert type(value) is form, place


def leaves(value: Any, name: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, key)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner, name)]
    return [(name, value)]


CASES: dict[str, Callable[[], Decision]] = {
    "approved": decided,
    "referred": lambda: decided({"financials.operating_cash_flow": ABSENT}),
    "declined": lambda: decided({"enterprise.dishonest_debtor_list": True}),
    "pledge": lambda: decided(under=offering("ip-pledge")),
    "zhilai": lambda: example("zhilai"),
    "kuaidai": lambda: example("kuaidai"),
}


@cache
def case(name: str) -> Decision:
    return CASES[name]()


@pytest.mark.parametrize("name", CASES)
def test_a_decision_has_every_key_whatever_its_outcome(name: str) -> None:
    has_form(json.loads(case(name).model_dump_json()), FORM, name)


@pytest.mark.parametrize("name", CASES)
def test_amounts_are_strings_with_two_decimals_and_rates_decimal_fractions(name: str) -> None:
    for key, value in leaves(json.loads(case(name).model_dump_json())):
        assert not isinstance(value, float), key
        if value is not None and (key in MONEY or key.startswith(("total_", "first_year_cost"))):
            assert re.fullmatch(r"\d+\.\d{2}", value), (key, value)
        if value is not None and key in RATES:
            assert re.fullmatch(r"-?\d\.\d{4,6}", value), (key, value)


@pytest.mark.parametrize("name", CASES)
def test_a_decision_survives_its_own_json(name: str) -> None:
    assert Decision.model_validate_json(case(name).model_dump_json()) == case(name)


@pytest.mark.parametrize("name", CASES)
def test_shares_add_up_to_the_amount_considered_and_to_one(name: str) -> None:
    decision = case(name)
    assert decision.cover is not None
    assert sum(one.amount for one in decision.cover.parties) == decision.amount.considered
    assert sum(one.share for one in decision.cover.parties) == 1


@pytest.mark.parametrize("name", CASES)
def test_the_parts_of_the_rate_add_up_and_so_do_the_reasons_of_the_score(name: str) -> None:
    decision = case(name)
    assert decision.price is not None
    assert decision.score is not None
    assert sum(one.rate for one in decision.price.components) == decision.price.loan_rate
    assert decision.price.loan_rate == decision.price.lpr + Decimal(decision.price.spread_bp) / 10_000
    assert decision.score.base_points + sum(one.points for one in decision.score.reasons) == decision.score.points
    assert decision.score.synthetic is True


@pytest.mark.parametrize("name", CASES)
def test_every_rule_has_its_finding_in_two_languages(name: str) -> None:
    decision = case(name)
    what = offering(decision.product, decision.revision)
    assert [one.rule for one in decision.findings] == [rule.name for rule in what.rules]
    assert all(one.message.endswith("。") and one.message_en.endswith(".") for one in decision.findings)


@pytest.mark.parametrize("name", CASES)
def test_the_evidence_lists_every_value_in_force_with_its_source(name: str) -> None:
    decision = case(name)
    what = offering(decision.product, decision.revision)
    books = {what.book.name: what.book, what.programme.slug: what.programme.book}
    for slug, book in books.items():
        terms = book.at(decision.applied_on)
        expected = {
            f"{slug}.{parameter}"
            for parameter, declared in declared_parameters(book.terms).items()
            if not declared.optional or getattr(terms, parameter) is not None
        }
        assert {one.name for one in decision.evidence.parameters if one.name.startswith(f"{slug}.")} == expected
    assert all(one.source and one.clause for one in decision.evidence.parameters)
    assert all(one.since <= decision.decided_on for one in decision.evidence.parameters)
    assert decision.evidence.digests["product_terms"] == what.book.digest
    assert decision.evidence.digests["programme_terms"] == what.programme.book.digest
    assert decision.evidence.digests["sme-size"] == SME_SIZE.digest
    assert decision.evidence.digests.get("ip-law") == (IP_LAW.digest if decision.product == "ip-pledge" else None)
    score = demonstration_score() if decision.revision else scorecard()
    assert (decision.evidence.model, decision.evidence.digests["model"]) == (score.model_id, score.digest)


def test_a_value_in_the_evidence_is_the_one_of_the_day_with_its_own_source() -> None:
    day = date(2024, 7, 23)
    old = decided({"request.applied_on": day.isoformat()}, on=day)
    shown = {one.name: one for one in (*old.evidence.parameters, *decided().evidence.parameters)}
    assert shown["cn-scitech-2024.balance_cap"].value == "30000000"
    (before,) = [one for one in old.evidence.parameters if one.name == "cn-scitech-2024.balance_cap"]
    assert (before.value, before.unit, before.since) == ("10000000", "CNY", date(2019, 2, 1))
    assert shown["cn-scitech-2024.title_required"].value == "true"


def test_the_evidence_of_a_revision_stands_under_its_name() -> None:
    evidence = case("zhilai").evidence
    assert (evidence.product, evidence.revision, evidence.programme) == (
        "ip-pledge",
        "tianfu-zhilai",
        "cn-scitech-2024",
    )
    (cap,) = [one for one in evidence.parameters if one.name == "tianfu-zhilai.spread_cap_bp"]
    assert (cap.value, cap.verified) == ("150", True)


def test_an_applicant_is_named_by_a_code_that_checks_or_not_at_all() -> None:
    assert "applicant" not in case("declined").model_dump(mode="json")
    named = Applicant(name="乐山精工机械有限公司", uscc="91511100MA6XX0TE50")
    told = explain(decisions({}), 0, decision_id="d-3", digests={}, applicant=named)
    assert list(told.model_dump(mode="json"))[:3] == ["id", "outcome", "applicant"]
    with pytest.raises(ValidationError, match="91511100MA6XX0TE51 ends in 1, but its first 17 characters call for 0"):
        Applicant(name="乐山精工机械有限公司", uscc="91511100MA6XX0TE51")


def test_digests_of_the_caller_are_added() -> None:
    decision = explain(decisions({}), 0, decision_id="d-2", digests={"application": "0" * 64})
    assert decision.evidence.digests["application"] == "0" * 64
    assert decision.id == "d-2"


def test_approved_is_nothing_unless_the_outcome_is_approve_but_the_rest_is_shown() -> None:
    for name in ("referred", "declined"):
        decision = case(name)
        assert (str(decision.amount.approved), str(decision.amount.considered)) == ("0.00", "1000000.00")
        assert decision.price is not None
        assert decision.fee is not None
        assert shares(decision)["bank"] == "200000.00"


def test_without_an_amount_there_is_no_price() -> None:
    decision = decided({"credit.guaranteed_balance": "30000000.00"})
    assert str(decision.amount.considered) == "0.00"
    assert decision.price is None
    assert decision.fee is not None
    assert str(decision.fee.amount) == "0.00"
    assert json.loads(decision.model_dump_json())["price"] is None


def test_a_missing_fact_is_named_once_by_its_place_in_the_json() -> None:
    decision = decided(
        {"titles": ABSENT, "financials.revenue": ABSENT, "enterprise.sector": ABSENT, "enterprise.employees": ABSENT}
    )
    assert finding(decision, "holds_an_eligible_title").missing == ("titles",)
    assert finding(decision, "is_of_an_admitted_size").missing == (
        "enterprise.sector",
        "enterprise.employees",
        "financials.revenue",
    )
    assert finding(decision, "headroom_is_left").missing == ()
    pledge = decided(
        {"ip_assets": [asset(), asset({"owner": ABSENT, "valuation.value": ABSENT}, serial=7)]},
        under=offering("ip-pledge"),
    )
    assert finding(pledge, "pledgor_is_the_registered_owner").missing == ("ip_assets[1].owner",)
    assert finding(pledge, "assets_are_valued").missing == ("ip_assets[1].valuation.value",)


def test_an_unknown_size_is_shown_as_unknown() -> None:
    cover = decided({"enterprise.employees": ABSENT}).cover
    assert cover is not None
    assert cover.enterprise_size is None


# The two published products, from the project's own examples.


def test_zhilai_is_approved_at_the_published_cost() -> None:
    decision = case("zhilai")
    assert (decision.outcome, str(decision.amount.approved)) == ("approve", "1000000.00")
    assert {finding(decision, rule).severity.value for rule in objections(decision)} <= {"advise"}
    assert decision.price is not None
    assert decision.fee is not None
    assert decision.price.loan_rate <= decision.price.lpr + Decimal("0.0150")
    assert str(decision.price.cap) == "0.0450"
    assert decision.fee.rate <= Decimal("0.01")
    caps = decision.price.at_caps
    assert caps is not None
    assert [
        str(figure)
        for figure in (caps.first_year_interest, caps.first_year_fee, caps.first_year_subsidy, caps.first_year_cost)
    ] == ["45000.00", "10000.00", "15000.00", "40000.00"]
    assert str(decision.price.subsidy_rate) == "0.0150"


def test_zhilais_patent_carries_its_loan() -> None:
    # 5.2 million × 25 % = 1.3; half of the 0.52 above 60 % is cut
    (ceiling,) = [one for one in case("zhilai").amount.limits if one.name == "pledge_value"]
    assert str(ceiling.amount) == "1040000.00"


def test_kuaidai_is_shared_as_published() -> None:
    decision = case("kuaidai")
    assert shares(decision) == {
        "province": "8000000.00",
        "guarantor": "4000000.00",
        "bank": "4000000.00",
        "local_government": "4000000.00",
    }
    assert decision.fee is not None
    assert decision.fee.amount <= Decimal("80000.00")


def test_caps_are_shown_only_where_rate_and_fee_both_have_one() -> None:
    assert case("kuaidai").price is not None
    assert case("kuaidai").price.at_caps is None
    with_caps = decided(under=amended(offering(), product={"spread_cap_bp": 100, "fee_cap": 5_000}))
    assert with_caps.price is not None
    assert with_caps.price.at_caps is not None
    # 4 % and 0.5 % of a million: twelve months' interest of 3333.33 each
    assert str(with_caps.price.at_caps.first_year_cost) == "44999.96"


def test_rows_of_a_batch_are_explained_each_by_itself() -> None:
    batch = decisions({}, {"enterprise.dishonest_debtor_list": True}, {"financials.operating_cash_flow": ABSENT})
    assert outcomes(batch) == ["approve", "decline", "refer"]
    assert explain(batch, 1, decision_id="d-1", digests={}) == case("declined")
    assert explain(batch, 2, decision_id="d-1", digests={}) == case("referred")


def test_the_four_dates_are_kept_apart() -> None:
    decision = decided({"request.applied_on": "2026-07-20"}, on=ON)
    assert (decision.applied_on, decision.decided_on) == (date(2026, 7, 20), ON)
