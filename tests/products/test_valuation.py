"""Valuations against published and recomputed examples, and the way from value to lending value."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.columns import Bools, Ints
from products.dated_yaml import BadBook
from products.money import ONE
from products.property.discounting import Timing, annuity, discount_factors, half_month_growth, present_value
from products.property.lending_value import Conclusion, CutReason, LendingTerms, lending_value, reconcile
from products.property.patent_index import ILLUSTRATIVE, INDICATORS, MEMBERS, adjusted, index_score, load_index
from products.valuation import (
    BOUNDS,
    IncomeTerms,
    agreed_investment,
    agreed_investment_split,
    cost_value,
    market_value,
    profit_split,
    relief_from_royalty,
    remaining_life,
    split_rate,
    tax_amortisation_factor,
)

WAN = 1_000_000
"""Fen in 10,000 yuan."""


def column(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def flags(*values: bool) -> Bools:
    return np.array(values, dtype=np.bool_)


def wan(*values: int) -> Ints:
    return column(*values)[None] * WAN


def terms(
    discount: int,
    *,
    tax: int = 0,
    years: int = 5,
    timing: Timing = Timing.YEAR_END,
    amortisation: int | None = None,
) -> IncomeTerms:
    deducted = None if amortisation is None else column(amortisation)
    return IncomeTerms(column(discount), column(tax), column(12 * years), timing, deducted)


def test_the_agreed_investment_split_of_a_published_example() -> None:
    # 100 × (1 + 500 %) against 3000 × (1 + 10 %): 600 of 3900; 1614.3706 × 600 / 3900 = 248.3647
    own = agreed_investment(column(100 * WAN), column(5 * ONE))
    other = agreed_investment(column(3000 * WAN), column(100_000))
    assert (own.tolist(), other.tolist()) == ([600 * WAN], [3300 * WAN])
    profits = wan(400, 420, 430, 450, 440)
    assert agreed_investment_split(profits, own, other, terms(100_000)).tolist() == [248_364_708]
    # published with the split rounded to 15.39 %: 248.45
    rounded = agreed_investment_split(profits, column(1_539), column(8_461), terms(100_000))
    assert round(float(rounded[0]) / WAN, 2) == 248.45
    assert profit_split(profits, column(153_900), terms(100_000)) == pytest.approx(rounded, abs=5)


@pytest.mark.parametrize(
    ("timing", "amortisation", "worth"),
    [
        # revenue 1000, 1200, 1380, 1518, 1594, royalty 4 %, tax 15 %, discount 18 %:
        # 28.8136 + 29.3019 + 28.5570 + 26.6209 + 23.6896
        (Timing.YEAR_END, None, 136.9829),
        (Timing.MID_YEAR, None, 148.8015),
        (Timing.YEAR_END, 10, 146.8846),
        (Timing.MID_YEAR, 10, 160.5588),
    ],
)
def test_relief_from_royalty(timing: Timing, amortisation: int | None, worth: float) -> None:
    income = terms(180_000, tax=150_000, timing=timing, amortisation=amortisation)
    value = relief_from_royalty(wan(1000, 1200, 1380, 1518, 1594), column(40_000), income)
    assert round(float(value[0]) / WAN, 4) == worth


@pytest.mark.parametrize(
    ("tax", "years", "discount", "timing", "factor"),
    [
        # published as about 1.13 for 25 %, 15 years, 12 %; the others recomputed
        (250_000, 15, 120_000, Timing.YEAR_END, 1.128050),
        (250_000, 15, 120_000, Timing.MID_YEAR, 1.136535),
        (150_000, 10, 150_000, Timing.YEAR_END, 1.081410),
        (150_000, 10, 150_000, Timing.MID_YEAR, 1.087820),
    ],
)
def test_the_tax_amortisation_benefit(tax: int, years: int, discount: int, timing: Timing, factor: float) -> None:
    income = terms(discount, tax=tax, timing=timing, amortisation=years)
    assert round(float(tax_amortisation_factor(income)[0]), 6) == factor


def test_the_tax_amortisation_benefit_is_off_unless_asked_for() -> None:
    assert tax_amortisation_factor(terms(120_000, tax=250_000)).tolist() == [1.0]


def test_a_broken_last_year_counts_by_its_months() -> None:
    # 110 at the end of year one is worth 100; half of 242 after eighteen months is 121 / 1.1^1.5
    worth = present_value(
        wan(110, 242), discount_rate_ppm=column(100_000), life_months=column(18), timing=Timing.YEAR_END
    )
    assert float(worth[0]) / WAN == pytest.approx(100 + 121 / 1.1**1.5)
    middle = present_value(
        wan(110, 242), discount_rate_ppm=column(100_000), life_months=column(18), timing=Timing.MID_YEAR
    )
    assert float(middle[0]) / WAN == pytest.approx(110 / 1.1**0.5 + 121 / 1.1**1.25)


def test_no_life_no_value_and_no_discount_no_loss() -> None:
    ended = terms(100_000, years=0)
    assert relief_from_royalty(wan(1000), column(50_000), ended).tolist() == [0]
    assert relief_from_royalty(wan(1000, 1000), column(50_000), terms(0)).tolist() == [100 * WAN]


def test_upkeep_is_deducted_and_never_makes_a_value_negative() -> None:
    net = relief_from_royalty(wan(1000), column(50_000), terms(0), upkeep=wan(20))
    assert net.tolist() == [30 * WAN]
    assert relief_from_royalty(wan(1000), column(50_000), terms(0), upkeep=wan(60)).tolist() == [0]


def test_a_split_between_sixteen_and_twenty_seven_percent_by_a_score() -> None:
    # K = 16 % + 11 % × 0.6 = 22.6 %
    assert split_rate(column(160_000), column(270_000), column(600_000)).tolist() == [226_000]


def test_replacement_cost_less_depreciation_for_the_life_still_to_come() -> None:
    # 100 × (1 − 10 %) × (1 − 20 %) × 60 / (36 + 60) = 45
    value = cost_value(
        column(100 * WAN, 100 * WAN, 100 * WAN),
        functional_loss_ppm=column(100_000, 0, 0),
        economic_loss_ppm=column(200_000, 0, 0),
        elapsed_months=column(36, 10, 0),
        life_months=column(60, 0, 0),
    )
    assert value.tolist() == [45 * WAN, 0, 0]


def test_the_median_of_comparable_deals() -> None:
    # multiples 2.0, 3.0 × 0.9 = 2.7, 5.0; the median of three, then of the two known
    prices, bases = np.array([[200, 300, 500], [200, 300, 0]]) * WAN, np.array([[100] * 3, [100, 100, 0]]) * WAN
    adjustments = np.array([[ONE, 900_000, ONE], [ONE, 900_000, ONE]])
    known = np.array([[True, True, True], [True, True, False]])
    value = market_value(column(10 * WAN, 10 * WAN), prices, bases, adjustments, known)
    assert value.tolist() == [27 * WAN, 23_500_000]


def test_an_asset_without_comparable_deals_is_named() -> None:
    one = np.ones((2, 1), dtype=np.int64)
    with pytest.raises(ValueError, match="Asset 1 has no comparable deal"):
        market_value(column(1, 1), one, one, one, np.array([[True], [False]]))


@pytest.mark.parametrize(
    ("rate", "tax", "royalty", "text"),
    [
        (10_000_001, 0, 0, "The discount rate of asset 0 is 10000001 ppm; it must lie between 0 and 10000000 ppm"),
        (0, ONE, 0, "The tax rate of asset 0 is 1000000 ppm; it must lie between 0 and 999999 ppm"),
        (0, 0, ONE + 1, "The royalty rate of asset 0 is 1000001 ppm"),
        (0, 0, -1, "The royalty rate of asset 0 is -1 ppm"),
    ],
)
def test_rates_out_of_limits_are_named(rate: int, tax: int, royalty: int, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        relief_from_royalty(wan(100), column(royalty), terms(rate, tax=tax))


def test_the_least_life_binds_and_the_law_goes_first_on_a_tie() -> None:
    life = remaining_life(column(60, 60, 12, 12), column(48, 70, 12, -3), column(120, 50, 99, 99))
    assert life.months.tolist() == [48, 50, 12, 0]
    assert [BOUNDS[bound] for bound in life.bound_by] == ["economic", "contract", "legal", "economic"]


@given(st.integers(0, 10 * ONE), st.integers(0, 1_200))
def test_discount_factors_are_powers_of_the_yearly_rate(rate: int, half_months: int) -> None:
    factor = discount_factors(half_month_growth(column(rate)), column(half_months))
    assert float(factor[0]) == pytest.approx((1 + rate / ONE) ** (-half_months / 24), rel=1e-12)


def test_an_annuity_is_the_closed_form() -> None:
    worth = annuity(column(120_000, 0), column(15, 10), timing=Timing.YEAR_END)
    assert worth == pytest.approx([(1 - 1.12**-15) / 0.12, 10.0])


@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 10**12), min_size=4, max_size=4),
            st.integers(0, 400_000),
            st.integers(0, 60),
            st.integers(0, 250_000),
        ),
        min_size=2,
        max_size=9,
    ),
    st.sampled_from(Timing),
)
def test_a_batch_of_assets_equals_its_rows(rows: list[tuple[list[int], int, int, int]], timing: Timing) -> None:
    revenue, rate, months, tax = (np.array(values, dtype=np.int64) for values in zip(*rows, strict=True))
    royalty = np.full(len(rows), 50_000, dtype=np.int64)
    together = relief_from_royalty(revenue, royalty, IncomeTerms(rate, tax, months, timing))
    for row in range(len(rows)):
        one = slice(row, row + 1)
        alone = IncomeTerms(rate[one], tax[one], months[one], timing)
        assert relief_from_royalty(revenue[one], royalty[one], alone)[0] == together[row]
        assert 0 <= together[row] <= revenue[row].sum() // 20 + 4


def test_the_illustrative_index_weighs_legal_technical_and_economic_scores() -> None:
    book = load_index().at(date(2026, 1, 1))
    scores = np.zeros((3, len(INDICATORS)), dtype=np.int64)
    scores[0] = 100
    scores[1, MEMBERS[2]] = 100
    result = index_score(scores, book)
    # full marks; economic value alone weighs 40 %; nothing
    assert result.composite.tolist() == [ONE, 400_000, 0]
    assert result.groups.tolist() == [[ONE] * 3, [0, 0, ONE], [0, 0, 0]]
    # factors 1.2, 0.5 + 0.4 × 0.7 = 0.78, 0.5
    assert adjusted(column(100, 100, 100), result, book).tolist() == [120, 78, 50]


def test_every_weight_of_the_index_is_marked_as_not_verified() -> None:
    assert not any(dated.verified for values in load_index().values.values() for dated in values)


def test_scores_beyond_a_hundred_are_named() -> None:
    book = load_index().at(date(2026, 1, 1))
    scores = np.zeros((2, len(INDICATORS)), dtype=np.int64)
    scores[1, 3] = 101
    with pytest.raises(ValueError, match="The score of dependency for asset 1 is 101"):
        index_score(scores, book)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('economic: "0.40"', 'economic: "0.41"', "adds up to 1.0100"),
        ('stability: "0.30"', 'stability: "0.29"', "legal"),
    ],
)
def test_an_index_whose_weights_do_not_add_up_is_refused(tmp_path: Path, old: str, new: str, text: str) -> None:
    book = tmp_path / "index.yaml"
    book.write_text(ILLUSTRATIVE.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(BadBook, match=text):
        load_index(book)


def test_two_methods_agree_within_the_spread_allowed() -> None:
    results = np.array([[100, 120, 0], [100, 121, 0], [100, 0, 0], [0, 0, 0]]) * WAN
    known = results > 0
    weighted = reconcile(
        results,
        known,
        weights_ppm=column(600_000, 200_000, 200_000),
        conclusion=Conclusion.WEIGHTED,
        spread_cap_ppm=200_000,
    )
    # weights 3 : 1 of the two methods known
    assert weighted.value.tolist() == [105 * WAN, 105_250_000, 100 * WAN, 0]
    assert weighted.spread_ppm.tolist() == [200_000, 210_000, 0, 0]
    assert weighted.agrees.tolist() == [True, False, False, False]
    assert weighted.methods.tolist() == [2, 2, 1, 0]
    lowest = reconcile(
        results, known, weights_ppm=column(1, 1, 1), conclusion=Conclusion.LOWEST, spread_cap_ppm=200_000
    )
    assert lowest.value.tolist() == [100 * WAN, 100 * WAN, 100 * WAN, 0]


def lender(n: int) -> LendingTerms:
    return LendingTerms(
        liquidation_haircut_ppm=np.full(n, 200_000, dtype=np.int64),
        loan_to_value_ppm=np.full(n, 300_000, dtype=np.int64),
        fresh_months=6,
        monthly_ageing_ppm=20_000,
        valid_months=12,
        life_margin_months=12,
        short_life_haircut_ppm=500_000,
    )


def test_every_cut_of_a_lending_value_has_its_reason() -> None:
    lending = lending_value(
        column(*[1000 * WAN] * 6),
        age_months=column(6, 8, 11, 12, 0, 0),
        months_after_maturity=column(12, 12, 12, 12, 11, -1),
        terms=lender(6),
    )
    # 1000 × 0.8 × 0.3 = 240; 4 % and 10 % off for age; nothing when stale; half with little life, nothing after it
    assert lending.value.tolist() == [240 * WAN, 230_400_000, 216 * WAN, 0, 120 * WAN, 0]
    cuts = dict(lending.cuts)
    assert cuts[CutReason.STALE].tolist() == [0, 0, 0, 800 * WAN, 0, 0]
    assert cuts[CutReason.AGE].tolist() == [0, 32 * WAN, 80 * WAN, 0, 0, 0]
    assert cuts[CutReason.SHORT_LIFE].tolist() == [0, 0, 0, 0, 400 * WAN, 800 * WAN]
    assert CutReason.SHORT_LIFE.zh == "贷款到期后剩余保护期不足"
    assert CutReason.STALE.en == "the valuation is too old to count"


@given(st.integers(0, 10**15), st.integers(0, 30), st.integers(-10, 40))
def test_value_less_all_cuts_is_the_lending_value(value: int, age: int, after: int) -> None:
    lending = lending_value(column(value), age_months=column(age), months_after_maturity=column(after), terms=lender(1))
    assert value - sum(int(cut[0]) for _, cut in lending.cuts) == lending.value[0]
    assert 0 <= lending.value[0] <= value * 24 // 100
