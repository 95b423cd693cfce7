"""The twelve grounds on which registration of a patent pledge is refused (专利权质押登记办法, CNIPA 公告第461号)."""

from __future__ import annotations

import pytest

from products.catalogue.registration_rules import REGISTRATION_RULES
from tests.products.builders import ABSENT, asset, decided, finding, objections, offering, verdicts

PLEDGE = offering("ip-pledge")
UTILITY = {"kind": "utility_model", "filed_on": "2020-01-06", "granted_on": "2021-03-02"}
APPLICANT_USCC = "91511100MA6XX0TE50"
TRADEMARK = {"kind": "trademark", "annual_fee_paid_to": ABSENT}

# The decision falls on 2026-07-22 and the debt is due on 2027-07-22.
CASES: list[tuple[str, dict[str, object], str]] = [
    ("pledgor_is_the_registered_owner", {"owner": "成都某某科技有限公司"}, "not_met"),
    ("pledgor_is_the_registered_owner", {}, "met"),
    ("pledgor_is_the_registered_owner", {"owner": ABSENT}, "unknown"),
    ("pledgor_is_the_registered_owner", {"owner_uscc": "91510100MA6XX0T055"}, "not_met"),
    ("pledgor_is_the_registered_owner", {"owner_uscc": APPLICANT_USCC}, "met"),
    ("pledgor_is_the_registered_owner", {"owner": "乐山精工", "owner_uscc": APPLICANT_USCC}, "met"),
    ("right_is_in_force", {"status": "ended"}, "not_met"),
    ("right_is_in_force", {"status": "invalid"}, "not_met"),
    ("right_is_in_force", {"status": "pending"}, "not_met"),
    ("right_is_in_force", {"status": "in_force"}, "met"),
    ("right_is_in_force", {"status": ABSENT, "annual_fee_paid_to": "2026-07-22"}, "met"),
    ("right_is_in_force", {"status": ABSENT, "annual_fee_paid_to": "2026-07-21"}, "unknown"),
    ("right_is_in_force", {"status": ABSENT, "annual_fee_paid_to": ABSENT}, "unknown"),
    ("right_is_in_force", TRADEMARK | {"status": ABSENT, "annual_fee_paid_to": "2027-01-01"}, "unknown"),
    ("right_is_granted", {"granted_on": "2026-07-23"}, "not_met"),
    ("right_is_granted", {"granted_on": "2026-07-22"}, "met"),
    ("right_is_granted", {"granted_on": ABSENT}, "unknown"),
    ("annual_fee_is_paid", {"annual_fee_paid_to": "2026-07-21"}, "not_met"),
    ("annual_fee_is_paid", {"annual_fee_paid_to": "2026-07-22"}, "met"),
    ("annual_fee_is_paid", {"annual_fee_paid_to": ABSENT}, "unknown"),
    ("annual_fee_is_paid", TRADEMARK, "met"),
    ("right_is_free_of_stays", {"preserved_by_court": True}, "not_met"),
    ("right_is_free_of_stays", {"ownership_dispute": True}, "not_met"),
    ("right_is_free_of_stays", {"ownership_dispute": True, "preserved_by_court": ABSENT}, "not_met"),
    ("right_is_free_of_stays", {}, "met"),
    ("right_is_free_of_stays", {"ownership_dispute": ABSENT}, "met"),
    ("right_is_free_of_stays", {"preserved_by_court": ABSENT}, "unknown"),
    ("debt_ends_before_the_right", {"filed_on": "2007-07-22"}, "not_met"),
    ("debt_ends_before_the_right", {"filed_on": "2007-07-23"}, "met"),
    ("debt_ends_before_the_right", {"filed_on": ABSENT}, "unknown"),
    ("debt_ends_before_the_right", UTILITY | {"filed_on": "2017-07-22"}, "not_met"),
    ("debt_ends_before_the_right", UTILITY | {"filed_on": "2017-07-23"}, "met"),
    ("contract_can_name_the_right", {"filed_on": ABSENT}, "unknown"),
    ("contract_can_name_the_right", {"granted_on": ABSENT}, "unknown"),
    ("contract_can_name_the_right", {}, "met"),
    ("co_owners_consent", {"co_owners": ["四川大学"], "co_owner_consent": False}, "not_met"),
    ("co_owners_consent", {"co_owners": ["四川大学"], "co_owner_consent": True}, "met"),
    ("co_owners_consent", {"co_owners": ["四川大学"]}, "unknown"),
    ("co_owners_consent", {"co_owners": ABSENT}, "unknown"),
    ("co_owners_consent", {"co_owners": ABSENT, "co_owner_consent": True}, "met"),
    ("co_owners_consent", {"co_owners": [], "co_owner_consent": False}, "met"),
    ("right_is_not_pledged_already", {"pledged": True}, "not_met"),
    ("right_is_not_pledged_already", {"pledged": False}, "met"),
    ("right_is_not_pledged_already", {"pledged": ABSENT}, "unknown"),
    ("same_day_invention_is_acknowledged", UTILITY | {"same_day_invention": True}, "not_met"),
    (
        "same_day_invention_is_acknowledged",
        UTILITY | {"same_day_invention": True, "same_day_acknowledged": False},
        "not_met",
    ),
    (
        "same_day_invention_is_acknowledged",
        UTILITY | {"same_day_invention": True, "same_day_acknowledged": True},
        "met",
    ),
    ("same_day_invention_is_acknowledged", UTILITY | {"same_day_invention": ABSENT}, "unknown"),
    ("same_day_invention_is_acknowledged", {"same_day_invention": True}, "met"),  # only utility models
    ("invalidation_is_acknowledged", {"invalidation_pending": True}, "not_met"),
    ("invalidation_is_acknowledged", {"invalidation_pending": True, "invalidation_acknowledged": False}, "not_met"),
    ("invalidation_is_acknowledged", {"invalidation_pending": True, "invalidation_acknowledged": True}, "met"),
    ("invalidation_is_acknowledged", {"invalidation_pending": ABSENT}, "unknown"),
    ("right_is_not_otherwise_unsuitable", {"unsuitable": True}, "not_met"),
    ("right_is_not_otherwise_unsuitable", {"unsuitable": False}, "met"),
    ("right_is_not_otherwise_unsuitable", {"unsuitable": ABSENT}, "met"),
]


