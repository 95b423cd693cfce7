"""A rule book applied to a batch of loans: cover, ceilings, bounds, fees, who bears what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import numpy as np

from products.columns import Bools, Ints
from products.guarantee.aggregation import summed_in_window
from products.guarantee.facts import GUARANTEED, BadFacts, Facts, completed, fact_of
from products.guarantee.fees import Rates, fee_amount
from products.guarantee.provisions import Bound, Cap, Due, Fee, Kind, Payer, Sharing
from products.guarantee.rulebook import COVERAGE, DatedBy, InForce, RuleBook
from products.guarantee.sharing import Borne, losses
from products.money import ONE, Rounding, portion
from products.parameters import NotInForce

LOAN: Final = "loan"
"""The fact that every book has: the amount of the loan."""
NO_CAP: Final = int(np.iinfo(np.int64).max)
_MAY_LAPSE: Final = frozenset({Kind.SHARE, Kind.AMOUNT, Kind.COUNT})
OtherDays = Mapping[DatedBy, Ints]
"""Ordinals (n,) of dates other than the book's own."""
Parts = tuple[tuple[Ints, InForce], ...]
"""Rows with the provisions in force on their days."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a rule book says of n loans; amounts in minor units, shares in ppm, all (n,).

    ``caps`` and ``cap_left``: the ceilings by name, and what each leaves after the loan (negative: by how much it is
    exceeded); ``bounds``: whether each bound is kept; ``fees`` by name, a yearly fee for one year. Before a
    provision begins it sets no ceiling (`NO_CAP`), keeps its bound, charges nothing; a factor is 1 while none holds.
    """

    n: int
    coverage: Ints
    guaranteed: Ints
    caps: Mapping[str, Ints]
    cap_left: Mapping[str, Ints]
    bounds: Mapping[str, Bools]
    fees: Mapping[str, Ints]
    owed: Mapping[tuple[Due, Payer], Ints]

    @property
    def headroom(self) -> Ints:
        """What the tightest ceiling leaves."""
        tightest = np.full(self.n, NO_CAP)
        for left in self.cap_left.values():
            tightest = np.minimum(tightest, left)
        return tightest

    @property
    def admitted(self) -> Bools:
        """Whether all ceilings and bounds are kept."""
        kept: Bools = self.headroom >= 0
        for one in self.bounds.values():
            kept = kept & one
        return kept


def evaluate(book: RuleBook, facts: Facts, days: Ints, *, other_days: OtherDays | None = None) -> Evaluated:
    """Apply a rule book to loans.

    ``days`` (n,): ordinals of the date by which the book goes (`RuleBook.dated_by`); ``other_days``: those of the dates
    by which some of its provisions go instead (`RuleBook.dated_otherwise`).

    BadFacts if a fact that is looked at is missing or out of range, or a table has no row for a loan; NotInForce if
    the book has no cover on some day, or a fee, ceiling, bound or arrangement has ended without a successor.
    """
    parts = tuple(_parts(book, days, other_days))
    known = completed(book.facts, facts)
    known = completed(book.facts, known | _sums(known, facts, parts, days, of_guaranteed=False))
    coverage = _gather(parts, lambda terms, some, n: looked_up(terms, COVERAGE, some, n), known, len(days))
    known[GUARANTEED] = portion(fact_of(known, LOAN, COVERAGE), coverage, Rounding.DOWN)
    known = completed(book.facts, known | _sums(known, facts, parts, days, of_guaranteed=True))
    caps = {name: _gather(parts, partial(_cap, name), known, len(days)) for name in _names(parts, Cap)}
    bounds = {name: _gather(parts, partial(_bound, name), known, len(days)) for name in _names(parts, Bound)}
    fees = {name: _gather(parts, partial(_fee, name), known, len(days)) for name in _names(parts, Fee)}
    return Evaluated(
        n=len(days),
        coverage=coverage,
        guaranteed=known[GUARANTEED],
        caps=caps,
        cap_left={name: _left(name, caps[name], parts, known) for name in caps},
        bounds={name: kept.astype(np.bool_) for name, kept in bounds.items()},
        fees=fees,
        owed=_owed(parts, fees, len(days)),
    )


def shared(book: RuleBook, facts: Facts, days: Ints, loss: Ints, *, other_days: OtherDays | None = None) -> Borne:
    """Who bears losses (n,) on loans under the arrangement in force on their days. ValueError if the book has none."""
    known = completed(book.facts, facts)
    found = [
        (rows, _shared(book, terms, _some(known, rows), loss[rows])) for rows, terms in _parts(book, days, other_days)
    ]
    parties = tuple(dict.fromkeys(party for _, borne in found for party in borne.parties))
    parts = np.zeros((len(days), len(parties)), dtype=np.int64)
    for rows, borne in found:
        for party in borne.parties:
            parts[rows, parties.index(party)] = borne.of(party)
    return Borne(parties, parts)


def _shared(book: RuleBook, terms: InForce, facts: Facts, loss: Ints) -> Borne:
    if terms.sharing is None:
        raise ValueError(f"{book.slug} has no arrangement for losses on {terms.day}; add one of unit sharing.")
    return losses(loss, terms.sharing, shares_in(terms, terms.sharing, facts, len(loss)), loan=facts.get(LOAN))


def shares_in(terms: InForce, sharing: Sharing, facts: Facts, n: int) -> dict[str, Ints]:
    """The shares (n,) that an arrangement refers to by name."""
    named = [share for _, share in sharing.bears] + [cession.share for cession in sharing.cedes]
    if sharing.first_loss is not None:
        named.append(sharing.first_loss[1])
    return {name: looked_up(terms, name, facts, n) for name in named if isinstance(name, str)}


