"""All guarantee programmes, their unverified values and the check of a bank's own book, by command and over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api import wiring
from api.cli import app
from api.settings import Settings, SettingsError
from tests.api.conftest import Client
from tests.products.rule_books import HEAD, provision, written

GENERAL = {
    "us-sba-7a": "USD",
    "jp-credit-guarantee": "JPY",
    "uk-growth-guarantee": "GBP",
    "ca-csbfp": "CAD",
    "de-buergschaftsbank": "EUR",
    "my-ipfs": "MYR",
    "kr-kodit": "KRW",
}
NATIONAL = {"cn-scitech-2024", "cn-batch-2023", "cn-private-investment-2026"}
FALLING = (
    "{due: upfront, select_by: [grade], never_falls_with: [grade], charge_on: loan, "
    'rows: [{when: {grade: A}, rate: "0.02"}, {when: {grade: [B, C]}, rate: "0.01"}]}'
)


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ("programmes", *arguments))


def _own(folder: Path, text: str, name: str = "own.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_all_ten_books_are_listed_with_their_currencies() -> None:
    items = {one["slug"]: one for one in json.loads(_run("--json").stdout)["items"]}
    assert {slug: one["currency"] for slug, one in items.items() if not one["decides"]} == GENERAL
    assert {slug for slug, one in items.items() if one["decides"]} == NATIONAL
    shown = _run().stdout
    assert all(slug in shown for slug in (*GENERAL, *NATIONAL))
    assert {slug: one["ends"] for slug, one in items.items() if one["ends"]} == {
        "my-ipfs": "2018-01-01",
        "uk-growth-guarantee": "2026-04-01",
    }


def test_the_list_over_http_is_that_of_the_command(shared_client: Client) -> None:
    assert shared_client.get("/v1/programmes").json() == json.loads(_run("--json").stdout)
    assert shared_client.get("/v1/unverified-values").json() == json.loads(_run("--unverified", "--json").stdout)


def test_a_foreign_book_is_described_with_its_facts_and_the_terms_of_the_day(shared_client: Client) -> None:
    """SBA 7(a): the fee of fiscal year 2025 changed on 27 March 2025."""
    for day, since in (("2025-03-26", "2024-10-01"), ("2025-03-27", "2025-03-27")):
        described = shared_client.get("/v1/programmes/us-sba-7a", params={"on": day}).json()
        assert described == json.loads(_run("us-sba-7a", "--on", day, "--json").stdout)
        (fee,) = (one for one in described["terms"] if one["name"] == "us-sba-7a.upfront_fee")
        assert fee["since"] == since
        needed = {fact["name"] for fact in described["facts"] if fact["needed"]}
        assert needed == {"loan", "borrower_group", "maturity_months"}
    assert "loan_together over 150000, up to 700000," in _run("us-sba-7a", "--on", "2025-03-27").stdout


def test_a_book_before_its_first_day_says_from_when_it_holds(shared_client: Client) -> None:
    answer = shared_client.get("/v1/programmes/uk-growth-guarantee", params={"on": "2024-06-30"})
    assert answer.status_code == 404
    assert "its terms are complete from 2024-07-01 on" in answer.json()["detail"]


def test_unverified_values_say_book_key_value_unit_and_what_they_rest_on() -> None:
    items = json.loads(_run("--unverified", "--json").stdout)["items"]
    (fee,) = (one for one in items if (one["book"], one["key"]) == ("kr-kodit", "guarantee_fee"))
    assert (fee["since"], fee["unit"], fee["source"]) == ("2020-01-01", "fee", "신용보증기금 보증운용기준")
    (switch,) = (one for one in items if (one["book"], one["key"]) == ("cn-scitech-2024", "reguarantee_switch_base"))
    assert (switch["value"], switch["unit"]) == ("loan", "choice")
    assert switch["clause"]


def test_unverified_values_of_one_book() -> None:
    listed = json.loads(_run("de-buergschaftsbank", "--unverified", "--json").stdout)["items"]
    assert {one["book"] for one in listed} == {"de-buergschaftsbank"}
    assert f"{len(listed)} values of 1 books" in _run("de-buergschaftsbank", "--unverified").stdout


def test_the_list_counts_the_unverified_values() -> None:
    items = json.loads(_run("--unverified", "--json").stdout)["items"]
    counted = {one["slug"]: one["unverified"] for one in json.loads(_run("--json").stdout)["items"]}
    assert counted["us-sba-7a"] == sum(one["book"] == "us-sba-7a" for one in items)
    assert counted["uk-growth-guarantee"] == 0


def test_a_sound_book_exits_0(tmp_path: Path) -> None:
    result = _run("check", _own(tmp_path, written()))
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path / 'own.yaml'}: sound.\n")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            written(provision("fee", "fee", FALLING)),
            20,
            "own.yaml:20: parameters.fee.values.2020-01-01.value declares the rate never to fall with grade, but it "
            "does from (grade A) to (grade B); mend one of the two rates or take the declaration out.",
        ),
        (
            written(provision("sharing", "sharing", '{bears: {bank: "0.30", guarantor: "0.80"}, odd_units_to: bank}')),
            17,
            "own.yaml:17: parameters.sharing.bears gives away 1100000 ppm of a loss from 2020-01-01 on; shares must "
            "not exceed 1 in sum.",
        ),
        (
            written(provision("cap", "cap", '{on: loan, select_by: [grade], cells: {A: "1", B: "2"}}')),
            20,
            "own.yaml:20: parameters.cap.values.2020-01-01.value has no row for grade C; widen a row, add one, or say "
            "otherwise what else holds.",
        ),
        (
            written(provision("cap", "cap", '{on: lone, is: "5"}')),
            20,
            "own.yaml:20: parameters.cap.values.2020-01-01.value.on names the fact 'lone', which is not declared; use "
            "one of: loan, months, grade, female, guaranteed.",
        ),
    ],
    ids=["a fee that falls", "shares above one", "a hole in a table", "an unknown fact"],
)
def test_a_faulty_book_exits_2_with_line_key_and_remedy(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = _own(tmp_path, text)
    result = _run("check", path)
    assert (result.exit_code, result.stdout.splitlines()) == (2, [said])
    report = json.loads(_run("check", path, "--json").stdout)
    assert (report["sound"], report["problems"][0]["line"]) == (False, line)


def test_the_line_of_a_row_within_a_table(tmp_path: Path) -> None:
    rows = """\
  coverage:
    unit: share
    values:
      2020-01-01:
        source: "Trial act"
        clause: "1"
        verified: true
        value:
          select_by: [months]
          rows:
            - {when: {months: {up_to: "12"}}, is: "0.8"}
            - {when: {months: {up_to: "6"}}, is: "0.7"}
          otherwise: "0.5"
