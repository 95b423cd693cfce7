"""The kit's check of documents: a new package passes, and each thing that is missing or wrong is named."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from api.plugins.conformity import documents_are_complete
from products.catalogue.innovation_credit import PRODUCT as CREDIT
from products.programmes.cn_scitech_2024 import PROGRAMME
from products.scaffold import write_plugin
from products.testing import Bench, bench_of, checks
from tests.products.installing import RANGE, on_path


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Bench]]:
    """A package as it is written, on the path with its metadata, and the bench of its product."""
    folder = write_plugin("kd-papers", into=tmp_path_factory.mktemp("papers"), zh="文书贷", en="Papers")
    info = folder / "kd_papers-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: kd-papers\nVersion: 0.1.0\nClassifier: {RANGE}\n")
    (info / "entry_points.txt").write_text(
        "[kedai.products]\nkd-papers = kd_papers.product:PRODUCT\n[kedai.data]\nkd-papers = kd_papers:data\n"
    )
    with on_path(folder):
        product = import_module("kd_papers.product").PRODUCT
        yield folder / "kd_papers" / "data", bench_of(product)
    for name in ("kd_papers", "kd_papers.product"):
        del sys.modules[name]


def test_a_new_package_is_complete(package: tuple[Path, Bench]) -> None:
    found = checks()["documents"](package[1])
    assert found.problems == ()
    assert found.looked_at == "1 clauses of its own in two languages, 1 sets drawn from samples"


def test_kedais_own_products_and_programmes_bring_no_documents() -> None:
    for subject, said in ((CREDIT, "kedai's own documents; the package brings none"), (PROGRAMME, "documents belong")):
        found = documents_are_complete(bench_of(subject))
        assert found.passed
        assert found.looked_at.startswith(said)


SAMPLE, CLAUSE = "examples/application.json", "contracts/clauses/zh/staff-notice.md"


@pytest.mark.parametrize(
    ("place", "old", "new", "said"),
    [
        (SAMPLE, None, None, "No sample reaches the clause staff-notice; bring one that is approved and does."),
        (SAMPLE, '"kd-papers"', '"ip-pledge"', "The sample application.json is for ip-pledge; let it ask for kd-pap"),
        (SAMPLE, '"employees": 200', '"employees": -1', "The sample application.json cannot be read: enterprise.empl"),
        (CLAUSE, "notice_days", "notice_hours", "names product.notice_hours, which its context does not offer; write"),
        (CLAUSE, "从业人数低于", "从业人数低于3", "numbers and logic belong to the context"),
        (CLAUSE, None, None, "staff-notice, which has no zh text; write it."),
        ("contracts/placement.yaml", None, None, "staff-notice stands in no document; give it a placement."),
        ("features.yaml", "revenue_y0", "revenues", "reads revenues, which no application states."),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    package: tuple[Path, Bench], place: str, old: str | None, new: str | None, said: str
) -> None:
    path = package[0] / place
    before = path.read_text(encoding="utf-8")
    try:
        if old is None or new is None:
            path.unlink()
        else:
            assert old in before
            path.write_text(before.replace(old, new), encoding="utf-8")
        problems = documents_are_complete(package[1]).problems
        assert any(said in problem for problem in problems), problems
    finally:
        path.write_text(before, encoding="utf-8")


def test_a_sample_that_is_not_approved_reaches_nothing(package: tuple[Path, Bench]) -> None:
    path = package[0] / SAMPLE
    before = path.read_text(encoding="utf-8")
    facts = json.loads(before)
    facts["enterprise"]["employees"] = 9
    try:
        path.write_text(json.dumps(facts), encoding="utf-8")
        (problem,) = documents_are_complete(package[1]).problems
        assert problem == "No sample reaches the clause staff-notice; bring one that is approved and does."
    finally:
        path.write_text(before, encoding="utf-8")
