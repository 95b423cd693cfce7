"""What pledged rights are worth to the lender, worked by hand, and how long they last."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from products import decide, explain
from products.applicant.layout import EPOCH, to_days
from products.catalogue.collateral import lending_values
from products.explaining.answer import Collateral
from products.population import population
from products.property.ip_law import legal_expiry
from tests.products.builders import (
    ABSENT,
    ON,
    asset,
    columns,
    decided,
    finding,
    objections,
    offering,
    scorecard,
    verdicts,
)

PLEDGE = offering("ip-pledge")
LASTING = {"filed_on": "2020-01-06", "granted_on": "2021-03-02"}


def pledge_value(*assets: object, **request: object) -> str | None:
    """The ceiling in yuan from the pledged assets."""
    changes = {"ip_assets": list(assets), **{f"request.{name}": value for name, value in request.items()}}
    (found,) = [one for one in decided(changes, under=PLEDGE).amount.limits if one.name == "pledge_value"]
    return None if found.amount is None else str(found.amount)


# Appraised at 10 million, by loan-to-value: 25 %, 15 % and 50 % as 交通银行 lends, the others the operator's.
# A single right keeps 60 % of its value in full and half of the other 40 %: 0.8 of it.
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("invention_patent", "2000000.00"),
        ("utility_model", "1200000.00"),
        ("design", "800000.00"),
        ("trademark", "4000000.00"),
        ("copyright", "800000.00"),
        ("software_copyright", "1600000.00"),
    ],
)
def test_each_kind_of_right_carries_its_part_of_its_value(kind: str, value: str) -> None:
    assert pledge_value(asset({"kind": kind, **LASTING})) == value


def test_two_rights_within_the_threshold_count_in_full() -> None:
    # 24 and 16 million × 25 % = 6 and 4 million: the larger is 60 % of 10 million exactly
    one, other = asset({"valuation.value": "24000000.00"}), asset({"valuation.value": "16000000.00"}, serial=7)
    assert pledge_value(one, other) == "10000000.00"


def test_half_of_what_one_right_has_above_the_threshold_is_cut() -> None:
    # 28 and 12 million × 25 % = 7 and 3 million; 7 − 6 = 1 million above, half of it cut
    one, other = asset({"valuation.value": "28000000.00"}), asset({"valuation.value": "12000000.00"}, serial=7)
    assert pledge_value(one, other) == "9500000.00"


def test_every_step_is_rounded_down_to_the_fen() -> None:
    # 0.30 yuan: × 25 % = 7.5 → 7 fen, one method × 80 % = 5.6 → 5, short life × 70 % = 3.5 → 3
    right = asset({"valuation.value": "0.30", "valuation.methods": ["cost"], "filed_on": "2008-07-21"})
    terms = PLEDGE.book.at(ON)
    values = lending_values(columns({"ip_assets": [right]}), terms, to_days(ON))
    # of the 3 fen 60 % is 1.8 → 1 fen, half of the 2 fen above it is cut
    assert {reason.value: int(cut[0]) for reason, cut in values.cuts} == {
        "loan_to_value": 23,
        "stale": 0,
        "single_method": 2,
        "short_life": 2,
        "concentration": 1,
    }
    assert values.value.tolist() == [2]
    # 2 fen: 60 % is 1.2 → 1 fen, of the 1 fen above it half is 0.5 → 1 fen is cut
    assert pledge_value(asset({"valuation.value": "0.08"})) == "0.01"


def test_the_cut_for_concentration_is_rounded_against_the_borrower() -> None:
    # 0.12 yuan × 25 % = 3 fen; 60 % of 3 fen is 1 fen; of the 2 fen above it 1 is cut
    assert pledge_value(asset({"valuation.value": "0.12"})) == "0.02"


@pytest.mark.parametrize(("valued_on", "value"), [("2025-07-22", "2000000.00"), ("2025-07-21", "0.00")])
def test_an_appraisal_older_than_twelve_months_counts_for_nothing(valued_on: str, value: str) -> None:
    assert pledge_value(asset({"valuation.valued_on": valued_on})) == value


@pytest.mark.parametrize(("methods", "value"), [(["income"], "1600000.00"), (ABSENT, "1600000.00")])
def test_a_single_method_or_none_stated_costs_a_fifth(methods: object, value: str) -> None:
    # 10 million × 25 % × 0.8 × 0.8
    assert pledge_value(asset({"valuation.methods": methods})) == value


@pytest.mark.parametrize(
    ("filed_on", "value"),
    [
        ("2008-07-22", "2000000.00"),  # ends 2028-07-22, twelve months after maturity on 2027-07-22
        ("2008-07-21", "1400000.00"),  # a day short: 10 million × 25 % × 0.7 × 0.8
        (ABSENT, "1400000.00"),
    ],
)
def test_less_than_a_year_of_protection_after_maturity_costs_three_tenths(filed_on: object, value: str) -> None:
    assert pledge_value(asset({"filed_on": filed_on})) == value


def test_a_longer_loan_needs_longer_protection() -> None:
    right = asset({"filed_on": "2008-07-22"})
    assert pledge_value(right, term_months=13) == "1400000.00"


@pytest.mark.parametrize("missing", ["valuation", "valuation.value", "valuation.valued_on"])
def test_without_an_appraisal_the_ceiling_is_unknown_and_a_person_looks(missing: str) -> None:
    decision = decided({"ip_assets": [asset({missing: ABSENT}), asset(serial=7)]}, under=PLEDGE)
    (ceiling,) = [one for one in decision.amount.limits if one.name == "pledge_value"]
    assert (ceiling.amount, decision.outcome) == (None, "refer")
    assert objections(decision)["assets_are_valued"] == "unknown"
    assert all(path.startswith("ip_assets[0].valuation.") for path in finding(decision, "assets_are_valued").missing)


def test_assets_that_are_not_stated_leave_the_pledge_open_and_none_at_all_refuses_it() -> None:
    unstated = decided({"ip_assets": ABSENT}, under=PLEDGE)
    assert unstated.outcome == "refer"
    assert objections(unstated) == {"something_is_pledged": "unknown"}
    assert finding(unstated, "something_is_pledged").missing == ("ip_assets",)
    none = decided({"ip_assets": []}, under=PLEDGE)
    assert none.outcome == "decline"
    assert objections(none)["something_is_pledged"] == "not_met"


@pytest.mark.parametrize(
    ("rule", "changes", "verdict"),
    [
        ("assets_are_valued", {"valuation.value": "0.00"}, "not_met"),
        ("assets_are_valued", {"valuation.value": "0.01"}, "met"),
        ("assets_are_valued", {"valuation.valued_on": "2026-07-22"}, "met"),
        ("assets_are_valued", {"valuation.valued_on": "2026-07-23"}, "not_met"),
        ("valuations_are_recent", {"valuation.valued_on": "2025-07-22"}, "met"),
        ("valuations_are_recent", {"valuation.valued_on": "2025-07-21"}, "not_met"),
        ("valuations_use_two_methods", {"valuation.methods": ["cost"]}, "not_met"),
        ("valuations_use_two_methods", {"valuation.methods": ["cost", "market"]}, "met"),
        ("valuations_are_signed_by_two", {"valuation.signatures": 1}, "not_met"),
        ("valuations_are_signed_by_two", {"valuation.signatures": 2}, "met"),
        ("valuations_are_signed_by_two", {"valuation.signatures": ABSENT}, "unknown"),
        ("valuations_are_made_for_a_pledge", {"valuation.purpose": "transfer"}, "not_met"),
        ("valuations_are_made_for_a_pledge", {"valuation.purpose": ABSENT}, "unknown"),
    ],
)
def test_rules_of_appraisals(rule: str, changes: dict[str, object], verdict: str) -> None:
    assert verdicts(PLEDGE, rule, {"ip_assets": [asset(changes)]}) == [verdict]


def test_a_right_without_value_cannot_be_pledged() -> None:
    assert decided({"ip_assets": [asset(), asset({"valuation.value": "0.00"}, serial=7)]}, under=PLEDGE).outcome == (
        "decline"
    )


def test_a_poor_appraisal_report_is_remarked_but_does_not_refuse() -> None:
    poor = asset({"valuation.signatures": 1, "valuation.purpose": "transfer", "valuation.methods": ["cost"]})
    decision = decided({"ip_assets": [poor]}, under=PLEDGE)
    assert decision.outcome == "approve"
    assert set(objections(decision)) == {
        "valuations_use_two_methods",
        "valuations_are_signed_by_two",
        "valuations_are_made_for_a_pledge",
    }


def test_one_right_with_an_old_appraisal_beside_a_good_one_is_remarked_and_carries_nothing() -> None:
    old = asset({"valuation.valued_on": "2025-07-21"}, serial=7)
    decision = decided({"ip_assets": [asset(), old]}, under=PLEDGE)
    assert (decision.outcome, objections(decision)) == ("approve", {"valuations_are_recent": "not_met"})
    assert pledge_value(asset(), old) == pledge_value(asset())


def test_the_pledge_is_registered_before_the_first_drawdown() -> None:
    assert "pledge_registered" in {one.name for one in decided(under=PLEDGE).conditions}
    assert "pledge_registered" not in {one.name for one in decided().conditions}


def expiry(changes: dict[str, object]) -> date | None:
    """The first day on which the right no longer exists."""
    found = legal_expiry(columns({"ip_assets": [asset(changes)]}).ip_assets)
    return date.fromordinal(int(found.values[0]) + EPOCH) if found.is_known.met[0] else None


# 专利法 42 (designs filed before 2021-06-01 keep ten years), 商标法 39, 著作权法 23.
@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        ({"filed_on": "2017-09-29"}, date(2037, 9, 29)),
        ({"kind": "utility_model", "filed_on": "2019-09-06", "granted_on": "2020-05-12"}, date(2029, 9, 6)),
        ({"kind": "design", "filed_on": "2021-05-31", "granted_on": "2021-12-01"}, date(2031, 5, 31)),
        ({"kind": "design", "filed_on": "2021-06-01", "granted_on": "2021-12-01"}, date(2036, 6, 1)),
        ({"kind": "utility_model", "filed_on": "2020-02-29", "granted_on": "2021-01-01"}, date(2030, 2, 28)),
        ({"kind": "trademark", "granted_on": "2018-08-21"}, date(2028, 8, 21)),
        ({"kind": "copyright", "filed_on": "2000-05-05"}, date(2051, 1, 1)),  # lasts to 31 December 2050
        ({"kind": "software_copyright", "filed_on": "2000-12-31"}, date(2051, 1, 1)),
        ({"kind": "software_copyright", "filed_on": "2000-05-05", "published_on": "2003-01-01"}, date(2054, 1, 1)),
        ({"kind": "copyright", "filed_on": ABSENT, "published_on": "2003-12-31"}, date(2054, 1, 1)),
        ({"expires_on": "2038-02-01"}, date(2038, 2, 2)),  # a compensated term in the register goes first
        ({"kind": "trademark", "granted_on": "2018-08-21", "expires_on": "2038-08-20"}, date(2038, 8, 21)),
        ({"filed_on": ABSENT}, None),
        ({"kind": "trademark", "granted_on": ABSENT}, None),
        ({"kind": "copyright", "filed_on": ABSENT}, None),
        ({"filed_on": ABSENT, "expires_on": "2038-02-01"}, date(2038, 2, 2)),
    ],
)
def test_how_long_rights_last(changes: dict[str, object], ends: date | None) -> None:
    assert expiry(changes) == ends


@pytest.mark.parametrize("months", [1, 12, 36])
def test_the_debt_must_fall_due_strictly_before_the_right_ends(months: int) -> None:
    maturity = {1: date(2026, 8, 22), 12: date(2027, 7, 22), 36: date(2029, 7, 22)}[months]
    last_days = [maturity - timedelta(days=1), maturity]  # registered ends: the day before maturity and its day
    answers = verdicts(
        PLEDGE,
        "debt_ends_before_the_right",
        *(
            {"request.term_months": months, "ip_assets": [asset({"expires_on": last.isoformat()})]}
            for last in last_days
        ),
    )
    assert answers == ["not_met", "met"]


FORECAST = {"product_revenue": ["10000000.00"], "royalty_rate": "0.05", "tax_rate": "0.15", "discount_rate": "0.15"}
"""One year of ten million: 5 % royalty, 85 % of it after tax, over 1.15: 369,565.22."""


def collateral(*assets: object) -> tuple[Collateral, ...]:
    return decided({"ip_assets": list(assets)}, under=PLEDGE).collateral


@pytest.mark.parametrize(
    ("income", "changes", "value"),
    [
        (FORECAST, {}, "369565.22"),
        # a second year of ten million: + 425,000 / 1.3225
        (FORECAST | {"product_revenue": ["10000000.00"] * 2}, {}, "690926.28"),
        # the right ends in six months: half a year's royalty, discounted by half a year: 212,500 / 1.15^0.5
        (FORECAST, {"expires_on": "2027-01-21"}, "198157.27"),
        (FORECAST, {"expires_on": "2026-07-21"}, "0.00"),
        (FORECAST | {"tax_rate": None}, {}, None),
        (FORECAST | {"tax_rate": "1"}, {}, None),  # nothing is left to value
        (FORECAST | {"royalty_rate": None}, {}, None),
        (FORECAST | {"discount_rate": None}, {}, None),
        (FORECAST | {"product_revenue": None}, {}, None),
        (FORECAST, {"filed_on": ABSENT}, None),
        (None, {}, None),
    ],
)
def test_the_lenders_own_estimate_by_relief_from_royalty(
    income: object, changes: dict[str, object], value: str
) -> None:
    (found,) = collateral(asset({"income": income, **changes}))
    assert (None if found.own_estimate is None else str(found.own_estimate)) == value


@pytest.mark.parametrize(
    ("value", "income", "verdict"),
    [
        ("554347.83", FORECAST, "met"),  # one and a half times 369,565.22
        ("554347.84", FORECAST, "not_met"),
        ("9000000.00", None, "met"),  # nothing to compare with
        ("9000000.00", FORECAST | {"discount_rate": None}, "unknown"),
    ],
)
def test_an_appraisal_far_above_its_own_forecast_is_remarked(value: str, income: object, verdict: str) -> None:
    one = asset({"valuation.value": value, "income": income})
    assert verdicts(PLEDGE, "appraisals_agree_with_the_forecast", {"ip_assets": [one]}) == [verdict]


def test_the_decision_shows_what_each_asset_carries_and_why() -> None:
    poor = asset({"valuation.value": "10000000.00", "valuation.methods": ["cost"], "filed_on": "2008-07-21"})
    old = asset({"kind": "trademark", "valuation.valued_on": "2025-07-21", **LASTING}, serial=7)
    bare = asset({"valuation": ABSENT}, serial=8)
    first, second, third = collateral(poor, old, bare)
    # 10 million × 25 % = 2.5, one method: × 0.8 = 2.0, short life: × 0.7 = 1.4, alone: 0.6 in full and half of 0.4
    assert [(one.reason, str(one.amount)) for one in first.cuts] == [
        ("loan_to_value", "7500000.00"),
        ("single_method", "500000.00"),
        ("short_life", "600000.00"),
        ("concentration", "280000.00"),
    ]
    assert (first.asset, str(first.appraised), str(first.lending_value)) == (
        "ip_assets[0]",
        "10000000.00",
        "1120000.00",
    )
    assert [(one.reason, str(one.amount)) for one in second.cuts] == [
        ("loan_to_value", "5000000.00"),
        ("stale", "5000000.00"),
    ]
    assert (second.cuts[1].zh, second.cuts[1].en) == (
        "评估报告已超过有效期，不予计入",
        "the valuation is too old to count",
    )
    assert (third.asset, third.appraised, third.cuts, str(third.lending_value)) == ("ip_assets[2]", None, (), "0.00")


def test_lending_values_add_up_to_the_ceiling_and_cuts_to_the_difference() -> None:
    app = population(60, 9, latest=ON)
    batch = decide(app, PLEDGE, scorecard(), on=ON)
    for row in range(app.n):
        decision = explain(batch, row, decision_id="d", digests={})
        (ceiling,) = [one for one in decision.amount.limits if one.name == "pledge_value"]
        if ceiling.amount is not None:
            assert sum(one.lending_value for one in decision.collateral) == ceiling.amount
        for one in decision.collateral:
            assert (one.appraised or 0) - sum(cut.amount for cut in one.cuts) == one.lending_value


def test_a_credit_without_security_shows_none() -> None:
    assert decided().collateral == ()
