"""Japanese credit guarantees: the corporations' own worked examples, and cases worked out from the same formulas."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from products.programmes.jp_credit_guarantee import balloon
from tests.products.rule_books import book, borne, evaluated

JAPAN = book("jp-credit-guarantee")


def fee(**columns: str) -> int:
    found = evaluated(JAPAN, "2024-04-01", {name: [text] for name, text in columns.items()})
    return int(found.fees["guarantee_fee"][0])


@pytest.mark.parametrize(
    ("instalments", "equal", "yen"),
    [  # 1,200,000 × 1.00 % × 12/12 = 12,000 before the coefficient
        ("2", "yes", 8_400),
        ("6", "yes", 8_400),
        ("7", "yes", 7_800),
        ("12", "yes", 7_800),
        ("13", "yes", 7_200),
        ("24", "yes", 7_200),
        ("25", "yes", 6_600),
        ("2", "no", 9_240),
        ("6", "no", 9_240),
        ("7", "no", 8_640),
        ("12", "no", 8_640),
        ("13", "no", 7_920),
        ("24", "no", 7_920),
        ("25", "no", 7_320),
    ],
)
def test_the_instalment_coefficient_on_both_sides_of_its_steps(instalments: str, equal: str, yen: int) -> None:
    assert (
        fee(loan="1200000", category="6", shape="instalments", months="12", instalments=instalments, equal=equal) == yen
    )


def test_each_component_is_rounded_down_before_they_are_added() -> None:
    """999,999 yen at 1.35 %, 12 months, 7 of them deferred, 5 instalments: 7,874.99… and 3,937.49… (× 0.70), so 7,874 +
    3,937 = 11,811, where the sum of 11,812.48… rounded once would be a yen more. 1,000,001 yen: 7,875 + 3,937."""
    asked = {"category": "4", "shape": "instalments", "months": "12", "deferral_months": "7"}
    assert fee(loan="1000001", **asked) == 11_812
    assert fee(loan="999999", **asked) == 11_811


def test_a_balloon_is_charged_by_itself_without_coefficient() -> None:
    """10,000,000 at 1.15 % over 36 months, 4,000,000 of it with the last instalment: 4,000,000 × 0.0115 × 3 = 138,000;
    6,000,000 × 0.0115 × 3 × 0.55 = 113,850."""
    asked = {"category": "5", "shape": "instalments", "months": "36"}
    assert fee(loan="10000000", balloon="4000000", **asked) == 251_850


def test_a_balloon_is_what_the_last_instalment_has_over_the_one_before_if_more_than_twice_it() -> None:
    terms = JAPAN.at(date(2024, 4, 1))
    last, before = np.array([200_000, 200_001, 150_000]), np.array([100_000, 100_000, 100_000])
    assert balloon(last, before, terms).tolist() == [0, 100_001, 0]


def test_a_revolving_guarantee_is_charged_by_the_day() -> None:
    """10,000,000 at 0.98 % (special system, category 5) for 200 days: 98,000 × 200/365 = 53,698.6…"""
    asked = {"loan": "10000000", "shape": "fixed_date", "months": "7", "days": "200"}
    assert fee(system="special", **asked) == 53_698


@pytest.mark.parametrize(
    ("system", "category", "yen"),
    [
        ("general", "1", 190_000),
        ("general", "9", 45_000),
        ("general_secured", "5", 105_000),
        ("management_strengthening", "8", 45_000),
        ("management_strengthening", "7", 60_000),
        ("special", "1", 162_000),
        ("special", "9", 39_000),
    ],
)
def test_rates_by_system_and_category(system: str, category: str, yen: int) -> None:
    """On ten million yen for a year."""
    assert fee(loan="10000000", shape="bullet", months="12", system=system, category=category) == yen


def test_without_a_balance_sheet_category_five_applies() -> None:
    assert fee(loan="10000000", shape="bullet", months="12") == 115_000


def test_the_insurer_bears_70_or_80_percent_of_what_falls_to_the_corporation() -> None:
    """A loss of 100: the bank 20, of the corporation's 80 the insurer 80 % = 64 or 70 % = 56."""
    columns = {"loan": ["100", "100"], "months": "12", "shape": "bullet", "insurance": ["eighty", "seventy"]}
    found = borne(JAPAN, "2024-04-01", [100, 100], columns)
    assert found.parties == ("bank", "guarantor", "insurer")
    assert found.parts.tolist() == [[20, 16, 64], [20, 24, 56]]


def test_rates_that_rest_on_no_text_are_listed_row_by_row() -> None:
    doubted = [one for one in JAPAN.unverified_values() if one.provision == "fee_rate"]
    assert len(doubted) == 9
    assert all(one.value.startswith("row ") for one in doubted)
