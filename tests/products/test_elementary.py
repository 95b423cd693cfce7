"""Exponential and logarithm against the C library, and the same bits wherever a value stands."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.costs.elementary import exponential, logarithm


@given(st.floats(-700, 700))
def test_the_exponential_is_that_of_the_c_library(x: float) -> None:
    assert float(exponential(np.array([x]))[0]) == pytest.approx(math.exp(x), rel=1e-15)


@given(st.floats(1e-300, 1e300))
def test_the_logarithm_is_that_of_the_c_library(x: float) -> None:
    assert float(logarithm(np.array([x]))[0]) == pytest.approx(math.log(x), rel=1e-15, abs=1e-15)


def test_exact_values() -> None:
    assert exponential(np.array([0.0])).tolist() == [1.0]
    assert logarithm(np.array([1.0])).tolist() == [0.0]
    assert exponential(np.array([-1e9]))[0] == exponential(np.array([-700.0]))[0]


@given(st.lists(st.floats(1e-9, 30), min_size=1, max_size=40))
def test_a_value_has_the_same_bits_alone_and_in_a_batch(values: list[float]) -> None:
    together = np.array(values)
    for one in (exponential, logarithm):
        assert [float(one(np.array([value]))[0]) for value in values] == one(together).tolist()


@pytest.mark.parametrize("x", [0.0, -1.0, math.nan])
def test_a_logarithm_of_nothing_is_refused(x: float) -> None:
    with pytest.raises(ValueError, match="needs values above zero; apply a floor first"):
        logarithm(np.array([1.0, x]))
