"""Risk weights for unexpected loss: the Basel Committee's illustrative tables, and cells worked step by step."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
import pytest

from products.costs.capital import CLASSES, NO_TURNOVER, Exposures, irb_risk_weight, load_irb
from products.money import ONE
from tests.oracles.tables import Case, cases

IRB: Final = load_irb()
NOT_REPRODUCED: Final = "B2-15.00-1"
"""221.54 where 50-digit arithmetic gives 221.533360: tests/products/test_capital.py says what was tried."""


def _exposures(asked: list[Case]) -> Exposures:
    columns = (
        [CLASSES.index(case["kind"]) for case in asked],
        [int(Decimal(case["pd_pct"]) * ONE / 100) for case in asked],
        [int(Decimal(case["lgd_pct"]) * ONE / 100) for case in asked],
        [int(case["months"]) for case in asked],
        [int(case["turnover_eur"] or NO_TURNOVER) for case in asked],
    )
    return Exposures(*(np.array(column, dtype=np.int64) for column in columns))


def _differences(asked: list[Case]) -> dict[str, float]:
    """Computed less expected, percent, by case."""
    found: dict[str, float] = {}
    for edition in sorted({case["edition"] for case in asked}):
        batch = [case for case in asked if case["edition"] == edition]
        weights = irb_risk_weight(_exposures(batch), IRB.at(date.fromisoformat(edition))) * 100
        found |= {
            case["id"]: float(weight) - float(case["risk_weight_pct"])
            for case, weight in zip(batch, weights, strict=True)
        }
    return found


def test_published_cells_within_their_own_rounding() -> None:
    """The tables were computed with constants of fewer digits: seven cells seen in copies are up to .0059 off."""
    differences = _differences(cases("irb_risk_weights", origin="published"))
    assert differences.pop(NOT_REPRODUCED) == pytest.approx(221.53336034341506 - 221.54, abs=1e-9)
    assert {case: gap for case, gap in differences.items() if abs(gap) > 0.006} == {}


def test_cells_worked_step_by_step() -> None:
    differences = _differences(cases("irb_risk_weights", origin="by hand"))
    assert {case: gap for case, gap in differences.items() if abs(gap) > 1e-8} == {}


def test_every_published_cell_says_how_it_was_seen() -> None:
    seen = [case["seen"] for case in cases("irb_risk_weights", origin="published")]
    assert {one: seen.count(one) for one in set(seen)} == {
        "in a copy": 88,
        "from memory": 96,
        "computed by others": 40,
    }
