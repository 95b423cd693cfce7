"""The artefact: a scorecard as canonical JSON with a SHA-256 digest. Reading trusts nothing and executes nothing.

The digest is the SHA-256 of the file's bytes with the 64 digits of the digest set to zero. A document that is too
large, too deep, of another shape, with unknown keys, with numbers that are not finite, with edges out of order or with
grids that do not fit their features is refused with an ArtefactError that says where and why.
"""

from __future__ import annotations

import hashlib
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from scoring.artefact_fields import ArtefactError, Reader
from scoring.features import Change, Feature, FeatureGroup, FeatureKind, Terms
from scoring.parts import (
    POINTS_HIGHEST,
    POINTS_LOWEST,
    SCORE_CLASSES,
    Band,
    Calibration,
    FeatureTable,
    Manifest,
    PairTable,
)
from scoring.scorecard import Scorecard

SCHEMA: Final = "kedai-scorecard/2"
LARGEST_ARTEFACT_BYTES: Final = 4_000_000
MOST_FEATURES: Final = 1_000
MOST_PAIRS: Final = 1_000
MOST_BINS: Final = 1_000
MOST_LEVELS: Final = 20_000
MOST_CELLS: Final = 1_000_000
LARGEST_POINTS: Final = 1_000_000
LARGEST_REACH: Final = 2_000_000

_PREFIX: Final = "sha256:"
_HALF_CHARACTER: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_BLANK: Final = "0" * 64


def load(source: bytes | Path | str) -> Scorecard:
    """Read a scorecard from an artefact's bytes or from its file. ArtefactError where anything is amiss."""
    content = source if isinstance(source, bytes) else read_bytes(Path(source))
    document = parse(content)
    reader = Reader(document, "artefact")
    schema = reader.text("schema")
    if schema != SCHEMA:
        raise ArtefactError(f"The artefact's schema is {schema}, this version reads {SCHEMA}. Train the model anew.")
    digest = reader.text("digest")
    actual = content_digest(content, digest)
    if digest != actual:
        raise ArtefactError(
            f"The artefact says its digest is {digest}, its content has {actual}. It was changed; fetch it anew."
        )
    return _scorecard(reader, digest)


def dump(scorecard: Scorecard) -> bytes:
    """The artefact of a scorecard: UTF-8 JSON, keys sorted, one line per table, ending in a newline."""
    document = _document(scorecard)
    document["digest"] = _PREFIX + _BLANK
    lines = ["{"]
    for key in sorted(document):
        value = document[key]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n  ".join(_canonical(row) for row in value)
            lines.append(f" {_canonical(key)}:[\n  {rows}],")
        else:
            lines.append(f" {_canonical(key)}:{_canonical(value)},")
    content = ("\n".join(lines)[:-1] + "\n}\n").encode()
    return content.replace(_BLANK.encode(), hashlib.sha256(content).hexdigest().encode(), 1)


def parse(content: bytes) -> dict[str, Any]:
    """JSON object from untrusted bytes: bounded in size and depth, finite numbers, no key twice."""
    if len(content) > LARGEST_ARTEFACT_BYTES:
        raise ArtefactError(
            f"The artefact has {len(content):,} bytes; at most {LARGEST_ARTEFACT_BYTES:,} are read. Use a smaller one."
        )
    if _HALF_CHARACTER.search(content):
        raise ArtefactError("The artefact escapes half a character (a surrogate), as no writer of ours does. Refused.")
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_single_keys)
    except ValueError as error:  # of bytes that are no UTF-8 or no JSON, and of numbers of thousands of digits
        if isinstance(error, ArtefactError):
            raise
        raise ArtefactError(f"The artefact is no UTF-8 JSON document ({error}). Fetch it anew.") from error
    except RecursionError as error:
        raise ArtefactError("The artefact is nested too deeply to be a scorecard. Fetch it anew.") from error
    if not isinstance(document, dict):
        raise ArtefactError("The artefact is no JSON object. Give the file that `kedai train` wrote.")
    return document


def content_digest(content: bytes, digest: str) -> str:
    """The digest that `content` has when its own digest is set to zero; the written one must stand in it once."""
    written = digest.removeprefix(_PREFIX).encode()
    if len(written) != len(_BLANK) or content.count(written) != 1:
        raise ArtefactError("The artefact's digest is no SHA-256 that stands in it once. Fetch the artefact anew.")
    return _PREFIX + hashlib.sha256(content.replace(written, _BLANK.encode())).hexdigest()


