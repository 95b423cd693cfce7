"""Amounts in capitals: the examples of 正确填写票据和结算凭证的基本规定, and amounts written out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from templates import capital_amount, parse_capital_amount
from tests.oracles.tables import Case, cases, name_of


@pytest.mark.parametrize("case", cases("capital_amounts"), ids=name_of)
def test_every_form_is_read_and_the_canonical_form_is_among_them(case: Case) -> None:
    fen, forms = int(Decimal(case["amount"]) * 100), case["forms"].split("|")
    assert capital_amount(fen) in forms
    assert [parse_capital_amount(form) for form in forms] == [fen] * len(forms)
