"""Long runs, behind `make test-slow`: a large population decided whole and in pieces, over and over."""

from __future__ import annotations

import resource
from datetime import date

import numpy as np
import pytest

import products
import scoring
from products.kernel import decide
from products.population import population

pytestmark = pytest.mark.slow
ON = date(2026, 12, 31)


@pytest.mark.parametrize("slug", ["innovation-credit", "ip-pledge"])
def test_two_hundred_thousand_applications_answer_alike_whole_and_in_shuffled_pieces(slug: str) -> None:
    offering = products.load_catalogue(strict=True).offering(slug, None)
    scorecard = scoring.load(scoring.DEMO_ARTEFACT)
    applications = population(200_000, seed=7)
    whole = decide(applications, offering, scorecard, on=ON)
    order = np.random.default_rng(7).permutation(applications.n)
    for rows in np.array_split(order, 7):
        piece = decide(applications.take(rows), offering, scorecard, on=ON)
        assert (piece.answers == whole.answers[:, rows]).all()
        assert (piece.considered == whole.considered[rows]).all()
        for of in (lambda part: part.case.prices.all_in, lambda part: part.case.fees.amount):
            assert (piece.gather(of) == whole.gather(of)[rows]).all()


def test_deciding_over_and_over_does_not_grow() -> None:
    catalogue = products.load_catalogue(strict=True)
    scorecard = scoring.load(scoring.DEMO_ARTEFACT)
    applications = population(20_000, seed=8)

    def decide_often(times: int) -> int:
        for _ in range(times):
            decide(applications, catalogue.offering("ip-pledge", None), scorecard, on=ON)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    settled = decide_often(20)
    assert (
        decide_often(100) - settled < 50_000
    )  # kilobytes: a leak of one batch of columns a run would be ten times that
