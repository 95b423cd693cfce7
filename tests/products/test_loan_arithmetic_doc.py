"""The examples of docs/loan-arithmetic.md are run."""

from __future__ import annotations

import doctest
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "loan-arithmetic.md"


def test_the_examples_of_the_document_give_what_it_says() -> None:
    examples = doctest.testfile(str(DOCUMENT), module_relative=False, encoding="utf-8")
    assert examples.attempted >= 12
    assert examples.failed == 0
