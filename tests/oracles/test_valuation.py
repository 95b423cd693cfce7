"""Values of intangible assets: published answers, and others by the formula of each method; amounts in 10,000 yuan."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np
import pytest

from products.columns import Ints
from products.property.discounting import Timing, present_value
from products.valuation import (
    IncomeTerms,
    agreed_investment,
    agreed_investment_split,
    cost_value,
    market_value,
    profit_split,
    relief_from_royalty,
    tax_amortisation_factor,
)
from tests.oracles.tables import Case, cases, name_of

WAN: Final = 1_000_000
"""Fen in 10,000 yuan, and parts in a whole."""

Inputs = dict[str, str]


def _scaled(text: str) -> Ints:
    return np.array([int(Decimal(one) * WAN) for one in text.split(",")], dtype=np.int64)


def _months(given: Inputs, name: str) -> Ints:
    return np.array([int(given[name])], dtype=np.int64)


def _terms(given: Inputs) -> IncomeTerms:
    years = int(given.get("years", len(given.get("incomes", "").split(","))))
    return IncomeTerms(
        _scaled(given["discount"]),
        _scaled(given.get("tax", "0")),
        np.array([12 * years]),
        Timing.MID_YEAR if "mid_year" in given else Timing.YEAR_END,
        np.array([years]) if "incomes" not in given else None,
    )


def _incomes(given: Inputs) -> Ints:
    return _scaled(given["incomes"])[None]


def _invested(text: str) -> Ints:
    cost, profit = text.split("x")
    return agreed_investment(_scaled(cost), _scaled(profit))


def _worth(given: Inputs) -> float:
    terms = _terms(given)
    found = present_value(
        _incomes(given), discount_rate_ppm=terms.discount_rate_ppm, life_months=terms.life_months, timing=terms.timing
    )
    return float(found[0]) / WAN


def _cost(given: Inputs) -> float:
    value = cost_value(
        _scaled(given["replacement"]),
        functional_loss_ppm=_scaled(given["functional"]),
        economic_loss_ppm=_scaled(given["economic"]),
        elapsed_months=_months(given, "elapsed"),
        life_months=_months(given, "remaining"),
    )
    return int(value[0]) / WAN


def _market(given: Inputs) -> float:
    prices, bases, adjustments = (_scaled(given[name])[None] for name in ("prices", "bases", "adjustments"))
    known = np.ones(prices.shape, dtype=np.bool_)
    return int(market_value(_scaled(given["base"]), prices, bases, adjustments, known)[0]) / WAN


def _split(given: Inputs) -> float:
    own, other = _invested(given["own"]), _invested(given["other"])
    return int(agreed_investment_split(_incomes(given), own, other, _terms(given))[0]) / WAN


METHODS: Final[dict[str, Callable[[Inputs], float]]] = {
    "tax_amortisation": lambda given: float(tax_amortisation_factor(_terms(given))[0]),
    "present_value": _worth,
    "agreed_split": _split,
    "profit_split": lambda given: int(profit_split(_incomes(given), _scaled(given["share"]), _terms(given))[0]) / WAN,
    "relief": lambda given: (
        int(relief_from_royalty(_incomes(given), _scaled(given["royalty"]), _terms(given))[0]) / WAN
    ),
    "cost": _cost,
    "market": _market,
}


@pytest.mark.parametrize("case", cases("valuation"), ids=name_of)
def test_every_value_to_the_places_given(case: Case) -> None:
    given = {name: text for name, _, text in (item.partition("=") for item in case["inputs"].split())}
    found = Decimal(repr(METHODS[case["method"]](given)))
    assert found.quantize(Decimal(case["value"]), ROUND_HALF_UP) == Decimal(case["value"])
