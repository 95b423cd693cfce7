"""Routes that read the products and guarantee programmes, and the terms in force on a day."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter

from api.describing import (
    ProductList,
    ProductTerms,
    ProgrammeList,
    ProgrammeTermsAnswer,
    product_list,
    product_terms,
    programme_list,
    programme_terms,
)
from api.web.office import OfficeHere
from api.web.openapi import problems
from api.web.parameters import InForceOnQuery, ProductOnQuery
from api.web.problems import NotFoundError

router = APIRouter(prefix="/v1", tags=["catalogue"])

FOR_ONE = problems(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)


@router.get("/products", summary="List the products")
def list_products(office: OfficeHere) -> ProductList:
    """Every product with its revisions, and the plugins that could not be taken in."""
    return product_list(office.underwriter.catalogue)


@router.get("/products/{slug}", summary="Read a product's terms", responses=FOR_ONE)
def read_product(slug: str, query: ProductOnQuery, office: OfficeHere) -> ProductTerms:
    """One product, or one of its revisions, with its rules and the terms in force on a day."""
    on = query.on or office.today()
    return product_terms(office.underwriter.catalogue, slug, revision=query.revision, on=on)


@router.get("/programmes", summary="List the guarantee programmes")
def list_programmes(office: OfficeHere) -> ProgrammeList:
    """Every guarantee programme."""
    return programme_list(office.underwriter.catalogue)


@router.get("/programmes/{slug}", summary="Read a programme's terms", responses=FOR_ONE)
def read_programme(slug: str, query: InForceOnQuery, office: OfficeHere) -> ProgrammeTermsAnswer:
    """One guarantee programme with its rules and the terms in force on a day."""
    programmes = office.underwriter.catalogue.programmes
    if slug not in programmes:
        raise NotFoundError("programme", slug, f"There are {', '.join(programmes)}.")
    return programme_terms(programmes[slug], on=query.on or office.today())
