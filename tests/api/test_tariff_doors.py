"""The tariff solver over HTTP and on the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from tests.api.conftest import Client

DOCS = Path(__file__).parent.parent.parent / "docs" / "portfolio.md"
one_database = pytest.mark.parametrize("database_kind", ["sqlite"])
"""No database is asked."""


def cell(band: str, volume: str, cost: str, **more: str) -> dict[str, str]:
    return {"tier": "tier_1", "band": band, "volume": volume, "cost": cost, **more}


TASK = {"target": "0.01", "cells": [cell("A", "100.00", "0.0060"), cell("B", "100.00", "0.0180")]}
"""60 and 180 basis points on equal volumes against 100 on average: 50 and 150 leave each a sixth uncovered."""


@pytest.fixture
def kedai(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the task in cells.json, and no database."""
    monkeypatch.setenv("KEDAI_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    (tmp_path / "cells.json").write_text(json.dumps(TASK), encoding="utf-8")
    return tmp_path


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["tariff", *arguments])


@one_database
def test_a_tariff_is_solved_and_explained_row_by_row(client: Client) -> None:
    answer = client.post("/v1/tariff", json=TASK).json()
    assert (answer["average"], answer["full_cost"], answer["covered"]) == ("0.0100", "0.0120", "0.833333")
    assert answer["highest"] == "0.0180"
    first, second = answer["rows"][:2]
    assert (first["fee"], second["fee"], second["shortfall"]) == ("0.0050", "0.0150", "0.0030")
    assert (first["why"], second["why"]) == ("held_down", "held_down")
    assert second["explanation"] == (
        "Costs 180.00 bp; charged 150 bp to keep the average within 1.00%, 30.00 bp uncovered."
    )
    assert answer["fee_tariff"]["tier_1"]["B"] == "0.0150"
    assert len(answer["rows"]) == 20


@one_database
def test_the_example_of_the_docs_is_solved(client: Client) -> None:
    (task,) = re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    answer = client.post("/v1/tariff", content=task, headers={"Content-Type": "application/json"}).json()
    assert {one["why"] for one in answer["rows"] if one["volume"] != "0.00"} == {"covered"}


@one_database
def test_without_a_tariff_the_row_that_binds_is_named(client: Client) -> None:
    task = TASK | {"cells": [cell("A", "100.00", "0.0060", at_least="0.0120"), cell("B", "100.00", "0.0180")]}
    response = client.post("/v1/tariff", json=task)
    assert (response.status_code, response.json()["type"]) == (409, "urn:kedai:problem:no-tariff")
    (error,) = response.json()["errors"]
    assert error["path"] == "tier_1/A"
    assert "lower that one to 100 bp or raise the target to 12000 ppm." in error["message"]


@one_database
@pytest.mark.parametrize(
    ("changes", "path", "sentence"),
    [
        ({"target": 0.01}, "target", 'write a fraction of at most six decimals such as "0.0125"'),
        ({"highest": "0.01255"}, "highest", "is not in whole basis points"),
        ({"cells": [cell("F", "1", "0")]}, "cells[0].band", "pattern"),
        ({"cells": [cell("A", "1", "0"), cell("A", "1", "0")]}, "cells[1]", "The cell tier_1/A is given twice."),
        ({"cells": [cell("A", "1e6", "0")]}, "cells[0].volume", "1e6 is no amount"),
    ],
)
def test_a_task_that_cannot_be_used_names_the_place(
    client: Client, changes: dict[str, Any], path: str, sentence: str
) -> None:
    response = client.post("/v1/tariff", json=TASK | changes)
    assert (response.status_code, response.json()["type"]) == (422, "urn:kedai:problem:invalid-tariff")
    (error,) = response.json()["errors"]
    assert error["path"] == path
    assert sentence in error["message"]


def test_a_file_of_cells_and_a_products_population_are_solved(kedai: Path) -> None:
    shown = _run("--cells", str(kedai / "cells.json"))
    assert shown.exit_code == 0
    assert "Average fee 1.00 % of at most 1.00 %" in shown.stdout
    assert "held_down" in shown.stdout
    asked = ("innovation-credit", "--applications", "300", "--on", "2026-07-22", "--operating", "0.001", "--json")
    answer = json.loads(_run(*asked).stdout)
    assert answer["population"] == "300 generated applications, seed 1"
    assert answer["target"] == "0.0100"
    assert float(answer["average"]) <= 0.01
    fees = [[float(fee) for fee in row.values()] for row in answer["fee_tariff"].values()]
    assert all(list(row) == sorted(row) for row in (*fees, *zip(*fees, strict=True)))


def test_what_is_asked_wrongly_exits_2_and_what_has_no_tariff_1(kedai: Path) -> None:
    for arguments, status, sentence in (
        ((), 2, "Name a product, or a file of cells with --cells; one of the two."),
        (("spring-loan",), 2, "There is no product 'spring-loan'"),
        (("innovation-credit", "--target", "1 %"), 2, "--target: 1 % is no rate; write a fraction"),
        (("innovation-credit", "--lowest", "0.00015"), 2, "--lowest: 0.00015 is not in whole basis points"),
        (("innovation-credit", "--file", "x", "--stored"), 2, "--file and --stored name two populations."),
        (("--cells", str(kedai / "none.json")), 2, "The file cannot be read"),
        (("innovation-credit", "--applications", "50", "--on", "2026-07-22", "--lowest", "0.02"), 1, "weighs most;"),
    ):
        wrong = _run(*arguments)
        assert (wrong.exit_code, wrong.stdout) == (status, "")
        assert sentence in wrong.stderr
