"""Routes that measure portfolios against what their programmes ask."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import Field

from api.portfolio.answers import PortfolioList
from api.portfolio.bodies import PORTFOLIO, PortfolioBody, read_portfolio
from api.portfolio.reading import DecisionsOf, measured, measuring, of_decisions
from api.web.body import JsonBody
from api.web.office import Office, OfficeHere
from api.web.openapi import DECIDING, problems, question_body
from api.web.parameters import Day, Parameters, Slug
from api.web.problems import NotFoundError
from products.applicant.reading import Problem
from products.asked import InvalidQuestion
from products.guarantee.rulebook import RuleBook
from products.portfolio import LossRecord
from products.product import Programme

router = APIRouter(prefix="/v1/portfolio", tags=["portfolio"])

READING: Final = problems(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)

EXAMPLE: Final = {
    "loans": [
        {
            "client": "91511100MA6XX0TE50",
            "amount": "1000000.00",
            "small_business": True,
            "fee": "5500.00",
            "bank": "200000.00",
            "guarantor": "200000.00",
            "province": "200000.00",
            "fund": "400000.00",
        }
    ],
    "losses": [{"principal": "1000000.00", "days": 365, "compensation": "25000.00"}],
}


class PortfolioOf(Parameters):
    """Parameters of requests for a portfolio."""

    programme: Slug | None = Field(
        default=None, description="the programme whose limits count; each one's own if left out"
    )
    product: Slug | None = Field(default=None, description="only decisions on this product")
    decided_from: Day | None = Field(default=None, description="only decisions from this day on")
    decided_to: Day | None = Field(default=None, description="only decisions up to this day")
    on: Day | None = Field(default=None, description="the day whose limits count; today at the bank if left out")


PortfolioQuery = Annotated[PortfolioOf, Query()]


@router.get("", summary="Measure the stored approvals", responses=READING)
def read_stored_portfolio(query: PortfolioQuery, office: OfficeHere) -> PortfolioList:
    """Average fee, shares and exposures of the approved decisions, one portfolio for each programme."""
    return _stored(query, office, None)


@router.post(
    "",
    summary="Measure loans and losses that are sent",
    openapi_extra=question_body(PortfolioBody, EXAMPLE),
    responses=problems(*DECIDING, HTTPStatus.NOT_FOUND),
)
def measure_portfolio(payload: JsonBody, query: PortfolioQuery, office: OfficeHere) -> PortfolioList:
    """The loans in the body against a programme, or the stored approvals with the losses in the body."""
    loans, losses = read_portfolio(payload)
    if loans is None:
        return _stored(query, office, losses)
    if query.programme is None:
        sentence = "The programme of the loans is missing. Name it with ?programme=."
        raise InvalidQuestion(PORTFOLIO, (Problem("query.programme", sentence),))
    on = query.on or office.today()
    return PortfolioList(items=(measured(loans, _measuring(office, query.programme), on=on, losses=losses),))


def _stored(query: PortfolioOf, office: Office, losses: LossRecord | None) -> PortfolioList:
    if query.programme is not None:
        _programme(office, query.programme)
    which = DecisionsOf(
        programme=query.programme,
        product=query.product,
        decided_from=query.decided_from,
        decided_to=query.decided_to,
    )
    found = of_decisions(
        office.repository.engine,
        office.repository.organisation,
        office.underwriter.catalogue.programmes,
        which,
        on=query.on or office.today(),
        losses=losses,
    )
    return PortfolioList(items=found)


def _measuring(office: Office, slug: str) -> Programme | RuleBook:
    known = measuring(office.underwriter.catalogue.programmes, office.library)
    if slug not in known:
        raise NotFoundError("programme", slug, f"There are {', '.join(known)}.")
    return known[slug]


def _programme(office: Office, slug: str) -> Programme:
    programmes = office.underwriter.catalogue.programmes
    if slug not in programmes:
        raise NotFoundError("programme", slug, f"There are {', '.join(programmes)}.")
    return programmes[slug]
