"""A product team's day over HTTP and on the command line: from the form to a decision under the new terms."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.settings import Settings, SettingsError, read_settings
from api.web.app import create_app
from products import application_from
from products.applicant.arrow import arrow_from_applications
from tests.api.conftest import Client, client_of, decided
from tests.products.revising.contents import LI, WANG, written

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings with a key for signed files."""
    return Settings.model_validate({"database_url": database_url, "pool_size": 2, "revision_key": KEY})


@pytest.fixture
def tomorrow(client: Client) -> date:
    """The first day a revision drafted today may begin on, at the latest."""
    return client.office.today() + timedelta(days=1)


def _post(client: Client, path: str, status: int, **step: object) -> Any:
    response = client.post(f"/v1/revisions{path}", json=step)
    assert response.status_code == status, response.text
    return response.json()


def _approved(client: Client, since: date, **head: object) -> str:
    """The id of a revision that was drafted, submitted and approved."""
    content = written(None, effective_from=since.isoformat(), **head)
    revision_id: str = _post(client, "", 201, actor=WANG, content=content)["id"]
    _post(client, f"/{revision_id}/submission", 200, actor=WANG)
    _post(client, f"/{revision_id}/approval", 200, actor=LI, note="同意")
    return revision_id


def test_a_revision_decides_from_its_first_day_on(client: Client, zhilai: dict[str, Any], tomorrow: date) -> None:
    revision_id = _approved(client, tomorrow)
    zhilai["request"] |= {
        "product": "innovation-credit",
        "revision": "spring",
        "applied_on": tomorrow.isoformat(),
        "amount": "6000000.00",
    }
    decision = decided(client, zhilai, on=tomorrow)
    (cap,) = (each for each in decision["amount"]["limits"] if each["name"] == "product_cap")
    assert (decision["revision"], cap["amount"]) == ("spring", "5000000.00")
    (used,) = (each for each in decision["evidence"]["parameters"] if each["name"] == "spring.amount_cap")
    assert (used["value"], used["source"], used["since"]) == ("5000000", "产品委员会纪要 2027-3", tomorrow.isoformat())
    zhilai["request"]["applied_on"] = (tomorrow - timedelta(days=1)).isoformat()
    early = client.post("/v1/decisions", params={"on": tomorrow.isoformat()}, json=zhilai)
    assert early.status_code == 422
    assert f"its terms are complete from {tomorrow} on" in early.json()["errors"][0]["message"]
    listed = {each["slug"]: each for each in client.get("/v1/products").json()["items"]}["innovation-credit"]
    assert "spring" in {each["slug"] for each in listed["revisions"]}
    _post(client, f"/{revision_id}/withdrawal", 200, actor=WANG, note="停售")
    zhilai["request"]["applied_on"] = tomorrow.isoformat()
    gone = client.post("/v1/decisions", params={"on": tomorrow.isoformat()}, json=zhilai)
    assert "There is no revision 'spring'" in gone.json()["errors"][0]["message"]


def test_the_form_admits_what_is_then_drafted(client: Client, tomorrow: date) -> None:
    form = client.get("/v1/revisions/form", params={"product": "innovation-credit"}).json()
    content = written(None, effective_from=tomorrow.isoformat())
    jsonschema.validate(content, form)
    made = _post(client, "", 201, actor=WANG, content=content)
    assert client.get(made["url"]).json() == made
    assert {key: made["content"][key] for key in content} == content
    assert [each["id"] for each in client.get("/v1/revisions?product=innovation-credit").json()["items"]] == [
        made["id"]
    ]
    assert client.get("/v1/revisions?product=ip-pledge").json()["items"] == []


def test_everything_wrong_with_a_draft_is_said_at_once(client: Client) -> None:
    content = written({"amount_cap": "-1", "ceiling": "1", "band_floor": "Z"})
    answer = _post(client, "", 422, actor=WANG, content=content)
    assert answer["type"] == "urn:kedai:problem:invalid-revision"
    assert {each["path"] for each in answer["errors"]} == {
        "changes.amount_cap.value",
        "changes.ceiling",
        "changes.band_floor.value",
    }
    missing = _post(client, "", 422, content=written())
    assert [each["path"] for each in missing["errors"]] == ["actor"]
    assert client.get("/v1/revisions").json()["items"] == []


