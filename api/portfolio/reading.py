"""Portfolios out of the stored decisions, out of Parquet files, and out of what a client sends; measured alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Engine, select
from sqlmodel import col

from api.portfolio.answers import PortfolioAnswer, portfolio_answer
from api.storage.tables import Decision
from products.guarantee.library import Library
from products.guarantee.rulebook import RuleBook
from products.portfolio import GuaranteedLoans, LossRecord, portfolio_view
from products.portfolio_decisions import DecidedLoan, collected
from products.portfolio_tables import UnusableTable, loans_from, losses_from
from products.portfolio_words import limits_of
from products.product import Programme

BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsOf:
    """Which stored approvals make a portfolio; None does not restrict. Both days are included."""

    programme: str | None = None
    product: str | None = None
    decided_from: date | None = None
    decided_to: date | None = None


def of_decisions(
    engine: Engine,
    organisation: str,
    programmes: Mapping[str, Programme],
    which: DecisionsOf,
    *,
    on: date,
    losses: LossRecord | None = None,
) -> tuple[PortfolioAnswer, ...]:
    """One portfolio for each programme that stored approvals stand under, against its terms of a day.

    A programme asked for is measured even where nothing stands under it. NotInForce if it had no terms on that day.
    """
    by_programme: dict[str, list[tuple[str, DecidedLoan]]] = {which.programme: []} if which.programme else {}
    for programme, client, body in _approved(engine, organisation, which):
        by_programme.setdefault(programme, []).append((client, DecidedLoan.model_validate_json(body)))
    found = []
    for slug, decisions in sorted(by_programme.items()):
        if slug in programmes:
            some = collected(decisions)
            found.append(measured(some.loans, programmes[slug], on=on, losses=losses, repeated=some.repeated))
    return tuple(found)


def measured(
    loans: GuaranteedLoans,
    programme: Programme | RuleBook,
    *,
    on: date,
    losses: LossRecord | None = None,
    repeated: int = 0,
) -> PortfolioAnswer:
    """Loans against the terms of a programme or rule book on a day; NotInForce if it has none."""
    limits = limits_of(programme, on)
    view = portfolio_view(loans, limits.conditions, losses=losses)
    return portfolio_answer(view, limits, clients=len(np.unique(loans.client)), repeated=repeated)


def _approved(engine: Engine, organisation: str, which: DecisionsOf) -> Iterator[tuple[str, str, bytes]]:
    query = (
        select(col(Decision.programme), col(Decision.applicant_uscc), col(Decision.body))
        .where(col(Decision.organisation_id) == organisation, col(Decision.outcome) == "approve")
        .order_by(col(Decision.id))
    )
    if which.programme is not None:
        query = query.where(col(Decision.programme) == which.programme)
    if which.product is not None:
        query = query.where(col(Decision.product) == which.product)
    if which.decided_from is not None:
        query = query.where(col(Decision.decided_on) >= which.decided_from)
    if which.decided_to is not None:
        query = query.where(col(Decision.decided_on) <= which.decided_to)
    with engine.connect() as connection:
        for row in connection.execution_options(yield_per=BATCH).execute(query):
            yield row.programme, row.applicant_uscc, row.body


def measuring(programmes: Mapping[str, Programme], library: Library) -> dict[str, Programme | RuleBook]:
    """What loans in yuan can be measured against: the programmes, and the rule books in yuan."""
    return {**{slug: one for slug, one in library.books.items() if one.currency == "CNY"}, **programmes}


def loans_in(path: Path) -> GuaranteedLoans:
    """The loans in a Parquet file; UnusableTable if it cannot be read or used."""
    return loans_from(_table(path))


def losses_in(path: Path) -> LossRecord:
    """The losses in a Parquet file; UnusableTable if it cannot be read or used."""
    return losses_from(_table(path))


def _table(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise UnusableTable(f"{path}: The file cannot be read ({error}). Give a Parquet file.") from error
