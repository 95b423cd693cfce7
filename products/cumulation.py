"""What may not be counted or taken twice where several programmes meet: loans, balances, central subsidies.

A loan stands under one guarantee programme only; its balance counts once for its client, whichever programmes list it;
and one loan takes at most one subsidy of the central budget (中小微企业贷款贴息, 2026: not two of them for one loan).
Programmes of one cumulation group hold the same balance against their ceilings, each its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from products.columns import Bools, Ints
from products.parameters import NotInForce
from products.product import Programme


@dataclass(frozen=True, slots=True)
class Bookings:
    """n bookings of loans under programmes, as columns.

    ``loan`` and ``client``: numbers; ``programme``: its position in the caller's list; ``balance``: guaranteed, fen.
    """

    loan: Ints
    client: Ints
    programme: Ints
    balance: Ints


def booked_twice(bookings: Bookings) -> Bools:
    """Which bookings, (n,), are of a loan that another programme lists too."""
    _, position = np.unique(bookings.loan, return_inverse=True)
    first = np.full(int(position.max(initial=-1)) + 1, -1, dtype=np.int64)
    first[position[::-1]] = bookings.programme[::-1]
    several = np.zeros(len(first), dtype=np.bool_)
    np.logical_or.at(several, position, bookings.programme != first[position])
    return several[position]


def client_balances(bookings: Bookings, *, clients: int) -> Ints:
    """What is guaranteed for each client 0 to ``clients`` - 1, (clients,) fen: every loan once, at its highest balance.

    The same loan of two clients counts for the first of them.
    """
    loans, first, position = np.unique(bookings.loan, return_index=True, return_inverse=True)
    highest = np.zeros(len(loans), dtype=np.int64)
    np.maximum.at(highest, position, bookings.balance)
    totals = np.zeros(clients, dtype=np.int64)
    np.add.at(totals, bookings.client[first], highest)
    return totals


def takes_one_central_subsidy_at_most(subsidies: Bools, central: Bools) -> Bools:
    """Whether each loan, (n,), takes at most one central subsidy.

    ``subsidies`` (n, k): which of k subsidies a loan takes; ``central`` (k,): which are paid by the central budget.
    """
    kept: Bools = subsidies[:, central].sum(axis=1) <= 1
    return kept


def counted_together(programme: Programme, programmes: Iterable[Programme], on: date) -> frozenset[str]:
    """Slugs of the programmes whose loans count against this one's ceiling per enterprise on a day, itself included."""
    group = _group(programme, on)
    others = (one.slug for one in programmes if group is not None and _group(one, on) == group)
    return frozenset((programme.slug, *others))


def _group(programme: Programme, on: date) -> str | None:
    try:
        return programme.book.at(on).cumulation_group
    except NotInForce:
        return None
