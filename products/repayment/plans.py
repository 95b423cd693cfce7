"""The repayment plan of one loan or many, payment by payment, as a contract prints it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from products.columns import Ints
from products.repayment.calendars import add_months
from products.schedule import Charges, FeeBase, Loans, blocks, check_loans, monthly_subsidies, yearly_fees


@dataclass(frozen=True, slots=True)
class Plan:
    """Payments one below another, int64 (m,) each, ordered by loan and date; amounts in fen.

    ``loan`` is the position of the loan; ``number`` counts its payments from 1, with 0 for a fee paid on the day of
    drawdown; ``due_on`` days since 1970-01-01. ``total`` is what the borrower pays: principal, interest and fee;
    ``subsidy`` is what a third party returns on the same day.
    """

    loan: Ints
    number: Ints
    due_on: Ints
    opening_balance: Ints
    principal: Ints
    interest: Ints
    fee: Ints
    subsidy: Ints
    total: Ints
    closing_balance: Ints

    def __len__(self) -> int:
        return len(self.loan)

    def of(self, loan: int) -> Plan:
        """The payments of one loan."""
        return self.take(np.flatnonzero(self.loan == loan))

    def take(self, rows: Ints) -> Plan:
        """The given rows, in their order."""
        return Plan(*(getattr(self, field.name)[rows] for field in fields(self)))


def plan(
    principal: Ints,
    rate_ppm: Ints,
    term_months: Ints,
    repayment: Ints,
    *,
    drawn_on: Ints,
    fee_rate_ppm: Ints | None = None,
    fee_base: FeeBase = FeeBase.OUTSTANDING,
    subsidy_rate_ppm: Ints | None = None,
    subsidy_months: Ints | None = None,
    subsidy_principal: Ints | None = None,
) -> Plan:
    """The payments behind `products.schedule.all_in`, with due dates each month from ``drawn_on``.

    All arrays int64 (n,), ``drawn_on`` in days since 1970-01-01; fees and subsidies are none where left out. Months in
    which nothing is paid have no row. A due date that does not exist is the last day of its month. ValueError out of
    limits.
    """
    nothing = np.zeros_like(principal)
    charges = Charges(
        fee_base,
        nothing if fee_rate_ppm is None else fee_rate_ppm,
        nothing if subsidy_rate_ppm is None else subsidy_rate_ppm,
        nothing if subsidy_months is None else subsidy_months,
        subsidy_principal,
    )
    check_loans(principal, rate_ppm, term_months, repayment)
    charges.check()
    parts = [
        _block(loans, rows, drawn_on[rows], charges.take(rows))
        for loans, rows in blocks(principal, rate_ppm, term_months, repayment)
    ]
    if not parts:
        return Plan(*(np.empty(0, dtype=np.int64) for _ in fields(Plan)))
    joined = Plan(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Plan)))
    return joined.take(np.argsort(joined.loan, kind="stable"))


def _block(
    loans: Loans,
    rows: Ints,
    drawn_on: Ints,
    charges: Charges,
) -> Plan:
    run = loans.course()
    shape = run.balances.shape
    principal, interest, fee, subsidy, opening = (np.zeros(shape, dtype=np.int64) for _ in range(5))
    opening[1:], opening[0] = run.balances[:-1], loans.principal
    principal[1:] = run.balances[:-1] - run.balances[1:]
    interest[1:] = run.interest
    for year, amount in enumerate(yearly_fees(loans, run, charges)):
        fee[12 * year] = amount
    received = monthly_subsidies(loans, run, charges)
    subsidy[1 : len(received) + 1] = received
    month = np.arange(shape[0])[:, None]
    due_on = add_months(drawn_on, month)
    total = principal + interest + fee
    paid = (total > 0) | (month == loans.term_months)
    number = np.cumsum(paid[1:], axis=0)
    number = np.concatenate([np.zeros((1, shape[1]), dtype=np.int64), number])
    by_loan = paid.T
    columns = (number, due_on, opening, principal, interest, fee, subsidy, total, run.balances)
    return Plan(np.repeat(rows, by_loan.sum(axis=1)), *(np.ascontiguousarray(column.T)[by_loan] for column in columns))
