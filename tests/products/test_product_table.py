"""The catalogue's table: what every product offers to a class of enterprise, with what is unverified."""

from __future__ import annotations

from datetime import date

import pytest

from products.explaining.product_table import Cell, ProductTable, product_table
from products.vocabulary import Tier
from tests.products.builders import catalogue, scorecard

ON = date(2026, 7, 22)


def table(tier: Tier = Tier.TIER_1, on: date = ON) -> ProductTable:
    return product_table(catalogue(), scorecard(), tier, on=on)


def cell(found: ProductTable, row: str, product: str, revision: str | None = None) -> Cell:
    (at,) = [
        at for at, one in enumerate(found.columns) if (one.product, one.revision) == (product, revision)
    ]  # fmt: skip
    (line,) = [one for one in found.rows if one.name == row]
    return line.cells[at]


@pytest.mark.parametrize(
    ("tier", "fund", "guarantor"), [(Tier.TIER_1, 40, 20), (Tier.TIER_2, 35, 25), (Tier.TIER_3, 30, 30)]
)
def test_the_fund_bears_forty_thirty_five_and_thirty_percent_by_class(tier: Tier, fund: int, guarantor: int) -> None:
    # 财金〔2024〕60号; bank and province at their floors of 20 %, the guarantor bears the rest.
    said = cell(table(tier), "cover", "innovation-credit")
    assert (
        said.en
        == f"bank 20.00 %, direct guarantor {guarantor}.00 %, province 20.00 %, national guarantee fund {fund}.00 %"
    )
    assert said.zh.startswith("银行20.00 %，担保机构")


def test_kuaidai_shares_as_published_and_says_what_the_fund_takes_over() -> None:
    said = cell(table(), "cover", "innovation-credit", "hubei-kuaidai").en
    assert said.startswith("bank 20.00 %, direct guarantor 20.00 %, province 40.00 %, local government 20.00 %")
    assert "the national guarantee fund takes over" in said


def test_terms_are_those_of_the_books() -> None:
    found = table()
    assert cell(found, "amount", "ip-pledge", "tianfu-zhilai").en == "RMB 100,000.00 to 10,000,000.00"
    assert cell(found, "term", "ip-pledge", "tianfu-zhilai").en == "1 to 12 months"
    assert cell(found, "collateral", "ip-pledge").en == "intellectual property is pledged"
    assert cell(found, "collateral", "innovation-credit").zh == "无需抵质押"
    assert "registered in 42" in cell(found, "who_may_apply", "innovation-credit", "hubei-kuaidai").en
    fee = cell(found, "guarantee_fee", "innovation-credit", "xiamen-changrongbao").en
    assert fee == "A 0.50 %, B 0.50 %, C 0.50 %, D 0.50 %, E 0.50 %"


def test_a_row_says_whether_products_differ_and_a_cell_which_values_nobody_verified() -> None:
    rows = {one.name: one for one in table().rows}
    assert rows["collateral"].differs
    assert not rows["repayments"].differs
    own = cell(table(), "amount", "innovation-credit")
    assert own.unverified == ("amount_floor", "amount_cap")
    published = cell(table(), "amount", "innovation-credit", "hubei-kuaidai")
    assert published.unverified == ("amount_floor",)


def test_rates_lie_below_the_cap_of_tianfu_zhilai() -> None:
    low, high = cell(table(), "loan_rate", "ip-pledge", "tianfu-zhilai").en.replace(" %", "").split(" to ")
    assert 0 < float(low) <= float(high) <= 4.50


def test_a_product_without_terms_on_the_day_or_a_class_in_its_programme_is_named_with_the_reason() -> None:
    early = table(on=date(2024, 7, 30))
    assert ("innovation-credit", "xiamen-changrongbao") in [(one.product, one.revision) for one in early.absent]
    classless = {one.revision: one.why for one in table(Tier.TIER_2).absent}
    assert classless["xiamen-changrongbao"] == "The programme cn-private-investment-2026 has no class in tier 2."
