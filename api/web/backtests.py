"""The route that decides past applications with realised outcomes anew."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.backtests.backtesting import Lineup, run_backtest
from api.backtests.files import with_outcomes
from api.web.office import FAULTS_LOGGED, OfficeHere
from api.web.openapi import DECIDING, problems
from api.web.parameters import Day, Parameters, Slug
from api.web.uploads import Upload, file_body
from products.trials.backtest_report import BacktestReport

router = APIRouter(prefix="/v1/backtests", tags=["backtests"], dependencies=[FAULTS_LOGGED])

Named = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class Contest(Parameters):
    """Parameters of a backtest."""

    product: Slug = Field(description="the product that decides")
    champion: Named | None = Field(default=None, description="revision by slug or id; the product's own terms if not")
    revision: list[Named] = Field(default=[], max_length=8, description="challengers: revisions by slug or id")
    terms_of: Day | None = Field(default=None, description="day whose terms apply; today at the bank if left out")
    on: Day | None = Field(default=None, description="the day of decision; today at the bank if left out")
    until: Day | None = Field(default=None, description="last day on which outcomes were observed; today if left out")


@router.post(
    "",
    summary="Try terms on past applications with realised outcomes",
    openapi_extra=file_body(),
    responses=problems(*DECIDING, HTTPStatus.NOT_FOUND),
)
def run(file: Upload, query: Annotated[Contest, Query()], office: OfficeHere) -> BacktestReport:
    """Loss, return and calls on the guarantee by score band, for champion and challengers. Nothing is stored."""
    today = office.today()
    until = query.until or today
    lineup = Lineup(
        product=query.product, champion=query.champion, revisions=tuple(query.revision), tariffs={}, scorecards={}
    )
    return run_backtest(
        office.desk,
        lineup,
        with_outcomes(file, until=until),
        office.underwriter.scorecard,
        day=query.terms_of or today,
        on=query.on or today,
        until=until,
        source="uploaded file",
    )
