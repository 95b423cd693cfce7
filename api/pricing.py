"""From the bytes of an application or of terms to a price sheet; nothing is stored."""

from __future__ import annotations

from datetime import date

import products
from api.underwriting import Underwriter
from products.applicant.reading import Problem
from products.asked import InvalidQuestion, read_question
from products.costs.price_sheet import price_sheet
from products.costs.terms_price import TERMS, Terms, price_terms


def priced_application(
    payload: bytes, underwriter: Underwriter, *, on: date, loan_rate_ppm: int | None = None
) -> products.PriceSheet:
    """The price sheet of the application in ``payload``, beside what the applicant holds in reservations.

    products.InvalidApplication; products.NothingToPrice.
    """
    application = products.read_application(payload, most_bytes=underwriter.application_limit_bytes)
    return price_sheet(
        application,
        catalogue=underwriter.catalogue,
        scorecard=underwriter.scorecard,
        on=on,
        loan_rate_ppm=loan_rate_ppm,
        reservations=underwriter.reservations(application.enterprise.uscc),
    )


def read_terms(payload: bytes, underwriter: Underwriter) -> Terms:
    """The terms in ``payload``. InvalidQuestion."""
    return read_question(payload, Terms, what=TERMS, most_bytes=underwriter.application_limit_bytes)


def priced_terms(terms: Terms, underwriter: Underwriter, *, on: date) -> products.PriceSheet:
    """The price sheet of given terms. InvalidQuestion for an unknown product; products.NotInForce."""
    try:
        return price_terms(terms, catalogue=underwriter.catalogue, on=on)
    except products.UnknownOffering as error:
        raise InvalidQuestion(TERMS, (Problem(error.field, str(error), error.slug),)) from None