def test_there_are_twelve_grounds_and_each_is_tripped_here_or_can_only_be_open() -> None:
    names = [rule.name for rule in REGISTRATION_RULES]
    assert len(names) == 12
    tripped = {rule for rule, _, verdict in CASES if verdict == "not_met"}
    assert set(names) - tripped == {"contract_can_name_the_right"}


@pytest.mark.parametrize(("rule", "changes", "verdict"), CASES)
def test_each_ground_on_both_sides(rule: str, changes: dict[str, object], verdict: str) -> None:
    assert verdicts(PLEDGE, rule, {"ip_assets": [asset(changes)]}) == [verdict]


@pytest.mark.parametrize(("rule", "changes", "verdict"), [case for case in CASES if case[2] != "met"])
def test_a_ground_declines_and_an_open_one_refers(rule: str, changes: dict[str, object], verdict: str) -> None:
    decision = decided({"ip_assets": [asset(changes)]}, under=PLEDGE)
    others = {name for name, said in objections(decision).items() if said == "not_met"}
    assert decision.outcome == ("decline" if others else "refer")
    assert (rule in others) is (verdict == "not_met")


def test_one_bad_right_among_good_ones_refuses_and_only_the_open_one_is_named() -> None:
    bad = decided({"ip_assets": [asset(), asset({"pledged": True}, serial=7)]}, under=PLEDGE)
    assert bad.outcome == "decline"
    opened = decided({"ip_assets": [asset(), asset({"pledged": ABSENT}, serial=7)]}, under=PLEDGE)
    assert opened.outcome == "refer"
    assert finding(opened, "right_is_not_pledged_already").missing == ("ip_assets[1].pledged",)


def test_a_trademark_without_its_date_of_registration_names_that_date() -> None:
    decision = decided({"ip_assets": [asset(TRADEMARK | {"granted_on": ABSENT})]}, under=PLEDGE)
    said = finding(decision, "debt_ends_before_the_right")
    assert said.verdict == "unknown"
    assert "ip_assets[0].granted_on" in said.missing
