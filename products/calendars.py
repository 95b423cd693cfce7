"""Dates as days since 1970-01-01, over arrays: months that end early."""

from __future__ import annotations

import numpy as np

from products.columns import Ints


def add_months(day: Ints, months: Ints | int) -> Ints:
    """The same day of the month ``months`` later, the last day of the month where that day does not exist.

    Counted from ``day`` itself, so 31 January gives 28 February and then 31 March. Shapes broadcast.
    """
    dates = day.astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    within = (dates - month.astype("datetime64[D]")).astype(np.int64)
    target = month + np.asarray(months, dtype=np.int64)
    first = target.astype("datetime64[D]").astype(np.int64)
    after = (target + 1).astype("datetime64[D]").astype(np.int64)
    result: Ints = np.minimum(first + within, after - 1)
    return result
