"""Offers, products and their terms as tables."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from api.cli.terminal import OUTCOME_STYLE, console, money, percent
from api.cli.written_values import in_words
from api.describing import ProductList, ProductTerms, RuleEntry
from products import OfferList
from products.explaining.answer import Parameter
from products.explaining.product_table import ProductTable


def show_offers(found: OfferList) -> None:
    """Print everything on offer, best first, with the reason for each place."""
    rows = table("", "product", "outcome", "amount", "bound by", "loan rate", "all-in", "why", figures=("amount",))
    for offer in found.offers:
        decision = offer.decision
        style = OUTCOME_STYLE[decision.outcome]
        rows.add_row(
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
    screen.print(rows)
    for missing in found.not_offered:
        screen.print(f"[dim]{missing.product} {missing.revision or ''}: {escape(missing.why)}[/]")


def show_comparison(found: ProductTable) -> None:
    """Print the products side by side: what differs marked, and what is unverified."""
    names = [f"{one.product}\n[dim]{one.revision or 'own terms'}[/]" for one in found.columns]
    rows = table("", "", *names)
    for row in found.rows:
        cells = [f"{escape(cell.zh)}\n[dim]{escape(cell.en)}[/]{' *' if cell.unverified else ''}" for cell in row.cells]
        rows.add_row("≠" if row.differs else "", f"{row.zh}\n[dim]{row.en}[/]", *cells)
    screen = console()
    screen.print(rows)
    screen.print(f"[dim]{found.tier} on {found.on}; ≠ products differ; * holds values that nobody has verified.[/]")
    for one in found.absent:
        screen.print(f"[dim]{one.product} {one.revision or ''}: {escape(one.why)}[/]")


def show_products(listed: ProductList) -> None:
    """Print the products with their revisions, then the plugins that are left out."""
    rows = table("product", "revision", "name", "programme", "secured", "effective from", "source")
    for product in listed.items:
        secured = "yes" if product.secured else "no"
        rows.add_row(f"[bold]{product.slug}[/]", "", f"{product.zh}\n[dim]{product.en}[/]", product.programme, secured)
        for revision in product.revisions:
            rows.add_row(
                "",
                revision.slug,
                f"{revision.zh}\n[dim]{revision.en}[/]",
                revision.programme,
                secured,
                revision.effective_from.isoformat(),
                f"[dim]{escape(revision.source)}[/]",
            )
    screen = console()
    screen.print(rows)
    for broken in listed.broken_plugins:
        screen.print(f"[red]left out:[/] {broken.name} of {broken.package}: {escape(broken.cause)} {broken.remedy}")


def show_product(terms: ProductTerms) -> None:
    """Print one product's terms and rules."""
    name = f"{terms.slug} / {terms.revision}" if terms.revision else terms.slug
    console().print(f"[bold]{name}[/]  {terms.zh}  [dim]{terms.en}[/]  on {terms.on}")
    show_terms(terms.terms)
    show_rules(terms.rules)


def show_terms(terms: Iterable[Parameter]) -> None:
    """Print values in force."""
    rows = table("term", "value", "unit", "since", "verified", "source")
    for each in terms:
        rows.add_row(
            each.name.partition(".")[2],
            escape(in_words(each.value)),
            each.unit,
            each.since.isoformat(),
            "yes" if each.verified else "[yellow]no[/]",
            f"{escape(each.source)} [dim]{escape(each.clause)}[/]",
        )
    console().print(rows)


def show_rules(rules: Iterable[RuleEntry]) -> None:
    """Print rules with their clauses."""
    rows = table("rule", "if not met", "sentence", "clause")
    for each in rules:
        rows.add_row(each.rule, each.severity, f"{escape(each.zh)}", f"[dim]{escape(each.clause)}[/]")
    console().print(rows)


def table(*names: str, figures: tuple[str, ...] = ()) -> Table:
    """An empty table with these columns, those with figures to the right."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for name in names:
        made.add_column(name, justify="right" if name in figures else "left", overflow="fold")
    return made
