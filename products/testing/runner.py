"""The checks in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any, Final

from products.discovery import HOST_PACKAGE, normalised
from products.product import LoanProduct, Programme
from products.testing import columns, papers, prices, separate, witnesses
from products.testing.bench import Bench, Budgets, Claims, Witness, bench_of
from products.testing.report import Report, Result
from scoring import Scorecard

GROUP: Final = "kedai.checks"
CHECKS: Final[Mapping[str, Callable[[Bench], Result]]] = MappingProxyType(
    {
        "texts": papers.texts_can_be_shown,
        "citations": papers.parameters_are_cited,
        "dates": papers.both_sides_of_every_date,
        "cases": witnesses.every_rule_has_its_cases,
        "batches": columns.batches_agree,
        "scores": prices.better_scores_never_hurt,
        "tariff": prices.every_tariff_cell_is_used,
        "separate": separate.pure_and_within_budget,
    }
)


def checks() -> Mapping[str, Callable[[Bench], Result]]:
    """The checks, and those of the parts of kedai that the domain does not know."""
    entries = [one for one in entry_points(group=GROUP) if one.dist and normalised(one.dist.name) == HOST_PACKAGE]
    return {**CHECKS, **{one.name: one.load() for one in entries}}


def check(
    subject: LoanProduct[Any] | Programme,
    *,
    programme: Programme | None = None,
    scorecard: Scorecard | None = None,
    witnesses: tuple[Witness, ...] = (),
    claims: Claims | None = None,
    budgets: Budgets | None = None,
) -> Report:
    """Everything the kit can show of a product or a programme; see `bench_of` for the arguments."""
    bench = bench_of(
        subject, programme=programme, scorecard=scorecard, witnesses=witnesses, claims=claims, budgets=budgets
    )
    return Report(subject.slug, tuple(run(bench) for run in checks().values()))
