"""The command ``kedai``: what it prints where, how it exits, and what it leaves in the database."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.examples import FOLDER
from api.storage import schema
from api.storage.connections import database_at

ZHILAI = str(FOLDER / "zhilai.json")
DECIDE = ("decide", ZHILAI, "--on", "2026-07-22")
ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])
"""For what says nothing else of another database."""

KEDAI = str(Path(sys.executable).with_name("kedai"))


@pytest.fixture
def environment(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings in the environment: a migrated database and a folder for contracts."""
    monkeypatch.setenv("KEDAI_DATABASE_URL", database_url)
    monkeypatch.setenv("KEDAI_OUT_DIR", str(tmp_path / "out"))


def _run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=stdin)


def _decisions(database_url: str) -> list[tuple[str, str]]:
    with closing(database_at(database_url).connect()) as connection:
        cursor: Any = connection.cursor()
        cursor.execute("SELECT id, outcome FROM decision ORDER BY id")
        return [tuple(row) for row in cursor.fetchall()]


pytestmark = pytest.mark.usefixtures("environment")


def test_decide_prints_the_decision_and_stores_it(database_url: str) -> None:
    result = _run(*DECIDE)
    assert result.exit_code == 0
    ((decision_id, outcome),) = _decisions(database_url)
    assert outcome == "approve"
    assert f"Stored as {decision_id}" in result.stdout
    assert "approved 1,000,000.00" in result.stdout
    assert result.stderr == ""


def test_decide_as_json_prints_the_decision_and_nothing_else(database_url: str) -> None:
    result = _run(*DECIDE, "--json")
    decision = json.loads(result.stdout)
    assert result.stderr == ""
    assert (decision["id"], decision["outcome"]) == _decisions(database_url)[0]
    assert list(decision)[:3] == ["id", "outcome", "applicant"]


@pytest.mark.parametrize(
    ("name", "outcome"), [("zhilai", "approve"), ("missing-facts", "refer"), ("dishonest-debtor", "decline")]
)
def test_decide_exits_0_whatever_the_outcome(database_url: str, name: str, outcome: str) -> None:
    assert _run("decide", str(FOLDER / f"{name}.json"), "--on", "2026-07-22").exit_code == 0
    assert [each for _, each in _decisions(database_url)] == [outcome]


def test_decide_reads_standard_input(database_url: str) -> None:
    result = _run("decide", "-", "--on", "2026-07-22", "--json", stdin=Path(ZHILAI).read_bytes())
    assert json.loads(result.stdout)["amount"]["approved"] == "1000000.00"


