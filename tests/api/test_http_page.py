"""docs/http.md says what there is, and its example runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.headroom.steps import QUOTA, RESERVATION
from api.portfolio.bodies import PORTFOLIO
from api.portfolio.tariff_solving import TARIFF
from api.settings import PREFIX, Settings
from api.web import plugins, portfolio_problems, problems, revision_problems, text_problems
from tests.api.conftest import Client
from tests.api.test_server import running_server

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")


def test_every_route_is_on_the_page_with_its_parameters_and_no_other(client: Client) -> None:
    described = {
        (
            method.upper(),
            path,
            frozenset(each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"),
        )
        for path, operations in client.get("/openapi.json").json()["paths"].items()
        for method, operation in operations.items()
    }
    rows = re.findall(r"^\| `(GET|POST) (/[^?`]*)(?:\?([^`]*))?` \|", PAGE, re.MULTILINE)
    assert {(method, path, frozenset(re.findall(r"(\w+)=", query))) for method, path, query in rows} == described


def test_every_setting_is_on_the_page_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(KEDAI_\w+)` \| `?([^`|]*?)`? \|", PAGE, re.MULTILINE))
    assert set(rows) == {PREFIX + name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if field.default is not None:
            assert rows[PREFIX + name.upper()] == str(field.default).replace("False", "false")


def test_every_kind_of_problem_is_on_the_page() -> None:
    modules = (problems, revision_problems, portfolio_problems, text_problems, plugins)
    source = "".join(Path(each.__file__).read_text(encoding="utf-8") for each in modules)
    named = set(re.findall(r'problem\(\s*"([a-z-]+)"', source)) | {"body-too-large", "unsupported-media-type"}
    named |= {f"invalid-{asked}" for asked in (RESERVATION, QUOTA, PORTFOLIO, TARIFF)}
    rows = set(re.findall(r"^\| `([a-z-]+)` \| \d{3} \|", PAGE, re.MULTILINE))
    assert rows == named | {"method-not-allowed"}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_example_runs_against_a_server(database_url: str, tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    with running_server(database_url, tmp_path / "log") as (address, _):
        program = program.replace("http://127.0.0.1:8000", address)
        run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert "01-loan-contract.zh.docx" in run.stdout
