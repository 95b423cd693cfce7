"""Fees of US SBA 7(a) loans: from the texts of the notices, from lenders, and by hand on both sides of each tier."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.oracles.tables import Case, cases, name_of
from tests.products.rule_books import book, evaluated


@pytest.mark.parametrize("case", cases("sba_7a_fees"), ids=name_of)
def test_guaranteed_portion_and_fee_to_the_cent(case: Case) -> None:
    given = dict(item.split("=") for item in case["facts"].split())
    asked = {"loan": case["loan"], "maturity_months": case["months"], "borrower_group": "1", **given}
    found = evaluated(book("us-sba-7a"), case["day"], {name: [text] for name, text in asked.items()})
    assert Decimal(int(found.guaranteed[0])) / 100 == Decimal(case["guaranteed"])
    assert Decimal(int(found.fees[case["fee"]][0])) / 100 == Decimal(case["amount"])
