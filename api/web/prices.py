"""Routes that price: an application, or terms before there is one. Nothing is stored."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter

import products
from api.pricing import priced_application, priced_terms, read_terms
from api.web.body import JsonBody
from api.web.office import OfficeHere
from api.web.openapi import DECIDING, application_body, problems, question_body
from api.web.parameters import DecidedAsOfQuery, PricedAsOfQuery
from products.costs.terms_price import Terms
from products.money import ONE

router = APIRouter(prefix="/v1", tags=["prices"])

EXAMPLE = {
    "product": "innovation-credit",
    "amount": "5000000.00",
    "term_months": 24,
    "repayment": "equal_principal",
    "default_probability": "0.02",
    "fee_rate": "0.008",
}


@router.post("/prices", summary="Price an application", openapi_extra=application_body(), responses=problems(*DECIDING))
def price_application(payload: JsonBody, query: PricedAsOfQuery, office: OfficeHere) -> products.PriceSheet:
    """The price sheet of an application as it would be decided: components, bounds, annual rates, schedule,
    sensitivity."""
    rate = None if query.loan_rate is None else int(query.loan_rate * ONE)
    return priced_application(payload, office.underwriter, on=query.on or office.today(), loan_rate_ppm=rate)


@router.post(
    "/prices/terms",
    summary="Price given terms",
    openapi_extra=question_body(Terms, EXAMPLE),
    responses=problems(HTTPStatus.NOT_FOUND, *DECIDING),
)
def price_given_terms(payload: JsonBody, query: DecidedAsOfQuery, office: OfficeHere) -> products.PriceSheet:
    """The price sheet of an amount, term, repayment and default probability under a product's costs and bounds."""
    underwriter = office.underwriter
    return priced_terms(read_terms(payload, underwriter), underwriter, on=query.on or office.today())
