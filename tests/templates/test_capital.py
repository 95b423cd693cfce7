"""Amounts in capitals: what is read, what is refused and why, and that every amount is read back as it was written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates import BadCapitalAmount, capital_amount, parse_capital_amount


def fen(text: str) -> int:
    return int(Decimal(text) * 100)


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
