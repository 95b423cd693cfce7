"""What a revision would do to a population: counted application by application, whatever the batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from products import Applications, DatesOutOfOrder, Decision, decide, explain
from products.explaining.answer import Outcome, Party
from products.impact import EXAMPLES, Impact, compare, held_offering
from products.impact_report import ImpactReport, impact_report
from products.kernel import Offering
from products.parameters import Book
from products.population import population
from products.product import Revision
from products.revising.terms import book_of
from tests.products.builders import demonstration_score
from tests.products.revising.contents import APRIL, content, innovation_credit, installed

DECIDED = date(2026, 7, 1)
ROWS = 400
LOWER = {"amount_cap": "2000000", "fee_cap": "0.006", "band_floor": "B"}


def offering(slug: str, book: Book[Any]) -> Offering:
    """Innovation credit under a book as it stands in April 2027."""
    revision = Revision(slug, "innovation-credit", "cn-scitech-2024", "春", "Spring", "纪要", APRIL, book)
    return held_offering(installed(), revision, APRIL)


@cache
def sides(**changes: str) -> tuple[Offering, Offering]:
    """The product's own terms, and a revision that changes some."""
    own = innovation_credit().book
    after = book_of(content(dict(changes)), innovation_credit()) if changes else own
    return offering("own-terms", own), offering("spring", after)


def impact(batches: Sequence[Applications], **changes: str) -> Impact:
    """The comparison over batches."""
    return compare(batches, *sides(**changes), demonstration_score(), on=DECIDED)


def report(of: Impact) -> ImpactReport:
    """The report of a comparison."""
    return impact_report(of, revision="spring 1", compared_with="own-terms", day=APRIL, population="generated")


@cache
def one_by_one(**changes: str) -> list[tuple[Decision, Decision]]:
    """Both decisions on every application of the population, each explained by itself."""
    app = population(ROWS, 5)
    made = [decide(app, one, demonstration_score(), on=DECIDED) for one in sides(**changes)]
    return [
        (
            explain(made[0], row, decision_id="a", digests={}),
            explain(made[1], row, decision_id="b", digests={}),
        )
        for row in range(ROWS)
    ]


def test_the_same_terms_change_nothing() -> None:
    found = report(impact([population(ROWS, 5)]))
    assert found.n == ROWS
    assert set(found.changed.values()) == {0}
    assert found.before == found.after
    assert (found.worst, found.best) == ((), ())
    assert sum(each.n for each in found.moved if each.before != each.after) == 0


def test_the_totals_are_those_of_the_decisions_one_by_one() -> None:
    found = report(impact([population(ROWS, 5)], **LOWER))
    pairs = one_by_one(**LOWER)
    moved = Counter((old.outcome, new.outcome) for old, new in pairs)
    assert {(each.before, each.after): each.n for each in found.moved if each.n} == moved
    for place, side in enumerate((found.before, found.after)):
        granted = [pair[place] for pair in pairs if pair[place].outcome is Outcome.APPROVE]
        assert side.approve == len(granted)
        assert side.approved == sum(one.amount.approved for one in granted)
        assert side.guarantee_fees == sum(one.fee.amount for one in granted)
        fund = next(each for each in side.parties if each.party is Party.FUND)
        assert fund.exposure == sum(
            share.amount for one in granted for share in one.cover.parties if share.party is Party.FUND
        )
        assert sum(each.exposure for each in side.parties) == side.approved
    assert found.changed["outcome"] == sum(n for (old, new), n in moved.items() if old is not new)
    assert found.changed["fee_rate"] == sum(old.fee.rate != new.fee.rate for old, new in pairs)
    assert found.changed["fee_tier"] == 0


def test_the_expected_loss_is_probability_times_loss_given_default_times_what_is_borne() -> None:
    found = report(impact([population(ROWS, 5)], **LOWER)).before
    by_hand = sum(
        one.score.default_probability * Decimal("0.45") * share.amount
        for one, _ in one_by_one(**LOWER)
        if one.outcome is Outcome.APPROVE
        for share in one.cover.parties
        if share.party is Party.BANK
    )
    bank = next(each for each in found.parties if each.party is Party.BANK)
    assert abs(bank.expected_loss - by_hand) <= Decimal("0.01") * found.approve


def test_the_average_fee_is_fees_by_amount_against_one_per_cent() -> None:
    found = report(impact([population(ROWS, 5)], **LOWER)).after
    assert found.average_fee == (found.guarantee_fees / found.approved).quantize(Decimal("0.000001"))
    assert found.average_fee <= Decimal("0.006")
    assert (found.fee_target, found.meets_target) == (Decimal("0.01"), True)


@pytest.mark.parametrize("cuts", [(0, 1, ROWS), (0, 137, 200, ROWS)])
def test_batches_of_any_size_add_up_to_the_same_report(cuts: tuple[int, ...]) -> None:
    app = population(ROWS, 5)
    batches = [app.between(start, stop) for start, stop in pairwise(cuts)]
    assert report(impact(batches, **LOWER)) == report(impact([app], **LOWER))


def test_segments_of_each_dimension_add_up_to_the_whole() -> None:
    found = report(impact([population(ROWS, 5)], **LOWER))
    for dimension in ("region", "size", "sector", "band"):
        parts = [each for each in found.segments if each.dimension == dimension]
        assert sum(each.n for each in parts) == ROWS
        assert sum(each.approved_after for each in parts) == found.after.approve
        assert sum(each.amount_before for each in parts) == found.before.approved


def test_the_worst_affected_come_first_with_both_decisions() -> None:
    found = report(impact([population(ROWS, 5)], **LOWER))
    changes = sorted(new.amount.approved - old.amount.approved for old, new in one_by_one(**LOWER))
    assert [each.amount_change for each in found.worst] == changes[:EXAMPLES]
    for each in found.worst:
        assert each.after.amount.approved - each.before.amount.approved == each.amount_change
        assert (each.before.revision, each.after.revision) == ("own-terms", "spring")


def test_rows_of_the_tariff_below_the_lowest_band_are_out_of_reach_and_others_counted() -> None:
    found = report(impact([population(ROWS, 5)], **LOWER))
    cells = {(each.tier, each.band): each for each in found.tariff}
    assert len(cells) == 4 * 5
    assert cells["tier_1", "B"].reachable
    assert cells["tier_1", "C"].why_unreachable == "Score band C lies below the lowest band approved, B."
    assert cells["untitled", "A"].reachable == (not sides()[0].programme.book.at(APRIL).title_required)
    assert sum(each.applications for each in found.tariff) == ROWS
    assert sum(each.approved for each in found.tariff if not each.reachable) == 0
    assert cells["tier_3", "E"].rate_before == Decimal("0.0140")
    assert cells["tier_3", "E"].rate_after == Decimal("0.006")


def test_an_empty_population_has_no_average_and_a_late_application_is_refused() -> None:
    found = report(impact([], **LOWER))
    assert (found.n, found.after.average_fee, found.after.meets_target) == (0, None, None)
    with pytest.raises(DatesOutOfOrder, match="after the day of decision"):
        compare([population(ROWS, 5)], *sides(), demonstration_score(), on=date(2020, 1, 1))
