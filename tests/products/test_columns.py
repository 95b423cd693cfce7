"""Columns with unknowns, statements with three answers, children of applications."""

from __future__ import annotations

import operator
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.applications import Applications, Children
from products.columns import (
    MET,
    MISSING,
    NOT_MET,
    UNKNOWN,
    Column,
    LoneColumn,
    Truth,
    always,
    flag,
    least,
    least_known,
    open_where_unknown,
    truth,
)
from tests.products.builders import column, ints

NO, OPEN, YES = NOT_MET, UNKNOWN, MET
PAIRS = list(product((NO, OPEN, YES), repeat=2))

# Kleene's strong logic, as published: the rows of the tables in the order of PAIRS.
CONJUNCTION = [NO, NO, NO, NO, OPEN, OPEN, NO, OPEN, YES]
DISJUNCTION = [NO, OPEN, YES, OPEN, OPEN, YES, YES, YES, YES]


def said(*answers: int) -> Truth:
    return Truth(np.array(answers, dtype=np.uint8))


def listed(column: Column) -> list[int | None]:
    return [None if raw == MISSING else raw for raw in column.raw.tolist()]


def test_and_or_and_not_follow_kleenes_tables() -> None:
    left, right = said(*(pair[0] for pair in PAIRS)), said(*(pair[1] for pair in PAIRS))
    assert (left & right).answers.tolist() == CONJUNCTION
    assert (left | right).answers.tolist() == DISJUNCTION
    assert (~said(NO, OPEN, YES)).answers.tolist() == [YES, OPEN, NO]


def test_a_truth_tells_where_it_is_met_not_met_and_unknown() -> None:
    answer = said(NO, OPEN, YES)
    assert answer.met.tolist() == [False, False, True]
    assert answer.not_met.tolist() == [True, False, False]
    assert answer.unknown.tolist() == [False, True, False]
    assert len(answer) == 3


def test_an_unknown_may_be_given_a_meaning() -> None:
    assert said(NO, OPEN, YES).but_unknown_is(answer=True).answers.tolist() == [NO, YES, YES]
    assert said(NO, OPEN, YES).but_unknown_is(answer=False).answers.tolist() == [NO, NO, YES]


@pytest.mark.parametrize("use", [bool, lambda answer: answer and answer, lambda answer: not answer])
def test_a_truth_refuses_to_be_a_python_boolean(use: Any) -> None:
    with pytest.raises(TypeError, match=r"answers for a whole column; combine statements with &, \| and ~"):
        use(said(YES))


def test_a_chained_comparison_of_a_column_is_refused() -> None:
    with pytest.raises(TypeError, match="answers for a whole column"):
        _ = 1 <= column(2) <= 3


