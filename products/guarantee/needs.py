"""Which facts a rule book needs for a loan, and which of them are missing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from products.guarantee.evaluation import LOAN
from products.guarantee.facts import GUARANTEED, Fact
from products.guarantee.provisions import Fee, Lookup, Sharing
from products.guarantee.rulebook import COVERAGE, InForce
from products.guarantee.tables import Table


def needed_facts(terms: InForce) -> tuple[str, ...]:
    """The facts that `evaluate` and `shared` look at under these terms, in the order in which they are met."""
    tables = terms.all_of(Lookup)
    found = [LOAN, *_axes(tables[COVERAGE].table)]
    if terms.aggregation is not None:
        found += [terms.aggregation.group, *(name for name, _ in terms.aggregation.sums)]
    for cap in terms.caps.values():
        found += [*_axes(cap.lookup.table), cap.on, *([cap.of] if cap.of else [])]
    for bound in terms.bounds.values():
        found += [*_axes(bound.table), bound.fact]
    for fee in terms.fees.values():
        found += _of_fee(fee, tables)
    if terms.sharing is not None:
        for name in _named(terms.sharing):
            found += _axes(tables[name].table) if name in tables else []
    return tuple(dict.fromkeys(found))


def missing_facts(declared: Mapping[str, Fact], needed: Collection[str], given: Collection[str]) -> tuple[str, ...]:
    """The facts that a caller must still give, in the order in which they are met; what follows from others is none."""
    known = _following(declared, {*given, GUARANTEED})
    roots = (root for name in needed if name not in known for root in _roots(declared, name, known))
    return tuple(dict.fromkeys(roots))


def _axes(table: Table) -> list[str]:
    return [axis.fact.name for axis in table.axes]


def _of_fee(fee: Fee, tables: Mapping[str, Lookup]) -> Iterator[str]:
    yield from _axes(fee.table)
    if fee.rate_from is not None and fee.rate_from not in tables:
        yield fee.rate_from
    for part in fee.components:
        yield from _axes(part.only) if part.only is not None else ()
        yield from (one for one in (part.charge_on, part.band_on, part.time) if one is not None)
        for name in (*part.factors, *fee.adds):
            yield from _axes(tables[name].table) if name in tables else ()


def _named(sharing: Sharing) -> Iterator[str]:
    shares = [share for _, share in sharing.bears] + [cession.share for cession in sharing.cedes]
    yield from (share for share in shares if isinstance(share, str))
    if sharing.first_loss is not None and isinstance(sharing.first_loss[1], str):
        yield sharing.first_loss[1]


def _following(declared: Mapping[str, Fact], given: Collection[str]) -> set[str]:
    known, before = set(given), -1
    while len(known) > before:
        before = len(known)
        for name, fact in declared.items():
            follows = isinstance(fact.otherwise, int) or fact.otherwise in known
            if follows or (fact.less is not None and all(one in known for one in fact.less)):
                known.add(name)
    return known


def _roots(declared: Mapping[str, Fact], name: str, known: Collection[str]) -> Iterator[str]:
    """What to give for a fact that does not follow: the facts it is taken from, or itself."""
    fact = declared[name]
    sources = [one for one in (fact.less or ()) if one not in known]
    if not sources and isinstance(fact.otherwise, str):
        sources = [fact.otherwise]
    for source in sources:
        yield from _roots(declared, source, known)
    if not sources:
        yield name
