"""``kedai tariff``: the differentiated fee tariff that covers most within the target, explained row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from api import wiring
from api.cli.failures import BAD_INPUT, FAILED, fail, reported
from api.cli.inputs import day_or_today, payload, settings
from api.cli.terminal import console, money, percent
from api.portfolio.tariff_answers import TariffAnswer
from api.portfolio.tariff_solving import Asked, ppm, read_task, solved_product, solved_task, whole_bp
from api.revisions.population import UnreadableFile, from_file, generated, stored
from api.revisions.store import RevisionStore
from api.settings import Settings
from api.underwriting import Underwriter
from products import Applications, DatesOutOfOrder
from products.tariff import NoTariff
from products.tariff_rows import Why

WHY_STYLE = {Why.COVERED: "green", Why.RAISED: "cyan", Why.FLOOR: "cyan", Why.UNUSED: "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffOptions:
    """What ``kedai tariff`` was asked about a product."""

    product: str
    revision: str | None
    on: str | None
    applications: int
    seed: int
    file: Path | None
    stored: bool
    operating: str
    target: str | None
    highest: str | None
    lowest: str


def of_cells(file: Path, *, as_json: bool) -> None:
    """Solve for the cells in a file, and print the tariff."""
    with _refused():
        task = read_task(payload(file, limit=settings().body_limit_bytes))
        answer = solved_task(task)
    _print(answer, as_json=as_json)


def of_product(options: TariffOptions, *, as_json: bool) -> None:
    """Solve for what a population costs under a product, and print the tariff."""
    with _refused():
        use = settings()
        on = day_or_today(options.on, use)
        underwriter = wiring.underwriter_as_stored(use)
        try:
            answer = _solved(use, underwriter, options, on)
        finally:
            underwriter.catalogue.host.close()
    _print(answer, as_json=as_json)


def _solved(use: Settings, underwriter: Underwriter, options: TariffOptions, on: date) -> TariffAnswer:
    offering = underwriter.catalogue.offering(options.product, options.revision)
    target = _rate(options.target, "--target", ppm)
    highest = _rate(options.highest, "--highest", whole_bp)
    asked = Asked(
        target_ppm=offering.programme.book.at(on).average_fee_target if target is None else target,
        highest_bp=highest,
        lowest_bp=_rate(options.lowest, "--lowest", whole_bp) or 0,
    )
    operating = _rate(options.operating, "--operating", ppm) or 0
    with _population(use, options, on) as (batches, words):
        return solved_product(
            offering, batches, underwriter.scorecard, on=on, operating_ppm=operating, asked=asked, population=words
        )


@contextmanager
def _population(use: Settings, options: TariffOptions, on: date) -> Iterator[tuple[Iterator[Applications], str]]:
    if options.file is not None and options.stored:
        fail(BAD_INPUT, "--file and --stored name two populations. Give one of them.")
    if options.file is not None:
        yield from_file(options.file), f"file {options.file.name}"
    elif options.stored:
        repository = wiring.repository(use)
        try:
            yield stored(RevisionStore(repository.database, repository.engine, use.organisation)), "stored applications"
        finally:
            repository.close()
    else:
        count = options.applications
        yield generated(count, options.seed, latest=on), f"{count:,} generated applications, seed {options.seed}"


def _rate(text: str | None, option: str, read: Callable[[object], int]) -> int | None:
    try:
        return None if text is None else read(text)
    except ValueError as error:
        fail(BAD_INPUT, f"{option}: {error}.")


@contextmanager
def _refused() -> Iterator[None]:
    with reported():
        try:
            yield
        except (UnreadableFile, DatesOutOfOrder) as error:
            fail(BAD_INPUT, str(error))
        except NoTariff as error:
            fail(FAILED, str(error))


def _print(answer: TariffAnswer, *, as_json: bool) -> None:
    if as_json:
        typer.echo(answer.model_dump_json(indent=2))
        return
    screen = console()
    screen.print(
        f"Average fee [bold]{percent(answer.average)}[/] of at most {percent(answer.target)}; covering everything "
        f"would take {percent(answer.full_cost)}, of which {percent(answer.covered)} are covered.\n"
        f"[dim]From {answer.population}[/]"
    )
    table = _table("tier", *next(iter(answer.fee_tariff.values())))
    for tier, fees in answer.fee_tariff.items():
        table.add_row(tier, *(percent(fee) for fee in fees.values()))
    screen.print(table)
    rows = _table("cell", "volume", "cost", "fee", "why", "explanation")
    for row in answer.rows:
        style = WHY_STYLE.get(row.why, "yellow")
        figures = (money(row.volume), percent(row.cost), percent(row.fee))
        rows.add_row(f"{row.tier}/{row.band}", *figures, f"[{style}]{row.why}[/]", row.explanation)
    screen.print(rows)


def _table(*names: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for name in names:
        text = name in ("tier", "cell", "why", "explanation")
        table.add_column(name, justify="left" if text else "right", no_wrap=not text)
    return table
