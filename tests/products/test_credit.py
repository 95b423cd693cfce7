"""The bank's own rules and the ceilings on the amount: both sides of each limit, by hand for the sound firm.

The firm: revenue 300 million, assets 260, liabilities 100, operating cash flow 30, interest-bearing debt 20, bank
exposure 20 million yuan.
"""

from __future__ import annotations

from datetime import date

import pytest

from products.columns import Column
from products.explaining.answer import Amount
from products.limits import considered_amount
from tests.products.builders import (
    ABSENT,
    ON,
    STAFF_OF_BAND,
    amended,
    column,
    decided,
    finding,
    ints,
    objections,
    offering,
    shares,
    verdicts,
)

HUBEI = offering("innovation-credit", "hubei-kuaidai")
TIANFU = offering("ip-pledge", "tianfu-zhilai")
XIAMEN = offering("innovation-credit", "xiamen-changrongbao")


@pytest.mark.parametrize(
    ("rule", "within", "beyond"),
    [
        (
            "has_operated_long_enough",  # twelve months on 2026-07-22
            {"enterprise.established_on": "2025-07-22"},
            {"enterprise.established_on": "2025-07-23"},
        ),
        ("term_is_within_the_product", {"request.term_months": 60}, {"request.term_months": 61}),
        ("amount_reaches_the_products_floor", {"request.amount": "100000.00"}, {"request.amount": "99999.99"}),
        ("has_kept_its_payments", {"credit.overdue_days_24m": 30}, {"credit.overdue_days_24m": 31}),
        (
            "liabilities_are_within_the_ratio",  # 80 % of 260 million
            {"financials.total_liabilities": "208000000.00"},
            {"financials.total_liabilities": "208000000.01"},
        ),
        (
            "can_repay_from_operations",  # six times the cash flow over the debt of 20 million
            {"financials.operating_cash_flow": "3333333.34"},
            {"financials.operating_cash_flow": "3333333.33"},
        ),
        (
            "exposure_is_within_the_ratio",  # 60 % of 300 million
            {"credit.bank_exposure": "179999999.99"},
            {"credit.bank_exposure": "180000000.00"},
        ),
        ("is_no_grade_d_taxpayer", {"financials.tax_credit_grade": "C"}, {"financials.tax_credit_grade": "D"}),
        ("is_of_the_products_sector", {"enterprise.sector": "construction"}, {"enterprise.sector": "real_estate"}),
    ],
)
def test_each_rule_just_inside_and_just_outside_its_limit(
    rule: str, within: dict[str, object], beyond: dict[str, object]
) -> None:
    assert verdicts(offering(), rule, within, beyond) == ["met", "not_met"]


@pytest.mark.parametrize(
    ("broken", "outcome"),
    [
        ({"enterprise.established_on": "2025-07-23"}, "decline"),
        ({"request.term_months": 61}, "decline"),
        ({"request.amount": "99999.99"}, "refer"),
        ({"credit.overdue_days_24m": 31}, "decline"),
        ({"financials.total_liabilities": "208000000.01"}, "refer"),
        ({"financials.operating_cash_flow": "3333333.33"}, "refer"),
        ({"credit.bank_exposure": "180000000.00"}, "refer"),
        ({"credit.litigation_as_defendant": True}, "refer"),
        ({"financials.tax_credit_grade": "D"}, "refer"),
        ({"enterprise.sector": "real_estate"}, "decline"),
    ],
)
def test_what_can_be_explained_is_referred_and_what_cannot_is_declined(broken: dict[str, object], outcome: str) -> None:
    assert decided(broken).outcome == outcome


def test_a_method_of_repayment_that_is_not_offered_is_declined() -> None:
    monthly = amended(offering(), product={"repayments": (0, 1, 3)})
    assert decided(under=monthly).outcome == "decline"
    assert decided({"request.repayment": "bullet"}, under=monthly).outcome == "approve"


def test_a_firm_that_is_not_private_is_referred_where_the_product_asks() -> None:
    private = amended(offering(), product={"private_only": True})
    assert decided({"enterprise.private_enterprise": False}, under=private).outcome == "refer"


