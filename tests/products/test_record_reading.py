"""Reading an application: what is accepted, and that every refusal names place, value, limit and remedy."""

from __future__ import annotations

import copy
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.applicant.reading import InvalidApplication, Problem, application_from, read_application
from tests.products.applications import applications_at_random, consistent_applications

EXAMPLES = Path(__file__).parents[2] / "examples"
ZHILAI = json.loads((EXAMPLES / "zhilai.json").read_bytes())


def changed(path: str, *, to: object) -> dict[str, Any]:
    """The zhilai example with the value at one path changed."""
    facts = copy.deepcopy(ZHILAI)
    steps = [int(step) if step.isdecimal() else step for step in re.findall(r"\w+", path)]
    place: Any = facts
    for step in steps[:-1]:
        place = place[step]
    place[steps[-1]] = to
    return facts


def problems_of(facts: object) -> tuple[Problem, ...]:
    with pytest.raises(InvalidApplication) as caught:
        application_from(facts)
    return caught.value.problems


def only_problem(facts: object) -> Problem:
    problems = problems_of(facts)
    assert len(problems) == 1, problems
    return problems[0]


def refusal_of(payload: bytes, **limits: int) -> Problem:
    with pytest.raises(InvalidApplication) as caught:
        read_application(payload, **limits)
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_example_reads_and_is_described(path: Path) -> None:
    readme = (EXAMPLES / "README.md").read_text()
    assert f"`{path.name}`" in readme
    if path.stem != "particulars":
        assert read_application(path.read_bytes()).request.amount > 0


def test_amounts_are_exact_decimals_with_two_places() -> None:
    application = application_from(changed("request.amount", to="1000000.1"))
    assert application.request.amount == Decimal("1000000.10")
    assert application.model_dump(mode="json")["request"]["amount"] == "1000000.10"


def test_what_is_absent_or_null_is_unknown() -> None:
    facts = changed("financials.inventory", to=None)
    del facts["financials"]["receivables"]
    del facts["innovation"]
    application = application_from(facts)
    assert application.financials is not None
    assert application.financials.inventory is None
    assert application.financials.receivables is None
    assert application.innovation is None


def test_the_stored_form_reads_back_to_the_same_application() -> None:
    application = application_from(ZHILAI)
    assert application_from(application.model_dump(mode="json")) == application
    assert application_from(application.model_dump()) == application


@given(consistent_applications())
def test_every_consistent_application_reads_and_its_stored_form_reads_back(facts: dict[str, Any]) -> None:
    application = read_application(json.dumps(facts, ensure_ascii=False).encode())
    stored = application.model_dump_json().encode()
    assert read_application(stored) == application


@given(applications_at_random())
def test_an_application_within_its_limits_reads_or_is_told_what_contradicts(facts: dict[str, Any]) -> None:
    try:
        application_from(facts)
        problems: tuple[Problem, ...] = ()
    except InvalidApplication as invalid:
        problems = invalid.problems
    assert all(problem.path and problem.message.endswith(".") for problem in problems)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["request", "amount"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ZHILAI, "amount", "x"]), inner),
    max_leaves=8,
)


@given(st.binary() | JUNK.map(lambda value: json.dumps(value).encode()))
def test_no_input_whatever_gets_anything_but_a_list_of_problems(payload: bytes) -> None:
    with pytest.raises(InvalidApplication) as caught:
        read_application(payload)
    for problem in caught.value.problems:
        assert problem.message.endswith((".", "?")), problem
        problem.path.encode()
        problem.message.encode()


@given(st.data(), JUNK)
def test_any_value_in_any_place_is_read_or_refused_by_name(data: st.DataObject, junk: object) -> None:
    facts = copy.deepcopy(ZHILAI)
    place = facts
    while True:
        name = data.draw(st.sampled_from(sorted(place)))
        inner = place[name]
        inner = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], dict) else inner
        if not isinstance(inner, dict) or data.draw(st.booleans()):
            place[name] = junk
            break
        place = inner
    try:
        application_from(facts)
        problems: tuple[Problem, ...] = ()
    except InvalidApplication as invalid:
        problems = invalid.problems
    assert all(problem.path and problem.message.endswith((".", "?")) for problem in problems)


