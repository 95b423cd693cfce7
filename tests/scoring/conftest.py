"""Small generated data shared by the tests of training and what builds on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from scoring.dataset import Dataset
from scoring.features import Feature, FeatureGroup, FeatureKind
from scoring.learning import Titles
from scoring.scales import read_bands, read_monitoring_limits
from scoring.training import Training, TrainingPlan, train

ROWS = 1_200


def loans(rows: int = ROWS, *, seed: int = 1, shift: float = 0.0) -> Dataset:
    """Loans over 2022-2025: debt (more is worse, a tenth unknown), growth, region, a date, a size and the outcome."""
    random = np.random.default_rng(seed)
    debt = random.normal(0.5, 0.15, rows).round(4)
    growth = random.normal(0.1, 0.2, rows).round(4)
    region = np.array(["east", "west", "north"], dtype=object)[random.integers(0, 3, rows)]
    margin = -1.6 + shift + 5.0 * (debt - 0.5) - 2.0 * (growth - 0.1) + 0.6 * (region == "north")
    outcome = (random.random(rows) < 1 / (1 + np.exp(-margin))).astype(np.float64)
    columns: dict[str, npt.NDArray[Any]] = {
        "debt": np.where(random.random(rows) < 0.1, np.nan, debt),
        "growth": growth,
        "region": region,
        "size": np.exp(random.normal(3, 1, rows)).round(),
        "decided_on": np.sort(np.datetime64("2022-01-01") + random.integers(0, 1_400, rows)).astype("datetime64[D]"),
        "default": outcome,
    }
    return Dataset("loans.csv", columns)


def loan_plan(**changes: Any) -> TrainingPlan:
    """The plan for `loans`."""
    number, other = FeatureKind.NUMBER, FeatureGroup.OTHER
    features = (
        Feature("debt", "负债率", "Debt", "1", FeatureGroup.FINANCIAL, -1, (("debt", 1.0),)),
        Feature("growth", "增长率", "Growth", "1", FeatureGroup.FINANCIAL, 1, (("growth", 1.0),), kind=number),
        Feature("region", "地区", "Region", "1", other, 0, (("region", 1.0),), kind=FeatureKind.CATEGORY),
    )
    settings: dict[str, Any] = {
        "target": "default",
        "features": features,
        "titles": Titles("loans-1", "贷款评分", "Loan score", synthetic=True),
        "bands": read_bands(),
        "limits": read_monitoring_limits(),
        "seed": 7,
        "decided_on": "decided_on",
        "groups": ("region", "size"),
    }
    return TrainingPlan(**(settings | changes))


@pytest.fixture(scope="session")
def told_steps() -> list[str]:
    """The steps that were told of while `trained` was made."""
    return []


@pytest.fixture(scope="session")
def trained(told_steps: list[str]) -> Training:
    """A scorecard trained on `loans`, forward in time."""
    return train(loans(), loan_plan(), progress=lambda step, _share: told_steps.append(step))
