"""``kedai products`` and ``kedai programmes``: what is on offer, and the terms in force on a day."""

from __future__ import annotations

from pathlib import Path

import typer

from api import describing, wiring
from api.cli import books, lists
from api.cli.failures import BAD_INPUT, fail, reported
from api.cli.inputs import day_or_today, settings
from api.guarantee_books import checked_book, known_programmes, programme_list, programme_terms, unverified_list
from products.explaining.product_table import product_table
from products.vocabulary import TIERS, Tier


def compare(tier: str, *, on: str | None, strict: bool, as_json: bool) -> None:
    """Print the products side by side for a class of enterprise."""
    with reported():
        use = settings(strict=strict)
        if tier not in TIERS:
            fail(BAD_INPUT, f"There is no class {tier!r}; give --class one of: {', '.join(TIERS)}.")
        underwriter = wiring.underwriter_as_stored(use)
        table = product_table(
            underwriter.catalogue, underwriter.scorecard, list(Tier)[TIERS.index(tier)], on=day_or_today(on, use)
        )
    typer.echo(table.model_dump_json(indent=2)) if as_json else lists.show_comparison(table)


def products(slug: str | None, *, revision: str | None, on: str | None, strict: bool, as_json: bool) -> None:
    """List the products, or describe one of them on a day."""
    with reported():
        use = settings(strict=strict)
        catalogue = wiring.catalogue_as_stored(use)
        if slug is None:
            listed = describing.product_list(catalogue)
            typer.echo(listed.model_dump_json(indent=2)) if as_json else lists.show_products(listed)
            return
        terms = describing.product_terms(catalogue, slug, revision=revision, on=day_or_today(on, use))
        typer.echo(terms.model_dump_json(indent=2)) if as_json else lists.show_product(terms)


def programmes(slug: str | None, *, unverified: bool, on: str | None, as_json: bool) -> None:
    """List the programmes or their unverified values, or describe one of them on a day."""
    with reported():
        use = settings()
        catalogue = wiring.catalogue_as_stored(use)
        library = wiring.rule_books(use)
        known = known_programmes(catalogue, library)
        if slug is not None and slug not in known:
            fail(BAD_INPUT, f"There is no programme {slug!r}; there are {', '.join(known)}.")
        if unverified:
            doubted = unverified_list(catalogue, library, of=slug)
            typer.echo(doubted.model_dump_json(indent=2)) if as_json else books.show_unverified(doubted)
        elif slug is None:
            listed = programme_list(catalogue, library)
            typer.echo(listed.model_dump_json(indent=2)) if as_json else books.show_programmes(listed)
        else:
            terms = programme_terms(catalogue, library, slug, on=day_or_today(on, use))
            typer.echo(terms.model_dump_json(indent=2)) if as_json else books.show_programme(terms)


def check(file: Path, *, as_json: bool) -> None:
    """Check a rule book; ends with status 2 if anything is wrong with it."""
    report = checked_book(file)
    typer.echo(report.model_dump_json(indent=2)) if as_json else books.show_report(report)
    if not report.sound:
        raise typer.Exit(BAD_INPUT)
