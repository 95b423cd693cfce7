"""Whether the shares of a loss can add up, on every day of the book and in every cell of the tables they come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from math import prod

import numpy as np

from products.columns import Ints
from products.guarantee.evaluation import looked_up
from products.guarantee.facts import BadFacts, Facts
from products.guarantee.provisions import Fee, Lookup, Share, Sharing
from products.guarantee.rulebook import COVERAGE, InForce, RuleBook
from products.money import ONE
from products.parameters import NotInForce

Found = tuple[str, str, str]


def share_problems(book: RuleBook) -> Iterator[Found]:
    """Problems of arrangements and references, for every period between changes of the book."""
    for ordinal in book.days if COVERAGE in book.values else ():
        day = date.fromordinal(ordinal)
        try:
            terms = book.at(day)
        except NotInForce:
            continue  # a day without cover has no loss to share
        yield from _references(book, terms)
        for name, sharing in terms.all_of(Sharing).items():
            yield from _parties(sharing, f"parameters.{name}")
            yield from _sums(terms, sharing, f"parameters.{name}", day)


def _references(book: RuleBook, terms: InForce) -> Iterator[Found]:
    tables = terms.all_of(Lookup)
    anywhere = {name for name, dated in book.values.items() if any(isinstance(one.provision, Lookup) for one in dated)}
    for name, fee in terms.all_of(Fee).items():
        optional = {*fee.adds, *(one for part in fee.components for one in part.factors)}
        for one in sorted(optional - anywhere):
            yield f"parameters.{name}", f"refers to {one!r}, which is no share", "add a parameter of unit share"
        if fee.rate_from is not None and fee.rate_from not in {*tables, *book.facts}:
            remedy = "name a fact or a parameter of unit share in force on the same days"
            yield (
                f"parameters.{name}",
                f"takes its rate from {fee.rate_from!r}, which holds none on {terms.day}",
                remedy,
            )
    for name, sharing in terms.all_of(Sharing).items():
        for one in _named(sharing):
            if one not in tables:
                remedy = "add a parameter of unit share that is in force on the same days"
                yield f"parameters.{name}", f"refers to {one!r}, which is no share in force on {terms.day}", remedy


def _named(sharing: Sharing) -> list[str]:
    shares: list[Share | None] = [share for _, share in sharing.bears]
    shares += [cession.share for cession in sharing.cedes]
    shares += [] if sharing.first_loss is None else [sharing.first_loss[1]]
    return [share for share in shares if isinstance(share, str)]


def _parties(sharing: Sharing, place: str) -> Iterator[Found]:
    known = [party for party, _ in sharing.bears]
    if not known:
        yield f"{place}.bears", "names nobody", "say who bears which share"
    if sharing.odd_units_to not in known:
        yield f"{place}.odd_units_to", f"is {sharing.odd_units_to!r}", f"name one of: {', '.join(known)}"
    if sharing.first_loss is not None and sharing.first_loss[0] not in sharing.parties:
        yield f"{place}.first_loss", f"names {sharing.first_loss[0]!r}", f"name one of: {', '.join(known)}"
    if sum(share is None for _, share in sharing.bears) > 1:
        yield f"{place}.bears", "gives the rest to several parties", "write rest once and the other shares in numbers"
    for cession in sharing.cedes:
        if cession.giver not in known:
            remedy = "list cessions from the top down: who passes on must bear or have received something"
            yield f"{place}.cedes", f"lets {cession.giver!r} pass on what it does not have", remedy
        known.append(cession.taker)


def _sums(terms: InForce, sharing: Sharing, place: str, day: date) -> Iterator[Found]:
    tables = terms.all_of(Lookup)
    if any(name not in tables for name in _named(sharing)):
        return
    cells = _every_cell([tables[name] for name in _named(sharing)])
    n = max((len(column) for column in cells.values()), default=1)
    heads = [share for _, share in sharing.bears]
    total = _total(terms, [share for share in heads if share is not None], cells, n)
    if total is None:
        return
    if (total > ONE).any():
        yield (
            f"{place}.bears",
            f"gives away {total.max()} ppm of a loss from {day} on",
            "shares must not exceed 1 in sum",
        )
    if None not in heads and (total < ONE).any():
        yield (
            f"{place}.bears",
            f"leaves {ONE - total.min()} ppm of a loss to nobody from {day} on",
            "let the shares add up to 1 or write rest for one party",
        )
    for giver in dict.fromkeys(cession.giver for cession in sharing.cedes):
        passed = _total(terms, [one.share for one in sharing.cedes if one.giver == giver], cells, n)
        if passed is not None and (passed > ONE).any():
            remedy = "the cessions of one party must not exceed 1 in sum"
            yield f"{place}.cedes", f"passes on {passed.max()} ppm of what falls to {giver} from {day} on", remedy


def _total(terms: InForce, shares: Sequence[Share], cells: Facts, n: int) -> Ints | None:
    """The sum of shares in every cell; None where a table has holes, which are reported with the table."""
    total = np.zeros(n, dtype=np.int64)
    for share in shares:
        try:
            total = total + (share if isinstance(share, int) else looked_up(terms, share, cells, n))
        except BadFacts:
            return None
    return total


def _every_cell(tables: Sequence[Lookup]) -> dict[str, Ints]:
    """One loan for every combination of the tables' cells, as columns of facts."""
    starts: dict[str, set[int]] = {}
    for one in tables:
        for axis in one.table.axes:
            starts.setdefault(axis.fact.name, {0}).update(axis.cuts.tolist())
    if not starts:
        return {}
    columns = np.meshgrid(*(sorted(cuts) for cuts in starts.values()), indexing="ij")
    size = prod(len(cuts) for cuts in starts.values())
    return {name: column.reshape(size).astype(np.int64) for name, column in zip(starts, columns, strict=True)}
