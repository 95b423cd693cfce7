"""Checks of the kernel's promise: a row is decided alike alone, in a batch, in any order, in any split."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any, Final

import numpy as np

from products.applications import Applications
from products.kernel import Decisions
from products.testing.bench import Bench
from products.testing.report import Result

Figures = dict[str, np.ndarray[Any, Any]]
ALONE: Final = 40
MANY: Final = 600


def figures(decisions: Decisions) -> Figures:
    """Everything a decision says in numbers, rows along the last axis."""
    offering = decisions.offering
    found: Figures = {
        "outcome": decisions.outcome,
        "answers": decisions.answers,
        "considered": decisions.considered,
        "fee rate": decisions.gather(lambda part: part.case.fees.rate_ppm),
        "loan rate": decisions.gather(lambda part: part.case.prices.loan_rate),
        "all-in rate": decisions.gather(lambda part: part.case.prices.all_in),
    }
    for limit in offering.product.limits:
        found[f"limit {limit.name}"] = decisions.gather(lambda part, name=limit.name: part.case.limits[name].raw)  # type: ignore[misc]  # mypy cannot see the default of a lambda
    for condition in offering.conditions:
        found[f"condition {condition.name}"] = decisions.gather(
            lambda part, one=condition: one.applies(part.case).answers  # type: ignore[misc]  # as above
        )
    return found


def fingerprint(decisions: Decisions) -> str:
    """SHA-256 over all figures: equal decisions have equal fingerprints in every process."""
    whole = hashlib.sha256()
    for name, array in sorted(figures(decisions).items()):
        whole.update(f"{name} {array.dtype} {array.shape}".encode())
        whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()


def batches_agree(bench: Bench) -> Result:
    """Row by row, shuffled, split and repeated gives the same figures."""
    problems: list[str] = []
    for offering in bench.offerings:
        rows = bench.rows.between(0, MANY)
        together = figures(bench.decided(rows, offering))
        some = np.concatenate([bench.bases[bench.bases < MANY], np.arange(ALONE)])[:ALONE]
        one_by_one = [figures(bench.decided(rows.take(np.array([row])), offering)) for row in some.tolist()]
        alone = {name: np.concatenate([each[name] for each in one_by_one], axis=-1) for name in together}
        problems += _differences(alone, together, some, "alone")
        order = np.random.default_rng(7).permutation(MANY)
        problems += _differences(figures(bench.decided(rows.take(order), offering)), together, order, "shuffled")
        problems += _differences(_split(bench, rows, offering), together, np.arange(MANY), "in three parts")
        again = figures(bench.decided(rows, offering))
        problems += _differences(again, together, np.arange(MANY), "a second time")
    looked_at = f"{MANY} applications, {ALONE} of them alone, under {len(bench.offerings)} sets of terms"
    return Result("a row is decided alike alone and in any batch", tuple(dict.fromkeys(problems)), looked_at)


def _split(bench: Bench, rows: Applications, offering: Any) -> Figures:
    cuts = (0, 1, MANY // 3, MANY)
    parts = [figures(bench.decided(rows.between(start, stop), offering)) for start, stop in itertools.pairwise(cuts)]
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}


def _differences(found: Figures, together: Figures, rows: np.ndarray[Any, Any], how: str) -> list[str]:
    return [
        f"Decided {how}, {name} differs from the same applications in one batch: a function looks at other rows."
        for name, array in together.items()
        if not np.array_equal(found[name], array[..., rows])
    ]
