"""What the checks work with: the offerings under test, applications near the product's edges, a score, and budgets."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

import scoring
from products.applicant.flatten import columns_of
from products.applicant.layout import to_days
from products.applicant.reading import application_from
from products.applications import Applications
from products.columns import MET, Bools, Column, Ints
from products.discovery import Admission
from products.kernel import Decisions, Offering, decide
from products.loading import load_catalogue
from products.money import ONE
from products.parameters import DatedValue
from products.population import LATEST, population
from products.population.classes import asking_for_what_is_offered
from products.product import LoanProduct, Programme
from products.rules import Rule
from scoring import Scorecard

ROWS: Final = 3_000
BASES: Final = 10
CARRIER: Final = "innovation-credit"


@dataclass(frozen=True, slots=True)
class Witness:
    """Two applications (as JSON) that a plugin brings for one rule: one that trips it and one that just does not."""

    rule: str
    trips: Mapping[str, Any]
    passes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a product says of its price and its limits, and the kit then proves.

    ``kept_by_construction`` names rules that no case can trip because the kernel or the book keeps them already.
    """

    better_score_never_costs_more: bool = True
    better_score_never_lowers_a_limit: bool = True
    kept_by_construction: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """What deciding ``rows`` applications may take, on one core."""

    rows: int = 20_000
    cpu_seconds: float = 2.0
    megabytes: int = 300


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """``offerings`` are the product's own terms and then its revisions; ``rules`` those under test.

    ``subject`` is the product or programme itself; ``rows`` generated applications, of which ``bases`` are the
    positions of those nearest to approval.
    """

    subject: LoanProduct[Any] | Programme
    offerings: tuple[Offering, ...]
    rules: tuple[Rule, ...]
    scorecard: Scorecard
    on: date
    rows: Applications
    bases: Ints
    witnesses: tuple[Witness, ...]
    claims: Claims
    budgets: Budgets

    @property
    def offering(self) -> Offering:
        """The product's own terms."""
        return self.offerings[0]

    def decided(self, rows: Applications, offering: Offering | None = None) -> Decisions:
        """Decisions on the bench's day."""
        with np.errstate(all="ignore"):  # facts set to zero on purpose
            return decide(rows, offering or self.offering, self.scorecard, on=self.on)

    def reads(self, name: str) -> tuple[str, ...]:
        """The columns that a rule under test says it needs."""
        return next(one.reads for one in self.rules if one.name == name)

    def places(self, offering: Offering) -> dict[str, int]:
        """The position of each rule under test among the offering's."""
        names = [one.name for one in offering.rules]
        return {one.name: names.index(one.name) for one in self.rules}


def bench_of(
    subject: LoanProduct[Any] | Programme,
    *,
    programme: Programme | None = None,
    scorecard: Scorecard | None = None,
    witnesses: tuple[Witness, ...] = (),
    claims: Claims | None = None,
    budgets: Budgets | None = None,
) -> Bench:
    """The bench for a product or programme.

    A product is tested under ``programme``, or the one of kedai's own that it names; a programme with innovation
    credit. LookupError if the programme is neither given nor kedai's own.
    """
    own = load_catalogue(strict=True, admission=Admission(()))
    if isinstance(subject, Programme):
        carrier = dataclasses.replace(own.products[CARRIER], programme=subject.slug, revisions={})
        offerings: tuple[Offering, ...] = (Offering(carrier, subject), Offering(_ceding(carrier), subject))
        rules = subject.rules
    else:
        known = {**own.programmes, **({programme.slug: programme} if programme else {})}
        offerings = tuple(_offerings(subject, known))
        rules = subject.rules
    score = scorecard or scoring.load(scoring.DEMO_ARTEFACT)
    on = max(LATEST, *(one.book.first_day for one in offerings), offerings[0].programme.book.first_day)
    rows = _near(population(ROWS, seed=20260722), offerings[0], on)
    decisions = decide(rows, offerings[0], score, on=on)
    return Bench(
        subject,
        offerings,
        rules,
        score,
        on,
        rows,
        _nearest(decisions),
        witnesses,
        claims or Claims(),
        budgets or Budgets(),
    )


def _ceding(product: LoanProduct[Any]) -> LoanProduct[Any]:
    """The product with the fund taking over the province's whole share instead of bearing its tier's ceiling."""
    book = product.book
    values = {"fund_takes": (1, "from_province"), "fund_share_of_province": (ONE, "1.00")}
    changes = {
        name: (DatedValue(book.first_day, None, value, text, "check", "check", verified=False),)
        for name, (value, text) in values.items()
    }
    return dataclasses.replace(product, book=book.amended(book.name, changes, opens=book.first_day))


def _offerings(product: LoanProduct[Any], programmes: Mapping[str, Programme]) -> list[Offering]:
    found = []
    for revision in (None, *product.revisions.values()):
        slug = product.programme if revision is None or revision.programme is None else revision.programme
        if slug not in programmes:
            raise LookupError(f"{product.slug} names the programme {slug!r}; pass it to the check as programme.")
        found.append(Offering(product, programmes[slug], revision))
    return found


def _near(rows: Applications, offering: Offering, on: date) -> Applications:
    """The rows, applied for on the day; every second one asks for what the product offers."""
    columns = {**rows.columns, "applied_on": Column(np.full(rows.n, to_days(on), dtype=np.int64))}
    asked: Bools = np.arange(rows.n) % 2 == 0
    applied = Applications(rows.n, columns, rows.children)
    return asking_for_what_is_offered(applied, offering.book.at(on), asked)


def _nearest(decisions: Decisions) -> Ints:
    """Rows to start from: those that fewest rules object to, and some of the others."""
    objections = (decisions.answers != MET).sum(axis=0)
    order = np.argsort(objections, kind="stable")
    some = np.linspace(0, len(order) - 1, BASES // 2).astype(np.int64)
    return np.unique(np.concatenate([order[: BASES // 2], order[some]]))


def rows_of(applications: tuple[Mapping[str, Any], ...]) -> Applications:
    """Applications in their JSON form as columns."""
    return columns_of([application_from(dict(one)) for one in applications])
