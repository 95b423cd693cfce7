"""Offers, products and programmes as tables."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from api.cli.terminal import OUTCOME_STYLE, console, money, percent
from api.describing import ProductList, ProductTerms, ProgrammeList, ProgrammeTermsAnswer, RuleEntry
from products import OfferList
from products.explaining.answer import Parameter


def show_offers(found: OfferList) -> None:
    """Print everything on offer, best first, with the reason for each place."""
    table = _table("", "product", "outcome", "amount", "bound by", "loan rate", "all-in", "why", figures=("amount",))
    for offer in found.offers:
        decision = offer.decision
        style = OUTCOME_STYLE[decision.outcome]
        table.add_row(
            str(offer.rank),
            f"{offer.product}\n[dim]{offer.revision or 'own terms'}[/]",
            f"[{style}]{decision.outcome}[/]",
            money(decision.amount.considered),
            decision.amount.bound_by or "–",
            percent(decision.price.loan_rate) if decision.price else "–",
            percent(offer.all_in_rate),
            escape(offer.why_zh),
        )
    screen = console()
    screen.print(table)
    for missing in found.not_offered:
        screen.print(f"[dim]{missing.product} {missing.revision or ''}: {escape(missing.why)}[/]")


def show_products(listed: ProductList) -> None:
    """Print the products with their revisions, then the plugins that are left out."""
    table = _table("product", "revision", "name", "programme", "secured", "effective from", "source")
    for product in listed.items:
        secured = "yes" if product.secured else "no"
        table.add_row(f"[bold]{product.slug}[/]", "", f"{product.zh}\n[dim]{product.en}[/]", product.programme, secured)
        for revision in product.revisions:
            table.add_row(
                "",
                revision.slug,
                f"{revision.zh}\n[dim]{revision.en}[/]",
                revision.programme,
                secured,
                revision.effective_from.isoformat(),
                f"[dim]{escape(revision.source)}[/]",
            )
    screen = console()
    screen.print(table)
    for broken in listed.broken_plugins:
        screen.print(f"[red]left out:[/] {broken.name} of {broken.package}: {escape(broken.cause)} {broken.remedy}")


def show_programmes(listed: ProgrammeList) -> None:
    """Print the programmes."""
    table = _table("programme", "name", "instrument")
    for programme in listed.items:
        table.add_row(f"[bold]{programme.slug}[/]", f"{programme.zh}\n[dim]{programme.en}[/]", programme.instrument)
    console().print(table)


def show_product(terms: ProductTerms) -> None:
    """Print one product's terms and rules."""
    name = f"{terms.slug} / {terms.revision}" if terms.revision else terms.slug
    console().print(f"[bold]{name}[/]  {terms.zh}  [dim]{terms.en}[/]  on {terms.on}")
    _show_terms(terms.terms)
    _show_rules(terms.rules)


def show_programme(terms: ProgrammeTermsAnswer) -> None:
    """Print one programme's terms and rules."""
    console().print(f"[bold]{terms.slug}[/]  {terms.zh}  [dim]{terms.en} · {terms.instrument}[/]  on {terms.on}")
    _show_terms(terms.terms)
    _show_rules(terms.rules)


def _show_terms(terms: Iterable[Parameter]) -> None:
    table = _table("term", "value", "unit", "since", "verified", "source")
    for each in terms:
        table.add_row(
            each.name.partition(".")[2],
            escape(each.value),
            each.unit,
            each.since.isoformat(),
            "yes" if each.verified else "[yellow]no[/]",
            f"{escape(each.source)} [dim]{escape(each.clause)}[/]",
        )
    console().print(table)


def _show_rules(rules: Iterable[RuleEntry]) -> None:
    table = _table("rule", "if not met", "sentence", "clause")
    for each in rules:
        table.add_row(each.rule, each.severity, f"{escape(each.zh)}", f"[dim]{escape(each.clause)}[/]")
    console().print(table)


def _table(*names: str, figures: tuple[str, ...] = ()) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for name in names:
        table.add_column(name, justify="right" if name in figures else "left", overflow="fold")
    return table
