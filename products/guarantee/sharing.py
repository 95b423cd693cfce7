"""Who bears a loss and who gets back what is recovered, exact to the minor unit.

A loss is cut into layers by `Sharing.bears`: each part rounded down, the party of the odd units takes the rest. A party
may then pass on shares of the whole layer that fell to it, each rounded down; it keeps what is left. So percentages
"of the layer above" are written as they stand in the law, and parts always add up to the loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from products.columns import Ints
from products.guarantee.exact import exact_quotient
from products.guarantee.provisions import Recoveries, Share, Sharing
from products.money import ONE, Rounding, portion, split

Shares = Mapping[str, Ints]
"""Parts per million (n,) by the name of the provision that holds them."""


@dataclass(frozen=True, slots=True)
class Borne:
    """What each of ``parties`` bears of an amount: ``parts`` (n, parties) in minor units; rows add up to the amount."""

    parties: tuple[str, ...]
    parts: Ints

    def of(self, party: str) -> Ints:
        """One party's part, (n,)."""
        return self.parts[:, self.parties.index(party)]


def ceded(layer: Ints, share_ppm: Ints | int) -> Ints:
    """The part of a layer that is passed on, (n,), rounded down: who passes on keeps the odd unit."""
    return portion(layer, share_ppm, Rounding.DOWN)


def losses(amount: Ints, sharing: Sharing, shares: Shares, *, loan: Ints | None = None) -> Borne:
    """Who bears losses (n,). ``loan`` (n,) is the principal by which a first loss is measured; ValueError without."""
    parties = sharing.parties
    parts = np.zeros((len(amount), len(parties)), dtype=np.int64)
    rest = amount
    if sharing.first_loss is not None:
        first = _first_loss(amount, sharing, shares, loan)
        parts[:, parties.index(sharing.first_loss[0])] += first
        rest = amount - first
    parts += _layers(rest, sharing, shares)
    return Borne(parties, parts)


def recoveries(recovered: Ints, borne: Borne, sharing: Sharing, shares: Shares, *, loan: Ints | None = None) -> Borne:
    """Who gets amounts (n,) recovered after ``borne`` was paid; at most what was borne. ValueError if it is more.

    Pro rata to what each bore, rounded down, the party of the odd units taking the rest; or those behind the first loss
    before its bearer.
    """
    paid = borne.parts.sum(axis=1)
    if (recovered > paid).any():
        row = int(np.argmax(recovered > paid))
        raise ValueError(
            f"In row {row} {recovered[row]} is recovered of a loss of {paid[row]}; hand back at most what was borne."
        )
    if sharing.recoveries is Recoveries.PRO_RATA or sharing.first_loss is None:
        return Borne(borne.parties, _pro_rata(recovered, borne.parts, borne.parties.index(sharing.odd_units_to)))
    behind = _layers(paid - _first_loss(paid, sharing, shares, loan), sharing, shares)
    first = borne.parts - behind
    to_those_behind = np.minimum(recovered, behind.sum(axis=1))
    odd = borne.parties.index(sharing.odd_units_to)
    parts = _pro_rata(to_those_behind, behind, odd) + _pro_rata(recovered - to_those_behind, first, odd)
    return Borne(borne.parties, parts)


def _first_loss(amount: Ints, sharing: Sharing, shares: Shares, loan: Ints | None) -> Ints:
    if sharing.first_loss is None or loan is None:
        raise ValueError("A first loss is a share of the loan; give the loans' principal with the losses.")
    return np.minimum(amount, portion(loan, _ppm(sharing.first_loss[1], shares), Rounding.DOWN))


def _layers(amount: Ints, sharing: Sharing, shares: Shares) -> Ints:
    """The parts (n, parties) of amounts that are shared from the first unit on."""
    parties = sharing.parties
    parts = np.zeros((len(amount), len(parties)), dtype=np.int64)
    heads = [party for party, _ in sharing.bears]
    parts[:, : len(heads)] = split(
        amount, _head_shares(len(amount), sharing, shares), residual=heads.index(sharing.odd_units_to)
    )
    fallen = dict(zip(parties, parts.T.copy(), strict=True))
    for cession in sharing.cedes:
        passed = ceded(fallen[cession.giver], _ppm(cession.share, shares))
        parts[:, parties.index(cession.giver)] -= passed
        parts[:, parties.index(cession.taker)] += passed
        fallen[cession.taker] = fallen[cession.taker] + passed
    return parts


def _head_shares(n: int, sharing: Sharing, shares: Shares) -> Ints:
    columns = np.zeros((n, len(sharing.bears)), dtype=np.int64)
    for place, (_, share) in enumerate(sharing.bears):
        if share is not None:
            columns[:, place] = _ppm(share, shares)
    for place, (_, share) in enumerate(sharing.bears):
        if share is None:
            columns[:, place] = ONE - columns.sum(axis=1)
    return columns


def _ppm(share: Share, shares: Shares) -> Ints | int:
    return share if isinstance(share, int) else shares[share]


def _pro_rata(amount: Ints, parts: Ints, odd: int) -> Ints:
    """Amounts (n,) divided as ``parts`` (n, k) are; what rounding leaves goes to ``odd`` as far as it bore it."""
    whole = np.maximum(parts.sum(axis=1), 1)
    divided = exact_quotient((parts, amount[:, None]), whole[:, None], Rounding.DOWN)
    left = amount - divided.sum(axis=1)
    order = [odd, *(place for place in range(parts.shape[1]) if place != odd)]
    for place in order:
        more = np.minimum(left, parts[:, place] - divided[:, place])
        divided[:, place] += more
        left = left - more
    return divided
