"""Guarantee fees within dated plans: when they fall due, on what balance, and what prepayment and extension change.

A fee is base × covered share × rate × time × coefficient, in unlimited integers and rounded once. Time is whole months
over 12, a started month counting as one, or days over the days of a year. What a change brings is charged by the same
formula: an extension the time added, a prepayment (where the fee is refunded) the time not used, rounded down.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Final

import numpy as np

from products.columns import Ints
from products.guarantee.exact import exact_quotient
from products.money import ONE, Rounding
from products.repayment.calendars import add_months, month_of
from products.repayment.changes import Change, Changes, no_changes
from products.repayment.plans import Plan
from products.repayment.timeline import Conventions, maturity_of
from products.schedule import FeeBase

_MONTHS_IN_YEAR: Final = 12
_SPAN: Final = 1 << 32
"""More than any day since 1970: loan and day in one number that sorts by both."""


class FeeTiming(StrEnum):
    """When a guarantee fee is paid."""

    ONCE = "once"
    """At drawdown, a share of the loan whatever its term."""
    FOR_TERM = "for_term"
    """At drawdown for the whole term."""
    YEARLY = "yearly"
    """In advance at drawdown and on every anniversary, a last part-year by its time."""
    WITH_PAYMENTS = "with_payments"
    """In arrears with every payment, by the days since the one before."""


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """A fee of n loans under one rule; int64 (n,), None where a share is the whole and a coefficient 1.

    ``base`` is the balance then outstanding or the original loan, for fees paid yearly or with payments; ``minimum``
    fen where a fee is charged; ``refunds_unused``: whether a prepayment gives back the fee for time not used.
    """

    rate_ppm: Ints
    timing: FeeTiming = FeeTiming.YEARLY
    base: FeeBase = FeeBase.OUTSTANDING
    covered_ppm: Ints | None = None
    coefficient_ppm: Ints | None = None
    days_in_year: int | None = None
    minimum: int = 0
    rounding: Rounding = Rounding.HALF_UP
    refunds_unused: bool = False

    def __post_init__(self) -> None:
        if self.timing is FeeTiming.WITH_PAYMENTS and self.days_in_year is None:
            raise ValueError("A fee paid with the payments runs by the day; say how many days it counts to a year.")


@dataclass(frozen=True, slots=True)
class FeeRows:
    """Fees that fall due, int64 (k,) each: the loan's position, the day, the amount in fen (below zero: a refund)."""

    loan: Ints
    on: Ints
    amount: Ints

    def take(self, rows: Ints) -> FeeRows:
        """The given rows, in their order."""
        return FeeRows(*(getattr(self, field.name)[rows] for field in fields(FeeRows)))

    def __add__(self, other: FeeRows) -> FeeRows:
        return FeeRows(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(FeeRows)))


@dataclass(frozen=True, slots=True)
class PlannedLoans:
    """What fees of a plan look at: the loans, their payments and changes; days since 1970-01-01."""

    principal: Ints
    drawn_on: Ints
    maturity: Ints
    plan: Plan
    changes: Changes
    conventions: Conventions

    def balance(self, loan: Ints, day: Ints) -> Ints:
        """What is outstanding after the payments of a day, (k,)."""
        if not len(self.plan):
            return self.principal[loan]
        position = np.searchsorted(_key(self.plan.loan, self.plan.due_on), _key(loan, day), side="right") - 1
        paid = (position >= 0) & (self.plan.loan[position] == loan)
        return np.where(paid, self.plan.closing_balance[position], self.principal[loan])

    def maturity_on(self, loan: Ints, day: Ints, *, before: bool = False) -> Ints:
        """The maturity in force on a day, with the extensions agreed on it, or ``before`` them."""
        agreed = self.of_kind(Change.EXTENSION)
        if not len(agreed):
            return self.maturity[loan]
        position = (
            np.searchsorted(_key(agreed.loan, agreed.on), _key(loan, day), side="left" if before else "right") - 1
        )
        extended = (position >= 0) & (agreed.loan[position] == loan)
        return np.where(extended, agreed.value[position], self.maturity[loan])

    def of_kind(self, kind: Change) -> Changes:
        """The changes of one kind by loan and day."""
        return self.changes.take(np.flatnonzero(self.changes.kind == kind)).in_order()

    def months_to(self, loan: Ints, day: Ints) -> Ints:
        """Months from drawdown to a day, a started one counting as one."""
        drawn = self.drawn_on[loan]
        months = month_of(day) - month_of(drawn)
        return months + (add_months(drawn, months) < day)

    def months_of_year(self, starts: FeeRows) -> Ints:
        """How many months of the years that begin then lie before maturity, (k,): 12 but for the last."""
        ends = np.minimum(_anniversary_after(self, starts.loan, starts.on), self.maturity_on(starts.loan, starts.on))
        return self.months_to(starts.loan, ends) - self.months_to(starts.loan, starts.on)


