"""Check characters: published codes pass, every single slip is caught, columns agree with single texts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.applicant.choices import IpKind
from products.applicant.identifiers import (
    PATENT_KIND_DIGITS,
    patent_column_valid,
    patent_number_fault,
    uscc_column_valid,
    uscc_fault,
)
from tests.products.applications import patent_numbers, uscc_codes

PATENTS = tuple(PATENT_KIND_DIGITS)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    "code",
    [
        "91110000600037341L",  # an example published with the python-stdnum library
        "914403001922038216",  # the registered code of Huawei Technologies
        "9144030071526726XG",  # the registered code of Tencent Computer Systems
    ],
)
def test_registered_codes_are_well_formed(code: str) -> None:
    assert uscc_fault(code) is None


def test_a_wrong_check_character_is_named_with_the_right_one() -> None:
    # 9 + 1x3 + 1x9 + 1x27 + 6x20 + 3x8 + 7x24 + 3x10 + 4x30 + 1x28 = 538 = 17 x 31 + 11; 31 - 11 = 20 stands for L.
    fault = uscc_fault("91110000600037341M")
    assert fault == "ends in M, but its first 17 characters call for L; look for a mistyped character"


@pytest.mark.parametrize(
    "code",
    ["", "91110000600037341", "91110000600037341L0", "9111000O600037341L", "91110000600037341l", "９1110000600037341L"],
)
def test_a_code_of_another_form_is_told_the_form(code: str) -> None:
    fault = uscc_fault(code)
    assert fault is not None
    assert fault.startswith("must have 18 characters")


@given(uscc_codes(), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_every_single_slip_in_a_code_is_caught(code: str, place: int, character: str) -> None:
    slipped = code[:place] + character + code[place + 1 :]
    assert (uscc_fault(slipped) is None) == (slipped == code)


@pytest.mark.parametrize("number", ["201710911092.2", "2017109110922", "200310102344.5"])
def test_published_patent_numbers_are_well_formed(number: str) -> None:
    assert patent_number_fault(number, IpKind.INVENTION_PATENT) is None


def test_the_check_character_of_a_patent_may_be_x() -> None:
    # 2x2 + 0x3 + 1x4 + 5x5 + 1x6 + 3x5 = 4 + 4 + 25 + 6 + 15 = 54 = 4 x 11 + 10, and 10 is written X.
    assert patent_number_fault("201510000003.X", IpKind.INVENTION_PATENT) is None


def test_a_wrong_patent_number_is_told_the_expected_form() -> None:
    fault = patent_number_fault("201710911092.3", IpKind.INVENTION_PATENT)
    assert fault == "ends in 3, but its 12 digits call for 2 (201710911092.2); look for a mistyped digit"


def test_the_fifth_digit_must_agree_with_the_kind() -> None:
    fault = patent_number_fault("201710911092.2", IpKind.UTILITY_MODEL)
    assert fault == ("has 1 as its fifth digit, but a utility model has 2 or 9 there; correct the number or the kind")


@pytest.mark.parametrize(
    "number", ["ZL201710911092.2", "201710911092", "20171091109.2", "201710911092.x", "2017109110922\n"]
)
def test_a_patent_number_of_another_form_is_told_the_form(number: str) -> None:
    fault = patent_number_fault(number, IpKind.INVENTION_PATENT)
    assert fault is not None
    assert fault.startswith("must be 12 digits and a check character")


@given(st.lists(st.tuples(uscc_codes(), st.integers(0, 17), st.sampled_from(ALPHABET + "OIZ ")), min_size=1))
def test_a_column_of_codes_is_judged_as_each_code_is(rows: list[tuple[str, int, str]]) -> None:
    codes = [code[:place] + character + code[place + 1 :] for code, place, character in rows]
    matrix = np.array([list(code.encode()) for code in codes], dtype=np.uint8)
    assert uscc_column_valid(matrix).tolist() == [uscc_fault(code) is None for code in codes]


@given(st.data())
def test_a_column_of_patent_numbers_is_judged_as_each_number_is(data: st.DataObject) -> None:
    numbers, kinds = [], []
    for _ in range(data.draw(st.integers(1, 8))):
        made_for, claimed = data.draw(st.sampled_from(PATENTS)), data.draw(st.sampled_from(PATENTS))
        digits = list(data.draw(patent_numbers(made_for)).replace(".", ""))
        digits[data.draw(st.integers(0, 12))] = data.draw(st.sampled_from("0123456789"))
        numbers.append("".join(digits))
        kinds.append(claimed)
    matrix = np.array([list(number.encode()) for number in numbers], dtype=np.uint8)
    positions = np.array([kind.position for kind in kinds])
    expected = [patent_number_fault(number, kind) is None for number, kind in zip(numbers, kinds, strict=True)]
    assert patent_column_valid(matrix, positions).tolist() == expected
