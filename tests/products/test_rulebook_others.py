"""The other rule books, shipped and of the tests: figures their operators published, and both sides of each limit."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from products.guarantee.evaluation import evaluate
from products.guarantee.portfolio_caps import portfolio_cap
from products.parameters import NotInForce
from tests.products.rule_books import book, borne, days, evaluated, facts, library

SHIPPED = [
    "ca-csbfp",
    "de-buergschaftsbank",
    "jp-credit-guarantee",
    "kr-kodit",
    "my-ipfs",
    "uk-growth-guarantee",
    "us-sba-7a",
]


@pytest.mark.parametrize("slug", SHIPPED)
def test_every_value_names_an_instrument_and_a_clause_and_no_web_page(slug: str) -> None:
    for dated in book(slug).values.values():
        for one in dated:
            assert one.raw.source.strip()
            assert one.raw.clause.strip()
            assert "http" not in one.raw.source + one.raw.clause
            assert "www" not in one.raw.source + one.raw.clause


def test_all_books_are_read_without_a_problem() -> None:
    assert set(SHIPPED) < set(library().books)
    assert library().problems == ()


# --- United Kingdom ---------------------------------------------------------------------------------------------------
UK = {"term_months": "36", "turnover": "1000000", "trading_income_share": "0.9"}


def test_growth_guarantee_covers_70_percent() -> None:
    found = evaluated(book("uk-growth-guarantee"), "2024-07-01", {"loan": ["100000"], "facility": "term_loan", **UK})
    assert found.guaranteed.tolist() == [7_000_000]
    assert found.admitted.tolist() == [True]


@pytest.mark.parametrize("day", ["2024-06-30", "2026-04-01"])
def test_growth_guarantee_has_a_first_and_a_last_day(day: str) -> None:
    columns = {"loan": ["100000"], "facility": "term_loan", **UK}
    with pytest.raises(NotInForce, match=f"uk-growth-guarantee has no value of coverage on {day}"):
        evaluated(book("uk-growth-guarantee"), day, columns)
    assert evaluated(book("uk-growth-guarantee"), "2026-03-31", columns).n == 1


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"loan": "25001"}, True),
        ({"loan": "25000.99"}, False),
        ({"loan": "1000", "facility": "asset_finance"}, True),
        ({"loan": "999.99", "facility": "asset_finance"}, False),
        ({"term_months": "3"}, True),
        ({"term_months": "2"}, False),
        ({"term_months": "72"}, True),
        ({"term_months": "73"}, False),
        ({"term_months": "36", "facility": "overdraft"}, True),
        ({"term_months": "37", "facility": "overdraft"}, False),
        ({"turnover": "45000000"}, True),
        ({"turnover": "45000000.01"}, False),
        ({"trading_income_share": "0.5"}, False),
        ({"trading_income_share": "0.500001"}, True),
        ({"group_facilities": "2000000"}, True),
        ({"group_facilities": "2000000.01"}, False),
        ({"group_facilities": "1000000", "northern_ireland_protocol": "yes"}, True),
        ({"group_facilities": "1000000.01", "northern_ireland_protocol": "yes"}, False),
    ],
)
def test_growth_guarantee_on_both_sides_of_its_limits(changed: dict[str, str], kept: bool) -> None:
    columns = {"loan": "100000", "facility": "term_loan", **UK, **changed}
    found = evaluated(book("uk-growth-guarantee"), "2025-01-01", {name: [text] for name, text in columns.items()})
    assert found.admitted.tolist() == [kept]


def test_enterprise_finance_pays_at_most_9_75_percent_of_what_was_lent() -> None:
    """75 % of 13 %: the pair its operator published; of 40 million, 3.9 million."""
    terms = book("uk-enterprise-finance").at(date(2009, 1, 14))
    assert terms.portfolio_cap is not None
    cap = portfolio_cap(terms.portfolio_cap, np.array([10_000, 4_000_000_000]), coverage_ppm=750_000)
    assert cap.tolist() == [975, 390_000_000]


def test_enterprise_finance_premium_is_2_percent_and_1_5_in_2009() -> None:
    """A quarter on 100,000: 500.00, and 375.00 for premiums collected in 2009."""
    columns = {"loan": ["100000", "100000"], "collected_in_2009": ["no", "yes"]}
    assert evaluated(book("uk-enterprise-finance"), "2009-06-30", columns).fees["premium"].tolist() == [50_000, 37_500]


# --- Canada -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("registered", "cap"),
    [(0, 0), (250_000, 225_000), (500_000, 350_000), (1_000_000, 400_000), (10_000_000, 1_300_000)],
)
def test_canadas_account_is_capped_by_tiers_of_the_registered_volume(registered: int, cap: int) -> None:
    """90 % of the first 250,000, 50 % of the next, 10 % of the rest."""
    terms = book("ca-csbfp").at(date(2022, 7, 4))
    assert terms.portfolio_cap is not None
    assert portfolio_cap(terms.portfolio_cap, np.array([registered * 100])).tolist() == [cap * 100]


def test_canada_pays_85_percent_of_a_loss_and_charges_2_and_1_25_percent() -> None:
    columns = {"loan": ["100000"], "use": "real_property", "revenue": "1000000"}
    canada = book("ca-csbfp")
    assert borne(canada, "2022-07-04", [10_000_000], columns).parts.tolist() == [[1_500_000, 8_500_000]]
    found = evaluated(canada, "2022-07-04", columns)
    assert found.owed["upfront", "borrower"].tolist() == [200_000]
    assert found.owed["yearly", "lender"].tolist() == [125_000]


@pytest.mark.parametrize(
    ("day", "use", "loan", "kept"),
    [
        ("2014-03-31", "real_property", "500000", True),
        ("2014-03-31", "real_property", "500000.01", False),
        ("2022-07-03", "real_property", "1000000", True),
        ("2022-07-03", "equipment_or_leasehold", "350000.01", False),
        ("2022-07-04", "equipment_or_leasehold", "500000", True),
        ("2022-07-04", "equipment_or_leasehold", "500000.01", False),
        ("2022-07-04", "intangibles_or_working_capital", "150000.01", False),
        ("2022-07-04", "line_of_credit", "150000", True),
        ("2022-07-04", "line_of_credit", "150000.01", False),
    ],
)
def test_canadas_ceilings_by_use_and_day(day: str, use: str, loan: str, kept: bool) -> None:
    found = evaluated(book("ca-csbfp"), day, {"loan": [loan], "use": use, "revenue": "5000000"})
    assert found.admitted.tolist() == [kept]


# --- Germany ----------------------------------------------------------------------------------------------------------
def test_germany_shares_a_loss_of_100_as_20_28_31_2_and_20_8() -> None:
    """Western states: of the guarantee's 80 the federation takes 39 %, the state 26 %; together the published 52 %."""
    found = borne(book("de-buergschaftsbank"), "2024-01-01", [10_000], {"loan": ["100"]})
    assert dict(zip(found.parties, found.parts[0].tolist(), strict=True)) == {
        "bank": 2_000,
        "guarantee_bank": 2_800,
        "federal": 3_120,
        "state": 2_080,
    }


