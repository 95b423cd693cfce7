"""Repayment totals and all-in rates of many loans at once, and the dated plan printed in a contract.

Months are equal (30/360): a month's interest is balance × rate / 12, rounded half up to the fen, and the last
instalment takes the residual; see `products.repayment.amortisation`. The all-in rate is the nominal annual actuarial
rate in monthly periods: twelve times the monthly rate at which the payments, with guarantee fees and less interest
subsidies, are worth what the borrower had in hand on the day of drawdown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from products.columns import Ints, all_hold
from products.money import GREATEST_AMOUNT
from products.repayment.amortisation import MONTHLY, Course, Floats, Repayment, course, is_wide, rounded_share
from products.repayment.rate_solver import periodic_rate

__all__ = ["AllIn", "FeeBase", "PlanTotals", "Repayment", "all_in", "totals"]

GREATEST_RATE_PPM: Final = 10_000_000
"""1,000 % a year."""
GREATEST_TERM_MONTHS: Final = 600
GREATEST_FEE_RATE_PPM: Final = 500_000
"""Half the loan a year: beyond it too little is left in hand for an annual rate to mean anything."""
NO_RATE: Final = -1
"""Stands where a borrower has nothing in hand to which a rate could refer."""
BLOCK_CELLS: Final = 60_000
"""Months × loans computed together: a few matrices of this size stay in a core's second-level cache."""
_METHODS: Final = tuple(Repayment)
_FIRST: Final = np.zeros(1, dtype=np.intp)
SMALL_BLOCK: Final = 500
"""Below this many loans a call costs more than the months that shorter loans wait for longer ones."""


class FeeBase(StrEnum):
    """The amount on which a yearly guarantee fee is charged."""

    OUTSTANDING = "outstanding"
    ORIGINAL = "original"


@dataclass(frozen=True, slots=True)
class PlanTotals:
    """Repayment plans in figures, int64 (n,) each, amounts in fen.

    ``instalments`` counts the payments (one for a bullet); the first year is the first twelve months.
    """

    instalments: Ints
    first_instalment: Ints
    last_instalment: Ints
    total_interest: Ints
    first_year_interest: Ints


@dataclass(frozen=True, slots=True)
class AllIn:
    """Plans with guarantee fees and interest subsidies, int64 (n,) each, amounts in fen.

    ``rate_ppm`` is the nominal annual actuarial rate (monthly periods × 12), rounded half up; 0 for a loan of nothing,
    `NO_RATE` for one of so few fen that the first fee, rounded, takes all of it.
    """

    plan: PlanTotals
    total_fee: Ints
    first_year_fee: Ints
    total_subsidy: Ints
    first_year_subsidy: Ints
    rate_ppm: Ints

    @property
    def first_year_cost(self) -> Ints:
        """Interest and fees less subsidies of the first twelve months."""
        cost: Ints = self.plan.first_year_interest + self.first_year_fee - self.first_year_subsidy
        return cost


def totals(principal: Ints, rate_ppm: Ints, term_months: Ints, repayment: Ints) -> PlanTotals:
    """The plans' totals; all arguments int64 (n,), ``repayment`` codes of `Repayment`. ValueError out of limits."""
    check_loans(principal, rate_ppm, term_months, repayment)
    result = empty_totals(len(principal))
    for loans, rows in blocks(principal, rate_ppm, term_months, repayment):
        write_totals(result, rows, loans.course(), method=loans.method, periods=loans.term_months, first_year=12)
    return result


def all_in(
    principal: Ints,
    rate_ppm: Ints,
    term_months: Ints,
    repayment: Ints,
    *,
    fee_rate_ppm: Ints,
    subsidy_rate_ppm: Ints,
    subsidy_months: Ints,
    subsidy_principal: Ints | None = None,
    fee_base: FeeBase = FeeBase.OUTSTANDING,
) -> AllIn:
    """Totals and all-in rates in one pass; all array arguments int64 (n,).

    The guarantee fee is paid in advance at the start of each year on the balance then outstanding (or on the original
    loan), a final part-year by months / 12. The subsidy is balance × rate / 12 for each of the first
    ``subsidy_months`` months, never more than the interest, on a balance of at most ``subsidy_principal``, and is
    received when the interest is paid: for a bullet that is at maturity. Each fee and each subsidy amount is rounded
    half up to the fen. ValueError out of limits.
    """
    check_loans(principal, rate_ppm, term_months, repayment)
    charges = Charges(fee_base, fee_rate_ppm, subsidy_rate_ppm, subsidy_months, subsidy_principal)
    charges.check()
    n = len(principal)
    result = AllIn(empty_totals(n), *np.empty((5, n), dtype=np.int64))
    for loans, rows in blocks(principal, rate_ppm, term_months, repayment):
        _write_all_in(result, rows, loans, charges.take(rows))
    return result


@dataclass(frozen=True, slots=True)
class FirstYear:
    """Interest, fees and subsidies of the first twelve months, int64 (n,) fen each."""

    interest: Ints
    fee: Ints
    subsidy: Ints

    @property
    def cost(self) -> Ints:
        """Interest and fees less subsidies."""
        cost: Ints = self.interest + self.fee - self.subsidy
        return cost


