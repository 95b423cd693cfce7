"""The legal life of intellectual property, as dated data over columns of assets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from products.applicant.layout import EPOCH
from products.applications import Children
from products.columns import Column, Ints
from products.once import once_per_batch
from products.parameters import Unit, load_book, parameter
from products.repayment.calendars import add_months
from products.vocabulary import IP_KINDS

PATENTS: Final = IP_KINDS[:3]
TRADEMARK: Final = IP_KINDS.index("trademark")
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class IpLaw:
    """Years of protection."""

    patent_years: Ints = parameter(Unit.YEARS, "专利权期限", "patent term from filing", keys=(PATENTS,))
    trademark_years: int = parameter(Unit.YEARS, "商标注册有效期", "trademark term from registration")
    copyright_years: int = parameter(Unit.YEARS, "著作权保护期", "copyright term from first publication")


BOOK: Final = load_book(Path(__file__).with_suffix(".yaml"), IpLaw)
_EDITIONS: Final = tuple(BOOK.at(date.fromordinal(day)) for day in BOOK.days)
_EDITION_DAYS: Final = np.array(BOOK.days, dtype=np.int64) - EPOCH
_LATER_DAYS: Final = _EDITION_DAYS[1:]
"""A right older than the first edition lies under the first."""
_PATENT_YEARS: Final = np.stack([edition.patent_years for edition in _EDITIONS])
_TRADEMARK_YEARS: Final = np.array([edition.trademark_years for edition in _EDITIONS], dtype=np.int64)
_COPYRIGHT_YEARS: Final = np.array([edition.copyright_years for edition in _EDITIONS], dtype=np.int64)


@once_per_batch
def legal_expiry(assets: Children) -> Column:
    """The first day on which each right no longer exists, in days since 1970-01-01; unknown if its dates are.

    A registered end goes before the computed one. Patents: filing plus the years of their kind under the law of the
    filing day. Trademarks: registration plus their years. Copyright: the year of first publication (or, unpublished,
    completion, kept as the filing date) plus its years, to 31 December.
    """
    filed = assets.filed_on
    published = assets.published_on.where(assets.published_on.is_known, filed)
    patent_years = _PATENT_YEARS[_edition(filed), np.minimum(assets.kind.values, len(PATENTS) - 1)]
    trademark_years = _TRADEMARK_YEARS[_edition(assets.granted_on)]
    copyright_end = _end_of_year(published, _COPYRIGHT_YEARS[_edition(published)])
    is_patent = (assets.kind < len(PATENTS)) & assets.kind.is_known
    begun = filed.where(is_patent, assets.granted_on)
    ended = _after(begun, np.where(is_patent.met, patent_years, trademark_years))
    computed = ended.where(is_patent | (assets.kind == TRADEMARK), copyright_end)
    registered = assets.expires_on
    return (registered + 1).where(registered.is_known, computed)


def _edition(day: Column) -> Ints:
    return _LATER_DAYS.searchsorted(day.values, side="right")


def _after(day: Column, years: Ints) -> Column:
    return Column(add_months(day.values, years * _MONTHS), day.known)


def _end_of_year(day: Column, years: Ints) -> Column:
    year = day.values.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    first_free = (year + years + 1).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    return Column(first_free, day.known)
