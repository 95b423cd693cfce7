"""What a revision says is kept as written, and everything wrong with it is said at once."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.parameters import Unit, declared_parameters
from products.revising.content import GREATEST_PAYLOAD, InvalidRevision, content_from, read_content
from products.revising.files import content_of_file, key_name, signed_file
from products.revising.form import form, value_schema
from products.revising.limits import RANGES
from products.revising.terms import book_of, changed_values, checked_book
from tests.products.revising.contents import APRIL, change, content, innovation_credit, installed, written

KEY = b"0123456789abcdef0123456789abcdef"
DECLARED = declared_parameters(innovation_credit().book.terms)
TIERS = ("tier_1", "tier_2", "tier_3", "untitled")


def problems(plain: dict[str, Any]) -> dict[str, str]:
    """What is wrong with a content, by path."""
    with pytest.raises(InvalidRevision) as caught:
        checked_book(content_from(plain), innovation_credit(), installed().programmes)
    return {each.path: each.message for each in caught.value.problems}


def test_a_changed_value_holds_from_the_first_day_and_the_others_stay() -> None:
    book = book_of(content({"amount_cap": "5000000", "points_floor": "0.5"}), innovation_credit())
    terms = book.at(APRIL)
    assert (terms.amount_cap, terms.points_floor) == (500_000_000, 500_000)
    assert terms.amount_floor == innovation_credit().book.at(APRIL).amount_floor == 10_000_000


def test_a_base_is_where_the_revision_starts_from() -> None:
    hubei = book_of(content({"amount_cap": "5000000"}, base="hubei-kuaidai"), innovation_credit()).at(APRIL)
    assert (hubei.region, hubei.province_share, hubei.amount_cap) == (42, 400_000, 500_000_000)


def test_null_takes_an_optional_parameter_away() -> None:
    hubei = book_of(content({"region": None}, base="hubei-kuaidai"), innovation_credit()).at(APRIL)
    assert hubei.region is None


@pytest.mark.parametrize(
    ("changes", "path", "sentence"),
    [
        ({"amount_cap": 5_000_000}, "changes.amount_cap.value", "quoted number"),
        ({"amount_cap": "5 million"}, "changes.amount_cap.value", "write a plain decimal number in quotes"),
        ({"amount_cap": "-1"}, "changes.amount_cap.value", "must lie between 0 and 10000000000000 CNY"),
        ({"debt_ratio_cap": "10.000001"}, "changes.debt_ratio_cap.value", "must lie between 0 and 10 fraction"),
        ({"bank_share": "0.1234567"}, "changes.bank_share.value", "finer than 1/1000000"),
        ({"amount_cap": None}, "changes.amount_cap", "cannot be taken away"),
        ({"ceiling": "1"}, "changes.ceiling", "is no parameter of this product. Take one of: region"),
        ({"sizes": []}, "changes.sizes.value", "no application could meet it"),
        ({"band_floor": "Z"}, "changes.band_floor.value", "write one of: A, B, C, D, E"),
        ({"revenue_share": {"A": "0.2"}}, "changes.revenue_share.value", "has other keys than declared: B, C, D, E"),
        ({"bank_share": "0.199999"}, "changes.bank_share", "it bears at least 20 %"),
        ({"province_share": "0.19"}, "changes.province_share", "it bears at least 20 %"),
        ({"bank_share": "0.7", "province_share": "0.4"}, "changes.bank_share", "bear 110 % together"),
        ({"amount_floor": "30000001"}, "changes.amount_floor", "so nobody could apply"),
        ({"term_cap_months": "0"}, "changes.term_floor_months", "so nobody could apply"),
        ({"amount_step": "0"}, "changes.amount_step", "steps of nothing"),
        ({"charges": ["interest", "deposit"]}, "changes.charges", "deposit may not be charged under"),
    ],
)
def test_a_value_that_cannot_hold_is_refused_with_its_place_and_remedy(
    changes: dict[str, object], path: str, sentence: str
) -> None:
    assert sentence in problems(written(changes))[path]


@pytest.mark.parametrize(
    "changes",
    [
        {"bank_share": "0.2"},
        {"amount_floor": "30000000"},
        {"term_cap_months": "1"},
        {"debt_ratio_cap": "10"},
        {"bank_share": "0.8", "province_share": "0.2"},
    ],
)
def test_the_last_value_before_each_limit_is_taken(changes: dict[str, object]) -> None:
    checked_book(content(changes), innovation_credit(), installed().programmes)


@pytest.mark.parametrize(
    ("head", "path", "sentence"),
    [
        ({"slug": "hubei-kuaidai"}, "slug", "ships a revision 'hubei-kuaidai' already"),
        ({"base": "nowhere"}, "base", "Name one of: hubei-kuaidai"),
        ({"programme": "moon"}, "programme", "is not installed"),
        ({"effective_from": "2019-01-31"}, "effective_from", "no value"),
    ],
)
def test_a_head_that_fits_nothing_installed_is_refused(head: dict[str, object], path: str, sentence: str) -> None:
    assert sentence in problems(written(None, **head))[path]


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (b"{", "is not JSON in UTF-8"),
        (b"\xff", "is not JSON in UTF-8"),
        (b'{"slug": "a", "slug": "b"}', "The key 'slug' stands twice"),
        (b'{"changes": ' + b'{"a":' * 9 + b"1" + b"}" * 10, "nested deeper than the 8 levels"),
        (b"[" * 100_000, "nested deeper than the 8 levels"),
        (b" " * (GREATEST_PAYLOAD + 1), "longer than the 262144 bytes"),
        (b"{}", "product is missing"),
        (json.dumps(written(None, colour="red")).encode(), "There is no field colour here"),
        (json.dumps(written(None, effective_from="1 April")).encode(), "write a day of the calendar as YYYY-MM-DD"),
        (json.dumps(written(None, effective_from=20270401)).encode(), "write a day of the calendar as YYYY-MM-DD"),
        (json.dumps(written(None, effective_until="2027-04-01")).encode(), "not after effective_from 2027-04-01"),
        (json.dumps(written(None, source="two\u2028lines")).encode(), "control characters"),
    ],
)
def test_what_is_no_content_is_refused_in_a_sentence(payload: bytes, sentence: str) -> None:
    with pytest.raises(InvalidRevision, match=sentence.replace("(", r"\(")):
        read_content(payload)


def test_equal_contents_have_equal_digests_whatever_the_order_of_keys() -> None:
    plain = written({"amount_cap": "5000000", "amount_floor": "200000"})
    turned = {key: plain[key] for key in reversed(plain)}
    turned["changes"] = dict(reversed(plain["changes"].items()))
    assert content_from(turned).sha256 == content_from(plain).sha256
    assert content({"amount_cap": "5000001"}).sha256 != content().sha256


def _number(name: str) -> st.SearchStrategy[str]:
    limits = RANGES[DECLARED[name].unit]
    return st.decimals(limits.least, limits.most, places=limits.decimals).map(lambda number: f"{number:f}")


def _value(name: str) -> st.SearchStrategy[object]:
    declared = DECLARED[name]
    single: st.SearchStrategy[object]
    if declared.unit is Unit.FLAG:
        single = st.booleans()
    elif declared.unit is Unit.CHOICE:
        single = st.sampled_from(declared.options)
    elif declared.unit is Unit.CHOICES:
        single = st.lists(st.sampled_from(declared.options), min_size=1, unique=True)
    else:
        single = _number(name)
    for keys in reversed(declared.keys):
        single = st.fixed_dictionaries(dict.fromkeys(keys, single))
    return single


CHANGES = st.sets(st.sampled_from(sorted(DECLARED)), min_size=1, max_size=6).flatmap(
    lambda names: st.fixed_dictionaries({name: _value(name) for name in sorted(names)})
)


@settings(max_examples=60)
@given(CHANGES)
def test_nothing_is_lost_on_the_way_through_a_signed_file(changes: dict[str, object]) -> None:
    said = content(changes)
    sent = signed_file(said, (), organisation="test-bank", revision="1", key=KEY)
    received = content_of_file(sent, key=KEY)
    assert received.plain() == said.plain()
    assert received.plain()["changes"] == {name: change(value) for name, value in changes.items()}


@settings(max_examples=60)
@given(CHANGES)
def test_what_the_form_admits_the_reader_reads(changes: dict[str, object]) -> None:
    for name, value in changes.items():
        jsonschema.validate(value, value_schema(DECLARED[name]))
    assert set(changed_values(content(changes), innovation_credit())) == set(changes)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("amount_cap", "9999999999999.99", "10000000000000.01"),
        ("debt_ratio_cap", "10.000000", "10.000001"),
        ("spread_cap_bp", "10000", "10001"),
        ("term_cap_months", "1200", "1201"),
        ("overdue_days_cap", "36600", "36601"),
        ("debt_to_cash_flow_cap", "1000", "1000.5"),
        ("region", "0", "00"),
    ],
)
def test_the_form_knows_both_sides_of_each_limit(name: str, good: str, bad: str) -> None:
    schema = jsonschema.Draft202012Validator(value_schema(DECLARED[name]))
    assert schema.is_valid(good)
    assert not schema.is_valid(bad)


def test_the_form_is_a_schema_that_shows_labels_limits_messages_and_the_value_in_force() -> None:
    product = innovation_credit()
    schema = form(product, product.book, date(2027, 1, 1))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(written(), schema)
    fields = schema["properties"]["changes"]["properties"]
    assert set(fields) == set(DECLARED)
    cap = fields["amount_cap"]
    assert cap["x-label"] == {"zh": "单户最高金额", "en": "highest amount per client"}
    assert cap["x-present"]["shown"] == "30,000,000.00"
    assert cap["x-message"]["zh"].startswith("单户最高金额（amount_cap）须为0至10000000000000")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written({"ceiling": "1"}), schema)


@pytest.mark.parametrize("place", ["content", "history", "organisation", "signature"])
def test_a_file_changed_on_the_way_is_refused(place: str) -> None:
    file = json.loads(signed_file(content(), (), organisation="test-bank", revision="1", key=KEY))
    if place == "content":
        file["content"]["changes"]["amount_cap"]["value"] = "9000000"
    elif place == "history":
        file["history"] = [{"kind": "approved"}]
    else:
        file[place] = "x"
    with pytest.raises(InvalidRevision, match="was changed after it was signed"):
        content_of_file(json.dumps(file).encode(), key=KEY)


def test_a_file_of_another_key_is_named_and_a_short_key_is_none() -> None:
    sent = signed_file(content(), (), organisation="test-bank", revision="1", key=KEY)
    other = b"another key of thirty-two bytes!"
    with pytest.raises(InvalidRevision, match=f"signed with the key {key_name(KEY)}, here is {key_name(other)}"):
        content_of_file(sent, key=other)
    with pytest.raises(ValueError, match="31 bytes; give at least 32"):
        signed_file(content(), (), organisation="test-bank", revision="1", key=KEY[:31])
    with pytest.raises(InvalidRevision, match="no file of the form kedai-revision/1"):
        content_of_file(b"{}", key=KEY)
