"""A bank's package, installed from a wheel: decided through the library, the command line and HTTP."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.cli.modelling import features_named
from api.examples import PARTICULARS
from api.settings import Settings
from api.web.app import create_app
from products import Catalogue, Decision, load_catalogue
from scoring.features import FeatureFileError
from templates.writing.docx import MEDIA_TYPE
from tests.api.conftest import Client, client_of
from tests.plugins.conftest import environment
from tests.products.builders import decided, facts, objections
from tests.products.installing import on_path
from tests.templates.test_comparison import edited

PROJECT = {
    "request.product": "rd-milestone",
    "request.purpose": "research_and_development",
    "request.term_months": 24,
    "request.repayment": "equal_principal",
}


@pytest.fixture
def catalogue(rd_milestone: Path) -> Iterator[Catalogue]:
    with on_path(rd_milestone):
        found = load_catalogue(strict=True)
    yield found
    found.host.close()


def decide(catalogue: Catalogue, **changes: object) -> Decision:
    under = catalogue.offering("rd-milestone", None)
    return decided({**PROJECT, **{path.replace("__", "."): value for path, value in changes.items()}}, under=under)


def test_the_host_knows_the_product_and_has_not_imported_it(catalogue: Catalogue) -> None:
    product = catalogue.products["rd-milestone"]
    assert (product.zh, product.en, product.programme) == ("研发里程碑贷", "R&D milestone loan", "cn-scitech-2024")
    assert catalogue.package("rd-milestone") == "rd-milestone"
    assert product.book.at(date(2026, 7, 22)).milestone_shares.tolist() == [400_000, 350_000, 250_000]
    assert "rd_milestone" not in sys.modules


def test_the_limit_is_one_and_a_half_times_last_years_research(catalogue: Catalogue) -> None:
    decision = decide(catalogue, financials__rd_expense=["15000000.00", "19000000.00", "24000000.00"])
    limits = {one.name: str(one.amount) for one in decision.amount.limits}
    assert limits["research_limit"] == "36000000.00"
    assert (decision.outcome, str(decision.amount.approved)) == ("approve", "1000000.00")


def test_the_banks_own_tariff_holds_and_became_cheaper_in_2026(catalogue: Catalogue) -> None:
    # Tier 1, band A: 0.25 % of a million since 2026, 0.30 % before.
    since = decide(catalogue)
    before = decide(catalogue, request__applied_on="2025-12-31")
    assert since.fee is not None
    assert before.fee is not None
    assert (since.fee.tier, str(since.fee.amount)) == ("tier_1/A", "2500.00")
    assert (before.fee.tier, str(before.fee.amount)) == ("tier_1/A", "3000.00")


@pytest.mark.parametrize(
    ("changes", "objection"),
    [
        ({"request__term_months": 18}, {}),
        (
            {"request__term_months": 17},
            {"term_is_within_the_product": "not_met", "term_outlasts_the_last_milestone": "not_met"},
        ),
        # A twentieth of 300 million is 15 million.
        ({"financials__rd_expense": ["1.00", "1.00", "15000000.00"]}, {}),
        ({"financials__rd_expense": ["1.00", "1.00", "14999999.99"]}, {"spends_enough_on_research": "not_met"}),
        (
            {"financials__rd_expense": ["1.00", "24000000.01", "24000000.00"]},
            {"research_spending_does_not_shrink": "not_met"},
        ),
        ({"request__purpose": "working_capital"}, {"purpose_is_offered": "not_met"}),
    ],
)
def test_its_rules_on_both_sides_of_their_limits(
    catalogue: Catalogue, changes: dict[str, object], objection: dict[str, str]
) -> None:
    assert objections(decide(catalogue, **changes)) == objection


def test_each_milestone_after_the_first_is_a_condition(catalogue: Catalogue) -> None:
    conditions = [one.name for one in decide(catalogue).conditions]
    assert {"prototype_accepted", "pilot_accepted"} < set(conditions)


def test_a_score_can_be_trained_with_its_features_by_the_products_name(rd_milestone: Path) -> None:
    with on_path(rd_milestone):
        found = features_named(Path("rd-milestone"))
    assert [(one.name, one.facts) for one in found] == [
        ("research_per_researcher", ("rd_expense_y0", "rd_staff")),
        ("research_kept_up", ("rd_expense_y0", "rd_expense_y1")),
    ]
    with pytest.raises(FeatureFileError, match="no-such: not a readable YAML file"):
        features_named(Path("no-such"))


@pytest.mark.slow
def test_its_own_tests_and_the_kit_pass_where_it_is_installed(rd_milestone: Path, tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parent / "rd-milestone" / "tests", tmp_path / "tests")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "products.testing.pytest_plugin", "-p", "no:cacheprovider"],
        env=environment(rd_milestone),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "12 passed" in done.stdout


def test_the_command_line_lists_decides_and_stores_it(rd_milestone: Path, database_url: str, tmp_path: Path) -> None:
    (tmp_path / "application.json").write_text(json.dumps(facts(PROJECT)), encoding="utf-8")

    def kedai(*arguments: str) -> str:
        return subprocess.run(
            ["kedai", *arguments],
            env=environment(rd_milestone, KEDAI_DATABASE_URL=database_url, KEDAI_STRICT_PLUGINS="true"),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    listed = json.loads(kedai("products", "--json"))
    assert "rd-milestone" in [one["slug"] for one in listed["items"]]
    decision = json.loads(kedai("decide", "application.json", "--on", "2026-07-22", "--json"))
    assert (decision["outcome"], decision["product"]) == ("approve", "rd-milestone")
    assert decision["fee"]["amount"] == "2500.00"


def test_http_decides_it_and_drafts_its_contracts(rd_milestone: Path, database_url: str) -> None:
    with on_path(rd_milestone):
        app = create_app(Settings(database_url=database_url, pool_size=2, strict_plugins=True))
    with client_of(app) as client:
        posted = client.post("/v1/decisions", params={"on": "2026-07-22"}, json=facts(PROJECT))
        assert posted.status_code == 201, posted.text
        decision: dict[str, Any] = posted.json()
        assert (decision["outcome"], decision["product"]) == ("approve", "rd-milestone")
        again = client.get(f"/v1/decisions/{decision['id']}")
        assert again.json() == decision
        assert [one["slug"] for one in client.get("/v1/products").json()["items"]].count("rd-milestone") == 1
        _drafts(client, decision["id"])


def _drafts(client: Client, decision_id: str) -> dict[str, Any]:
    particulars = json.loads(PARTICULARS.read_bytes())
    drafted = client.post(f"/v1/decisions/{decision_id}/contracts", json=particulars)
    assert drafted.status_code == 201, drafted.text
    found: dict[str, Any] = drafted.json()
    kinds = {one["kind"] for one in found["documents"]}
    assert {"loan-contract", "guarantee-contract"} <= kinds
    return found


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_returned_contract_may_state_the_products_own_figures_and_no_others(
    rd_milestone: Path, database_url: str
) -> None:
    with on_path(rd_milestone):
        app = create_app(Settings(database_url=database_url, pool_size=2, strict_plugins=True))
    with client_of(app) as client:
        decision = client.post("/v1/decisions", params={"on": "2026-07-22"}, json=facts(PROJECT)).json()
        contracts = _drafts(client, decision["id"])
        address = next(one["url"] for one in contracts["documents"] if one["filename"] == "01-loan-contract.zh.docx")
        sent = client.get(address).content

        def check(content: bytes) -> dict[str, Any]:
            headers = {"Content-Type": MEDIA_TYPE}
            answer = client.post(f"/v1/contracts/{contracts['id']}/returned", content=content, headers=headers)
            assert answer.status_code == 201, answer.text
            found: dict[str, Any] = answer.json()
            return found

        unchanged, changed = check(sent), check(edited(sent, "借款金额的35%", "借款金额的36%"))
    assert (unchanged["unchanged"], unchanged["figures"]) == (True, [])
    assert [(one["kind"], one["text"]) for one in changed["figures"]] == [("percent", "36%")]
    (difference,) = changed["differences"]
    assert (difference["heading"], difference["clause"]) == ("按里程碑提款", "milestone-drawdown")
    assert (difference["figures_before"], difference["figures_after"]) == (["35%"], ["36%"])
