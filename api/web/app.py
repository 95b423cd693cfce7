"""The application that a server runs: `create_app` for tests and embedding, `serve` for a process of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version

from fastapi import FastAPI

from api import wiring
from api.settings import Settings, read_settings
from api.web import (
    backtests,
    catalogue,
    comparisons,
    contracts,
    decisions,
    headroom,
    health,
    papers,
    plugins,
    portfolio,
    portfolio_problems,
    prices,
    problems,
    product_table,
    revision_problems,
    revisions,
    shadows,
    tariff,
    text_problems,
    texts,
    trials,
)
from api.web.openapi import describe

DESCRIPTION = """
An application of a sci-tech enterprise in, a priced and guaranteed decision and its contract drafts out.
Amounts are decimal strings in yuan, rates and shares decimal fractions as strings, dates YYYY-MM-DD.
Stored answers carry their SHA-256 in `Repr-Digest`; every error is a problem detail (RFC 9457).
"""


def create_app(settings: Settings) -> FastAPI:
    """The application with its objects in ``app.state.office``; the database is prepared before the first request."""
    app = FastAPI(
        title="kedai 科贷",
        version=version("kedai"),
        description=DESCRIPTION,
        lifespan=_lifespan,
        # Their pages load scripts from elsewhere; a bank's network has no way there.
        docs_url=None,
        redoc_url=None,
    )
    app.state.office = wiring.office(settings)
    for module in (
        decisions,
        headroom,
        portfolio,
        tariff,
        contracts,
        papers,
        texts,
        product_table,
        catalogue,
        prices,
        comparisons,
        revisions,
        backtests,
        trials,
        shadows,
        plugins,
        health,
    ):
        app.include_router(module.router)
    problems.install(app)
    revision_problems.install(app)
    portfolio_problems.install(app)
    text_problems.install(app)
    plugins.install(app)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]  # FastAPI's documented way
    return app


def from_environment() -> FastAPI:
    """The application for a server process; its settings are the environment's."""
    return create_app(read_settings(os.environ))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.office.close()
