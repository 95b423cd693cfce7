"""``kedai compare-programmes``: an application or a loan under every guarantee programme."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import typer
from rich.markup import escape

from api import wiring
from api.cli.failures import reported
from api.cli.inputs import day_or_today, payload, settings
from api.cli.lists import table
from api.cli.terminal import OUTCOME_STYLE, console, money, percent
from api.programme_choice import ApplicationComparison, compared_application, compared_loan
from products.explaining.answer import Outcome
from products.guarantee.asked_loan import ProgrammeComparison, ProgrammeOffer, Verdict


def compare_programmes(file: Path, *, on: str | None, as_json: bool) -> None:
    """Compare the programmes for what ``file`` holds; nothing is stored."""
    with reported():
        use = settings()
        content = payload(file, limit=use.body_limit_bytes)
        library = wiring.rule_books(use)
        if _is_loan(content):
            loan = compared_loan(content, library, most_bytes=use.body_limit_bytes)
            typer.echo(loan.model_dump_json(indent=2)) if as_json else _show_loan(loan)
        else:
            underwriter = wiring.underwriter_as_stored(use)
            found = compared_application(content, underwriter, library, on=day_or_today(on, use))
            typer.echo(found.model_dump_json(indent=2)) if as_json else _show_application(found)


def _is_loan(content: bytes) -> bool:
    """A loan names its currency; everything else is read, and refused, as an application."""
    try:
        value = json.loads(content)
    except ValueError:
        return False
    return isinstance(value, dict) and "currency" in value


def _show_application(found: ApplicationComparison) -> None:
    figures = ("amount", "all-in", "first year", "capital", "headroom")
    rows = table("", "programme", "outcome", *figures, "why", figures=figures)
    for one in found.under:
        rows.add_row(
            str(one.place),
            f"[bold]{one.programme}[/]",
            _outcome(one.outcome),
            money(one.amount),
            percent(one.all_in_rate),
            money(one.first_year_cost),
            money(one.capital),
            money(one.headroom),
            f"{escape(one.why_zh)}\n[dim]{escape(one.why)}[/]",
        )
    screen = console()
    screen.print(rows)
    for other in found.not_compared:
        screen.print(f"[dim]{other.programme}: {escape(other.why)}[/]")


def _outcome(outcome: Outcome | None) -> str:
    return "not in force" if outcome is None else f"[{OUTCOME_STYLE[outcome]}]{outcome}[/]"


def _show_loan(found: ProgrammeComparison) -> None:
    figures = ("guaranteed", "fees", "effective", "cost in all", "loss a year", "capital", "headroom")
    rows = table("", "programme", "verdict", *figures, "why", figures=figures)
    answering = [one for one in found.offers if one.coverage is not None]
    for one in answering:
        style = "green" if one.verdict is Verdict.ADMITTED else "red"
        rows.add_row(
            str(one.place),
            f"[bold]{one.programme}[/]\n[dim]{one.zh}[/]",
            f"[{style}]{one.verdict.replace('_', ' ')}[/]",
            f"{_units(one.guaranteed)}\n[dim]{percent(one.coverage)}[/]",
            "\n".join(f"{fee.name} {_units(fee.amount)} [dim]{fee.payer}[/]" for fee in one.fees) or "–",
            _effective(one),
            _units(one.borrower_cost),
            _units(one.expected_loss),
            _units(one.capital),
            f"{_units(one.headroom)}\n[dim]{one.bound_by or ''}[/]",
            escape("\n".join(one.why)),
        )
    screen = console()
    screen.print(f"{_units(found.amount)} {found.currency}")
    if answering:
        screen.print(rows)
    for one in found.offers:
        if one.coverage is None:
            screen.print(f"[bold]{one.programme}[/] {one.verdict.replace('_', ' ')}: {escape(' '.join(one.why))}")


def _units(amount: Decimal | None) -> str:
    """An amount with the decimals of its currency."""
    return "–" if amount is None else f"{amount:,}"


def _effective(one: ProgrammeOffer) -> str:
    return next((percent(rate.rate) for rate in one.annual_rates if rate.kind == "effective"), "–")