def test_germany_east_leaves_the_guarantee_bank_16() -> None:
    """48 % and 32 % of 80: 38.40 and 25.60."""
    found = borne(book("de-buergschaftsbank"), "2024-01-01", [10_000], {"loan": ["100"], "region": "east"})
    assert found.parts.tolist() == [[2_000, 1_600, 3_840, 2_560]]


@pytest.mark.parametrize(("loan", "fee"), [("24999", 20_000), ("25000", 20_000), ("25001", 20_001)])
def test_german_handling_fee_is_one_percent_of_the_guarantee_at_least_200_euro(loan: str, fee: int) -> None:
    """80 % of 25,000 is 20,000, one percent of it exactly 200; of 24,999: 199.99; of 25,001: 200.01 (200.008)."""
    found = evaluated(book("de-buergschaftsbank"), "2024-01-01", {"loan": [loan]})
    assert found.fees["handling_fee"].tolist() == [fee]


def test_bavaria_charged_its_fee_on_the_loan_and_more_for_working_capital() -> None:
    """100,000: 1,000 once; a year of 1.25 % on the 70 % that are covered: 875; for an investment 1 % of 80,000."""
    columns = {"loan": ["100000"] * 2, "bank": "bavaria", "purpose": ["working_capital", "investment"]}
    found = evaluated(book("de-buergschaftsbank"), "2024-01-01", columns)
    assert found.owed["upfront", "borrower"].tolist() == [100_000, 100_000]
    assert found.fees["commission"].tolist() == [87_500, 80_000]


