"""Heat maps of pairs: bins joined to groups that a reader can name, points kept on the whole."""

from __future__ import annotations

import numpy as np
import pytest
import vl_convert

from scoring.card_pairs import grouped, heat_map, spread
from scoring.features import Feature, FeatureGroup, FeatureKind
from scoring.parts import FeatureTable, PairTable

DEBT = Feature("debt", "负债率", "Liabilities to assets", "1", FeatureGroup.FINANCIAL, -1, (("debt", 1.0),))
REVENUE = Feature("revenue", "营业收入", "Revenue", "CNY", FeatureGroup.FINANCIAL, 0, (("revenue", 1.0),))
SECTOR = Feature("sector", "行业", "Sector", "1", FeatureGroup.OTHER, 0, (("sector", 1.0),), kind=FeatureKind.CATEGORY)


def numbers(shares: tuple[int, ...], edges: tuple[float, ...], feature: Feature = DEBT) -> FeatureTable:
    return FeatureTable(feature, edges, {}, (0,) * (len(edges) + 2), shares=shares)


def test_groups_are_named_by_their_values_and_unknown_stands_alone() -> None:
    table = numbers((400_000, 300_000, 200_000, 100_000), (0.25, 1_250_000.0))

    assert grouped(table).names == ("≤ 0.25", "0.25 to 1,250,000", "> 1,250,000", "unknown")


def test_no_row_is_unknown_no_column_for_it() -> None:
    assert grouped(numbers((500_000, 500_000, 0), (0.5,))).names == ("≤ 0.5", "> 0.5")


def test_many_bins_become_ten_groups_weighted_by_their_rows() -> None:
    edges = tuple(float(edge) for edge in range(1, 40))
    groups = grouped(numbers((25_000,) * 40 + (0,), edges))

    # Forty bins of like size: four to a group, a quarter each.
    assert len(groups.names) == 10
    assert groups.names[:2] == ("≤ 4", "4 to 8")
    assert groups.weights[0].tolist() == [0.25] * 4 + [0.0] * 37


def test_levels_are_listed_as_long_as_there_is_room() -> None:
    levels = {"software": 0, "biomedicine": 1, "new materials": 2, "new energy vehicles": 2, "energy": 2}
    table = FeatureTable(SECTOR, (), levels, (0, 0, 0, 0), shares=(300_000, 300_000, 400_000, 0))

    assert grouped(table).names == ("software", "biomedicine", "energy + 2")


def test_groups_that_would_read_alike_are_numbered() -> None:
    groups = grouped(numbers((250_000,) * 4 + (0,), (0.50001, 0.50002, 0.50003)))

    assert groups.names == ("1: ≤ 0.5", "2: 0.5 to 0.5", "3: 0.5 to 0.5", "4: > 0.5")


def test_the_map_shows_the_points_of_the_pair_in_both_directions() -> None:
    tables = (
        numbers((500_000, 500_000, 0), (0.5,)),
        numbers((250_000, 250_000, 500_000, 0), (1.0, 2.0), REVENUE),
    )
    pair = PairTable(0, 1, ((100, -50, 25, 0), (-200, 50, -25, 0), (0, 0, 0, 0)))

    chart = heat_map(pair, tables).to_dict()

    cells = {(row["across"], row["upwards"]): row["points"] for row in next(iter(chart["datasets"].values()))}
    assert cells == {
        ("≤ 0.5", "≤ 1"): 1.0, ("≤ 0.5", "1 to 2"): -0.5, ("≤ 0.5", "> 2"): 0.25,
        ("> 0.5", "≤ 1"): -2.0, ("> 0.5", "1 to 2"): 0.5, ("> 0.5", "> 2"): -0.25,
    }  # fmt: skip
    assert chart["encoding"]["x"]["title"] == "负债率 Liabilities to assets"
    assert chart["encoding"]["y"]["title"] == "营业收入 Revenue (CNY)"
    assert chart["encoding"]["color"]["scale"]["domain"] == [-2.0, 0, 2.0]
    assert "<svg" in vl_convert.vegalite_to_svg(chart)
    assert spread(pair) == 300


def test_a_feature_of_one_bin_is_any_value() -> None:
    groups = grouped(numbers((900_000, 100_000), ()))

    assert groups.names == ("any value", "unknown")
    assert groups.weights.sum(axis=1) == pytest.approx(np.ones(2))
