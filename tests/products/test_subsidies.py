"""Subsidies: published amounts, both sides of each date, cap and condition, what one loan may take together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.columns import Column
from products.dated_yaml import BadBook
from products.repayment.plans import plan
from products.schedule import Repayment, all_in
from products.subsidies.books import NAMES, SUBSIDIES, Subsidy, SubsidyTerms, load_subsidies
from products.subsidies.granted import Granted, granted
from products.vocabulary import SIZES
from tests.products.builders import ABSENT, ON, amended, column, columns, decided, ints, offering

CENTRAL, SICHUAN, XIAMEN = (SUBSIDIES[name] for name in ("central-sme-2026", "sichuan-zhilai", "xiamen-fee"))
EQUIPMENT = {"request.purpose": "equipment", "request.term_months": 24}
FOLDER = Path(__file__).parents[2] / "products" / "subsidies"


def received(
    *invoked: Subsidy,
    changes: Mapping[str, object] | None = None,
    yuan: int = 20_000_000,
    size: str = "small",
    on: date = ON,
) -> Granted:
    app = columns({**EQUIPMENT, **(changes or {})})
    return granted(invoked, app, ints(yuan * 100), size=Column(ints(SIZES.index(size))), on=on)


def paid(yuan: int, months: int, grant: Granted) -> int:
    """The interest subsidy in yuan on a loan repaid at maturity, at 4 %."""
    cost = all_in(
        ints(yuan * 100),
        ints(40_000),
        ints(months),
        ints(Repayment.INTEREST_MONTHLY_PRINCIPAL_AT_MATURITY),
        fee_rate_ppm=ints(0),
        subsidy_rate_ppm=grant.interest_ppm,
        subsidy_months=grant.months,
        subsidy_principal=grant.principal,
    )
    return int(cost.total_subsidy[0]) // 100


# 中小微企业贷款贴息: 1.5 points a year for two years on at most fifty million, so at most 1.5 million per client.
@pytest.mark.parametrize(
    ("yuan", "months", "subsidy"),
    [
        (20_000_000, 24, 600_000),  # 2000万 × 1.5 % × 2
        (20_000_000, 12, 300_000),
        (20_000_000, 36, 600_000),  # two years of three
        (50_000_000, 24, 1_500_000),
        (80_000_000, 36, 1_500_000),  # the greatest amount per client, as published
    ],
)
def test_the_central_subsidy_of_2026(yuan: int, months: int, subsidy: int) -> None:
    grant = received(CENTRAL, changes={"request.term_months": months}, yuan=yuan)
    assert paid(yuan, months, grant) == subsidy


@pytest.mark.parametrize(
    ("on", "rate"),
    [
        (date(2025, 12, 31), 0),
        (date(2026, 1, 1), 15_000),
        (date(2026, 12, 31), 15_000),
        (date(2027, 1, 1), 0),  # one year on trial
    ],
)
def test_the_central_subsidy_is_for_loans_of_2026(on: date, rate: int) -> None:
    assert received(CENTRAL, on=on).interest_ppm.tolist() == [rate]


@pytest.mark.parametrize(
    ("changes", "size", "rate"),
    [
        ({}, "medium", 15_000),
        ({}, "large", 0),
        ({"request.purpose": "plant_extension"}, "small", 15_000),
        ({"request.purpose": "working_capital"}, "small", 0),
        ({"enterprise.private_enterprise": False}, "small", 0),
        ({"enterprise.private_enterprise": ABSENT}, "small", 0),  # not known to fit
        ({"enterprise.state_controlled": True}, "small", 0),
        ({"enterprise.state_controlled": ABSENT}, "small", 15_000),
    ],
)
def test_the_central_subsidy_is_for_fixed_assets_of_private_smes(
    changes: Mapping[str, object], size: str, rate: int
) -> None:
    assert received(CENTRAL, changes=changes, size=size).interest_ppm.tolist() == [rate]


def test_an_unknown_size_receives_nothing() -> None:
    grant = granted((CENTRAL,), columns(EQUIPMENT), ints(100), size=column(None), on=ON)
    assert grant.received.tolist() == [[False]]


def test_zhilai_subsidises_a_million_with_fifteen_thousand_a_year_in_sichuan_alone() -> None:
    twelve = {"request.term_months": 12}
    assert paid(1_000_000, 12, received(SICHUAN, changes=twelve)) == 15_000
    elsewhere = received(SICHUAN, changes={**twelve, "enterprise.region": "500112"})
    assert paid(1_000_000, 12, elsewhere) == 0


@pytest.mark.parametrize(("region", "share"), [("350200", 500_000), ("350203", 500_000), ("350100", 0)])
def test_xiamen_pays_half_of_the_guarantee_fee_in_its_own_city(region: str, share: int) -> None:
    assert received(XIAMEN, changes={"enterprise.region": region}).fee_share_ppm.tolist() == [share]


def altered(subsidy: Subsidy, slug: str, **terms: Any) -> Subsidy:
    """The subsidy under another slug with other raw values."""
    changes = {
        name: tuple(dataclasses.replace(one, value=value, until=None) for one in subsidy.book.values["pays"])
        for name, value in terms.items()
    }
    book = subsidy.book.amended(slug, changes, opens=date.fromordinal(subsidy.book.days[0]))
    return dataclasses.replace(subsidy, slug=slug, pays=int(terms.get("pays", subsidy.pays)), book=book)


def test_a_loan_takes_the_first_interest_subsidy_that_fits() -> None:
    both = received(SICHUAN, CENTRAL)
    assert both.received.tolist() == [[True], [False]]
    assert (both.months.tolist(), both.principal_or_none) == ([24], None)
    turned = received(CENTRAL, SICHUAN)
    assert turned.received.tolist() == [[True], [False]]
    assert turned.principal.tolist() == [5_000_000_000]
    working = received(CENTRAL, SICHUAN, changes={"request.purpose": "working_capital"})
    assert working.received.tolist() == [[False], [True]]


def test_no_second_central_subsidy_even_of_another_kind_but_one_of_another_level() -> None:
    central_fee = altered(XIAMEN, "central-fee", level=0, region=None)
    assert received(CENTRAL, central_fee).received.tolist() == [[True], [False]]
    assert received(central_fee, CENTRAL).received.tolist() == [[True], [False]]
    assert received(SICHUAN, central_fee).received.tolist() == [[True], [True]]
    city_fee = altered(XIAMEN, "city-fee", region=None)
    both = received(CENTRAL, city_fee)
    assert (both.interest_ppm.tolist(), both.fee_share_ppm.tolist()) == ([15_000], [500_000])


@pytest.mark.parametrize(("yuan", "rate"), [(10_000_000, 15_000), (10_000_001, 0)])
def test_a_loan_above_the_cap_on_loans_receives_nothing(yuan: int, rate: int) -> None:
    capped = altered(SICHUAN, "capped", loan_cap=1_000_000_000)
    assert received(capped, yuan=yuan).interest_ppm.tolist() == [rate]


def test_what_a_product_invokes_is_counted_in_the_cost_and_shown() -> None:
    places = (NAMES.index("central-sme-2026"), NAMES.index("xiamen-fee"))
    under = amended(offering(), product={"subsidies": places})
    decision = decided(EQUIPMENT, under=under)
    assert decision.price is not None
    central, xiamen = decision.price.subsidies
    assert (central.name, central.pays, central.received, central.months) == ("central-sme-2026", "interest", True, 24)
    assert (str(central.rate), str(central.principal_cap)) == ("0.0150", "50000000.00")
    assert (xiamen.pays, xiamen.received, xiamen.months, str(xiamen.rate)) == ("guarantee_fee", False, None, "0.5000")
    assert str(decision.price.subsidy_rate) == "0.0150"
    assert str(decision.price.schedule_summary.total_subsidy) == "30000.00"
    plain = decided(EQUIPMENT)
    assert plain.price is not None
    assert plain.price.subsidies == ()
    assert plain.price.loan_rate == decision.price.loan_rate
    assert abs(plain.price.all_in_rate - decision.price.all_in_rate - Decimal("0.015")) < Decimal("0.0001")
    assert "central-sme-2026.rate" in {one.name for one in decision.evidence.parameters}
    assert decision.evidence.digests["xiamen-fee"] == XIAMEN.book.digest


def test_a_subsidy_that_is_not_in_force_is_shown_without_a_rate() -> None:
    under = amended(offering(), product={"subsidies": (NAMES.index("central-sme-2026"),)})
    before = date(2025, 12, 31)
    decision = decided({**EQUIPMENT, "request.applied_on": before.isoformat()}, under=under, on=before)
    assert decision.price is not None
    (shown,) = decision.price.subsidies
    assert (shown.received, shown.rate) == (False, None)
    assert "central-sme-2026" not in decision.evidence.digests


def test_half_of_the_fee_is_paid_in_xiamen() -> None:
    under = amended(offering(), product={"subsidies": (NAMES.index("xiamen-fee"),)})
    fees = []
    for what in (offering(), under):
        price = decided({"enterprise.region": "350200"}, under=what).price
        assert price is not None
        fees.append(str(price.schedule_summary.total_fee))
    assert fees == ["4000.00", "2000.00"]


@given(
    st.integers(1, 10**10),
    st.integers(0, 100_000),
    st.integers(1, 60),
    st.sampled_from(list(Repayment)),
    st.integers(0, 50_000),
    st.integers(0, 60),
    st.integers(0, 10**10),
)
def test_a_capped_subsidy_is_the_same_in_totals_and_plan_and_never_more_than_an_uncapped_one(
    fen: int, rate: int, months: int, method: Repayment, subsidy: int, subsidised: int, cap: int
) -> None:
    loan = (ints(fen), ints(rate), ints(months), ints(method))
    terms: dict[str, Any] = {"subsidy_rate_ppm": ints(subsidy), "subsidy_months": ints(subsidised)}
    capped, free = (all_in(*loan, fee_rate_ppm=ints(0), **terms, subsidy_principal=one) for one in (ints(cap), None))
    assert capped.total_subsidy[0] <= free.total_subsidy[0] <= free.plan.total_interest[0]
    rows = plan(*loan, drawn_on=ints(20_000), **terms, subsidy_principal=ints(cap))
    assert rows.subsidy.sum() == capped.total_subsidy[0]
    if cap >= fen:
        assert capped.total_subsidy.tolist() == free.total_subsidy.tolist()


def test_every_value_of_a_subsidy_is_cited_without_a_web_page() -> None:
    assert NAMES == ("central-sme-2026", "sichuan-zhilai", "xiamen-fee")
    for subsidy in SUBSIDIES.values():
        assert subsidy.zh
        assert subsidy.en
        assert isinstance(subsidy.book.at(ON), SubsidyTerms)
        for values in subsidy.book.values.values():
            assert all(one.source and one.clause and "http" not in one.source + one.clause for one in values)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: {zh: 厦门市担保费补贴,", "title: {", r"xiamen_fee.yaml: title lacks zh or en"),
        (
            "  private_only:",
            '  months_cap:\n    unit: months\n    values:\n      2019-02-01: {value: "12", source: x, clause: x, '
            "verified: false}\n  private_only:",
            r"parameters.months_cap is a cap on interest subsidies; leave it out of a fee subsidy",
        ),
        ("unit: choice\n    values:\n      2019-02-01: {value: guarantee_fee", "unit: choice\n    values:\n"
         "      2019-01-01: {value: interest, source: x, clause: x, verified: false}\n"
         "      2019-02-01: {value: guarantee_fee", r"parameters.pays changes in time; write another subsidy"),
    ],
)  # fmt: skip
def test_a_book_that_is_no_subsidy_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    written = (FOLDER / "xiamen_fee.yaml").read_text(encoding="utf-8")
    assert old in written
    (tmp_path / "xiamen_fee.yaml").write_text(written.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadBook, match=message):
        load_subsidies(tmp_path)


def test_two_files_of_one_slug_are_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_bytes((FOLDER / "xiamen_fee.yaml").read_bytes())
    with pytest.raises(BadBook, match=r"b.yaml: book is xiamen-fee in two files; give one another slug"):
        load_subsidies(tmp_path)


def test_rows_of_a_batch_receive_what_they_receive_alone() -> None:
    changes = [
        EQUIPMENT,
        {**EQUIPMENT, "request.purpose": "working_capital"},
        {**EQUIPMENT, "enterprise.region": "350200"},
    ]
    sizes = Column(np.full(3, SIZES.index("small")))
    together = granted((CENTRAL, SICHUAN, XIAMEN), columns(*changes), ints(100, 100, 100), size=sizes, on=ON)
    assert together.received.tolist() == [[True, False, True], [False, True, False], [False, False, True]]
    assert together.interest_ppm.tolist() == [15_000, 15_000, 15_000]
    assert together.fee_share_ppm.tolist() == [0, 0, 500_000]
