"""Record batches: the same columns and the same refusals as the JSON form, with the row named."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.applicant.arrow import applications_from_arrow, arrow_from_applications, schema
from products.applicant.consistency import salvaged
from products.applicant.flatten import columns_of
from products.applicant.reading import InvalidApplication, application_from
from products.population import sample_applications
from tests.products.applications import applications_at_random, consistent_applications
from tests.products.test_record_columns import raw_of

EXAMPLES = Path(__file__).parents[2] / "examples"
ZHILAI = json.loads((EXAMPLES / "zhilai.json").read_bytes())
WIDE = {pa.decimal128(16, 2): pa.decimal128(24, 4), pa.decimal128(7, 6): pa.decimal128(20, 8)}


def rows_of(*facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a record batch of valid applications, ready to be changed."""
    rows: list[dict[str, Any]] = arrow_from_applications([application_from(each) for each in facts]).to_pylist()
    return rows


def widened(kind: Any) -> Any:
    """A type whose decimals hold more than the record allows, as foreign files do."""
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(kind.field(i).name, widened(kind.field(i).type)) for i in range(kind.num_fields)])
    if pa.types.is_list(kind):
        return pa.list_(widened(kind.value_type))
    return WIDE.get(kind, kind)


def batch_of(rows: list[dict[str, Any]]) -> Any:
    wide = pa.schema([pa.field(field.name, widened(field.type)) for field in schema()])
    return pa.RecordBatch.from_pylist(rows, schema=wide)


def paths_of(batch: Any) -> list[str]:
    with pytest.raises(InvalidApplication) as caught:
        applications_from_arrow(batch)
    return [problem.path for problem in caught.value.problems]


@given(st.lists(consistent_applications(), max_size=4))
def test_json_and_arrow_give_the_same_columns(facts: list[dict[str, Any]]) -> None:
    applications = [application_from(each) for each in facts]
    batch = arrow_from_applications(applications)
    assert raw_of(applications_from_arrow(batch)) == raw_of(columns_of(applications))


def test_a_slice_of_a_batch_is_read_as_the_slice_it_is() -> None:
    applications = [application_from(facts) for facts in sample_applications(60, 3)]
    batch = arrow_from_applications(applications)
    for start, length in ((0, 7), (13, 20), (59, 1), (60, 0)):
        expected = columns_of(applications[start : start + length])
        assert raw_of(applications_from_arrow(batch.slice(start, length))) == raw_of(expected)


def test_dictionaries_and_large_strings_are_texts_too() -> None:
    applications = [application_from(facts) for facts in sample_applications(20, 4)]
    batch = arrow_from_applications(applications)
    request = batch.column("request")
    encoded = [
        pa.DictionaryArray.from_arrays(member.dictionary_encode().indices, member.dictionary_encode().dictionary)
        if field.name == "purpose"
        else member.cast(pa.large_string())
        if pa.types.is_string(field.type)
        else member
        for field, member in zip(request.type, request.flatten(), strict=True)
    ]
    changed = pa.StructArray.from_arrays(encoded, names=[field.name for field in request.type])
    foreign = pa.RecordBatch.from_arrays([changed, *batch.columns[1:]], names=batch.schema.names)
    assert raw_of(applications_from_arrow(foreign)) == raw_of(columns_of(applications))


def test_absent_groups_and_fields_are_unknown() -> None:
    facts = {
        "request": ZHILAI["request"],
        "enterprise": {name: ZHILAI["enterprise"][name] for name in ("name", "uscc")},
    }
    expected = raw_of(columns_of([application_from(facts)]))
    rows = rows_of(facts)
    full = arrow_from_applications([application_from(facts)])
    assert raw_of(applications_from_arrow(full.select(["request", "enterprise"]))) == expected
    bare = [{"request": rows[0]["request"], "enterprise": facts["enterprise"]}]
    narrow = pa.RecordBatch.from_pylist(bare)
    assert raw_of(applications_from_arrow(narrow)) == expected


