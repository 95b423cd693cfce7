"""Fees by the day of the national batch guarantee (总对总): the re-guarantor's figures, and others by its formulas."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
import pytest

from products.cover import reguarantee_fee
from products.fees import fee_for_days
from products.programmes.cn_batch_2023 import PROGRAMME
from tests.oracles.tables import Case, cases, name_of

TERMS: Final = PROGRAMME.book.at(date(2026, 1, 5))
WAN: Final = 1_000_000
"""Fen in 10,000 yuan."""


@pytest.mark.parametrize("case", cases("batch_guarantee_fees"), ids=name_of)
def test_both_fees_to_four_decimals_of_ten_thousand_yuan(case: Case) -> None:
    loan = np.array([int(case["loan_wan"]) * WAN])
    part = np.array([int(loan[0] * Decimal(case["fund_share"]))])
    rate, _ = reguarantee_fee(loan, loan * 8 // 10, part, TERMS)
    days = np.array([int(case["days"])])
    for base, ppm, expected in (
        (loan, np.array([10_000]), case["guarantee_fee_wan"]),
        (part, rate, case["reguarantee_fee_wan"]),
    ):
        assert f"{int(fee_for_days(base, ppm, days, TERMS)[0]) / WAN:.4f}" == expected
