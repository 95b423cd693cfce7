"""The fees of a rule book within repayment plans: what is due at drawdown and in every later year, as the book says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from products.columns import Ints
from products.guarantee.evaluation import Evaluated, OtherDays, evaluate
from products.guarantee.exact import exact_quotient
from products.guarantee.facts import Facts
from products.guarantee.provisions import Due, Payer
from products.guarantee.rulebook import RuleBook
from products.money import Rounding, portion
from products.repayment.dated_fees import FeeRows, PlannedLoans, yearly_days

OUTSTANDING: Final = "outstanding"
GUARANTEED_OUTSTANDING: Final = "guaranteed_outstanding"
"""What books call the balance and the part of it that is guaranteed."""


def book_fees(
    book: RuleBook,
    facts: Facts,
    days: Ints,
    loans: PlannedLoans,
    *,
    payer: Payer = Payer.BORROWER,
    other_days: OtherDays | None = None,
) -> FeeRows:
    """The fees that ``payer`` owes over the life of loans under the terms of their days, in minor units.

    ``facts`` and ``days`` as for `evaluate`. Upfront fees fall due at drawdown; yearly fees in advance on every
    anniversary, with the facts ``outstanding`` and ``guaranteed_outstanding`` as they then are; a last part-year pays
    by its months over twelve, rounded half up.
    """

    def asked(more: Facts) -> Evaluated:
        known = {name: column for name, column in more.items() if name in book.facts}
        return evaluate(book, {**facts, **known}, days, other_days=other_days)

    found = asked({})
    everyone = np.arange(found.n)
    upfront = found.owed.get((Due.UPFRONT, payer), np.zeros_like(everyone))
    rows = FeeRows(everyone, loans.drawn_on, upfront)
    if (Due.YEARLY, payer) not in found.owed:
        return rows
    dates, years = yearly_days(loans)
    for year in range(int(years.max(initial=-1)) + 1):
        rows += _of_year(asked, found.coverage, payer, loans, dates.take(np.flatnonzero(years == year)))
    return rows


def _of_year(
    asked: Callable[[Facts], Evaluated], coverage: Ints, payer: Payer, loans: PlannedLoans, dates: FeeRows
) -> FeeRows:
    """The fees at the start of one year of those loans that still run."""
    balance = np.zeros_like(coverage)
    balance[dates.loan] = loans.balance(dates.loan, dates.on)
    guaranteed = portion(balance, coverage, Rounding.DOWN)
    whole = asked({OUTSTANDING: balance, GUARANTEED_OUTSTANDING: guaranteed}).owed[Due.YEARLY, payer][dates.loan]
    return FeeRows(dates.loan, dates.on, exact_quotient((whole, loans.months_of_year(dates)), 12, Rounding.HALF_UP))
