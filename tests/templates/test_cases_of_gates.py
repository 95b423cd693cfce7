"""No gate without a case that trips it and one that just does not, read off the tables of cases."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest

from templates import gates
from tests.templates import test_text_gates
from tests.templates.test_gates import PAPERS_KEPT, PASSED, TRIPPED, Case
from tests.templates.test_text_gates import APART, CLAUSES, LINES, PASSING, REPLACED, SAID

AGAINST_THE_SET = {gate for gate, *_ in [*CLAUSES, *REPLACED, *SAID]} | APART
"""Tripped by one clause or phrase in a test that also shows the set as drawn to pass."""
ELSEWHERE = {PAPERS_KEPT: "test_attachments"} | test_text_gates.ELSEWHERE
ALIKE = 0.8


def moves_the_same(trips: Case, passes: Case) -> bool:
    """Whether two cases change the same facts of the example, or one of them some of the other's."""
    one, other = set(trips.changed), set(passes.changed)
    return bool(other) and (one <= other or other <= one)


def just_passed(gate: str) -> bool:
    """Whether a case passes that differs from a tripping one in the value of a fact, or by a few letters."""
    cases = any(
        moves_the_same(trips, passes) for trips in TRIPPED for passes in PASSED if trips.gate == passes.gate == gate
    )
    lines = any(
        SequenceMatcher(None, trips, passes).ratio() >= ALIKE
        for name, trips, _ in LINES
        for other, passes in PASSING
        if name == other == gate
    )
    return cases or lines or gate in AGAINST_THE_SET


@pytest.mark.parametrize("gate", [gate.id for gate in gates() if gate.id not in ELSEWHERE])
def test_a_gate_has_a_case_that_trips_it_and_one_that_just_does_not(gate: str) -> None:
    tripped = {case.gate for case in TRIPPED} | {name for name, *_ in LINES} | AGAINST_THE_SET
    assert gate in tripped, "add what trips it to the tables of test_gates or test_text_gates"
    assert just_passed(gate), "add a case next to the tripping one that passes"


def test_none_of_the_fifty_rules_has_its_cases_elsewhere() -> None:
    assert {gate.number for gate in gates() if gate.id not in ELSEWHERE} >= set(range(1, 51))
