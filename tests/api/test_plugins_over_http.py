"""Plugins as a server's users and operators meet them: faults, admission, configuration, the status page."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api import cli
from api.examples import PARTICULARS
from api.settings import Settings
from api.storage.connections import database_at
from api.web.app import create_app
from products import BrokenPlugin
from tests.api.conftest import ON, Client, Serve
from tests.products.builders import facts
from tests.products.installing import COPY, on_path, write_package

ASKING = "def statement(case):\n    {}\nPRODUCT = asking('{}', statement)\n"
FAULTS = {
    "raises": ("raise ZeroDivisionError('no revenue')", "raised", "ZeroDivisionError: no revenue."),
    "loops": ("while True: pass", "time", "It was stopped because it outlasted its time."),
    "hogs": ("return bytearray(1 << 33)", "memory", "MemoryError: ."),
    "shapes": (
        "return case.app.amount.values > 0",
        "rubbish",
        "asks_something returned an array of bool and shape (1,) where a Truth of shape (1,) was expected.",
    ),
    "writes": ("case.app.amount.values[:] = 1", "raised", "ValueError: assignment destination is read-only."),
    "dies": ("import os; os._exit(7)", "died", "Its process ended with status 7."),
}
CONFIGURABLE = """
import dataclasses
from dataclasses import dataclass
from datetime import date
from products import LoanTerms, Unit, parameter
from products.parameters import DatedValue, make_book
from products.catalogue.innovation_credit import PRODUCT as CREDIT

@dataclass(frozen=True, slots=True)
class Terms(type(CREDIT.book.at(date(2026, 7, 22)))):
    notice_days: int = parameter(Unit.DAYS, "通知期限", "days of notice", configurable=True)