def test_an_author_does_not_approve_and_a_stranger_is_not_found(client: Client, tomorrow: date) -> None:
    made = _post(client, "", 201, actor=WANG, content=written(None, effective_from=tomorrow.isoformat()))
    early = _post(client, f"/{made['id']}/approval", 409, actor=LI)
    assert "is drafted and cannot be approved" in early["detail"]
    _post(client, f"/{made['id']}/submission", 200, actor=WANG)
    own = _post(client, f"/{made['id']}/approval", 409, actor=WANG)
    assert own["type"] == "urn:kedai:problem:not-allowed"
    assert "approved by another person" in own["detail"]
    back = _post(client, f"/{made['id']}/return", 200, actor=LI, note="费率须说明")
    assert back["state"] == "returned"
    changed = written({"amount_cap": "4000000"}, effective_from=tomorrow.isoformat())
    again = _post(client, f"/{made['id']}/draft", 200, actor=WANG, content=changed)
    assert [each["kind"] for each in again["history"]] == ["drafted", "submitted", "returned", "drafted"]
    assert client.get("/v1/revisions/nobody").status_code == 404
    assert _post(client, "/nobody/approval", 404, actor=LI)["type"] == "urn:kedai:problem:not-found"


def test_differences_are_read_in_words(client: Client, tomorrow: date) -> None:
    revision_id = _approved(client, tomorrow)
    found = client.get(f"/v1/revisions/{revision_id}/diff").json()
    assert [each["zh"] for each in found["items"]] == ["单户最高金额：由30,000,000.00改为5,000,000.00。"]
    assert client.get(f"/v1/revisions/{revision_id}/diff?against={revision_id}").json()["items"] == []
    assert client.get(f"/v1/revisions/{revision_id}/diff?against=nobody").status_code == 404


def test_an_exported_revision_is_imported_as_a_draft_with_the_same_digest(client: Client, tomorrow: date) -> None:
    revision_id = _approved(client, tomorrow)
    file = client.get(f"/v1/revisions/{revision_id}/export").json()
    received = _post(client, "/import", 201, actor="张三", file=file)
    assert (received["state"], received["number"]) == ("draft", 2)
    assert received["sha256"] == client.get(f"/v1/revisions/{revision_id}").json()["sha256"]
    file["content"]["notes"] = "改过"
    assert "was changed after it was signed" in _post(client, "/import", 422, actor="张三", file=file)["detail"] + str(
        _post(client, "/import", 422, actor="张三", file=file)["errors"]
    )
    assert client.post("/v1/revisions/publication").json() == {"changed": []}


def test_without_a_key_nothing_is_signed(database_url: str, tmp_path: Path) -> None:
    with client_of(create_app(Settings(database_url=database_url, pool_size=2))) as keyless:
        day = (keyless.office.today() + timedelta(days=1)).isoformat()
        made = _post(keyless, "", 201, actor=WANG, content=written(None, effective_from=day))
        answer = keyless.get(f"/v1/revisions/{made['id']}/export")
        assert answer.status_code == 409
        assert "Set KEDAI_REVISION_KEY" in answer.json()["detail"]


def test_a_signing_key_that_is_too_short_is_not_repeated() -> None:
    with pytest.raises(SettingsError, match=r"KEDAI_REVISION_KEY=\(not shown\) cannot be used") as caught:
        read_settings({"KEDAI_REVISION_KEY": "secret-but-short"})
    assert "secret-but-short" not in str(caught.value)


def _run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ("revision", *arguments), input=stdin)


def test_the_command_line_decides_and_compares_under_an_approved_revision(
    client: Client, database_url: str, zhilai: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tomorrow: date
) -> None:
    monkeypatch.setenv("KEDAI_DATABASE_URL", database_url)
    zhilai["request"] |= {
        "product": "innovation-credit",
        "revision": "spring",
        "applied_on": tomorrow.isoformat(),
    }
    arguments = ("-", "--on", tomorrow.isoformat(), "--json")
    before = CliRunner().invoke(app, ("decide", *arguments), input=json.dumps(zhilai))
    assert (before.exit_code, "There is no revision 'spring'" in before.stderr) == (2, True)
    _approved(client, tomorrow)
    after = CliRunner().invoke(app, ("decide", *arguments), input=json.dumps(zhilai))
    assert json.loads(after.stdout)["revision"] == "spring"
    offers = json.loads(CliRunner().invoke(app, ("offers", *arguments), input=json.dumps(zhilai)).stdout)
    assert "spring" in {each["revision"] for each in offers["offers"]}
    assert "spring" in CliRunner().invoke(app, ("products",)).stdout


