"""The programmes' rules: classes and certificates, size, balance, lists, charges; both sides of each."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.explaining.answer import Severity
from products.programmes.national_fund import fee_is_within_the_programme_cap
from products.vocabulary import CHARGES
from tests.products.builders import (
    ABSENT,
    ON,
    amended,
    case_of,
    catalogue,
    decided,
    finding,
    ints,
    objections,
    offering,
    verdicts,
)

# 财金〔2024〕60号 by class; the last one's tier was not published and is the lowest by default.
TIER_OF_CLASS = {
    "little_giant": 1,
    "specialised_sme": 1,
    "national_project": 1,
    "hnte": 2,
    "points_selected_tech_sme": 2,
    "tech_sme": 3,
    "innovative_sme": 3,
    "commercialisation": 3,
}
XIAMEN = {"enterprise.region": "350200", "request.term_months": 13}


def private_investment() -> object:
    return offering("innovation-credit", "xiamen-changrongbao")


def title(kind: str, valid_from: str = "2016-07-01", valid_to: str = "2027-06-30") -> dict[str, str]:
    return {"kind": kind, "valid_from": valid_from, "valid_to": valid_to}


@pytest.mark.parametrize(("kind", "tier"), TIER_OF_CLASS.items())
def test_each_class_has_its_tier(kind: str, tier: int) -> None:
    cover = decided({"titles": [title(kind)]}).cover
    assert cover is not None
    assert (cover.tier, cover.title) == (f"tier_{tier}", kind)


def test_the_tier_of_the_class_without_a_published_one_is_marked_unverified() -> None:
    (classes,) = [used for used in catalogue().programmes["cn-scitech-2024"].book.used(ON) if used.name == "class_tier"]
    assert classes.dated.verified is False


@settings(max_examples=40)
@given(st.lists(st.sampled_from(sorted(TIER_OF_CLASS)), min_size=1, max_size=5))
def test_of_several_titles_the_highest_tier_counts(kinds: list[str]) -> None:
    cover = decided({"titles": [title(kind) for kind in kinds]}).cover
    assert cover is not None
    assert cover.tier == f"tier_{min(TIER_OF_CLASS[kind] for kind in kinds)}"
    assert cover.title in kinds
    assert TIER_OF_CLASS[str(cover.title)] == min(TIER_OF_CLASS[kind] for kind in kinds)


APPLIED, DECIDED = date(2026, 7, 22), date(2026, 7, 29)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "tier"),
    [
        (APPLIED, DECIDED, "tier_1"),
        (APPLIED + timedelta(1), DECIDED, "tier_2"),  # not yet on the day of application
        (APPLIED, DECIDED - timedelta(1), "tier_2"),  # no longer on the day of decision
        (APPLIED - timedelta(9), APPLIED - timedelta(1), "tier_2"),
        (DECIDED, DECIDED + timedelta(9), "tier_2"),
    ],
)
def test_a_certificate_counts_if_valid_on_both_days_and_otherwise_lowers_the_tier(
    valid_from: date, valid_to: date, tier: str
) -> None:
    giant = title("little_giant", valid_from.isoformat(), valid_to.isoformat())
    decision = decided({"titles": [giant, title("hnte")]}, on=DECIDED)
    assert decision.cover is not None
    assert (decision.outcome, decision.cover.tier) == ("approve", tier)


def test_without_any_valid_certificate_the_application_is_declined() -> None:
    expired = decided({"titles": [title("little_giant", valid_to="2026-07-21")]})
    assert expired.outcome == "decline"
    assert objections(expired) == {"holds_an_eligible_title": "not_met"}
    assert decided({"titles": []}).outcome == "decline"


def test_an_unstated_certificate_or_date_refers_and_names_what_is_missing() -> None:
    nowhere = decided({"titles": ABSENT})
    assert nowhere.outcome == "refer"
    assert finding(nowhere, "holds_an_eligible_title").missing == ("titles",)
    undated = decided({"titles": [title("tech_sme"), {"kind": "hnte", "valid_from": "2024-01-01"}]})
    assert undated.cover is not None
    assert (undated.outcome, undated.cover.tier) == ("approve", "tier_3")  # what is not known does not raise the tier
    alone = decided({"titles": [{"kind": "hnte", "valid_from": "2024-01-01"}]})
    assert alone.outcome == "refer"
    assert finding(alone, "holds_an_eligible_title").missing == ("titles[0].valid_to",)


def test_before_the_programme_no_title_was_needed() -> None:
    day = date(2024, 7, 23)
    old = {"titles": [], "request.applied_on": day.isoformat()}
    assert verdicts(offering(), "holds_an_eligible_title", old, on=day) == ["met"]
    day = date(2024, 7, 24)
    new = {"titles": [], "request.applied_on": day.isoformat()}
    assert verdicts(offering(), "holds_an_eligible_title", new, on=day) == ["not_met"]


MEDIUM = {"enterprise.employees": 300}


@pytest.mark.parametrize(
    ("day", "employees", "outcome"),
    [
        (date(2024, 7, 23), 299, "approve"),
        (date(2024, 7, 23), 300, "decline"),  # medium: the predecessor was for small and micro firms
        (date(2024, 7, 24), 300, "approve"),
        (date(2024, 7, 24), 999, "approve"),
        (date(2026, 7, 22), 1000, "approve"),  # revenue is below 400 million: medium still
    ],
)
def test_medium_firms_are_admitted_since_24_july_2024(day: date, employees: int, outcome: str) -> None:
    firm = {"enterprise.employees": employees, "request.applied_on": day.isoformat()}
    assert decided(firm, on=day).outcome == outcome


def test_large_firms_are_not_admitted() -> None:
    large = {"enterprise.employees": 1000, "financials.revenue": ["400000000.00"]}
    decision = decided(large)
    assert decision.outcome == "decline"
    assert {"is_of_an_admitted_size", "is_of_the_products_size"} == set(objections(decision))


def test_a_medium_firm_brings_the_portfolio_condition() -> None:
    names = [{one.name for one in decided(firm).conditions} for firm in ({}, MEDIUM)]
    assert "small_business_share_holds" not in names[0]
    assert "small_business_share_holds" in names[1]
    assert all("filed_with_the_reguarantor" in one for one in names)


def test_a_size_that_cannot_be_told_refers() -> None:
    decision = decided({"enterprise.employees": ABSENT})
    assert decision.outcome == "refer"
    assert finding(decision, "is_of_an_admitted_size").missing == ("enterprise.employees",)


@pytest.mark.parametrize(
    ("balance", "requested", "outcome", "considered", "bound_by"),
    [
        ("20000000.00", "10000000.00", "approve", "10000000.00", "requested"),
        ("20000000.01", "10000000.00", "approve", "9990000.00", "programme_headroom"),  # down to whole 万元
        ("29900000.00", "1000000.00", "approve", "100000.00", "programme_headroom"),
        ("29999999.99", "1000000.00", "refer", "0.00", "programme_headroom"),  # room, but below the product's least
        ("30000000.00", "1000000.00", "decline", "0.00", "programme_headroom"),
    ],
)
def test_everything_already_guaranteed_counts_against_the_cap(
    balance: str, requested: str, outcome: str, considered: str, bound_by: str
) -> None:
    decision = decided({"credit.guaranteed_balance": balance, "request.amount": requested})
    amount = decision.amount
    assert (decision.outcome.value, str(amount.considered), amount.bound_by) == (outcome, considered, bound_by)


def test_headroom_ends_at_the_cap_itself() -> None:
    balances = [{"credit.guaranteed_balance": balance} for balance in ("29999999.99", "30000000.00")]
    assert verdicts(offering(), "headroom_is_left", *balances) == ["met", "not_met"]


def test_an_unknown_balance_refers() -> None:
    decision = decided({"credit.guaranteed_balance": ABSENT})
    assert decision.outcome == "refer"
    assert objections(decision) == {"headroom_is_left": "unknown"}
    assert finding(decision, "headroom_is_left").missing == ("credit.guaranteed_balance",)


@pytest.mark.parametrize("fact", ["abnormal_operation_list", "dishonest_debtor_list", "government_financing_platform"])
@pytest.mark.parametrize("value", [True, ABSENT])
def test_a_listed_firm_is_declined_and_an_unknown_one_referred(fact: str, value: object) -> None:
    for what, base in ((offering(), {}), (private_investment(), XIAMEN)):
        decision = decided(base | {f"enterprise.{fact}": value}, under=what)
        assert decision.outcome == ("decline" if value is True else "refer")
        assert list(objections(decision).values()) == ["not_met" if value is True else "unknown"]


@pytest.mark.parametrize("fact", ["restricted_industry", "major_accident_3y", "tax_evasion_3y"])
def test_the_negative_list_advises_where_it_is_not_published_and_refers_where_it_is(fact: str) -> None:
    for value, verdict in ((True, "not_met"), (ABSENT, "unknown")):
        science = decided({f"enterprise.{fact}": value})
        assert (science.outcome, objections(science)) == ("approve", {f"has_no_{fact}": verdict})
        private = decided(XIAMEN | {f"enterprise.{fact}": value}, under=private_investment())
        assert (private.outcome, objections(private)) == ("refer", {f"has_no_{fact}": verdict})


@pytest.mark.parametrize("charge", CHARGES[2:])
def test_every_forbidden_charge_is_declined(charge: str) -> None:
    with_it = amended(offering(), product={"charges": (0, 1, CHARGES.index(charge))})
    decision = decided(under=with_it)
    assert decision.outcome == "decline"
    assert objections(decision) == {"only_interest_and_guarantee_fee_are_charged": "not_met"}


def test_the_six_forbidden_names_are_those_of_the_programme() -> None:
    # 保证金、承诺费、咨询费、顾问费、注册费、资料费
    assert CHARGES == (
        "interest",
        "guarantee_fee",
        "deposit",
        "commitment_fee",
        "consulting_fee",
        "advisory_fee",
        "registration_fee",
        "document_fee",
    )


def test_refinancing_is_not_among_the_purposes() -> None:
    decision = decided({"request.purpose": "refinancing"})
    assert decision.outcome == "decline"
    assert set(objections(decision)) == {"purpose_is_admitted_by_the_programme", "purpose_is_offered"}


@pytest.mark.parametrize(("tariff", "verdict"), [(10_000, "met"), (10_001, "not_met")])
def test_a_fee_above_one_percent_is_remarked_but_not_refused(tariff: int, verdict: str) -> None:
    dear = amended(offering(), product={"fee_tariff": np.full((4, 5), tariff)})
    decision = decided(under=dear)
    assert decision.outcome == "approve"
    assert finding(decision, "fee_is_within_the_average_target").verdict == verdict


# 财金〔2026〕6号


@pytest.mark.parametrize(
    ("amount", "outcome"), [("20000000.00", "approve"), ("20000000.01", "decline"), ("30000000.00", "decline")]
)
def test_private_investment_stops_at_twenty_million(amount: str, outcome: str) -> None:
    assert decided(XIAMEN | {"request.amount": amount}, under=private_investment()).outcome == outcome


def test_private_investment_counts_what_is_guaranteed_already() -> None:
    decision = decided(
        XIAMEN | {"request.amount": "8000000.00", "credit.guaranteed_balance": "15000000.00"},
        under=private_investment(),
    )
    assert (str(decision.amount.approved), decision.amount.bound_by) == ("5000000.00", "programme_headroom")


@pytest.mark.parametrize(("months", "verdict"), [(12, "not_met"), (13, "met")])
def test_private_investment_runs_longer_than_twelve_months(months: int, verdict: str) -> None:
    term = XIAMEN | {"request.term_months": months}
    assert verdicts(private_investment(), "term_is_longer_than_the_programme_asks", term) == [verdict]


def test_private_investment_needs_no_title_and_shares_forty_percent_with_the_fund() -> None:
    decision = decided(XIAMEN | {"titles": [], "request.amount": "10000000.00"}, under=private_investment())
    assert decision.outcome == "approve"
    assert decision.cover is not None
    assert {one.party.value: str(one.share) for one in decision.cover.parties} == {
        "bank": "0.2000",
        "guarantor": "0.2000",
        "province": "0.2000",
        "fund": "0.4000",
    }
    # half of 0.5 %, on the fund's 4 million
    assert str(decision.cover.reguarantee_fee) == "10000.00"


def test_private_investment_caps_the_guarantee_fee_at_one_percent() -> None:
    dear = amended(private_investment(), product={"fee_tariff": np.full((4, 5), 12_000)})
    decision = decided(XIAMEN, under=dear)
    assert decision.fee is not None
    assert str(decision.fee.rate) == "0.0100"
    assert "held at the ceiling of 1 %" in decision.fee.why


@pytest.mark.parametrize(("rate", "holds"), [(10_000, True), (10_001, False)])
def test_a_fee_beyond_one_percent_from_elsewhere_is_declined(rate: int, holds: bool) -> None:
    case = case_of(XIAMEN, under=private_investment())
    charged = dataclasses.replace(case, fees=dataclasses.replace(case.fees, rate_ppm=ints(rate)))
    assert fee_is_within_the_programme_cap.holds(charged).met.tolist() == [holds]


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "met"),
        ({"enterprise.private_enterprise": False}, "not_met"),
        ({"enterprise.private_enterprise": ABSENT}, "unknown"),
        ({"enterprise.state_controlled": True}, "not_met"),
        ({"enterprise.state_controlled": ABSENT}, "met"),
    ],
)
def test_private_investment_is_for_private_firms(changes: dict[str, object], verdict: str) -> None:
    assert verdicts(private_investment(), "is_private_where_the_product_asks", XIAMEN | changes) == [verdict]


NEGATIVE_LIST = {"has_no_restricted_industry", "has_no_major_accident_3y", "has_no_tax_evasion_3y"}


@pytest.mark.parametrize(
    ("slug", "severity"), [("cn-scitech-2024", Severity.ADVISE), ("cn-private-investment-2026", Severity.REFER)]
)
def test_a_programmes_rules_decline_but_for_the_fee_target_and_the_negative_list(slug: str, severity: Severity) -> None:
    rules = {rule.name: rule.severity for rule in catalogue().programmes[slug].rules}
    assert rules.pop("fee_is_within_the_average_target") is Severity.ADVISE
    assert {rules.pop(name) for name in NEGATIVE_LIST} == {severity}
    assert set(rules.values()) == {Severity.DECLINE}


def test_a_class_without_a_tier_is_not_eligible() -> None:
    tiers = ints(1, 1, 1, 0, 2, 3, 3, 3)  # high and new technology enterprises left out
    without = amended(offering(), programme={"class_tier": tiers})
    decision = decided({"titles": [title("hnte")]}, under=without)
    assert decision.cover is not None
    assert (decision.outcome, decision.cover.tier) == ("decline", "untitled")
    both = decided({"titles": [title("hnte"), title("tech_sme")]}, under=without).cover
    assert both is not None
    assert (both.tier, both.title) == ("tier_3", "tech_sme")


@pytest.mark.parametrize(
    ("applied_on", "instrument"), [("2024-07-23", "国办发〔2019〕6号"), ("2024-07-24", "财金〔2024〕60号")]
)
def test_a_clause_cites_the_instrument_in_force_on_the_day_of_application(applied_on: str, instrument: str) -> None:
    early = {"request.applied_on": applied_on, "request.amount": "1000000.00"}
    assert finding(decided(early), "bank_retains_its_floor").clause == f"{instrument}：银行分险比例"