def planned_loans(
    plan: Plan,
    principal: Ints,
    term_months: Ints,
    *,
    drawn_on: Ints,
    conventions: Conventions,
    changes: Changes | None = None,
) -> PlannedLoans:
    """What the fees of a plan from `dated_plan` look at, with the arguments it was made of."""
    return PlannedLoans(
        principal, drawn_on, maturity_of(drawn_on, term_months), plan, changes or no_changes(), conventions
    )


def with_fees(loans: PlannedLoans, *fees: FeeRows) -> Plan:
    """The plan with fees: in the payment of their day, or in rows of their own, number 0 on the day of drawdown."""
    rows = _by_day(fees)
    plan = loans.plan
    keys = _key(plan.loan, plan.due_on)
    wanted = _key(rows.loan, rows.on)
    met = np.isin(wanted, keys)
    fee = plan.fee.copy()
    fee[np.searchsorted(keys, wanted[met], side="left")] += rows.amount[met]
    alone = rows.take(np.flatnonzero(~met))
    balance = loans.balance(alone.loan, alone.on)
    zero = np.zeros_like(alone.loan)
    columns = (alone.loan, zero, alone.on, balance, zero, zero, alone.amount, zero, alone.amount, balance)
    merged = replace(plan, fee=fee, total=plan.total + fee - plan.fee)
    joined = Plan(
        *(np.concatenate([getattr(merged, f.name), one]) for f, one in zip(fields(Plan), columns, strict=True))
    )
    ordered = joined.take(np.argsort(_key(joined.loan, joined.due_on), kind="stable"))
    return _numbered(ordered, loans)


def yearly_days(loans: PlannedLoans) -> tuple[FeeRows, Ints]:
    """Every start of a year of each loan with its number, as rows of no amount and years (k,)."""
    longest = int((month_of(_last(loans)) - month_of(loans.drawn_on)).max(initial=0)) // _MONTHS_IN_YEAR + 1
    year = np.arange(longest)[:, None]
    day = add_months(loans.drawn_on, year * _MONTHS_IN_YEAR)
    number, loan = np.nonzero(day < _last(loans))
    return FeeRows(loan, day[number, loan], np.zeros_like(loan)), number


def fee_rows(loans: PlannedLoans, terms: FeeTerms) -> FeeRows:
    """The fees of the loans under one rule, with what their changes bring."""
    if terms.timing is FeeTiming.WITH_PAYMENTS:
        return _with_payments(loans, terms)
    everyone = np.arange(len(loans.principal))
    if terms.timing is FeeTiming.ONCE:
        return FeeRows(everyone, loans.drawn_on, _amount(terms, everyone, loans.principal, None))
    if terms.timing is FeeTiming.YEARLY:
        return _yearly(loans, terms) + _extended(loans, terms) + _refunded(loans, terms)
    time = _time(loans, terms, everyone, loans.drawn_on, loans.maturity)
    first = FeeRows(everyone, loans.drawn_on, _amount(terms, everyone, loans.principal, time))
    return first + _extended(loans, terms) + _refunded(loans, terms)


def _yearly(loans: PlannedLoans, terms: FeeTerms) -> FeeRows:
    days, _ = yearly_days(loans)
    ends = np.minimum(_anniversary_after(loans, days.loan, days.on), loans.maturity_on(days.loan, days.on))
    base = loans.principal[days.loan] if terms.base is FeeBase.ORIGINAL else loans.balance(days.loan, days.on)
    amount = _amount(terms, days.loan, base, _time(loans, terms, days.loan, days.on, ends))
    return FeeRows(days.loan, _rolled(loans, days), amount)


def _extended(loans: PlannedLoans, terms: FeeTerms) -> FeeRows:
    """The time that extensions add: all of it, or what is left of the year already begun."""
    agreed = loans.of_kind(Change.EXTENSION)
    before = loans.maturity_on(agreed.loan, agreed.on, before=True)
    until = agreed.value
    if terms.timing is FeeTiming.YEARLY:
        until = np.minimum(until, np.maximum(_year_end(loans, agreed.loan, agreed.on), before))
    base = loans.principal[agreed.loan] if terms.base is FeeBase.ORIGINAL else loans.balance(agreed.loan, agreed.on)
    return FeeRows(
        agreed.loan, agreed.on, _amount(terms, agreed.loan, base, _time(loans, terms, agreed.loan, before, until))
    )


