"""`make bench-pricing`: schedules and rates of a million loans against a plain loop, numpy-financial and QuantLib.

Every figure is loans per second of processor time on one core. The peers run on samples of the same loans, and what
they compute is compared with ours to 1e-9. Peers that are not installed are named and left out.
"""

from __future__ import annotations

import importlib
import time
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np

from products.columns import Ints
from products.money import ONE
from products.repayment.amortisation import MONTHLY, Repayment, exact_level_instalment
from products.repayment.annual_rate import effective, years_between
from products.repayment.annuities import effective_annual, level_payment
from products.repayment.calendars import YEAR, DayCount, day_count
from products.repayment.dated_plans import dated_plan
from products.repayment.dated_totals import dated_totals
from products.repayment.plans import Plan, plan
from products.repayment.timeline import Conventions
from products.schedule import AllIn, all_in, totals

LOANS = 1_000_000
SAMPLE = 2_000
BLOCK = 16_384
ACT_360 = Conventions(day_count=DayCount.ACT_360)
AGREEMENT = 1e-9


class Portfolio:
    """Loans of mixed shapes: 10,000 to 30 million yuan, 6 to 60 months, 2 % to 9 %, all four methods."""

    def __init__(self, n: int, seed: int = 20_260_101) -> None:
        draw = np.random.default_rng(seed)
        self.principal = draw.integers(10**6, 3 * 10**9, n)
        self.rate_ppm = draw.integers(20_000, 90_000, n)
        self.term_months = draw.integers(6, 61, n)
        self.repayment = draw.integers(0, 4, n)
        self.fee_rate_ppm = draw.integers(0, 15_000, n)
        self.subsidy_rate_ppm = draw.integers(0, 2, n) * 15_000
        self.subsidy_months = draw.integers(0, 37, n)
        self.drawn_on = draw.integers(19_700, 20_800, n)

    @property
    def loans(self) -> tuple[Ints, Ints, Ints, Ints]:
        """What every schedule needs."""
        return self.principal, self.rate_ppm, self.term_months, self.repayment

    def all_in(self) -> AllIn:
        """Totals and all-in rates with fees and subsidies."""
        return all_in(
            *self.loans,
            fee_rate_ppm=self.fee_rate_ppm,
            subsidy_rate_ppm=self.subsidy_rate_ppm,
            subsidy_months=self.subsidy_months,
        )


def report(name: str, loans: int, run: Callable[[], object], *, repeats: int = 3) -> float:
    """Print and return loans per second of the fastest of several runs, in processor time."""
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    print(f"{name:<78}{loans / best:>14,.0f}")
    return loans / best


def closed_form(portfolio: Portfolio) -> None:
    """Level payment and effective annual rate in floating point, in blocks that stay in cache."""
    for start in range(0, len(portfolio.principal), BLOCK):
        part = slice(start, start + BLOCK)
        rate = portfolio.rate_ppm[part] / MONTHLY
        level_payment(portfolio.principal[part].astype(float), rate, portfolio.term_months[part].astype(float))
        effective_annual(rate, 12)


