"""Portfolios, tariffs and backtests: what a bank asks of many loans at once."""

# ruff: noqa: PLC0415 - imports stand in the commands so that each loads only its own part of kedai

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, On


def portfolio(
    loans: Annotated[
        Path | None, typer.Argument(help="Loans as Parquet; the stored approvals of the organisation if left out.")
    ] = None,
    programme: Annotated[
        str | None, typer.Option(help="The programme whose limits count; each one's own if left out.")
    ] = None,
    losses: Annotated[
        Path | None, typer.Option(help="Loans released in the period, with days and compensation, as Parquet.")
    ] = None,
    product: Annotated[str | None, typer.Option(help="Only decisions on this product.")] = None,
    decided_from: Annotated[str | None, typer.Option("--from", help="Only decisions from this day on.")] = None,
    decided_to: Annotated[str | None, typer.Option("--to", help="Only decisions up to this day.")] = None,
    on: Annotated[str | None, typer.Option(help="The day whose limits count; today at the bank if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure a portfolio: average fee, small-business shares, loss rate, exposures. Exit 1 at a broken limit."""
    from api.cli import weighing

    options = weighing.PortfolioOptions(
        loans=loans,
        losses=losses,
        programme=programme,
        product=product,
        decided_from=decided_from,
        decided_to=decided_to,
        on=on,
    )
    weighing.portfolio(options, as_json=as_json)


def tariff(
    product: Annotated[str | None, typer.Argument(help="The product whose fees are to be laid down.")] = None,
    revision: Annotated[str | None, typer.Option(help="A revision of the product.")] = None,
    cells: Annotated[
        Path | None, typer.Option(help="Solve for the cells in this JSON file instead of a product's.")
    ] = None,
    applications: Annotated[int, typer.Option(help="Generated applications to decide.", min=1)] = 10_000,
    seed: Annotated[int, typer.Option(help="Seed of the generated applications.", min=0)] = 1,
    file: Annotated[Path | None, typer.Option(help="Parquet or Arrow file of applications to decide instead.")] = None,
    stored: Annotated[bool, typer.Option("--stored", help="Decide the stored applications instead.")] = False,
    operating: Annotated[str, typer.Option(help="Operating cost of a year, as a fraction of the volume.")] = "0",
    target: Annotated[str | None, typer.Option(help="Highest average fee; the programme's target if left out.")] = None,
    highest: Annotated[
        str | None, typer.Option(help="Highest fee of a cell; the ceilings of product and programme if left out.")
    ] = None,
    lowest: Annotated[str, typer.Option(help="Lowest fee of a cell.")] = "0",
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Solve the fee tariff that covers most while its average keeps to the target. Exit 1 if there is none."""
    from api.cli import tariffing
    from api.cli.failures import BAD_INPUT, fail

    if (product is None) == (cells is None):
        fail(BAD_INPUT, "Name a product, or a file of cells with --cells; one of the two.")
    if cells is not None:
        tariffing.of_cells(cells, as_json=as_json)
    if product is not None:
        options = tariffing.TariffOptions(
            product=product,
            revision=revision,
            on=on,
            applications=applications,
            seed=seed,
            file=file,
            stored=stored,
            operating=operating,
            target=target,
            highest=highest,
            lowest=lowest,
        )
        tariffing.of_product(options, as_json=as_json)


def backtest(
    file: Annotated[Path, typer.Argument(help="Applications with realised outcomes: .parquet, .arrow or .csv.")],
    product: Annotated[str, typer.Option(help="The product that decides.")],
    champion: Annotated[
        str | None, typer.Option(help="Revision that is the champion, by slug or id; the product's own terms if not.")
    ] = None,
    revision: Annotated[
        list[str] | None, typer.Option(help="Challenger: a revision, by slug or id, whatever its state.")
    ] = None,
    tariff: Annotated[list[Path] | None, typer.Option(help="Challenger: a fee tariff as JSON.")] = None,
    scorecard: Annotated[list[Path] | None, typer.Option(help="Challenger: a score artefact.")] = None,
    terms_of: Annotated[str | None, typer.Option(help="Day whose terms apply, YYYY-MM-DD; today if left out.")] = None,
    on: On = None,
    until: Annotated[
        str | None, typer.Option(help="Last day on which outcomes were observed, YYYY-MM-DD; today if left out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for backtest.json and backtest.html; JSON is printed if not given.")
    ] = None,
) -> None:
    """Say what past applications with realised outcomes would have become under a champion and its challengers."""
    from api.cli import backtesting

    contest = backtesting.Contest(
        product=product,
        champion=champion,
        revisions=tuple(revision or ()),
        tariffs=tuple(tariff or ()),
        scorecards=tuple(scorecard or ()),
    )
    days = backtesting.Days(terms_of=terms_of, on=on, until=until)
    backtesting.run(file, contest, days, out=out)
