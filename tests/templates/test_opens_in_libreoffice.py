"""The files in LibreOffice: they open, paginate, and print every character with a font that has it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from products import Decision
from templates import ContractSet, Format, Layout, Particulars, draft
from tests.templates.conftest import Facts, facts_of, full_case

pytestmark = pytest.mark.system
LISTS = ("signing-list", "drawdown-che")
"""Beginnings of the papers that parties do not seal."""
PLACE_TO_SIGN = re.compile("盖章处|签字处|seal here|sign here")


@pytest.fixture(scope="module")
def printed(
    zhilai_set: ContractSet, decided: Callable[[Facts], Decision], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The PDF of every DOCX of the pledge example in both layouts, by file name."""
    folder = tmp_path_factory.mktemp("printed")
    facts, given = full_case()
    columns = draft(
        decided(facts_of("zhilai")),
        facts,
        Particulars.model_validate(given),
        layout=Layout.SIDE_BY_SIDE,
        formats=[Format.DOCX],
    )
    names = []
    for file in (*zhilai_set.documents, *columns.documents):
        if file.format is Format.DOCX:
            (folder / file.filename).write_bytes(file.content)
            names.append(file.filename)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", *names], cwd=folder, check=True, capture_output=True
    )
    return {name: folder / f"{Path(name).stem}.pdf" for name in names}


def pages_of(pdf: Path) -> list[str]:
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True).stdout.decode()
    return text.removesuffix("\f").split("\f")


def test_every_document_opens_and_no_page_is_empty(printed: dict[str, Path]) -> None:
    for pdf in printed.values():
        pages = pages_of(pdf)
        assert 1 <= len(pages) <= 10
        for page in pages:
            assert len("".join(page.split())) > 80


def test_no_signature_stands_alone_on_a_page(printed: dict[str, Path]) -> None:
    contracts = {name: pdf for name, pdf in printed.items() if name.split("-", 1)[1][:12] not in LISTS}
    for pdf in contracts.values():
        before = next(before for before, *signing in map(PLACE_TO_SIGN.split, pages_of(pdf)) if signing)
        assert len("".join(before.split())) > 80


def test_libreoffice_numbers_articles_as_the_contract_refers_to_them(printed: dict[str, Path]) -> None:
    text = "".join("".join(page.split()) for page in pages_of(printed["01-loan-contract.zh.docx"]))
    assert "第七条借款发放（一）提款条件满足的，贷款人应当于2026年7月31日将第一条第（三）款约定的借款一次" in text
    assert "附件一还款计划" in text


def test_libreoffice_numbers_both_columns_and_puts_each_clause_beside_its_translation(
    printed: dict[str, Path],
) -> None:
    lines = [line for page in pages_of(printed["01-loan-contract.zh-en.docx"]) for line in page.splitlines()]
    for chinese, english in (
        ("第三条 借款期限", "Article 3 Term of the Loan"),
        ("附件一 还款计划", "Annex 1 Repayment Plan"),
    ):
        assert [line.split("  ")[-1].strip() for line in lines if line.strip().startswith(chinese)] == [english]
    first_clauses = [line.split() for line in lines if line.strip().startswith("（一）")]
    numbered = [[word for word in words if word.count(".") == 1 and word.endswith(".1")] for words in first_clauses]
    assert ["1.1"] in numbered
    assert ["3.1"] in numbered


def test_every_font_is_embedded(printed: dict[str, Path]) -> None:
    for pdf in printed.values():
        lines = subprocess.run(["pdffonts", pdf], check=True, capture_output=True).stdout.decode().splitlines()[2:]
        assert lines
        assert all(line.split()[-5] == "yes" for line in lines)
