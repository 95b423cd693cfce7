"""A wheel goes to market: installed, revised, approved, in force, decided and drafted, by command line and by HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.examples import PARTICULARS
from api.settings import Settings
from api.web.app import create_app
from tests.api.conftest import Client, client_of
from tests.products.installing import on_path

DAY = (datetime.now(UTC) + timedelta(hours=8)).date()
"""The bank's day, on which the revision takes effect and the application is made."""
EXAMPLE = Path(__file__).parent / "rd-milestone" / "rd_milestone" / "data" / "examples" / "reducer.json"
REVISION = {
    "product": "rd-milestone",
    "slug": "spring",
    "title": {"zh": "春季版", "en": "Spring terms"},
    "source": "产品委员会纪要 2026-9",
    "effective_from": DAY.isoformat(),
    "changes": {
        "milestone_shares": {
            "value": {"contract": "0.50", "prototype": "0.30", "pilot": "0.20"},
            "source": "产品委员会纪要 2026-9",
            "clause": "第二条",
            "verified": True,
        }
    },
}
DRAWDOWNS = ("借款金额的50%", "借款金额的30%，最迟于首次提款后6个月内", "借款金额的20%，最迟于首次提款后12个月内")


def application() -> dict[str, Any]:
    """The package's sample, applied for today under the revision, with a certificate that is still valid."""
    facts: dict[str, Any] = json.loads(EXAMPLE.read_bytes())
    facts["request"] |= {"applied_on": DAY.isoformat(), "revision": "spring"}
    facts["titles"][0]["valid_to"] = (DAY + timedelta(days=400)).isoformat()
    return facts


def particulars() -> dict[str, Any]:
    given: dict[str, Any] = json.loads(PARTICULARS.read_bytes())
    signed = DAY + timedelta(days=2)
    given["signing"] |= {"law_as_of": signed.isoformat(), "signed_on": signed.isoformat()}
    given["loan"]["drawdown_on"] = (DAY + timedelta(days=9)).isoformat()
    return given


def clauses_of(manifest: dict[str, Any], kind: str) -> list[str]:
    (first, *_) = [one for one in manifest["documents"] if one["kind"] == kind]
    return [clause["id"] for clause in first["clauses"]]


@pytest.fixture
def installed_wheel(rd_milestone: Path) -> Iterator[None]:
    with on_path(rd_milestone):
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("installed_wheel")
def test_by_command_line(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "KEDAI_DATABASE_URL": database_url,
        "KEDAI_STRICT_PLUGINS": "true",
        "KEDAI_PLUGINS": "rd-milestone",
    }.items():
        monkeypatch.setenv(name, value)

    def kedai(*arguments: str) -> str:
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output
        return done.stdout

    for name, content in {"rev": REVISION, "app": application(), "parties": particulars()}.items():
        Path(f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    drafted = json.loads(kedai("revision", "draft", "rev.json", "--by", "wang", "--json"))
    kedai("revision", "submit", drafted["id"], "--by", "wang")
    kedai("revision", "approve", drafted["id"], "--by", "li", "--note", "读过")
    assert drafted["id"] in kedai("revision", "publish")
    (listed,) = json.loads(kedai("revision", "list", "--json"))["items"]
    assert listed["state"] == "effective"
    decision = json.loads(kedai("decide", "app.json", "--json"))
    assert (decision["outcome"], decision["revision"]) == ("approve", "spring")
    written = kedai("contract", decision["id"], "--particulars", "parties.json", "--out", "out").split()
    (page,) = [Path(path) for path in written if path.endswith("01-loan-contract.zh.html")]
    text = page.read_text(encoding="utf-8")
    assert [one for one in DRAWDOWNS if one not in text] == []
    (manifest,) = [Path(path) for path in written if path.endswith("manifest.json")]
    clauses = clauses_of(json.loads(manifest.read_bytes()), "loan-contract")
    assert "milestone-drawdown" in clauses
    assert "loan-disbursement" not in clauses


@pytest.mark.slow
@pytest.mark.usefixtures("installed_wheel")
def test_by_http(database_url: str) -> None:
    settings = Settings(database_url=database_url, pool_size=2, strict_plugins=True, plugins=("rd-milestone",))
    with client_of(create_app(settings)) as client:
        (package,) = client.get("/v1/plugins").json()["packages"]
        assert (package["package"], package["state"]) == ("rd-milestone", "serving")
        assert package["brings"]["clauses"] == ["milestone-drawdown"]
        revision = _effective(client)
        assert revision["state"] == "effective"
        client.office.live.refresh()
        posted = client.post("/v1/decisions", json=application())
        assert posted.status_code == 201, posted.text
        decision = posted.json()
        assert (decision["outcome"], decision["revision"]) == ("approve", "spring")
        drafted = client.post(f"/v1/decisions/{decision['id']}/contracts", json=particulars())
        assert drafted.status_code == 201, drafted.text
        contracts = drafted.json()
        (page,) = [one for one in contracts["documents"] if one["filename"] == "01-loan-contract.zh.html"]
        text = client.get(page["url"]).text
        assert [one for one in DRAWDOWNS if one not in text] == []
        manifest = client.get(contracts["manifest_url"]).json()
        assert "milestone-drawdown" in clauses_of(manifest, "loan-contract")


def _effective(client: Client) -> dict[str, Any]:
    def step(address: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = client.post(f"/v1/revisions{address}", json=body)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    drafted = step("", {"actor": "wang", "content": REVISION})
    step(f"/{drafted['id']}/submission", {"actor": "wang"})
    step(f"/{drafted['id']}/approval", {"actor": "li", "note": "读过"})
    step("/publication", {"actor": "calendar"})
    found: dict[str, Any] = client.get(f"/v1/revisions/{drafted['id']}").json()
    return found
