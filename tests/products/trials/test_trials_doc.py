"""The plan in docs/trials.md can be read, and the fields of an outcome stand on the page."""

from __future__ import annotations

import re
from pathlib import Path

from products.trials.plan import Measure, read_plan
from products.trials.realised import FIELDS

PAGE = (Path(__file__).parents[3] / "docs" / "trials.md").read_text(encoding="utf-8")


def test_the_example_gives_a_tenth_of_the_applicants_to_the_challenger() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    plan = read_plan(example.encode())
    assert (plan.share_ppm, plan.challenger, len(plan.stop)) == (100_000, "spring", 2)


def test_every_measure_and_every_field_of_an_outcome_is_on_the_page() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(FIELDS)
    assert all(f"`{measure}`" in PAGE for measure in Measure)
