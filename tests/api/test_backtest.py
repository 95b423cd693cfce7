"""Backtests from files: Parquet and CSV say the same, and each challenger differs from the champion in one thing."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from api.backtests.files import with_outcomes
from api.cli import app
from api.revisions.population import UnreadableFile
from products import application_from
from products.applicant.arrow import schema
from scoring import DEMO_ARTEFACT
from tests.api.conftest import Client
from tests.products.revising.contents import WANG, written

DAY = date(2026, 11, 20)
OUTCOME = pa.struct(
    [
        ("defaulted", pa.bool_()),
        ("defaulted_on", pa.date32()),
        ("lent", pa.decimal128(16, 2)),
        ("loss", pa.decimal128(16, 2)),
        ("recovered", pa.decimal128(16, 2)),
    ]
)
NOTHING = dict.fromkeys(("defaulted", "defaulted_on", "lent", "loss", "recovered"))
OUTCOMES = (
    NOTHING | {"defaulted": False},
    NOTHING
    | {
        "defaulted": True,
        "defaulted_on": "2026-10-22",
        "lent": "500000",
        "loss": "300000.00",
        "recovered": "100000.00",
    },
    NOTHING,
)


@pytest.fixture
def firm(zhilai: dict[str, Any]) -> dict[str, Any]:
    """The example firm, asking a million yuan of innovation credit in Sichuan."""
    del zhilai["request"]["revision"]
    return zhilai


def _parquet(path: Path, firm: dict[str, Any], outcomes: tuple[dict[str, Any], ...]) -> Path:
    facts = application_from(firm).model_dump()
    rows = [
        facts
        | {
            "realised": outcome
            | {
                "defaulted_on": outcome["defaulted_on"] and date.fromisoformat(outcome["defaulted_on"]),
                **{name: outcome[name] and _decimal(outcome[name]) for name in ("lent", "loss", "recovered")},
            }
        }
        for outcome in outcomes
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema().append(pa.field("realised", OUTCOME))), path)
    return path


def _decimal(text: str) -> Any:
    return pa.scalar(text).cast(pa.decimal128(16, 2)).as_py()


def _csv(path: Path, firm: dict[str, Any], outcomes: tuple[dict[str, Any], ...]) -> Path:
    flat = _flat(firm)
    rows = [
        flat | {f"realised.{name}": "" if cell is None else str(cell).lower() for name, cell in each.items()}
        for each in outcomes
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _flat(value: dict[str, Any], prefix: str = "") -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, inner in value.items():
        if isinstance(inner, dict):
            cells |= _flat(inner, f"{prefix}{name}.")
        elif isinstance(inner, list | bool):
            cells[prefix + name] = json.dumps(inner, ensure_ascii=False)
        else:
            cells[prefix + name] = str(inner)
    return cells


@pytest.fixture
def here(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line over the test's database."""
    monkeypatch.setenv("KEDAI_DATABASE_URL", database_url)


def _run(*arguments: str) -> Result:
    days = ("--on", "2026-11-20", "--until", "2026-11-20", "--terms-of", "2026-11-20")
    return CliRunner().invoke(app, ("backtest", *arguments, "--product", "ip-pledge", *days))