@pytest.mark.parametrize(
    ("path", "accepted", "refused", "at"),
    [
        ("request.amount", "1.00", "0.99", "request.amount"),
        ("request.amount", "10000000000000.00", "10000000000000.01", "request.amount"),
        ("request.term_months", 1, 0, "request.term_months"),
        ("request.term_months", 360, 361, "request.term_months"),
        ("enterprise.employees", 0, -1, "enterprise.employees"),
        ("financials.inventory", "0.00", "-0.01", "financials.inventory"),
        ("financials.net_profit[0]", "-10000000000000.00", "-10000000000000.01", "financials.net_profit[0]"),
        ("innovation.hightech_revenue_share", "1", "1.000001", "innovation.hightech_revenue_share"),
        ("innovation.hightech_revenue_share", "0.123456", "0.1234567", "innovation.hightech_revenue_share"),
        ("innovation.innovation_points.value", "130", "130.000001", "innovation.innovation_points.value"),
        ("innovation.innovation_points.scale", "71.5", "71.499999", "innovation.innovation_points.value"),
        ("credit.overdue_days_24m", 731, 732, "credit.overdue_days_24m"),
        ("enterprise.established_on", "2026-07-22", "2026-07-23", "enterprise.established_on"),
        ("enterprise.established_on", "1900-01-01", "1899-12-31", "enterprise.established_on"),
        ("titles[0].valid_to", "2023-10-16", "2023-10-15", "titles[0].valid_from"),
        ("ip_assets[0].granted_on", "2017-09-29", "2017-09-28", "ip_assets[0].filed_on"),
        ("ip_assets[0].annual_fee_paid_to", "2017-09-29", "2017-09-28", "ip_assets[0].filed_on"),
        ("financials.current_assets", "24800000.00", "24800000.01", "financials.current_assets"),
        ("financials.interest_bearing_debt", "11300000.00", "11300000.01", "financials.interest_bearing_debt"),
        ("enterprise.name", "字" * 200, "字" * 201, "enterprise.name"),
        ("enterprise.name", "字", "", "enterprise.name"),
        ("financials.revenue", ["1.00"], [], "financials.revenue"),
        ("financials.revenue", ["1.00"] * 3, ["1.00"] * 4, "financials.revenue"),
        ("ip_assets[0].valuation.methods", ["cost"], ["cost", "cost"], "ip_assets[0].valuation.methods"),
        ("ip_assets[0].co_owners", ["甲", "乙"], ["甲", "甲"], "ip_assets[0].co_owners"),
        ("titles", [{"kind": "hnte"}] * 50, [{"kind": "hnte"}] * 51, "titles"),
    ],
)
def test_each_limit_holds_to_the_last_step(path: str, accepted: object, refused: object, at: str) -> None:
    application_from(changed(path, to=accepted))
    assert only_problem(changed(path, to=refused)).path == at


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "request.amount",
            1000000.0,
            "Requested amount must be an amount in yuan as a decimal string with at most two decimals, such as "
            '"1200000.00"; it is the JSON number 1000000.0. Put the number in quotes, so that no binary fraction '
            "touches "
            "it.",
        ),
        (
            "request.amount",
            "-5.00",
            'Requested amount must lie between 1.00 and 10000000000000.00 yuan; it is "-5.00". Check the sign and the '
            "unit (yuan, not 万元 or fen).",
        ),
        (
            "request.term_months",
            "12",
            'Term must be a whole number without quotes, such as 12; it is "12". Write the digits only, or null '
            "if it is "
            "unknown.",
        ),
        (
            "request.term_months",
            True,
            "Term must be a whole number without quotes, such as 12; it is true. Write the digits only, or null "
            "if it is "
            "unknown.",
        ),
        (
            "request.repayment",
            "monthly",
            "Repayment method must be one of level_payment, equal_principal, interest_monthly_principal_at_maturity, "
            'bullet; it is "monthly". Use one of these slugs.',
        ),
        (
            "request.applied_on",
            "22.07.2026",
            'Date of application must be a date written YYYY-MM-DD, such as 2026-07-22; it is "22.07.2026". '
            "Write it so.",
        ),
        (
            "request.applied_on",
            "2026-02-30",
            'Date of application must be a day of the calendar; "2026-02-30" is none. Correct month or day.',
        ),
        (
            "enterprise.uscc",
            "91511100MA6XX0TE51",
            'Unified social credit code "91511100MA6XX0TE51" ends in 1, but its first 17 characters call for 0; '
            "look for "
            "a mistyped character.",
        ),
        (
            "enterprise.region",
            "020000",
            'Division code of the registered seat "020000" begins with 02, which is no province in GB/T 2260. '
            "Correct it.",
        ),
        (
            "enterprise.abnormal_operation_list",
            "false",
            'On the abnormal operation list must be true or false without quotes; it is "false". Write null, or '
            "leave the "
            "field out, if it is unknown.",
        ),
        (
            "enterprise.name",
            "甲\u202e乙",
            'Registered name must be one line of printable text; "甲\N{REPLACEMENT CHARACTER}乙" holds a control '
            "character. "
            "Remove it.",
        ),
        (
            "enterprise.name",
            " 甲",
            'Registered name must not begin or end with a space; it is " 甲". Remove the space.',
        ),
        (
            "enterprise.name",
            None,
            "Registered name is required and is null. State it.",
        ),
        (
            "enterprise.established_on",
            "2027-01-01",
            "Date of establishment must not be later than date of application (2026-07-22); it is 2027-01-01. "
            "Correct one "
            "of them.",
        ),
        (
            "financials.total_assets",
            "15000000.00",
            "Current assets must not exceed total assets (15000000.00); it is 15200000.00. Correct one of them.",
        ),
        (
            "ip_assets[0].number",
            "201710911092.5",
            'Patent number "201710911092.5" ends in 5, but its 12 digits call for 2 (201710911092.2); look for a '
            "mistyped "
            "digit.",
        ),
        (
            "ip_assets[0].kind",
            "utility_model",
            'Patent number "201710911092.2" has 1 as its fifth digit, but a utility model has 2 or 9 there; '
            "correct the "
            "number or the kind.",
        ),
        (
            "financials",
            [],
            "Accounts must be an object in braces; it is a list. Write its fields in braces.",
        ),
        (
            "titles",
            {},
            "Titles must be a list in brackets; it is an object. Put its entries in brackets.",
        ),
        (
            "financials.revenue",
            [],
            "Revenue must have 1 to 3 entries; it has 0. Correct the list.",
        ),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_to_do(path: str, value: object, message: str) -> None:
    assert only_problem(changed(path, to=value)).message == message


