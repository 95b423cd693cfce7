"""Tables of policy read from YAML: score bands, the rating master scale, limits of monitoring."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import yaml

from scoring.parts import Band

Ints: TypeAlias = npt.NDArray[np.int64]

POLICY: Final = Path(__file__).parent / "policy"
BANDS: Final = POLICY / "bands.yaml"
MASTER_SCALE: Final = POLICY / "master_scale.yaml"
MONITORING: Final = POLICY / "monitoring.yaml"

_PPM: Final = Decimal(1_000_000)


class PolicyFileError(ValueError):
    """A policy table that cannot be read; the message names the file, the place and the remedy."""


@dataclass(frozen=True, slots=True)
class BandTable:
    """Bands of the innovation score, best first, with a label of version and standing."""

    bands: tuple[Band, ...]
    label: str


@dataclass(frozen=True, slots=True)
class MasterScale:
    """Grades of the default probability, best first; `up_to_ppm` is each grade's highest probability."""

    names: tuple[str, ...]
    up_to_ppm: tuple[int, ...]
    label: str

    def grade(self, default_probability_ppm: Ints) -> Ints:
        """Position of the grade of each probability, shape (n,)."""
        return np.searchsorted(np.array(self.up_to_ppm), default_probability_ppm, side="left").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Limit:
    """At `warning` someone looks, at `alert` the model is not used further without a decision."""

    warning: float
    alert: float


@dataclass(frozen=True, slots=True)
class MonitoringLimits:
    """Limits of the monitoring report."""

    stability_index: Limit
    unknown_rate_rise: Limit
    calibration_ratio: Limit


def read_bands(path: Path = BANDS) -> BandTable:
    """Bands in falling order, the last beginning at zero. PolicyFileError otherwise."""
    document = _document(path, "bands")
    bands = []
    for row, entry in enumerate(document["bands"], start=1):
        place = f"{path}: band {row}"
        at_least = decimal_of(entry, "at_least", place) * 100
        bands.append(
            Band(text_of(entry, "name", place), int(at_least), text_of(entry, "zh", place), text_of(entry, "en", place))
        )
    limits = [band.at_least for band in bands]
    if limits != sorted(set(limits), reverse=True) or limits[-1] != 0 or limits[0] > 10_000:
        raise PolicyFileError(
            f"{path}: `at_least` must fall strictly from at most 100 to 0. Sort the bands, best first."
        )
    return BandTable(tuple(bands), _label(document))


def read_master_scale(path: Path = MASTER_SCALE) -> MasterScale:
    """Grades in rising order, the last reaching to 1. PolicyFileError otherwise."""
    document = _document(path, "grades")
    names, limits = [], []
    for row, entry in enumerate(document["grades"], start=1):
        names.append(text_of(entry, "name", f"{path}: grade {row}"))
        limits.append(int(decimal_of(entry, "up_to", f"{path}: grade {row}") * _PPM))
    if limits != sorted(set(limits)) or limits[-1] != 1_000_000:
        raise PolicyFileError(f"{path}: `up_to` must rise strictly to 1. Sort the grades, best first.")
    return MasterScale(tuple(names), tuple(limits), _label(document))


def read_monitoring_limits(path: Path = MONITORING) -> MonitoringLimits:
    """Limits with warning below alert. PolicyFileError otherwise."""
    limits = _document(path, "limits")["limits"]
    found = {}
    for name in ("stability_index", "unknown_rate_rise", "calibration_ratio"):
        place = f"{path}: limit {name}"
        entry = limits.get(name) if isinstance(limits, dict) else None
        warning, alert = (float(decimal_of(entry, key, place)) for key in ("warning", "alert"))
        if not 0 < warning <= alert:
            raise PolicyFileError(f"{place}: 0 < warning <= alert must hold. Correct the two limits.")
        found[name] = Limit(warning, alert)
    return MonitoringLimits(**found)


def _document(path: Path, key: str) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PolicyFileError(f"{path}: not a readable YAML file ({error}). Give a UTF-8 file.") from error
    if not isinstance(document, dict) or not document.get(key):
        raise PolicyFileError(f"{path}: there is no `{key}`. Give the table under that key.")
    return document


def _label(document: dict[str, Any]) -> str:
    standing = "verified" if document.get("verified") is True else "illustrative, not verified"
    return f"{document.get('version', 'undated')}, {document.get('source', 'no source')}, {standing}"


def text_of(entry: Any, key: str, place: str) -> str:
    """The text under `key` of a YAML mapping. PolicyFileError otherwise."""
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, str):
        raise PolicyFileError(f"{place}: `{key}` is missing or not text. Put it in quotes.")
    return value


def decimal_of(entry: Any, key: str, place: str) -> Decimal:
    """The quoted number under `key`, finite and not below zero. PolicyFileError otherwise."""
    text = text_of(entry, key, place)
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise PolicyFileError(f'{place}: `{key}: {text}` is no number. Write it like "0.10".') from error
    if not value.is_finite() or value < 0:
        raise PolicyFileError(f"{place}: `{key}: {text}` must be finite and not below zero.")
    return value
