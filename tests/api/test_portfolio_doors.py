"""Portfolios over HTTP and on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from api.cli import app
from api.examples import FOLDER
from tests.api.conftest import Client, decided

ON = {"on": "2026-07-22"}
LOAN = {
    "client": "91511100MA6XX0TE50",
    "amount": "1000000.00",
    "small_business": True,
    "fee": "5000.00",
    "bank": "200000.00",
    "fund": "800000.00",
}
LOSSES = [
    {"principal": "1000000.00", "days": 365, "compensation": "25000.00"},
    {"principal": "600000.00", "days": 182},
]


def _measure(answer: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (one for one in answer["measures"] if one["measure"] == name)
    return found


def test_stored_approvals_are_measured_by_programme(client: Client, zhilai: dict[str, Any]) -> None:
    """A million at 0.55 % with a fee of 5,500 yuan, and the same application decided twice counts once."""
    for _ in range(2):
        decided(client, zhilai)
    decided(client, json.loads((FOLDER / "dishonest-debtor.json").read_bytes()))
    (answer,) = client.get("/v1/portfolio", params=ON).json()["items"]
    assert (answer["programme"], answer["loans"], answer["repeated"], answer["kept"]) == ("cn-scitech-2024", 1, 1, True)
    fee = _measure(answer, "average_fee")
    assert (fee["value"], fee["at_most"], fee["numerator"], fee["room"]) == ("0.0055", "0.0100", "5500.00", "4500.00")
    assert fee["parameters"][0]["clause"] == "合作机构平均担保费率逐步降至1%以下"
    assert _measure(answer, "loss_rate")["kept"] is None
    borne = {one["party"]: one["amount"] for one in answer["exposure"]}
    assert borne["bank"] == "200000.00"
    assert client.get("/v1/portfolio", params=ON | {"product": "innovation-credit"}).json()["items"] == []
    later = ON | {"decided_from": "2026-07-23", "programme": "cn-scitech-2024"}
    assert client.get("/v1/portfolio", params=later).json()["items"][0]["loans"] == 0


def test_losses_sent_are_measured_with_the_stored_approvals(client: Client, zhilai: dict[str, Any]) -> None:
    """2.4054 % of 5 % allowed; 51,967.12 - 25,000 yuan of room."""
    decided(client, zhilai)
    (answer,) = client.post("/v1/portfolio", params=ON, json={"losses": LOSSES}).json()["items"]
    rate = _measure(answer, "loss_rate")
    assert (rate["value"], rate["room"], rate["kept"]) == ("0.024054", "26967.12", True)
    assert rate["denominator"] == "1039342.47"
    assert rate["formula"].startswith("compensation paid / (Σ released principal × days")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_loans_that_are_sent_are_measured_and_not_stored(client: Client) -> None:
    body = {"loans": [LOAN, LOAN | {"client": "other", "small_business": False}], "losses": LOSSES}
    answer = client.post("/v1/portfolio", params=ON | {"programme": "cn-batch-2023"}, json=body).json()["items"][0]
    assert (answer["loans"], answer["clients"], answer["kept"]) == (2, 2, False)
    assert _measure(answer, "small_business_share")["sentence"].endswith(
        "is 50.0000 %, not at least 80.0000 %; it misses by 600,000.00 yuan."
    )
    assert client.get("/v1/portfolio", params=ON).json()["items"] == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("body", "path", "sentence"),
    [
        ({"loans": [LOAN | {"bank": "200000.01"}]}, "loans", "In row 1 the parties bear 1,000,000.01 yuan"),
        ({"loans": [LOAN | {"amount": 1000000}]}, "loans[0].amount", "valid string"),
        ({"loans": [{**LOAN, "fees": "1"}]}, "loans[0].fees", "There is no such field."),
        ({"losses": [{"principal": "x", "days": 1}]}, "losses", "principal cannot be read as yuan"),
        ({"loans": [LOAN]}, "query.programme", "Name it with ?programme=."),
    ],
)
def test_a_portfolio_that_cannot_be_used_names_the_place(
    client: Client, body: dict[str, Any], path: str, sentence: str
) -> None:
    of = ON if path.startswith("query") else ON | {"programme": "cn-scitech-2024"}
    response = client.post("/v1/portfolio", params=of, json=body)
    assert (response.status_code, response.json()["type"]) == (422, "urn:kedai:problem:invalid-portfolio")
    (error,) = response.json()["errors"]
    assert error["path"] == path
    assert sentence in error["message"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_unknown_programme_is_not_found(client: Client) -> None:
    response = client.get("/v1/portfolio", params={"programme": "x"})
    assert response.status_code == 404
    assert "There are cn-" in response.json()["detail"]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A loan and two losses as Parquet."""
    loans, losses = tmp_path / "loans.parquet", tmp_path / "losses.parquet"
    pq.write_table(pa.Table.from_pylist([LOAN]), loans)
    pq.write_table(pa.Table.from_pylist([{"compensation": "0"} | one for one in LOSSES]), losses)
    return str(loans), str(losses)


