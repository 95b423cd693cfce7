"""US SBA 7(a): fees published for single loans, the notices on both sides of their days, bands and tiers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from products.columns import Ints
from products.guarantee.evaluation import Evaluated, evaluate
from products.parameters import NotInForce
from tests.products.rule_books import book, days, evaluated, facts

SBA = book("us-sba-7a")


def on(day: str, loans: Sequence[str], *, months: str = "120", **more: str) -> Evaluated:
    groups = [str(number) for number in range(len(loans))]
    return evaluated(SBA, day, {"loan": loans, "maturity_months": months, "borrower_group": groups, **more})


def cents(amounts: Sequence[str]) -> list[int]:
    return [round(float(text) * 100) for text in amounts]


# Computed from the texts of the notices: guaranteed portion, then the fee of fiscal years 2024, 2025 until 26 March,
# and 2025 from 27 March (as in 2026); dollars.
FROM_THE_NOTICES = [
    ("100000", "85000.00", "0.00", "0.00", "1700.00"),
    ("150000", "127500.00", "0.00", "0.00", "2550.00"),
    ("150001", "112500.75", "0.00", "0.00", "3375.02"),
    ("1000000", "750000.00", "0.00", "0.00", "26250.00"),
    ("1000001", "750000.75", "10875.01", "26250.03", "26250.03"),
    ("5000000", "3750000.00", "138125.00", "138125.00", "138125.00"),
]


@pytest.mark.parametrize(
    ("day", "column"),
    [
        ("2023-10-01", 2),
        ("2024-09-30", 2),
        ("2024-10-01", 3),
        ("2025-03-26", 3),
        ("2025-03-27", 4),
        ("2025-09-30", 4),
        ("2025-10-01", 4),
        ("2026-09-30", 4),
    ],
)
def test_the_upfront_fee_of_every_notice_on_its_first_and_last_day(day: str, column: int) -> None:
    found = on(day, [row[0] for row in FROM_THE_NOTICES])
    assert found.guaranteed.tolist() == cents([row[1] for row in FROM_THE_NOTICES])
    assert found.fees["upfront_fee"].tolist() == cents([row[column] for row in FROM_THE_NOTICES])


def test_the_fee_as_a_share_of_the_loan_is_1_7_and_2_25_percent() -> None:
    """2 % × 85 % and 3 % × 75 %, the effective rates that lenders quote."""
    fees = on("2025-04-01", ["100000", "400000"]).fees["upfront_fee"]
    assert fees.tolist() == [170_000, 900_000]


def test_tiers_change_one_cent_above_their_limit() -> None:
    """700,000: 3 % of 525,000 = 15,750.00. A cent more: 525,000.00 guaranteed (rounded down), 3.5 % = 18,375.00."""
    found = on("2025-04-01", ["700000", "700000.01"])
    assert found.guaranteed.tolist() == [52_500_000, 52_500_000]
    assert found.fees["upfront_fee"].tolist() == [1_575_000, 1_837_500]


def test_fiscal_2024_has_a_middle_tier_up_to_two_million() -> None:
    """2,000,000: 1.45 % of the first million and 1.70 % of 500,000 = 14,500 + 8,500. A dollar more: 3.5 % and 3.75 %
    of 1,500,000.75 = 35,000 + 18,750.03."""
    fees = on("2024-01-01", ["2000000", "2000001"]).fees["upfront_fee"]
    assert fees.tolist() == [2_300_000, 5_375_003]


def test_the_marginal_break_is_at_a_million_guaranteed_not_lent() -> None:
    """1,333,333.33 lent is 999,999.99 guaranteed (down to the cent): 3.5 % throughout, 34,999.99965, so 35,000.00.
    1,400,000: 35,000 and 3.75 % of 50,000."""
    found = on("2025-04-01", ["1333333.33", "1400000"])
    assert found.guaranteed.tolist() == [99_999_999, 105_000_000]
    assert found.fees["upfront_fee"].tolist() == [3_500_000, 3_687_500]


def test_loans_of_a_year_or_less_pay_a_quarter_percent() -> None:
    """0.25 % of 750,000 and of 85,000; one month more: 3.5 % and 2 %."""
    short = on("2025-04-01", ["1000000", "100000"], months="12")
    longer = on("2025-04-01", ["1000000", "100000"], months="13")
    assert short.fees["upfront_fee"].tolist() == [187_500, 21_250]
    assert longer.fees["upfront_fee"].tolist() == [2_625_000, 170_000]


def test_short_loans_of_fiscal_2024_pay_only_above_a_million() -> None:
    """0 on 1,000,000; 0.25 % of 1,500,000 on 2,000,000."""
    assert on("2024-01-01", ["1000000", "2000000"], months="12").fees["upfront_fee"].tolist() == [0, 375_000]


def test_guaranteed_amount_falls_where_the_cover_drops_from_85_to_75_percent() -> None:
    found = on("2025-04-01", ["150000", "150000.01"])
    assert found.coverage.tolist() == [850_000, 750_000]
    assert found.guaranteed.tolist() == [12_750_000, 11_250_000]


def test_manufacturers_pay_nothing_up_to_950_000_in_fiscal_2026() -> None:
    """950,000.01 × 75 % = 712,500.00; 3.5 % = 24,937.50."""
    fees = on("2025-10-01", ["950000", "950000.01"], manufacturer="yes").fees["upfront_fee"]
    assert fees.tolist() == [0, 2_493_750]
    revolver = on("2025-10-01", ["950000"], manufacturer="yes", manufacturers_revolver="yes")
    assert revolver.fees["upfront_fee"].tolist() == [2_493_750]
    before = on("2025-09-30", ["950000"], manufacturer="yes")
    assert before.fees["upfront_fee"].tolist() == [2_493_750]


def test_the_yearly_fee_is_the_lenders_and_had_tiers_until_march_2025() -> None:
    """0 at 500,000; 0.17 % of 375,000.75 at 500,001; 0.17 % of 750,000; 0.55 % of 750,000.75."""
    loans = ["500000", "500001", "1000000", "1000001"]
    assert on("2025-03-26", loans).fees["yearly_fee"].tolist() == [0, 63_750, 127_500, 412_500]
    assert on("2025-03-27", loans).fees["yearly_fee"].tolist() == [206_250, 206_250, 412_500, 412_500]
    found = on("2025-03-26", loans)
    assert found.owed["yearly", "lender"].tolist() == found.fees["yearly_fee"].tolist()
    assert found.owed["upfront", "borrower"].tolist() == found.fees["upfront_fee"].tolist()


def test_two_loans_within_90_days_count_as_one() -> None:
    """100,000 and 100,000 of one borrower: the second makes 200,000 together, so 75 % and the 3 % tier: 2,250.00."""
    columns = {"loan": ["100000"] * 3, "maturity_months": "120", "borrower_group": ["7", "7", "8"]}
    start = days("2025-04-01", 3)
    near = _with_days(columns, start + np.array([0, 90, 90]))
    assert near.coverage.tolist() == [850_000, 750_000, 850_000]
    assert near.fees["upfront_fee"].tolist() == [170_000, 225_000, 170_000]
    far = _with_days(columns, start + np.array([0, 91, 91]))
    assert far.fees["upfront_fee"].tolist() == [170_000, 170_000, 170_000]


def test_the_second_loans_slice_starts_where_the_first_ended() -> None:
    """1,200,000 and 1,200,000: 900,000 guaranteed each. The first: 3.5 % of 900,000 = 31,500. The second slices 900,000
    to 1,800,000: 3.5 % of 100,000 and 3.75 % of 800,000 = 3,500 + 30,000."""
    columns = {"loan": ["1200000", "1200000"], "maturity_months": "120", "borrower_group": "1"}
    found = _with_days(columns, days("2025-04-01", 2) + np.array([0, 30]))
    assert found.fees["upfront_fee"].tolist() == [3_150_000, 3_350_000]


def _with_days(columns: dict[str, str | list[str]], ordinals: Ints) -> Evaluated:
    return evaluate(SBA, facts(SBA, columns), ordinals)


def test_ceilings_leave_nothing_above_five_million_and_three_and_three_quarters_guaranteed() -> None:
    found = on("2025-04-01", ["5000000", "5000000.01"], exposure="3750000")
    assert found.admitted.tolist() == [True, False]
    assert found.cap_left["largest_loan"].tolist() == [0, -1]
    assert on("2025-04-01", ["100000"], exposure="3750000.01").admitted.tolist() == [False]


@pytest.mark.parametrize("day", ["2019-12-20", "2026-10-01"])
def test_days_without_a_notice_are_refused_not_taken_as_free(day: str) -> None:
    with pytest.raises(NotInForce, match=rf"us-sba-7a has no value of upfront_fee on {day}"):
        on(day, ["100000"])


def test_the_book_says_itself_which_notices_it_lacks() -> None:
    assert {(gap.provision, str(gap.since), str(gap.until)) for gap in SBA.gaps} == {
        ("upfront_fee", "2011-01-01", "2019-12-21"),
        ("yearly_fee", "2011-01-01", "2019-12-21"),
    }


@pytest.mark.parametrize(
    ("day", "guaranteed", "upfront", "yearly"),
    [  # loans of 350,000, 500,000 and 600,000; dollars
        ("2020-10-01", (262_500, 375_000, 450_000), (7_875, 11_250, 13_500), (1_443.75, 2_062.50, 2_475)),
        ("2020-12-26", (262_500, 375_000, 450_000), (7_875, 11_250, 13_500), (1_443.75, 2_062.50, 2_475)),
        ("2020-12-27", (315_000, 450_000, 540_000), (0, 0, 0), (0, 0, 0)),
        ("2021-09-30", (315_000, 450_000, 540_000), (0, 0, 0), (0, 0, 0)),
        ("2021-10-01", (262_500, 375_000, 450_000), (0, 11_250, 13_500), (0, 2_062.50, 2_475)),
        ("2022-10-01", (262_500, 375_000, 450_000), (0, 0, 13_500), (0, 0, 2_475)),
        ("2023-09-30", (262_500, 375_000, 450_000), (0, 0, 13_500), (0, 0, 2_475)),
    ],
)
def test_fiscal_years_2021_to_2023_with_relief_and_without(
    day: str, guaranteed: tuple[int, ...], upfront: tuple[int, ...], yearly: tuple[float, ...]
) -> None:
    """75 %, 90 % under the Economic Aid Act; 3 % of the guaranteed part once, .55 % a year, none below the limit."""
    found = on(day, ["350000", "500000", "600000"])
    assert (found.guaranteed / 100).tolist() == list(guaranteed)
    assert (found.fees["upfront_fee"] / 100).tolist() == list(upfront)
    assert (found.fees["yearly_fee"] / 100).tolist() == list(yearly)


def test_what_rests_on_no_notice_is_flagged() -> None:
    flagged = {(one.provision, str(one.since)) for one in SBA.unverified_values()}
    days = ("2020-10-01", "2020-12-27", "2021-10-01", "2022-10-01")
    assert {(name, day) for name in ("upfront_fee", "yearly_fee") for day in days} <= flagged
    assert ("coverage", "2020-12-27") in flagged
