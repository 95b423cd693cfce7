"""中小企业划型标准规定 (工信部联企业〔2011〕300号, section 4): all sixteen sectors, both sides of every bound."""

from __future__ import annotations

from datetime import date

import pytest

from products.programmes.sme_size import BOOK, enterprise_size
from products.vocabulary import SECTORS, SIZES
from tests.products.builders import ABSENT, columns

LEVELS = ("large", "medium", "small")
# sector: employees, revenue and assets in 万元 – each the lower bounds of large, medium and small; None is untested.
TABLE: dict[str, tuple[tuple[int, ...] | None, tuple[int, ...] | None, tuple[int, ...] | None]] = {
    "agriculture": (None, (20_000, 500, 50), None),
    "industry": ((1_000, 300, 20), (40_000, 2_000, 300), None),
    "construction": (None, (80_000, 6_000, 300), (80_000, 5_000, 300)),
    "wholesale": ((200, 20, 5), (40_000, 5_000, 1_000), None),
    "retail": ((300, 50, 10), (20_000, 500, 100), None),
    "transport": ((1_000, 300, 20), (30_000, 3_000, 200), None),
    "storage": ((200, 100, 20), (30_000, 1_000, 100), None),
    "post": ((1_000, 300, 20), (30_000, 2_000, 100), None),
    "accommodation": ((300, 100, 10), (10_000, 2_000, 100), None),
    "catering": ((300, 100, 10), (10_000, 2_000, 100), None),
    "information_transmission": ((2_000, 100, 10), (100_000, 1_000, 100), None),
    "software": ((300, 100, 10), (10_000, 1_000, 50), None),
    "real_estate": (None, (200_000, 1_000, 100), (10_000, 5_000, 2_000)),
    "property_management": ((1_000, 300, 100), (5_000, 1_000, 500), None),
    "leasing_and_business_services": ((300, 100, 10), None, (120_000, 8_000, 100)),
    "other": ((300, 100, 10), None, None),
}
FACTS = ("employees", "revenue", "assets")
BOUNDS = [
    (sector, level, fact)
    for sector, bounds in TABLE.items()
    for level in LEVELS
    for fact, bound in zip(FACTS, bounds, strict=True)
    if bound is not None
]
NOTHING = {
    "financials.total_assets": ABSENT,
    "financials.total_liabilities": ABSENT,
    "financials.current_assets": ABSENT,
    "financials.current_liabilities": ABSENT,
    "financials.inventory": ABSENT,
    "financials.receivables": ABSENT,
    "financials.interest_bearing_debt": ABSENT,
    "financials.revenue": ABSENT,
    "enterprise.employees": ABSENT,
}


def yuan(ten_thousands: int, less_fen: int) -> str:
    fen = ten_thousands * 1_000_000 - less_fen
    return f"{fen // 100}.{fen % 100:02d}"


def firm(sector: str, level: str, below: str | None = None) -> dict[str, object]:
    """A firm that reaches every bound of a level exactly, or misses one by a person or a fen; the rest is unknown."""
    changes = {**NOTHING, "enterprise.sector": sector}
    for fact, bounds in zip(FACTS, TABLE[sector], strict=True):
        if bounds is None:
            continue
        bound, less = bounds[LEVELS.index(level)], int(fact == below)
        if fact == "employees":
            changes["enterprise.employees"] = bound - less
        elif fact == "revenue":
            changes["financials.revenue"] = [yuan(bound, less)]
        else:
            changes["financials.total_assets"] = yuan(bound, less)
    return changes


def size_of(changes: dict[str, object]) -> str | None:
    found = enterprise_size(columns(changes), BOOK.at(date(2026, 7, 22)))
    return SIZES[int(found.values[0])] if found.is_known.met[0] else None


def test_the_table_has_all_sixteen_sectors() -> None:
    assert tuple(TABLE) == SECTORS
    assert len(TABLE) == 16


@pytest.mark.parametrize("sector", TABLE)
def test_the_bound_itself_belongs_to_the_larger_size(sector: str) -> None:
    assert [size_of(firm(sector, level)) for level in LEVELS] == ["large", "medium", "small"]


@pytest.mark.parametrize(("sector", "level", "fact"), BOUNDS)
def test_a_person_or_a_fen_below_one_bound_is_the_next_smaller_size(sector: str, level: str, fact: str) -> None:
    smaller = {"large": "medium", "medium": "small", "small": "micro"}[level]
    assert size_of(firm(sector, level, below=fact)) == smaller


@pytest.mark.parametrize(
    ("employees", "revenue", "size"),
    [
        (1_000, "399999999.99", "medium"),  # both bounds must be reached
        (999, "999999999.00", "medium"),
        (19, "999999999.00", "micro"),  # either below is enough for micro
        (5_000, "2999999.99", "micro"),
        (5_000, "19999999.99", "small"),
        (299, "999999999.00", "small"),
    ],
)
def test_an_industrial_firm_is_as_large_as_its_weaker_fact(employees: int, revenue: str, size: str) -> None:
    changes = NOTHING | {"enterprise.sector": "industry", "enterprise.employees": employees}
    assert size_of(changes | {"financials.revenue": [revenue]}) == size


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({"enterprise.sector": "industry", "enterprise.employees": 19}, "micro"),  # whatever the revenue
        ({"enterprise.sector": "industry", "enterprise.employees": 20}, None),  # small or micro
        ({"enterprise.sector": "industry", "financials.revenue": ["2999999.99"]}, "micro"),
        ({"enterprise.sector": "industry", "financials.revenue": ["3000000.00"]}, None),
        ({"enterprise.sector": "industry"}, None),
        ({"enterprise.sector": "agriculture", "financials.revenue": ["500000.00"]}, "small"),
        ({"enterprise.sector": "other", "enterprise.employees": 300}, "large"),
        # a farm of this revenue would be micro, a laboratory with these employees large
        ({"enterprise.sector": ABSENT, "enterprise.employees": 500, "financials.revenue": ["1.00"]}, None),
    ],
)
def test_an_unknown_fact_leaves_the_size_open_only_where_it_matters(
    changes: dict[str, object], size: str | None
) -> None:
    assert size_of(NOTHING | changes) == size
