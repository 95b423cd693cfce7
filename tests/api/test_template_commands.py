"""``kedai templates`` and the group ``kedai contract`` as a legal team meets them."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import docx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from api.cli import app
from api.examples import FOLDER
from tests.templates.texts import clause_text, word_file

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
DECIDE = ("decide", str(FOLDER / "zhilai.json"), "--on", "2026-07-22", "--json")
SINCE = "2099-04-01"


@pytest.fixture(autouse=True)
def _environment(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEDAI_DATABASE_URL", database_url)
    monkeypatch.setenv("KEDAI_OUT_DIR", str(tmp_path / "out"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def said(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 2
    return result.stderr


def clause_files(folder: Path, **changes: str) -> tuple[str, str]:
    text = clause_text(since=SINCE, **changes)
    paths = (folder / "prepayment.zh.md", folder / "prepayment.en.md")
    for path, content in zip(paths, (text.zh, text.en), strict=True):
        path.write_text(content, encoding="utf-8")
    return str(paths[0]), str(paths[1])


def test_texts_are_listed_shown_and_linted() -> None:
    listed = said("templates", "list")
    assert "guarantee-period 1.1.0  保证期间 Guarantee Period  mandatory guarantees" in listed
    assert "loan-contract 1.0.0  借款合同 Loan Contract" in listed
    assert said("templates", "show", "loan-term").startswith("---\nid: loan-term\n")
    assert said("templates", "lint").startswith("Nothing is wrong with the 1")
    assert "There is no clause 'loan-tern'" in refused("templates", "show", "loan-tern")


def test_positions_say_what_may_be_conceded() -> None:
    shown = said("templates", "positions", "guarantee-period")
    assert "可接受 acceptable  two-years" in shown
    assert "when guarantee_period_months >= 24 and guarantee_period_months < 36" in shown
    assert "loan-term is no clause with positions" in refused("templates", "positions", "loan-term")
    assert "loan-breach 1.1.0" in said("templates", "positions")


def test_a_preview_draws_a_clause_or_a_document_for_a_sample(tmp_path: Path) -> None:
    clause = said("templates", "preview", "loan-prepayment").splitlines()
    assert (clause[0], len(clause)) == ("提前还款", 3)
    assert said("templates", "preview", "patent-pledge", "--language", "en").startswith("Patent Pledge Contract")
    written = said("templates", "preview", "cost-sheet", "--sample", "unsecured", "--out", str(tmp_path)).split()
    assert {Path(each).suffix for each in written} == {".docx", ".html"}
    assert "has no patent-pledge" in refused("templates", "preview", "patent-pledge", "--sample", "unsecured")
    assert "Take one of: copyright, every-security" in refused("templates", "preview", "x", "--sample", "x")


def test_coverage_names_the_clauses_that_no_sample_reaches() -> None:
    answer = json.loads(said("templates", "coverage", "--json"))
    assert answer["unreached"] == []
    assert answer["reached"]["guarantee-share-full"] == 1
    assert answer["reached"]["loan-term"] == len(answer["samples"])
    assert answer["reached"]["pledge-property-trademark"] == 1


def test_a_clause_goes_from_file_to_force_and_out_again(tmp_path: Path) -> None:
    files = clause_files(tmp_path)
    assert "Nothing is wrong with clause loan-prepayment" in said("templates", "lint", *files)
    version = json.loads(said("templates", "draft", *files, "--by", "王芳", "--json"))
    assert "本条自本版本起适用。" in said("templates", "preview", "loan-prepayment", "--version", version["id"])
    said("templates", "submit", version["id"], "--by", "王芳")
    assert "王芳 drafted or submitted this text" in refused("templates", "approve", version["id"], "--by", "王芳")
    assert "is approved" in said("templates", "approve", version["id"], "--by", "李雷")
    assert "loan-prepayment 1.1.0" in said("templates", "list", "--on", SINCE)
    gone = "2099-06-01"
    withdrawal = said("templates", "withdraw", version["id"], "--by", "王芳", "--note", "有误", "--on", gone)
    assert withdrawal.endswith(f"It is withdrawn from {gone} on.\n")
    assert said("templates", "versions", "loan-prepayment").endswith(f"withdrawn from {gone}\n")
    kinds = [each["kind"] for each in json.loads(said("templates", "history", version["id"]))["history"]]
    assert kinds == ["drafted", "submitted", "approved", "withdrawn"]


def test_each_step_names_the_next_and_a_first_day_that_has_passed_is_told_at_once(tmp_path: Path) -> None:
    drafted = said("templates", "draft", *clause_files(tmp_path), "--by", "王芳")
    version = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", drafted)[0]
    assert f"Hand it in for review with: kedai templates submit {version} --by NAME" in drafted
    submitted = said("templates", "submit", version, "--by", "王芳")
    assert f"Another person approves it with: kedai templates approve {version} --by NAME" in submitted
    text = clause_text(since="2025-04-19")
    for path, content in zip(clause_files(tmp_path), (text.zh, text.en), strict=True):
        Path(path).write_text(content, encoding="utf-8")
    late = said(
        "templates", "draft", str(tmp_path / "prepayment.zh.md"), str(tmp_path / "prepayment.en.md"), "--by", "王芳"
    )
    assert "It cannot be approved: 2025-04-19 has passed." in late


def test_files_that_are_no_text_are_refused_with_the_remedy(tmp_path: Path) -> None:
    wrong = clause_files(tmp_path, body="§ {{ loan.amont }}")
    assert "write loan.amount" in refused("templates", "draft", *wrong, "--by", "王芳")
    assert "in Chinese and in English" in refused("templates", "draft", wrong[0], wrong[0], "--by", "王芳")
    (tmp_path / "a.docx").write_bytes(word_file(titles=["借款期限"]))
    word = str(tmp_path / "a.docx")
    assert "--document is missing" in refused("templates", "lint", word)
    assert "--from is missing" in refused("templates", "lint", word, "--document", "loan-contract")
    found = refused("templates", "lint", word, "--document", "loan-contract", "--from", SINCE)
    assert "'借款用途' is the title of the mandatory clause loan-purpose" in found
    (tmp_path / "split.docx").write_bytes(word_file(["{{ loan", ".amount }}"]))
    notes = said("templates", "lint", str(tmp_path / "split.docx"), "--document", "loan-contract", "--from", SINCE)
    assert "Note: word/document.xml: '{{ loan.amount }}' is split over 2 runs" in notes
    assert "Nothing is wrong with word" in notes
    assert "Give a clause as two .md files" in refused("templates", "draft", str(tmp_path / "x.txt"), "--by", "王芳")
    assert "There are no versions" in said("templates", "versions")


def test_a_set_is_drafted_listed_verified_and_compared_with_what_came_back(tmp_path: Path) -> None:
    decision = json.loads(said(*DECIDE))["id"]
    paper = tmp_path / "report.pdf"
    paper.write_bytes(b"%PDF-1.7")
    assert "valuation_report" in said(
        "contract", "attach", decision, str(paper), "--kind", "valuation_report", "--by", "王芳"
    )
    assert "report.pdf  8 bytes  by 王芳" in said("contract", "papers", decision)
    particulars = str(FOLDER / "particulars.json")
    paths = [Path(line) for line in said("contract", "--particulars", particulars, decision).splitlines()]
    names = {path.name.partition("-")[2] for path in paths}
    assert names >= {"negotiation-sheet.zh.html", "registration-pack.zh.json"}
    (line,) = said("contract", "list", decision).splitlines()
    set_id = line.split()[0]
    assert re.search(r"  separate  [0-9]+ files  entry 1  kept until 2037-07-31$", line)
    assert said("contract", "verify", set_id) == "Every file comes out byte for byte, and the chain is whole.\n"
    contract = next(path for path in paths if path.name == "01-loan-contract.zh.docx")
    assert said("contract", "check-returned", set_id, str(contract)).endswith("Nothing was changed.\n")
    edited = tmp_path / "returned.docx"
    edited.write_bytes(_edited(contract.read_bytes()))
    found = said("contract", "check-returned", set_id, str(edited))
    assert "changed  提前还款" in found
    assert "unknown count 3: " in found
    assert "kedai templates positions loan-prepayment says what may be answered" in found
    redlined = said("contract", "redline", set_id, str(edited), "--out", str(tmp_path / "redlines"))
    assert redlined.startswith("loan-contract.zh: 1 altered\n  changed  提前还款\n")
    assert (tmp_path / "redlines/01-loan-contract.zh.redline.html").exists()
    for against in ("approved", "previous", set_id):
        said_no = refused("contract", "redline", set_id, str(edited), "--against", against)
        assert said_no.startswith(f"--against {against}: returned.docx came back from the other side")
        assert said_no.strip().endswith("leave --against out, or leave the file out to compare drafts.")
    assert refused("contract", "redline", set_id).startswith(f"The set {set_id} is the first of its decision")
    approved = said("contract", "redline", set_id, "--against", "approved", "--out", str(tmp_path / "approved"))
    assert re.search(r"^loan-contract\.zh: [0-9]+ filled in, 0 altered$", approved, re.MULTILINE)
    assert (tmp_path / "approved/02-patent-pledge.en.redline.docx").exists()
    assert "The file is no DOCX" in refused("contract", "check-returned", set_id, str(paper))
    assert said("contract", "check-returned", set_id, str(edited), "--by", "王芳") == found
    kept = said("contract", "returned", set_id).splitlines()
    assert [line.split()[3:5] for line in kept] == [
        ["loan-contract.zh", "unchanged"],
        ["loan-contract.zh", "changed"],
        ["loan-contract.zh", "changed"],
    ]
    assert "by 王芳" in kept[2]
    assert "There is no contract set '1'" in refused("contract", "returned", "1")
    assert "There is no contract set '1'" in refused("contract", "verify", "1")


def _edited(content: bytes) -> bytes:
    document = docx.Document(io.BytesIO(content))
    for paragraph in document.paragraphs:
        for one in paragraph.runs:
            one.text = one.text.replace("提前10日", "提前3日")
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()
