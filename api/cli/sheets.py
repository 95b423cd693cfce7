"""A price sheet as a person reads it: rate and bounds, components, annual rates by name, sensitivity, schedule."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.markup import escape
from rich.text import Text

from api.cli.lists import table
from api.cli.terminal import OUTCOME_STYLE, console, money, percent
from products import PriceSheet
from products.costs.price_answer import RatePosition

SHOWN_PAYMENTS = 60
_AXES = {
    "base": "as it is",
    "default_probability": "default probability ×",
    "loss_given_default": "loss given default ×",
    "cover": "covered share",
    "funding": "funding rate shifted by",
    "term": "months",
}
_POSITIONS = {
    RatePosition.WITHIN: "between floor and cap",
    RatePosition.AT_CAP: "[yellow]at the cap[/]",
    RatePosition.AT_FLOOR: "at the floor",
    RatePosition.ABOVE_CAP: "[red]above the cap[/]",
    RatePosition.BELOW_FLOOR: "[red]below the floor[/]",
}


def show_sheet(sheet: PriceSheet) -> None:
    """Print a price sheet."""
    screen = console()
    for part in _parts(sheet):
        screen.print(part)


def _parts(sheet: PriceSheet) -> Iterator[RenderableType]:
    yield _head(sheet)
    yield _components(sheet)
    yield _rates(sheet)
    yield _sensitivity(sheet)
    yield _schedule(sheet)
    unverified = sorted({each.name for each in sheet.parameters if not each.verified})
    if unverified:
        yield Text(f"Values not yet verified: {', '.join(unverified)}", style="dim")


def _head(sheet: PriceSheet) -> Text:
    name = f"{sheet.product} / {sheet.revision}" if sheet.revision else sheet.product
    outcome = f"  ·  [{OUTCOME_STYLE[sheet.outcome]}]{sheet.outcome}[/]" if sheet.outcome else "  ·  given terms"
    floor, cap = (percent(bound) if bound is not None else "none" for bound in (sheet.floor, sheet.cap))
    bounds = f"floor {floor}, cap {cap}"
    capital = sheet.capital
    return Text.from_markup(
        f"[bold]{name}[/]{outcome}  ·  priced as of {sheet.decided_on}, drawn {sheet.drawn_on}\n"
        f"{money(sheet.amount)} yuan over {sheet.term_months} months, {sheet.repayment.replace('_', ' ')}\n"
        f"loan rate [bold]{percent(sheet.loan_rate)}[/], {_POSITIONS[sheet.position]} ({bounds}); "
        f"required {percent(sheet.required_rate)} = LPR {sheet.lpr_term.replace('_', ' ')} {percent(sheet.lpr)} "
        f"{sheet.required_spread_bp:+} bp; break-even {percent(sheet.break_even_rate)}\n"
        f"return on capital [bold]{percent(sheet.return_on_capital)}[/] of {percent(sheet.return_target)} wanted, on "
        f"{money(capital.amount)} yuan of capital (weight {percent(capital.risk_weight)}, {capital.method})\n"
        f"default probability {percent(sheet.default_probability)}, loss given default "
        f"{percent(sheet.loss_given_default)}, bank's share {percent(sheet.bank_share)}: "
        f"expected loss {money(sheet.expected_loss)} a year\n"
        f"{_headroom(sheet)}"
    )


def _headroom(sheet: PriceSheet) -> str:
    if sheet.headroom is None:
        return ""
    held = f" ({money(sheet.reserved.guaranteed)} more are reserved for the applicant)" if sheet.reserved else ""
    return f"headroom left under {sheet.programme} after this loan: {money(sheet.headroom)}{held}\n"


def _components(sheet: PriceSheet) -> RenderableType:
    rows = table("component of the rate", "a year", figures=("a year",))
    for one in sheet.components:
        rows.add_row(f"{one.zh}  [dim]{one.en}[/]", percent(one.rate))
    rows.add_row("贷款利率  [dim]loan rate[/]", f"[bold]{percent(sheet.loan_rate)}[/]")
    return rows


def _rates(sheet: PriceSheet) -> RenderableType:
    rows = table("annual rate to the borrower", "a year", figures=("a year",))
    for one in sheet.annual_rates:
        found = percent(one.rate) if one.rate is not None else ", ".join(map(percent, one.all_rates)) or "none"
        rows.add_row(f"{one.zh}  [dim]{escape(one.en)}[/]", found)
    rows.add_row(
        "[dim]includes[/]",
        f"[dim]interest {money(sheet.total_interest)}, fees {money(sheet.total_fee)}, "
        f"subsidies {money(sheet.total_subsidy)}[/]",
    )
    return rows


def _sensitivity(sheet: PriceSheet) -> RenderableType:
    names = ("expected loss", "weight", "break-even", "required", "loan rate", "return at the rate set")
    rows = table("if", *names, figures=names)
    for one in sheet.sensitivity:
        rows.add_row(
            f"{_AXES[one.changed]} {one.by.rstrip('0').rstrip('.') if '.' in one.by else one.by}",
            percent(one.expected_loss),
            percent(one.risk_weight),
            percent(one.break_even_rate),
            percent(one.required_rate),
            percent(one.loan_rate),
            percent(one.return_on_capital),
        )
    return rows


def _schedule(sheet: PriceSheet) -> RenderableType:
    names = ("principal", "interest", "fee", "subsidy", "total", "balance")
    rows = table("", "due on", *names, figures=names)
    for one in sheet.schedule[:SHOWN_PAYMENTS]:
        amounts = (one.principal, one.interest, one.fee, one.subsidy, one.total, one.closing_balance)
        rows.add_row(str(one.number), one.due_on.isoformat(), *map(money, amounts))
    left = len(sheet.schedule) - SHOWN_PAYMENTS
    if left > 0:
        rows.add_row("", f"[dim]and {left} more[/]")
    return rows
