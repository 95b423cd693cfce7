"""Repayment plans between calendar days: odd first periods, day counts, holidays, and what changes on the way.

A change ends a segment; the next one is a loan of the balance left, repaid by the same arithmetic
(`products.repayment.amortisation.course`) over the payments left, with the interest accrued so far in its first
period. Level payments are the annuity over the actual lengths of the periods left at the rate then in force.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from products.columns import Bools, Ints
from products.money import ONE
from products.repayment.amortisation import Course, Repayment, course, is_wide, level_instalment, rounded_share
from products.repayment.calendars import YEAR, day_count, period_lengths
from products.repayment.changes import OWN_METHOD, Change, Changes, no_changes
from products.repayment.plans import Plan
from products.repayment.timeline import AfterPrepayment, Conventions, Timeline, maturity_of, timeline
from products.schedule import check_loans

NEVER: Final = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where n loans stand on their day ``since``: int64 (n,) each.

    ``accrued``: weight (rate × day count) of the interest accrued on the balance and not yet paid; ``paid_periods``:
    due days passed; ``agreed``: principal per payment or `OWN_METHOD`; ``instalment``: the one to keep or `OWN_METHOD`.
    """

    loan: Ints
    method: Ints
    drawn_on: Ints
    maturity: Ints
    since: Ints
    balance: Ints
    rate_ppm: Ints
    accrued: Ints
    paid_periods: Ints
    agreed: Ints
    instalment: Ints

    def take(self, rows: Ints | Bools) -> _Standing:
        return _Standing(*(getattr(self, field.name)[rows] for field in fields(self)))

    def put(self, rows: Ints, other: _Standing) -> None:
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)


@dataclass(frozen=True, slots=True)
class _Segment:
    """The way of n loans from where they stand to maturity if nothing changes."""

    timeline: Timeline
    weights: Ints
    run: Course
    instalment: Ints


def dated_plan(
    principal: Ints,
    rate_ppm: Ints,
    term_months: Ints,
    repayment: Ints,
    *,
    drawn_on: Ints,
    conventions: Conventions,
    changes: Changes | None = None,
) -> Plan:
    """The payments of n loans, one below another; all arrays int64 (n,), days since 1970-01-01, amounts in fen.

    A prepayment is a row of its own day; days on which nothing is paid have no row. ValueError for loans out of limits
    and for changes that cannot be: before drawdown, at or after maturity, prepayments above the balance.
    """
    check_loans(principal, rate_ppm, term_months, repayment)
    if len(principal) == 0:
        return Plan(*(np.empty(0, dtype=np.int64) for _ in fields(Plan)))
    zero, own = np.zeros_like(principal), np.full_like(principal, OWN_METHOD)
    loans = _Standing(
        np.arange(len(principal)),
        repayment,
        drawn_on,
        maturity_of(drawn_on, term_months),
        drawn_on.copy(),
        principal.copy(),
        rate_ppm.copy(),
        zero,
        zero.copy(),
        own,
        own.copy(),
    )
    parts: list[Plan] = []
    for turn in _turns(changes or no_changes(), len(principal)):
        standing = loans.take(turn.loan)
        _check_days(turn, standing)
        segment = _segment(standing, conventions)
        made, standing = _until(segment, standing, turn.on, conventions)
        changed, standing = _changed(turn, standing, segment, conventions)
        loans.put(turn.loan, standing)
        parts += [made, changed]
    rest = _segment(loans, conventions)
    parts.append(_payments(rest, loans, rest.timeline.periods))
    return _joined(parts)


def _turns(changes: Changes, n: int) -> list[Changes]:
    """The changes in turns of at most one per loan, in the order in which they take effect."""
    if len(changes) and not (changes.loan.min() >= 0 and changes.loan.max() < n):
        raise ValueError(f"A change names loan {changes.loan.max()}; there are only the loans 0 to {n - 1}.")
    ordered = changes.in_order()
    counts = np.bincount(ordered.loan, minlength=n)
    turn = np.arange(len(ordered)) - np.repeat(np.cumsum(counts) - counts, counts)
    return [ordered.take(np.flatnonzero(turn == number)) for number in range(int(counts.max()))]


def _segment(loans: _Standing, conventions: Conventions) -> _Segment:
    days = timeline(loans.drawn_on, loans.maturity, loans.since, loans.paid_periods, conventions)
    counted = period_lengths(days.accrual, conventions.day_count, anchor=loans.drawn_on)
    weights = np.maximum(counted, 0) * loans.rate_ppm
    weights[0] += loans.accrued
    divisor = YEAR[conventions.day_count] * ONE
    balances = np.zeros((len(weights) + 1, len(loans.loan)), dtype=np.int64)
    interest = np.zeros_like(weights)
    instalment = loans.instalment.copy()
    methods = np.where(loans.agreed >= 0, Repayment.EQUAL_PRINCIPAL, loans.method)
    for method in Repayment:
        rows = np.flatnonzero(methods == method)
        if len(rows):
            own = _agreed(method, loans.take(rows), weights[:, rows], divisor, days.periods[rows])
            part = course(method, loans.balance[rows], weights[:, rows], divisor, days.periods[rows], instalment=own)
            balances[: len(part.balances), rows], interest[: len(part.interest), rows] = part.balances, part.interest
            instalment[rows] = own
    return _Segment(days, weights, Course(balances, interest), instalment)


