"""``kedai products`` and ``kedai programmes``: what is on offer, and the terms in force on a day."""

from __future__ import annotations

import typer

import products as domain
from api import describing
from api.cli import lists
from api.cli.failures import BAD_INPUT, fail, reported
from api.cli.inputs import day_or_today, settings
from api.connections import database_at
from api.revisions_reading import with_stored_revisions


def products(slug: str | None, *, revision: str | None, on: str | None, as_json: bool) -> None:
    """List the products, or describe one of them on a day."""
    with reported():
        use = settings()
        installed = domain.load_catalogue(strict=use.strict_plugins)
        catalogue = with_stored_revisions(installed, database_at(use.database_url), use.organisation)
        if slug is None:
            listed = describing.product_list(catalogue)
            typer.echo(listed.model_dump_json(indent=2)) if as_json else lists.show_products(listed)
            return
        terms = describing.product_terms(catalogue, slug, revision=revision, on=day_or_today(on, use))
        typer.echo(terms.model_dump_json(indent=2)) if as_json else lists.show_product(terms)


def programmes(slug: str | None, *, on: str | None, as_json: bool) -> None:
    """List the programmes, or describe one of them on a day."""
    with reported():
        use = settings()
        catalogue = domain.load_catalogue(strict=use.strict_plugins)
        if slug is None:
            listed = describing.programme_list(catalogue)
            typer.echo(listed.model_dump_json(indent=2)) if as_json else lists.show_programmes(listed)
            return
        if slug not in catalogue.programmes:
            fail(BAD_INPUT, f"There is no programme {slug!r}; there are {', '.join(catalogue.programmes)}.")
        terms = describing.programme_terms(catalogue.programmes[slug], on=day_or_today(on, use))
        typer.echo(terms.model_dump_json(indent=2)) if as_json else lists.show_programme(terms)