def first_year(principal: Ints, rate_ppm: Ints, term_months: Ints, repayment: Ints, *, charges: Charges) -> FirstYear:
    """The first year's part of `all_in` alone, without the search for a rate; arguments and errors as there."""
    check_loans(principal, rate_ppm, term_months, repayment)
    charges.check()
    result = FirstYear(*(np.zeros(len(principal), dtype=np.int64) for _ in range(3)))
    for loans, rows in blocks(principal, rate_ppm, term_months, repayment):
        run, own = loans.course(), charges.take(rows)
        result.interest[rows] = run.interest[:12].sum(axis=0)
        result.fee[rows] = next(yearly_fees(loans, run, own), 0)
        result.subsidy[rows] = monthly_subsidies(loans, run, own)[:12].sum(axis=0)
    return result


@dataclass(frozen=True, slots=True)
class Loans:
    """Loans of one repayment method, int64 (n,) each."""

    method: Repayment
    principal: Ints
    rate_ppm: Ints
    term_months: Ints

    def course(self) -> Course:
        """How they run down."""
        return course(self.method, self.principal, self.rate_ppm, MONTHLY, self.term_months)


@dataclass(frozen=True, slots=True)
class Charges:
    """What loans cost and bring beside their interest, int64 (n,) each; see `all_in`."""

    fee_base: FeeBase
    fee_rate_ppm: Ints
    subsidy_rate_ppm: Ints
    subsidy_months: Ints
    subsidy_principal: Ints | None = None
    """The highest balance on which a subsidy is paid; None where none is capped."""

    def take(self, rows: Ints) -> Charges:
        """The charges of the given loans, in their order."""
        return Charges(
            self.fee_base,
            self.fee_rate_ppm[rows],
            self.subsidy_rate_ppm[rows],
            self.subsidy_months[rows],
            None if self.subsidy_principal is None else self.subsidy_principal[rows],
        )

    def subsidised(self, balance: Ints) -> Ints:
        """The part of balances (…, n) on which the subsidy is paid."""
        return balance if self.subsidy_principal is None else np.minimum(balance, self.subsidy_principal)

    def check(self) -> None:
        """ValueError naming the row and the limit unless the charges are such as can be computed."""
        _check("guarantee fee rate", self.fee_rate_ppm, 0, GREATEST_FEE_RATE_PPM, "ppm a year")
        _check("subsidy rate", self.subsidy_rate_ppm, 0, GREATEST_RATE_PPM, "ppm a year")
        _check("subsidy period", self.subsidy_months, 0, GREATEST_TERM_MONTHS, "months")
        if self.subsidy_principal is not None:
            _check("subsidised principal", self.subsidy_principal, 0, int(np.iinfo(np.int64).max), "fen")


def _write_all_in(
    result: AllIn,
    rows: Ints,
    loans: Loans,
    charges: Charges,
) -> None:
    run = loans.course()
    total_interest = write_totals(result.plan, rows, run, method=loans.method, periods=loans.term_months, first_year=12)
    payments = np.empty(run.balances.shape)
    payments[1:] = run.instalments
    np.negative(loans.principal, out=payments[0])
    total_fee, first_fee = np.zeros_like(loans.principal), np.zeros_like(loans.principal)
    for year, fee in enumerate(yearly_fees(loans, run, charges)):
        payments[12 * year] += fee
        total_fee += fee
        first_fee = first_fee if year else fee
    subsidies = monthly_subsidies(loans, run, charges)
    payments[1 : len(subsidies) + 1] -= subsidies
    total_subsidy = subsidies.sum(axis=0)
    result.total_fee[rows], result.first_year_fee[rows] = total_fee, first_fee
    result.total_subsidy[rows], result.first_year_subsidy[rows] = total_subsidy, subsidies[:12].sum(axis=0)
    start = (total_interest + total_fee - total_subsidy) / np.maximum(run.balances.sum(axis=0), 1)
    kept = payments[0] < 0
    if not all_hold(kept):
        payments[:, ~kept], start = 0, np.where(kept, start, 0)
    rate = annual_ppm(periodic_rate(payments, start))
    result.rate_ppm[rows] = np.where(kept | (loans.principal == 0), rate, NO_RATE)


def annual_ppm(monthly_rate: Floats) -> Ints:
    """Twelve times a monthly rate in parts per million, rounded half up."""
    return np.floor(monthly_rate * MONTHLY + 0.5).astype(np.int64)


def yearly_fees(loans: Loans, run: Course, charges: Charges) -> Iterator[Ints]:
    """The guarantee fee at the start of each year, (n,) fen each; nothing if no loan bears one."""
    if np.count_nonzero(charges.fee_rate_ppm) == 0:
        return
    for month in range(0, len(run.interest), 12):
        base = run.balances[month] if charges.fee_base is FeeBase.OUTSTANDING else loans.principal
        weight = charges.fee_rate_ppm * np.minimum(np.maximum(loans.term_months - month, 0), 12)
        yield rounded_share(base, weight, MONTHLY, wide=is_wide(base, weight))


