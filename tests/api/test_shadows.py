"""Candidates beside live decisions: stored, counted, compared, and never in the way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.clock import now
from api.shadows.desk import ShadowDesk
from api.shadows.store import ShadowRows
from api.storage.connections import Database
from products.trials import shadows
from products.trials.shadows import Kind
from tests.api.conftest import Client, decided
from tests.api.racing import at_once, wait_for_the_others
from tests.api.test_revisions_store import desk_on
from tests.products.builders import demonstration_score
from tests.products.revising.contents import LI, WANG, written

HALF = {"amount_cap": "500000"}


def _post(client: Client, path: str, status: int, **step: object) -> Any:
    response = client.post(f"/v1{path}", json=step)
    assert response.status_code == status, response.text
    return response.json()


@pytest.fixture
def candidate(client: Client) -> str:
    """The id of a submitted revision of innovation credit that grants at most half a million yuan."""
    tomorrow = client.office.today() + timedelta(days=1)
    content = written(HALF, effective_from=tomorrow.isoformat())
    made: str = _post(client, "/revisions", 201, actor=WANG, content=content)["id"]
    _post(client, f"/revisions/{made}/submission", 200, actor=WANG)
    return made


@pytest.fixture
def application(client: Client, zhilai: dict[str, Any]) -> dict[str, Any]:
    """The example firm, asking a million yuan of innovation credit today."""
    del zhilai["request"]["revision"]
    zhilai["request"] |= {"product": "innovation-credit", "applied_on": client.office.today().isoformat()}
    return zhilai


def eventually(look: Callable[[], Any], wanted: object) -> None:
    """Waits until ``look`` sees what is wanted; the worker does it after the answer."""
    for _ in range(200):
        if look() == wanted:
            return
        time.sleep(0.05)
    assert look() == wanted


def test_a_candidate_is_decided_beside_every_live_decision_of_its_product(
    client: Client, candidate: str, application: dict[str, Any]
) -> None:
    today = client.office.today()
    before = decided(client, application, on=today)
    started = _post(client, f"/shadows/{candidate}/start", 200, actor=LI, note="试算")
    assert (started["runs"], started["history"][0]["actor"], started["history"][0]["note"]) == (True, LI, "试算")
    live = decided(client, application, on=today)
    other = {**application, "request": application["request"] | {"product": "ip-pledge"}}
    decided(client, other, on=today)
    eventually(lambda: client.get(f"/v1/shadows/{candidate}").json()["compared"], 1)
    found = client.get(f"/v1/shadows/{candidate}").json()
    assert (found["failed"], found["missed"], found["same"]) == (0, 0, 0)
    assert found["moved"] == [{"live": "approve", "candidate": "approve", "n": 1}]
    assert found["by_live_revision"] == [
        {
            "live_revision": None,
            "n": 1,
            "approved_live": 1,
            "approved_candidate": 1,
            "amount_live": "1000000.00",
            "amount_candidate": "500000.00",
        }
    ]
    assert found["most_different"][0] | {"all_in_change": ""} == {
        "decision_id": live["id"],
        "live": "approve",
        "candidate": "approve",
        "amount_change": "-500000.00",
        "all_in_change": "",
    }
    # The live decision is what it would have been without the candidate.
    assert live | {"id": ""} == before | {"id": ""}
    assert client.get("/v1/shadows").json()["faults"] == {}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_candidate_counts_what_was_reserved_when_the_live_decision_was_made(
    client: Client, candidate: str, application: dict[str, Any]
) -> None:
    """29.3 of 30 million guaranteed and 0.3 reserved: the live decision grants 0.4, the candidate what its half a
    million per client leaves beside 0.3, though the reservation has been released when it is asked."""
    application["credit"]["guaranteed_balance"] = "29300000.00"
    application["request"]["amount"] = "300000.00"
    today = client.office.today()
    first = decided(client, application, on=today)
    kept = _post(client, "/headroom/reservations", 201, actor=LI, decision_id=first["id"])["id"]
    application["request"]["amount"] = "1000000.00"
    assert decided(client, application, on=today)["amount"]["approved"] == "400000.00"
    _post(client, f"/shadows/{candidate}/start", 200, actor=LI, note="试算")
    live = decided(client, application, on=today)
    assert live["amount"]["approved"] == "400000.00"
    _post(client, f"/headroom/reservations/{kept}/release", 200, actor=LI)
    eventually(lambda: client.get(f"/v1/shadows/{candidate}").json()["compared"], 1)
    (row,) = client.get(f"/v1/shadows/{candidate}").json()["by_live_revision"]
    assert (row["amount_live"], row["amount_candidate"]) == ("400000.00", "200000.00")


def test_a_stopped_candidate_is_asked_no_more(client: Client, candidate: str, application: dict[str, Any]) -> None:
    _post(client, f"/shadows/{candidate}/start", 200, actor=LI, note="试算")
    stopped = _post(client, f"/shadows/{candidate}/stop", 200, actor=WANG, note="够了")
    assert [each["kind"] for each in stopped["history"]] == ["started", "stopped"]
    decided(client, application, on=client.office.today())
    assert _post(client, "/shadows/run", 200) == {"decided": 0, "failed": 0}
    assert client.get(f"/v1/shadows/{candidate}").json()["missed"] == 0
    twice = _post(client, f"/shadows/{candidate}/stop", 409, actor=LI, note="x")
    assert "The shadow is stopped and cannot be stopped. Only a shadow that runs is stopped." in twice["detail"]


def test_a_candidate_that_cannot_decide_is_named_and_counted_and_the_live_decision_stands(
    client: Client, candidate: str, application: dict[str, Any]
) -> None:
    _post(client, f"/shadows/{candidate}/start", 200, actor=LI, note="试算")
    _post(client, f"/revisions/{candidate}/return", 200, actor=LI, note="费率须说明")
    live = decided(client, application, on=client.office.today())
    assert live["outcome"] == "approve"
    eventually(lambda: client.get(f"/v1/shadows/{candidate}").json()["failed"], 1)
    found = client.get(f"/v1/shadows/{candidate}").json()
    assert found["failures"] == [
        {
            "failure": "NotAllowed: The revision is returned; only a submitted or approved one is decided beside live "
            "decisions. Submit it.",
            "n": 1,
        }
    ]
    assert (found["compared"], found["missed"]) == (0, 0)


def test_a_fault_of_the_worker_is_named_and_made_good_with_the_next_decision(
    client: Client, candidate: str, application: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    _post(client, f"/shadows/{candidate}/start", 200, actor=LI, note="试算")
    today = client.office.today()
    with monkeypatch.context() as broken:
        broken.setattr(ShadowDesk, "catch_up", _raises)
        decided(client, application, on=today)
        eventually(lambda: client.get("/v1/shadows").json()["faults"], {"RuntimeError": 1})
        assert client.get(f"/v1/shadows/{candidate}").json()["missed"] == 1
    decided(client, application, on=today)
    eventually(lambda: client.get(f"/v1/shadows/{candidate}").json()["compared"], 2)
    assert client.get(f"/v1/shadows/{candidate}").json()["missed"] == 0


def _raises(*_: object, **__: object) -> None:
    raise RuntimeError("no disk")


def test_only_a_submitted_or_approved_revision_is_a_candidate(client: Client) -> None:
    tomorrow = (client.office.today() + timedelta(days=1)).isoformat()
    draft = _post(client, "/revisions", 201, actor=WANG, content=written(HALF, effective_from=tomorrow))["id"]
    refused = _post(client, f"/shadows/{draft}/start", 409, actor=LI, note="试算")
    assert "The revision is drafted; only a submitted or approved one" in refused["detail"]
    assert "Submit it." in refused["detail"]
    _post(client, f"/revisions/{draft}/submission", 200, actor=WANG)
    assert (
        "started with a reason. Say in a note what for."
        in _post(client, f"/shadows/{draft}/start", 409, actor=LI)["detail"]
    )
    assert "never ran as a shadow" in client.get(f"/v1/shadows/{draft}").json()["detail"]
    assert _post(client, "/shadows/nobody/start", 404, actor=LI, note="x")["type"] == "urn:kedai:problem:not-found"


def _catch_up(database: Database) -> str:
    desk = ShadowDesk(desk_on(database))
    desk.shadows()
    score = demonstration_score()
    wait_for_the_others()
    desk.catch_up(score, moment=now())
    desk.desk.store.engine.dispose()
    return "done"


@pytest.mark.slow
def test_two_processes_that_catch_up_store_each_comparison_once_and_for_good(
    client: Client, candidate: str, application: dict[str, Any], database: Database
) -> None:
    elsewhere = ShadowDesk(desk_on(database))
    elsewhere.start(candidate, actor=LI, moment=client.office.live.clock(), note="试算")
    for _ in range(3):
        decided(client, application, on=client.office.today())
    assert at_once(_catch_up, database, database) == ["done", "done"]
    found = elsewhere.report(candidate)
    assert (found.compared, found.failed, found.missed) == (3, 0, 0)
    driver: Any = database.failure.__mro__[1]
    with closing(database.connect()) as connection, pytest.raises(driver, match="never changed or deleted"):
        connection.cursor().execute("DELETE FROM shadow_decision")
    with elsewhere.desk.store.reading() as rows:
        history = ShadowRows(rows.connection, rows.organisation).histories()[candidate]
    assert shadows.intact(history)
    assert history[-1].kind is Kind.STARTED
    elsewhere.desk.store.engine.dispose()


def _run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=stdin)


def test_the_command_line_puts_a_candidate_beside_its_decisions(
    client: Client, candidate: str, application: dict[str, Any], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEDAI_DATABASE_URL", database_url)
    assert "started by 李雷: 试算" in _run("shadow", "on", candidate, "--by", LI, "--note", "试算").stdout
    assert _run("decide", "-", "--json", stdin=json.dumps(application)).exit_code == 0
    done = _run("shadow", "run")
    assert done.stdout == "1 live decisions were put beside candidates, 0 of which a candidate failed.\n"
    shown = _run("shadow", "report", candidate).stdout
    assert "compared 1, of which the same 0; failed 0; missed 0" in shown
    assert "beside own terms: 1, approved 1 → 1, amount 1,000,000.00 → 500,000.00" in shown
    assert "stopped by 王芳: 够了" in _run("shadow", "off", candidate, "--by", WANG, "--note", "够了").stdout
    assert json.loads(_run("shadow", "list", "--json").stdout)["items"][0]["runs"] is False
    assert _run("shadow", "report", "nobody").exit_code == 2
