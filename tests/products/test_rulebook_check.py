"""`check_book`: every kind of fault in a rule book is found, with its place and the way to mend it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from products.dated_yaml import BadBook
from products.guarantee.checking import check_book
from products.guarantee.evaluation import evaluate, shared
from products.guarantee.library import SHIPPED, load_library, unverified_values
from products.guarantee.rulebook import DatedBy
from tests.products.builders import catalogue
from tests.products.rule_books import BOOKS, COVERAGE, HEAD, days, facts, provision, written

Faults = list[str]


def faults(tmp_path: Path, text: str) -> Faults:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return [str(problem) for problem in check_book(path)]


def one_fault(tmp_path: Path, text: str) -> str:
    found = faults(tmp_path, text)
    assert len(found) == 1, found
    return found[0]


SHIPPED_BOOKS = [path for path in sorted(SHIPPED.glob("*.yaml")) if path.stem not in ("sme_size", "cumulation")]


@pytest.mark.parametrize("path", [*SHIPPED_BOOKS, *sorted(BOOKS.glob("*.yaml"))], ids=lambda path: path.stem)
def test_books_in_use_are_sound(path: Path) -> None:
    assert check_book(path) == ()


def test_a_sound_book_has_no_problem(tmp_path: Path) -> None:
    fee = provision("fee", "fee", '{due: upfront, charge_on: loan, rate: "0.01"}')
    assert faults(tmp_path, written(fee)) == []


TWO_DATES = """\
  quota:
    unit: share
    values:
      2020-01-01: {{value: "0.10", to: "{to}", source: "Trial act", clause: "3", verified: true}}
      2022-01-01: {{value: "0.20", source: "Trial act", clause: "3", verified: true}}
"""


def test_a_gap_of_dates(tmp_path: Path) -> None:
    assert one_fault(tmp_path, written(TWO_DATES.format(to="2021-12-31"))) == (
        "own.yaml: parameters.quota has no value from 2021-12-31 to 2022-01-01; let the value of 2020-01-01 run on, "
        "add "
        "one from 2021-12-31, or name the stretch under gaps."
    )
    assert faults(tmp_path, written(TWO_DATES.format(to="2022-01-01"))) == []


def test_a_gap_that_the_book_admits_is_none(tmp_path: Path) -> None:
    gaps = 'gaps:\n  - {provision: quota, from: "2021-12-31", to: "2022-01-01", reason: "not held"}\n'
    assert faults(tmp_path, gaps + written(TWO_DATES.format(to="2021-12-31"))) == []


def test_a_fact_is_taken_from_where_an_application_can_hold_it(tmp_path: Path) -> None:
    placed = written().replace("months: {unit: months,", "months: {unit: months, applicant: request.term,")
    assert one_fault(tmp_path, placed) == (
        "own.yaml: facts.months.applicant is 'request.term'; write the place of a single value of the applicant "
        "record, or one of: decided.enterprise_size, decided.tier, decided.score_band."
    )
    assert faults(tmp_path, placed.replace("request.term,", "request.term_months,")) == []


LATE_FEE = """\
  fee:
    unit: fee
    values:
      2020-07-01:
        {value: {due: upfront, charge_on: loan, rate: "0.01"}, source: "Trial act", clause: "3", verified: true}