def test_a_firm_that_is_not_private_is_declined_by_the_programme_for_private_investment() -> None:
    assert decided(FUJIAN | {"enterprise.private_enterprise": False}, under=XIAMEN).outcome == "decline"
    assert decided(FUJIAN | {"enterprise.private_enterprise": None}, under=XIAMEN).outcome == "refer"


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("has_operated_long_enough", "enterprise.established_on"),
        ("has_kept_its_payments", "credit.overdue_days_24m"),
        ("liabilities_are_within_the_ratio", "financials.total_liabilities"),
        ("liabilities_are_within_the_ratio", "financials.total_assets"),
        ("can_repay_from_operations", "financials.operating_cash_flow"),
        ("can_repay_from_operations", "financials.interest_bearing_debt"),
        ("exposure_is_within_the_ratio", "credit.bank_exposure"),
        ("is_no_grade_d_taxpayer", "financials.tax_credit_grade"),
        ("is_no_defendant_in_a_lending_suit", "credit.litigation_as_defendant"),
        ("is_of_the_products_sector", "enterprise.sector"),
    ],
)
def test_a_missing_fact_refers_and_is_named_by_its_path(rule: str, path: str) -> None:
    decision = decided({path: ABSENT})
    assert decision.outcome == "refer"
    assert finding(decision, rule).verdict == "unknown"
    assert path in finding(decision, rule).missing


@pytest.mark.parametrize(
    "fact",
    [
        "malicious_evasion_2y",
        "provincial_negative_list",
        "unfulfilled_enforcement",
        "overdue_now",
        "money_laundering_risk",
    ],
)
def test_what_others_hold_declines_if_known_and_is_confirmed_before_drawdown_if_not(fact: str) -> None:
    assert decided({f"credit.{fact}": True}).outcome == "decline"
    unknown = decided({f"credit.{fact}": ABSENT})
    assert unknown.outcome == "approve"
    assert "exclusions_confirmed" in {one.name for one in unknown.conditions}
    assert "exclusions_confirmed" not in {one.name for one in decided().conditions}


def ceilings(changes: dict[str, object], **more: object) -> dict[str, str | None]:
    amount: Amount = decided(changes, **more).amount  # type: ignore[arg-type]
    return {one.name: None if one.amount is None else str(one.amount) for one in amount.limits}


def test_the_ceilings_of_the_sound_firm_by_hand() -> None:
    assert ceilings({"credit.guaranteed_balance": "6000000.00", "credit.product_guaranteed_balance": "1000000.00"}) == {
        "requested": "1000000.00",
        "product_cap": "29000000.00",
        "programme_headroom": "24000000.00",
        "repayment_capacity": "160000000.00",  # 6 × 30 − 20 million
        "exposure_headroom": "160000000.00",  # 60 % × 300 − 20 million
        "innovation_limit": "60000000.00",  # 20 % × 300 million
    }


def test_a_ceiling_is_rounded_down_to_the_fen() -> None:
    # 60 % of 300000000.01 is 180000000.006
    assert ceilings({"financials.revenue": ["300000000.01"]})["exposure_headroom"] == "160000000.00"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"credit.guaranteed_balance": ABSENT}, "programme_headroom"),
        ({"financials.operating_cash_flow": ABSENT}, "repayment_capacity"),
        ({"financials.interest_bearing_debt": ABSENT}, "repayment_capacity"),
        ({"credit.bank_exposure": ABSENT}, "exposure_headroom"),
    ],
)
def test_an_unknown_ceiling_is_shown_as_unknown_and_passed_over(changes: dict[str, object], name: str) -> None:
    decision = decided(changes)
    assert {one.name for one in decision.amount.limits if one.amount is None} == {name}
    assert (decision.outcome, str(decision.amount.considered), str(decision.amount.approved)) == (
        "refer",
        "1000000.00",
        "0.00",
    )


