"""Every book shipped with the project: loads, is cited, and holds the published figures on their days."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

import products
from products import Book, NotInForce, Revision
from products.catalogue.revisions import load_revisions, revision_from
from products.dated_yaml import BadBook, entries_from, read_entries
from products.kernel import MARKET
from products.programmes.sme_size import BOOK as SME_SIZE
from products.property.ip_law import BOOK as IP_LAW
from tests.products.builders import catalogue, offering

FOLDER = Path(products.__file__).parent
REVISION_FILES = sorted(FOLDER.glob("catalogue/*_revisions/*.yaml"))


def shipped() -> dict[str, Book[object]]:
    everything = catalogue()
    books = [IP_LAW, MARKET, SME_SIZE]
    books += [one.book for one in everything.offerings.values()]
    books += [one.book for one in everything.programmes.values()]
    return {book.name: book for book in books}


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_value_has_a_source_a_clause_and_names_no_web_page(name: str) -> None:
    for parameter, values in shipped()[name].values.items():
        assert values, parameter
        for value in values:
            assert value.source.strip(), parameter
            assert value.clause.strip(), parameter
            assert not re.search(r"https?:|www\.|\.gov|\.com", value.source + value.clause), parameter


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_book_is_complete_from_its_first_day_to_every_change(name: str) -> None:
    book = shipped()[name]
    assert re.fullmatch(r"[0-9a-f]{64}", book.digest)
    for day in book.days:
        if date.fromordinal(day) >= book.first_day:
            assert book.at(date.fromordinal(day)) is not None


def test_digests_tell_the_books_apart() -> None:
    assert len({book.digest for book in shipped().values()}) == len(shipped())


@pytest.mark.parametrize("path", REVISION_FILES, ids=lambda path: path.stem)
def test_every_revision_is_named_and_sourced_and_changes_what_it_says_alone(path: Path) -> None:
    entries = read_entries(path)
    product = next(one for one in catalogue().products.values() if entries.name in one.revisions)
    revision = product.revisions[entries.name]
    assert revision.zh
    assert revision.en
    assert revision.source
    for name, values in revision.book.values.items():
        if name in entries.parameters:
            assert {value.source for value in values} <= {one.source for one in entries.parameters[name].values}
        else:
            assert values is product.book.values[name]


REVISION = """\
revision: trial
title: {zh: 试验, en: Trial}
source: "试验说明"
effective_from: "2026-01-01"
parameters:
  amount_cap:
    unit: CNY
    values:
      2019-02-01: {value: "5000000", source: "试验说明", clause: "上限", verified: true}
"""


def test_two_files_of_one_revision_are_refused(tmp_path: Path) -> None:
    for name in ("first.yaml", "second.yaml"):
        (tmp_path / name).write_text(REVISION, encoding="utf-8")
    with pytest.raises(BadBook, match="revision is trial in two files; give one of them another slug"):
        load_revisions(tmp_path, "innovation-credit", offering().product.book)


def test_a_revision_opens_on_its_own_day_whatever_the_dates_of_its_values() -> None:
    book = revised().book
    assert book.at(date(2026, 1, 1)).amount_cap == 500_000_000
    said = r"trial has no value of its terms on 2025-12-31; its terms are complete from 2026-01-01 on\."
    with pytest.raises(NotInForce, match=said):
        book.at(date(2025, 12, 31))


def revised(old: str = "", new: str = "") -> Revision:
    entries = entries_from(REVISION.replace(old, new).encode(), "trial.yaml")
    return revision_from(entries, "innovation-credit", offering().product.book)


def test_a_sound_revision_is_read() -> None:
    revision = revised()
    assert (revision.slug, revision.effective_from, revision.programme) == ("trial", date(2026, 1, 1), None)
    assert revision.book.at(date(2026, 1, 1)).amount_cap == 500_000_000


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: {zh: 试验, en: Trial}", "title: {zh: 试验}", "trial.yaml: title lacks zh or en; write title:"),
        ('effective_from: "2026-01-01"', "", "trial.yaml: effective_from is ''; write the first day"),
        ('effective_from: "2026-01-01"', 'effective_from: "2026"', "trial.yaml: effective_from is '2026'"),
        ('source: "试验说明"\n', "sauce: x\n", "trial.yaml: sauce is not a key of this file; use one of: revision"),
        ('source: "试验说明"\neff', "eff", "trial.yaml: source is missing; name the paper"),
        ("amount_cap:", "amount_top:", "trial.yaml: parameters.amount_top is not a parameter here; use one of: region"),
        ('"5000000"', "5000000", "is an unquoted number"),
    ],
)
def test_a_bad_revision_is_refused_with_file_key_and_remedy(old: str, new: str, said: str) -> None:
    with pytest.raises(BadBook) as refused:
        revised(old, new)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("day", "one_year", "five_year"),
    [
        (date(2024, 7, 21), 34_500, 39_500),
        (date(2024, 7, 22), 33_500, 38_500),
        (date(2024, 10, 20), 33_500, 38_500),
        (date(2024, 10, 21), 31_000, 36_000),
        (date(2025, 5, 19), 31_000, 36_000),
        (date(2025, 5, 20), 30_000, 35_000),
    ],
)
def test_the_loan_prime_rate_changes_on_its_days(day: date, one_year: int, five_year: int) -> None:
    assert MARKET.at(day).lpr.tolist() == [one_year, five_year]


def test_an_unverified_rate_says_so() -> None:
    (lpr,) = MARKET.used(date(2026, 7, 22))
    assert lpr.dated.verified is False


@pytest.mark.parametrize(
    ("name", "before", "since"),
    [
        ("balance_cap", 1_000_000_000, 3_000_000_000),
        ("loss_rate_cap", 40_000, 50_000),
        ("title_required", False, True),
    ],
)
def test_the_science_programme_replaced_its_predecessor_on_24_july_2024(
    name: str, before: object, since: object
) -> None:
    book = catalogue().programmes["cn-scitech-2024"].book
    assert getattr(book.at(date(2024, 7, 23)), name) == before
    assert getattr(book.at(date(2024, 7, 24)), name) == since


def test_the_funds_shares_by_tier_before_and_since() -> None:
    book = catalogue().programmes["cn-scitech-2024"].book
    assert book.at(date(2024, 7, 23)).fund_share[:3].tolist() == [200_000, 200_000, 200_000]
    assert book.at(date(2024, 7, 24)).fund_share[:3].tolist() == [400_000, 350_000, 300_000]
