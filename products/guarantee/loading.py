"""Loading rule books: the head, the facts, the dated provisions, the gaps a book admits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from products.canonical import digest
from products.dated_yaml import BadBook, Entry, Problem, RawValue, YamlEntries, read_entries
from products.guarantee.applicant_facts import DECIDED, is_known
from products.guarantee.facts import GUARANTEED, Fact, FactUnit, scale_of, whole_units
from products.guarantee.provisions import Kind
from products.guarantee.reading_provisions import READERS, Setting
from products.guarantee.rulebook import COVERAGE, Dated, DatedBy, Gap, RuleBook
from products.guarantee.written import Written

FORMAT: Final = "rule-book"


def load_rulebook(path: Path) -> RuleBook:
    """Read a rule book; BadBook with everything that keeps it from being read."""
    return rulebook_from(read_entries(path))


def rulebook_from(entries: YamlEntries) -> RuleBook:
    """A rule book of entries already read; BadBook with every problem."""
    book, problems = read_rulebook(entries)
    if problems:
        raise BadBook(problems)
    return book


def read_rulebook(entries: YamlEntries) -> tuple[RuleBook, tuple[Problem, ...]]:
    """What can be read of a rule book, and every problem in the rest."""
    problems = list(entries.problems)
    head = Written({key: value for key, value in entries.head.items() if key != "book"}, "", entries.file, problems)
    title, currency = head.below("title"), head.below("currency")
    minor_units = currency.number("minor_units", 1)
    facts = _facts(head, minor_units)
    setting = Setting(facts, 10**minor_units)
    if head.text("format") != FORMAT:
        head.complain("format", f"is {head.raw('format')!r}", f"write {FORMAT}")
    gaps = _gaps(head, tuple(entries.parameters))
    read = {name: _dated(entries, name, entry, setting, problems) for name, entry in entries.parameters.items()}
    values = {name: dated for name, dated in read.items() if dated}
    if COVERAGE not in entries.parameters:
        head.complain(f"parameters.{COVERAGE}", "is missing", "say which share of a loan is guaranteed")
    book = RuleBook(
        slug=entries.name,
        zh=title.text("zh"),
        en=title.text("en"),
        instrument=head.text("instrument"),
        currency=currency.text("code"),
        minor_units=minor_units,
        dated_by=head.choice("dated_by", DatedBy),
        dated_otherwise=_dated_otherwise(head, tuple(entries.parameters)),
        facts=facts,
        values=values,
        gaps=gaps,
        digest=_digest(entries),
        days=_days(values),
    )
    head.raw("notes")
    for one in (head, title, currency):
        one.close()
    return book, tuple(problems)


def _facts(head: Written, minor_units: int) -> Mapping[str, Fact]:
    written = head.below("facts")
    found = {name: _fact(written.below(name), name, minor_units) for name in written.keys}
    found.setdefault(
        GUARANTEED, Fact(GUARANTEED, FactUnit.MONEY, "担保金额", "guaranteed amount", scale=10**minor_units)
    )
    for fact in found.values():
        for name in (*(fact.less or ()), *([fact.otherwise] if isinstance(fact.otherwise, str) else [])):
            if name not in found:
                written.complain(fact.name, f"refers to {name!r}", f"name one of: {', '.join(found)}")
    return found


def _fact(written: Written, name: str, minor_units: int) -> Fact:
    unit = written.choice("unit", FactUnit)
    options, less = written.words("options"), written.words("less")
    fact = Fact(name, unit, written.text("zh"), written.text("en"), options, scale=scale_of(unit, minor_units))
    if unit is FactUnit.CHOICE and len(options) < 2:
        written.complain("options", "has fewer than two entries", "list what may be chosen")
    if less and len(less) != 2:
        written.complain("less", f"has {len(less)} entries", "name two facts: what is taken, and what is taken off it")
    otherwise, applicant = _otherwise(written, fact), _applicant(written)
    written.close()
    difference = (less[0], less[1]) if len(less) == 2 else None
    return replace(fact, otherwise=otherwise, less=difference, applicant=applicant)


def _applicant(written: Written) -> str | None:
    if not written.has("applicant"):
        return None
    path = written.text("applicant")
    if not is_known(path):
        remedy = f"write the place of a single value of the applicant record, or one of: {', '.join(DECIDED)}"
        written.complain("applicant", f"is {path!r}", remedy)
    return path


def _otherwise(written: Written, fact: Fact) -> str | int | None:
    value = written.raw("otherwise")
    if value is None:
        return None
    text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    position = fact.read(text)
    if position is not None:
        return position
    if fact.unit in (FactUnit.CHOICE, FactUnit.FLAG) or whole_units(text, 10**12) is not None:
        written.complain("otherwise", f"is {value!r}", fact.wanted)
        return None
    return text


def _dated(
    entries: YamlEntries, name: str, entry: Entry, setting: Setting, problems: list[Problem]
) -> tuple[Dated, ...]:
    if entry.unit not in {str(kind) for kind in Kind}:
        place = f"parameters.{name}.unit"
        problems.append(Problem(entries.file, place, f"is {entry.unit!r}", f"write one of: {', '.join(Kind)}"))
        return ()
    kind = Kind(entry.unit)
    found = []
    for raw in entry.values:
        place = f"parameters.{name}.values.{raw.since.isoformat()}.value"
        before = len(problems)
        value = {"is": raw.value} if isinstance(raw.value, str) else raw.value
        written = Written(value, place, entries.file, problems)
        if len(problems) == before:
            provision = READERS[kind](raw.value, written, setting)
            if not isinstance(raw.value, str):
                written.close()
        if len(problems) == before:
            found.append(Dated(kind, raw, provision))
    return tuple(found)


def _dated_otherwise(head: Written, names: tuple[str, ...]) -> Mapping[str, DatedBy]:
    written = head.below("dated_otherwise") if head.has("dated_otherwise") else None
    if written is None:
        return {}
    for name in written.keys:
        if name not in names:
            written.complain(name, "is no parameter", f"name one of: {', '.join(names)}")
    return {name: written.choice(name, DatedBy) for name in written.keys}


def _gaps(head: Written, names: tuple[str, ...]) -> tuple[Gap, ...]:
    found = []
    for one in head.listed("gaps"):
        name, reason = one.text("provision"), one.text("reason")
        since, until = (_day(one, key) for key in ("from", "to"))
        if name not in names:
            one.complain("provision", f"is {name!r}", f"name one of: {', '.join(names)}")
        one.close()
        if since is not None and until is not None:
            found.append(Gap(name, since, until, reason))
    return tuple(found)


def _day(written: Written, key: str) -> date | None:
    text = written.text(key)
    try:
        return date.fromisoformat(text)
    except ValueError:
        written.complain(key, f"has the date {text!r}", "write it as YYYY-MM-DD")
        return None


def _days(values: Mapping[str, tuple[Dated, ...]]) -> tuple[int, ...]:
    edges = (edge for dated in values.values() for one in dated for edge in (one.raw.since, one.raw.until))
    return tuple(sorted({edge.toordinal() for edge in edges if edge is not None}))


def _digest(entries: YamlEntries) -> str:
    plain = {name: [entry.unit, [_plain(raw) for raw in entry.values]] for name, entry in entries.parameters.items()}
    return digest({"head": dict(entries.head), "parameters": plain})


def _plain(raw: RawValue) -> list[object]:
    until = None if raw.until is None else raw.until.isoformat()
    return [raw.since.isoformat(), until, raw.text, raw.source, raw.clause, raw.verified]
