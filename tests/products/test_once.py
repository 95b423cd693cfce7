"""Steps computed once per batch: the same answer for the same batch, a new one for any other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from products.columns import Ints
from products.money import ONE, Rounding, portion
from products.once import KEPT, once_per_batch
from products.property.discounting import half_month_growth


def counting() -> tuple[list[int], Callable[[Ints, int], Ints]]:
    calls: list[int] = []

    @once_per_batch
    def doubled(batch: Ints, day: int) -> Ints:
        calls.append(day)
        return batch * 2

    return calls, doubled


def test_the_same_batch_is_computed_once_and_another_anew() -> None:
    calls, doubled = counting()
    batch = np.arange(3)
    first = doubled(batch, 1_000_000)
    assert doubled(batch, 1_000_000) is first
    # days are compared by value, batches by identity: an equal batch is another one
    assert doubled(batch.copy(), 1_000_000) is not first
    assert doubled(batch, 1_000_001).tolist() == [0, 2, 4]
    assert calls == [1_000_000, 1_000_000, 1_000_001]


def test_only_the_latest_results_are_held() -> None:
    calls, doubled = counting()
    batches = [np.arange(size) for size in range(KEPT + 1)]
    for batch in batches:
        doubled(batch, 0)
    doubled(batches[-1], 0)
    assert len(calls) == KEPT + 1
    doubled(batches[0], 0)
    assert len(calls) == KEPT + 2


def test_portions_are_exact_on_both_ways() -> None:
    """Large amounts take the long way, the others the short one: Python's integers agree with both."""
    generator = np.random.default_rng(7)
    for most in (10**9, 10**15):
        amounts = generator.integers(0, most, 1_000, dtype=np.int64)
        rates = generator.integers(0, 10 * ONE, 1_000, dtype=np.int64)
        pairs = list(zip(amounts.tolist(), rates.tolist(), strict=True))
        assert portion(amounts, rates, Rounding.DOWN).tolist() == [a * r // ONE for a, r in pairs]
        assert portion(amounts, rates, Rounding.UP).tolist() == [-(-a * r // ONE) for a, r in pairs]
        assert portion(amounts, rates, Rounding.HALF_UP).tolist() == [(2 * a * r + ONE) // (2 * ONE) for a, r in pairs]


def test_growth_of_few_and_many_rates_has_the_same_bits() -> None:
    rates = np.random.default_rng(3).integers(0, 10 * ONE, 500, dtype=np.int64)
    together = half_month_growth(rates)
    alone = np.concatenate([half_month_growth(rates[row : row + 1]) for row in range(len(rates))])
    assert together.tolist() == alone.tolist()
