"""Reading fees: the rate's table, plain or in bands, and the components that are charged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from products.columns import Ints
from products.guarantee.facts import BOUNDLESS, Fact
from products.guarantee.provisions import Component, Due, Fee, Payer
from products.guarantee.reading_tables import read_rows, read_when
from products.guarantee.tables import Table, make_table
from products.guarantee.written import Written
from products.money import ONE, Rounding

_COMPONENT_KEYS = ("charge_on", "band_on", "time", "factors", "rounding")


def read_fee(written: Written, facts: Mapping[str, Fact], money: int) -> Fee:
    """A fee as written."""
    banding = written.text("banding", "whole")
    if banding not in ("marginal", "whole"):
        written.complain("banding", f"is {banding!r}", "write marginal (each band on its slice) or whole")
    rate_from, adds = written.optional("rate_from"), written.words("adds")
    due, payer = written.choice("due", Due), written.choice("paid_by", Payer, Payer.BORROWER)
    minimum = written.number("minimum", money, 0)
    rising, falling = written.words("never_falls_with"), written.words("never_rises_with")
    components = _components(written, facts)
    if rate_from is None:
        rows = read_rows(written, facts)
        banded = [_bands(row.written, money) for row in rows.rows]
        edges, rates = _padded(banded)
        table, sure = rows.table, rows.sure
        for row in rows.rows:
            row.written.close()
    else:
        table, sure = make_table((), ({},), otherwise=False), (True,)
        edges, rates = np.array([[BOUNDLESS]]), np.zeros((1, 1), dtype=np.int64)
    return Fee(
        due,
        payer,
        table,
        edges,
        rates,
        banding == "marginal",
        components,
        minimum,
        rate_from,
        adds,
        rising,
        falling,
        sure,
    )


def _bands(written: Written, money: int) -> tuple[list[int], list[int]]:
    if not written.has("bands"):
        return [BOUNDLESS], [written.number("rate", ONE)]
    listed = written.listed("bands")
    edges = [one.number("up_to", money, BOUNDLESS) for one in listed]
    rates = [one.number("rate", ONE) for one in listed]
    for one in listed:
        one.close()
    return edges, rates


def _padded(banded: Sequence[tuple[list[int], list[int]]]) -> tuple[Ints, Ints]:
    width = max((len(edges) for edges, _ in banded), default=1)
    edges = np.full((len(banded), width), BOUNDLESS, dtype=np.int64)
    rates = np.zeros((len(banded), width), dtype=np.int64)
    for row, (row_edges, row_rates) in enumerate(banded):
        edges[row, : len(row_edges)] = row_edges
        rates[row, : len(row_rates)] = row_rates
    return edges, rates


def _components(written: Written, facts: Mapping[str, Fact]) -> tuple[Component, ...]:
    if not written.has("components"):
        return (_component(written, "fee", only=None),)
    found = []
    for one in written.listed("components"):
        only = _only(one, facts) if one.has("only") else None
        found.append(_component(one, one.text("name"), only=only))
        one.close()
    return tuple(found)


def _only(written: Written, facts: Mapping[str, Fact]) -> Table:
    box = read_when(written.below("only"), facts)
    return make_table(tuple(facts[name] for name in box), (box, {}), otherwise=True)


def _component(written: Written, name: str, *, only: Table | None) -> Component:
    charge_on = written.text("charge_on")
    time = written.below("time") if written.has("time") else None
    counted = None if time is None else time.text("fact")
    units = 1 if time is None else time.number("units_in_year", 1)
    if time is not None:
        time.close()
    if units == 0:
        written.complain("time.units_in_year", "is 0", 'write how many of them make a year, for example "12"')
    return Component(
        name=name,
        only=only,
        charge_on=charge_on,
        band_on=written.text("band_on", charge_on),
        time=counted,
        units_in_year=max(units, 1),
        factors=written.words("factors"),
        rounding=written.choice("rounding", Rounding, Rounding.HALF_UP),
    )
