"""Training on a bank's table: split, leak warnings, card, refusals."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from scoring.artefact import dump, load
from scoring.card import card_document, card_html, write_card
from scoring.dataset import Dataset, DatasetError, draft_features, read_dataset
from scoring.features import read_features
from scoring.leaks import LeakKind, leaks
from scoring.learning import TooFewOutcomesError
from scoring.parts import FactsError
from scoring.training import Training, train
from tests.scoring.conftest import ROWS, loan_plan, loans


def test_the_last_quarter_by_date_is_the_test(trained: Training) -> None:
    dates = loans().dates("decided_on")
    first = np.sort(dates)[900]

    assert f"from {first} for the test" in trained.flow.split
    assert trained.flow.test_rows == int((dates >= first).sum())
    assert trained.flow.training_rows + trained.flow.test_rows == ROWS
    assert trained.scorecard.manifest.rows == trained.flow.training_rows


def test_a_date_never_stands_on_both_sides_of_the_split() -> None:
    dataset = loans()
    days = np.repeat(np.datetime64("2024-01-01") + np.arange(4), ROWS // 4)
    same = Dataset(dataset.name, {**dataset.columns, "decided_on": days})

    flow = train(same, loan_plan()).flow

    # Four days of 300 rows: the last quarter begins with row 900, the first of the fourth day.
    assert (flow.training_rows, flow.test_rows) == (900, 300)


def test_without_a_date_the_card_says_that_the_test_flatters() -> None:
    training = train(loans(), loan_plan(decided_on=None))

    assert training.flow.test_rows == 300
    assert any("does not look forward" in note for note in training.notes)


def test_the_trained_score_ranks_unseen_loans_and_its_probability_holds(trained: Training) -> None:
    # The true margin has a spread of about 1, for which the best area is about 0.75.
    # With 300 rows its standard error is about 0.03, that of the default rate 0.025.
    assert 0.66 < trained.test.auc < 0.84
    assert abs(trained.test.mean_probability - trained.test.default_rate) < 0.075
    assert trained.yardstick.auc < trained.test.auc + 0.03


def test_the_artefact_reads_back_as_it_was_written(trained: Training) -> None:
    content = dump(trained.scorecard)
    facts = loans(seed=3).facts(())

    again = load(content)

    assert dump(again) == content
    np.testing.assert_array_equal(again.score(facts).points, trained.scorecard.score(facts).points)


def test_training_twice_gives_the_same_bytes_on_one_and_two_threads(trained: Training) -> None:
    assert dump(train(loans(), loan_plan(threads=2)).scorecard) == dump(trained.scorecard)


def test_quantised_tables_stay_within_half_a_hundredth_each(trained: Training) -> None:
    model, card = trained.learned.estimator, trained.scorecard
    facts = loans(seed=4).facts(())
    rows = np.empty((ROWS, 3), dtype=object)
    for place, name in enumerate(("debt", "growth", "region")):
        rows[:, place] = facts[name]

    exact = model.decision_function(rows)
    served = card.calibration.at(card.totals(facts))

    # Three tables, the base and the calibration's knots, each off by at most half a hundredth of a point.
    steepest = np.abs(np.diff(card.calibration.log_odds) / np.diff(card.calibration.points)).max()
    assert np.abs(served - exact).max() <= 5 * 0.5 * steepest + 1e-6


def test_weights_move_the_probability(trained: Training) -> None:
    dataset = loans()
    weight = np.where(dataset.columns["default"] > 0, 3.0, 1.0)
    heavier = Dataset(dataset.name, {**dataset.columns, "weight": weight})

    plain = trained.test.mean_probability
    weighted = train(heavier, loan_plan(weight="weight")).test.mean_probability

    # Odds of default times three.
    odds = 3 * plain / (1 - plain)
    assert weighted == pytest.approx(odds / (1 + odds), rel=0.1)


def test_figures_of_weighted_rows_are_those_of_the_weighted_population() -> None:
    dataset = loans()
    weight = np.where(dataset.columns["default"] > 0, 3.0, 1.0)
    heavier = Dataset(dataset.name, {**dataset.columns, "weight": weight})

    training = train(heavier, loan_plan(weight="weight"))

    # Defaults count three times in the rate as in the probability, which would miss it by some 20 % were they not.
    test = training.test
    counted = test.defaults / test.rows
    assert test.default_rate == pytest.approx(3 * counted / (1 + 2 * counted))
    assert abs(test.mean_probability - test.default_rate) < 0.1
    assert abs(training.yardstick.mean_probability - test.default_rate) < 0.12
    assert training.stability.calibration is not None
    assert training.stability.calibration.default_rate == test.default_rate
    assert "all other figures weigh the rows by weight" in card_html(training)


def test_rows_of_weight_0_have_no_say() -> None:
    dataset = loans(2_400)
    weight = np.where(np.arange(2_400) % 2 == 0, 1.0, 0.0)
    noise = np.where(weight > 0, dataset.columns["default"], 1.0 - dataset.columns["default"])
    half = Dataset(dataset.name, {**dataset.columns, "weight": weight, "default": noise})
    kept = Dataset(dataset.name, {name: column[::2] for name, column in dataset.columns.items()})

    weighted, plain = train(half, loan_plan(weight="weight", decided_on=None)), train(kept, loan_plan(decided_on=None))

    # Left-out figures belong to the rows that count, not to those that stand beside them.
    assert weighted.left_out.auc > 0.65
    assert weighted.left_out.auc == pytest.approx(plain.left_out.auc, abs=0.05)
    assert weighted.left_out.rows == pytest.approx(900, abs=60)


def test_the_card_is_one_page_with_charts_and_the_same_figures(trained: Training, tmp_path: Path) -> None:
    steps: list[tuple[str, float]] = []

    written = write_card(trained, tmp_path, progress=lambda step, share: steps.append((step, share)))

    page = (tmp_path / "model-card.html").read_text(encoding="utf-8")
    document = json.loads((tmp_path / "model-card.json").read_text(encoding="utf-8"))
    assert [path.name for path in written] == ["model-card.json", "model-card.html"]
    assert page.count("<svg") == 4 + 3
    assert "http" not in page.replace("http://www.w3.org", "").replace("https://vega", "")
    assert f"{trained.test.auc:.4f}" in page
    assert document["test"]["auc"] == trained.test.auc
    assert document["fairness"][0]["attribute"] == "region"
    assert document["notes"] == list(trained.notes)
    assert "合成数据" in page
    assert steps[-1] == ("draw", 1.0)


def test_every_part_the_card_promises_is_there(trained: Training) -> None:
    document = card_document(trained)

    assert {"flow", "features", "pair_trials", "test", "yardstick", "stability", "fairness", "notes"} <= set(document)
    assert {group["level"] for group in document["fairness"]} >= {"east", "west", "north", "quartile 1"}
    assert len(document["test"]["classes"]) == 10
    rule = f"exceeds {document['pair_standard_errors']:g} times its standard error"
    page = card_html(trained)
    assert "judged on rows it had not seen, blocks of time. They are taken where" in page
    assert rule in page


def test_few_defaults_are_said_on_the_card() -> None:
    training = train(loans(600), loan_plan())

    assert training.scorecard.pairs == ()
    assert any("Few defaults: at most" in note for note in training.notes)
    assert f"drawn on the {training.flow.training_rows} training rows left out (100.00 % of them)" in card_html(
        training
    )


def test_too_few_defaults_are_refused() -> None:
    with pytest.raises(TooFewOutcomesError, match=r"There are \d+ defaulted and \d+ paid rows; .* at least 50"):
        train(loans(150), loan_plan())


def test_progress_is_told(trained: Training, told_steps: list[str]) -> None:
    assert list(dict.fromkeys(told_steps)) == ["look for leaks", "learn", "compile", "evaluate"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": "paid"}, "loans.csv has no column paid; it has debt, growth"),
        ({"target": "debt"}, "rows are neither 0 nor 1"),
        ({"decided_on": "region"}, "region is no complete column of dates"),
        ({"weight": "decided_on"}, "weights in decided_on must be numbers from 0"),
        ({"selected_from": "Z"}, "Band Z is none of A, B, C, D, E"),
    ],
)
def test_wrong_plans_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        train(loans(600), loan_plan(**changes))


def test_a_number_feature_over_text_is_refused() -> None:
    dataset = loans(600)
    text = Dataset(dataset.name, {**dataset.columns, "debt": dataset.columns["region"]})

    with pytest.raises(FactsError, match=r"Feature debt is a number, but the column debt of loans\.csv holds text"):
        train(text, loan_plan())


def test_a_term_that_was_written_after_the_outcome_is_warned_of() -> None:
    random = np.random.default_rng(0)
    target = (random.random(2_000) < 0.3).astype(np.float64)
    years = 12.0 * random.integers(1, 8, 2_000)
    term = np.where((target > 0) & (random.random(2_000) < 0.89), years - random.integers(1, 12, 2_000), years)
    dataset = Dataset("loans.csv", {"term": term, "fair": years})

    found = leaks(dataset, dataset.columns, target, None)

    assert [(leak.feature, leak.kind) for leak in found] == [("term", LeakKind.GRANULARITY)]
    assert "multiple of 12 for 100% of paid" in found[0].message


def test_a_feature_that_is_the_target_and_a_late_date_are_warned_of() -> None:
    target = np.tile([0.0, 1.0], 100)
    arrears = target * 90.0
    decided = np.full(200, np.datetime64("2024-01-01"))
    dataset = Dataset("x.csv", {"arrears": arrears, "decided": decided, "closed": decided + 30, "born": decided - 9})

    found = leaks(dataset, {"arrears": dataset.columns["arrears"]}, target, "decided")

    assert [(leak.feature, leak.kind, leak.figure) for leak in found] == [
        ("arrears", LeakKind.NEARLY_THE_TARGET, 1.0),
        ("closed", LeakKind.LATE_DATE, 1.0),
    ]


def test_a_text_that_is_the_target_is_warned_of_and_numbers_of_firms_are_not() -> None:
    random = np.random.default_rng(0)
    target = (random.random(2_000) < 0.3).astype(np.float64)
    status = np.where(target > 0, np.where(random.random(2_000) < 0.5, "charged off", "in court"), "paid in full")
    firms = np.array([f"firm {number}" for number in range(2_000)], dtype=object)
    region = np.where(target > 0, random.choice(["east", "west"], 2_000), "east").astype(object)
    dataset = Dataset("loans.csv", {"status": status.astype(object), "firm": firms, "region": region})

    found = leaks(dataset, dataset.columns, target, None)

    # Half of the defaulted firms lie in the west: 0.5 + 0.5 / 2 is the area by region, below 0.95.
    assert [(leak.feature, leak.kind, leak.figure) for leak in found] == [("status", LeakKind.NEARLY_THE_TARGET, 1.0)]


def test_what_is_known_of_one_outcome_alone_is_warned_of() -> None:
    target = np.tile([0.0, 0.0, 0.0, 1.0], 100)
    recovered = np.where(target > 0, 1_000.0, np.nan)
    court = np.array(["first" if bad else None for bad in target], dtype=object)
    often = np.where(np.arange(400) % 8 < 2, np.nan, 5.0)  # two of six paid rows, no defaulted one
    dataset = Dataset("loans.csv", {"recovered": recovered, "court": court, "often": often})

    found = leaks(dataset, dataset.columns, target, None)

    assert [(leak.feature, leak.kind, leak.figure) for leak in found] == [
        ("recovered", LeakKind.UNKNOWN, 1.0),
        ("court", LeakKind.UNKNOWN, 1.0),
        ("often", LeakKind.UNKNOWN, pytest.approx(1 / 3)),
    ]
    assert found[0].message.startswith("recovered is unknown for 100% of paid and 0% of defaulted rows. It looks like")
    assert leaks(dataset, {"often": np.where(np.arange(400) % 16 < 2, np.nan, 5.0)}, target, None) == ()


def test_csv_and_parquet_are_read_alike_and_a_features_file_is_drafted(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text('debt,region,decided_on,same,default\n0.5,east,2024-01-02,1,0\n,"we""st",2024-01-03,1,1\n')
    parquet.write_table(csv.read_csv(path), tmp_path / "loans.parquet")

    dataset, other = read_dataset(path), read_dataset(tmp_path / "loans.parquet")
    (tmp_path / "features.yaml").write_text(draft_features(dataset, leaving_out=["default"]), encoding="utf-8")
    features = read_features(tmp_path / "features.yaml")

    np.testing.assert_array_equal(dataset.columns["debt"], [0.5, np.nan])
    assert dataset.columns["region"].tolist() == other.columns["region"].tolist() == ["east", 'we"st']
    assert dataset.dates("decided_on")[1] == np.datetime64("2024-01-03")
    assert dataset.target("default").tolist() == [0.0, 1.0]
    assert [(feature.name, feature.kind.value) for feature in features] == [("region", "category")]


@pytest.mark.parametrize("header", ["region,decided_on,default", "地区,decided_on,default"])
def test_tables_in_gb18030_with_slashed_dates_are_read_as_those_in_utf_8(tmp_path: Path, header: str) -> None:
    text = f"{header}\n上海,2024/1/2,0\n成都,2024/11/30,1\n"
    (tmp_path / "gb.csv").write_bytes(text.encode("gb18030"))
    (tmp_path / "utf.csv").write_bytes(text.encode())

    found, other = read_dataset(tmp_path / "gb.csv"), read_dataset(tmp_path / "utf.csv")

    name = header.split(",", maxsplit=1)[0]
    assert found.columns[name].tolist() == other.columns[name].tolist() == ["上海", "成都"]
    assert found.dates("decided_on").tolist() == [date(2024, 1, 2), date(2024, 11, 30)]


def test_bytes_instead_of_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"region,default\n\xff\xff,0\n")
    parquet.write_table(pa.table({"region": [b"east"], "default": [0]}), tmp_path / "x.parquet")

    with pytest.raises(DatasetError, match=r"x\.parquet: region holds bytes, not text\. Write it as text in UTF-8"):
        read_dataset(tmp_path / "x.parquet")
    with pytest.raises(DatasetError, match=r"x\.csv cannot be read .*gb18030"):
        read_dataset(tmp_path / "x.csv")


def test_names_of_firms_are_not_drafted_as_features() -> None:
    firms = np.array([f"firm {number}" for number in range(101)], dtype=object)
    regions = np.array([f"region {number % 51}" for number in range(102)], dtype=object)

    drafted = draft_features(Dataset("x.csv", {"firm": firms}), leaving_out=[])
    kept = draft_features(Dataset("x.csv", {"region": regions}), leaving_out=[])

    assert '# "firm" differs in most rows, as names and numbers of firms do, and is left out' in drafted
    # 51 of 102 is half, not more.
    assert '{name: "region"' in kept


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("loans.txt", b"a\n1\n", "is neither .csv nor .parquet"),
        ("loans.csv", b"a,b\n", "holds no rows"),
        ("loans.csv", b"a,a\n1,2\n", "names a column twice"),
        ("loans.parquet", b"nothing", "cannot be read"),
    ],
)
def test_files_that_are_no_data_are_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(DatasetError, match=message):
        read_dataset(tmp_path / name)
