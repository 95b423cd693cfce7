"""A request with a key is decided once, however often and however many times at once it arrives."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.conftest import Client, stored

ADDRESS = "/v1/decisions?on=2026-07-22"
KEY = {"Idempotency-Key": "4f6d7c1e-2b9a-4d1e-9a57-6f0e3b1c2d3e"}


def test_a_repeated_request_is_answered_the_same_and_stored_once(client: Client, zhilai: dict[str, Any]) -> None:
    first = client.post(ADDRESS, json=zhilai, headers=KEY)
    second = client.post(ADDRESS, json=zhilai, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers["location"] == first.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert stored(client) == 1


def test_without_a_key_every_request_is_decided(client: Client, zhilai: dict[str, Any]) -> None:
    assert client.post(ADDRESS, json=zhilai).json()["id"] != client.post(ADDRESS, json=zhilai).json()["id"]
    assert stored(client) == 2


@pytest.mark.parametrize("change", ["amount", "day"])
def test_a_key_stands_for_one_body_and_one_day(client: Client, zhilai: dict[str, Any], change: str) -> None:
    client.post(ADDRESS, json=zhilai, headers=KEY)
    address = ADDRESS
    if change == "amount":
        zhilai["request"]["amount"] = "900000.00"
    else:
        address = "/v1/decisions?on=2026-07-23"
    response = client.post(address, json=zhilai, headers=KEY)
    assert response.status_code == 422
    assert response.json()["type"] == "urn:kedai:problem:idempotency-key-reused"
    assert KEY["Idempotency-Key"] in response.json()["detail"]
    assert stored(client) == 1


def test_a_refused_request_leaves_its_key_free(client: Client, zhilai: dict[str, Any]) -> None:
    wrong = json.loads(json.dumps(zhilai))
    wrong["request"]["amount"] = "-1"
    assert client.post(ADDRESS, json=wrong, headers=KEY).status_code == 422
    assert client.post(ADDRESS, json=zhilai, headers=KEY).status_code == 201


def test_eight_copies_at_once_are_one_decision(client: Client, zhilai: dict[str, Any]) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _copy: client.post(ADDRESS, json=zhilai, headers=KEY), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 7
    assert stored(client) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(("key", "status"), [("x" * 255, 201), ("x" * 256, 422), ("two words", 422), ("", 422)])
def test_a_key_is_1_to_255_visible_characters(client: Client, zhilai: dict[str, Any], key: str, status: int) -> None:
    response = client.post(ADDRESS, json=zhilai, headers={"Idempotency-Key": key})
    assert response.status_code == status
    if status == 422:
        assert response.json()["errors"][0]["path"] == "header.idempotency-key"