# --- Malaysia ---------------------------------------------------------------------------------------------------------
MALAYSIA = {"ip_value": "5000000", "term_months": "60", "local_equity": "0.51"}


def test_malaysia_guarantees_half_for_half_a_percent() -> None:
    """4 million financed: 2 million covered, 10,000 fee."""
    found = evaluated(book("my-ipfs"), "2013-01-01", {"loan": ["4000000"], **MALAYSIA})
    assert found.guaranteed.tolist() == [200_000_000]
    assert found.fees["administration_fee"].tolist() == [1_000_000]


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"loan": "4000000"}, True),  # 80 % of a value of 5 million
        ({"loan": "4000000.01"}, False),
        ({"loan": "10000000", "ip_value": "20000000"}, True),  # the lesser of 10 and 16 million
        ({"loan": "10000000.01", "ip_value": "20000000"}, False),
        ({"term_months": "61"}, False),
        ({"moratorium_months": "12"}, True),
        ({"moratorium_months": "13"}, False),
        ({"local_equity": "0.509999"}, False),
        ({"scheme_guaranteed": "200000000"}, True),
        ({"scheme_guaranteed": "200000000.01"}, False),
    ],
)
def test_malaysia_on_both_sides_of_its_limits(changed: dict[str, str], kept: bool) -> None:
    columns = {"loan": "4000000", **MALAYSIA, **changed}
    found = evaluated(book("my-ipfs"), "2017-12-31", {name: [text] for name, text in columns.items()})
    assert found.admitted.tolist() == [kept]


def test_malaysias_scheme_closed_at_the_end_of_2017() -> None:
    with pytest.raises(NotInForce, match="add a value to the book"):
        evaluated(book("my-ipfs"), "2018-01-01", {"loan": ["4000000"], **MALAYSIA})


# --- Korea ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("growth", "years", "ppm"),
    [
        ("group_1", "10", 750_000),
        ("group_1", "11", 700_000),
        ("group_2", "10", 800_000),
        ("group_2", "11", 750_000),
        ("group_3", "10", 850_000),
        ("group_3", "11", 800_000),
    ],
)
def test_kodit_covers_by_growth_class_and_years_of_use(growth: str, years: str, ppm: int) -> None:
    columns = {"loan": ["1000000"], "growth_class": growth, "guarantee_years": years, "rating_rate": "0.01"}
    assert evaluated(book("kr-kodit"), "2024-01-01", columns).coverage.tolist() == [ppm]