@pytest.mark.parametrize(
    ("cash", "considered", "bound_by"),
    [
        # 6 × cash − 20 million
        ("4000000.00", "4000000.00", "repayment_capacity"),
        ("4001666.66", "4000000.00", "repayment_capacity"),  # 4009999.96, down to whole 万元
        ("4001666.67", "4010000.00", "repayment_capacity"),
        ("4166666.67", "5000000.00", "requested"),
    ],
)
def test_a_binding_capacity_cuts_the_amount_to_whole_ten_thousands(cash: str, considered: str, bound_by: str) -> None:
    decision = decided({"financials.operating_cash_flow": cash, "request.amount": "5000000.00"})
    assert (str(decision.amount.considered), decision.amount.bound_by) == (considered, bound_by)


def test_a_request_with_odd_fen_is_granted_to_the_fen() -> None:
    decision = decided({"request.amount": "1234567.89"})
    assert str(decision.amount.approved) == "1234567.89"
    assert sum(one.amount for one in decision.cover.parties) == decision.amount.approved  # type: ignore[union-attr]


def test_on_a_tie_the_request_binds_and_then_the_ceilings_in_order() -> None:
    limits = {"requested": column(500), "cap": column(500), "headroom": column(400), "capacity": column(400)}
    amount, position = considered_amount({name: limits[name] for name in ("requested", "cap")}, 100)
    assert (amount.tolist(), position.tolist()) == ([500], [0])
    amount, position = considered_amount(limits, 100)
    assert (amount.tolist(), position.tolist()) == ([400], [2])


def test_only_a_cut_amount_is_rounded() -> None:
    limits = {"requested": column(555, 999), "cap": Column(ints(999, 555))}
    assert considered_amount(limits, 100)[0].tolist() == [555, 500]


def test_a_band_below_the_products_least_is_referred() -> None:
    strict = amended(offering(), product={"band_floor": 0})
    assert decided(under=strict).outcome == "approve"
    decision = decided({"innovation.rd_staff": STAFF_OF_BAND["B"]}, under=strict)
    assert decision.score is not None
    assert decision.score.band == "B"
    assert (decision.outcome, objections(decision)) == ("refer", {"score_reaches_the_products_band": "not_met"})


# The three revisions, each from its product's own published terms.


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, set()),
        ({"enterprise.region": "500000"}, {"is_registered_in_the_products_region"}),
        ({"enterprise.sector": "software", "enterprise.employees": 86}, {"is_of_the_products_sector"}),
        ({"enterprise.employees": 299}, set()),
        ({"enterprise.employees": 300}, {"is_of_the_products_size"}),
        ({"request.term_months": 13}, {"term_is_within_the_product"}),
    ],
)
def test_tianfu_is_for_small_industrial_firms_of_sichuan_for_a_year(
    changes: dict[str, object], broken: set[str]
) -> None:
    decision = decided(changes, under=TIANFU)
    assert set(objections(decision)) == broken
    assert decision.outcome == ("decline" if broken else "approve")


@pytest.mark.parametrize(("amount", "bound_by"), [("10000000.00", "requested"), ("10000000.01", "product_cap")])
def test_tianfu_lends_ten_million_at_most(amount: str, bound_by: str) -> None:
    rich = {"ip_assets[0].valuation.value": "90000000.00", "request.amount": amount}
    decision = decided(rich, under=TIANFU)
    assert (str(decision.amount.approved), decision.amount.bound_by) == ("10000000.00", bound_by)


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, set()),
        ({"enterprise.region": "430000"}, {"is_registered_in_the_products_region"}),
        ({"request.term_months": 60}, set()),
        ({"request.term_months": 61}, {"term_is_within_the_product"}),
        ({"titles[0].kind": "specialised_sme"}, set()),
        ({"titles[0].kind": "national_project"}, {"holds_a_title_of_the_product"}),
        ({"titles[0].valid_to": "2026-07-21"}, {"holds_an_eligible_title", "holds_a_title_of_the_product"}),
        ({"credit.provincial_negative_list": True}, {"has_no_provincial_negative_list"}),
        ({"credit.malicious_evasion_2y": True}, {"has_no_malicious_evasion_2y"}),
    ],
)
def test_hubei_is_for_its_specialised_firms_for_five_years(changes: dict[str, object], broken: set[str]) -> None:
    decision = decided({"enterprise.region": "420100"} | changes, under=HUBEI)
    assert set(objections(decision)) == broken
    assert decision.outcome == ("decline" if broken else "approve")


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "verdict"),
    [
        ("2026-07-22", "2026-07-29", "met"),
        ("2026-07-23", "2026-07-29", "not_met"),  # not yet on the day of application
        ("2026-07-22", "2026-07-28", "not_met"),  # no longer on the day of decision
        ("2026-07-01", "2026-07-21", "not_met"),
    ],
)
def test_hubeis_certificate_counts_if_valid_on_both_days(valid_from: str, valid_to: str, verdict: str) -> None:
    titles = [{"kind": "specialised_sme", "valid_from": valid_from, "valid_to": valid_to}]
    firm = {"enterprise.region": "420100", "titles": titles}
    assert verdicts(HUBEI, "holds_a_title_of_the_product", firm, on=date(2026, 7, 29)) == [verdict]


