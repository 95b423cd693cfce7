"""Who bears which share, exact to the fen: the vectors of the programmes and deliberately wrong arrangements."""

from __future__ import annotations

import dataclasses
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.case import Standing
from products.columns import always
from products.cover import arrange
from products.explaining.answer import Party
from products.money import ONE
from products.programmes.national_fund import fund_bears_no_more_than_its_tier, province_bears_its_floor
from products.terms import ProgrammeTerms
from products.vocabulary import PARTIES, TIERS
from tests.products.builders import (
    amended,
    case_of,
    catalogue,
    column,
    decided,
    ints,
    objections,
    offering,
    shares,
    wan,
)

TITLE_OF_TIER = {1: "little_giant", 2: "hnte", 3: "tech_sme"}


def titled(kind: str, **request: object) -> dict[str, object]:
    return {
        "titles": [{"kind": kind, "valid_from": "2016-07-01", "valid_to": "2027-06-30"}],
        **{f"request.{name}": value for name, value in request.items()},
    }


# 财金〔2024〕60号, bank and province at their floors, fund at its cap; the fee on the fund's part, for a year, in yuan.
VECTORS = [
    (800, 1, 160, 320, 160, 160, "16000.00"),
    (500, 2, 100, 175, 100, 125, "5250.00"),
    (300, 3, 60, 90, 60, 90, "2700.00"),
    (3000, 1, 600, 1200, 600, 600, "60000.00"),
]


@pytest.mark.parametrize(("loan", "tier", "bank", "fund", "province", "direct", "fee"), VECTORS)
def test_the_programmes_vectors(  # the columns of the table above
    loan: int, tier: int, bank: int, fund: int, province: int, direct: int, fee: str
) -> None:
    decision = decided(titled(TITLE_OF_TIER[tier], amount=wan(loan)))
    assert decision.outcome == "approve"
    assert str(decision.amount.approved) == wan(loan)
    assert shares(decision) == {
        "bank": wan(bank),
        "guarantor": wan(direct),
        "province": wan(province),
        "fund": wan(fund),
    }
    assert decision.cover is not None
    assert (decision.cover.tier, str(decision.cover.reguarantee_fee)) == (f"tier_{tier}", fee)


def test_thirty_million_passes_and_a_fen_more_does_not() -> None:
    assert decided(titled("little_giant", amount="30000000.00")).outcome == "approve"
    over = decided(titled("little_giant", amount="30000000.01"))
    assert over.outcome == "decline"
    assert objections(over) == {"amount_is_within_the_enterprise_cap": "not_met"}


@pytest.mark.parametrize(
    ("amount", "rate", "fee"),
    [
        ("5000000.00", "0.0030", "5250.00"),  # fund 1750000.00 × 0.3 %
        ("5000100.00", "0.0050", "8750.18"),  # fund 1750035.00 × 0.5 % = 8750.175, half up
    ],
)
def test_the_reguarantee_fee_switches_above_five_million(amount: str, rate: str, fee: str) -> None:
    cover = decided(titled("hnte", amount=amount)).cover
    assert cover is not None
    assert (f"{cover.reguarantee_rate:f}", str(cover.reguarantee_fee)) == (rate, fee)


@pytest.mark.parametrize(
    ("base", "amount", "rate", "fee"),
    [
        (0, "6000000.00", "0.0050", "12000.00"),  # the loan is above; fund 2.4 million × 0.5 %
        (1, "6000000.00", "0.0030", "7200.00"),  # 80 % guaranteed is 4.8 million
        (1, "6250000.00", "0.0030", "7500.00"),  # guaranteed exactly 5 million; fund 2.5 million × 0.3 %
        (1, "6250100.00", "0.0050", "12500.20"),  # guaranteed 5000080.00; fund 2500040.00 × 0.5 %
    ],
)
def test_the_switch_looks_at_the_loan_or_at_the_guaranteed_part(base: int, amount: str, rate: str, fee: str) -> None:
    cover = decided(
        titled("little_giant", amount=amount), under=amended(offering(), programme={"reguarantee_switch_base": base})
    ).cover
    assert cover is not None
    assert (f"{cover.reguarantee_rate:f}", str(cover.reguarantee_fee)) == (rate, fee)


