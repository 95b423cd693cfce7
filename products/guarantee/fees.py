"""Fees by a rule book: rate by table or band, time, factors, each component rounded by itself, then the minimum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from products.columns import Ints
from products.guarantee.exact import WholeNumbers, exact_quotient, marginal_slices, scaled_sum
from products.guarantee.facts import Facts, fact_of
from products.guarantee.provisions import Component, Fee
from products.money import ONE


@dataclass(frozen=True, slots=True)
class Rates:
    """What a fee takes from other provisions, ppm (n,): its ``factors`` by name, what is ``added`` to every rate, and
    the rate ``set`` from elsewhere, None where the fee has its own table."""

    factors: Mapping[str, Ints]
    added: Ints
    set: Ints | None


def fee_components(name: str, fee: Fee, facts: Facts, rates: Rates) -> dict[str, Ints]:
    """Each component's amount (n,) in minor units."""
    rows = fee.table.row_of(facts, len(rates.added), name)
    return {one.name: _component(name, fee, one, facts, rows, rates) for one in fee.components}


def fee_amount(name: str, fee: Fee, facts: Facts, rates: Rates) -> Ints:
    """The fee (n,) in minor units: the components' sum, at least the minimum where anything is charged at all."""
    parts = fee_components(name, fee, facts, rates)
    total: Ints = np.sum(list(parts.values()), axis=0, dtype=np.int64)
    return np.where(total > 0, np.maximum(total, fee.minimum), 0)


def _component(name: str, fee: Fee, part: Component, facts: Facts, rows: Ints, rates: Rates) -> Ints:
    base = fact_of(facts, part.charge_on, name)
    weighted = _weighted(name, fee, part, facts, rows, rates)
    time = np.ones_like(base) if part.time is None else fact_of(facts, part.time, name)
    applied = [rates.factors[one] for one in part.factors]
    divisor = ONE * part.units_in_year * int(ONE ** len(applied))
    amount = exact_quotient((weighted, time, *applied), divisor, part.rounding)
    return amount if part.only is None else np.where(part.only.row_of(facts, len(base), name) == 0, amount, 0)


def _weighted(name: str, fee: Fee, part: Component, facts: Facts, rows: Ints, rates: Rates) -> WholeNumbers:
    """Σ slice × rate, (n,) in minor units × ppm."""
    base = fact_of(facts, part.charge_on, name)
    if rates.set is not None:
        return scaled_sum(base, rates.set + rates.added)
    edges, by_band = fee.edges[rows], fee.rates[rows] + rates.added[:, None]
    reach = base if part.band_on == part.charge_on else fact_of(facts, part.band_on, name)
    if fee.marginal:
        return scaled_sum(marginal_slices(np.maximum(reach - base, 0), reach, edges), by_band)
    band = (reach[:, None] > edges[:, :-1]).sum(axis=1)
    return scaled_sum(base, by_band[np.arange(len(base)), band])
