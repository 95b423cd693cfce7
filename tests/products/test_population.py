"""The generated population: complete, valid, the same in columns and in JSON, the same for the same seed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from products.applicant.choices import IpKind
from products.applicant.flatten import columns_of
from products.applicant.identifiers import patent_number_fault
from products.applicant.layout import to_days
from products.applicant.reading import application_from
from products.applicant.scored_facts import facts_for_scoring
from products.columns import MISSING
from products.population import LATEST, population, sample_applications
from scoring.population import generate
from tests.products.test_record_columns import raw_of


@pytest.mark.parametrize("seed", [1, 2])
def test_columns_and_json_come_from_the_same_draws(seed: int) -> None:
    records = sample_applications(250, seed)
    assert raw_of(columns_of([application_from(record) for record in records])) == raw_of(population(250, seed))


def test_the_first_rows_of_a_longer_draw_are_the_shorter_draw() -> None:
    longer, shorter = population(500, 7), population(40, 7)
    assert raw_of(longer.take(np.arange(40))) == raw_of(shorter)


def test_another_seed_is_another_population() -> None:
    assert not np.array_equal(population(40, 7).amount.values, population(40, 8).amount.values)


def test_scores_see_the_facts_that_the_score_was_trained_on() -> None:
    n, seed = 2_000, 5
    seen, drawn = facts_for_scoring(population(n, seed)), generate(n, seed=seed).facts
    for name in set(drawn) - {"age_years"}:
        np.testing.assert_allclose(seen[name], drawn[name], rtol=1e-12, atol=1e-9, err_msg=name)
    # an age is rounded to whole days: half a day is 0.0014 years
    np.testing.assert_allclose(seen["age_years"], drawn["age_years"], atol=0.0014)


def test_a_large_population_has_every_kind_of_applicant() -> None:
    app = population(5_000, 11)
    assert set(app.sector.values.tolist()) == set(range(16))
    assert set(app.titles.kind.values.tolist()) == set(range(8))
    assert set(app.ip_assets.kind.values.tolist()) == set(range(6))
    pledged = app.ip_assets.count()
    assert pledged.min() == 0
    assert pledged.max() == 8
    assert 0.55 < (pledged > 0).mean() < 0.65  # 60 % offer an asset
    assert (app.titles.count() == app.titles_count.values).all()


def test_days_stand_before_the_latest_day_and_amounts_are_whole_ten_thousands() -> None:
    app = population(2_000, 3)
    assert app.applied_on.values.max() <= to_days(LATEST)
    assert app.applied_on.values.min() >= to_days(LATEST) - 59
    assert (app.amount.values % 1_000_000 == 0).all()  # 10,000 yuan in fen
    assert app.amount.values.min() >= 10_000_000
    other = population(50, 3, latest=date(2025, 1, 31))
    assert other.applied_on.values.max() <= to_days(date(2025, 1, 31))


def test_annual_fees_are_paid_to_an_anniversary_of_filing() -> None:
    assets = population(3_000, 9).ip_assets
    known = assets.annual_fee_paid_to.raw != MISSING
    filed = assets.filed_on.values[known].astype("datetime64[D]")
    paid = assets.annual_fee_paid_to.values[known].astype("datetime64[D]")
    same_day = [(f.month, f.day) == (p.month, p.day) for f, p in zip(filed.tolist(), paid.tolist(), strict=True)]
    leap = [(f.month, f.day) == (2, 29) for f in filed.tolist()]
    assert all(same or born_on_leap_day for same, born_on_leap_day in zip(same_day, leap, strict=True))


def test_names_are_plainly_invented_and_codes_differ() -> None:
    records = sample_applications(300, 13)
    assert all(record["enterprise"]["name"].endswith("有限公司示例") for record in records)
    assert len({record["enterprise"]["uscc"] for record in records}) == 300
    assert {record["request"]["product"] for record in records} == {"ip-pledge", "innovation-credit"}


def test_patents_carry_numbers_of_their_kind() -> None:
    patents = [
        (asset["number"], IpKind[asset["kind"].upper()])
        for record in sample_applications(200, 17)
        for asset in record["ip_assets"]
        if asset["kind"] in {"invention_patent", "utility_model", "design"}
    ]
    assert len(patents) > 100
    assert all(patent_number_fault(number, kind) is None for number, kind in patents)


def test_an_empty_population_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="Ask for 1 or more"):
        population(0, 1)
