"""``kedai train`` and what follows it: a bank's table becomes a score that decides."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet
from typer.testing import CliRunner, Result

import scoring
from api.cli import app
from api.examples import FOLDER
from scoring.features import read_features
from scoring.innovation_points import ILLUSTRATIVE_TABLE
from scoring.population import generate
from scoring.scales import BANDS, MASTER_SCALE, MONITORING

ROWS = 1_200
FACTS = ("total_assets", "total_liabilities", "overdue_days_24m", "rd_staff", "employees")
FEATURES = """
version: "test"
source: a test
verified: false
features:
  - {name: debt, zh: 资产负债率, en: Liabilities to assets, group: financial, unit: "1",
     value: total_liabilities / total_assets, sign: "-"}
  - {name: overdue, zh: 逾期天数, en: Days overdue, group: credit, unit: days, value: overdue_days_24m, sign: "-"}
  - {name: rd_staff, zh: 研发人员占比, en: Share of R&D staff, group: innovation, unit: "1",
     value: rd_staff / employees, sign: "+"}
"""
ZHILAI = str(FOLDER / "zhilai.json")


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def _write_table(path: Path, *, seed: int, worse: float = 0.0) -> None:
    """Some facts of generated firms with outcomes in which debt weighs; a tenth default, more if it is ``worse``."""
    facts = generate(ROWS, seed=seed).facts
    debt = np.nan_to_num(facts["total_liabilities"] / facts["total_assets"], nan=0.5)
    margin = -4.5 + worse + 4.5 * debt + 0.05 * np.nan_to_num(facts["overdue_days_24m"])
    target = (np.random.default_rng(seed).random(ROWS) < 1 / (1 + np.exp(-margin))).astype(np.int64)
    columns = {name: pa.array(facts[name], pa.float64(), from_pandas=True) for name in FACTS}
    csv.write_csv(pa.table({**columns, "defaulted": target}), path)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of generated firms."""
    path = tmp_path_factory.mktemp("data") / "firms.csv"
    _write_table(path, seed=11)
    return path


