"""The words of every document, against texts that were read by a person."""

from __future__ import annotations

from tests.templates.golden import FOLDER, texts


def test_every_document_says_what_was_read_and_kept() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.txt")}
    drawn = dict(texts())
    assert set(drawn) == set(kept), "read the new texts, then keep them: python -m tests.templates.golden"
    for name, text in drawn.items():
        assert text == kept[name], f"{name} differs; read it, then keep it: python -m tests.templates.golden"
