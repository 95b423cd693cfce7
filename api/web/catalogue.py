"""Routes that read the products and guarantee programmes, and the terms in force on a day."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter

from api.describing import ProductList, ProductTerms, product_list, product_terms
from api.guarantee_books import (
    ProgrammeList,
    ProgrammeTermsAnswer,
    UnverifiedList,
    known_programmes,
    programme_list,
    programme_terms,
    unverified_list,
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
    """Every guarantee programme: those that decide, the rule books that are compared, and books that were kept out."""
    return programme_list(office.underwriter.catalogue, office.library)


@router.get("/unverified-values", summary="List the unverified values of guarantee programmes")
def list_unverified_values(office: OfficeHere) -> UnverifiedList:
    """Every value of every programme that rests on no text that was read, with what it claims to rest on."""
    return unverified_list(office.underwriter.catalogue, office.library)


@router.get("/programmes/{slug}", summary="Read a programme's terms", responses=FOR_ONE)
def read_programme(slug: str, query: InForceOnQuery, office: OfficeHere) -> ProgrammeTermsAnswer:
    """One guarantee programme with its rules and the terms in force on a day."""
    catalogue, library = office.underwriter.catalogue, office.library
    known = known_programmes(catalogue, library)
    if slug not in known:
        raise NotFoundError("programme", slug, f"There are {', '.join(known)}.")
    return programme_terms(catalogue, library, slug, on=query.on or office.today())
