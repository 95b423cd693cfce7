"""One byte form of a JSON value: equal things have equal digests."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.canonical import canonical_json, digest

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner))


def test_keys_are_sorted_and_nothing_is_spaced_or_escaped() -> None:
    assert canonical_json({"b": [1, None], "a": "比例"}) == '{"a":"比例","b":[1,null]}'.encode()


def test_the_digest_is_the_sha_256_of_the_bytes() -> None:
    # SHA-256 of the two bytes {}
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert digest([1]) == hashlib.sha256(b"[1]").hexdigest()


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=5))
def test_the_order_in_which_keys_were_written_does_not_matter(value: dict[str, object]) -> None:
    assert digest(value) == digest(dict(reversed(value.items())))


@given(VALUES, VALUES)
def test_different_values_have_different_digests(one: object, other: object) -> None:
    assert (digest(one) == digest(other)) is (canonical_json(one) == canonical_json(other))


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="Decimal"):
        digest({"a": Decimal(1)})
    with pytest.raises(ValueError, match="not JSON compliant"):
        digest(float("nan"))
