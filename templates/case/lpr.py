"""The loan prime rate in force on the day of signing: from the dated values, the decision, or as the bank states it.

The LPR is published on one day of each month and holds until the next publication. A value is never carried over a
publication that nothing here knows: then the figure has to be stated in ``signing.lpr``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

import numpy as np

from products.applicant.layout import EPOCH, to_days
from products.kernel import MARKET
from products.money import fraction
from products.pricing import LPR_TERMS
from products.repayment.business_days import load_calendar
from products.repayment.calendars import BusinessCalendar, Rolling
from templates.case.record import ContractRecord
from templates.law import contract_law

Lpr = Mapping[str, Decimal]
"""The rates of one publication by term: ``one_year`` and ``five_year``."""


def last_publication(day: date, law_as_of: date) -> date:
    """The day of the last publication on or before a day: the first business day from the day of the month on."""
    of_month = contract_law().at(law_as_of).lpr_publication_day
    this = _published_on(day.replace(day=of_month))
    before = (day.year - 1, 12) if day.month == 1 else (day.year, day.month - 1)
    return this if this <= day else _published_on(date(*before, of_month))


def published_before_signing(record: ContractRecord) -> date:
    """The day of the last publication on or before the signing."""
    signing = record.particulars.signing
    return last_publication(signing.signed_on, signing.law_as_of)


def _published_on(day: date) -> date:
    nominal = to_days(day)
    return date.fromordinal(int(_calendar().roll(np.array([nominal]), Rolling.FOLLOWING)[0]) + EPOCH)


@cache
def _calendar() -> BusinessCalendar:
    return load_calendar()


def lpr_at_signing(record: ContractRecord) -> Lpr | None:
    """The LPR in force on the day of signing; None where it has to be asked for."""
    signing, published_on = record.particulars.signing, published_before_signing(record)
    if signing.lpr is not None and signing.lpr.published_on == published_on:
        return {"one_year": signing.lpr.one_year, "five_year": signing.lpr.five_year}
    known = MARKET.values["lpr"]
    if known[0].since <= signing.signed_on < known[-1].since:
        rates = MARKET.at(signing.signed_on).lpr.tolist()
        return {term: fraction(rate) for term, rate in zip(LPR_TERMS, rates, strict=True)}
    if record.lpr is not None and published_on <= record.decision.decided_on:
        return {term: Decimal(rate) for term, rate in json.loads(record.lpr.value).items()}
    return None
