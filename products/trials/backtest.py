"""A backtest: contenders decide past applications by the kernel, and realised outcomes say what their loans became.

Only loans that were made have outcomes. What a contender approves without one, and what it refuses of those made, is
counted apart and enters no rate. Everything is added up in whole numbers, so batches of any size give the same figures
and memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np

from products.applicant.layout import EPOCH
from products.applications import Applications
from products.columns import Bools, Ints
from products.kernel import Decisions, Offering, Part, decide
from products.repayment.calendars import add_months
from products.rules import APPROVE
from products.trials.consequences import Consequences, Loans, after_cession, consequences
from products.trials.realised import Realised, checked
from products.vocabulary import BANDS, PARTIES
from scoring import Scorecard

ROWS_AT_ONCE: Final = 65_536
_GREATEST_SAFE: Final = 2**62
Totals = np.ndarray[Any, Any]
"""Python's integers in an array of objects: sums that do not overflow."""


@dataclass(frozen=True, slots=True)
class Contender:
    """Terms and a score that decide the past: the champion, or one that wants its place."""

    name: str
    offering: Offering
    scorecard: Scorecard


AMOUNTS: Final = (
    "applications",
    "approved",
    "approved_amount",
    "unknown",
    "unknown_amount",
    "measured",
    "measured_amount",
    "running",
    "defaults",
    "expected_defaults_ppm",
    "calls",
    "loss",
    "recovered",
    "interest",
    "running_cost",
    "fees",
    "refused_lent",
    "refused_lent_amount",
    "refused_defaults",
    "refused_loss",
)
"""What is added up by score band. ``measured``: approved with a known outcome; ``unknown``: approved without one;
``refused_…``: loans that were made and that the contender would not have made."""


def _zeros(*shape: int) -> Totals:
    return np.zeros(shape, dtype=object)


@dataclass(slots=True)
class Figures:
    """What one contender's decisions add up to, by score band."""

    sums: dict[str, Totals] = field(default_factory=lambda: {name: _zeros(len(BANDS)) for name in AMOUNTS})
    borne: Totals = field(default_factory=lambda: _zeros(len(PARTIES), len(BANDS)))
    returned: Totals = field(default_factory=lambda: _zeros(len(PARTIES), len(BANDS)))
    principal_days: Totals = field(default_factory=lambda: _zeros(len(BANDS)))
    released: dict[int, int] = field(default_factory=dict)
    """Principal released, by the number of days it stood: all that the loss rate needs."""

    def add(self, decisions: Decisions, realised: Realised, *, until: int) -> Bools:
        """Add a batch; what was approved, (n,)."""
        band = decisions.gather(lambda part: part.case.score.band.astype(np.int64))
        granted: Bools = decisions.outcome == APPROVE
        amount = decisions.considered
        self._count("applications", band, np.ones_like(band))
        self._count_where(granted, band, approved=1, approved_amount=amount)
        self._count_where(granted & ~realised.known, band, unknown=1, unknown_amount=amount)
        refused = ~granted & realised.known
        self._count_where(refused, band, refused_lent=1, refused_lent_amount=realised.lent)
        self._count_where(
            refused & realised.defaulted, band, refused_defaults=1, refused_loss=realised.loss - realised.recovered
        )
        self._measure(decisions, realised, np.flatnonzero(granted & realised.known), band, until)
        return granted

    def _measure(self, decisions: Decisions, realised: Realised, rows: Ints, band: Ints, until: int) -> None:
        loans = loans_of(decisions, rows)
        outcome = realised.take(rows)
        came = consequences(loans, outcome, until=until)
        within = band[rows]
        chance = decisions.gather(lambda part: part.case.score.default_probability_ppm.astype(np.int64))[rows]
        self._count_where(
            np.ones(len(rows), dtype=np.bool_),
            within,
            measured=1,
            measured_amount=loans.amount,
            running=~outcome.defaulted & (loans.matures > until),
            defaults=outcome.defaulted,
            expected_defaults_ppm=chance,
            calls=came.compensation > 0,
            loss=came.loss,
            recovered=came.recovered,
            interest=came.interest,
            running_cost=came.running_cost,
            fees=came.fees,
        )
        self._add_parties(came, within)
        self._add_time(loans, came, within)

    def _add_parties(self, came: Consequences, band: Ints) -> None:
        for party in range(len(PARTIES)):
            self.borne[party] += by_band(came.borne[party], band)
            self.returned[party] += by_band(came.returned[party], band)

    def _add_time(self, loans: Loans, came: Consequences, band: Ints) -> None:
        self.principal_days += by_band(loans.amount * came.days, band)
        lengths, place = np.unique(came.days, return_inverse=True)
        principal = np.zeros(len(lengths), dtype=np.int64)
        np.add.at(principal, place, loans.amount)
        for days, amount in zip(lengths.tolist(), principal.tolist(), strict=True):
            self.released[days] = self.released.get(days, 0) + amount

    def _count_where(self, rows: Bools, band: Ints, **columns: Ints | Bools | int) -> None:
        for name, column in columns.items():
            whole = np.broadcast_to(np.asarray(column, dtype=np.int64), band.shape)
            self._count(name, band[rows], whole[rows])

    def _count(self, name: str, band: Ints, column: Ints) -> None:
        self.sums[name] += by_band(column, band)


