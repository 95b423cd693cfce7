"""From the fields of an untrusted artefact to a scorecard: every size, order and shape is checked before it is used."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from scoring.artefact_fields import Reader
from scoring.features import Change, Feature, FeatureGroup, FeatureKind, Terms
from scoring.parts import (
    LARGEST_MARK,
    MOST_MARKS,
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

MOST_FEATURES: Final = 1_000
MOST_PAIRS: Final = 1_000
MOST_BINS: Final = 1_000
MOST_LEVELS: Final = 20_000
MOST_CELLS: Final = 1_000_000
LARGEST_POINTS: Final = 1_000_000
LARGEST_REACH: Final = 2_000_000


def read_scorecard(reader: Reader, digest: str) -> Scorecard:
    """The scorecard of an artefact's fields. ArtefactError at the first that is missing, unknown or out of bounds."""
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
        "row_marks",
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
        row_marks=_marks(reader),
    )


def _marks(reader: Reader) -> tuple[int, ...]:
    """Marks of training rows; artefacts without them are read."""
    if not reader.has("row_marks"):
        return ()
    marks = reader.integers("row_marks", least=1, most=MOST_MARKS, largest=LARGEST_MARK)
    if marks[0] < 0 or any(left >= right for left, right in pairwise(marks)):
        raise reader.error("row_marks", "is not strictly ascending from 0")
    return tuple(marks)
