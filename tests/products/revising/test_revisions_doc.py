"""The example in docs/revisions.md is a revision that can be drafted."""

from __future__ import annotations

import re
from pathlib import Path

from products.revising.content import read_content
from products.revising.terms import checked_book
from tests.products.revising.contents import APRIL, innovation_credit, installed

PAGE = (Path(__file__).parents[3] / "docs" / "revisions.md").read_text(encoding="utf-8")


def test_the_example_lowers_the_highest_amount_to_five_million_yuan() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    content = read_content(example.encode())
    book = checked_book(content, innovation_credit(), installed().programmes)
    assert book.at(APRIL).amount_cap == 500_000_000