FIRST = DatedValue(CREDIT.book.first_day, None, 10, "10", "试验", "通知", False)
BOOK = make_book("noticing", Terms, {**CREDIT.book.values, "notice_days": (FIRST,)})
"""


def decide(client: Client, product: str) -> dict[str, Any]:
    body = facts({"request.product": product, "request.revision": None})
    answer = client.post("/v1/decisions", params={"on": ON.isoformat()}, json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def rows_of(url: str, statement: str) -> list[Any]:
    with closing(database_at(url).connect()) as connection:
        cursor = connection.cursor()
        cursor.execute(statement)
        found = []
        while (row := cursor.fetchone()) is not None:
            found.append(tuple(row))
    return found


def test_every_fault_refers_the_application_names_the_package_and_is_logged(
    serve: Serve, database_url: str, database_kind: str
) -> None:
    # The faults are the same on every database; one of them is enough to see that its log is kept there.
    faults = FAULTS if database_kind == "sqlite" else {"raises": FAULTS["raises"]}
    sources = {slug: ASKING.format(body, slug) for slug, (body, _, _) in faults.items()}
    client = serve({**sources, "sound": "PRODUCT = copy(slug='sound')"}, plugin_memory_bytes=400 << 20)
    for slug in faults:
        decision = decide(client, slug)
        assert decision["outcome"] == "refer", slug
        (said,) = [one for one in decision["findings"] if one["rule"] == "product_plugin_has_answered"]
        assert said["verdict"] == "not_met"
        assert f"kd-{slug}" in said["message"]
        assert f"kd-{slug}" in said["message_en"]
    assert decide(client, "sound")["outcome"] == "approve"
    logged = client.get("/v1/plugins/faults").json()["items"]
    assert [(one["package"], one["kind"], one["cause"]) for one in reversed(logged)] == [
        (f"kd-{slug}", kind, cause) for slug, (_, kind, cause) in faults.items()
    ]
    stored = rows_of(database_url, "SELECT organisation_id, package, kind FROM plugin_fault ORDER BY id")
    assert stored == [("default", f"kd-{slug}", kind) for slug, (_, kind, _) in faults.items()]
    found, cursor = [], None
    while cursor is not None or not found:
        page = client.get("/v1/plugins/faults", params={"limit": 4} | ({"cursor": cursor} if cursor else {})).json()
        found += page["items"]
        cursor = page["next_cursor"]
    assert found == logged


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_three_failures_open_the_breaker_and_the_overview_says_so(serve: Serve) -> None:
    client = serve({"raises": ASKING.format("raise ValueError('x')", "raises")})
    for _ in range(4):
        assert decide(client, "raises")["outcome"] == "refer"
    logged = client.get("/v1/plugins/faults").json()["items"]
    assert [one["breaker_open"] for one in logged] == [True, False, False]
    (entry,) = client.get("/v1/plugins").json()["packages"]
    assert entry["state"] == "failing"
    assert entry["fault"] == {"kind": "raised", "cause": "ValueError: x.", "failures": 3, "breaker_open": True}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_cannot_be_loaded_is_named_with_cause_and_remedy_and_strict_stops(serve: Serve, database_url: str) -> None:
    sources = {
        "failing": "raise RuntimeError('no licence file')",
        "typed": "PRODUCT = {}",
        "sound": "PRODUCT = copy(slug='sound')",
    }
    client = serve(sources)
    listed = client.get("/v1/products").json()
    assert "sound" in [one["slug"] for one in listed["items"]]
    broken = {one["name"]: (one["package"], one["cause"], one["remedy"]) for one in listed["broken_plugins"]}
    assert broken == {
        "failing": (
            "kd-failing",
            "Importing kd_failing:PRODUCT failed with RuntimeError: no licence file.",
            "Mend or uninstall the package.",
        ),
        "typed": ("kd-typed", "kd_typed:PRODUCT is a dict, not a LoanProduct.", "Point the entry point at one."),
    }
    states = {one["package"]: one["state"] for one in client.get("/v1/plugins").json()["packages"]}
    assert states == {"kd-failing": "broken", "kd-sound": "serving", "kd-typed": "broken"}
    page = client.get("/status")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    text = re.sub(r"<[^>]+>", " ", page.text)
    for _, cause, remedy in broken.values():
        assert cause in text
        assert remedy in text
    with pytest.raises(BrokenPlugin, match="failing of kd-failing: Importing kd_failing:PRODUCT failed"):
        create_app(Settings(database_url=database_url, strict_plugins=True))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_only_packages_on_the_deployments_list_are_loaded_and_in_its_order(serve: Serve) -> None:
    sources = {slug: f"PRODUCT = copy(slug='{slug}')" for slug in ("blue", "green")}
    sources["red"] = "raise RuntimeError('was imported')"
    client = serve(sources, plugins=("kd-green", "kd-blue"))
    found = client.get("/v1/plugins").json()
    assert [(one["order"], one["package"], one["state"]) for one in found["packages"]] == [
        (1, "kd-green", "serving"),
        (2, "kd-blue", "serving"),
        (3, "kd-red", "not_admitted"),
    ]
    assert found["admitted_by_deployment"] == ["kd-green", "kd-blue"]
    assert "red" not in [one["slug"] for one in client.get("/v1/products").json()["items"]]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_organisation_offers_what_it_admits_and_others_do_not_notice(serve: Serve) -> None:
    sources = {slug: f"PRODUCT = copy(slug='{slug}')" for slug in ("blue", "green")}
    client, other = serve(sources), serve({}, organisation="other-bank")
    answer = client.post("/v1/plugins/admissions", json={"actor": "wang", "note": "试点", "packages": ["KD_green"]})
    assert answer.status_code == 201, answer.text
    assert answer.json()["said"] == ["kd-green"]
    offered = [[one["slug"] for one in each.get("/v1/products").json()["items"]] for each in (client, other)]
    assert set(offered[0]) == {"ip-pledge", "innovation-credit", "green"}
    assert set(offered[1]) == {"ip-pledge", "innovation-credit", "green", "blue"}
    refused = client.post("/v1/decisions", json=facts({"request.product": "blue"}))
    assert refused.status_code == 422
    assert "There is no product 'blue'" in refused.text
    again = client.post("/v1/plugins/admissions", json={"actor": "wang", "packages": None})
    assert again.json()["said"] is None
    assert "blue" in client.get("/v1/products").text


@pytest.mark.parametrize(
    ("body", "path", "said"),
    [
        ({"actor": "wang", "packages": ["kd-grey"]}, "packages", "There is no package 'kd-grey' with plugins here;"),
        ({"packages": []}, "actor", "actor is missing. State it."),
        ({"actor": "wang", "packages": "kd-red"}, "packages", "packages cannot be used: "),
        ({"actor": "wang", "packages": [], "x": 1}, "x", "There is no field x here."),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_word_that_cannot_be_taken_changes_nothing(
    serve: Serve, database_url: str, body: dict[str, Any], path: str, said: str
) -> None:
    answer = serve({}).post("/v1/plugins/admissions", json=body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["path"] == path
    assert error["message"].startswith(said)
    assert rows_of(database_url, "SELECT * FROM plugin_event") == []


def test_a_configuration_holds_for_its_organisation_and_is_checked_by_the_form(serve: Serve, database_url: str) -> None:
    rule = (
        "RULE = Rule('is_told', lambda case: case.everywhere(case.terms.notice_days == 10), Severity.ADVISE, '通知',\n"
        "            '通知期限为{notice_days}日。', 'Notice is {notice_days} days.')\n"
        "PRODUCT = copy(slug='noticing', book=BOOK, rules=(*CREDIT.rules, RULE))\n"
    )
    client = serve({"noticing": CONFIGURABLE + rule})
    other = serve({}, organisation="other-bank")
    form = client.get("/v1/plugins/configurations/noticing").json()
    assert list(form["properties"]) == ["notice_days"]
    address = "/v1/plugins/configurations/noticing"
    for values, said in (
        ({"amount_cap": "1"}, "amount_cap cannot be configured. Set some of: notice_days; everything else takes a"),
        ({"notice_days": "-3"}, "notice_days"),
        ({"notice_days": 5}, "notice_days"),
    ):
        refused = client.post(address, json={"actor": "wang", "values": values})
        assert refused.status_code == 422, refused.text
        (error,) = refused.json()["errors"]
        assert error["path"] == next(iter(values))
        assert error["message"].startswith(said)
    assert rows_of(database_url, "SELECT * FROM plugin_event") == []
    stored = client.post(address, json={"actor": "wang", "note": "", "values": {"notice_days": "5"}})
    assert stored.status_code == 201, stored.text

    def notice(each: Client) -> tuple[str, str]:
        today = each.office.today().isoformat()
        body = facts({"request.product": "noticing", "request.applied_on": today})
        decision = each.post("/v1/decisions", json=body).json()
        (used,) = [one for one in decision["evidence"]["parameters"] if one["name"] == "noticing.notice_days"]
        (said,) = [one for one in decision["findings"] if one["rule"] == "is_told"]
        return used["value"], said["verdict"]

    assert notice(client) == ("5", "not_met")
    assert notice(other) == ("10", "met")
    assert client.post("/v1/plugins/configurations/ip-pledge", json={"actor": "w", "values": {"x": "1"}}).json()[
        "errors"
    ][0]["message"] == ("x cannot be configured. ip-pledge has nothing to configure; draft a revision.")
    assert client.get("/v1/plugins/configurations/no-such").status_code == 404


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_contracts_are_drawn_for_a_product_whose_package_is_not_loaded(serve: Serve) -> None:
    decision = decide(serve({"sound": "PRODUCT = copy(slug='sound')"}), "sound")
    without = serve({}, plugins=())
    answer = without.post(f"/v1/decisions/{decision['id']}/contracts", json=json.loads(PARTICULARS.read_bytes()))
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("There is no product 'sound'; use one of: ")
    assert without.get(f"/v1/decisions/{decision['id']}/contracts").json()["items"] == []


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_command_line_admits_configures_and_reads_the_log(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    for slug, source in {
        "noticing": CONFIGURABLE + "PRODUCT = copy(slug='noticing', book=BOOK)\n",
        "raises": ASKING.format("raise ValueError('x')", "raises"),
    }.items():
        write_package(site, f"kd-{slug}", COPY + source, {"kedai.products": [f"{slug} = kd_{slug}:PRODUCT"]})
    monkeypatch.setenv("KEDAI_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    Path("values.json").write_text('{"notice_days": "7"}')
    Path("app.json").write_text(json.dumps(facts({"request.product": "raises"})))

    def kedai(*arguments: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(cli.app, arguments)
        return done.exit_code, done.stdout, done.stderr

    with on_path(site):
        code, said, _ = kedai("plugin", "configure", "noticing", "values.json", "--by", "wang")
        assert code == 0
        assert said.startswith('noticing has notice_days = "7" from ')
        assert kedai("decide", "app.json", "--on", ON.isoformat())[0] == 0
        code, said, _ = kedai("plugin", "faults")
        assert said.rstrip().endswith("kd-raises  raised: ValueError: x.")
        assert kedai("plugin", "admit", "kd-noticing", "--by", "wang")[1] == "default admits kd-noticing.\n"
        terms = json.loads(kedai("products", "noticing", "--json")[1])
        assert [one["value"] for one in terms["terms"] if one["name"] == "noticing.notice_days"] == ["7"]
        code, _, complaint = kedai("products", "raises")
        assert code == 2
        assert complaint.startswith("There is no product 'raises'; use one of:")
        code, _, complaint = kedai("plugin", "admit", "kd-grey", "--by", "wang")
        assert (code, complaint) == (
            2,
            "packages: There is no package 'kd-grey' with plugins here; there are: kd-noticing, kd-raises.\n",
        )
        assert kedai("plugin", "admit", "--by", "wang")[0] == 2
        Path("values.json").write_text("{")
        code, _, complaint = kedai("plugin", "configure", "noticing", "values.json", "--by", "wang")
        assert code == 2
        assert complaint.startswith("file: The text is not JSON in UTF-8")
        code, _, complaint = kedai("plugin", "admit", "--all", "--by", "")
        assert (code, complaint.partition(":")[0]) == (2, "actor")
        assert "notice_days" in kedai("plugin", "form", "noticing")[1]
        assert "not_admitted" in kedai("plugin", "list")[1]