"""
    result = _run("check", _own(tmp_path, HEAD + rows))
    line = (HEAD + rows).splitlines().index('            - {when: {months: {up_to: "6"}}, is: "0.7"}') + 1
    assert f"own.yaml:{line}: parameters.coverage.values.2020-01-01.value.rows[1] is never reached" in result.stdout


def test_a_file_that_is_no_yaml_points_at_the_line(tmp_path: Path) -> None:
    result = _run("check", _own(tmp_path, "book: x\ntitle: [\n"))
    assert result.exit_code == 2
    assert "own.yaml:3: the file is not YAML" in result.stdout


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = _run("check", str(tmp_path / "none.yaml"))
    assert result.exit_code == 2
    assert "none.yaml: the file cannot be read (No such file or directory)" in result.stdout


def test_a_banks_own_book_is_listed_and_a_faulty_one_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _own(tmp_path, written())
    _own(tmp_path, written().replace("book: trial", "book: us-sba-7a"), "taken.yaml")
    monkeypatch.setenv("KEDAI_RULE_BOOKS", str(tmp_path))
    listed = json.loads(_run("--json").stdout)
    assert "trial" in {one["slug"] for one in listed["items"]}
    assert [(one["file"], one["what"]) for one in listed["problems"]] == [
        ("taken.yaml", "is 'us-sba-7a', which another file has")
    ]
    assert "left out: taken.yaml: book is 'us-sba-7a'" in _run().stdout


def test_a_folder_of_own_books_that_is_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"KEDAI_RULE_BOOKS=.*nowhere is no folder; name the folder with the YAML"):
        wiring.rule_books(Settings(rule_books=tmp_path / "nowhere"))