@pytest.mark.usefixtures("here")
def test_parquet_and_csv_give_the_figures_worked_out_by_hand(firm: dict[str, Any], tmp_path: Path) -> None:
    found = json.loads(_run(str(_parquet(tmp_path / "past.parquet", firm, OUTCOMES))).stdout)
    assert (found["applications"], found["with_outcome"], found["without_outcome"]) == (3, 2, 1)
    total = found["contenders"][0]["total"]
    assert (total["approved"], total["measured"], total["unknown"], total["defaults"]) == (3, 2, 1, 1)
    # 300,000 were lost of 500,000 lent and 100,000 came back; on 1,000,000 approved that is 600,000 and 200,000.
    assert (total["measured_amount"], total["loss"], total["recovered"]) == ("2000000.00", "600000.00", "200000.00")
    # Decided when the certificate as HNTE has run out, the firm is a tech SME: fund 30 %, guarantor 30 %.
    assert {each["party"]: (each["borne"], each["returned"], each["net"]) for each in total["parties"]} == {
        "bank": ("120000.00", "40000.00", "80000.00"),
        "guarantor": ("180000.00", "60000.00", "120000.00"),
        "province": ("120000.00", "40000.00", "80000.00"),
        "fund": ("180000.00", "60000.00", "120000.00"),
        "local_government": ("0.00", "0.00", "0.00"),
    }
    assert (total["calls"], total["compensation"]) == (1, "480000.00")
    # One loan stood from 22 July to 20 November, 121 days, the other until its default after 92.
    # Released: 1,000,000 x (121 + 92) / 365 = 583,561.64; x 80 % = 466,849.32; 480,000 paid are 1.028169 of it.
    assert found["contenders"][0]["loss_rate"]["value"] == "1.028169"
    same = _run(str(_csv(tmp_path / "past.csv", firm, OUTCOMES)))
    assert same.exit_code == 0, same.stderr
    assert json.loads(same.stdout) | {"source": ""} == found | {"source": ""}


@pytest.mark.usefixtures("here")
def test_revisions_tariffs_and_scores_stand_against_the_champion(
    client: Client, firm: dict[str, Any], tmp_path: Path
) -> None:
    file = str(_parquet(tmp_path / "past.parquet", firm, OUTCOMES))
    tomorrow = (client.office.today() + timedelta(days=1)).isoformat()
    content = written({"amount_cap": "500000"}, product="ip-pledge", effective_from=tomorrow)
    draft = client.post("/v1/revisions", json={"actor": WANG, "content": content}).json()
    bands = dict.fromkeys("ABCDE", "0.0200")
    tariff = tmp_path / "flat.json"
    tariff.write_text(json.dumps(dict.fromkeys(("tier_1", "tier_2", "tier_3", "untitled"), bands)))
    score = tmp_path / "other.json"
    score.write_bytes(Path(str(DEMO_ARTEFACT)).read_bytes())
    challengers = ("--revision", draft["id"], "--revision", "tianfu-zhilai")
    made = _run(
        *(file, "--out", str(tmp_path / "out"), *challengers, "--tariff", str(tariff), "--scorecard", str(score))
    )
    assert made.exit_code == 0, made.stderr
    found = {each["name"]: each for each in json.loads((tmp_path / "out" / "backtest.json").read_bytes())["contenders"]}
    assert list(found) == ["champion", "spring", "tianfu-zhilai-as-shipped", "flat", "other"]
    assert found["spring"]["total"]["approved_amount"] == "1500000.00"
    # Half the amount loses half: 300,000 lost of 500,000 lent, and 500,000 are approved.
    assert found["spring"]["total"]["loss"] == "300000.00"
    assert found["flat"]["total"]["loss"] == found["champion"]["total"]["loss"]
    assert float(found["flat"]["total"]["guarantee_fees"]) > float(found["champion"]["total"]["guarantee_fees"])
    assert found["other"]["total"] == found["champion"]["total"]
    page = (tmp_path / "out" / "backtest.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 4
    assert "What cannot be known" in page
    assert "1 applications have no outcome" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"realised.loss": ""}, "[1].realised.loss: The loan defaulted and its loss is not given."),
        ({"realised.loss": "much"}, "[1].realised.loss: loss at default must be"),
        ({"realised.defaulted": "perhaps"}, "[1].realised.defaulted: whether the loan defaulted must be true or false"),
        ({"realised.recovered": "300000.01"}, "[1].realised.recovered: recovered is 300000.01; it must not exceed"),
        ({"request.term_months": "a year"}, "[1].request.term_months: Term must be a whole number"),
        ({"titles": "[{"}, "[1].titles: The cell begins as a list and is no JSON"),
    ],
)
def test_a_bad_cell_is_named_with_its_row(
    firm: dict[str, Any], tmp_path: Path, change: dict[str, str], sentence: str
) -> None:
    path = _csv(tmp_path / "past.csv", firm, OUTCOMES)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[1] |= change
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(UnreadableFile) as refused:
        list(with_outcomes(path, until=DAY))
    assert str(refused.value).startswith(f"past.csv: {sentence}")