LIMITS = [
    ("request.amount", Decimal("1.00"), Decimal("0.99")),
    ("request.amount", Decimal(10**13), Decimal(10**13) + Decimal("0.01")),
    ("request.amount", Decimal("5.5000"), Decimal("5.5010")),
    ("request.term_months", 360, 361),
    ("request.applied_on", date(2200, 12, 31), date(2201, 1, 1)),
    ("request.purpose", "equipment", "Equipment"),
    ("request.product", "ip-pledge", None),
    ("enterprise.uscc", "91110000600037341L", "91110000600037341M"),
    ("enterprise.uscc", "914403001922038216", "91440300192203821"),
    ("enterprise.region", "110000", "990000"),
    ("enterprise.region", "110000", "11000０"),
    ("enterprise.name", "字" * 200, "字" * 201),
    ("enterprise.name", "甲", "甲\n"),
    ("enterprise.name", "甲 乙", "\u3000甲"),
    ("enterprise.established_on", date(2026, 7, 22), date(2026, 7, 23)),
    ("innovation.hightech_revenue_share", Decimal(1), Decimal("1.000001")),
    ("innovation.innovation_points.value", Decimal(130), Decimal("130.000001")),
    ("innovation.innovation_points", None, {"value": Decimal(1), "scale": None}),
    ("financials.net_profit", [Decimal("-10000000000000.00")], [Decimal("-10000000000000.01")]),
    ("financials.revenue", [Decimal(1)] * 3, [Decimal(1)] * 4),
    ("financials.revenue", [Decimal(1)], []),
    ("financials.revenue", None, [None]),
    ("financials.current_assets", Decimal("24800000.00"), Decimal("24800000.01")),
    ("titles", [{"kind": "hnte"}] * 50, [{"kind": "hnte"}] * 51),
    ("titles", [], [None]),
    ("titles[0].kind", "hnte", None),
    ("titles[0].valid_to", date(2023, 10, 16), date(2023, 10, 15)),
    ("ip_assets[0].number", "2017109110922", "2017109110923"),
    ("ip_assets[0].number", "200310102344.5", "ZL200310102344.5"),
    ("ip_assets[0].kind", "invention_patent", "utility_model"),
    ("ip_assets[0].filed_on", date(2020, 5, 12), date(2020, 5, 13)),
    ("ip_assets[0].owner_uscc", "91511100MA6XX0TE50", "91511100MA6XX0TE51"),
    ("ip_assets[0].co_owners", ["甲", "乙"], ["甲", "甲"]),
    ("ip_assets[0].co_owners", ["甲"], ["甲\u202e"]),
    ("ip_assets[0].valuation.methods", ["cost", "income"], ["cost", "cost"]),
    ("ip_assets[0].valuation.methods", ["cost"], ["guess"]),
    ("ip_assets[0].income.product_revenue", [Decimal(1)] * 10, [Decimal(1)] * 11),
]


def with_value(path: str, value: object) -> list[dict[str, Any]]:
    """Two valid rows and between them one with the value at the path."""
    first, middle, last = rows_of(ZHILAI, ZHILAI, ZHILAI)
    place: Any = middle
    *steps, name = [
        int(step) if step.isdecimal() else step for step in path.replace("[", ".").replace("]", "").split(".")
    ]
    for step in steps:
        place = place[step]
    place[name] = value
    return [first, middle, last]


@pytest.mark.parametrize(("path", "accepted", "refused"), LIMITS)
def test_each_limit_of_a_value_holds_in_a_column(path: str, accepted: object, refused: object) -> None:
    applications_from_arrow(batch_of(with_value(path, accepted)))
    paths = paths_of(batch_of(with_value(path, refused)))
    assert paths
    assert all(place.startswith("[1].") for place in paths)


@given(st.data())
def test_columns_refuse_exactly_what_the_reader_of_one_record_refuses(data: st.DataObject) -> None:
    rows, verdicts = [], []
    for _ in range(data.draw(st.integers(1, 5))):
        path, accepted, refused = data.draw(st.sampled_from(LIMITS))
        row = with_value(path, data.draw(st.sampled_from([accepted, refused])))[1]
        rows.append(row)
        verdicts.append(reads(row))
    if all(verdicts):
        assert applications_from_arrow(batch_of(rows)).n == len(rows)
        return
    named = {int(path[1 : path.index("]")]) for path in paths_of(batch_of(rows))}
    assert named == {position for position, good in enumerate(verdicts) if not good}


