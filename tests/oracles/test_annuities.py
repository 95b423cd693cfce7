"""Payments, interest and principal of level and equal-principal loans: spreadsheet functions and exact annuities."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest

from products.repayment.amortisation import Repayment
from products.repayment.annuities import (
    balance_after,
    cumulative_interest,
    cumulative_principal,
    effective_annual,
    level_payment,
)
from products.repayment.plans import plan
from tests.oracles.tables import Case, cases, name_of


def _answer(kind: str, asked: dict[str, str]) -> float:
    rate = np.array([float(Fraction(*map(Fraction, asked["rate"].split("/"))))])
    periods = np.array([float(asked["periods"])])
    if kind == "effective":
        return float(effective_annual(rate, int(asked["periods"]))[0])
    if kind == "equal_principal_interest":
        return _equal_principal_interest(asked)
    principal = np.array([float(asked["principal"])])
    if kind == "payment":
        return float(level_payment(principal, rate, periods)[0])
    if kind == "balance":
        return float(balance_after(principal, rate, periods, np.array([float(asked["after"])]))[0])
    paid = {"principal_paid": cumulative_principal, "interest_paid": cumulative_interest}[kind]
    first, last = np.array([float(asked["first"])]), np.array([float(asked["last"])])
    return float(paid(principal, rate, periods, first=first, last=last)[0])


def _equal_principal_interest(asked: dict[str, str]) -> float:
    annual = int(Decimal(asked["rate"].split("/")[0]) * 1_000_000)
    loan = (int(asked["principal"]) * 100, annual, int(asked["periods"]), Repayment.EQUAL_PRINCIPAL)
    columns = [np.array([one], dtype=np.int64) for one in loan]
    made = plan(*columns, drawn_on=np.zeros(1, dtype=np.int64))
    within = (made.number >= int(asked["first"])) & (made.number <= int(asked["last"]))
    return int(made.interest[within].sum()) / 100


@pytest.mark.parametrize("case", cases("annuities"), ids=name_of)
def test_every_figure_to_the_places_given(case: Case) -> None:
    kind, *given = case["asked"].split()
    found = _answer(kind, dict(item.split("=") for item in given))
    assert Decimal(repr(found)).quantize(Decimal(case["answer"]), ROUND_HALF_UP) == Decimal(case["answer"])