def test_unknown_passes_through_arithmetic_and_comparison() -> None:
    some, other = column(7, None, 9), column(2, 3, None)
    for result in (some + other, some - other, some * other, some // other):
        assert listed(result)[1:] == [None, None]
    assert [listed(result)[0] for result in (some + other, some - other, some * other, some // other)] == [9, 5, 14, 3]
    for answer in (some <= other, some < other, some >= other, some > other, some == other, some != other):
        assert answer.unknown.tolist() == [False, True, True]
    assert [(some > other).met[0], (some <= other).not_met[0]] == [True, True]


def test_a_number_on_either_side_keeps_what_is_known() -> None:
    some = column(7, None)
    assert [listed(x) for x in (1 + some, some + 1, 10 - some, some - 1, 3 * some, some * 3)] == [
        [8, None],
        [8, None],
        [3, None],
        [6, None],
        [21, None],
        [21, None],
    ]


def test_division_by_zero_is_unknown_and_rounds_down() -> None:
    assert listed(column(7, 7, None) // column(2, 0, 2)) == [3, None, None]


def test_raw_values_come_and_go_with_missing_for_unknown() -> None:
    raw = ints(5, MISSING, 0)
    assert Column.from_raw(raw).raw.tolist() == raw.tolist()
    assert Column.from_raw(ints(5, 0)).known is None


@pytest.mark.parametrize(("condition", "expected"), [(YES, 1), (NO, 2), (OPEN, None)])
def test_where_takes_one_side_and_an_unknown_condition_neither(condition: int, expected: int | None) -> None:
    assert listed(column(1).where(said(condition), column(2))) == [expected]


def test_where_needs_only_the_side_it_takes_to_be_known() -> None:
    chosen = column(None, None, 1, 1).where(said(YES, NO, YES, NO), column(2, 2, None, None))
    assert listed(chosen) == [None, 2, 1, None]


def test_one_of_and_flag_are_unknown_where_the_fact_is() -> None:
    assert column(1, 4, None).one_of((1, 2)).answers.tolist() == [YES, NO, OPEN]
    assert flag(column(1, 0, None)).answers.tolist() == [YES, NO, OPEN]


def test_an_unstated_list_may_hold_what_is_sought() -> None:
    assert open_where_unknown(said(NO, NO, YES), column(2, None, None)).answers.tolist() == [NO, OPEN, YES]


def test_least_is_unknown_as_soon_as_one_is_but_least_known_passes_over() -> None:
    one, other = column(5, None, 3, None), column(4, 2, None, None)
    assert listed(least(one, other)) == [4, None, None, None]
    smallest, position = least_known((one, other))
    assert listed(smallest) == [4, 2, 3, None]
    assert position.tolist() == [1, 1, 0, 0]


def test_on_a_tie_the_first_column_binds() -> None:
    _, position = least_known((column(5), column(4), column(4), column(9)))
    assert position.tolist() == [1]


def children(parents: list[int], values: list[int | None], n: int) -> Children:
    return Children(ints(*parents), {"value": column(*values)}, n)


def test_aggregates_of_children_by_hand() -> None:
    # application 0 has 3 and unknown, 1 has none, 2 has 5 and 7, 3 has unknown
    some = children([0, 0, 2, 2, 3], [3, None, 5, 7, None], 4)
    assert listed(some.sum(some.value)) == [None, 0, 12, None]
    assert some.count().tolist() == [2, 0, 2, 1]
    assert some.count(some.value > 4).tolist() == [0, 0, 2, 0]
    assert some.any(some.value > 4).answers.tolist() == [OPEN, NO, YES, OPEN]
    assert some.any(some.value > 2).answers.tolist() == [YES, NO, YES, OPEN]
    assert some.all(some.value > 4).answers.tolist() == [NO, YES, YES, OPEN]
    assert some.all(some.value > 2).answers.tolist() == [OPEN, YES, YES, OPEN]
    assert some.greatest(some.value, default=-1).tolist() == [3, -1, 7, -1]
    assert listed(some.of_parent(column(10, 20, None, 40))) == [10, 10, None, None, 40]


@st.composite
def batches(draw: st.DrawFn) -> tuple[list[list[int | None]], list[int]]:
    families = draw(st.lists(st.lists(st.none() | st.integers(-9, 9), max_size=3), min_size=1, max_size=6))
    return families, draw(st.lists(st.integers(0, len(families) - 1), max_size=8))


def family(families: list[list[int | None]]) -> Children:
    parents = [parent for parent, rows in enumerate(families) for _ in rows]
    return children(parents, [value for rows in families for value in rows], len(families))


@given(batches())
def test_taking_applications_takes_their_children(batch: tuple[list[list[int | None]], list[int]]) -> None:
    families, rows = batch
    taken, built = family(families).take(ints(*rows)), family([families[row] for row in rows])
    assert (taken.n, taken.parent.tolist(), listed(taken.value)) == (
        built.n,
        built.parent.tolist(),
        listed(built.value),
    )


@given(batches(), st.integers(0, 6), st.integers(0, 6))
def test_a_stretch_of_applications_is_the_same_as_taking_them(
    batch: tuple[list[list[int | None]], list[int]], one: int, other: int
) -> None:
    families, _ = batch
    start, stop = sorted((min(one, len(families)), min(other, len(families))))
    whole = family(families)
    app = Applications(len(families), {"number": column(*range(len(families)))}, {"titles": whole})
    viewed, taken = app.between(start, stop), app.take(np.arange(start, stop))
    assert viewed.n == taken.n
    assert listed(viewed.number) == listed(taken.number)
    assert viewed.titles.parent.tolist() == taken.titles.parent.tolist()
    assert listed(viewed.titles.value) == listed(taken.titles.value)


def test_a_column_that_does_not_exist_is_named_with_its_nearest() -> None:
    app = Applications(1, {"revenue_y0": column(1), "revenue_y1": column(1)}, {})
    with pytest.raises(AttributeError, match=r"There is no column 'revenue_y3'; near names: revenue_y"):
        _ = app.revenue_y3


@given(st.lists(st.tuples(st.booleans(), st.none() | st.integers(-5, 5)), min_size=1, max_size=4))
def test_the_children_of_one_application_are_gathered_alone_as_beside_others(
    rows: list[tuple[bool, int | None]],
) -> None:
    values = [value for _, value in rows]
    alone = Children(np.zeros(len(rows), dtype=np.int64), {"size": column(*values)}, 1)
    beside = Children(np.ones(len(rows), dtype=np.int64), {"size": column(*values)}, 3)
    met = Truth(np.array([MET if one else NOT_MET for one, _ in rows], dtype=np.uint8)) & alone.size.is_known

    for one in ("any", "all"):
        assert getattr(alone, one)(met).answers[0] == getattr(beside, one)(met).answers[1]
    assert alone.sum(alone.size).raw[0] == beside.sum(beside.size).raw[1]
    assert alone.greatest(alone.size, default=2)[0] == beside.greatest(beside.size, default=2)[1]


BESIDE = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.floordiv,
    "least": least,
    "where": lambda one, other: one.where(one < other, other),
}
COMPARED = {name: getattr(operator, name) for name in ("le", "lt", "ge", "gt", "eq", "ne")}
FACTS = (None, -1, 0, 1, 2)


def lone(value: int | None) -> LoneColumn:
    return LoneColumn.read(MISSING if value is None else value)


@pytest.mark.parametrize("name", [*BESIDE, *COMPARED])
def test_one_row_answers_alone_as_beside_others(name: str) -> None:
    operation = BESIDE.get(name) or COMPARED[name]
    for one, other in product(FACTS, FACTS):
        expected = operation(column(0, one), column(1, other))
        answered = expected.answers[1:] if name in COMPARED else expected.raw[1:]
        ways = [(lone(one), lone(other)), (lone(one), column(other)), (column(one), lone(other))]
        ways += [] if other is None else [(lone(one), other)]
        for way in ways:
            said = operation(*way)
            assert (said.answers if name in COMPARED else said.raw).tolist() == answered.tolist()


@pytest.mark.parametrize("answer", [False, True])
@pytest.mark.parametrize("value", FACTS)
def test_statements_about_one_fact_are_the_same_alone_and_beside_others(value: int | None, answer: bool) -> None:
    alone, beside = lone(value), column(0, value)

    for statement in (
        flag,
        lambda fact: fact.is_known,
        lambda fact: flag(fact).but_unknown_is(answer),
        lambda fact: ~(fact < 1),
        lambda fact: (fact < 1) & fact.is_known,
        lambda fact: (fact > 1) | flag(fact),
        lambda fact: open_where_unknown(always(answer, len(fact.values)), fact),
    ):
        said, expected = statement(alone), statement(beside)
        for of in ("answers", "met", "not_met", "unknown"):
            assert getattr(said, of).tolist() == getattr(expected, of)[1:].tolist()
    assert alone.otherwise(7).tolist() == beside.otherwise(7)[1:].tolist()
    assert beside.take(ints(1)).raw.tolist() == beside.between(1, 2).raw.tolist() == alone.raw.tolist()


@pytest.mark.parametrize("choices", [(), (0,), (1, 5)])
@pytest.mark.parametrize("value", [None, 0, 1, 5])
def test_a_choice_is_one_of_some_alone_as_beside_others(value: int | None, choices: tuple[int, ...]) -> None:
    assert lone(value).one_of(choices).answers.tolist() == column(0, value).one_of(choices).answers[1:].tolist()


def test_what_always_holds_is_shared_and_cannot_be_changed() -> None:
    assert always(True, 3) is always(True, 3)
    with pytest.raises(ValueError, match="read-only"):
        always(True, 3).answers[0] = NOT_MET


def test_always_and_truth_answer_for_every_row() -> None:
    assert always(answer=True, n=2).answers.tolist() == [YES, YES]
    assert always(answer=False, n=2).answers.tolist() == [NO, NO]
    assert truth(np.array([True, False, True]), np.array([True, True, False])).answers.tolist() == [YES, NO, OPEN]
