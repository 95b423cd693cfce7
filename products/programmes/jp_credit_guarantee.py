"""Japanese credit guarantees: the repayment plan as the fee's formula sees it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from products.columns import Ints
from products.guarantee.loading import load_rulebook

RULE_BOOK = load_rulebook(Path(__file__).with_suffix(".yaml"))


def balloon(last_instalment: Ints, previous_instalment: Ints, *, on: date) -> Ints:
    """The part of the last instalment that is charged by itself, (n,) yen: what it has over the one before it.

    Only where the last is more than a multiple (in the book, by day of signature) of the one before it; else 0.
    """
    multiple = RULE_BOOK.at(on).lookup("balloon_multiple").values[0]
    return np.where(last_instalment > multiple * previous_instalment, last_instalment - previous_instalment, 0)
