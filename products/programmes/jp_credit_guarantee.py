"""Japanese credit guarantees: the last instalment as the fee's formula sees it."""

from __future__ import annotations

import numpy as np

from products.columns import Ints
from products.guarantee.rulebook import InForce


def balloon(last_instalment: Ints, previous_instalment: Ints, terms: InForce) -> Ints:
    """The part of the last instalment that is charged by itself, (n,) yen: what it has over the one before it.

    Only where the last is more than ``balloon_multiple`` times the one before it; else 0.
    """
    multiple = terms.lookup("balloon_multiple").values[0]
    return np.where(last_instalment > multiple * previous_instalment, last_instalment - previous_instalment, 0)
