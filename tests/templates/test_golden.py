"""The words of every document, against texts that were read by a person."""

from __future__ import annotations

from collections.abc import Callable

from products import Decision
from tests.templates.conftest import Facts
from tests.templates.golden import FOLDER, texts


def test_every_document_says_what_was_read_and_kept(decided: Callable[[Facts], Decision]) -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.txt")}
    drawn = dict(texts(decided))
    assert set(drawn) == set(kept), "read the new texts, then keep them: python -m tests.templates.golden"
    for name, text in drawn.items():
        assert text == kept[name], f"{name} differs; read it, then keep it: python -m tests.templates.golden"
