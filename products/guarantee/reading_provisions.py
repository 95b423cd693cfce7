"""Reading the provisions, one function per kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from products.columns import Ints
from products.guarantee.facts import BOUNDLESS, Fact
from products.guarantee.provisions import (
    Aggregation,
    Bound,
    Cap,
    Cession,
    Condition,
    Kind,
    Measure,
    PortfolioCap,
    Provision,
    Recoveries,
    Share,
    Sharing,
)
from products.guarantee.reading_fees import read_fee
from products.guarantee.reading_tables import read_lookup, read_rows
from products.guarantee.written import Written
from products.money import ONE

REST: Final = "rest"


@dataclass(frozen=True, slots=True)
class Setting:
    """What every reader needs to know of the book: its facts and how many minor units a unit of money has."""

    facts: Mapping[str, Fact]
    money: int


Reader = Callable[[object, Written, Setting], Provision]


def read_share(written: Written, key: str) -> Share:
    """A quoted share, or the name of a provision that holds shares."""
    text = written.text(key)
    return written.number(key, ONE) if text[:1].isdigit() else text


def _cap(_: object, written: Written, setting: Setting) -> Cap:
    of = written.optional("of")
    on = written.text("on")
    lookup = read_lookup(None, written, setting.money if of is None else ONE, setting.facts)
    return Cap(on, lookup, of)


def _bound(_: object, written: Written, setting: Setting) -> Bound:
    name = written.text("fact")
    if name not in setting.facts:
        written.complain("fact", f"is {name!r}", f"name one of: {', '.join(setting.facts)}")
    scale = setting.facts[name].scale if name in setting.facts else 1
    rows = read_rows(written, setting.facts)
    low = [row.written.number("at_least", scale, 0) for row in rows.rows]
    high = rows.column(lambda row: row.number("at_most", scale, BOUNDLESS))
    return Bound(name, rows.table, np.array(low, dtype=np.int64), high, rows.sure)


def _sharing(_: object, written: Written, __: Setting) -> Sharing:
    bears = written.below("bears")
    shares = tuple((party, None if bears.raw(party) == REST else read_share(bears, party)) for party in bears.keys)
    cedes = tuple(
        Cession(one.text("from"), one.text("to"), read_share(one, "share")) for one in written.listed("cedes")
    )
    rest = [party for party, share in shares if share is None]
    odd_units_to = written.text("odd_units_to", rest[0] if rest else None)
    first = written.below("first_loss") if written.has("first_loss") else None
    first_loss = None if first is None else (first.text("party"), read_share(first, "share_of_loan"))
    recoveries = written.choice("recoveries", Recoveries, Recoveries.PRO_RATA)
    return Sharing(shares, cedes, odd_units_to, first_loss, recoveries)


def read_bands(listed: tuple[Written, ...], scale: int, key: str = "rate") -> tuple[Ints, Ints]:
    """Upper ends and rates of bands; the last band has no upper end."""
    edges = [one.number("up_to", scale, BOUNDLESS) for one in listed]
    rates = [one.number(key, ONE) for one in listed]
    for one in listed:
        one.close()
    return np.array(edges, dtype=np.int64), np.array(rates, dtype=np.int64)


def _portfolio_cap(_: object, written: Written, setting: Setting) -> PortfolioCap:
    base = written.text("base")
    of_guaranteed = written.raw("of_guaranteed") is True
    if written.has("rate"):
        edges, rates = np.array([BOUNDLESS], dtype=np.int64), np.array([written.number("rate", ONE)], dtype=np.int64)
    else:
        edges, rates = read_bands(written.listed("bands"), setting.money)
    return PortfolioCap(base, edges, rates, of_guaranteed)


def _condition(_: object, written: Written, setting: Setting) -> Condition:
    low, high = (written.number(key, ONE) if written.has(key) else None for key in ("at_least", "at_most"))
    if low is None and high is None:
        written.complain("", "sets no limit", "write at_least or at_most")
    measure = written.choice("measure", Measure)
    threshold, liability = written.number("threshold", setting.money, 0), written.number("liability", ONE, ONE)
    days = written.number("days_in_year", 1) if measure is Measure.LOSS_RATE else 1
    return Condition(measure, low, high, threshold=threshold, liability=liability, days_in_year=max(days, 1))


def _aggregation(_: object, written: Written, setting: Setting) -> Aggregation:
    sums = written.below("sums")
    named = tuple((name, sums.text(name)) for name in sums.keys)
    for fact in (name for pair in named for name in pair):
        if fact not in setting.facts and fact != "guaranteed":
            written.complain("sums", f"names {fact!r}", f"name one of: {', '.join(setting.facts)}")
    return Aggregation(written.text("group"), written.number("window_days", 1), named)


READERS: Final[Mapping[Kind, Reader]] = {
    Kind.SHARE: lambda value, written, setting: read_lookup(value, written, ONE, setting.facts),
    Kind.AMOUNT: lambda value, written, setting: read_lookup(value, written, setting.money, setting.facts),
    Kind.COUNT: lambda value, written, setting: read_lookup(value, written, 1, setting.facts),
    Kind.CAP: _cap,
    Kind.BOUND: _bound,
    Kind.FEE: lambda _, written, setting: read_fee(written, setting.facts, setting.money),
    Kind.SHARING: _sharing,
    Kind.PORTFOLIO_CAP: _portfolio_cap,
    Kind.CONDITION: _condition,
    Kind.AGGREGATION: _aggregation,
}
