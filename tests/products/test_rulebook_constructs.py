"""Every construct of the rule-book format stands in a whole book; those no real book uses give figures by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from products.columns import Ints
from products.guarantee.evaluation import evaluate, shared
from products.guarantee.facts import BadFacts, FactUnit
from products.guarantee.provisions import (
    Cap,
    Component,
    Condition,
    Due,
    Fee,
    Kind,
    Measure,
    Payer,
    PortfolioCap,
    Recoveries,
    Sharing,
)
from products.guarantee.rulebook import DatedBy, RuleBook
from products.guarantee.sharing import recoveries
from products.money import Rounding
from products.portfolio import GuaranteedLoans, LossRecord, portfolio_view
from tests.products.rule_books import book, days, facts, library

OWN = book("every-construct")


def _constructs(of: RuleBook) -> Iterator[object]:
    yield from (of.dated_by, *(("another date",) * bool(of.dated_otherwise)), *(("a gap",) * bool(of.gaps)))
    for fact in of.facts.values():
        yield fact.unit
        yield from ("a difference",) * (fact.less is not None)
        yield from ("what stands for a fact",) * (fact.otherwise is not None)
    for dated in of.values.values():
        yield from ("several dates",) * (len(dated) > 1)
        for one in dated:
            yield one.kind
            yield from ("an end",) * (one.raw.until is not None)
            yield from _of_provision(one.provision)


def _of_provision(one: object) -> Iterator[object]:
    if isinstance(one, Cap):
        yield "a cap on a share of a fact" if one.of else "a cap in money"
        yield from ("a keyed cap",) * bool(one.lookup.table.axes)
    elif isinstance(one, Fee):
        yield from (one.due, one.payer)
        yield from _of_fee(one)
    elif isinstance(one, Sharing):
        yield one.recoveries
        yield from ("nested shares",) * bool(one.cedes)
        yield from ("a first loss",) * (one.first_loss is not None)
    elif isinstance(one, PortfolioCap):
        yield "a tiered portfolio cap" if len(one.edges) > 1 else "a flat portfolio cap"
        yield from ("a cap on the covered volume",) * one.of_guaranteed
    elif isinstance(one, Condition):
        yield one.measure


def _of_fee(fee: Fee) -> Iterator[object]:
    if fee.edges.shape[1] > 1:
        yield "marginal bands" if fee.marginal else "whole bands"
    yield from ("several keys",) * (len(fee.table.axes) > 1)
    yield from ("a minimum",) * bool(fee.minimum)
    yield from ("a rate from elsewhere",) * (fee.rate_from is not None)
    yield from ("an added rate",) * bool(fee.adds)
    yield from ("a rate that never falls",) * bool(fee.rising_in)
    yield from ("a rate that never rises",) * bool(fee.falling_in)
    yield from ("components",) * (len(fee.components) > 1)
    for part in fee.components:
        yield from _of_component(part)


def _of_component(part: Component) -> Iterator[object]:
    yield part.rounding
    yield from ("a component on a condition",) * (part.only is not None)
    yield from ("time",) * (part.time is not None)
    yield from ("multipliers",) * bool(part.factors)
    yield from ("bands on another base",) * (part.band_on != part.charge_on)


CONSTRUCTS: tuple[object, ...] = (
    *Kind,
    *Due,
    *Payer,
    *Measure,
    *Recoveries,
    *DatedBy,
    *FactUnit,
    *Rounding,
    *("another date", "a gap", "a difference", "what stands for a fact", "several dates", "an end"),
    *("a cap on a share of a fact", "a cap in money", "a keyed cap", "nested shares", "a first loss"),
    *("a tiered portfolio cap", "a flat portfolio cap", "a cap on the covered volume", "marginal bands", "whole bands"),
    *("several keys", "a minimum", "a rate from elsewhere", "an added rate", "a rate that never falls"),
    *("a rate that never rises", "components", "a component on a condition", "time", "multipliers"),
    "bands on another base",
)


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=str)
def test_every_construct_stands_in_a_book(construct: object) -> None:
    assert any(construct in set(_constructs(one)) for one in library().books.values())


def column(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def ordinals(day: str, n: int) -> dict[DatedBy, Ints]:
    return {DatedBy.SIGNED: np.full(n, date.fromisoformat(day).toordinal())}


def test_a_whole_band_charges_everything_at_the_rate_of_the_band_of_another_base() -> None:
    """5,000,000.00 lies in the lower band: 0.3 % of the 4,000,000 guaranteed; one fen more pays 0.5 % of as much."""
    loans = facts(OWN, {"loan": ["5000000", "5000000.01", "333.33"], "score": "70"})
    found = evaluate(OWN, loans, days("2025-06-01", 3), other_days=ordinals("2025-06-01", 3))
    assert found.guaranteed.tolist() == [400_000_000, 400_000_000, 26_666]
    # 0.3 % of 266.66 is 0.79998, rounded up
    assert found.fees["reguarantee_fee"].tolist() == [1_200_000, 2_000_000, 80]
    assert found.owed[Due.YEARLY, Payer.GUARANTOR].tolist() == [1_200_000, 2_000_000, 80]


def test_a_rate_by_score_on_both_sides_of_each_edge() -> None:
    loans = facts(OWN, {"loan": ["100000"] * 4, "score": ["59", "60", "79", "80"]})
    found = evaluate(OWN, loans, days("2025-06-01", 4), other_days=ordinals("2025-06-01", 4))
    assert found.fees["guarantee_fee"].tolist() == [150_000, 100_000, 100_000, 50_000]


def test_a_provision_may_go_by_another_date_than_its_book() -> None:
    """Applied for in 2025 and signed in 2026: the fee is the amended one; the rest is unchanged."""
    loans = facts(OWN, {"loan": ["100000", "100000"], "score": "70"})
    signed = {DatedBy.SIGNED: column(*(date.fromisoformat(day).toordinal() for day in ("2025-12-31", "2026-01-01")))}
    found = evaluate(OWN, loans, days("2025-12-31", 2), other_days=signed)
    assert found.fees["guarantee_fee"].tolist() == [100_000, 40_000]
    with pytest.raises(BadFacts, match="goes by signed_on for some provisions; give those days in other_days"):
        evaluate(OWN, loans, days("2025-12-31", 2))


def test_a_first_loss_and_recoveries_that_reach_its_bearer_last() -> None:
    """Of 200,000 lost on a million the bank bears 50,000 first and a fifth of the rest; 160,000 come back."""
    loans = facts(OWN, {"loan": ["1000000"], "score": "70"})
    borne = shared(OWN, loans, days("2025-06-01", 1), column(20_000_000), other_days=ordinals("2025-06-01", 1))
    assert borne.of("bank").tolist() == [8_000_000]
    assert borne.of("guarantor").tolist() == [12_000_000]
    sharing = OWN.at(date(2025, 6, 1)).sharing
    assert sharing is not None
    coverage = {"coverage": column(800_000)}
    back = recoveries(column(16_000_000), borne, sharing, coverage, loan=loans["loan"])
    # 150,000 makes the shared layer whole, 30,000 and 120,000; 10,000 are left for the first loss
    assert back.parts.tolist() == [[4_000_000, 12_000_000]]


def test_portfolio_conditions_of_a_general_book() -> None:
    """Three loans of 6, 3 and 1 million, the last to a large firm: 90 % small, a third of that small tickets.

    Fees of 80,000 on 10 million are 0.8 %. 100,000 paid on 10 million for half a year of 80 % are 2.5342… %.
    """
    fen = column(600_000_000, 300_000_000, 100_000_000)
    loans = GuaranteedLoans(
        client=column(1, 2, 3),
        amount=fen,
        small_business=np.array([True, True, False]),
        fee=fen * 8 // 1_000,
        charged_on=fen,
        parties=("bank", "guarantor"),
        parts=np.stack([fen // 5, fen - fen // 5], axis=1),
    )
    record = LossRecord(10_000_000, fen, column(180, 180, 180))
    view = portfolio_view(loans, tuple(OWN.at(date(2025, 6, 1)).conditions.values()), losses=record)
    found = {one.measure: one for one in view.measured}
    assert found[Measure.AVERAGE_FEE].value == Fraction(8, 1_000)
    assert float(found[Measure.SMALL_BUSINESS_SHARE].value or 0) == 0.9
    assert found[Measure.SMALL_BUSINESS_SHARE].kept
    assert float(found[Measure.SMALL_TICKET_SHARE].value or 0) == pytest.approx(1 / 3)
    assert found[Measure.SMALL_TICKET_SHARE].kept is False
    assert float(found[Measure.LOSS_RATE].value or 0) == pytest.approx(0.1 * 365 / (10 * 180 * 0.8))
    assert found[Measure.LOSS_RATE].kept
