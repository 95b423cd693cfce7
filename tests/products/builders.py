"""Applications, offerings and decisions for tests: one sound firm in full, changed by path where a test needs it.

decided({"titles[0].valid_to": "2026-07-21"}, product="ip-pledge")
"""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final

import numpy as np

import scoring
from products import (
    Applications,
    Case,
    Column,
    Decision,
    Decisions,
    Offering,
    application_from,
    columns_of,
    decide,
    explain,
    load_catalogue,
)
from products.columns import MET, NOT_MET, UNKNOWN
from products.explaining.answer import Finding
from products.kernel import Part
from products.parameters import Book, DatedValue
from scoring.features import Feature, FeatureGroup
from scoring.scorecard import Band, Calibration, FeatureTable, Manifest, Scorecard

ON: Final = date(2026, 7, 22)
"""The day on which the firm applies and is decided, unless a test says otherwise."""
ABSENT: Final = object()
"""Takes a field out of the application."""
MET_ANSWERS: Final = {MET: "met", NOT_MET: "not_met", UNKNOWN: "unknown"}

PATENT: Final[Mapping[str, object]] = {
    "kind": "invention_patent",
    "number": "201710911092.2",
    "title": "一种高精度减速器装配方法",
    "owner": "乐山精工机械有限公司",
    "filed_on": "2017-09-29",
    "granted_on": "2020-05-12",
    "annual_fee_paid_to": "2027-09-29",
    "status": "in_force",
    "co_owners": [],
    "pledged": False,
    "preserved_by_court": False,
    "ownership_dispute": False,
    "invalidation_pending": False,
    "same_day_invention": False,
    "unsuitable": False,
    "licences": [],
    "valuation": {
        "value": "10000000.00",
        "methods": ["income", "cost"],
        "valued_on": "2026-06-20",
        "purpose": "pledge",
        "signatures": 2,
    },
}

FIRM: Final[Mapping[str, object]] = {
    "request": {
        "product": "innovation-credit",
        "amount": "1000000.00",
        "term_months": 12,
        "repayment": "interest_monthly_principal_at_maturity",
        "purpose": "working_capital",
        "applied_on": "2026-07-22",
    },
    "enterprise": {
        "name": "乐山精工机械有限公司",
        "uscc": "91511100MA6XX0TE50",
        "region": "511100",
        "sector": "industry",
        "established_on": "2015-03-18",
        "employees": 200,
        "private_enterprise": True,
        "state_controlled": False,
        "government_financing_platform": False,
        "abnormal_operation_list": False,
        "dishonest_debtor_list": False,
        "restricted_industry": False,
        "major_accident_3y": False,
        "tax_evasion_3y": False,
    },
    "titles": [{"kind": "little_giant", "valid_from": "2016-07-01", "valid_to": "2027-06-30"}],
    "financials": {
        "revenue": ["240000000.00", "270000000.00", "300000000.00"],
        "net_profit": ["18000000.00", "21000000.00", "26000000.00"],
        "rd_expense": ["15000000.00", "19000000.00", "24000000.00"],
        "total_assets": "260000000.00",
        "total_liabilities": "100000000.00",
        "current_assets": "150000000.00",
        "current_liabilities": "70000000.00",
        "interest_bearing_debt": "20000000.00",
        "inventory": "30000000.00",
        "receivables": "50000000.00",
        "operating_cash_flow": "30000000.00",
        "tax_credit_grade": "A",
    },
    "innovation": {
        "rd_staff": 60,
        "invention_patents": 30,
        "utility_models": 40,
        "designs": 0,
        "software_copyrights": 20,
        "pct_applications": 5,
        "technology_contract_value": "7800000.00",
        "hightech_revenue_share": "0.85",
        "innovation_points": {"value": "91", "scale": "130", "version": "2.0"},
        "venture_capital_raised": "30000000.00",
    },
    "credit": {
        "overdue_days_24m": 0,
        "overdue_now": False,
        "credit_inquiries_6m": 2,
        "guaranteed_balance": "0.00",
        "product_guaranteed_balance": "0.00",
        "bank_exposure": "20000000.00",
        "litigation_as_defendant": False,
        "unfulfilled_enforcement": False,
        "money_laundering_risk": False,
        "malicious_evasion_2y": False,
        "provincial_negative_list": False,
    },
    "ip_assets": [PATENT],
}
"""A small industrial company in Sichuan, a national little giant (tier 1), for which every fact is known and good."""


@cache
def catalogue() -> Any:
    """Everything installed."""
    return load_catalogue(strict=True)


@cache
def demonstration_score() -> Scorecard:
    """The score shipped with the project, as it was last trained."""
    return scoring.load(scoring.DEMO_ARTEFACT)


STAFF_OF_BAND: Final[Mapping[str, int]] = {"A": 60, "B": 40, "C": 30, "D": 20, "E": 10}
"""R&D staff that puts the firm into each band of `scorecard`."""


@cache
def scorecard() -> Scorecard:
    """A score that tests can set: R&D staff alone gives 80, 70, 60, 50 or 30 points, and 0 where it is unknown."""
    staff = Feature("rd_staff", "研发人员", "R&D staff", "count", FeatureGroup.INNOVATION, 1, (("rd_staff", 1.0),))
    table = FeatureTable(staff, (10.0, 20.0, 30.0, 40.0), {}, (3_000, 5_000, 6_000, 7_000, 8_000, 0))
    manifest = Manifest("staff-1", "试验评分", "trial score", True, "0" * 64, 1, 1, 1, {}, {})
    return Scorecard(
        manifest=manifest,
        digest="1" * 64,
        base=0,
        tables=[table],
        pairs=[],
        bands=[
            Band(name, least * 100, f"{name}级", f"band {name}")
            for name, least in {"A": 75, "B": 65, "C": 55, "D": 45, "E": 0}.items()
        ],
        bands_label="trial",
        calibration=Calibration.straight(-2.0, -0.4, "trial"),
    )


