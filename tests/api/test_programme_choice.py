"""`kedai compare-programmes` and its HTTP twins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.examples import FOLDER
from api.web.comparisons import EXAMPLE
from tests.api.conftest import Client

ZHILAI = str(FOLDER / "zhilai.json")


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs ``kedai compare-programmes`` beside an empty database."""
    monkeypatch.setenv("KEDAI_DATABASE_URL", f"sqlite:///{tmp_path / 'kedai.db'}")

    def run(*arguments: str, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(app, ("compare-programmes", *arguments), input=stdin)

    return run


def test_an_application_is_decided_under_every_programme(command: Any, shared_client: Client) -> None:
    found = json.loads(command(ZHILAI, "--on", "2026-07-22", "--json").stdout)
    under = {one["programme"]: one for one in found["under"]}
    assert [one["place"] for one in found["under"]] == [1, 2, 3]
    assert set(under) == {"cn-batch-2023", "cn-scitech-2024", "cn-private-investment-2026"}
    # its own programme: the decision's figures, 30 million less the loan left
    own = under["cn-scitech-2024"]
    assert (own["outcome"], own["amount"], own["headroom"]) == ("approve", "1000000.00", "29000000.00")
    # a loan of one year, where loans must be longer
    assert under["cn-private-investment-2026"]["outcome"] == "decline"
    answer = shared_client.post("/v1/comparisons?on=2026-07-22", json=json.loads(Path(ZHILAI).read_bytes()))
    assert answer.json() == found
    assert shared_client.get("/v1/decisions").json()["items"] == []


def test_rule_books_say_why_they_do_not_answer_for_an_application(command: Any) -> None:
    found = json.loads(command(ZHILAI, "--on", "2026-07-22", "--json").stdout)
    assert {one["programme"] for one in found["not_compared"]} >= {"us-sba-7a", "kr-kodit", "jp-credit-guarantee"}
    assert all("facts of its own: ask for the loan instead" in one["why"] for one in found["not_compared"])
    shown = command(ZHILAI, "--on", "2026-07-22").stdout
    assert "cn-batch-2023" in shown
    assert "us-sba-7a: It answers for loans in USD" in shown


OWN_BOOK = """\
format: rule-book
book: city-scitech
title: {zh: 某市科技担保, en: City guarantees for technology}
instrument: "市办法"
currency: {code: CNY, minor_units: "2"}
dated_by: applied_on
facts:
  loan: {unit: money, zh: 贷款金额, en: loan amount}
  exposure: {unit: money, otherwise: guaranteed, zh: 在保余额, en: guaranteed balance with this loan}
  staff: {unit: count, applicant: enterprise.employees, zh: 从业人数, en: employees}
parameters:
  coverage:
    unit: share
    values:
      2025-01-01: {value: "0.80", source: "市办法", clause: "五", verified: true}
  per_client:
    unit: cap
    values:
      2025-01-01: {value: {on: exposure, is: "640000"}, source: "市办法", clause: "六", verified: true}
  fee:
    unit: fee
    values:
      2025-01-01:
        source: "市办法"
        clause: "七"
        verified: true
        value:
          due: yearly
          select_by: [staff]
          charge_on: loan
          rows: [{when: {staff: {up_to: "100"}}, rate: "0.005"}]
          otherwise: "0.01"
"""


def test_a_banks_own_book_answers_for_an_application(
    command: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """640,000 / 80 % = 800,000 at 3.43 %: interest 27,440.04, subsidy of 1.5 % 12,000, fee of .5 % 4,000."""
    (tmp_path / "city.yaml").write_text(OWN_BOOK, encoding="utf-8")
    monkeypatch.setenv("KEDAI_RULE_BOOKS", str(tmp_path))
    found = json.loads(command(ZHILAI, "--on", "2026-07-22", "--json").stdout)
    (city,) = (one for one in found["under"] if one["programme"] == "city-scitech")
    assert (city["place"], city["outcome"], city["amount"], city["headroom"]) == (3, "approve", "800000.00", "0.00")
    assert city["first_year_cost"] == "19440.04"
    assert city["why"].endswith("200,000.00 yuan less than under the best.")
    assert "city-scitech" not in {one["programme"] for one in found["not_compared"]}


def test_a_day_before_a_programme_leaves_its_figures_out(command: Any, tmp_path: Path) -> None:
    application = json.loads(Path(ZHILAI).read_bytes())
    application["request"] |= {"applied_on": "2025-07-22"}
    (tmp_path / "earlier.json").write_text(json.dumps(application), encoding="utf-8")
    under = json.loads(command(str(tmp_path / "earlier.json"), "--on", "2025-07-22", "--json").stdout)["under"]
    (later,) = (one for one in under if one["programme"] == "cn-private-investment-2026")
    assert (later["place"], later["outcome"], later["amount"]) == (3, None, None)
    assert later["why"] == "Had no terms on the day of application (from 2026-01-19)."
    assert "not in force" in command(str(tmp_path / "earlier.json"), "--on", "2025-07-22").stdout


def test_a_loan_is_compared_by_rule_books(command: Any, shared_client: Client) -> None:
    body = json.dumps(EXAMPLE).encode()
    found = json.loads(command("-", "--json", stdin=body).stdout)
    assert found == shared_client.post("/v1/comparisons/loan", json=EXAMPLE).json()
    best, second = found["offers"][:2]
    assert (best["programme"], best["guaranteed"], best["fees"][0]["amount"]) == ("us-sba-7a", "262500.00", "7875.00")
    assert second["verdict"] == "other_currency"
    shown = command("-", stdin=body).stdout
    assert "262,500.00" in shown
    assert "kr-kodit other currency: It answers for loans in KRW; this one is in USD." in shown


def test_missing_facts_are_named_to_people_and_programs(command: Any) -> None:
    body = json.dumps(EXAMPLE | {"currency": "KRW", "facts": {}, "dates": {"signed_on": "2025-10-01"}}).encode()
    (korea,) = (
        one for one in json.loads(command("-", "--json", stdin=body).stdout)["offers"] if one["programme"] == "kr-kodit"
    )
    assert korea["missing"] == ["growth_class", "guarantee_years", "rating_rate"]
    assert "kr-kodit facts missing: It needs: growth_class" in command("-", stdin=body).stdout


def test_faults_are_sentences_and_problems(command: Any, shared_client: Client) -> None:
    body = EXAMPLE | {"facts": {"colour": "red"}}
    result = command("-", stdin=json.dumps(body).encode())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "facts.colour: No programme compared looks at this fact. Take it out.\n"
    answer = shared_client.post("/v1/comparisons/loan", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:kedai:problem:invalid-loan")
    assert answer.json()["errors"][0]["path"] == "facts.colour"
