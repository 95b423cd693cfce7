"""Fees of Japanese credit guarantee corporations: their worked examples, and others from their formulas."""

from __future__ import annotations

import pytest

from tests.oracles.tables import Case, cases, name_of
from tests.products.rule_books import book, evaluated


@pytest.mark.parametrize("case", cases("japan_guarantee_fees"), ids=name_of)
def test_every_fee_to_the_yen(case: Case) -> None:
    asked = dict(item.split("=") for item in case["facts"].split())
    found = evaluated(book("jp-credit-guarantee"), "2024-04-01", {name: [text] for name, text in asked.items()})
    assert int(found.fees["guarantee_fee"][0]) == int(case["yen"])
