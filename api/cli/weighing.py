"""``kedai portfolio``: loans against what their programme asks of a portfolio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from api import wiring
from api.cli.failures import BAD_INPUT, FAILED, fail, reported
from api.cli.inputs import day, day_or_today, settings
from api.cli.terminal import console, money, percent
from api.portfolio.answers import MeasureAnswer, PortfolioAnswer, PortfolioList
from api.portfolio.reading import DecisionsOf, loans_in, losses_in, measured, measuring, of_decisions
from api.settings import Settings
from products import load_catalogue
from products.portfolio_tables import UnusableTable
from products.product import Programme

KEPT = {True: "[green]kept[/]", False: "[bold red]broken[/]", None: "[dim]no data[/]"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioOptions:
    """What ``kedai portfolio`` was asked."""

    loans: Path | None
    losses: Path | None
    programme: str | None
    product: str | None
    decided_from: str | None
    decided_to: str | None
    on: str | None


def portfolio(options: PortfolioOptions, *, as_json: bool) -> None:
    """Measure and print; exit 1 if a limit is broken."""
    with reported():
        use = settings()
        with _programmes(use) as programmes:
            found = _found(use, programmes, options)
    if as_json:
        typer.echo(PortfolioList(items=found).model_dump_json(indent=2))
    else:
        _show(found)
    if not all(one.kept for one in found):
        raise typer.Exit(FAILED)


@contextmanager
def _programmes(use: Settings) -> Iterator[Mapping[str, Programme]]:
    catalogue = load_catalogue(strict=use.strict_plugins)
    try:
        yield catalogue.programmes
    except UnusableTable as error:
        fail(BAD_INPUT, str(error))
    finally:
        catalogue.host.close()


def _found(
    use: Settings, programmes: Mapping[str, Programme], options: PortfolioOptions
) -> tuple[PortfolioAnswer, ...]:
    known = programmes if options.loans is None else measuring(programmes, wiring.rule_books(use))
    if options.programme is not None and options.programme not in known:
        fail(BAD_INPUT, f"--programme: There is no programme {options.programme!r}; there are {', '.join(known)}.")
    on = day_or_today(options.on, use)
    losses = losses_in(options.losses) if options.losses is not None else None
    if options.loans is not None:
        if options.programme is None:
            fail(BAD_INPUT, f"--programme: Name the programme of the loans: {', '.join(known)}.")
        return (measured(loans_in(options.loans), known[options.programme], on=on, losses=losses),)
    which = DecisionsOf(
        programme=options.programme,
        product=options.product,
        decided_from=day(options.decided_from, option="--from"),
        decided_to=day(options.decided_to, option="--to"),
    )
    repository = wiring.repository(use)
    try:
        return of_decisions(repository.engine, use.organisation, programmes, which, on=on, losses=losses)
    finally:
        repository.close()


def _show(found: tuple[PortfolioAnswer, ...]) -> None:
    screen = console()
    for one in found:
        screen.print(
            f"[bold]{one.programme}[/]  on {one.on}  ·  {one.loans:,} loans of {one.clients:,} clients, "
            f"{money(one.amount)} yuan"
        )
        if one.repeated:
            screen.print(f"[dim]{one.repeated:,} earlier approvals of applications approved again are left out[/]")
        screen.print(_measures(one.measures))
        table = _table("party", "bears", "share")
        for party in one.exposure:
            table.add_row(party.party, money(party.amount), percent(party.share))
        screen.print(table)
    if not found:
        screen.print("There are no approved decisions to measure.")


def _measures(measures: tuple[MeasureAnswer, ...]) -> Table:
    table = _table("measure", "value", "limit", "", "room", "numerator", "denominator")
    for one in measures:
        limits = [f"≥ {percent(one.at_least)}"] if one.at_least is not None else []
        limits += [f"≤ {percent(one.at_most)}"] if one.at_most is not None else []
        unverified = "" if all(each.verified for each in one.parameters) else " [yellow]*[/]"
        table.add_row(
            f"{one.zh}  [dim]{one.en}[/]\n[dim]{one.formula}[/]",
            percent(one.value),
            " ".join(limits) + unverified,
            KEPT[one.kept],
            money(one.room),
            money(one.numerator),
            money(one.denominator),
        )
    if any(not each.verified for one in measures for each in one.parameters):
        table.caption = "* rests on values that are not verified; --json names them"
        table.caption_justify = "left"
    return table


def _table(*names: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for name in names:
        figure = name in ("value", "limit", "room", "numerator", "denominator", "bears", "share")
        table.add_column(name, justify="right" if figure else "left", no_wrap=figure)
    return table
