"""Query parameters of the routes; anything not declared here is refused, not ignored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from fastapi import Header, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from api.days import iso_day
from api.storage.ids import is_id
from products.explaining.answer import Outcome
from products.vocabulary import Tier

GREATEST_PAGE: Final = 200


def cursor_text(text: object) -> str:
    """The cursor of a page. ValueError for anything that is none."""
    if isinstance(text, str) and is_id(text):
        return text
    raise ValueError("This is no cursor; take the value of next_cursor from the page before, or leave it out.")


Day = Annotated[date, BeforeValidator(iso_day), WithJsonSchema({"type": "string", "format": "date"})]


Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Uscc = Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]


IdempotencyKey = Annotated[
    str | None,
    Header(
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="a name for this request, 1 to 255 visible ASCII characters; a UUID serves well",
    ),
]


class Parameters(BaseModel):
    """Base of the parameters in an address: nothing unknown accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DecidedAsOf(Parameters):
    """Parameters of requests that decide."""

    on: Day | None = Field(default=None, description="the day to decide as of; today at the bank if left out")


class PricedAsOf(DecidedAsOf):
    """Parameters of requests for the price of an application."""

    loan_rate: Annotated[Decimal, Field(ge=0, le=10, decimal_places=6)] | None = Field(
        default=None, description="an annual rate to look at instead of the one that the decision sets, as 0.0385"
    )


class InForceOn(Parameters):
    """Parameters of requests for the catalogue."""

    on: Day | None = Field(default=None, description="the day whose terms are asked for; today at the bank if left out")


class ProductOn(InForceOn):
    """Parameters of the request for one product."""

    revision: Slug | None = Field(default=None, description="slug of a revision; the plugin's own terms if not given")


class ComparedFor(InForceOn):
    """Parameters of the comparison of products."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    tier: Tier = Field(default=Tier.TIER_1, alias="class", description="class of enterprise that the table is for")


class Page(Parameters):
    """Parameters of the list of decisions."""

    limit: int = Field(default=50, ge=1, le=GREATEST_PAGE, description="how many decisions the page holds at most")
    cursor: Annotated[str, BeforeValidator(cursor_text)] | None = Field(
        default=None, description="next_cursor of the page before"
    )
    outcome: Outcome | None = Field(default=None, description="only decisions with this outcome")
    product: Slug | None = Field(default=None, description="only decisions on this product")
    applicant: Uscc | None = Field(
        default=None,
        description="only decisions about the enterprise with this unified social credit code",
    )


PricedAsOfQuery = Annotated[PricedAsOf, Query()]
DecidedAsOfQuery = Annotated[DecidedAsOf, Query()]
InForceOnQuery = Annotated[InForceOn, Query()]
ComparedForQuery = Annotated[ComparedFor, Query()]
ProductOnQuery = Annotated[ProductOn, Query()]
PageQuery = Annotated[Page, Query()]