"""


def test_a_fee_that_begins_after_the_cover_is_not_free_until_then(tmp_path: Path) -> None:
    assert one_fault(tmp_path, written(LATE_FEE)) == (
        "own.yaml: parameters.fee has no value from 2020-01-01, when the cover begins, to 2020-07-01; add one from "
        '2020-01-01 (of rate "0" where nothing was charged), or name the stretch under gaps.'
    )
    gaps = 'gaps:\n  - {provision: fee, from: "2020-01-01", to: "2020-07-01", reason: "not held"}\n'
    assert faults(tmp_path, gaps + written(LATE_FEE)) == []


def test_a_gap_that_is_none_any_more(tmp_path: Path) -> None:
    gaps = 'gaps:\n  - {provision: quota, from: "2021-12-31", to: "2022-01-01", reason: "not held"}\n'
    assert one_fault(tmp_path, gaps + written(TWO_DATES.format(to="2022-01-01"))) == (
        "own.yaml: gaps names a gap of quota from 2021-12-31 to 2022-01-01 that is none; take the entry out or mend "
        "its "
        "days."
    )


def test_an_overlap_of_dates(tmp_path: Path) -> None:
    assert one_fault(tmp_path, written(TWO_DATES.format(to="2022-01-02"))) == (
        "own.yaml: parameters.quota.values.2022-01-01 overlaps the value from 2020-01-01 to 2022-01-02; let the "
        "earlier "
        "one end first."
    )


PLACE = "own.yaml: parameters.quota.values.2020-01-01.value"


def table(*rows: str, keys: str = "loan", more: str = "") -> str:
    return written(provision("quota", "share", f"{{select_by: [{keys}], rows: [{', '.join(rows)}]{more}}}"))


def test_a_hole_between_bands(tmp_path: Path) -> None:
    rows = ('{when: {loan: {up_to: "100"}}, is: "0.1"}', '{when: {loan: {over: "100.01"}}, is: "0.2"}')
    assert one_fault(tmp_path, table(*rows)) == (
        f"{PLACE} has no row for loan 100.01; widen a row, add one, or say otherwise what else holds."
    )


def test_a_hole_above_the_last_band(tmp_path: Path) -> None:
    assert one_fault(tmp_path, table('{when: {loan: {up_to: "100"}}, is: "0.1"}')) == (
        f"{PLACE} has no row for loan from 100.01 to any higher; widen a row, add one, or say otherwise what else "
        "holds."
    )


def test_a_hole_in_a_table_of_two_keys(tmp_path: Path) -> None:
    rows = (
        '{when: {grade: A}, is: "0.1"}',
        '{when: {grade: [B, C], female: true}, is: "0.2"}',
        '{when: {grade: B, female: false}, is: "0.3"}',
    )
    assert one_fault(tmp_path, table(*rows, keys="grade, female")) == (
        f"{PLACE} has no row for grade C, female no; widen a row, add one, or say otherwise what else holds."
    )


def test_a_row_that_is_never_reached(tmp_path: Path) -> None:
    rows = (
        '{when: {loan: {up_to: "100"}}, is: "0.1"}',
        '{when: {loan: {over: "100"}}, is: "0.2"}',
        '{when: {loan: {from: "50", up_to: "60"}}, is: "0.3"}',
    )
    assert one_fault(tmp_path, table(*rows)) == (
        f"{PLACE}.rows[2] is never reached; rows before it take all of it: narrow them or take it out."
    )


def test_rows_that_overlap(tmp_path: Path) -> None:
    rows = ('{when: {loan: {up_to: "100"}}, is: "0.1"}', '{when: {loan: {from: "100"}}, is: "0.2"}')
    assert one_fault(tmp_path, table(*rows)) == (
        f"{PLACE}.rows[1] overlaps rows[0] for loan 100; let every loan fall under one row: use over after up_to, and "
        "below before from."
    )


FEE = "own.yaml: parameters.fee.values.2020-01-01.value"


def fee(value: str) -> str:
    return written(provision("fee", "fee", f"{{due: upfront, charge_on: loan, {value}}}"))


def test_bands_that_do_not_rise(tmp_path: Path) -> None:
    bands = 'bands: [{up_to: "200", rate: "0.01"}, {up_to: "200", rate: "0.02"}, {rate: "0.03"}]'
    rows = f"select_by: [female], rows: [{{when: {{female: [true, false]}}, {bands}}}]"
    assert one_fault(tmp_path, fee(rows)) == f"{FEE} has bands that do not rise; list the bands by rising up_to."


def test_bands_with_a_hole_above(tmp_path: Path) -> None:
    rows = 'select_by: [female], rows: [{when: {female: [true, false]}, bands: [{up_to: "200", rate: "0.01"}]}]'
    assert one_fault(tmp_path, fee(rows)) == (
        f"{FEE} has no band for amounts above its last one; write the last band without up_to."
    )


def test_bands_behind_one_without_an_end(tmp_path: Path) -> None:
    bands = 'bands: [{rate: "0.01"}, {rate: "0.02"}]'
    rows = f"select_by: [female], rows: [{{when: {{female: [true, false]}}, {bands}}}]"
    assert one_fault(tmp_path, fee(rows)) == (
        f"{FEE} has a band after one without an upper end; give every band but the last an up_to."
    )


def test_a_portfolio_cap_with_a_hole_above(tmp_path: Path) -> None:
    cap = provision("limit", "portfolio_cap", '{base: lent, bands: [{up_to: "100", rate: "0.5"}]}')
    assert one_fault(tmp_path, written(cap)) == (
        "own.yaml: parameters.limit.values.2020-01-01.value has no band for amounts above its last one; write the last "
        "band without up_to."
    )


def test_a_fee_that_falls_though_declared_never_to(tmp_path: Path) -> None:
    cells = 'never_falls_with: [grade], select_by: [grade], cells: {A: "0.010", B: "0.015", C: "0.014"}'
    assert one_fault(tmp_path, fee(cells)) == (
        f"{FEE} declares the rate never to fall with grade, but it does from (grade B) to (grade C); mend one of the "
        "two "
        "rates or take the declaration out."
    )
    assert faults(tmp_path, fee(cells.replace("0.014", "0.015"))) == []


def test_a_fee_that_rises_though_declared_never_to(tmp_path: Path) -> None:
    rows = (
        'never_rises_with: [loan], select_by: [female, loan], rows: [{when: {female: true}, rate: "0.01"}, '
        '{when: {female: false, loan: {up_to: "100"}}, rate: "0.01"}, '
        '{when: {female: false, loan: {over: "100"}}, rate: "0.02"}]'
    )
    assert one_fault(tmp_path, fee(rows)) == (
        f"{FEE} declares the rate never to rise with loan, but it does from (female no, loan from 0 to 100) to (female "
        "no, loan from 100.01 to any higher); mend one of the two rates or take the declaration out."
    )


def test_a_fee_declared_monotone_in_what_selects_no_row(tmp_path: Path) -> None:
    assert one_fault(tmp_path, fee('rate: "0.01", never_falls_with: [grade]')) == (
        f"{FEE} declares a rate monotone in grade, by which no row is selected; name a fact of select_by."
    )


def sharing(value: str, *others: str) -> str:
    return written(provision("sharing", "sharing", value), *others)


def test_shares_that_exceed_the_loss(tmp_path: Path) -> None:
    assert one_fault(tmp_path, sharing('{bears: {bank: "0.3", fund: coverage}, odd_units_to: bank}')) == (
        "own.yaml: parameters.sharing.bears gives away 1100000 ppm of a loss from 2020-01-01 on; shares must not "
        "exceed "
        "1 in sum."
    )


def test_shares_that_leave_a_part_to_nobody(tmp_path: Path) -> None:
    assert one_fault(tmp_path, sharing('{bears: {bank: "0.1", fund: coverage}, odd_units_to: bank}')) == (
        "own.yaml: parameters.sharing.bears leaves 100000 ppm of a loss to nobody from 2020-01-01 on; let the shares "
        "add "
        "up to 1 or write rest for one party."
    )


def test_shares_from_tables_are_added_cell_by_cell(tmp_path: Path) -> None:
    """Each grade passes on 0.9 in all, though the greatest shares of the two tables make 1.2."""
    first = provision("first", "share", '{select_by: [grade], cells: {A: "0.6", B: "0.3", C: "0.3"}}')
    second = provision("second", "share", '{select_by: [grade], cells: {A: "0.3", B: "0.6", C: "0.6"}}')
    cedes = "cedes: [{from: fund, to: state, share: first}, {from: fund, to: federation, share: second}]"
    text = sharing(f"{{bears: {{bank: rest, fund: coverage}}, {cedes}}}", first, second)
    assert faults(tmp_path, text) == []
    assert one_fault(tmp_path, text.replace('C: "0.6"', 'C: "0.8"')) == (
        "own.yaml: parameters.sharing.cedes passes on 1100000 ppm of what falls to fund from 2020-01-01 on; the "
        "cessions "
        "of one party must not exceed 1 in sum."
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            "{bears: {bank: rest, fund: rest}}",
            "own.yaml: parameters.sharing.bears gives the rest to several parties; write rest once and the other "
            "shares "
            "in numbers.",
        ),
        (
            "{bears: {bank: rest, fund: coverage}, odd_units_to: state}",
            "own.yaml: parameters.sharing.odd_units_to is 'state'; name one of: bank, fund.",
        ),
        (
            '{bears: {bank: rest, fund: coverage}, first_loss: {party: state, share_of_loan: "0.05"}}',
            "own.yaml: parameters.sharing.first_loss names 'state'; name one of: bank, fund.",
        ),
        (
            '{bears: {bank: rest, fund: coverage}, cedes: [{from: state, to: federation, share: "0.5"}]}',
            "own.yaml: parameters.sharing.cedes lets 'state' pass on what it does not have; list cessions from the top "
            "down: who passes on must bear or have received something.",
        ),
        (
            "{bears: {bank: rest, fund: quota}}",
            "own.yaml: parameters.sharing refers to 'quota', which is no share in force on 2020-01-01; add a parameter "
            "of unit share that is in force on the same days.",
        ),
    ],
)
def test_arrangements_that_contradict_themselves(tmp_path: Path, value: str, said: str) -> None:
    assert said in faults(tmp_path, sharing(value))


def test_a_share_that_begins_after_the_arrangement_that_needs_it(tmp_path: Path) -> None:
    late = provision("quota", "share", '"0.5"', since="2021-01-01")
    found = one_fault(tmp_path, sharing("{bears: {bank: rest, fund: quota}}", late))
    assert "refers to 'quota', which is no share in force on 2020-01-01" in found


def test_cover_of_more_than_the_loan(tmp_path: Path) -> None:
    found = one_fault(tmp_path, written(coverage=COVERAGE.replace("0.80", "1.01")))
    assert found == (
        "own.yaml: parameters.coverage.values.2020-01-01.value guarantees more than the whole loan; write shares of at "
        'most "1".'
    )


def test_bounds_that_nothing_keeps(tmp_path: Path) -> None:
    bound = provision("term", "bound", '{fact: months, at_least: "12", at_most: "11"}')
    assert one_fault(tmp_path, written(bound)) == (
        "own.yaml: parameters.term.values.2020-01-01.value leaves nothing between its limits in row 0; give at_most a "
        "value of at_least or more."
    )


def test_references_to_nothing(tmp_path: Path) -> None:
    found = faults(
        tmp_path, fee('rate: "0.01", factors: [relief], band_on: sum, time: {fact: weeks, units_in_year: "52"}')
    )
    assert (
        f"{FEE}.time names the fact 'weeks', which is not declared; use one of: loan, months, grade, female, "
        in found[0] + found[1]
    )
    assert any("names the fact 'sum', which is not declared" in one for one in found)
    assert "own.yaml: parameters.fee refers to 'relief', which is no share; add a parameter of unit share." in found


def test_a_rate_taken_from_nothing(tmp_path: Path) -> None:
    text = written(provision("fee", "fee", "{due: upfront, charge_on: loan, rate_from: rates}"))
    assert one_fault(tmp_path, text) == (
        "own.yaml: parameters.fee takes its rate from 'rates', which holds none on 2020-01-01; name a fact or a "
        "parameter of unit share in force on the same days."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "own.yaml: parameters.coverage is missing; say which share of a loan is guaranteed."),
        (
            written().replace("dated_by: signed_on", "dated_by: paid_on"),
            "own.yaml: dated_by is 'paid_on'; write one of: applied_on, approved_on, signed_on.",
        ),
        (
            written().replace("format: rule-book", "format: book"),
            "own.yaml: format is 'book'; write rule-book.",
        ),
        (
            written().replace('"0.80"', "0.80"),
            'own.yaml: parameters.coverage.values.2020-01-01.value (line 16) is an unquoted number; write "0.80".',
        ),
        (
            written().replace("unit: share", "unit: percent"),
            "own.yaml: parameters.coverage.unit is 'percent'; write one of: share, amount, count, cap, bound, fee, "
            "sharing, portfolio_cap, condition, aggregation.",
        ),
        (
            written().replace(", verified: true", ""),
            "own.yaml: parameters.coverage.values.2020-01-01 lacks verified; every value needs its source, clause and "
            "verified flag.",
        ),
        (
            written().replace("options: [A, B, C]", "options: [A]"),
            "own.yaml: facts.grade.options has fewer than two entries; list what may be chosen.",
        ),
        (
            written().replace("otherwise: A,", "otherwise: D,"),
            "own.yaml: facts.grade.otherwise is 'D'; write one of: A, B, C.",
        ),
        (
            table('{when: {colour: red}, is: "0.1"}', keys="colour"),
            f"{PLACE}.colour is not a fact this table is selected by; use one of: loan, months, grade, female, "
            "guaranteed.",
        ),
        (
            table('{when: {grade: D}, is: "0.1"}', keys="grade"),
            f"{PLACE}.rows[0].when.grade is 'D'; write one of: A, B, C.",
        ),
        (
            table('{when: {loan: {over: "5", up_to: "5"}}, is: "0.1"}'),
            f"{PLACE}.rows[0].when.loan leaves nothing between its limits; give a lower limit below the upper one.",
        ),
        (
            table('{is: "0.1"}'),
            f"{PLACE}.rows[0].when is missing; say for which loans the row holds, or write it as otherwise.",
        ),
        (
            table('{when: {loan: {up_to: "5"}}, is: "0.1", rate: "0.2"}', more=', otherwise: "0.3"'),
            f"{PLACE}.rows[0].rate is not a key here; use one of: is, verified, when.",
        ),
        (
            table('{when: {loan: {up_to: "5.001"}}, is: "0.1"}', more=', otherwise: "0.3"'),
            f"{PLACE}.rows[0].when.loan.up_to is '5.001'; write a plain number in quotes, in steps of 1/100, for "
            "example "
            '"0.8".',
        ),
        (
            fee('rate: "0.01", banding: sliding'),
            f"{FEE}.banding is 'sliding'; write marginal (each band on its slice) or whole.",
        ),
        (
            fee('rate: "0.01", rounding: nearest'),
            f"{FEE}.rounding is 'nearest'; write one of: half_up, down, up.",
        ),
        (
            fee('rate: "0.01", time: {fact: months, units_in_year: "0"}'),
            f'{FEE}.time.units_in_year is 0; write how many of them make a year, for example "12".',
        ),
        (
            written(provision("limit", "condition", "{measure: average_fee}")),
            "own.yaml: parameters.limit.values.2020-01-01.value sets no limit; write at_least or at_most.",
        ),
        (
            written(provision("limit", "condition", '{measure: mood, at_most: "0.1"}')),
            "own.yaml: parameters.limit.values.2020-01-01.value.measure is 'mood'; write one of: average_fee, "
            "small_business_share, small_ticket_share, loss_rate.",
        ),
    ],
)
def test_faults_of_form_name_their_place_and_remedy(tmp_path: Path, text: str, said: str) -> None:
    assert said in faults(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (problem,) = check_book(tmp_path / "none.yaml")
    assert str(problem) == (
        "none.yaml: the file cannot be read (No such file or directory); give the path of a YAML file."
    )


NATIONAL = (SHIPPED / "cn_scitech_2024.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'tier_1: "0.40"',
            'tier_1: "0.61"',
            "parameters.fund_share.tier_1 and the floors of bank and province exceed 1 on 2024-07-24; lower the fund's "
            "share or one of the floors.",
        ),
        (
            'value: "0.80", source: "财金〔2024〕60号", clause: "政府性融资担保体系',
            'value: "0.79", source: "财金〔2024〕60号", clause: "政府性融资担保体系',
            "parameters.system_share_cap and the bank's floor cover 990000 ppm of a loss on 2024-07-24; raise one of "
            "them: floor of the bank and cap of the system must reach 1.",
        ),
        (
            'value: "0.005", source: "财金〔2024〕60号"',
            'value: "0.002", source: "财金〔2024〕60号"',
            "parameters.reguarantee_rate_above is below the rate of smaller amounts on 2024-07-24; the re-guarantee "
            "fee "
            "must not fall with the amount: mend one of the two rates.",
        ),
        (
            '2019-02-01: {value: "0.04"',
            '2019-02-01: {to: "2024-07-23", value: "0.04"',
            "parameters.loss_rate_cap has no value from 2024-07-23 to 2024-07-24; let the value of 2019-02-01 run on "
            "or "
            "add one from 2024-07-23.",
        ),
    ],
)
def test_faults_of_a_national_programmes_book(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert NATIONAL.count(old) == 1
    assert f"own.yaml: {said}" in faults(tmp_path, NATIONAL.replace(old, new))


PAGE = (Path(__file__).parents[2] / "docs" / "rule-books.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    return PAGE.split(f"```{language}\n", 1)[1].split("```", 1)[0]


def test_the_page_shows_a_sound_book_that_gives_its_figures(tmp_path: Path) -> None:
    """800,000 guaranteed; 1 % of 500,000 and 1.2 % of 300,000; a loss of 100 as 20, 40, 40."""
    assert faults(tmp_path, block("yaml")) == []
    book = load_library(tmp_path, strict=True).books["harbour-loans"]
    loan = facts(book, {"loan": ["1000000"], "months": "60", "grade": "B"})
    on = days("2025-06-01", 1)
    found = evaluate(book, loan, on, other_days={DatedBy.APPROVED: on})
    assert found.guaranteed.tolist() == [80_000_000]
    assert found.fees["upfront_fee"].tolist() == [860_000]
    loss = np.array([10_000], dtype=np.int64)
    assert shared(book, loan, on, loss, other_days={DatedBy.APPROVED: on}).parts.tolist() == [[2_000, 4_000, 4_000]]


def test_the_pages_program_runs() -> None:
    exec(compile(block("python"), "docs/rule-books.md", "exec"), {})  # noqa: S102  # the page's own example


def test_own_books_stand_beside_the_shipped_ones_and_a_faulty_one_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(written(), encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(
        written().replace('"0.80"', '"1.80"').replace("trial", "other"), encoding="utf-8"
    )
    (tmp_path / "twice.yaml").write_text(written().replace("book: trial", "book: us-sba-7a"), encoding="utf-8")
    (tmp_path / "formless.yaml").write_text(written().replace("format: rule-book\n", ""), encoding="utf-8")
    found = load_library(tmp_path)
    assert "trial" in found.books
    assert "other" not in found.books
    assert [str(problem) for problem in found.problems] == [
        "bad.yaml: parameters.coverage.values.2020-01-01.value guarantees more than the whole loan; write shares of at "
        'most "1".',
        "formless.yaml: format is missing; write format: rule-book; a programme in the form of the national ones "
        "decides by rules of its own and comes as a plugin package (kedai.programmes).",
        "twice.yaml: book is 'us-sba-7a', which another file has; choose another slug.",
    ]
    with pytest.raises(BadBook, match="guarantees more than the whole loan"):
        load_library(tmp_path, strict=True)


def test_unverified_values_of_all_programmes_are_listed_with_their_sources() -> None:
    listed = unverified_values(catalogue().programmes, load_library())
    assert {one.book for one in listed} >= {"cn-scitech-2024", "cn-batch-2023", "us-sba-7a", "jp-credit-guarantee"}
    assert all(one.source and one.clause for one in listed)
    switch = [one for one in listed if (one.book, one.provision) == ("cn-scitech-2024", "reguarantee_switch_base")]
    assert [(one.value, str(one.since)) for one in switch] == [("loan", "2019-02-01")]
    assert not any(one.provision == "balance_cap" for one in listed)


@pytest.mark.parametrize(("last", "sound"), [("0.012", True), ("0.0119", False)])
def test_monotone_rates_are_compared_amount_by_amount_where_bands_differ(
    tmp_path: Path, last: str, sound: bool
) -> None:
    """Grade A: 1 % up to 500, 1.2 % above. Grades B and C at one rate must reach the 1.2 %."""
    bands = 'bands: [{up_to: "500", rate: "0.01"}, {rate: "0.012"}]'
    rows = f'{{when: {{grade: A}}, {bands}}}, {{when: {{grade: [B, C]}}, rate: "{last}"}}'
    found = faults(tmp_path, fee(f"select_by: [grade], never_falls_with: [grade], rows: [{rows}]"))
    assert (found == []) is sound