def _refunded(loans: PlannedLoans, terms: FeeTerms) -> FeeRows:
    """The fee for the time that prepayments leave unused, below zero."""
    ahead = loans.of_kind(Change.PREPAYMENT)
    if not terms.refunds_unused or not len(ahead):
        return FeeRows(*(np.empty(0, dtype=np.int64) for _ in range(3)))
    if terms.base is FeeBase.ORIGINAL and terms.timing is FeeTiming.YEARLY:
        raise ValueError("A fee on the original loan does not fall with a prepayment; charge it on the balance.")
    ends = loans.maturity_on(ahead.loan, ahead.on)
    if terms.timing is FeeTiming.YEARLY:
        ends = np.minimum(ends, _year_end(loans, ahead.loan, ahead.on))
    down = replace(terms, rounding=Rounding.DOWN, minimum=0)
    unused = _time(loans, terms, ahead.loan, ahead.on, np.maximum(ends, ahead.on))
    return FeeRows(ahead.loan, ahead.on, -_amount(down, ahead.loan, ahead.value, unused))


def _with_payments(loans: PlannedLoans, terms: FeeTerms) -> FeeRows:
    plan = loans.plan
    same = np.concatenate([[False], plan.loan[1:] == plan.loan[:-1]])
    before = np.where(same, np.concatenate([[0], plan.due_on[:-1]]), loans.drawn_on[plan.loan])
    base = loans.principal[plan.loan] if terms.base is FeeBase.ORIGINAL else plan.opening_balance
    return FeeRows(plan.loan, plan.due_on, _amount(terms, plan.loan, base, np.maximum(plan.due_on - before, 0)))


def _amount(terms: FeeTerms, loan: Ints, base: Ints, time: Ints | None) -> Ints:
    """Base × covered × rate × time × coefficient, rounded once, at least the minimum; ``time`` None charges once."""
    factors: list[Ints] = [base, terms.rate_ppm[loan]]
    divisor = ONE
    for share in (terms.covered_ppm, terms.coefficient_ppm):
        if share is not None:
            factors.append(share[loan])
            divisor *= ONE
    if time is not None:
        factors.append(time)
        divisor *= terms.days_in_year or _MONTHS_IN_YEAR
    amount = exact_quotient(factors, divisor, terms.rounding)
    return np.where(amount > 0, np.maximum(amount, terms.minimum), 0)


def _time(loans: PlannedLoans, terms: FeeTerms, loan: Ints, start: Ints, end: Ints) -> Ints:
    if terms.days_in_year is not None:
        return end - start
    return loans.months_to(loan, end) - loans.months_to(loan, start)


def _anniversary_after(loans: PlannedLoans, loan: Ints, day: Ints) -> Ints:
    """The first anniversary of drawdown after a day."""
    drawn = loans.drawn_on[loan]
    years = (month_of(day) - month_of(drawn)) // _MONTHS_IN_YEAR
    found = add_months(drawn, years * _MONTHS_IN_YEAR)
    return np.where(found > day, found, add_months(drawn, (years + 1) * _MONTHS_IN_YEAR))


def _year_end(loans: PlannedLoans, loan: Ints, day: Ints) -> Ints:
    """The end of the year that was charged before a change: the first anniversary from its day on.

    The fee of the day of drawdown is charged after that day's changes, so nothing was charged before them.
    """
    return np.where(day == loans.drawn_on[loan], day, _anniversary_after(loans, loan, day - 1))


def _rolled(loans: PlannedLoans, days: FeeRows) -> Ints:
    rolled = loans.conventions.calendar.roll(days.on, loans.conventions.rolling)
    return np.where(days.on == loans.drawn_on[days.loan], days.on, rolled)


def _last(loans: PlannedLoans) -> Ints:
    """The maturities after every extension."""
    found = loans.maturity.copy()
    agreed = loans.of_kind(Change.EXTENSION)
    np.maximum.at(found, agreed.loan, agreed.value)
    return found


def _by_day(fees: tuple[FeeRows, ...]) -> FeeRows:
    """Fees of one loan and day added up; those that come to nothing left out."""
    empty = np.empty(0, dtype=np.int64)
    rows = sum(fees, FeeRows(empty, empty, empty))
    key, position = np.unique(_key(rows.loan, rows.on), return_inverse=True)
    amount = np.zeros(len(key), dtype=np.int64)
    np.add.at(amount, position, rows.amount)
    kept = amount != 0
    return FeeRows(key[kept] // _SPAN, key[kept] % _SPAN - _SPAN // 2, amount[kept])


def _key(loan: Ints, day: Ints) -> Ints:
    return loan * _SPAN + (day + _SPAN // 2)


def _numbered(plan: Plan, loans: PlannedLoans) -> Plan:
    """Numbers from 1 for each loan; 0 for a fee alone on the day of drawdown."""
    counted = ~((plan.due_on == loans.drawn_on[plan.loan]) & (plan.principal == 0) & (plan.interest == 0))
    total = np.cumsum(counted)
    first = np.searchsorted(plan.loan, plan.loan, side="left")
    before = total[first] - counted[first]
    return replace(plan, number=np.where(counted, total - before, 0))
