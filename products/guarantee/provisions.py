"""What a rule book may lay down, each as a value read from its YAML; see docs/rule-books.md for the written form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from products.columns import Ints
from products.guarantee.tables import Table
from products.money import ONE, Rounding


class Kind(StrEnum):
    """The kinds of provision; a parameter's ``unit`` names one."""

    SHARE = "share"
    AMOUNT = "amount"
    COUNT = "count"
    CAP = "cap"
    BOUND = "bound"
    FEE = "fee"
    SHARING = "sharing"
    PORTFOLIO_CAP = "portfolio_cap"
    CONDITION = "condition"
    AGGREGATION = "aggregation"


class Due(StrEnum):
    """When a fee falls due."""

    UPFRONT = "upfront"
    YEARLY = "yearly"


class Payer(StrEnum):
    """Who owes a fee."""

    BORROWER = "borrower"
    LENDER = "lender"
    GUARANTOR = "guarantor"


class Measure(StrEnum):
    """What a condition on the whole portfolio measures."""

    AVERAGE_FEE = "average_fee"
    SMALL_BUSINESS_SHARE = "small_business_share"
    SMALL_TICKET_SHARE = "small_ticket_share"
    LOSS_RATE = "loss_rate"


class Recoveries(StrEnum):
    """Who gets back what is collected after a loss was paid."""

    PRO_RATA = "pro_rata"
    """Everyone in proportion to what he bore."""
    LAST_LOSS_FIRST = "last_loss_first"
    """Those behind a first loss are made whole before its bearer."""


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """A table with one whole number per row: ppm, minor units or a count. ``sure`` (rows): read in the text itself."""

    table: Table
    values: Ints
    sure: tuple[bool, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Cap:
    """A ceiling on the fact ``on``: an amount, or a share of the fact ``of``."""

    on: str
    lookup: Lookup
    of: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """From where to where a fact must lie, both included, by row of the table."""

    fact: str
    table: Table
    at_least: Ints
    at_most: Ints
    sure: tuple[bool, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """One part of a fee, rounded by itself: rate × ``charge_on`` × time × factors.

    With bands, the stretch of ``charge_on`` that ends at ``band_on`` is sliced. ``time`` counts ``units_in_year`` to
    the year; None charges once.
    """

    name: str
    only: Table | None
    charge_on: str
    band_on: str
    time: str | None
    units_in_year: int
    factors: tuple[str, ...]
    rounding: Rounding


@dataclass(frozen=True, slots=True, eq=False)
class Fee:
    """A fee: the rate's table, with ``edges`` and ``rates`` (rows, bands), then its components.

    ``marginal``: every band's rate on its own slice; else the rate of the band in which ``band_on`` lies on the whole.
    ``rate_from``: a table of shares or a fact that holds the rate instead; ``adds``: shares added to it.
    ``rising_in`` and ``falling_in``: the facts along which the rate is declared never to fall, never to rise.
    """

    due: Due
    payer: Payer
    table: Table
    edges: Ints
    rates: Ints
    marginal: bool
    components: tuple[Component, ...]
    minimum: int
    rate_from: str | None
    adds: tuple[str, ...]
    rising_in: tuple[str, ...]
    falling_in: tuple[str, ...]
    sure: tuple[bool, ...]


Share = int | str
"""Parts per million, or the name of the `Kind.SHARE` provision that holds them."""


@dataclass(frozen=True, slots=True)
class Cession:
    """``giver`` passes a share of the whole layer that falls to it on to ``taker``."""

    giver: str
    taker: str
    share: Share


@dataclass(frozen=True, slots=True, eq=False)
class Sharing:
    """Who bears a loss: first by layer, then what each layer passes on; see `products.guarantee.sharing`.

    ``bears``: share of each party, None for the rest; ``odd_units_to``: the party that takes what rounding leaves;
    ``first_loss``: a party and the share of the loan that it bears before anything is shared.
    """

    bears: tuple[tuple[str, Share | None], ...]
    cedes: tuple[Cession, ...]
    odd_units_to: str
    first_loss: tuple[str, Share] | None
    recoveries: Recoveries

    @property
    def parties(self) -> tuple[str, ...]:
        """Everyone who bears something, in the order of the columns."""
        return tuple(dict.fromkeys([*(party for party, _ in self.bears), *(one.taker for one in self.cedes)]))


@dataclass(frozen=True, slots=True, eq=False)
class PortfolioCap:
    """The most that is paid on a lender's whole portfolio, by marginal rates over the volume of ``base``.

    A flat cap is one band. ``of_guaranteed``: the result is multiplied with the cover again.
    """

    base: str
    edges: Ints
    rates: Ints
    of_guaranteed: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """What a portfolio must keep to, in ppm.

    ``threshold``: the most per client that is a small ticket, minor units; ``liability``: the share of the annualised
    released principal below the loss rate's line; ``days_in_year``: by which it is annualised.
    """

    measure: Measure
    at_least: int | None
    at_most: int | None
    threshold: int = 0
    liability: int = ONE
    days_in_year: int = 1


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Loans of one group within so many days count together: ``sums`` names, per fact, the fact of the sum."""

    group: str
    window_days: int
    sums: tuple[tuple[str, str], ...]


Provision = Lookup | Cap | Bound | Fee | Sharing | PortfolioCap | Condition | Aggregation
