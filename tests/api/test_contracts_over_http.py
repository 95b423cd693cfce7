"""Contract sets over HTTP: drafted from a decision, stored, downloaded; refused drafts leave nothing behind."""

from __future__ import annotations

import hashlib
import json
import zipfile
from io import BytesIO
from typing import Any

import pytest

from api.examples import FOLDER
from products.canonical import digest
from tests.api.conftest import Client, decided


def _drafted(client: Client, decision_id: str, particulars: dict[str, Any]) -> dict[str, Any]:
    response = client.post(f"/v1/decisions/{decision_id}/contracts", json=particulars)
    assert response.status_code == 201, response.text
    value: dict[str, Any] = response.json()
    assert response.headers["location"] == f"/v1/contracts/{value['id']}"
    return value


@pytest.fixture
def approved(client: Client, zhilai: dict[str, Any]) -> dict[str, Any]:
    """The approved decision on zhilai.json."""
    return decided(client, zhilai)


def test_the_set_holds_the_four_documents_in_two_languages_and_two_formats(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    documents = _drafted(client, approved["id"], particulars)["documents"]
    kinds = {document["kind"] for document in documents}
    assert kinds >= {"loan-contract", "patent-pledge", "guarantee-contract", "cost-sheet"}
    for kind in kinds:
        forms = sorted(document["filename"].split(".")[-2:] for document in documents if document["kind"] == kind)
        assert forms == [["en", "docx"], ["en", "html"], ["zh", "docx"], ["zh", "html"]]


def test_the_query_chooses_two_columns_and_the_format(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    response = client.post(
        f"/v1/decisions/{approved['id']}/contracts?layout=side-by-side&format=docx", json=particulars
    )
    assert response.status_code == 201, response.text
    documents = response.json()["documents"]
    assert {document["language"] for document in documents} == {"zh-en"}
    assert {document["filename"].rpartition(".")[2] for document in documents} == {"docx"}


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("query", ["layout=diagonal", "format=odt"])
def test_a_layout_or_format_that_does_not_exist_is_a_problem_and_stores_nothing(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any], query: str
) -> None:
    response = client.post(f"/v1/decisions/{approved['id']}/contracts?{query}", json=particulars)
    assert response.status_code == 422
    assert response.json()["type"] == "urn:kedai:problem:invalid-parameters"
    assert client.get(f"/v1/decisions/{approved['id']}/contracts").json()["items"] == []


def test_every_document_is_downloaded_as_it_was_drafted(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    for document in _drafted(client, approved["id"], particulars)["documents"]:
        response = client.get(document["url"])
        assert hashlib.sha256(response.content).hexdigest() == document["sha256"]
        assert response.headers["content-type"].partition(";")[0] == document["media_type"].partition(";")[0]
        assert response.headers["content-disposition"] == f"attachment; filename*=UTF-8''{document['filename']}"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"] == "sandbox"
        if document["filename"].endswith(".docx"):
            assert zipfile.ZipFile(BytesIO(response.content)).testzip() is None


def test_the_manifest_names_decision_application_and_particulars_by_their_digests(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    drafted = _drafted(client, approved["id"], particulars)
    response = client.get(drafted["manifest_url"])
    assert hashlib.sha256(response.content).hexdigest() == drafted["sha256"]
    manifest = response.json()
    assert manifest["decision"] == {"id": approved["id"], "digest": digest(approved)}
    assert manifest["application"] == approved["evidence"]["digests"]["application"]
    files = {file["sha256"] for document in manifest["documents"] for file in document["files"]}
    assert files == {document["sha256"] for document in drafted["documents"]}


def test_two_drafts_are_two_sets_with_the_same_bytes_newest_first(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    first = _drafted(client, approved["id"], particulars)
    second = _drafted(client, approved["id"], particulars)
    items = client.get(f"/v1/decisions/{approved['id']}/contracts").json()["items"]
    assert [item["id"] for item in items] == [second["id"], first["id"]]
    assert first["sha256"] == second["sha256"]
    assert client.get(f"/v1/contracts/{first['id']}").json() == first


def test_before_the_first_draft_the_list_is_empty(client: Client, approved: dict[str, Any]) -> None:
    assert client.get(f"/v1/decisions/{approved['id']}/contracts").json() == {"items": []}


@pytest.mark.parametrize("name", ["dishonest-debtor", "missing-facts"])
def test_what_is_not_approved_is_not_drafted(client: Client, particulars: dict[str, Any], name: str) -> None:
    decision = decided(client, json.loads((FOLDER / f"{name}.json").read_bytes()))
    response = client.post(f"/v1/decisions/{decision['id']}/contracts", json=particulars)
    assert response.status_code == 422
    assert response.json()["type"] == "urn:kedai:problem:draft-refused"
    assert client.get(f"/v1/decisions/{decision['id']}/contracts").json() == {"items": []}


def test_a_fact_that_a_statute_requires_is_asked_for_with_its_article(
    client: Client, approved: dict[str, Any], particulars: dict[str, Any]
) -> None:
    del particulars["loan"]["kind"]
    response = client.post(f"/v1/decisions/{approved['id']}/contracts", json=particulars)
    assert response.status_code == 422
    body = response.json()
    assert body["type"] == "urn:kedai:problem:draft-refused"
    (error,) = body["errors"]
    assert error["path"] == "particulars.loan.kind"
    assert "668" in error["message"]
    assert client.get(f"/v1/decisions/{approved['id']}/contracts").json() == {"items": []}


def test_every_wrong_particular_is_named(client: Client, approved: dict[str, Any], particulars: dict[str, Any]) -> None:
    del particulars["lender"]["name"]
    particulars["loan"]["colour"] = "red"
    particulars["guarantor"]["uscc"] = "91510000MA6XX0GU2A"
    particulars["loan"]["cure_days"] = 0
    response = client.post(f"/v1/decisions/{approved['id']}/contracts", json=particulars)
    assert response.status_code == 422
    body = response.json()
    assert body["type"] == "urn:kedai:problem:invalid-particulars"
    errors = {error["path"]: error["message"] for error in body["errors"]}
    assert set(errors) == {"lender.name", "loan.colour", "guarantor.uscc", "loan.cure_days"}
    assert errors["lender.name"] == "lender.name is required and missing. State it."
    assert "91510000MA6XX0GU2A" in errors["guarantor.uscc"]
    assert all(message.endswith(".") for message in errors.values())


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"\xff"', b"null", b"NaN"])
def test_particulars_that_are_no_json_object_are_refused(
    client: Client, approved: dict[str, Any], content: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post(f"/v1/decisions/{approved['id']}/contracts", content=content, headers=headers)
    assert response.status_code == 422
    assert response.json()["type"] == "urn:kedai:problem:invalid-particulars"


def test_contracts_of_an_unknown_decision_are_not_found(client: Client, particulars: dict[str, Any]) -> None:
    response = client.post("/v1/decisions/019b0c2f-7a00-7000-8000-000000000001/contracts", json=particulars)
    assert response.status_code == 404