@ON_SQLITE
def test_bad_input_exits_2_with_the_paths_of_the_fields(database_url: str, tmp_path: Path) -> None:
    application = json.loads(Path(ZHILAI).read_bytes())
    application["request"]["amount"] = "-1"
    application["ip_assets"][0]["number"] = "201710911092.3"
    (tmp_path / "bad.json").write_text(json.dumps(application), encoding="utf-8")
    result = _run("decide", str(tmp_path / "bad.json"), "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert sorted(line.partition(": ")[0] for line in lines) == ["ip_assets[0].number", "request.amount"]
    assert _decisions(database_url) == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("decide", "no-such-file.json"), "no-such-file.json: The file cannot be read"),
        (("decide", str(FOLDER)), "The file cannot be read"),
        (("decide", ZHILAI, "--on", "22.07.2026"), "--on: 22.07.2026 is no date; write a day"),
        (("decide", ZHILAI, "--on", "2026-07-21"), "request.applied_on: The application was made on 2026-07-22"),
        (("offers", ZHILAI, "--on", "2026-07-21"), "request.applied_on: The application was made on 2026-07-22"),
        (("contract", "1"), "There is no decision '1' here"),
        (("products", "gold-loan"), "There is no product 'gold-loan'; use one of"),
        (("products", "ip-pledge", "--revision", "x"), "There is no revision 'x'; use one of: tianfu-zhilai"),
        (("programmes", "gold"), "There is no programme 'gold'; there are"),
        (("programmes", "cn-scitech-2024", "--on", "1999-12-31"), "1999-12-31"),
        (("migrate", "down", "base"), "Make a copy of the database, then add --yes."),
        (("migrate", "down", "yesterday", "--yes"), "There is no migration 'yesterday'."),
    ],
)
def test_what_is_asked_wrongly_exits_2_with_a_sentence(
    database_url: str, arguments: tuple[str, ...], sentence: str
) -> None:
    result = _run(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""
    assert _decisions(database_url) == []


@ON_SQLITE
def test_a_file_longer_than_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEDAI_BODY_LIMIT_BYTES", "1000")
    (tmp_path / "long.json").write_bytes(b" " * 1001)
    result = _run("decide", str(tmp_path / "long.json"))
    assert result.exit_code == 2
    assert "has 1001 bytes; at most 1000 are read" in result.stderr


@ON_SQLITE
@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("KEDAI_DATABASE_URL", "mysql://db/kedai", "Give sqlite:///FILE or postgresql://"),
        ("KEDAI_DATABASE_URL", "sqlite:////proc/kedai/kedai.db", "cannot be opened"),
        ("KEDAI_BODY_LIMIT_BYTES", "much", "KEDAI_BODY_LIMIT_BYTES=much cannot be used"),
        ("KEDAI_SCORECARD", "/dev/null", "/dev/null"),
        ("KEDAI_SPEED", "fast", "KEDAI_SPEED is no setting of kedai."),
    ],
)
def test_what_cannot_be_carried_out_exits_1_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = _run(*DECIDE)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stdout == ""


@ON_SQLITE
def test_offers_list_every_product_with_its_reason() -> None:
    shown = _run("offers", ZHILAI, "--on", "2026-07-22")
    assert shown.exit_code == 0
    for word in ("tianfu-zhilai", "hubei-kuaidai", "xiamen-changrongbao", "own terms"):
        assert word in shown.stdout
    offers = json.loads(_run("offers", ZHILAI, "--on", "2026-07-22", "--json").stdout)["offers"]
    assert [offer["rank"] for offer in offers] == list(range(1, len(offers) + 1))


@ON_SQLITE
def test_offers_store_nothing(database_url: str) -> None:
    _run("offers", ZHILAI, "--on", "2026-07-22")
    assert _decisions(database_url) == []


@ON_SQLITE
@pytest.mark.parametrize("command", ["products", "programmes"])
def test_the_catalogue_is_listed_for_people_and_for_programs(command: str) -> None:
    shown, listed = _run(command), json.loads(_run(command, "--json").stdout)
    assert listed["items"]
    for item in listed["items"]:
        assert item["slug"] in shown.stdout
        day = item["first_day"] if item.get("ends") else "2026-07-22"
        described = _run(command, item["slug"], "--on", day)
        assert described.exit_code == 0, described.stderr
        assert json.loads(_run(command, item["slug"], "--on", day, "--json").stdout)["terms"]


def test_contract_drafts_a_stored_decision_for_invented_parties(tmp_path: Path) -> None:
    decision_id = json.loads(_run(*DECIDE, "--json").stdout)["id"]
    result = _run("contract", decision_id)
    assert result.exit_code == 0, result.stderr
    paths = [Path(line) for line in result.stdout.splitlines()]
    assert paths[0].parent == tmp_path / "out" / decision_id
    assert {path.suffix for path in paths} == {".docx", ".html", ".json"}
    assert all(path.stat().st_size > 0 for path in paths)
    assert re.match(r"Stored as contract set [0-9a-f-]{36}\.\n", result.stderr)
    assert "Every gate passes; the set may go to signature." in result.stderr


