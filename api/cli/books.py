"""Guarantee programmes, their unverified values and checks as tables."""

from __future__ import annotations

from rich.markup import escape

from api.cli.lists import show_rules, show_terms, table
from api.cli.terminal import console
from api.cli.written_values import in_words
from api.guarantee_books import BookProblem, BookReport, ProgrammeList, ProgrammeTermsAnswer, UnverifiedList


def show_programmes(listed: ProgrammeList) -> None:
    """Print the programmes, then what kept rule books out."""
    names = ("programme", "name", "decides", "currency", "from", "to before", "unverified", "instrument")
    rows = table(*names, figures=("unverified",))
    for one in listed.items:
        rows.add_row(
            f"[bold]{one.slug}[/]",
            f"{one.zh}\n[dim]{one.en}[/]",
            "yes" if one.decides else "compared",
            one.currency,
            one.first_day.isoformat(),
            one.ends.isoformat() if one.ends else "",
            f"{one.unverified}",
            escape(one.instrument),
        )
    screen = console()
    screen.print(rows)
    for problem in listed.problems:
        screen.print(f"[red]left out:[/] {escape(_sentence(problem))}")


def show_programme(terms: ProgrammeTermsAnswer) -> None:
    """Print what one programme looks at, its terms and its rules."""
    screen = console()
    screen.print(f"[bold]{terms.slug}[/]  {terms.zh}  [dim]{terms.en} · {escape(terms.instrument)}[/]  on {terms.on}")
    if terms.facts:
        rows = table("fact", "unit", "must be given", "meaning")
        for fact in terms.facts:
            unit = f"{fact.unit}: {', '.join(fact.options)}" if fact.options else fact.unit
            rows.add_row(fact.name, escape(unit), "yes" if fact.needed else "", f"{fact.zh}  [dim]{escape(fact.en)}[/]")
        screen.print(rows)
    show_terms(terms.terms)
    if terms.rules:
        show_rules(terms.rules)


def show_unverified(listed: UnverifiedList) -> None:
    """Print the unverified values and what each claims to rest on."""
    rows = table("book", "key", "since", "value", "unit", "rests on")
    for one in listed.items:
        rows.add_row(
            one.book,
            one.key,
            one.since.isoformat(),
            escape(in_words(one.value)),
            one.unit,
            f"{escape(one.source)} [dim]{escape(one.clause)}[/]",
        )
    screen = console()
    screen.print(rows)
    count = len({one.book for one in listed.items})
    screen.print(f"{len(listed.items)} values of {count} books rest on no text that was read.")


def show_report(report: BookReport) -> None:
    """Print what is wrong with a rule book, or that nothing is."""
    screen = console()
    for problem in report.problems:
        screen.print(escape(_sentence(problem)), soft_wrap=True)
    if report.sound:
        screen.print(f"{report.file}: sound.", soft_wrap=True)


def _sentence(problem: BookProblem) -> str:
    place = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
    return f"{place}: {problem.key} {problem.what}; {problem.remedy}."
