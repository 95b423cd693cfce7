"""A portfolio and its losses as a client sends them: the same columns as a file's, as JSON."""

from __future__ import annotations

from typing import Annotated

import pyarrow as pa
from pydantic import Field, StrictBool, StrictInt

from products.applicant.reading import Problem
from products.asked import InvalidQuestion, read_question
from products.portfolio import GuaranteedLoans, LossRecord
from products.portfolio_tables import UnusableTable, loans_from, losses_from
from products.revising.content import Line, Written
from products.vocabulary import PARTIES

PORTFOLIO = "portfolio"
"""What a body that cannot be used was to be."""
MOST_LOANS = 100_000
Yuan = Annotated[str, Field(max_length=20, description='decimal string in yuan, such as "1000000.00"')]


class LoanEntry(Written):
    """One guaranteed loan. What the parties bear adds up to its amount."""

    client: Line = Field(description="under which a client's loans add up")
    amount: Yuan
    small_business: StrictBool = Field(description="small or micro enterprise, or agricultural")
    fee: Yuan = Field(description="guarantee fee of one year")
    charged_on: Yuan | None = Field(default=None, description="what the fee is charged on; the amount if left out")
    bank: Yuan = "0.00"
    guarantor: Yuan = "0.00"
    province: Yuan = "0.00"
    fund: Yuan = "0.00"
    local_government: Yuan = "0.00"


class LossEntry(Written):
    """One loan released in the period."""

    principal: Yuan
    days: Annotated[StrictInt, Field(ge=0, le=36_600)] = Field(description="of the period for which it stood")
    compensation: Yuan = "0.00"


class PortfolioBody(Written):
    """Loans to be measured, or none to measure the stored approvals, and the losses of a period."""

    loans: Annotated[tuple[LoanEntry, ...], Field(max_length=MOST_LOANS)] | None = None
    losses: Annotated[tuple[LossEntry, ...], Field(max_length=MOST_LOANS)] | None = None


def read_portfolio(payload: bytes) -> tuple[GuaranteedLoans | None, LossRecord | None]:
    """The loans and losses in a JSON payload; InvalidQuestion with every problem in it."""
    body = read_question(payload, PortfolioBody, what=PORTFOLIO, most_bytes=len(payload))
    return _loans(body), _losses(body)


def _loans(body: PortfolioBody) -> GuaranteedLoans | None:
    if body.loans is None:
        return None
    texts = {name: [getattr(one, name) for one in body.loans] for name in ("client", "amount", "fee", *PARTIES)}
    texts["charged_on"] = [one.charged_on or one.amount for one in body.loans]
    columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    flags = {"small_business": pa.array([one.small_business for one in body.loans], pa.bool_())}
    try:
        return loans_from(pa.table(columns | flags))
    except UnusableTable as error:
        raise InvalidQuestion(PORTFOLIO, (Problem("loans", str(error)),)) from None


def _losses(body: PortfolioBody) -> LossRecord | None:
    if body.losses is None:
        return None
    columns = {
        "principal": pa.array([one.principal for one in body.losses], pa.string()),
        "days": pa.array([one.days for one in body.losses], pa.int64()),
        "compensation": pa.array([one.compensation for one in body.losses], pa.string()),
    }
    try:
        return losses_from(pa.table(columns))
    except UnusableTable as error:
        raise InvalidQuestion(PORTFOLIO, (Problem("losses", str(error)),)) from None