def test_hubei_lends_twenty_million_at_most_for_at_most_eighty_thousand_a_year() -> None:
    decision = decided({"enterprise.region": "420100", "request.amount": "20000000.01"}, under=HUBEI)
    assert (str(decision.amount.approved), decision.amount.bound_by) == ("20000000.00", "product_cap")
    assert decision.fee is not None
    assert decision.fee.amount <= 80_000


FUJIAN = {"enterprise.region": "350200", "request.term_months": 13}


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, set()),
        ({"enterprise.region": "350203"}, set()),  # a district of Xiamen
        ({"enterprise.region": "350100"}, {"is_registered_in_the_products_region"}),  # Fuzhou
        ({"enterprise.region": "350000"}, {"is_registered_in_the_products_region"}),
        ({"request.term_months": 12}, {"term_is_longer_than_the_programme_asks", "term_is_within_the_product"}),
        (
            {"request.purpose": "research_and_development"},
            {"purpose_is_admitted_by_the_programme", "purpose_is_offered"},
        ),
        ({"enterprise.established_on": "2024-07-22"}, set()),
        ({"enterprise.established_on": "2024-07-23"}, {"has_operated_long_enough"}),
        ({"financials.total_liabilities": "182000000.00"}, set()),  # 70 % of 260 million
        ({"financials.total_liabilities": "182000000.01"}, {"liabilities_are_within_the_ratio"}),
        ({"credit.bank_exposure": "119900000.00"}, set()),  # 40 % of 300 million leaves 100000
        (
            {"credit.bank_exposure": "120000000.00"},
            {"exposure_is_within_the_ratio", "amount_reaches_the_products_floor"},
        ),
        ({"enterprise.state_controlled": True}, {"is_private_where_the_product_asks"}),
    ],
)
def test_xiamen_is_for_investments_of_private_firms_over_a_year(changes: dict[str, object], broken: set[str]) -> None:
    assert set(objections(decided(FUJIAN | changes, under=XIAMEN))) == broken


def test_xiamen_charges_half_a_percent_and_never_lends_below_three() -> None:
    cheap = amended(XIAMEN, product={"funding_rate": 0})
    decision = decided(FUJIAN | {"request.amount": "10000000.00"}, under=cheap)
    assert decision.fee is not None
    assert decision.price is not None
    assert (str(decision.fee.rate), str(decision.fee.amount)) == ("0.0050", "50000.00")
    assert str(decision.price.loan_rate) == "0.0300"  # five-year prime rate 3.50 % less 50 points
    on_guaranteed = amended(XIAMEN, product={"fee_base": 1})
    fee = decided(FUJIAN | {"request.amount": "10000000.00"}, under=on_guaranteed).fee
    assert fee is not None
    assert str(fee.amount) == "40000.00"
    assert shares(decision)["bank"] == "2000000.00"  # the guarantee covers 80 % of the principal


def test_xiamen_opens_with_its_programme() -> None:
    day = date(2026, 1, 19)
    assert decided(FUJIAN | {"request.applied_on": day.isoformat()}, under=XIAMEN, on=ON).outcome == "approve"
