"""Every table has its sources and workings, and as many cases by hand as published ones."""

from __future__ import annotations

import pytest

from tests.oracles.tables import FOLDER, Origin, cases, tables


@pytest.mark.parametrize("table", tables())
def test_at_least_as_many_cases_are_worked_by_hand_as_were_published(table: str) -> None:
    published, by_hand = (len(cases(table, origin=origin)) for origin in Origin)
    assert published > 0
    assert by_hand >= published, f"{table}: {published} published, {by_hand} by hand; work out more."


@pytest.mark.parametrize("table", tables())
def test_every_case_names_its_source_and_those_by_hand_show_their_working(table: str) -> None:
    found = cases(table)
    assert len({case["id"] for case in found}) == len(found)
    assert len({tuple(text for name, text in case.items() if name != "id") for case in found}) == len(found)
    for case in found:
        assert case["origin"] in set(Origin)
        assert case["source"]
        assert case["origin"] == Origin.PUBLISHED or case["working"], f"{table}, {case['id']} shows no working."


def test_every_table_is_run_by_a_module_of_its_name() -> None:
    assert all((FOLDER / f"test_{table}.py").is_file() for table in tables())
