"""Decisions over HTTP: made, stored, read back byte for byte, listed in pages."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import date
from typing import Any

import pytest

from api.examples import FOLDER
from api.settings import Settings
from api.web.app import create_app
from products.canonical import canonical_json
from products.explaining.answer import Decision
from tests.api.conftest import ON, Client, client_of, decided, stored


def test_zhilai_is_approved_for_one_million(client: Client, zhilai: dict[str, Any]) -> None:
    decision = decided(client, zhilai)
    assert decision["outcome"] == "approve"
    assert decision["amount"]["approved"] == "1000000.00"
    assert decision["decided_on"] == "2026-07-22"


def test_a_decision_is_answered_with_its_address_and_digest(client: Client, zhilai: dict[str, Any]) -> None:
    response = client.post("/v1/decisions", params={"on": ON.isoformat()}, json=zhilai)
    assert response.status_code == 201
    assert response.headers["location"] == f"/v1/decisions/{response.json()['id']}"
    sha256 = hashlib.sha256(response.content)
    assert response.headers["repr-digest"] == f"sha-256=:{base64.b64encode(sha256.digest()).decode()}:"
    assert response.headers["etag"] == f'"{sha256.hexdigest()}"'
    assert response.headers["content-type"] == "application/json"


def test_a_decision_is_read_back_byte_for_byte(client: Client, zhilai: dict[str, Any]) -> None:
    made = client.post("/v1/decisions", params={"on": ON.isoformat()}, json=zhilai)
    read = client.get(made.headers["location"])
    assert read.status_code == 200
    assert read.content == made.content
    assert read.headers["repr-digest"] == made.headers["repr-digest"]


def test_the_stored_form_is_the_canonical_form_of_the_public_model(client: Client, zhilai: dict[str, Any]) -> None:
    made = client.post("/v1/decisions", params={"on": ON.isoformat()}, json=zhilai)
    assert canonical_json(Decision.model_validate_json(made.content).model_dump(mode="json")) == made.content


def test_the_evidence_names_the_stored_application_by_its_digest(client: Client, zhilai: dict[str, Any]) -> None:
    decision = decided(client, zhilai)
    application = client.get(f"/v1/decisions/{decision['id']}/application")
    assert hashlib.sha256(application.content).hexdigest() == decision["evidence"]["digests"]["application"]
    assert application.json()["enterprise"]["uscc"] == "91511100MA6XX0TE50"
    assert decision["applicant"] == {"name": "乐山精工机械有限公司", "uscc": "91511100MA6XX0TE50"}


def test_the_stored_application_sent_again_gets_the_same_decision(client: Client, zhilai: dict[str, Any]) -> None:
    first = decided(client, zhilai)
    application = client.get(f"/v1/decisions/{first['id']}/application").json()
    second = decided(client, application)
    assert second.pop("id") != first.pop("id")
    assert second == first


@pytest.mark.parametrize("name", ["dishonest-debtor", "missing-facts"])
def test_every_outcome_is_stored(client: Client, name: str) -> None:
    decision = decided(client, json.loads((FOLDER / f"{name}.json").read_bytes()))
    assert decision["outcome"] == {"dishonest-debtor": "decline", "missing-facts": "refer"}[name]
    assert client.get(f"/v1/decisions/{decision['id']}").status_code == 200


def test_without_a_day_the_decision_is_made_on_the_banks_today(client: Client, zhilai: dict[str, Any]) -> None:
    before = client.office.today()
    zhilai["request"]["applied_on"] = min(before, date(2026, 7, 22)).isoformat()
    response = client.post("/v1/decisions", json=zhilai)
    assert before.isoformat() <= response.json()["decided_on"] <= client.office.today().isoformat()


def test_an_application_of_the_day_is_decided_and_one_of_tomorrow_is_not(
    client: Client, zhilai: dict[str, Any]
) -> None:
    assert decided(client, zhilai, on=date(2026, 7, 22))["decided_on"] == "2026-07-22"
    response = client.post("/v1/decisions", params={"on": "2026-07-21"}, json=zhilai)
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["path"] == "request.applied_on"
    assert "made on 2026-07-22, after the day of decision 2026-07-21" in error["message"]
    assert stored(client) == 1


def test_a_request_without_a_revision_is_decided_under_the_plugins_own_terms(
    client: Client, zhilai: dict[str, Any]
) -> None:
    del zhilai["request"]["revision"]
    decision = decided(client, zhilai)
    assert (decision["product"], decision["revision"]) == ("ip-pledge", None)


def test_seven_decisions_are_listed_newest_first_in_pages_of_three(client: Client, zhilai: dict[str, Any]) -> None:
    made = [decided(client, zhilai)["id"] for _ in range(7)]
    pages, cursor = [], None
    for _ in range(3):
        page = client.get("/v1/decisions", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        pages.append([item["id"] for item in page["items"]])
        cursor = page["next_cursor"]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [each for page in pages for each in page] == made[::-1]
    assert cursor is None


def test_a_full_last_page_has_no_next_one(client: Client, zhilai: dict[str, Any]) -> None:
    for _ in range(2):
        decided(client, zhilai)
    page = client.get("/v1/decisions", params={"limit": 2}).json()
    assert (len(page["items"]), page["next_cursor"]) == (2, None)


def test_a_decision_made_between_two_pages_does_not_shift_them(client: Client, zhilai: dict[str, Any]) -> None:
    oldest = decided(client, zhilai)["id"]
    decided(client, zhilai)
    first = client.get("/v1/decisions", params={"limit": 1}).json()
    decided(client, zhilai)
    second = client.get("/v1/decisions", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert [item["id"] for item in second["items"]] == [oldest]


def test_the_list_says_who_asked_for_what_and_got_what(client: Client, zhilai: dict[str, Any]) -> None:
    decided(client, zhilai)
    (item,) = client.get("/v1/decisions").json()["items"]
    assert item["applicant"] == {"name": "乐山精工机械有限公司", "uscc": "91511100MA6XX0TE50"}
    assert (item["requested"], item["approved"]) == ("1000000.00", "1000000.00")
    assert item["created_at"].endswith("Z")


FILTERS: list[tuple[dict[str, str], int]] = [
    ({"outcome": "approve"}, 1),
    ({"outcome": "decline"}, 1),
    ({"outcome": "refer"}, 0),
    ({"product": "ip-pledge"}, 1),
    ({"applicant": "91511100MA6XX0TE50"}, 1),
    ({"applicant": "91511100MA6XX0TE50", "outcome": "decline"}, 0),
]


def test_the_list_is_filtered(client: Client, zhilai: dict[str, Any]) -> None:
    decided(client, zhilai)
    decided(client, json.loads((FOLDER / "dishonest-debtor.json").read_bytes()))
    for parameters, count in FILTERS:
        found = client.get("/v1/decisions", params=parameters).json()["items"]
        assert len(found) == count, parameters


def test_another_organisations_decisions_are_neither_listed_nor_found(
    client: Client, settings: Settings, zhilai: dict[str, Any]
) -> None:
    decision = decided(client, zhilai)
    with client_of(create_app(settings.model_copy(update={"organisation": "other-bank"}))) as stranger:
        assert stored(stranger) == 0
        for path in ("", "/application", "/contracts"):
            assert stranger.get(f"/v1/decisions/{decision['id']}{path}").status_code == 404


def test_offers_rank_everything_and_store_nothing(client: Client, zhilai: dict[str, Any]) -> None:
    response = client.post("/v1/offers", params={"on": ON.isoformat()}, json=zhilai)
    assert response.status_code == 200
    offers = response.json()["offers"]
    assert [offer["rank"] for offer in offers] == list(range(1, len(offers) + 1))
    assert {(offer["product"], offer["revision"]) for offer in offers} >= {
        ("ip-pledge", None),
        ("ip-pledge", "tianfu-zhilai"),
        ("innovation-credit", None),
        ("innovation-credit", "hubei-kuaidai"),
    }
    assert all(offer["why"] for offer in offers)
    assert stored(client) == 0
