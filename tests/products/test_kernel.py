"""The kernel: rows never look at each other, rules are all asked, and their answers make the outcome."""

from __future__ import annotations

import dataclasses
from datetime import date
from functools import cache, partial
from itertools import pairwise
from operator import attrgetter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products import Applications, Column, DatesOutOfOrder, Decisions, NotInForce, Offering, decide, explain
from products.applicant.layout import to_days
from products.applications import Children
from products.columns import MET, NOT_MET, UNKNOWN, Ints, always
from products.explaining.answer import Severity
from products.kernel import ROWS_AT_ONCE, Part
from products.parameters import DatedValue, make_book
from products.population import population
from products.pricing import MarketTerms
from products.rules import APPROVE, DECLINE, REFER, Rule, ask, outcome
from tests.products.builders import (
    ON,
    case_of,
    columns,
    decided,
    decisions,
    demonstration_score,
    everything,
    offering,
    outcomes,
    scorecard,
)

OFFERINGS = sorted(everything())
DECIDED = date(2026, 7, 1)
ROWS = 120
GROUPED = {"components", "costs", "subsidies", "received"}
"""Fields of the prices that are read one level down, or have their rows last already."""


def with_unknowns(column: Column, rng: np.random.Generator, share: float = 0.1) -> Column:
    known = rng.random(len(column.values)) >= share
    if column.known is not None:
        known &= column.known
    return Column(np.where(known, column.values, 0), known)


REQUIRED = {"amount", "term_months", "repayment", "purpose", "applied_on", "kind", "owner_is_applicant"}


@cache
def applicants(n: int, seed: int, first: date) -> Applications:
    """Generated applications of every vintage since ``first``, a tenth of their facts taken away."""
    rng = np.random.default_rng(seed)
    app = population(n, seed, latest=date(2026, 6, 30))
    facts = {name: one if name in REQUIRED else with_unknowns(one, rng) for name, one in app.columns.items()}
    facts["applied_on"] = Column(rng.integers(to_days(first), to_days(DECIDED) + 1, n))
    children = {
        group: Children(
            of.parent,
            {name: one if name in REQUIRED else with_unknowns(one, rng) for name, one in of.columns.items()},
            n,
        )
        for group, of in app.children.items()
    }
    return Applications(n, facts, children)


def batch_for(what: Offering, n: int = ROWS) -> Applications:
    return applicants(n, 3, max(what.book.first_day, what.programme.book.first_day, date(2019, 3, 1)))


def arrays(result: Decisions) -> dict[str, np.ndarray[Any, Any]]:
    """Every array that was computed, rows along the last axis."""
    found: dict[str, np.ndarray[Any, Any]] = {
        "outcome": result.outcome,
        "answers": result.answers,
        "considered": result.considered,
        "approved": result.approved,
        "bound_by": result.gather(lambda part: part.case.bound_by),
        "size": result.gather(lambda part: part.case.standing.size.raw),
        "tier": result.gather(lambda part: part.case.standing.tier),
        "title": result.gather(lambda part: part.case.standing.title),
        "titled": result.gather(lambda part: part.case.standing.titled.answers),
        "points": result.gather(lambda part: part.case.score.points),
        "band": result.gather(lambda part: part.case.score.band),
        "probability": result.gather(lambda part: part.case.score.default_probability_ppm),
    }
    for group in ("shares", "fees", "prices", "prices.costs", "prices.subsidies"):
        for field in dataclasses.fields(attrgetter(group)(result.parts[0].case)):
            if field.name not in GROUPED:
                found[f"{group}.{field.name}"] = result.gather(_reader(f"{group}.{field.name}"))
    found["received"] = result.gather(_reader("prices.subsidies.received.T"))
    for name in result.parts[0].case.prices.components:
        found[f"component.{name}"] = result.gather(partial(_component, name=name))
    for name in result.parts[0].case.limits:
        found[f"limit.{name}"] = result.gather(partial(_limit, name=name))
    return found


def _component(part: Part, name: str) -> Ints:
    return part.case.prices.components[name]


def _limit(part: Part, name: str) -> Ints:
    return part.case.limits[name].raw


def _reader(path: str) -> Any:
    return lambda part: attrgetter(path)(part.case).T


def decided_batch(app: Applications, what: Offering) -> dict[str, np.ndarray[Any, Any]]:
    return arrays(decide(app, what, demonstration_score(), on=DECIDED))


def same(one: dict[str, np.ndarray[Any, Any]], other: dict[str, np.ndarray[Any, Any]]) -> None:
    assert one.keys() == other.keys()
    for name, column in one.items():
        np.testing.assert_array_equal(column, other[name], err_msg=name)