def test_a_misspelt_field_is_told_the_right_name() -> None:
    facts = changed("financials.total_asets", to="1.00")
    problem = only_problem(facts)
    assert problem.path == "financials.total_asets"
    assert problem.message == (
        'The applicant record has no field "total_asets" in Accounts. Did you mean total_assets?'
    )


def test_a_field_like_no_other_is_told_the_names_there_are() -> None:
    problem = only_problem(changed("shoe_size", to=43))
    assert problem.message == (
        'The applicant record has no field "shoe_size" in Application. The fields here are request, enterprise, '
        "titles, "
        "financials, innovation, credit, ip_assets."
    )


def test_all_problems_are_reported_at_once_contradictions_too() -> None:
    facts = changed("request.amount", to="much")
    del facts["request"]["purpose"]
    facts["enterprise"]["uscc"] = "1"
    facts["titles"][1]["valid_to"] = "2020-01-01"
    facts["ip_assets"][0]["number"] = "201710911092.9"
    assert [problem.path for problem in problems_of(facts)] == [
        "request.amount",
        "request.purpose",
        "enterprise.uscc",
        "titles[1].valid_from",
        "ip_assets[0].number",
    ]


def test_an_asset_offered_twice_is_refused_with_and_without_dot() -> None:
    facts = copy.deepcopy(ZHILAI)
    again = copy.deepcopy(facts["ip_assets"][0])
    again["number"] = "2017109110922"
    facts["ip_assets"].append(again)
    problem = only_problem(facts)
    assert problem.path == "ip_assets[1].number"
    assert problem.message == (
        'The invention patent "2017109110922" is already ip_assets[0]; an asset can be offered only once. Remove '
        "one of "
        "the two."
    )


def test_an_appraisal_or_a_grant_may_be_younger_than_the_application() -> None:
    facts = changed("ip_assets[0].valuation.valued_on", to="2026-08-15")
    facts["ip_assets"][0]["granted_on"] = "2026-08-01"
    assert application_from(facts).ip_assets is not None