def monthly_subsidies(loans: Loans, run: Course, charges: Charges) -> Ints:
    """The interest subsidy received with each payment, (k, n) fen for the first k payments and none after."""
    subsidy_months = charges.subsidy_months
    months = min(int(subsidy_months.max()), len(run.interest)) if np.count_nonzero(charges.subsidy_rate_ppm) else 0
    if months == 0:
        return np.empty((0, len(subsidy_months)), dtype=np.int64)
    weight = np.minimum(charges.subsidy_rate_ppm, loans.rate_ppm)
    if loans.method is Repayment.BULLET:
        weight = weight * np.minimum(subsidy_months, loans.term_months)
        subsidies = np.zeros_like(run.interest)
        subsidised = charges.subsidised(loans.principal)
        at_maturity = rounded_share(subsidised, weight, MONTHLY, wide=is_wide(loans.principal, weight))
        subsidies[loans.term_months - 1, np.arange(len(weight))] = at_maturity
        return subsidies
    wide = is_wide(loans.principal, weight)
    subsidies = rounded_share(charges.subsidised(run.balances[:months]), weight, MONTHLY, wide=wide)
    if np.count_nonzero(subsidy_months < months):
        subsidies *= np.arange(months)[:, None] < subsidy_months
    return subsidies


def write_totals(
    result: PlanTotals, rows: Ints, run: Course, *, method: Repayment, periods: Ints, first_year: Ints | int
) -> Ints:
    """Put the totals of a block into its ``rows``; returns its total interest (n,).

    ``periods`` (n,): each loan's number of months or periods; ``first_year``: how many of them end in the first year.
    """
    total_interest: Ints = run.interest.sum(axis=0)
    at_end = (periods - 1, np.arange(len(periods)))
    last = run.balances[at_end] + run.interest[at_end]
    early = run.interest[: first_year if isinstance(first_year, int) else int(first_year.max())]
    whole = len(early) == len(run.interest)
    if not isinstance(first_year, int) and first_year.min() < len(early):
        early, whole = np.where(np.arange(len(early))[:, None] < first_year, early, 0), False
    result.instalments[rows] = 1 if method is Repayment.BULLET else periods
    result.first_instalment[rows] = (
        last if method is Repayment.BULLET else run.balances[0] - run.balances[1] + run.interest[0]
    )
    result.last_instalment[rows] = last
    result.total_interest[rows] = total_interest
    result.first_year_interest[rows] = total_interest if whole else early.sum(axis=0)
    return total_interest


def empty_totals(n: int) -> PlanTotals:
    """Room for the totals of ``n`` loans."""
    return PlanTotals(*np.empty((5, n), dtype=np.int64))


def blocks(
    principal: Ints, rate_ppm: Ints, term_months: Ints, repayment: Ints, *, cells: int = BLOCK_CELLS
) -> Iterator[tuple[Loans, Ints]]:
    """The loans in blocks of one method and near terms with their positions, about ``cells`` months × loans each."""
    if len(principal) == 1:
        yield Loans(_METHODS[repayment.item()], principal, rate_ppm, term_months), _FIRST
        return
    key = repayment * 1024
    key += term_months
    order = np.argsort(key.astype(np.uint16), kind="stable")
    del key
    end = 0
    for method, count in zip(Repayment, np.bincount(repayment, minlength=len(Repayment)).tolist(), strict=True):
        start, end = end, end + count
        terms = term_months[order[start:end]]
        done = 0
        while done < count:
            longest = int(terms[done]) * 5 // 4 + 1
            near = int(np.searchsorted(terms, longest, side="right"))
            stop = min(done + cells // longest + 1, max(near, done + SMALL_BLOCK))
            rows = order[start + done : min(start + stop, end)]
            yield Loans(method, principal[rows], rate_ppm[rows], term_months[rows]), rows
            done += len(rows)


def check_loans(principal: Ints, rate_ppm: Ints, term_months: Ints, repayment: Ints) -> None:
    """ValueError naming the row and the limit unless the loans are such as can be computed."""
    _check("amount", principal, 0, GREATEST_AMOUNT, "fen")
    _check("rate", rate_ppm, 0, GREATEST_RATE_PPM, "ppm a year")
    _check("term", term_months, 1, GREATEST_TERM_MONTHS, "months")
    _check("repayment code", repayment, 0, len(Repayment) - 1, "see products.schedule.Repayment")


def _check(name: str, values: Ints, least: int, greatest: int, unit: str) -> None:
    if len(values) == 1 and least <= values.item() <= greatest:
        return
    wrong = (values < least) | (values > greatest)
    if np.count_nonzero(wrong) == 0:
        return
    row = int(np.argmax(wrong))
    raise ValueError(
        f"The {name} in row {row} is {values[row]}; it must lie between {least} and {greatest} ({unit}). "
        "Correct the loan, or leave it out of the batch."
    )