def _parts(book: RuleBook, days: Ints, other_days: OtherDays | None) -> Iterator[tuple[Ints, InForce]]:
    """The rows of each combination of periods in which their dates lie."""
    dates = {book.dated_by: days, **(other_days or {})}
    for lacking in (kind for kind in book.dates if kind not in dates):
        raise BadFacts(f"{book.slug} goes by {lacking} for some provisions; give those days in other_days.")
    cuts = np.array(book.days, dtype=np.int64)
    part = np.zeros(len(days), dtype=np.int64)
    for kind in book.dates:
        part = part * (len(cuts) + 1) + np.searchsorted(cuts, dates[kind], side="right")
    for one in np.flatnonzero(np.bincount(part)):
        rows = np.flatnonzero(part == one)
        on = {kind: date.fromordinal(int(dates[kind][rows[0]])) for kind in book.dates}
        terms = book.at(on[book.dated_by], on)
        for name in terms.lapsed:
            if book.values[name][0].kind not in _MAY_LAPSE:
                raise NotInForce(book.slug, name, on[book.date_of(name)], book.first_day)
        yield rows, terms


def _some(facts: Facts, rows: Ints) -> dict[str, Ints]:
    return {name: column[rows] for name, column in facts.items()}


def looked_up(terms: InForce, name: str, facts: Facts, n: int) -> Ints:
    """The value of a table for each loan, (n,); NotInForce if there is none of that name."""
    found = terms.lookup(name)
    return found.values[found.table.row_of(facts, n, name)]


def _sums(known: Facts, given: Facts, parts: Parts, days: Ints, *, of_guaranteed: bool) -> dict[str, Ints]:
    """The sums over loans that count together, unless the caller gives them; a loan outside any period is alone."""
    found: dict[str, Ints] = {}
    sums: dict[tuple[str, str, int], Ints] = {}
    for rows, terms in parts:
        together = terms.aggregation
        for name, total in together.sums if together else ():
            if together is None or (name == GUARANTEED) != of_guaranteed or total in given:
                continue
            amount = fact_of(known, name, total)
            key = (name, together.group, together.window_days)
            if key not in sums:
                group = fact_of(known, together.group, f"{terms.book} (loans that count together)")
                sums[key] = summed_in_window(amount, group, days, together.window_days)
            found.setdefault(total, amount.copy())[rows] = sums[key][rows]
    return found


def _names(parts: Parts, kind: type[Cap | Bound | Fee]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for _, terms in parts for name in terms.all_of(kind)))


def _gather(parts: Parts, of: Callable[[InForce, Facts, int], Ints], known: Facts, n: int) -> Ints:
    result = np.zeros(n, dtype=np.int64)
    for rows, terms in parts:
        result[rows] = of(terms, _some(known, rows), len(rows))
    return result


def _cap(name: str, terms: InForce, facts: Facts, n: int) -> Ints:
    cap = terms.caps.get(name)
    if cap is None:
        return np.full(n, NO_CAP)
    value = cap.lookup.values[cap.lookup.table.row_of(facts, n, name)]
    return value if cap.of is None else portion(fact_of(facts, cap.of, name), value, Rounding.DOWN)


def _left(name: str, ceiling: Ints, parts: Parts, known: Facts) -> Ints:
    result = np.full(len(ceiling), NO_CAP)
    for rows, terms in parts:
        cap = terms.caps.get(name)
        if cap is not None:
            result[rows] = ceiling[rows] - fact_of(known, cap.on, name)[rows]
    return result


def _bound(name: str, terms: InForce, facts: Facts, n: int) -> Ints:
    bound = terms.bounds.get(name)
    if bound is None:
        return np.ones(n, dtype=np.int64)
    rows, value = bound.table.row_of(facts, n, name), fact_of(facts, bound.fact, name)
    return ((value >= bound.at_least[rows]) & (value <= bound.at_most[rows])).astype(np.int64)


def _fee(name: str, terms: InForce, facts: Facts, n: int) -> Ints:
    fee = terms.fees.get(name)
    if fee is None:
        return np.zeros(n, dtype=np.int64)
    return fee_amount(name, fee, facts, _rates(fee, terms, facts, n))


def _rates(fee: Fee, terms: InForce, facts: Facts, n: int) -> Rates:
    wanted = {factor for part in fee.components for factor in part.factors}
    set_by = fee.rate_from
    return Rates(
        factors={one: _looked_up_or(terms, one, facts, n, otherwise=ONE) for one in wanted},
        added=sum((_looked_up_or(terms, one, facts, n, otherwise=0) for one in fee.adds), np.zeros(n, dtype=np.int64)),
        set=None if set_by is None else facts[set_by] if set_by in facts else looked_up(terms, set_by, facts, n),
    )


def _looked_up_or(terms: InForce, name: str, facts: Facts, n: int, *, otherwise: int) -> Ints:
    return looked_up(terms, name, facts, n) if name in terms.provisions else np.full(n, otherwise, dtype=np.int64)


def _owed(parts: Parts, fees: Mapping[str, Ints], n: int) -> dict[tuple[Due, Payer], Ints]:
    """The fees added up by when they fall due and who owes them."""
    totals: dict[tuple[Due, Payer], Ints] = {}
    for rows, terms in parts:
        for name, fee in terms.fees.items():
            total = totals.setdefault((fee.due, fee.payer), np.zeros(n, dtype=np.int64))
            total[rows] += fees[name][rows]
    return totals
