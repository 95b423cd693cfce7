"""The kit as a pytest plugin: one test for each check of the product or programme that a test module names.

    UNDER_TEST = PRODUCT                        # or Subject(value=PRODUCT, witnesses=…, claims=…)

    def test_conforms(conformity: Result) -> None:
        assert conformity.passed, conformity.problems

Only pytest imports this module.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from products.product import LoanProduct, Programme
from products.testing.bench import Bench, Budgets, Claims, Witness, bench_of
from products.testing.report import Result
from products.testing.runner import checks


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is tested, with what it brings for the kit; see `products.testing.bench_of`."""

    value: LoanProduct[Any] | Programme
    programme: Programme | None = None
    witnesses: tuple[Witness, ...] = ()
    claims: Claims = field(default_factory=Claims)
    budgets: Budgets = field(default_factory=Budgets)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each check where a test asks for ``conformity``."""
    if "conformity" in metafunc.fixturenames:
        metafunc.parametrize("conformity", list(checks()), indirect=True)


@pytest.fixture(scope="module")
def conformity_bench(request: pytest.FixtureRequest) -> Bench:
    """The bench of the module's ``UNDER_TEST``; UsageError if the module names nothing."""
    named = getattr(request.module, "UNDER_TEST", None)
    one = Subject(value=named) if isinstance(named, LoanProduct | Programme) else named
    if not isinstance(one, Subject):
        raise pytest.UsageError(f"{request.module.__name__} must say UNDER_TEST = PRODUCT, or a Subject of one.")
    return bench_of(one.value, programme=one.programme, witnesses=one.witnesses, claims=one.claims, budgets=one.budgets)


@pytest.fixture
def conformity(request: pytest.FixtureRequest, conformity_bench: Bench) -> Result:
    """The result of one check."""
    return checks()[request.param](conformity_bench)