@given(st.lists(applications_at_random(), min_size=1, max_size=6))
def test_contradictions_are_found_in_columns_where_they_are_found_in_records(facts: list[dict[str, Any]]) -> None:
    verdicts = [reads(each) for each in facts]
    batch = batch_of([salvaged(each) for each in facts])
    if all(verdicts):
        assert applications_from_arrow(batch).n == len(facts)
        return
    named = {int(path[1 : path.index("]")]) for path in paths_of(batch)}
    assert named == {position for position, good in enumerate(verdicts) if not good}


def reads(row: dict[str, Any]) -> bool:
    try:
        application_from(row)
    except InvalidApplication:
        return False
    return True


def test_a_bad_row_is_reported_in_the_words_of_the_reader_of_one_record() -> None:
    with pytest.raises(InvalidApplication) as caught:
        applications_from_arrow(batch_of(with_value("ip_assets[0].number", "201710911092.3")))
    (problem,) = caught.value.problems
    assert problem.path == "[1].ip_assets[0].number"
    assert problem.message == (
        'Patent number "201710911092.3" ends in 3, but its 12 digits call for 2 (201710911092.2); look for a mistyped '
        "digit."
    )


def test_an_asset_offered_twice_by_one_applicant_is_refused_by_two_it_is_not() -> None:
    rows = rows_of(ZHILAI, ZHILAI)
    applications_from_arrow(batch_of(rows))
    rows[1]["ip_assets"].append(rows[1]["ip_assets"][0] | {"number": "2017109110922"})
    assert paths_of(batch_of(rows)) == ["[1].ip_assets[1].number"]


def test_of_many_bad_rows_the_first_twenty_are_reported_and_the_rest_counted() -> None:
    rows = [copy.deepcopy(row) for row in rows_of(ZHILAI) * 23]
    for row in rows[1:]:
        row["request"]["term_months"] = 0
    with pytest.raises(InvalidApplication) as caught:
        applications_from_arrow(batch_of(rows))
    *problems, rest = caught.value.problems
    assert [problem.path for problem in problems] == [f"[{row}].request.term_months" for row in range(1, 21)]
    assert rest.message == "2 more rows of the batch are wrong. Correct these first."


@pytest.mark.parametrize(
    ("rows", "path", "message"),
    [
        (
            [{"request": {"amount": 5.5}}],
            "request.amount",
            "Requested amount must be an Arrow decimal128(16, 2) column; it is double. Cast it before handing it over; "
            "binary floating-point numbers are not accepted for decimals.",
        ),
        (
            [{"request": {"term_months": "12"}}],
            "request.term_months",
            "Term must be an Arrow int64 column; it is string. Cast it before handing it over; binary floating-point "
            "numbers are not accepted for decimals.",
        ),
        (
            [{"request": "ip-pledge"}],
            "request",
            "Request must be an Arrow struct; it is string. Nest its fields in a struct.",
        ),
        (
            [{"titles": {"kind": "hnte"}}],
            "titles",
            "Titles must be an Arrow list; it is struct<kind: string>. Cast it before handing it over.",
        ),
        (
            [{"financials": {"revenue": Decimal("1.00")}}],
            "financials.revenue",
            "Revenue must be an Arrow list; it is decimal128(3, 2). Cast it before handing it over.",
        ),
        (
            [{"financials": {"revenues": [Decimal("1.00")]}}],
            "financials.revenues",
            'The applicant record has no field "revenues" in Accounts. Did you mean revenue?',
        ),
        (
            [{"finance": {}}],
            "finance",
            'The applicant record has no field "finance" in Application. Did you mean financials?',
        ),
    ],
)
def test_a_type_that_cannot_hold_a_field_is_refused_by_name(rows: list[Any], path: str, message: str) -> None:
    with pytest.raises(InvalidApplication) as caught:
        applications_from_arrow(pa.RecordBatch.from_pylist(rows))
    (problem,) = caught.value.problems
    assert (problem.path, problem.message) == (path, message)


def test_a_required_group_cannot_be_null() -> None:
    rows = rows_of(ZHILAI, ZHILAI)
    rows[1]["enterprise"] = None
    assert paths_of(batch_of(rows)) == ["[1].enterprise"]


def test_the_schema_nests_like_the_json_form() -> None:
    assert schema().names == ["request", "enterprise", "titles", "financials", "innovation", "credit", "ip_assets"]
    assert schema().field("request").type.field("amount").type == pa.decimal128(16, 2)
    assert schema().field("ip_assets").type.value_type.field("valuation").type.field("methods").type == pa.list_(
        pa.string()
    )
