"""Contexts of the loan contract and the cost sheet."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from products.explaining.answer import Price
from templates.citations import cited
from templates.contexts import CostContext, CostView, LoanContext
from templates.document import Table
from templates.library import definitions
from templates.views.base import Views, borrowing, in_words_if_positive, needed, pledging
from templates.wording import Language, day, figures, listed, named, percent


def loan_context(of: Views) -> LoanContext:
    """Context of the loan contract."""
    return LoanContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        loan=of.loan,
        cost=_cost(of),
        securities=of.table("securities", (230, 250, 300, 220), "ssss", list(_securities(of))),
        conditions=_conditions(of),
        plan=_plan(of),
        signatures=of.signatures(("lender", of.record.particulars.lender), ("borrower", borrowing(of.record))),
    )


def cost_context(of: Views) -> CostContext:
    """Context of the cost sheet."""
    return CostContext(
        set=of.shared,
        lender=of.lender,
        borrower=of.borrower,
        loan=of.loan,
        cost=_cost(of),
        signatures=of.signatures(("lender", of.record.particulars.lender), ("borrower", borrowing(of.record))),
    )


def _cost(of: Views) -> CostView:
    price = needed(of.record.decision.price, "decision.price")
    return CostView(
        number=of.record.particulars.cost_sheet_number,
        all_in_rate=percent(price.all_in_rate),
        first_year_cost=in_words_if_positive(price.schedule_summary.first_year_cost, of.language),
        items=_cost_items(of, price),
    )


def _cost_items(of: Views, price: Price) -> Table:
    words, summary, fee = of.words, price.schedule_summary, of.record.decision.fee
    guarantor = of.record.particulars.guarantor
    lines = [("interest", of.lender.name, percent(price.loan_rate), summary.total_interest)]
    if fee is not None and guarantor is not None and summary.total_fee:
        lines.append(("fee", guarantor.name.in_(of.language), percent(fee.rate), summary.total_fee))
    if summary.total_subsidy:
        government = words.items["government"]
        lines.append(("subsidy", government, percent(-price.subsidy_rate), -summary.total_subsidy))
    rows = [
        (str(i), words.items[name], payee, rate, words.methods[name], figures(amount))
        for i, (name, payee, rate, amount) in enumerate(lines, 1)
    ]
    total = summary.total_interest + summary.total_fee - summary.total_subsidy
    rows.append(("", words.items["total"], "", "", "", figures(total)))
    return of.table("costs", (70, 240, 220, 120, 170, 180), "cssese", rows)


def _securities(of: Views) -> Iterator[tuple[str, str, str, str]]:
    record, given = of.record, of.record.particulars
    titles = {definition.id: definition.title[of.language] for definition in definitions()}
    facts = record.facts()
    for family in record.families:
        title = titles[f"{'maximum-' if facts.pledge_is_maximum else ''}{family.value}-pledge"]
        provider = pledging(record).name.in_(of.language)
        yield title, record.pledge_number(family), provider, of.words.securities[family.value]
    if record.guaranteed and given.guarantor is not None and given.guarantee is not None:
        title = titles[f"{'maximum-' if facts.guarantee_is_maximum else ''}guarantee-contract"]
        mode = named(needed(given.guarantee.mode, "particulars.guarantee.mode"), of.language)
        yield title, given.guarantee.number, given.guarantor.name.in_(of.language), mode
    if given.personal_guarantee is not None:
        terms = given.personal_guarantee
        persons = listed([person.name.in_(of.language) for person in terms.persons], of.language)
        yield titles["personal-guarantee"], terms.number, persons, named(terms.mode, of.language)


def _conditions(of: Views) -> Table:
    chinese = of.language is Language.ZH
    rows = [
        (str(i), condition.zh if chinese else condition.en, cited(condition.clause, of.language))
        for i, condition in enumerate(of.record.decision.conditions, 1)
    ]
    return of.table("conditions", (80, 600, 320), "css", rows)


def _plan(of: Views) -> Table:
    plan = of.record.plan
    rows = [
        (
            str(row.number),
            day(row.due_on, of.language),
            *(figures(amount) for amount in (row.principal, row.interest, row.total, row.balance)),
        )
        for row in plan
    ]
    totals = [sum((getattr(row, name) for row in plan), Decimal(0)) for name in ("principal", "interest", "total")]
    rows.append((of.words.units["total"], "", *map(figures, totals), ""))
    return of.table("plan", (80, 200, 180, 180, 180, 180), "cceeee", rows)
