"""A rule book: provisions by name with their dates, and the provisions in force on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from products.dated_yaml import RawValue
from products.explaining.answer import Parameter
from products.guarantee.facts import Fact
from products.guarantee.provisions import (
    Aggregation,
    Bound,
    Cap,
    Condition,
    Fee,
    Kind,
    Lookup,
    PortfolioCap,
    Provision,
    Sharing,
)
from products.parameters import NotInForce

P = TypeVar("P", bound=Provision)
COVERAGE = "coverage"
"""Every book says under this name which share of a loan is guaranteed."""


class DatedBy(StrEnum):
    """Which of a loan's dates decides what is in force."""

    APPLIED = "applied_on"
    APPROVED = "approved_on"
    SIGNED = "signed_on"


@dataclass(frozen=True, slots=True, eq=False)
class Dated:
    """A provision with its validity and source."""

    kind: Kind
    raw: RawValue
    provision: Provision

    def holds(self, day: date) -> bool:
        """Whether a day lies between its first day and before its end; a successor may have taken its place."""
        return self.raw.since <= day and (self.raw.until is None or day < self.raw.until)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch for which a book says itself that it holds no value of a provision, and why."""

    provision: str
    since: date
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class Unverified:
    """A value that rests on no text that was read: where it stands and what it claims."""

    book: str
    provision: str
    since: date
    value: str
    unit: str
    source: str
    clause: str


@dataclass(frozen=True, slots=True, eq=False)
class InForce:
    """The provisions in force on a day, by name; ``lapsed``: those that have ended without a successor, and those that
    the book says itself it does not hold for the day."""

    book: str
    day: date
    provisions: Mapping[str, Dated]
    lapsed: tuple[str, ...]

    def all_of(self, kind: type[P]) -> dict[str, P]:
        """Every provision of one kind, by name."""
        return {name: one.provision for name, one in self.provisions.items() if isinstance(one.provision, kind)}

    def the(self, kind: type[P]) -> P | None:
        """The one provision of a kind of which a book has at most one, None without one."""
        return next(iter(self.all_of(kind).values()), None)

    @property
    def caps(self) -> dict[str, Cap]:
        """The ceilings on a loan."""
        return self.all_of(Cap)

    @property
    def bounds(self) -> dict[str, Bound]:
        """The bounds of facts."""
        return self.all_of(Bound)

    @property
    def fees(self) -> dict[str, Fee]:
        """The fees."""
        return self.all_of(Fee)

    @property
    def conditions(self) -> dict[str, Condition]:
        """The conditions on the portfolio."""
        return self.all_of(Condition)

    @property
    def sharing(self) -> Sharing | None:
        """Who bears a loss."""
        return self.the(Sharing)

    @property
    def portfolio_cap(self) -> PortfolioCap | None:
        """The ceiling on payments over the portfolio."""
        return self.the(PortfolioCap)

    @property
    def aggregation(self) -> Aggregation | None:
        """Which loans count together."""
        return self.the(Aggregation)

    def used(self, name: str) -> Parameter:
        """The value of a provision with its source."""
        one = self.provisions[name]
        return Parameter(
            name=f"{self.book}.{name}",
            value=one.raw.text,
            unit=one.kind,
            source=one.raw.source,
            clause=one.raw.clause,
            since=one.raw.since,
            verified=one.raw.verified,
        )

    def lookup(self, name: str) -> Lookup:
        """The table of that name; NotInForce where there is none on the day."""
        found = self.all_of(Lookup).get(name)
        if found is None:
            raise NotInForce(self.book, name, self.day, self.day)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class RuleBook:
    """A guarantee programme as data.

    ``minor_units``: decimals of the currency; ``facts``: what it looks at; ``values``: its provisions by rising date;
    ``dated_by``: the date that decides what is in force, ``dated_otherwise``: provisions that go by another;
    ``days``: the ordinals on which some provision changes.
    """

    slug: str
    zh: str
    en: str
    instrument: str
    currency: str
    minor_units: int
    dated_by: DatedBy
    dated_otherwise: Mapping[str, DatedBy]
    facts: Mapping[str, Fact]
    values: Mapping[str, tuple[Dated, ...]]
    gaps: tuple[Gap, ...]
    digest: str
    days: tuple[int, ...]

    def at(self, day: date, others: Mapping[DatedBy, date] | None = None) -> InForce:
        """The provisions in force for a loan; NotInForce if the cover is not among them.

        ``day``: its `dated_by`; ``others``: its other dates, each the same day if left out.
        """
        on = {name: (others or {}).get(self.date_of(name), day) for name in self.values}
        begun = {
            name: _latest(dated, on[name]) for name, dated in self.values.items() if dated[0].raw.since <= on[name]
        }
        found = {name: one for name, one in begun.items() if one.holds(on[name])}
        if COVERAGE not in found:
            raise NotInForce(self.slug, COVERAGE, day, self.first_day)
        lacking = {gap.provision for gap in self.gaps if gap.since <= on[gap.provision] < gap.until}
        return InForce(self.slug, day, found, tuple(sorted((begun.keys() | lacking) - found.keys())))

    def date_of(self, provision: str) -> DatedBy:
        """The date by which a provision goes."""
        return self.dated_otherwise.get(provision, self.dated_by)

    @property
    def dates(self) -> tuple[DatedBy, ...]:
        """Every date that the book goes by, its main one first."""
        return tuple(dict.fromkeys([self.dated_by, *self.dated_otherwise.values()]))

    @property
    def first_day(self) -> date:
        """The first day on which there is cover."""
        return self.values[COVERAGE][0].raw.since

    @property
    def ends(self) -> date | None:
        """The day from which there is no cover any more, None while none is known."""
        return self.values[COVERAGE][-1].raw.until

    def unverified_values(self) -> tuple[Unverified, ...]:
        """Every value, and every row of a table, that is flagged as unverified, of all dates."""
        return tuple(
            Unverified(self.slug, name, one.raw.since, text, one.kind, one.raw.source, one.raw.clause)
            for name, dated in self.values.items()
            for one in dated
            for text in _doubted(one)
        )


def _latest(dated: tuple[Dated, ...], day: date) -> Dated:
    return next(one for one in reversed(dated) if one.raw.since <= day)


def _doubted(one: Dated) -> list[str]:
    if not one.raw.verified:
        return [one.raw.text]
    provision = one.provision.lookup if isinstance(one.provision, Cap) else one.provision
    sure = provision.sure if isinstance(provision, Lookup | Bound | Fee) else ()
    return [f"row {row + 1} of {one.raw.text}" for row, is_sure in enumerate(sure) if not is_sure]