def plain_loop(portfolio: Portfolio) -> list[int]:
    """Total interest of equal-month schedules, one loan after another in plain Python integers."""
    found = []
    for amount, rate, months, method in zip(*(column.tolist() for column in portfolio.loans), strict=True):
        balance, interest = amount, 0
        instalment = exact_level_instalment(amount, [rate] * months, MONTHLY) if method == 0 else 0
        if method == Repayment.BULLET:
            found.append((2 * amount * rate * months + MONTHLY) // (2 * MONTHLY))
            continue
        for _ in range(months):
            due = (2 * balance * rate + MONTHLY) // (2 * MONTHLY)
            interest += due
            balance -= max(instalment - due, 0) if method == 0 else amount // months if method == 1 else 0
        found.append(interest)
    return found


def of_numpy_financial(npf: ModuleType, portfolio: Portfolio) -> None:
    """Level payments, vectorised, and internal rates of the full flows, one loan after another."""
    rate, amount = portfolio.rate_ppm / MONTHLY, portfolio.principal.astype(float)
    report("numpy-financial: pmt and effective rate, vectorised", len(amount), lambda: _pmt(npf, portfolio))
    ours = level_payment(amount, rate, portfolio.term_months.astype(float))
    _agree("payments of numpy-financial", -npf.pmt(rate, portfolio.term_months, amount), ours)
    sample = Portfolio(200)
    rows = plan(*sample.loans, drawn_on=sample.drawn_on)
    flows = [_monthly_flows(rows.of(loan), sample, loan) for loan in range(200)]
    report("numpy-financial: irr of flows to the fen", 200, lambda: [npf.irr(flow) for flow in flows], repeats=1)
    zero = np.zeros(200, dtype=np.int64)
    found = all_in(*sample.loans, fee_rate_ppm=zero, subsidy_rate_ppm=zero, subsidy_months=zero).rate_ppm
    rates = np.array([12 * npf.irr(flow) for flow in flows])
    gap = float(np.abs(rates - found / ONE).max())
    print(f"    payments agree to {AGREEMENT:.0e}, nominal rates to {gap:.1e}, ours being rounded to 1e-6")


def _pmt(npf: ModuleType, portfolio: Portfolio) -> None:
    rate = portfolio.rate_ppm / MONTHLY
    npf.pmt(rate, portfolio.term_months, portfolio.principal)
    np.power(1.0 + rate, 12)


def _monthly_flows(rows: Any, portfolio: Portfolio, loan: int) -> np.ndarray[Any, Any]:
    flows = np.zeros(int(portfolio.term_months[loan]) + 1)
    flows[0] = -float(portfolio.principal[loan])
    if portfolio.repayment[loan] == Repayment.BULLET:
        flows[-1] = rows.total[-1]
    else:
        flows[1 : len(rows) + 1] = rows.total
    return flows


def of_quantlib(ql: ModuleType, ours: float) -> None:
    """The same act/360 schedules: dates, day counts, cash flows on the same balances and their yield."""
    sample = Portfolio(SAMPLE)
    rows = dated_plan(*sample.loans, drawn_on=sample.drawn_on, conventions=ACT_360)
    own = [rows.of(loan) for loan in range(SAMPLE)]
    theirs = report(
        "QuantLib: schedules and act/360 cash flows, loan by loan",
        SAMPLE,
        lambda: [_amounts(_bond(ql, sample, own[loan], loan)) for loan in range(SAMPLE)],
    )
    report(
        "QuantLib: the same with the yield of each loan",
        SAMPLE,
        lambda: [_bond_yield(ql, sample, own[loan], loan) for loan in range(SAMPLE)],
    )
    interest, rates = [0.0], [0.0]
    for loan in range(0, SAMPLE, 10):
        amounts = zip(_coupons(ql, sample, own[loan], loan), _unrounded(sample, own[loan], loan), strict=True)
        interest += [abs(theirs / ours - 1.0) for theirs, ours in amounts]
        rates.append(abs(_yield(ql, sample, own[loan], loan) - _effective(sample, own[loan], loan)))
    _require("Interest before rounding", max(interest), AGREEMENT)
    _require("Effective annual rates", max(rates), AGREEMENT)
    print(f"    interest before rounding agrees to {max(interest):.1e}, effective rates to {max(rates):.1e}")
    print(f"    ours on the same schedules: {ours / theirs:,.0f} times as many loans a second as without the yield")


def _date(ql: ModuleType, day: int) -> Any:
    return ql.Date(int(day) + 25_569)


def _days(portfolio: Portfolio, rows: Plan, loan: int) -> list[int]:
    return [int(portfolio.drawn_on[loan]), *rows.due_on.tolist()]


def _coupons(ql: ModuleType, portfolio: Portfolio, rows: Plan, loan: int) -> list[float]:
    """QuantLib's interest on our opening balances between our due days."""
    count, rate = ql.Actual360(), portfolio.rate_ppm[loan] / ONE
    dates = [_date(ql, day) for day in _days(portfolio, rows, loan)]
    periods = zip(rows.opening_balance.tolist(), pairwise(dates), strict=True)
    return [balance * rate * count.yearFraction(start, end) for balance, (start, end) in periods]


def _unrounded(portfolio: Portfolio, rows: Plan, loan: int) -> list[float]:
    """Our interest before it is rounded: balance × weight / divisor; its rounding must be what the plan shows."""
    days = np.array(_days(portfolio, rows, loan))
    counted = day_count(days[:-1], days[1:], DayCount.ACT_360, anchor=days[:1])
    exact = [
        Fraction(balance * weight, YEAR[DayCount.ACT_360] * ONE)
        for balance, weight in zip(
            rows.opening_balance.tolist(), (counted * portfolio.rate_ppm[loan]).tolist(), strict=True
        )
    ]
    if [int(amount + Fraction(1, 2)) for amount in exact] != rows.interest.tolist():
        raise SystemExit(f"The interest of loan {loan} is not its exact amount rounded half up.")
    return [float(amount) for amount in exact]


def _yield(ql: ModuleType, portfolio: Portfolio, rows: Plan, loan: int) -> float:
    leg = [
        ql.SimpleCashFlow(float(amount), _date(ql, day))
        for amount, day in zip(rows.total.tolist(), rows.due_on.tolist(), strict=True)
    ]
    start, amount = _date(ql, int(portfolio.drawn_on[loan])), float(portfolio.principal[loan])
    basis = ql.Actual365Fixed(), ql.Compounded, ql.Annual
    return float(ql.CashFlows.yieldRate(leg, amount, *basis, False, start, start, 1e-13, 200, 0.05))


def _effective(portfolio: Portfolio, rows: Plan, loan: int) -> float:
    amounts = np.concatenate([[portfolio.principal[loan]], -rows.total])
    start = int(portfolio.drawn_on[loan])
    return effective(amounts, years_between(start, np.concatenate([[start], rows.due_on]))).only


def _bond(ql: ModuleType, portfolio: Portfolio, rows: Plan, loan: int) -> Any:
    start = _date(ql, int(portfolio.drawn_on[loan]))
    months = int(portfolio.term_months[loan])
    tenor = ql.Period(months if portfolio.repayment[loan] == Repayment.BULLET else 1, ql.Months)
    end, forward = start + ql.Period(months, ql.Months), ql.DateGeneration.Forward
    schedule = ql.Schedule(start, end, tenor, ql.NullCalendar(), ql.Unadjusted, ql.Unadjusted, forward, False)
    notionals = rows.opening_balance.astype(float).tolist()
    return ql.AmortizingFixedRateBond(0, notionals, schedule, [float(portfolio.rate_ppm[loan] / ONE)], ql.Actual360())


def _amounts(bond: Any) -> list[float]:
    return [flow.amount() for flow in bond.cashflows()]


def _bond_yield(ql: ModuleType, portfolio: Portfolio, rows: Plan, loan: int) -> float:
    start, amount = _date(ql, int(portfolio.drawn_on[loan])), float(portfolio.principal[loan])
    flows = _bond(ql, portfolio, rows, loan).cashflows()
    basis = ql.Actual365Fixed(), ql.Compounded, ql.Annual
    return float(ql.CashFlows.yieldRate(flows, amount, *basis, False, start, start, 1e-10, 100, 0.05))


def _agree(name: str, theirs: Any, ours: Any) -> None:
    _require(name, float(np.max(np.abs(theirs / ours - 1.0))), AGREEMENT)


def _require(name: str, gap: float, limit: float) -> None:
    if gap > limit:
        raise SystemExit(f"{name} differ by {gap:.2e}, more than {limit:.0e}: something is wrong on one side.")


def peak_bytes(run: Callable[[], object]) -> int:
    """The most memory alive at once during a run, in bytes."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def peer(name: str) -> ModuleType | None:
    """The peer's module, or None and a line that says so."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        print(f"{name} is not installed; install requirements/bench-pricing.txt to compare with it")
        return None


def main() -> None:
    """Measure and print."""
    portfolio = Portfolio(LOANS)
    print(f"{LOANS:,} loans of mixed shapes, loans per second of one core\n")
    report("closed form: level payment and effective rate", LOANS, lambda: closed_form(portfolio))
    report("schedules to the fen, equal months", LOANS, lambda: totals(*portfolio.loans))
    report(
        "schedules to the fen with fees, subsidies and all-in rate",
        LOANS,
        portfolio.all_in,
    )
    dated = report(
        "schedules to the fen between calendar days, act/360",
        LOANS,
        lambda: dated_totals(*portfolio.loans, drawn_on=portfolio.drawn_on, conventions=ACT_360),
    )
    peak = peak_bytes(portfolio.all_in)
    print(f"    peak memory of the all-in run: {peak / LOANS:.0f} bytes per loan beyond the input")
    sample = Portfolio(SAMPLE)
    report("plain Python loop: schedules to the fen, equal months", SAMPLE, lambda: plain_loop(sample))
    if plain_loop(sample) != totals(*sample.loans).total_interest.tolist():
        raise SystemExit("The plain loop and the columns disagree on the interest of a loan.")
    npf = peer("numpy_financial")
    if npf:
        of_numpy_financial(npf, portfolio)
    ql = peer("QuantLib")
    if ql:
        of_quantlib(ql, dated)


if __name__ == "__main__":
    main()
