"""What realised outcomes mean for loans on other terms: every figure here was worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from products.applicant.layout import to_days
from products.columns import MISSING, Ints
from products.trials.consequences import Consequences, Loans, after_cession, consequences
from products.trials.realised import Realised
from products.vocabulary import PARTIES

START = to_days(date(2025, 1, 1))
YEAR = 365
END = START + 10 * YEAR
TIER_1 = (200_000, 200_000, 200_000, 400_000, 0)
"""Bank 20 %, guarantor 20 %, province 20 %, fund 40 %: the first class of 财金〔2024〕60号 at its limits."""


def _ints(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def loan(amount: int, *, shares: tuple[int, ...] = TIER_1, days: int = YEAR, **figures: int) -> Loans:
    """One loan of ``amount`` fen released on 1 January 2025, by default at 4 % with a running cost of 3 %."""
    given: dict[str, Any] = {"loan_rate": 40_000, "running_rate": 30_000, "interest": 0, "fee": 0, **figures}
    columns = {name: _ints(value) for name, value in given.items()}
    return Loans(
        amount=_ints(amount),
        shares=np.array([shares], dtype=np.int64),
        released=_ints(START),
        matures=_ints(START + days),
        **columns,
    )


def outcome(lent: int, loss: int = 0, recovered: int = 0, *, after: int | None = None) -> Realised:
    """What became of one loan: its loss, what of it was recovered, and after how many days it defaulted."""
    defaulted = loss > 0
    day = MISSING if after is None else START + after
    return Realised(
        known=np.array([True]),
        defaulted=np.array([defaulted]),
        default_day=_ints(day),
        lent=_ints(lent),
        loss=_ints(loss),
        recovered=_ints(recovered),
    )


def parts(came: Ints) -> dict[str, int]:
    """Fen by party, without those who have none."""
    return {party: int(part[0]) for party, part in zip(PARTIES, came, strict=True) if part[0]}


def test_a_loss_runs_over_bank_guarantor_province_and_fund_and_recoveries_flow_back() -> None:
    # 100 yuan lost of 1,000: 20, 20, 20 and 40 yuan; 30 recovered go back 6, 6, 6 and 12.
    came = consequences(loan(100_000), outcome(100_000, 10_000, 3_000, after=100), until=END)
    assert parts(came.borne) == {"bank": 2_000, "guarantor": 2_000, "province": 2_000, "fund": 4_000}
    assert parts(came.returned) == {"bank": 600, "guarantor": 600, "province": 600, "fund": 1_200}
    assert int(came.compensation[0]) == 8_000
    assert int(came.bank_loss[0]) == 1_400


def test_the_guarantor_takes_the_odd_fen_both_ways() -> None:
    # 101 fen at 20/25/20/35: 20, 20 and 35 rounded down from 20.2, 20.2 and 35.35; the guarantor has 26 for 25.25.
    shares = (200_000, 250_000, 200_000, 350_000, 0)
    came = consequences(loan(101, shares=shares), outcome(101, 101, 7, after=1), until=END)
    assert parts(came.borne) == {"bank": 20, "guarantor": 26, "province": 20, "fund": 35}
    # 7 fen back by 20:26:20:35 of 101 are 1.39, 1.80, 1.39 and 2.43; the 2 left over go to the guarantor.
    assert parts(came.returned) == {"bank": 1, "guarantor": 3, "province": 1, "fund": 2}


def test_a_province_that_cedes_half_leaves_the_fund_with_it() -> None:
    # Hubei: province 40 %, guarantor 20 %, bank 20 %, local government 20 %; half of the province's part to the fund.
    ppm = np.array([(200_000, 200_000, 400_000, 0, 200_000)], dtype=np.int64)
    shares = after_cession(ppm, _ints(200_000))
    assert shares.tolist() == [[200_000, 200_000, 200_000, 200_000, 200_000]]
    came = consequences(loan(2_000, shares=tuple(shares[0].tolist())), outcome(2_000, 2_000, after=9), until=END)
    assert parts(came.borne) == {
        "bank": 400,
        "guarantor": 400,
        "province": 400,
        "fund": 400,
        "local_government": 400,
    }


def test_another_amount_than_was_lent_loses_in_proportion() -> None:
    # Half of 2,000 yuan was lost and a tenth of that came back; of 1,500 yuan 750 are lost and 75 come back.
    came = consequences(loan(150_000), outcome(200_000, 100_000, 10_000, after=10), until=END)
    assert (int(came.loss[0]), int(came.recovered[0])) == (75_000, 7_500)
    # 1 fen of 3 on 2 is 0.67 fen: rounded half up to 1.
    assert int(consequences(loan(2), outcome(3, 1, after=1), until=END).loss[0]) == 1


def test_the_bank_earns_interest_less_running_cost_less_its_loss_for_the_days_the_loan_stood() -> None:
    # 4,000 yuan of interest over 365 days, defaulted after 73: 800 earned, of which 3/4 go for a running cost of 3 %.
    lent = loan(10_000_000, interest=400_000, fee=73_000)
    came = consequences(lent, outcome(10_000_000, 100_000, 50_000, after=73), until=END)
    assert (int(came.days[0]), int(came.interest[0]), int(came.running_cost[0])) == (73, 80_000, 60_000)
    assert int(came.fees[0]) == 14_600
    # The bank bears 200 of 1,000 yuan and gets 100 back: 800 - 600 - 100.
    assert int(came.bank_return[0]) == 10_000


@pytest.mark.parametrize(
    ("after", "until", "stood"),
    [(None, END, YEAR), (None, START + 100, 100), (30, END, 30), (30, START + 20, 20), (500, END, YEAR)],
)
def test_a_loan_stands_until_it_matures_defaults_or_the_observation_ends(
    after: int | None, until: int, stood: int
) -> None:
    came: Consequences = consequences(loan(100), outcome(100, 50, after=after), until=until)
    assert int(came.days[0]) == stood


def test_no_loss_and_a_total_loss_close_to_the_fen() -> None:
    came = consequences(loan(99_999), outcome(99_999), until=END)
    assert (parts(came.borne), int(came.compensation[0])) == ({}, 0)
    came = consequences(loan(99_999), outcome(99_999, 99_999, 99_999, after=3), until=END)
    assert came.borne.sum() == came.returned.sum() == 99_999
    assert int(came.bank_loss[0]) == 0