def by_band(column: Ints, band: Ints) -> Totals:
    """The column (n,) added up by band, exactly."""
    fits = int(np.abs(column).max(initial=0)) * len(column) < _GREATEST_SAFE
    result: Totals = np.zeros(len(BANDS), dtype=np.int64 if fits else object)
    np.add.at(result, band, column if fits else column.astype(object))
    return result.astype(object)


def loans_of(decisions: Decisions, rows: Ints) -> Loans:
    """The loans that the decisions in ``rows`` stand for."""

    def column(of: Any) -> Ints:
        taken: Ints = decisions.gather(of)[..., rows]
        return taken

    released = column(lambda part: part.case.app.applied_on.values)
    return Loans(
        amount=decisions.considered[rows],
        shares=column(lambda part: after_cession(part.case.shares.ppm, part.case.shares.ceded_ppm).T).T,
        released=released,
        matures=add_months(released, column(lambda part: part.case.app.term_months.values)),
        loan_rate=column(lambda part: part.case.prices.loan_rate),
        running_rate=column(_running_rate),
        interest=column(lambda part: part.case.prices.total_interest),
        fee=column(lambda part: part.case.prices.total_fee),
    )


def _running_rate(part: Part) -> Ints:
    terms = part.case.terms
    return np.full(part.case.app.n, terms.funding_rate + terms.operating_rate, dtype=np.int64)


CELLS: Final = ((True, True), (True, False), (False, True), (False, False))
"""Approved by the champion, approved by the challenger."""


@dataclass(slots=True)
class Swap:
    """Loans with known outcomes by who would have made them, in the order of `CELLS`: n, defaults and net loss."""

    n: Totals = field(default_factory=lambda: _zeros(len(CELLS)))
    defaults: Totals = field(default_factory=lambda: _zeros(len(CELLS)))
    net_loss: Totals = field(default_factory=lambda: _zeros(len(CELLS)))

    def add(self, champion: Bools, challenger: Bools, realised: Realised) -> None:
        """Add a batch."""
        for place, (one, other) in enumerate(CELLS):
            rows = realised.known & (champion == one) & (challenger == other)
            self.n[place] += int(rows.sum())
            self.defaults[place] += int(realised.defaulted[rows].sum())
            self.net_loss[place] += int((realised.loss - realised.recovered)[rows].sum())


@dataclass(slots=True)
class Backtest:
    """Contenders over past applications, as far as they were added up; the first is the champion."""

    contenders: Sequence[Contender]
    on: date
    until: date
    n: int = 0
    known: int = 0
    figures: list[Figures] = field(default_factory=list)
    swaps: list[Swap] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with empty sums."""
        self.figures = [Figures() for _ in self.contenders]
        self.swaps = [Swap() for _ in self.contenders[1:]]

    def add(self, applications: Applications, realised: Realised) -> None:
        """Decide a batch by every contender and add it. Errors as in `kernel.decide` and `realised.checked`."""
        checked(realised, applications.applied_on.values, until=self.until)
        for start in range(0, applications.n, ROWS_AT_ONCE):
            stop = min(start + ROWS_AT_ONCE, applications.n)
            self._add(applications.between(start, stop), realised.between(start, stop))

    def _add(self, batch: Applications, realised: Realised) -> None:
        until = self.until.toordinal() - EPOCH
        granted = [
            figures.add(decide(batch, each.offering, each.scorecard, on=self.on), realised, until=until)
            for each, figures in zip(self.contenders, self.figures, strict=True)
        ]
        for swap, challenger in zip(self.swaps, granted[1:], strict=True):
            swap.add(granted[0], challenger, realised)
        self.n += batch.n
        self.known += int(realised.known.sum())


def backtest(
    batches: Iterable[tuple[Applications, Realised]], contenders: Sequence[Contender], *, on: date, until: date
) -> Backtest:
    """Every contender over the batches: decided as of ``on``, with outcomes observed up to and including ``until``.

    ValueError without contenders or with two of one name.
    """
    names = [each.name for each in contenders]
    if not names or len(set(names)) < len(names):
        raise ValueError(
            f"A backtest needs contenders with names of their own; here are: {', '.join(names) or 'none'}."
        )
    running = Backtest(contenders, on, until)
    for applications, realised in batches:
        running.add(applications, realised)
    return running
