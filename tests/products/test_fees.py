"""The guarantee fee: cell of the tariff, discount, ceilings, the reason given, and the way to the next tier."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import numpy as np
import pytest

from products.explaining.answer import Fee
from products.fees import fee_base, guarantee_fee
from products.vocabulary import BANDS, TIERS
from scoring import Scores
from tests.products.builders import ON, STAFF_OF_BAND, amended, case_of, decided, ints, offering


def fee(what: object = None, **changes: object) -> Fee:
    found = decided({path.replace("__", "."): value for path, value in changes.items()}, under=what).fee
    assert found is not None
    return found


def title(kind: str) -> list[dict[str, str]]:
    return [{"kind": kind, "valid_from": "2016-07-01", "valid_to": "2027-06-30"}]


@pytest.mark.parametrize("tier", range(4))
@pytest.mark.parametrize("band", range(5))
def test_every_cell_of_the_tariff_is_found(tier: int, band: int) -> None:
    tariff = np.arange(20).reshape(4, 5) * 100 + 1_000
    terms = dataclasses.replace(offering().book.at(ON), fee_tariff=tariff)
    case = case_of()
    standing = dataclasses.replace(case.standing, tier=ints(tier))
    score = Scores(ints(0), ints(band), ints(0), {})
    fees = guarantee_fee(ints(100_000_000), standing, score, terms, case.programme, secured=False)
    assert fees.rate_ppm.tolist() == [1_000 + 100 * (5 * tier + band)]
    assert fees.amount.tolist() == [100 * (1_000 + 100 * (5 * tier + band))]


def test_the_shipped_tariff_never_asks_more_of_a_better_band_or_tier() -> None:
    for product in ("innovation-credit", "ip-pledge"):
        tariff = offering(product).book.at(ON).fee_tariff
        assert tariff.shape == (len(TIERS), len(BANDS))
        assert (np.diff(tariff, axis=0) >= 0).all()
        assert (np.diff(tariff, axis=1) >= 0).all()


def test_a_tier_two_firm_of_band_a_pays_half_a_percent() -> None:
    found = fee(titles=title("hnte"), request__amount="2000000.00")
    assert (found.tier, str(found.rate), str(found.amount)) == ("tier_2/A", "0.0050", "10000.00")
    assert found.why == "Tariff for tier 2 and score band A: 0.5 %."
    assert found.why_zh == "费率表：第二档、评分A级，0.5 %。"


def test_pledged_assets_bring_a_discount_and_the_reason_says_so() -> None:
    found = fee(offering("ip-pledge"), titles=title("hnte"))
    assert (str(found.rate), str(found.amount)) == ("0.0045", "4500.00")
    assert found.why == "Tariff for tier 2 and score band A: 0.5 %, less 0.05 % because assets are pledged."


def test_a_discount_beyond_the_tariff_leaves_nothing_to_pay() -> None:
    generous = amended(offering("ip-pledge"), product={"fee_secured_discount": 9_000})
    assert str(fee(generous).amount) == "0.00"


@pytest.mark.parametrize(
    ("own", "programmes", "rate"),
    [
        (None, None, "0.0120"),
        (12_000, None, "0.0120"),
        (11_999, None, "0.011999"),
        (None, 10_000, "0.0100"),
        (4_000, 10_000, "0.0040"),
        (10_000, 4_000, "0.0040"),
    ],
)
def test_the_lower_of_two_ceilings_holds_the_rate(own: int | None, programmes: int | None, rate: str) -> None:
    dear = amended(
        offering(),
        product={"fee_tariff": np.full((4, 5), 12_000), "fee_cap": own},
        programme={"fee_cap": programmes},
    )
    found = fee(dear)
    assert str(found.rate) == rate
    held = f", held at the ceiling of {(Decimal(rate) * 100).normalize():f} %." if rate != "0.0120" else "1.2 %."
    assert found.why.endswith(held)


def test_the_fee_may_be_charged_on_the_guaranteed_part() -> None:
    # 0.4 % of 80 % of a million
    assert str(fee(amended(offering(), product={"fee_base": 1})).amount) == "3200.00"


def test_half_a_fen_of_the_fee_goes_up() -> None:
    # 0.4 % of 1000001.25 is 4000.005; 80 % of 7 fen is 5.6
    assert str(fee(request__amount="1000001.25").amount) == "4000.01"
    on_guaranteed = dataclasses.replace(offering().book.at(ON), fee_base=1)
    assert fee_base(ints(7), on_guaranteed).tolist() == [6]


def test_the_way_to_a_better_tier_is_a_certificate() -> None:
    found = fee(titles=title("tech_sme")).next_tier
    assert found is not None
    assert (found.tier, str(found.rate)) == ("tier_2/A", "0.0050")
    assert found.needs == (
        "A valid certificate as high and new technology enterprise or tech SME selected by innovation points."
    )
    assert found.needs_zh == "取得有效资质：高新技术企业或依托“创新积分制”筛选的科技型中小企业。"


def test_the_way_to_a_better_band_is_named_in_points() -> None:
    poorer = decided({"innovation.rd_staff": STAFF_OF_BAND["B"]})
    assert poorer.score is not None
    assert poorer.fee is not None
    assert poorer.score.band == "B"
    found = poorer.fee.next_tier
    assert found is not None
    assert found.tier == "tier_1/A"
    assert found.needs == "A score of at least 75.00 points (band A), 5.00 more than now."
    assert found.needs_zh == "评分达到75.00分（A级），尚差5.00分。"


def test_of_two_ways_the_nearest_in_price_is_named() -> None:
    # tier 2, band B pays 0.60 %: a better band costs 0.50 %, a better title 0.55 % here
    tariff = np.tile([4_000, 5_500, 7_000, 9_000, 12_000], (4, 1))
    tariff[1:, :2] = [5_000, 6_000]
    poorer = {"innovation.rd_staff": STAFF_OF_BAND["B"]}
    decision = decided({**poorer, "titles": title("hnte")}, under=amended(offering(), product={"fee_tariff": tariff}))
    assert decision.score is not None
    assert decision.fee is not None
    assert decision.score.band == "B"
    assert decision.fee.next_tier is not None
    assert (decision.fee.next_tier.tier, str(decision.fee.next_tier.rate)) == ("tier_1/B", "0.0055")


def test_the_cheapest_cell_has_no_next_tier() -> None:
    assert fee().tier == "tier_1/A"
    assert fee().next_tier is None


def test_no_next_tier_is_named_that_would_cost_the_same() -> None:
    flat = amended(offering(), product={"fee_tariff": np.full((4, 5), 5_000)})
    assert fee(flat, titles=title("tech_sme")).next_tier is None
    capped = amended(offering(), product={"fee_cap": 3_000})
    assert fee(capped, titles=title("tech_sme")).next_tier is None


def test_a_tier_without_any_class_is_no_way_out() -> None:
    # where every class is in tier 1, an untitled firm is not sent to tier 2 or 3
    one_tier = amended(offering(), programme={"class_tier": ints(*([1] * 8))})
    found = fee(one_tier, titles=[]).next_tier
    assert found is not None
    assert found.tier == "tier_1/A"
