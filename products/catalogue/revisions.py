"""Reading revisions: terms as data on top of an installed product.

A revision file has the keys ``revision``, ``title``, ``programme`` (optional), ``source``, ``effective_from`` and the
``parameters`` it changes; every other parameter keeps the product's own values.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from products.dated_yaml import BadBook, Problem, YamlEntries, read_entries, refuse_unknown_keys
from products.parameters import Book, read_values
from products.product import Revision

_KEYS: Final = ("revision", "title", "programme", "source", "effective_from", "notes", "parameters")


def load_revisions(folder: Path, product: str, book: Book[Any]) -> Mapping[str, Revision]:
    """Every revision file of ``folder`` by slug, in the order of their names; BadBook with what is wrong."""
    revisions = [revision_from(read_entries(path), product, book) for path in sorted(folder.glob("*.yaml"))]
    found: dict[str, Revision] = {}
    for revision in revisions:
        if revision.slug in found:
            what, remedy = f"is {revision.slug} in two files", "give one of them another slug"
            raise BadBook((Problem(folder.name, "revision", what, remedy),))
        found[revision.slug] = revision
    return found


def revision_from(entries: YamlEntries, product: str, book: Book[Any]) -> Revision:
    """One revision on top of ``book``; BadBook with every problem in it."""
    values, problems = read_values(entries, book.terms)
    problems.extend(refuse_unknown_keys(entries, _KEYS))
    title = entries.head.get("title")
    zh, en = (str(title.get("zh", "")), str(title.get("en", ""))) if isinstance(title, Mapping) else ("", "")
    if not zh or not en:
        problems.append(Problem(entries.file, "title", "lacks zh or en", "write title: {zh: …, en: …}"))
    if not str(entries.head.get("source", "")).strip():
        problems.append(Problem(entries.file, "source", "is missing", "name the paper that lays the terms down"))
    effective = _day(entries, problems)
    if problems or effective is None:
        raise BadBook(tuple(problems))
    programme = entries.head.get("programme")
    return Revision(
        slug=entries.name,
        product=product,
        programme=None if programme is None else str(programme),
        zh=zh,
        en=en,
        source=str(entries.head.get("source", "")),
        effective_from=effective,
        book=book.amended(entries.name, values, opens=effective),
    )


def _day(entries: YamlEntries, problems: list[Problem]) -> date | None:
    text = str(entries.head.get("effective_from", ""))
    try:
        return date.fromisoformat(text)
    except ValueError:
        remedy = 'write the first day, for example effective_from: "2026-01-01"'
        problems.append(Problem(entries.file, "effective_from", f"is {text!r}", remedy))
        return None
