"""Titles and intellectual property of a generated application.

titles            each class on its own with TITLE_SHARES; EXPIRED_SHARE of the certificates have run out
ip_assets         none in 40 %, else 1 to 8, each further one with probability 0.55; kinds by KIND_WEIGHTS
filed_on          0.2 to 9 years before the application; granted 0.3 to 2.5 years later, or still pending
annual fee        paid to the anniversary of filing after the application; in 4 % to the one before it
appraised value   revenue x U(0.05, 0.40) / number of assets; 4 % have no appraisal
income forecast   seven appraisals in ten; five years from revenue x U(0.1, 0.5), growing by 5 % a year
flags             true with the probability in FLAG_SHARES, unknown in UNKNOWN_FLAG
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from products.applicant.choices import IpKind, IpStatus, TitleKind
from products.applicant.declared import FORECAST_YEARS
from products.applicant.layout import OWNER_COLUMN
from products.columns import MISSING, Bools, Ints
from products.population.drawing import Family, Floats, Streams, rounded, struck_out

TITLE_SHARES: Final[Mapping[TitleKind, float]] = {
    TitleKind.LITTLE_GIANT: 0.03,
    TitleKind.SPECIALISED_SME: 0.12,
    TitleKind.NATIONAL_PROJECT: 0.02,
    TitleKind.HNTE: 0.60,
    TitleKind.POINTS_SELECTED_TECH_SME: 0.08,
    TitleKind.TECH_SME: 0.60,
    TitleKind.INNOVATIVE_SME: 0.35,
    TitleKind.COMMERCIALISATION: 0.03,
}
TITLE_DAYS: Final = {TitleKind.TECH_SME: 365}
"""How long a certificate is valid; 1,095 days unless said here."""
EXPIRED_SHARE: Final = 0.05

MOST_ASSETS: Final = 8
KIND_WEIGHTS: Final = (45, 25, 8, 10, 2, 10)
FORECAST: Final = 5
FLAG_SHARES: Final = {
    "pledged": 0.015,
    "preserved_by_court": 0.003,
    "ownership_dispute": 0.003,
    "invalidation_pending": 0.005,
    "unsuitable": 0.002,
}
UNKNOWN_FLAG: Final = 0.003
PENDING_SHARE: Final = 0.03
_PATENTS: Final = (IpKind.INVENTION_PATENT, IpKind.UTILITY_MODEL, IpKind.DESIGN)
_COPYRIGHTS: Final = (IpKind.COPYRIGHT, IpKind.SOFTWARE_COPYRIGHT)


def title_family(seed: int, applied_on: Ints) -> Family:
    """The certificates of all firms, by firm and then by class."""
    n, width = len(applied_on), len(TitleKind)
    everywhere = Streams(seed, n, width=width)
    held = everywhere.uniform("titles").reshape(n, width) < np.array([TITLE_SHARES[kind] for kind in TitleKind])
    parent, kind = np.nonzero(held)
    streams = Streams(seed, n, width=width, chosen=held)
    days = np.array([TITLE_DAYS.get(each, 1_095) for each in TitleKind])[kind]
    elapsed = np.floor(days * streams.uniform("title elapsed")).astype(np.int64)
    expired = streams.uniform("title expired") < EXPIRED_SHARE
    begun = applied_on[parent] - elapsed - np.where(expired, days, 0)
    raw = {"kind": kind.astype(np.int64), "valid_from": begun, "valid_to": begun + days - 1}
    return Family(parent.astype(np.int64), raw, streams.whole("certificate", 0, 9_999_999))


def asset_family(seed: int, applied_on: Ints, revenue: Floats) -> Family:
    """The assets of all firms; ``revenue`` of the latest year in yuan."""
    n = len(applied_on)
    first = Streams(seed, n).uniform("any asset") < 0.60
    further = Streams(seed, n, width=MOST_ASSETS).uniform("further assets").reshape(n, MOST_ASSETS) < 0.55
    further[:, 0] = first
    owned: Bools = np.logical_and.accumulate(further, axis=1)
    parent, place = np.nonzero(owned)
    streams = Streams(seed, n, width=MOST_ASSETS, chosen=owned)
    kind = streams.weighted("asset kind", KIND_WEIGHTS)
    raw = {"kind": kind, OWNER_COLUMN: struck_out(streams.flag("owner", 0.985), streams.uniform("no owner") < 0.005)}
    raw |= _dates(streams, kind, applied_on[parent])
    raw |= _standing(streams, kind)
    share = revenue[parent] / owned.sum(axis=1)[parent]
    raw |= _appraisal(streams, applied_on[parent], share)
    raw |= _forecast(streams, revenue[parent], raw["valuation_value"] != MISSING)
    serial = (streams.whole("asset serial", 0, 999_999) * MOST_ASSETS + place) % 10_000_000
    return Family(parent.astype(np.int64), raw, serial)


def _one_of(kind: Ints, kinds: tuple[IpKind, ...]) -> Bools:
    return np.isin(kind, [each.position for each in kinds])


def _years_later(days: Ints, years: Ints) -> Ints:
    """The same day of the month so many years later; 29 February becomes 1 March."""
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    later = (month + 12 * years).astype("datetime64[D]") + (date - month.astype("datetime64[D]"))
    shifted: Ints = later.astype(np.int64)
    return shifted


def _dates(streams: Streams, kind: Ints, applied_on: Ints) -> dict[str, Ints]:
    filed = applied_on - streams.whole("filed on", 300, 3_285)
    granted = np.minimum(filed + streams.whole("granted after", 110, 912), applied_on - 1)
    pending = streams.uniform("pending") < PENDING_SHARE
    year = 1 + (applied_on + 183 - filed) // 365
    paid_to = _years_later(filed, year - (streams.uniform("fee late") < 0.01))
    patent, trademark = _one_of(kind, _PATENTS), _one_of(kind, (IpKind.TRADEMARK,))
    status = streams.weighted("status", (985, 10, 5, 0))
    return {
        "filed_on": filed,
        "granted_on": struck_out(granted, pending),
        "published_on": struck_out(filed, ~_one_of(kind, _COPYRIGHTS)),
        "expires_on": struck_out(_years_later(granted, np.full(len(kind), 10)), pending | ~trademark),
        "annual_fee_paid_to": struck_out(paid_to, pending | ~patent),
        "status": np.where(pending, IpStatus.PENDING.position, status),
    }


def _standing(streams: Streams, kind: Ints) -> dict[str, Ints]:
    raw = {name: streams.flag(name, share, unknown=UNKNOWN_FLAG) for name, share in FLAG_SHARES.items()}
    owners = streams.weighted("co-owners", (90, 8, 2))
    model = _one_of(kind, (IpKind.UTILITY_MODEL,))
    same_day = np.where(model, streams.flag("same day", 0.04), 0)
    agreed = streams.flag("acknowledged", 0.5)
    return raw | {
        "co_owners": owners,
        "co_owner_consent": struck_out(streams.flag("consent", 0.9), owners == 0),
        "same_day_invention": same_day,
        "same_day_acknowledged": struck_out(agreed, same_day == 0),
        "invalidation_acknowledged": struck_out(agreed, raw["invalidation_pending"] != 1),
        "similar_marks_included": struck_out(streams.flag("marks", 0.9), ~_one_of(kind, (IpKind.TRADEMARK,))),
        "licences": streams.weighted("licences", (88, 9, 3)),
    }


def _appraisal(streams: Streams, applied_on: Ints, revenue_share: Floats) -> dict[str, Ints]:
    none = streams.uniform("no appraisal") < 0.04
    value = np.maximum(rounded(revenue_share * streams.uniform("value", 0.05, 0.40), 10_000), 1_000_000)
    appraisal = {
        "valuation_value": value,
        "valuation_methods": 1 + streams.weighted("methods", (15, 75, 10)),
        "valuation_valued_on": applied_on - streams.whole("valued on", 1, 300) - 300 * streams.flag("stale", 0.08),
        "valuation_purpose": np.where(streams.uniform("purpose of value") < 0.88, 0, streams.whole("other use", 1, 6)),
        "valuation_signatures": 2 - streams.flag("one signature", 0.05),
    }
    return {name: struck_out(column, none) for name, column in appraisal.items()}


def _forecast(streams: Streams, revenue: Floats, appraised: Bools) -> dict[str, Ints]:
    none = ~appraised | (streams.uniform("no forecast") < 0.30)
    base = revenue * streams.uniform("product revenue", 0.1, 0.5)
    income = {
        "income_product_revenue": np.full(len(none), FORECAST),
        "income_royalty_rate": streams.whole("royalty", 20, 60) * 1_000,
        "income_tax_rate": np.where(streams.uniform("tax rate") < 0.7, 150_000, 250_000),
        "income_discount_rate": streams.whole("discount", 140, 220) * 1_000,
    }
    for year in range(1, FORECAST_YEARS + 1):
        beyond = np.full(len(none), MISSING)
        income[f"income_product_revenue_t{year}"] = rounded(base * 1.05**year, 1_000) if year <= FORECAST else beyond
    return {name: struck_out(column, none) for name, column in income.items()}
