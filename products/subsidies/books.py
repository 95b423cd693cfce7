"""The subsidies there are: `SubsidyTerms` says what a subsidy may lay down, each YAML file here is one subsidy.

A product names those it invokes in its parameter ``subsidies``; terms hold by the day of the decision, on which the
loan is taken to be drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from products.dated_yaml import BadBook, Problem, read_entries
from products.parameters import Book, Unit, book_from, parameter
from products.vocabulary import PURPOSES, SIZES

PAYS: Final = ("interest", "guarantee_fee")
INTEREST: Final = PAYS.index("interest")
FEE: Final = PAYS.index("guarantee_fee")
LEVELS: Final = ("central", "province", "city")
_OF_INTEREST_ONLY: Final = ("months_cap", "principal_cap")


@dataclass(frozen=True, slots=True)
class SubsidyTerms:
    """What one subsidy pays, up to which caps, to whom; a cap or condition that is absent does not apply."""

    pays: int = parameter(Unit.CHOICE, "补贴对象", "what is subsidised", options=PAYS)
    level: int = parameter(Unit.CHOICE, "财政层级", "whose treasury pays", options=LEVELS)
    alone_at_its_level: bool = parameter(
        Unit.FLAG, "一笔贷款不得再享受同级补贴", "the loan may take no second subsidy of this level"
    )
    rate: int = parameter(
        Unit.FRACTION,
        "补贴比例（贴息：占本金/年；保费补贴：占保费）",
        "of the principal a year for interest, of the fee for a fee subsidy",
    )
    months_cap: int | None = parameter(Unit.MONTHS, "最长补贴期限", "longest time paid", optional=True)
    principal_cap: int | None = parameter(
        Unit.CNY, "单户可补贴本金上限", "highest principal per client on which it is paid", optional=True
    )
    loan_cap: int | None = parameter(Unit.CNY, "单笔贷款金额上限", "larger loans receive nothing", optional=True)
    region: int | None = parameter(
        Unit.COUNT, "注册地行政区划代码（省级两位、地级四位）", "division code, two or four digits", optional=True
    )
    sizes: tuple[int, ...] | None = parameter(
        Unit.CHOICES, "企业规模", "enterprise sizes", options=SIZES, optional=True
    )
    purposes: tuple[int, ...] | None = parameter(
        Unit.CHOICES, "用途", "purposes of the loan", options=PURPOSES, optional=True
    )
    private_only: bool = parameter(Unit.FLAG, "仅限民营企业", "private enterprises only")


@dataclass(frozen=True, slots=True, eq=False)
class Subsidy:
    """One subsidy: its name in two languages, what it pays (position in `PAYS`) and its dated terms."""

    slug: str
    zh: str
    en: str
    pays: int
    book: Book[SubsidyTerms]


def load_subsidies(folder: Path) -> Mapping[str, Subsidy]:
    """Every subsidy of a folder by slug, in the order of the file names; BadBook with what is wrong."""
    found: dict[str, Subsidy] = {}
    for path in sorted(folder.glob("*.yaml")):
        subsidy = _subsidy(path)
        if subsidy.slug in found:
            raise BadBook((Problem(path.name, "book", f"is {subsidy.slug} in two files", "give one another slug"),))
        found[subsidy.slug] = subsidy
    return found


def _subsidy(path: Path) -> Subsidy:
    entries = read_entries(path)
    book = book_from(entries, SubsidyTerms)
    title = entries.head.get("title")
    zh, en = (str(title.get("zh", "")), str(title.get("en", ""))) if isinstance(title, Mapping) else ("", "")
    problems = [] if zh and en else [Problem(path.name, "title", "lacks zh or en", "write title: {zh: …, en: …}")]
    (pays, *later) = (dated.value for dated in book.values["pays"])
    if any(value != pays for value in later):
        problems.append(Problem(path.name, "parameters.pays", "changes in time", "write another subsidy for the other"))
    if pays == FEE:
        problems += [
            Problem(path.name, f"parameters.{name}", "is a cap on interest subsidies", "leave it out of a fee subsidy")
            for name in _OF_INTEREST_ONLY
            if name in book.values
        ]
    if problems:
        raise BadBook(tuple(problems))
    return Subsidy(entries.name, zh, en, int(str(pays)), book)


SUBSIDIES: Final = load_subsidies(Path(__file__).parent)
NAMES: Final = tuple(SUBSIDIES)
"""Slugs in the order in which a product's terms number them."""