def test_a_file_of_loans_is_measured_without_a_database(
    files: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEDAI_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    asked = ["portfolio", files[0], "--programme", "cn-batch-2023", "--losses", files[1], "--on", "2026-07-22"]
    shown = CliRunner().invoke(app, asked)
    assert shown.exit_code == 0
    assert "1 loans of 1 clients, 1,000,000.00 yuan" in shown.stdout
    assert "2.4054 %" in shown.stdout
    (answer,) = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)["items"]
    assert answer["kept"] is True
    assert not (tmp_path / "none.db").exists()


OWN_BOOK = """\
format: rule-book
book: city
title: {zh: 某市科技担保, en: City guarantees}
instrument: "市办法"
currency: {code: CNY, minor_units: "2"}
dated_by: signed_on
facts:
  loan: {unit: money, zh: 贷款金额, en: loan amount}
parameters:
  coverage:
    unit: share
    values:
      2025-01-01: {value: "0.80", source: "市办法", clause: "一", verified: true}
  average:
    unit: condition
    values:
      2025-01-01: {value: {measure: average_fee, at_most: "0.005"}, source: "市办法", clause: "二", verified: true}
  losses:
    unit: condition
    values:
      2025-01-01:
        source: "市办法"
        clause: "三"
        verified: false
        value: {measure: loss_rate, at_most: "0.02", liability: "0.80", days_in_year: "365"}
"""


def test_loans_are_measured_against_the_conditions_of_a_banks_own_book(
    files: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fee of 5,000 on a million is .50 %, the limit itself; the losses are 2.4054 %, as under the national one."""
    (tmp_path / "city.yaml").write_text(OWN_BOOK, encoding="utf-8")
    monkeypatch.setenv("KEDAI_RULE_BOOKS", str(tmp_path))
    asked = ["portfolio", files[0], "--programme", "city", "--losses", files[1], "--on", "2026-07-22", "--json"]
    measured = CliRunner().invoke(app, asked)
    assert measured.exit_code == 1
    (answer,) = json.loads(measured.stdout)["items"]
    assert [(one["measure"], one["value"], one["kept"]) for one in answer["measures"]] == [
        ("average_fee", "0.0050", True),
        ("loss_rate", "0.024054", False),
    ]
    (rests_on,) = answer["measures"][1]["parameters"]
    assert (rests_on["name"], rests_on["clause"], rests_on["verified"]) == ("city.losses", "三", False)
    abroad = CliRunner().invoke(app, ["portfolio", files[0], "--programme", "us-sba-7a"])
    assert (abroad.exit_code, "There is no programme 'us-sba-7a'; there are city, cn-" in abroad.stderr) == (2, True)


def test_a_broken_limit_ends_with_1_and_bad_input_with_2(
    files: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEDAI_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    dear = tmp_path / "dear.parquet"
    pq.write_table(pa.Table.from_pylist([LOAN | {"fee": "10000.01"}]), dear)
    broken = CliRunner().invoke(app, ["portfolio", str(dear), "--programme", "cn-scitech-2024", "--on", "2026-07-22"])
    assert broken.exit_code == 1
    assert "broken" in broken.stdout
    for arguments, sentence in (
        ([files[0]], "--programme: Name the programme of the loans: cn-"),
        (["--programme", "x"], "--programme: There is no programme 'x'; there are cn-"),
        ([files[1], "--programme", "cn-scitech-2024"], "The table has no column client, amount, small_business, fee."),
        ([str(tmp_path / "no"), "--programme", "cn-scitech-2024"], "The file cannot be read"),
        (["--from", "yesterday"], "--from: yesterday is no date"),
    ):
        wrong = CliRunner().invoke(app, ["portfolio", *arguments])
        assert (wrong.exit_code, wrong.stdout) == (2, "")
        assert sentence in wrong.stderr
