"""Trials over real databases: one runs at a time, every applicant stays on its side, and a stop holds everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner, Result

from api.cli import app
from api.storage.connections import Database
from api.trials.desk import TrialDesk, UnknownTrial
from api.trials.store import StoredTrial, TrialRows
from products.applicant.identifiers import uscc_check_character
from products.chained_events import NotAllowed
from products.revising.content import InvalidRevision
from products.trials import life
from products.trials.life import FOLLOWS, Kind
from products.trials.split import Side, place, side
from tests.api.conftest import Client, decided
from tests.api.racing import at_once, wait_for_the_others
from tests.api.rows import register
from tests.api.test_revisions_store import NOON, approved, desk_on
from tests.products.revising.contents import LI, MOMENT, WANG, written
from tests.products.trials.plans import plan, written_plan


@pytest.fixture
def trials(database: Database) -> Iterator[TrialDesk]:
    """The desk of trials over a database with an approved revision `spring` from April on."""
    register(database)
    desk = desk_on(database)
    approved(desk)
    yield TrialDesk(desk)
    desk.store.engine.dispose()


def ready(trials: TrialDesk, **changes: object) -> StoredTrial:
    """A trial that Wang wrote and Li approved."""
    drafted = trials.draft(plan(**changes), actor=WANG, moment=MOMENT)
    return trials.approve(drafted.id, actor=LI, moment=MOMENT)


def kinds(trials: TrialDesk, trial_id: str) -> list[Kind]:
    """What happened to a trial, in order; its history must be intact."""
    history = trials.standing(trial_id).trial.history
    assert life.intact(history)
    return [each.kind for each in history]


def test_a_trial_is_read_back_as_it_was_written(trials: TrialDesk) -> None:
    started = trials.start(ready(trials).id, actor=WANG, moment=MOMENT)
    assert trials.standing(started.id).trial == started
    assert (started.plan, started.run, started.history[-1].day) == (plan(), 1, date(2027, 4, 1))
    with pytest.raises(UnknownTrial, match="There is no trial 'nobody' here"):
        trials.standing("nobody")


def test_a_side_that_is_not_on_offer_on_every_day_is_refused(trials: TrialDesk) -> None:
    with pytest.raises(InvalidRevision, match="challenger: There is no revision 'autumn'"):
        trials.draft(plan(challenger="autumn"), actor=WANG, moment=MOMENT)
    with pytest.raises(InvalidRevision, match=r"challenger: .*Both sides must hold on every day"):
        trials.draft(plan(starts_on="2027-03-31"), actor=WANG, moment=MOMENT)
    with pytest.raises(InvalidRevision, match="product: There is no product 'gold'"):
        trials.draft(plan(product="gold"), actor=WANG, moment=MOMENT)
    until = approved(trials.desk, slug="short", effective_until="2027-06-30")
    assert until.content.slug == "short"
    with pytest.raises(InvalidRevision, match="challenger: "):
        trials.draft(plan(challenger="short"), actor=WANG, moment=MOMENT)
    assert trials.draft(plan(challenger="short", ends_on="2027-06-30"), actor=WANG, moment=MOMENT).run is None


def test_one_trial_of_a_product_runs_at_a_time(trials: TrialDesk) -> None:
    first, second = ready(trials), ready(trials, slug="other")
    trials.start(first.id, actor=WANG, moment=MOMENT)
    with pytest.raises(NotAllowed, match="of innovation-credit is running until 2027-07-01; one at a time"):
        trials.start(second.id, actor=WANG, moment=MOMENT)
    trials.stop(first.id, actor=WANG, moment=MOMENT, note="换一个")
    assert trials.start(second.id, actor=WANG, moment=MOMENT).run == 2
    assert kinds(trials, first.id)[-1] is Kind.STOPPED


def test_a_trial_ends_on_its_day_and_makes_room(trials: TrialDesk) -> None:
    first = trials.start(ready(trials).id, actor=WANG, moment=MOMENT)
    late = ready(trials, slug="summer", starts_on="2027-07-01", ends_on="2027-08-01")
    assert trials.watch(moment=NOON) == ()
    july = datetime(2027, 6, 30, 16, 0, tzinfo=MOMENT.tzinfo)
    assert trials.start(late.id, actor=WANG, moment=july).run == 2
    assert kinds(trials, first.id)[-1] is Kind.ENDED
    assert trials.watch(moment=july) == ()
    with pytest.raises(NotAllowed, match="The trial was to run until 2027-07-01; today is 2027-07-01"):
        trials.start(ready(trials, slug="late").id, actor=WANG, moment=july)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_watch_that_finds_nothing_to_record_waits_for_no_writer(trials: TrialDesk, database: Database) -> None:
    trials.start(ready(trials).id, actor=WANG, moment=MOMENT)
    other = desk_on(database)
    with other.store.writing():
        assert trials.watch(moment=NOON) == ()
    other.store.engine.dispose()


def _insert(trials: TrialDesk, found: StoredTrial, event: life.Event) -> StoredTrial:
    with trials.desk.store.writing() as rows:
        return TrialRows(rows.connection, rows.organisation).append(found, event)


def _next(found: StoredTrial, kind: Kind, actor: str) -> life.Event:
    last = found.history[-1]
    dated = kind in (Kind.STARTED, Kind.STOPPED, Kind.ENDED)
    day = date(2027, 4, 1) if dated else None
    return replace(last, position=last.position + 1, previous=last.digest, kind=kind, actor=actor, day=day)


def test_the_database_itself_admits_one_running_trial_and_other_eyes_only(trials: TrialDesk) -> None:
    drafted = trials.draft(plan(), actor="Anna", moment=MOMENT)
    with pytest.raises(DBAPIError, match="ck_trial_event_four_eyes"):
        _insert(trials, drafted, _next(drafted, Kind.APPROVED, "ANNA"))
    first = trials.start(ready(trials).id, actor=WANG, moment=MOMENT)
    second = ready(trials, slug="other")
    # The second run needs the event that closed the first, whatever the domain thinks.
    with pytest.raises(DBAPIError, match=r"(?i)fk_trial_event_run_before|foreign key"):
        _insert(trials, second, _next(second, Kind.STARTED, WANG))
    stopped = _insert(trials, first, _next(first, Kind.STOPPED, WANG))
    assert _insert(trials, second, _next(second, Kind.STARTED, WANG)).run == 2
    with pytest.raises(DBAPIError, match="ck_trial_event_follows"):
        _insert(trials, stopped, _next(stopped, Kind.STARTED, WANG))


def test_the_database_admits_exactly_the_events_the_domain_admits(trials: TrialDesk) -> None:
    ways = (
        (),
        (Kind.APPROVED,),
        (Kind.WITHDRAWN,),
        (Kind.APPROVED, Kind.STARTED),
        (Kind.APPROVED, Kind.STARTED, Kind.ENDED),
    )
    for way in ways:
        for kind in Kind:
            found = trials.draft(plan(), actor=WANG, moment=MOMENT)
            for step in way:
                found = _insert(trials, found, _next(found, step, LI))
            if found.kind in FOLLOWS[kind]:
                found = _insert(trials, found, _next(found, kind, LI))
            else:
                with pytest.raises(DBAPIError, match=r"ck_trial_event_(follows|run)"):
                    _insert(trials, found, _next(found, kind, LI))
            if life.is_running(found.history):
                _insert(trials, found, _next(found, Kind.STOPPED, LI))


def _race(job: tuple[Database, str]) -> str:
    database, trial_id = job
    trials = TrialDesk(desk_on(database))
    trials.trials()
    wait_for_the_others()
    try:
        trials.start(trial_id, actor=WANG, moment=MOMENT)
    except NotAllowed:
        return "NotAllowed"
    finally:
        trials.desk.store.engine.dispose()
    return "done"


@pytest.mark.slow
def test_two_trials_started_at_once_are_one_running(trials: TrialDesk, database: Database) -> None:
    first, second = ready(trials), ready(trials, slug="other")
    came = at_once(_race, (database, first.id), (database, second.id))
    assert sorted(came) == ["NotAllowed", "done"]
    last = sorted(kinds(trials, each.id)[-1] for each in (first, second))
    assert last == [Kind.APPROVED, Kind.STARTED]


# Over HTTP and on the command line, with today's days.


def _post(client: Client, path: str, status: int, **step: object) -> Any:
    response = client.post(f"/v1{path}", json=step)
    assert response.status_code == status, response.text
    return response.json()


def _revision(client: Client, **head: object) -> str:
    """The id of a revision in force from today on."""
    content = written(None, effective_from=client.office.today().isoformat(), **head)
    made: str = _post(client, "/revisions", 201, actor=WANG, content=content)["id"]
    _post(client, f"/revisions/{made}/submission", 200, actor=WANG)
    _post(client, f"/revisions/{made}/approval", 200, actor=LI)
    return made


def _days(client: Client) -> dict[str, str]:
    today = client.office.today()
    return {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=30)).isoformat()}


@pytest.fixture
def running(client: Client) -> str:
    """The id of a running trial that gives half of the applicants to `spring`."""
    _revision(client)
    content = written_plan(share_ppm=500_000, **_days(client))
    made: str = _post(client, "/trials", 201, actor=WANG, plan=content)["id"]
    _post(client, f"/trials/{made}/approval", 200, actor=LI)
    _post(client, f"/trials/{made}/start", 200, actor=WANG)
    return made


def _application(client: Client, zhilai: dict[str, Any], uscc: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(json.dumps(zhilai))
    value["request"] |= {"product": "innovation-credit", "applied_on": client.office.today().isoformat()}
    value["request"].pop("revision", None)
    value["enterprise"]["uscc"] = uscc
    return value


def _of_side(trial_id: str, wanted: Side) -> str:
    """A credit code whose place in the trial lies on the wanted side of one half."""
    heads = (f"91511100MA6XX{number:04d}" for number in range(200))
    codes = (head + uscc_check_character(head) for head in heads)
    return next(code for code in codes if side(place("default", trial_id, code), 500_000) is wanted)


def test_the_split_decides_and_the_evidence_says_so(client: Client, running: str, zhilai: dict[str, Any]) -> None:
    today = client.office.today()
    for wanted, revision in ((Side.CHALLENGER, "spring"), (Side.CHAMPION, None)):
        code = _of_side(running, wanted)
        made = decided(client, _application(client, zhilai, code), on=today)
        assert made["revision"] == revision
        its = made["evidence"]["trial"]
        assert (its["trial"], its["side"], its["share_ppm"]) == (running, wanted.value, 500_000)
        assert its["place_ppm"] == place("default", running, code)
        again = decided(client, _application(client, zhilai, code), on=today)
        assert again["evidence"]["trial"] == its
        kept = client.get(f"/v1/decisions/{made['id']}/application").json()
        assert kept["request"]["revision"] is None
        step = {"decision_id": made["id"], "actor": WANG}
        reserved = client.post("/v1/headroom/reservations", json=step).json()["id"]
        beside = decided(client, _application(client, zhilai, code), on=today)["evidence"]
        assert (beside["trial"], beside["reserved"]["reservations"]) == (its, [reserved])
    found = client.get(f"/v1/trials/{running}/report").json()
    assert (found["champion"]["decided"], found["challenger"]["decided"], found["fell_back"]) == (3, 3, 0)
    assert (found["stated_share"], found["actual_share"]) == ("0.5000", "0.500000")
    assert found["rules"][0]["asked"] is False


def test_other_products_revisions_and_days_are_not_in_the_trial(
    client: Client, running: str, zhilai: dict[str, Any]
) -> None:
    today = client.office.today()
    application = _application(client, zhilai, _of_side(running, Side.CHALLENGER))
    early = {**application, "request": application["request"] | {"applied_on": (today - timedelta(days=1)).isoformat()}}
    other = {**application, "request": application["request"] | {"product": "ip-pledge"}}
    named = {**application, "request": application["request"] | {"revision": "spring"}}
    for each in (early, other, named):
        assert "trial" not in decided(client, each, on=today)["evidence"]
    late = decided(client, application, on=today + timedelta(days=30))
    assert (late["revision"], "trial" in late["evidence"]) == (None, False)


def test_after_the_stop_everything_goes_to_the_champion(
    client: Client, running: str, zhilai: dict[str, Any], database: Database
) -> None:
    today = client.office.today()
    application = _application(client, zhilai, _of_side(running, Side.CHALLENGER))
    assert decided(client, application, on=today)["revision"] == "spring"
    # Another process stops it: this one still believes it runs, yet stores nothing under it any more.
    elsewhere = TrialDesk(desk_on(database))
    elsewhere.stop(running, actor=WANG, moment=client.office.live.clock(), note="投诉")
    assert client.office.live.current.trials != ()
    after = decided(client, application, on=today)
    assert (after["revision"], "trial" in after["evidence"]) == (None, False)
    assert client.get(f"/v1/trials/{running}/report").json()["challenger"]["decided"] == 1
    history = client.get(f"/v1/trials/{running}").json()["history"]
    assert (history[-1]["kind"], history[-1]["actor"], history[-1]["note"]) == ("stopped", WANG, "投诉")
    elsewhere.desk.store.engine.dispose()


def test_a_challenger_withdrawn_meanwhile_leaves_its_applicants_to_the_champion(
    client: Client, running: str, zhilai: dict[str, Any]
) -> None:
    (spring,) = (each for each in client.get("/v1/revisions").json()["items"] if each["slug"] == "spring")
    _post(client, f"/revisions/{spring['id']}/withdrawal", 200, actor=WANG, note="停售")
    application = _application(client, zhilai, _of_side(running, Side.CHALLENGER))
    made = decided(client, application, on=client.office.today())
    assert made["revision"] is None
    assert "There is no revision 'spring'" in made["evidence"]["trial"]["fell_back"]
    found = client.get(f"/v1/trials/{running}/report").json()
    assert (found["challenger"]["decided"], found["champion"]["decided"], found["fell_back"]) == (0, 0, 1)


def test_reported_outcomes_trip_a_rule_and_the_watch_stops_the_trial(client: Client, zhilai: dict[str, Any]) -> None:
    _revision(client)
    rule = {"measure": "realised_default", "limit_ppm": 200_000, "direction": "higher", "least": 1}
    content = written_plan(share_ppm=500_000, stop=[rule], **_days(client))
    trial_id: str = _post(client, "/trials", 201, actor=WANG, plan=content)["id"]
    _post(client, f"/trials/{trial_id}/approval", 200, actor=LI)
    _post(client, f"/trials/{trial_id}/start", 200, actor=WANG)
    ids = {}
    for wanted in Side:
        code = _of_side(trial_id, wanted)
        made = decided(client, _application(client, zhilai, code), on=client.office.today())
        assert made["outcome"] == "approve", made["findings"]
        ids[wanted] = made["id"]
    good, bad = {"defaulted": False}, {"defaulted": True, "loss": "1000.00", "recovered": "10.00"}
    outcomes = [{"decision_id": ids[Side.CHAMPION], **good}, {"decision_id": ids[Side.CHALLENGER], **good}]
    assert _post(client, "/outcomes", 201, actor=WANG, outcomes=outcomes) == {"stored": 2}
    assert _post(client, "/trials/watch", 200) == {"changed": []}
    _post(client, "/outcomes", 201, actor=WANG, outcomes=[{"decision_id": ids[Side.CHALLENGER], **bad}])
    found = client.get(f"/v1/trials/{trial_id}/report").json()
    assert (found["challenger"]["outcomes_reported"], found["challenger"]["default_rate"]) == (1, "1.000000")
    assert found["rules"][0]["tripped"] is True
    assert _post(client, "/trials/watch", 200) == {"changed": [trial_id]}
    last = client.get(f"/v1/trials/{trial_id}").json()["history"][-1]
    assert (last["kind"], last["actor"]) == ("stopped", "kedai")
    assert last["note"].startswith("realised_default: 100.000000 % with the challenger, 0.000000 % with the champion")
    assert client.office.live.current.trials == ()
    unknown = _post(client, "/outcomes", 422, actor=WANG, outcomes=[{"decision_id": "nobody", **good}])
    assert unknown["errors"][0]["message"] == "There is no decision 'nobody'. Give the id of an approved decision."


def test_an_author_does_not_approve_over_http(client: Client) -> None:
    _revision(client)
    made = _post(client, "/trials", 201, actor=WANG, plan=written_plan(**_days(client)))
    refused = _post(client, f"/trials/{made['id']}/approval", 409, actor=WANG)
    assert "approved by another person" in refused["detail"]
    assert "is drafted and cannot be started" in _post(client, f"/trials/{made['id']}/start", 409, actor=LI)["detail"]
    assert _post(client, "/trials/nobody/start", 404, actor=LI)["type"] == "urn:kedai:problem:not-found"
    bad = _post(client, "/trials", 422, actor=WANG, plan=written_plan(share_ppm=0))
    assert [each["path"] for each in bad["errors"]] == ["plan.share_ppm"]
    given_up = _post(client, f"/trials/{made['id']}/withdrawal", 200, actor=WANG, note="不做了")
    assert given_up["state"] == "withdrawn"
    assert [each["id"] for each in client.get("/v1/trials").json()["items"]] == [made["id"]]


def _run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=stdin)


def test_the_command_line_tries_a_challenger(
    client: Client, zhilai: dict[str, Any], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEDAI_DATABASE_URL", database_url)
    _revision(client)
    content = json.dumps(written_plan(share_ppm=999_999, **_days(client)))
    made = json.loads(_run("trial", "draft", "-", "--by", WANG, "--json", stdin=content).stdout)
    refused = _run("trial", "approve", made["id"], "--by", WANG)
    assert (refused.exit_code, "approved by another person" in refused.stderr) == (2, True)
    assert "is approved" in _run("trial", "approve", made["id"], "--by", LI).stdout
    assert "is started" in _run("trial", "start", made["id"], "--by", WANG).stdout
    application = json.dumps(_application(client, zhilai, "91511100MA6XX0TE50"))
    decision = json.loads(_run("decide", "-", "--json", stdin=application).stdout)
    assert (decision["revision"], decision["evidence"]["trial"]["side"]) == ("spring", "challenger")
    shown = _run("trial", "report", made["id"]).stdout
    assert "approval_rate: difference –, limit 0.1000 either: not asked before 10 cases a side" in shown
    reported = _run("trial", "outcomes", "-", "--by", WANG, stdin=f"decision_id,defaulted\n{decision['id']},maybe\n")
    assert (reported.exit_code, "[0].defaulted: defaulted cannot be used" in reported.stderr) == (2, True)
    reported = _run("trial", "outcomes", "-", "--by", WANG, stdin=f"decision_id,defaulted\n{decision['id']},false\n")
    assert reported.stdout == "1 outcomes are stored.\n"
    assert "No trial had to be stopped" in _run("trial", "watch").stdout
    assert "is stopped" in _run("trial", "stop", made["id"], "--by", WANG, "--note", "够了").stdout
    after = json.loads(_run("decide", "-", "--json", stdin=application).stdout)
    assert (after["revision"], "trial" in after["evidence"]) == (None, False)
    assert "stopped" in _run("trial", "list").stdout
    assert json.loads(_run("trial", "show", made["id"]).stdout)["state"] == "stopped"
    assert _run("trial", "show", "nobody").exit_code == 2
