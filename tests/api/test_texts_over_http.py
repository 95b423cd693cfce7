"""Contract texts over HTTP: read, drafted, reviewed, withdrawn; Word templates uploaded and linted."""

from __future__ import annotations

from typing import Any

import pytest

from api.clock import now
from templates.writing.docx import MEDIA_TYPE
from tests.api.conftest import Client
from tests.templates.texts import clause_text, word_file

AS_DOCX = {"Content-Type": MEDIA_TYPE}
WANG, LI = "王芳", "李雷"


def plain(**changes: Any) -> dict[str, Any]:
    """A later prepayment clause as JSON; its first day is in the future."""
    return clause_text(since=f"{now().year + 1}-04-01", **changes).model_dump(mode="json")


def drafted(client: Client, **changes: Any) -> dict[str, Any]:
    response = client.post("/v1/texts/versions", json={"actor": WANG, "text": plain(**changes)})
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def step(client: Client, version: dict[str, Any], name: str, **body: Any) -> dict[str, Any]:
    response = client.post(f"{version['url']}/{name}", json=body)
    assert response.status_code == 200, response.text
    made: dict[str, Any] = response.json()
    return made


def test_the_shipped_texts_are_listed_with_what_the_front_matter_says(client: Client) -> None:
    listed = client.get("/v1/texts", params={"on": "2026-07-24"}).json()
    (clause,) = [each for each in listed["clauses"] if each["id"] == "guarantee-period"]
    assert (clause["zh"], clause["owner"], clause["shipped"], clause["mandatory"]) == (
        "保证期间", "guarantees", True, True,
    )  # fmt: skip
    assert clause["positions"] == ["three-years", "two-years", "below-two-years"]
    assert listed["word"] == []
    found = client.get("/v1/texts/clauses/guarantee-period").json()
    assert found["texts"]["en"]["title"] == "Guarantee Period"
    assert found["documents"] == ["guarantee-contract"]
    missing = client.get("/v1/texts/clauses/guarantee-perio")
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:kedai:problem:not-found")


def test_a_text_goes_from_draft_to_approval_and_withdrawal(client: Client) -> None:
    version = drafted(client)
    assert (version["kind"], version["name"], version["number"], version["state"]) == (
        "clause", "loan-prepayment", 1, "draft",
    )  # fmt: skip
    assert step(client, version, "submission", actor=WANG)["state"] == "submitted"
    own = client.post(f"{version['url']}/approval", json={"actor": WANG})
    assert (own.status_code, own.json()["type"]) == (409, "urn:kedai:problem:not-allowed")
    assert "drafted or submitted this text" in own.json()["detail"]
    assert step(client, version, "approval", actor=LI)["state"] == "approved"
    day = version["in_force_from"]
    (clause,) = [e for e in client.get("/v1/texts", params={"on": day}).json()["clauses"] if e["id"] == version["name"]]
    assert (clause["version"], clause["shipped"], clause["approval"]) == ("1.1.0", False, "法务纪要 2027-1")
    gone = step(client, version, "withdrawal", actor=WANG, note="有误")
    assert (version["withdrawn_from"], gone["withdrawn_from"]) == (None, gone["history"][-1]["day"])
    assert [each["kind"] for each in gone["history"]] == ["drafted", "submitted", "approved", "withdrawn"]
    assert (
        client.get("/v1/texts/versions", params={"name": "loan-prepayment"}).json()["items"][0]["state"] == "withdrawn"
    )


def test_a_returned_text_is_drafted_again(client: Client) -> None:
    version = drafted(client)
    step(client, version, "submission", actor=WANG)
    step(client, version, "return", actor=LI, note="措辞须改")
    again = step(client, version, "draft", actor=WANG, text=plain(version="1.1.1"))
    assert (again["state"], again["number"]) == ("draft", 1)


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("body", "path", "says"),
    [
        ({"actor": WANG, "text": plain(body="§ {{ loan.amont }}")}, "zh", "write loan.amount"),
        ({"actor": WANG}, "text", "text is missing"),
        ({"actor": WANG, "text": {"kind": "poem"}}, "text", "cannot be used"),
        ({"actor": "", "text": plain()}, "actor", "cannot be used"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_by_its_field(
    client: Client, body: dict[str, Any], path: str, says: str
) -> None:
    response = client.post("/v1/texts/versions", json=body)
    assert (response.status_code, response.json()["type"]) == (422, "urn:kedai:problem:invalid-text")
    assert path in {each["path"] for each in response.json()["errors"]}
    assert any(says in each["message"] for each in response.json()["errors"])
    assert client.get("/v1/texts/versions").json() == {"items": []}


def test_a_word_template_is_linted_uploaded_and_in_force_from_its_day(client: Client) -> None:
    day = f"{now().year + 1}-04-01"
    query = {"document": "loan-contract", "language": "zh", "in_force_from": day}
    wrong = word_file("{{ loan.amont }}", "{{ loan.rate")
    linted = client.post("/v1/texts/word/lint", params=query, content=wrong, headers=AS_DOCX).json()["items"]
    assert [each["value"] for each in linted] == ["loan.amont", "{{"]
    assert "write {{ loan.amount }}" in linted[0]["message"]
    logic = word_file("{%p if loan.amont %}", "{% for i in range(9) %}x{% endfor %}", "{%p endif %}")
    linted = client.post("/v1/texts/word/lint", params=query, content=logic, headers=AS_DOCX).json()["items"]
    assert [each["value"] for each in linted] == ["loan.amont", "{% for i in range(9) %}"]
    assert "loops over something that is no table; write {% for row in plan %}" in linted[1]["message"]
    fine = word_file("{%p if loan.old_contract %}", "借新还旧{{ loan.old_contract }}", "{%p endif %}")
    assert client.post("/v1/texts/word/lint", params=query, content=fine, headers=AS_DOCX).json() == {
        "items": [],
        "notes": [],
    }
    split = word_file(["借款金额{{ loan", ".amount }}。"])
    (note,) = client.post("/v1/texts/word/lint", params=query, content=split, headers=AS_DOCX).json()["notes"]
    assert note.startswith(
        "word/document.xml: '{{ loan.amount }}' is split over 2 runs in '借款金额{{ loan.amount }}。'"
    )
    refused = client.post("/v1/texts/word", params=query | {"actor": WANG}, content=wrong, headers=AS_DOCX)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:kedai:problem:invalid-text")
    made = client.post("/v1/texts/word", params=query | {"actor": WANG}, content=word_file(), headers=AS_DOCX)
    assert made.status_code == 201, made.text
    step(client, made.json(), "submission", actor=WANG)
    step(client, made.json(), "approval", actor=LI)
    (word,) = client.get("/v1/texts", params={"on": day}).json()["word"]
    assert (word["document"], word["language"], word["number"]) == ("loan-contract", "zh", 1)


def test_a_version_that_is_not_there_is_not_found(client: Client) -> None:
    response = client.get("/v1/texts/versions/019b0c2f-7a00-7000-8000-000000000001")
    assert (response.status_code, response.json()["type"]) == (404, "urn:kedai:problem:not-found")
