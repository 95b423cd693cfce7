"""What an installed package brings beside its code: a folder of texts, read as data and never run.

An entry point of the group ``kedai.data`` has the slug of a product of the package as its name and names the folder:

    [project.entry-points."kedai.data"]
    spring-loan = "spring_loan:data"

The folder may hold contract clauses and documents (``contracts/``), scoring features (``features.yaml``) and sample
applications (``examples/*.json``). The folder is found on the import path without importing the package.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.machinery import PathFinder
from importlib.metadata import EntryPoint
from pathlib import Path
from types import MappingProxyType
from typing import Final

from products.applicant.scored_facts import AGES_AND_SHARES, SCORED
from products.canonical import digest
from scoring.features import Feature, FeatureFileError, features_from

MOST_FILES: Final = 400
MOST_BYTES: Final = 1 << 18
"""Bytes of the longest file that is read."""
FEATURES: Final = "features.yaml"
_VALUE: Final = re.compile(r"(?P<package>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):(?P<folder>[A-Za-z_]\w*)")
_PLACE: Final = re.compile(
    r"contracts/(placement\.yaml|documents/[a-z-]+\.yaml|clauses/[a-z]{2}/[a-z-]+\.md)|examples/[a-z0-9-]+\.json|features\.yaml"
)
_PLACES: Final = (
    "contracts/placement.yaml, contracts/documents/NAME.yaml, contracts/clauses/LANGUAGE/NAME.md, examples/NAME.json "
    "and features.yaml"
)


class BadFolder(ValueError):
    """A folder that cannot be read; ``remedy`` says what to do."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause, self.remedy = cause, remedy


@dataclass(frozen=True, slots=True, eq=False)
class PackageData:
    """The texts of one product's folder by their path in it, and the features read from them."""

    package: str
    product: str
    texts: Mapping[str, str]
    features: tuple[Feature, ...]

    def under(self, folder: str) -> Mapping[str, str]:
        """The texts below a folder, by their path in that folder."""
        start = f"{folder}/"
        return {path.removeprefix(start): text for path, text in self.texts.items() if path.startswith(start)}

    @property
    def digest(self) -> str:
        """SHA-256 over all texts with their paths."""
        return digest(dict(self.texts))


def read_package_data(entry: EntryPoint, package: str) -> PackageData:
    """The folder that an entry point names; BadFolder if it cannot be found, or holds what no package may bring."""
    found = _VALUE.fullmatch(entry.value)
    if not found:
        raise BadFolder(f"{entry.value} names no folder.", 'Write it as "package:folder".')
    folder = _located(found["package"], found["folder"])
    texts = MappingProxyType(dict(sorted(_texts(folder))))
    features: tuple[Feature, ...] = ()
    if FEATURES in texts:
        features = _features(texts[FEATURES], f"{package}/{FEATURES}")
    return PackageData(package, entry.name, texts, features)


def _located(package: str, name: str) -> Path:
    top, *below = package.split(".")
    spec = PathFinder.find_spec(top)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place).joinpath(*below, name)
        if folder.is_dir():
            return folder.resolve()
    raise BadFolder(f"There is no folder {name} in the package {package}.", "Put it into the wheel, beside the code.")


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    paths = [path for path in sorted(folder.rglob("*")) if not path.is_dir() and "__pycache__" not in path.parts]
    if len(paths) > MOST_FILES:
        raise BadFolder(f"The folder holds {len(paths)} files; at most {MOST_FILES} are read.", "Bring fewer files.")
    for path in paths:
        place = path.relative_to(folder).as_posix()
        if not _PLACE.fullmatch(place):
            raise BadFolder(f"The file {place} has no place here.", f"Bring {_PLACES}, and nothing else.")
        yield place, _text(path, place)


def _text(path: Path, place: str) -> str:
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise BadFolder(f"{place} is no plain file.", "Bring files, no links.")
    if found.st_size > MOST_BYTES:
        raise BadFolder(f"{place} has {found.st_size} bytes; at most {MOST_BYTES} are read.", "Shorten it.")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFolder(f"{place} cannot be read: {error}.", "Write it in UTF-8.") from None


def _features(text: str, place: str) -> tuple[Feature, ...]:
    try:
        features = features_from(text, place)
    except FeatureFileError as error:
        raise BadFolder(str(error), "Correct the features file.") from None
    known = {*SCORED, *AGES_AND_SHARES}
    for feature in features:
        lacking = sorted(set(feature.facts) - known)
        if lacking:
            raise BadFolder(
                f"{place}: feature {feature.name} reads {', '.join(lacking)}, which no application states.",
                "Read facts that docs/applicant-record.md lists.",
            )
    return features
