"""Whatever is wrong with a request, the answer is a problem that names it, and nothing is stored."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.storage import schema
from api.web.body import DISCARDED_BYTES
from tests.api.conftest import ON, Client, decided, stored

AS_JSON = {"Content-Type": "application/json"}
before_storage = pytest.mark.parametrize("database_kind", ["sqlite"])
"""Marks what is refused before any database is asked, and so is asked of one only."""


def _problem(response: Any, status: int, name: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["type"] == f"urn:kedai:problem:{name}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"].endswith(".")
    return body


def _refused(client: Client, content: bytes) -> list[dict[str, str]]:
    response = client.post("/v1/decisions", content=content, headers=AS_JSON)
    errors: list[dict[str, str]] = _problem(response, 422, "invalid-application")["errors"]
    assert stored(client) == 0
    return errors


@before_storage
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The application is not JSON"),
        (b"{", "The application is not JSON"),
        (b'{"request": }', "at line 1, column 13"),
        (b'{"request": "\xff\xfe"}', "The application is not UTF-8: byte 13 cannot be read."),
        (b'{"request": NaN}', "NaN is no JSON value. Write null if the fact is unknown."),
        (b'{"request": Infinity}', "Infinity is no JSON value."),
        (b'{"request": {}, "request": {}}', "'request' is given twice in one object."),
        (b"[" * 50_000, "nested 50000 deep"),
        (b'{"request": ' + b"9" * 5_000 + b"}", "a number of 5000 digits"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(client: Client, content: bytes, sentence: str) -> None:
    (error,) = _refused(client, content)
    assert sentence in error["message"].replace('"', "'")


@before_storage
@pytest.mark.parametrize("content", [b"[]", b"1", b'"zhilai"', b"null", b"true"])
def test_json_that_is_no_object_is_refused(client: Client, content: bytes) -> None:
    assert "object" in " ".join(error["message"] for error in _refused(client, content))


@before_storage
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("request.amount", "-1.00"),
        ("request.amount", 1000000.5),
        ("request.amount", "NaN"),
        ("request.amount", True),
        ("request.term_months", "twelve"),
        ("request.applied_on", "2026-02-30"),
        ("request.repayment", "when convenient"),
        ("request.product", "no-such-product"),
        ("request.revision", "no-such-revision"),
        ("enterprise.uscc", "91511100MA6XX0TE51"),
        ("enterprise.name", "\ud800"),
        ("enterprise.name", "a\x00b"),
        ("titles", {}),
        ("financials.colour", "red"),
        ("innovation.hightech_revenue_share", "1.01"),
    ],
)
def test_a_wrong_value_is_named_by_its_path(client: Client, zhilai: dict[str, Any], path: str, value: object) -> None:
    group, _, field = path.rpartition(".")
    (zhilai[group] if group else zhilai)[field] = value
    errors = _refused(client, json.dumps(zhilai).encode())
    assert [error["path"] for error in errors] == [path]
    assert errors[0]["message"].endswith((".", "?"))


def test_all_wrong_fields_are_named_at_once(client: Client, zhilai: dict[str, Any]) -> None:
    zhilai["request"]["amount"] = "-1"
    zhilai["ip_assets"][0]["number"] = "201710911092.3"
    zhilai["titles"][1]["valid_to"] = "2026-03-31"
    del zhilai["enterprise"]["name"]
    paths = {error["path"] for error in _refused(client, json.dumps(zhilai).encode())}
    assert paths == {"request.amount", "ip_assets[0].number", "titles[1].valid_from", "enterprise.name"}


@before_storage
def test_an_unknown_product_is_answered_with_those_there_are(client: Client, zhilai: dict[str, Any]) -> None:
    zhilai["request"] |= {"product": "gold-loan", "revision": None}
    (error,) = _refused(client, json.dumps(zhilai).encode())
    assert "gold-loan" in error["message"]
    assert "ip-pledge" in error["message"]


@before_storage
@pytest.mark.parametrize("path", ["/v1/decisions", "/v1/offers", "/v1/decisions/x/contracts"])
def test_a_body_is_read_up_to_the_limit_and_not_beyond(client: Client, path: str) -> None:
    at_limit = client.post(path, content=b" " * 100_000, headers=AS_JSON)
    assert at_limit.status_code == 422
    body = _problem(client.post(path, content=b" " * 100_001, headers=AS_JSON), 413, "body-too-large")
    assert "longer than 100000 bytes" in body["detail"]
    assert stored(client) == 0


def test_a_body_without_a_length_is_refused_and_not_received_without_end(client: Client) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1_048_576
            yield b" " * 1_048_576

    response = client.post("/v1/decisions", content=chunks(), headers=AS_JSON)
    assert "content-length" not in response.request.headers
    _problem(response, 413, "body-too-large")
    assert DISCARDED_BYTES < sent < DISCARDED_BYTES + 3 * 1_048_576
    assert response.headers["connection"] == "close"
    assert stored(client) == 0


def test_a_client_that_asks_first_is_told_before_it_sends(client: Client) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        raise AssertionError("The body was asked for.")
        yield b""

    headers = AS_JSON | {"Expect": "100-continue", "Content-Length": "100001"}
    _problem(client.post("/v1/decisions", content=chunks(), headers=headers), 413, "body-too-large")


@before_storage
@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=gb18030", "json", ";;;"],
)
def test_only_json_in_utf_8_is_taken(client: Client, zhilai: dict[str, Any], content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = client.post("/v1/decisions", content=json.dumps(zhilai).encode(), headers=headers)
    body = _problem(response, 415, "unsupported-media-type")
    assert "Content-Type: application/json" in body["detail"]
    assert stored(client) == 0


@before_storage
@pytest.mark.parametrize("content_type", ["application/json", "application/JSON; charset=UTF-8", "application/x+json"])
def test_json_in_utf_8_may_be_declared_in_several_ways(
    client: Client, zhilai: dict[str, Any], content_type: str
) -> None:
    content = json.dumps(zhilai).encode()
    response = client.post("/v1/decisions?on=2026-07-22", content=content, headers={"Content-Type": content_type})
    assert response.status_code == 201


@before_storage
@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/v1/decisions?limit=0", "query.limit"),
        ("/v1/decisions?limit=201", "query.limit"),
        ("/v1/decisions?limit=many", "query.limit"),
        ("/v1/decisions?cursor=1", "query.cursor"),
        ("/v1/decisions?outcome=perhaps", "query.outcome"),
        ("/v1/decisions?product=%00", "query.product"),
        ("/v1/decisions?applicant=%00", "query.applicant"),
        ("/v1/decisions?Limit=5", "query.Limit"),
        ("/v1/products/ip-pledge?on=1700000000", "query.on"),
        ("/v1/products/ip-pledge?on=2026-02-29", "query.on"),
        ("/v1/programmes/cn-scitech-2024?revision=x", "query.revision"),
    ],
)
def test_a_wrong_parameter_is_named(client: Client, address: str, path: str) -> None:
    (error,) = _problem(client.get(address), 422, "invalid-parameters")["errors"]
    assert error["path"] == path
    assert error["message"].endswith(".")


def test_the_page_limits_hold_on_both_sides(client: Client) -> None:
    assert client.get("/v1/decisions?limit=1").status_code == 200
    assert client.get("/v1/decisions?limit=200").status_code == 200


def test_a_day_that_is_none_decides_nothing(client: Client, zhilai: dict[str, Any]) -> None:
    response = client.post("/v1/decisions", params={"on": "today"}, json=zhilai)
    (error,) = _problem(response, 422, "invalid-parameters")["errors"]
    assert error["message"] == ("today is no date; write a day of the calendar as YYYY-MM-DD, for example 2026-05-11.")
    misspelt = client.post("/v1/decisions", params={"On": "2026-07-22"}, json=zhilai)
    _problem(misspelt, 422, "invalid-parameters")
    assert stored(client) == 0


NOWHERE = (
    "/",
    "/v1",
    "/v2/decisions",
    "/docs",
    "/v1/decisions/1",
    "/v1/decisions/%00",
    "/v1/decisions/..%2f..%2fetc%2fpasswd",
    "/v1/decisions/019b0c2f-7a00-7000-8000-000000000001",
    "/v1/decisions/019b0c2f-7a00-7000-8000-000000000001/application",
    "/v1/decisions/019b0c2f-7a00-7000-8000-000000000001/contracts",
    "/v1/contracts/019b0c2f-7a00-7000-8000-000000000001",
    "/v1/contracts/019b0c2f-7a00-7000-8000-000000000001/manifest",
    "/v1/documents/019b0c2f-7a00-7000-8000-000000000001",
    "/v1/documents/%00",
    "/v1/products/gold-loan",
    "/v1/products/ip-pledge?revision=gold",
    "/v1/programmes/gold",
)


def test_what_is_not_there_is_a_problem_too(client: Client) -> None:
    for address in NOWHERE:
        _problem(client.get(address), 404, "not-found")


def test_terms_before_the_first_ones_are_not_in_force(client: Client) -> None:
    body = _problem(client.get("/v1/programmes/cn-scitech-2024?on=1999-12-31"), 404, "not-in-force")
    assert "1999-12-31" in body["detail"]


def test_a_wrong_method_is_answered_with_the_right_ones(client: Client) -> None:
    response = client.request("DELETE", "/v1/decisions/019b0c2f-7a00-7000-8000-000000000001")
    body = _problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "GET"
    assert "DELETE is not possible" in body["detail"]
    assert client.request("PUT", "/v1/decisions").headers["allow"] == "GET, POST"


def test_a_fault_of_kedais_own_names_an_incident_and_nothing_else(client: Client) -> None:
    async def fail() -> None:
        raise RuntimeError("secret of the house")

    client.app.add_api_route("/v1/fail", fail)
    response = client.get("/v1/fail")
    body = _problem(response, 500, "internal")
    assert body["instance"].startswith("urn:uuid:")
    assert "secret" not in response.text


def test_a_database_without_tables_is_not_ready_and_stores_nothing(client: Client, zhilai: dict[str, Any]) -> None:
    office = client.office
    assert client.get("/readyz").json()["status"] == "ready"
    schema.downgrade(office.repository.database, revision="base")
    assert client.get("/healthz").status_code == 200
    body = _problem(client.get("/readyz"), 503, "storage-unavailable")
    assert body["instance"].startswith("urn:uuid:")


def test_a_refused_application_leaves_the_next_one_undisturbed(client: Client, zhilai: dict[str, Any]) -> None:
    client.post("/v1/decisions", content=b"{", headers=AS_JSON)
    assert decided(client, zhilai, on=ON)["outcome"] == "approve"
    assert stored(client) == 1