@cache
def whole(key: str) -> dict[str, np.ndarray[Any, Any]]:
    return decided_batch(batch_for(everything()[key]), everything()[key])


def test_the_batch_of_these_tests_spans_vintages_outcomes_and_unknowns() -> None:
    app = batch_for(offering())
    result = decide(app, offering(), demonstration_score(), on=DECIDED)
    assert len(result.parts) >= 2
    assert (result.answers == UNKNOWN).any()
    assert len(set(outcomes(decide(batch_for(offering(), 600), offering(), demonstration_score(), on=DECIDED)))) == 3


@settings(max_examples=25)
@given(st.sampled_from(OFFERINGS), st.permutations(range(ROWS)))
def test_a_shuffled_batch_has_the_same_answers_in_the_new_order(key: str, order: list[int]) -> None:
    app, rows = batch_for(everything()[key]), np.array(order)
    shuffled = decided_batch(app.take(rows), everything()[key])
    same(shuffled, {name: column[..., rows] for name, column in whole(key).items()})


@settings(max_examples=25)
@given(st.sampled_from(OFFERINGS), st.lists(st.integers(1, ROWS - 1), min_size=1, max_size=4, unique=True))
def test_a_batch_split_anywhere_has_the_same_answers(key: str, cuts: list[int]) -> None:
    app = batch_for(everything()[key])
    edges = [0, *sorted(cuts), ROWS]
    pieces = [decided_batch(app.between(start, stop), everything()[key]) for start, stop in pairwise(edges)]
    same({name: np.concatenate([one[name] for one in pieces], axis=-1) for name in pieces[0]}, whole(key))


@settings(max_examples=25)
@given(st.sampled_from(OFFERINGS), st.lists(st.integers(0, ROWS - 1), min_size=1, max_size=90))
def test_rows_put_together_with_repetition_answer_as_before(key: str, rows: list[int]) -> None:
    together = decided_batch(batch_for(everything()[key]).take(np.array(rows)), everything()[key])
    same(together, {name: column[..., rows] for name, column in whole(key).items()})


@pytest.mark.parametrize("key", OFFERINGS)
def test_one_application_is_a_row_of_the_batch(key: str) -> None:
    app = batch_for(everything()[key])
    for row in range(0, ROWS, 3):
        alone = decided_batch(app.take(np.array([row])), everything()[key])
        same(alone, {name: column[..., row : row + 1] for name, column in whole(key).items()})


@pytest.mark.parametrize("key", OFFERINGS)
def test_one_application_is_explained_alone_as_in_the_batch(key: str) -> None:
    what, app = everything()[key], batch_for(everything()[key])
    batch = decide(app, what, demonstration_score(), on=DECIDED)
    for row in range(0, ROWS, 13):
        alone = decide(app.take(np.array([row])), what, demonstration_score(), on=DECIDED)
        one = explain(alone, 0, decision_id="x", digests={})
        assert one == explain(batch, row, decision_id="x", digests={})


def test_a_batch_larger_than_a_part_is_cut_and_answers_as_its_halves_do() -> None:
    n = ROWS_AT_ONCE + 1
    app = population(n, 5)
    result = decide(app, offering(), demonstration_score(), on=DECIDED)
    assert [len(part.rows) for part in result.parts] == [ROWS_AT_ONCE, 1]
    halves = [decided_batch(app.between(0, 4_000), offering()), decided_batch(app.between(4_000, n), offering())]
    same({name: np.concatenate([one[name] for one in halves], axis=-1) for name in halves[0]}, arrays(result))
    assert result.locate(n - 1)[1] == 0
    with pytest.raises(IndexError, match=f"There is no row {n} among {n} decisions"):
        result.locate(n)


@pytest.mark.parametrize("key", OFFERINGS)
def test_a_batch_of_nothing_is_decided_to_nothing(key: str) -> None:
    what = everything()[key]
    found = decided_batch(batch_for(what).take(np.array([], dtype=np.int64)), what)
    assert {column.shape[-1] for column in found.values()} == {0}
    assert found["answers"].shape == (len(what.rules), 0)


@pytest.mark.parametrize("key", OFFERINGS)
def test_every_rule_is_asked_of_every_application(key: str) -> None:
    answers = whole(key)["answers"]
    assert answers.shape == (len(everything()[key].rules), ROWS)
    assert set(np.unique(answers)) <= {NOT_MET, UNKNOWN, MET}


