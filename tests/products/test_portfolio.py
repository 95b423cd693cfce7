"""The portfolio against its programme: average fee, small-business shares, loss rate, on both sides of their limits."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.guarantee.provisions import Condition, Measure
from products.portfolio import (
    GuaranteedLoans,
    LossRecord,
    Measured,
    annualised,
    conditions_of,
    guaranteed_loans,
    portfolio_view,
)
from products.programmes.cn_batch_2023 import PROGRAMME as BATCH
from products.terms import ProgrammeTerms
from tests.products.builders import ON, catalogue, decisions, ints, offering, wan
from tests.products.rule_books import provision, trial

WAN = 1_000_000
"""Fen in 万元."""


def terms(slug: str, day: date = ON) -> ProgrammeTerms:
    found: ProgrammeTerms = catalogue().programmes[slug].book.at(day)
    return found


def loans(*rows: tuple[int, int, bool, int]) -> GuaranteedLoans:
    """Loans as client, amount in 万元, small business, fee rate in ppm; the bank bears a fifth."""
    client, amount, small, rate = zip(*rows, strict=True)
    fen = ints(*amount) * WAN
    return GuaranteedLoans(
        client=ints(*client),
        amount=fen,
        small_business=np.array(small),
        fee=fen * ints(*rate) // 1_000_000,
        charged_on=fen,
        parties=("bank", "guarantor"),
        parts=np.stack([fen // 5, fen - fen // 5], axis=1),
    )


def measured(of: GuaranteedLoans, measure: Measure, slug: str = "cn-scitech-2024", **more: LossRecord) -> Measured:
    view = portfolio_view(of, conditions_of(terms(slug)), **more)
    (found,) = [one for one in view.measured if one.measure is measure]
    return found


RECORD = LossRecord(compensation=int(2.5 * WAN), principal=ints(100, 60) * WAN, days=ints(365, 182))


def test_loss_rate_of_the_batch_product_is_2_4054_percent() -> None:
    """25,000 yuan paid on a million for 365 days and 600,000 for 182: 25,000 / (1,299,178.08 × 80 %)."""
    assert round(float(annualised(RECORD, 365)) / WAN, 3) == 129.918
    found = measured(loans((1, 160, True, 10_000)), Measure.LOSS_RATE, "cn-batch-2023", losses=RECORD)
    assert found.value is not None
    assert round(float(found.value) * 100, 4) == 2.4054
    assert found.kept is True
    assert (found.room + RECORD.compensation) // 1_000 == 3_118_027 // 1_000  # 3 % of 103.934 is 3.118 万元


def test_the_ceiling_on_the_loss_rate_is_3_percent_for_the_batch_product_and_5_for_scitech() -> None:
    """Five percent of 103.934 is 5.197 万元: 51,967.12 yuan is kept, a fen more is not."""
    for slug, most in (("cn-batch-2023", 3_118_027), ("cn-scitech-2024", 5_196_712)):
        for compensation, kept in ((most, True), (most + 1, False)):
            record = LossRecord(compensation, RECORD.principal, RECORD.days)
            found = measured(loans((1, 160, True, 0)), Measure.LOSS_RATE, slug, losses=record)
            assert found.kept is kept
            assert found.room == most - compensation


def test_before_2024_07_24_the_loss_rate_was_capped_at_4_percent() -> None:
    caps = [
        next(one for one in conditions_of(terms("cn-scitech-2024", date(2024, 7, day))) if one.measure == "loss_rate")
        for day in (23, 24)
    ]
    assert [one.at_most for one in caps] == [40_000, 50_000]


def test_without_a_loss_record_there_is_no_loss_rate() -> None:
    found = measured(loans((1, 100, True, 10_000)), Measure.LOSS_RATE)
    assert (found.value, found.kept) == (None, None)


def test_average_fee_is_weighed_by_what_it_is_charged_on_and_may_reach_one_percent() -> None:
    """300 at 0.5 % and 100 at 2.5 %: 4 on 400 is 1 %; a hundredth of a basis point more is over."""
    at = measured(loans((1, 300, True, 5_000), (2, 100, True, 25_000)), Measure.AVERAGE_FEE)
    assert (at.value, at.kept, at.room) == (Fraction(1, 100), True, 0)
    over = measured(loans((1, 300, True, 5_000), (2, 100, True, 25_001)), Measure.AVERAGE_FEE)
    assert over.kept is False
    assert over.room == -100  # 100 万元 × 1 ppm = one yuan


@pytest.mark.parametrize(("small", "kept", "room"), [(80, True, 0), (79, False, -WAN), (81, True, WAN)])
def test_small_business_is_at_least_80_percent_of_the_amount(small: int, kept: bool, room: int) -> None:
    of = loans((1, small, True, 0), (2, 100 - small, False, 0))
    found = measured(of, Measure.SMALL_BUSINESS_SHARE)
    assert (found.kept, found.room) == (kept, room)


def test_half_of_small_business_is_in_tickets_of_up_to_five_million_per_client() -> None:
    """500 万 is a small ticket, 501 is not, and 300 + 201 of one client are not either; medium firms do not count."""
    for rows, share in (
        (((1, 500, True, 0), (2, 500, True, 0)), Fraction(1)),
        (((1, 500, True, 0), (2, 501, True, 0)), Fraction(500, 1001)),
        (((1, 300, True, 0), (1, 201, True, 0), (2, 501, True, 0)), Fraction(0)),
        (((1, 500, True, 0), (2, 500, False, 0)), Fraction(1)),
    ):
        assert measured(loans(*rows), Measure.SMALL_TICKET_SHARE).value == share
    assert measured(loans((1, 500, True, 0), (2, 500 + 1, True, 0)), Measure.SMALL_TICKET_SHARE).kept is False


def test_a_portfolio_without_loans_breaks_nothing() -> None:
    empty = GuaranteedLoans(
        ints(), ints(), np.array([], dtype=np.bool_), ints(), ints(), ("bank",), np.zeros((0, 1), dtype=np.int64)
    )
    view = portfolio_view(empty, conditions_of(terms("cn-scitech-2024")))
    assert view.kept
    assert view.exposure == (("bank", 0),)


def test_approved_decisions_become_a_portfolio_and_others_do_not() -> None:
    """1,000,000 and 3,000,000 to a small tier-1 firm: bank 20, guarantor 20, province 20, fund 40 %."""
    made = decisions({}, {"request.amount": wan(300)}, {"credit.overdue_now": True})
    found = guaranteed_loans(made)
    assert found.amount.tolist() == [100 * WAN, 300 * WAN]
    assert found.small_business.tolist() == [True, True]
    view = portfolio_view(found, conditions_of(terms("cn-scitech-2024")))
    assert view.exposure == (
        ("bank", 80 * WAN),
        ("guarantor", 80 * WAN),
        ("province", 80 * WAN),
        ("fund", 160 * WAN),
        ("local_government", 0),
    )


def test_clients_with_several_decisions_are_counted_by_the_callers_numbers() -> None:
    made = decisions({}, {"request.amount": wan(300)})
    assert guaranteed_loans(made, client=ints(7, 7)).client.tolist() == [7, 7]
    assert guaranteed_loans(made).client.tolist() == [0, 1]


def test_what_the_province_cedes_is_the_funds_exposure() -> None:
    """Hubei on 1,000,000: the province's 40 %, half of it ceded; bank, guarantor and local government 20 % each."""
    made = decisions({"enterprise.region": "420100"}, under=offering("innovation-credit", "hubei-kuaidai"))
    view = portfolio_view(guaranteed_loans(made), ())
    assert [amount for _, amount in view.exposure] == [20 * WAN] * 5


