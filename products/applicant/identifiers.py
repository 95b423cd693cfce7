"""Check characters of the unified social credit code (GB 32100-2015) and of Chinese patent numbers (ZC 0006-2003).

Each check exists twice, with the same tables: for one text, with a sentence that names the expected character, and for
a column of texts as ASCII bytes. The column form answers with booleans only.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import numpy.typing as npt

from products.applicant.choices import IpKind
from products.columns import Bools, Ints

Bytes = npt.NDArray[np.uint8]

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = tuple(3**position % 31 for position in range(17))
_USCC_VALUES: Final = {character: value for value, character in enumerate(_USCC_ALPHABET)}
_USCC_FORM: Final = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}", re.ASCII)

_PATENT_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_PATENT_FORM: Final = re.compile(r"([0-9]{12})\.?([0-9X])", re.ASCII)
_PATENT_CHECKS: Final = "0123456789X"
PATENT_KIND_DIGITS: Final = {
    IpKind.INVENTION_PATENT: "18",
    IpKind.UTILITY_MODEL: "29",
    IpKind.DESIGN: "3",
}
"""The fifth digit of a patent number by kind of asset; 8 and 9 are international applications."""


def uscc_check_character(first_seventeen: str) -> str:
    """The eighteenth character that belongs to the first seventeen; KeyError outside the alphabet."""
    total = sum(
        _USCC_VALUES[character] * weight for character, weight in zip(first_seventeen, _USCC_WEIGHTS, strict=True)
    )
    return _USCC_ALPHABET[-total % 31]


def uscc_fault(code: str) -> str | None:
    """What is wrong with a unified social credit code, as the end of a sentence; None if it is well formed."""
    if not _USCC_FORM.fullmatch(code):
        return (
            "must have 18 characters: two letters or digits, a six-digit division code and ten letters or digits, "
            "capitals without I, O, S, V and Z"
        )
    expected = uscc_check_character(code[:17])
    if code[17] != expected:
        return f"ends in {code[17]}, but its first 17 characters call for {expected}; look for a mistyped character"
    return None


def patent_check_character(twelve_digits: str) -> str:
    """The check character that follows the twelve digits of a patent number."""
    total = sum(int(digit) * weight for digit, weight in zip(twelve_digits, _PATENT_WEIGHTS, strict=True))
    return _PATENT_CHECKS[total % 11]


def patent_number_fault(number: str, kind: IpKind) -> str | None:
    """What is wrong with the number of a patent of that kind, as the end of a sentence; None if it is well formed."""
    parts = _PATENT_FORM.fullmatch(number)
    if parts is None:
        return "must be 12 digits and a check character, with or without a dot between them, without the prefix ZL"
    digits, check = parts.groups()
    expected = patent_check_character(digits)
    if check != expected:
        return (
            f"ends in {check}, but its 12 digits call for {expected} ({digits}.{expected}); look for a mistyped digit"
        )
    if digits[4] not in PATENT_KIND_DIGITS[kind]:
        allowed = " or ".join(PATENT_KIND_DIGITS[kind])
        return (
            f"has {digits[4]} as its fifth digit, but a {kind.en} has {allowed} there; correct the number or the kind"
        )
    return None


def _table(characters: str) -> Ints:
    table = np.full(256, -1, dtype=np.int64)
    for value, character in enumerate(characters):
        table[ord(character)] = value
    return table


_USCC_TABLE: Final = _table(_USCC_ALPHABET)
_DIGIT_TABLE: Final = _table("0123456789")
_CHECK_TABLE: Final = _table(_PATENT_CHECKS)


def uscc_column_valid(codes: Bytes) -> Bools:
    """Which of n codes are well formed; ``codes`` uint8 of shape (n, 18)."""
    values = _USCC_TABLE[codes]
    total = values[:, :17] @ np.array(_USCC_WEIGHTS, dtype=np.int64)
    valid: Bools = (values >= 0).all(axis=1) & (values[:, 17] == -total % 31)
    return valid & (_DIGIT_TABLE[codes[:, 2:8]] >= 0).all(axis=1)


def patent_column_valid(numbers: Bytes, kinds: Ints) -> Bools:
    """Which of n patent numbers without dot are well formed and agree with their kind.

    ``numbers`` uint8 of shape (n, 13); ``kinds`` int64 positions in `IpKind`, all of them patents.
    """
    digits = _DIGIT_TABLE[numbers[:, :12]]
    total = digits @ np.array(_PATENT_WEIGHTS, dtype=np.int64)
    valid: Bools = (digits >= 0).all(axis=1) & (_CHECK_TABLE[numbers[:, 12]] == total % 11)
    agrees = np.zeros(len(numbers), dtype=np.bool_)
    for kind, allowed in PATENT_KIND_DIGITS.items():
        agrees |= (kinds == kind.position) & np.isin(digits[:, 4], [int(digit) for digit in allowed])
    return valid & agrees
