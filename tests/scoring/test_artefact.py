"""Artefacts: what is written is read; a hostile or damaged one is refused with a sentence, never executed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring
from scoring.artefact import LARGEST_ARTEFACT_BYTES, dump
from scoring.artefact_fields import ArtefactError
from tests.scoring.test_scorecard import small_scorecard


def signed(document: dict[str, Any]) -> bytes:
    """The document with a digest that fits."""
    blank = json.dumps(document | {"digest": "sha256:" + "0" * 64}, ensure_ascii=False).encode()
    return blank.replace(b"0" * 64, hashlib.sha256(blank).hexdigest().encode(), 1)


def changed(change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The small scorecard's artefact with one change and a fitting digest."""
    document = json.loads(dump(small_scorecard()))
    change(document)
    return signed(document)


def test_what_is_written_is_read_and_written_again_alike() -> None:
    content = dump(small_scorecard())

    again = scoring.load(content)

    assert dump(again) == content
    assert again.tables == small_scorecard().tables
    assert again.pairs == small_scorecard().pairs
    assert again.digest == json.loads(content)["digest"]


@pytest.mark.parametrize(
    ("points", "grid"),
    [
        ([800, 100, 101, -50], [[7, 0, 0], [0, 0, 0], [0, -5, 0], [0, 0, 0]]),
        ([800, 100, 100, -50], [[7, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        ([800, 100, 100, -50], [[7, 0, 0], [0, 0, 0], [0, 0, 1], [0, 0, 0]]),
    ],
)
def test_points_against_a_policy_sign_are_refused_also_through_pairs(points: list[int], grid: list[list[int]]) -> None:
    def turn(document: dict[str, Any]) -> None:
        document["features"][0]["points"] = points
        document["pairs"][0]["points"] = grid

    # More debt is worse by policy; the third bin has a hundredth more than the second, with some grade at least.
    with pytest.raises(ArtefactError, match=r"points turn against the sign of debt_ratio\. Train it anew\."):
        scoring.load(changed(turn))


def test_unknown_values_and_free_features_have_no_sign_to_keep() -> None:
    def turn(document: dict[str, Any]) -> None:
        document["features"][0]["points"] = [800, 100, 100, 5_000]
        document["features"][1]["points"] = [-500, 300, 9]
        document["pairs"][0]["points"] = [[7, 0, 0], [0, 0, 0], [0, 0, 0], [900, 900, 900]]

    assert scoring.load(changed(turn)).against_their_sign == []


def test_a_file_is_read_from_its_path_and_a_missing_one_named(tmp_path: Path) -> None:
    path = tmp_path / "score.json"
    path.write_bytes(dump(small_scorecard()))

    assert scoring.load(path).model_id == scoring.load(str(path)).model_id == "small-1"
    with pytest.raises(ArtefactError, match=r"none\.json cannot be read \(No such file or directory\)\. Check"):
        scoring.load(tmp_path / "none.json")


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_single_changed_byte_is_noticed(at: int, byte: int) -> None:
    content = bytearray(dump(small_scorecard()))
    at %= len(content)
    if content[at] == byte:
        return
    content[at] = byte

    with pytest.raises(ArtefactError):
        scoring.load(bytes(content))


REFUSED: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (
        lambda d: d.update(schema="kedai-scorecard/0"),
        "schema is kedai-scorecard/0, this version reads",
    ),
    (lambda d: d.update(code="import os"), r"artefact\.code is not part of the schema"),
    (lambda d: d.pop("bands"), r"artefact\.bands is missing"),
    (lambda d: d.update(base=1.5), r"artefact\.base is no integer"),
    (lambda d: d.update(base=True), r"artefact\.base is no integer"),
    (lambda d: d.update(base=10**9), r"artefact\.base is no integer from -1000000 to 1000000"),
    (lambda d: d.update(features=[]), r"artefact\.features is no list of 1 to 1000"),
    (lambda d: d.update(features={}), r"artefact\.features is no list"),
    (lambda d: d["features"][0].update(edges=[0.6, 0.4]), r"features\[0\]\.edges is not strictly ascending"),
    (lambda d: d["features"][0].update(edges=[0.4, 0.4]), r"features\[0\]\.edges is not strictly ascending"),
    (lambda d: d["features"][0].update(edges=[0.4, 1e301]), "holds something that is no finite number"),
    (lambda d: d["features"][0].update(edges=["0.4", 0.6]), "holds something that is no finite number"),
    (lambda d: d["features"][0].update(points=[1, 2, 3]), r"features\[0\]\.points is no list of 4 to 4 entries"),
    (lambda d: d["features"][0].update(points=[1, 2, 3, 10**7]), "holds something that is no integer"),
    (lambda d: d["features"][0].update(points=[1, 2, 3, "x"]), "holds something that is no integer"),
    (lambda d: d["features"][0].update(shares=[1, 2]), "does not hold a share for each of 4 bins"),
    (lambda d: d["features"][0].update(other=7), r"features\[0\]\.other is no integer from 0 to 3"),
    (lambda d: d["features"][0].update(kind="code"), "is code, none of number, category"),
    (lambda d: d["features"][1].update(edges=[1.0]), "is category but the table is of the other kind"),
    (lambda d: d["features"][0].update(numerator=[["x", "y"]]), "holds something that is no finite number"),
    (lambda d: d["features"][0].update(numerator=[]), "is no list of 1 to 20 entries"),
    (lambda d: d["features"][0].update(sign=2), "is no integer from -1 to 1"),
    (lambda d: d["features"][0].update(name=""), "is no text of 1 to 500 characters"),
    (lambda d: d["features"][1].update(name="debt_ratio"), "names a feature twice"),
    (lambda d: d["features"][1].update(levels={"A": 0, "B": 5}), "does not number its bins 0, 1, 2 without a gap"),
    (lambda d: d["features"][1].update(levels={"A": 0, "B": -1}), "does not number its bins"),
    (lambda d: d["pairs"][0].update(second="debt_ratio"), "is the same feature as first"),
    (lambda d: d["pairs"][0].update(second="none"), "is none, none of debt_ratio, grade"),
    (lambda d: d["pairs"][0].update(points=[[1]]), "is no list of 4 to 4 entries"),
    (lambda d: d["pairs"][0].update(points=[[1]] * 4), "is no grid of 4 x 3"),
    (lambda d: d["bands"].reverse(), "must fall strictly from the best band to one that begins at 0"),
    (lambda d: d["calibration"].update(log_odds=[0.0, 1.0]), r"log_odds rises: more points would mean more defaults"),
    (lambda d: d["calibration"].update(points=[5, 5]), r"calibration\.points is not strictly ascending"),
    (lambda d: d["calibration"].update(log_odds=[0.0]), r"calibration\.log_odds is no list of 2 to 2 entries"),
    (lambda d: d["calibration"].update(points=[0], log_odds=[0.0]), "is no list of 2 to 1000 entries"),
    (lambda d: d["calibration"].update(points=[0, 10**7]), "holds something that is no integer"),
    (lambda d: d["manifest"].update(rows=0), r"manifest\.rows is no integer"),
    (lambda d: d["manifest"].update(synthetic="no"), "is neither true nor false"),
    (lambda d: d["manifest"].update(metrics={"auc": None}), r"metrics\.auc holds something that is no finite number"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED)
def test_a_well_signed_but_wrong_artefact_is_refused(change: Callable[[dict[str, Any]], Any], message: str) -> None:
    with pytest.raises(ArtefactError, match=message):
        scoring.load(changed(change))


def test_points_that_reach_too_far_in_all_are_refused() -> None:
    def change(document: dict[str, Any]) -> None:
        for feature in document["features"]:
            feature["points"] = [1_000_000] * len(feature["points"])
        document["pairs"][0]["points"] = [[1_000_000] * 3] * 4

    with pytest.raises(ArtefactError, match="reaches further than 2,000,000 hundredths of a point in all"):
        scoring.load(changed(change))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no UTF-8 JSON document"),
        (b"\x80\x04\x95cos\nsystem\n", "is no UTF-8 JSON document"),
        (b"[1, 2]", "is no JSON object"),
        (b'{"a": NaN}', "holds the number NaN, which is not finite"),
        (b'{"a": -Infinity}', "holds the number -Infinity"),
        (b'{"a": 1, "a": 2}', "holds the key a twice"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a": ' + b"1" * 5_000 + b"}", "is no UTF-8 JSON document"),
        (b'{"a": "\\ud800"}', "escapes half a character"),
        (b" " * (LARGEST_ARTEFACT_BYTES + 1), "The artefact has more than 4,000,000 bytes"),
        (b'{"schema": "kedai-scorecard/2", "digest": "sha256:12"}', "is no SHA-256 that stands in it once"),
        (b'{"schema": "kedai-scorecard/2", "digest": "sha256:' + b"a" * 64 + b'"}', "It was changed; fetch it anew"),
    ],
)
def test_bytes_that_are_no_artefact_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(ArtefactError, match=message):
        scoring.load(content)