def _agreed(method: Repayment, loans: _Standing, weights: Ints, divisor: int, periods: Ints) -> Ints:
    """The instalment (or its principal) to apply: the agreed one, the one kept, or the one recast."""
    recast = loans.balance // periods
    if method is Repayment.LEVEL_PAYMENT:
        recast = level_instalment(loans.balance, weights, divisor, periods)
    kept = np.where(loans.instalment >= 0, loans.instalment, recast)
    return np.where(loans.agreed >= 0, loans.agreed, kept)


def _payments(segment: _Segment, loans: _Standing, number: Ints) -> Plan:
    """The first ``number`` (n,) payments of a segment on which something is paid."""
    run = segment.run
    total = run.instalments
    made = ((np.arange(len(total))[:, None] < number) & (total > 0)).T
    zero = np.zeros_like(total)
    paid = run.balances[:-1] - run.balances[1:]
    due_on = segment.timeline.payment
    columns = (due_on, run.balances[:-1], paid, run.interest, zero, zero, total, run.balances[1:])
    loan = np.repeat(loans.loan, made.sum(axis=1))
    return Plan(loan, np.zeros_like(loan), *(np.ascontiguousarray(column.T)[made] for column in columns))


def _until(segment: _Segment, loans: _Standing, day: Ints, conventions: Conventions) -> tuple[Plan, _Standing]:
    """The payments due up to ``day`` (n,), and where the loans stand then."""
    accrual = segment.timeline.accrual
    within = np.arange(len(accrual) - 1)[:, None] < segment.timeline.periods
    number = ((accrual[1:] <= day) & within).sum(axis=0)
    columns = np.arange(len(day))
    last = accrual[number, columns]
    counted = day_count(last, day, conventions.day_count, anchor=loans.drawn_on)
    unpaid = np.where(number > 0, 0, loans.accrued)
    earlier = (np.arange(len(accrual) - 1)[:, None] < number) * segment.weights
    unpaid = np.where(loans.method == Repayment.BULLET, np.where(number > 0, earlier.sum(axis=0), unpaid), unpaid)
    standing = replace(
        loans,
        since=day,
        balance=segment.run.balances[number, columns],
        accrued=unpaid + np.maximum(counted, 0) * loans.rate_ppm,
        paid_periods=loans.paid_periods + number,
    )
    return _payments(segment, loans, number), standing


def _changed(turn: Changes, loans: _Standing, segment: _Segment, conventions: Conventions) -> tuple[Plan, _Standing]:
    """What the changes of one turn make of the loans, with the payments they bring."""
    ahead = np.where(turn.kind == Change.PREPAYMENT, turn.value, 0)
    if (ahead > loans.balance).any():
        row = int(np.argmax(ahead > loans.balance))
        raise ValueError(
            f"Loan {turn.loan[row]} is prepaid by {ahead[row]} fen on {_iso(turn.on[row])}, when {loans.balance[row]} "
            "fen are outstanding; prepay at most what is outstanding."
        )
    divisor = YEAR[conventions.day_count] * ONE
    interest = rounded_share(ahead, loans.accrued, divisor, wide=is_wide(ahead, loans.accrued))
    left = loans.balance - ahead
    zero = np.zeros_like(ahead)
    rows = Plan(turn.loan, zero, turn.on, loans.balance, ahead, interest, zero, zero, ahead + interest, left)
    keeps = (turn.kind == Change.PREPAYMENT) & (conventions.after_prepayment is AfterPrepayment.INSTALMENT)
    standing = replace(
        loans,
        balance=left,
        rate_ppm=np.where(turn.kind == Change.RATE, turn.value, loans.rate_ppm),
        maturity=np.where(turn.kind == Change.EXTENSION, turn.value, loans.maturity),
        agreed=np.where(turn.kind == Change.PRINCIPAL, turn.value, loans.agreed),
        instalment=np.where(keeps, segment.instalment, OWN_METHOD),
    )
    return rows.take(np.flatnonzero(ahead > 0)), standing


def _check_days(turn: Changes, loans: _Standing) -> None:
    wrong = (turn.on < loans.drawn_on) | (turn.on >= loans.maturity)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"The change of loan {turn.loan[row]} on {_iso(turn.on[row])} lies outside the loan; it must lie between "
            f"drawdown on {_iso(loans.drawn_on[row])} and the day before maturity on {_iso(loans.maturity[row])}."
        )
    shorter = (turn.kind == Change.EXTENSION) & (turn.value <= loans.maturity)
    if shorter.any():
        row = int(np.argmax(shorter))
        raise ValueError(
            f"Loan {turn.loan[row]} is extended to {_iso(turn.value[row])}, which is not after its maturity on "
            f"{_iso(loans.maturity[row])}; give a later day."
        )


def _iso(day: int | np.int64) -> str:
    return str(np.datetime64(int(day), "D"))


def _joined(parts: list[Plan]) -> Plan:
    """All payments by loan and in the order in which they were made, numbered from 1."""
    plan = Plan(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Plan)))
    plan = plan.take(np.argsort(plan.loan, kind="stable"))
    counts = np.bincount(plan.loan)
    number = np.arange(len(plan)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    return replace(plan, number=number)