def test_the_command_line_does_the_same_day(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tomorrow: date
) -> None:
    monkeypatch.setenv("KEDAI_DATABASE_URL", database_url)
    monkeypatch.setenv("KEDAI_REVISION_KEY", KEY)
    content = json.dumps(written(None, effective_from=tomorrow.isoformat()))
    made = json.loads(_run("draft", "-", "--by", WANG, "--json", stdin=content).stdout)
    assert "单户最高金额：由30,000,000.00改为5,000,000.00。" in _run("diff", made["id"]).stdout
    assert "is submitted" in _run("submit", made["id"], "--by", WANG).stdout
    refused = _run("approve", made["id"], "--by", WANG)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "approved by another person" in refused.stderr
    assert "is approved" in _run("approve", made["id"], "--by", LI).stdout
    assert f"innovation-credit/spring 1  approved  from {tomorrow}" in _run("list").stdout
    file = tmp_path / "spring.json"
    assert _run("export", made["id"], "--out", str(file)).exit_code == 0
    received = json.loads(_run("import", str(file), "--by", "张三", "--json").stdout)
    assert received["sha256"] == made["sha256"]
    assert "Nothing has come into force" in _run("publish").stdout
    withdrawn = _run("withdraw", made["id"], "--by", WANG, "--note", "停售")
    assert "is withdrawn" in withdrawn.stdout
    history = [each["kind"] for each in json.loads(_run("show", made["id"]).stdout)["history"]]
    assert history == ["drafted", "submitted", "approved", "withdrawn"]
    assert json.loads(_run("form", "innovation-credit").stdout)["properties"]["product"] == {
        "const": "innovation-credit",
        "title": "Product",
    }
    bad = _run("draft", "-", "--by", WANG, stdin=json.dumps(written({"amount_cap": "-1"})))
    assert bad.exit_code == 2
    assert bad.stderr.startswith("changes.amount_cap.value: amount_cap (highest amount per client) must lie between")
    assert _run("show", "nobody").exit_code == 2
    assert _run("form", "nothing").exit_code == 2


def test_an_impact_report_is_read_before_the_approval(
    client: Client, zhilai: dict[str, Any], database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = (client.office.today() + timedelta(days=1)).isoformat()
    made = _post(client, "", 201, actor=WANG, content=written({"amount_cap": "500000"}, effective_from=day))
    generated = client.get(made["url"] + "/impact", params={"applications": 200, "seed": 3}).json()
    assert (generated["n"], generated["compared_with"]) == (200, "own-terms")
    assert generated["population"] == "generated applications, seed 3"
    assert float(generated["after"]["approved"]) <= float(generated["before"]["approved"])
    decided(client, zhilai)
    stored = client.get(made["url"] + "/impact", params={"stored": True}).json()
    assert (stored["n"], stored["before"]["approved"], stored["after"]["approved"]) == (1, "1000000.00", "500000.00")
    assert stored["worst"][0]["amount_change"] == "-500000.00"
    monkeypatch.setenv("KEDAI_DATABASE_URL", database_url)
    written_files = _run("impact", made["id"], "--stored", "--out", str(tmp_path / "report"))
    assert written_files.exit_code == 0, written_files.stderr
    assert json.loads((tmp_path / "report" / "impact.json").read_bytes()) == stored
    page = (tmp_path / "report" / "impact.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 3
    assert "-500,000.00 元" in page
    both = _run("impact", made["id"], "--stored", "--file", "x.parquet")
    assert (both.exit_code, both.stderr) == (2, "--file and --stored name two populations. Give one of them.\n")


def test_a_population_comes_from_parquet_and_from_arrow(
    client: Client, zhilai: dict[str, Any], database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = (client.office.today() + timedelta(days=1)).isoformat()
    made = _post(client, "", 201, actor=WANG, content=written({"amount_cap": "500000"}, effective_from=day))
    batch = arrow_from_applications([application_from(zhilai)])
    table = pa.Table.from_batches([batch])
    pq.write_table(table, tmp_path / "one.parquet")
    with pa.ipc.new_file(tmp_path / "one.arrow", table.schema) as file:
        file.write_table(table)
    with pa.ipc.new_stream(tmp_path / "one.arrows", table.schema) as stream:
        stream.write_table(table)
    monkeypatch.setenv("KEDAI_DATABASE_URL", database_url)
    for name in ("one.parquet", "one.arrow", "one.arrows"):
        shown = json.loads(_run("impact", made["id"], "--file", str(tmp_path / name)).stdout)
        assert (shown["n"], shown["after"]["approved"]) == (1, "500000.00")
    (tmp_path / "text").write_text("no table", encoding="utf-8")
    bad = _run("impact", made["id"], "--file", str(tmp_path / "text"))
    assert bad.exit_code == 2
    assert "Give a Parquet file or an Arrow IPC file" in bad.stderr
