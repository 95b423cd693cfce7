"""Decide, compare, price and describe: what a lender asks of applications and products."""

# ruff: noqa: PLC0415 - imports stand in the commands so that each loads only its own part of kedai

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, On

File = Annotated[Path, typer.Argument(help="Application as JSON; - reads it from standard input.")]


def demo() -> None:
    """Decide the example applications and a small generated population, and draft the contracts of the approved."""
    from api.cli import demonstration

    demonstration.run()


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes.", min=1, max=64)] = 1,
    access_log: Annotated[bool, typer.Option("--access-log", help="Write a line for every request.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at a plugin that cannot be loaded.")] = False,
) -> None:
    """Serve the HTTP interface under /v1; /openapi.json describes it."""
    from api.cli import serving

    serving.run(host=host, port=port, workers=workers, access_log=access_log, strict=strict)


def decide(file: File, on: On = None, as_json: AsJson = False) -> None:
    """Decide one application, store the decision and show it. Exit 0 whatever the outcome, 2 for bad input."""
    from api.cli import deciding

    deciding.decide(file, on=on, as_json=as_json)


def offers(file: File, on: On = None, as_json: AsJson = False) -> None:
    """Compare all products for one applicant, best first; nothing is stored."""
    from api.cli import comparing

    comparing.offers(file, on=on, as_json=as_json)


def compare_programmes(
    file: Annotated[Path, typer.Argument(help="Application or loan as JSON; - reads it from standard input.")],
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Compare the guarantee programmes: an application under those that decide, a loan under all rule books."""
    from api.cli import choosing

    choosing.compare_programmes(file, on=on, as_json=as_json)


def price(
    file: Annotated[
        Path | None, typer.Argument(help="Application or terms as JSON; - reads standard input. Options if left out.")
    ] = None,
    product: Annotated[str | None, typer.Option(help="Product whose costs, target and bounds apply.")] = None,
    revision: Annotated[str | None, typer.Option(help="A revision of the product.")] = None,
    amount: Annotated[str | None, typer.Option(help="Yuan.")] = None,
    term: Annotated[str | None, typer.Option(help="Months.")] = None,
    repayment: Annotated[
        str | None,
        typer.Option(help="level_payment, equal_principal, interest_monthly_principal_at_maturity or bullet."),
    ] = None,
    grace: Annotated[str | None, typer.Option(help="Months at first without principal.")] = None,
    steps: Annotated[
        str | None, typer.Option(help="Principal in steps, MONTHS:SHARE and so on, as 12:0.1,12:0.3,12:0.6.")
    ] = None,
    default_probability: Annotated[str | None, typer.Option(help="Within a year, as 0.02.")] = None,
    loan_rate: Annotated[str | None, typer.Option(help="Look at this annual rate instead of the required one.")] = None,
    bank_share: Annotated[str | None, typer.Option(help="Of a loss; the product's if left out.")] = None,
    loss_given_default: Annotated[str | None, typer.Option(help="The product's if left out.")] = None,
    fee_rate: Annotated[str | None, typer.Option(help="Guarantee fee a year, in advance on the balance.")] = None,
    subsidy_rate: Annotated[str | None, typer.Option(help="Interest subsidy a year on the balance.")] = None,
    subsidy_months: Annotated[str | None, typer.Option(help="How long; the whole term if left out.")] = None,
    enterprise_size: Annotated[str | None, typer.Option(help="large, medium, small or micro.")] = None,
    revenue: Annotated[str | None, typer.Option(help="Yuan of the last year, for internal ratings.")] = None,
    other_exposure: Annotated[str | None, typer.Option(help="Yuan already lent to the client.")] = None,
    drawn_on: Annotated[str | None, typer.Option(help="YYYY-MM-DD; the day of pricing if left out.")] = None,
    day_count: Annotated[
        str | None, typer.Option(help="months_360, 30/360, 30E/360, act/360, act/365 or act/act.")
    ] = None,
    due_day: Annotated[str | None, typer.Option(help="Day of the month; that of drawdown if left out.")] = None,
    every_months: Annotated[str | None, typer.Option(help="Months between payments.")] = None,
    rolling: Annotated[
        str | None, typer.Option(help="unadjusted, following, modified_following or preceding, on closed days.")
    ] = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Price an application, or terms given as a file or as options: components, annual rates, schedule, sensitivity."""
    given = dict(locals())
    from api.cli import pricing

    given["term_months"] = given.pop("term")
    given["grace_months"] = given.pop("grace")
    for name in ("file", "on", "as_json"):
        del given[name]
    pricing.price(file, given, on=on, as_json=as_json)


def products(
    slug: Annotated[
        str | None,
        typer.Argument(help="One product in full; compare for all side by side; all in short if left out."),
    ] = None,
    revision: Annotated[str | None, typer.Option(help="A revision of the product.")] = None,
    tier: Annotated[
        str | None,
        typer.Option("--class", help="With compare: tier_1 (if left out), tier_2, tier_3, untitled."),
    ] = None,
    on: On = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail at a plugin that cannot be loaded.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the products with their revisions, and plugins that could not be loaded; describe one; or compare all."""
    from api.cli import cataloguing

    if slug == "compare":
        cataloguing.compare(tier or "tier_1", on=on, strict=strict, as_json=as_json)
        return
    cataloguing.products(slug, revision=revision, on=on, strict=strict, as_json=as_json)
