"""Facts given to a rule book: what follows from them, and what is refused in words; batches and rows agree."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.columns import Ints
from products.guarantee.evaluation import NO_CAP, evaluate, shared
from products.guarantee.facts import BadFacts, Facts, completed, read_facts
from products.guarantee.rulebook import RuleBook
from products.parameters import NotInForce
from tests.products.rule_books import book, days, evaluated, facts, provision, trial

PLAIN = trial()


def refused(of: RuleBook, given_facts: Facts) -> str:
    n = max(len(column) for column in given_facts.values())
    with pytest.raises(BadFacts) as error:
        evaluate(of, given_facts, days("2024-01-01", n))
    return str(error.value)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"colour": ["red"]},
            "This rule book has no fact 'colour'; use one of: loan, months, grade, female, guaranteed.",
        ),
        (
            {"loan": ["1", "1.001"]},
            "The fact loan in row 1 is '1.001', which is no money; write a plain number in steps of 1/100.",
        ),
        ({"months": ["1.5"]}, "The fact months in row 0 is '1.5', which is no months; write a whole number."),
        ({"grade": ["E"]}, "The fact grade in row 0 is 'E', which is no choice; write one of: A, B, C."),
        ({"female": ["true"]}, "The fact female in row 0 is 'true', which is no flag; write one of: no, yes."),
        (
            {"loan": ["-1"]},
            "The fact loan in row 0 is '-1', which is no money; write a plain number in steps of 1/100.",
        ),
        (
            {"loan": ["１"]},
            "The fact loan in row 0 is '１', which is no money; write a plain number in steps of 1/100.",
        ),
    ],
)
def test_texts_that_are_no_facts_are_refused(columns: dict[str, list[str]], said: str) -> None:
    with pytest.raises(BadFacts) as error:
        read_facts(PLAIN.facts, columns)
    assert str(error.value) == said


def test_columns_that_cannot_be_looked_at_are_refused() -> None:
    one, two = np.array([100]), np.array([100, 100])
    assert refused(PLAIN, {"loan": one, "months": two}) == (
        "The columns of facts have different lengths (loan 1, months 2); give one entry per loan in each."
    )
    assert refused(PLAIN, {"loan": one, "grade": np.array([3])}) == (
        "The fact grade in row 0 is 3; it must lie from 0 to 2: correct the row or leave it out."
    )
    assert refused(PLAIN, {"loan": np.array([-1])}) == (
        "The fact loan in row 0 is -1; it must lie from 0 to 1000000000000000: correct the row or leave it out."
    )
    assert refused(PLAIN, {"months": one}) == (
        "The rule coverage needs the fact loan, which is not given; add a column loan."
    )


def test_a_loan_that_no_row_covers_is_named() -> None:
    rows = '{select_by: [grade, months], rows: [{when: {grade: A, months: {up_to: "12"}}, is: "0.1"}]}'
    of = trial(
        provision("fee", "fee", "{due: upfront, charge_on: loan, rate_from: rates}"), provision("rates", "share", rows)
    )
    columns = {"loan": ["100", "100"], "grade": ["A", "B"], "months": ["12", "24"]}
    assert refused(of, facts(of, columns)) == (
        "The rule rates has no row for loan 1 (grade B, months 24); leave the loan out or mend the rule book."
    )


def test_facts_left_out_follow_from_others() -> None:
    japan = book("jp-credit-guarantee")
    given_facts = facts(
        japan, {"loan": ["1000"], "months": "36", "deferral_months": "6", "balloon": "400", "shape": "instalments"}
    )
    found = completed(japan.facts, given_facts)
    assert [int(found[name][0]) for name in ("repaying_months", "instalments", "level_part")] == [30, 30, 600]


def test_a_given_fact_wins_over_the_one_that_would_follow() -> None:
    japan = book("jp-credit-guarantee")
    found = completed(japan.facts, facts(japan, {"loan": ["1000"], "months": "36", "instalments": "12"}))
    assert found["instalments"].tolist() == [12]


def test_a_ceiling_that_has_not_begun_sets_no_limit_and_one_that_has_ended_is_an_error() -> None:
    of = trial(provision("limit", "cap", '{on: loan, is: "50"}', since="2022-01-01", more=', to: "2023-01-01"'))
    columns = {"loan": ["100"]}
    assert evaluated(of, "2021-12-31", columns).headroom.tolist() == [NO_CAP]
    assert evaluated(of, "2022-01-01", columns).headroom.tolist() == [-5_000]
    with pytest.raises(NotInForce, match="trial has no value of limit on 2023-01-01"):
        evaluated(of, "2023-01-01", columns)


def test_an_arrangement_is_asked_for_only_where_there_is_one() -> None:
    with pytest.raises(ValueError, match="trial has no arrangement for losses on 2024-01-01; add one of unit sharing"):
        shared(PLAIN, facts(PLAIN, {"loan": ["100"]}), days("2024-01-01", 1), np.array([10]))


def test_the_provisions_of_a_day_are_found_by_name() -> None:
    terms = PLAIN.at(date(2024, 1, 1))
    assert terms.lookup("coverage").values.tolist() == [800_000]
    with pytest.raises(NotInForce, match="trial has no value of quota on 2024-01-01"):
        terms.lookup("quota")
    with pytest.raises(
        NotInForce, match="trial has no value of coverage on 2019-12-31; its terms are complete from 2020"
    ):
        PLAIN.at(date(2019, 12, 31))


def test_surcharges_add_to_the_rate_and_whole_bands_charge_everything() -> None:
    """1 % up to 100, 2 % above on the whole; grade C half a percent more: 100 pays 1.00, 101 pays 2.02 and 2.525."""
    fee = provision(
        "fee",
        "fee",
        "{due: upfront, charge_on: loan, adds: [more], select_by: [female], rows: [{when: {female: [true, false]}, "
        'bands: [{up_to: "100", rate: "0.01"}, {rate: "0.02"}]}]}',
    )
    more = provision("more", "share", '{select_by: [grade], cells: {A: "0", B: "0", C: "0.005"}}')
    columns = {"loan": ["100", "101", "101"], "grade": ["A", "A", "C"]}
    assert evaluated(trial(fee, more), "2024-01-01", columns).fees["fee"].tolist() == [100, 202, 253]


def rows_of(given_facts: Facts, row: int) -> Facts:
    return {name: column[row : row + 1] for name, column in given_facts.items()}


def check_batch(of: RuleBook, given_facts: Facts, on: Ints) -> None:
    together = evaluate(of, given_facts, on)
    for row in range(len(on)):
        alone = evaluate(of, rows_of(given_facts, row), on[row : row + 1])
        assert alone.guaranteed[0] == together.guaranteed[row]
        assert alone.headroom[0] == together.headroom[row]
        assert {name: int(fee[0]) for name, fee in alone.fees.items()}.items() <= {
            name: int(fee[row]) for name, fee in together.fees.items()
        }.items()


numbers = st.integers(0, 10**12)
FIRST, LAST = date(2023, 10, 1).toordinal(), date(2026, 9, 30).toordinal()


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(numbers, numbers, st.integers(0, 400), st.booleans(), st.integers(FIRST, LAST)),
        min_size=1,
        max_size=6,
    )
)
def test_a_batch_of_us_loans_answers_as_its_rows_do(loans: list[tuple[int, int, int, bool, int]]) -> None:
    loan, more, months, manufacturer, on = (np.array(values, dtype=np.int64) for values in zip(*loans, strict=True))
    check_batch(
        book("us-sba-7a"),
        {
            "loan": loan,
            "loan_together": loan + more,
            "guaranteed_together": loan + more,
            "maturity_months": months,
            "manufacturer": manufacturer,
        },
        on,
    )


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(
            numbers, st.integers(1, 120), st.integers(0, 2), st.integers(0, 8), st.integers(0, 3), st.integers(0, 24)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_batch_of_japanese_loans_answers_as_its_rows_do(loans: list[tuple[int, ...]]) -> None:
    names = ("loan", "months", "shape", "category", "system", "deferral_months")
    columns = dict(zip(names, (np.array(values, dtype=np.int64) for values in zip(*loans, strict=True)), strict=True))
    check_batch(book("jp-credit-guarantee"), columns, days("2024-04-01", len(loans)))


@settings(max_examples=40)
@given(st.integers(0, 10**12), st.integers(0, 8))
def test_a_worse_category_never_pays_less(loan: int, category: int) -> None:
    """Japan's categories run from 1, the riskiest, to 9."""
    japan = book("jp-credit-guarantee")
    columns = {"months": np.array([12, 12]), "shape": np.array([0, 0]), "loan": np.array([loan, loan])}
    found = evaluate(japan, columns | {"category": np.array([max(category - 1, 0), category])}, days("2024-04-01", 2))
    riskier, safer = found.fees["guarantee_fee"].tolist()
    assert riskier >= safer
