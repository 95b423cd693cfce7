"""What an organisation admits and configures holds for revisions, trials, shadows and reservations too."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api import cli
from api.clock import now
from api.plugins import desk as plugin_desk
from tests.api.conftest import Client, Serve
from tests.api.test_plugins_over_http import ASKING, CONFIGURABLE, rows_of
from tests.api.test_shadows import eventually
from tests.products.builders import facts
from tests.products.installing import COPY, on_path, write_package
from tests.products.revising.contents import LI, WANG, written
from tests.products.trials.plans import written_plan

SOUND = {slug: f"PRODUCT = copy(slug='{slug}')" for slug in ("blue", "green")}
EVENTS = (
    "SELECT (SELECT count(*) FROM revision_event), (SELECT count(*) FROM trial_event), "
    "(SELECT count(*) FROM shadow_event), (SELECT count(*) FROM headroom_reservation)"
)
WANTED = (
    "It comes with kd-blue, which the organisation does not admit; "
    "name kd-blue among the packages of `kedai plugin admit`."
)


def post(client: Client, path: str, status: int, **step: object) -> Any:
    answer = client.post(f"/v1{path}", json=step)
    assert answer.status_code == status, answer.text
    return answer.json()


def revision_of(client: Client, product: str, **head: object) -> dict[str, Any]:
    """A revision that holds from tomorrow on and grants at most half a million yuan."""
    tomorrow = client.office.today() + timedelta(days=1)
    return written({"amount_cap": "500000"}, product=product, effective_from=tomorrow.isoformat(), **head)


def submitted(client: Client, product: str) -> str:
    made: str = post(client, "/revisions", 201, actor=WANG, content=revision_of(client, product))["id"]
    post(client, f"/revisions/{made}/submission", 200, actor=WANG)
    return made


def admit(client: Client, *packages: str) -> None:
    post(client, "/plugins/admissions", 201, actor=LI, packages=packages)


def refusals(client: Client, path: str, **step: object) -> set[tuple[str, str]]:
    errors = post(client, path, 422, **step)["errors"]
    return {(one["path"], one["message"].partition("; use one of: ")[0]) for one in errors if WANTED in one["message"]}


def test_what_is_not_admitted_is_neither_revised_nor_tried_nor_reserved_for(serve: Serve, database_url: str) -> None:
    client, none = serve(SOUND), {("product", "There is no product 'blue'")}
    today = client.office.today()
    waiting, approved = submitted(client, "blue"), submitted(client, "green")
    body = facts({"request.product": "blue", "request.revision": None, "request.applied_on": today.isoformat()})
    decision = post(client, "/decisions", 201, **body)
    assert decision["outcome"] == "approve"
    days = {"starts_on": (today + timedelta(days=1)).isoformat(), "ends_on": (today + timedelta(days=9)).isoformat()}
    post(client, f"/revisions/{submitted_line(client)}/approval", 200, actor=LI)
    plan = written_plan(product="blue", challenger="autumn", **days)
    trial = post(client, "/trials", 201, actor=WANG, plan=plan)["id"]
    post(client, f"/trials/{trial}/approval", 200, actor=LI)

    admit(client, "kd-green")
    before = rows_of(database_url, EVENTS)
    assert refusals(client, "/revisions", actor=WANG, content=revision_of(client, "blue")) == none
    assert refusals(client, f"/revisions/{waiting}/approval", actor=LI) == none
    assert refusals(client, "/trials", actor=WANG, plan=plan) == none
    assert refusals(client, f"/trials/{trial}/start", actor=LI) == none
    assert refusals(client, f"/shadows/{waiting}/start", actor=LI, note="试算") == none
    (error,) = post(client, "/headroom/reservations", 409, actor=LI, decision_id=decision["id"])["errors"]
    assert error["message"].endswith(WANTED)
    assert WANTED in client.get("/v1/revisions/form", params={"product": "blue"}).json()["detail"]
    assert rows_of(database_url, EVENTS) == before
    post(client, f"/revisions/{approved}/approval", 200, actor=LI)

    admit(client, "kd-green", "kd-blue")
    post(client, f"/revisions/{waiting}/approval", 200, actor=LI)
    post(client, f"/trials/{trial}/start", 200, actor=LI)
    post(client, f"/shadows/{waiting}/start", 200, actor=LI, note="试算")
    held = post(client, "/headroom/reservations", 201, actor=LI, decision_id=decision["id"])["id"]

    admit(client, "kd-green")
    post(client, f"/trials/{trial}/stop", 200, actor=LI, note="停售")
    post(client, f"/shadows/{waiting}/stop", 200, actor=LI, note="停售")
    post(client, f"/revisions/{waiting}/withdrawal", 200, actor=LI, note="停售")
    post(client, f"/headroom/reservations/{held}/release", 200, actor=LI)


def submitted_line(client: Client) -> str:
    """Another revision of blue, whose line is the challenger of a trial."""
    content = revision_of(client, "blue", slug="autumn")
    made: str = post(client, "/revisions", 201, actor=WANG, content=content)["id"]
    post(client, f"/revisions/{made}/submission", 200, actor=WANG)
    return made


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_configuration_holds_in_impact_reports_and_shadows_as_in_decisions(serve: Serve) -> None:
    rule = (
        "RULE = Rule('is_told', lambda case: case.everywhere(case.terms.notice_days == 10), Severity.DECLINE, '通知',\n"
        "            '通知期限为{notice_days}日。', 'Notice is {notice_days} days.')\n"
        "PRODUCT = copy(slug='noticing', book=BOOK, rules=(*CREDIT.rules, RULE))\n"
    )
    client = serve({"noticing": CONFIGURABLE + rule})
    other = serve({}, organisation="other-bank")
    post(client, "/plugins/configurations/noticing", 201, actor=WANG, values={"notice_days": "5"})

    def impact(each: Client) -> tuple[bool, bool]:
        address = f"/v1/revisions/{submitted(each, 'noticing')}/impact"
        sides = each.get(address, params={"applications": 50}).json()
        return tuple(sides[side]["decline"] == 50 for side in ("before", "after"))

    assert impact(client) == (True, True)
    assert impact(other) == (False, False)
    candidate = client.get("/v1/revisions").json()["items"][0]["id"]
    post(client, f"/shadows/{candidate}/start", 200, actor=LI, note="试算")
    today = client.office.today().isoformat()
    body = facts({"request.product": "noticing", "request.revision": None, "request.applied_on": today})
    assert post(client, "/decisions", 201, **body)["outcome"] == "decline"
    post(client, "/shadows/run", 200)
    found = client.get(f"/v1/shadows/{candidate}").json()
    assert found["moved"] == [{"live": "decline", "candidate": "decline", "n": 1}]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_a_plugin_does_wrong_for_a_candidate_is_in_the_fault_log(serve: Serve) -> None:
    statement = "assert case.terms.amount_cap != 50_000_000\n    return case.everywhere(True)"
    client = serve({"raises": ASKING.format(statement, "raises")})
    candidate, today = submitted(client, "raises"), client.office.today().isoformat()

    def logged() -> list[tuple[str, str, str]]:
        found = client.get("/v1/plugins/faults").json()["items"]
        return [(one["package"], one["kind"], one["cause"]) for one in found]

    fault = ("kd-raises", "raised", "AssertionError: .")
    post(client, f"/shadows/{candidate}/start", 200, actor=LI, note="试算")
    body = facts({"request.product": "raises", "request.revision": None, "request.applied_on": today})
    assert post(client, "/decisions", 201, **body)["outcome"] == "approve"
    eventually(logged, [fault])
    report = client.get(f"/v1/revisions/{candidate}/impact", params={"applications": 50}).json()
    assert (report["before"]["approve"] > 0, report["after"]["approve"]) == (True, 0)
    assert logged() == [fault] * len(logged())
    assert len(logged()) > 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_another_process_admits_holds_at_the_desks_after_five_seconds(serve: Serve) -> None:
    client = serve(SOUND)
    office = client.office
    assert "blue" in office.desk.catalogue.products
    step = plugin_desk.admission(("kd-green",), actor=LI, note="")
    with office.plugins() as plugins:
        plugin_desk.admit(office.installed.catalogue, plugins, step, moment=now(), day=office.today())
    assert "blue" in office.desk.catalogue.products
    office.live.clock = lambda: now() + timedelta(seconds=5)
    assert set(office.desk.catalogue.products) == {"ip-pledge", "innovation-credit", "green"}
    assert office.headroom.catalogue is office.desk.catalogue


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_commands_of_the_desks_keep_to_it_too(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = COPY + ASKING.format("assert len(case.app.amount.values) == 1\n    return case.everywhere(True)", "blue")
    write_package(tmp_path / "site", "kd-blue", package, {"kedai.products": ["blue = kd_blue:PRODUCT"]})
    monkeypatch.setenv("KEDAI_DATABASE_URL", database_url)

    def kedai(*arguments: str, stdin: object = None) -> tuple[int, str, str]:
        done = CliRunner().invoke(cli.app, arguments, input=json.dumps(stdin))
        return done.exit_code, done.stdout, done.stderr

    with on_path(tmp_path / "site"):
        application = facts({"request.product": "blue", "request.revision": None})
        decision = json.loads(kedai("decide", "-", "--on", "2026-07-22", "--json", stdin=application)[1])
        assert decision["outcome"] == "approve"
        drafted = kedai("revision", "draft", "-", "--by", WANG, "--json", stdin=written(product="blue"))
        assert kedai("revision", "impact", json.loads(drafted[1])["id"], "--applications", "5")[0] == 0
        assert rows_of(database_url, "SELECT package, kind FROM plugin_fault") == [("kd-blue", "raised")] * 2
        assert kedai("plugin", "admit", "--none", "--by", LI)[0] == 0
        code, _, complaint = kedai("revision", "draft", "-", "--by", WANG, stdin=written(product="blue"))
        assert (code, complaint.partition(";")[0]) == (2, "product: There is no product 'blue'")
        assert complaint.endswith(f"{WANTED}\n")
        code, _, complaint = kedai("headroom", "reserve", decision["id"], "--by", LI, "--on", "2026-07-22")
        assert (code, complaint.partition(";")[0]) == (2, "product: There is no product 'blue'")
        assert complaint.endswith(f"{WANTED}\n")