def test_medium_firms_do_not_count_as_small_business() -> None:
    """工业: 299 employees is small, 300 with this revenue is medium."""
    made = decisions({"enterprise.employees": 299}, {"enterprise.employees": 300})
    assert guaranteed_loans(made).small_business.tolist() == [True, False]


def test_a_rule_books_own_conditions_are_measured_the_same_way() -> None:
    book = trial(
        provision("average", "condition", '{measure: average_fee, at_most: "0.01"}'),
        provision("loss", "condition", '{measure: loss_rate, at_most: "0.03", liability: "0.8", days_in_year: "365"}'),
    )
    conditions = tuple(book.at(date(2026, 1, 1)).conditions.values())
    assert conditions == (
        Condition(Measure.AVERAGE_FEE, None, 10_000),
        Condition(Measure.LOSS_RATE, None, 30_000, liability=800_000, days_in_year=365),
    )
    view = portfolio_view(loans((1, 100, True, 10_000)), conditions, losses=RECORD)
    assert [one.kept for one in view.measured] == [True, True]


def test_the_batch_programme_measures_small_tickets_from_2025_03_01() -> None:
    for day, measures in ((date(2025, 2, 28), 3), (date(2025, 3, 1), 4)):
        assert len(conditions_of(BATCH.book.at(day))) == measures


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3000), st.booleans(), st.integers(0, 30_000)), min_size=1))
def test_exposures_add_up_and_shares_stay_between_0_and_1(rows: list[tuple[int, int, bool, int]]) -> None:
    view = portfolio_view(loans(*rows), conditions_of(terms("cn-scitech-2024")))
    assert sum(amount for _, amount in view.exposure) == view.amount
    for one in view.measured:
        assert one.value is None or 0 <= one.value <= 1
        assert one.kept is None or one.kept == (one.room >= 0)