def facts(changes: Mapping[str, object] | None = None) -> dict[str, Any]:
    """The firm's JSON form with the values at some paths changed, or taken out where they are `ABSENT`."""
    result: dict[str, Any] = copy.deepcopy(dict(FIRM))
    for path, value in (changes or {}).items():
        *way, last = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", path)]
        place: Any = result
        for part in way:
            place = place[part]
        if value is ABSENT:
            del place[last]
        else:
            place[last] = value
    return result


def columns(*changes: Mapping[str, object]) -> Applications:
    """One application for each set of changes, as columns."""
    return columns_of([application_from(facts(one)) for one in changes or ({},)])


def offering(product: str = "innovation-credit", revision: str | None = None) -> Offering:
    """What the catalogue offers under these slugs."""
    found: Offering = catalogue().offering(product, revision)
    return found


@cache
def everything() -> Mapping[str, Offering]:
    """Every offering by name, and innovation credit under each programme that none of them is offered under."""
    found = {f"{product}/{revision or 'own terms'}": one for (product, revision), one in catalogue().offerings.items()}
    used = {one.programme.slug for one in found.values()}
    plain = offering().product
    others = [one for slug, one in catalogue().programmes.items() if slug not in used]
    return found | {f"{plain.slug} under {one.slug}": Offering(plain, one) for one in others}


def amended(
    what: Offering, *, product: Mapping[str, object] | None = None, programme: Mapping[str, object] | None = None
) -> Offering:
    """The offering with deliberately other values (raw: fen, ppm, positions) in its own or its programme's book."""
    book, programme_book = _amended(what.book, product), _amended(what.programme.book, programme)
    own = dataclasses.replace(what.product, book=book, revisions={})
    return Offering(own, dataclasses.replace(what.programme, book=programme_book))


def _amended(book: Book[Any], values: Mapping[str, object] | None) -> Book[Any]:
    since = date.fromordinal(book.days[0])
    changes = {
        name: (DatedValue(since, None, value, str(value), "试验", "试验值", verified=False),)
        for name, value in (values or {}).items()
    }
    return book.amended(book.name, changes, opens=since)


def decisions(*changes: Mapping[str, object], under: Offering | None = None, on: date = ON, **more: Any) -> Decisions:
    """One decision for each set of changes, in one batch."""
    return decide(columns(*changes), under or offering(), scorecard(), on=on, **more)


def part_of(changes: Mapping[str, object] | None = None, *, under: Offering | None = None, on: date = ON) -> Part:
    """What the kernel computed for one application."""
    return decisions(changes or {}, under=under, on=on).parts[0]


def case_of(changes: Mapping[str, object] | None = None, *, under: Offering | None = None, on: date = ON) -> Case[Any]:
    """The case of one application."""
    return part_of(changes, under=under, on=on).case


def decided(
    changes: Mapping[str, object] | None = None, *, under: Offering | None = None, on: date = ON, **more: Any
) -> Decision:
    """The decision on one application, explained."""
    return explain(decisions(changes or {}, under=under, on=on, **more), 0, decision_id="d-1", digests={})


def verdicts(what: Offering, rule: str, *changes: Mapping[str, object], on: date = ON) -> list[str]:
    """How one rule answers for each set of changes."""
    answers = decisions(*changes, under=what, on=on).answers
    row = [one.name for one in what.rules].index(rule)
    return [MET_ANSWERS[int(answer)] for answer in answers[row]]


def finding(decision: Decision, rule: str) -> Finding:
    """The finding of one rule."""
    (found,) = [one for one in decision.findings if one.rule == rule]
    return found


def objections(decision: Decision) -> dict[str, str]:
    """Every rule that is not met or unknown, with its verdict."""
    return {one.rule: one.verdict.value for one in decision.findings if one.verdict != "met"}


def shares(decision: Decision) -> dict[str, str]:
    """The parties' amounts in yuan."""
    assert decision.cover is not None
    return {one.party.value: str(one.amount) for one in decision.cover.parties}


def ints(*values: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A column of raw values."""
    return np.array(values, dtype=np.int64)


def column(*values: int | None) -> Column:
    """A column in which None is unknown."""
    known = np.array([value is not None for value in values])
    raw = ints(*(0 if value is None else value for value in values))
    return Column(raw, None if known.all() else known)


def wan(amount: str | int) -> str:
    """An amount given in 万元 as the yuan of the JSON form."""
    return f"{Decimal(amount) * 10_000:.2f}"


def patent_number(kind_digit: int, serial: int) -> str:
    """A Chinese patent number of 2017 with its check character (weights 2 to 9 and 2 to 5, modulo 11)."""
    body = f"2017{kind_digit}{serial:07d}"
    rest = sum(int(digit) * weight for digit, weight in zip(body, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True))
    return f"{body}.{'0123456789X'[rest % 11]}"


def asset(changes: Mapping[str, object] | None = None, *, serial: int = 911092) -> dict[str, Any]:
    """The firm's patent, changed by path, under a number that fits its kind."""
    one: dict[str, Any] = facts({f"ip_assets[0].{path}": value for path, value in (changes or {}).items()})
    one = one["ip_assets"][0]
    digit = {"invention_patent": 1, "utility_model": 2, "design": 3}.get(one["kind"])
    return one | {"number": f"第{serial}号" if digit is None else patent_number(digit, serial)}


def outcomes(result: Decisions) -> Sequence[str]:
    """The outcomes in words."""
    return [("approve", "refer", "decline")[int(one)] for one in result.outcome]
