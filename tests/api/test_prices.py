"""`kedai price` and its HTTP twins: applications and given terms, as people and programs read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.examples import FOLDER
from tests.api.conftest import Client

ZHILAI = str(FOLDER / "zhilai.json")
TERMS = {
    "product": "innovation-credit",
    "amount": "1000000.00",
    "term_months": 12,
    "repayment": "equal_principal",
    "default_probability": "0.02",
    "enterprise_size": "small",
}


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs ``kedai price`` beside an empty database."""
    monkeypatch.setenv("KEDAI_DATABASE_URL", f"sqlite:///{tmp_path / 'kedai.db'}")

    def run(*arguments: str, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(app, ("price", *arguments, "--on", "2026-07-22"), input=stdin)

    return run


def _options(terms: dict[str, Any]) -> list[str]:
    names = {"term_months": "term"}
    return [
        part for name, value in terms.items() for part in (f"--{names.get(name, name).replace('_', '-')}", str(value))
    ]


def test_an_applications_sheet_for_people(command: Any) -> None:
    shown = command(ZHILAI)
    assert shown.exit_code == 0, shown.stderr
    for words in (
        "ip-pledge / tianfu-zhilai  ·  approve",
        "loan rate 3.43 %, between floor and cap (floor none, cap 4.50 %)",
        "required 3.428 % = LPR one year 3.00 % +43 bp; break-even 2.5617 %",
        "nominal annual rate (actuarial method)",
        "effective annual rate (compound)",
        "annual rate (simple interest)",
        "default probability × 0.5",
        "2027-07-22",
        "Values not yet verified",
    ):
        assert words in shown.stdout


def test_application_terms_file_and_options_agree_with_http(
    command: Any, shared_client: Client, tmp_path: Path
) -> None:
    application = Path(ZHILAI).read_bytes()
    headers = {"Content-Type": "application/json"}
    answer = shared_client.post("/v1/prices", params={"on": "2026-07-22"}, content=application, headers=headers)
    assert answer.status_code == 200
    assert answer.json() == json.loads(command(ZHILAI, "--json").stdout)
    asked = shared_client.post("/v1/prices/terms", params={"on": "2026-07-22"}, json=TERMS).json()
    assert asked == json.loads(command(*_options(TERMS), "--json").stdout)
    (tmp_path / "terms.json").write_text(json.dumps(TERMS), encoding="utf-8")
    assert asked == json.loads(command(str(tmp_path / "terms.json"), "--json").stdout)
    assert asked == json.loads(command("-", "--json", stdin=json.dumps(TERMS).encode()).stdout)


def test_grace_and_steps_are_options_and_fields(command: Any, shared_client: Client) -> None:
    longer = TERMS | {"term_months": 24, "repayment": "equal_principal"}
    stepped = longer | {"steps": [{"months": 12, "share": "0.3"}, {"months": 12, "share": "0.7"}]}
    for fields, options in (
        (longer | {"grace_months": 6}, ("--grace", "6")),
        (stepped, ("--steps", "12:0.3,12:0.7")),
    ):
        asked = shared_client.post("/v1/prices/terms", params={"on": "2026-07-22"}, json=fields)
        assert asked.json() == json.loads(command(*_options(longer), *options, "--json").stdout)
    refused = command(*_options(longer), "--steps", "12:0.3")
    assert (refused.exit_code, refused.stderr.splitlines()) == (
        2,
        [
            "steps: They last 12 months of a term of 24. Let them make up the term.",
            "steps: They repay 0.3 of the loan. Let their shares make up 1.",
        ],
    )


def test_another_rate_is_looked_at_for_applications_and_terms(
    command: Any, shared_client: Client, tmp_path: Path
) -> None:
    for arguments in ((ZHILAI,), tuple(_options(TERMS))):
        sheet = json.loads(command(*arguments, "--loan-rate", "0.025", "--json").stdout)
        assert sheet["loan_rate"] == "0.0250"
        assert sheet["return_on_capital"].startswith("-")
    (tmp_path / "terms.json").write_text(json.dumps(TERMS), encoding="utf-8")
    sheet = json.loads(command(str(tmp_path / "terms.json"), "--loan-rate", "0.045", "--json").stdout)
    assert sheet["loan_rate"] == "0.0450"
    answer = shared_client.post(
        "/v1/prices", params={"on": "2026-07-22", "loan_rate": "0.025"}, json=json.loads(Path(ZHILAI).read_bytes())
    )
    assert answer.json()["loan_rate"] == "0.0250"


def test_pricing_stores_nothing(command: Any, shared_client: Client, tmp_path: Path) -> None:
    command(ZHILAI)
    assert not (tmp_path / "kedai.db").exists()
    shared_client.post("/v1/prices", json=json.loads(Path(ZHILAI).read_bytes()))
    assert shared_client.get("/v1/decisions").json()["items"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no-such.json",), "no-such.json: The file cannot be read"),
        ((ZHILAI, "--amount", "3"), "--amount: the file says this already; give a file or options"),
        (
            (ZHILAI, "--loan-rate", "much"),
            "--loan-rate: much is no annual rate; write a decimal fraction such as 0.0385.",
        ),
        (("--amount", "-3", "--term", "x"), "term_months: Input should be a valid integer"),
        ((*_options(TERMS | {"product": "gold-loan"}),), "product: There is no product 'gold-loan'"),
    ],
)
def test_bad_input_exits_2_with_a_sentence(command: Any, arguments: tuple[str, ...], said: str) -> None:
    result = command(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize(
    ("address", "body", "name", "path"),
    [
        ("/v1/prices/terms", TERMS | {"amount": "0"}, "invalid-terms", "amount"),
        ("/v1/prices/terms", TERMS | {"product": "gold-loan"}, "invalid-terms", "product"),
        ("/v1/prices", {"request": {}}, "invalid-application", "request.product"),
        ("/v1/prices?loan_rate=-1", {}, "invalid-parameters", "query.loan_rate"),
    ],
)
def test_bad_requests_are_problems(
    shared_client: Client, address: str, body: dict[str, Any], name: str, path: str
) -> None:
    answer = shared_client.post(address, json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, f"urn:kedai:problem:{name}")
    assert path in {error["path"] for error in answer.json()["errors"]}


def test_terms_before_the_products_first_day(shared_client: Client) -> None:
    answer = shared_client.post("/v1/prices/terms", params={"on": "1999-01-01"}, json=TERMS)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:kedai:problem:not-in-force")


def test_an_application_without_an_amount_left_has_no_price(
    shared_client: Client, command: Any, tmp_path: Path
) -> None:
    application = json.loads(Path(ZHILAI).read_bytes())
    application["credit"]["guaranteed_balance"] = "30000000.00"
    answer = shared_client.post("/v1/prices", params={"on": "2026-07-22"}, json=application)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:kedai:problem:nothing-to-price")
    assert "No amount is left to price" in answer.json()["detail"]
    (tmp_path / "full.json").write_text(json.dumps(application), encoding="utf-8")
    result = command(str(tmp_path / "full.json"))
    assert result.exit_code == 2
    assert "No amount is left to price" in result.stderr