def test_a_payload_over_the_limit_is_refused_before_it_is_parsed() -> None:
    payload = json.dumps(ZHILAI, ensure_ascii=False).encode()
    read_application(payload, most_bytes=len(payload))
    problem = refusal_of(payload, most_bytes=len(payload) - 1)
    assert problem.message == (
        f"The application has {len(payload)} bytes; at most {len(payload) - 1} are read. Shorten texts and lists."
    )
    assert refusal_of(b"[" * 10_000_000).message.startswith("The application has 10000000 bytes")


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b"\xff{}", "The application is not UTF-8: byte 0 cannot be read. Encode the text as UTF-8."),
        (b'{"request": "\xe4\xb8"}', "The application is not UTF-8: byte 13 cannot be read. Encode the text as UTF-8."),
        (b"", "The application is not JSON: Expecting value at line 1, column 1. Send one JSON object."),
        (
            b'{"request": }',
            "The application is not JSON: Expecting value at line 1, column 13. Send one JSON object.",
        ),
        (b'{"a": NaN}', "NaN is no JSON value. Write null if the fact is unknown."),
        (b'{"a": -Infinity}', "-Infinity is no JSON value. Write null if the fact is unknown."),
        (b'{"a": 1, "a": 2}', 'The field "a" is given twice in one object. Keep one of the two.'),
        (
            b'{"a": ' + b"9" * 21 + b"}",
            "The application holds a number of 21 digits; at most 20 are read. Write amounts as decimal strings "
            "in yuan.",
        ),
        (b"[]", "Application must be an object in braces; it is a list. Write its fields in braces."),
        (b"null", "Application must be an object in braces; it is null. Write its fields in braces."),
    ],
)
def test_broken_json_is_refused_with_the_place(payload: bytes, message: str) -> None:
    assert refusal_of(payload).message == message


def test_nesting_is_limited_brackets_in_texts_do_not_count() -> None:
    assert refusal_of(b"[" * 17 + b"]" * 17).message == (
        "The JSON text is nested 17 deep; an application needs at most 16 levels. Flatten it."
    )
    assert refusal_of(b"[" * 16 + b"]" * 16).message.startswith("Application must be an object")
    payload = json.dumps(changed("enterprise.name", to='甲"\\' + "[" * 40 + "乙"), ensure_ascii=False).encode()
    assert read_application(payload).enterprise.name == '甲"\\' + "[" * 40 + "乙"


def test_names_and_values_that_cannot_be_printed_are_shown_harmless() -> None:
    problem = problems_of({"\u202e\u0007": 1})[-1]
    assert problem.path == "\N{REPLACEMENT CHARACTER}" * 2
    half = refusal_of(b'{"\\ud800": 1}')
    assert half.message == (
        'The name "\N{REPLACEMENT CHARACTER}" in Application is no Unicode text. Write the names of the record.'
    )
    assert only_problem(changed("enterprise.name", to="甲\ud800")).value == '"甲\N{REPLACEMENT CHARACTER}"'
    long = only_problem(changed("request.repayment", to="x" * 500))
    assert long.value == '"' + "x" * 57 + '..."'


@pytest.mark.parametrize(
    "payload",
    [
        b'"' + rb"\"" * 400_000,
        b'"' * 900_001,
        b"[" + b'"\\' * 400_000,
        b"{" + b",".join(b'"%d": 1' % number for number in range(60_000)) + b', "7": 1}',
    ],
    ids=["escaped quotes", "quotes", "escapes", "a name given twice among many"],
)
def test_a_hostile_payload_costs_one_pass(payload: bytes) -> None:
    message = refusal_of(payload).message
    assert message.startswith(("The application is not JSON", 'The field "7" is given twice'))


def test_of_very_many_problems_a_hundred_are_put_into_words() -> None:
    facts = {f"field {number}": number for number in range(50_000)}
    *problems, rest = problems_of(facts)
    assert len(problems) == 100
    assert rest == Problem("", "49902 more problems were found. Correct these first.")  # two missing groups among them


def test_a_list_far_too_long_is_refused_without_being_compared() -> None:
    names = [f"甲{number}" for number in range(60_000)]
    problem = only_problem(changed("ip_assets[0].co_owners", to=[*names, names[-1]]))
    assert problem.message == "Co-owners must have 0 to 20 entries; it has 60001. Correct the list."
