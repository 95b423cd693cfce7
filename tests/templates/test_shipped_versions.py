"""A shipped text whose words change has another version, since every contract names the versions it was drawn from."""

from __future__ import annotations

from tests.templates.shipped_versions import faults, recorded, shipped


def test_every_shipped_text_has_the_words_of_its_version() -> None:
    assert list(faults(shipped(), recorded())) == []


def test_words_that_change_under_their_version_are_named_with_what_to_do() -> None:
    before = shipped() | {"zh/loan-term 0.9.0": "of old"}
    now = dict(shipped()) | {"zh/loan-term 0.9.0": "new words", "en/grace 1.0.0": "new"}
    changed, unknown = faults(now, before)
    assert changed.startswith("zh/loan-term 0.9.0 has other words than when it was given out")
    assert "raise its version, in both languages of a clause" in changed
    assert unknown == (
        "en/grace 1.0.0 is not in shipped_versions.json; enter it with python -m tests.templates.shipped_versions."
    )


def test_versions_of_old_stay_recorded() -> None:
    assert "zh/pledge-licences 1.0.1" in recorded()