def read_bytes(path: Path) -> bytes:
    """The bytes of an artefact file, no more than one beyond what is read. ArtefactError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_ARTEFACT_BYTES + 1)
    except OSError as error:
        raise ArtefactError(f"The artefact {path} cannot be read ({error.strerror}). Check the path.") from error


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _refuse_constant(text: str) -> Any:
    raise ArtefactError(f"The artefact holds the number {text}, which is not finite. Train the model anew.")


def _single_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        keys = [key for key, _ in pairs]
        doubled = sorted({key for key in keys if keys.count(key) > 1})
        raise ArtefactError(f"The artefact holds the key {', '.join(doubled)} twice in one object. Fetch it anew.")
    return document


def _scorecard(reader: Reader, digest: str) -> Scorecard:
    reader.only("schema", "digest", "manifest", "base", "features", "pairs", "bands", "bands_label", "calibration")
    tables = [_table(entry) for entry in reader.entries("features", least=1, most=MOST_FEATURES)]
    names = [table.feature.name for table in tables]
    if len(set(names)) != len(names):
        raise reader.error("features", "names a feature twice")
    pairs = [_pair(entry, names, tables) for entry in reader.entries("pairs", least=0, most=MOST_PAIRS)]
    base = reader.integer("base", -LARGEST_POINTS, LARGEST_POINTS)
    grids = [[points for row in pair.points for points in row] for pair in pairs]
    flat = [list(table.points) for table in tables] + grids
    if sum(map(len, flat)) > MOST_CELLS:
        raise reader.error("pairs", f"holds more than {MOST_CELLS:,} cells in all")
    if sum(max(abs(max(points)), abs(min(points))) for points in flat) > LARGEST_REACH:
        raise reader.error("features", f"reaches further than {LARGEST_REACH:,} hundredths of a point in all")
    return Scorecard(
        manifest=_manifest(reader.entry("manifest")),
        digest=digest,
        base=base,
        tables=tables,
        pairs=pairs,
        bands=_bands(reader),
        bands_label=reader.text("bands_label"),
        calibration=_calibration(reader.entry("calibration")),
    )


def _table(reader: Reader) -> FeatureTable:
    reader.only(
        "name",
        "zh",
        "en",
        "unit",
        "group",
        "sign",
        "kind",
        "numerator",
        "denominator",
        "change",
        "edges",
        "levels",
        "other",
        "shares",
        "points",
    )
    kind = FeatureKind(reader.choice("kind", FeatureKind))
    feature = Feature(
        name=reader.text("name"),
        zh=reader.text("zh"),
        en=reader.text("en"),
        unit=reader.text("unit"),
        group=FeatureGroup(reader.choice("group", FeatureGroup)),
        sign=reader.integer("sign", -1, 1),
        numerator=_terms(reader, "numerator", least=1),
        denominator=_terms(reader, "denominator", least=0),
        kind=kind,
        change=_change(reader),
    )
    edges = tuple(reader.numbers("edges", least=0, most=MOST_BINS))
    if any(left >= right for left, right in pairwise(edges)):
        raise reader.error("edges", "is not strictly ascending")
    levels = reader.positions("levels", most=MOST_LEVELS)
    bins = max(levels.values(), default=-1) + 2 if kind is FeatureKind.CATEGORY else len(edges) + 2
    points = tuple(reader.integers("points", least=bins, most=bins, largest=LARGEST_POINTS))
    if (kind is FeatureKind.CATEGORY and edges) or (kind is FeatureKind.NUMBER and levels):
        raise reader.error("kind", f"is {kind.value} but the table is of the other kind")
    shares = tuple(reader.integers("shares", least=0, most=bins, largest=1_000_000))
    if shares and (len(shares) != bins or min(shares) < 0):
        raise reader.error("shares", f"does not hold a share for each of {bins} bins")
    return FeatureTable(feature, edges, levels, points, reader.integer("other", 0, bins - 1), shares)


def _terms(reader: Reader, key: str, *, least: int) -> Terms:
    terms = []
    for entry in reader.lists(key, least=least, most=20):
        if len(entry) != 2 or not isinstance(entry[0], str):
            raise reader.error(key, "is no list of [fact, coefficient]")
        terms.append((entry[0], reader.finite(entry[1], key)))
    return tuple(terms)


def _change(reader: Reader) -> Change | None:
    if not reader.has("change"):
        return None
    change = reader.entry("change")
    change.only("step", "reach", "lowest", "highest")
    values = [change.number(key) for key in ("step", "reach", "lowest", "highest")]
    if not (0 < values[0] <= values[1] and values[2] < values[3]):
        raise change.error("step", "does not fit: 0 < step <= reach and lowest < highest must hold")
    return Change(*values)


def _pair(reader: Reader, names: list[str], tables: list[FeatureTable]) -> PairTable:
    reader.only("first", "second", "points")
    first, second = (names.index(reader.choice(key, names)) for key in ("first", "second"))
    if first == second:
        raise reader.error("second", "is the same feature as first")
    rows, columns = len(tables[first].points), len(tables[second].points)
    grid = reader.grid("points", rows=rows, columns=columns, largest=LARGEST_POINTS)
    return PairTable(first, second, grid)


def _bands(reader: Reader) -> list[Band]:
    bands = []
    for entry in reader.entries("bands", least=1, most=100):
        entry.only("name", "at_least", "zh", "en")
        at_least = entry.integer("at_least", POINTS_LOWEST, POINTS_HIGHEST)
        bands.append(Band(entry.text("name"), at_least, entry.text("zh"), entry.text("en")))
    thresholds = [band.at_least for band in bands]
    if thresholds != sorted(set(thresholds), reverse=True) or thresholds[-1] != POINTS_LOWEST:
        raise reader.error("bands", "must fall strictly from the best band to one that begins at 0")
    return bands


def _calibration(reader: Reader) -> Calibration:
    reader.only("points", "log_odds", "label")
    points = reader.integers("points", least=2, most=MOST_BINS, largest=LARGEST_REACH)
    if any(left >= right for left, right in pairwise(points)):
        raise reader.error("points", "is not strictly ascending")
    log_odds = reader.numbers("log_odds", least=len(points), most=len(points))
    if any(left < right for left, right in pairwise(log_odds)):
        raise reader.error("log_odds", "rises: more points would mean more defaults")
    return Calibration(tuple(points), tuple(log_odds), reader.text("label"))


def _manifest(reader: Reader) -> Manifest:
    reader.only(
        "model_id",
        "title_zh",
        "title_en",
        "synthetic",
        "data_sha256",
        "rows",
        "defaults",
        "seed",
        "versions",
        "metrics",
        "score_shares",
    )
    rows = reader.integer("rows", 1, 10**12)
    return Manifest(
        model_id=reader.text("model_id"),
        title_zh=reader.text("title_zh"),
        title_en=reader.text("title_en"),
        synthetic=reader.boolean("synthetic"),
        data_sha256=reader.text("data_sha256"),
        rows=rows,
        defaults=reader.integer("defaults", 0, rows),
        seed=reader.integer("seed", 0, 2**63 - 1),
        versions=reader.texts("versions"),
        metrics=reader.figures("metrics"),
        score_shares=tuple(reader.integers("score_shares", least=0, most=SCORE_CLASSES, largest=1_000_000)),
    )


def _document(scorecard: Scorecard) -> dict[str, Any]:
    manifest = scorecard.manifest
    calibration = scorecard.calibration
    names = [feature.name for feature in scorecard.features]
    return {
        "schema": SCHEMA,
        "manifest": {
            "model_id": manifest.model_id,
            "title_zh": manifest.title_zh,
            "title_en": manifest.title_en,
            "synthetic": manifest.synthetic,
            "data_sha256": manifest.data_sha256,
            "rows": manifest.rows,
            "defaults": manifest.defaults,
            "seed": manifest.seed,
            "versions": dict(manifest.versions),
            "metrics": dict(manifest.metrics),
            "score_shares": list(manifest.score_shares),
        },
        "base": scorecard.base,
        "features": [_table_entry(table) for table in scorecard.tables],
        "pairs": [
            {"first": names[pair.first], "second": names[pair.second], "points": [list(row) for row in pair.points]}
            for pair in scorecard.pairs
        ],
        "bands": [
            {"name": band.name, "at_least": band.at_least, "zh": band.zh, "en": band.en} for band in scorecard.bands
        ],
        "bands_label": scorecard.bands_label,
        "calibration": {
            "points": list(calibration.points),
            "log_odds": list(calibration.log_odds),
            "label": calibration.label,
        },
    }


def _table_entry(table: FeatureTable) -> dict[str, Any]:
    feature = table.feature
    entry: dict[str, Any] = {
        "name": feature.name,
        "zh": feature.zh,
        "en": feature.en,
        "unit": feature.unit,
        "group": feature.group.value,
        "sign": feature.sign,
        "kind": feature.kind.value,
        "numerator": [list(term) for term in feature.numerator],
        "denominator": [list(term) for term in feature.denominator],
        "edges": list(table.edges),
        "levels": dict(table.levels),
        "other": table.other,
        "shares": list(table.shares),
        "points": list(table.points),
    }
    if feature.change is not None:
        change = feature.change
        entry["change"] = {
            "step": change.step,
            "reach": change.reach,
            "lowest": change.lowest,
            "highest": change.highest,
        }
    return entry
