"""Amounts in capitals against the examples of 正确填写票据和结算凭证的基本规定 and figures written out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates import BadCapitalAmount, capital_amount, parse_capital_amount

PUBLISHED = [
    ("1409.50", "人民币壹仟肆佰零玖元伍角", "人民币壹仟肆佰零玖元伍角整"),
    ("6007.14", "人民币陆仟零柒元壹角肆分"),
    ("1680.32", "人民币壹仟陆佰捌拾元零叁角贰分", "人民币壹仟陆佰捌拾元叁角贰分"),
    ("107000.53", "人民币壹拾万柒仟元零伍角叁分", "人民币壹拾万零柒仟元伍角叁分"),
    ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "人民币叁佰贰拾伍元零肆分"),
    ("10.00", "人民币壹拾元整", "人民币壹拾元正"),
]
"""Amounts and every form the rules print for them; the last from the rule that ten keeps its 壹."""

BY_HAND = [
    ("0.01", "人民币壹分"),
    ("0.10", "人民币壹角整"),
    ("0.15", "人民币壹角伍分"),
    ("1.00", "人民币壹元整"),
    ("10.20", "人民币壹拾元零贰角整"),
    ("22.42", "人民币贰拾贰元肆角贰分"),
    ("101.01", "人民币壹佰零壹元零壹分"),
    ("1000.00", "人民币壹仟元整"),
    ("10000.10", "人民币壹万元零壹角整"),
    ("100005.00", "人民币壹拾万零伍元整"),
    ("103453.00", "人民币壹拾万零叁仟肆佰伍拾叁元整"),
    ("1000000.00", "人民币壹佰万元整"),
    ("1903971.00", "人民币壹佰玖拾万零叁仟玖佰柒拾壹元整"),
    ("20000000.00", "人民币贰仟万元整"),
    ("100000001.00", "人民币壹亿零壹元整"),
    ("1000100000.00", "人民币壹拾亿零壹拾万元整"),
    ("1050000000.00", "人民币壹拾亿零伍仟万元整"),
    ("0.05", "人民币伍分"),
    ("0.90", "人民币玖角整"),
    ("50.05", "人民币伍拾元零伍分"),
    ("1010.00", "人民币壹仟零壹拾元整"),
    ("10010.00", "人民币壹万零壹拾元整"),
    ("110000.00", "人民币壹拾壹万元整"),
    ("200000.05", "人民币贰拾万元零伍分"),
    ("1000500.00", "人民币壹佰万零伍佰元整"),
    ("30005000.00", "人民币叁仟万零伍仟元整"),
    ("99999999.99", "人民币玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ("123456789.12", "人民币壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元壹角贰分"),
    ("500000000.00", "人民币伍亿元整"),
    ("501000000.00", "人民币伍亿零壹佰万元整"),
    ("7008000009.10", "人民币柒拾亿零捌佰万零玖元壹角整"),
    ("1000000000000.00", "人民币壹万亿元整"),
]


def fen(text: str) -> int:
    return int(Decimal(text) * 100)


@pytest.mark.parametrize(("amount", "forms"), [(amount, forms) for amount, *forms in PUBLISHED])
def test_every_published_form_is_read_and_the_canonical_form_is_among_them(amount: str, forms: list[str]) -> None:
    assert capital_amount(fen(amount)) in forms
    assert [parse_capital_amount(form) for form in forms] == [fen(amount)] * len(forms)


@pytest.mark.parametrize(("amount", "form"), BY_HAND)
def test_amounts_written_out_by_hand(amount: str, form: str) -> None:
    assert parse_capital_amount(form) == fen(amount)


@pytest.mark.parametrize(("amount", "form"), [pair for pair in BY_HAND if not pair[1].endswith("角整")])
def test_the_canonical_form_of_amounts_that_do_not_end_at_jiao(amount: str, form: str) -> None:
    assert capital_amount(fen(amount)) == form


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("人民币貳佰陸拾圓整", "260.00"),
        ("人民币壹億貳仟萬元正", "120000000.00"),
        ("人民币壹拾元贰角", "10.20"),
        ("人民币壹拾亿伍仟万元整", "1050000000.00"),
    ],
)
def test_traditional_characters_and_optional_zeros_are_read(text: str, amount: str) -> None:
    assert parse_capital_amount(text) == fen(amount)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("壹佰元整", "does not begin with 人民币"),
        ("人民币 壹佰元整", "is not an amount in capitals"),
        ("人民币一百元整", "contains '一'"),
        ("人民币壹佰另伍元整", "contains '另'"),
        ("人民币贰佰〇伍元整", "contains '〇'"),
        ("人民币两佰元整", "contains '两'"),
        ("人民币100元整", "contains '1'"),
        ("人民币壹佰元", "write 人民币壹佰元整"),
        ("人民币拾元整", "write 人民币壹拾元整"),
        ("人民币拾万元整", "write 人民币壹拾万元整"),
        ("人民币壹佰伍元整", "write 人民币壹佰零伍元整"),
        ("人民币壹佰零零伍元整", "write 人民币壹佰零伍元整"),
        ("人民币壹元伍分", "write 人民币壹元零伍分"),
        ("人民币壹元零伍分整", "write 人民币壹元零伍分"),
        ("人民币零元伍角", "is not"),
        ("人民币伍角零分", "is not"),
        ("人民币零元整", "is not"),
        ("人民币元整", "is not"),
        ("人民币壹万壹万元整", "is not"),
        ("人民币壹佰万柒佰元整", "write 人民币壹佰万零柒佰元整"),
        ("人民币", "is not"),
        ("", "does not begin with 人民币"),
    ],
)
def test_what_the_rules_forbid_is_refused_with_the_reason(text: str, because: str) -> None:
    with pytest.raises(BadCapitalAmount, match=because):
        parse_capital_amount(text)


@pytest.mark.parametrize("amount_fen", [0, -1, 10**15 + 1])
def test_amounts_outside_a_fen_to_ten_trillion_have_no_form(amount_fen: int) -> None:
    with pytest.raises(ValueError, match="must lie between 1 and 1000000000000000 fen"):
        capital_amount(amount_fen)


@given(st.integers(1, 10**14))
def test_what_is_written_is_read_back_from_a_fen_to_a_trillion_yuan(amount_fen: int) -> None:
    text = capital_amount(amount_fen)
    assert parse_capital_amount(text) == amount_fen
    assert "零零" not in text
    assert text.endswith(("整", "分", "角"))


@given(st.integers(1, 9), st.integers(0, 13), st.integers(1, 9), st.integers(0, 13))
def test_two_digits_anywhere_keep_their_places(left: int, high: int, right: int, low: int) -> None:
    amount = left * 10**high + right * 10**low
    assert parse_capital_amount(capital_amount(amount)) == amount


@given(st.text("零壹贰叁伍玖拾佰仟万亿元角分整", max_size=12))
def test_no_text_of_these_characters_is_read_as_an_amount_that_would_be_written_otherwise(body: str) -> None:
    try:
        amount = parse_capital_amount("人民币" + body)
    except BadCapitalAmount:
        return
    assert capital_amount(amount).replace("零", "").rstrip("整") == ("人民币" + body).replace("零", "").rstrip("整")