def test_rows_are_counted_through_the_whole_file(firm: dict[str, Any], tmp_path: Path) -> None:
    bad = OUTCOMES[1] | {"recovered": "300000.01"}
    path = _parquet(tmp_path / "past.parquet", firm, (OUTCOMES[0],) * 3 + (bad,))
    table = pq.read_table(path)
    with pa.ipc.new_file(tmp_path / "past.arrow", table.schema) as file:
        for row in range(4):
            file.write_batch(table.slice(row, 1).to_batches()[0])
    with pytest.raises(UnreadableFile, match=r"^past.arrow: \[3\]\.realised\.recovered: recovered is 300000\.01"):
        list(with_outcomes(tmp_path / "past.arrow", until=DAY))


def test_what_holds_no_outcomes_is_said(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no table")
    with pytest.raises(UnreadableFile, match="Give a Parquet, Arrow IPC or CSV file"):
        list(with_outcomes(text, until=DAY))
    latin = tmp_path / "latin.csv"
    latin.write_bytes("realised.lent\né".encode("latin-1"))
    with pytest.raises(UnreadableFile, match=r"latin\.csv: The file is no CSV in UTF-8"):
        list(with_outcomes(latin, until=DAY))
    pq.write_table(pa.Table.from_pylist([{"realised": {"defaulted": True, "loss": 0.1}}]), tmp_path / "floats.parquet")
    with pytest.raises(UnreadableFile, match=r"realised\.loss: loss at default must be an Arrow decimal128\(16, 2\)"):
        list(with_outcomes(tmp_path / "floats.parquet", until=DAY))


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_contender_that_is_not_there_is_said(firm: dict[str, Any], tmp_path: Path) -> None:
    unknown = _run(str(_csv(tmp_path / "past.csv", firm, OUTCOMES)), "--revision", "nobody")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "There is no revision 'nobody'" in unknown.stderr


PARQUET = {"Content-Type": "application/vnd.apache.parquet"}


def test_the_same_figures_come_over_http(client: Client, firm: dict[str, Any], tmp_path: Path) -> None:
    file = _parquet(tmp_path / "past.parquet", firm, OUTCOMES)
    days = dict.fromkeys(("on", "until", "terms_of"), "2026-11-20")
    query = {"product": "ip-pledge", "revision": "tianfu-zhilai", **days}
    answer = client.post("/v1/backtests", params=query, content=file.read_bytes(), headers=PARQUET)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [each["name"] for each in found["contenders"]] == ["champion", "tianfu-zhilai-as-shipped"]
    assert found["contenders"][0]["total"]["compensation"] == "480000.00"
    rows = _csv(tmp_path / "past.csv", firm, OUTCOMES).read_bytes()
    same = client.post("/v1/backtests", params=query, content=rows, headers={"Content-Type": "text/csv; charset=utf-8"})
    assert same.json() == found
    refused = client.post("/v1/backtests", params=query, content=b"no table", headers=PARQUET)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:kedai:problem:invalid-file")
    json_sent = client.post("/v1/backtests", params=query, json={})
    assert json_sent.status_code == 415
    assert "Send a file of applications as one of: application/vnd.apache.parquet" in json_sent.json()["detail"]
    assert client.post("/v1/backtests", params={"product": "none"}, content=rows, headers=PARQUET).status_code == 404


def test_an_uploaded_population_is_a_revisions_impact(client: Client, firm: dict[str, Any], tmp_path: Path) -> None:
    tomorrow = (client.office.today() + timedelta(days=1)).isoformat()
    content = written({"amount_cap": "500000"}, product="ip-pledge", effective_from=tomorrow)
    draft = client.post("/v1/revisions", json={"actor": WANG, "content": content}).json()
    table = pa.Table.from_pylist([application_from(firm).model_dump()] * 2, schema=schema())
    pq.write_table(table, tmp_path / "two.parquet")
    body = (tmp_path / "two.parquet").read_bytes()
    found = client.post(f"{draft['url']}/impact", params={"on": "2026-11-20"}, content=body, headers=PARQUET).json()
    assert (found["n"], found["population"], found["after"]["approved"]) == (2, "uploaded file", "1000000.00")
