"""Headroom over HTTP: reserved, drawn, released, refused with place and remedy, and seen by decisions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.conftest import Client, decided

ON = {"on": "2026-07-22"}
USCC = "91511100MA6XX0TE50"


@pytest.fixture
def large(zhilai: dict[str, Any]) -> dict[str, Any]:
    """zhilai.json with 29.5 of 30 million guaranteed, asking for half a million."""
    zhilai["request"]["amount"] = "500000.00"
    zhilai["credit"]["guaranteed_balance"] = "29500000.00"
    return zhilai


def _reserve(client: Client, decision: dict[str, Any], key: str | None = None, **more: object) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"decision_id": decision["id"], "actor": "Li", **more}
    return client.post("/v1/headroom/reservations", params=ON, json=body, headers=headers)


def _errors(response: Any, status: int, name: str) -> list[dict[str, str]]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == f"urn:kedai:problem:{name}"
    errors: list[dict[str, str]] = body.get("errors", [])
    return errors


def test_a_reservation_is_made_read_drawn_in_part_and_released(client: Client, zhilai: dict[str, Any]) -> None:
    made = _reserve(client, decided(client, zhilai), note="for signing")
    assert made.status_code == 201
    reservation = made.json()
    assert made.headers["location"] == reservation["url"]
    assert (reservation["state"], reservation["amount"], reservation["expires_on"]) == (
        "reserved",
        "1000000.00",
        "2026-08-21",
    )
    assert reservation["measured_against"]["cap"] == "30000000.00"
    by = {"actor": "Wang"}
    drawn = client.post(f"{reservation['url']}/draw", params=ON, json=by | {"amount": "400000.00"}).json()
    assert (drawn["state"], drawn["drawn"], drawn["held"]) == ("reserved", "400000.00", "600000.00")
    client.post(f"{reservation['url']}/release", params=ON, json=by)
    read = client.get(reservation["url"], params=ON).json()
    assert (read["state"], read["drawn"], read["held"]) == ("released", "400000.00", "0.00")
    assert [(one["kind"], one["amount"], one["actor"]) for one in read["history"]] == [
        ("drawn", "400000.00", "Wang"),
        ("released", "600000.00", "Wang"),
    ]


def test_a_decision_made_while_another_holds_the_headroom_sees_less(client: Client, large: dict[str, Any]) -> None:
    first = decided(client, large)
    reservation = _reserve(client, first).json()
    second = decided(client, large)
    assert (first["outcome"], second["outcome"]) == ("approve", "decline")
    assert "reserved" not in first["evidence"]
    assert second["evidence"]["reserved"] == {
        "guaranteed": "500000.00",
        "of_product": "500000.00",
        "reservations": [reservation["id"]],
    }
    assert second["evidence"]["digests"]["application"] == first["evidence"]["digests"]["application"]
    (against,) = (one for one in second["findings"] if one["rule"] == "headroom_is_left")
    assert against["verdict"] == "not_met"
    client.post(f"{reservation['url']}/release", params=ON, json={"actor": "Li"})
    assert decided(client, large)["outcome"] == "approve"


def test_a_decision_is_cut_to_what_reservations_leave(client: Client, zhilai: dict[str, Any]) -> None:
    """29 million guaranteed, 0.6 reserved: of a million 0.4 are left."""
    zhilai["credit"]["guaranteed_balance"] = "29000000.00"
    zhilai["request"]["amount"] = "600000.00"
    _reserve(client, decided(client, zhilai))
    zhilai["request"]["amount"] = "1000000.00"
    cut = decided(client, zhilai)
    assert (cut["outcome"], cut["amount"]["approved"], cut["amount"]["bound_by"]) == (
        "approve",
        "400000.00",
        "programme_headroom",
    )


def test_a_price_sheet_is_of_the_amount_that_reservations_leave(client: Client, zhilai: dict[str, Any]) -> None:
    """29 million guaranteed, 0.6 reserved: of a million 0.4 are left to price; without the reservation the whole."""
    zhilai["credit"]["guaranteed_balance"] = "29000000.00"
    free = client.post("/v1/prices", params=ON, json=zhilai).json()
    assert (free["amount"], free["headroom"], free["reserved"]) == ("1000000.00", "0.00", None)
    reservation = _reserve(client, decided(client, zhilai | {"request": zhilai["request"] | {"amount": "600000.00"}}))
    cut = client.post("/v1/prices", params=ON, json=zhilai).json()
    assert (cut["amount"], cut["headroom"]) == ("400000.00", "0.00")
    assert cut["reserved"] == {
        "guaranteed": "600000.00",
        "of_product": "600000.00",
        "reservations": [reservation.json()["id"]],
    }
    unknown = zhilai | {"credit": {name: value for name, value in zhilai["credit"].items() if "guaranteed" not in name}}
    assert client.post("/v1/prices", params=ON, json=unknown).json()["headroom"] is None


def test_offers_see_reservations_too(client: Client, large: dict[str, Any]) -> None:
    _reserve(client, decided(client, large))
    offers = client.post("/v1/offers", params=ON, json=large).json()["offers"]
    under = [one["decision"] for one in offers if one["decision"]["programme"] == "cn-scitech-2024"]
    assert {one["evidence"]["reserved"]["guaranteed"] for one in under} == {"500000.00"}
    assert "approve" not in {one["outcome"] for one in under}


def test_programmes_compared_see_reservations_too(client: Client, large: dict[str, Any]) -> None:
    before = client.post("/v1/comparisons", params=ON, json=large).json()["under"]
    _reserve(client, decided(client, large))
    after = client.post("/v1/comparisons", params=ON, json=large).json()["under"]
    outcomes = [{one["programme"]: one["outcome"] for one in under}["cn-scitech-2024"] for under in (before, after)]
    assert outcomes == ["approve", "decline"]


def test_of_eight_decisions_reserved_at_once_one_gets_the_last_million(client: Client, large: dict[str, Any]) -> None:
    decisions = [decided(client, large) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda decision: _reserve(client, decision), decisions))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    refused = next(answer for answer in answers if answer.status_code == 409)
    (error,) = _errors(refused, 409, "no-headroom")
    assert (error["path"], error["value"]) == ("enterprise", "0.00")
    assert "30,000,000.00 yuan 29,500,000.00 are guaranteed and 500,000.00 reserved" in error["message"]
    assert "请减少金额或等待预留到期" in error["message"]
    view = client.get(f"/v1/headroom/enterprises/{USCC}", params=ON).json()
    assert {one["programme"]: one["left"] for one in view["programmes"]}["cn-scitech-2024"] == "0.00"
    assert len(view["reservations"]) == 1


def test_copies_of_a_request_with_a_key_are_one_reservation(client: Client, zhilai: dict[str, Any]) -> None:
    decision = decided(client, zhilai)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _copy: _reserve(client, decision, key="r-1"), range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 3
    _errors(_reserve(client, decision, key="r-1", note="changed"), 422, "idempotency-key-reused")
    (error,) = _errors(_reserve(client, decision), 409, "headroom-conflict")
    assert error["path"] == "decision_id"
    assert "draw or release that reservation" in error["message"]


def test_lists_and_sums_show_what_is_taken(client: Client, zhilai: dict[str, Any]) -> None:
    quota = {"programme": "cn-scitech-2024", "year": 2026, "amount": "1500000.00", "actor": "Wang"}
    assert client.post("/v1/headroom/quotas", json=quota).status_code == 201
    _reserve(client, decided(client, zhilai), days=5)
    (entry,) = client.get("/v1/headroom/programmes", params=ON).json()["items"]
    assert (entry["reserved"], entry["expiring_soon"], entry["quota"], entry["left"]) == (
        "1000000.00",
        "1000000.00",
        "1500000.00",
        "500000.00",
    )
    (error,) = _errors(_reserve(client, decided(client, zhilai)), 409, "no-headroom")
    assert error["path"] == "quota"
    assert "of the quota of 2026 of 1,500,000.00 yuan" in error["message"]
    listed = client.get("/v1/headroom/reservations", params=ON | {"state": "reserved", "expiring_within": "5"}).json()
    assert len(listed["items"]) == 1
    assert client.get("/v1/headroom/reservations", params=ON | {"expiring_within": "4"}).json()["items"] == []
    after = client.get("/v1/headroom/reservations", params={"on": "2026-07-27", "state": "expired"}).json()
    assert after["items"][0]["held"] == "0.00"


def test_pages_of_reservations_follow_one_another(client: Client, zhilai: dict[str, Any]) -> None:
    zhilai["request"]["amount"] = "100000.00"
    made = [_reserve(client, decided(client, zhilai)).json()["id"] for _ in range(3)]
    first = client.get("/v1/headroom/reservations", params=ON | {"limit": "2"}).json()
    rest = client.get("/v1/headroom/reservations", params=ON | {"limit": "2", "cursor": first["next_cursor"]}).json()
    assert [one["id"] for one in (*first["items"], *rest["items"])] == made[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_not_there_is_not_found(client: Client) -> None:
    missing = "019b0c2f-7a00-7000-8000-000000000009"
    _errors(_reserve(client, {"id": missing}), 404, "not-found")
    by = {"actor": "Li"}
    _errors(client.get(f"/v1/headroom/reservations/{missing}"), 404, "not-found")
    _errors(client.post(f"/v1/headroom/reservations/{missing}/draw", json=by), 404, "not-found")
    _errors(client.get(f"/v1/headroom/enterprises/{USCC}"), 404, "not-found")
    _errors(
        client.post("/v1/headroom/quotas", json=by | {"programme": "x", "year": 2026, "amount": "1"}), 404, "not-found"
    )


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("body", "path", "sentence"),
    [
        ({"decision_id": "x"}, "actor", "This is required and missing. State it."),
        (
            {"decision_id": "x", "actor": "Li", "amount": "1"},
            "amount",
            "There is no such field. Use one of: actor, note, decision_id, days.",
        ),
        ({"decision_id": "x", "actor": "Li", "days": 0}, "days", "greater than or equal to 1"),
        ({"decision_id": "x", "actor": "Li", "days": "5"}, "days", "valid integer"),
    ],
)
def test_a_wrong_body_names_the_field(client: Client, body: dict[str, Any], path: str, sentence: str) -> None:
    response = client.post("/v1/headroom/reservations", json=body)
    (error,) = _errors(response, 422, "invalid-reservation")
    assert error["path"] == path
    assert sentence in error["message"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("amount", [1000000, "1e6", "-1", "1.005", "1.", "", "12345678901234.00"])
def test_an_amount_is_a_decimal_string_in_yuan(client: Client, amount: object) -> None:
    body = {"programme": "cn-scitech-2024", "year": 2026, "amount": amount, "actor": "Li"}
    (error,) = _errors(client.post("/v1/headroom/quotas", json=body), 422, "invalid-quota")
    assert error["path"] == "amount"
    assert 'write yuan as a decimal string such as "1000000.00"' in error["message"]
    assert client.get("/v1/headroom/programmes").json()["items"] == []
