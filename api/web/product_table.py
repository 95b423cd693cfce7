"""Routes that compare the products for one class of enterprise: as data and as a page."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.products_page import products_html
from api.web.office import Office, OfficeHere
from api.web.openapi import problems
from api.web.parameters import ComparedForQuery
from products.explaining.product_table import ProductTable, product_table

router = APIRouter(tags=["catalogue"])


@router.get(
    "/v1/products/comparison",
    summary="Compare the products for a class of enterprise",
    responses=problems(HTTPStatus.UNPROCESSABLE_ENTITY),
)
def compare_products(query: ComparedForQuery, office: OfficeHere) -> ProductTable:
    """Amounts, terms, collateral, who may apply, rates, fee by score band and shares, with what is unverified."""
    return _compared(query, office)


@router.get(
    "/products",
    summary="The page that compares products",
    response_class=HTMLResponse,
    responses=problems(HTTPStatus.UNPROCESSABLE_ENTITY),
)
def products_page(query: ComparedForQuery, office: OfficeHere) -> HTMLResponse:
    """The same comparison as a page for people."""
    page = products_html(_compared(query, office))
    return HTMLResponse(page, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})


def _compared(query: ComparedForQuery, office: Office) -> ProductTable:
    underwriter = office.underwriter
    found = product_table(underwriter.catalogue, underwriter.scorecard, query.tier, on=query.on or office.today())
    office.faults.store()
    return found