def test_the_reguarantee_fee_may_be_charged_on_the_whole_loan() -> None:
    on_loan = amended(offering(), programme={"reguarantee_fee_base": 1})
    cover = decided(titled("little_giant", amount="6000000.00"), under=on_loan).cover
    assert cover is not None
    assert str(cover.reguarantee_fee) == "30000.00"  # 6 million × 0.5 %


def test_without_a_share_of_the_fund_there_is_no_reguarantee_fee() -> None:
    cover = decided({"titles": []}).cover
    assert cover is not None
    assert (cover.tier, str(cover.reguarantee_rate), str(cover.reguarantee_fee)) == ("untitled", "0.0000", "0.00")
    assert {one.party for one in cover.parties} == {Party.BANK, Party.GUARANTOR, Party.PROVINCE}


def test_hubei_shares_are_nested_and_include_the_local_government() -> None:
    # 20 million: province 40 %, guarantor, bank and local government 20 % each; the fund takes half the province's part
    hubei = titled("little_giant", amount="20000000.00") | {"enterprise.region": "420100"}
    decision = decided(hubei, under=offering("innovation-credit", "hubei-kuaidai"))
    assert decision.outcome == "approve"
    assert shares(decision) == {
        "bank": "4000000.00",
        "guarantor": "4000000.00",
        "province": "8000000.00",
        "local_government": "4000000.00",
    }
    assert decision.cover is not None
    (ceded,) = decision.cover.ceded
    assert (ceded.ceded_by, ceded.taken_by, str(ceded.share), str(ceded.amount)) == (
        Party.PROVINCE,
        Party.FUND,
        "0.2000",
        "4000000.00",
    )
    assert str(decision.cover.reguarantee_fee) == "20000.00"  # 0.5 % of the 4 million that the fund takes over
    assert decision.fee is not None
    assert str(decision.fee.amount) == "80000.00"  # 20 million × 0.4 %


def test_the_predecessor_shares_twenty_percent_with_the_fund() -> None:
    day = date(2024, 7, 23)
    old = decided(titled("little_giant", amount="8000000.00", applied_on=day.isoformat()), on=day)
    assert shares(old) == {
        "bank": "1600000.00",
        "guarantor": "3200000.00",
        "province": "1600000.00",
        "fund": "1600000.00",
    }
    day = date(2024, 7, 24)
    new = decided(titled("little_giant", amount="8000000.00", applied_on=day.isoformat()), on=day)
    assert shares(new)["fund"] == "3200000.00"


def test_the_terms_are_those_of_the_day_of_application_not_of_the_decision() -> None:
    late = decided(titled("little_giant", amount="8000000.00", applied_on="2024-07-23"), on=date(2024, 7, 24))
    assert shares(late)["fund"] == "1600000.00"


@pytest.mark.parametrize(("amount", "outcome"), [("10000000.00", "approve"), ("10000000.01", "decline")])
def test_the_predecessor_stops_at_ten_million(amount: str, outcome: str) -> None:
    day = date(2024, 7, 23)
    assert decided(titled("little_giant", amount=amount, applied_on=day.isoformat()), on=day).outcome == outcome


@pytest.mark.parametrize(
    ("terms", "broken"),
    [
        ({"bank_share": 200_000, "province_share": 200_000}, set()),
        ({"bank_share": 199_999}, {"bank_retains_its_floor", "system_bears_no_more_than_its_cap"}),
        ({"bank_share": 150_000}, {"bank_retains_its_floor", "system_bears_no_more_than_its_cap"}),
        ({"province_share": 199_999}, {"province_bears_its_floor"}),
        ({"province_share": 150_000}, {"province_bears_its_floor"}),
    ],
)
def test_a_wrong_arrangement_is_declined_for_what_is_wrong(terms: dict[str, object], broken: set[str]) -> None:
    decision = decided(under=amended(offering(), product=terms))
    assert set(objections(decision)) == broken
    assert decision.outcome == ("decline" if broken else "approve")


