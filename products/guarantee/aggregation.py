"""Loans that count as one: the sum over a borrower's group and a window of days."""

from __future__ import annotations

import numpy as np

from products.columns import Ints


def summed_in_window(amount: Ints, group: Ints, day: Ints, window_days: int) -> Ints:
    """For each loan the sum of its group's loans of the ``window_days`` before its day and of the day, itself included.

    ``amount``, ``group``, ``day`` int64 (n,). Loans of the same group and day count with one another.
    """
    order = np.lexsort((day, group))
    ordered_group, ordered_day = group[order], day[order]
    total = np.concatenate([[0], np.cumsum(amount[order])])
    span = int(day.max(initial=0)) - int(day.min(initial=0)) + window_days + 1
    _, dense = np.unique(ordered_group, return_inverse=True)
    key = dense * span + (ordered_day - int(day.min(initial=0)))
    first = np.searchsorted(key, np.maximum(key - window_days, dense * span), side="left")
    last = np.searchsorted(key, key, side="right")
    result = np.empty_like(amount)
    result[order] = total[last] - total[first]
    return result
