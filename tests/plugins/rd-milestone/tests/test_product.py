"""The product conforms, and its limit is what the bank's rules say."""

from datetime import date

from rd_milestone.product import PRODUCT

import scoring
from products import BANDS, Offering, columns_of, decide
from products.catalogue.innovation_credit import PRODUCT as NEIGHBOUR
from products.programmes.cn_scitech_2024 import PROGRAMME
from products.testing import Result

UNDER_TEST = PRODUCT


def test_conforms(conformity: Result) -> None:
    assert conformity.passed, conformity.problems


def test_the_tariff_of_2026_is_five_hundredths_of_a_percent_cheaper() -> None:
    before, since = (PRODUCT.book.at(day).fee_tariff for day in (date(2025, 12, 31), date(2026, 1, 1)))
    assert ((before - since) == 500).all()


def test_every_band_is_cheaper_than_under_innovation_credit() -> None:
    day = date(2026, 1, 1)
    assert (PRODUCT.book.at(day).fee_tariff < NEIGHBOUR.book.at(day).fee_tariff).all()
    assert len(BANDS) == 5


def test_nothing_is_decided_without_applications() -> None:
    decisions = decide(
        columns_of([]), Offering(PRODUCT, PROGRAMME), scoring.load(scoring.DEMO_ARTEFACT), on=date(2026, 7, 22)
    )
    assert decisions.n == 0
