"""Innovation credit: the limit from revenue, band and points, worked by hand."""

from __future__ import annotations

import pytest

from products.catalogue.innovation_credit import points_share
from tests.products.builders import (
    ABSENT,
    STAFF_OF_BAND,
    case_of,
    columns,
    decided,
    finding,
    objections,
    offering,
    verdicts,
)


def points(value: str, scale: str) -> dict[str, object]:
    return {"innovation.innovation_points": {"value": value, "scale": scale}}


def limit(changes: dict[str, object]) -> int:
    """The limit in yuan for the firm's 300 million of revenue."""
    fen = int(case_of(changes).limits["innovation_limit"].values[0])
    assert fen % 100 == 0
    return fen // 100


@pytest.mark.parametrize(
    ("band", "plain", "raised"),
    [
        ("A", 60_000_000, 69_000_000),  # 20 % of 300 million, and 15 % more
        ("B", 48_000_000, 55_200_000),
        ("C", 36_000_000, 41_400_000),
        ("D", 18_000_000, 20_700_000),
        ("E", 0, 0),
    ],
)
def test_the_limit_is_a_share_of_revenue_by_band_raised_for_high_points(band: str, plain: int, raised: int) -> None:
    staff = {"innovation.rd_staff": STAFF_OF_BAND[band]}
    assert limit(points("74.99", "100") | staff) == plain
    assert limit(points("75", "100") | staff) == raised


@pytest.mark.parametrize(
    ("value", "scale", "ppm"),
    [
        ("71.5", "130", 550_000),
        ("55", "100", 550_000),
        ("126.5", "230", 550_000),
        ("550", "1000", 550_000),
        ("52", "130", 400_000),
        ("0", "130", 0),
        ("130", "130", 1_000_000),
        ("52.0001", "130.0005", 399_999),  # 0.39999923…, just under two fifths
        ("999999998", "999999999", 999_999),
    ],
)
def test_points_count_by_their_share_of_any_scale(value: str, scale: str, ppm: int) -> None:
    assert points_share(columns(points(value, scale))).values.tolist() == [ppm]


def test_equal_shares_of_different_scales_decide_alike() -> None:
    one, other = decided(points("71.5", "130")), decided(points("55", "100"))
    assert one.amount == other.amount
    assert one.findings == other.findings


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        (points("52", "130"), "met"),
        (points("51.999", "130"), "not_met"),
        (points("400", "1000"), "met"),
        ({"innovation.innovation_points": ABSENT}, "unknown"),
    ],
)
def test_points_must_reach_two_fifths_of_the_scale(changes: dict[str, object], verdict: str) -> None:
    assert verdicts(offering(), "innovation_points_reach_the_floor", changes) == [verdict]


def test_too_few_points_are_referred() -> None:
    assert decided(points("39.99", "100")).outcome == "refer"


def test_unknown_points_refer_and_raise_nothing() -> None:
    decision = decided({"innovation.innovation_points": ABSENT, "request.amount": "29000000.00"})
    assert decision.outcome == "refer"
    assert finding(decision, "innovation_points_reach_the_floor").missing == (
        "innovation.innovation_points.value",
        "innovation.innovation_points.scale",
    )


def test_without_revenue_there_is_no_limit_and_a_person_looks() -> None:
    decision = decided({"financials.revenue": ABSENT})
    assert decision.outcome == "refer"
    assert objections(decision)["limit_can_be_computed"] == "unknown"
    assert {one.name: one.amount for one in decision.amount.limits}["innovation_limit"] is None


def test_a_firm_in_the_lowest_band_is_not_told_that_its_revenue_is_unknown() -> None:
    decision = decided({"innovation.rd_staff": STAFF_OF_BAND["E"]})
    assert decision.score is not None
    assert decision.score.band == "E"
    assert decision.amount.considered == 0
    assert finding(decision, "limit_can_be_computed").verdict == "met"
    assert finding(decision, "score_reaches_the_products_band").verdict == "not_met"


@pytest.mark.parametrize(
    ("revenue", "granted"),
    [("100000000.00", "20000000.00"), ("100049999.95", "20000000.00"), ("100050000.00", "20010000.00")],
)
def test_a_limit_below_the_request_binds_and_is_granted_in_whole_ten_thousands(revenue: str, granted: str) -> None:
    # a fifth of 100049999.95 is 20009999.99
    decision = decided({"financials.revenue": [revenue], "request.amount": "29000000.00"})
    assert decision.score is not None
    assert (decision.score.band, decision.outcome, decision.amount.bound_by) == ("A", "approve", "innovation_limit")
    assert str(decision.amount.approved) == granted
