"""银担“总对总”批量担保: its published fee formulas, its ceilings, and its decisions."""

from __future__ import annotations

import dataclasses

import pytest

from products.columns import MET, NOT_MET
from products.cover import reguarantee_fee
from products.fees import fee_for_days
from products.kernel import Offering
from products.programmes.cn_batch_2023 import PROGRAMME
from tests.products.builders import ON, decisions, ints, offering, outcomes, wan

TERMS = PROGRAMME.book.at(ON)
UNDER_BATCH = Offering(offering().product, PROGRAMME)
WAN = 1_000_000


def test_fees_by_the_day_are_exact_to_the_fen() -> None:
    """3,000,000 × 1 % × 180/365 = 14,794.5205…; with 0.3 % of a fifth: 887.671…"""
    assert fee_for_days(ints(300 * WAN), ints(10_000), ints(180), TERMS).tolist() == [1_479_452]
    assert fee_for_days(ints(60 * WAN), ints(3_000), ints(180), TERMS).tolist() == [88_767]


def test_a_programme_that_counts_no_days_cannot_charge_by_them() -> None:
    silent = dataclasses.replace(TERMS, fee_days_in_year=None)
    with pytest.raises(ValueError, match="gives no fee_days_in_year; add it to the book"):
        fee_for_days(ints(100), ints(10_000), ints(30), silent)


def test_the_reguarantee_fee_has_one_rate_on_both_sides_of_five_million() -> None:
    rate, fee = reguarantee_fee(ints(500, 501) * WAN, ints(400, 400) * WAN, ints(100, 100) * WAN, TERMS)
    assert rate.tolist() == [3_000, 3_000]
    assert fee.tolist() == [300_000, 300_000]


def test_small_firms_without_a_title_are_admitted_and_medium_ones_are_not() -> None:
    """工业: 299 employees is small, 300 is medium."""
    made = decisions(
        *({"titles": [], "enterprise.employees": employees} for employees in (299, 300)), under=UNDER_BATCH
    )
    names = [rule.name for rule in UNDER_BATCH.rules]
    assert made.answers[names.index("is_of_an_admitted_size")].tolist() == [MET, NOT_MET]
    assert outcomes(made) == ["approve", "decline"]


@pytest.mark.parametrize(("amount", "met"), [("10000000.00", MET), ("10000000.01", NOT_MET)])
def test_ten_million_is_the_most_per_client(amount: str, met: int) -> None:
    made = decisions({"request.amount": amount}, under=UNDER_BATCH)
    names = [rule.name for rule in UNDER_BATCH.rules]
    assert made.answers[names.index("amount_is_within_the_enterprise_cap")].tolist() == [met]


def test_the_bank_keeps_a_fifth_and_the_fund_takes_a_fifth() -> None:
    made = decisions({"request.amount": wan(100)}, under=UNDER_BATCH)
    shares = made.parts[0].case.shares.fen[0].tolist()
    assert sum(shares) == made.considered[0]
    assert shares[0] * 5 == made.considered[0]
    assert shares[3] * 5 == made.considered[0]


def test_the_bank_must_not_shift_its_share_and_takes_no_security() -> None:
    names = {condition.name for condition in PROGRAMME.conditions}
    assert {"bank_does_not_shift_its_share", "no_collateral_is_taken"} < names