@pytest.mark.parametrize("key", OFFERINGS)
def test_what_is_granted_never_exceeds_any_known_ceiling(key: str) -> None:
    found = whole(key)
    missing = np.iinfo(np.int64).min
    for name, ceiling in found.items():
        if name.startswith("limit."):
            assert (found["considered"] <= np.where(ceiling == missing, found["considered"], ceiling)).all(), name
    assert (found["approved"] == np.where(found["outcome"] == APPROVE, found["considered"], 0)).all()


def rule_of(severity: Severity) -> Rule:
    return Rule(f"a_{severity}", lambda case: case.everywhere(answer=True), severity, "条", "须。", "Must.")


ANSWERS = st.sampled_from([NOT_MET, UNKNOWN, MET])


@given(st.lists(st.tuples(st.sampled_from(Severity), ANSWERS), min_size=1, max_size=6))
def test_decline_goes_over_refer_over_approve_and_advice_does_nothing(asked: list[tuple[Severity, int]]) -> None:
    rules = tuple(rule_of(severity) for severity, _ in asked)
    answers = np.array([[answer] for _, answer in asked], dtype=np.uint8)
    binding = [pair for pair in asked if pair[0] is not Severity.ADVISE]
    if (Severity.DECLINE, NOT_MET) in binding:
        expected = DECLINE
    elif any(answer != MET for _, answer in binding):
        expected = REFER
    else:
        expected = APPROVE
    assert outcome(rules, answers).tolist() == [expected]


def test_rules_are_asked_one_by_one_in_their_order() -> None:
    case = case_of()
    no = dataclasses.replace(rule_of(Severity.REFER), holds=lambda case: always(answer=False, n=case.app.n))
    assert ask((rule_of(Severity.DECLINE), no), case).tolist() == [[MET], [NOT_MET]]


def test_an_application_dated_after_the_decision_is_refused_with_its_row() -> None:
    batch = columns({}, {"request.applied_on": "2026-07-23"})
    with pytest.raises(DatesOutOfOrder) as refused:
        decide(batch, offering(), scorecard(), on=ON)
    assert str(refused.value) == (
        "Application 1 was made on 2026-07-23, after the day of decision 2026-07-22; "
        "decide it on or after the day it was made."
    )
    assert refused.value.row == 1


@pytest.mark.parametrize(
    ("key", "applied_on", "said"),
    [
        (("innovation-credit", None), "2019-01-31", "innovation-credit has no value of sizes on 2019-01-31"),
        (
            ("innovation-credit", "xiamen-changrongbao"),
            "2026-01-18",
            "cn-private-investment-2026 has no value of instrument on 2026-01-18; its terms are complete from "
            "2026-01-19 on.",
        ),
    ],
)
def test_an_application_before_the_terms_is_refused_with_the_first_day(
    key: tuple[str, str | None], applied_on: str, said: str
) -> None:
    old = {"request.applied_on": applied_on, "enterprise.established_on": "2015-01-01"}
    with pytest.raises(NotInForce) as refused:
        decisions(old, under=offering(*key))
    assert said in str(refused.value)


def test_a_decision_before_the_first_prime_rate_is_refused() -> None:
    with pytest.raises(NotInForce, match=r"market has no value of lpr on 2020-03-19; .* complete from 2020-03-20 on"):
        decisions({"request.applied_on": "2020-03-01"}, on=date(2020, 3, 19))


def test_another_market_prices_the_loan_and_stands_in_the_evidence() -> None:
    lpr = np.array([25_000, 32_000])
    value = DatedValue(date(2020, 1, 1), None, lpr, '{"one_year":"0.025"}', "试验", "试验公告", verified=False)
    market = market_book(value)
    decision = decided(market=market)
    assert decision.price is not None
    assert str(decision.price.lpr) == "0.0250"
    assert decision.evidence.digests["market"] == market.digest
    (shown,) = [one for one in decision.evidence.parameters if one.name.endswith(".lpr")]
    assert (shown.name, shown.source) == ("trial-market.lpr", "试验")


def market_book(value: DatedValue) -> Any:
    return make_book("trial-market", MarketTerms, {"lpr": (value,)})


def test_gathering_keeps_the_order_of_the_applications() -> None:
    app = batch_for(offering())
    result = decide(app, offering(), demonstration_score(), on=DECIDED)
    gathered = result.gather(lambda part: part.case.app.applied_on.values)
    assert gathered.tolist() == app.applied_on.values.tolist()
    assert sorted(np.concatenate([part.rows for part in result.parts]).tolist()) == list(range(ROWS))
    assert all(isinstance(part, Part) for part in result.parts)
