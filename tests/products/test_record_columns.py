"""The columns of the kernel: exact integers in their places, unknown where a fact is missing."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from products.applicant.choices import IpKind, Repayment, TitleKind
from products.applicant.flatten import columns_of
from products.applicant.layout import APPLICATION_COLUMNS, CHILD_COLUMNS
from products.applicant.reading import application_from
from products.applicant.record import Application
from products.applicant.scored_facts import facts_for_scoring
from products.applications import Applications
from products.columns import MISSING
from tests.products.applications import consistent_applications

EXAMPLES = Path(__file__).parents[2] / "examples"
ZHILAI = json.loads((EXAMPLES / "zhilai.json").read_bytes())
KUAIDAI = json.loads((EXAMPLES / "kuaidai.json").read_bytes())


def raw_of(applications: Applications) -> dict[str, list[int]]:
    """Every column of applications and children, unknown values as MISSING."""
    raw = {name: column.raw.tolist() for name, column in applications.columns.items()}
    for family, children in applications.children.items():
        raw |= {f"{family}.{name}": column.raw.tolist() for name, column in children.columns.items()}
        raw[f"{family}.parent"] = children.parent.tolist()
    return raw


def test_the_first_example_stands_in_its_columns_as_exact_integers() -> None:
    raw = raw_of(columns_of([application_from(ZHILAI)]))
    expected = {
        "amount": 100_000_000,  # 1,000,000.00 yuan in fen
        "term_months": 12,
        "repayment": 2,
        "purpose": 0,
        "applied_on": 20_656,  # 56 years with 14 leap days are 20,454 days; 22 July is day 203 of the year
        "region": 510_000,
        "sector": 1,
        "employees": 86,
        "abnormal_operation_list": 0,
        "revenue_y0": 2_640_000_000,
        "revenue_y1": 2_190_000_000,
        "revenue_y2": 1_860_000_000,
        "tax_credit_grade": 0,
        "hightech_revenue_share": 710_000,
        "innovation_points_value": 71_500_000,
        "innovation_points_scale": 130_000_000,
        "titles_count": 2,
        "ip_assets_count": 1,
        "paid_in_capital": MISSING,
    }
    assert {name: raw[name] for name in expected} == {name: [value] for name, value in expected.items()}
    assert raw["titles.kind"] == [TitleKind.HNTE.position, TitleKind.TECH_SME.position] == [3, 5]
    assert raw["titles.parent"] == [0, 0]


def test_the_pledged_patent_stands_in_the_columns_of_its_asset() -> None:
    raw = raw_of(columns_of([application_from(ZHILAI)]))
    expected = {
        "kind": IpKind.INVENTION_PATENT.position,
        "filed_on": (date(2017, 9, 29) - date(1970, 1, 1)).days,
        "co_owners": 0,
        "licences": 0,
        "pledged": 0,
        "status": MISSING,
        "valuation_value": 520_000_000,
        "valuation_methods": 2,
        "valuation_signatures": 2,
        "income_product_revenue": 5,
        "income_product_revenue_t1": 900_000_000,
        "income_product_revenue_t5": 1_150_000_000,
        "income_product_revenue_t6": MISSING,
        "income_royalty_rate": 40_000,
        "owner_is_applicant": 1,
    }
    assert {name: raw[f"ip_assets.{name}"] for name in expected} == {name: [value] for name, value in expected.items()}


def test_a_single_year_of_accounts_is_the_latest_one() -> None:
    facts = copy.deepcopy(ZHILAI)
    facts["financials"]["revenue"] = ["26400000.00"]
    app = columns_of([application_from(facts)])
    assert app.revenue_y0.raw.tolist() == [2_640_000_000]
    assert app.revenue_y1.is_known.not_met.all()


def test_missing_is_unknown_and_zero_is_zero() -> None:
    facts = copy.deepcopy(ZHILAI)
    facts["credit"] = {"guaranteed_balance": "0.00"}
    app = columns_of([application_from(facts)])
    assert app.guaranteed_balance.known is None
    assert app.guaranteed_balance.values.tolist() == [0]
    assert (app.bank_exposure > 0).unknown.all()


def test_an_absent_list_of_titles_is_unknown_and_an_empty_one_is_not() -> None:
    absent, empty = copy.deepcopy(ZHILAI), copy.deepcopy(ZHILAI)
    del absent["titles"]
    empty["titles"] = []
    app = columns_of([application_from(absent), application_from(empty), application_from(ZHILAI)])
    assert app.titles_count.raw.tolist() == [MISSING, 0, 2]
    assert app.titles.count().tolist() == [0, 0, 2]


def test_another_owner_is_not_the_applicant_and_no_owner_is_unknown() -> None:
    facts = copy.deepcopy(ZHILAI)
    first = facts["ip_assets"][0]
    own, other = facts["enterprise"]["uscc"], "91420100MA4XX0TE7T"
    owners = [(first["owner"], None), ("某研究所", None), (None, None)]
    owners += [(first["owner"], other), ("旧名", own), (None, own)]
    facts["ip_assets"] = [
        first | {"kind": "copyright", "number": str(place), "owner": owner, "owner_uscc": code}
        for place, (owner, code) in enumerate(owners)
    ]
    app = columns_of([application_from(facts)])
    assert app.ip_assets.owner_is_applicant.raw.tolist() == [1, 0, MISSING, 0, 1, 1]


def test_choices_stand_in_the_order_of_their_declaration() -> None:
    assert [choice.position for choice in Repayment] == [0, 1, 2, 3]
    assert [str(choice) for choice in Repayment] == [
        "level_payment",
        "equal_principal",
        "interest_monthly_principal_at_maturity",
        "bullet",
    ]


def test_no_applications_are_empty_columns() -> None:
    app = columns_of([])
    assert app.n == 0
    assert tuple(app.columns) == APPLICATION_COLUMNS
    assert {name: tuple(children.columns) for name, children in app.children.items()} == CHILD_COLUMNS
    assert len(app.amount.values) == 0


@given(st.lists(consistent_applications(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_columns_of_many_are_the_columns_of_each_in_order(facts: list[dict[str, Any]], random: Any) -> None:
    applications: list[Application] = [application_from(each) for each in facts]
    order = list(range(len(applications)))
    random.shuffle(order)
    together = columns_of(applications).take(np.array(order))
    for place, position in enumerate(order):
        alone = columns_of([applications[position]])
        assert raw_of(together.take(np.array([place]))) == raw_of(alone)


def test_facts_for_scoring_are_yuan_fractions_years_and_nan() -> None:
    facts = facts_for_scoring(columns_of([application_from(ZHILAI)]), on=date(2026, 3, 18))
    assert facts["revenue_y0"].tolist() == [26_400_000.0]
    assert facts["hightech_revenue_share"].tolist() == [0.71]
    assert facts["innovation_points_share"].tolist() == [0.55]  # 71.5 of 130
    assert facts["tax_credit_grade"].tolist() == [0.0]
    assert np.isnan(facts["paid_in_capital"]).all()


def test_ages_count_to_the_day_given_or_else_to_the_application() -> None:
    applications = columns_of([application_from(ZHILAI)])  # established 2019-03-18, applied 2026-07-22
    on_the_day = facts_for_scoring(applications, on=date(2023, 3, 18), names=["age_years"])
    assert on_the_day["age_years"].tolist() == [4.0]  # 1,461 days of 365.25 to the year
    when_applied = facts_for_scoring(applications, names=["age_years"])
    assert when_applied["age_years"].tolist() == [2_683 / 365.25]
