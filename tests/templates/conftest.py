"""The two example applications, decided for real, and the example particulars."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from products import Decision, application_from, load_catalogue, underwrite
from scoring.artefact import load
from templates import ContractSet, Particulars, draft

ROOT = Path(__file__).parents[2]
DECIDED_ON = date(2026, 7, 24)
Facts = dict[str, Any]


def facts_of(name: str) -> Facts:
    """An example application as JSON."""
    found: Facts = json.loads((ROOT / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def deciding() -> Callable[[Facts], Decision]:
    """Decides an application on 2026-07-24 with the demonstration score."""
    catalogue = load_catalogue(strict=True)
    scorecard = load(ROOT / "scoring" / "artefacts" / "demo.json")

    def decide(facts: Facts) -> Decision:
        return underwrite(
            application_from(facts),
            catalogue=catalogue,
            scorecard=scorecard,
            on=DECIDED_ON,
            decision_id=f"decision-{facts['enterprise']['uscc']}",
        )

    return decide


@pytest.fixture(scope="session")
def decided() -> Callable[[Facts], Decision]:
    """Decides an application on 2026-07-24 with the demonstration score."""
    return deciding()


@pytest.fixture
def zhilai() -> Facts:
    """An IP-pledge application of one million yuan for twelve months, one patent pledged."""
    return facts_of("zhilai")


@pytest.fixture
def kuaidai() -> Facts:
    """An unsecured application of twenty million yuan for 36 months."""
    return facts_of("kuaidai")


@pytest.fixture
def particulars_json() -> Facts:
    """The example particulars as JSON, to be changed by a test."""
    found: Facts = json.loads((ROOT / "examples" / "particulars.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def zhilai_set(decided: Callable[[Facts], Decision]) -> ContractSet:
    """The contracts of the pledge example."""
    facts = facts_of("zhilai")
    return draft(decided(facts), facts, Particulars.model_validate(example_particulars()))


@pytest.fixture(scope="session")
def kuaidai_set(decided: Callable[[Facts], Decision]) -> ContractSet:
    """The contracts of the unsecured example."""
    facts = facts_of("kuaidai")
    return draft(decided(facts), facts, Particulars.model_validate(equipment_particulars()))


def equipment_particulars() -> Facts:
    """The example particulars for the loan that buys equipment."""
    given = example_particulars()
    given["loan"] |= {
        "kind": "fixed_asset",
        "purpose_detail": {"zh": "购买激光器产线设备", "en": "laser production line"},
    }
    return given


def example_particulars() -> Facts:
    """The example particulars as JSON."""
    found: Facts = json.loads((ROOT / "examples" / "particulars.json").read_text(encoding="utf-8"))
    return found


def full_case() -> tuple[Facts, Facts]:
    """The pledge example with every optional contract and a licence, as application and particulars."""
    facts, given = facts_of("zhilai"), example_particulars()
    facts["ip_assets"][0]["licences"] = ["2024年普通许可：眉山传动设备有限公司"]
    return facts, given
