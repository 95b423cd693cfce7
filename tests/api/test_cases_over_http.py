"""Drawn sets and their cases over HTTP: the chain, drawing again, papers, and documents that came back."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date
from typing import Any

import docx
import pytest

import templates.redline as templates_redline
from api.settings import Settings
from api.web.app import create_app
from templates.writing.docx import MEDIA_TYPE
from tests.api.conftest import Client, client_of, decided
from tests.templates.texts import clause_text

PDF = b"%PDF-1.7\n%%EOF\n"
AS_PDF = {"Content-Type": "application/pdf"}


@pytest.fixture
def approved(client: Client, zhilai: dict[str, Any]) -> dict[str, Any]:
    """The approved decision on zhilai.json."""
    return decided(client, zhilai)


def drafted(client: Client, decision: dict[str, Any], particulars: dict[str, Any]) -> dict[str, Any]:
    response = client.post(f"/v1/decisions/{decision['id']}/contracts", json=particulars)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def attached(client: Client, decision: dict[str, Any], kind: str, content: bytes = PDF) -> dict[str, Any]:
    address = f"/v1/decisions/{decision['id']}/attachments"
    query = {"kind": kind, "filename": f"{kind}.pdf", "actor": "王芳"}
    response = client.post(address, params=query, content=content, headers=AS_PDF)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    assert response.headers["location"] == made["url"]
    return made


def content_of(client: Client, made: dict[str, Any], name: str) -> bytes:
    """The file whose name ends so, whatever its number in the set."""
    listed = [*made["documents"], *made["attachments"]]
    return client.get(next(each["url"] for each in listed if each["filename"].endswith(name))).content


def test_sets_form_a_chain_with_their_retention(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    assert client.get("/v1/contracts/chain").json() == {"entries": 0, "last": None, "broken_at": None}
    first, second = drafted(client, approved, particulars), drafted(client, approved, particulars)
    entry = second["entry"]
    assert (first["entry"]["position"], first["entry"]["previous"], entry["position"]) == (1, None, 2)
    assert entry["previous"] == first["entry"]["digest"]
    # drawn down on 2026-07-31 for twelve months, kept ten years
    assert (entry["retention_class"], entry["kept_until"]) == ("信贷合同", "2037-07-31")
    assert client.get("/v1/contracts/chain").json() == {"entries": 2, "last": entry["digest"], "broken_at": None}


def test_gate_report_negotiation_sheet_and_registration_pack_are_stored_beside_the_documents(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    made = drafted(client, approved, particulars)
    kinds = {each["kind"] for each in made["attachments"]}
    assert kinds >= {"gate-report", "negotiation-sheet", "registration-pack"}
    assert kinds & {each["kind"] for each in made["documents"]} == set()
    report = json.loads(content_of(client, made, "-gate-report.zh.json"))
    assert report["number"] == particulars["loan"]["number"]


def test_an_old_set_is_drawn_again_byte_for_byte_after_newer_texts_came_and_went(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    desk, moment = client.office.text_desk, _long_ago()
    first = drafted(client, approved, particulars)
    text = clause_text(since="2026-07-20")
    version = desk.draft(text, actor="王芳", moment=moment)
    desk.submit(version.id, actor="王芳", moment=moment)
    desk.approve(version.id, actor="李雷", moment=moment)
    second = drafted(client, approved, particulars)
    desk.withdraw(version.id, actor="王芳", moment=moment, day=None, note="有误")
    third = drafted(client, approved, particulars)
    attached(client, approved, "resolution")
    versions = [_prepayment(client, each) for each in (first, second, third)]
    assert versions == ["1.0.0", "1.1.0", "1.0.0"]
    for made in (first, second, third):
        found = client.get(f"/v1/contracts/{made['id']}/verification").json()
        assert (found["same"], found["differing"], found["chain_broken_at"]) == (True, [], None)


def _long_ago() -> Any:
    from datetime import UTC, datetime  # noqa: PLC0415 - only here

    return datetime(2026, 7, 1, tzinfo=UTC)


def _prepayment(client: Client, made: dict[str, Any]) -> str:
    contract = client.get(made["manifest_url"]).json()["documents"][0]
    version: str = next(each["version"] for each in contract["clauses"] if each["id"] == "loan-prepayment")
    return version


def test_papers_are_kept_listed_downloaded_and_read_by_the_gates(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    made = attached(client, approved, "valuation_report")
    assert client.get(made["url"]).content == PDF
    assert client.get(f"/v1/decisions/{approved['id']}/attachments").json() == {"items": [made]}
    contracts = drafted(client, approved, particulars)
    report = json.loads(content_of(client, contracts, "-gate-report.zh.json"))
    (gate,) = [each for each in report["gates"] if each["id"] == "papers-kept"]
    assert {gap["field"] for gap in gate["gaps"]} == {"particulars.pledge.papers", "particulars.resolutions"}
    pack = json.loads(content_of(client, contracts, "-registration-pack.zh.json"))
    (paper,) = [each for each in pack["registers"][0]["papers"] if each["paper"] == "valuation_report"]
    assert paper["files"] == [
        {"kind": "valuation_report", "filename": "valuation_report.pdf", "bytes": len(PDF), "sha256": made["sha256"]}
    ]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("query", "media_type", "content", "says"),
    [
        ({"filename": "../report.pdf"}, "application/pdf", PDF, "A file's name holds no folder"),
        ({"filename": "report\u202efdp.exe"}, "application/pdf", PDF, "Character 7 is U+202E"),
        ({"filename": "x" * 121}, "application/pdf", PDF, "at most 120 are kept"),
        ({}, "text/html", b"<html>", "text/html is not kept. Send one of: application/pdf"),
        ({}, "image/png", PDF, "The file does not begin as image/png does"),
        ({}, MEDIA_TYPE, b"PK\x03\x04 no package", "The file is no DOCX"),
        ({"kind": "poem"}, "application/pdf", PDF, "kind cannot be used"),
    ],
)
def test_a_paper_that_may_not_be_kept_is_refused_and_leaves_nothing(
    client: Client, approved: dict[str, Any], query: dict[str, str], media_type: str, content: bytes, says: str
) -> None:
    address = f"/v1/decisions/{approved['id']}/attachments"
    wanted = {"kind": "other", "filename": "report.pdf", "actor": "王芳"} | query
    response = client.post(address, params=wanted, content=content, headers={"Content-Type": media_type})
    assert (response.status_code, says in response.text) == (422, True), response.text
    assert client.get(address).json() == {"items": []}


def test_a_paper_over_the_limit_or_of_no_case_is_refused(settings: Settings, zhilai: dict[str, Any]) -> None:
    with client_of(create_app(settings.model_copy(update={"attachment_limit_bytes": 1_000}))) as client:
        decision = decided(client, zhilai)
        query = {"kind": "other", "filename": "a.pdf", "actor": "王芳"}
        address = f"/v1/decisions/{decision['id']}/attachments"
        large = client.post(address, params=query, content=PDF + b"x" * 1_000, headers=AS_PDF)
        assert (large.status_code, "KEDAI_ATTACHMENT_LIMIT_BYTES" in large.text) == (413, True)
        stranger = "019b0c2f-7a00-7000-8000-000000000001"
        unknown = client.post(f"/v1/decisions/{stranger}/attachments", params=query, content=PDF, headers=AS_PDF)
        assert unknown.status_code == 404
        assert client.get(f"/v1/attachments/{stranger}").status_code == 404


def test_a_document_that_came_back_is_compared_with_the_decision(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    made = drafted(client, approved, particulars)
    sent = content_of(client, made, "01-loan-contract.zh.docx")
    address = f"/v1/contracts/{made['id']}/returned"
    assert client.post(address, content=sent).json()["unchanged"] is True
    found = client.post(address, content=_edited(sent)).json()
    assert [each["clause"] for each in found["differences"]] == ["loan-prepayment"]
    assert [each["text"] for each in found["figures"]] == ["3"]
    (negotiable,) = found["negotiable"]
    assert [each["stance"] for each in negotiable["positions"]] == ["preferred", "acceptable", "walk_away"]
    assert found["gates"] == []
    other = client.post(address, params={"document": "patent-pledge"}, content=sent).json()
    assert (other["document"], other["unchanged"]) == ("patent-pledge", False)


def test_a_report_on_a_document_that_came_back_is_kept_with_the_file(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    made = drafted(client, approved, particulars)
    sent = _edited(content_of(client, made, "02-patent-pledge.zh.docx"), "归出质人所有", "归质权人所有")
    address = f"/v1/contracts/{made['id']}/returned"
    response = client.post(address, params={"actor": "王芳"}, content=sent)
    assert (response.status_code, response.json()["actor"]) == (201, "王芳")
    assert [each["gate"] for each in response.json()["gates"]] == ["no-forfeiture"]
    report = client.get(response.headers["location"])
    assert report.content == response.content
    (entry,) = client.get(address).json()["items"]
    assert (entry["document"], entry["unchanged"], entry["bytes"]) == ("patent-pledge", False, len(sent))
    assert entry["report_sha256"] == hashlib.sha256(report.content).hexdigest()
    assert client.get(entry["file_url"]).content == sent
    assert client.get(entry["file_url"]).headers["etag"] == f'"{entry["sha256"]}"'


def test_a_document_is_redlined_against_its_approved_text_and_the_set_before_and_nothing_else(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    first = drafted(client, approved, particulars)
    address, of = f"/v1/contracts/{first['id']}/redline", {"document": "loan-contract"}
    lone = client.get(address, params=of)
    assert (lone.status_code, lone.json()["type"]) == (422, "urn:kedai:problem:nothing-to-compare")
    assert "is the first of its decision; compare it with approved" in lone.json()["detail"]
    other = client.get(address, params=of | {"against": "x"}).json()
    assert other["detail"].startswith("There is no contract set 'x'; a redline is against approved, previous")
    particulars["loan"]["cure_days"] = 20
    second = drafted(client, approved, particulars)
    address = f"/v1/contracts/{second['id']}/redline"
    got = client.get(address, params=of)
    assert "01-loan-contract.zh.redline.docx" in got.headers["content-disposition"]
    read = templates_redline.read_returned(got.content)
    assert [(each.kind, each.text) for each in read.changes] == [("deleted", "15"), ("inserted", "20")] * 2
    assert client.get(address, params=of | {"against": first["id"]}).content == got.content
    page = client.get(address, params=of | {"against": "approved", "language": "en", "format": "html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "<del>【loan.amount】</del><ins>RMB 1,000,000.00</ins>" in page.text
    unknown = client.get(address, params={"document": "lease", "against": "approved"}).json()
    assert unknown["detail"].startswith("There is no redline of lease.zh; there is one of loan-contract.zh")
    assert client.get("/v1/contracts/x/redline", params=of).status_code == 404
    assert client.get("/v1/returned/x/redline").status_code == 404


def test_a_document_that_came_back_is_given_out_as_tracked_changes(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    made = drafted(client, approved, particulars)
    sent = _edited(content_of(client, made, "01-loan-contract.zh.docx"))
    stored = client.post(f"/v1/contracts/{made['id']}/returned", content=sent).headers["location"]
    got = client.get(f"{stored}/redline")
    read = templates_redline.read_returned(got.content)
    assert [(each.kind, each.text) for each in read.changes] == [("deleted", "10"), ("inserted", "3")]
    page = client.get(f"{stored}/redline", params={"format": "html"}).text
    assert '<p class="clause changed">' in page
    assert "提前<del>10</del><ins>3</ins>日书面通知贷款人。" in page
    ignored = client.get(f"{stored}/redline", params={"against": "approved"})
    assert ignored.status_code == 422
    assert ignored.json()["errors"][0]["message"].startswith("There is no parameter against here; leave it out")


def test_nothing_is_kept_of_a_file_that_is_refused(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    made = drafted(client, approved, particulars)
    assert client.post(f"/v1/contracts/{made['id']}/returned", content=b"x").status_code == 422
    assert client.get(f"/v1/contracts/{made['id']}/returned").json() == {"items": []}


def _edited(content: bytes, old: str = "提前10日", new: str = "提前3日") -> bytes:
    document = docx.Document(io.BytesIO(content))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace(old, new)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def _package(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no package", "The file is no DOCX"),
        (_package(**{"word/document.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "declares a document type"),
        (_package(**{"word/document.xml": b"0" * 5_000_000}), "is compressed more than"),
        (_package(**{"word/document.xml": b"<a/>", "word/vbaProject.bin": b"x"}), "remove macros"),
    ],
)
def test_a_hostile_file_is_refused_as_a_problem(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any], content: bytes, says: str
) -> None:
    made = drafted(client, approved, particulars)
    response = client.post(f"/v1/contracts/{made['id']}/returned", content=content)
    assert response.status_code == 422
    assert response.json()["type"] == "urn:kedai:problem:refused-file"
    assert says in response.json()["detail"]


def test_sets_that_are_not_there_cannot_be_verified_or_compared(client: Client) -> None:
    stranger = "/v1/contracts/019b0c2f-7a00-7000-8000-000000000001"
    assert client.get(f"{stranger}/verification").status_code == 404
    assert client.post(f"{stranger}/returned", content=b"x").status_code == 404
    assert client.get(f"{stranger}/returned").status_code == 404
    for address in ("/v1/returned/019b0c2f-7a00-7000-8000-000000000001", "/v1/returned/x/file"):
        assert client.get(address).status_code == 404


def test_the_day_of_signing_chooses_the_texts(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    desk, moment = client.office.text_desk, _long_ago()
    version = desk.draft(clause_text(since="2026-07-25"), actor="王芳", moment=moment)
    desk.submit(version.id, actor="王芳", moment=moment)
    desk.approve(version.id, actor="李雷", moment=moment)
    assert particulars["signing"]["signed_on"] == date(2026, 7, 24).isoformat()
    assert _prepayment(client, drafted(client, approved, particulars)) == "1.0.0"
    particulars["signing"]["signed_on"] = "2026-07-25"
    assert _prepayment(client, drafted(client, approved, particulars)) == "1.1.0"