@ON_SQLITE
def test_contract_names_the_gates_that_leave_the_draft_mark_on_a_set(tmp_path: Path) -> None:
    decision_id = json.loads(_run(*DECIDE, "--json").stdout)["id"]
    given = json.loads((FOLDER / "particulars.json").read_bytes())
    given["loan"]["overdue_uplift"] = "0.80"
    changed = tmp_path / "particulars.json"
    changed.write_text(json.dumps(given), encoding="utf-8")
    result = _run("contract", decision_id, "--particulars", str(changed), "--format", "docx")
    assert result.exit_code == 0, result.stderr
    assert "The gate penalty-rates warns: 逾期罚息加收30%至50%" in result.stderr
    assert "Every page is marked 草案 DRAFT until that is mended, or let pass by name under overrides." in result.stderr


@ON_SQLITE
def test_contract_takes_the_parties_from_a_file_and_a_folder(tmp_path: Path) -> None:
    decision_id = json.loads(_run(*DECIDE, "--json").stdout)["id"]
    given = FOLDER / "particulars.json"
    result = _run("contract", decision_id, "--particulars", str(given), "--out", str(tmp_path / "elsewhere"))
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "elsewhere" / decision_id / "manifest.json").exists()


@ON_SQLITE
def test_contract_side_by_side_replaces_the_set_that_was_written_before(tmp_path: Path) -> None:
    decision_id = json.loads(_run(*DECIDE, "--json").stdout)["id"]
    assert _run("contract", decision_id).exit_code == 0
    result = _run("contract", decision_id, "--layout", "side-by-side", "--format", "docx")
    assert result.exit_code == 0, result.stderr
    written = {Path(line).name for line in result.stdout.splitlines()}
    assert {name for name in written if name.startswith("01-")} == {"01-loan-contract.zh-en.docx"}
    assert {path.name for path in (tmp_path / "out" / decision_id).iterdir()} == written


@ON_SQLITE
@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--layout", "diagonal", "--layout: 'diagonal' is none of separate, side-by-side."),
        ("--format", "odt", "--format: 'odt' is none of docx, html, pdf."),
    ],
)
def test_contract_names_the_layouts_and_formats_there_are(option: str, value: str, says: str) -> None:
    decision_id = json.loads(_run(*DECIDE, "--json").stdout)["id"]
    result = _run("contract", decision_id, option, value)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"{says}\n")


@ON_SQLITE
def test_contract_without_fonts_names_the_package_and_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision_id = json.loads(_run(*DECIDE, "--json").stdout)["id"]
    monkeypatch.setenv("KEDAI_PDF_FONTS", str(tmp_path))
    result = _run("contract", decision_id, "--format", "pdf")
    assert (result.exit_code, result.stdout) == (1, "")
    for words in ("NotoSerifCJK-Regular.ttc", "fonts-noto-cjk", "KEDAI_PDF_FONTS names the folder"):
        assert words in result.stderr


