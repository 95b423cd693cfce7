"""Every figure of a finished text found again and compared with the record.

A text is read line by line, without the numbers of articles. Texts that the record itself supplies (names, addresses,
contract and patent numbers) are set aside first; then amounts, percentages, dates and whole numbers are read back, each
by its own notation, and must be figures of the record. Amounts in capitals go through the strict reader and must equal
the figure in the bracket behind them. Nothing that looks like a number may be left over.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from pydantic import BaseModel

from products.explaining.answer import Decision
from templates.capital import CAPITAL_AMOUNT, PREFIX, BadCapitalAmount, parse_capital_amount
from templates.case.record import ContractRecord
from templates.citations import CHECKED, cited
from templates.library import Clause
from templates.product_words import product_figures, product_names
from templates.wording import MONTHS, Language, fen

_SHORTEST_TEXT: Final = 4
_MONTH_NUMBER: Final = {name: number for number, name in enumerate(MONTHS, 1)}
_CHINESE_DATE: Final = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_ENGLISH_DATE: Final = re.compile(rf"([0-9]{{1,2}}) ({'|'.join(MONTHS)}) ([0-9]{{4}})")
_PERCENT: Final = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)%")
_AMOUNT: Final = re.compile(r"(-?[0-9]{1,3}(?:,[0-9]{3})*\.[0-9]{2})(?![0-9%])")
_NUMBERED: Final = re.compile(rf"[0-9]|{PREFIX}")
_COUNT: Final = re.compile(r"[0-9]+")
_BRACKET: Final = re.compile(r"（¥([0-9,]+\.[0-9]{2})）")


class FigureKind(StrEnum):
    """How a figure is written."""

    CAPITALS = "capitals"
    AMOUNT = "amount"
    PERCENT = "percent"
    DATE = "date"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Stray:
    """A figure in a text that the record does not know, with the line it stands in."""

    kind: FigureKind
    text: str
    line: str

    def __str__(self) -> str:
        return f"{self.text!r} ({self.kind.value}) in {self.line!r}"


@dataclass(frozen=True, slots=True)
class KnownFigures:
    """The figures and texts a set may contain."""

    amounts: frozenset[Decimal]
    rates: frozenset[Decimal]
    dates: frozenset[date]
    counts: frozenset[int]
    texts: re.Pattern[str]
    supplied: re.Pattern[str]


def known_figures(record: ContractRecord, clauses: Iterable[Clause] = ()) -> KnownFigures:
    """All figures of decision, plan and particulars, and those that follow from them: totals and default rates.

    What the ``clauses`` of a set write of the product's own parameters is known with the value of the decision.
    """
    given = {value for value in _leaves(record.particulars) if isinstance(value, Decimal)}
    own = product_figures(record.decision, product_names(clauses))
    stated = given | set(_decimals(record.decision)) | set(record.fronted) | own.exact
    amounts = stated | set(_plan_amounts(record)) | set(_totals(record.decision))
    rates = stated | set(_default_rates(record))
    dates, counts, texts = _facts(record)
    texts |= own.texts
    return KnownFigures(
        frozenset(amounts | {-amount for amount in amounts}),
        frozenset(rates | {-rate for rate in rates}),
        frozenset(dates | {row.due_on for row in record.plan}),
        frozenset(counts | own.counts),
        _any_of(text for text in texts if any(character.isdigit() for character in text)),
        _any_of(texts),
    )


def _plan_amounts(record: ContractRecord) -> Iterator[Decimal]:
    for row in record.plan:
        yield from (row.principal, row.interest, row.total, row.balance)
    for name in ("principal", "interest", "total"):
        yield sum((getattr(row, name) for row in record.plan), Decimal(0))


def _default_rates(record: ContractRecord) -> Iterator[Decimal]:
    """The loan rate with each uplift that the particulars agree on."""
    price, loan, entrustment = record.decision.price, record.particulars.loan, record.particulars.entrustment
    uplifts = [loan.overdue_uplift, loan.misuse_uplift, None if entrustment is None else entrustment.recourse_uplift]
    if price is not None:
        yield from (price.loan_rate * (1 + uplift) for uplift in uplifts if uplift is not None)


def _totals(decision: Decision) -> Iterator[Decimal]:
    if decision.price is not None:
        summary = decision.price.schedule_summary
        yield summary.total_interest + summary.total_fee - summary.total_subsidy


def _facts(record: ContractRecord) -> tuple[set[date], set[int], set[str]]:
    """Dates, whole numbers and texts that documents may take from decision, application and particulars."""
    decision, request, loan = record.decision, record.application.request, record.particulars.loan
    named = (record.particulars, record.application.enterprise, record.pledged, decision.conditions)
    leaves = tuple(_leaves(named))
    dates = {value for value in leaves if isinstance(value, date)} | {decision.decided_on}
    texts = {value for value in leaves if isinstance(value, str)} | {decision.id}
    patents = {asset.number.replace(".", "") for asset in record.pledged}
    texts.update(f"ZL{number[:-1]}{dot}{number[-1]}" for number in patents for dot in (".", ""))
    counts = {value for value in _leaves(record.particulars) if isinstance(value, int) and not isinstance(value, bool)}
    votes = [one.votes_for for one in record.particulars.resolutions]
    counts.update(part for one in votes if isinstance(one, Fraction) for part in one.as_integer_ratio())
    texts.update(record.pledge_number(family) for family in record.families)
    texts.update(record.consent_numbers)
    sources = (*(one.clause for one in decision.conditions), *CHECKED.values())
    texts.update(cited(source, Language.EN) for source in sources)
    counts.add(request.term_months)
    counts.update(len(record.pledged_of(family)) for family in record.families)
    if loan.day_count is not None:
        counts.add(int(loan.day_count.value))
    if decision.price is not None:
        counts.add(abs(decision.price.spread_bp))
    if record.lpr is not None:
        dates.add(record.lpr.since)
    return dates, counts, texts


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _leaves(getattr(value, name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _decimals(decision: Decision) -> Iterator[Decimal]:
    figures = (decision.amount, decision.cover, decision.fee, decision.price)
    return (value for value in _leaves(figures) if isinstance(value, Decimal))


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    long = sorted((text for text in texts if len(text) >= _SHORTEST_TEXT), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, long)) if long else r"(?!)")


def stray_figures(lines: Iterable[str], known: KnownFigures) -> tuple[Stray, ...]:
    """Every figure in the lines that the record does not know."""
    return tuple(stray for line in lines if _NUMBERED.search(line) for stray in _strays(line, known))


def figures_of(lines: Iterable[str], known: KnownFigures) -> Counter[str]:
    """Every figure in the lines with how often it stands there, in a form that is the same in every language.

    Texts of the record that hold digits (names, numbers of contracts) and amounts in capitals are left out.
    """
    return Counter(figure for line in lines if _NUMBERED.search(line) for figure in _figures(line, known))


def _figures(line: str, known: KnownFigures) -> Iterator[str]:
    rest = CAPITAL_AMOUNT.sub(" ", known.texts.sub(" ", line))
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], object]], ...] = (
        (_CHINESE_DATE, lambda m: _date(m[1], m[2], m[3])),
        (_ENGLISH_DATE, lambda m: _date(m[3], _MONTH_NUMBER[m[2]], m[1])),
        (_PERCENT, lambda m: m[0]),
        (_AMOUNT, lambda m: m[0]),
        (_COUNT, lambda m: m[0]),
    )
    for pattern, read in readers:
        yield from (str(read(found)) for found in pattern.finditer(rest))
        rest = pattern.sub(" ", rest)


def _strays(line: str, known: KnownFigures) -> Iterator[Stray]:
    text = known.texts.sub(" ", line)
    yield from _capitals(text, known, line)
    rest = CAPITAL_AMOUNT.sub(" ", text)
    readers: tuple[tuple[FigureKind, re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
        (FigureKind.DATE, _CHINESE_DATE, lambda m: _date(m[1], m[2], m[3]) in known.dates),
        (FigureKind.DATE, _ENGLISH_DATE, lambda m: _date(m[3], _MONTH_NUMBER[m[2]], m[1]) in known.dates),
        (FigureKind.PERCENT, _PERCENT, lambda m: Decimal(m[1]) / 100 in known.rates),
        (FigureKind.AMOUNT, _AMOUNT, lambda m: Decimal(m[1].replace(",", "")) in known.amounts),
        (FigureKind.COUNT, _COUNT, lambda m: int(m[0]) in known.counts),
    )
    for kind, pattern, is_known in readers:
        yield from (Stray(kind, found[0], line) for found in pattern.finditer(rest) if not is_known(found))
        rest = pattern.sub(" ", rest)


def _date(year: str, month: str | int, dom: str) -> date | None:
    try:
        return date(int(year), int(month), int(dom))
    except ValueError:
        return None


def _capitals(text: str, known: KnownFigures, line: str) -> Iterator[Stray]:
    """Amounts in capitals: permitted form, known amount, and equal to the figure behind them."""
    for found in CAPITAL_AMOUNT.finditer(text):
        try:
            amount = parse_capital_amount(found[0])
        except BadCapitalAmount:
            yield Stray(FigureKind.CAPITALS, found[0], line)
            continue
        bracket = _BRACKET.match(text, found.end())
        figure = None if bracket is None else fen(Decimal(bracket[1].replace(",", "")))
        if amount not in map(fen, (a for a in known.amounts if a == a.quantize(Decimal("0.01")))) or figure != amount:
            yield Stray(FigureKind.CAPITALS, found[0] + ("" if bracket is None else bracket[0]), line)