@pytest.mark.parametrize(("floor", "cap", "broken"), [(150_000, 800_000, "system"), (200_000, 850_000, "bank")])
def test_the_banks_floor_and_the_systems_cap_are_two_limits(floor: int, cap: int, broken: str) -> None:
    # 15 % with the bank and 40 + 20 + 25 = 85 % with the system, under programmes that lack one of the two limits
    wrong = amended(
        offering(),
        product={"bank_share": 150_000},
        programme={"bank_share_floor": floor, "system_share_cap": cap},
    )
    assert [rule.split("_")[0] for rule in objections(decided(under=wrong))] == [broken]


def test_the_province_must_keep_its_floor_after_what_it_cedes() -> None:
    nested = {"province_share": 400_000, "fund_takes": 1}
    kept = amended(offering(), product={**nested, "fund_share_of_province": 500_000})
    ceded = amended(offering(), product={**nested, "fund_share_of_province": 500_003})
    assert objections(decided(under=kept)) == {}
    assert shares(decided(under=kept))["province"] == "400000.00"
    # 40 % × 0.500003 = 20.00012 %, but the tier's cap and so what is ceded may be wider under another programme
    assert objections(decided(under=ceded)) == {"province_bears_its_floor": "not_met"}


def test_a_fund_share_beyond_the_tier_is_declined() -> None:
    # tier 3 allows 30 %: a share of 35 % can only come from outside the kernel's own arrangement
    case = case_of(titled("tech_sme"))
    ppm = case.shares.ppm.copy()
    ppm[0, PARTIES.index("fund")], ppm[0, PARTIES.index("guarantor")] = 350_000, 250_000
    wrong = dataclasses.replace(case, shares=dataclasses.replace(case.shares, ppm=ppm))
    assert fund_bears_no_more_than_its_tier.holds(case).met.tolist() == [True]
    assert fund_bears_no_more_than_its_tier.holds(wrong).not_met.tolist() == [True]


def test_what_the_fund_takes_over_counts_against_its_tier_and_the_provinces_floor() -> None:
    case = case_of(titled("tech_sme"))
    over = dataclasses.replace(case, shares=dataclasses.replace(case.shares, ceded_ppm=ints(1)))
    assert fund_bears_no_more_than_its_tier.holds(over).not_met.tolist() == [True]  # 30 % and a millionth
    assert province_bears_its_floor.holds(over).not_met.tolist() == [True]  # 20 % less a millionth


def standing_of(*tiers: int) -> Standing:
    n = len(tiers)
    return Standing(column(*([2] * n)), np.array(tiers), np.zeros(n, dtype=np.int64), always(answer=True, n=n))


@given(
    st.lists(st.tuples(st.integers(0, 10**15), st.integers(0, len(TIERS) - 1)), min_size=1, max_size=5),
    st.integers(0, 400_000),
    st.integers(0, 400_000),
    st.integers(0, 200_000),
    st.integers(0, 1),
    st.integers(0, ONE),
)
def test_whatever_the_arrangement_the_parts_close_and_the_fund_keeps_to_its_tier(
    loans: list[tuple[int, int]], bank: int, province: int, local: int, takes: int, ceded: int
) -> None:
    terms = offering().book.at(date(2026, 7, 22))
    terms = dataclasses.replace(
        terms,
        bank_share=bank,
        province_share=province,
        local_government_share=local,
        fund_takes=takes,
        fund_share_of_province=ceded,
    )
    programme: ProgrammeTerms = catalogue().programmes["cn-scitech-2024"].book.at(date(2026, 7, 22))
    amounts = ints(*(amount for amount, _ in loans))
    tiers = [tier for _, tier in loans]
    result = arrange(amounts, standing_of(*tiers), terms, programme)
    assert (result.ppm.sum(axis=1) == ONE).all()
    assert (result.ppm >= 0).all()
    assert (result.fen.sum(axis=1) == amounts).all()
    for row, (amount, tier) in enumerate(loans):
        fund = int(result.ppm[row, PARTIES.index("fund")]) + int(result.ceded_ppm[row])
        assert fund <= programme.fund_share[tier]
        assert result.ceded_ppm[row] <= result.ppm[row, PARTIES.index("province")]
        for party, share in enumerate(result.ppm[row]):
            exact = Fraction(amount) * int(share) / ONE
            assert abs(int(result.fen[row, party]) - exact) < len(PARTIES)