def test_kodit_bonds_are_covered_in_full_and_large_enterprises_pay_half_a_point_more() -> None:
    """100 million won: covered 100 %; at a rating of 1.2 % a year 1,200,000, large 1,700,000."""
    columns = {
        "loan": ["100000000"] * 2,
        "growth_class": "group_1",
        "guarantee_years": "1",
        "full_cover": "yes",
        "rating_rate": "0.012",
        "large_enterprise": ["no", "yes"],
    }
    found = evaluated(book("kr-kodit"), "2024-01-01", columns)
    assert found.coverage.tolist() == [1_000_000, 1_000_000]
    assert found.fees["guarantee_fee"].tolist() == [1_200_000, 1_700_000]


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"rating_rate": "0.005"}, True),
        ({"rating_rate": "0.004999"}, False),
        ({"rating_rate": "0.03"}, True),
        ({"rating_rate": "0.030001"}, False),
        ({"group_guaranteed": "3000000000"}, True),
        ({"group_guaranteed": "3000000001"}, False),
        ({"group_guaranteed": "7000000000", "designated": "yes"}, True),
        ({"group_guaranteed": "7000000001", "designated": "yes"}, False),
    ],
)
def test_kodit_on_both_sides_of_its_limits(changed: dict[str, str], kept: bool) -> None:
    columns = {
        "loan": "100000000",
        "growth_class": "group_1",
        "guarantee_years": "1",
        "rating_rate": "0.01",
        **changed,
    }
    found = evaluated(book("kr-kodit"), "2024-01-01", {name: [text] for name, text in columns.items()})
    assert found.admitted.tolist() == [kept]


@pytest.mark.parametrize(
    ("grade", "kind", "billions"),
    [
        ("AAA", "base", 3),
        ("AAA", "technology_intensive", 5),
        ("AAA", "fixed_assets", 7),
        ("A", "export", 6),
        ("BB", "technology_intensive", 4),
        ("CCC", "base", 1),
        ("D", "fixed_assets", 0),
    ],
)
def test_the_technology_fund_takes_the_lesser_of_grade_and_kind(grade: str, kind: str, billions: int) -> None:
    found = evaluated(book("kr-technology"), "2024-01-01", {"loan": ["0"], "grade": grade, "kind": kind})
    assert found.headroom.tolist() == [billions * 10**9]


# --- European Union ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rating", "collateral", "large", "year", "basis_points"),
    [
        ("BBB", "normal", "no", "1", 60),  # 80 × 0.75
        ("BBB", "normal", "no", "2", 60),
        ("BBB", "normal", "no", "3", 80),
        ("BB", "low", "yes", "2", 170),  # 200 × 0.85
        ("CCC", "low", "yes", "3", 980),
        ("AAA", "high", "no", "3", 40),
    ],
)
def test_the_premium_grid_with_its_discount_of_the_first_two_years(
    rating: str, collateral: str, large: str, year: str, basis_points: int
) -> None:
    columns = {
        "loan": ["1000000"],
        "rating": rating,
        "collateral": collateral,
        "large": large,
        "year_of_guarantee": year,
    }
    fee = evaluated(book("eu-premium-grid"), "2010-12-31", columns).fees["premium"]
    assert fee.tolist() == [90_000_000 * basis_points // 10_000]


def test_the_premium_discount_ends_with_2010_and_the_grid_does_not() -> None:
    columns = {"loan": ["1000000"], "rating": "BBB", "collateral": "normal"}
    assert evaluated(book("eu-premium-grid"), "2010-12-31", columns).fees["premium"].tolist() == [540_000]
    assert evaluated(book("eu-premium-grid"), "2011-01-01", columns).fees["premium"].tolist() == [720_000]


def test_a_batch_over_several_periods_answers_as_its_rows_do() -> None:
    grid = book("eu-premium-grid")
    columns = {"loan": ["1000000"] * 4, "rating": ["BBB", "BB", "B", "CCC"], "collateral": "low"}
    ordinals = days("2010-12-30", 4) + np.arange(4)
    together = evaluate(grid, facts(grid, columns), ordinals).fees["premium"]
    for row in range(4):
        alone = {name: texts if isinstance(texts, str) else [texts[row]] for name, texts in columns.items()}
        assert evaluate(grid, facts(grid, alone), ordinals[row : row + 1]).fees["premium"][0] == together[row]
