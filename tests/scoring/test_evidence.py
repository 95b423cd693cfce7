"""Weight of evidence in one shape: rising, falling, or with one peak or valley."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import isotonic_regression

from scoring.evidence import evidence_tables

Floats = npt.NDArray[np.float64]
COUNTS = st.lists(st.integers(0, 60).map(lambda bad: (60 - bad, bad)), min_size=2, max_size=9)


def rows_of(counts: list[tuple[int, int]]) -> tuple[npt.NDArray[np.intp], Floats]:
    """Bins and targets of so many paid and defaulted rows per bin."""
    bins = np.concatenate([np.full(paid + bad, place) for place, (paid, bad) in enumerate(counts)])
    target = np.concatenate([np.repeat([0.0, 1.0], pair) for pair in counts])
    return bins.astype(np.intp), target


def table(counts: list[tuple[int, int]], sign: int) -> Floats:
    bins, target = rows_of(counts)
    return evidence_tables(bins[None], target, np.ones(target.size), [len(counts) + 1], [sign]).mains[0][:-1]


def one_peak(values: Floats, weights: Floats) -> tuple[Floats, float]:
    """The nearest sequence with a peak and its squared error, every place of the peak tried with scikit-learn."""
    tried = []
    for peak in range(values.size + 1):
        parts = [
            isotonic_regression(values[part], sample_weight=weights[part], increasing=up)
            for part, up in ((slice(peak), True), (slice(peak, None), False))
            if values[part].size
        ]
        sequence = np.concatenate(parts)
        tried.append((float(weights @ (values - sequence) ** 2), sequence))
    error, sequence = min(tried, key=lambda pair: pair[0])
    return sequence, error


@given(COUNTS)
def test_unsigned_evidence_is_as_near_as_one_peak_or_valley_can_be(counts: list[tuple[int, int]]) -> None:
    paid, bad = np.array(counts, dtype=np.float64).T
    rate, rows = bad / (paid + bad), paid + bad
    error = min(one_peak(rate, rows)[1], one_peak(-rate, rows)[1])
    evidence = table(counts, 0)
    blocks = np.concatenate([[0], np.cumsum(np.diff(evidence) != 0.0)])
    pooled = (np.bincount(blocks, bad) / np.bincount(blocks, rows))[blocks]
    if np.ptp(evidence):  # evidence whose weight comes out as nothing says nothing of its blocks
        assert float(rows @ (rate - pooled) ** 2) <= error + 1e-3


def test_a_bump_in_the_middle_of_a_rising_rate_is_levelled() -> None:
    evidence = table([(95, 5), (80, 20), (90, 10), (60, 40), (40, 60)], 0)
    assert evidence[1] == evidence[2]
    assert evidence[0] < evidence[1] < evidence[3] < evidence[4]


def test_a_valley_stays_a_valley() -> None:
    evidence = table([(50, 50), (80, 20), (95, 5), (80, 20), (50, 50)], 0)
    assert evidence[2] == evidence.min()
    assert evidence[0] > evidence[1] > evidence[2] < evidence[3] < evidence[4]


@given(COUNTS, st.sampled_from([-1, 1]))
def test_signed_evidence_keeps_its_sign(counts: list[tuple[int, int]], sign: int) -> None:
    assert (sign * np.diff(table(counts, sign)) >= 0.0).all()


def test_evidence_is_drawn_to_the_overall_rate_by_twenty_rows() -> None:
    """Two equal halves, 30 of 100 and 10 of 100: (30 + 20 x .2) / (70 + 20 x .8) against .2 / .8, and so on."""
    bins, target = rows_of([(70, 30), (90, 10)])
    tables = evidence_tables(bins[None], target, np.ones(target.size), [3], [0])
    first, second = np.log(34 / 86) - np.log(0.25), np.log(14 / 106) - np.log(0.25)
    assert np.isclose(tables.mains[0][0] / tables.mains[0][1], first / second)
