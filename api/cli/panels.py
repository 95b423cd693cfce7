"""A decision as a person reads it: one panel, from the outcome down to its evidence."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from api.cli.terminal import OUTCOME_STYLE, PARTY_LABEL, VERDICT_STYLE, console, money, percent
from products.explaining.answer import (
    Amount,
    Cover,
    Decision,
    Fee,
    Finding,
    Price,
    ReservedHeadroom,
    Score,
    Verdict,
)

SHOWN_REASONS = 6


def show_decision(decision: Decision, *, applicant: str) -> None:
    """Print the decision on standard output."""
    revision = f" / {decision.revision}" if decision.revision else ""
    style = OUTCOME_STYLE[decision.outcome]
    title = f"[{style}]{decision.outcome.upper()}[/]  {escape(applicant)}  ·  {decision.product}{revision}"
    subtitle = f"applied {decision.applied_on}  ·  decided {decision.decided_on}  ·  {decision.programme}"
    parts = [Padding(part, (0, 0, 1, 0)) for part in _parts(decision)]
    screen = console()
    screen.print(Panel(Group(*parts), title=title, subtitle=subtitle, border_style=style, padding=(1, 2)))
    screen.print(f"Stored as [bold]{decision.id}[/]")
    if decision.outcome == "approve":
        screen.print(f"Draft its contracts with: kedai contract {decision.id}")


def _parts(decision: Decision) -> Iterator[RenderableType]:
    yield _amount(decision.amount)
    if decision.evidence.reserved:
        yield _reserved(decision.evidence.reserved)
    if decision.score:
        yield _score(decision.score)
    if decision.cover:
        yield _cover(decision.cover)
    if decision.fee:
        yield _fee(decision.fee)
    if decision.price:
        yield _price(decision.price)
    yield _findings(decision.findings)
    if decision.conditions:
        lines = "\n".join(f"{each.zh}  [dim]{each.en} · {escape(each.clause)}[/]" for each in decision.conditions)
        yield _section("Conditions before drawdown", Text.from_markup(lines))
    unverified = sorted({each.name for each in decision.evidence.parameters if not each.verified})
    if unverified:
        yield _section("Values not yet verified", Text(", ".join(unverified), style="dim"))


def _section(title: str, content: RenderableType) -> RenderableType:
    return Group(Rule(title, align="left", style="dim"), content)


def _amount(amount: Amount) -> RenderableType:
    table = _table("limit", "amount", "", "clause")
    for limit in amount.limits:
        bound = limit.name == amount.bound_by
        table.add_row(
            f"{limit.zh}  [dim]{limit.en}[/]",
            money(limit.amount) if limit.amount is not None else "[yellow]unknown[/]",
            "[bold]← binds[/]" if bound else "",
            f"[dim]{escape(limit.clause)}[/]",
        )
    approved = (
        f"requested [bold]{money(amount.requested)}[/]   considered [bold]{money(amount.considered)}[/]   "
        f"approved [bold]{money(amount.approved)}[/]"
    )
    return _section("Amount in yuan", Group(Text.from_markup(approved), table))


def _reserved(reserved: ReservedHeadroom) -> RenderableType:
    count = len(reserved.reservations)
    return Text.from_markup(
        f"[yellow]{money(reserved.guaranteed)}[/] yuan are held by {count} reservation{'s' * (count > 1)} and count as "
        f"guaranteed balance, {money(reserved.of_product)} of it under this product"
    )


def _score(score: Score) -> RenderableType:
    head = (
        f"[bold]{score.points}[/] points, band [bold]{escape(score.band)}[/]; "
        f"default probability [bold]{percent(score.default_probability)}[/]"
    )
    if score.synthetic:
        head += "  [yellow](model trained on a generated population)[/]"
    ranked = sorted(score.reasons, key=lambda reason: -abs(reason.points))[:SHOWN_REASONS]
    table = _table("reason", "points")
    for reason in ranked:
        table.add_row(f"{escape(reason.zh)}  [dim]{escape(reason.en)}[/]", f"{reason.points:+}")
    return _section("Innovation score", Group(Text.from_markup(head), table))


def _cover(cover: Cover) -> RenderableType:
    table = _table("party", "share", "amount")
    for party in cover.parties:
        table.add_row(PARTY_LABEL[party.party], percent(party.share), money(party.amount))
    note = cover.tier + (f", by certificate {cover.title}" if cover.title else "")
    if cover.reguarantee_rate is not None:
        note += f"; re-guarantee fee {percent(cover.reguarantee_rate)} = {money(cover.reguarantee_fee)}"
    return _section("Who bears a loss", Group(Text(note), table))


def _fee(fee: Fee) -> RenderableType:
    lines = [f"tier [bold]{fee.tier}[/]: [bold]{percent(fee.rate)}[/] a year = {money(fee.amount)}", escape(fee.why_zh)]
    if fee.next_tier:
        following = fee.next_tier
        lines.append(f"[dim]next: {following.tier} at {percent(following.rate)}: {escape(following.needs_zh)}[/]")
    return _section("Guarantee fee", Text.from_markup("\n".join(lines)))


def _price(price: Price) -> RenderableType:
    summary = price.schedule_summary
    head = (
        f"LPR {price.lpr_term} {percent(price.lpr)} {price.spread_bp:+} bp = [bold]{percent(price.loan_rate)}[/]"
        + (f" (at most {percent(price.cap)})" if price.cap is not None else "")
        + f"; all-in [bold]{percent(price.all_in_rate)}[/] a year"
    )
    plan = (
        f"{summary.term_months} months, {summary.repayment}: {summary.instalments} payments, "
        f"first {money(summary.first_instalment)}, last {money(summary.last_instalment)}; interest "
        f"{money(summary.total_interest)}, fees {money(summary.total_fee)}, subsidies {money(summary.total_subsidy)}; "
        f"cost of the first year {money(summary.first_year_cost)}"
    )
    parts = "  ".join(f"{each.zh} {percent(each.rate)}" for each in price.components)
    return _section("Price", Group(Text.from_markup(head), Text(plan), Text(parts, style="dim")))


def _findings(findings: tuple[Finding, ...]) -> RenderableType:
    order = {Verdict.NOT_MET: 0, Verdict.UNKNOWN: 1}
    telling = sorted((each for each in findings if each.verdict in order), key=lambda each: order[each.verdict])
    met = len(findings) - len(telling)
    table = _table("verdict", "finding", "clause")
    for each in telling:
        missing = f" [dim]({', '.join(each.missing)})[/]" if each.missing else ""
        style = VERDICT_STYLE[each.verdict]
        verdict = f"[{style}]{each.verdict.replace('_', ' ')}[/] [dim]→ {each.severity}[/]"
        table.add_row(verdict, f"{escape(each.message)}{missing}", f"[dim]{escape(each.clause)}[/]")
    title = f"Findings: {met} of {len(findings)} rules met"
    return _section(title, table if telling else Text("nothing stands against the loan", style="green"))


def _table(*names: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for name in names:
        figure = name in ("amount", "share", "points")
        table.add_column(name, justify="right" if figure else "left", no_wrap=figure)
    return table