@pytest.fixture(scope="module")
def model(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a score trained on the table with three features."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "features.yaml").write_text(FEATURES, encoding="utf-8")
    options = ("--features", str(folder / "features.yaml"), "--name", "house-1", "--out", str(folder))
    result = _run("train", str(table), "--target", "defaulted", *options)
    assert result.exit_code == 0, result.output
    return folder


def test_training_writes_the_score_and_its_card(model: Path) -> None:
    assert scoring.load(model / "scorecard.json").model_id == "house-1"
    card = json.loads((model / "model-card.json").read_bytes())
    assert card["flow"]["rows"] == ROWS
    assert "<svg" in (model / "model-card.html").read_text(encoding="utf-8")


def test_a_trained_score_decides(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEDAI_DATABASE_URL", f"sqlite:///{tmp_path}/kedai.db")
    monkeypatch.setenv("KEDAI_SCORECARD", str(model / "scorecard.json"))
    decision = json.loads(_run("decide", ZHILAI, "--on", "2026-07-22", "--json").stdout)
    assert decision["evidence"]["model"] == "house-1"
    assert decision["score"]["synthetic"] is False


def test_without_features_a_file_to_edit_is_drafted(table: Path, tmp_path: Path) -> None:
    drafted = _run("train", str(table), "--target", "defaulted", "--out", str(tmp_path))
    assert drafted.exit_code == 0, drafted.output
    assert drafted.stdout == f"{tmp_path}/features.yaml\n"
    assert not (tmp_path / "scorecard.json").exists()
    assert [feature.name for feature in read_features(tmp_path / "features.yaml")] == list(FACTS)


def test_a_date_that_is_not_named_is_pointed_out(table: Path, tmp_path: Path) -> None:
    dated = csv.read_csv(table).append_column("decided_on", pa.array([date(2024, 1, 2)] * ROWS))
    parquet.write_table(dated, tmp_path / "dated.parquet")
    ask = ("train", str(tmp_path / "dated.parquet"), "--target", "defaulted", "--out", str(tmp_path))
    assert "decided_on holds dates, but no --date names the day of decision" in _run(*ask).stderr
    assert "holds dates" not in _run(*ask, "--date", "decided_on").stderr


def test_firms_are_scored_into_a_table_with_reasons(model: Path, table: Path, tmp_path: Path) -> None:
    shown = _run("score", str(model / "scorecard.json"), str(table), "--out", str(tmp_path / "scored.parquet"))
    assert shown.exit_code == 0, shown.output
    scored = parquet.read_table(tmp_path / "scored.parquet")
    assert scored.num_rows == ROWS
    card = scoring.load(model / "scorecard.json")
    facts = {name: scored[name].to_numpy(zero_copy_only=False) for name in card.facts}
    np.testing.assert_array_equal(np.rint(scored["points"].to_numpy() * 100), card.score(facts).points)
    first = card.score_record(card.record(facts, 0)).reasons
    assert [scored[f"reason_{place}"][0].as_py() for place in (1, 2, 3)] == [reason.name for reason in first]
    assert set(scored["band"].to_pylist()) <= {band.name for band in card.bands}
    assert "mean probability" in shown.stdout


def test_one_firm_is_shown_with_reasons_that_add_up(model: Path, table: Path) -> None:
    score = str(model / "scorecard.json")
    found = json.loads(_run("score", score, str(table), "--row", "7", "--json").stdout)
    contributions = sum(reason["contribution"] for reason in found["reasons"])
    assert found["row"] == 7
    assert round(found["points"] * 100) == round(found["base"] * 100) + contributions
    shown = _run("score", score, str(table), "--row", "7")
    assert "资产负债率 Liabilities to assets" in shown.stdout
    assert "points are missing to the next band; no feature declares by `change`" in " ".join(shown.stdout.split())
    beyond = _run("score", score, str(table), "--row", str(ROWS + 1))
    assert beyond.exit_code == 2
    assert f"firms.csv has rows 1 to {ROWS:,}; there is no row {ROWS + 1}. Name one of them." in beyond.stderr


def test_points_that_the_data_lack_are_computed_where_a_table_is_named(
    model: Path, table: Path, tmp_path: Path
) -> None:
    missing = _run("score", str(model / "scorecard.json"), str(table), "--points-table", str(ILLUSTRATIVE_TABLE))
    assert missing.exit_code == 2
    assert "Innovation points illustrative-2026-01 need" in missing.stderr
    # Of the demonstration's facts, some firms have no points of a place; without a table these stay unknown.
    facts = generate(200, seed=5).facts | {"provincial_platforms": np.ones(200), "awards": np.zeros(200)}
    parquet.write_table(
        pa.table({name: pa.array(column, from_pandas=True) for name, column in facts.items()}),
        tmp_path / "firms.parquet",
    )
    unknown = int(np.flatnonzero(np.isnan(facts["innovation_points_share"]))[0])
    ask = ("score", str(scoring.DEMO_ARTEFACT), str(tmp_path / "firms.parquet"), "--row", str(unknown + 1), "--json")
    plain, computed = (
        json.loads(_run(*ask, *extra).stdout)["reasons"] for extra in ((), ("--points-table", str(ILLUSTRATIVE_TABLE)))
    )
    moved = [
        one["name"]
        for one, other in zip(sorted(plain, key=str), sorted(computed, key=str), strict=True)
        if one != other
    ]
    assert moved == ["innovation_points_share"]


def test_a_score_is_evaluated_on_rows_with_outcomes(model: Path, table: Path) -> None:
    shown = _run("evaluate", str(model / "scorecard.json"), str(table), "--target", "defaulted")
    assert (shown.exit_code, "AUC" in shown.stdout) == (0, True)
    found = json.loads(
        _run("evaluate", str(model / "scorecard.json"), str(table), "--target", "defaulted", "--json").stdout
    )
    assert found["rows"] == ROWS
    assert 0.6 < found["auc"] < 0.95


def test_a_score_is_as_good_as_itself(model: Path, table: Path) -> None:
    score = str(model / "scorecard.json")
    shown = _run("compare", score, score, str(table), "--target", "defaulted")
    assert shown.exit_code == 0, shown.output
    assert "0.0% of the rows change their band" in shown.stdout
    found = json.loads(_run("compare", score, score, str(table), "--target", "defaulted", "--json").stdout)
    assert found["auc"] == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_monitoring_exits_1_only_at_an_alert(model: Path, table: Path, tmp_path: Path) -> None:
    score = str(model / "scorecard.json")
    steady = _run("monitor", score, str(table))
    assert steady.exit_code == 0, steady.output
    moved = csv.read_csv(table)
    place = moved.column_names.index("overdue_days_24m")
    parquet.write_table(moved.set_column(place, "overdue_days_24m", [[90.0] * ROWS]), tmp_path / "moved.parquet")
    alert = _run("monitor", score, str(tmp_path / "moved.parquet"), "--json")
    assert alert.exit_code == 1
    assert json.loads(alert.stdout)["status"] == "alert"


def test_a_calibration_raises_the_probability_and_leaves_the_score_alone(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_table(tmp_path / "recent.csv", seed=12, worse=1.0)
    score, out = model / "scorecard.json", tmp_path / "calibration.json"
    options = ("--target", "defaulted", "--as-of", "2026-06-30", "--out", str(out))
    result = _run("calibrate", str(score), str(tmp_path / "recent.csv"), *options)
    assert result.exit_code == 0, result.output
    monkeypatch.setenv("KEDAI_DATABASE_URL", f"sqlite:///{tmp_path}/kedai.db")
    monkeypatch.setenv("KEDAI_SCORECARD", str(score))
    before = json.loads(_run("decide", ZHILAI, "--on", "2026-07-22", "--json").stdout)["score"]
    monkeypatch.setenv("KEDAI_CALIBRATION", str(out))
    after = json.loads(_run("decide", ZHILAI, "--on", "2026-07-22", "--json").stdout)["score"]
    assert float(after.pop("default_probability")) > 1.5 * float(before.pop("default_probability"))
    assert after == before


def test_a_bank_names_its_own_bands_limits_and_scale(model: Path, table: Path, tmp_path: Path) -> None:
    score, (bands, limits, scale) = str(model / "scorecard.json"), (tmp_path / f"{name}.yaml" for name in "bls")
    bands.write_text(BANDS.read_text(encoding="utf-8").replace("name: C", "name: watch"), encoding="utf-8")
    limits.write_text(
        MONITORING.read_text(encoding="utf-8").replace(
            'warning: "0.10", alert: "0.25"', 'warning: "1e-7", alert: "1e-7"'
        ),
        encoding="utf-8",
    )
    scale.write_text(MASTER_SCALE.read_text(encoding="utf-8").replace("name: ", "name: own-"), encoding="utf-8")
    options = ("--features", str(model / "features.yaml"), "--bands", str(bands), "--selected-from", "watch")

    trained = _run("train", str(table), "--target", "defaulted", *options, "--out", str(tmp_path))
    alert = _run("monitor", score, str(table), "--limits", str(limits))
    graded = _run("score", score, str(table), "--row", "1", "--scale", str(scale), "--json")

    assert trained.exit_code == 0, trained.output
    assert "watch" in [band.name for band in scoring.load(tmp_path / "scorecard.json").bands]
    assert json.loads((tmp_path / "model-card.json").read_bytes())["selected_from"] == "watch"
    assert alert.exit_code == 1, alert.output
    assert json.loads(graded.stdout)["grade"].startswith("own-")


def test_weights_count_in_what_is_measured(model: Path, table: Path, tmp_path: Path) -> None:
    score, rows = str(model / "scorecard.json"), csv.read_csv(table)
    heavy = np.where(rows["defaulted"].to_numpy() > 0, 4.0, 1.0)
    weighted, target = str(tmp_path / "weighted.parquet"), ("--target", "defaulted")
    parquet.write_table(rows.append_column("times", pa.array(heavy)), weighted)
    defaults = int(rows["defaulted"].to_numpy().sum())
    rate = 4 * defaults / (ROWS + 3 * defaults)

    found = json.loads(_run("evaluate", score, weighted, *target, "--weight", "times", "--json").stdout)
    held = json.loads(_run("monitor", score, weighted, *target, "--weight", "times", "--json").stdout)
    out = tmp_path / "c.json"
    _run("calibrate", score, weighted, *target, "--weight", "times", "--as-of", "2026-06-30", "--out", str(out))

    assert (found["defaults"], found["default_rate"]) == (defaults, pytest.approx(rate))
    assert held["calibration"]["default_rate"] == pytest.approx(rate)
    assert json.loads(out.read_bytes())["observed_ppm"] == round(1e6 * rate)
    wrong = _run("evaluate", score, weighted, *target, "--weight", "none")
    assert (wrong.exit_code, "has no column none" in wrong.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("train", "{table}", "--target", "no_such_column"), "has no column no_such_column"),
        (("train", "{table}", "--target", "employees"), "Write 1 for default and 0 for paid"),
        (("train", "no-such.csv", "--target", "defaulted"), "no-such.csv cannot be read"),
        (("train", "firms.xlsx", "--target", "defaulted"), "is neither .csv nor .parquet"),
        (
            ("train", "{table}", "--target", "defaulted", "--features", "none.yaml"),
            "none.yaml: not a readable YAML file",
        ),
        (("evaluate", "{table}", "{table}", "--target", "defaulted"), "The artefact is no"),
        (("calibrate", "{score}", "{table}", "--target", "defaulted", "--as-of", "June"), "--as-of: June is no date"),
    ],
)
def test_what_cannot_be_used_exits_2_with_a_sentence(
    model: Path, table: Path, arguments: tuple[str, ...], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = {"table": str(table), "score": str(model / "scorecard.json")}
    result = _run(*(argument.format(**names) for argument in arguments))
    assert result.exit_code == 2, result.output
    assert sentence in result.stderr.replace("\n", " ")
    assert result.stdout == ""


def test_training_rows_among_the_rows_of_an_evaluation_are_named(model: Path, table: Path, tmp_path: Path) -> None:
    score, other = str(model / "scorecard.json"), tmp_path / "others.csv"
    _write_table(other, seed=12)
    flattered = _run("evaluate", score, str(table), "--target", "defaulted")
    compared = _run("compare", score, score, str(table), "--target", "defaulted", "--json")
    fair = _run("evaluate", score, str(other), "--target", "defaulted", "--json")
    anchored = _run(
        "calibrate",
        score,
        str(table),
        "--target",
        "defaulted",
        "--as-of",
        "2026-06-30",
        "--out",
        str(tmp_path / "c.json"),
    )
    # Without a date a quarter was drawn for the test; the other three are training rows.
    assert f"of the rows of firms.csv are rows {score} was trained on" in flattered.stderr
    assert "take rows it has not seen, best later ones" in flattered.stderr
    assert "take rows it has not seen" in anchored.stderr
    assert json.loads(fair.stdout)["training_rows"]["training"] == 0
    assert fair.stderr == ""
    known = json.loads(compared.stdout)["training_rows"]
    assert 0.7 < known["challenger"]["training"] / known["challenger"]["compared"] < 0.8
    assert known["champion"] == known["challenger"]
    assert compared.stderr.count("take rows it has not seen") == 2