@ON_SQLITE
def test_contract_names_wrong_particulars_and_refused_drafts(tmp_path: Path) -> None:
    decision_id = json.loads(_run(*DECIDE, "--json").stdout)["id"]
    wrong = json.loads((FOLDER / "particulars.json").read_bytes())
    del wrong["lender"]["name"]
    (tmp_path / "wrong.json").write_text(json.dumps(wrong), encoding="utf-8")
    result = _run("contract", decision_id, "--particulars", str(tmp_path / "wrong.json"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "lender.name: lender.name is required and missing. State it.\n"
    declined = json.loads(_run("decide", str(FOLDER / "dishonest-debtor.json"), "--on", "2026-07-22", "--json").stdout)
    refused = _run("contract", declined["id"])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "decision.outcome" in refused.stderr


@ON_SQLITE
def test_demo_decides_every_example_and_drafts_every_approved_one_twice(database_url: str, tmp_path: Path) -> None:
    for round_ in (1, 2):
        result = _run("demo")
        assert result.exit_code == 0, result.stderr
        made = _decisions(database_url)
        examples = len(list(FOLDER.glob("*.json"))) - 1
        assert len(made) == round_ * (examples + 12)
        approved = [decision_id for decision_id, outcome in made if outcome == "approve"]
        assert len(approved) >= 2 * round_
        assert {folder.name for folder in (tmp_path / "out").iterdir()} == set(approved)
        assert all((tmp_path / "out" / decision_id / "manifest.json").exists() for decision_id in approved)
    assert "refused" not in result.stdout


@ON_SQLITE
def test_the_demo_table_fits_160_columns_and_holds_the_known_figures() -> None:
    lines = _run("demo").stdout.splitlines()
    assert max(map(_cells, lines)) <= 160
    (zhilai,) = [line for line in lines if line.startswith("乐山精工机械有限公司 ")]
    assert "1,000,000.00" in zhilai
    (kuaidai,) = [line for line in lines if line.startswith("武汉光谷激光科技有限")]
    assert "20,000,000.00" in kuaidai
    (shares,) = [line for line in lines if "hubei-kuaidai" in line]
    assert "省40 政20" in shares


def _cells(line: str) -> int:
    return sum(2 if "⺀" <= character <= "￯" else 1 for character in line)


def test_migrate_goes_down_and_up_and_says_where_it_stands(database_url: str) -> None:
    assert f"stands at {schema.HEAD}" in _run("migrate", "current").stdout
    assert "stands at no migration" in _run("migrate", "down", "base", "--yes").stdout
    assert "stands at no migration" in _run("migrate", "current").stdout
    assert f"stands at {schema.HEAD}" in _run("migrate", "up").stdout


def test_decide_migrates_a_database_that_is_behind(database_url: str) -> None:
    _run("migrate", "down", "base", "--yes")
    assert _run(*DECIDE).exit_code == 0
    assert len(_decisions(database_url)) == 1


def test_a_database_of_a_later_version_is_left_alone(database_url: str) -> None:
    with closing(database_at(database_url).connect()) as connection:
        connection.cursor().execute("UPDATE alembic_version SET version_num = '20990101_later'")
        connection.commit()
    result = _run(*DECIDE)
    assert result.exit_code == 1
    assert "20990101_later" in result.stderr
    assert _decisions(database_url) == []


@ON_SQLITE
def test_help_loads_neither_the_domain_nor_the_database() -> None:
    loaded = _modules_after("--help")
    assert not loaded & {"numpy", "pydantic", "sqlalchemy", "products", "scoring", "templates", "fastapi", "alembic"}


def test_deciding_loads_no_object_mapper_no_server_and_no_training(database_url: str) -> None:
    loaded = _modules_after(*DECIDE)
    heavy = {"sqlalchemy", "sqlmodel", "alembic", "fastapi", "templates", "sklearn", "scipy", "pandas", "pyarrow"}
    assert not loaded & heavy
    assert len(_decisions(database_url)) == 1


def _modules_after(*arguments: str) -> set[str]:
    program = (
        "import sys, api.cli\n"
        "try: api.cli.main()\n"
        "except SystemExit: pass\n"
        "print(*sorted(name.partition('.')[0] for name in sys.modules), file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    return set(run.stderr.split())


@ON_SQLITE
def test_the_installed_command_writes_bad_input_to_standard_error_only(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_bytes(b'{"request": "\xff"}')
    run = subprocess.run([KEDAI, "decide", str(tmp_path / "broken.json")], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("application: The application is not UTF-8: byte 13 cannot be read.")
    assert "Traceback" not in run.stderr


@pytest.fixture
def broken_plugin(tmp_path: Path) -> dict[str, str]:
    """An environment in which a package is installed whose product cannot be imported."""
    metadata = tmp_path / "installed" / "bad_bank-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-bank\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[kedai.products]\ngold-loan = bad_bank_products:GOLD\n")
    return {"PYTHONPATH": str(tmp_path / "installed")}


@ON_SQLITE
def test_a_broken_plugin_is_named_and_the_rest_serves(broken_plugin: dict[str, str]) -> None:
    environment = os.environ | broken_plugin
    listed = subprocess.run([KEDAI, "products"], capture_output=True, text=True, env=environment, check=True)
    assert "left out: gold-loan of bad-bank" in listed.stdout
    run = subprocess.run([KEDAI, *DECIDE, "--json"], capture_output=True, text=True, env=environment, check=True)
    assert json.loads(run.stdout)["outcome"] == "approve"


@ON_SQLITE
def test_a_strict_deployment_stops_at_a_broken_plugin(database_url: str, broken_plugin: dict[str, str]) -> None:
    environment = os.environ | broken_plugin | {"KEDAI_STRICT_PLUGINS": "true"}
    run = subprocess.run([KEDAI, *DECIDE], capture_output=True, text=True, env=environment, check=False)
    assert (run.returncode, run.stdout) == (1, "")
    assert "bad-bank" in run.stderr
    assert "Traceback" not in run.stderr
    assert _decisions(database_url) == []


def test_headroom_is_reserved_shown_drawn_and_released(database_url: str) -> None:
    decision = json.loads(_run(*DECIDE, "--json").stdout)["id"]
    made = _run("headroom", "reserve", decision, "--by", "Li", "--on", "2026-07-22", "--json")
    reservation = json.loads(made.stdout)
    assert (reservation["state"], reservation["amount"]) == ("reserved", "1000000.00")
    shown = _run("headroom", "show", reservation["applicant_uscc"], "--on", "2026-07-22")
    assert "29,000,000.00" in shown.stdout
    drawn = _run("headroom", "draw", reservation["id"], "--by", "Li", "--amount", "400000.00", "--on", "2026-07-23")
    assert "2026-07-23  drawn 400,000.00 by Li" in drawn.stdout
    released = _run("headroom", "release", decision, "--by", "Li", "--on", "2026-07-24")
    assert released.stdout.startswith("RELEASED  1,000,000.00 yuan for 91511100MA6XX0TE50 under cn-scitech-2024")
    summary = json.loads(_run("headroom", "show", "--on", "2026-07-24", "--json").stdout)
    assert [(one["drawn"], one["reserved"]) for one in summary["items"]] == [("400000.00", "0.00")]
    listed = _run("headroom", "list", "--state", "released", "--on", "2026-07-24")
    assert reservation["id"] in listed.stdout


def test_a_decision_on_the_command_line_sees_what_is_reserved(database_url: str) -> None:
    decision = json.loads(_run(*DECIDE, "--json").stdout)["id"]
    _run("headroom", "reserve", decision, "--by", "Li", "--on", "2026-07-22")
    again = _run(*DECIDE)
    assert "1,000,000.00 yuan are held by 1 reservation and count as guaranteed balance" in again.stdout
    assert json.loads(_run(*DECIDE, "--json").stdout)["evidence"]["reserved"]["guaranteed"] == "1000000.00"


@ON_SQLITE
def test_headroom_that_cannot_be_had_ends_with_place_and_remedy(database_url: str) -> None:
    decision = json.loads(_run(*DECIDE, "--json").stdout)["id"]
    reserve = ("headroom", "reserve", decision, "--by", "Li", "--on", "2026-07-22")
    quota = _run("headroom", "quota", "cn-scitech-2024", "2026", "999999.99", "--by", "Wang")
    assert "999,999.99" in quota.stdout
    refused = _run(*reserve)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "quota: 1,000,000.00 yuan were asked for, but of the quota of 2026 of 999,999.99 yuan" in refused.stderr
    for arguments, sentence in (
        (
            ("headroom", "quota", "cn-scitech-2024", "2026", "1e6", "--by", "W"),
            "amount: 1e6 is no amount; write yuan as a decimal string",
        ),
        (("headroom", "reserve", "x", "--by", "Li"), "There is no decision 'x' here."),
        ((*reserve, "--days", "31"), "days: Headroom cannot be held for 31 days; the programme holds it for 1 to 30."),
        (("headroom", "draw", "x", "--by", "Li"), "kedai headroom list names them."),
    ):
        wrong = _run(*arguments)
        assert (wrong.exit_code, wrong.stdout) == (2, "")
        assert sentence in wrong.stderr
